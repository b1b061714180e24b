//! The terminal itself: bytes of a program in, a screen and answers out. No outside world.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use alacritty_terminal::Term;
use alacritty_terminal::event::{Event, EventListener, WindowSize};
use alacritty_terminal::grid::{Dimensions, Scroll};
use alacritty_terminal::index::{Column, Direction, Line, Point, Side};
use alacritty_terminal::selection::{Selection, SelectionType};
use alacritty_terminal::term::search::RegexSearch;
use alacritty_terminal::term::{Config, MIN_COLUMNS, TermMode};
use alacritty_terminal::vte::ansi::Processor;

use super::{Size, palette};

/// The size told to a program that asks for pixels.
const CELL_PIXELS: (u16, u16) = (8, 16);
/// Larger windows are not real, and every cell of them costs 24 bytes.
const LARGEST: Size = Size { cols: 1000, rows: 500 };

/// Which way to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Towards {
    /// Older lines.
    Past,
    /// Newer lines.
    Present,
}

/// What a selection grows by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// Cells.
    Cell,
    /// Words (and file names).
    Word,
    /// Whole lines.
    Line,
}

/// Passes what the terminal wants of its surroundings to [`Emulator::hear`].
#[derive(Debug)]
pub(super) struct Listener(Sender<Event>);

impl EventListener for Listener {
    fn send_event(&self, event: Event) {
        // The receiver is beside the terminal in the same struct: it lives as long.
        let _ = self.0.send(event);
    }
}

/// A terminal emulator (xterm-256color, 24-bit colours, 10,000 lines of scrollback).
pub struct Emulator {
    term: Term<Listener>,
    parser: Processor,
    events: Receiver<Event>,
    replies: Vec<u8>,
    title: Option<String>,
    bell: bool,
    copied: Option<String>,
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").field("size", &self.size()).field("title", &self.title).finish_non_exhaustive()
    }
}

impl Emulator {
    /// An empty screen. A size smaller than 2×1 or larger than 1000×500 is brought within.
    #[must_use]
    pub fn new(size: Size) -> Self {
        let (sender, events) = channel();
        Self {
            term: Term::new(Config::default(), &bounded(size), Listener(sender)),
            parser: Processor::new(),
            events,
            replies: Vec::new(),
            title: None,
            bell: false,
            copied: None,
        }
    }

