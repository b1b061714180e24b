//! What a stand's keeper and whoever asks it say to each other: one JSON document a line on a socket in the stand's folder.

use std::io::{self, BufRead as _, BufReader};
use std::os::unix::net::UnixStream;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::{Failure, StandError, failed};
use crate::i18n::Message;
use crate::msg;

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Request {
    /// Build everything.
    Up,
    /// Start everything on the disks as they are.
    Resume,
    /// Keep what the machines hold, under a name.
    Keep { state: String },
    /// Go back to what was kept under this name.
    Restore { machine: Option<String>, state: String },
    /// End every machine in good order and bring everything to the PC's disk.
    Pause,
    /// Restart one machine.
    Reboot { machine: String },
    /// Push a machine's cable to a network in, or pull it out.
    Cable { machine: String, network: String, is_in: bool },
}

/// What the keeper answers: steps, then how it ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Reply {
    Step(Message),
    Done,
    Failed(Failure),
}

/// Asks and waits for the end, saying each step.
pub(super) fn ask(socket: &Path, request: &Request, on_step: &mut dyn FnMut(Message)) -> Result<(), StandError> {
    let lost = || failed(msg!("stand-do-ask"));
    let mut stream = UnixStream::connect(socket).map_err(lost())?;
    send(&mut stream, request).map_err(lost())?;
    for line in BufReader::new(stream).lines() {
        match serde_json::from_str(&line.map_err(lost())?).map_err(io::Error::from).map_err(lost())? {
            Reply::Step(step) => on_step(step),
            Reply::Done => return Ok(()),
            Reply::Failed(failure) => return Err(failure.into()),
        }
    }
    Err(lost()(io::Error::from(io::ErrorKind::UnexpectedEof)))
}

/// Writes one line.
pub(super) fn send(stream: &mut impl io::Write, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    stream.write_all(&line)
}

/// Reads one request.
pub(super) fn receive(stream: &UnixStream) -> io::Result<Request> {
    stream.set_read_timeout(Some(std::time::Duration::from_secs(5)))?;
    let mut line = String::new();
    BufReader::new(io::Read::take(stream, 64 * 1024)).read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}
