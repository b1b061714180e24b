//! A lab's criteria and questions, compiled: what to ask of which machine, and the verdicts from what was seen.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value as Json;

use super::error::{CompileError, Step};
use super::expectation::Expectation;
use super::matcher::Compiler;
use super::observations::{Observations, Stage};
use super::question::Query;
use super::tree::Node;
use super::truth::Truth;
use super::{Score, Status, Verdict};
use crate::i18n::Message;
use crate::lab::manifest::{After, Criterion, Question};
use crate::msg;
use crate::probe::{Cost, Probe};

/// Compiled criteria and questions.
#[derive(Debug, Clone)]
pub struct Suite {
    criteria: Vec<Entry>,
    questions: Vec<Query>,
}

#[derive(Debug, Clone)]
struct Entry {
    id: String,
    points: u32,
    guard: bool,
    after: After,
    /// The criterion's own machine: where a unit is restarted.
    machine: String,
    needs: Vec<usize>,
    node: Node,
}

impl Suite {
    /// Compiles; `first` is the machine that a criterion is about unless it says another. Every mistake is reported, with
    /// its place from the document's top (`criterion[0].expect.mode`).
    pub fn compile(criteria: &[Criterion], questions: &[Question], first: &str) -> Result<Self, Vec<CompileError>> {
        let mut compiler = Compiler::new(&[]);
        let ids: Vec<&str> = criteria.iter().map(|criterion| criterion.id.as_str()).collect();
        let entries: Vec<Option<Entry>> = in_list(&mut compiler, "criterion", criteria, |compiler, criterion| {
            let machine = criterion.machine.as_deref().unwrap_or(first);
            let needs = compiler.needs(criterion, &ids);
            let node = compiler.node(criterion.into(), first);
            Some(Entry {
                id: criterion.id.clone(),
                points: criterion.points,
                guard: criterion.guard,
                after: criterion.after.clone(),
                machine: machine.to_owned(),
                needs: needs?,
                node: node?,
            })
        });
        let queries = in_list(&mut compiler, "question", questions, |compiler, question| {
            Query::compile(compiler, question, first)
        });
        compiler.unique_ids(&ids, questions);
        let entries: Option<Vec<Entry>> = entries.into_iter().collect();
        if let Some(entries) = &entries {
            compiler.no_circles(entries);
        }
        match (entries, queries.into_iter().collect()) {
            (Some(criteria), Some(questions)) if compiler.errors.is_empty() => Ok(Self { criteria, questions }),
            _ => Err(compiler.errors),
        }
    }

    /// What to ask of each machine at a stage, each probe once. With `dearest` [`Cost::Local`] only what a live check may
    /// ask at every tick.
    #[must_use]
    pub fn requests(&self, stage: Stage, dearest: Cost) -> BTreeMap<String, Vec<Probe>> {
        let criteria = self.criteria.iter().filter(|entry| Stage::from(&entry.after) == stage);
        let leaves = criteria.flat_map(|entry| entry.node.leaves()).map(|leaf| (&leaf.machine, &leaf.probe));
        let questions = self.questions.iter().filter(|_| stage == Stage::Now).map(Query::asks);
        let mut requests: BTreeMap<String, Vec<Probe>> = BTreeMap::new();
        let mut known = HashSet::new();
        for (machine, probe) in leaves.chain(questions) {
            if probe.cost() <= dearest && known.insert((machine, probe)) {
                requests.entry(machine.clone()).or_default().push(probe.clone());
            }
        }
        requests
    }

    /// The criteria that are looked at in this stage.
    pub fn at(&self, stage: Stage) -> impl Iterator<Item = &str> {
        let here = self.criteria.iter().filter(move |entry| Stage::from(&entry.after) == stage);
        here.map(|entry| entry.id.as_str())
    }

    /// The units to restart before [`Stage::Restart`] is looked at: (machine, unit), each once.
    #[must_use]
    pub fn restarts(&self) -> BTreeSet<(String, String)> {
        let restart = |entry: &Entry| match &entry.after {
            After::Restart(unit) => Some((entry.machine.clone(), unit.clone())),
            After::Now | After::Reboot => None,
        };
        self.criteria.iter().filter_map(restart).collect()
    }