    /// What the program wrote.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.parser.advance(&mut self.term, bytes);
        self.hear();
    }

    /// Ends a synchronized update (mode 2026) that the program didn't end in time. Whether the screen changed.
    pub fn tick(&mut self, now: Instant) -> bool {
        let overdue = self.parser.sync_timeout().sync_timeout().is_some_and(|limit| now >= limit);
        if overdue {
            self.parser.stop_sync(&mut self.term);
            self.hear();
        }
        overdue
    }

    /// What the terminal answers to the program's questions since the last call: to be written to it.
    pub fn take_replies(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.replies)
    }

    /// Whether the bell rang since the last call.
    pub fn take_bell(&mut self) -> bool {
        std::mem::take(&mut self.bell)
    }

    /// What the program put in the clipboard (OSC 52) since the last call.
    pub fn take_copied(&mut self) -> Option<String> {
        self.copied.take()
    }

    /// The title the program gave its window.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The size it has now.
    #[must_use]
    pub fn size(&self) -> Size {
        let narrow = |count: usize| u16::try_from(count).unwrap_or(u16::MAX);
        Size { cols: narrow(self.term.columns()), rows: narrow(self.term.screen_lines()) }
    }

    /// Takes another size, within the limits of [`new`](Self::new); long lines are wrapped anew.
    pub fn resize(&mut self, size: Size) {
        self.term.resize(bounded(size));
    }

    /// Scrolls back by lines; negative: forward. Whether the view moved.
    pub fn scroll(&mut self, lines: i32) -> bool {
        self.scroll_by(Scroll::Delta(lines))
    }

    /// Shows the newest line. Whether the view moved.
    pub fn scroll_to_present(&mut self) -> bool {
        self.scroll_by(Scroll::Bottom)
    }

    fn scroll_by(&mut self, scroll: Scroll) -> bool {
        let before = self.term.grid().display_offset();
        self.term.scroll_display(scroll);
        self.hear();
        before != self.term.grid().display_offset()
    }

    /// Looks for a text on the screen and in the scrollback, from the selected text or else the newest line, round the
    /// end. Capitals in it count; without any, they don't. What is found is selected and in view.
    pub fn search(&mut self, text: &str, towards: Towards) -> bool {
        if text.is_empty() {
            return false;
        }
        let Ok(mut pattern) = RegexSearch::new(&regex::escape(text)) else { return false };
        let (direction, origin) = self.search_start(towards);
        let Some(found) = self.term.search_next(&mut pattern, origin, direction, Side::Left, None) else {
            return false;
        };
        self.term.scroll_to_point(*found.start());
        let mut selection = Selection::new(SelectionType::Simple, *found.start(), Side::Left);
        selection.update(*found.end(), Side::Right);
        self.term.selection = Some(selection);
        self.hear();
        true
    }

    /// One cell beyond the selected text, else the last cell.
    fn search_start(&self, towards: Towards) -> (Direction, Point) {
        use alacritty_terminal::index::Boundary;
        let selected = self.term.selection.as_ref().and_then(|selection| selection.to_range(&self.term));
        let last = Point::new(self.term.bottommost_line(), self.term.last_column());
        match towards {
            Towards::Past => {
                (Direction::Left, selected.map_or(last, |range| range.start.sub(&self.term, Boundary::None, 1)))
            }
            Towards::Present => {
                (Direction::Right, selected.map_or(last, |range| range.end.add(&self.term, Boundary::None, 1)))
            }
        }
    }

    /// Starts a selection at a cell of the view.
    pub fn select(&mut self, col: u16, row: u16, side: Side, grain: Grain) {
        let kind = match grain {
            Grain::Cell => SelectionType::Simple,
            Grain::Word => SelectionType::Semantic,
            Grain::Line => SelectionType::Lines,
        };
        self.term.selection = Some(Selection::new(kind, self.point(col, row), side));
    }

    /// Stretches the selection to a cell of the view.
    pub fn select_to(&mut self, col: u16, row: u16, side: Side) {
        let point = self.point(col, row);
        if let Some(selection) = &mut self.term.selection {
            selection.update(point, side);
        }
    }

    /// Selects nothing. Whether something was.
    pub fn unselect(&mut self) -> bool {
        self.term.selection.take().is_some_and(|selection| !selection.is_empty())
    }

    /// The selected text, if any.
    #[must_use]
    pub fn selected(&self) -> Option<String> {
        self.term.selection_to_string().filter(|text| !text.is_empty())
    }

    /// A cell of the view as a place in the scrollback.
    fn point(&self, col: u16, row: u16) -> Point {
        let row = i32::from(row).min(self.term.bottommost_line().0);
        let offset = i32::try_from(self.term.grid().display_offset()).unwrap_or(i32::MAX);
        Point::new(Line(row - offset), Column(usize::from(col)).min(self.term.last_column()))
    }

    /// The modes the program set.
    pub(super) fn modes(&self) -> TermMode {
        *self.term.mode()
    }

    /// For [`super::draw`].
    pub(super) fn term(&self) -> &Term<Listener> {
        &self.term
    }

    fn hear(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            match event {
                Event::PtyWrite(text) => self.replies.extend_from_slice(text.as_bytes()),
                Event::ColorRequest(index, answer) => {
                    let colour = self.term.colors()[index].unwrap_or_else(|| palette::rgb(index));
                    self.replies.extend_from_slice(answer(colour).as_bytes());
                }
                Event::TextAreaSizeRequest(answer) => {
                    self.replies.extend_from_slice(answer(self.pixels()).as_bytes());
                }
                Event::Title(title) => self.title = Some(title),
                Event::ResetTitle => self.title = None,
                Event::Bell => self.bell = true,
                Event::ClipboardStore(_, text) => self.copied = Some(text),
                // The clipboard is the person's: a program in a machine may not read it.
                Event::ClipboardLoad(..)
                | Event::MouseCursorDirty
                | Event::CursorBlinkingChange
                | Event::Wakeup
                | Event::Exit
                | Event::ChildExit(_) => {}
            }
        }
    }

    fn pixels(&self) -> WindowSize {
        let Size { cols, rows } = self.size();
        WindowSize { num_cols: cols, num_lines: rows, cell_width: CELL_PIXELS.0, cell_height: CELL_PIXELS.1 }
    }
}

