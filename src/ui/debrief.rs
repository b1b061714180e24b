//! After the work: the score, what was looked at and found, the reference ways, what to read, the jury's lines.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::canvas::{Canvas, Key};
use super::text::{Flow, clock};
use super::theme::Mark;
use super::work::{explain, heading, labelled};
use super::{foot, header};
use crate::app::action::Command;
use crate::app::state::DebriefView;
use crate::i18n::Message;
use crate::lab::Variant;
use crate::lab::manifest::{Manifest, Solution};
use crate::msg;
use crate::session::{Debrief, Moment, Phase, Turn, View};
use crate::verdict::Status;

const KEYS: [Key; 7] = [
    Key::new("↑↓", "ui-key-scroll", Command::PageDown),
    Key::new("c", "ui-key-details", Command::Details),
    Key::new("a", "ui-key-another", Command::Another),
    Key::new("e", "ui-key-export", Command::Export),
    Key::new("ui-key-esc", "ui-key-map", Command::Back),
    Key::new("F1", "ui-key-help", Command::Help),
    Key::new("F2", "ui-key-language", Command::Language),
];

/// Lines longer than this are tiring to read.
const WIDEST: u16 = 100;

pub(super) fn draw(canvas: &mut Canvas, area: Rect, shown: &DebriefView) {
    let debrief = &shown.debrief;
    let view = &debrief.view;
    let manifest = &view.variant.manifest;
    let title = Line::from(vec![
        Span::styled(canvas.tr("ui-debrief"), canvas.theme.strong()),
        Span::styled(format!("   {}", manifest.title.get(canvas.lang)), canvas.theme.quiet()),
    ]);
    let body = header(canvas, area, &title);
    canvas.keys(foot(area), 0, &KEYS);
    let width = (body.width - 6).min(WIDEST);
    let inside = Rect { x: body.x + (body.width - width) / 2, width, ..body };
    let mut flow = Flow::new(width);
    // Whoever gave up wants the way first.
    if view.phase == Phase::GivenUp {
        flow.line(Line::default());
        flow.text(&canvas.tr("ui-debrief-gave-up"), canvas.theme.text());
        ways(canvas, &mut flow, &view.variant, shown.has_details);
    } else {
        score(canvas, &mut flow, view);
    }
    verdicts(canvas, &mut flow, debrief);
    desk(canvas, &mut flow, view);
    timeline(canvas, &mut flow, manifest, &debrief.timeline);
    if view.phase != Phase::GivenUp {
        ways(canvas, &mut flow, &view.variant, shown.has_details);
    }
    reading(canvas, &mut flow, manifest);
    jury(canvas, &mut flow, manifest);
    canvas.scrolled(inside, &flow, shown.scroll);
}

fn section(canvas: &Canvas, flow: &mut Flow, key: &str) {
    flow.gap();
    flow.line(Line::styled(canvas.tr(key), canvas.theme.accent()));
    flow.line(Line::styled("─".repeat(flow.width()), canvas.theme.quiet()));
}

fn score(canvas: &Canvas, flow: &mut Flow, view: &View) {
    const CELLS: usize = 30;
    let theme = canvas.theme;
    let is_good = view.earned * 4 >= view.total * 3;
    let style = if is_good { theme.good() } else { theme.warning() };
    flow.line(Line::default());
    let full = usize::try_from(view.earned).unwrap_or(0) * CELLS / usize::try_from(view.total.max(1)).unwrap_or(1);
    let score = canvas.say(&msg!("ui-debrief-score", earned = view.earned, total = view.total));
    flow.line(Line::from(vec![
        Span::styled(format!("{score}   "), style.add_modifier(ratatui::style::Modifier::BOLD)),
        Span::styled("█".repeat(full.min(CELLS)), style),
        Span::styled("░".repeat(CELLS - full.min(CELLS)), theme.quiet()),
    ]));
    let time = canvas.say(&msg!("ui-debrief-time", clock = clock(view.elapsed), hints = view.hints.len()));
    flow.text(&time, theme.quiet());
}

fn verdicts(canvas: &Canvas, flow: &mut Flow, debrief: &Debrief) {
    let view = &debrief.view;
    let manifest = &view.variant.manifest;
    section(canvas, flow, "ui-debrief-checked");
    let criteria = manifest.criteria.iter().map(|c| (&c.id, &c.title, c.points, &c.look));
    let questions = manifest.questions.iter().map(|q| (&q.id, &q.ask, q.points, &q.look));
    for (id, title, points, look) in criteria.chain(questions) {
        if let Some((_, why)) = view.left_out.iter().find(|(left_out, _)| left_out == id) {
            let text = canvas.say(&msg!("ui-left-out", why = why.clone()));
            flow.paragraph(
                "",
                "  ",
                vec![
                    (title.get(canvas.lang).to_owned(), canvas.theme.quiet()),
                    (format!(" · {text}"), canvas.theme.quiet()),
                ],
            );
            continue;
        }
        heading(canvas, flow, view, id, title.get(canvas.lang), points);
        let Some(verdict) = view.verdicts.iter().find(|verdict| &verdict.id == id) else { continue };
        match debrief.right_answers.get(id) {
            Some(right) => labelled(canvas, flow, "ui-right-answer", &canvas.say(right), canvas.theme.text()),
            None => explain(canvas, flow, view, verdict),
        }
        if let Some(look) = look.as_ref().filter(|_| verdict.status != Status::Pass) {
            labelled(canvas, flow, "ui-look", look.get(canvas.lang), canvas.theme.quiet());
        }
        flow.gap();
    }
}

