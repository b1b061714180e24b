//! Running processes of a program, read from proc(5).
//!
//! A process is found by the program it runs, never by what its arguments mention: `vi /etc/nginx.conf` is no `nginx`; nor
//! by a name that it gives itself, which only counts for scripts, whose program is the interpreter.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
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
    /// The program's file name, or the script's.
    pub name: String,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).watches(&[Watch::Processes]);

const FIELDS: &[Field] = &[
    Field { name: "running", kind: Kind::Bool, doc: "whether at least one process runs the program; a zombie doesn't" },
    Field { name: "count", kind: Kind::Int, doc: "how many do" },
    Field { name: "users", kind: Kind::List(&Kind::Text), doc: "whom they run as (effective user), each once" },
    Field { name: "pids", kind: Kind::List(&Kind::Int), doc: "their numbers, in the machine's own view" },
    Field { name: "threads", kind: Kind::Int, doc: "their threads together (Threads of proc_pid_status(5))" },
    Field {
        name: "programs",
        kind: Kind::List(&Kind::Text),
        doc: "the files they run, each once (exe of proc(5)); a script's is its interpreter",
    },
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
    /// The file it runs; none for the kernel's own threads, or without the right to see it.
    program: Option<String>,
    /// Whether that right is missing.
    hidden: bool,
}

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-process", process = &args.name);
    let processes = machine.once(Processes::of);
    match &processes.0 {
        Ok(all) => {
            let found = all.iter().filter(|process| process.runs(&args.name));
            let alive: Vec<(&Process, Status)> =
                found.filter_map(|process| Some((process, process.status()?))).collect();
            Observation::seen(fact(&alive, machine), source)
        }
        Err(reason) => Observation::unknown(reason.clone(), source),
    }
}

fn fact(found: &[(&Process, Status)], machine: &Machine) -> Fact {
    let uids: BTreeSet<u32> = found.iter().map(|(_, status)| status.uid).collect();
    let accounts = machine.once(Accounts::read);
    let user = |uid: u32| match accounts.user_name(uid, machine) {
        Ok(name) => Fact::Text(name.unwrap_or_else(|| uid.to_string())),
        Err(reason) => Fact::Unknown(reason),
    };
    Fact::record([
        ("running", (!found.is_empty()).into()),
        ("count", Fact::Int(i64::try_from(found.len()).unwrap_or(i64::MAX))),
        ("users", Fact::List(uids.into_iter().map(user).collect())),
        ("pids", found.iter().filter_map(|(process, _)| process.pid()).map(Fact::Int).collect()),
        ("threads", Fact::Int(found.iter().map(|(_, status)| status.threads).sum())),
        ("programs", programs(found.iter().map(|(process, _)| *process))),
        ("commands", Fact::texts(found.iter().map(|(process, _)| process.command()))),
    ])
}

