//! The loop, over any ratatui backend: a test drives the same one as the terminal.

use std::time::Duration;

use crossterm::event::{Event, MouseButton, MouseEvent, MouseEventKind};
use ratatui::Terminal;
use ratatui::backend::Backend;
use ratatui::layout::Position;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

use super::action::{Action, Command, Effect, ShellId};
use super::executor::Executor;
use super::shells::Shells;
use super::state::{Screen, Side, State};
use super::update::update;
use crate::session::Doors;
use crate::ui::theme::Theme;
use crate::ui::{self, Drawn};

/// The shortest time between two frames.
const PACE: Duration = Duration::from_millis(10);

/// What arrives in the one channel.
#[derive(Debug)]
pub enum Inbound {
    /// Something for the state.
    Action(Action),
    /// Something the terminal told.
    Terminal(Event),
    /// A shell has something to be read.
    Woken(ShellId),
    /// The machines the next shells are opened on; none: this PC.
    Doors(Doors),
}

/// The app, whatever it is drawn on.
#[derive(Debug)]
pub struct App {
    /// Where it is.
    pub state: State,
    theme: Theme,
    executor: Executor,
    shells: Shells,
    drawn: Drawn,
    has_edge: bool,
    is_dirty: bool,
    has_ended: bool,
}

impl App {
    /// Before the first frame.
    #[must_use]
    pub fn new(state: State, theme: Theme, executor: Executor) -> Self {
        let shells = Shells::new(executor.inbox());
        Self {
            state,
            theme,
            executor,
            shells,
            drawn: Drawn::default(),
            has_edge: false,
            is_dirty: true,
            has_ended: false,
        }
    }

    /// Runs until the person leaves.
    pub async fn run<B: Backend>(
        &mut self,
        terminal: &mut Terminal<B>,
        inbox: &mut UnboundedReceiver<Inbound>,
    ) -> Result<(), B::Error> {
        self.draw(terminal)?;
        self.carry_out(vec![Effect::Load]);
        let mut next_frame = Instant::now();
        while !self.has_ended {
            let first = if self.is_dirty {
                tokio::select! {
                    biased;
                    () = sleep_until(next_frame) => None,
                    first = inbox.recv() => first,
                }
            } else {
                inbox.recv().await
            };
            if let Some(inbound) = first {
                self.take(inbound);
            }
            while let (Ok(more), false) = (inbox.try_recv(), self.has_ended) {
                self.take(more);
            }
            if self.is_dirty && Instant::now() >= next_frame && !self.has_ended {
                self.draw(terminal)?;
                next_frame = Instant::now() + PACE;
            }
        }
        Ok(())
    }

    /// What the attempt still has to write down, written.
    pub async fn close(self) {
        drop(self.shells);
        self.executor.close().await;
    }

    fn draw<B: Backend>(&mut self, terminal: &mut Terminal<B>) -> Result<(), B::Error> {
        self.is_dirty = false;
        let (state, shells) = (&self.state, &self.shells);
        let theme = Theme { look: state.look, ..self.theme };
        let mut drawn = Drawn::default();
        terminal.draw(|frame| drawn = ui::draw(frame, state, shells, theme))?;
        self.state.bounds = drawn.bounds;
        if let Some(area) = drawn.shell {
            self.shells.resize(area);
        }
        self.drawn = drawn;
        Ok(())
    }

    fn take(&mut self, inbound: Inbound) {
        match inbound {
            Inbound::Action(action) => self.act(action),
            Inbound::Terminal(event) => self.on_event(event),
            Inbound::Woken(id) => {
                for action in self.shells.pump(id) {
                    self.act(action);
                }
                self.is_dirty |= self.shows(id);
            }
            Inbound::Doors(doors) => self.shells.doors = doors,
        }
    }

    fn on_event(&mut self, event: Event) {
        match event {
            Event::Key(key) => self.act(Action::Key(key)),
            Event::Paste(text) => self.act(Action::Paste(text)),
            Event::Resize(..) => self.act(Action::Resized),
            Event::Mouse(event) => self.on_mouse(event),
            Event::FocusGained | Event::FocusLost => {}
        }
    }

