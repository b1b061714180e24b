//! How much of the PC's disk machines may take. No filesystem of a PC as it is installed can limit a folder (project quotas
//! must be turned on when it is mounted), so a thread of the keeper looks at what machines have written and holds one still
//! that has written too much, or that was writing when the PC's own disk ran out: it may be put back to its start, restarted
//! with files removed from outside, or taken down. One file alone stops growing by itself (`RLIMIT_FSIZE`, see `limits`).

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::super::cgroup;
use super::super::folder::{Folder, MachineFolder};
use super::super::limits::DISK;

/// What the PC keeps for itself, in bytes.
const RESERVE: u64 = 512 << 20;
/// The same in files.
const FILES: u64 = 16 << 10;
/// How much the free space must shrink before it is worth looking at what machines have written, in bytes.
const WORTH: u64 = 64 << 20;
const PAUSE: Duration = Duration::from_millis(250);

/// What one machine was last seen to have written.
#[derive(Debug)]
struct Writer {
    place: MachineFolder,
    group: PathBuf,
    written: u64,
    /// More than at the look before.
    grew: bool,
}

/// Starts to look; ends with the keeper.
pub(super) fn watch(folder: &Folder, machines: &[String]) -> io::Result<()> {
    let writer = |name: &String| Writer {
        place: folder.machine(name),
        group: cgroup::of_machine(&folder.id(), name),
        written: 0,
        grew: false,
    };
    let mut writers: Vec<Writer> = machines.iter().map(writer).collect();
    let folder = folder.root.clone();
    thread::Builder::new().name("room".to_owned()).spawn(move || {
        let mut last = u64::MAX;
        loop {
            let free = free(&folder);
            if last.saturating_sub(free) >= WORTH || free < RESERVE {
                writers.iter_mut().for_each(look);
                writers.iter().filter(|writer| takes_too_much(writer.written, writer.grew, free)).for_each(hold);
                last = free;
            }
            last = last.max(free);
            thread::sleep(PAUSE);
        }
    })?;
    Ok(())
}

/// What this folder's filesystem has left, in bytes; nothing where it has no inodes left (one without a table of them says 0
/// of 0). One that does not tell is not called full.
fn free(folder: &Path) -> u64 {
    rustix::fs::statvfs(folder).map_or(u64::MAX, |room| {
        let files = room.f_files == 0 || room.f_favail > FILES;
        if files { room.f_bavail.saturating_mul(room.f_frsize) } else { 0 }
    })
}

fn look(writer: &mut Writer) {
    let of_it = [writer.place.upper(), writer.place.work(), writer.place.console()];
    let written = of_it.iter().map(|path| taken(path)).sum();
    writer.grew = written > writer.written;
    writer.written = written;
}

/// The blocks of a file, or of a folder with all that is in it, in bytes. What goes away meanwhile takes nothing.
fn taken(path: &Path) -> u64 {
    let Ok(about) = fs::symlink_metadata(path) else { return 0 };
    let within = if about.is_dir() { fs::read_dir(path).ok() } else { None };
    let within: u64 = within.into_iter().flatten().flatten().map(|entry| taken(&entry.path())).sum();
    about.blocks() * 512 + within
}

fn takes_too_much(written: u64, grew: bool, free: u64) -> bool {
    written > DISK || (free < RESERVE && grew)
}

/// A machine that is not up has no group to hold.
fn hold(writer: &Writer) {
    if cgroup::hold(&writer.group).is_ok() {
        tracing::error!(
            machine = writer.place.name(),
            bytes = writer.written,
            "has written too much and is held still"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_is_held_for_what_it_wrote_itself() {
        assert!(takes_too_much(DISK + 1, false, u64::MAX));
        assert!(!takes_too_much(DISK, true, RESERVE));
        assert!(takes_too_much(1, true, RESERVE - 1));
        assert!(!takes_too_much(DISK, false, 0), "another program has filled the disk");
    }

    #[test]
    fn only_what_was_written_counts() {
        let folder = tempfile::tempdir().unwrap();
        let sparse = fs::File::create(folder.path().join("sparse")).unwrap();
        sparse.set_len(1 << 30).unwrap();
        fs::create_dir(folder.path().join("in")).unwrap();
        fs::write(folder.path().join("in/file"), vec![1; 1 << 20]).unwrap();
        let taken = taken(folder.path());
        assert!((1 << 20..2 << 20).contains(&taken), "{taken}");
    }
}
