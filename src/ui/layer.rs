//! What lies over a screen: help, a question, an error, a hint.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Widget as _};

use super::canvas::{Canvas, Key};
use super::help;
use super::text::Flow;
use crate::app::action::Command;
use crate::app::state::{Layer, Question, Screen};
use crate::i18n::Message;
use crate::msg;

const AGREE: [Key; 2] =
    [Key::new("ui-key-enter", "ui-key-yes", Command::Accept), Key::new("ui-key-esc", "ui-key-no", Command::Back)];
const CLOSE: [Key; 1] = [Key::new("ui-key-esc", "ui-key-close", Command::Back)];

pub(super) fn draw(canvas: &mut Canvas, area: Rect, layer: &Layer, screen: &Screen) {
    canvas.fade();
    canvas.drawn.hits.clear();
    let theme = canvas.theme;
    match layer {
        Layer::Help(offset) => help::draw(canvas, area, screen, *offset),
        Layer::Confirm(question) => {
            let (title, text) = words(question, screen);
            let text = canvas.say(&text);
            let mut keys = AGREE.to_vec();
            if matches!(question, Question::Reset(Some(_))) && has_several_machines(screen) {
                keys.push(Key::new("t", "ui-key-all-machines", Command::ResetAll));
            }
            if *question == Question::Finish {
                keys.push(Key::new("s", "ui-key-solution", Command::GiveUp));
            }
            frame(canvas, area, title, &text, theme.accent(), &keys);
        }
        Layer::Told(what) => {
            let text = canvas.say(what);
            frame(canvas, area, "ui-told", &text, theme.good(), &CLOSE);
        }
        Layer::Error(what) => {
            let text = what.get(canvas.lang).to_owned();
            frame(canvas, area, "ui-error", &text, theme.bad(), &CLOSE);
        }
        Layer::Hint(index) => {
            let text = hint(canvas, *index, screen).unwrap_or_default();
            frame(canvas, area, "ui-hint", &text, theme.accent(), &CLOSE);
        }
    }
}

fn has_several_machines(screen: &Screen) -> bool {
    matches!(screen, Screen::Work(work) if work.view.variant.manifest.stand.machines.len() > 1)
}

fn hint(canvas: &Canvas, index: usize, screen: &Screen) -> Option<String> {
    let Screen::Work(work) = screen else { return None };
    Some(work.view.variant.manifest.hints.get(index)?.text.get(canvas.lang).to_owned())
}

/// A question's title and text.
fn words(question: &Question, screen: &Screen) -> (&'static str, Message) {
    match question {
        Question::Hint(index) => {
            let cost = match screen {
                Screen::Work(work) => work.view.variant.manifest.hints.get(*index).map_or(0, |hint| hint.cost),
                _ => 0,
            };
            ("ui-ask-hint", msg!("ui-ask-hint-text", cost = cost))
        }
        Question::Reset(Some(machine)) => ("ui-ask-reset", msg!("ui-ask-reset-text", machine = machine)),
        Question::Reset(None) => ("ui-ask-reset", msg!("ui-ask-reset-all")),
        Question::Abandon(_) => ("ui-ask-abandon", msg!("ui-ask-abandon-text")),
        Question::Renew(_) => ("ui-ask-renew", msg!("ui-ask-renew-text")),
        Question::GiveUp => ("ui-ask-give-up", msg!("ui-ask-give-up-text")),
        Question::Finish => ("ui-ask-finish", msg!("ui-ask-finish-text")),
        Question::Leave => ("ui-ask-leave", msg!("ui-ask-leave-text")),
    }
}

fn frame(canvas: &mut Canvas, area: Rect, title: &str, text: &str, style: Style, keys: &[Key]) {
    let width = 64.min(area.width - 4);
    let mut flow = Flow::new(width - 6);
    flow.text(text, canvas.theme.text());
    let rows = u16::try_from(flow.lines.len()).unwrap_or(u16::MAX).min(area.height - 8);
    let title = canvas.tr(title);
    let inside = window(canvas, area, (width, rows + 6), &title, style);
    canvas.scrolled(Rect { y: inside.y + 1, height: rows, ..inside }, &flow, 0);
    canvas.keys(inside, inside.height - 2, keys);
}

/// A window in the middle; returns what is inside.
pub(super) fn window(canvas: &mut Canvas, area: Rect, size: (u16, u16), title: &str, style: Style) -> Rect {
    let (width, height) = (size.0.min(area.width), size.1.min(area.height));
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    Clear.render(place, canvas.buffer());
    let inside = canvas.framed(place, Line::styled(format!(" {title} "), style), true);
    Rect { x: inside.x + 1, width: inside.width.saturating_sub(2), ..inside }
}
