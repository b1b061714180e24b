//! Stands: the machines, networks and disks of one attempt, built, entered, restarted and torn down.
//!
//! A stand belongs to its *keeper*, a process of its own (the hidden command `paillasse keeper`) that lives in mount and
//! network namespaces of its own, builds everything inside them, and outlives the app. What the kernel can undo by itself
//! when the keeper and the machines die (mounts, links, bridges, loop devices) it undoes; the rest is in the journal,
//! written before each step, which `clean` reads.

pub mod base;
mod boot;
mod cable;
mod cgroup;
pub mod clean;
mod confine;
mod container;
mod devnode;
mod disk;
mod enable;
pub(crate) mod enter;
mod error;
mod folder;
pub mod host;
mod identity;
mod ids;
mod interfaces;
pub(crate) mod isolation;
mod jail;
mod journal;
pub(crate) mod keeper;
pub(crate) mod limits;
mod lower;
mod network;
mod plan;
mod process;
pub mod remote;
mod role;
mod root;
mod seccomp;
mod shape;
pub mod shared;
mod stage;
mod wire;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;

use serde::{Deserialize, Serialize};

pub use error::StandError;
pub use plan::{Disk, Init, Link, Machine, Network, Plan, Port, Script};

use crate::i18n::Message;
use crate::{msg, paths};
use error::failed;
use folder::{Folder, make_private, stands};
use process::Process;
use wire::{Reply, Request};

/// One line of what is being done, as it starts (for progress on the screens).
pub type OnStep<'a> = &'a mut dyn FnMut(Message);

/// A handle on a stand that exists. Cheap; several processes may hold one.
#[derive(Debug, Clone)]
pub struct Stand {
    /// Its name: unique on this PC.
    pub id: String,
    /// Its folder in the state folder.
    pub folder: PathBuf,
}

/// A machine of a stand, as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineState {
    /// Its name.
    pub name: String,
    /// Its PID 1 as the PC sees it; none while it is down.
    pub pid: Option<i32>,
}

/// What a program run in a machine left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Exit status; 128 + n where signal n ended it.
    pub status: i32,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}

impl Stand {
    /// Builds a stand; returns when every machine is ready. One that could not be built leaves nothing.
    pub fn up(plan: &Plan, on_step: OnStep<'_>) -> Result<Self, StandError> {
        if !paths::is_root() {
            return Err(StandError::Refused(msg!("stand-needs-root")));
        }
        base::current()?;
        let stand = Self::create(plan)?;
        match stand.keep().and_then(|()| stand.ask(&Request::Up, on_step)) {
            Ok(()) => Ok(stand),
            Err(error) => {
                // Before its folder gives the room back.
                let error = error.or_full(&paths::state());
                let _ = clean::undo(&stand.folder);
                Err(error)
            }
        }
    }

    /// A new folder with the plan in it, held by this process.
    fn create(plan: &Plan) -> Result<Self, StandError> {
        let all = stands();
        let stand = make_private(&all).and_then(|()| {
            let id = new_id(&plan.lab)?;
            let folder = all.join(&id);
            fs::create_dir(&folder)?;
            Ok(Self { id, folder })
        });
        let problem = |error| failed(msg!("stand-do-write"))(error).or_full(&paths::state());
        let stand = stand.map_err(problem)?;
        let written =
            stand.hold().and_then(|()| fs::write(Folder::at(&stand.folder).plan(), serde_json::to_vec_pretty(plan)?));
        match written {
            Ok(()) => Ok(stand),
            Err(error) => {
                let error = problem(error);
                let _ = clean::undo(&stand.folder);
                Err(error)
            }
        }
    }

    /// Makes this process the one the stand is for: while it lives, `clean` leaves the stand alone.
    pub fn hold(&self) -> io::Result<()> {
        Process::this().map_or(Ok(()), |this| this.save(&Folder::at(&self.folder).owner()))
    }

    /// Nobody is at work in it any more: it runs on, and `clean` may take it.
    pub fn release(&self) -> Result<(), StandError> {
        let owner = Folder::at(&self.folder).owner();
        let is_this = Process::load(&owner).is_some_and(|owner| Process::this() == Some(owner));
        let released = if is_this { fs::remove_file(owner) } else { Ok(()) };
        released.map_err(failed(msg!("stand-do-write")))
    }

    /// The stand of this name, if it exists (its machines may be down: after a reboot of the PC, say).
    #[must_use]
    pub fn open(id: &str) -> Option<Self> {
        Self::all().into_iter().find(|stand| stand.id == id)
    }