/// The ticket's qualification and the report, as they were handed in.
fn desk(canvas: &Canvas, flow: &mut Flow, view: &View) {
    let verdicts = view.desk_verdicts();
    if verdicts.is_empty() {
        return;
    }
    let theme = canvas.theme;
    section(canvas, flow, "ui-debrief-desk");
    let right = verdicts.iter().filter(|verdict| verdict.status == Status::Pass).count();
    flow.text(&canvas.say(&msg!("desk-score", right = right, all = verdicts.len())), theme.strong());
    for verdict in &verdicts {
        let mark = Mark::Is(verdict.status);
        for finding in &verdict.findings {
            let first = vec![Span::styled(format!("{} ", theme.glyph(mark)), theme.mark(mark))];
            let expected = canvas.say(&finding.expected);
            let found = canvas.say(&finding.found);
            let text = match verdict.status {
                Status::Pass => format!("{} : {expected}", canvas.tr(&finding.field)),
                _ => canvas.say(&msg!(
                    "ui-debrief-desk-wrong",
                    field = Message::new(&finding.field),
                    expected = expected,
                    found = found
                )),
            };
            flow.styled(first, "  ", vec![(text, theme.text())]);
        }
    }
    flow.gap();
}

/// What happened, in order.
fn timeline(canvas: &Canvas, flow: &mut Flow, manifest: &Manifest, moments: &[Moment]) {
    if moments.is_empty() {
        return;
    }
    let theme = canvas.theme;
    section(canvas, flow, "ui-debrief-timeline");
    for moment in moments {
        let (glyph, style, text) = match &moment.turn {
            Turn::Met(id) => (theme.glyph(Mark::Is(Status::Pass)), theme.good(), title(canvas, manifest, id)),
            Turn::Lost(id) => (theme.glyph(Mark::Lost), theme.mark(Mark::Lost), title(canvas, manifest, id)),
            Turn::Hint(index) => ("·", theme.accent(), canvas.say(&msg!("ui-turn-hint", n = index + 1))),
            Turn::Answered(id) => {
                ("·", theme.text(), canvas.say(&msg!("ui-turn-answered", question = title(canvas, manifest, id))))
            }
            Turn::Reset(Some(machine)) => ("·", theme.quiet(), canvas.say(&msg!("ui-turn-reset", machine = machine))),
            Turn::Reset(None) => ("·", theme.quiet(), canvas.tr("ui-turn-reset-all")),
            Turn::StandGone => ("·", theme.quiet(), canvas.tr("ui-turn-gone")),
        };
        let first = vec![
            Span::styled(format!("{:>7}  ", clock(moment.work)), theme.quiet()),
            Span::styled(format!("{glyph} "), style),
        ];
        flow.styled(first, "           ", vec![(text, theme.text())]);
    }
}

fn title(canvas: &Canvas, manifest: &Manifest, id: &str) -> String {
    let criteria = manifest.criteria.iter().map(|c| (&c.id, &c.title));
    let questions = manifest.questions.iter().map(|q| (&q.id, &q.ask));
    let found = criteria.chain(questions).find(|(known, _)| *known == id);
    found.map_or_else(|| id.to_owned(), |(_, title)| title.get(canvas.lang).to_owned())
}

fn ways(canvas: &Canvas, flow: &mut Flow, variant: &Variant, has_details: bool) {
    let manifest = &variant.manifest;
    if manifest.solutions.is_empty() {
        return;
    }
    section(canvas, flow, "ui-debrief-ways");
    for solution in &manifest.solutions {
        let note = solution.note.as_ref().map_or(String::new(), |note| format!(" : {}", note.get(canvas.lang)));
        let first = vec![Span::styled("• ", canvas.theme.accent())];
        flow.styled(first, "  ", vec![(solution.name.clone(), canvas.theme.strong()), (note, canvas.theme.text())]);
        if has_details {
            commands(canvas, flow, variant, solution);
        }
    }
    if !has_details {
        flow.text(&canvas.tr("ui-debrief-details"), canvas.theme.quiet());
    }
}

/// The commands of a way, as its proof runs them: each machine's, or what answers each question.
fn commands(canvas: &Canvas, flow: &mut Flow, variant: &Variant, solution: &Solution) {
    let theme = canvas.theme;
    for (place, script) in solution.run.iter().chain(&solution.answer) {
        let Some(body) = variant.scripts.get(script) else { continue };
        flow.line(Line::styled(format!("  {place}"), theme.quiet()));
        for line in body.trim_end().lines() {
            let style = if line.trim_start().starts_with('#') { theme.quiet() } else { theme.text() };
            flow.styled(vec![Span::styled("  │ ", theme.quiet())], "  │     ", vec![(line.to_owned(), style)]);
        }
        flow.gap();
    }
}

fn reading(canvas: &Canvas, flow: &mut Flow, manifest: &Manifest) {
    if manifest.read.is_empty() {
        return;
    }
    section(canvas, flow, "ui-debrief-read");
    for page in &manifest.read {
        flow.styled(vec![Span::styled("• ", canvas.theme.accent())], "  ", vec![(page.clone(), canvas.theme.text())]);
    }
}

fn jury(canvas: &Canvas, flow: &mut Flow, manifest: &Manifest) {
    if manifest.observations.is_empty() {
        return;
    }
    section(canvas, flow, "ui-debrief-jury");
    flow.text(&canvas.tr("ui-debrief-jury-text"), canvas.theme.quiet());
    for line in &manifest.observations {
        let pieces = vec![(line.text.get(canvas.lang).to_owned(), canvas.theme.text())];
        flow.styled(vec![Span::styled("□ ", canvas.theme.quiet())], "  ", pieces);
    }
}
