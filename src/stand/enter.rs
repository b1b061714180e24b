//! The way into a machine: a single-threaded process of the PC joins the machine's control groups and namespaces, gives up
//! what the machine may not do, then runs the machine's own programs.
//!
//! A process that joins stays outside of the machine's process namespace (setns(2): only its children enter it): nothing in
//! the machine sees it.

use std::fs;
use std::io::{self, IsTerminal as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

use nix::sched::CloneFlags;
use nix::sys::signal::{SigSet, Signal};
use nix::unistd::{Gid, Uid};
use rustix::fs::Mode;
use rustix::process::{Pid, PidfdFlags};

use super::{cgroup, confine, limits, seccomp};
use crate::lab::manifest::Isolation;

/// Where a machine's programs are looked for.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Moves this process into the machine whose PID 1 is `pid`, with no more rights than the machine has; its children are
/// born in the machine's process namespace.
fn join(pid: i32) -> io::Result<()> {
    let isolation = isolation(pid)?;
    let machine = witness(pid)?;
    limits::apply(isolation)?;
    Ok(nix::sched::setns(&machine, CloneFlags::CLONE_NEWPID)?)
}

/// As [`join`], its children staying outside of the machine's process namespace, so that it can have threads: a process
/// whose children go elsewhere can start none (clone(2), `CLONE_THREAD`). Gives the machine's PID 1 as a pidfd.
pub(crate) fn witness(pid: i32) -> io::Result<OwnedFd> {
    // The owner's own umask is none of the machine's: login(1)'s default.
    rustix::process::umask(Mode::from_raw_mode(0o022));
    let target = Pid::from_raw(pid).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let machine = rustix::process::pidfd_open(target, PidfdFlags::empty())?;
    let isolation = isolation(pid)?;
    cgroup::join(pid)?;
    let shared = CloneFlags::CLONE_NEWCGROUP
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWNS;
    match isolation {
        Isolation::Privileged => nix::sched::setns(&machine, shared)?,
        Isolation::Default => {
            nix::sched::setns(&machine, shared | CloneFlags::CLONE_NEWUSER)?;
            become_root()?;
        }
    }
    seccomp::load(isolation)?;
    confine::apply(isolation)?;
    Ok(machine)
}

/// How closed the machine with this PID 1 is: told by the kernel, not by a file.
fn isolation(pid: i32) -> io::Result<Isolation> {
    let [own, its] = [PathBuf::from("/proc/self/ns/user"), PathBuf::from(format!("/proc/{pid}/ns/user"))];
    Ok(if fs::read_link(own)? == fs::read_link(its)? { Isolation::Privileged } else { Isolation::Default })
}

/// Becomes root of the user namespace that this process has just joined.
fn become_root() -> io::Result<()> {
    nix::unistd::setgroups(&[])?;
    nix::unistd::setgid(Gid::from_raw(0))?;
    Ok(nix::unistd::setuid(Uid::from_raw(0))?)
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
