//! How much of the PC's disk machines may take. No filesystem of a PC as it is installed can limit a folder (project quotas
//! must be turned on when it is mounted), so a thread of the keeper looks at what machines have written and holds one still
//! that has written too much, or that was writing when the PC's own disk ran out: it may be put back to its start, restarted
//! with files removed from outside, or taken down. One file alone stops growing by itself (`RLIMIT_FSIZE`, see `limits`).

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::super::cgroup;
use super::super::folder::{Folder, MachineFolder};
use super::super::limits::DISK;

/// What the PC keeps for itself, in bytes; on a small filesystem a sixteenth of it.
const RESERVE: u64 = 512 << 20;
/// What a machine may still write when that is touched, in bytes: its services' logs.
const LEAVE: u64 = 16 << 20;
/// How much the free space must shrink before it is worth looking at what machines have written, in bytes.
const WORTH: u64 = 64 << 20;
const PAUSE: Duration = Duration::from_millis(250);

/// What one machine was last seen to have written.
#[derive(Debug)]
struct Writer {
    place: MachineFolder,
    group: PathBuf,
    written: u64,
    /// The same when the PC's disk began to run out, or at the last look while it has room.
    before: u64,
}

/// Starts to look; ends with the keeper. Nobody is held while the keeper is `busy`: it may be waiting for the machine, and a
/// disk that is full then is told as what it is.
pub(super) fn watch(folder: &Folder, machines: &[String], busy: Arc<AtomicBool>) -> io::Result<()> {
    let writer = |name: &String| Writer {
        place: folder.machine(name),
        group: cgroup::of_machine(&folder.id(), name),
        written: 0,
        before: 0,
    };
    let mut writers: Vec<Writer> = machines.iter().map(writer).collect();
    let folder = folder.root.clone();
    thread::Builder::new().name("room".to_owned()).spawn(move || {
        let (mut last, mut was_tight) = (u64::MAX, false);
        loop {
            let (free, reserve) = room(&folder);
            let is_tight = free < reserve;
            if is_tight || last.saturating_sub(free) >= WORTH {
                for writer in &mut writers {
                    writer.look(is_tight && was_tight);
                }
                let too_much = |writer: &&Writer| takes_too_much(writer.written, writer.before, is_tight);
                if !busy.load(Ordering::Acquire) {
                    writers.iter().filter(too_much).for_each(hold);
                }
                last = free;
            }
            (last, was_tight) = (last.max(free), is_tight);
            thread::sleep(PAUSE);
        }
    })?;
    Ok(())
}

/// What this folder's filesystem has left, and what of it is the PC's, in bytes; one that does not tell is not called full.
fn room(folder: &Path) -> (u64, u64) {
    rustix::fs::statvfs(folder).map_or((u64::MAX, 0), |room| {
        let bytes = |blocks: u64| blocks.saturating_mul(room.f_frsize);
        (bytes(room.f_bavail), RESERVE.min(bytes(room.f_blocks) / 16))
    })
}

impl Writer {
    fn look(&mut self, keep_before: bool) {
        let of_it = [self.place.upper(), self.place.work(), self.place.console()];
        self.written = of_it.iter().map(|path| taken(path)).sum();
        if !keep_before {
            self.before = self.written;
        }
    }
}

/// The blocks of a file, or of a folder with all that is in it, in bytes. What goes away meanwhile takes nothing.
fn taken(path: &Path) -> u64 {
    let Ok(about) = fs::symlink_metadata(path) else { return 0 };
    let within = if about.is_dir() { fs::read_dir(path).ok() } else { None };
    let within: u64 = within.into_iter().flatten().flatten().map(|entry| taken(&entry.path())).sum();
    about.blocks() * 512 + within
}

fn takes_too_much(written: u64, before: u64, is_tight: bool) -> bool {
    written > DISK || (is_tight && written > before.saturating_add(LEAVE))
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
        assert!(takes_too_much(DISK + 1, DISK + 1, false));
        assert!(!takes_too_much(DISK, 0, false));
        assert!(takes_too_much(LEAVE + 2, 1, true));
        assert!(!takes_too_much(LEAVE, 0, true), "its logs, or another program has filled the disk");
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
