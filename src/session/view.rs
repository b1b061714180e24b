//! What screens and reports see of an attempt: frozen, and free of how it came about.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::desk::{self, Desk};
use super::state::State;
use super::{Phase, SessionError};
use crate::i18n::Message;
use crate::lab::Variant;
use crate::verdict::{Score, Verdict};

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
    /// One for each criterion, in the lab's order, then one for each question, but those left out; empty before the
    /// first check.
    pub verdicts: Vec<Verdict>,
    /// Criteria that were met and no longer are, with when (work time) each was met and lost.
    pub lost: Vec<Lost>,
    /// Hints taken, as indexes into the lab's.
    pub hints: Vec<usize>,
    /// The hint that fits what was seen, as an index into the lab's; none where there is none left.
    pub next_hint: Option<usize>,
    /// Answers given, by question.
    pub answers: BTreeMap<String, String>,
    /// The ticket's qualification, the work log, the report.
    pub desk: Desk,
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

/// One turn of the attempt's timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Work time.
    pub work: Duration,
    /// What happened.
    pub turn: Turn,
}

/// What a timeline tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// A criterion was met.
    Met(String),
    /// A criterion that was met no longer is.
    Lost(String),
    /// A hint was taken: its index in the lab.
    Hint(usize),
    /// A question was answered.
    Answered(String),
    /// A machine, or all, was put back to the start.
    Reset(Option<String>),
    /// The stand was gone: a fresh one was built.
    StandGone,
}

/// What is shown after an attempt. The reference ways, what to read and the jury's lines are in the view's variant.
#[derive(Debug)]
pub struct Debrief {
    /// The attempt as it ended: expected, found and source are in its verdicts.
    pub view: View,
    /// What happened, in order.
    pub timeline: Vec<Moment>,
    /// Question → the right answer, in words.
    pub right_answers: BTreeMap<String, Message>,
    /// Why the stand could not be torn down: `paillasse clean` does it.
    pub left_behind: Option<SessionError>,
}

impl Debrief {
    pub(super) fn of(view: View, state: &State, left_behind: Option<SessionError>) -> Self {
        Self { view, timeline: state.timeline.clone(), right_answers: state.right_answers.clone(), left_behind }
    }
}

impl View {
    /// Whether the attempt is over and this question never got an answer: it waits for nothing any more.
    #[must_use]
    pub fn is_unanswered(&self, id: &str) -> bool {
        let is_over = matches!(self.phase, Phase::Finished | Phase::GivenUp);
        let is_question = self.variant.manifest.questions.iter().any(|question| question.id == id);
        is_over && is_question && !self.answers.contains_key(id)
    }

    /// What is judged of the desk's part, once the attempt is handed in; before, nothing is told.
    #[must_use]
    pub fn desk_verdicts(&self) -> Vec<Verdict> {
        match self.phase {
            Phase::Finished => desk::judge(&self.variant.manifest, &self.desk),
            Phase::Preparing | Phase::Working | Phase::GivenUp | Phase::Abandoned => Vec::new(),
        }
    }

    pub(super) fn of(
        attempt: i64,
        variant: &Arc<Variant>,
        state: &State,
        elapsed: Duration,
        next_hint: Option<usize>,
    ) -> Self {
        let manifest = &variant.manifest;
        let left_out = state.left_out.clone().unwrap_or_default();
        let counts = |id: &str| !left_out.iter().any(|(left, _)| left == id);
        let ids: Vec<&String> = manifest
            .criteria
            .iter()
            .map(|criterion| &criterion.id)
            .chain(manifest.questions.iter().map(|question| &question.id))
            .filter(|id| counts(id))
            .collect();
        let verdicts: Vec<Verdict> = ids.into_iter().filter_map(|id| state.verdicts.get(id).cloned()).collect();
        let score = Score::of(&verdicts);
        let (earned, total) = state.score.unwrap_or((score.earned.saturating_sub(state.price), score.total));
        Self {
            attempt,
            variant: Arc::clone(variant),
            phase: state.phase,
            elapsed,
            verdicts,
            lost: state.lost.clone(),
            hints: state.hints.clone(),
            next_hint,
            answers: state.answers.clone(),
            desk: state.desk.clone(),
            earned,
            total,
            left_out,
        }
    }
}
