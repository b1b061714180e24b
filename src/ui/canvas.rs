//! A frame being drawn, and what in it can be clicked.

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Widget as _};
use unicode_width::UnicodeWidthStr as _;

use super::text::Flow;
use super::theme::Theme;
use crate::app::action::Command;
use crate::app::state::Bounds;
use crate::i18n::{Lang, Message};
use crate::settings::{Chord, Function, Keys};

/// What a frame tells the loop about itself.
#[derive(Debug, Default)]
pub struct Drawn {
    /// What can be clicked, the topmost last.
    pub hits: Vec<(Rect, Command)>,
    /// Where the shell is shown.
    pub shell: Option<Rect>,
    /// The column of the edge between two halves, which can be dragged.
    pub edge: Option<u16>,
    /// Columns of the whole.
    pub width: u16,
    /// How far the scrolled part goes.
    pub bounds: Bounds,
}

impl Drawn {
    /// What lies under a position.
    #[must_use]
    pub fn hit(&self, at: Position) -> Option<Command> {
        self.hits.iter().rev().find(|(area, _)| area.contains(at)).map(|(_, command)| *command)
    }
}

/// The frame, the language and the looks.
pub(super) struct Canvas<'a, 'f> {
    frame: &'a mut Frame<'f>,
    pub(super) lang: Lang,
    pub(super) theme: Theme,
    keys: &'a Keys,
    pub(super) drawn: Drawn,
}

impl<'a, 'f> Canvas<'a, 'f> {
    pub(super) fn new(frame: &'a mut Frame<'f>, lang: Lang, theme: Theme, keys: &'a Keys) -> Self {
        Self { frame, lang, theme, keys, drawn: Drawn::default() }
    }

    pub(super) fn area(&self) -> Rect {
        self.frame.area()
    }

    pub(super) fn buffer(&mut self) -> &mut Buffer {
        self.frame.buffer_mut()
    }

    pub(super) fn cursor(&mut self, at: Position) {
        self.frame.set_cursor_position(at);
    }

    pub(super) fn tr(&self, key: &str) -> String {
        self.lang.tr(key)
    }

    pub(super) fn say(&self, message: &Message) -> String {
        self.lang.say(message)
    }

    /// A line at a row of the area; what doesn't fit is cut.
    pub(super) fn line(&mut self, area: Rect, row: u16, line: &Line) {
        if row < area.height {
            self.buffer().set_line(area.x, area.y + row, line, area.width);
        }
    }

    /// A line that ends at the area's right edge.
    pub(super) fn right(&mut self, area: Rect, row: u16, line: &Line) -> Rect {
        let width = u16::try_from(line.width()).unwrap_or(u16::MAX).min(area.width);
        let place = Rect { x: area.right() - width, width, y: area.y, height: area.height };
        self.line(place, row, line);
        Rect { y: area.y + row, height: 1, ..place }
    }

    /// A quiet rule across the area.
    pub(super) fn rule(&mut self, area: Rect, row: u16) {
        let line = Line::styled("─".repeat(usize::from(area.width)), self.theme.quiet());
        self.line(area, row, &line);
    }

    pub(super) fn hit(&mut self, area: Rect, command: Command) {
        self.drawn.hits.push((area, command));
    }

    /// A quiet frame with a title; returns what is inside, with a column of air at each side.
    pub(super) fn framed(&mut self, area: Rect, title: Line<'static>, has_focus: bool) -> Rect {
        let style = if has_focus { self.theme.accent() } else { self.theme.quiet() };
        let block = Block::bordered().border_type(BorderType::Rounded).border_style(style).title(title);
        let inside = block.inner(area);
        block.render(area, self.buffer());
        Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside }
    }

    /// Lines, scrolled; the bounds are noted for the next keys.
    pub(super) fn scrolled(&mut self, area: Rect, flow: &Flow, offset: u16) {
        let count = u16::try_from(flow.lines.len()).unwrap_or(u16::MAX);
        let last = count.saturating_sub(area.height);
        self.drawn.bounds = Bounds { scroll: last, page: area.height };
        let offset = offset.min(last);
        for (row, line) in (0..area.height).zip(flow.lines.iter().skip(usize::from(offset))) {
            self.line(area, row, line);
        }
        self.more(area, offset > 0, offset < last);
    }

    /// Arrows at the right edge where there is more above or below.
    pub(super) fn more(&mut self, area: Rect, above: bool, below: bool) {
        let style = self.theme.accent();
        let edge = Rect { x: area.right(), width: 1, ..area };
        if !self.area().contains(Position::new(edge.x, edge.y)) {
            return;
        }
        if above {
            self.line(edge, 0, &Line::styled("▴", style));
        }
        if below {
            self.line(edge, area.height.saturating_sub(1), &Line::styled("▾", style));
        }
    }

    /// The keys of a screen, each with what it does; those that don't fit are left to the help.
    pub(super) fn keys(&mut self, area: Rect, row: u16, keys: &[Key]) {
        let mut x = area.x;
        for key in keys {
            let label = self.tr(key.label);
            let name = self.key_name(key.name);
            let width = u16::try_from(name.width() + 1 + label.width()).unwrap_or(u16::MAX);
            if x.saturating_add(width) > area.right() {
                return;
            }
            let place = Rect { x, y: area.y, width, height: area.height };
            let spans = vec![Span::styled(name, self.theme.accent()), Span::raw(" "), Span::raw(label)];
            self.line(place, row, &Line::from(spans));
            self.hit(Rect { y: area.y + row, height: 1, ..place }, key.command);
            x += width + 3;
        }
    }

    /// A key's name: `Entrée`, `F5`, `↑↓`. What is usually on a key is named by the key the person put it on.
    pub(super) fn key_name(&self, name: &str) -> String {
        if name.starts_with("ui-") {
            return self.tr(name);
        }
        let own = |word: &str| {
            let usual: Chord = word.parse().ok()?;
            let function = Function::ALL.into_iter().find(|function| function.usual() == usual)?;
            Some(self.keys.chord(function).to_string())
        };
        let words = name.split(' ').map(|word| own(word).unwrap_or_else(|| word.to_owned()));
        words.collect::<Vec<_>>().join(" ")
    }

    /// Everything drawn so far turned quiet, under a layer.
    pub(super) fn fade(&mut self) {
        let (area, style) = (self.area(), self.theme.quiet());
        let buffer = self.buffer();
        for position in area.positions() {
            let cell = &mut buffer[position];
            cell.set_style(Style::reset().patch(style));
        }
    }
}

/// A key of the line at the bottom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    /// `F5`, or a key of the locale files for those whose name is a word.
    pub(super) name: &'static str,
    /// What it does: a key of the locale files.
    pub(super) label: &'static str,
    /// What a click on it asks.
    pub(super) command: Command,
}

impl Key {
    pub(super) const fn new(name: &'static str, label: &'static str, command: Command) -> Self {
        Self { name, label, command }
    }
}
