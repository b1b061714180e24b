//! Probes: one question to a machine, one typed answer. A probe looks at the state that results, never at how it came.
//!
//! A family is a file of this folder: its arguments (what a lab writes), its [`Field`]s (what an expectation may name)
//! and `observe`, which reads them from a [`Machine`]. Each source (the process table, the sockets…) is read once per
//! run and shared through [`Machine`]; nothing is forked where the kernel or a file can tell.

mod account;
mod command;
mod dhcp;
mod dns;
mod domain;
mod fact;
mod file;
mod filesystem;
mod fstab;
mod group;
mod hardware;
mod interface;
mod login;
mod machine;
mod mount;
mod netlink;
mod package;
mod partition;
mod process;
mod route;
pub mod run;
mod service;
mod socket;
mod storage;
mod swap;
mod user;

pub use fact::{Fact, Field, Kind, Observation};
pub use machine::{Machine, TIMEOUT};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::i18n::Message;
use crate::msg;

/// Declares the families: the enum a lab writes, and the tables that go with it.
macro_rules! families {
    ($($(#[$doc:meta])* $variant:ident($module:ident), $cost:ident;)*) => {
        /// A question to a machine; in a lab: `probe = { file = { path = "/etc/hosts" } }`.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case", deny_unknown_fields)]
        pub enum Probe { $($(#[$doc])* $variant($module::Args),)* }

        impl Probe {
            /// The fields an expectation on this probe may name.
            #[must_use]
            pub fn fields(&self) -> &'static [Field] {
                match self { $(Self::$variant(_) => $module::FIELDS,)* }
            }

            /// How dear it is to ask.
            #[must_use]
            pub fn cost(&self) -> Cost {
                match self { $(Self::$variant(_) => Cost::$cost,)* }
            }

            /// The family's name in a lab.
            #[must_use]
            pub fn family(&self) -> &'static str {
                match self { $(Self::$variant(_) => stringify!($module),)* }
            }

            /// Looks.
            #[must_use]
            pub fn observe(&self, machine: &Machine) -> Observation {
                match self { $(Self::$variant(args) => $module::observe(args, machine),)* }
            }
        }

        /// Every family: its name in a lab and its fields, for the reference and the lint.
        pub const FAMILIES: &[(&str, &[Field])] = &[$((stringify!($module), $module::FIELDS),)*];
    };
}

families! {
    /// A file, a folder, a link.
    File(file), Local;
    /// The partitions of a disk, each with what it holds.
    Partition(partition), Local;
    /// What one device or image file holds.
    Filesystem(filesystem), Local;
    /// What is mounted on a folder now.
    Mount(mount), Local;
    /// What will be mounted on a folder at the next start.
    Fstab(fstab), Local;
    /// Swap space of a disk, now and at the next start.
    Swap(swap), Local;
    /// A network interface.
    Interface(interface), Local;
    /// The way a packet would take.
    Route(route), Local;
    /// A DNS question.
    Dns(dns), Active;
    /// What a DHCP client would be offered.
    Dhcp(dhcp), Active;
    /// Membership of an Active Directory domain, as it works.
    Domain(domain), Active;
    /// A real login with a password.
    Login(login), Active;
    /// The PC itself: processor, memory, disks, graphics, network adapters, firmware.
    Hardware(hardware), Local;
    /// An account.
    User(user), Local;
    /// A group.
    Group(group), Local;
    /// A Debian package.
    Package(package), Local;
    /// A systemd unit.
    Service(service), Active;
    /// Running processes of a program.
    Process(process), Local;
    /// Who listens on a port.
    Socket(socket), Local;
    /// A program's exit status and output; for what nothing else can tell.
    Command(command), Active;
}

/// How dear a probe is, hence how often a live check asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Reads what is there: every tick.
    Local,
    /// Exchanges something with a service or starts a program: on a slow tick, on demand and on submission.
    Active,
}

impl Observation {
    /// Something was seen.
    #[must_use]
    pub fn seen(fact: Fact, source: Message) -> Self {
        Self { fact, source }
    }

    /// Nothing can be said, because.
    #[must_use]
    pub fn unknown(reason: Message, source: Message) -> Self {
        Self { fact: Fact::Unknown(reason), source }
    }
}

/// Why something could not be looked at: the errors every family shares.
#[must_use]
pub fn reason(error: &std::io::Error, subject: &str) -> Message {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::PermissionDenied => msg!("probe-no-right", subject = subject),
        ErrorKind::TimedOut => msg!("probe-timed-out", subject = subject),
        _ => msg!("probe-io", subject = subject, error = error.to_string()),
    }
}
