//! Pictures of screens: a frame as an SVG that needs nothing but a monospace font, every character in its cell.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Position;
use ratatui::style::{Color, Modifier};

use crate::pane::{cell_width, palette};

/// A cell, in pixels. `DejaVu` Sans Mono is 0.602 em wide and 1.164 em high.
const CELL: (usize, usize) = (9, 17);
const FONT_SIZE: f32 = 14.95;
const FONTS: &str = "'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace";
/// From the top of a cell to its base line.
const BASE_LINE: usize = 14;
const MARGIN: usize = 12;
const TEXT: &str = "#d8dee4";
const BACKGROUND: &str = "#14171b";
/// The sixteen colours: xterm's own are hard to read on paper.
const SIXTEEN: [&str; 16] = [
    "#2e3436", "#e05252", "#6fae3d", "#cfa322", "#5590d6", "#ad7fa8", "#2fa8ab", "#d3d7cf", "#7c827d", "#f0716b",
    "#93d65a", "#f2de6b", "#83b4ee", "#cda3c9", "#5fd7da", "#f4f5f3",
];

/// A frame as a self-contained SVG document.
#[must_use]
pub fn svg(cells: &Buffer, cursor: Option<Position>, title: &str) -> String {
    let (cols, rows) = (usize::from(cells.area.width), usize::from(cells.area.height));
    let (width, height) = (cols * CELL.0 + 2 * MARGIN, rows * CELL.1 + 2 * MARGIN);
    let mut document = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" xml:space=\"preserve\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" font-family=\"{FONTS}\" font-size=\"{FONT_SIZE}\">\n<title>{}</title>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n",
        escaped(title)
    );
    for (row, line) in cells.content.chunks(cols.max(1)).enumerate() {
        for run in runs(line) {
            draw(&mut document, &run, row);
        }
    }
    if let Some(at) = cursor.filter(|at| usize::from(at.x) < cols && usize::from(at.y) < rows) {
        let (x, y) = corner(at.x.into(), at.y.into());
        rect(&mut document, (x, y), 1, TEXT, " fill-opacity=\".7\"");
    }
    document.push_str("</svg>\n");
    document
}

/// Neighbours that look the same.
struct Run<'a> {
    column: usize,
    width: usize,
    text: String,
    look: &'a Cell,
}

/// The runs of a row. Whatever a font may lack has a run of its own: what another font puts in its place may be wider,
/// and must not push its neighbours out of their cells.
fn runs(line: &[Cell]) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    let mut column = 0;
    while let Some(cell) = line.get(column) {
        let (symbol, width) = (cell.symbol(), usize::from(cell_width(cell)));
        match runs.last_mut() {
            Some(last) if is_plain(&last.text) && is_plain(symbol) && last.look.style() == cell.style() => {
                last.text.push_str(symbol);
                last.width += width;
            }
            _ => runs.push(Run { column, width, text: symbol.to_owned(), look: cell }),
        }
        column += width;
    }
    runs
}

/// Latin letters, lines and blocks: every monospace font has them.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' '..='\u{24f}' | '\u{2500}'..='\u{259f}'))
}

fn draw(document: &mut String, run: &Run<'_>, row: usize) {
    let look = run.look;
    let (mut ink, mut paper) = (color(look.fg), color(look.bg));
    if look.modifier.contains(Modifier::REVERSED) {
        (ink, paper) = (Some(paper.unwrap_or_else(|| BACKGROUND.into())), Some(ink.unwrap_or_else(|| TEXT.into())));
    }
    let (x, y) = corner(run.column, row);
    if let Some(paper) = paper {
        rect(document, (x, y), run.width, &paper, "");
    }
    let lined = look.modifier.intersects(Modifier::UNDERLINED | Modifier::CROSSED_OUT);
    if look.modifier.contains(Modifier::HIDDEN) || (run.text.trim().is_empty() && !lined) {
        return;
    }
    let ink = ink.unwrap_or_else(|| TEXT.into());
    let (baseline, length) = (y + BASE_LINE, run.width * CELL.0);
    // Writing into a String cannot fail.
    let _ = writeln!(
        document,
        "<text x=\"{x}\" y=\"{baseline}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{ink}\"{}>{}</text>",
        attributes(look.modifier),
        escaped(&run.text)
    );
}