    /// A click on what the last frame showed; in the shell's area the event is the shell's.
    fn on_mouse(&mut self, event: MouseEvent) {
        let at = Position::new(event.column, event.row);
        if self.drags_edge(event) {
            return;
        }
        let in_shell = self.drawn.shell.filter(|area| self.state.layers.is_empty() && area.contains(at));
        match event.kind {
            MouseEventKind::Down(MouseButton::Left) => {
                if let Some(command) = self.drawn.hit(at) {
                    return self.act(Action::Do(command));
                }
                if in_shell.is_some() && self.side() == Some(Side::Left) {
                    self.act(Action::Do(Command::Switch));
                }
            }
            MouseEventKind::ScrollUp if in_shell.is_none() => return self.act(Action::Do(Command::Up)),
            MouseEventKind::ScrollDown if in_shell.is_none() => return self.act(Action::Do(Command::Down)),
            _ => {}
        }
        self.shell_mouse(event);
    }

    /// The mouse for the shell shown. What was selected is copied when the button is let go.
    fn shell_mouse(&mut self, event: MouseEvent) {
        let (Some(area), Screen::Work(work)) = (self.drawn.shell, &self.state.screen) else { return };
        let Some(id) = work.current_shell().map(|shell| shell.id).filter(|_| self.state.layers.is_empty()) else {
            return;
        };
        self.is_dirty |= self.shells.mouse(id, event, area);
        if matches!(event.kind, MouseEventKind::Up(MouseButton::Left))
            && let Some(text) = self.shells.selected(id)
        {
            self.act(Action::Copy(text));
        }
    }

    /// Whether the edge between the halves is being dragged: it follows the mouse.
    fn drags_edge(&mut self, event: MouseEvent) -> bool {
        let is_on = self.drawn.edge == Some(event.column) && self.state.layers.is_empty();
        match event.kind {
            MouseEventKind::Down(MouseButton::Left) => self.has_edge = is_on,
            MouseEventKind::Up(_) => return std::mem::take(&mut self.has_edge),
            MouseEventKind::Drag(_) if self.has_edge => {
                let hundredths = u32::from(event.column) * 100 / u32::from(self.drawn.width.max(1));
                self.act(Action::Do(Command::Split(u16::try_from(hundredths).unwrap_or(u16::MAX))));
            }
            _ => {}
        }
        self.has_edge
    }

    fn side(&self) -> Option<Side> {
        let Screen::Work(work) = &self.state.screen else { return None };
        Some(work.side)
    }

    fn shows(&self, id: ShellId) -> bool {
        let Screen::Work(work) = &self.state.screen else { return false };
        work.current_shell().is_some_and(|shell| shell.id == id)
    }

    fn act(&mut self, action: Action) {
        let is_quiet = matches!(action, Action::Tick) && !self.state.is_moving();
        let effects = update(&mut self.state, action);
        self.is_dirty |= !is_quiet;
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Quit => self.has_ended = true,
                Effect::OpenShell(id, machine) => {
                    if let Err(action) = self.shells.open(id, machine.as_deref()) {
                        self.act(action);
                    }
                }
                Effect::ShellKey(id, key) => self.shells.key(id, key),
                Effect::ShellPaste(id, text) => self.shells.paste(id, &text),
                Effect::ShellScroll(id, lines) => self.shells.scroll(id, lines),
                Effect::ShellSearch(id, text, towards) => {
                    let is_there = self.shells.search(id, &text, towards);
                    self.act(Action::Searched(is_there));
                }
                Effect::ShellPresent(id) => self.shells.show_present(id),
                Effect::CloseShells => self.shells.close(),
                Effect::Bell
                | Effect::Copy(_)
                | Effect::KeepLook(_)
                | Effect::Export(..)
                | Effect::Load
                | Effect::Open(_)
                | Effect::Session(_) => {
                    self.executor.carry_out(effect);
                }
            }
        }
    }
}
