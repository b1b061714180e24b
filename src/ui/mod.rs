//! Draws the state. Each screen is a function of what it shows; nothing here changes anything.

mod ascii;
mod canvas;
mod debrief;
mod drawing;
mod help;
mod lab;
mod layer;
mod map;
mod markdown;
mod palette;
mod progress;
mod text;
pub mod theme;
mod work;

#[cfg(test)]
mod tests;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use canvas::Canvas;
pub use canvas::Drawn;
use text::{Flow, clipped};
use theme::Theme;

use crate::app::action::{Command, ShellId};
use crate::app::state::{Screen, State};
use crate::msg;

/// The smallest terminal the screens fit in: columns, rows.
const SMALLEST: (u16, u16) = (60, 20);

/// Whoever can draw a shell's screen.
pub trait Shells {
    /// Draws it; returns where its cursor is, if it shows one.
    fn draw(&self, id: ShellId, area: Rect, buffer: &mut Buffer) -> Option<Position>;
}

/// Draws a frame.
pub fn draw(frame: &mut Frame, state: &State, shells: &dyn Shells, theme: Theme) -> Drawn {
    let mut canvas = Canvas::new(frame, state.lang, theme, &state.keys);
    let area = canvas.area();
    canvas.drawn.width = area.width;
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        too_small(&mut canvas, area);
    } else {
        match &state.screen {
            Screen::Map => map::draw(&mut canvas, area, &state.shelf, state.map),
            Screen::Lab(lab) => lab::draw(&mut canvas, area, &lab.page, lab.scroll),
            Screen::Progress(progress) => progress::draw(&mut canvas, area, progress),
            Screen::Work(work) => work::draw(&mut canvas, area, work, shells),
            Screen::Debrief(debrief) => debrief::draw(&mut canvas, area, debrief),
        }
        if let Some((notice, _)) = &state.notice {
            show_notice(&mut canvas, area, notice);
        }
        for layer in &state.layers {
            layer::draw(&mut canvas, area, layer, &state.screen);
        }
        if let Some(open) = &state.palette {
            palette::draw(&mut canvas, area, open);
        }
    }
    let drawn = canvas.drawn;
    theme.paint(frame.buffer_mut());
    if !theme.has_unicode {
        ascii::fold(frame.buffer_mut());
    }
    drawn
}

fn too_small(canvas: &mut Canvas, area: Rect) {
    let message = msg!("ui-too-small", width = area.width, height = area.height);
    let mut flow = Flow::new(area.width.max(1));
    flow.text(&canvas.say(&message), canvas.theme.text());
    for (row, line) in (0..area.height).zip(&flow.lines) {
        canvas.line(area, row, line);
    }
}

/// The first row of every screen, and the rule under it; returns what is between it and the row of keys.
fn header(canvas: &mut Canvas, area: Rect, title: &Line) -> Rect {
    let (accent, quiet) = (canvas.theme.accent(), canvas.theme.quiet());
    let lang = canvas.lang.code().to_uppercase();
    let inside = Rect { x: area.x + 1, width: area.width - 2, ..area };
    let tools =
        vec![Span::styled("F2 ", accent), Span::styled(lang, quiet), Span::styled("  F1 ", accent), Span::raw("?")];
    let place = canvas.right(inside, 0, &Line::from(tools));
    canvas.hit(Rect { width: 5, ..place }, Command::Language);
    canvas.hit(Rect { x: place.x + 5, width: place.width - 5, ..place }, Command::Help);
    let room = Rect { width: inside.width.saturating_sub(place.width + 2), ..inside };
    canvas.line(room, 0, title);
    canvas.rule(area, 1);
    canvas.rule(area, area.height - 2);
    Rect { y: area.y + 2, height: area.height - 4, ..area }
}

/// The last row of a screen, a column of air at each side.
fn foot(area: Rect) -> Rect {
    Rect { x: area.x + 1, y: area.bottom() - 1, width: area.width - 2, height: 1 }
}

fn show_notice(canvas: &mut Canvas, area: Rect, notice: &crate::i18n::Message) {
    let text = clipped(&canvas.say(notice), usize::from(area.width.saturating_sub(6)));
    let style = canvas.theme.accent().add_modifier(ratatui::style::Modifier::REVERSED);
    let row = area.height.saturating_sub(2);
    canvas.right(Rect { width: area.width - 2, ..area }, row, &Line::styled(format!(" {text} "), style));
}
