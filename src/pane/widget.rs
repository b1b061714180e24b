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
pub(super) fn width(cell: &Cell) -> u16 {
    let symbol = cell.symbol();
    if symbol.len() == 1 { 1 } else { u16::try_from(symbol.width()).unwrap_or(1).max(1) }
}
