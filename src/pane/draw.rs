//! From the emulator's cells to a frozen screen.

use alacritty_terminal::grid::Dimensions;
use alacritty_terminal::index::Point;
use alacritty_terminal::selection::SelectionRange;
use alacritty_terminal::term::cell::{Cell as Source, Flags};
use alacritty_terminal::term::color::Colors;
use alacritty_terminal::term::point_to_viewport;
use alacritty_terminal::vte::ansi::{Color as Ink, CursorShape as Shape, NamedColor};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier};

use super::screen::{Cursor, CursorShape};
use super::{Emulator, Screen, widget};

/// Combining marks drawn over one character; more are not writing.
const MARKS: usize = 8;

impl Emulator {
    /// The screen as it is now.
    #[must_use]
    pub fn screen(&self) -> Screen {
        let mut screen = Screen::default();
        self.draw(&mut screen);
        screen
    }

    /// The same, into a screen that is no longer needed: spares its memory.
    pub fn draw(&self, screen: &mut Screen) {
        let size = self.size();
        let area = Rect::new(0, 0, size.cols, size.rows);
        screen.cells.resize(area);
        let content = self.term().renderable_content();
        screen.scrolled = content.display_offset;
        screen.history = self.term().history_size();
        for indexed in content.display_iter {
            let Some(target) =
                position(content.display_offset, indexed.point).and_then(|position| screen.cells.cell_mut(position))
            else {
                continue;
            };
            paint(target, indexed.cell, content.colors);
            if is_selected(content.selection, &indexed.point, indexed.cell) {
                target.modifier.toggle(Modifier::REVERSED);
            }
        }
        cut_wide_halves(&mut screen.cells);
        screen.cursor = shape(content.cursor.shape).and_then(|shape| {
            let position = position(content.display_offset, content.cursor.point)?;
            area.contains(position).then_some(Cursor { position, shape })
        });
    }
}

fn position(offset: usize, point: Point) -> Option<Position> {
    let seen = point_to_viewport(offset, point)?;
    Some(Position::new(u16::try_from(seen.column.0).ok()?, u16::try_from(seen.line).ok()?))
}

fn shape(shape: Shape) -> Option<CursorShape> {
    match shape {
        Shape::Hidden => None,
        Shape::Underline => Some(CursorShape::Underline),
        Shape::Beam => Some(CursorShape::Bar),
        Shape::Block | Shape::HollowBlock => Some(CursorShape::Block),
    }
}

fn is_selected(selection: Option<SelectionRange>, point: &Point, cell: &Source) -> bool {
    selection.is_some_and(|range| {
        range.contains(*point) || (cell.flags.contains(Flags::WIDE_CHAR) && range.contains(next_column(*point)))
    })
}

fn next_column(mut point: Point) -> Point {
    point.column += 1;
    point
}

fn paint(target: &mut Cell, source: &Source, colors: &Colors) {
    target.reset();
    set_symbol(target, source);
    target.fg = color(source.fg, colors);
    target.bg = color(source.bg, colors);
    target.modifier = modifier(source);
}

fn set_symbol(target: &mut Cell, source: &Source) {
    // A tab stays in its first cell, as a mark for copying; it looks like a blank.
    if source.c == ' ' || source.c.is_control() {
        return;
    }
    target.set_char(source.c);
    let Some(marks) = source.zerowidth() else { return };
    let width = widget::width(target);
    let with_marks: String = std::iter::once(source.c).chain(marks.iter().take(MARKS).copied()).collect();
    target.set_symbol(&with_marks);
    // Some marks (the emoji selector, U+FE0F) change how wide the whole is taken to be, but the program counts without.
    if widget::width(target) != width {
        target.set_char(source.c);
    }
}

fn modifier(source: &Source) -> Modifier {
    const PAIRS: [(Flags, Modifier); 7] = [
        (Flags::INVERSE, Modifier::REVERSED),
        (Flags::BOLD, Modifier::BOLD),
        (Flags::DIM, Modifier::DIM),
        (Flags::ITALIC, Modifier::ITALIC),
        (Flags::ALL_UNDERLINES, Modifier::UNDERLINED),
        (Flags::STRIKEOUT, Modifier::CROSSED_OUT),
        (Flags::HIDDEN, Modifier::HIDDEN),
    ];
    let flags = source.flags;
    let drawn = PAIRS.iter().filter(|(flag, _)| flags.intersects(*flag)).map(|(_, modifier)| *modifier);
    drawn.fold(Modifier::empty(), Modifier::union)
}

/// Palette colours stay palette colours, so that they follow the person's own terminal; unless the program set them.
fn color(ink: Ink, colors: &Colors) -> Color {
    let index = match ink {
        Ink::Spec(rgb) => return Color::Rgb(rgb.r, rgb.g, rgb.b),
        Ink::Indexed(index) => usize::from(index),
        Ink::Named(named) => named as usize,
    };
    if let Some(rgb) = colors[index] {
        return Color::Rgb(rgb.r, rgb.g, rgb.b);
    }
    let first_dim = NamedColor::DimBlack as usize;
    match index {
        // The dim names are those of the first eight; the cell says dim by itself.
        _ if (first_dim..first_dim + 8).contains(&index) => palette_color(index - first_dim),
        _ => palette_color(index),
    }
}

fn palette_color(index: usize) -> Color {
    u8::try_from(index).map_or(Color::Reset, Color::Indexed)
}

/// Wide characters end as ratatui wants them: with a blank behind, in the same row. A program that wrote over one half
/// destroyed the other, and at the right edge there is no room for one.
fn cut_wide_halves(cells: &mut Buffer) {
    let width = usize::from(cells.area.width).max(1);
    for row in cells.content.chunks_mut(width) {
        for column in 0..row.len() {
            let whole =
                widget::width(&row[column]) == 1 || row.get(column + 1).is_some_and(|behind| behind.symbol() == " ");
            if !whole {
                row[column].set_symbol(" ");
            }
        }
    }
}
