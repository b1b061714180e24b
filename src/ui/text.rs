//! Words into lines: wrapping with hanging indents, which ratatui's own paragraph lacks.

use std::time::Duration;

use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

/// Lines being built for a column of a given width.
#[derive(Debug)]
pub(super) struct Flow {
    width: usize,
    /// What was built so far.
    pub(super) lines: Vec<Line<'static>>,
}

impl Flow {
    pub(super) fn new(width: u16) -> Self {
        Self { width: usize::from(width), lines: Vec::new() }
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// An empty line, never two in a row and none at the top.
    pub(super) fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| line.width() > 0) {
            self.lines.push(Line::default());
        }
    }

    pub(super) fn line(&mut self, line: impl Into<Line<'static>>) {
        self.lines.push(line.into());
    }

    /// A paragraph in one style.
    pub(super) fn text(&mut self, text: &str, style: Style) {
        self.paragraph("", "", vec![(text.to_owned(), style)]);
    }

    /// A paragraph whose first line starts with `first` and the others with `rest`.
    pub(super) fn paragraph(&mut self, first: &str, rest: &str, pieces: Vec<(String, Style)>) {
        self.styled(vec![Span::raw(first.to_owned())], rest, pieces);
    }

    /// The same with a styled start.
    pub(super) fn styled(&mut self, first: Vec<Span<'static>>, rest: &str, pieces: Vec<(String, Style)>) {
        self.lines.extend(wrap(first, rest, pieces, self.width));
    }
}

/// Wraps at spaces; a word longer than a line is broken. No-break spaces (U+00A0, U+202F) hold.
fn wrap(first: Vec<Span<'static>>, rest: &str, pieces: Vec<(String, Style)>, width: usize) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let mut line = Line::from(first);
    let mut is_empty = true;
    let mut space = None;
    for (piece, style) in words(pieces) {
        match piece {
            Piece::Break => {
                lines.push(std::mem::replace(&mut line, Line::from(rest.to_owned())));
                (is_empty, space) = (true, None);
            }
            Piece::Space => space = (!is_empty).then_some(style),
            Piece::Word(mut word) => {
                let wanted = line.width() + usize::from(space.is_some()) + word.width();
                if wanted > width && !is_empty {
                    lines.push(std::mem::replace(&mut line, Line::from(rest.to_owned())));
                    space = None;
                }
                if let Some(style) = space.take() {
                    line.push_span(Span::styled(" ", style));
                }
                while line.width() + word.width() > width && width > line.width() {
                    let rest_of_word = split_at_width(&mut word, width - line.width());
                    line.push_span(Span::styled(word, style));
                    lines.push(std::mem::replace(&mut line, Line::from(rest.to_owned())));
                    word = rest_of_word;
                    if rest.width() >= width {
                        break;
                    }
                }
                line.push_span(Span::styled(word, style));
                is_empty = false;
            }
        }
    }
    lines.push(line);
    lines
}

enum Piece {
    Word(String),
    Space,
    Break,
}

/// Styled words. French puts a space inside its guillemets and before `: ; ! ?`, where no line may end. Neighbours without a space between them stay together when they are in one piece.
fn words(pieces: Vec<(String, Style)>) -> Vec<(Piece, Style)> {
    let mut found = Vec::new();
    for (text, style) in pieces {
        let mut word = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c == ' ' && (word.ends_with('«') || chars.peek().is_some_and(|next| ":;!?»".contains(*next))) {
                word.push('\u{a0}');
            } else if c == ' ' || c == '\n' {
                if !word.is_empty() {
                    found.push((Piece::Word(std::mem::take(&mut word)), style));
                }
                found.push((if c == ' ' { Piece::Space } else { Piece::Break }, style));
            } else if !c.is_control() {
                word.push(c);
            }
        }
        if !word.is_empty() {
            found.push((Piece::Word(word), style));
        }
    }
    found
}

/// Cuts a word after so many columns and returns what is left of it; at least one character is kept.
fn split_at_width(word: &mut String, width: usize) -> String {
    let mut end = 0;
    for (at, c) in word.char_indices() {
        let next = at + c.len_utf8();
        if end > 0 && word[..next].width() > width {
            break;
        }
        end = next;
    }
    word.split_off(end)
}

/// The text cut to so many columns, with an ellipsis where something was cut.
pub(super) fn clipped(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    if width == 0 {
        return String::new();
    }
    let mut kept = text.to_owned();
    split_at_width(&mut kept, width.saturating_sub(1));
    if kept.width() > width.saturating_sub(1) {
        kept.clear();
    }
    kept + "…"
}

/// The text filled with spaces, or cut, to exactly so many columns.
pub(super) fn fitted(text: &str, width: usize) -> String {
    let mut text = clipped(text, width);
    let missing = width.saturating_sub(text.width());
    text.push_str(&" ".repeat(missing));
    text
}

/// A clock: `24:13`, `1:02:03`.
pub(super) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes:02}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(lines: &[Line]) -> Vec<String> {
        lines.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn paragraphs_hang_under_their_start() {
        let mut flow = Flow::new(12);
        flow.paragraph("- ", "  ", vec![("un deux trois quatre".to_owned(), Style::new())]);
        assert_eq!(plain(&flow.lines), ["- un deux", "  trois", "  quatre"]);
    }

    #[test]
    fn a_no_break_space_holds() {
        let mut flow = Flow::new(8);
        flow.text("oui ou non\u{a0}?", Style::new());
        assert_eq!(plain(&flow.lines), ["oui ou", "non\u{a0}?"]);
    }

    #[test]
    fn french_marks_stay_with_their_word() {
        let mut flow = Flow::new(8);
        flow.text("oui, non : « peut »", Style::new());
        assert_eq!(plain(&flow.lines), ["oui,", "non\u{a0}:", "«\u{a0}peut\u{a0}»"]);
    }

    #[test]
    fn pieces_without_a_space_between_them_stay_together() {
        let mut flow = Flow::new(40);
        flow.paragraph(
            "",
            "",
            vec![("le ".into(), Style::new()), ("mot".into(), Style::new()), (",".into(), Style::new())],
        );
        assert_eq!(plain(&flow.lines), ["le mot,"]);
    }

    #[test]
    fn clocks_say_hours_only_when_there_are() {
        assert_eq!(clock(Duration::from_secs(5)), "00:05");
        assert_eq!(clock(Duration::from_secs(3723)), "1:02:03");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_its_column(text in "\\PC{0,80}", width in 4_u16..40) {
            let mut flow = Flow::new(width);
            flow.text(&text, Style::new());
            for line in &flow.lines {
                prop_assert!(line.width() <= usize::from(width));
            }
        }

        #[test]
        fn a_fitted_text_has_its_width(text in "\\PC{0,30}", width in 0_usize..30) {
            prop_assert_eq!(fitted(&text, width).width(), width);
        }
    }
}
