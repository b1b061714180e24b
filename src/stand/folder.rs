//! Where a stand's things lie. One folder a stand, so that removing it removes everything that is on the disk.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use super::disk::Disk;
use super::journal::Journal;
use crate::paths;

/// All stands of this PC.
pub(crate) fn stands() -> PathBuf {
    paths::state().join("stands")
}

/// A stand's folder.
#[derive(Debug, Clone)]
pub(super) struct Folder {
    pub(super) root: PathBuf,
}

impl Folder {
    pub(super) fn at(root: &Path) -> Self {
        Self { root: root.to_path_buf() }
    }
    /// Its name: the stand's.
    pub(super) fn id(&self) -> String {
        self.root.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
    /// Waits until no other process builds this stand's beginnings or undoes it; that lasts as long as the file is held.
    /// None where there is no such stand.
    pub(super) fn take_turn(&self) -> io::Result<Option<fs::File>> {
        let folder = match fs::File::open(&self.root) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        rustix::fs::flock(&folder, rustix::fs::FlockOperation::LockExclusive)?;
        Ok(Some(folder))
    }
    pub(super) fn plan(&self) -> PathBuf {
        self.root.join("plan.json")
    }
    pub(super) fn journal(&self) -> Journal {
        Journal::at(self.root.join("journal"))
    }
    /// Where the keeper listens.
    pub(super) fn socket(&self) -> PathBuf {
        self.root.join("keeper.sock")
    }
    /// Which process keeps it.
    pub(super) fn keeper(&self) -> PathBuf {
        self.root.join("keeper.json")
    }
    /// Which process it was built or resumed for: while that one lives, `clean` leaves the stand alone.
    pub(super) fn owner(&self) -> PathBuf {
        self.root.join("owner.json")
    }
    pub(super) fn log(&self) -> PathBuf {
        self.root.join("keeper.log")
    }
    /// Where the base is mounted, in the keeper's namespace only.
    pub(super) fn base(&self) -> PathBuf {
        self.root.join("base")
    }
    /// Which numbers its machines' users have on the PC.
    pub(super) fn ids(&self) -> PathBuf {
        self.root.join("ids.json")
    }
    /// Where what lies under the machines' roots is served, in the keeper's namespace only.
    pub(super) fn lowers(&self) -> PathBuf {
        self.root.join("lowers")
    }
    pub(super) fn machines(&self) -> PathBuf {
        self.root.join("machines")
    }
    pub(super) fn machine(&self, name: &str) -> MachineFolder {
        MachineFolder { root: self.machines().join(name) }
    }
    pub(super) fn disk(&self, machine: &str, name: &str) -> PathBuf {
        self.machine(machine).root.join("disks").join(format!("{name}.img"))
    }
}

/// A machine's folder in its stand's.
#[derive(Debug, Clone)]
pub(super) struct MachineFolder {
    pub(super) root: PathBuf,
}

impl MachineFolder {
    /// The machine's.
    pub(super) fn name(&self) -> String {
        self.root.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
    /// What the machine wrote.
    pub(super) fn upper(&self) -> PathBuf {
        self.root.join("upper")
    }
    /// Which of its cables are out, where that is not as the lab had it.
    pub(super) fn cables(&self) -> PathBuf {
        self.root.join("cables.json")
    }
    /// What it held when this state was kept.
    pub(super) fn state(&self, name: &str) -> StateFolder {
        StateFolder { root: self.root.join("states").join(name) }
    }
    /// The overlay's own.
    pub(super) fn work(&self) -> PathBuf {
        self.root.join("work")
    }
    /// The machine's root, in the keeper's namespace only.
    pub(super) fn merged(&self) -> PathBuf {
        self.root.join("merged")
    }
    /// What lasts as long as the keeper does: in memory, in its namespace only.
    pub(super) fn now(&self) -> PathBuf {
        self.root.join("now")
    }
    /// Seen in the machine as `/run/host`: where systemd says that it is ready.
    pub(super) fn host(&self) -> PathBuf {
        self.now().join("host")
    }
    /// What the machine sees of its block devices.
    pub(super) fn view(&self) -> PathBuf {
        self.now().join("view")
    }
    pub(super) fn notify(&self) -> PathBuf {
        self.host().join("notify")
    }
    /// What its PID 1 says on its standard streams.
    pub(super) fn console(&self) -> PathBuf {
        self.root.join("console.log")
    }
    /// The runtime's own state.
    pub(super) fn runtime(&self) -> PathBuf {
        self.now().join("runtime")
    }
    /// Which process is its PID 1.
    pub(super) fn process(&self) -> PathBuf {
        self.root.join("process.json")
    }
    pub(super) fn disks(&self) -> PathBuf {
        self.root.join("disks")
    }
}

/// What a machine held at one moment.
#[derive(Debug, Clone)]
pub(super) struct StateFolder {
    pub(super) root: PathBuf,
}

impl StateFolder {
    /// What it had written.
    pub(super) fn upper(&self) -> PathBuf {
        self.root.join("upper")
    }
    /// What was on its disks; not there where it has none.
    pub(super) fn disks(&self) -> PathBuf {
        self.root.join("disks")
    }
}

impl MachineFolder {
    /// Notes which disks the machine has: for the process that launches it, and for `clean`.
    pub(super) fn save_disks(&self, disks: &[&Disk]) -> io::Result<()> {
        fs::write(self.root.join("disks.json"), serde_json::to_vec(disks)?)
    }
    /// What [`Self::save_disks`] noted.
    pub(super) fn load_disks(&self) -> io::Result<Vec<Disk>> {
        Ok(serde_json::from_slice(&fs::read(self.root.join("disks.json"))?)?)
    }
}

/// A folder that only root may look into; it may exist.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}
