//! What can hinder an attempt.

use crate::i18n::{Lang, Message};
use crate::msg;
use crate::record::RecordError;
use crate::stand::StandError;

/// Why a session could not do what was asked. Nothing earned is lost by any of them.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.words(Lang::En))]
pub enum SessionError {
    /// The record can't be read or written.
    Record(#[from] RecordError),
    /// The stand could not do it.
    Stand(#[from] StandError),
    /// The stand of this attempt is gone: [`super::Session::renew`] goes on with a fresh one.
    StandGone(i64),
    /// The stand of this attempt is down: resume it.
    StandDown(i64),
    /// The attempt was finished or given up.
    Over(i64),
    /// The attempt was begun with a version of the app whose events this one doesn't know.
    Unreadable(i64),
    /// The lab has no such question.
    NoQuestion(String),
    /// The lab is not right: its criteria don't compile.
    Lab(Message),
}

impl SessionError {
    /// For the person.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        let message = match self {
            Self::Record(error) => error.message(),
            Self::Stand(error) => return error.words(lang),
            Self::StandGone(attempt) => msg!("session-gone", attempt = *attempt),
            Self::StandDown(attempt) => msg!("session-down", attempt = *attempt),
            Self::Over(attempt) => msg!("session-over", attempt = *attempt),
            Self::Unreadable(attempt) => msg!("session-unreadable", attempt = *attempt),
            Self::NoQuestion(id) => msg!("session-no-question", id = id),
            Self::Lab(what) => what.clone(),
        };
        lang.say(&message)
    }
}
