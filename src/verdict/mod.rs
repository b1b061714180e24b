//! Expectation × observation → verdict. Pure: no machine, no clock, no screen.
//!
//! Four values, by Kleene's three-valued logic and one more: *pass*, *fail*, *unknown* (something could not be looked
//! at, with the reason; never a failure) and *waiting* (a criterion it needs is not met yet).

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
    /// What decided, leaf by leaf.
    pub findings: Vec<Finding>,
    /// The criteria it waits for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waits_for: Vec<String>,
}
