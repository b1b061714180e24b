//! The help of each screen: what it is for, its keys.

use ratatui::layout::Rect;
use ratatui::text::Span;

use super::canvas::Canvas;
use super::layer::window;
use super::text::{Flow, fitted};
use crate::app::state::Screen;

/// A key (a name, or a key of the locale files) and what it does.
type Row = (&'static str, &'static str);

const MAP: &[Row] = &[
    ("↑ ↓ ← →", "ui-help-map-arrows"),
    ("1 … 9", "ui-help-map-digits"),
    ("ui-key-enter", "ui-help-map-enter"),
    ("s", "ui-help-map-suggested"),
    ("q", "ui-help-quit"),
];
const LAB: &[Row] = &[
    ("ui-key-enter", "ui-help-lab-enter"),
    ("a", "ui-help-lab-abandon"),
    ("↑ ↓", "ui-help-scroll"),
    ("ui-key-esc", "ui-help-back"),
];
const WORK: &[Row] = &[
    ("F3", "ui-help-work-hint"),
    ("F4", "ui-help-work-desk"),
    ("F5", "ui-help-work-check"),
    ("F6", "ui-help-work-switch"),
    ("F12", "ui-help-work-leave"),
    ("F7  Alt-1…9", "ui-help-work-shells"),
    ("F8", "ui-help-work-new"),
    ("F9", "ui-help-work-reset"),
    ("F10", "ui-help-work-finish"),
    ("F11", "ui-help-work-zoom"),
    ("1 … 6  ← →", "ui-help-work-tabs"),
    ("ui-key-shift-page-up", "ui-help-work-history"),
    ("Alt-/", "ui-help-work-search"),
    ("Alt-- Alt-+", "ui-help-work-split"),
    ("ui-key-mouse", "ui-help-work-copy"),
    ("ui-key-esc", "ui-help-work-aside"),
];
const DEBRIEF: &[Row] = &[
    ("↑ ↓", "ui-help-scroll"),
    ("c", "ui-help-debrief-details"),
    ("a", "ui-help-debrief-another"),
    ("e", "ui-help-debrief-export"),
    ("ui-key-esc", "ui-help-debrief-back"),
];
const EVERYWHERE: &[Row] = &[("Ctrl-P", "ui-help-palette"), ("F1  ?", "ui-help-help"), ("F2", "ui-help-language")];

pub(super) fn draw(canvas: &mut Canvas, area: Rect, screen: &Screen, offset: u16) {
    let (about, rows) = match screen {
        Screen::Map => ("ui-help-map", MAP),
        Screen::Lab(_) => ("ui-help-lab", LAB),
        Screen::Progress(_) => ("ui-help-progress", &[] as &[Row]),
        Screen::Work(_) => ("ui-help-work", WORK),
        Screen::Debrief(_) => ("ui-help-debrief", DEBRIEF),
    };
    let width = 74.min(area.width - 2);
    let mut flow = Flow::new(width - 6);
    flow.text(&canvas.tr(about), canvas.theme.text());
    flow.gap();
    for (key, label) in rows.iter().chain(EVERYWHERE) {
        let name = fitted(&canvas.key_name(key), 12);
        let text = canvas.tr(label);
        let first = vec![Span::styled(name, canvas.theme.accent())];
        flow.styled(first, &" ".repeat(12), vec![(text, canvas.theme.text())]);
    }
    let height = u16::try_from(flow.lines.len()).unwrap_or(u16::MAX).saturating_add(4);
    let title = canvas.tr("ui-help-title");
    let inside = window(canvas, area, (width, height), &title, canvas.theme.accent());
    canvas.hit(area, crate::app::action::Command::Back);
    canvas.scrolled(Rect { y: inside.y + 1, height: inside.height.saturating_sub(2), ..inside }, &flow, offset);
}
