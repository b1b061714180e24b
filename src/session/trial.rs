//! A lab's criteria and the world they are checked in: one run of checks, at some depth. Knows no record and no clock:
//! the proof of a lab uses it as well as a session.

use std::collections::{BTreeMap, BTreeSet};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::world::World;
use super::{Depth, SessionError, machines};
use crate::i18n::Message;
use crate::lab::Manifest;
use crate::lab::manifest::Hint;
use crate::msg;
use crate::probe::{Cost, Observation, Probe};
use crate::stand::OnStep;
use crate::verdict::{CompileError, Expectation, Observations, Stage, Status, Suite, Verdict};

/// Answers given, by question.
pub(crate) type Answers = BTreeMap<String, String>;
/// Whether a criterion is as it should be in the end: while one is not, a final check waits a little for what may still
/// be starting.
pub(crate) type Wanted<'a> = &'a dyn Fn(&Verdict) -> bool;

/// Between two looks of a final check.
const PAUSE: Duration = Duration::from_millis(400);

/// A lab's criteria, the world, and what was seen of it.
#[derive(Debug)]
pub(crate) struct Trial {
    suite: Suite,
    /// Question → where its right answer is.
    questions: BTreeMap<String, (String, Probe)>,
    /// For each hint, the criterion and what must have been found of it.
    hints: Vec<Option<(String, Expectation)>>,
    world: Box<dyn World>,
    seen: Observations,
    /// Nothing was looked at yet on this state of the machines.
    unseen: bool,
}

impl Trial {
    pub(crate) fn new(manifest: &Manifest, world: Box<dyn World>) -> Result<Self, SessionError> {
        let wrong = |errors| wrong(manifest, errors);
        let first = manifest.stand.machines.first().map_or("", |machine| machine.name.as_str());
        let suite = Suite::compile(&manifest.criteria, &manifest.questions, first).map_err(wrong)?;
        let hints: Result<_, _> = manifest.hints.iter().map(|hint| compile_found(&suite, hint)).collect();
        let questions = manifest.questions.iter().map(|question| {
            let machine = question.answer.machine.as_deref().unwrap_or(first).to_owned();
            (question.id.clone(), (machine, question.answer.probe.clone()))
        });
        Ok(Self {
            questions: questions.collect(),
            hints: hints.map_err(wrong)?,
            suite,
            world,
            seen: Observations::default(),
            unseen: true,
        })
    }

    pub(crate) fn world(&self) -> &dyn World {
        self.world.as_ref()
    }

    /// Looks as deep as asked, and judges. What was not looked at, now or before, is *waiting* and waits for nothing.
    pub(crate) fn check(
        &mut self,
        depth: Depth,
        answers: &Answers,
        wanted: Wanted<'_>,
        on_step: OnStep<'_>,
    ) -> Result<Vec<Verdict>, SessionError> {
        // A live check alone would leave out what is dear to ask, and what needs that would wait.
        match if self.unseen { depth.max(Depth::Now) } else { depth } {
            Depth::Live => self.look_again(),
            Depth::Now => self.look(Stage::Now, Cost::Active),
            Depth::Final => self.look_to_the_end(wanted, on_step)?,
        }
        self.unseen = false;
        Ok(self.suite.judge(&self.seen, answers))
    }

    /// Judges one question, now that it is answered.
    pub(crate) fn answered(&mut self, question: &str, answers: &Answers) -> Option<Verdict> {
        let (machine, probe) = self.questions.get(question)?;
        self.ask(Stage::Now, &BTreeMap::from([(machine.clone(), vec![probe.clone()])]));
        self.suite.judge(&self.seen, answers).into_iter().find(|verdict| verdict.id == question)
    }

    /// What was looked at and can't be told on this machine, with the reason.
    pub(crate) fn cannot_show(&self) -> Vec<(String, Message)> {
        // A question is only judged once it is answered, whatever the answer.
        let answers = self.questions.keys().map(|id| (id.clone(), "?".to_owned())).collect();
        let untold = self.suite.judge(&self.seen, &answers).into_iter().filter(|v| v.status == Status::Unknown);
        untold.map(|verdict| (verdict.id.clone(), reason(verdict))).collect()
    }

    /// Whether what a hint is for was seen.
    pub(crate) fn shows(&self, hint: usize) -> bool {
        let found = self.hints.get(hint).and_then(Option::as_ref);
        found.is_none_or(|(criterion, found)| self.suite.was_found(criterion, found, &self.seen))
    }

    /// The right answer to a question, in words: for the debrief.
    pub(crate) fn right_answer(&self, question: &str) -> Option<Message> {
        self.suite.right_answer(question, &self.seen)
    }

