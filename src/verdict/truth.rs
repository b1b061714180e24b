//! Kleene's three-valued logic, and what was not looked at yet.

use super::Status;
use crate::i18n::Message;

/// What can be said of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    Yes,
    /// It doesn't.
    No,
    /// It could not be looked at, because.
    Unknown(Message),
    /// It was not looked at yet, because.
    NotYet(Message),
}

impl Truth {
    /// Both. One *no* decides, whatever the rest.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, rest) | (rest, Self::Yes) => rest,
            (_, second @ Self::NotYet(_)) => second,
            (first, _) => first,
        }
    }

    /// At least one. One *yes* decides, whatever the rest.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.negate().and(other.negate()).negate()
    }

    /// The contrary; what is unknown stays so.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            other => other,
        }
    }

    /// All of these; *yes* for none.
    pub fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::Yes, Self::and)
    }

    /// At least one of these; *no* for none.
    pub fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::No, Self::or)
    }

    /// As a verdict.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::Yes => Status::Pass,
            Self::No => Status::Fail,
            Self::Unknown(_) => Status::Unknown,
            Self::NotYet(_) => Status::Waiting,
        }
    }

    /// Why nothing can be said.
    #[must_use]
    pub fn reason(&self) -> Option<&Message> {
        match self {
            Self::Unknown(reason) | Self::NotYet(reason) => Some(reason),
            Self::Yes | Self::No => None,
        }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown() -> Truth {
        Truth::Unknown(crate::msg!("verdict-yes"))
    }

    fn not_yet() -> Truth {
        Truth::NotYet(crate::msg!("verdict-no"))
    }

    #[test]
    fn one_no_decides_a_conjunction_even_beside_the_unknown() {
        assert_eq!(Truth::No.and(unknown()), Truth::No);
        assert_eq!(unknown().and(Truth::No), Truth::No);
        assert_eq!(Truth::Yes.and(unknown()), unknown());
        assert_eq!(unknown().and(not_yet()), not_yet());
    }

    #[test]
    fn one_yes_decides_a_disjunction_even_beside_the_unknown() {
        assert_eq!(Truth::Yes.or(unknown()), Truth::Yes);
        assert_eq!(unknown().or(Truth::Yes), Truth::Yes);
        assert_eq!(Truth::No.or(unknown()), unknown());
    }

    #[test]
    fn the_contrary_of_the_unknown_is_unknown() {
        assert_eq!(unknown().negate(), unknown());
        assert_eq!(Truth::Yes.negate(), Truth::No);
    }
}
