//! What stands leave on the PC, for the proof that they leave nothing.
//!
//! The PC lives on while a lab is proven: other programs mount, start and stop things. So a snapshot only holds what *can
//! only be ours*, by marks that nobody else's things bear:
//!
//! - a process in our control groups, below this process, or in a mount or network namespace of such a process;
//! - a mount in this namespace whose source or place is in the state folder;
//! - a link in this network namespace named as our switches and cables are;
//! - a loop device whose file is in the state folder (which swap on it, or a mount of it, would keep), or partitions left on
//!   a free one that the journal of a stand names (without one nobody can tell whose they were; taking a stand down fails
//!   where they stay);
//! - a control group below ours; a folder of a stand.
//!
//! Stands that were there before, or that another living process of ours holds (a candidate at work while a trainer proves
//! labs), are that process's business and left out.
//!
//! Anything of that kind that is there afterwards and was not before is a trace. The reverse (something of the owner's that
//! is gone) can't come from a stand: nothing of one runs in the PC's namespaces.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::folder::Folder;
use super::process::Process;
use super::{cgroup, folder, journal};
use crate::i18n::Message;
use crate::{msg, paths};

/// Something of a stand's on the PC.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "what")]
pub enum Trace {
    /// A process: PID, start time, name.
    Process(i32, u64, String),
    /// A mount: its place.
    Mount(String),
    /// A network link: its name.
    Link(String),
    /// A loop device or a partition of a free one, and its file.
    Loop(String, String),
    /// A control group.
    Cgroup(String),
    /// A stand's folder.
    Folder(String),
}

impl Trace {
    /// For the person.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Process(pid, _, name) => msg!("stand-left-process", pid = *pid, name = name),
            Self::Mount(at) => msg!("stand-left-mount", at = at),
            Self::Link(name) => msg!("stand-left-link", name = name),
            Self::Loop(device, file) => msg!("stand-left-loop", device = device, file = file),
            Self::Cgroup(path) => msg!("stand-left-cgroup", path = path),
            Self::Folder(path) => msg!("stand-left-folder", path = path),
        }
    }
}

/// Everything of ours on the PC at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostSnapshot {
    traces: BTreeSet<Trace>,
    /// Every stand there was.
    stands: BTreeSet<String>,
}

impl HostSnapshot {
    /// Looks now.
    pub fn take() -> io::Result<Self> {
        Self::without(&BTreeSet::new())
    }

    /// Looks now, past these stands and those that others hold.
    fn without(known: &BTreeSet<String>) -> io::Result<Self> {
        let stands = existing();
        let others: BTreeSet<String> = stands.iter().filter(|id| is_held_elsewhere(id)).chain(known).cloned().collect();
        let mut traces = processes(&others)?;
        traces.extend(mounts(&fs::read_to_string("/proc/self/mountinfo")?, &paths::state()));
        traces.extend(links(&fs::read_to_string("/proc/self/net/dev")?));
        traces.extend(loops(&paths::state(), &noted(&stands)));
        let groups = cgroup::stands().into_iter().filter(|id| !others.contains(id));
        traces.extend(groups.map(|id| Trace::Cgroup(cgroup::of_stand(&id).display().to_string())));
        let folders = stands.iter().filter(|id| !others.contains(*id)).map(|id| folder::stands().join(id));
        traces.extend(folders.map(|folder| Trace::Folder(folder.display().to_string())));
        traces.retain(|trace| !trace.is_in(&others));
        Ok(Self { traces, stands })
    }

    /// What is there in a later snapshot and was not in this one.
    #[must_use]
    pub fn diff(&self, after: &Self) -> Vec<Trace> {
        after.traces.difference(&self.traces).cloned().collect()
    }