    /// Puts a machine, or all, back to the start; what was seen before is forgotten.
    pub(crate) fn reset(&mut self, machine: Option<&str>, on_step: OnStep<'_>) -> Result<(), SessionError> {
        self.forget();
        self.world.reset(machine, on_step)
    }

    /// What was seen is of machines that are no longer so.
    pub(crate) fn forget(&mut self) {
        self.seen = Observations::default();
        self.unseen = true;
    }

    /// Ends the world.
    pub(crate) fn down(&mut self, on_step: OnStep<'_>) -> Result<(), SessionError> {
        self.world.down(on_step)
    }

    /// Stage after stage, each on what the one before left.
    fn look_to_the_end(&mut self, wanted: Wanted<'_>, on_step: OnStep<'_>) -> Result<(), SessionError> {
        self.seen.forget(Stage::Restart);
        self.seen.forget(Stage::Reboot);
        self.look_patiently(Stage::Now, wanted);
        for (machine, unit) in self.suite.restarts() {
            on_step(msg!("session-restarting", machine = &machine, unit = &unit));
            self.world.restart(&machine, &unit)?;
        }
        self.look_patiently(Stage::Restart, wanted);
        if self.suite.wants_reboot() {
            let asked = self.suite.requests(Stage::Reboot, Cost::Active).into_keys().collect();
            self.world.reboot(&asked, on_step)?;
            self.look_patiently(Stage::Reboot, wanted);
        }
        Ok(())
    }

    /// Looks again for a while: a service that was just restarted may need a moment, and that is no fault. Only what is
    /// looked at in this stage is waited for.
    fn look_patiently(&mut self, stage: Stage, wanted: Wanted<'_>) {
        if self.suite.requests(stage, Cost::Active).is_empty() {
            return;
        }
        let asked: BTreeSet<String> = self.suite.at(stage).map(str::to_owned).collect();
        let end = Instant::now() + self.world.patience(stage);
        loop {
            self.look(stage, Cost::Active);
            let verdicts = self.suite.judge(&self.seen, &Answers::new());
            let told = |verdict: &&Verdict| verdict.status != Status::Waiting && asked.contains(&verdict.id);
            if verdicts.iter().filter(told).all(wanted) || Instant::now() >= end {
                return;
            }
            sleep(PAUSE);
        }
    }

    /// What changed since the last time.
    fn look_again(&mut self) {
        let requests = self.suite.requests(Stage::Now, Cost::Program);
        for (machine, changes) in self.world.changes(&requests) {
            let Some(probes) = requests.get(&machine) else { continue };
            for (index, observation) in changes {
                self.seen.put(Stage::Now, &machine, &probes[index..=index], vec![observation]);
            }
        }
    }

    fn look(&mut self, stage: Stage, dearest: Cost) {
        self.ask(stage, &self.suite.requests(stage, dearest));
    }

    fn ask(&mut self, stage: Stage, requests: &BTreeMap<String, Vec<Probe>>) {
        let mut requests = requests.clone();
        requests.retain(|machine, probes| {
            let refused = self.world.refuses(stage, machine);
            if let Some(why) = &refused {
                let unseen = probes.iter().map(|_| Observation::unknown(why.clone(), machines::source(machine)));
                self.seen.put(stage, machine, probes, unseen.collect());
            }
            refused.is_none()
        });
        for (machine, observations) in self.world.observe(&requests) {
            if let Some(probes) = requests.get(&machine) {
                self.seen.put(stage, &machine, probes, observations);
            }
        }
    }
}

/// What a candidate's final check waits for: nothing that fails or can't be told.
pub(crate) fn nothing_fails(verdict: &Verdict) -> bool {
    !matches!(verdict.status, Status::Fail | Status::Unknown)
}

fn compile_found(suite: &Suite, hint: &Hint) -> Result<Option<(String, Expectation)>, Vec<CompileError>> {
    let Some(when) = hint.when.as_ref().filter(|when| !when.found.is_empty()) else { return Ok(None) };
    let found = suite.compile_found(&when.criterion, &when.found, &[])?;
    Ok(Some((when.criterion.clone(), found)))
}

/// Why nothing can be said.
fn reason(verdict: Verdict) -> Message {
    let unknown = verdict.findings.into_iter().find(|finding| finding.status == Status::Unknown);
    verdict.note.or(unknown.map(|finding| finding.found)).unwrap_or_else(|| msg!("status-unknown"))
}

#[expect(clippy::needless_pass_by_value, reason = "what `map_err` hands over")]
fn wrong(manifest: &Manifest, errors: Vec<CompileError>) -> SessionError {
    let first = errors.first().map_or_else(|| msg!("status-unknown"), |error| error.what.clone());
    SessionError::Lab(msg!("session-lab-wrong", lab = &manifest.id, error = first))
}
