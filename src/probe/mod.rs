//! Probes: one question to a machine, one typed answer. A probe looks at the state that results, never at how it came.
//!
//! A family is a file (or folder) of this folder and three lines here. To add one:
//!
//! 1. `src/probe/NAME.rs` with `pub struct Args` (what a lab writes: `Debug, Clone, PartialEq, Eq, Hash, Serialize,
//!    Deserialize, JsonSchema`, `deny_unknown_fields`, each field documented), `pub(super) const ABOUT: About` (price,
//!    [`Field`]s with their units and sources, [`Need`]s, [`Watch`]es, secret arguments) and
//!    `pub(super) fn observe(&Args, &Machine) -> Observation`;
//! 2. here: `mod NAME;` and a line in `families!`, whose comment is the family's sentence in the reference;
//! 3. a label `field-…` for each new field name in `assets/locales/*/field.ftl` or a file of the family's own, in both
//!    languages;
//! 4. its truth table in `tests/truth/` (see there), and the reference: `UPDATE=1 cargo test --lib reference`.
//!
//! Each source (the process table, the sockets…) is a type read once per run and shared: `machine.once(Sockets::read)`,
//! whichever family needs it first. Nothing is forked where the kernel or a file can tell; a program is only run by
//! [`Machine::run`]. What can't be looked at is [`Fact::Unknown`] with the reason, never `false`.

mod account;
mod acl;
mod archive;
mod backup;
mod calendar;
mod certificate;
mod clock;
mod command;
mod content;
mod dhcp;
mod dhcp6;
mod digest;
mod dns;
mod domain;
mod fact;
mod family;
mod file;
mod filesystem;
mod firewall;
mod fstab;
mod group;
mod hardware;
mod http;
mod imap;
mod interface;
mod kerberos;
mod ldap;
mod locale;
mod log;
mod login;
mod luks;
mod machine;
mod mail;
mod module;
mod mount;
mod neighbour;
mod netlink;
mod package;
mod packet;
mod partition;
mod policy;
mod printer;
mod process;
mod raid;
mod reading;
pub mod reference;
mod route;
pub mod run;
mod schedule;
mod secret;
mod service;
mod share;
mod sieve;
mod smtp;
mod socket;
mod ssh;
mod storage;
mod sudo;
mod swap;
mod sysctl;
mod tcp;
mod tree;
mod usage;
mod user;
mod vpn;
mod walk;
mod wire;
mod xattr;

pub use fact::{Fact, Field, Kind, Observation};
pub use family::{About, Cost, Family, Need, Watch};
pub use machine::{Machine, TIMEOUT};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::i18n::Message;
use crate::msg;

