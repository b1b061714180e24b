//! The competence map: three activities, nine competences, the labs of the chosen one.

use jiff::civil::Date;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::canvas::{Canvas, Key};
use super::text::{clipped, clock, fitted};
use super::{foot, header};
use crate::app::action::Command;
use crate::app::model::{Card, Shelf};
use crate::app::state::MapCursor;
use crate::msg;

/// The activities, and the keys of their names.
const ACTIVITIES: [(u8, &str); 3] = [(1, "ui-activity-1"), (2, "ui-activity-2"), (3, "ui-activity-3")];

/// Wider, a name and its count are too far apart to be read together.
const WIDEST_COLUMN: u16 = 44;

/// From here on the three activities fit side by side.
const SIDE_BY_SIDE: u16 = 78;

const KEYS: [Key; 8] = [
    Key::new("↑↓←→", "ui-key-choose", Command::Next),
    Key::new("ui-key-enter", "ui-key-open", Command::Accept),
    Key::new("s", "ui-key-suggested", Command::Suggested),
    Key::new("Ctrl-P", "ui-key-palette", Command::Palette),
    Key::new("q", "ui-key-quit", Command::Quit),
    Key::new("F1", "ui-key-help", Command::Help),
    Key::new("F2", "ui-key-language", Command::Language),
    Key::new("1-9", "ui-key-competence", Command::Next),
];

pub(super) fn draw(canvas: &mut Canvas, area: Rect, shelf: &Shelf, cursor: MapCursor) {
    let quiet = canvas.theme.quiet();
    let title = Line::from(vec![
        Span::styled("Paillasse", canvas.theme.strong()),
        Span::raw("   "),
        Span::styled(canvas.tr("ui-map-subtitle"), quiet),
    ]);
    let body = header(canvas, area, &title);
    canvas.keys(foot(area), 0, &KEYS);
    let inside = Rect { x: body.x + 1, width: body.width - 2, ..body };
    if !shelf.is_ready {
        let line = Line::styled(canvas.tr("ui-map-reading"), quiet);
        canvas.line(inside, 1, &line);
        return;
    }
    let is_wide = area.width >= SIDE_BY_SIDE;
    let airy = u16::from(area.height >= 30);
    let grid = Rect { y: inside.y + airy, ..inside };
    let height = if is_wide { columns(canvas, grid, shelf, cursor) } else { column(canvas, grid, shelf, cursor) };
    let top = airy * 2 + height;
    canvas.rule(Rect { x: area.x, width: area.width, ..body }, top);
    labs(
        canvas,
        Rect { y: inside.y + top + 1, height: inside.height.saturating_sub(top + 1), ..inside },
        shelf,
        cursor,
    );
}

/// The three activities side by side; returns the rows taken.
fn columns(canvas: &mut Canvas, area: Rect, shelf: &Shelf, cursor: MapCursor) -> u16 {
    let gap = if area.width >= 96 { 3 } else { 1 };
    let width = ((area.width - 2 * gap) / 3).min(WIDEST_COLUMN);
    for (place, (activity, name)) in (0..).zip(ACTIVITIES) {
        let column = Rect { x: area.x + place * (width + gap), width, ..area };
        activity_name(canvas, column, 0, name);
        for (row, position) in (1..).zip(competences_of(shelf, activity)) {
            competence(canvas, column, row, shelf, position, cursor);
        }
    }
    1 + u16::try_from(ACTIVITIES.iter().map(|(a, _)| competences_of(shelf, *a).count()).max().unwrap_or(0)).unwrap_or(0)
}

/// The three activities one under the other; returns the rows taken.
fn column(canvas: &mut Canvas, area: Rect, shelf: &Shelf, cursor: MapCursor) -> u16 {
    let mut row = 0;
    for (activity, name) in ACTIVITIES {
        activity_name(canvas, area, row, name);
        row += 1;
        for position in competences_of(shelf, activity) {
            competence(canvas, area, row, shelf, position, cursor);
            row += 1;
        }
    }
    row
}

fn competences_of(shelf: &Shelf, activity: u8) -> impl Iterator<Item = usize> {
    (0..shelf.competences.len()).filter(move |&i| shelf.competences[i].activity == activity)
}

fn activity_name(canvas: &mut Canvas, area: Rect, row: u16, name: &str) {
    let text = clipped(&canvas.tr(name), usize::from(area.width));
    let line = Line::styled(text, canvas.theme.quiet());
    canvas.line(area, row, &line);
}