    /// Whether the machines have to be restarted on submission.
    #[must_use]
    pub fn wants_reboot(&self) -> bool {
        self.criteria.iter().any(|entry| entry.after == After::Reboot)
    }

    /// The verdicts: one for each criterion in the lab's order, then one for each question. What was not looked at yet is
    /// waiting, with a note that says so.
    #[must_use]
    pub fn judge(&self, seen: &Observations, answers: &BTreeMap<String, String>) -> Vec<Verdict> {
        let judged: Vec<_> = self.criteria.iter().map(|entry| entry.node.judge(seen, (&entry.after).into())).collect();
        let truths: Vec<&Truth> = judged.iter().map(|(truth, _)| truth).collect();
        let waits: Vec<Vec<usize>> = (0..self.criteria.len()).map(|index| self.unmet_needs(index, &truths)).collect();
        let criteria = self.criteria.iter().zip(judged).zip(waits).map(|((entry, (truth, findings)), unmet)| Verdict {
            id: entry.id.clone(),
            status: if unmet.is_empty() { truth.status() } else { Status::Waiting },
            points: entry.points,
            guard: entry.guard,
            findings,
            note: if unmet.is_empty() { truth.reason().cloned() } else { None },
            waits_for: unmet.iter().map(|index| self.criteria[*index].id.clone()).collect(),
        });
        let questions = self.questions.iter().map(|query| query.judge(seen, answers.get(&query.id)));
        criteria.chain(questions).collect()
    }

    /// The needed criteria that are not met: failed, unknown, or waiting themselves.
    fn unmet_needs(&self, index: usize, truths: &[&Truth]) -> Vec<usize> {
        let unmet = |needed: &usize| *truths[*needed] != Truth::Yes || !self.unmet_needs(*needed, truths).is_empty();
        self.criteria[index].needs.iter().copied().filter(|needed| unmet(needed)).collect()
    }

    /// The right answer to a question, in words: for the debrief only, a verdict never gives it away.
    #[must_use]
    pub fn right_answer(&self, question: &str, seen: &Observations) -> Option<Message> {
        self.questions.iter().find(|query| query.id == question)?.right_answer(seen)
    }

    /// Compiles the `found` table of a hint about a criterion; `at` is the table's own place.
    pub fn compile_found(
        &self,
        criterion: &str,
        found: &BTreeMap<String, Json>,
        at: &[Step],
    ) -> Result<Expectation, Vec<CompileError>> {
        let leaves = self.leaves(criterion);
        let Some((probe, _)) = leaves.first() else {
            let what = msg!("verdict-error-needs", id = criterion);
            let ids = self.criteria.iter().map(|entry| entry.id.as_str());
            return Err(vec![CompileError::word(at, what, criterion, ids)]);
        };
        Expectation::compile(probe.fields(), found, at)
    }

    /// Whether the first probe of a criterion found this (see [`Self::compile_found`]).
    #[must_use]
    pub fn was_found(&self, criterion: &str, found: &Expectation, seen: &Observations) -> bool {
        let stage = self.criteria.iter().find(|entry| entry.id == criterion).map(|entry| Stage::from(&entry.after));
        let leaves = self.leaves(criterion);
        let (Some(stage), Some((probe, machine))) = (stage, leaves.first()) else { return false };
        seen.get(stage, machine, probe).is_some_and(|observation| found.holds(observation) == Truth::Yes)
    }

    fn leaves(&self, criterion: &str) -> Vec<(&Probe, &str)> {
        let entry = self.criteria.iter().find(|entry| entry.id == criterion);
        let leaves = entry.map(|entry| entry.node.leaves()).unwrap_or_default();
        leaves.into_iter().map(|leaf| (&leaf.probe, leaf.machine.as_str())).collect()
    }
}