/// Declares the families: the enum a lab writes, and the tables that go with it.
macro_rules! families {
    ($($(#[doc = $doc:literal])* $name:literal $variant:ident($module:ident);)*) => {
        /// A question to a machine; in a lab: `probe = { file = { path = "/etc/hosts" } }`.
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub enum Probe { $($(#[doc = $doc])* #[serde(rename = $name)] $variant($module::Args),)* }

        impl Probe {
            /// What the family declares.
            #[must_use]
            pub fn about(&self) -> &'static About {
                match self { $(Self::$variant(_) => &$module::ABOUT,)* }
            }

            /// The family's name in a lab.
            #[must_use]
            pub fn family(&self) -> &'static str {
                match self { $(Self::$variant(_) => $name,)* }
            }

            fn look(&self, machine: &Machine) -> Observation {
                match self { $(Self::$variant(args) => $module::observe(args, machine),)* }
            }

            /// The arguments, as written.
            pub(crate) fn arguments(&self) -> serde_json::Value {
                match self { $(Self::$variant(args) => serde_json::to_value(args).unwrap_or_default(),)* }
            }
        }

        /// Every family, for the reference, the schema and the lint.
        pub const FAMILIES: &[Family] = &[$(Family {
            name: $name,
            summary: concat!($($doc),*),
            about: &$module::ABOUT,
            args: || schemars::schema_for!($module::Args),
        },)*];
    };
}

families! {
    /// A file, a folder, a link.
    "file" File(file);
    /// What a file says at a place: text, INI, JSON, TOML, XML, YAML.
    "content" Content(content);
    /// A tree of folders, and whether it is the same as another.
    "tree" Tree(tree);
    /// An access control list, and what a user may do by it.
    "acl" Acl(acl);
    /// Extended attributes and the flags of chattr(1).
    "xattr" Xattr(xattr);
    /// How full a filesystem is, and what fills it.
    "usage" Usage(usage);
    /// An archive, read to its end.
    "archive" Archive(archive);
    /// A backup repository, by what can be got back from it.
    "backup" Backup(backup);
    /// The partitions of a disk, each with what it holds.
    "partition" Partition(partition);
    /// What one device or image file holds.
    "filesystem" Filesystem(filesystem);
    /// The header of an encrypted volume.
    "luks" Luks(luks);
    /// An array of disks, by what its members say.
    "raid" Raid(raid);
    /// What is mounted on a folder now.
    "mount" Mount(mount);
    /// What will be mounted on a folder at the next start.
    "fstab" Fstab(fstab);
    /// Swap space of a disk, now and at the next start.
    "swap" Swap(swap);
    /// A network interface.
    "interface" Interface(interface);
    /// The way a packet would take.
    "route" Route(route);
    /// A DNS question.
    "dns" Dns(dns);
    /// What a DHCP client would be offered.
    "dhcp" Dhcp(dhcp);
    /// What a DHCPv6 client would be told.
    "dhcp6" Dhcp6(dhcp6);
    /// Membership of an Active Directory domain, as it works.
    "domain" Domain(domain);
    /// A real login with a password.
    "login" Login(login);
    /// The PC itself: processor, memory, disks, graphics, network adapters, firmware.
    "hardware" Hardware(hardware);
    /// A kernel parameter, now and at the next start.
    "sysctl" Sysctl(sysctl);
    /// A kernel module, now and at the next start.
    "module" Module(module);
    /// Time zone, language and keyboard.
    "locale" Locale(locale);
    /// What was logged: the journal, or a file.
    "log" Log(log);
    /// What runs by itself and when: cron, anacron, at, timers.
    "schedule" Schedule(schedule);
    /// The machine's clock, and what keeps it right.
    "clock" Clock(clock);
    /// An account.
    "user" User(user);
    /// What an account may do by sudo.
    "sudo" Sudo(sudo);
    /// What passwords must be, and how long they last.
    "policy" Policy(policy);
    /// A group.
    "group" Group(group);
    /// A Debian package.
    "package" Package(package);
    /// A systemd unit.
    "service" Service(service);
    /// Running processes of a program.
    "process" Process(process);
    /// Who listens on a port.
    "socket" Socket(socket);
    /// A TCP connection.
    "tcp" Tcp(tcp);
    /// Whether packets get to another machine, and who stops them.
    "packet" Packet(packet);
    /// An HTTP request.
    "http" Http(http);
    /// A server's certificate.
    "certificate" Certificate(certificate);
    /// A mail server that takes mail.
    "smtp" Smtp(smtp);
    /// A mailbox.
    "imap" Imap(imap);
    /// The filters of a mailbox.
    "sieve" Sieve(sieve);
    /// A message that is sent and fetched.
    "mail" Mail(mail);
    /// A share, with a real login.
    "share" Share(share);
    /// A login by SSH.
    "ssh" Ssh(ssh);
    /// An object of a directory.
    "ldap" Ldap(ldap);
    /// A login to a Kerberos realm.
    "kerberos" Kerberos(kerberos);
    /// A printer or a queue.
    "printer" Printer(printer);
    /// A calendar.
    "calendar" Calendar(calendar);
    /// What the firewall is set to.
    "firewall" Firewall(firewall);
    /// Who holds an address on a link.
    "neighbour" Neighbour(neighbour);
    /// A tunnel, by its effect.
    "vpn" Vpn(vpn);
    /// A program's exit status and output; for what nothing else can tell.
    "command" Command(command);
}

impl Probe {
    /// The fields an expectation on this probe may name.
    #[must_use]
    pub fn fields(&self) -> &'static [Field] {
        self.about().fields
    }

    /// How dear it is to ask.
    #[must_use]
    pub fn cost(&self) -> Cost {
        self.about().cost
    }

    /// Looks. No secret of the arguments is in what is brought back.
    #[must_use]
    pub fn observe(&self, machine: &Machine) -> Observation {
        let seen = self.look(machine);
        match self.about().secrets {
            [] => seen,
            secrets => secret::hide(seen, &secret::values(&self.arguments(), secrets)),
        }
    }
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
