//! The actor that owns the attempt under way: requests come in one by one, what they led to goes out.

use std::sync::Arc;
use std::sync::mpsc::Receiver;

use tokio::sync::mpsc::UnboundedSender;

use super::action::{Action, Failure, Request};
use super::executor::Labs;
use super::run::Inbound;
use crate::i18n::{Lang, Message};
use crate::record::{RecordError, Store};
use crate::session::{Depth, Session, SessionError, View};

/// Works requests off until nobody can send any more. An attempt still open is then put aside: its clock stops.
pub(super) fn serve(requests: &Receiver<Request>, labs: &Labs, out: &UnboundedSender<Inbound>) {
    let mut actor = Actor { session: None, labs, out };
    while let Ok(request) = requests.recv() {
        let grave = request.is_grave();
        if let Err(trouble) = actor.carry_out(request) {
            actor.send(match trouble {
                Trouble::Session(SessionError::StandGone(attempt)) => Action::StandGone(attempt),
                other => Action::Failed(other.failure(grave)),
            });
        }
    }
    actor.put_aside();
}

struct Actor<'a> {
    session: Option<Session>,
    labs: &'a Labs,
    out: &'a UnboundedSender<Inbound>,
}

/// What may go wrong on the way.
enum Trouble {
    Session(SessionError),
    Record(RecordError),
    Lab(Failure),
}

impl Trouble {
    fn failure(self, is_grave: bool) -> Failure {
        let with = |words: &dyn Fn(Lang) -> String| if is_grave { Failure::grave(words) } else { Failure::mild(words) };
        match self {
            Self::Session(error) => with(&|lang| error.words(lang)),
            Self::Record(error) => with(&|lang| lang.say(&error.message())),
            Self::Lab(failure) => Failure { is_mild: !is_grave, ..failure },
        }
    }
}

impl From<SessionError> for Trouble {
    fn from(error: SessionError) -> Self {
        Self::Session(error)
    }
}
impl From<RecordError> for Trouble {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}
impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Lab(failure)
    }
}

impl Actor<'_> {
    fn send(&self, action: Action) {
        // The loop is gone when the app ends: nobody is left to be told.
        let _ = self.out.send(Inbound::Action(action));
    }

    fn carry_out(&mut self, request: Request) -> Result<(), Trouble> {
        let out = self.out.clone();
        let mut step = move |step: Message| {
            let _ = out.send(Inbound::Action(Action::Step(step)));
        };
        match request {
            Request::Start { lab, seed } => {
                let lab = self.labs.get(&lab)?;
                let variant = lab.variant(seed).map_err(|problem| Failure::grave(|_| problem.to_string()))?;
                self.begin(Session::begin(store()?, &variant, &mut step)?);
            }
            Request::Resume(attempt) => self.begin(Session::resume(store()?, attempt, &mut step)?),
            Request::Renew(attempt) => self.begin(Session::renew(store()?, attempt, &mut step)?),
            Request::Abandon(attempt) => {
                abandon(attempt, &mut step)?;
                self.send(Action::Ended);
            }
            Request::Pause => self.put_aside(),
            Request::Reset(machine) => {
                let Some(session) = &mut self.session else { return Ok(()) };
                session.reset(machine.as_deref(), &mut step)?;
                self.working();
            }
            Request::Finish => {
                let Some(mut session) = self.session.take() else { return Ok(()) };
                let debrief = session.finish(&mut step)?;
                self.send(Action::Finished(Box::new(debrief)));
            }
            Request::GiveUp => {
                let Some(mut session) = self.session.take() else { return Ok(()) };
                let debrief = session.give_up(&mut step)?;
                self.send(Action::Finished(Box::new(debrief)));
            }
            Request::Check(depth) => self.check(depth)?,
            Request::Hint => {
                let Some(session) = &mut self.session else { return Ok(()) };
                session.take_hint()?;
                let view = Arc::new(session.view());
                self.send(Action::Changed(view));
            }
            Request::Qualify(qualification) => self.change(|session| session.qualify(qualification))?,
            Request::Write(part, text) => self.change(|session| session.write(part, &text))?,
            Request::Log(text) => self.change(|session| session.log(&text))?,
            Request::Answer(question, text) => {
                self.change(|session| session.answer(&question, &text))?;
            }
        }
        Ok(())
    }

    /// Something of the person's own, written down.
    fn change(&mut self, how: impl FnOnce(&mut Session) -> Result<View, SessionError>) -> Result<(), Trouble> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let view = Arc::new(how(session)?);
        self.send(Action::Changed(view));
        Ok(())
    }

    fn put_aside(&mut self) {
        if let Some(session) = self.session.take() {
            session.put_aside();
        }
    }

    fn begin(&mut self, session: Session) {
        self.session = Some(session);
        self.working();
    }

    /// Tells that the attempt can be worked on, and where.
    fn working(&self) {
        let Some(session) = &self.session else { return };
        let _ = self.out.send(Inbound::Doors(session.doors()));
        self.send(Action::Working(Arc::new(session.view())));
    }

    fn check(&mut self, depth: Depth) -> Result<(), Trouble> {
        let Some(session) = &mut self.session else { return Ok(()) };
        let view = Arc::new(session.check(depth)?);
        session.beat()?;
        self.send(Action::Checked(depth, view));
        Ok(())
    }
}

fn store() -> Result<Store, RecordError> {
    Store::open_own().map(|(store, _)| store)
}

/// Gives an attempt up, whatever is left of its machines.
fn abandon(attempt: i64, step: &mut dyn FnMut(Message)) -> Result<(), Trouble> {
    let session = match Session::resume(store()?, attempt, step) {
        Err(SessionError::StandGone(_)) => Session::renew(store()?, attempt, step),
        other => other,
    };
    Ok(session?.abandon(step)?)
}
