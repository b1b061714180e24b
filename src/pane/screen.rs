//! What a terminal shows at one moment, frozen, so that drawing needs nothing else.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The shape a program asked for its cursor (DECSCUSR).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CursorShape {
    /// A full cell.
    #[default]
    Block,
    /// A line below.
    Underline,
    /// A line at the left.
    Bar,
}

/// Where the cursor is, in cells from the top left corner, and how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Column and row.
    pub position: Position,
    /// Its shape.
    pub shape: CursorShape,
}

/// A frozen screen. Draw it with `frame.render_widget(&screen, area)`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Screen {
    /// The cells, their area at (0, 0).
    pub cells: Buffer,
    /// None when the program hides it, or it is scrolled out of sight.
    pub cursor: Option<Cursor>,
    /// How many lines back the view is scrolled; 0 shows the newest.
    pub scrolled: usize,
    /// How many lines there are to scroll back to.
    pub history: usize,
}

impl Screen {
    /// Where the real terminal's cursor belongs when this is drawn in `area`.
    #[must_use]
    pub fn cursor_in(&self, area: Rect) -> Option<Position> {
        let at = self.cursor?.position;
        (at.x < area.width && at.y < area.height).then(|| Position::new(area.x + at.x, area.y + at.y))
    }

    /// The text of one row, without the blanks at its end; empty beyond the last.
    #[must_use]
    pub fn row(&self, row: u16) -> String {
        let mut text = String::new();
        let mut column = 0;
        while column < self.cells.area.width {
            let Some(cell) = self.cells.cell((column, row)) else { break };
            text.push_str(cell.symbol());
            column += super::widget::width(cell);
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// All rows, one line each.
    #[must_use]
    pub fn text(&self) -> String {
        (0..self.cells.area.height).map(|row| self.row(row) + "\n").collect()
    }
}
