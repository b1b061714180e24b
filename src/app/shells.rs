//! The embedded terminals, by number.

use std::collections::BTreeMap;
use std::sync::Arc;

use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget as _;
use tokio::sync::mpsc::UnboundedSender;

use super::action::{Action, Failure, ShellId};
use super::run::Inbound;
use crate::msg;
use crate::pane::{Screen, Size, Terminal, Towards};
use crate::session::Doors;
use crate::ui;

/// A size to begin with, until the first frame says the right one.
const FIRST: Size = Size { cols: 80, rows: 20 };

/// The longest text a program may put in the clipboard, in bytes.
const MOST_COPIED: usize = 100_000;

/// The terminals of an attempt.
#[derive(Debug)]
pub(super) struct Shells {
    inbox: UnboundedSender<Inbound>,
    /// Where shells on machines are opened.
    pub(super) doors: Doors,
    open: BTreeMap<ShellId, Shell>,
    size: Size,
}

#[derive(Debug)]
struct Shell {
    terminal: Terminal,
    /// What it shows, frozen for the next frame.
    screen: Arc<Screen>,
    owns_screen: bool,
}

impl Shells {
    pub(super) fn new(inbox: UnboundedSender<Inbound>) -> Self {
        Self { inbox, doors: Doors::Here, open: BTreeMap::new(), size: FIRST }
    }

    /// Opens one: on a machine of the stand, else on this PC. What went wrong comes back as an action.
    pub(super) fn open(&mut self, id: ShellId, machine: Option<&str>) -> Result<(), Action> {
        let inbox = self.inbox.clone();
        let wake = move || {
            let _ = inbox.send(Inbound::Woken(id));
        };
        let door = machine.map_or(Ok(None), |machine| self.doors.shell(machine));
        let (command, ptmx) = match door {
            Ok(Some(door)) => door,
            Ok(None) => (Terminal::local_shell(), "/dev/ptmx".into()),
            Err(error) => return Err(Action::Failed(Failure::mild(|lang| error.words(lang)))),
        };
        let spawned = Terminal::spawn(command, &ptmx, self.size, wake);
        match spawned {
            Ok(terminal) => {
                self.open.insert(id, Shell { terminal, screen: Arc::default(), owns_screen: false });
                Ok(())
            }
            Err(error) => {
                let what = msg!("ui-shell-failed", machine = machine.unwrap_or("–"), error = error.to_string());
                Err(Action::Failed(Failure::mild(|lang| lang.say(&what))))
            }
        }
    }

    /// Reads what a shell wrote; what the state has to know comes back.
    pub(super) fn pump(&mut self, id: ShellId) -> Vec<Action> {
        let Some(shell) = self.open.get_mut(&id) else { return Vec::new() };
        let mut actions = Vec::new();
        shell.terminal.pump();
        shell.screen = shell.terminal.screen();
        let owns_screen = shell.terminal.owns_screen();
        if owns_screen != shell.owns_screen {
            shell.owns_screen = owns_screen;
            actions.push(Action::Shell { id, owns_screen });
        }
        // A clipboard holds no more than a page or two; a program that sends megabytes means something else.
        actions.extend(shell.terminal.take_copied().filter(|text| text.len() <= MOST_COPIED).map(Action::Copy));
        if shell.terminal.exited().is_some() {
            actions.push(Action::ShellEnded(id));
        }
        actions
    }

    pub(super) fn key(&mut self, id: ShellId, key: KeyEvent) {
        if let Some(shell) = self.open.get_mut(&id) {
            shell.terminal.key(key);
            shell.screen = shell.terminal.screen();
        }
    }

    pub(super) fn paste(&mut self, id: ShellId, text: &str) {
        if let Some(shell) = self.open.get_mut(&id) {
            shell.terminal.paste(text);
        }
    }

    pub(super) fn scroll(&mut self, id: ShellId, lines: i32) {
        if let Some(shell) = self.open.get_mut(&id) {
            shell.terminal.scroll(lines);
            shell.screen = shell.terminal.screen();
        }
    }

    /// Whether what it shows changed.
    pub(super) fn mouse(&mut self, id: ShellId, event: MouseEvent, area: Rect) -> bool {
        let Some(shell) = self.open.get_mut(&id) else { return false };
        let has_changed = shell.terminal.mouse(event, area);
        shell.screen = shell.terminal.screen();
        has_changed
    }

    /// Whether a text is in what it showed; it is then selected and in view.
    pub(super) fn search(&mut self, id: ShellId, text: &str, towards: Towards) -> bool {
        let Some(shell) = self.open.get_mut(&id) else { return false };
        let is_there = shell.terminal.search(text, towards);
        shell.screen = shell.terminal.screen();
        is_there
    }

    /// Selects nothing and shows the newest line.
    pub(super) fn show_present(&mut self, id: ShellId) {
        if let Some(shell) = self.open.get_mut(&id) {
            shell.terminal.unselect();
            shell.terminal.scroll_to_present();
            shell.screen = shell.terminal.screen();
        }
    }

    /// What is selected in it.
    pub(super) fn selected(&self, id: ShellId) -> Option<String> {
        self.open.get(&id)?.terminal.selected()
    }

    /// All shells take the size of the area they are drawn in.
    pub(super) fn resize(&mut self, area: Rect) {
        let size = Size { cols: area.width, rows: area.height };
        if size == self.size || size.cols == 0 || size.rows == 0 {
            return;
        }
        self.size = size;
        for (id, shell) in &mut self.open {
            // A program that is gone can't be told; its end is on its way.
            let _ = shell.terminal.resize(size.cols, size.rows);
            let _ = self.inbox.send(Inbound::Woken(*id));
        }
    }

    pub(super) fn close(&mut self) {
        self.open.clear();
    }
}

impl ui::Shells for Shells {
    fn draw(&self, id: ShellId, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        let shell = self.open.get(&id)?;
        shell.screen.render(area, buffer);
        shell.screen.cursor_in(area)
    }
}
