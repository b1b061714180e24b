//! What a family says of itself: its fields, its price, what it needs and what tells that its answer may have changed.

use schemars::Schema;

use super::Field;

/// A family, for the reference, the schema and the lint.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    /// Its name in a lab.
    pub name: &'static str,
    /// What it is about, in a sentence.
    pub summary: &'static str,
    /// What it declares.
    pub about: &'static About,
    /// JSON Schema of its arguments.
    pub args: fn() -> Schema,
}

/// What each family's module declares as `ABOUT`.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// How dear it is to ask.
    pub cost: Cost,
    /// What an expectation may name.
    pub fields: &'static [Field],
    /// What must be there for it to tell anything; without it the answer is *unknown*.
    pub needs: &'static [Need],
    /// What tells that the answer may have changed. None: only time does.
    pub watches: &'static [Watch],
    /// Arguments that are paths, or lists of them: absolute ones, as nobody knows from where a probe looks.
    pub paths: &'static [&'static str],
    /// Arguments whose values are never shown, wherever they turn up.
    pub secrets: &'static [&'static str],
}

impl About {
    /// A family of this price and with these fields, that needs nothing, watches nothing and has no secret.
    pub(super) const fn new(cost: Cost, fields: &'static [Field]) -> Self {
        Self { cost, fields, needs: &[], watches: &[], paths: &[], secrets: &[] }
    }

    /// The same with what it needs.
    pub(super) const fn needs(self, needs: &'static [Need]) -> Self {
        Self { needs, ..self }
    }

    /// The same with what tells that its answer may have changed.
    pub(super) const fn watches(self, watches: &'static [Watch]) -> Self {
        Self { watches, ..self }
    }

    /// The same with the arguments that are paths.
    pub(super) const fn paths(self, paths: &'static [&'static str]) -> Self {
        Self { paths, ..self }
    }

    /// The same with its secret arguments.
    pub(super) const fn secrets(self, secrets: &'static [&'static str]) -> Self {
        Self { secrets, ..self }
    }
}

/// How dear a probe is, hence when a live check asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cost {
    /// Reads what is there: whenever something it watches changed.
    Local,
    /// Runs a program that only reads, and at once: whenever something it watches changed, else as [`Cost::Active`].
    Program,
    /// Exchanges something with a service or starts a program: on a slow tick, on demand and on submission.
    Active,
}

/// Something that a family can't do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A program of the machine.
    Tool(&'static str),
    /// Root's rights, for this.
    Root(&'static str),
}

/// Something that changes when the answer may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// A path of the machine: the file and its place, or the folder's entries (inotify(7)).
    Path(&'static str),
    /// The same for the path that this argument names.
    Argument(&'static str),
    /// The mount table (`poll(2)` on mountinfo, `proc_pid_mountinfo(5)`).
    Mounts,
    /// Swap space in use (`poll(2)` on `/proc/swaps`, proc(5)).
    Swaps,
    /// Links, addresses, routes and neighbours (rtnetlink(7)).
    Network,
    /// Disks: their nodes, and what is written to them (`IN_CLOSE_WRITE` of inotify(7) on the nodes).
    Disks,
    /// Units: started, stopped (`/run/systemd/units`), enabled, edited (`/etc/systemd/system`).
    Units,
    /// Processes and sockets: nothing tells, they are looked at every second.
    Processes,
}
