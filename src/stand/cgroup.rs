//! Control groups (cgroups(7)): `paillasse/<stand>/m-<machine>` in every hierarchy, so that a process in one is ours by
//! construction, whatever the journal had time to say.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::{Pid, PidfdFlags, Signal};

use super::ids::Ids;
use crate::paths;

/// Above all of ours. A state folder that is not the usual one (tests) has a group of its own, so that `clean` there never
/// touches what belongs to another.
fn top() -> String {
    let state = paths::state();
    if state == Path::new(paths::STATE) {
        return "paillasse".to_owned();
    }
    let mark = blake3::hash(state.as_os_str().as_encoded_bytes()).to_hex();
    format!("paillasse-{}", &mark[..8])
}

/// A stand's group, as a path below any hierarchy's root.
pub(super) fn of_stand(id: &str) -> PathBuf {
    Path::new(&top()).join(id)
}

/// A machine's group.
pub(super) fn of_machine(id: &str, machine: &str) -> PathBuf {
    of_stand(id).join(format!("m-{machine}"))
}

/// The keeper's group.
pub(super) fn of_keeper(id: &str) -> PathBuf {
    of_stand(id).join("keeper")
}

/// One mounted hierarchy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hierarchy {
    /// Where it is mounted.
    pub(super) mount: PathBuf,
    /// Version 2.
    pub(super) unified: bool,
    /// As `/proc/PID/cgroup` names it: controllers, `name=…`, or nothing for version 2.
    names: Vec<String>,
}

/// The hierarchies mounted here, each once.
pub(super) fn hierarchies() -> io::Result<Vec<Hierarchy>> {
    Ok(parse_mounts(&fs::read_to_string("/proc/self/mountinfo")?))
}

fn parse_mounts(mountinfo: &str) -> Vec<Hierarchy> {
    let mut found: Vec<Hierarchy> = Vec::new();
    for line in mountinfo.lines() {
        let Some((left, right)) = line.split_once(" - ") else { continue };
        let left: Vec<&str> = left.split(' ').collect();
        let right: Vec<&str> = right.split(' ').collect();
        let (&[_, _, _, "/", mount, ..], &[kind @ ("cgroup" | "cgroup2"), _, options, ..]) = (&left[..], &right[..])
        else {
            continue;
        };
        let unified = kind == "cgroup2";
        let names = if unified { Vec::new() } else { options.split(',').map(str::to_owned).collect() };
        let hierarchy = Hierarchy { mount: PathBuf::from(mount), unified, names };
        if !found.iter().any(|known| known.unified == unified && known.names == hierarchy.names) {
            found.push(hierarchy);
        }
    }
    found
}

/// The version 2 hierarchy's mount point: without one systemd can't run in a machine.
pub(super) fn unified() -> io::Result<PathBuf> {
    let found = hierarchies()?.into_iter().find(|hierarchy| hierarchy.unified);
    found.map(|hierarchy| hierarchy.mount).ok_or_else(|| io::Error::from(io::ErrorKind::Unsupported))
}

/// The controllers that the runtime can set limits with: version 1's where it is mounted, else version 2's.
pub(super) fn controllers() -> Vec<String> {
    let hierarchies = hierarchies().unwrap_or_default();
    let first: Vec<String> = hierarchies.iter().flat_map(|hierarchy| hierarchy.names.clone()).collect();
    if !first.is_empty() {
        return first;
    }
    let unified = hierarchies.iter().find(|hierarchy| hierarchy.unified);
    let list = unified.and_then(|found| fs::read_to_string(found.mount.join("cgroup.controllers")).ok());
    list.unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

/// Whether a group's use of swap can be limited: version 1 may come without (`swapaccount=0`), a kernel without swap has
/// nothing to limit.
pub(super) fn limits_swap() -> bool {
    let hierarchies = hierarchies().unwrap_or_default();
    let memory = hierarchies.iter().find(|hierarchy| hierarchy.controls("memory"));
    let file = memory.map_or_else(|| "/proc/swaps".into(), |found| found.mount.join("memory.memsw.limit_in_bytes"));
    file.exists()
}

/// Moves this process into a group of the version 2 hierarchy, made if need be.
pub(super) fn enter_unified(group: &Path) -> io::Result<()> {
    let folder = unified()?.join(group);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("cgroup.procs"), "0")
}

