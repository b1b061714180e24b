//! The embedded terminal: a program on a pseudoterminal, its screen, and the keys, mouse and text given to it.
//!
//! ```no_run
//! # use paillasse::pane::{Size, Terminal};
//! # fn main() -> std::io::Result<()> {
//! # let (cols, rows) = (80, 24);
//! let mut terminal = Terminal::spawn(Terminal::local_shell(), "/dev/ptmx".as_ref(), Size { cols, rows }, || { /* tell the loop */ })?;
//! if terminal.pump() {
//!     let screen = terminal.screen(); // draw it: `frame.render_widget(&*screen, area)`
//! }
//! # Ok(()) }
//! ```

mod draw;
pub mod driver;
mod emulator;
mod input;
pub(crate) mod palette;
mod pointer;
mod pty;
mod screen;
mod widget;

use std::env;
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::time::Instant;

use alacritty_terminal::term::TermMode;
use base64::Engine;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEvent};
use ratatui::layout::Rect;

pub use emulator::{Emulator, Grain, Towards};
pub use screen::{Cursor, CursorShape, Screen};
pub(crate) use widget::width as cell_width;

use pointer::Pointer;
use pty::{Pty, Wake};

/// What one [`Terminal::pump`] takes at most, in bytes: some milliseconds of work, so that a flood leaves room for keys.
const BUDGET: usize = 256 * 1024;

/// A size in cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Columns.
    pub cols: u16,
    /// Rows.
    pub rows: u16,
}

/// A program and its terminal.
#[derive(Debug)]
pub struct Terminal {
    pty: Pty,
    emulator: Emulator,
    pointer: Pointer,
    wake: Arc<Wake>,
    screen: Arc<Screen>,
    /// Whether `screen` is older than the emulator.
    stale: bool,
}

impl Terminal {
    /// Starts a program on a new terminal taken from `ptmx` (`/dev/ptmx`, or a machine's, as
    /// `/proc/PID/root/dev/pts/ptmx`). The command has to take the terminal as its controlling one by itself.
    ///
    /// `wake` is called from another thread when there is something to [`pump`](Self::pump): once, until it is pumped.
    ///
    /// # Errors
    /// What the kernel says of the terminal or of the program.
    pub fn spawn(
        mut command: Command,
        ptmx: &Path,
        size: Size,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        // What this terminal is, whatever the person's own one is.
        command.env("TERM", "xterm-256color").env("COLORTERM", "truecolor");
        let wake = Wake::new(wake);
        let emulator = Emulator::new(size);
        let pty = Pty::spawn(command, ptmx, emulator.size(), Arc::clone(&wake))?;
        Ok(Self { pty, emulator, pointer: Pointer::default(), wake, screen: Arc::default(), stale: true })
    }

    /// A program of this PC, to be [`spawn`](Self::spawn)ed in a session of its own (`setsid(1)`).
    #[must_use]
    pub fn local(program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("setsid");
        command.args(["--ctty", "--wait"]).arg(program);
        command
    }

    /// The person's own shell on this PC.
    #[must_use]
    pub fn local_shell() -> Command {
        Self::local(env::var_os("SHELL").filter(|shell| !shell.is_empty()).unwrap_or_else(|| "/bin/sh".into()))
    }

    /// Takes what the program wrote, up to a budget (then `wake` is called again). Whether the screen changed.
    pub fn pump(&mut self) -> bool {
        self.wake.heard();
        let mut changed = self.emulator.tick(Instant::now());
        let mut taken = 0;
        while let Some(bytes) = self.pty.read() {
            self.emulator.feed(&bytes);
            changed = true;
            taken += bytes.len();
            if taken >= BUDGET {
                self.wake.call();
                break;
            }
        }
        let replies = self.emulator.take_replies();
        if !replies.is_empty() {
            self.pty.write(replies);
        }
        self.stale |= changed;
        changed
    }

    /// A key for the program. The view goes back to the newest line.
    pub fn key(&mut self, event: KeyEvent) {
        let bytes = input::key(event, self.emulator.modes());
        self.type_bytes(bytes);
    }

    /// Pasted text for the program.
    pub fn paste(&mut self, text: &str) {
        let bytes = input::paste(text, self.emulator.modes());
        self.type_bytes(bytes);
    }

    fn type_bytes(&mut self, bytes: Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        self.stale |= self.emulator.unselect() | self.emulator.scroll_to_present();
        self.pty.write(bytes);
    }

