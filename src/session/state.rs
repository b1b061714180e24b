//! The state of an attempt, folded from its events. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::desk::Desk;
use super::event::{Event, What};
use super::{Lost, Moment, Phase, Turn};
use crate::i18n::Message;
use crate::lab::Manifest;
use crate::verdict::{Status, Verdict};

/// Everything known of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    pub(super) phase: Phase,
    pub(super) stand: Option<String>,
    /// Time worked at the last event.
    pub(super) work: Duration,
    /// The latest verdict of each criterion and question that was looked at.
    pub(super) verdicts: BTreeMap<String, Verdict>,
    pub(super) lost: Vec<Lost>,
    pub(super) hints: Vec<usize>,
    pub(super) price: u32,
    pub(super) answers: BTreeMap<String, String>,
    /// None until it was looked for: in a lab about this PC, once before the work begins.
    pub(super) left_out: Option<Vec<(String, Message)>>,
    pub(super) desk: Desk,
    pub(super) timeline: Vec<Moment>,
    pub(super) score: Option<(u32, u32)>,
    pub(super) right_answers: BTreeMap<String, Message>,
    guards: BTreeSet<String>,
    met: BTreeMap<String, Option<Duration>>,
}

impl State {
    /// Before anything happened.
    pub(super) fn new(manifest: &Manifest) -> Self {
        let guards: BTreeSet<String> =
            manifest.criteria.iter().filter(|criterion| criterion.guard).map(|guard| guard.id.clone()).collect();
        Self {
            phase: Phase::Preparing,
            stand: None,
            work: Duration::ZERO,
            verdicts: BTreeMap::new(),
            lost: Vec::new(),
            hints: Vec::new(),
            price: 0,
            answers: BTreeMap::new(),
            left_out: None,
            desk: Desk::default(),
            timeline: Vec::new(),
            score: None,
            right_answers: BTreeMap::new(),
            met: guards.iter().map(|guard| (guard.clone(), None)).collect(),
            guards,
        }
    }

    /// One event further. Unknown criteria and hints are taken as they come: the record is never refused here.
    pub(super) fn apply(&mut self, event: &Event) {
        self.work = self.work.max(event.work);
        match &event.what {
            What::Begun => self.phase = Phase::Preparing,
            What::Ready { stand } => {
                self.phase = Phase::Working;
                self.stand.clone_from(stand);
                self.forget();
            }
            What::LeftOut { items } => self.left_out = Some(items.clone()),
            What::Checked { verdicts, .. } => verdicts.iter().for_each(|verdict| self.judge(verdict)),
            What::Reset { machine } => {
                self.forget();
                let turn = Turn::Reset(machine.clone());
                // Noted before and after the machines are put back: one turn for the person.
                if self.timeline.last().is_none_or(|last| last.turn != turn) {
                    self.note(turn);
                }
            }
            What::Hint { index, cost } => {
                if !self.hints.contains(index) {
                    self.hints.push(*index);
                    self.price = self.price.saturating_add(*cost);
                }
                self.note(Turn::Hint(*index));
            }
            What::Answered { question, text } => {
                self.answers.insert(question.clone(), text.clone());
                self.note(Turn::Answered(question.clone()));
            }
            What::Qualified { qualification } => self.desk.qualification = *qualification,
            What::Wrote { part, text } => {
                self.desk.report.insert(*part, text.clone());
            }
            What::Logged { text } => self.desk.log.push((self.work, text.clone())),
            What::Gone => {
                self.stand = None;
                self.note(Turn::StandGone);
            }
            What::Finished { earned, total, right_answers } => {
                self.phase = Phase::Finished;
                self.right_answers.clone_from(right_answers);
                self.score = Some((*earned, *total));
            }
            What::GaveUp { total, right_answers } => {
                self.phase = Phase::GivenUp;
                self.right_answers.clone_from(right_answers);
                self.score = Some((0, *total));
            }
            What::Abandoned => self.phase = Phase::Abandoned,
        }
    }

    /// Nothing earned on another state of the machines counts.
    fn forget(&mut self) {
        self.verdicts.clear();
        self.lost.clear();
        self.met = self.guards.iter().map(|guard| (guard.clone(), None)).collect();
    }

    /// Takes a verdict in. *Cannot tell* and *waiting* neither earn nor lose: only a failure after it was met does.
    fn judge(&mut self, verdict: &Verdict) {
        let id = &verdict.id;
        match verdict.status {
            Status::Pass if !self.met.contains_key(id) => {
                self.met.insert(id.clone(), Some(self.work));
                self.lost.retain(|lost| lost.criterion != *id);
                self.note(Turn::Met(id.clone()));
            }
            Status::Fail => {
                if let Some(met) = self.met.remove(id) {
                    self.lost.push(Lost { criterion: id.clone(), met, lost: self.work });
                    self.note(Turn::Lost(id.clone()));
                }
            }
            Status::Pass | Status::Unknown | Status::Waiting => {}
        }
        self.verdicts.insert(id.clone(), verdict.clone());
    }

