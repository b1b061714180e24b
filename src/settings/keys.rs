//! What a person may put on another key.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::chord::Chord;

/// Something with a key of its own. Each variant's name, in kebab case, is its name in `[keys]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
pub enum Function {
    /// The help of the screen.
    Help,
    /// The other language.
    Language,
    /// Ask for a hint.
    Hint,
    /// The ticket's form and the report.
    Desk,
    /// Check now.
    Check,
    /// To the other half of the work screen.
    Switch,
    /// Out of the terminal, whatever program runs in it.
    Leave,
    /// The next shell.
    NextShell,
    /// One more shell.
    NewShell,
    /// Put a machine back.
    Reset,
    /// Submit.
    Finish,
    /// The terminal on the whole screen.
    Zoom,
    /// Find anything by its name.
    Palette,
    /// Look for a text in what a shell showed.
    Search,
    /// More room for the terminal.
    Narrow,
    /// More room for the instructions.
    Widen,
}

impl Function {
    /// All, in the order of their keys.
    pub const ALL: [Self; 16] = [
        Self::Help,
        Self::Language,
        Self::Hint,
        Self::Desk,
        Self::Check,
        Self::Switch,
        Self::NextShell,
        Self::NewShell,
        Self::Reset,
        Self::Finish,
        Self::Zoom,
        Self::Leave,
        Self::Palette,
        Self::Search,
        Self::Narrow,
        Self::Widen,
    ];

    /// Its name in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Help => "help",
            Self::Language => "language",
            Self::Hint => "hint",
            Self::Desk => "desk",
            Self::Check => "check",
            Self::Switch => "switch",
            Self::Leave => "leave",
            Self::NextShell => "next-shell",
            Self::NewShell => "new-shell",
            Self::Reset => "reset",
            Self::Finish => "finish",
            Self::Zoom => "zoom",
            Self::Palette => "palette",
            Self::Search => "search",
            Self::Narrow => "narrow",
            Self::Widen => "widen",
        }
    }

    /// Its key unless changed.
    #[must_use]
    pub const fn usual(self) -> Chord {
        match self {
            Self::Help => Chord::function(1),
            Self::Language => Chord::function(2),
            Self::Hint => Chord::function(3),
            Self::Desk => Chord::function(4),
            Self::Check => Chord::function(5),
            Self::Switch => Chord::function(6),
            Self::NextShell => Chord::function(7),
            Self::NewShell => Chord::function(8),
            Self::Reset => Chord::function(9),
            Self::Finish => Chord::function(10),
            Self::Zoom => Chord::function(11),
            Self::Leave => Chord::function(12),
            Self::Palette => Chord::ctrl('p'),
            Self::Search => Chord::alt('/'),
            Self::Narrow => Chord::alt('-'),
            Self::Widen => Chord::alt('+'),
        }
    }
}

/// Which key does what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys(BTreeMap<Function, Chord>);

impl Default for Keys {
    fn default() -> Self {
        Self(Function::ALL.into_iter().map(|function| (function, function.usual())).collect())
    }
}

/// Two functions on one key, or a key that is never free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// The other function that has it.
    With(Function),
    /// Ctrl-C leaves, always.
    Quit,
}

impl Keys {
    /// The usual keys but for these.
    pub fn with(changed: &BTreeMap<Function, Chord>) -> Result<Self, (Function, Clash)> {
        let mut keys = Self::default();
        keys.0.extend(changed.iter().map(|(function, chord)| (*function, *chord)));
        for (function, chord) in changed {
            if *chord == Chord::ctrl('c') {
                return Err((*function, Clash::Quit));
            }
            if let Some((other, _)) = keys.0.iter().find(|(other, taken)| *other != function && *taken == chord) {
                return Err((*function, Clash::With(*other)));
            }
        }
        Ok(keys)
    }

    /// What a key does.
    #[must_use]
    pub fn function(&self, chord: Chord) -> Option<Function> {
        self.0.iter().find(|(_, taken)| **taken == chord).map(|(function, _)| *function)
    }

    /// The key of a function.
    #[must_use]
    pub fn chord(&self, function: Function) -> Chord {
        self.0.get(&function).copied().unwrap_or_else(|| function.usual())
    }

    /// Each function and its key.
    pub fn iter(&self) -> impl Iterator<Item = (Function, Chord)> + '_ {
        Function::ALL.into_iter().map(|function| (function, self.chord(function)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(changed: &[(Function, &str)]) -> Result<Keys, (Function, Clash)> {
        Keys::with(&changed.iter().map(|(function, text)| (*function, text.parse().unwrap())).collect())
    }

    #[test]
    fn every_function_has_a_key_of_its_own() {
        let keys = Keys::default();
        for (function, chord) in keys.iter() {
            assert_eq!(keys.function(chord), Some(function));
        }
        assert_eq!(keys.iter().count(), Function::ALL.len());
    }

    #[test]
    fn names_are_those_that_are_read() {
        for function in Function::ALL {
            let read: Function = serde_json::from_value(function.name().into()).unwrap();
            assert_eq!(read, function);
        }
    }

    #[test]
    fn a_changed_key_leaves_the_usual_one_free() {
        let keys = with(&[(Function::Check, "Alt-v")]).unwrap();
        assert_eq!(keys.chord(Function::Check).to_string(), "Alt-v");
        assert_eq!(keys.function(Chord::function(5)), None);
    }

    #[test]
    fn two_functions_may_swap_their_keys_but_not_share_one() {
        assert!(with(&[(Function::Check, "F6"), (Function::Switch, "F5")]).is_ok());
        assert_eq!(with(&[(Function::Check, "F6")]), Err((Function::Check, Clash::With(Function::Switch))));
        assert_eq!(with(&[(Function::Leave, "Ctrl-C")]), Err((Function::Leave, Clash::Quit)));
    }
}
