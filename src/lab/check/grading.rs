//! Criteria, questions, hints and the proof: they look at machines that exist and name each other rightly.

use std::collections::BTreeMap;

use super::Checker;
use crate::i18n::{Arg, Message};
use crate::lab::Problem;
use crate::lab::document::{Step, steps};
use crate::lab::manifest::CheckSpec;
use crate::msg;
use crate::verdict::{CompileError, Suite};

impl Checker<'_> {
    pub(super) fn grading(&mut self) {
        self.points_of_view();
        self.hints();
        self.solutions();
        self.sabotages();
        self.expectations();
    }

    fn points_of_view(&mut self) {
        let manifest = self.manifest;
        for (at, criterion) in manifest.criteria.iter().enumerate() {
            let path = steps!["criterion", at];
            if let Some(machine) = &criterion.machine {
                self.machine(&[&path[..], &steps!["machine"]].concat(), machine);
            }
            let branches = [("all", &criterion.all), ("any", &criterion.any)];
            self.branches(&path, branches, criterion.not.as_deref());
        }
        for (at, question) in manifest.questions.iter().enumerate() {
            if let Some(machine) = &question.answer.machine {
                self.machine(&steps!["question", at, "answer", "machine"], machine);
            }
        }
    }

    fn branches(&mut self, path: &[Step], lists: [(&str, &Option<Vec<CheckSpec>>); 2], not: Option<&CheckSpec>) {
        for (key, list) in lists {
            for (at, check) in list.iter().flatten().enumerate() {
                self.node(&[path, &[key.into(), at.into()]].concat(), check);
            }
        }
        if let Some(check) = not {
            self.node(&[path, &steps!["not"]].concat(), check);
        }
    }

    fn node(&mut self, path: &[Step], check: &CheckSpec) {
        if let Some(machine) = &check.machine {
            self.machine(&[path, &steps!["machine"]].concat(), machine);
        }
        self.branches(path, [("all", &check.all), ("any", &check.any)], check.not.as_deref());
    }

    fn hints(&mut self) {
        let manifest = self.manifest;
        for (at, hint) in manifest.hints.iter().enumerate() {
            if let Some(when) = &hint.when {
                self.known(&steps!["hint", at, "when", "criterion"], &when.criterion, graded(manifest), || {
                    msg!("lab-no-criterion", name = &when.criterion)
                });
            }
        }
    }

    fn solutions(&mut self) {
        let solutions = self.manifest.solutions.iter().enumerate();
        for (at, solution) in solutions.clone() {
            self.run(&steps!["solution", at], &solution.run, &solution.answer);
        }
        self.unique(
            solutions.map(|(at, solution)| (solution.name.as_str(), steps!["solution", at, "name"].to_vec())),
            |name| msg!("lab-twice", name = name),
        );
    }

    /// What a solution or a sabotage runs on machines and answers to questions.
    fn run(&mut self, path: &[Step], run: &BTreeMap<String, String>, answer: &BTreeMap<String, String>) {
        let machines: Vec<_> = self.manifest.stand.machines.iter().map(|machine| machine.name.as_str()).collect();
        let questions: Vec<_> = self.manifest.questions.iter().map(|question| question.id.as_str()).collect();
        self.keys(&[path, &steps!["run"]].concat(), run, &machines, |name| msg!("lab-no-machine", name = name));
        self.keys(&[path, &steps!["answer"]].concat(), answer, &questions, |name| msg!("lab-no-question", name = name));
    }

    fn keys(
        &mut self,
        path: &[Step],
        table: &BTreeMap<String, String>,
        valid: &[&str],
        message: impl Fn(&str) -> Message,
    ) {
        for key in table.keys().filter(|key| !valid.contains(&key.as_str())) {
            let place = self.document.key_place(&[path, &[key.as_str().into()]].concat());
            let help = crate::lab::suggest::nearest(key, valid.iter().copied());
            self.problems.push(Problem::new(message(key)).maybe_help(help).at(place));
        }
    }

    fn sabotages(&mut self) {
        let manifest = self.manifest;
        let ids: Vec<_> = graded(manifest).collect();
        for (at, sabotage) in manifest.sabotages.iter().enumerate() {
            self.run(&steps!["sabotage", at], &sabotage.run, &sabotage.answer);
            if let Some(after) = &sabotage.after {
                let names = manifest.solutions.iter().map(|solution| solution.name.as_str());
                self.known(&steps!["sabotage", at, "after"], after, names, || msg!("lab-no-solution", name = after));
            }
            if sabotage.breaks.is_empty() {
                self.wrong(&steps!["sabotage", at, "breaks"], msg!("lab-breaks-nothing"));
            }
            for (index, id) in sabotage.breaks.iter().enumerate() {
                self.known(&steps!["sabotage", at, "breaks", index], id, ids.iter().copied(), || {
                    msg!("lab-no-criterion", name = id)
                });
            }
        }
        let names = manifest.sabotages.iter().enumerate();
        self.unique(
            names.map(|(at, sabotage)| (sabotage.name.as_str(), steps!["sabotage", at, "name"].to_vec())),
            |name| msg!("lab-twice", name = name),
        );
    }

    /// Needs, expectations, hints' findings: what the verdicts are compiled from.
    fn expectations(&mut self) {
        let manifest = self.manifest;
        let first = manifest.stand.machines.first().map_or("", |machine| machine.name.as_str());
        let suite = match Suite::compile(&manifest.criteria, &manifest.questions, first) {
            Ok(suite) => suite,
            Err(errors) => return self.compile_errors(errors),
        };
        for (at, hint) in manifest.hints.iter().enumerate() {
            if let Some(when) = &hint.when
                && manifest.criteria.iter().any(|criterion| criterion.id == when.criterion)
                && !when.found.is_empty()
            {
                let path = steps!["hint", at, "when", "found"];
                if let Err(errors) = suite.compile_found(&when.criterion, &when.found, &path) {
                    self.compile_errors(errors);
                }
            }
        }
    }

    fn compile_errors(&mut self, errors: Vec<CompileError>) {
        self.problems.extend(errors.into_iter().map(|error| misplaced(self.document, error)));
    }
}

/// A mistake in criteria as a problem of the file they were read from.
pub(in crate::lab) fn misplaced(document: &crate::lab::document::Document, error: CompileError) -> Problem {
    let list = error.valid.join(", ");
    // Where the key itself is the unknown word, it is the place; else what stands behind it.
    let is_key = error.at.last().is_some_and(|step| names(&error.what, step));
    let place = if is_key { document.key_place(&error.at) } else { document.value_place(&error.at) };
    let help = match error.nearest {
        Some(near) => Some(msg!("lab-did-you-mean", near = near, list = list)),
        None if error.valid.is_empty() => None,
        None => Some(msg!("lab-valid-words", list = list)),
    };
    Problem::new(error.what).maybe_help(help).at(place)
}

/// Whether a message is about this key.
fn names(message: &Message, step: &Step) -> bool {
    let Step::Key(key) = step else { return false };
    message.args.values().any(|arg| *arg == Arg::Text(key.clone()))
}

/// Criteria and questions: they share one name space.
fn graded(manifest: &crate::lab::Manifest) -> impl Iterator<Item = &str> {
    let criteria = manifest.criteria.iter().map(|criterion| criterion.id.as_str());
    criteria.chain(manifest.questions.iter().map(|question| question.id.as_str()))
}
