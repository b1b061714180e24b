//! One machine's life in the keeper: launched, ready, ended.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal};

use super::super::disk::Plugged;
use super::super::error::{Failure, StandError, failed};
use super::super::folder::MachineFolder;
use super::super::ids::Ids;
use super::super::journal::Step;
use super::super::plan::Init;
use super::super::process::Process;
use super::super::{cgroup, program};
use super::{Event, Keeper, Say};
use crate::msg;

/// No machine takes longer to start, even a domain controller on a slow PC under load.
const PATIENCE: Duration = Duration::from_mins(4);

/// A machine as the keeper holds it.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) index: usize,
    pub(super) name: String,
    /// Its PID 1.
    pub(super) process: Option<Process>,
    pub(super) disks: Vec<Plugged>,
    /// Its mounts, held until it is gone for good (see [`cgroup::kill`]).
    mounts: Option<fs::File>,
    /// Closed when its PID 1 has ended.
    ended: Option<Receiver<()>>,
    /// Where its PID 1 says that it is ready.
    notify: Option<UnixDatagram>,
    /// When it came back by itself lately.
    pub(super) restarts: Vec<Instant>,
}

impl Slot {
    pub(super) fn new(index: usize, name: &str) -> Self {
        Self {
            index,
            name: name.to_owned(),
            process: None,
            disks: Vec::new(),
            mounts: None,
            ended: None,
            notify: None,
            restarts: Vec::new(),
        }
    }
}

impl Slot {
    /// What Ctrl+Alt+Del does: systemd(1), "Signals".
    pub(super) fn ask_to_end(&self) {
        if let Some(process) = self.process {
            signal(process, Signal::INT);
        }
    }
}

impl Keeper {
    /// Starts machines side by side; returns when all are ready.
    pub(super) fn start(&mut self, which: &[usize], say: Say<'_>) -> Result<(), StandError> {
        let mut launched = Vec::new();
        for &index in which {
            launched.push((index, self.launch(index)?));
        }
        for (index, child) in launched {
            self.launched(index, child)?;
        }
        for &index in which {
            self.wait_ready(index)?;
            let name = self.machines.get(index).map_or("", |slot| slot.name.as_str());
            say(msg!("stand-step-ready", machine = name));
        }
        Ok(())
    }

    /// The runtime forks, so it works in a single-threaded process of its own; the machine falls to us when that one ends.
    fn launch(&mut self, index: usize) -> Result<Child, StandError> {
        let Some(slot) = self.machines.get_mut(index) else {
            return Err(failed(msg!("stand-do-write"))(io::Error::from(ErrorKind::NotFound)));
        };
        let name = slot.name.clone();
        let place = self.folder.machine(&name);
        let notify = bind_notify(&place, self.ids).map_err(failed(msg!("stand-do-start", machine = &name)))?;
        slot.notify = Some(notify);
        self.note(&Step::Start { machine: name.clone() })?;
        Command::new(program())
            .arg("keeper")
            .arg(&self.folder.root)
            .args(["--launch", &name])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(failed(msg!("stand-do-start", machine = &name)))
    }

    fn launched(&mut self, index: usize, child: Child) -> Result<(), StandError> {
        let Some(slot) = self.machines.get_mut(index) else { return Ok(()) };
        let name = slot.name.clone();
        let problem = || failed(msg!("stand-do-start", machine = &name));
        let output = child.wait_with_output().map_err(problem())?;
        let answer: Result<Process, Failure> = serde_json::from_slice(&output.stdout).map_err(|_| {
            let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            problem()(io::Error::other(words))
        })?;
        let process = answer?;
        slot.process = Some(process);
        slot.mounts = cgroup::hold_mounts(process.pid);
        slot.ended = Some(watch(process, self.sender.clone()).map_err(problem())?);
        self.follow_disks(index, process).map_err(problem())?;
        self.note(&Step::Started { machine: name.clone(), process })
    }