/// `▸ 5 Composants   ██░░ 2/4`
fn competence(canvas: &mut Canvas, area: Rect, row: u16, shelf: &Shelf, position: usize, cursor: MapCursor) {
    let theme = canvas.theme;
    let number = shelf.competences[position].number;
    let (done, total) = shelf.progress(position);
    let is_chosen = cursor.competence == position;
    let style = match (is_chosen, cursor.in_labs) {
        (true, false) => theme.chosen(),
        (true, true) => theme.strong(),
        (false, _) if total == 0 => theme.quiet(),
        (false, _) => theme.text(),
    };
    let count = if total == 0 { "–".to_owned() } else { format!("{done}/{total}") };
    let bar = if area.width >= 32 && total > 0 { bar(done, total) } else { String::new() };
    let tail = format!("{bar} {count}");
    let room = usize::from(area.width).saturating_sub(tail.width() + 1);
    let name = fitted(&format!("{number} {}", canvas.tr(&format!("ui-competence-{number}"))), room);
    let tail_style = if done > 0 { theme.good() } else { theme.quiet() };
    let marker = Span::styled(if is_chosen { "▸" } else { " " }, theme.accent());
    let line = Line::from(vec![marker, Span::styled(name, style), Span::styled(tail, tail_style)]);
    canvas.line(area, row, &line);
    canvas.hit(Rect { y: area.y + row, height: 1, ..area }, Command::Competence(position));
}

fn bar(done: usize, total: usize) -> String {
    const CELLS: usize = 5;
    let full = (done * CELLS).div_ceil(total.max(1)).min(CELLS);
    format!(" {}{}", "█".repeat(full), "░".repeat(CELLS - full))
}

fn labs(canvas: &mut Canvas, area: Rect, shelf: &Shelf, cursor: MapCursor) {
    let theme = canvas.theme;
    let airy = u16::from(area.height >= 14);
    let Some(chosen) = shelf.competences.get(cursor.competence) else { return };
    let title = clipped(&format!("{}  {}", chosen.number, chosen.title), usize::from(area.width));
    canvas.line(area, airy, &Line::styled(title, theme.strong()));
    let list = shelf.labs_of(cursor.competence);
    let first = 1 + airy * 2;
    let room = area.height.saturating_sub(first + 2 + airy);
    if list.is_empty() {
        let line = Line::styled(canvas.tr("ui-map-no-lab"), theme.quiet());
        canvas.line(area, first, &line);
    }
    let chosen_row = u16::try_from(cursor.lab).unwrap_or(0);
    let offset = (chosen_row + 1).saturating_sub(room);
    for (row, (place, &lab)) in (first..first + room).zip(list.iter().enumerate().skip(usize::from(offset))) {
        let is_chosen = cursor.in_labs && cursor.lab == place;
        card(canvas, area, row, &shelf.labs[lab], shelf.today, is_chosen);
        canvas.hit(Rect { y: area.y + row, height: 1, ..area }, Command::Lab(place));
    }
    advice(canvas, area, area.height.saturating_sub(1 + airy), shelf);
}

fn card(canvas: &mut Canvas, area: Rect, row: u16, card: &Card, today: Date, is_chosen: bool) {
    let theme = canvas.theme;
    let level = canvas.say(&msg!("ui-level", level = card.level));
    let (standing, style) = standing(canvas, card, today);
    let tail = format!("  {level}   {}", fitted(&super::lab::words(canvas.lang, &card.duration), 10));
    let standing = fitted(&standing, 24);
    let room = usize::from(area.width).saturating_sub(tail.width() + standing.width() + 2).min(64);
    let title_style = if is_chosen { theme.chosen() } else { theme.text() };
    let title = fitted(card.title.get(canvas.lang), room);
    let line = Line::from(vec![
        Span::styled(if is_chosen { "▸ " } else { "  " }, theme.accent()),
        Span::styled(title, title_style),
        Span::styled(tail, theme.quiet()),
        Span::styled(standing, style),
    ]);
    canvas.line(area, row, &line);
}

/// What was done with a lab, in a word.
fn standing(canvas: &Canvas, card: &Card, today: Date) -> (String, Style) {
    let theme = canvas.theme;
    let standing = &card.standing;
    if let Some((_, elapsed)) = standing.under_way {
        return (canvas.say(&msg!("ui-standing-under-way", clock = clock(elapsed))), theme.accent());
    }
    let Some((earned, total)) = standing.best else { return ("–".to_owned(), theme.quiet()) };
    if !standing.is_done() {
        return (format!("{earned}/{total}"), theme.warning());
    }
    let done = format!("✔ {earned}/{total}");
    match standing.review.days_left(today) {
        Some(days) if days <= 0 => (format!("{done} · {}", canvas.tr("ui-standing-due")), theme.accent()),
        Some(days) => (format!("{done} · {}", canvas.say(&msg!("ui-standing-due-in", days = days))), theme.good()),
        None => (format!("{done} · {}", canvas.tr("ui-standing-again")), theme.warning()),
    }
}

fn advice(canvas: &mut Canvas, area: Rect, row: u16, shelf: &Shelf) {
    let problems = shelf.problems;
    let Some(advice) = shelf.advice() else { return };
    let title = shelf.labs[advice.lab].title.get(canvas.lang).to_owned();
    let why = canvas.say(&advice.why);
    let text = canvas.say(&msg!("ui-advice", title = title, why = why));
    let line = Line::styled(clipped(&text, usize::from(area.width)), canvas.theme.accent());
    canvas.line(area, row, &line);
    canvas.hit(Rect { y: area.y + row, height: 1, ..area }, Command::Suggested);
    if problems > 0 {
        let line = Line::styled(canvas.say(&msg!("ui-map-problems", count = problems)), canvas.theme.warning());
        canvas.line(area, row.saturating_sub(1), &line);
    }
}