    /// Tells a program that wants to know whether it has the focus.
    pub fn focus(&mut self, gained: bool) {
        let bytes = input::focus(gained, self.emulator.modes());
        if !bytes.is_empty() {
            self.pty.write(bytes);
        }
    }

    /// A mouse event, with the area the terminal is drawn in. The program gets it if it asked for the mouse (Shift keeps
    /// it from it); otherwise the wheel scrolls and the left button selects: cells, words (twice), lines (thrice).
    /// Whether the screen changed.
    pub fn mouse(&mut self, event: MouseEvent, area: Rect) -> bool {
        let Some(event) = self.pointer.within(event, area) else { return false };
        let modes = self.emulator.modes();
        if input::wants_mouse(modes) && !event.modifiers.contains(KeyModifiers::SHIFT) {
            let bytes = input::mouse(event, modes);
            if !bytes.is_empty() {
                self.pty.write(bytes);
            }
            return false;
        }
        let changed = match pointer::wheel(event.kind) {
            Some(lines) => self.wheel(lines),
            None => self.pointer.select(event, Instant::now(), &mut self.emulator),
        };
        self.stale |= changed;
        changed
    }

    /// In a pager or an editor the wheel is the arrow keys (mode 1007): there is nothing to scroll back to.
    fn wheel(&mut self, lines: i32) -> bool {
        let modes = self.emulator.modes();
        if !modes.contains(TermMode::ALT_SCREEN | TermMode::ALTERNATE_SCROLL) {
            return self.emulator.scroll(lines);
        }
        let arrow = if lines > 0 { KeyCode::Up } else { KeyCode::Down };
        let bytes = input::key(arrow.into(), modes);
        let times = usize::try_from(lines.unsigned_abs()).unwrap_or(1);
        self.pty.write(bytes.repeat(times));
        false
    }

    /// Takes another size; nothing when one side is 0 (a pane that is not shown).
    ///
    /// # Errors
    /// When the kernel refuses to tell the program.
    pub fn resize(&mut self, cols: u16, rows: u16) -> io::Result<()> {
        let size = Size { cols, rows };
        if cols == 0 || rows == 0 || size == self.emulator.size() {
            return Ok(());
        }
        self.emulator.resize(size);
        self.stale = true;
        self.pty.resize(self.emulator.size())
    }

    /// Scrolls back by lines; negative: forward.
    pub fn scroll(&mut self, lines: i32) {
        self.stale |= self.emulator.scroll(lines);
    }

    /// Shows the newest line.
    pub fn scroll_to_present(&mut self) {
        self.stale |= self.emulator.scroll_to_present();
    }

    /// Looks for a text on the screen and in the scrollback, from what is selected or the newest line, round the end.
    /// Capitals in it count; without any, they don't. What is found is selected and in view. Whether something was.
    pub fn search(&mut self, text: &str, towards: Towards) -> bool {
        let found = self.emulator.search(text, towards);
        self.stale |= found;
        found
    }

    /// The selected text, if any.
    #[must_use]
    pub fn selected(&self) -> Option<String> {
        self.emulator.selected()
    }

    /// Selects nothing.
    pub fn unselect(&mut self) {
        self.stale |= self.emulator.unselect();
    }

    /// The screen as it is now. Cheap when nothing changed.
    pub fn screen(&mut self) -> Arc<Screen> {
        if std::mem::take(&mut self.stale) {
            self.emulator.draw(Arc::make_mut(&mut self.screen));
        }
        Arc::clone(&self.screen)
    }

    /// How the program ended, once all it said has been pumped.
    pub fn exited(&mut self) -> Option<ExitStatus> {
        self.pty.exited()
    }

    /// Whether a full-screen program (an editor, a pager) has the alternate screen.
    #[must_use]
    pub fn owns_screen(&self) -> bool {
        self.emulator.modes().contains(TermMode::ALT_SCREEN)
    }

    /// The title the program gave its window.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.emulator.title()
    }

    /// Whether the bell rang since the last call.
    pub fn take_bell(&mut self) -> bool {
        self.emulator.take_bell()
    }

    /// What the program put in the clipboard (OSC 52) since the last call.
    pub fn take_copied(&mut self) -> Option<String> {
        self.emulator.take_copied()
    }
}

/// What makes the person's own terminal put a text in the clipboard: OSC 52 (`ctlseqs.txt`, "Manipulate Selection Data").
#[must_use]
pub fn clipboard_sequence(text: &str) -> String {
    format!("\x1b]52;c;{}\x07", base64::engine::general_purpose::STANDARD.encode(text))
}
