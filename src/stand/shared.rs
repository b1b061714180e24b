//! What stands share on this PC, and which of it nobody needs any more: bases, and layers made over them.
//!
//! A stand needs what it was built from as long as its folder is there, running or put aside. Each layer has a file beside it
//! (`NAME.lock`): locked while the layer is made, taken into use or removed, with the hash of its base in it, and written anew
//! at each use. A stand notes its base before it takes a layer into use, and whoever removes a layer looks for stands with
//! the lock in hand: so either that one finds the stand, or the stand finds the layer gone and makes it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rustix::fs::FlockOperation;
use rustix::io::Errno;

use super::folder::{Folder, make_private, stands};
use super::{base, journal, keeper, read_plan, root};
use crate::paths;

/// A layer that no stand needs is kept so long after its last use: making it again takes longer than a lab's start.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// Where the layers are.
pub(super) fn layers() -> PathBuf {
    paths::state().join("layers")
}

/// What was removed.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Pruned {
    /// Bases, by the beginning of their hashes.
    pub bases: Vec<String>,
    /// How many layers.
    pub layers: usize,
}

/// Removes the bases that are neither current nor needed by a stand, then the layers whose base is gone or that were not used
/// for a month, but for those that a stand needs.
pub fn prune() -> io::Result<Pruned> {
    let bases = base::prune_unneeded();
    Ok(Pruned { bases, layers: prune_layers(&layers(), &stands(), SystemTime::now(), &|hash| base::is_here(hash))? })
}

/// A layer's lock, held. Given back by name and not by closing the file: a process that is being started meanwhile has the
/// file too for a moment, and would keep the lock (flock(2)).
#[derive(Debug)]
pub(super) struct Turn(fs::File);

impl Drop for Turn {
    fn drop(&mut self) {
        // Nothing is left to be done where this fails: closing the file does it then.
        let _ = rustix::fs::flock(&self.0, FlockOperation::Unlock);
    }
}

/// Takes a layer's lock and notes that it is used, over this base.
pub(super) fn take_turn(layer: &Path, base: &str) -> io::Result<Turn> {
    make_private(layer.parent().unwrap_or(layer))?;
    let lock = open_lock(layer)?;
    rustix::fs::flock(&lock, FlockOperation::LockExclusive)?;
    let mut turn = Turn(lock);
    turn.0.set_len(0)?;
    turn.0.write_all(base.as_bytes())?;
    Ok(turn)
}

fn open_lock(layer: &Path) -> io::Result<fs::File> {
    fs::File::options().read(true).write(true).create(true).truncate(false).open(layer.with_extension("lock"))
}

/// The layers that stands need, by name; none where that can't be told: one is being built and does not say yet.
fn needed(stands: &Path) -> Option<BTreeSet<String>> {
    let folders = fs::read_dir(stands).into_iter().flatten().flatten().map(|entry| Folder::at(&entry.path()));
    let mut names = BTreeSet::new();
    for folder in folders.filter(|folder| folder.plan().exists()) {
        let base = journal::base(&folder.journal().read())?;
        let plan = read_plan(&folder).ok()?;
        names.extend(plan.machines.iter().flat_map(|machine| keeper::layer_names(machine, &base)));
    }
    Some(names)
}

fn prune_layers(layers: &Path, stands: &Path, now: SystemTime, is_here: &dyn Fn(&str) -> bool) -> io::Result<usize> {
    let entries = fs::read_dir(layers).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut removed = 0;
    // What is left of one made by half has an extension, and goes when that layer is made again.
    for layer in entries.filter(|path| path.is_dir() && path.extension().is_none()) {
        let lock = open_lock(&layer)?;
        match rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => continue,
            locked => locked?,
        }
        let lock = Turn(lock);
        let Some(needed) = needed(stands) else { break };
        let name = layer.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let base = fs::read_to_string(layer.with_extension("lock"))?;
        let is_old = now.duration_since(lock.0.metadata()?.modified()?).is_ok_and(|unused| unused > KEPT);
        if !needed.contains(&name) && (is_old || !(base.is_empty() || is_here(&base))) {
            // Whole or not at all, whenever this is interrupted.
            let part = layer.with_extension("part");
            root::remove_tree(&part)?;
            fs::rename(&layer, &part)?;
            root::remove_tree(&part)?;
            removed += 1;
        }
    }
    Ok(removed)
}