impl Score {
    /// What verdicts are worth.
    ///
    /// A criterion or question that is met earns its points. A guard earns nothing (doing nothing would score) but takes
    /// its points off once lost. What cannot be told is neither earned nor lost: its points leave the total and are
    /// counted apart.
    #[must_use]
    pub fn of<'a>(verdicts: impl IntoIterator<Item = &'a Verdict>) -> Self {
        let (mut score, mut lost) = (Self::default(), 0);
        for verdict in verdicts {
            match (verdict.guard, verdict.status) {
                (true, Status::Fail) => lost += verdict.points,
                (true, _) => {}
                (false, Status::Unknown) => score.untold += verdict.points,
                (false, status) => {
                    score.total += verdict.points;
                    score.earned += if status == Status::Pass { verdict.points } else { 0 };
                }
            }
        }
        Self { earned: score.earned.saturating_sub(lost), ..score }
    }
}

/// Compiles each element of a list at its own place.
fn in_list<S, T>(
    compiler: &mut Compiler,
    key: &str,
    list: &[S],
    compile: impl Fn(&mut Compiler, &S) -> Option<T>,
) -> Vec<Option<T>> {
    compiler.within(Step::Key(key.to_owned()), |compiler| {
        let one = |(index, spec)| compiler.within(Step::Index(index), |compiler| compile(compiler, spec));
        list.iter().enumerate().map(one).collect()
    })
}

impl Compiler {
    fn needs(&mut self, criterion: &Criterion, ids: &[&str]) -> Option<Vec<usize>> {
        self.within(Step::Key("needs".to_owned()), |c| {
            let find = |(index, id): (usize, &String)| {
                c.within(Step::Index(index), |c| {
                    let found = ids.iter().position(|known| known == id);
                    if found.is_none() {
                        let what = msg!("verdict-error-needs", id = id);
                        c.errors.push(CompileError::word(&c.at, what, id, ids.iter().copied()));
                    }
                    found
                })
            };
            let found: Vec<Option<usize>> = criterion.needs.iter().enumerate().map(find).collect();
            found.into_iter().collect()
        })
    }

    fn unique_ids(&mut self, ids: &[&str], questions: &[Question]) {
        let questions = questions.iter().enumerate().map(|(index, question)| ("question", index, question.id.as_str()));
        let all = ids.iter().enumerate().map(|(index, id)| ("criterion", index, *id)).chain(questions);
        let mut known = BTreeSet::new();
        for (table, index, id) in all {
            if !known.insert(id) {
                let at = [Step::Key(table.to_owned()), Step::Index(index), Step::Key("id".to_owned())];
                self.errors.push(CompileError::new(&at, msg!("verdict-error-twice", id = id)));
            }
        }
    }