/// The files they run; unknown where one of them may not be seen.
fn programs<'a>(found: impl Iterator<Item = &'a Process>) -> Fact {
    let mut all = BTreeSet::new();
    for process in found {
        if process.hidden {
            return Fact::Unknown(msg!(
                "probe-no-right",
                subject = process.folder.join("exe").to_string_lossy().as_ref()
            ));
        }
        all.extend(process.program.clone());
    }
    Fact::texts(all)
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

    /// Whether a program of one of these names runs.
    pub(super) fn runs(&self, names: &[&str]) -> Result<bool, Message> {
        let all = self.0.as_ref().map_err(Clone::clone)?;
        let running = |process: &Process| names.iter().any(|name| process.runs(name)) && process.status().is_some();
        Ok(all.iter().any(running))
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
        let exe = fs::read_link(folder.join("exe"));
        let hidden = exe.as_ref().is_err_and(|error| error.kind() == ErrorKind::PermissionDenied);
        let program = exe.ok().map(|path| plain(&path.to_string_lossy()).to_owned());
        Some(Self { folder, comm, program, hidden })
    }

    /// What its status says; none where it has ended meanwhile, or is a zombie.
    fn status(&self) -> Option<Status> {
        let status = fs::read(self.folder.join("status")).ok()?;
        parse_status(&String::from_utf8_lossy(&status))
    }

    fn runs(&self, name: &str) -> bool {
        let is_cut = name.len() > COMM && self.comm.len() == COMM && name.starts_with(&self.comm);
        match &self.program {
            Some(program) if file_name(program).as_deref() == Some(name) => true,
            // Its own name counts where its arguments say so too: a script's interpreter has it for an argument.
            Some(_) => (self.comm == name || is_cut) && self.is_called(name),
            None => self.comm == name || (is_cut && self.is_called(name)),
        }
    }

    fn pid(&self) -> Option<i64> {
        self.folder.file_name()?.to_str()?.parse().ok()
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

/// The kernel marks the path of a program whose file was replaced since (proc(5)).
fn plain(path: &str) -> &str {
    path.strip_suffix(" (deleted)").unwrap_or(path)
}

/// The last part of a program's path. A daemon that writes its state over its arguments leaves its name first.
fn file_name(path: &str) -> Option<String> {
    let path = plain(path).split(" -").next().unwrap_or_default();
    path.rsplit('/')
        .next()
        .map(|name| name.trim_end_matches(':').trim())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}

#[derive(Debug, PartialEq, Eq)]
struct Status {
    uid: u32,
    threads: i64,
}

/// Effective user and threads of a process that isn't a zombie (`/proc/PID/status`).
fn parse_status(status: &str) -> Option<Status> {
    let value = |key: &str| status.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
    if value("State:")?.starts_with(['Z', 'X']) {
        return None;
    }
    Some(Status {
        uid: value("Uid:")?.split_whitespace().nth(1)?.parse().ok()?,
        threads: value("Threads:").and_then(|count| count.parse().ok()).unwrap_or(1),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn process(comm: &str, program: Option<&str>) -> Process {
        Process { folder: "/nonexistent".into(), comm: comm.into(), program: program.map(str::to_owned), hidden: false }
    }

    #[test]
    fn a_process_is_known_by_its_name_or_its_program() {
        assert!(process("nginx", Some("nginx")).runs("nginx"));
        assert!(process("nginx: worker", Some("nginx")).runs("nginx"));
        assert!(process("kworker/0:1", None).runs("kworker/0:1"));
        assert!(!process("nginx-helper", Some("nginx-helper")).runs("nginx"));
    }

    #[test]
    fn a_name_that_a_process_gives_itself_counts_for_scripts_only() {
        let folder = tempfile::tempdir().unwrap();
        let started = |line: &[u8]| {
            fs::write(folder.path().join("cmdline"), line).unwrap();
            Process { folder: folder.path().into(), ..process("backupd", Some("/usr/bin/python3.11")) }
        };
        assert!(started(b"python3\0/usr/local/bin/backupd\0--all\0").runs("backupd"));
        assert!(!started(b"python3\0-c\0import time\0").runs("backupd"));
        assert!(!process("backupd", Some("/usr/bin/sleep")).runs("backupd"));
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
        assert_eq!(parse_status("Name:\tx\nState:\tZ (zombie)\nUid:\t0\t0\t0\t0\n"), None);
        let seen = parse_status("Name:\tx y\nState:\tS\nUid:\t0\t33\t0\t0\nThreads:\t4\n");
        assert_eq!(seen, Some(Status { uid: 33, threads: 4 }));
    }

    #[test]
    fn a_program_that_may_not_be_seen_is_unknown() {
        let hidden = Process { hidden: true, ..process("sshd", None) };
        assert!(matches!(programs([&hidden].into_iter()), Fact::Unknown(_)));
        assert_eq!(programs([&process("a", Some("/bin/a"))].into_iter()), Fact::texts(["/bin/a"]));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in "(Name:|State:|Uid:|[a-z0-9\t]{0,6}|\n){0,20}") {
            let _ = parse_status(&text);
        }
    }
}