    /// What has come since this snapshot and stays: the kernel takes a moment to let go of what has ended.
    pub fn settled(&self, patience: Duration) -> io::Result<Vec<Trace>> {
        let end = Instant::now() + patience;
        loop {
            let left = self.diff(&Self::without(&self.stands)?);
            if left.is_empty() || Instant::now() > end {
                return Ok(left);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Trace {
    /// Whether it lies in the folder of one of these stands.
    fn is_in(&self, stands: &BTreeSet<String>) -> bool {
        let (Self::Mount(path) | Self::Loop(_, path)) = self else { return false };
        stands.iter().any(|id| Path::new(path).starts_with(folder::stands().join(id)))
    }
}

/// The stands that have a folder.
fn existing() -> BTreeSet<String> {
    let folders = fs::read_dir(folder::stands()).into_iter().flatten().flatten();
    folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Whether another process than this one has built or resumed the stand, and lives.
fn is_held_elsewhere(id: &str) -> bool {
    let owner = Process::living(&Folder::at(&folder::stands().join(id)).owner());
    owner.is_some_and(|owner| Process::this().is_none_or(|this| this.pid != owner.pid))
}

/// A process as far as it matters here.
#[derive(Debug, Clone)]
struct Seen {
    parent: i32,
    start: u64,
    name: String,
    namespaces: Vec<String>,
    /// The stand whose control group it is in.
    stand: Option<String>,
}

fn processes(others: &BTreeSet<String>) -> io::Result<BTreeSet<Trace>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<i32>().ok()) else { continue };
        if let Some(seen) = look(pid).filter(|seen| seen.stand.as_ref().is_none_or(|id| !others.contains(id))) {
            all.insert(pid, seen);
        }
    }
    let this = Process::this().map(|this| this.pid).unwrap_or_default();
    let ours = ours(&all, this);
    Ok(ours.into_iter().map(|(pid, seen)| Trace::Process(pid, seen.start, seen.name)).collect())
}

fn look(pid: i32) -> Option<Seen> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (head, tail) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = tail.split_ascii_whitespace().collect();
    let groups = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
    let top = cgroup::of_stand("");
    let namespaces = ["mnt", "net"].iter().filter_map(|kind| fs::read_link(format!("/proc/{pid}/ns/{kind}")).ok());
    Some(Seen {
        parent: fields.get(1)?.parse().ok()?,
        start: fields.get(19)?.parse().ok()?,
        name: head.split_once('(')?.1.to_owned(),
        namespaces: namespaces.map(|path| path.display().to_string()).collect(),
        stand: groups.lines().filter_map(|line| line.splitn(3, ':').nth(2)).find_map(|path| stand_of(path, &top)),
    })
}

/// The stand that a control group below ours belongs to.
fn stand_of(group: &str, top: &Path) -> Option<String> {
    let below = Path::new(group.trim_start_matches('/')).strip_prefix(top).ok()?;
    Some(below.iter().next().map_or_else(String::new, |id| id.to_string_lossy().into_owned()))
}

/// Those in our groups, below this process, or in a namespace of one of these that is not this process's.
fn ours(all: &BTreeMap<i32, Seen>, this: i32) -> BTreeMap<i32, Seen> {
    let below =
        |pid: i32| std::iter::successors(all.get(&pid), |seen| all.get(&seen.parent)).any(|seen| seen.parent == this);
    let marked = |pid: &i32, seen: &Seen| *pid != this && (seen.stand.is_some() || below(*pid));
    let host: BTreeSet<&String> =
        all.get(&this).into_iter().chain(all.get(&1)).flat_map(|seen| &seen.namespaces).collect();
    let own: BTreeSet<&String> = all
        .iter()
        .filter(|(pid, seen)| marked(pid, seen))
        .flat_map(|(_, seen)| &seen.namespaces)
        .filter(|namespace| !host.contains(namespace))
        .collect();
    all.iter()
        .filter(|(pid, seen)| marked(pid, seen) || seen.namespaces.iter().any(|namespace| own.contains(namespace)))
        .map(|(pid, seen)| (*pid, seen.clone()))
        .collect()
}

fn mounts(mountinfo: &str, state: &Path) -> Vec<Trace> {
    let lines = mountinfo.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    lines
        .filter(|fields| fields.iter().any(|field| Path::new(field).starts_with(state) && *field != "/"))
        .filter_map(|fields| fields.get(4).map(|at| Trace::Mount((*at).to_owned())))
        .collect()
}

/// Names that `network` gives: `net0`, `m0e0`.
fn links(dev: &str) -> Vec<Trace> {
    let names = dev.lines().skip(2).filter_map(|line| line.split_once(':')).map(|(name, _)| name.trim());
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let is_cable = |name: &str| {
        let ends = name.strip_prefix('m').and_then(|rest| rest.split_once('e'));
        ends.is_some_and(|(machine, link)| is_number(machine) && is_number(link))
    };
    names
        .filter(|name| is_cable(name) || name.strip_prefix("net").is_some_and(is_number))
        .map(|name| Trace::Link(name.to_owned()))
        .collect()
}

/// The loop devices that these stands were given, by name.
fn noted(stands: &BTreeSet<String>) -> BTreeSet<String> {
    let steps = stands.iter().map(|id| Folder::at(&folder::stands().join(id)).journal().read());
    steps.flat_map(|steps| journal::loops(&steps)).map(|number| format!("loop{number}")).collect()
}

fn loops(state: &Path, noted: &BTreeSet<String>) -> Vec<Trace> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/sys/block").into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with("loop") {
            continue;
        }
        match fs::read_to_string(entry.path().join("loop/backing_file")) {
            Ok(file) if Path::new(file.trim()).starts_with(state) => {
                found.push(Trace::Loop(name, file.trim().to_owned()));
            }
            Err(_) if noted.contains(&name) => found.extend(
                fs::read_dir(entry.path())
                    .into_iter()
                    .flatten()
                    .flatten()
                    .filter(|part| part.path().join("partition").exists())
                    .map(|part| Trace::Loop(part.file_name().to_string_lossy().into_owned(), String::new())),
            ),
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(parent: i32, namespace: &str, grouped: bool) -> Seen {
        let stand = grouped.then(|| "lab-1".to_owned());
        Seen { parent, start: 1, name: String::new(), namespaces: vec![namespace.to_owned()], stand }
    }

    #[test]
    fn a_control_group_tells_its_stand() {
        let top = Path::new("paillasse");
        assert_eq!(stand_of("/paillasse/lab-1/srv/init.scope", top).as_deref(), Some("lab-1"));
        assert_eq!(stand_of("/paillasse-of-another/lab-1", top), None);
        assert_eq!(stand_of("/user.slice", top), None);
    }

    #[test]
    fn ours_are_the_grouped_the_descendants_and_those_in_their_namespaces() {
        let all = BTreeMap::from([
            (1, seen(0, "host", false)),
            (10, seen(1, "host", false)),
            (11, seen(10, "host", false)),
            (12, seen(11, "host", false)),
            (20, seen(1, "stand", true)),
            (21, seen(1, "stand", false)),
            (30, seen(1, "docker", false)),
            (31, seen(1, "host", false)),
        ]);
        assert_eq!(ours(&all, 10).into_keys().collect::<Vec<_>>(), [11, 12, 20, 21]);
    }

    #[test]
    fn somebody_elses_mounts_and_links_are_not_traces() {
        let info = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n2 1 7:0 / /var/lib/paillasse/x rw - squashfs /dev/loop0 ro\n\
                    3 1 0:5 / /var/lib/docker rw - overlay o rw\n";
        assert_eq!(mounts(info, Path::new("/var/lib/paillasse")), [Trace::Mount("/var/lib/paillasse/x".into())]);
        let dev = "Inter-|\n face |\n  lo: 0\n net0: 0\nm1e0: 0\n veth12: 0\n eno1: 0\n netcard: 0\n";
        assert_eq!(links(dev), [Trace::Link("net0".into()), Trace::Link("m1e0".into())]);
    }

    #[test]
    fn a_child_left_behind_is_a_trace_and_then_no_longer() {
        let before = HostSnapshot::take().unwrap();
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let pid = i32::try_from(child.id()).unwrap();
        let is_child = |trace: &Trace| matches!(trace, Trace::Process(found, _, _) if *found == pid);
        assert!(before.diff(&HostSnapshot::take().unwrap()).iter().any(is_child));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!before.diff(&HostSnapshot::take().unwrap()).iter().any(is_child));
    }
}
