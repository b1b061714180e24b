//! Colours and glyphs. Unless the person set a look, only the terminal's own sixteen colours, on its own background: its
//! palette decides, dark or light. The looks take theirs from the 256 that every terminal knows, the Linux console too.
//! Status is always a glyph and a word too: `NO_COLOR` (<https://no-color.org>) loses nothing.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};

use crate::settings::Look;
use crate::verdict::Status;

/// How things look on this terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Theme {
    /// Colours are wanted.
    pub has_colour: bool,
    /// The locale's encoding is UTF-8.
    pub has_unicode: bool,
    /// Which colours.
    pub look: Look,
}

/// What a colour says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tone {
    Quiet,
    Accent,
    Warning,
    Bad,
    Good,
    Lost,
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
        Self {
            has_colour: !is_set("NO_COLOR"),
            has_unicode: is_utf8(|name| std::env::var(name).ok()),
            look: Look::default(),
        }
    }

    /// Ordinary text.
    #[must_use]
    pub fn text(self) -> Style {
        Style::new()
    }

    /// What matters less: frames, labels, keys' meanings.
    #[must_use]
    pub fn quiet(self) -> Style {
        match self.look {
            _ if !self.has_colour => Style::new().add_modifier(Modifier::DIM),
            Look::Terminal => Style::new().add_modifier(Modifier::DIM),
            Look::Dark | Look::Light | Look::Contrast => self.toned(Tone::Quiet),
        }
    }

    /// Titles.
    #[must_use]
    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// The one accent: keys, the focus, what is under way.
    #[must_use]
    pub fn accent(self) -> Style {
        self.toned(Tone::Accent)
    }

    /// What is chosen: seen without colours too.
    #[must_use]
    pub fn chosen(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// Something that needs attention.
    #[must_use]
    pub fn warning(self) -> Style {
        self.toned(Tone::Warning)
    }

    /// Something that went wrong.
    #[must_use]
    pub fn bad(self) -> Style {
        self.toned(Tone::Bad)
    }

    /// Something that is right.
    #[must_use]
    pub fn good(self) -> Style {
        self.toned(Tone::Good)
    }

    /// A criterion's colour.
    #[must_use]
    pub fn mark(self, mark: Mark) -> Style {
        match mark {
            Mark::Is(Status::Pass) => self.good(),
            Mark::Is(Status::Fail) => self.bad(),
            Mark::Is(Status::Unknown) => self.warning(),
            Mark::Is(Status::Waiting) => self.quiet(),
            Mark::Lost => self.toned(Tone::Lost).add_modifier(Modifier::BOLD),
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

    fn toned(self, tone: Tone) -> Style {
        if self.has_colour { Style::new().fg(colour(self.look, tone)) } else { Style::new() }
    }

    /// Gives what has no colour of its own the look's text and background, programs in the terminal included.
    pub(super) fn paint(self, buffer: &mut Buffer) {
        let Some((text, ground)) = ground(self.look).filter(|_| self.has_colour) else { return };
        for cell in &mut buffer.content {
            if cell.fg == Color::Reset {
                cell.fg = text;
            }
            if cell.bg == Color::Reset {
                cell.bg = ground;
            }
        }
    }
}

/// A look's text and background; the terminal's own has none.
fn ground(look: Look) -> Option<(Color, Color)> {
    match look {
        Look::Terminal => None,
        Look::Dark => Some((Color::Indexed(252), Color::Indexed(234))),
        Look::Light => Some((Color::Indexed(235), Color::Indexed(231))),
        Look::Contrast => Some((Color::Indexed(231), Color::Indexed(16))),
    }
}

fn colour(look: Look, tone: Tone) -> Color {
    let [quiet, accent, warning, bad, good, lost] = match look {
        Look::Terminal => [Color::Reset, Color::Cyan, Color::Yellow, Color::Red, Color::Green, Color::Magenta],
        Look::Dark => [246, 80, 221, 210, 114, 213].map(Color::Indexed),
        Look::Light => [241, 25, 94, 124, 22, 90].map(Color::Indexed),
        Look::Contrast => [253, 51, 226, 217, 120, 219].map(Color::Indexed),
    };
    match tone {
        Tone::Quiet => quiet,
        Tone::Accent => accent,
        Tone::Warning => warning,
        Tone::Bad => bad,
        Tone::Good => good,
        Tone::Lost => lost,
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
        let theme = Theme { has_colour: false, has_unicode: false, look: Look::Dark };
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

    const TONES: [Tone; 6] = [Tone::Quiet, Tone::Accent, Tone::Warning, Tone::Bad, Tone::Good, Tone::Lost];

    /// Relative luminance (WCAG 2.2).
    fn luminance(colour: Color) -> f64 {
        let Color::Indexed(index) = colour else { panic!("{colour:?} depends on the terminal") };
        let rgb = crate::pane::palette::rgb(usize::from(index));
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(rgb.r) + 0.7152 * linear(rgb.g) + 0.0722 * linear(rgb.b)
    }

    #[test]
    fn every_text_of_a_look_can_be_read_on_its_background() {
        for (look, least) in [(Look::Dark, 4.5), (Look::Light, 4.5), (Look::Contrast, 7.0)] {
            let (text, ground) = ground(look).unwrap();
            for shown in TONES.map(|tone| colour(look, tone)).into_iter().chain([text]) {
                let (a, b) = (luminance(shown), luminance(ground));
                let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(ratio >= least, "{look:?} {shown:?}: {ratio:.1}");
            }
        }
    }

    #[test]
    fn the_tones_of_a_look_are_told_apart() {
        for look in Look::ALL {
            let all: std::collections::BTreeSet<String> =
                TONES.map(|tone| format!("{:?}", colour(look, tone))).into_iter().collect();
            assert_eq!(all.len(), TONES.len(), "{look:?}");
        }
    }

    #[test]
    fn a_look_paints_only_what_has_no_colour() {
        use ratatui::layout::Rect;
        let mut buffer = Buffer::empty(Rect::new(0, 0, 2, 1));
        buffer[(0, 0)].set_fg(Color::Red);
        let look = |look, has_colour| Theme { has_colour, has_unicode: true, look };
        look(Look::Terminal, true).paint(&mut buffer);
        look(Look::Light, false).paint(&mut buffer);
        assert_eq!((buffer[(1, 0)].fg, buffer[(1, 0)].bg), (Color::Reset, Color::Reset));
        look(Look::Light, true).paint(&mut buffer);
        assert_eq!((buffer[(0, 0)].fg, buffer[(0, 0)].bg), (Color::Red, Color::Indexed(231)));
        assert_eq!((buffer[(1, 0)].fg, buffer[(1, 0)].bg), (Color::Indexed(235), Color::Indexed(231)));
    }
}
