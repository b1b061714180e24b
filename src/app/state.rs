//! Where the app is. Only [`update`](super::update) changes it; screens only read it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ratatui_textarea::TextArea;
use tui_input::Input;

use super::action::{ShellId, Tab};
use super::desk;
use super::model::{LabPage, Shelf};
use super::palette::Palette;
use crate::i18n::{Lang, Message};
use crate::lab::Text;
use crate::session::{Debrief, Depth, View};
use crate::settings::{Keys, Look};

/// The whole of it.
#[derive(Debug)]
pub struct State {
    /// The language of everything shown.
    pub lang: Lang,
    /// Which key does what.
    pub keys: Keys,
    /// Which colours.
    pub look: Look,
    /// The competences and their labs.
    pub shelf: Shelf,
    /// Where the person is on the map.
    pub map: MapCursor,
    /// The screen under the layers.
    pub screen: Screen,
    /// What lies over the screen, the top one last; it gets the keys.
    pub layers: Vec<Layer>,
    /// Open over everything else; it then gets the keys.
    pub palette: Option<Palette>,
    /// A word that goes away by itself: the text and the seconds it has left.
    pub notice: Option<(Message, u8)>,
    /// What the last frame could show: bounds for scrolling. Set by the loop after each frame.
    pub bounds: Bounds,
    /// Seconds since the app started, for what moves.
    pub seconds: u64,
}

/// How far the scrolled part of a frame goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The largest offset that still shows something new.
    pub scroll: u16,
    /// Rows of the scrolled part.
    pub page: u16,
}

/// A screen.
#[derive(Debug)]
pub enum Screen {
    /// The competences and their labs.
    Map,
    /// One lab before it starts.
    Lab(LabView),
    /// A stand coming up, going back to its start, or going down.
    Progress(Progress),
    /// The work.
    Work(Box<Work>),
    /// After it.
    Debrief(Box<DebriefView>),
}

/// Where the person is on the map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MapCursor {
    /// Position of the competence.
    pub competence: usize,
    /// Position in the competence's list of labs.
    pub lab: usize,
    /// Whether the arrows move in the list of labs.
    pub in_labs: bool,
}

/// The page of a lab.
#[derive(Debug)]
pub struct LabView {
    /// The lab.
    pub page: LabPage,
    /// Rows scrolled.
    pub scroll: u16,
}

/// Lines for what is being done, as it is done.
#[derive(Debug)]
pub struct Progress {
    /// What this is about.
    pub title: Message,
    /// The steps begun so far; the last one is under way.
    pub steps: Vec<Message>,
    /// Seconds since it began.
    pub seconds: u64,
}

/// Which half of the work screen has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Instructions and criteria.
    Left,
    /// The terminal.
    Shells,
}

/// The work screen.
#[derive(Debug)]
pub struct Work {
    /// The attempt.
    pub view: Arc<View>,
    /// Its clock, counted on between two views.
    pub clock: Duration,
    /// Who has the keys.
    pub side: Side,
    /// The terminal has the whole screen.
    pub is_zoomed: bool,
    /// The tab of the left half.
    pub tab: Tab,
    /// The row chosen in each tab that has rows.
    pub rows: BTreeMap<Tab, usize>,
    /// Rows scrolled, in each tab that scrolls.
    pub scrolls: BTreeMap<Tab, u16>,
    /// An answer being typed: the question's position and the line.
    pub editing: Option<(usize, Input)>,
    /// A text being looked for in the shell shown.
    pub search: Option<Search>,
    /// Hundredths of the width that the instructions have; none: what suits the width.
    pub split: Option<u16>,
    /// A part of the report, or a line of the log, being written.
    pub writing: Option<Writing>,
    /// The shells, in the order of their tabs.
    pub shells: Vec<Shell>,
    /// The one shown: its position.
    pub shell: usize,
    /// The number the next shell gets.
    pub next_shell: ShellId,
    /// The check under way.
    pub checking: Option<Depth>,
    /// Seconds since a live check and since a whole one.
    pub since: (u64, u64),
    /// Criteria that just turned, and the seconds their mark has left.
    pub turned: BTreeMap<String, u8>,
}

