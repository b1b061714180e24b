//! The questions, each with its line for the answer.

use ratatui::layout::{Position, Rect};
use ratatui::text::Span;
use unicode_width::UnicodeWidthStr as _;

use super::criteria::{mark, rows};
use crate::app::state::{Side, Work};
use crate::lab::manifest::Question;
use crate::msg;
use crate::ui::canvas::Canvas;
use crate::ui::text::Flow;

pub(super) fn draw(canvas: &mut Canvas, area: Rect, work: &Work) {
    let mut flow = Flow::new(area.width);
    let mut blocks = Vec::new();
    let mut cursor = None;
    for (place, question) in work.view.variant.manifest.questions.iter().enumerate() {
        let start = flow.lines.len();
        let is_chosen = work.row() == place && work.side == Side::Left;
        ask(canvas, &mut flow, work, question, is_chosen);
        if let Some((_, input)) = work.editing.as_ref().filter(|(position, _)| *position == place) {
            let room = usize::from(area.width.saturating_sub(6));
            let from = input.visual_scroll(room);
            let text: String = input.value().chars().skip(from).collect();
            let column = input.visual_cursor().saturating_sub(from) + 4;
            cursor = Some((flow.lines.len(), column));
            flow.line(vec![Span::styled("  ▸ ", canvas.theme.accent()), Span::raw(text)]);
        } else {
            given(canvas, &mut flow, work, question);
        }
        blocks.push((start, flow.lines.len()));
        flow.gap();
    }
    rows(canvas, area, &flow, &blocks, work.row());
    let offset =
        blocks.get(work.row()).map_or(0, |(start, end)| end.saturating_sub(usize::from(area.height)).min(*start));
    if let Some((row, column)) = cursor
        && let (Ok(row), Ok(column)) = (u16::try_from(row.saturating_sub(offset)), u16::try_from(column))
    {
        canvas.cursor(Position::new(area.x + column.min(area.width), area.y + row));
    }
}

fn ask(canvas: &Canvas, flow: &mut Flow, work: &Work, question: &Question, is_chosen: bool) {
    let theme = canvas.theme;
    let left_out = work.view.left_out.iter().find(|(id, _)| *id == question.id).map(|(_, why)| why);
    let has_answer = work.view.answers.contains_key(&question.id);
    let mark = mark(&work.view, &question.id).filter(|_| has_answer);
    let (glyph, style) = mark.map_or(("·", theme.quiet()), |mark| (theme.glyph(mark), theme.mark(mark)));
    let title_style = if is_chosen { theme.chosen() } else { theme.text() };
    let hang = " ".repeat(glyph.width() + 1);
    let first = vec![Span::styled(glyph, style), Span::raw(" ")];
    flow.styled(first, &hang, vec![(question.ask.get(canvas.lang).to_owned(), title_style)]);
    let status = match (left_out, mark) {
        (Some(why), _) => canvas.say(&msg!("ui-left-out", why = why.clone())),
        (None, Some(mark)) => canvas.tr(mark.word()),
        (None, None) => canvas.tr("ui-no-answer"),
    };
    let points = canvas.say(&msg!("status-points", points = question.points));
    flow.paragraph(&hang, &hang, vec![(status, style), (format!(" · {points}"), theme.quiet())]);
}

fn given(canvas: &Canvas, flow: &mut Flow, work: &Work, question: &Question) {
    if let Some(answer) = work.view.answers.get(&question.id) {
        let first = vec![Span::styled("  ▸ ", canvas.theme.quiet())];
        flow.styled(first, "    ", vec![(answer.clone(), canvas.theme.strong())]);
    }
}