/// Lets a machine's root divide its group of the version 2 hierarchy (cgroups(7), "Cgroup delegation"); its limits stay the
/// PC's to set.
pub(super) fn delegate(group: &Path, ids: Ids) -> io::Result<()> {
    let folder = unified()?.join(group);
    ids.give_one(&folder)?;
    ["cgroup.procs", "cgroup.threads", "cgroup.subtree_control"]
        .into_iter()
        .try_for_each(|file| ids.give_one(&folder.join(file)))
}

/// Moves this process into every group that process is in.
pub(super) fn join(pid: i32) -> io::Result<()> {
    let hierarchies = hierarchies()?;
    for (names, group) in parse_groups(&fs::read_to_string(format!("/proc/{pid}/cgroup"))?) {
        let mut of_line = hierarchies.iter().filter(|hierarchy| hierarchy.is_named(&names));
        if let Some(hierarchy) = of_line.next() {
            fs::write(hierarchy.mount.join(group.trim_start_matches('/')).join("cgroup.procs"), "0")?;
        }
    }
    Ok(())
}

impl Hierarchy {
    fn is_named(&self, names: &[String]) -> bool {
        if names.is_empty() {
            self.unified
        } else {
            !self.unified && names.iter().all(|name| self.names.contains(name))
        }
    }

    /// Whether it carries this version 1 controller.
    pub(super) fn controls(&self, controller: &str) -> bool {
        !self.unified && self.names.iter().any(|name| name == controller)
    }
}

fn parse_groups(text: &str) -> Vec<(Vec<String>, String)> {
    text.lines()
        .filter_map(|line| {
            let (_, rest) = line.split_once(':')?;
            let (names, group) = rest.split_once(':')?;
            let names = names.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect();
            Some((names, group.to_owned()))
        })
        .collect()
}

/// Every process in a group or below it.
pub(super) fn processes(group: &Path) -> Vec<i32> {
    let mut pids: Vec<i32> = folders(group)
        .iter()
        .filter_map(|folder| fs::read_to_string(folder.join("cgroup.procs")).ok())
        .flat_map(|text| text.lines().filter_map(|line| line.parse().ok()).filter(|pid| *pid > 0).collect::<Vec<i32>>())
        .collect();
    pids.sort_unstable();
    pids.dedup();
    pids
}

