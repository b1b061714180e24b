//! How a session comes about: begun, resumed, renewed on a fresh stand, or only looked at. And what the record tells of
//! the attempts that are over.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::clock::{Clock, Heart};
use super::event::{Event, What};
use super::machines;
use super::state::State;
use super::trial::{Trial, nothing_fails};
use super::world::World;
use super::{Debrief, Depth, Phase, Session, SessionError, View};
use crate::lab::Variant;
use crate::lab::manifest::Driver;
use crate::record::{NewAttempt, Stamp, Store, Summary};
use crate::stand::OnStep;

/// An attempt in the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// Its number.
    pub attempt: i64,
    /// The lab's id.
    pub lab: String,
    /// The variant's seed.
    pub seed: u64,
    /// Wall clock, milliseconds since 1970 UTC.
    pub started_ms: i64,
    /// Time worked.
    pub worked: Duration,
    /// [`Phase::Working`] as long as it can be resumed.
    pub phase: Phase,
    /// Points earned, and points there were, of one that was finished or given up.
    pub score: Option<(u32, u32)>,
    /// When it was submitted or given up: wall clock, milliseconds since 1970 UTC.
    pub ended_ms: Option<i64>,
}

/// Every attempt, the latest first.
pub fn history(store: &Store) -> Result<Vec<Past>, SessionError> {
    Ok(store.attempts(&What::ENDS)?.into_iter().map(past).collect())
}

/// The current attempt: the latest that can be resumed.
pub fn current(store: &Store) -> Result<Option<Past>, SessionError> {
    Ok(history(store)?.into_iter().find(|past| past.phase == Phase::Working))
}

/// The stands that attempts under way live in, each with its attempt. An attempt that can't be read can't be resumed
/// either: its stand is not among them.
pub fn stands(store: &Store) -> Result<BTreeMap<String, Past>, SessionError> {
    let past = history(store)?.into_iter().filter(|past| past.phase == Phase::Working);
    Ok(past.filter_map(|past| Some((Known::load(store, past.attempt).ok()?.state.stand?, past))).collect())
}

/// What is shown after an attempt, at any later time.
pub fn debrief(store: &Store, attempt: i64) -> Result<Debrief, SessionError> {
    let known = Known::load(store, attempt)?;
    let view = View::of(attempt, &known.variant, &known.state, known.worked, None);
    Ok(Debrief::of(view, &known.state, None))
}

fn past(summary: Summary) -> Past {
    let end = summary.last.and_then(|(kind, payload)| What::from_row(&kind, &payload).ok());
    let (phase, score) = match end {
        Some(What::Finished { earned, total, .. }) => (Phase::Finished, Some((earned, total))),
        Some(What::GaveUp { total, .. }) => (Phase::GivenUp, Some((0, total))),
        Some(_) => (Phase::Abandoned, None),
        None => (Phase::Working, None),
    };
    Past {
        attempt: summary.attempt,
        lab: summary.lab,
        seed: summary.seed,
        started_ms: summary.started_ms,
        worked: summary.worked,
        phase,
        score,
        ended_ms: summary.last_ms,
    }
}

/// What the record knows of an attempt.
struct Known {
    variant: Arc<Variant>,
    state: State,
    sequence: i64,
    worked: Duration,
}

impl Known {
    fn load(store: &Store, attempt: i64) -> Result<Self, SessionError> {
        store.verify(attempt)?;
        let start = store.attempt(attempt)?;
        let unreadable = |_| SessionError::Unreadable(attempt);
        let variant: Variant = serde_json::from_str(&start.variant).map_err(unreadable)?;
        let mut state = State::new(&variant.manifest);
        let entries = store.entries(attempt, 0)?;
        for entry in &entries {
            state.apply(&Event::from_entry(entry).map_err(unreadable)?);
        }
        let sequence = entries.last().map_or(0, |last| last.sequence);
        let worked = start.worked.max(state.work);
        Ok(Self { variant: Arc::new(variant), state, sequence, worked })
    }

    /// The same, of an attempt that is not over.
    fn open(store: &Store, attempt: i64) -> Result<Self, SessionError> {
        let known = Self::load(store, attempt)?;
        match known.state.phase {
            Phase::Preparing | Phase::Working => Ok(known),
            Phase::Finished | Phase::GivenUp | Phase::Abandoned => Err(SessionError::Over(attempt)),
        }
    }

    fn is_here(&self) -> bool {
        self.variant.manifest.stand.driver == Driver::Here
    }
}

impl Session {
    /// Begins an attempt: written down, then its stand built. What could not be built is given up in the record too.
    pub fn begin(store: Store, variant: &Variant, on_step: OnStep<'_>) -> Result<Self, SessionError> {
        let base_hash = machines::base_hash(variant)?;
        Self::begin_with(store, variant, base_hash, machines::fresh, on_step)
    }

