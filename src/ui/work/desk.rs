//! The desk's tab: the ticket's qualification, the report, the work log.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget as _;

use super::criteria::rows;
use crate::app::action::Command;
use crate::app::desk::{self, Row};
use crate::app::state::{Side, Work, Writing};
use crate::msg;
use crate::session::desk::Field;
use crate::ui::canvas::{Canvas, Key};
use crate::ui::text::{Flow, clock, fitted};

const KEYS: [Key; 1] = [Key::new("ui-key-esc", "desk-save", Command::Next)];

/// Columns of the fields' names.
const LABEL: usize = 13;

pub(super) fn draw(canvas: &mut Canvas, area: Rect, work: &Work) {
    if let Some(writing) = &work.writing {
        return write(canvas, area, writing);
    }
    let mut flow = Flow::new(area.width);
    let mut blocks = Vec::new();
    for (place, row) in desk::rows(&work.view.variant.manifest).enumerate() {
        heading(canvas, &mut flow, row);
        let start = flow.lines.len();
        let style = match (place == work.row(), work.side) {
            (true, Side::Left) => canvas.theme.chosen(),
            _ => canvas.theme.text(),
        };
        match row {
            Row::Field(field) => field_row(canvas, &mut flow, work, field, style),
            Row::Part(part) => part_row(canvas, &mut flow, part.label(), desk::written(&work.view, row), style),
            Row::Log => log(canvas, &mut flow, work, style),
        }
        blocks.push((start, flow.lines.len()));
    }
    note(canvas, &mut flow, work);
    rows(canvas, area, &flow, &blocks, work.row());
}

/// Over the first field, and over the first part.
fn heading(canvas: &Canvas, flow: &mut Flow, row: Row) {
    let key = match row {
        Row::Field(Field::Kind) => "desk-form",
        Row::Part(_) if !flow.lines.iter().any(|line| line.to_string() == canvas.tr("desk-report")) => "desk-report",
        _ => return,
    };
    flow.gap();
    flow.line(Line::styled(canvas.tr(key), canvas.theme.accent()));
}

fn field_row(canvas: &Canvas, flow: &mut Flow, work: &Work, field: Field, style: Style) {
    let qualification = work.view.desk.qualification;
    let value = qualification.words(field).map_or_else(|| "–".to_owned(), |words| canvas.say(&words));
    let mut spans =
        vec![Span::styled(fitted(&canvas.tr(field.label()), LABEL), canvas.theme.quiet()), Span::styled(value, style)];
    if let (Field::Urgency, Some(n)) = (field, qualification.priority()) {
        let priority = canvas.say(&msg!("desk-priority-value", n = n));
        spans.push(Span::styled(format!("   {} {priority}", canvas.tr("desk-priority")), canvas.theme.strong()));
    }
    flow.line(Line::from(spans));
}

fn part_row(canvas: &Canvas, flow: &mut Flow, label: &str, text: &str, style: Style) {
    let theme = canvas.theme;
    let is_written = !text.trim().is_empty();
    let (glyph, glyph_style) = if is_written { ("●", theme.good()) } else { ("○", theme.quiet()) };
    let first = vec![Span::styled(format!("{glyph} "), glyph_style)];
    flow.styled(first, "  ", vec![(canvas.tr(label), style)]);
    for line in text.lines() {
        flow.paragraph("  ", "  ", vec![(line.to_owned(), theme.quiet())]);
    }
}

fn log(canvas: &Canvas, flow: &mut Flow, work: &Work, style: Style) {
    let theme = canvas.theme;
    let label = format!("{} · {}", canvas.tr("desk-log"), canvas.tr("desk-log-add"));
    flow.styled(vec![Span::styled("+ ", theme.accent())], "  ", vec![(label, style)]);
    for (at, text) in &work.view.desk.log {
        let first = vec![Span::styled(format!("  {}  ", clock(*at)), theme.quiet())];
        flow.styled(first, "         ", vec![(text.clone(), theme.text())]);
    }
}

/// What must be mentioned, and when it is read.
fn note(canvas: &Canvas, flow: &mut Flow, work: &Work) {
    let facts = work.view.variant.manifest.report.iter().flat_map(|report| &report.facts);
    let facts: Vec<&str> = facts.map(|fact| fact.label.get(canvas.lang)).collect();
    flow.gap();
    if !facts.is_empty() {
        flow.text(&canvas.say(&msg!("desk-must-mention", facts = facts.join(", "))), canvas.theme.text());
    }
    flow.text(&canvas.tr("desk-judged-at-end"), canvas.theme.quiet());
}

/// The text being written takes the whole tab.
fn write(canvas: &mut Canvas, area: Rect, writing: &Writing) {
    let label = match writing.row {
        Row::Part(part) => part.label(),
        Row::Log | Row::Field(_) => "desk-log",
    };
    let title = Line::styled(canvas.tr(label), canvas.theme.accent());
    canvas.line(area, 0, &title);
    let place = Rect { y: area.y + 1, height: area.height.saturating_sub(3), ..area };
    (&writing.text).render(place, canvas.buffer());
    canvas.keys(area, area.height.saturating_sub(1), &KEYS);
}
