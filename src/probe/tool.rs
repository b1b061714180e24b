//! Programs of the machine that a probe has to ask: no shell, a clean environment, a time limit, nothing left running.

use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use super::reason;
use crate::i18n::Message;
use crate::msg;

const FOLDERS: [&str; 6] = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
/// Output beyond this is dropped.
const OUTPUT: u64 = 1024 * 1024;

/// A program to run.
#[derive(Debug, Clone, Default)]
pub(super) struct Tool<'a> {
    pub(super) program: &'a str,
    pub(super) args: &'a [&'a str],
    pub(super) env: &'a [(&'a str, &'a str)],
    pub(super) stdin: &'a str,
    /// User and group number to run as; root unless said.
    pub(super) user: Option<u32>,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ended {
    /// Exit status; 128 + n where signal n ended it.
    pub(super) status: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Ended {
    pub(super) fn ok(&self) -> bool {
        self.status == 0
    }

    /// The last thing it complained about.
    pub(super) fn complaint(&self) -> String {
        let said = |text: &str| text.lines().map(str::trim).rfind(|line| !line.is_empty()).map(str::to_owned);
        said(&self.stderr).or_else(|| said(&self.stdout)).unwrap_or_default()
    }
}

/// Where the machine has a program.
pub(super) fn find(program: &str) -> Option<PathBuf> {
    FOLDERS.iter().map(|folder| PathBuf::from(folder).join(program)).find(|path| path.exists())
}

impl Tool<'_> {
    /// Runs it to its end, or ends it.
    pub(super) fn run(&self, limit: Duration) -> Result<Ended, Message> {
        let path = find(self.program).ok_or_else(|| msg!("probe-missing-tool", tool = self.program))?;
        let failed = |error: std::io::Error| reason(&error, self.program);
        let mut command = Command::new(path);
        command.args(self.args).env_clear().env("PATH", FOLDERS.join(":")).env("LC_ALL", "C.UTF-8");
        command.envs(self.env.iter().copied()).current_dir("/").process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        let mut child = command.spawn().map_err(failed)?;
        if let Some(mut stdin) = child.stdin.take() {
            // It may end without reading.
            let _ = stdin.write_all(self.stdin.as_bytes());
        }
        let stdout = drain(child.stdout.take());
        let stderr = drain(child.stderr.take());
        let status = wait(&mut child, limit).map_err(failed)?;
        let text = |from: &Receiver<Vec<u8>>| {
            // What a child of the child still holds open is not waited for.
            let bytes = from.recv_timeout(Duration::from_millis(500)).unwrap_or_default();
            String::from_utf8_lossy(&bytes).into_owned()
        };
        Ok(Ended { status, stdout: text(&stdout), stderr: text(&stderr) })
    }
}

fn drain(from: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(from) = from {
            let _ = from.take(OUTPUT).read_to_end(&mut bytes);
        }
        let _ = sender.send(bytes);
    });
    receiver
}

/// The exit status, or the end of its whole process group when it takes too long.
fn wait(child: &mut Child, limit: Duration) -> std::io::Result<i32> {
    let end = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)));
        }
        if Instant::now() >= end {
            if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
                let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            }
            child.wait()?;
            return Err(std::io::ErrorKind::TimedOut.into());
        }
        thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool<'a>(program: &'a str, args: &'a [&'a str]) -> Tool<'a> {
        Tool { program, args, ..Tool::default() }
    }

    #[test]
    fn brings_back_status_and_words() {
        let ended = tool("sh", &["-c", "echo out; echo err >&2; exit 3"]).run(Duration::from_secs(5)).unwrap();
        assert_eq!(ended, Ended { status: 3, stdout: "out\n".into(), stderr: "err\n".into() });
        assert_eq!(ended.complaint(), "err");
    }

    #[test]
    fn what_is_typed_reaches_it_and_not_its_arguments() {
        let ended = Tool { stdin: "secret\n", ..tool("cat", &[]) }.run(Duration::from_secs(5)).unwrap();
        assert_eq!(ended.stdout, "secret\n");
    }

    #[test]
    fn a_program_that_hangs_is_ended_with_its_children() {
        let begun = Instant::now();
        let refused = tool("sh", &["-c", "sleep 60 & sleep 60"]).run(Duration::from_millis(200)).unwrap_err();
        assert_eq!(refused.key, "probe-timed-out");
        assert!(begun.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_missing_program_is_said() {
        assert_eq!(tool("no-such-tool", &[]).run(Duration::from_secs(1)).unwrap_err().key, "probe-missing-tool");
    }
}
