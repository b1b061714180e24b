//! One attempt at one lab: its phases, clock, verdicts, regressions, hints and answers.
//!
//! The truth of an attempt is its list of [events](Event) in the [record](crate::record); everything else is folded from
//! it, so that an attempt survives whatever ends the app. Blocking: screens call it from a worker.

mod clock;
pub mod desk;
mod doors;
mod error;
mod event;
mod hint;
pub(crate) mod machines;
mod open;
mod remote;
pub mod review;
mod state;
#[cfg(test)]
mod tests;
pub(crate) mod trial;
mod view;
pub(crate) mod world;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use self::clock::{Clock, Heart};
use self::desk::Qualification;
use self::state::State;
use self::trial::{Trial, nothing_fails};
use crate::i18n::Message;
use crate::lab::Variant;
use crate::lab::manifest::Part;
use crate::record::{Entry, Stamp, Store};
use crate::stand::{OnStep, Stand};
use crate::verdict::{Status, Verdict};

pub use doors::Doors;
pub use error::SessionError;
pub use event::{Event, What};
pub use open::{Past, current, debrief, history, stands};
pub use view::{Debrief, Lost, Moment, Turn, View};

/// How deep a check goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// Given up for the reference way: the debrief.
    GivenUp,
    /// Thrown away.
    Abandoned,
}

/// An attempt under way.
#[derive(Debug)]
pub struct Session {
    store: Store,
    attempt: i64,
    /// Number of the last entry that is folded into `state`.
    sequence: i64,
    state: State,
    variant: Arc<Variant>,
    trial: Trial,
    clock: Clock,
    heart: Option<Heart>,
}

impl Session {
    /// Its number in the record.
    #[must_use]
    pub fn attempt(&self) -> i64 {
        self.attempt
    }

    /// The stand, unless the lab is about this PC.
    #[must_use]
    pub fn stand(&self) -> Option<&Stand> {
        self.trial.world().stand()
    }

    /// Where its shells are opened.
    #[must_use]
    pub fn doors(&self) -> Doors {
        let world = self.trial.world();
        match (world.stand(), world.remote()) {
            (Some(stand), _) => Doors::Stand(stand.clone()),
            (None, Some(remote)) => Doors::Remote(remote.clone()),
            (None, None) => Doors::Here,
        }
    }

    /// Everything a screen shows of it, frozen.
    #[must_use]
    pub fn view(&self) -> View {
        let hint = hint::choose(&self.variant.manifest.hints, &self.state, |index| self.trial.shows(index));
        View::of(self.attempt, &self.variant, &self.state, self.clock.now(), hint)
    }

    /// Looks, and takes in what other processes noted meanwhile.
    pub fn check(&mut self, depth: Depth) -> Result<View, SessionError> {
        self.check_telling(depth, &mut |_| {})
    }

    /// The same, with a line for each thing done: a final check restarts machines.
    pub fn check_telling(&mut self, depth: Depth, on_step: OnStep<'_>) -> Result<View, SessionError> {
        let news = self.store.entries(self.attempt, self.sequence)?;
        self.take_in(&news)?;
        let verdicts = self.trial.check(depth, &self.state.answers, &nothing_fails, on_step)?;
        self.note(depth, verdicts)?;
        Ok(self.view())
    }

    /// Takes the hint that fits what was seen, at its price; its index in the lab, none where there is none left.
    pub fn take_hint(&mut self) -> Result<Option<usize>, SessionError> {
        let Some(index) = self.view().next_hint else { return Ok(None) };
        let cost = self.variant.manifest.hints.get(index).map_or(0, |hint| hint.cost);
        self.happen(&What::Hint { index, cost })?;
        Ok(Some(index))
    }

    /// Answers a question (again, as often as one likes: the last answer counts) and judges it.
    pub fn answer(&mut self, question: &str, text: &str) -> Result<View, SessionError> {
        if !self.variant.manifest.questions.iter().any(|found| found.id == question) {
            return Err(SessionError::NoQuestion(question.to_owned()));
        }
        self.happen(&What::Answered { question: question.to_owned(), text: text.trim().to_owned() })?;
        let verdict = self.trial.answered(question, &self.state.answers);
        self.note(Depth::Now, verdict.into_iter().collect())?;
        Ok(self.view())
    }

    /// Qualifies the ticket (again: the last one counts).
    pub fn qualify(&mut self, qualification: Qualification) -> Result<View, SessionError> {
        self.happen(&What::Qualified { qualification })?;
        Ok(self.view())
    }

    /// Writes a part of the intervention report (again: the last text counts).
    pub fn write(&mut self, part: Part, text: &str) -> Result<View, SessionError> {
        self.happen(&What::Wrote { part, text: text.trim_end().to_owned() })?;
        Ok(self.view())
    }

    /// Notes something in the work log.
    pub fn log(&mut self, text: &str) -> Result<View, SessionError> {
        self.happen(&What::Logged { text: text.trim().to_owned() })?;
        Ok(self.view())
    }

    /// Puts a machine, or all, back to the start. Nothing earned so far counts any more, on no machine: what was seen of
    /// one may depend on another. Hints stay paid.
    pub fn reset(&mut self, machine: Option<&str>, on_step: OnStep<'_>) -> Result<View, SessionError> {
        self.put_back(machine, |trial| trial.reset(machine, on_step))
    }

    /// Puts a machine, or all, back to a state of the stand that was kept ([`Stand::snapshot`]). Nothing earned since
    /// counts, nor before: the next check tells what holds on that state.
    pub fn restore(&mut self, state: &str, machine: Option<&str>, on_step: OnStep<'_>) -> Result<View, SessionError> {
        let stand = self.stand().cloned().ok_or(SessionError::StandGone(self.attempt))?;
        self.put_back(machine, |_| Ok(stand.restore(state, machine, on_step)?))
    }

