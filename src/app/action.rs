//! What comes in, what a person may ask for, what goes out.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::KeyEvent;

use super::model::{LabPage, Shelf};
use crate::i18n::{Lang, Message};
use crate::lab::Text;
use crate::lab::manifest::Part;
use crate::pane::Towards;
use crate::session::desk::Qualification;
use crate::session::{Debrief, Depth, View};
use crate::settings::Look;

/// Everything that reaches the app, through one channel.
#[derive(Debug)]
pub enum Action {
    /// A key went down.
    Key(KeyEvent),
    /// Text was pasted.
    Paste(String),
    /// Something on the screen was clicked.
    Do(Command),
    /// The size of the terminal changed.
    Resized,
    /// A second went by.
    Tick,
    /// The labs and the attempts were read.
    Shelf(Box<Shelf>),
    /// A lab was rendered for its page.
    Page(Box<LabPage>),
    /// A step of the stand's start, reset or end begins.
    Step(Message),
    /// The attempt is ready to be worked on.
    Working(Arc<View>),
    /// A check ended.
    Checked(Depth, Arc<View>),
    /// The attempt changed: a hint taken, an answer given.
    Changed(Arc<View>),
    /// The attempt ended: the debrief.
    Finished(Box<Debrief>),
    /// The machines of an attempt are no longer there.
    StandGone(i64),
    /// The attempt was given up, or put aside.
    Ended,
    /// Something that was done, and where.
    Told(Message),
    /// What was asked for could not be done.
    Failed(Failure),
    /// A shell showed something; `owns_screen` while a full-screen program runs in it.
    Shell {
        /// Which.
        id: ShellId,
        /// A full-screen program holds it: it gets the function keys too.
        owns_screen: bool,
    },
    /// A shell ended.
    ShellEnded(ShellId),
    /// What was looked for in a shell is, or is not, there.
    Searched(bool),
    /// A text for the person's clipboard: selected with the mouse, or from a program.
    Copy(String),
    /// The system asks the app to stop (SIGTERM, SIGHUP).
    Stop,
}

/// A shell's number, never used twice.
pub type ShellId = usize;

/// Something that could not be done, for the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What happened, with the mend.
    pub what: Text,
    /// Whether the screen can stay as it is; else the app goes back to the map.
    pub is_mild: bool,
}

impl Failure {
    /// One that leaves the screen as it is.
    pub fn mild(words: impl Fn(Lang) -> String) -> Self {
        Self { what: both(words), is_mild: true }
    }

    /// One that ends what the screen was about.
    pub fn grave(words: impl Fn(Lang) -> String) -> Self {
        Self { what: both(words), is_mild: false }
    }
}

/// The same words in both languages: the person may switch while reading.
pub fn both(words: impl Fn(Lang) -> String) -> Text {
    Text { fr: words(Lang::Fr), en: words(Lang::En) }
}

/// What a person asks for, by a key or a click.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Leave the app.
    Quit,
    /// One step back.
    Back,
    /// The help of this screen.
    Help,
    /// The other language.
    Language,
    /// These colours, from now on.
    Look(Look),
    /// Find anything by its name.
    Palette,
    /// This row of what the palette found.
    Pick(usize),
    /// Open, choose, agree.
    Accept,
    /// Move.
    Up,
    /// Move.
    Down,
    /// Move.
    Left,
    /// Move.
    Right,
    /// Move by a page.
    PageUp,
    /// Move by a page.
    PageDown,
    /// To the start.
    Home,
    /// To the end.
    End,
    /// To the next part of the screen.
    Next,
    /// Choose a competence (position in the shelf).
    Competence(usize),
    /// Choose, then open, a lab of the chosen competence (position in its list).
    Lab(usize),
    /// Open the lab that is suggested.
    Suggested,
    /// Start the lab, or go on with it.
    Start,
    /// Check now.
    Check,
    /// Ask for a hint.
    Hint,
    /// Put the machines back as they were.
    Reset,
    /// Asked about one machine: put back all of them.
    ResetAll,
    /// Submit.
    Finish,
    /// Throw the attempt away.
    Abandon,
    /// Give up for the reference way.
    GiveUp,
    /// Write the attempt's dossier.
    Export,
    /// The commands of the reference ways, shown or put away.
    Details,
    /// The same lab with other names and numbers.
    Another,
    /// Look for a text in what the shell showed.
    Search,
    /// More room for the terminal.
    Narrow,
    /// More room for the instructions.
    Widen,
    /// So many hundredths of the width for the instructions.
    Split(u16),
    /// The terminal takes the whole screen, or gives it back.
    Zoom,
    /// To the other half of the work screen.
    Switch,
    /// One more shell on this machine.
    NewShell,
    /// The next shell.
    NextShell,
    /// This shell (position of its tab).
    Shell(usize),
    /// This tab of the left half.
    Tab(Tab),
    /// This row of the tab.
    Row(usize),
}

