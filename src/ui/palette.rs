//! The palette: a line to type in, and what it finds.

use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::canvas::{Canvas, Key};
use super::layer::window;
use super::text::{clipped, fitted};
use crate::app::action::Command;
use crate::app::palette::{self, Palette};

const KEYS: [Key; 3] = [
    Key::new("↑↓", "ui-key-choose", Command::Next),
    Key::new("ui-key-enter", "ui-key-open", Command::Accept),
    Key::new("ui-key-esc", "ui-key-close", Command::Back),
];

pub(super) fn draw(canvas: &mut Canvas, area: Rect, palette: &Palette) {
    canvas.fade();
    canvas.drawn.hits.clear();
    let size = (84.min(area.width - 4), 24.min(area.height - 4));
    let title = canvas.tr("ui-palette");
    let inside = window(canvas, area, size, &title, canvas.theme.accent());
    line(canvas, inside, palette);
    canvas.rule(inside, 1);
    let rows = Rect { y: inside.y + 2, height: inside.height.saturating_sub(4), ..inside };
    if palette.found.is_empty() {
        let text = canvas.say(&palette::nothing(palette.input.value()));
        canvas.line(rows, 0, &Line::styled(clipped(&text, usize::from(rows.width)), canvas.theme.quiet()));
    }
    let offset = (palette.row + 1).saturating_sub(usize::from(rows.height));
    for (row, place) in (0..rows.height).zip(offset..palette.found.len()) {
        entry(canvas, rows, row, palette, place);
    }
    let is_cut = palette.found.len() > offset + usize::from(rows.height);
    canvas.more(rows, offset > 0, is_cut);
    canvas.keys(inside, inside.height.saturating_sub(1), &KEYS);
}

/// What is typed, its end always in sight.
fn line(canvas: &mut Canvas, inside: Rect, palette: &Palette) {
    const PROMPT: &str = "› ";
    let room = usize::from(inside.width).saturating_sub(PROMPT.width() + 1);
    let start = palette.input.visual_scroll(room);
    let shown: String = palette.input.value().chars().skip(start).collect();
    let shown = clipped(&shown, room);
    canvas.line(inside, 0, &Line::from(vec![Span::styled(PROMPT, canvas.theme.accent()), Span::raw(shown)]));
    let column = palette.input.visual_cursor().saturating_sub(start) + PROMPT.width();
    let column = u16::try_from(column).unwrap_or(u16::MAX).min(inside.width.saturating_sub(1));
    canvas.cursor(Position { x: inside.x + column, y: inside.y });
}

fn entry(canvas: &mut Canvas, area: Rect, row: u16, palette: &Palette, place: usize) {
    let Some(entry) = palette.found.get(place).and_then(|index| palette.entries.get(*index)) else { return };
    let is_chosen = place == palette.row;
    let sort = canvas.tr(entry.sort);
    let room = usize::from(area.width).saturating_sub(sort.width() + 4);
    let name = fitted(entry.name.get(canvas.lang), room);
    let style = if is_chosen { canvas.theme.chosen() } else { canvas.theme.text() };
    let line = Line::from(vec![
        Span::styled(if is_chosen { "▸ " } else { "  " }, canvas.theme.accent()),
        Span::styled(name, style),
        Span::styled(format!("  {sort}"), canvas.theme.quiet()),
    ]);
    canvas.line(area, row, &line);
    canvas.hit(Rect { y: area.y + row, height: 1, ..area }, Command::Pick(place));
}