    fn note(&mut self, turn: Turn) {
        self.timeline.push(Moment { work: self.work, turn });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Depth;
    use crate::session::tests::{manifest, verdict};

    fn at(seconds: u64, what: What) -> Event {
        Event { work: Duration::from_secs(seconds), what }
    }

    fn checked(seconds: u64, verdicts: &[(&str, Status)]) -> Event {
        let verdicts = verdicts.iter().map(|(id, status)| verdict(id, *status)).collect();
        at(seconds, What::Checked { depth: Depth::Live, verdicts })
    }

    fn folded(events: &[Event]) -> State {
        let mut state = State::new(&manifest());
        for event in events {
            state.apply(event);
        }
        state
    }

    #[test]
    fn a_regression_says_when_it_was_met_and_when_it_was_lost() {
        let state = folded(&[checked(10, &[("a", Status::Pass)]), checked(20, &[("a", Status::Fail)])]);
        let lost =
            Lost { criterion: "a".to_owned(), met: Some(Duration::from_secs(10)), lost: Duration::from_secs(20) };
        assert_eq!(state.lost, [lost]);
    }

    #[test]
    fn a_guard_is_met_at_the_start() {
        let state = folded(&[checked(20, &[("keep", Status::Fail)])]);
        assert_eq!(state.lost[0].met, None);
        let never_met = folded(&[checked(20, &[("a", Status::Fail)])]);
        assert!(never_met.lost.is_empty());
    }

    #[test]
    fn met_again_is_no_longer_lost_but_stays_in_the_timeline() {
        let state = folded(&[
            checked(10, &[("a", Status::Pass)]),
            checked(20, &[("a", Status::Fail)]),
            checked(30, &[("a", Status::Pass)]),
        ]);
        assert!(state.lost.is_empty());
        let turns: Vec<&Turn> = state.timeline.iter().map(|moment| &moment.turn).collect();
        let id = || "a".to_owned();
        assert_eq!(turns, [&Turn::Met(id()), &Turn::Lost(id()), &Turn::Met(id())]);
    }

    #[test]
    fn cannot_tell_and_waiting_lose_nothing() {
        for between in [Status::Unknown, Status::Waiting] {
            let state = folded(&[checked(10, &[("a", Status::Pass)]), checked(20, &[("a", between)])]);
            assert!(state.lost.is_empty());
            assert_eq!(state.verdicts["a"].status, between);
            let mut later = state;
            later.apply(&checked(30, &[("a", Status::Fail)]));
            assert_eq!(later.lost[0].met, Some(Duration::from_secs(10)));
        }
    }

    #[test]
    fn what_was_not_looked_at_keeps_its_verdict() {
        let state =
            folded(&[checked(10, &[("a", Status::Pass), ("b", Status::Fail)]), checked(20, &[("b", Status::Pass)])]);
        assert_eq!(state.verdicts["a"].status, Status::Pass);
        assert_eq!(state.verdicts["b"].status, Status::Pass);
    }

    #[test]
    fn a_reset_clears_every_result_and_keeps_answers_and_the_price_of_hints() {
        let state = folded(&[
            checked(10, &[("a", Status::Pass), ("keep", Status::Fail)]),
            at(11, What::Hint { index: 0, cost: 2 }),
            at(12, What::Answered { question: "q".to_owned(), text: "x".to_owned() }),
            at(13, What::Reset { machine: None }),
        ]);
        assert!(state.verdicts.is_empty() && state.lost.is_empty());
        assert_eq!((state.price, state.hints.as_slice()), (2, &[0][..]));
        assert_eq!(state.answers["q"], "x");
        let mut later = state;
        later.apply(&checked(20, &[("a", Status::Fail), ("keep", Status::Fail)]));
        let lost: Vec<&str> = later.lost.iter().map(|lost| lost.criterion.as_str()).collect();
        assert_eq!(lost, ["keep"], "what the old state had earned can't be lost, a guard can");
    }

    #[test]
    fn a_fresh_stand_has_earned_nothing() {
        let ready = |name: &str| What::Ready { stand: Some(name.to_owned()) };
        let state = folded(&[
            at(0, ready("one")),
            checked(10, &[("a", Status::Pass)]),
            at(10, What::Gone),
            at(10, ready("two")),
        ]);
        assert!(state.verdicts.is_empty());
        assert_eq!(state.stand.as_deref(), Some("two"));
    }

    #[test]
    fn a_hint_is_paid_once() {
        let hint = || What::Hint { index: 0, cost: 2 };
        assert_eq!(folded(&[at(1, hint()), at(2, hint())]).price, 2);
    }

    #[test]
    fn the_time_worked_never_goes_back() {
        let state = folded(&[at(10, What::Begun), at(4, What::Begun)]);
        assert_eq!(state.work, Duration::from_secs(10));
    }
}
