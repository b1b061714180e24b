//! Undoes a stand, whatever state it is in: half-written, running, or left by a killed run. Doing it twice is no error.
//!
//! What is ours is known without asking anybody: a process in a control group `paillasse/<stand>`, the keeper by its PID
//! *and* start time, a loop device by its backing file in the state folder. Nothing else is touched.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::mount::UnmountFlags;
use rustix::process::{Pid, Signal, WaitOptions};
use serde::Serialize;

use super::folder::{Folder, stands};
use super::journal::{self, Step};
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
    // A stand is a folder; nothing else in there is ours, and a link may lead anywhere.
    let entries = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()));
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
    note(&place, &Step::Forget);
    remove_file(&place.plan())?;
    detach_mounts(folder)?;
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
    note(place, &Step::EndKeeper);
    if let Some(keeper) = Process::load(&place.keeper()) {
        end(keeper);
    }
    note(place, &Step::End);
    if !cgroup::kill(&group, Duration::from_secs(10)) {
        return Err(io::Error::from(io::ErrorKind::TimedOut));
    }
    note(place, &Step::Free);
    disk::free_loops_in(&place.root, &journal::loops(&place.journal().read()))?;
    note(place, &Step::Ungroup);
    cgroup::remove(&group)?;
    remove_file(&place.socket())
}

/// Says what is about to be undone, where that can still be written: a full disk hinders no clean.
fn note(place: &Folder, step: &Step) {
    if place.root.is_dir() {
        let _ = place.journal().write(step);
    }
}

/// Takes away what may be mounted in a stand's folder in this namespace (a keeper's own mounts are in its own): removing
/// the folder must not go on into a mounted filesystem.
fn detach_mounts(folder: &Path) -> io::Result<()> {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let info = fs::read_to_string("/proc/self/mountinfo")?;
    for at in mounts_below(&info, &folder).into_iter().rev() {
        rustix::mount::unmount(at, UnmountFlags::DETACH)?;
    }
    Ok(())
}

/// Mount points below a folder, in the order of `/proc/self/mountinfo` (proc(5)): the one beneath before the one above.
fn mounts_below(mountinfo: &str, folder: &Path) -> Vec<PathBuf> {
    let places = mountinfo.lines().filter_map(|line| line.split(' ').nth(4));
    let places = places.map(|at| PathBuf::from(at.replace("\\040", " ")));
    places.filter(|at| at.starts_with(folder) && at != folder).collect()
}

/// Removes a file that may not be there.
fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Kills a process and, where it is a child of this one, takes note of its end.
fn end(process: Process) {
    let Some(pid) = Pid::from_raw(process.pid) else { return };
    if process.lives() {
        let _ = rustix::process::kill_process(pid, Signal::KILL);
    }
    process.wait();
    // It may be a zombie to look at while its last threads still end: wait for the whole. Refused at once where it is no
    // child of this process, or its end was noted before.
    let _ = rustix::process::waitpid(Some(pid), WaitOptions::empty());
}
