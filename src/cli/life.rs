//! `paillasse stand reset|reboot|plug|unplug|pause|resume|snapshot|restore`: the life of a stand that exists.

use super::plain::open_store;
use super::{Context, Outcome, StandCommand, complain};
use crate::i18n::Message;
use crate::msg;
use crate::session::{self, Session, SessionError};
use crate::stand::{Stand, StandError};

/// What may be done with a stand that exists.
pub(super) fn run(context: &Context, command: StandCommand) -> Result<Outcome, String> {
    let lang = context.lang;
    let mut step = |step: Message| complain(&lang.say(&step));
    let words = |error: StandError| error.words(lang);
    match command {
        StandCommand::Reset { machine, stand } => {
            let (stand, machine) = aim(context, machine, stand.as_deref())?;
            put_back(context, &stand, None, machine.as_deref())?;
        }
        StandCommand::Restore { state, machine, stand } => {
            let (stand, machine) = aim(context, machine, stand.as_deref())?;
            put_back(context, &stand, Some(&state), machine.as_deref())?;
        }
        StandCommand::Reboot { machine } => {
            let (stand, machine) = super::stand::find(context, &machine)?;
            stand.reboot(&machine).map_err(words)?;
        }
        StandCommand::Plug { machine, network } => cable(context, &machine, &network, true)?,
        StandCommand::Unplug { machine, network } => cable(context, &machine, &network, false)?,
        StandCommand::Pause { stand } => {
            let stand = free(context, one(context, stand.as_deref())?)?;
            stand.pause(&mut step).map_err(words)?;
        }
        StandCommand::Resume { stand } => {
            let stand = free(context, one(context, stand.as_deref())?)?;
            stand.resume(&mut step).and_then(|()| stand.release()).map_err(words)?;
        }
        StandCommand::Snapshot { state, stand } => {
            one(context, stand.as_deref())?.snapshot(&state).map_err(words)?;
        }
        // The others make stands or end them.
        _ => {}
    }
    Ok(Outcome::Met)
}

fn cable(context: &Context, machine: &str, network: &str, is_in: bool) -> Result<(), String> {
    let (stand, machine) = super::stand::find(context, machine)?;
    stand.cable(&machine, network, is_in).map_err(|error| error.words(context.lang))
}

/// Which stand, and which of its machines: `MACHINE`, `STAND:MACHINE`, or none for all of the only stand.
fn aim(context: &Context, machine: Option<String>, stand: Option<&str>) -> Result<(Stand, Option<String>), String> {
    match (machine, stand) {
        (None, stand) => Ok((one(context, stand)?, None)),
        (Some(machine), Some(stand)) => Ok((one(context, Some(stand))?, Some(machine))),
        (Some(machine), None) => super::stand::find(context, &machine).map(|(stand, machine)| (stand, Some(machine))),
    }
}

/// The stand of this name; without one, the only stand there is.
fn one(context: &Context, id: Option<&str>) -> Result<Stand, String> {
    let say = |message: &Message| context.lang.say(message);
    if let Some(id) = id {
        return Stand::open(id).ok_or_else(|| say(&msg!("stand-unknown", stand = id)));
    }
    let mut all = Stand::all();
    match (all.pop(), all.len()) {
        (Some(stand), 0) => Ok(stand),
        (None, _) => Err(say(&msg!("stand-list-none"))),
        (Some(stand), _) => {
            let names: Vec<&str> = all.iter().chain([&stand]).map(|stand| stand.id.as_str()).collect();
            Err(say(&msg!("stand-which", names = names.join(", "))))
        }
    }
}

/// Somebody at work would lose their machines under their hands.
fn free(context: &Context, stand: Stand) -> Result<Stand, String> {
    let held = stand.is_held();
    if held { Err(context.lang.say(&msg!("stand-held", stand = &stand.id))) } else { Ok(stand) }
}

/// Back to a state, or to the start. What an attempt had earned on these machines is cleared with them.
fn put_back(context: &Context, stand: &Stand, state: Option<&str>, machine: Option<&str>) -> Result<(), String> {
    let lang = context.lang;
    let mut step = |step: Message| complain(&lang.say(&step));
    let words = |error: SessionError| error.words(lang);
    let store = open_store(lang).map_err(words)?;
    let attempt = session::stands(&store).map_err(words)?.get(&stand.id).map(|past| past.attempt);
    let Some(attempt) = attempt else {
        let done = match state {
            None => stand.reset(machine, &mut step),
            Some(state) => stand.restore(state, machine, &mut step),
        };
        return done.map_err(|error| error.words(lang));
    };
    let mut session = Session::attach(store, attempt).map_err(words)?;
    let done = match state {
        None => session.reset(machine, &mut step),
        Some(state) => session.restore(state, machine, &mut step),
    };
    done.map(drop).map_err(words)
}
