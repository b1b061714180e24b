//! `lab.toml`, format 1, as its author wrote it: one struct a table, nothing unknown accepted.
//!
//! A manifest exists in two states with the same shape: *as written* (strings may hold `{{ templates }}`) and
//! *rendered* for one seed (see [`crate::lab::variant`]). Code past `lab` only ever sees rendered ones.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::i18n::Lang;
use crate::probe::Probe;

/// A text in both languages of the interface; neither may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// French.
    pub fr: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The text in one language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Fr => &self.fr,
            Lang::En => &self.en,
        }
    }
}

/// The whole of `lab.toml`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// Version of the format: 1.
    pub format: u32,
    /// Stable name of the lab: lower case, digits and hyphens; also its folder's name.
    pub id: String,
    /// What the lab is called on the screens.
    pub title: Text,
    /// The competence of the 2023 edition it belongs to, as `2023-07`.
    pub competence: String,
    /// Skills of any edition it exercises, as `2018-05-s02`; each must exist in `assets/referentials`.
    pub skills: Vec<String>,
    /// 1 first steps, 2 practice, 3 exam.
    pub level: u8,
    /// How long it takes a candidate, as `40min` or `1h30min`.
    pub duration: String,
    /// What the candidate receives.
    pub ticket: Ticket,
    /// What the seed draws; each becomes a variable of the templates.
    #[serde(default)]
    pub variant: BTreeMap<String, Draw>,
    /// The machines, networks and disks.
    pub stand: StandSpec,
    /// What must be true, each with its points.
    #[serde(default, rename = "criterion")]
    pub criteria: Vec<Criterion>,
    /// Questions whose right answer is computed from the machine.
    #[serde(default, rename = "question")]
    pub questions: Vec<Question>,
    /// The right qualification of the ticket.
    pub qualify: Option<Qualify>,
    /// Facts that the intervention report must carry.
    pub report: Option<Report>,
    /// Hints, in the order of their steps.
    #[serde(default, rename = "hint")]
    pub hints: Vec<Hint>,
    /// Lines of the jury sheet: never machine-checked.
    #[serde(default, rename = "observe")]
    pub observations: Vec<Observed>,
    /// What to read afterwards: man pages, RFCs, vendor pages by name.
    #[serde(default)]
    pub read: Vec<String>,
    /// The reference ways; never shown before the debrief. At least two.
    #[serde(default, rename = "solution")]
    pub solutions: Vec<Solution>,
    /// Wrong states that must be caught.
    #[serde(default, rename = "sabotage")]
    pub sabotages: Vec<Sabotage>,
}

/// The request as the service desk shows it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ticket {
    /// Who asks.
    pub from: Requester,
    /// How it came in.
    pub channel: Channel,
    /// In the person's own words.
    pub text: Text,
    /// The service level agreed.
    pub sla: Option<Sla>,
}

/// Who asks.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requester {
    /// First and last name.
    pub name: String,
    /// What they do.
    pub role: Text,
}

/// How a ticket came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// A call.
    Phone,
    /// An e-mail.
    Mail,
    /// The self-service portal.
    Portal,
    /// Someone came by.
    Visit,
    /// Monitoring raised it.
    Alert,
}

/// Delays the desk committed to, as `30min`, `4h`, `1d`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sla {
    /// To a first answer.
    pub respond: String,
    /// To the resolution.
    pub resolve: String,
}

/// One thing drawn from the seed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum Draw {
    /// One of these, with equal chances.
    Pick(Vec<String>),
    /// An integer between the two, both included.
    Between([i64; 2]),
    /// An IPv4 or IPv6 network from a pattern such as `10.{20..250}.{0..250}.0/24`. In templates it has
    /// `host(n)`, `address`, `netmask`, `prefix`, `broadcast` and prints as `10.84.12.0/24`.
    Subnet(String),
    /// A plausible first and last name: prints as `Nadia Le Goff`; has `first`, `last`, `login` (`nlegoff`).
    Person(bool),
    /// A password a policy would accept, of so many characters.
    Password(u8),
}

/// Which driver builds the stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Driver {
    /// This very PC: probes look, nothing is changed.
    Here,
    /// OCI containers over the base.
    #[default]
    Container,
    /// Machines prepared beforehand, reached by SSH as `machines.toml` says: looked at, never built nor torn down.
    Ssh,
}

/// How closed a container's machines are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Isolation {
    /// For labs that mount no block device. As yet its machines run like those of the other level, as the PC's root
    /// with less rights; a lab must not count on more.
    #[default]
    Default,
    /// Root in a machine is the PC's root with less rights: what mounts block devices needs that.
    Privileged,
}

