//! Running a program of the machine: bounded in time and output, in a clean environment, never leaving a child behind.

use std::fs::File;
use std::io::Write as _;
use std::io::{ErrorKind, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use nix::sched::CloneFlags;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};

use crate::i18n::Message;
use crate::msg;
use crate::probe::reason;

/// Where programs are looked up, whatever this process's own environment (Debian's default for root).
pub const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Of each stream, more is read but not kept.
pub const OUTPUT_LIMIT: usize = 1024 * 1024;

/// The PID 1 of the machine whose process namespace programs are run in, where this process itself is outside of it.
static MACHINE: OnceLock<OwnedFd> = OnceLock::new();

/// From now on programs are run in the process namespace of this PID 1. The process itself stays outside: once a thread has
/// entered for its children, it can start no other thread (clone(2), `CLONE_THREAD`).
pub(crate) fn inside(machine: OwnedFd) {
    let _ = MACHINE.set(machine);
}

/// A program to run and how.
#[derive(Debug, Clone, Copy, Default)]
pub struct Call<'a> {
    /// The program and its arguments.
    pub argv: &'a [&'a str],
    /// Variables beside the clean environment's.
    pub env: &'a [(&'a str, &'a str)],
    /// What it reads: where a secret goes, as arguments are for all to see.
    pub stdin: &'a str,
    /// User and group number to run as; root unless said.
    pub user: Option<u32>,
}

/// What a program left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    /// Exit status; 128 + n where signal n ended it.
    pub exit: i32,
    /// Standard output, up to [`OUTPUT_LIMIT`].
    pub stdout: Vec<u8>,
    /// Standard error, up to [`OUTPUT_LIMIT`].
    pub stderr: Vec<u8>,
}

impl Ran {
    /// Standard output as text; bytes that are no UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// The last line of what it complained about, else of what it said.
    #[must_use]
    pub fn complaint(&self) -> String {
        let last = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes).into_owned();
            text.lines().map(str::trim).rfind(|line| !line.is_empty()).map(str::to_owned)
        };
        last(&self.stderr).or_else(|| last(&self.stdout)).unwrap_or_default()
    }
}

/// Runs a program and waits for it; at the timeout its whole process group is killed. The error says why nothing can be
/// told: no such program, no right, too slow.
pub fn run(argv: &[&str], timeout: Duration) -> Result<Ran, Message> {
    Call { argv, ..Call::default() }.run(timeout)
}

