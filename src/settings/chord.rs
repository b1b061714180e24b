//! A key with what is held down with it, as a person writes it: `F5`, `Ctrl-P`, `Alt-v`.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key that no text needs: a function key, or one held with Ctrl or Alt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    code: KeyCode,
    held: KeyModifiers,
}

/// The last function key that terminals know (xterm, `ctlseqs.txt`: "PC-Style Function Keys").
const LAST: u8 = 20;

impl Chord {
    /// A function key alone.
    #[must_use]
    pub const fn function(number: u8) -> Self {
        Self { code: KeyCode::F(number), held: KeyModifiers::NONE }
    }

    /// A letter with Ctrl.
    #[must_use]
    pub const fn ctrl(letter: char) -> Self {
        Self { code: KeyCode::Char(letter), held: KeyModifiers::CONTROL }
    }

    /// A letter or a sign with Alt.
    #[must_use]
    pub const fn alt(sign: char) -> Self {
        Self { code: KeyCode::Char(sign), held: KeyModifiers::ALT }
    }

    /// What a terminal told. Terminals don't tell apart the cases of a letter with Ctrl.
    #[must_use]
    pub fn of(key: KeyEvent) -> Self {
        let held = key.modifiers & (KeyModifiers::CONTROL | KeyModifiers::ALT);
        let code = match key.code {
            KeyCode::Char(letter) if held.contains(KeyModifiers::CONTROL) => KeyCode::Char(letter.to_ascii_lowercase()),
            code => code,
        };
        Self { code, held }
    }

    /// Whether a shell has its own use for it (readline's Ctrl-letters; terminals' function keys have none).
    #[must_use]
    pub fn is_of_the_shell(self) -> bool {
        self.held.contains(KeyModifiers::CONTROL) && matches!(self.code, KeyCode::Char(_))
    }
}

/// Why a text is no such key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAChord;

impl FromStr for Chord {
    type Err = NotAChord;

    fn from_str(text: &str) -> Result<Self, NotAChord> {
        let mut held = KeyModifiers::NONE;
        let mut rest = text.trim();
        while let Some((before, after)) = rest.split_once(['-', '+']).filter(|(_, after)| !after.is_empty()) {
            held |= match before.to_ascii_lowercase().as_str() {
                "ctrl" | "control" => KeyModifiers::CONTROL,
                "alt" => KeyModifiers::ALT,
                _ => return Err(NotAChord),
            };
            rest = after;
        }
        let mut letters = rest.chars();
        let code = match (letters.next(), letters.as_str()) {
            (Some(letter), "") if !held.is_empty() && !letter.is_whitespace() && !letter.is_control() => {
                KeyCode::Char(letter)
            }
            (Some('F' | 'f'), number) => match number.parse() {
                Ok(number @ 1..=LAST) => KeyCode::F(number),
                _ => return Err(NotAChord),
            },
            _ => return Err(NotAChord),
        };
        Ok(Self::of(KeyEvent::new(code, held)))
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.held.contains(KeyModifiers::CONTROL) {
            f.write_str("Ctrl-")?;
        }
        if self.held.contains(KeyModifiers::ALT) {
            f.write_str("Alt-")?;
        }
        match self.code {
            KeyCode::Char(letter) if self.held.contains(KeyModifiers::CONTROL) => {
                write!(f, "{}", letter.to_ascii_uppercase())
            }
            code => write!(f, "{code}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_read_as_people_write_them() {
        for (text, shown) in [
            ("F5", "F5"),
            ("f12", "F12"),
            ("Ctrl-P", "Ctrl-P"),
            ("ctrl+p", "Ctrl-P"),
            ("Alt-é", "Alt-é"),
            ("Alt--", "Alt--"),
        ] {
            assert_eq!(text.parse::<Chord>().map(|chord| chord.to_string()), Ok(shown.to_owned()), "{text}");
        }
        for text in ["", "a", "F", "F0", "F21", "Ctrl-", "Maj-F5", "Alt- ", "F+5", "Ctrl-F", "Ctrl-enter"] {
            let read = text.parse::<Chord>();
            assert_eq!(read.is_ok(), text == "Ctrl-F", "{text}");
        }
    }

    #[test]
    fn a_key_is_known_when_it_is_pressed() {
        let pressed = KeyEvent::new(KeyCode::Char('P'), KeyModifiers::CONTROL | KeyModifiers::SHIFT);
        assert_eq!(Chord::of(pressed), Chord::ctrl('p'));
        assert_eq!(Chord::of(KeyCode::F(5).into()), Chord::function(5));
        assert!(Chord::ctrl('p').is_of_the_shell());
        assert!(!Chord::function(5).is_of_the_shell());
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_read_back_the_same(text in "(Ctrl-)?(Alt-)?(F[0-9]{1,2}|.)") {
            if let Ok(chord) = text.parse::<Chord>() {
                prop_assert_eq!(chord.to_string().parse::<Chord>(), Ok(chord));
            }
        }

        #[test]
        fn nothing_panics(text in ".{0,20}") {
            let _ = text.parse::<Chord>();
        }
    }
}