    /// All stands on this PC.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let entries = fs::read_dir(stands()).into_iter().flatten().flatten();
        let folders = entries.map(|entry| entry.path()).filter(|path| Folder::at(path).plan().is_file());
        let mut all: Vec<Self> = folders.map(|folder| Self { id: Folder::at(&folder).id(), folder }).collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// Starts again what a reboot of the PC or the keeper's death stopped, on the same disks; nothing is set up again.
    pub fn resume(&self, on_step: OnStep<'_>) -> Result<(), StandError> {
        if !paths::is_root() {
            return Err(StandError::Refused(msg!("stand-needs-root")));
        }
        self.hold().map_err(failed(msg!("stand-do-write")))?;
        if self.is_up() {
            return Ok(());
        }
        if !self.is_whole() {
            return Err(StandError::Refused(msg!("stand-not-whole", stand = &self.id)));
        }
        clean::stop(&self.folder).map_err(failed(msg!("stand-do-clean")))?;
        self.keep()?;
        self.ask(&Request::Resume, on_step)
    }

    /// Whether its keeper lives.
    #[must_use]
    pub fn is_up(&self) -> bool {
        Process::living(&Folder::at(&self.folder).keeper()).is_some()
    }

    /// Whether the process it was built or resumed for lives.
    #[must_use]
    pub fn is_held(&self) -> bool {
        Process::living(&Folder::at(&self.folder).owner()).is_some()
    }

    /// What it was built from.
    pub fn plan(&self) -> Result<Plan, StandError> {
        read_plan(&Folder::at(&self.folder))
    }

    /// Its machines.
    pub fn machines(&self) -> Result<Vec<MachineState>, StandError> {
        let plan = self.plan()?;
        Ok(plan
            .machines
            .into_iter()
            .map(|machine| MachineState { pid: self.pid(&machine.name), name: machine.name })
            .collect())
    }

    fn pid(&self, machine: &str) -> Option<i32> {
        Process::living(&Folder::at(&self.folder).machine(machine).process()).map(|process| process.pid)
    }

    /// Runs a program in a machine, as root, in a clean environment, and waits for it.
    pub fn exec(&self, machine: &str, argv: &[String], stdin: &[u8]) -> Result<Output, StandError> {
        let mut command = self.enter(machine)?;
        command.args(argv);
        run_with_input(command, stdin)
    }

    /// Puts a machine, or all, back to the state the setup left.
    pub fn reset(&self, machine: Option<&str>, on_step: OnStep<'_>) -> Result<(), StandError> {
        self.restore(keeper::START, machine, on_step)
    }

    /// Keeps what all machines hold at this moment, under a name, to go back to. Their processes are not kept: a machine
    /// that is put back starts anew.
    pub fn snapshot(&self, state: &str) -> Result<(), StandError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if state == keeper::START || !(1..=40).contains(&state.len()) || !state.chars().all(plain) {
            return Err(StandError::Refused(msg!("stand-bad-state", state = state)));
        }
        self.ask(&Request::Keep { state: state.to_owned() }, &mut |_| ())
    }

    /// Puts a machine, or all, back to what was kept under this name.
    pub fn restore(&self, state: &str, machine: Option<&str>, on_step: OnStep<'_>) -> Result<(), StandError> {
        let request = Request::Restore { machine: machine.map(str::to_owned), state: state.to_owned() };
        self.ask(&request, on_step)
    }

    /// Ends the machines in good order and keeps what they hold, for [`Self::resume`].
    pub fn pause(&self, on_step: OnStep<'_>) -> Result<(), StandError> {
        if self.is_up() {
            self.ask(&Request::Pause, on_step)?;
        }
        clean::stop(&self.folder).map_err(failed(msg!("stand-do-clean")))
    }

    /// What the machines have written so far is on the PC's disk: a power cut can't take it any more.
    pub fn sync(&self) -> io::Result<()> {
        Ok(rustix::fs::syncfs(fs::File::open(&self.folder)?)?)
    }

    /// Whether it was built to the end, and nothing of it was lost in a power cut: only then there is something to resume.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let folder = Folder::at(&self.folder);
        let rebooted = Process::load(&folder.keeper()).is_none_or(|keeper| !keeper.is_of_this_boot());
        journal::is_whole(&folder.journal().read(), rebooted)
    }

    /// Restarts a machine: its PID 1 ends and starts again on the same disk. Returns when it is ready.
    pub fn reboot(&self, machine: &str) -> Result<(), StandError> {
        self.ask(&Request::Reboot { machine: machine.to_owned() }, &mut |_| ())
    }

    /// Pushes a machine's cable to a network in, or pulls it out: it stays so, also after a restart of the machine.
    pub fn cable(&self, machine: &str, network: &str, is_in: bool) -> Result<(), StandError> {
        let request = Request::Cable { machine: machine.to_owned(), network: network.to_owned(), is_in };
        self.ask(&request, &mut |_| ())
    }

    /// Tears everything down.
    pub fn down(self, on_step: OnStep<'_>) -> Result<(), StandError> {
        on_step(msg!("stand-step-down", stand = &self.id));
        clean::undo(&self.folder).map_err(failed(msg!("stand-do-clean")))
    }

    /// A command that, run with its standard streams on a terminal, is a login shell in the machine.
    #[must_use]
    pub fn shell(&self, machine: &str) -> Command {
        let user = self.plan().ok().and_then(|plan| plan.machines.into_iter().find(|known| known.name == machine));
        let user = user.map_or_else(|| "root".to_owned(), |known| known.user);
        let mut command = enter_command(&program(), self.pid(machine).unwrap_or_default());
        if user == "root" {
            command.args(["/bin/bash", "-l"]);
        } else {
            command.args(["/bin/su", "-l", "-w", "LANG", &user]);
        }
        command
    }

    /// A command that serves the agent for the machine on its standard streams.
    #[must_use]
    pub fn agent(&self, machine: &str) -> Command {
        let mut command = Command::new(program());
        command.arg("agent").arg(self.pid(machine).unwrap_or_default().to_string());
        command
    }

    /// Where a terminal of the machine's own is opened (ptmx(4)), so that `tty` and tmux are true inside.
    #[must_use]
    pub fn ptmx(&self, machine: &str) -> Option<PathBuf> {
        self.pid(machine).map(|pid| PathBuf::from(format!("/proc/{pid}/root/dev/pts/ptmx")))
    }

    /// A command that runs what is added to it as arguments in the machine, on its own standard streams.
    pub(crate) fn enter(&self, machine: &str) -> Result<Command, StandError> {
        index_of(&self.plan()?, machine)?;
        let pid =
            self.pid(machine).ok_or_else(|| StandError::Refused(msg!("stand-machine-down", machine = machine)))?;
        Ok(enter_command(&program(), pid))
    }

    fn ask(&self, request: &Request, on_step: OnStep<'_>) -> Result<(), StandError> {
        wire::ask(&Folder::at(&self.folder).socket(), request, on_step)
    }

    /// Starts the keeper and waits until it listens.
    fn keep(&self) -> Result<(), StandError> {
        let problem = || failed(msg!("stand-do-keeper"));
        let log = fs::OpenOptions::new().append(true).create(true).open(Folder::at(&self.folder).log());
        let mut child = Command::new(program())
            .arg("keeper")
            .arg(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log.map_err(problem())?)
            .spawn()
            .map_err(problem())?;
        let listens = first_reply(&mut child);
        if !matches!(listens, Ok(Reply::Done)) {
            let _ = child.kill();
            let _ = child.wait();
        }
        match listens.map_err(problem())? {
            Reply::Failed(failure) => Err(failure.into()),
            _ => Ok(()),
        }
    }
}

