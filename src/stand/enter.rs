//! The way into a machine: a single-threaded process of the PC joins the machine's control groups and namespaces, gives up
//! what the machine may not do, then runs the machine's own programs.
//!
//! A process that joins stays outside of the machine's process namespace (setns(2): only its children enter it): nothing in
//! the machine sees it.

use std::io::{self, IsTerminal as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

use nix::sched::CloneFlags;
use nix::sys::signal::{SigSet, Signal};
use rustix::fs::Mode;
use rustix::process::{Pid, PidfdFlags};

use super::cgroup;
use super::container::CAPABILITIES;

/// Where a machine's programs are looked for.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Moves this process into the machine whose PID 1 is `pid`, with no more rights than the machine has; its children are
/// born in the machine's process namespace.
fn join(pid: i32) -> io::Result<()> {
    let machine = witness(pid)?;
    Ok(nix::sched::setns(&machine, CloneFlags::CLONE_NEWPID)?)
}

/// As [`join`], its children staying outside of the machine's process namespace, so that it can have threads: a process
/// whose children go elsewhere can start none (clone(2), `CLONE_THREAD`). Gives the machine's PID 1 as a pidfd.
pub(crate) fn witness(pid: i32) -> io::Result<OwnedFd> {
    // The owner's own umask is none of the machine's: login(1)'s default.
    rustix::process::umask(Mode::from_raw_mode(0o022));
    let target = Pid::from_raw(pid).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let machine = rustix::process::pidfd_open(target, PidfdFlags::empty())?;
    cgroup::join(pid)?;
    nix::sched::setns(
        &machine,
        CloneFlags::CLONE_NEWCGROUP
            | CloneFlags::CLONE_NEWIPC
            | CloneFlags::CLONE_NEWUTS
            | CloneFlags::CLONE_NEWNET
            | CloneFlags::CLONE_NEWNS,
    )?;
    confine()?;
    Ok(machine)
}

/// Keeps only the machine's capabilities, for good.
fn confine() -> io::Result<()> {
    let held = caps::read(None, caps::CapSet::Bounding).map_err(io::Error::other)?;
    for cap in held.iter().filter(|cap| !CAPABILITIES.contains(cap)) {
        caps::drop(None, caps::CapSet::Bounding, *cap).map_err(io::Error::other)?;
    }
    let now = caps::read(None, caps::CapSet::Permitted).map_err(io::Error::other)?;
    let kept = now.into_iter().filter(|cap| CAPABILITIES.contains(cap)).collect();
    caps::clear(None, caps::CapSet::Inheritable).map_err(io::Error::other)?;
    caps::set(None, caps::CapSet::Effective, &kept).map_err(io::Error::other)?;
    caps::set(None, caps::CapSet::Permitted, &kept).map_err(io::Error::other)
}

/// Joins the machine and runs a program in it on this process's standard streams. With a terminal on the standard input,
/// the program gets a session of its own with that terminal as the controlling one.
pub(crate) fn run(pid: i32, argv: &[String]) -> io::Result<i32> {
    let term = std::env::var("TERM").unwrap_or_else(|_| "linux".to_owned());
    join(pid)?;
    let mut command = if io::stdin().is_terminal() {
        let mut session = Command::new("/usr/bin/setsid");
        session.args(["--ctty", "--wait"]).args(argv);
        session
    } else {
        let (program, rest) = argv.split_first().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let mut direct = Command::new(find(program));
        direct.args(rest);
        direct
    };
    command
        .env_clear()
        .envs([("PATH", PATH), ("HOME", "/root"), ("USER", "root"), ("LOGNAME", "root"), ("SHELL", "/bin/bash")])
        .envs([("LANG", "fr_FR.UTF-8"), ("TERM", term.as_str())])
        .current_dir("/root");
    wait(command)
}

/// A program of the machine by its name, as execvp(3) would look for it with [`PATH`].
fn find(program: &str) -> PathBuf {
    if program.contains('/') {
        return PathBuf::from(program);
    }
    let places = PATH.split(':').map(|folder| Path::new(folder).join(program));
    places.into_iter().find(|path| path.is_file()).unwrap_or_else(|| PathBuf::from(program))
}

/// Runs a command, passes signals on to it, gives its status the way a shell does.
fn wait(mut command: Command) -> io::Result<i32> {
    let signals = [Signal::SIGCHLD, Signal::SIGHUP, Signal::SIGTERM, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGUSR1];
    let set: SigSet = signals.into_iter().collect();
    let mut child = command.spawn()?;
    // Not before: a program is born with its parent's mask, and Ctrl-C in the machine's shell would do nothing.
    set.thread_block()?;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(code(status));
        }
        let signal = set.wait()?;
        if signal != Signal::SIGCHLD {
            pass_on(&child, signal);
        }
    }
}

fn pass_on(child: &Child, signal: Signal) {
    if let Ok(pid) = i32::try_from(child.id()) {
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), signal);
    }
}

/// Exit status; 128 + n where signal n ended it.
pub(crate) fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}
