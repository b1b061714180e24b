//! The person's own terminal: taken at the start, given back whatever happens.

use std::io::{self, BufWriter, Stdout, Write};
use std::panic;
use std::sync::{Arc, Mutex};

use crossterm::event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
    enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use tokio::sync::mpsc::UnboundedSender;

use super::action::Action;
use super::run::Inbound;

/// The terminal in full-screen mode. Dropping it gives it back.
#[derive(Debug)]
pub struct Screen {
    /// What frames are drawn on.
    pub terminal: Terminal<CrosstermBackend<Frames<Stdout>>>,
}

impl Screen {
    /// Takes the terminal.
    pub fn take() -> io::Result<Self> {
        enable_raw_mode()?;
        let mut out = io::stdout();
        execute!(out, EnterAlternateScreen, EnableMouseCapture, EnableBracketedPaste, cursor::Hide)
            .and_then(|()| Terminal::new(CrosstermBackend::new(Frames::new(out))))
            .map(|terminal| Self { terminal })
            .inspect_err(|_| give_back())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
    }
}

/// As far as it can be: where the terminal is gone, so is whoever could read an error.
fn give_back() {
    let mut out = io::stdout();
    let _ = execute!(out, DisableBracketedPaste, DisableMouseCapture, LeaveAlternateScreen, cursor::Show);
    let _ = disable_raw_mode();
}

/// What a panic said, for after the terminal is given back.
#[derive(Debug, Clone, Default)]
pub struct Crash(Arc<Mutex<Option<String>>>);

impl Crash {
    /// From now on a panic, in whichever thread, ends the app, and what it said is kept.
    #[must_use]
    pub fn watch(inbox: UnboundedSender<Inbound>) -> Self {
        let crash = Self::default();
        let kept = Arc::clone(&crash.0);
        panic::set_hook(Box::new(move |info| {
            if let Ok(mut kept) = kept.lock() {
                kept.get_or_insert_with(|| info.to_string());
            }
            let _ = inbox.send(Inbound::Action(Action::Stop));
        }));
        crash
    }

    /// What the first panic said, if there was one.
    #[must_use]
    pub fn said(&self) -> Option<String> {
        self.0.lock().ok()?.clone()
    }
}

/// Gathers what is written up to a flush, and sends it as one synchronized update: no half frames on the screen
/// (<https://github.com/contour-terminal/vt-extensions/blob/master/synchronized-output.md>).
#[derive(Debug)]
pub struct Frames<W: Write> {
    out: BufWriter<W>,
    is_open: bool,
}

impl<W: Write> Frames<W> {
    fn new(out: W) -> Self {
        Self { out: BufWriter::with_capacity(64 * 1024, out), is_open: false }
    }
}

impl<W: Write> Write for Frames<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_open {
            self.is_open = true;
            queue!(self.out, BeginSynchronizedUpdate)?;
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.is_open) {
            queue!(self.out, EndSynchronizedUpdate)?;
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_one_synchronized_update() {
        let mut frames = Frames::new(Vec::new());
        frames.write_all(b"a").unwrap();
        frames.write_all(b"b").unwrap();
        frames.flush().unwrap();
        frames.flush().unwrap();
        assert_eq!(frames.out.get_ref(), b"\x1b[?2026hab\x1b[?2026l");
    }
}
