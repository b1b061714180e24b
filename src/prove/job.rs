//! One step of a proof, carried out on a stand of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::slice::from_ref;
use std::sync::Arc;
use std::time::Instant;

use super::expect::{Expected, coverage_faults, start_faults};
use super::{Fault, Kind, Reach, Step};
use crate::i18n::Message;
use crate::lab::manifest::{Driver, Solution};
use crate::lab::{Manifest, Variant};
use crate::msg;
use crate::session::machines;
use crate::session::trial::{Answers, Trial};
use crate::session::{Depth, SessionError};
use crate::stand::{Output, Stand};
use crate::verdict::Verdict;

/// How long a script of the proof may run, in seconds; so that one that waits for a key ends.
const SCRIPT_LIMIT: &str = "300";

/// A step to carry out.
#[derive(Debug)]
pub struct Job {
    variant: Arc<Variant>,
    /// What it proves.
    pub kind: Kind,
}

/// What came out.
#[derive(Default)]
struct Found {
    faults: Vec<Fault>,
    left_out: Vec<(String, Message)>,
}

impl From<Fault> for Found {
    fn from(fault: Fault) -> Self {
        Self { faults: vec![fault], left_out: Vec::new() }
    }
}

impl Job {
    /// Whether its stand has disks.
    pub(super) fn has_disks(&self) -> bool {
        !self.variant.manifest.stand.disks.is_empty()
    }

    /// The steps of a lab's proof.
    pub(super) fn all(variant: &Arc<Variant>, reach: Reach) -> Vec<Self> {
        let manifest = &variant.manifest;
        let (solutions, sabotages) = match reach {
            Reach::Whole => (manifest.solutions.len(), manifest.sabotages.len()),
            Reach::First => (1, 0),
        };
        let sabotages = manifest.sabotages.iter().take(sabotages);
        let sabotages = sabotages.map(|sabotage| Kind::Sabotage(sabotage.name.clone()));
        let solutions = manifest.solutions.iter().take(solutions).map(|solution| Kind::Solution(solution.name.clone()));
        let kinds = [Kind::Coverage, Kind::Start].into_iter().chain(solutions).chain(sabotages);
        kinds.map(|kind| Self { variant: Arc::clone(variant), kind }).collect()
    }

    /// The lab's id.
    #[must_use]
    pub fn lab(&self) -> &str {
        &self.variant.manifest.id
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.variant.seed
    }

    /// Carries it out.
    pub(super) fn run(&self) -> Step {
        let began = Instant::now();
        let (found, obstacle) = match self.carry_out() {
            Ok(found) => (found, None),
            Err(error) => (Found::default(), Some(error)),
        };
        Step {
            lab: self.lab().to_owned(),
            seed: self.seed(),
            kind: self.kind.clone(),
            took: began.elapsed(),
            faults: found.faults,
            left_out: found.left_out,
            obstacle,
        }
    }

    fn carry_out(&self) -> Result<Found, SessionError> {
        let manifest = &self.variant.manifest;
        match &self.kind {
            Kind::Coverage => Ok(Found { faults: coverage_faults(manifest), left_out: Vec::new() }),
            Kind::Start => self.on_a_fresh_stand(Bench::start),
            Kind::Solution(name) => match manifest.solutions.iter().find(|solution| solution.name == *name) {
                Some(solution) => self.on_a_fresh_stand(|bench| bench.solution(solution)),
                None => Ok(Found::default()),
            },
            Kind::Sabotage(name) => self.sabotage(name),
        }
    }

    fn sabotage(&self, name: &str) -> Result<Found, SessionError> {
        let manifest = &self.variant.manifest;
        let Some(sabotage) = manifest.sabotages.iter().find(|sabotage| sabotage.name == name) else {
            return Ok(Found::default());
        };
        let base = match &sabotage.after {
            None => manifest.solutions.first(),
            Some(after) => manifest.solutions.iter().find(|solution| solution.name == *after),
        };
        let Some(base) = base else {
            let after = sabotage.after.clone().unwrap_or_default();
            return Ok(Fault::new(msg!("prove-after-unknown", sabotage = name, solution = after)).into());
        };
        self.on_a_fresh_stand(|bench| {
            let mut answers = match bench.apply(base)? {
                Ok(answers) => answers,
                Err(fault) => return Ok(fault.into()),
            };
            if let Some(fault) = bench.run_scripts(&sabotage.run)? {
                return Ok(fault.into());
            }
            answers.extend(sabotage.answer.clone());
            let expected = Expected::sabotaged(manifest, &sabotage.breaks);
            bench.judge(expected, &answers)
        })
    }

    /// Whatever comes out, the stand is torn down.
    fn on_a_fresh_stand(
        &self,
        work: impl FnOnce(&mut Bench) -> Result<Found, SessionError>,
    ) -> Result<Found, SessionError> {
        if self.variant.manifest.stand.driver == Driver::Ssh {
            return Err(SessionError::Lab(msg!("remote-no-proof")));
        }
        let world = machines::fresh(&self.variant, &mut |_| {})?;
        let mut bench = Bench { variant: Arc::clone(&self.variant), trial: Trial::new(&self.variant.manifest, world)? };
        let found = work(&mut bench);
        let down = bench.trial.down(&mut |_| {});
        let found = found?;
        down?;
        Ok(found)
    }
}

