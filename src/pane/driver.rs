//! Plays a person at a terminal: starts a program, types, waits for what should appear, looks. For tests and for the
//! tour that makes the pictures of the screens.

use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{Screen, Size, Terminal};

/// A program cannot be silent for less without being taken as done.
const QUIET: Duration = Duration::from_millis(80);

/// What did not happen in time.
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// The text did not appear.
    #[error("{text:?} did not appear within {limit:?}; the screen:\n{screen}")]
    Missing {
        /// What was waited for.
        text: String,
        /// How long.
        limit: Duration,
        /// What was there instead.
        screen: String,
    },
    /// The program is still running.
    #[error("the program did not end within {limit:?}; the screen:\n{screen}")]
    Running {
        /// How long was waited.
        limit: Duration,
        /// What it shows.
        screen: String,
    },
    /// There is no key of that name.
    #[error("{0:?} is not a key: write F5, Enter, Ctrl-P, Alt-x, Shift-Tab, Up, PageDown or a character")]
    Key(String),
}

/// A program at a terminal of its own.
#[derive(Debug)]
pub struct Driver {
    terminal: Terminal,
    news: Receiver<()>,
}

impl Driver {
    /// Starts a command of this PC (see [`Terminal::local`]).
    ///
    /// # Errors
    /// What the kernel says of the terminal or of the program.
    pub fn start(command: Command, cols: u16, rows: u16) -> io::Result<Self> {
        Self::start_at(Path::new("/dev/ptmx"), command, cols, rows)
    }

    /// Starts a command on a terminal of a machine's own (see [`Terminal::spawn`]).
    ///
    /// # Errors
    /// What the kernel says of the terminal or of the program.
    pub fn start_at(ptmx: &Path, command: Command, cols: u16, rows: u16) -> io::Result<Self> {
        let (sender, news) = channel();
        let wake = move || {
            // Nobody listens only when the driver is being dropped.
            let _ = sender.send(());
        };
        let terminal = Terminal::spawn(command, ptmx, Size { cols, rows }, wake)?;
        Ok(Self { terminal, news })
    }

    /// The terminal itself, for what the driver has no word for.
    pub fn terminal(&mut self) -> &mut Terminal {
        &mut self.terminal
    }

    /// Presses a key by its name: `F5`, `Enter`, `Ctrl-P`, `x`.
    ///
    /// # Errors
    /// [`DriverError::Key`].
    pub fn key(&mut self, name: &str) -> Result<(), DriverError> {
        self.terminal.key(key(name).ok_or_else(|| DriverError::Key(name.to_owned()))?);
        Ok(())
    }

    /// Types a text, character by character.
    pub fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            let code = if c == '\n' { KeyCode::Enter } else { KeyCode::Char(c) };
            self.terminal.key(code.into());
        }
    }

    /// Waits until the screen contains a text.
    ///
    /// # Errors
    /// [`DriverError::Missing`].
    pub fn wait_for(&mut self, text: &str, limit: Duration) -> Result<Arc<Screen>, DriverError> {
        let shown = self.wait_until(limit, |terminal| terminal.screen().text().contains(text));
        let screen = self.terminal.screen();
        if shown {
            return Ok(screen);
        }
        Err(DriverError::Missing { text: text.to_owned(), limit, screen: screen.text() })
    }

    /// Waits until the program has ended.
    ///
    /// # Errors
    /// [`DriverError::Running`].
    pub fn wait_for_end(&mut self, limit: Duration) -> Result<ExitStatus, DriverError> {
        let mut status = None;
        self.wait_until(limit, |terminal| {
            status = terminal.exited();
            status.is_some()
        });
        status.ok_or_else(|| DriverError::Running { limit, screen: self.terminal.screen().text() })
    }

    /// Waits until the program writes nothing for a moment, at most `limit`, and gives the screen.
    pub fn settle(&mut self, limit: Duration) -> Arc<Screen> {
        let deadline = Instant::now() + limit;
        while Instant::now() < deadline && (self.news.recv_timeout(QUIET).is_ok() || self.terminal.pump()) {
            self.terminal.pump();
        }
        self.terminal.screen()
    }

    /// Waits until something is so of the terminal; whether it became so.
    pub fn wait_until(&mut self, limit: Duration, mut done: impl FnMut(&mut Terminal) -> bool) -> bool {
        let deadline = Instant::now() + limit;
        loop {
            self.terminal.pump();
            if done(&mut self.terminal) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            // Not longer: an unfinished synchronized update ends by the clock, without news.
            let _ = self.news.recv_timeout(left.min(QUIET));
        }
    }
}

/// The key of a name.
#[must_use]
pub fn key(name: &str) -> Option<KeyEvent> {
    if let Some((held, rest)) = name.split_once('-').filter(|(held, rest)| !held.is_empty() && !rest.is_empty()) {
        let modifier = match held {
            "Ctrl" => KeyModifiers::CONTROL,
            "Alt" => KeyModifiers::ALT,
            "Shift" => KeyModifiers::SHIFT,
            _ => return None,
        };
        let mut event = key(rest)?;
        event.modifiers |= modifier;
        return Some(event);
    }
    code(name).map(KeyEvent::from)
}

fn code(name: &str) -> Option<KeyCode> {
    Some(match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "Space" => KeyCode::Char(' '),
        "Backspace" => KeyCode::Backspace,
        "Insert" => KeyCode::Insert,
        "Delete" => KeyCode::Delete,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        "PageUp" => KeyCode::PageUp,
        "PageDown" => KeyCode::PageDown,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        _ => return single(name),
    })
}

/// `F1` to `F20`, or a character alone.
fn single(name: &str) -> Option<KeyCode> {
    let mut chars = name.chars();
    match (chars.next()?, chars.as_str()) {
        (c, "") => Some(KeyCode::Char(c)),
        ('F', number) => number.parse().ok().filter(|n| (1..=20).contains(n)).map(KeyCode::F),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_names() {
        assert_eq!(key("F5"), Some(KeyCode::F(5).into()));
        assert_eq!(key("Enter"), Some(KeyCode::Enter.into()));
        assert_eq!(key("-"), Some(KeyCode::Char('-').into()));
        assert_eq!(key("F"), Some(KeyCode::Char('F').into()));
        assert_eq!(key("Ctrl-P"), Some(KeyEvent::new(KeyCode::Char('P'), KeyModifiers::CONTROL)));
        let both = KeyModifiers::CONTROL | KeyModifiers::ALT;
        assert_eq!(key("Ctrl-Alt-Left"), Some(KeyEvent::new(KeyCode::Left, both)));
        for name in ["", "F0", "F21", "Entrer", "Super-x", "Ctrl-"] {
            assert_eq!(key(name), None, "{name}");
        }
    }
}
