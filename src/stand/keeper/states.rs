//! States of the machines: kept under a name, gone back to, brought to the PC's disk.
//!
//! What a power cut leaves of a machine is what had reached the disk: all of it after [`Step::Settled`] (a stand that was
//! built, put back or paused) and after an attempt was put aside; else what the kernel had written by itself, which it does
//! within half a minute (`vm.dirty_expire_centisecs`), as on any PC.

use std::fs;
use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::super::cable;
use super::super::cgroup::{self, Frozen};
use super::super::error::{StandError, failed};
use super::super::folder::StateFolder;
use super::super::journal::Step;
use super::super::root::{self, Copying};
use super::{Keeper, Say};
use crate::msg;

/// Until what was built is brought to the PC's disk.
const MOMENT: Duration = Duration::from_millis(200);

/// The state that the setup left.
pub(in super::super) const START: &str = "start";

impl Keeper {
    /// Keeps what the machines hold now, all at the same moment, under a name; what was kept under it before is replaced.
    pub(super) fn keep(&self, state: &str) -> Result<(), StandError> {
        let problem = || failed(msg!("stand-do-keep"));
        self.sync_disks().map_err(problem())?;
        self.note(&Step::Freeze)?;
        let _frozen = self.freeze().map_err(problem())?;
        let part = format!("{state}.part");
        let mut copies = Vec::new();
        for slot in &self.machines {
            self.note(&Step::Keep { machine: slot.name.clone(), state: state.to_owned() })?;
            copies.push(self.copy_out(slot.index, &self.folder.machine(&slot.name).state(&part)).map_err(problem())?);
        }
        // All of them end before one's failure is told: none writes on into a folder that is given up.
        let copied: Vec<io::Result<()>> = copies.into_iter().flatten().map(Copying::end).collect();
        copied.into_iter().collect::<io::Result<()>>().map_err(problem())?;
        if state != START {
            // What has its name is whole, whenever the power goes. The start has `Settled` for that.
            self.sync().map_err(problem())?;
        }
        for slot in &self.machines {
            let place = self.folder.machine(&slot.name);
            let kept = place.state(state).root;
            root::remove_tree(&kept).and_then(|()| fs::rename(place.state(&part).root, kept)).map_err(problem())?;
        }
        Ok(())
    }

    /// No process of a machine runs until this is dropped: what is copied meanwhile is of one moment.
    fn freeze(&self) -> io::Result<Vec<Frozen>> {
        let running = self.machines.iter().filter(|slot| slot.process.is_some());
        let groups = running.map(|slot| cgroup::of_machine(&self.folder.id(), &slot.name));
        cgroup::freeze(&groups.collect::<Vec<_>>())
    }

    /// Copies a machine's disks, and begins to copy what it wrote.
    fn copy_out(&self, index: usize, to: &StateFolder) -> io::Result<Option<Copying>> {
        let Some(slot) = self.machines.get(index) else { return Ok(None) };
        root::remove_tree(&to.root)?;
        fs::create_dir_all(&to.root)?;
        self.copy_disks(index, &to.disks())?;
        Copying::begin(&self.folder.machine(&slot.name).upper(), &to.upper()).map(Some)
    }

    /// Ends the machines and starts them again with what was kept.
    pub(super) fn restore(&mut self, machine: Option<&str>, state: &str, say: Say<'_>) -> Result<(), StandError> {
        let which = machine.map_or_else(|| Ok(self.all()), |name| self.index(name).map(|index| vec![index]))?;
        if let Some(slot) =
            self.machines.iter().find(|slot| !self.folder.machine(&slot.name).state(state).root.is_dir())
        {
            return Err(StandError::Refused(msg!("stand-no-state", state = state, machine = &slot.name)));
        }
        self.settled();
        for &index in &which {
            self.stop(index, None)?;
        }
        for &index in &which {
            let Some(slot) = self.machines.get(index) else { continue };
            say(msg!("stand-step-reset", machine = &slot.name));
            let _ = root::unmount(&self.folder.machine(&slot.name));
            self.unplug(index)?;
            self.put_back(index, state)?;
            self.mount_root(index)?;
            self.plug(index)?;
        }
        self.start(&which, say)?;
        self.note(&Step::Ready)?;
        self.settle_beside()
    }

    /// Gives a machine that is down what was kept of it.
    pub(super) fn put_back(&self, index: usize, state: &str) -> Result<(), StandError> {
        let Some(slot) = self.machines.get(index) else { return Ok(()) };
        let (place, machine) = (self.folder.machine(&slot.name), || slot.name.clone());
        let kept = place.state(state);
        self.note(&Step::Restore { machine: machine(), state: state.to_owned() })?;
        let copied = root::remove_tree(&place.upper())
            .and_then(|()| root::copy_tree(&kept.upper(), &place.upper()))
            .and_then(|()| root::remove_tree(&place.disks()))
            .and_then(|()| if kept.disks().exists() { root::copy_tree(&kept.disks(), &place.disks()) } else { Ok(()) });
        copied.map_err(failed(msg!("stand-do-keep")))?;
        if state == START {
            cable::forget(&place);
        }
        self.note(&Step::Restored { machine: machine() })
    }

    /// Ends every machine in good order and pulls their disks out; what they hold is on the PC's disk then.
    pub(super) fn pause(&mut self, say: Say<'_>) -> Result<(), StandError> {
        self.settled();
        for slot in &self.machines {
            say(msg!("stand-step-pause", machine = &slot.name));
            slot.ask_to_end();
        }
        for index in self.all() {
            self.stop(index, Some(Duration::from_secs(30)))?;
            self.unplug(index)?;
        }
        let synced = self.sync().and_then(|()| self.journal.write_for_good(&Step::Settled));
        synced.map_err(failed(msg!("stand-do-write")))
    }

    /// Everything in the stand's folder is on the PC's disk from now on.
    fn sync(&self) -> io::Result<()> {
        Ok(rustix::fs::syncfs(fs::File::open(&self.folder.root)?)?)
    }

    /// Brings everything to the PC's disk a moment later, beside the work: a slow disk holds nobody up, neither who waits for
    /// the machines nor who takes them down again at once (a process in the midst of syncfs(2) can't be ended).
    pub(super) fn settle_beside(&mut self) -> Result<(), StandError> {
        let (folder, journal) = (fs::File::open(&self.folder.root), self.journal.clone());
        let (cancel, cancelled) = mpsc::channel::<()>();
        let work = move || {
            if cancelled.recv_timeout(MOMENT) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let synced = folder.and_then(|folder| Ok(rustix::fs::syncfs(folder)?));
            if let Err(error) = synced.and_then(|()| journal.write_for_good(&Step::Settled)) {
                tracing::warn!(%error, "the stand is not on the disk yet");
            }
        };
        let settling = thread::Builder::new().name("settle".to_owned()).spawn(work);
        self.settling = Some(Settling { cancel, thread: settling.map_err(failed(msg!("stand-do-write")))? });
        Ok(())
    }

    /// Gives up what [`Self::settle_beside`] is about to do, or waits for it: its `Settled` is not to be noted after a later
    /// `Restore`.
    fn settled(&mut self) {
        if let Some(Settling { cancel, thread }) = self.settling.take() {
            drop(cancel);
            let _ = thread.join();
        }
    }
}

/// What brings a stand to the PC's disk beside the work.
#[derive(Debug)]
pub(super) struct Settling {
    /// Dropped to give up what has not begun.
    cancel: Sender<()>,
    thread: JoinHandle<()>,
}
