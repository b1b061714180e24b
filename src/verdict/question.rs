//! A question: the right answer is read from the machine, the person's is compared with it.

use super::answer::is_right;
use super::error::Step;
use super::expectation::Path;
use super::matcher::{Compiler, kind_in_words};
use super::observations::{Observations, Stage};
use super::truth::Truth;
use super::words::fact_in_words;
use super::{Finding, Verdict};
use crate::i18n::Message;
use crate::lab::manifest::{Compare, Question};
use crate::msg;
use crate::probe::{Fact, Kind, Observation, Probe};

/// A compiled question.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pub(super) id: String,
    points: u32,
    machine: String,
    probe: Probe,
    path: Path,
    compare: Compare,
}

impl Query {
    pub(super) fn compile(compiler: &mut Compiler, question: &Question, first: &str) -> Option<Self> {
        let answer = &question.answer;
        let path = compiler.within(Step::Key("answer".to_owned()), |compiler| {
            let path = compiler.within(Step::Key("field".to_owned()), |compiler| {
                compiler.path(answer.probe.fields(), &answer.field)
            })?;
            if !fits(answer.compare, path.kind) {
                let what = msg!("verdict-error-compare", kind = kind_in_words(path.kind));
                return compiler.within(Step::Key("compare".to_owned()), |compiler| compiler.wrong(what));
            }
            Some(path)
        })?;
        Some(Self {
            id: question.id.clone(),
            points: question.points,
            machine: answer.machine.clone().unwrap_or_else(|| first.to_owned()),
            probe: answer.probe.clone(),
            path,
            compare: answer.compare,
        })
    }

    /// What it asks of which machine.
    pub(super) fn asks(&self) -> (&String, &Probe) {
        (&self.machine, &self.probe)
    }

    /// The verdict on an answer. It never says the right one.
    pub(super) fn judge(&self, seen: &Observations, given: Option<&String>) -> Verdict {
        let given = given.map(|given| given.trim()).filter(|given| !given.is_empty());
        let observation = self.observation(seen);
        let truth = match (given, observation) {
            (None, _) => Truth::NotYet(msg!("verdict-not-answered")),
            (_, None) => Truth::NotYet(msg!("verdict-not-yet")),
            (Some(given), Some(observation)) => self.compare(given, self.path.find(&observation.fact)),
        };
        let finding = given.zip(observation).map(|(given, observation)| Finding {
            field: self.path.written.clone(),
            expected: msg!("verdict-answer-expected"),
            found: msg!("verdict-text", text = given),
            source: observation.source.clone(),
            status: truth.status(),
        });
        Verdict {
            id: self.id.clone(),
            status: truth.status(),
            points: self.points,
            guard: false,
            findings: finding.into_iter().collect(),
            note: truth.reason().cloned(),
            waits_for: Vec::new(),
        }
    }

    /// Where several values are right (a list), any one of them is.
    fn compare(&self, given: &str, right: &Fact) -> Truth {
        if let Some(reason) = missing(right) {
            return Truth::Unknown(reason);
        }
        match right {
            Fact::List(several) => Truth::any(several.iter().map(|right| self.compare(given, right))),
            right => is_right(self.compare, given, right).into(),
        }
    }

    pub(super) fn right_answer(&self, seen: &Observations) -> Option<Message> {
        self.observation(seen).map(|observation| fact_in_words(self.path.name(), self.path.find(&observation.fact)))
    }

    fn observation<'a>(&self, seen: &'a Observations) -> Option<&'a Observation> {
        seen.get(Stage::Now, &self.machine, &self.probe)
    }
}

/// Why a fact gives no right answer.
fn missing(right: &Fact) -> Option<Message> {
    match right {
        Fact::Unknown(reason) => Some(reason.clone()),
        Fact::None => Some(msg!("verdict-no-right-answer")),
        Fact::List(several) if several.is_empty() => Some(msg!("verdict-no-right-answer")),
        _ => None,
    }
}

/// Whether a way to compare means something for a field.
fn fits(compare: Compare, kind: Kind) -> bool {
    match kind {
        Kind::List(inner) => fits(compare, *inner),
        Kind::Text | Kind::Word => matches!(compare, Compare::Words | Compare::Contains),
        Kind::Int => compare == Compare::Number,
        Kind::Bool => compare == Compare::YesNo,
        Kind::Size => compare == Compare::Size,
        Kind::Mac => compare == Compare::Mac,
        Kind::Ip | Kind::Net => compare == Compare::Ip,
        Kind::Duration | Kind::Mode | Kind::Time | Kind::Record(_) => false,
    }
}
