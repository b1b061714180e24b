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

#[cfg(test)]
mod tests {
    use crossterm::event::KeyModifiers;

    use super::*;
    use crate::pane::Size;

    const AREA: Rect = Rect { x: 10, y: 5, width: 20, height: 4 };
    const LEFT: MouseButton = MouseButton::Left;

    fn event(kind: MouseEventKind, column: u16, row: u16) -> MouseEvent {
        MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE }
    }

    fn at(seen: Option<MouseEvent>) -> Option<(u16, u16)> {
        seen.map(|event| (event.column, event.row))
    }

    #[test]
    fn events_are_seen_from_the_corner_of_the_area() {
        let mut pointer = Pointer::default();
        assert_eq!(at(pointer.within(event(MouseEventKind::Moved, 12, 6), AREA)), Some((2, 1)));
        assert_eq!(at(pointer.within(event(MouseEventKind::Moved, 9, 6), AREA)), None);
        assert_eq!(at(pointer.within(event(MouseEventKind::ScrollUp, 30, 6), AREA)), None);
        assert_eq!(at(pointer.within(event(MouseEventKind::Moved, 12, 6), Rect::ZERO)), None);
    }

    #[test]
    fn a_drag_that_began_inside_is_followed_outside() {
        let mut pointer = Pointer::default();
        assert_eq!(at(pointer.within(event(MouseEventKind::Drag(LEFT), 0, 0), AREA)), None);
        pointer.within(event(MouseEventKind::Down(LEFT), 12, 6), AREA);
        assert_eq!(at(pointer.within(event(MouseEventKind::Drag(LEFT), 0, 99), AREA)), Some((0, 3)));
        assert_eq!(at(pointer.within(event(MouseEventKind::Up(LEFT), 99, 0), AREA)), Some((19, 0)));
        assert_eq!(at(pointer.within(event(MouseEventKind::Drag(LEFT), 0, 0), AREA)), None);
    }

    #[test]
    fn one_press_selects_cells_two_a_word_three_a_line() {
        let mut emulator = Emulator::new(Size { cols: 20, rows: 2 });
        emulator.feed(b"ip address show");
        let mut pointer = Pointer::default();
        let now = Instant::now();
        let mut press = |after: u64, column| {
            let when = now + Duration::from_millis(after);
            pointer.select(event(MouseEventKind::Down(LEFT), column, 0), when, &mut emulator);
            emulator.selected()
        };
        assert_eq!(press(0, 5), None);
        assert_eq!(press(100, 5).as_deref(), Some("address"));
        assert_eq!(press(200, 5).as_deref(), Some("ip address show\n"));
        assert_eq!(press(300, 5), None, "the fourth begins anew");
        assert_eq!(press(900, 5), None, "too late to be the second");
        assert_eq!(press(950, 6), None, "elsewhere");
    }

    #[test]
    fn dragging_either_way_selects_what_it_went_over() {
        let mut emulator = Emulator::new(Size { cols: 20, rows: 2 });
        emulator.feed(b"ip address show");
        let mut pointer = Pointer::default();
        let now = Instant::now();
        pointer.select(event(MouseEventKind::Down(LEFT), 3, 0), now, &mut emulator);
        pointer.select(event(MouseEventKind::Drag(LEFT), 9, 0), now, &mut emulator);
        assert_eq!(emulator.selected().as_deref(), Some("address"));
        pointer.select(event(MouseEventKind::Drag(LEFT), 0, 0), now, &mut emulator);
        assert_eq!(emulator.selected().as_deref(), Some("ip "));
    }
}