#[cfg(test)]
mod tests {
    use super::super::journal::Step;
    use super::super::plan::{Machine, Plan, Script};
    use super::*;
    use crate::lab::manifest::Isolation;

    const HERE: &str = "aaaa";
    const GONE: &str = "bbbb";

    struct Shelf(tempfile::TempDir);

    impl Shelf {
        fn new() -> Self {
            let shelf = Self(tempfile::tempdir().unwrap());
            fs::create_dir(shelf.stands()).unwrap();
            shelf
        }
        fn stands(&self) -> PathBuf {
            self.0.path().join("stands")
        }
        fn layers(&self) -> PathBuf {
            self.0.path().join("layers")
        }
        /// A layer as a stand over this base leaves it.
        fn layer(&self, name: &str, base: &str) {
            drop(take_turn(&self.layers().join(name), base).unwrap());
            fs::create_dir(self.layers().join(name)).unwrap();
        }
        /// A stand with one prepared machine; gives the layer that it needs.
        fn stand(&self, id: &str, base: Option<&str>) -> String {
            let folder = Folder::at(&self.stands().join(id));
            fs::create_dir(&folder.root).unwrap();
            let script = Script { machine: "srv".into(), name: "prepare.sh".into(), body: "true".into() };
            let machine = Machine { name: "srv".into(), prepare: Some(script), ..Machine::default() };
            let plan = Plan {
                lab: "l".into(),
                seed: 1,
                isolation: Isolation::Default,
                machines: vec![machine.clone()],
                networks: Vec::new(),
                disks: Vec::new(),
                setups: Vec::new(),
            };
            fs::write(folder.plan(), serde_json::to_vec(&plan).unwrap()).unwrap();
            if let Some(base) = base {
                folder.journal().write(&Step::Base(base.to_owned())).unwrap();
            }
            keeper::layer_names(&machine, base.unwrap_or_default()).remove(0)
        }
        fn prune_after(&self, days: u64) -> usize {
            let now = SystemTime::now() + Duration::from_hours(24 * days);
            prune_layers(&self.layers(), &self.stands(), now, &|hash| hash == HERE).unwrap()
        }
        fn has(&self, name: &str) -> bool {
            self.layers().join(name).is_dir()
        }
    }

    #[test]
    fn a_layer_goes_with_its_base_or_after_a_month() {
        let shelf = Shelf::new();
        shelf.layer("fresh", HERE);
        shelf.layer("orphan", GONE);
        assert_eq!(shelf.prune_after(0), 1);
        assert!(shelf.has("fresh") && !shelf.has("orphan"));
        assert_eq!(shelf.prune_after(29), 0);
        assert_eq!(shelf.prune_after(31), 1);
        assert!(!shelf.has("fresh"));
        assert_eq!(shelf.prune_after(31), 0, "twice is no error");
    }

    #[test]
    fn what_a_stand_needs_stays_whatever_its_age_and_base() {
        let shelf = Shelf::new();
        let name = shelf.stand("lab-1", Some(GONE));
        shelf.layer(&name, GONE);
        assert_eq!(shelf.prune_after(400), 0);
        fs::remove_file(Folder::at(&shelf.stands().join("lab-1")).plan()).unwrap();
        assert_eq!(shelf.prune_after(400), 1, "a stand taken down by half needs nothing");
    }

    #[test]
    fn nothing_goes_while_a_stand_does_not_say_its_base() {
        let shelf = Shelf::new();
        shelf.stand("lab-1", None);
        shelf.layer("old", GONE);
        assert_eq!(shelf.prune_after(400), 0);
    }

    #[test]
    fn a_layer_that_is_being_made_is_left_alone() {
        let shelf = Shelf::new();
        shelf.layer("busy", GONE);
        let turn = take_turn(&shelf.layers().join("busy"), GONE).unwrap();
        assert_eq!(shelf.prune_after(400), 0);
        drop(turn);
        assert_eq!(shelf.prune_after(400), 1);
    }
}
