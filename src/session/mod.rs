//! One attempt at one lab: its phases, clock, verdicts, regressions, hints and answers.
//!
//! The truth of an attempt is its list of [events](event); everything else is folded from it, so that an attempt
//! survives whatever ends the app. Blocking: screens call it from a worker.

use std::sync::Arc;
use std::time::Duration;

use crate::i18n::Message;
use crate::lab::Variant;
use crate::stand::Stand;
use crate::verdict::Verdict;

/// How deep a check goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Probes that only read: every second or two, unnoticed.
    Live,
    /// Every criterion that is checked "now".
    Now,
    /// Those "after" something too: machines are restarted.
    Final,
}

/// Where an attempt stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The stand is being built.
    Preparing,
    /// The candidate works.
    Working,
    /// Submitted: the debrief.
    Finished,
    /// Given up.
    Abandoned,
}

/// Everything a screen shows of an attempt, frozen.
#[derive(Debug, Clone)]
pub struct View {
    /// Its number in the record.
    pub attempt: i64,
    /// The lab, rendered.
    pub variant: Arc<Variant>,
    /// Where it stands.
    pub phase: Phase,
    /// Time worked; stops while the app is closed.
    pub elapsed: Duration,
    /// One for each criterion, in the lab's order, then one for each question; empty before the first check.
    pub verdicts: Vec<Verdict>,
    /// Criteria that were met and no longer are, with when (seconds of work time) each was met and lost.
    pub lost: Vec<Lost>,
    /// Hints taken, as indexes into the lab's.
    pub hints: Vec<usize>,
    /// Answers given, by question.
    pub answers: std::collections::BTreeMap<String, String>,
    /// Points earned, hints' price taken off.
    pub earned: u32,
    /// Points there are.
    pub total: u32,
    /// Criteria and questions left out on this PC, with the reason.
    pub left_out: Vec<(String, Message)>,
}

/// A regression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The criterion.
    pub criterion: String,
    /// Work time at which it was met; none for a guard (met at the start).
    pub met: Option<Duration>,
    /// Work time at which it was lost.
    pub lost: Duration,
}

/// An attempt under way.
#[derive(Debug)]
pub struct Session {
    stand: Option<Stand>,
}

impl Session {
    /// The stand, unless the lab is about this PC.
    #[must_use]
    pub fn stand(&self) -> Option<&Stand> {
        self.stand.as_ref()
    }
}
