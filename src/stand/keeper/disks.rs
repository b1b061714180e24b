//! Disks in the keeper: plugged in before their machine starts, followed while it runs.

use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::path::{Path, PathBuf};
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};

use super::super::disk::{self, Disk, Plugged};
use super::super::error::{StandError, failed};
use super::super::folder::MachineFolder;
use super::super::journal::Step;
use super::super::process::Process;
use super::super::{cgroup, devnode, root};
use super::Keeper;
use crate::msg;

impl Keeper {
    /// Plugs a machine's disks in; the file of one that isn't there yet is made.
    pub(super) fn plug(&mut self, index: usize) -> Result<(), StandError> {
        let Some(spec) = self.plan.machines.get(index) else { return Ok(()) };
        let machine = spec.name.clone();
        let disks: Vec<_> = self.plan.disks.iter().filter(|disk| disk.machine == machine).cloned().collect();
        let mut plugged = Vec::new();
        let scan = !disks.is_empty() && self.kernel_reads_tables().map_err(failed(msg!("stand-do-trial")))?;
        for spec in disks {
            self.note(&Step::Disk { machine: machine.clone(), name: spec.name.clone() })?;
            let image = self.folder.disk(&machine, &spec.name);
            let disk = disk::plug(&spec.name, &image, spec.size, scan, &self.journal);
            plugged.push(disk.map_err(failed(msg!("stand-do-disk", disk = &spec.name, machine = &machine)))?);
        }
        let known: Vec<&Disk> = plugged.iter().map(|plugged| &plugged.disk).collect();
        self.folder.machine(&machine).save_disks(&known).map_err(failed(msg!("stand-do-write")))?;
        if let Some(slot) = self.machines.get_mut(index) {
            slot.disks = plugged;
        }
        Ok(())
    }

    fn kernel_reads_tables(&mut self) -> io::Result<bool> {
        if let Some(known) = self.kernel_reads_tables {
            return Ok(known);
        }
        let found = disk::kernel_reads_tables(&self.folder.root, &self.journal)?;
        self.kernel_reads_tables = Some(found);
        Ok(found)
    }

    /// Pulls a machine's disks out; it must be down.
    pub(super) fn unplug(&mut self, index: usize) -> Result<(), StandError> {
        let Some(slot) = self.machines.get_mut(index) else { return Ok(()) };
        let machine = slot.name.clone();
        if slot.disks.is_empty() {
            return Ok(());
        }
        let unplug = Step::Unplug { machine: machine.clone() };
        self.journal.write(&unplug).map_err(failed(msg!("stand-do-write")))?;
        slot.disks.drain(..).try_for_each(|plugged| {
            let disk = plugged.disk.name.clone();
            plugged.unplug().map_err(failed(msg!("stand-do-disk", disk = disk, machine = &machine)))
        })
    }

    /// Filesystems that machines have mounted from their disks have written what they hold.
    pub(super) fn sync_disks(&self) -> io::Result<()> {
        let running = self.machines.iter().filter_map(|slot| Some((slot.process?, &slot.disks)));
        running.filter(|(_, disks)| !disks.is_empty()).try_for_each(|(process, disks)| sync_mounts(process, disks))
    }

    /// Copies the content of a machine's disks: only what was written takes room.
    pub(super) fn copy_disks(&self, index: usize, to: &Path) -> io::Result<()> {
        let Some(slot) = self.machines.get(index).filter(|slot| !slot.disks.is_empty()) else { return Ok(()) };
        slot.disks.iter().try_for_each(Plugged::sync)?;
        root::copy_tree(&self.folder.machine(&slot.name).disks(), to)
    }

    /// Follows the disks of a machine that has just started, until it ends.
    pub(super) fn follow_disks(&self, index: usize, process: Process) -> io::Result<()> {
        let Some(slot) = self.machines.get(index).filter(|slot| !slot.disks.is_empty()) else { return Ok(()) };
        let follower = Follower {
            process,
            place: self.folder.machine(&slot.name),
            group: cgroup::of_machine(&self.folder.id(), &slot.name),
            disks: slot.disks.iter().map(|plugged| plugged.disk.clone()).collect(),
        };
        thread::Builder::new().name("disks".to_owned()).spawn(move || {
            if let Err(error) = follower.follow() {
                tracing::error!(%error, "a machine's disks are no longer followed");
            }
        })?;
        Ok(())
    }
}

/// Filesystems on these disks have written everything they hold.
fn sync_mounts(process: Process, disks: &[Plugged]) -> io::Result<()> {
    let mut devices: Vec<String> = Vec::new();
    for disk in disks.iter().map(|plugged| &plugged.disk) {
        devices.push(format!("{}:{}", disk::LOOP_MAJOR, disk.number));
        devices.extend(disk.partitions().iter().map(|part| format!("{}:{}", part.major, part.minor)));
    }
    let mounts = fs::read_to_string(format!("/proc/{}/mountinfo", process.pid))?;
    for fields in mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>()) {
        if let &[_, _, device, _, at, ..] = &fields[..]
            && devices.iter().any(|known| known == device)
        {
            let at = format!("/proc/{}/root{}", process.pid, at.replace("\\040", " "));
            rustix::fs::syncfs(fs::File::open(at)?)?;
        }
    }
    Ok(())
}

/// Watches device nodes of one machine for the end of a write, as udev's own rule does.
struct Follower {
    process: Process,
    place: MachineFolder,
    group: PathBuf,
    disks: Vec<Disk>,
}

impl Follower {
    fn follow(&self) -> io::Result<()> {
        let watch = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        self.watch_nodes(&watch)?;
        let pause = Timespec { tv_sec: 1, tv_nsec: 0 };
        while self.process.lives() {
            if poll(&mut [PollFd::new(&watch, PollFlags::IN)], Some(&pause))? == 0 {
                continue;
            }
            drain(&watch);
            for disk in &self.disks {
                disk.reread()?;
            }
            devnode::sync(self.process, &self.place, &self.group, &self.disks)?;
            self.watch_nodes(&watch)?;
        }
        Ok(())
    }

    fn watch_nodes(&self, watch: &impl std::os::fd::AsFd) -> io::Result<()> {
        for entry in fs::read_dir(devnode::of(self.process)).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let ours = self.disks.iter().any(|disk| name.to_string_lossy().starts_with(&disk.name));
            if ours {
                add(watch, &entry.path())?;
            }
        }
        Ok(())
    }
}

/// Adding a watch that is there already changes nothing; a node that has just gone is no error.
fn add(watch: &impl std::os::fd::AsFd, node: &Path) -> io::Result<()> {
    match inotify::add_watch(watch, node, WatchFlags::CLOSE_WRITE) {
        Ok(_) | Err(rustix::io::Errno::NOENT) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn drain(watch: &impl std::os::fd::AsFd) {
    let mut buffer = [MaybeUninit::uninit(); 4096];
    let mut reader = inotify::Reader::new(watch, &mut buffer);
    while reader.next().is_ok() {}
}
