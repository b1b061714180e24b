//! Running processes of a program, read from proc(5).
//!
//! A process is found by the program it runs, never by what its arguments mention: `vi /etc/nginx.conf` is no `nginx`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::account::Accounts;
use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Watch, reason};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `process = { name = "dnsmasq" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The program's file name, or the name that the process gave itself (comm of proc(5)).
    pub name: String,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).watches(&[Watch::Processes]);

const FIELDS: &[Field] = &[
    Field { name: "running", kind: Kind::Bool, doc: "whether at least one process runs the program; a zombie doesn't" },
    Field { name: "count", kind: Kind::Int, doc: "how many do" },
    Field { name: "users", kind: Kind::List(&Kind::Text), doc: "whom they run as (effective user), each once" },
    Field { name: "commands", kind: Kind::List(&Kind::Text), doc: "their command lines, arguments joined by a space" },
];

/// The kernel keeps so many bytes of a process's name (`TASK_COMM_LEN` less its end, proc(5)).
const COMM: usize = 15;

/// Every process.
pub(super) struct Processes(Result<Vec<Process>, Message>);

/// What tells processes apart; the rest is only read of those that are asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Process {
    folder: PathBuf,
    comm: String,
    /// File name of its program; none for the kernel's own threads, or without the right to see it.
    program: Option<String>,
}

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-process", process = &args.name);
    let processes = machine.once(Processes::of);
    match &processes.0 {
        Ok(all) => {
            let found = all.iter().filter(|process| process.runs(&args.name));
            let alive: Vec<(&Process, u32)> = found.filter_map(|process| Some((process, process.user()?))).collect();
            Observation::seen(fact(&alive, machine), source)
        }
        Err(reason) => Observation::unknown(reason.clone(), source),
    }
}

fn fact(found: &[(&Process, u32)], machine: &Machine) -> Fact {
    let uids: BTreeSet<u32> = found.iter().map(|(_, uid)| *uid).collect();
    let accounts = machine.once(Accounts::read);
    let user = |uid: u32| match accounts.user_name(uid, machine) {
        Ok(name) => Fact::Text(name.unwrap_or_else(|| uid.to_string())),
        Err(reason) => Fact::Unknown(reason),
    };
    Fact::record([
        ("running", (!found.is_empty()).into()),
        ("count", Fact::Int(i64::try_from(found.len()).unwrap_or(i64::MAX))),
        ("users", Fact::List(uids.into_iter().map(user).collect())),
        ("commands", Fact::texts(found.iter().map(|(process, _)| process.command()))),
    ])
}

impl Processes {
    fn read(proc: &Path) -> Self {
        let entries = match fs::read_dir(proc) {
            Ok(entries) => entries,
            Err(error) => return Self(Err(reason(&error, "/proc"))),
        };
        let numbered =
            entries.flatten().filter(|entry| entry.file_name().as_encoded_bytes().iter().all(u8::is_ascii_digit));
        // One that ends meanwhile is gone.
        Self(Ok(numbered.filter_map(|entry| Process::read(entry.path())).collect()))
    }

    /// The folders of all processes in proc(5), each with the process's name.
    pub(super) fn folders(&self) -> impl Iterator<Item = (&Path, &str)> {
        self.0.iter().flatten().map(|process| (process.folder.as_path(), process.comm.as_str()))
    }

    /// The process table, shared with the other families.
    pub(super) fn of(_machine: &Machine) -> Self {
        Self::read(Path::new("/proc"))
    }
}

impl Process {
    fn read(folder: PathBuf) -> Option<Self> {
        let comm = fs::read(folder.join("comm")).ok()?;
        let comm = String::from_utf8_lossy(&comm).trim_end_matches('\n').to_owned();
        let program = fs::read_link(folder.join("exe")).ok().and_then(|path| file_name(&path.to_string_lossy()));
        Some(Self { folder, comm, program })
    }

    /// Its effective user; none where it has ended meanwhile, or is a zombie.
    fn user(&self) -> Option<u32> {
        let status = fs::read(self.folder.join("status")).ok()?;
        effective_user(&String::from_utf8_lossy(&status))
    }

    fn runs(&self, name: &str) -> bool {
        let is_cut = name.len() > COMM && self.comm.len() == COMM && name.starts_with(&self.comm);
        self.comm == name || self.program.as_deref() == Some(name) || (is_cut && self.is_called(name))
    }

    /// Whether the name it was started by, unlike `comm` never cut, is this one.
    fn is_called(&self, name: &str) -> bool {
        self.arguments().iter().take(2).any(|argument| file_name(argument).as_deref() == Some(name))
    }

    fn arguments(&self) -> Vec<String> {
        let line = fs::read(self.folder.join("cmdline")).unwrap_or_default();
        let line = String::from_utf8_lossy(&line);
        line.trim_end_matches('\0').split('\0').map(str::to_owned).collect()
    }

    fn command(&self) -> String {
        self.arguments().join(" ")
    }
}

/// The last part of a program's path; the kernel marks one whose file was replaced since (proc(5)).
fn file_name(path: &str) -> Option<String> {
    let path = path.strip_suffix(" (deleted)").unwrap_or(path);
    path.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// The effective user of a process that isn't a zombie (`/proc/PID/status`).
fn effective_user(status: &str) -> Option<u32> {
    let value = |key: &str| status.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
    if value("State:")?.starts_with(['Z', 'X']) {
        return None;
    }
    value("Uid:")?.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn process(comm: &str, program: Option<&str>) -> Process {
        Process { folder: "/nonexistent".into(), comm: comm.into(), program: program.map(str::to_owned) }
    }

    #[test]
    fn a_process_is_known_by_its_name_or_its_program() {
        assert!(process("nginx", Some("nginx")).runs("nginx"));
        assert!(process("nginx: worker", Some("nginx")).runs("nginx"));
        assert!(process("my-script", Some("python3.11")).runs("my-script"));
        assert!(!process("nginx-helper", Some("nginx-helper")).runs("nginx"));
    }

    #[test]
    fn a_name_cut_by_the_kernel_alone_proves_nothing() {
        assert!(!process("a-very-long-nam", None).runs("a-very-long-name-indeed"));
        assert!(process("a-very-long-nam", Some("a-very-long-name-indeed")).runs("a-very-long-name-indeed"));
    }

    #[test]
    fn a_program_replaced_while_it_runs_keeps_its_name() {
        assert_eq!(file_name("/usr/sbin/dnsmasq (deleted)").as_deref(), Some("dnsmasq"));
        assert_eq!(file_name("/"), None);
    }

    #[test]
    fn a_zombie_does_not_run() {
        assert_eq!(effective_user("Name:\tx\nState:\tZ (zombie)\nUid:\t0\t0\t0\t0\n"), None);
        assert_eq!(effective_user("Name:\tx y\nState:\tS\nUid:\t0\t33\t0\t0\n"), Some(33));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in "(Name:|State:|Uid:|[a-z0-9\t]{0,6}|\n){0,20}") {
            let _ = effective_user(&text);
        }
    }
}
