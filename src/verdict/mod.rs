//! Expectation × observation → verdict. Pure: no machine, no clock, no screen.
//!
//! Four values, by Kleene's three-valued logic and one more: *pass*, *fail*, *unknown* (something could not be looked
//! at, with the reason; never a failure) and *waiting* (a criterion it needs is not met yet).

mod answer;
mod apply;
mod censor;
mod criterion;
mod error;
mod expectation;
mod matcher;
mod nearest;
mod observations;
mod question;
#[cfg(test)]
mod tests;
mod tree;
mod truth;
mod value;
mod words;

pub use criterion::Suite;
pub use error::{CompileError, Step};
pub use expectation::Expectation;
pub use matcher::OPERATORS;
pub use observations::{Observations, Stage};
pub use truth::Truth;
pub use words::{fact_in_words, path_in_words};

use serde::{Deserialize, Serialize};

use crate::i18n::Message;

/// The value of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// What was expected was found.
    Pass,
    /// Something else was found.
    Fail,
    /// Could not be looked at.
    Unknown,
    /// Another criterion has to be met first.
    Waiting,
}

/// One expectation beside what was found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The field's path in the observation, as `offer.address`.
    pub field: String,
    /// What was expected, in words.
    pub expected: Message,
    /// What was found, in words.
    pub found: Message,
    /// Where it was seen.
    pub source: Message,
    /// How it compares: never [`Status::Waiting`].
    pub status: Status,
}

/// The truth about one criterion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The criterion.
    pub id: String,
    /// Its value.
    pub status: Status,
    /// The points it counts when met.
    pub points: u32,
    /// True at the start and to be kept so.
    #[serde(default)]
    pub guard: bool,
    /// What decided, leaf by leaf.
    pub findings: Vec<Finding>,
    /// Why nothing can be said yet or at all, where `waits_for` doesn't say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Message>,
    /// The criteria it waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<String>,
}

/// Points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Score {
    /// Earned, what lost guards cost taken off.
    pub earned: u32,
    /// What could be earned.
    pub total: u32,
    /// What could not be told: in neither of the others.
    pub untold: u32,
}
