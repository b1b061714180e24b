//! Undoes a stand, whatever state it is in: half-written, running, or left by a killed run. Doing it twice is no error.
//!
//! What is ours is known without asking anybody: a process in a control group `paillasse/<stand>`, the keeper by its PID
//! *and* start time, a loop device by its backing file in the state folder. Nothing else is touched.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions};
use serde::Serialize;

use super::disk::Disk;
use super::folder::{Folder, stands};
use super::process::Process;
use super::{cgroup, disk, root};

/// Something left by a run, and what happened to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    /// The stand's name.
    pub stand: String,
    /// Processes of it still alive.
    pub processes: usize,
    /// Its folder, if it has one.
    pub folder: Option<PathBuf>,
    /// Held by a living process (the app, a proof): left alone.
    pub held: bool,
}

/// Every stand on this PC, those with a folder and those of which only processes or control groups are left.
pub fn find() -> Vec<Left> {
    let entries = fs::read_dir(stands()).into_iter().flatten().flatten();
    let mut ids: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    ids.extend(cgroup::stands());
    ids.sort();
    ids.dedup();
    ids.into_iter().map(look).collect()
}

fn look(id: String) -> Left {
    let folder = stands().join(&id);
    let place = Folder::at(&folder);
    let processes = cgroup::processes(&cgroup::of_stand(&id)).len();
    let held = Process::living(&place.owner()).is_some();
    Left { stand: id, processes, held, folder: folder.exists().then_some(folder) }
}

/// Undoes what was found.
pub fn remove(left: &Left) -> io::Result<()> {
    undo(&stands().join(&left.stand))
}

/// Undoes a stand: processes, control groups, loop devices, folder.
pub(crate) fn undo(folder: &Path) -> io::Result<()> {
    let place = Folder::at(folder);
    let _turn = place.take_turn()?;
    end_all(&place)?;
    // First of all, so that one removed by half is not taken for a stand to go on with.
    remove_file(&place.plan())?;
    root::remove_tree(folder)
}

/// Ends everything of a stand and keeps its folder.
pub(crate) fn stop(folder: &Path) -> io::Result<()> {
    let place = Folder::at(folder);
    let _turn = place.take_turn()?;
    end_all(&place)
}

fn end_all(place: &Folder) -> io::Result<()> {
    let group = cgroup::of_stand(&place.id());
    // The keeper first: it would start its machines again.
    if let Some(keeper) = Process::load(&place.keeper()) {
        end(keeper);
    }
    if !cgroup::kill(&group, Duration::from_secs(10)) {
        return Err(io::Error::from(io::ErrorKind::TimedOut));
    }
    disk::free_loops_in(&place.root, &disks_of(place))?;
    cgroup::remove(&group)?;
    remove_file(&place.socket())
}

/// Removes a file that may not be there.
fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The loop devices that a stand's machines were given.
fn disks_of(place: &Folder) -> Vec<Disk> {
    let machines = fs::read_dir(place.machines()).into_iter().flatten().flatten();
    machines
        .filter_map(|entry| place.machine(&entry.file_name().to_string_lossy()).load_disks().ok())
        .flatten()
        .collect()
}

/// Kills a process and, where it is a child of this one, takes note of its end.
fn end(process: Process) {
    let Some(pid) = Pid::from_raw(process.pid) else { return };
    if process.lives() {
        let _ = rustix::process::kill_process(pid, Signal::KILL);
    }
    while process.lives() {
        std::thread::sleep(Duration::from_millis(2));
    }
    // It may be a zombie to look at while its last threads still end: wait for the whole. Refused at once where it is no
    // child of this process, or its end was noted before.
    let _ = rustix::process::waitpid(Some(pid), WaitOptions::empty());
}
