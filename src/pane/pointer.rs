//! The mouse, where the program didn't ask for it: selecting text, and how far the wheel goes.

use std::time::{Duration, Instant};

use alacritty_terminal::index::Side;
use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::{Emulator, Grain};

/// Presses at one place within this time are one gesture.
const DOUBLE: Duration = Duration::from_millis(400);
/// What one notch of the wheel scrolls.
const NOTCH: i32 = 3;

/// The state of the left button.
#[derive(Debug, Default)]
pub(super) struct Pointer {
    /// When and where it was last pressed.
    pressed: Option<(Instant, Position)>,
    /// Presses of the gesture: 1, 2 or 3.
    presses: u8,
    held: bool,
}

impl Pointer {
    /// The event as seen from the area's corner; none outside, unless a button pressed inside is still held.
    pub(super) fn within(&mut self, mut event: MouseEvent, area: Rect) -> Option<MouseEvent> {
        if area.is_empty() {
            return None;
        }
        let inside = area.contains(Position::new(event.column, event.row));
        let held = self.held;
        match event.kind {
            MouseEventKind::Down(_) => self.held = inside,
            MouseEventKind::Up(_) => self.held = false,
            _ => {}
        }
        let follows = held && matches!(event.kind, MouseEventKind::Drag(_) | MouseEventKind::Up(_));
        event.column = event.column.clamp(area.x, area.right() - 1) - area.x;
        event.row = event.row.clamp(area.y, area.bottom() - 1) - area.y;
        (inside || follows).then_some(event)
    }

    /// Selects with the left button. Whether the screen changed.
    pub(super) fn select(&mut self, event: MouseEvent, now: Instant, emulator: &mut Emulator) -> bool {
        let at = Position::new(event.column, event.row);
        match event.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                let grain = self.press(at, now);
                emulator.select(at.x, at.y, Side::Left, grain);
                true
            }
            MouseEventKind::Drag(MouseButton::Left) => {
                let Some((_, from)) = self.pressed else { return false };
                let side = if (at.y, at.x) < (from.y, from.x) { Side::Left } else { Side::Right };
                emulator.select_to(at.x, at.y, side);
                true
            }
            _ => false,
        }
    }

    fn press(&mut self, at: Position, now: Instant) -> Grain {
        let again = self.pressed.is_some_and(|(when, place)| place == at && now.duration_since(when) < DOUBLE);
        self.presses = if again { self.presses % 3 + 1 } else { 1 };
        self.pressed = Some((now, at));
        match self.presses {
            1 => Grain::Cell,
            2 => Grain::Word,
            _ => Grain::Line,
        }
    }
}

/// The lines a turn of the wheel scrolls back, if it is one.
pub(super) fn wheel(kind: MouseEventKind) -> Option<i32> {
    match kind {
        MouseEventKind::ScrollUp => Some(NOTCH),
        MouseEventKind::ScrollDown => Some(-NOTCH),
        _ => None,
    }
}