    /// The same on machines from elsewhere.
    pub(super) fn begin_with(
        mut store: Store,
        variant: &Variant,
        base_hash: Option<String>,
        build: impl FnOnce(&Variant, OnStep<'_>) -> Result<Box<dyn World>, SessionError>,
        on_step: OnStep<'_>,
    ) -> Result<Self, SessionError> {
        let new = NewAttempt {
            lab: variant.manifest.id.clone(),
            seed: variant.seed,
            variant: serde_json::to_string(variant).unwrap_or_default(),
            base_hash,
        };
        let attempt = store.begin(&new)?;
        jot(&mut store, attempt, &What::Begun)?;
        match build(variant, on_step) {
            Ok(world) => Self::start(store, attempt, world),
            Err(error) => {
                // Why it could not be built is what the person has to read, not that this could not be noted.
                let _ = jot(&mut store, attempt, &What::Abandoned);
                Err(error)
            }
        }
    }

    /// Goes on with an attempt, after the app was closed or killed or the PC restarted: its machines are started again
    /// where they are down. [`SessionError::StandGone`] where they are no longer there: [`Session::renew`] is the way on.
    pub fn resume(store: Store, attempt: i64, on_step: OnStep<'_>) -> Result<Self, SessionError> {
        let known = Known::open(&store, attempt)?;
        let world = machines::again(&known.variant, known.state.stand.as_deref(), on_step)?;
        Self::resume_with(store, attempt, world.ok_or(SessionError::StandGone(attempt))?)
    }

    /// The same in a world from elsewhere.
    pub(super) fn resume_with(store: Store, attempt: i64, world: Box<dyn World>) -> Result<Self, SessionError> {
        let known = Known::open(&store, attempt)?;
        let interrupted = known.is_here() && known.state.left_out.is_none();
        let mut session = Self::go_on(store, attempt, known, world)?;
        if interrupted {
            session.ready()?;
        }
        Ok(session)
    }

    /// Goes on with an attempt on a fresh stand: nothing done on the old one counts; clock, hints and answers stay.
    pub fn renew(mut store: Store, attempt: i64, on_step: OnStep<'_>) -> Result<Self, SessionError> {
        let known = Known::open(&store, attempt)?;
        if let Some(stand) = known.state.stand.as_deref() {
            machines::tear_down(stand, on_step)?;
            jot(&mut store, attempt, &What::Gone)?;
        }
        let world = machines::fresh(&known.variant, on_step)?;
        Self::start(store, attempt, world)
    }

    /// Looks at an attempt that another process may be working on: its clock is left alone, and its machines are not
    /// started.
    pub fn attach(store: Store, attempt: i64) -> Result<Self, SessionError> {
        let known = Known::open(&store, attempt)?;
        let world = machines::running(&known.variant, known.state.stand.as_deref());
        let world = world.ok_or(SessionError::StandDown(attempt))?;
        let mut session = Self::assemble(store, attempt, known, world)?;
        session.clock = Clock::stopped(session.clock.now());
        Ok(session)
    }

    /// Takes a fresh world into work.
    pub(super) fn start(store: Store, attempt: i64, world: Box<dyn World>) -> Result<Self, SessionError> {
        let known = Known::open(&store, attempt)?;
        let mut session = Self::go_on(store, attempt, known, world)?;
        session.ready()?;
        Ok(session)
    }

    fn ready(&mut self) -> Result<(), SessionError> {
        let stand = self.stand().map(|stand| stand.id.clone());
        self.happen(&What::Ready { stand })?;
        if self.variant.manifest.stand.driver == Driver::Here { self.leave_out() } else { Ok(()) }
    }

    fn go_on(store: Store, attempt: i64, known: Known, world: Box<dyn World>) -> Result<Self, SessionError> {
        let beside = store.beside()?;
        let mut session = Self::assemble(store, attempt, known, world)?;
        session.heart = Some(Heart::start(beside, attempt, session.clock));
        Ok(session)
    }

    fn assemble(store: Store, attempt: i64, known: Known, world: Box<dyn World>) -> Result<Self, SessionError> {
        let Known { variant, state, sequence, worked } = known;
        let trial = Trial::new(&variant.manifest, world)?;
        let clock = Clock::running(worked);
        Ok(Self { store, attempt, sequence, state, variant, trial, clock, heart: None })
    }

    /// In a lab about this PC: what it can't show is set aside before the work begins, and doesn't count.
    fn leave_out(&mut self) -> Result<(), SessionError> {
        let verdicts = self.trial.check(Depth::Now, &self.state.answers, &nothing_fails, &mut |_| {})?;
        self.happen(&What::LeftOut { items: self.trial.cannot_show() })?;
        self.note(Depth::Now, verdicts)
    }
}

/// Writes an event of an attempt that nobody works on yet.
fn jot(store: &mut Store, attempt: i64, what: &What) -> Result<(), SessionError> {
    let (kind, payload) = what.to_row();
    let stamp = Stamp::now(store.attempt(attempt)?.worked);
    store.append(attempt, i64::MAX, stamp, &kind, &payload)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Text;

    #[test]
    fn the_stand_of_an_attempt_put_aside_is_known_until_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let (mut store, _) = Store::open(folder.path()).unwrap();
        let manifest = crate::session::tests::manifest();
        let variant = Variant { seed: 7, manifest, brief: Text::default(), scripts: BTreeMap::new() };
        let variant = serde_json::to_string(&variant).unwrap();
        let new = NewAttempt { lab: "x".to_owned(), seed: 7, variant, base_hash: None };
        let attempt = store.begin(&new).unwrap();
        jot(&mut store, attempt, &What::Begun).unwrap();
        jot(&mut store, attempt, &What::Ready { stand: Some("x-1".to_owned()) }).unwrap();
        let found = stands(&store).unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["x-1"]);
        assert_eq!((found["x-1"].attempt, found["x-1"].lab.as_str()), (attempt, "x"));
        jot(&mut store, attempt, &What::Abandoned).unwrap();
        assert!(stands(&store).unwrap().is_empty());
    }
}