    fn no_circles(&mut self, entries: &[Entry]) {
        for (index, entry) in entries.iter().enumerate() {
            let (mut reached, mut next) = (BTreeSet::new(), entry.needs.clone());
            while let Some(needed) = next.pop() {
                if reached.insert(needed) {
                    next.extend(&entries[needed].needs);
                }
            }
            if reached.contains(&index) {
                let at = [Step::Key("criterion".to_owned()), Step::Index(index), Step::Key("needs".to_owned())];
                self.errors.push(CompileError::new(&at, msg!("verdict-error-circle", id = &entry.id)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::{Fact, Observation};
    use serde_json::json;

    fn criterion(id: &str, rest: &Json) -> Criterion {
        let mut all = json!({ "id": id, "title": { "fr": "", "en": "" }, "points": 2 });
        all.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        serde_json::from_value(all).unwrap()
    }

    fn leaf(path: &str) -> Json {
        json!({ "probe": { "file": { "path": path } }, "expect": { "exists": true } })
    }

    /// `/yes` exists, `/no` doesn't, the rest can't be told.
    fn look(suite: &Suite, stages: &[Stage]) -> Vec<Verdict> {
        let mut seen = Observations::default();
        for stage in stages {
            for (machine, probes) in suite.requests(*stage, Cost::Active) {
                let observe = |probe: &Probe| {
                    let fact = match probe {
                        Probe::File(args) if args.path == "/yes" => Fact::record([("exists", true.into())]),
                        Probe::File(args) if args.path == "/no" => Fact::record([("exists", false.into())]),
                        _ => Fact::Unknown(msg!("verdict-yes")),
                    };
                    Observation::seen(fact, msg!("verdict-yes"))
                };
                seen.put(*stage, &machine, &probes, probes.iter().map(observe).collect());
            }
        }
        suite.judge(&seen, &BTreeMap::new())
    }

    fn statuses(criteria: &[Criterion], stages: &[Stage]) -> Vec<Status> {
        let suite = Suite::compile(criteria, &[], "srv").unwrap();
        look(&suite, stages).iter().map(|verdict| verdict.status).collect()
    }

    #[test]
    fn trees_follow_kleene() {
        let tree = |key: &str, paths: &[&str]| {
            criterion(key, &json!({ key: paths.iter().map(|path| leaf(path)).collect::<Vec<_>>() }))
        };
        let one = |tree| statuses(&[tree], &[Stage::Now])[0];
        assert_eq!(one(tree("all", &["/yes", "/?"])), Status::Unknown);
        assert_eq!(one(tree("all", &["/no", "/?"])), Status::Fail);
        assert_eq!(one(tree("any", &["/yes", "/?"])), Status::Pass);
        assert_eq!(one(tree("any", &["/no", "/?"])), Status::Unknown);
        assert_eq!(one(criterion("not", &json!({ "not": leaf("/no") }))), Status::Pass);
        assert_eq!(one(criterion("not", &json!({ "not": leaf("/?") }))), Status::Unknown);
    }

    #[test]
    fn what_needs_something_unmet_waits_and_so_on() {
        let needing = |id: &str, path: &str, needs: &str| {
            let mut rest = leaf(path);
            rest["needs"] = json!([needs]);
            criterion(id, &rest)
        };
        let chain = [needing("c", "/yes", "b"), needing("b", "/yes", "a"), criterion("a", &leaf("/no"))];
        assert_eq!(statuses(&chain, &[Stage::Now]), [Status::Waiting, Status::Waiting, Status::Fail]);
        let circle = [needing("a", "/yes", "b"), needing("b", "/yes", "a")];
        assert_eq!(Suite::compile(&circle, &[], "").unwrap_err().len(), 2);
        assert!(Suite::compile(&[needing("a", "/yes", "z")], &[], "").is_err());
    }

    #[test]
    fn what_comes_after_a_reboot_waits_for_the_submission() {
        let mut rest = leaf("/yes");
        rest["after"] = json!("reboot");
        let criteria = [criterion("a", &rest)];
        assert_eq!(statuses(&criteria, &[Stage::Now]), [Status::Waiting]);
        assert_eq!(statuses(&criteria, &[Stage::Now, Stage::Reboot]), [Status::Pass]);
    }

    #[test]
    fn the_same_probe_is_asked_once() {
        let mut other = leaf("/yes");
        other["machine"] = json!("srv");
        let suite = Suite::compile(&[criterion("a", &leaf("/yes")), criterion("b", &other)], &[], "srv").unwrap();
        let requests = suite.requests(Stage::Now, Cost::Local);
        assert_eq!((requests.len(), requests["srv"].len()), (1, 1));
    }

    #[test]
    fn a_node_checks_exactly_one_thing() {
        let both = json!({ "probe": leaf("/a")["probe"], "expect": { "exists": true }, "all": [leaf("/b")] });
        for wrong in [both, json!({}), json!({ "all": [] }), json!({ "expect": { "exists": true } })] {
            assert!(Suite::compile(&[criterion("a", &wrong)], &[], "").is_err());
        }
    }

    #[test]
    fn a_lost_guard_costs_and_the_unknown_leaves_the_total() {
        let guard = |path: &str| {
            let mut rest = leaf(path);
            rest["guard"] = json!(true);
            criterion("guard", &rest)
        };
        let score = |guarded: &str| {
            let all = [
                criterion("a", &leaf("/yes")),
                criterion("b", &leaf("/yes")),
                criterion("c", &leaf("/?")),
                guard(guarded),
            ];
            Score::of(&look(&Suite::compile(&all, &[], "").unwrap(), &[Stage::Now]))
        };
        assert_eq!(score("/yes"), Score { earned: 4, total: 4, untold: 2 });
        assert_eq!(score("/no"), Score { earned: 2, total: 4, untold: 2 });
    }
}