    /// systemd says `READY=1` once its start-up is over (systemd-notify(1)): no polling, no sleep. A machine without it was
    /// ready when it was launched.
    fn wait_ready(&mut self, index: usize) -> Result<(), StandError> {
        let (Some(slot), Some(spec)) = (self.machines.get_mut(index), self.plan.machines.get(index)) else {
            return Ok(());
        };
        if spec.init == Init::None {
            slot.notify = None;
            return Ok(());
        }
        let end = Instant::now() + PATIENCE;
        let mut buffer = [0; 4096];
        while let (Some(notify), Some(ended)) = (&slot.notify, &slot.ended) {
            match notify.recv(&mut buffer) {
                Ok(length) if is_ready(&buffer[..length]) => {
                    slot.notify = None;
                    return Ok(());
                }
                Err(error) if !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => break,
                _ => {}
            }
            if Instant::now() > end || ended.try_recv() != Err(mpsc::TryRecvError::Empty) {
                break;
            }
        }
        let last = last_lines(&self.folder.machine(&slot.name));
        Err(StandError::Refused(msg!("stand-not-ready", machine = &slot.name, last = last)))
    }

    /// Ends a machine: with `patience` it may stop its services first, without it ends at once.
    pub(super) fn stop(&mut self, index: usize, patience: Option<Duration>) -> Result<(), StandError> {
        let Some(slot) = self.machines.get_mut(index) else { return Ok(()) };
        let name = slot.name.clone();
        self.journal.write(&Step::Stop { machine: name }).map_err(failed(msg!("stand-do-write")))?;
        if patience.is_some() {
            slot.ask_to_end();
        }
        if let (Some(process), Some(ended)) = (slot.process.take(), slot.ended.take()) {
            if let Some(patience) = patience {
                let _ = ended.recv_timeout(patience);
            }
            signal(process, Signal::KILL);
            let _ = ended.recv_timeout(Duration::from_secs(10));
        }
        self.clear(index)
    }

    /// Removes what a machine that ended may have left running on the PC's side, and its control groups.
    pub(super) fn clear(&mut self, index: usize) -> Result<(), StandError> {
        let Some(slot) = self.machines.get_mut(index) else { return Ok(()) };
        let cleared = Step::Clear { machine: slot.name.clone() };
        self.journal.write(&cleared).map_err(failed(msg!("stand-do-write")))?;
        let group = cgroup::of_machine(&self.folder.id(), &slot.name);
        cgroup::kill(&group, Duration::from_secs(5));
        slot.mounts = None;
        for plugged in &slot.disks {
            // Swap is the kernel's, not the machine's: it does not end with it.
            plugged.disk.swap_off().map_err(failed(msg!("stand-do-clear", machine = &slot.name)))?;
        }
        let _ = fs::remove_file(self.folder.machine(&slot.name).process());
        cgroup::remove(&group).map_err(failed(msg!("stand-do-clear", machine = &slot.name)))
    }
}

fn signal(process: Process, signal: Signal) {
    if let Some(pid) = Pid::from_raw(process.pid).filter(|_| process.lives()) {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

fn bind_notify(place: &MachineFolder, ids: Option<Ids>) -> io::Result<UnixDatagram> {
    fs::create_dir_all(place.host())?;
    let _ = fs::remove_file(place.notify());
    let socket = UnixDatagram::bind(place.notify())?;
    ids.map_or(Ok(()), |ids| ids.give_one(&place.notify()))?;
    socket.set_read_timeout(Some(Duration::from_millis(100)))?;
    Ok(socket)
}

fn is_ready(datagram: &[u8]) -> bool {
    datagram.split(|byte| *byte == b'\n').any(|line| line == b"READY=1")
}

/// Waits for a PID 1's end in a thread of its own.
fn watch(process: Process, events: mpsc::Sender<Event>) -> io::Result<Receiver<()>> {
    let (end, ended) = mpsc::channel();
    let pid = Pid::from_raw(process.pid);
    thread::Builder::new().name("watch".to_owned()).spawn(move || {
        let _ = rustix::process::waitpid(pid, rustix::process::WaitOptions::empty());
        drop(end);
        let _ = events.send(Event::Ended(process));
    })?;
    Ok(ended)
}

/// The end of what a machine's PID 1 said.
fn last_lines(place: &MachineFolder) -> String {
    let text = fs::read(place.console()).unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let lines: Vec<&str> = text.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n    ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_is_a_whole_line() {
        assert!(is_ready(b"STATUS=x\nREADY=1\n"));
        assert!(!is_ready(b"STATUS=READY=1"));
        assert!(!is_ready(b"READY=10"));
    }
}