/// A tab of the work screen's left half.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tab {
    /// The work order.
    Brief,
    /// What must be true.
    Criteria,
    /// What helps, and its price.
    Hints,
    /// The request.
    Ticket,
    /// What must be answered.
    Questions,
    /// The ticket's qualification, the work log, the report.
    Desk,
}

impl Tab {
    /// All, in their order.
    pub const ALL: [Self; 6] = [Self::Brief, Self::Criteria, Self::Hints, Self::Ticket, Self::Questions, Self::Desk];
}

/// What the app wants done; carried out by the [executor](super::executor).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Leave.
    Quit,
    /// Read the labs and the attempts.
    Load,
    /// Render a lab for its page.
    Open(String),
    /// Something for the attempt under way.
    Session(Request),
    /// Open a shell on a machine (none: this PC).
    OpenShell(ShellId, Option<String>),
    /// A key for a shell.
    ShellKey(ShellId, KeyEvent),
    /// Pasted text for a shell.
    ShellPaste(ShellId, String),
    /// Scroll a shell's history by so many lines, up if positive.
    ShellScroll(ShellId, i32),
    /// Look for a text in a shell's history.
    ShellSearch(ShellId, String, Towards),
    /// Select nothing in a shell, and show its newest line.
    ShellPresent(ShellId),
    /// Put a text in the person's clipboard.
    Copy(String),
    /// End all shells.
    CloseShells,
    /// Keep the colours for the next time.
    KeepLook(Look),
    /// Write the dossier of an attempt.
    Export(i64, Lang),
    /// Tell the person with the terminal's bell.
    Bell,
}

/// Something asked of the attempt. One at a time: the actor that owns the session works them off in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Begin a lab.
    Start {
        /// Which.
        lab: String,
        /// Which variant.
        seed: u64,
    },
    /// Go on with an attempt.
    Resume(i64),
    /// Look at the machines.
    Check(Depth),
    /// Go on with an attempt on fresh machines.
    Renew(i64),
    /// Throw an attempt away.
    Abandon(i64),
    /// Give up for the reference way.
    GiveUp,
    /// Take the hint that fits.
    Hint,
    /// Answer a question.
    Answer(String, String),
    /// Qualify the ticket.
    Qualify(Qualification),
    /// Write a part of the report.
    Write(Part, String),
    /// Note something in the work log.
    Log(String),
    /// Put a machine back as the setup left it (none: all).
    Reset(Option<String>),
    /// Check all, also "after" something, and end the attempt.
    Finish,
    /// Put the attempt aside: its clock stops, its machines stay.
    Pause,
}

impl Request {
    /// Whether the screen can't stay as it is where it fails.
    #[must_use]
    pub fn is_grave(&self) -> bool {
        match self {
            Self::Check(_) | Self::Hint | Self::Answer(..) | Self::Qualify(_) | Self::Write(..) | Self::Log(_) => false,
            Self::Start { .. }
            | Self::Resume(_)
            | Self::Renew(_)
            | Self::Abandon(_)
            | Self::GiveUp
            | Self::Reset(_)
            | Self::Finish
            | Self::Pause => true,
        }
    }
}

/// How often a live check looks at what only reads.
pub const LIVE_EVERY: Duration = Duration::from_secs(1);
/// How often every criterion that can be checked at once is.
pub const NOW_EVERY: Duration = Duration::from_secs(15);