/// What the lab asks for.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct StandSpec {
    /// Which driver.
    #[serde(default)]
    pub driver: Driver,
    /// How closed its machines are.
    #[serde(default)]
    pub isolation: Isolation,
    /// The machines, in the order of their tabs.
    #[serde(default, rename = "machine")]
    pub machines: Vec<MachineSpec>,
    /// The networks; a machine's interfaces are `eth0`, `eth1`… in the order the networks name it.
    #[serde(default, rename = "network")]
    pub networks: Vec<NetworkSpec>,
    /// The internet, as far as this stand goes: a machine named `internet` that answers DNS and HTTP.
    pub internet: Option<InternetSpec>,
    /// Virtual disks.
    #[serde(default, rename = "disk")]
    pub disks: Vec<DiskSpec>,
    /// Scripts that make the fault or the unfinished state, in order.
    #[serde(default, rename = "setup")]
    pub setups: Vec<Setup>,
    /// Debian packages that the base does not carry, for every machine: fetched once, kept as a read-only layer.
    #[serde(default)]
    pub packages: Vec<String>,
}

/// One machine.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MachineSpec {
    /// Its host name, and its name in this file.
    pub name: String,
    /// What it is, for the drawing ("serveur", "poste du comptable").
    pub role: Option<Text>,
    /// Whether the candidate gets a tab with a shell on it.
    #[serde(default)]
    pub shell: bool,
    /// Whose shell: `root` unless said.
    #[serde(default = "root")]
    pub user: String,
    /// systemd units on at the start; everything else the base carries is off (but can be turned on).
    #[serde(default)]
    pub enable: Vec<String>,
    /// Whether it forwards between its networks (IPv4 and IPv6) from its start on.
    #[serde(default)]
    pub router: bool,
    /// Static routes: `10.1.0.0/24 via 10.0.0.2`, `default via fd00::1`.
    #[serde(default)]
    pub routes: Vec<String>,
    /// A script run once on a fresh machine, whose result is kept as a read-only layer for the next stands (a domain
    /// controller's provisioning). May not depend on the seed.
    pub prepare: Option<String>,
    /// Debian packages that the base does not carry, for this machine only.
    #[serde(default)]
    pub packages: Vec<String>,
    /// What its first process is.
    #[serde(default)]
    pub init: Init,
}

/// A machine's first process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Init {
    /// systemd, with the units that `enable` names.
    #[default]
    Systemd,
    /// Nothing but a process that waits: a machine that is only there to be asked, up in a few milliseconds. It has its
    /// name and its addresses, and no service.
    None,
}

fn root() -> String {
    "root".to_owned()
}

/// One switched network.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NetworkSpec {
    /// Its name in this file and on the drawing.
    pub name: String,
    /// For each machine on it, its addresses (`10.0.0.1/24`, several separated by a space, IPv6 too), or
    /// `unconfigured` (the cable is in, nothing more). On a trunk, `10.0.10.1/24@10` is on tagged VLAN 10 (`eth0.10`).
    pub attach: BTreeMap<String, String>,
    /// The machine that routes out of it: becomes the default gateway, IPv4 and IPv6, of the configured machines (its
    /// first address in their range).
    pub gateway: Option<String>,
    /// Whether the gateway, which must be a router, announces itself and its IPv6 range here (RFC 4861): machines that are
    /// not configured make themselves an address (RFC 4862).
    #[serde(default)]
    pub advertise: bool,
    /// The longest packet, in bytes (1280 to 9000): of the cables, and of what is plugged in.
    pub mtu: Option<u32>,
    /// What goes through each cable, towards the machine: `2Mbit/s`.
    pub rate: Option<String>,
    /// How long each frame takes, one way: `80ms`. Needs the kernel's `sch_netem`.
    pub delay: Option<String>,
    /// Frames lost, one way: `5%`. Needs the kernel's `sch_netem`.
    pub loss: Option<String>,
    /// The switch's side of a machine's cable, where there is something to say of it.
    #[serde(default)]
    pub port: BTreeMap<String, PortSpec>,
}

