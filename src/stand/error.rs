//! Why a stand could not do what was asked, and its shape on the keeper's wire.

use std::io;

use serde::{Deserialize, Serialize};

use crate::i18n::{Lang, Message};
use crate::msg;

/// Why a stand could not do what was asked. Every one says the mend.
#[derive(Debug, thiserror::Error)]
pub enum StandError {
    /// Something is missing or wrong; the message says the mend.
    #[error("{}", Lang::En.say(.0))]
    Refused(Message),
    /// A system call failed.
    #[error("{}: {source}", Lang::En.say(.doing))]
    Io {
        /// What was being done, in words: "could not copy the base".
        doing: Message,
        /// What the kernel said.
        source: io::Error,
    },
}

impl StandError {
    /// For the person.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match self {
            Self::Refused(message) => lang.say(message),
            Self::Io { doing, source } => lang.say(&msg!(
                "stand-io",
                doing = doing.clone(),
                error = source.to_string(),
                full = i64::from(source.kind() == io::ErrorKind::StorageFull),
            )),
        }
    }
}

/// Says what was being done when a system call failed.
pub(super) fn failed<E: Into<io::Error>>(doing: Message) -> impl FnOnce(E) -> StandError {
    move |source| StandError::Io { doing, source: source.into() }
}

/// The same on the wire between the keeper and whoever asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Failure {
    Refused(Message),
    Errno(Message, i32),
    Other(Message, String),
}

impl From<StandError> for Failure {
    fn from(error: StandError) -> Self {
        match error {
            StandError::Refused(message) => Self::Refused(message),
            StandError::Io { doing, source } => match source.raw_os_error() {
                Some(errno) => Self::Errno(doing, errno),
                None => Self::Other(doing, source.to_string()),
            },
        }
    }
}

impl From<Failure> for StandError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(message) => Self::Refused(message),
            Failure::Errno(doing, errno) => Self::Io { doing, source: io::Error::from_raw_os_error(errno) },
            Failure::Other(doing, text) => Self::Io { doing, source: io::Error::other(text) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_still_a_full_disk_after_the_wire() {
        let error = StandError::Io { doing: msg!("stand-do-write"), source: io::Error::from_raw_os_error(28) };
        let line = serde_json::to_string(&Failure::from(error)).unwrap();
        let back = StandError::from(serde_json::from_str::<Failure>(&line).unwrap());
        assert!(back.words(Lang::Fr).contains("Le disque est plein"), "{}", back.words(Lang::Fr));
    }
}
