//! Colours and glyphs. Only the terminal's own sixteen colours, on its own background: the person's palette decides, dark
//! or light. Status is always a glyph and a word too: `NO_COLOR` (<https://no-color.org>) loses nothing.

use ratatui::style::{Color, Modifier, Style};

use crate::verdict::Status;

/// How things look on this terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Colours are wanted.
    pub has_colour: bool,
    /// The locale's encoding is UTF-8.
    pub has_unicode: bool,
}

/// What a criterion shows: its verdict, or that it was met and no longer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The verdict.
    Is(Status),
    /// A regression.
    Lost,
}

impl Theme {
    /// What the environment asks for.
    #[must_use]
    pub fn from_env() -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        Self { has_colour: !is_set("NO_COLOR"), has_unicode: is_utf8(|name| std::env::var(name).ok()) }
    }

    /// Ordinary text.
    #[must_use]
    pub fn text(self) -> Style {
        Style::new()
    }

    /// What matters less: frames, labels, keys' meanings.
    #[must_use]
    pub fn quiet(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// Titles.
    #[must_use]
    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// The one accent: keys, the focus, what is under way.
    #[must_use]
    pub fn accent(self) -> Style {
        self.coloured(Color::Cyan)
    }

    /// What is chosen: seen without colours too.
    #[must_use]
    pub fn chosen(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// Something that needs attention.
    #[must_use]
    pub fn warning(self) -> Style {
        self.coloured(Color::Yellow)
    }

    /// Something that went wrong.
    #[must_use]
    pub fn bad(self) -> Style {
        self.coloured(Color::Red)
    }

    /// Something that is right.
    #[must_use]
    pub fn good(self) -> Style {
        self.coloured(Color::Green)
    }

    /// A criterion's colour.
    #[must_use]
    pub fn mark(self, mark: Mark) -> Style {
        match mark {
            Mark::Is(Status::Pass) => self.good(),
            Mark::Is(Status::Fail) => self.bad(),
            Mark::Is(Status::Unknown) => self.warning(),
            Mark::Is(Status::Waiting) => self.quiet(),
            Mark::Lost => self.coloured(Color::Magenta).add_modifier(Modifier::BOLD),
        }
    }

    /// A criterion's glyph.
    #[must_use]
    pub fn glyph(self, mark: Mark) -> &'static str {
        let (unicode, ascii) = match mark {
            Mark::Is(Status::Pass) => ("✔", "[x]"),
            Mark::Is(Status::Fail) => ("✘", "[ ]"),
            Mark::Is(Status::Unknown) => ("?", "[?]"),
            Mark::Is(Status::Waiting) => ("…", "[.]"),
            Mark::Lost => ("▲", "[!]"),
        };
        if self.has_unicode { unicode } else { ascii }
    }

    fn coloured(self, colour: Color) -> Style {
        if self.has_colour { Style::new().fg(colour) } else { Style::new() }
    }
}

impl Mark {
    /// Its word's key.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Is(Status::Pass) => "status-pass",
            Self::Is(Status::Fail) => "status-fail",
            Self::Is(Status::Unknown) => "status-unknown",
            Self::Is(Status::Waiting) => "status-waiting",
            Self::Lost => "status-lost",
        }
    }
}

/// Whether the locale's encoding (`LC_ALL`, `LC_CTYPE`, `LANG`; POSIX.1-2017 §8.2) is UTF-8. Where nothing says, it is:
/// terminals have been for twenty years, and a bare environment is a container's or a service's.
fn is_utf8(var: impl Fn(&str) -> Option<String>) -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| var(name)).find(|value| !value.is_empty()).is_none_or(
        |value| {
            let value = value.to_ascii_lowercase();
            value.contains("utf-8") || value.contains("utf8")
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(set: &[(&str, &str)]) -> bool {
        is_utf8(|name| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_first_locale_variable_that_says_something_decides() {
        assert!(with(&[]));
        assert!(with(&[("LANG", "fr_FR.UTF-8")]));
        assert!(with(&[("LC_ALL", ""), ("LANG", "C.utf8")]));
        assert!(!with(&[("LANG", "C")]));
        assert!(!with(&[("LC_ALL", "fr_FR.ISO-8859-15"), ("LANG", "fr_FR.UTF-8")]));
    }

    #[test]
    fn without_colours_the_status_is_still_told_apart() {
        let theme = Theme { has_colour: false, has_unicode: false };
        let marks = [
            Mark::Is(Status::Pass),
            Mark::Is(Status::Fail),
            Mark::Is(Status::Unknown),
            Mark::Is(Status::Waiting),
            Mark::Lost,
        ];
        let glyphs: std::collections::BTreeSet<_> = marks.iter().map(|mark| theme.glyph(*mark)).collect();
        assert_eq!(glyphs.len(), marks.len());
        assert!(marks.iter().all(|mark| theme.mark(*mark).fg.is_none()));
    }
}