/// A size the emulator can take.
fn bounded(size: Size) -> Size {
    let narrowest = u16::try_from(MIN_COLUMNS).unwrap_or(2);
    Size { cols: size.cols.clamp(narrowest, LARGEST.cols), rows: size.rows.clamp(1, LARGEST.rows) }
}

impl Dimensions for Size {
    fn total_lines(&self) -> usize {
        self.screen_lines()
    }
    fn screen_lines(&self) -> usize {
        self.rows.into()
    }
    fn columns(&self) -> usize {
        self.cols.into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::style::{Color, Modifier};
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn emulator(cols: u16, rows: u16, bytes: &str) -> Emulator {
        let mut emulator = Emulator::new(Size { cols, rows });
        emulator.feed(bytes.as_bytes());
        emulator
    }

    fn replies(bytes: &str) -> String {
        String::from_utf8(emulator(80, 24, bytes).take_replies()).unwrap()
    }

    #[test]
    fn device_queries_are_answered() {
        assert_eq!(replies("\x1b[c"), "\x1b[?6c");
        assert_eq!(replies("\x1b[5n"), "\x1b[0n");
        assert_eq!(replies("ab\r\ncd\x1b[6n"), "\x1b[2;3R");
        assert_eq!(replies("\x1b[18t"), "\x1b[8;24;80t");
        assert_eq!(replies("\x1b[14t"), "\x1b[4;384;640t");
        assert_eq!(replies("\x1b[?2004$p"), "\x1b[?2004;2$y");
        assert_eq!(replies("\x1b]11;?\x07"), "\x1b]11;rgb:0000/0000/0000\x07");
        assert_eq!(replies("\x1b]4;1;?\x07"), "\x1b]4;1;rgb:cdcd/0000/0000\x07");
        assert_eq!(replies("\x1b]4;1;#102030\x07\x1b]4;1;?\x07"), "\x1b]4;1;rgb:1010/2020/3030\x07");
    }

    #[test]
    fn the_clipboard_is_written_but_never_read_by_a_program() {
        let mut emulator = emulator(80, 24, "\x1b]52;c;Ym9uam91cg==\x07");
        assert_eq!(emulator.take_copied().as_deref(), Some("bonjour"));
        assert_eq!(emulator.take_copied(), None);
        emulator.feed(b"\x1b]52;c;?\x07");
        assert_eq!(emulator.take_replies(), b"");
    }

    #[test]
    fn title_and_bell_are_told_once() {
        let mut emulator = emulator(80, 24, "\x1b]0;srv: ~\x07\x07");
        assert_eq!(emulator.title(), Some("srv: ~"));
        assert!(emulator.take_bell());
        assert!(!emulator.take_bell());
    }

    #[test]
    fn styles_reach_the_cells() {
        let text = "\x1b[1;31mr\x1b[0;3;4;38;5;208mi\x1b[0;7;48;2;1;2;3mv\x1b[0;2;9md\x1b[0;94mb\x1b[0m.";
        let screen = emulator(10, 1, text).screen();
        let style = |column| {
            let cell = &screen.cells[(column, 0)];
            (cell.fg, cell.bg, cell.modifier)
        };
        assert_eq!(style(0), (Color::Indexed(1), Color::Reset, Modifier::BOLD));
        assert_eq!(style(1), (Color::Indexed(208), Color::Reset, Modifier::ITALIC | Modifier::UNDERLINED));
        assert_eq!(style(2), (Color::Reset, Color::Rgb(1, 2, 3), Modifier::REVERSED));
        assert_eq!(style(3), (Color::Reset, Color::Reset, Modifier::DIM | Modifier::CROSSED_OUT));
        assert_eq!(style(4), (Color::Indexed(12), Color::Reset, Modifier::empty()));
        assert_eq!(style(5), (Color::Reset, Color::Reset, Modifier::empty()));
    }

    #[test]
    fn wide_characters_and_marks_keep_their_columns() {
        let screen = emulator(12, 2, "日本e\u{301}🙂❤\u{fe0f}x").screen();
        assert_eq!(screen.row(0), "日本e\u{301}🙂❤x");
        let symbols: Vec<&str> = (0..9).map(|column| screen.cells[(column, 0)].symbol()).collect();
        assert_eq!(symbols, ["日", " ", "本", " ", "e\u{301}", "🙂", " ", "❤", "x"]);
    }

    #[test]
    fn a_wide_character_ends_with_its_half() {
        assert_eq!(emulator(8, 1, "日本\x1b[D\x1b[1P|x").screen().row(0), "日 |x");
        assert_eq!(emulator(8, 1, "日本\x1b[1;2Hx").screen().row(0), " x本");
        assert_eq!(emulator(3, 2, "日本").screen().text(), "日\n本\n");
        assert_eq!(emulator(3, 1, "\x1b[?7l日本").screen().row(0), "日");
    }

    #[test]
    fn lines_are_drawn_with_the_graphics_set() {
        assert_eq!(emulator(8, 1, "\x1b(0lqk\x1b(Bq").screen().row(0), "┌─┐q");
    }

    #[test]
    fn the_alternate_screen_gives_the_first_one_back() {
        let mut emulator = emulator(20, 3, "shell$ vim");
        emulator.feed(b"\x1b[?1049h\x1b[2J\x1b[Hediting");
        assert_eq!(emulator.screen().row(0), "editing");
        emulator.feed(b"\x1b[?1049l");
        assert_eq!(emulator.screen().row(0), "shell$ vim");
    }

    #[test]
    fn the_cursor_is_hidden_when_asked_or_scrolled_away() {
        let mut emulator = emulator(20, 3, "a\x1b[4 q");
        let cursor = emulator.screen().cursor.unwrap();
        assert_eq!((cursor.position.x, cursor.position.y), (1, 0));
        assert_eq!(cursor.shape, crate::pane::CursorShape::Underline);
        emulator.feed(b"\x1b[?25l");
        assert_eq!(emulator.screen().cursor, None);
        emulator.feed(b"\x1b[?25h\r\n1\r\n2\r\n3\r\n4");
        assert!(emulator.scroll(2));
        assert_eq!(emulator.screen().cursor, None);
    }

    #[test]
    fn scrollback_keeps_ten_thousand_lines() {
        use std::fmt::Write;
        let mut text = String::new();
        for line in 0..20_000 {
            write!(text, "line {line}\r\n").unwrap();
        }
        let mut emulator = emulator(20, 5, &text);
        assert_eq!(emulator.screen().history, 10_000);
        emulator.scroll(i32::MAX / 2);
        let screen = emulator.screen();
        assert_eq!((screen.scrolled, screen.row(0).as_str()), (10_000, "line 9996"));
        emulator.scroll_to_present();
        assert_eq!(emulator.screen().row(3), "line 19999");
    }

    #[test]
    fn search_goes_back_through_the_scrollback_and_round() {
        let mut emulator = emulator(30, 3, "Error: (a*b)\r\nok\r\nok\r\nok\r\nlast error: x\r\nok\r\n");
        assert!(emulator.search("error:", Towards::Past));
        assert_eq!(emulator.selected().as_deref(), Some("error:"));
        assert!(emulator.search("error:", Towards::Past));
        assert_eq!(emulator.selected().as_deref(), Some("Error:"));
        assert!(emulator.screen().text().contains("(a*b)"));
        assert!(emulator.search("error:", Towards::Present));
        assert_eq!(emulator.selected().as_deref(), Some("error:"));
        assert!(!emulator.search("(A*B)", Towards::Past), "capitals count");
        assert!(emulator.search("(a*b)", Towards::Past), "no pattern characters");
        assert!(!emulator.search("absent", Towards::Past));
        assert!(!emulator.search("", Towards::Past));
    }

    #[test]
    fn a_selection_is_text_across_wrapped_lines() {
        let mut emulator = emulator(5, 4, "abcdefgh\r\nsecond");
        emulator.select(3, 0, Side::Left, Grain::Cell);
        emulator.select_to(2, 1, Side::Right);
        assert_eq!(emulator.selected().as_deref(), Some("defgh"));
        assert!(emulator.screen().cells[(3, 0)].modifier.contains(Modifier::REVERSED));
        assert!(emulator.unselect());
        assert_eq!(emulator.selected(), None);
        emulator.select(1, 2, Side::Left, Grain::Word);
        assert_eq!(emulator.selected().as_deref(), Some("second"));
        emulator.select(60, 60, Side::Left, Grain::Line);
        assert_eq!(emulator.selected().as_deref(), Some("second\n"));
    }

    #[test]
    fn silly_sizes_are_brought_within_bounds() {
        for (cols, rows) in [(0, 0), (1, 1), (1, 500), (u16::MAX, u16::MAX)] {
            let mut emulator = emulator(80, 24, "日本語 long text that wraps");
            emulator.resize(Size { cols, rows });
            emulator.feed("日本語\x1b[999;999H日".as_bytes());
            let Size { cols, rows } = emulator.size();
            assert!(cols >= 2 && rows >= 1 && cols <= 1000 && rows <= 500);
            assert_eq!(emulator.screen().cells.area.width, cols);
        }
    }

    #[test]
    fn an_unfinished_synchronized_update_ends_by_itself() {
        let mut emulator = emulator(20, 1, "\x1b[?2026hheld");
        assert_eq!(emulator.screen().row(0), "");
        assert!(!emulator.tick(Instant::now()));
        assert!(emulator.tick(Instant::now() + std::time::Duration::from_secs(1)));
        assert_eq!(emulator.screen().row(0), "held");
    }

    /// Something a program could send: escape sequences that are likely to mean something, text, or anything.
    fn output() -> impl Strategy<Value = Vec<u8>> {
        let sequence = "\\x1b[\\[\\]PO]?[?>!\"$]?([0-9]{1,5};?){0,4}[@-~\\x07]";
        prop_oneof![
            3 => sequence.prop_map(String::into_bytes),
            2 => "[ -~\r\n\t日🙂\u{301}\u{200d}\u{fe0f}é]{1,40}".prop_map(String::into_bytes),
            1 => proptest::collection::vec(any::<u8>(), 0..200),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn nothing_a_program_sends_breaks_it(
            steps in proptest::collection::vec((output(), 0u16..130, 0u16..50, -60i32..60), 1..40),
        ) {
            let mut emulator = Emulator::new(Size { cols: 80, rows: 24 });
            for (bytes, cols, rows, lines) in steps {
                emulator.feed(&bytes);
                emulator.select(cols, rows, Side::Left, Grain::Word);
                emulator.select_to(rows, cols, Side::Right);
                let _ = (emulator.selected(), emulator.search("a", Towards::Past), emulator.search("日", Towards::Present));
                if lines % 3 == 0 {
                    emulator.resize(Size { cols, rows });
                }
                emulator.scroll(lines);
                let screen = emulator.screen();
                let Size { cols, rows } = emulator.size();
                prop_assert_eq!((screen.cells.area.width, screen.cells.area.height), (cols, rows));
                for row in 0..rows {
                    prop_assert!(screen.row(row).width() <= usize::from(cols), "row {}: {:?}", row, screen.row(row));
                    prop_assert!(!screen.row(row).contains(char::is_control));
                }
            }
        }
    }
}