/// The switch's side of one machine's cable. The page of the lab shows its VLANs; the rest is a fault to be found.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PortSpec {
    /// `10`: access port of VLAN 10. `trunk 10 20`, `trunk 10 20 native 1`: tagged ones, and the untagged one (needs the
    /// kernel's `8021q`). VLAN 1 unless said.
    pub vlan: Option<String>,
    /// Whether the cable is out: no carrier, whatever the machine does, also after its restart.
    #[serde(default)]
    pub unplugged: bool,
    /// Whether this machine has an address of another on purpose.
    #[serde(default)]
    pub duplicate: bool,
    /// What this cable carries whatever the machine believes: longer packets vanish.
    pub mtu: Option<u32>,
    /// As the network's, for this cable only.
    pub rate: Option<String>,
    /// As the network's, for this cable only.
    pub delay: Option<String>,
    /// As the network's, for this cable only.
    pub loss: Option<String>,
}

/// What answers for the internet: DNS for these names only, and HTTP under each of them. It leads nowhere.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct InternetSpec {
    /// The network it is on; its default gateway unless that names another.
    pub network: String,
    /// Its addresses there, as in `attach`.
    pub address: String,
    /// The names it answers for: `www.debian.example`.
    pub names: Vec<String>,
    /// Its way back to what is behind the routers: `2001:db8:1::/48 via 2001:db8::2`.
    #[serde(default)]
    pub routes: Vec<String>,
}

/// One virtual disk.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DiskSpec {
    /// The machine it is plugged into.
    pub machine: String,
    /// Its device name in the machine: `sdb` is `/dev/sdb`.
    pub name: String,
    /// Its size, as `8GiB`; thin: takes only what is written.
    pub size: String,
}

/// A script of the lab's folder run inside a machine at the start.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// Where.
    pub machine: String,
    /// The script's path in the lab's folder; rendered like the texts, run with `sh -eu`.
    pub run: String,
}

/// Something that must be true.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Criterion {
    /// Stable name inside the lab.
    pub id: String,
    /// What it says on the screen.
    pub title: Text,
    /// What it counts.
    pub points: u32,
    /// From whose point of view; the first machine unless said.
    pub machine: Option<String>,
    /// When it is checked.
    #[serde(default)]
    pub after: After,
    /// Criteria that must be met first: waiting, not failed, while they are not.
    #[serde(default)]
    pub needs: Vec<String>,
    /// True at the start, must stay true.
    #[serde(default)]
    pub guard: bool,
    /// Where a person may look when it is not met.
    pub look: Option<Text>,
    /// What is looked at (a leaf).
    pub probe: Option<Probe>,
    /// What must be found: field path → matcher.
    #[serde(default)]
    pub expect: BTreeMap<String, serde_json::Value>,
    /// All of these.
    pub all: Option<Vec<CheckSpec>>,
    /// At least one of these.
    pub any: Option<Vec<CheckSpec>>,
    /// Not this.
    pub not: Option<Box<CheckSpec>>,
}

/// A node of a criterion's tree: a leaf (`probe` and `expect`) or `all`, `any`, `not`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CheckSpec {
    /// From whose point of view; the criterion's machine unless said.
    pub machine: Option<String>,
    /// What is looked at.
    pub probe: Option<Probe>,
    /// What must be found.
    #[serde(default)]
    pub expect: BTreeMap<String, serde_json::Value>,
    /// All of these.
    pub all: Option<Vec<CheckSpec>>,
    /// At least one of these.
    pub any: Option<Vec<CheckSpec>>,
    /// Not this.
    pub not: Option<Box<CheckSpec>>,
}

/// When a criterion is checked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum After {
    /// At once, live.
    #[default]
    Now,
    /// On submission, after every machine of the stand has been restarted.
    Reboot,
    /// On submission, after this unit of the criterion's machine has been restarted.
    Restart(String),
}

/// A question whose right answer is computed from the machine.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Question {
    /// Stable name inside the lab; shares its name space with the criteria.
    pub id: String,
    /// The question.
    pub ask: Text,
    /// What it counts.
    #[serde(default = "one")]
    pub points: u32,
    /// Where the right answer comes from.
    pub answer: Answer,
    /// Where a person may look.
    pub look: Option<Text>,
}

fn one() -> u32 {
    1
}

/// Where a question's right answer comes from.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Answer {
    /// On which machine; the first unless said.
    pub machine: Option<String>,
    /// What is looked at.
    pub probe: Probe,
    /// The field that holds the right answer.
    pub field: String,
    /// How the person's answer is compared.
    #[serde(default)]
    pub compare: Compare,
}