/// A fresh stand, or this PC.
struct Bench {
    variant: Arc<Variant>,
    trial: Trial,
}

impl Bench {
    fn manifest(&self) -> &Manifest {
        &self.variant.manifest
    }

    fn start(&mut self) -> Result<Found, SessionError> {
        let manifest = &self.variant.manifest;
        let answers = Answers::new();
        let wanted = |verdict: &Verdict| start_faults(manifest, from_ref(verdict), &BTreeSet::new()).is_empty();
        let verdicts = self.trial.check(Depth::Final, &answers, &wanted, &mut |_| {})?;
        let left_out = self.left_out();
        let ids: BTreeSet<String> = left_out.iter().map(|(id, _)| id.clone()).collect();
        Ok(Found { faults: start_faults(manifest, &verdicts, &ids), left_out })
    }

    fn solution(&mut self, solution: &Solution) -> Result<Found, SessionError> {
        match self.apply(solution)? {
            Ok(answers) => {
                let variant = Arc::clone(&self.variant);
                self.judge(Expected::solved(&variant.manifest), &answers)
            }
            Err(fault) => Ok(fault.into()),
        }
    }

    /// Works the way of a solution; gives its answers, or what went wrong in a script.
    fn apply(&mut self, solution: &Solution) -> Result<Result<Answers, Fault>, SessionError> {
        if let Some(fault) = self.run_scripts(&solution.run)? {
            return Ok(Err(fault));
        }
        let mut answers = Answers::new();
        for (question, script) in &solution.answer {
            let machine = self.machine_of(question);
            match self.run_script(&machine, script)? {
                Ok(output) => {
                    let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
                    answers.insert(question.clone(), answer);
                }
                // On a PC that doesn't show the fact, its script may well find nothing.
                Err(_) if machines::is_here(&self.variant) => {}
                Err(fault) => return Ok(Err(fault)),
            }
        }
        Ok(Ok(answers))
    }

    /// Looks to the end and compares.
    fn judge(&mut self, expected: Expected<'_>, answers: &Answers) -> Result<Found, SessionError> {
        let wanted = |verdict: &Verdict| expected.suits(verdict);
        let verdicts = self.trial.check(Depth::Final, answers, &wanted, &mut |_| {})?;
        let left_out = self.left_out();
        let expected = expected.without(left_out.iter().map(|(id, _)| id.clone()));
        Ok(Found { faults: expected.faults(&verdicts), left_out })
    }

    /// On a stand everything can be shown: what can't be told there is a fault.
    fn left_out(&self) -> Vec<(String, Message)> {
        if machines::is_here(&self.variant) { self.trial.cannot_show() } else { Vec::new() }
    }

    /// Runs scripts in the order of the machines in the lab; the first that fails ends it.
    fn run_scripts(&self, scripts: &BTreeMap<String, String>) -> Result<Option<Fault>, SessionError> {
        for machine in &self.manifest().stand.machines {
            if let Some(script) = scripts.get(&machine.name)
                && let Err(fault) = self.run_script(&machine.name, script)?
            {
                return Ok(Some(fault));
            }
        }
        Ok(None)
    }

    fn run_script(&self, machine: &str, script: &str) -> Result<Result<Output, Fault>, SessionError> {
        let Some(body) = self.variant.scripts.get(script) else {
            return Ok(Err(Fault::new(msg!("prove-no-script", script = script))));
        };
        let output = match self.trial.world().stand() {
            Some(stand) => in_machine(stand, machine, body)?,
            None => on_this_pc(body)?,
        };
        if output.status == 0 {
            return Ok(Ok(output));
        }
        let error = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let what =
            msg!("prove-script-failed", script = script, machine = machine, status = output.status, error = error);
        Ok(Err(Fault::new(what)))
    }

    fn machine_of(&self, question: &str) -> String {
        let manifest = self.manifest();
        let asked = manifest.questions.iter().find(|found| found.id == question);
        let named = asked.and_then(|found| found.answer.machine.clone());
        named.or_else(|| manifest.stand.machines.first().map(|machine| machine.name.clone())).unwrap_or_default()
    }
}

const SHELL: [&str; 5] = ["timeout", "--kill-after=5", SCRIPT_LIMIT, "sh", "-eu"];

fn in_machine(stand: &Stand, machine: &str, body: &str) -> Result<Output, SessionError> {
    Ok(stand.exec(machine, &SHELL.map(str::to_owned), body.as_bytes())?)
}

/// Scripts of a lab about this PC only look; they come with the lab, as those of stands do.
fn on_this_pc(body: &str) -> Result<Output, SessionError> {
    let run = || -> std::io::Result<std::process::Output> {
        let mut command = Command::new(SHELL[0]);
        command.args(&SHELL[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(body.as_bytes())?;
        }
        child.wait_with_output()
    };
    let output = run().map_err(|error| SessionError::Lab(msg!("prove-no-shell", error = error.to_string())))?;
    Ok(Output { status: output.status.code().unwrap_or(-1), stdout: output.stdout, stderr: output.stderr })
}
