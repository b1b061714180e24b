//! How full a filesystem is and what fills it: statfs(2), the largest files, and those deleted but still open.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Instant;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::process::Processes;
use super::walk::{self, Bounds};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, reason};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `usage = { path = "/var" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// A path on the filesystem.
    pub path: String,
}

const LARGE: &[Field] = &[
    Field { name: "path", kind: Kind::Text, doc: "its path" },
    Field { name: "size", kind: Kind::Size, doc: "what it takes on the disk (st_blocks)" },
];

const GHOST: &[Field] = &[
    Field { name: "path", kind: Kind::Text, doc: "where it was" },
    Field { name: "size", kind: Kind::Size, doc: "what it still takes" },
    Field { name: "process", kind: Kind::Text, doc: "the process that holds it open" },
];

pub(super) const ABOUT: About =
    About::new(Cost::Active, FIELDS).paths(&["path"]).needs(&[Need::Root("for the files that others hold open")]);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether the path leads to something" },
    Field { name: "size", kind: Kind::Size, doc: "the filesystem's size (f_blocks of statvfs(3))" },
    Field { name: "used", kind: Kind::Size, doc: "what is taken (f_blocks less f_bfree)" },
    Field { name: "available", kind: Kind::Size, doc: "what is left to all but root (f_bavail)" },
    Field { name: "percent", kind: Kind::Int, doc: "taken of what users may take, rounded up as df(1) does" },
    Field { name: "inodes", kind: Kind::Int, doc: "inodes (f_files); none where the filesystem doesn't count them" },
    Field { name: "inodes-free", kind: Kind::Int, doc: "free inodes (f_ffree)" },
    Field { name: "inodes-percent", kind: Kind::Int, doc: "taken inodes, rounded up" },
    Field {
        name: "largest",
        kind: Kind::List(&Kind::Record(LARGE)),
        doc: "the ten files under the path that take the most, on this filesystem",
    },
    Field {
        name: "deleted",
        kind: Kind::List(&Kind::Record(GHOST)),
        doc: "files of this filesystem that were deleted and still take room, as a process holds them open (proc(5))",
    },
    Field { name: "deleted-size", kind: Kind::Size, doc: "the room those take together" },
];

const MOST_LARGE: usize = 10;

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-usage", path = &args.path);
    let path = Path::new(&args.path);
    match fs::metadata(path).and_then(|found| Ok((found, rustix::fs::statvfs(path)?))) {
        Ok((found, space)) => Observation::seen(fact(path, found.dev(), &space, machine), source),
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            Observation::seen(Fact::record([("exists", false.into())]), source)
        }
        Err(error) => Observation::unknown(reason(&error, &args.path), source),
    }
}

fn fact(path: &Path, device: u64, space: &rustix::fs::StatVfs, machine: &Machine) -> Fact {
    let block = space.f_frsize;
    let used = space.f_blocks.saturating_sub(space.f_bfree);
    let inodes_used = space.f_files.saturating_sub(space.f_ffree);
    let counted = |number: u64| if space.f_files == 0 { Fact::None } else { Fact::whole(number) };
    let ghosts = ghosts(device, machine);
    let (deleted, deleted_size) = match ghosts {
        Ok(found) => (found.iter().map(Ghost::fact).collect(), Fact::Size(total(&found))),
        Err(reason) => (Fact::Unknown(reason.clone()), Fact::Unknown(reason)),
    };
    Fact::record([
        ("exists", true.into()),
        ("size", Fact::Size(space.f_blocks.saturating_mul(block))),
        ("used", Fact::Size(used.saturating_mul(block))),
        ("available", Fact::Size(space.f_bavail.saturating_mul(block))),
        ("percent", Fact::whole(percent(used, used.saturating_add(space.f_bavail)))),
        ("inodes", counted(space.f_files)),
        ("inodes-free", counted(space.f_ffree)),
        ("inodes-percent", counted(percent(inodes_used, space.f_files))),
        ("largest", largest(path, machine).unwrap_or_else(Fact::Unknown)),
        ("deleted", deleted),
        ("deleted-size", deleted_size),
    ])
}

fn percent(part: u64, whole: u64) -> u64 {
    if whole == 0 { 0 } else { u64::try_from((u128::from(part) * 100).div_ceil(u128::from(whole))).unwrap_or(100) }
}

fn largest(path: &Path, machine: &Machine) -> Result<Fact, Message> {
    if !path.is_dir() {
        return Ok(Fact::List(Vec::new()));
    }
    let bounds = Bounds { one_filesystem: true, deadline: Instant::now() + machine.timeout() };
    let mut files: Vec<(u64, String)> = walk::walk(path, bounds)?
        .into_iter()
        .filter(|entry| entry.metadata.is_file())
        .map(|entry| (entry.metadata.blocks() * 512, path.join(entry.path).to_string_lossy().into_owned()))
        .collect();
    files.sort_by(|a, b| b.cmp(a));
    let told = files.into_iter().take(MOST_LARGE);
    Ok(told.map(|(size, path)| Fact::record([("path", path.into()), ("size", Fact::Size(size))])).collect())
}

/// A deleted file that takes room.
struct Ghost {
    inode: u64,
    path: String,
    size: u64,
    process: String,
}

impl Ghost {
    fn fact(&self) -> Fact {
        Fact::record([
            ("path", self.path.as_str().into()),
            ("size", Fact::Size(self.size)),
            ("process", self.process.as_str().into()),
        ])
    }
}

/// Several processes, or one by several numbers, may hold one file: it takes its room once.
fn total(ghosts: &[Ghost]) -> u64 {
    let mut seen = std::collections::HashSet::new();
    ghosts.iter().filter(|ghost| seen.insert(ghost.inode)).map(|ghost| ghost.size).sum()
}

/// What processes hold open of a filesystem and has no name left.
fn ghosts(device: u64, machine: &Machine) -> Result<Vec<Ghost>, Message> {
    let processes = machine.once(Processes::of);
    let mut found: Vec<Ghost> = Vec::new();
    for (folder, process) in processes.folders() {
        let open = match fs::read_dir(folder.join("fd")) {
            Ok(open) => open,
            // Ended meanwhile.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(reason(&error, "/proc")),
        };
        for link in open.flatten().map(|entry| entry.path()) {
            let Ok(held) = fs::metadata(&link) else { continue };
            if held.is_file() && held.nlink() == 0 && held.dev() == device {
                let path = fs::read_link(&link).unwrap_or_default().to_string_lossy().into_owned();
                let path = path.strip_suffix(" (deleted)").map(str::to_owned).unwrap_or(path);
                found.push(Ghost { inode: held.ino(), path, size: held.blocks() * 512, process: process.to_owned() });
            }
        }
    }
    found.sort_by_key(|ghost| std::cmp::Reverse(ghost.size));
    found.dedup_by(|a, b| a.inode == b.inode && a.process == b.process);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percents_are_rounded_up() {
        assert_eq!((percent(0, 10), percent(1, 1000), percent(10, 10), percent(0, 0)), (0, 1, 100, 0));
        assert_eq!(percent(u64::MAX / 2, u64::MAX), 50);
    }

    #[test]
    fn a_file_held_twice_takes_its_room_once() {
        let ghost = |process: &str| Ghost { inode: 7, path: "/a".into(), size: 10, process: process.into() };
        assert_eq!(total(&[ghost("a"), ghost("b")]), 10);
    }
}
