//! What is kept of every attempt: a SQLite file with, for each attempt, the lab as it was rendered and an append-only
//! chain of entries, each hashed with the one before.
//!
//! The record knows rows, not their meaning: that is [`crate::session`]'s. Several processes may hold it at once (the
//! app, and `paillasse check` in another terminal): every entry is numbered inside the transaction that writes it.

mod chain;
mod file;
mod store;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use chain::Hash;
pub use store::{Attempt, Entry, NewAttempt, Stamp, Store, Summary};

use crate::i18n::{Lang, Message};
use crate::msg;

/// Why the record could not be read or written. Nothing is lost by any of them.
#[derive(Debug, thiserror::Error)]
#[error("{}", Lang::En.say(&self.message()))]
pub enum RecordError {
    /// The folder or the file can't be reached.
    Io {
        /// Which.
        path: PathBuf,
        /// What the kernel said.
        source: std::io::Error,
    },
    /// The disk is full: the entry was not written, what was there is intact.
    Full {
        /// The record's file.
        path: PathBuf,
    },
    /// A later version of the app wrote it.
    Newer {
        /// The record's file.
        path: PathBuf,
    },
    /// Another process has been holding it for too long.
    Busy {
        /// The record's file.
        path: PathBuf,
    },
    /// An entry is not the one that was written.
    Altered {
        /// The attempt.
        attempt: i64,
        /// The first entry that does not follow from the one before.
        sequence: i64,
    },
    /// There is no such attempt.
    NoAttempt(i64),
    /// Anything else that SQLite says.
    Sqlite {
        /// The record's file.
        path: PathBuf,
        /// What it says.
        source: rusqlite::Error,
    },
}

impl RecordError {
    /// For the person: what, where, and the mend.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Io { path, source } => {
                msg!("session-record-io", path = path.display().to_string(), error = source.to_string())
            }
            Self::Full { path } => msg!("session-record-full", path = path.display().to_string()),
            Self::Newer { path } => msg!("session-record-newer", path = path.display().to_string()),
            Self::Busy { path } => msg!("session-record-busy", path = path.display().to_string()),
            Self::Altered { attempt, sequence } => {
                msg!("session-record-altered", attempt = *attempt, entry = *sequence)
            }
            Self::NoAttempt(attempt) => msg!("session-record-no-attempt", attempt = *attempt),
            Self::Sqlite { path, source } => {
                msg!("session-record-sqlite", path = path.display().to_string(), error = source.to_string())
            }
        }
    }
}