/// Kills everything in a group and below it; true once nothing is left.
///
/// The mount namespaces of its processes are held meanwhile: a FUSE server (ntfs-3g) that dies as the last one in its
/// namespace would unmount its own filesystem, wait for its own answer for ever, and block every sync(2) of the PC.
pub(super) fn kill(group: &Path, patience: Duration) -> bool {
    let _held = mount_namespaces(group);
    let end = Instant::now() + patience;
    loop {
        let pids = processes(group);
        if pids.is_empty() {
            return true;
        }
        let pids = pids.into_iter().filter_map(Pid::from_raw);
        let handles: Vec<_> = pids.filter_map(|pid| end_one(pid).ok()).collect();
        for handle in &handles {
            let left = end.saturating_duration_since(Instant::now());
            let left = Timespec::try_from(left).unwrap_or_default();
            let _ = rustix::event::poll(&mut [PollFd::new(handle, PollFlags::IN)], Some(&left));
        }
        if Instant::now() > end {
            return false;
        }
        if handles.is_empty() {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// Kills a process; gives what becomes readable once it has ended (`pidfd_open(2)`).
fn end_one(pid: Pid) -> io::Result<OwnedFd> {
    let handle = rustix::process::pidfd_open(pid, PidfdFlags::empty())?;
    rustix::process::pidfd_send_signal(&handle, Signal::KILL)?;
    Ok(handle)
}

/// The mount namespaces of a group's processes, each once.
fn mount_namespaces(group: &Path) -> Vec<fs::File> {
    let open = processes(group).into_iter().filter_map(hold_mounts);
    let mut held = BTreeMap::new();
    for file in open {
        if let Ok(about) = file.metadata() {
            held.insert(about.ino(), file);
        }
    }
    held.into_values().collect()
}

/// A group whose processes stand still until this is dropped.
#[derive(Debug)]
pub(super) struct Frozen(PathBuf);

/// Holds every process of these groups still (cgroup v2, `cgroup.freeze`), all of them at about the same moment; one that is
/// killed meanwhile ends all the same.
pub(super) fn freeze(groups: &[PathBuf]) -> io::Result<Vec<Frozen>> {
    let unified = unified()?;
    let all: Vec<Frozen> = groups.iter().map(|group| Frozen(unified.join(group))).collect();
    all.iter().try_for_each(|frozen| fs::write(frozen.0.join("cgroup.freeze"), "1"))?;
    let end = Instant::now() + Duration::from_secs(10);
    for frozen in &all {
        while !fs::read_to_string(frozen.0.join("cgroup.events"))?.lines().any(|line| line == "frozen 1") {
            if Instant::now() > end {
                return Err(io::Error::from(io::ErrorKind::TimedOut));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    Ok(all)
}

impl Drop for Frozen {
    fn drop(&mut self) {
        let _ = fs::write(self.0.join("cgroup.freeze"), "0");
    }
}

/// Holds a group still for good: until it is killed, or thawed by whoever froze it for a moment.
pub(super) fn hold(group: &Path) -> io::Result<()> {
    fs::write(unified()?.join(group).join("cgroup.freeze"), "1")
}

/// Keeps a process's mounts from going away with it.
pub(super) fn hold_mounts(pid: i32) -> Option<fs::File> {
    fs::File::open(format!("/proc/{pid}/ns/mnt")).ok()
}

/// Removes a group and those below it from every hierarchy, the deepest first; then the top one if it is empty.
pub(super) fn remove(group: &Path) -> io::Result<()> {
    let mut last = Ok(());
    let end = Instant::now() + Duration::from_secs(2);
    loop {
        for folder in folders(group) {
            match fs::remove_dir(&folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => last = Err(error),
                _ => {}
            }
        }
        if folders(group).is_empty() {
            break;
        }
        if Instant::now() > end {
            return last;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    for hierarchy in hierarchies()? {
        let _ = fs::remove_dir(hierarchy.mount.join(top()));
    }
    Ok(())
}

/// The folders of a group in every hierarchy, the deepest first.
fn folders(group: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for hierarchy in hierarchies().unwrap_or_default() {
        walk(&hierarchy.mount.join(group), &mut all);
    }
    all
}

fn walk(folder: &Path, all: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&entry.path(), all);
        }
    }
    all.push(folder.to_path_buf());
}

/// The stands that have a group.
pub(super) fn stands() -> Vec<String> {
    let mut ids: Vec<String> = hierarchies()
        .unwrap_or_default()
        .iter()
        .filter_map(|hierarchy| fs::read_dir(hierarchy.mount.join(top())).ok())
        .flat_map(|entries| entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())))
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    ids.sort();
    ids.dedup();
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "\
26 20 0:23 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
27 26 0:24 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct
28 26 0:25 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
29 26 0:26 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
30 26 0:26 /docker/x /somewhere rw,relatime - cgroup2 cgroup2 rw
";

    #[test]
    fn hierarchies_are_found_by_the_names_proc_gives_them() {
        let found = parse_mounts(HYBRID);
        assert_eq!(found.len(), 3);
        let named = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            found.iter().find(|hierarchy| hierarchy.is_named(&names)).map(|hierarchy| hierarchy.mount.clone())
        };
        assert_eq!(named(&["cpu", "cpuacct"]), Some("/sys/fs/cgroup/cpu".into()));
        assert_eq!(named(&["name=systemd"]), Some("/sys/fs/cgroup/systemd".into()));
        assert_eq!(named(&[]), Some("/sys/fs/cgroup/unified".into()));
        assert_eq!(named(&["memory"]), None);
    }

    #[test]
    fn a_group_with_a_colon_in_its_name_is_read_whole() {
        let groups = parse_groups("4:cpu,cpuacct:/a:b\n0::/x\n");
        assert_eq!(groups[0], (vec!["cpu".to_owned(), "cpuacct".to_owned()], "/a:b".to_owned()));
        assert_eq!(groups[1], (Vec::new(), "/x".to_owned()));
    }
}
