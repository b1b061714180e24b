//! Drawing a frozen screen.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

use super::Screen;

impl Widget for &Screen {
    /// Draws the top left part that fits; what the screen doesn't cover stays as it was.
    fn render(self, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        let width = area.width.min(self.cells.area.width);
        for row in 0..area.height.min(self.cells.area.height) {
            for column in 0..width {
                let cell = &self.cells[(column, row)];
                let target = &mut buffer[(area.x + column, area.y + row)];
                target.clone_from(cell);
                if column + 1 == width && self::width(cell) > 1 {
                    // Half of a wide character would draw over whatever is at the right.
                    target.set_symbol(" ");
                }
            }
        }
    }
}

/// How many columns a cell's symbol takes; never 0.
pub(crate) fn width(cell: &Cell) -> u16 {
    let symbol = cell.symbol();
    if symbol.len() == 1 { 1 } else { u16::try_from(symbol.width()).unwrap_or(1).max(1) }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Modifier;

    use super::*;
    use crate::pane::{Emulator, Size};

    fn drawn(text: &str, area: Rect) -> Buffer {
        let mut emulator = Emulator::new(Size { cols: 6, rows: 2 });
        emulator.feed(text.as_bytes());
        let mut buffer = Buffer::filled(Rect::new(0, 0, 10, 4), Cell::new("·"));
        emulator.screen().render(area, &mut buffer);
        buffer
    }

    fn row(buffer: &Buffer, row: u16) -> String {
        (0..buffer.area.width).map(|column| buffer[(column, row)].symbol()).collect()
    }

    #[test]
    fn it_is_drawn_in_its_area_only() {
        let buffer = drawn("abc\r\n\x1b[1mdef", Rect::new(2, 1, 6, 2));
        assert_eq!([0, 1, 2, 3].map(|y| row(&buffer, y)), ["··········", "··abc   ··", "··def   ··", "··········"]);
        assert!(buffer[(2, 2)].modifier.contains(Modifier::BOLD));
    }

    #[test]
    fn an_area_that_is_too_small_or_outside_cuts_it() {
        assert_eq!(row(&drawn("abcdef", Rect::new(0, 0, 3, 1)), 0), "abc·······");
        assert_eq!(row(&drawn("abcdef", Rect::new(8, 3, 6, 2)), 3), "········ab");
        drawn("abcdef", Rect::new(50, 50, 6, 2));
        drawn("abcdef", Rect::ZERO);
    }

    #[test]
    fn half_of_a_wide_character_is_not_drawn() {
        assert_eq!(row(&drawn("ab日本", Rect::new(0, 0, 5, 1)), 0), "ab日  ·····");
        assert_eq!(row(&drawn("ab日本", Rect::new(0, 0, 3, 1)), 0), "ab ·······");
    }
}