fn corner(column: usize, row: usize) -> (usize, usize) {
    (MARGIN + column * CELL.0, MARGIN + row * CELL.1)
}

fn rect(document: &mut String, (x, y): (usize, usize), cols: usize, fill: &str, more: &str) {
    let (width, height) = (cols * CELL.0, CELL.1);
    let _ = writeln!(
        document,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\" shape-rendering=\"crispEdges\"{more}/>"
    );
}

fn attributes(modifier: Modifier) -> String {
    const PAIRS: [(Modifier, &str); 5] = [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::DIM, " fill-opacity=\".6\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
        (Modifier::CROSSED_OUT, " text-decoration=\"line-through\""),
    ];
    PAIRS.iter().filter(|(bit, _)| modifier.contains(*bit)).map(|(_, attribute)| *attribute).collect()
}

/// None: that of the text or of the background.
fn color(color: Color) -> Option<String> {
    let index = match color {
        Color::Reset => return None,
        Color::Rgb(r, g, b) => return Some(hex(r, g, b)),
        Color::Indexed(index) => index,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    Some(SIXTEEN.get(usize::from(index)).map_or_else(
        || {
            let rgb = palette::rgb(index.into());
            hex(rgb.r, rgb.g, rgb.b)
        },
        |named| (*named).to_owned(),
    ))
}

fn hex(r: u8, g: u8, b: u8) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    fn texts(line: &str, style: Style) -> Vec<String> {
        let mut cells = Buffer::empty(Rect::new(0, 0, 12, 1));
        cells.set_string(0, 0, line, style);
        let drawing = svg(&cells, None, "");
        drawing.lines().filter(|line| line.starts_with("<text")).map(str::to_owned).collect()
    }

    #[test]
    fn neighbours_of_one_look_are_one_text_of_an_exact_length() {
        let texts = texts("é│<a&b>", Style::new().bold().light_red());
        assert_eq!(
            texts,
            ["<text x=\"12\" y=\"26\" textLength=\"63\" lengthAdjust=\"spacingAndGlyphs\" fill=\"#f0716b\" \
                            font-weight=\"bold\">é│&lt;a&amp;b&gt;</text>"]
        );
    }

    #[test]
    fn what_a_font_may_lack_stands_alone_in_its_cells() {
        let texts = texts("a日✔b", Style::new().red());
        let starts: Vec<&str> = texts.iter().filter_map(|text| text.split(" lengthAdjust").next()).collect();
        assert_eq!(
            starts,
            [
                "<text x=\"12\" y=\"26\" textLength=\"9\"",
                "<text x=\"21\" y=\"26\" textLength=\"18\"",
                "<text x=\"39\" y=\"26\" textLength=\"9\"",
                "<text x=\"48\" y=\"26\" textLength=\"9\"",
            ]
        );
    }

    #[test]
    fn reversed_swaps_and_blanks_are_not_written() {
        let mut cells = Buffer::empty(Rect::new(0, 0, 3, 2));
        cells.set_string(0, 1, "x", Style::new().reversed());
        let drawing = svg(&cells, Some(Position::new(2, 0)), "deux < trois");
        assert!(drawing.contains("<title>deux &lt; trois</title>"));
        assert!(drawing.contains("<rect x=\"12\" y=\"29\" width=\"9\" height=\"17\" fill=\"#d8dee4\" shape-rendering"));
        assert!(drawing.contains("fill=\"#14171b\">x</text>"));
        assert!(drawing.contains("<rect x=\"30\" y=\"12\" width=\"9\" height=\"17\""), "the cursor");
        assert_eq!(drawing.matches("<text").count(), 1);
    }

    #[test]
    fn every_colour_has_a_value() {
        assert_eq!(color(Color::Reset), None);
        assert_eq!(color(Color::Rgb(1, 2, 255)).as_deref(), Some("#0102ff"));
        assert_eq!(color(Color::Indexed(208)).as_deref(), Some("#ff8700"));
        assert_eq!(color(Color::Indexed(3)), color(Color::Yellow));
    }
}