/// How a person's answer is compared with the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Compare {
    /// The same words, whatever the case, the accents and the spacing.
    #[default]
    Words,
    /// The right answer's telling words are in the given one, in any order (`i5-8250U` for `Intel(R) Core(TM) i5-8250U CPU`).
    Contains,
    /// The same number.
    Number,
    /// The same size within 7.5 % (`16 Go` for 15.5 GiB: what the maker sells, what the firmware keeps).
    Size,
    /// The same address, in any of its spellings.
    Mac,
    /// The same address, in any of its spellings.
    Ip,
    /// Yes or no, in either language.
    YesNo,
}

/// The right qualification of the ticket.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Qualify {
    /// ITIL kind.
    pub kind: TicketKind,
    /// How many people it hurts.
    pub impact: Degree,
    /// How long they can wait.
    pub urgency: Degree,
    /// What it is about.
    pub category: Domain,
    /// Whether it goes to the next level.
    #[serde(default)]
    pub escalate: bool,
}

/// What a help desk files tickets under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Domain {
    /// A PC, its system and its components.
    Workstation,
    /// The inventory.
    Asset,
    /// Addresses, names, cables, equipment.
    Network,
    /// Accounts, groups, the domain.
    Directory,
    /// Mail, calendars, shared documents.
    Collaboration,
    /// Printers.
    Printing,
    /// Shares, disks of servers, backups.
    Storage,
    /// Rights, filters, suspicious things.
    Security,
    /// A program.
    Application,
}

impl Domain {
    /// All, in the order of the form.
    pub const ALL: [Self; 9] = [
        Self::Workstation,
        Self::Asset,
        Self::Network,
        Self::Directory,
        Self::Collaboration,
        Self::Printing,
        Self::Storage,
        Self::Security,
        Self::Application,
    ];
}

impl TicketKind {
    /// All, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Incident, Self::Request, Self::Problem];
}

impl Degree {
    /// All, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];
}

/// ITIL kind of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TicketKind {
    /// Something that worked no longer does.
    Incident,
    /// Something new is asked for.
    Request,
    /// The cause behind several incidents.
    Problem,
}

/// A degree of impact or urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Degree {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
}

/// What the intervention report must carry.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Report {
    /// The parts that must be written.
    pub require: Vec<Part>,
    /// What must be mentioned somewhere in it.
    #[serde(default)]
    pub facts: Vec<ReportFact>,
}

/// A part of the intervention report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// What was wrong.
    Cause,
    /// What was done.
    Actions,
    /// How it was verified.
    Tests,
    /// What the user is told.
    Answer,
}

impl Part {
    /// All, in the order of the form.
    pub const ALL: [Self; 4] = [Self::Cause, Self::Actions, Self::Tests, Self::Answer];

    /// Its name's key.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Cause => "desk-cause",
            Self::Actions => "desk-actions",
            Self::Tests => "desk-tests",
            Self::Answer => "desk-answer",
        }
    }
}

/// Something a report must mention.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ReportFact {
    /// What it is: « la plage d'adresses ».
    pub label: Text,
    /// Its spellings; one of them is enough, whatever its case and its spaces.
    pub any: Vec<String>,
}

/// A hint.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Hint {
    /// Points it costs.
    pub cost: u32,
    /// When it is the right one: as long as its criterion is not met (and, if said, while that was found).
    pub when: Option<HintWhen>,
    /// What it says; never the literal command.
    pub text: Text,
}

/// The state in which a hint is the right one.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HintWhen {
    /// This criterion is not met.
    pub criterion: String,
    /// And these fields were found so (field path → matcher).
    #[serde(default)]
    pub found: BTreeMap<String, serde_json::Value>,
}

/// A line of the jury sheet.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Observed {
    /// The skill of a referential.
    pub skill: String,
    /// What the jury looks at.
    pub text: Text,
}

/// A reference way.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Solution {
    /// Its name.
    pub name: String,
    /// Machine → script of the lab's folder, run in the order of the machines in `[stand]`.
    #[serde(default)]
    pub run: BTreeMap<String, String>,
    /// For labs with questions: how the answers are found without the app's own probes: question → script whose
    /// standard output is the answer.
    #[serde(default)]
    pub answer: BTreeMap<String, String>,
    /// What the debrief says of it.
    pub note: Option<Text>,
}

/// A wrong state that must be caught.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Sabotage {
    /// What a candidate got wrong.
    pub name: String,
    /// The solution it comes after; the first unless said.
    pub after: Option<String>,
    /// Machine → script of the lab's folder.
    #[serde(default)]
    pub run: BTreeMap<String, String>,
    /// Question → a wrong answer.
    #[serde(default)]
    pub answer: BTreeMap<String, String>,
    /// Exactly these are no longer met; what needs them waits.
    pub breaks: Vec<String>,
}