    fn put_back(
        &mut self,
        machine: Option<&str>,
        act: impl FnOnce(&mut Trial) -> Result<(), SessionError>,
    ) -> Result<View, SessionError> {
        let reset = What::Reset { machine: machine.map(str::to_owned) };
        // Noted first: should the app be killed meanwhile, what the old state had earned is gone all the same. And again:
        // another process may have looked at the old state until now.
        self.happen(&reset)?;
        act(&mut self.trial)?;
        self.happen(&reset)?;
        Ok(self.view())
    }

    /// Leaves the attempt for later: its clock stops, and what its machines hold is on the PC's disk, where no power cut
    /// takes it. A disk that can't be brought to is no reason to stay: the kernel writes by itself within half a minute.
    pub fn put_aside(self) {
        if let Some(stand) = self.stand()
            && let Err(error) = stand.sync()
        {
            tracing::warn!(%error, "the machines of an attempt put aside are not on the disk yet");
        }
    }

    /// The clock is written down every second by itself; this says what hindered it (a full disk).
    pub fn beat(&mut self) -> Result<(), SessionError> {
        self.heart.as_ref().and_then(Heart::trouble).map_or(Ok(()), |trouble| Err(trouble.into()))
    }

    /// Submits: a final check (machines are restarted), the score into the record, the stand torn down.
    pub fn finish(&mut self, on_step: OnStep<'_>) -> Result<Debrief, SessionError> {
        let view = self.check_telling(Depth::Final, on_step)?;
        if view.phase != Phase::Working {
            return Err(SessionError::Over(self.attempt));
        }
        let right_answers = self.right_answers();
        self.happen(&What::Finished { earned: view.earned, total: view.total, right_answers })?;
        Ok(self.debrief(on_step))
    }

    /// Gives it up for the reference way: a last look, no points, the stand torn down.
    pub fn give_up(&mut self, on_step: OnStep<'_>) -> Result<Debrief, SessionError> {
        let view = self.check_telling(Depth::Now, on_step)?;
        if view.phase != Phase::Working {
            return Err(SessionError::Over(self.attempt));
        }
        let right_answers = self.right_answers();
        self.happen(&What::GaveUp { total: view.total, right_answers })?;
        Ok(self.debrief(on_step))
    }

    fn right_answers(&self) -> BTreeMap<String, Message> {
        let questions = self.variant.manifest.questions.iter();
        questions.filter_map(|question| Some((question.id.clone(), self.trial.right_answer(&question.id)?))).collect()
    }

    /// Ends it; that the stand could not be torn down is no reason to lose the result.
    fn debrief(&mut self, on_step: OnStep<'_>) -> Debrief {
        let left_behind = self.end(on_step).err();
        Debrief::of(self.view(), &self.state, left_behind)
    }

    /// Throws it away, and tears the stand down.
    pub fn abandon(&mut self, on_step: OnStep<'_>) -> Result<(), SessionError> {
        self.happen(&What::Abandoned)?;
        self.end(on_step)
    }

    fn end(&mut self, on_step: OnStep<'_>) -> Result<(), SessionError> {
        self.clock.stop();
        self.heart = None;
        self.trial.down(on_step)
    }

    /// Keeps the verdicts that are news; what was not looked at keeps what it had. What a live check finds is written
    /// down when a status turns: a figure that changes every second is shown, not recorded.
    fn note(&mut self, depth: Depth, verdicts: Vec<Verdict>) -> Result<(), SessionError> {
        let known = &self.state.verdicts;
        let was_seen = |verdict: &Verdict| verdict.status != Status::Waiting || !verdict.waits_for.is_empty();
        let is_news = |verdict: &Verdict| match known.get(&verdict.id) {
            Some(old) => old != verdict && was_seen(verdict),
            None => true,
        };
        let verdicts: Vec<Verdict> = verdicts.into_iter().filter(is_news).collect();
        let turned = |verdict: &Verdict| known.get(&verdict.id).map(|old| old.status) != Some(verdict.status);
        let recorded = !verdicts.is_empty() && (depth > Depth::Live || verdicts.iter().any(turned));
        let what = What::Checked { depth, verdicts };
        if recorded {
            // Another process has put machines back since this one looked: what it saw is no longer there.
            return if self.happen(&what)? { self.happen(&What::Reset { machine: None }).map(drop) } else { Ok(()) };
        }
        self.state.apply(&Event { work: self.clock.now(), what });
        Ok(())
    }

    /// Writes an event down, then folds it in with those that other processes wrote before it. Whether machines were put
    /// back meanwhile.
    fn happen(&mut self, what: &What) -> Result<bool, SessionError> {
        let (kind, payload) = what.to_row();
        let stamp = Stamp::now(self.clock.now().max(self.state.work));
        let news = self.store.append(self.attempt, self.sequence, stamp, &kind, &payload)?;
        self.take_in(&news)
    }

    /// Folds events in; whether machines were put back among them: then what was seen before is forgotten.
    fn take_in(&mut self, news: &[Entry]) -> Result<bool, SessionError> {
        let mut put_back = false;
        for entry in news {
            let event = Event::from_entry(entry).map_err(|_| SessionError::Unreadable(self.attempt))?;
            self.state.apply(&event);
            self.sequence = entry.sequence;
            put_back |= matches!(event.what, What::Reset { .. });
        }
        if put_back {
            self.trial.forget();
        }
        Ok(put_back)
    }
}
