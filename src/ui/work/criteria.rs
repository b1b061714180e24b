//! The criteria: glyph, word and colour; for the chosen one what was expected, what was found and where.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use unicode_width::UnicodeWidthStr as _;

use crate::app::action::Command;
use crate::app::state::{Side, Work};
use crate::i18n::Message;
use crate::lab::manifest::Criterion;
use crate::msg;
use crate::session::View;
use crate::ui::canvas::Canvas;
use crate::ui::text::{Flow, clock, fitted};
use crate::ui::theme::Mark;
use crate::verdict::{Finding, Status, Verdict, path_in_words};

/// What a criterion (or question) shows; none before the first check.
pub(in crate::ui) fn mark(view: &View, id: &str) -> Option<Mark> {
    let status = view.verdicts.iter().find(|verdict| verdict.id == id)?.status;
    let is_lost = status != Status::Pass && view.lost.iter().any(|lost| lost.criterion == id);
    Some(if is_lost && status == Status::Fail { Mark::Lost } else { Mark::Is(status) })
}

pub(super) fn draw(canvas: &mut Canvas, area: Rect, work: &Work) {
    let criteria = &work.view.variant.manifest.criteria;
    let mut flow = Flow::new(area.width);
    let mut starts = Vec::new();
    for (place, criterion) in criteria.iter().enumerate() {
        let start = flow.lines.len();
        let is_chosen = work.row() == place && work.side == Side::Left;
        one(canvas, &mut flow, work, criterion, is_chosen);
        if work.row() == place {
            details(canvas, &mut flow, &work.view, criterion);
        }
        starts.push((start, flow.lines.len()));
    }
    rows(canvas, area, &flow, &starts, work.row());
}

/// Shows a list of blocks so that the chosen one is in sight; a click on one chooses it.
pub(super) fn rows(canvas: &mut Canvas, area: Rect, flow: &Flow, blocks: &[(usize, usize)], chosen: usize) {
    let height = usize::from(area.height);
    let (start, end) = blocks.get(chosen).copied().unwrap_or((0, 0));
    let offset = end.saturating_sub(height).min(start);
    canvas.scrolled(area, flow, u16::try_from(offset).unwrap_or(0));
    for (place, (start, end)) in blocks.iter().enumerate() {
        let top = start.saturating_sub(offset).min(height);
        let bottom = end.saturating_sub(offset).min(height);
        let (Ok(top), Ok(bottom)) = (u16::try_from(top), u16::try_from(bottom)) else { continue };
        canvas.hit(Rect { y: area.y + top, height: bottom - top, ..area }, Command::Row(place));
    }
}

/// ```text
/// ✔ Le service écoute sur le réseau
///   acquis · 2 pts
/// ```
fn one(canvas: &Canvas, flow: &mut Flow, work: &Work, criterion: &Criterion, is_chosen: bool) {
    let theme = canvas.theme;
    let view = &work.view;
    let mark = mark(view, &criterion.id);
    let left_out = view.left_out.iter().find(|(id, _)| *id == criterion.id).map(|(_, why)| why);
    let (glyph, style) = mark.map_or(("·", theme.quiet()), |mark| (theme.glyph(mark), theme.mark(mark)));
    let has_turned = work.turned.contains_key(&criterion.id);
    let title_style = match (is_chosen, has_turned, left_out.is_some()) {
        (true, ..) => theme.chosen(),
        (_, true, _) => theme.strong(),
        (_, _, true) => theme.quiet(),
        _ => theme.text(),
    };
    let hang = " ".repeat(glyph.width() + 1);
    let title = criterion.title.get(canvas.lang).to_owned();
    flow.styled(vec![Span::styled(glyph, style), Span::raw(" ")], &hang, vec![(title, title_style)]);
    let status = match (left_out, mark) {
        (Some(why), _) => canvas.say(&msg!("ui-left-out", why = why.clone())),
        (None, Some(mark)) => lost(canvas, view, criterion).unwrap_or_else(|| canvas.tr(mark.word())),
        (None, None) => canvas.tr("ui-not-checked"),
    };
    // A guard earns nothing: it costs when lost.
    let points = canvas.say(&if criterion.guard {
        msg!("ui-guard", points = criterion.points)
    } else {
        msg!("status-points", points = criterion.points)
    });
    let pieces = vec![(status, style), (format!(" · {points}"), theme.quiet())];
    flow.paragraph(&hang, &hang, pieces);
}