/// A text being looked for.
#[derive(Debug, Default)]
pub struct Search {
    /// What is typed.
    pub input: Input,
    /// It is nowhere.
    pub is_absent: bool,
}

/// Text of several lines, being written.
#[derive(Debug, Clone)]
pub struct Writing {
    /// What it is.
    pub row: desk::Row,
    /// The text and its cursor.
    pub text: TextArea<'static>,
}

/// A shell's tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shell {
    /// Its number.
    pub id: ShellId,
    /// The machine; none: this PC.
    pub machine: Option<String>,
    /// A full-screen program holds it.
    pub owns_screen: bool,
    /// Its program ended.
    pub has_ended: bool,
}

/// The debrief.
#[derive(Debug)]
pub struct DebriefView {
    /// The attempt.
    pub debrief: Debrief,
    /// The commands of the reference ways are shown.
    pub has_details: bool,
    /// Rows scrolled.
    pub scroll: u16,
}

/// What lies over a screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// The keys of the screen below, scrolled by so many rows.
    Help(u16),
    /// A question before something that can't be taken back.
    Confirm(Question),
    /// Something that was done, and where.
    Told(Message),
    /// Something went wrong.
    Error(Text),
    /// A hint that was taken (its index).
    Hint(usize),
}

/// A question before something that can't be taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Take this hint?
    Hint(usize),
    /// Throw this attempt away?
    Abandon(i64),
    /// Give up for the reference way?
    GiveUp,
    /// Go on with this attempt on fresh machines?
    Renew(i64),
    /// Put this machine (none: all) back?
    Reset(Option<String>),
    /// Submit?
    Finish,
    /// Leave the work screen?
    Leave,
}

impl State {
    /// The state before anything was read.
    #[must_use]
    pub fn new(lang: Lang) -> Self {
        Self {
            lang,
            keys: Keys::default(),
            look: Look::default(),
            shelf: Shelf::default(),
            map: MapCursor::default(),
            screen: Screen::Map,
            layers: Vec::new(),
            palette: None,
            notice: None,
            bounds: Bounds::default(),
            seconds: 0,
        }
    }

    /// Whether the screen changes by itself every second.
    #[must_use]
    pub fn is_moving(&self) -> bool {
        self.notice.is_some() || matches!(self.screen, Screen::Progress(_) | Screen::Work(_))
    }
}

impl Work {
    /// Hundredths of the width that the instructions usually have.
    pub const SPLIT: u16 = 36;

    /// Whether a tab has something in it in this lab.
    #[must_use]
    pub fn has_tab(&self, tab: Tab) -> bool {
        let manifest = &self.view.variant.manifest;
        match tab {
            Tab::Questions => !manifest.questions.is_empty(),
            Tab::Criteria => !manifest.criteria.is_empty(),
            Tab::Hints => !manifest.hints.is_empty(),
            Tab::Desk => desk::rows(manifest).next().is_some(),
            Tab::Brief | Tab::Ticket => true,
        }
    }

    /// A fresh screen on an attempt, before its shells are open.
    #[must_use]
    pub fn new(view: Arc<View>) -> Self {
        Self {
            clock: view.elapsed,
            view,
            side: Side::Left,
            is_zoomed: false,
            tab: Tab::Brief,
            rows: BTreeMap::new(),
            scrolls: BTreeMap::new(),
            editing: None,
            search: None,
            split: None,
            writing: None,
            shells: Vec::new(),
            shell: 0,
            next_shell: 0,
            checking: None,
            since: (0, 0),
            turned: BTreeMap::new(),
        }
    }

    /// The row chosen in the tab shown.
    #[must_use]
    pub fn row(&self) -> usize {
        self.rows.get(&self.tab).copied().unwrap_or(0)
    }

    /// Rows the tab shown is scrolled by.
    #[must_use]
    pub fn scroll(&self) -> u16 {
        self.scrolls.get(&self.tab).copied().unwrap_or(0)
    }

    /// The shell shown.
    #[must_use]
    pub fn current_shell(&self) -> Option<&Shell> {
        self.shells.get(self.shell)
    }

    /// Whether what is typed goes to a program, function keys included.
    #[must_use]
    pub fn program_has_keys(&self) -> bool {
        self.side == Side::Shells && self.current_shell().is_some_and(|shell| shell.owns_screen)
    }
}
