//! Pictures of screens: a frame as an SVG that needs nothing but a monospace font, every character in its cell.

use std::fmt::{self, Write};

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
const TEXT: Rgb = Rgb(0xd8_dee4);
const BACKGROUND: Rgb = Rgb(0x14_171b);
/// The sixteen colours: xterm's own are hard to read on paper.
const SIXTEEN: [u32; 16] = [
    0x2e_3436, 0xe0_5252, 0x6f_ae3d, 0xcf_a322, 0x55_90d6, 0xad_7fa8, 0x2f_a8ab, 0xd3_d7cf, 0x7c_827d, 0xf0_716b,
    0x93_d65a, 0xf2_de6b, 0x83_b4ee, 0xcd_a3c9, 0x5f_d7da, 0xf4_f5f3,
];

/// `0xRRGGBB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Rgb(u32);

impl Rgb {
    fn of(r: u8, g: u8, b: u8) -> Self {
        Self(u32::from_be_bytes([0, r, g, b]))
    }

    /// Three fifths of this over two of the other. Not by transparency: where glyphs overlap, that shows.
    fn dimmed(self, over: Self) -> Self {
        let (front, back) = (self.0.to_be_bytes(), over.0.to_be_bytes());
        let mixed = std::array::from_fn(|i| {
            u8::try_from((u32::from(front[i]) * 3 + u32::from(back[i]) * 2) / 5).unwrap_or(u8::MAX)
        });
        Self(u32::from_be_bytes(mixed))
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.0)
    }
}

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
    let (mut ink, mut paper) = (color(look.fg).unwrap_or(TEXT), color(look.bg).unwrap_or(BACKGROUND));
    if look.modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut ink, &mut paper);
    }
    if look.modifier.contains(Modifier::DIM) {
        ink = ink.dimmed(paper);
    }
    let (x, y) = corner(run.column, row);
    if paper != BACKGROUND {
        rect(document, (x, y), run.width, paper, "");
    }
    let lined = look.modifier.intersects(Modifier::UNDERLINED | Modifier::CROSSED_OUT);
    if look.modifier.contains(Modifier::HIDDEN) || (run.text.trim().is_empty() && !lined) {
        return;
    }
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

fn rect(document: &mut String, (x, y): (usize, usize), cols: usize, fill: Rgb, more: &str) {
    let (width, height) = (cols * CELL.0, CELL.1);
    let _ = writeln!(
        document,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\" shape-rendering=\"crispEdges\"{more}/>"
    );
}

fn attributes(modifier: Modifier) -> String {
    const PAIRS: [(Modifier, &str); 4] = [
        (Modifier::BOLD, " font-weight=\"bold\""),
        (Modifier::ITALIC, " font-style=\"italic\""),
        (Modifier::UNDERLINED, " text-decoration=\"underline\""),
        (Modifier::CROSSED_OUT, " text-decoration=\"line-through\""),
    ];
    PAIRS.iter().filter(|(bit, _)| modifier.contains(*bit)).map(|(_, attribute)| *attribute).collect()
}

/// None: that of the text or of the background.
fn color(color: Color) -> Option<Rgb> {
    let index = match color {
        Color::Reset => return None,
        Color::Rgb(r, g, b) => return Some(Rgb::of(r, g, b)),
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
    let usual = || {
        let rgb = palette::rgb(index.into());
        Rgb::of(rgb.r, rgb.g, rgb.b)
    };
    Some(SIXTEEN.get(usize::from(index)).map_or_else(usual, |named| Rgb(*named)))
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
        assert_eq!(color(Color::Rgb(1, 2, 255)), Some(Rgb(0x01_02ff)));
        assert_eq!(color(Color::Indexed(208)), Some(Rgb(0xff_8700)));
        assert_eq!(Rgb(0x0a_00ff).to_string(), "#0a00ff");
        assert_eq!(color(Color::Indexed(3)), color(Color::Yellow));
    }
}
