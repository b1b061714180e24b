//! Stands: the machines, networks and disks of one attempt, built, entered, restarted and torn down.
//!
//! A stand belongs to its *keeper*, a process of its own (the hidden command `paillasse keeper`) that lives in mount and
//! network namespaces of its own, builds everything inside them, and outlives the app. What the kernel can undo by itself
//! when the keeper and the machines die (mounts, links, bridges, loop devices) it undoes; the rest is in the journal,
//! written before each step, which `clean` reads.

pub mod base;
mod plan;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

pub use plan::{Disk, Link, Machine, Network, Plan, Script};

use crate::i18n::Message;

/// Why a stand could not do what was asked. Every one says the mend.
#[derive(Debug, thiserror::Error)]
pub enum StandError {
    /// Something is missing or wrong; the message says the mend.
    #[error("{}", crate::i18n::Lang::En.say(.0))]
    Refused(Message),
    /// A system call failed.
    #[error("{}: {source}", crate::i18n::Lang::En.say(.doing))]
    Io {
        /// What was being done, in words: "could not copy the base".
        doing: Message,
        /// What the kernel said.
        source: std::io::Error,
    },
}

impl StandError {
    /// For the person.
    #[must_use]
    pub fn words(&self, lang: crate::i18n::Lang) -> String {
        match self {
            Self::Refused(message) => lang.say(message),
            Self::Io { doing, source } => lang.say(&crate::msg!(
                "stand-io",
                doing = doing.clone(),
                error = source.to_string(),
                full = i64::from(source.kind() == std::io::ErrorKind::StorageFull),
            )),
        }
    }
}

/// One line of what is being done, as it starts (for progress on the screens).
pub type OnStep<'a> = &'a mut dyn FnMut(Message);

/// A handle on a stand that exists. Cheap; several processes may hold one.
#[derive(Debug, Clone)]
pub struct Stand {
    /// Its name: unique on this PC.
    pub id: String,
    /// Its folder in the state folder.
    pub folder: PathBuf,
}

/// A machine of a stand, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineState {
    /// Its name.
    pub name: String,
    /// Its PID 1 as the PC sees it; none while it is down.
    pub pid: Option<i32>,
}

/// What a program run in a machine left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Exit status; 128 + n where signal n ended it.
    pub status: i32,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}

impl Stand {
    /// Builds a stand; returns when every machine is ready.
    pub fn up(_plan: &Plan, _on_step: OnStep<'_>) -> Result<Self, StandError> {
        todo!()
    }
    /// The stand of this name, if it exists (its machines may be down: after a reboot of the PC, say).
    #[must_use]
    pub fn open(_id: &str) -> Option<Self> {
        todo!()
    }
    /// All stands on this PC.
    #[must_use]
    pub fn all() -> Vec<Self> {
        todo!()
    }
    /// Starts again what a reboot of the PC or the keeper's death stopped, on the same disks; nothing is set up again.
    pub fn resume(&self, _on_step: OnStep<'_>) -> Result<(), StandError> {
        todo!()
    }
    /// Whether its keeper lives.
    #[must_use]
    pub fn is_up(&self) -> bool {
        todo!()
    }
    /// What it was built from.
    pub fn plan(&self) -> Result<Plan, StandError> {
        todo!()
    }
    /// Its machines.
    pub fn machines(&self) -> Result<Vec<MachineState>, StandError> {
        todo!()
    }
    /// Runs a program in a machine, as root, in a clean environment, and waits for it.
    pub fn exec(&self, _machine: &str, _argv: &[String], _stdin: &[u8]) -> Result<Output, StandError> {
        todo!()
    }
    /// Puts a machine, or all, back to the state the setup left.
    pub fn reset(&self, _machine: Option<&str>, _on_step: OnStep<'_>) -> Result<(), StandError> {
        todo!()
    }
    /// Restarts a machine: its PID 1 ends and starts again on the same disk. Returns when it is ready.
    pub fn reboot(&self, _machine: &str) -> Result<(), StandError> {
        todo!()
    }
    /// Tears everything down.
    pub fn down(self, _on_step: OnStep<'_>) -> Result<(), StandError> {
        todo!()
    }
    /// A command that, run with its standard streams on a terminal, is a login shell in the machine.
    #[must_use]
    pub fn shell(&self, _machine: &str) -> std::process::Command {
        todo!()
    }
    /// A command that serves the agent for the machine on its standard streams.
    #[must_use]
    pub fn agent(&self, _machine: &str) -> std::process::Command {
        todo!()
    }
}