impl Call<'_> {
    /// As [`run`].
    pub fn run(&self, timeout: Duration) -> Result<Ran, Message> {
        let deadline = Instant::now() + timeout;
        let Some(program) = self.argv.first() else {
            return Err(msg!("probe-missing-tool", tool = ""));
        };
        let mut child = self.spawn().map_err(|error| match error.kind() {
            ErrorKind::NotFound => msg!("probe-missing-tool", tool = *program),
            _ => reason(&error, program),
        })?;
        if let Some(mut stdin) = child.stdin.take() {
            // It may end without reading; what it reads is far shorter than a pipe is deep.
            let _ = stdin.write_all(self.stdin.as_bytes());
        }
        let watched = watch(&mut child, deadline);
        // Also ends what the program left running in its group: a probe only looks.
        end_group(&child);
        let status = child.wait();
        match (watched, status) {
            (Ok(Some((stdout, stderr))), Ok(status)) => Ok(Ran { exit: exit_code(status), stdout, stderr }),
            (Ok(None), _) => Err(msg!("probe-timed-out", subject = *program)),
            (Err(error), _) | (_, Err(error)) => Err(reason(&error, program)),
        }
    }

    fn spawn(&self) -> std::io::Result<Child> {
        if let Some(machine) = MACHINE.get() {
            nix::sched::setns(machine, CloneFlags::CLONE_NEWPID)?;
        }
        let mut command = Command::new(self.argv[0]);
        command
            .args(&self.argv[1..])
            .env_clear()
            .envs([("PATH", PATH), ("LANG", "C.UTF-8"), ("HOME", "/root"), ("TERM", "dumb")])
            .envs(self.env.iter().copied())
            .current_dir("/")
            .stdin(if self.stdin.is_empty() { Stdio::null() } else { Stdio::piped() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        command.spawn()
    }
}

type Output = (Vec<u8>, Vec<u8>);

/// Reads both streams until the program ends; none when the deadline came first.
fn watch(child: &mut Child, deadline: Instant) -> std::io::Result<Option<Output>> {
    let pidfd = pidfd_open(pid(child)?, PidfdFlags::empty())?;
    let mut streams =
        [Stream::new(child.stdout.take().map(OwnedFd::from))?, Stream::new(child.stderr.take().map(OwnedFd::from))?];
    loop {
        let Some(left) = deadline.checked_duration_since(Instant::now()) else { return Ok(None) };
        let ended = wait(&pidfd, &streams, left)?;
        for stream in &mut streams {
            stream.read()?;
        }
        if ended {
            let [stdout, stderr] = streams;
            return Ok(Some((stdout.kept, stderr.kept)));
        }
    }
}

/// Waits for output, the end or the timeout; whether the program has ended.
fn wait(pidfd: &OwnedFd, streams: &[Stream; 2], left: Duration) -> std::io::Result<bool> {
    let mut fds = vec![PollFd::new(pidfd, PollFlags::IN)];
    fds.extend(streams.iter().filter_map(|stream| Some(PollFd::new(stream.file.as_ref()?, PollFlags::IN))));
    let left = Timespec::try_from(left).map_err(std::io::Error::other)?;
    match poll(&mut fds, Some(&left)) {
        Ok(_) | Err(rustix::io::Errno::INTR) => Ok(!fds[0].revents().is_empty()),
        Err(error) => Err(error.into()),
    }
}

/// One of the program's output streams; closed once at its end.
struct Stream {
    file: Option<File>,
    kept: Vec<u8>,
}

impl Stream {
    fn new(fd: Option<OwnedFd>) -> std::io::Result<Self> {
        if let Some(fd) = &fd {
            rustix::io::ioctl_fionbio(fd.as_fd(), true)?;
        }
        Ok(Self { file: fd.map(File::from), kept: Vec::new() })
    }

    /// Takes what is there.
    fn read(&mut self) -> std::io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        while let Some(file) = &mut self.file {
            match file.read(&mut buffer) {
                Ok(0) => self.file = None,
                Ok(count) => {
                    let room = OUTPUT_LIMIT.saturating_sub(self.kept.len());
                    self.kept.extend_from_slice(&buffer[..count.min(room)]);
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn end_group(child: &Child) {
    if let Ok(group) = pid(child) {
        // Gone already is as good.
        let _ = kill_process_group(group, Signal::KILL);
    }
}

fn pid(child: &Child) -> std::io::Result<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or_else(|| ErrorKind::InvalidData.into())
}

fn exit_code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_secs(20);

    #[test]
    fn output_and_exit_status_come_back() {
        let ran = run(&["sh", "-c", "echo out; echo err >&2; exit 3"], SOON).unwrap();
        assert_eq!((ran.exit, ran.text().as_str(), ran.stderr.as_slice()), (3, "out\n", b"err\n".as_slice()));
        assert_eq!(run(&["sh", "-c", "kill -9 $$"], SOON).unwrap().exit, 137);
    }

    #[test]
    fn a_missing_program_is_said_so() {
        assert_eq!(run(&["no-such-program-here"], SOON).unwrap_err().key, "probe-missing-tool");
        assert_eq!(run(&[], SOON).unwrap_err().key, "probe-missing-tool");
        assert_eq!(run(&["/etc/passwd"], SOON).unwrap_err().key, "probe-no-right");
    }

    #[test]
    fn a_slow_program_is_ended_with_all_it_started() {
        let start = Instant::now();
        let mark = format!("{}.25", 40_000 + std::process::id());
        let error =
            run(&["sh", "-c", &format!("sleep {mark} & sleep {mark}")], Duration::from_millis(200)).unwrap_err();
        assert_eq!(error.key, "probe-timed-out");
        assert!(start.elapsed() < Duration::from_secs(5));
        assert!(!is_running(&mark));
    }

    #[test]
    fn a_program_that_leaves_children_holding_its_output_does_not_delay() {
        let start = Instant::now();
        let mark = format!("{}.75", 40_000 + std::process::id());
        let ran = run(&["sh", "-c", &format!("sleep {mark} & echo done")], SOON).unwrap();
        assert_eq!(ran.text(), "done\n");
        assert!(start.elapsed() < Duration::from_secs(5));
        assert!(!is_running(&mark));
    }

    #[test]
    fn a_secret_is_read_and_not_an_argument() {
        let call = Call { argv: &["cat"], stdin: "secret\n", env: &[], user: None };
        assert_eq!(call.run(SOON).unwrap().text(), "secret\n");
    }

    #[test]
    fn the_last_complaint_is_told() {
        let ran = |script| run(&["sh", "-c", script], SOON).unwrap().complaint();
        assert_eq!(ran("echo out; printf 'one\ntwo\n\n' >&2"), "two");
        assert_eq!(ran("echo out"), "out");
    }

    #[test]
    fn endless_output_is_bounded() {
        let ran = run(&["sh", "-c", "head -c 3000000 /dev/zero"], SOON).unwrap();
        assert_eq!((ran.exit, ran.stdout.len()), (0, OUTPUT_LIMIT));
    }

    #[test]
    fn the_environment_is_clean() {
        let text = run(&["env"], SOON).unwrap().text();
        assert!(text.lines().any(|line| line == format!("PATH={PATH}")), "{text}");
        assert!(!text.contains("CARGO"), "{text}");
    }

    /// Whether a process other than a zombie has this argument; waits a little, as a killed one takes time to go.
    fn is_running(argument: &str) -> bool {
        let found = || {
            std::fs::read_dir("/proc").unwrap().flatten().any(|entry| {
                std::fs::read(entry.path().join("cmdline"))
                    .is_ok_and(|line| line.split(|byte| *byte == 0).any(|word| word == argument.as_bytes()))
            })
        };
        (0..20).all(|_| {
            std::thread::sleep(Duration::from_millis(50));
            found()
        })
    }
}