/// When it was met and lost.
fn lost(canvas: &Canvas, view: &View, criterion: &Criterion) -> Option<String> {
    if mark(view, &criterion.id) != Some(Mark::Lost) {
        return None;
    }
    let lost = view.lost.iter().rev().find(|lost| lost.criterion == criterion.id)?;
    let message = match lost.met {
        Some(met) => msg!("ui-lost", met = clock(met), lost = clock(lost.lost)),
        None => msg!("ui-lost-guard", lost = clock(lost.lost)),
    };
    Some(canvas.say(&message))
}

/// The criteria it waits for, or that it is checked at the end.
fn waits_for(canvas: &Canvas, view: &View, verdict: &Verdict) -> String {
    let criteria = &view.variant.manifest.criteria;
    let title = |id: &String| criteria.iter().find(|c| c.id == *id).map(|c| c.title.get(canvas.lang));
    let titles: Vec<&str> = verdict.waits_for.iter().filter_map(title).collect();
    match (&verdict.note, titles.is_empty()) {
        (_, false) => titles.join(" ; "),
        (Some(note), true) => canvas.say(note),
        (None, true) => canvas.tr("ui-waits-for-end"),
    }
}

/// What decided about the chosen criterion, and where to look.
fn details(canvas: &Canvas, flow: &mut Flow, view: &View, criterion: &Criterion) {
    let Some(verdict) = view.verdicts.iter().find(|verdict| verdict.id == criterion.id) else { return };
    explain(canvas, flow, view, verdict);
    if let (Some(look), false) = (&criterion.look, verdict.status == Status::Pass) {
        labelled(canvas, flow, "ui-look", look.get(canvas.lang), canvas.theme.quiet());
    }
    flow.gap();
}

/// What decided; of a criterion that is not met only what is in the way.
pub(in crate::ui) fn explain(canvas: &Canvas, flow: &mut Flow, view: &View, verdict: &Verdict) {
    if verdict.status == Status::Waiting {
        return labelled(canvas, flow, "ui-waits", &waits_for(canvas, view, verdict), canvas.theme.text());
    }
    if let Some(note) = &verdict.note {
        labelled(canvas, flow, "ui-found", &canvas.say(note), canvas.theme.text());
    }
    findings(canvas, flow, verdict);
}

/// The findings of a verdict, each as expected, found, seen by.
fn findings(canvas: &Canvas, flow: &mut Flow, verdict: &Verdict) {
    let is_telling = |finding: &&Finding| verdict.status == Status::Pass || finding.status != Status::Pass;
    let mut last_source: Option<&Message> = None;
    let theme = canvas.theme;
    for finding in verdict.findings.iter().filter(is_telling) {
        if last_source.is_some_and(|source| *source != finding.source) {
            flow.gap();
        }
        let style = theme.mark(Mark::Is(finding.status));
        let field = path_in_words(&finding.field);
        let expected = msg!("verdict-field", name = field, value = finding.expected.clone());
        labelled(canvas, flow, "ui-expected", &canvas.say(&expected), theme.text());
        labelled(canvas, flow, "ui-found", &canvas.say(&finding.found), style);
        if last_source != Some(&finding.source) {
            labelled(canvas, flow, "ui-source", &canvas.say(&finding.source), theme.quiet());
        }
        last_source = Some(&finding.source);
    }
}

/// A label and what it says, indented.
pub(in crate::ui) fn labelled(canvas: &Canvas, flow: &mut Flow, label: &str, text: &str, style: Style) {
    let label = fitted(&canvas.tr(label), 9);
    let first = vec![Span::raw("    "), Span::styled(label, canvas.theme.quiet())];
    flow.styled(first, &" ".repeat(13), vec![(text.to_owned(), style)]);
}

/// A heading of the debrief in the same looks as the list's.
pub(in crate::ui) fn heading(canvas: &Canvas, flow: &mut Flow, view: &View, id: &str, title: &str, points: u32) {
    let theme = canvas.theme;
    let mark = mark(view, id).unwrap_or(Mark::Is(Status::Unknown));
    let style = theme.mark(mark);
    let word = if view.is_unanswered(id) {
        format!("– {}", canvas.tr("ui-no-answer"))
    } else {
        format!("{} {}", theme.glyph(mark), canvas.tr(mark.word()))
    };
    let points = canvas.say(&msg!("status-points", points = points));
    let first = vec![Span::styled(fitted(&word, 15), style)];
    let pieces = vec![(title.to_owned(), theme.strong()), (format!(" · {points}"), theme.quiet())];
    flow.styled(first, &" ".repeat(15), pieces);
}
