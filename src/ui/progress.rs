//! A stand coming up, going back, going down: a line for each step.

use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::canvas::Canvas;
use super::header;
use super::text::{Flow, clock};
use crate::app::state::Progress;

const SPINNER: [&str; 4] = ["◐", "◓", "◑", "◒"];

pub(super) fn draw(canvas: &mut Canvas, area: Rect, progress: &Progress) {
    let theme = canvas.theme;
    let title = Line::styled(canvas.say(&progress.title), theme.strong());
    let body = header(canvas, area, &title);
    let inside = Rect { x: body.x + 3, y: body.y + 1, width: body.width - 6, height: body.height - 1 };
    let mut flow = Flow::new(inside.width);
    let last = progress.steps.len().saturating_sub(1);
    for (place, step) in progress.steps.iter().enumerate() {
        let text = canvas.say(step);
        let (mark, mark_style, style) = if place == last {
            (spinner(progress.seconds, theme.has_unicode), theme.accent(), theme.text())
        } else {
            ("✔", theme.good(), theme.quiet())
        };
        let mark = if mark == "✔" && !theme.has_unicode { "+" } else { mark };
        flow.styled(vec![Span::styled(format!("{mark} "), mark_style)], "  ", vec![(text, style)]);
    }
    if progress.steps.is_empty() {
        flow.text(&canvas.tr("ui-progress-wait"), theme.quiet());
    }
    canvas.scrolled(inside, &flow, u16::MAX);
    let time = Line::styled(clock(std::time::Duration::from_secs(progress.seconds)), theme.quiet());
    canvas.right(super::foot(area), 0, &time);
}

fn spinner(seconds: u64, has_unicode: bool) -> &'static str {
    if !has_unicode {
        return ">";
    }
    SPINNER[usize::try_from(seconds % 4).unwrap_or(0)]
}
