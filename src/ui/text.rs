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
    let mut wrapper = Wrapper { lines: Vec::new(), line: Line::from(first), rest, width, is_empty: true };
    let mut space = None;
    for piece in words(pieces) {
        match piece {
            Piece::Break => {
                wrapper.next_line();
                space = None;
            }
            Piece::Space(style) => space = Some(style),
            Piece::Word(parts) => wrapper.word(parts, space.take()),
        }
    }
    wrapper.lines.push(wrapper.line);
    wrapper.lines
}

struct Wrapper<'a> {
    lines: Vec<Line<'static>>,
    line: Line<'static>,
    rest: &'a str,
    width: usize,
    /// No word is on the line yet.
    is_empty: bool,
}

impl Wrapper<'_> {
    fn next_line(&mut self) {
        self.lines.push(std::mem::replace(&mut self.line, Line::from(self.rest.to_owned())));
        self.is_empty = true;
    }

    /// A word of one or more styles, after a space if it is not the line's first.
    fn word(&mut self, parts: Vec<(String, Style)>, space: Option<Style>) {
        let space = space.filter(|_| !self.is_empty);
        let wanted: usize = parts.iter().map(|(part, _)| part.width()).sum();
        if self.line.width() + usize::from(space.is_some()) + wanted > self.width && !self.is_empty {
            self.next_line();
        } else if let Some(style) = space {
            self.line.push_span(Span::styled(" ", style));
        }
        for (part, style) in parts {
            self.part(part, style);
        }
    }

    /// A part of a word, broken where no line holds it.
    fn part(&mut self, mut part: String, style: Style) {
        while self.line.width() + part.width() > self.width && self.rest.width() < self.width {
            let room = self.width - self.line.width().min(self.width);
            if room > 0 {
                let after = split_at_width(&mut part, room);
                self.line.push_span(Span::styled(std::mem::replace(&mut part, after), style));
            }
            self.next_line();
        }
        self.line.push_span(Span::styled(part, style));
        self.is_empty = false;
    }
}

enum Piece {
    /// What holds together, each part in its style.
    Word(Vec<(String, Style)>),
    Space(Style),
    Break,
}

/// Styled words. French puts a space inside its guillemets and before `: ; ! ?`, where no line may end.
fn words(pieces: Vec<(String, Style)>) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    for (text, style) in pieces {
        let mut chars = text.chars().peekable();
        let mut is_inside = false;
        while let Some(c) = chars.next() {
            let holds = c == ' ' && (ends_open(&found) || chars.peek().is_some_and(|next| ":;!?»".contains(*next)));
            match c {
                ' ' if !holds => found.push(Piece::Space(style)),
                '\n' => found.push(Piece::Break),
                c if c.is_control() => continue,
                c => add(&mut found, if holds { '\u{a0}' } else { c }, style, is_inside),
            }
            is_inside = holds || (c != ' ' && c != '\n');
        }
    }
    found
}

/// A character at the end of the last word, or of a new one.
fn add(found: &mut Vec<Piece>, c: char, style: Style, is_inside: bool) {
    match found.last_mut() {
        Some(Piece::Word(parts)) => match parts.last_mut() {
            Some((part, _)) if is_inside => part.push(c),
            _ => parts.push((c.to_string(), style)),
        },
        _ => found.push(Piece::Word(vec![(c.to_string(), style)])),
    }
}

fn ends_open(found: &[Piece]) -> bool {
    let Some(Piece::Word(parts)) = found.last() else { return false };
    parts.last().is_some_and(|(part, _)| part.ends_with('«'))
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