/// What a keeper says once it listens, or why it can't.
fn first_reply(child: &mut Child) -> io::Result<Reply> {
    let out = child.stdout.take().ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?;
    let mut line = String::new();
    io::BufRead::read_line(&mut io::BufReader::new(out), &mut line)?;
    Ok(serde_json::from_str(&line)?)
}

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Names the program that keeps stands and enters machines, for programs that are not it: tests and benches.
pub fn use_program(path: &Path) {
    let _ = PROGRAM.set(path.to_path_buf());
}

/// This very program, whatever its file has become meanwhile. By this process's number, since `self` is another one to
/// another program that is handed the path (the loader, asked which libraries this one needs).
fn program() -> PathBuf {
    PROGRAM.get().cloned().unwrap_or_else(|| PathBuf::from(format!("/proc/{}/exe", std::process::id())))
}

fn enter_command(program: &Path, pid: i32) -> Command {
    let mut command = Command::new(program);
    command.arg("enter").arg(pid.to_string()).arg("--");
    command
}

/// Runs a command with this on its standard input and waits for it.
fn run_with_input(mut command: Command, stdin: &[u8]) -> Result<Output, StandError> {
    let mut run = || {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let input = child.stdin.take();
        thread::scope(|scope| {
            // A program that does not read its input, or not all of it, is no error.
            scope.spawn(|| input.map(|mut input| input.write_all(stdin)));
            child.wait_with_output()
        })
    };
    let output = run().map_err(failed(msg!("stand-do-enter")))?;
    Ok(Output { status: enter::code(output.status), stdout: output.stdout, stderr: output.stderr })
}

fn read_plan(folder: &Folder) -> Result<Plan, StandError> {
    let plan = fs::read(folder.plan()).and_then(|bytes| Ok(serde_json::from_slice(&bytes)?));
    plan.map_err(failed(msg!("stand-do-read-plan")))
}

fn index_of(plan: &Plan, machine: &str) -> Result<usize, StandError> {
    plan.machines.iter().position(|known| known.name == machine).ok_or_else(|| {
        let names: Vec<&str> = plan.machines.iter().map(|known| known.name.as_str()).collect();
        StandError::Refused(msg!("stand-no-machine", machine = machine, names = names.join(", ")))
    })
}

/// A name not in use: the lab's and a few random digits.
fn new_id(lab: &str) -> io::Result<String> {
    let mut bytes = [0; 3];
    io::Read::read_exact(&mut fs::File::open("/dev/urandom")?, &mut bytes)?;
    let [a, b, c] = bytes;
    Ok(format!("{lab}-{a:02x}{b:02x}{c:02x}"))
}
