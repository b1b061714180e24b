//! The asking side: a command that serves the agent on its standard streams.

use std::io::{ErrorKind, Read, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::protocol::{Answer, Request, read, write};
use crate::i18n::Message;
use crate::msg;
use crate::probe::{Observation, Probe};

/// Beyond the probes' own timeout: for the agent to start and to answer on a busy PC.
const GRACE: Duration = Duration::from_secs(10);

/// Why a machine's agent did not answer. Asking again starts it again.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// The command could not be started, or ended, or was cut off.
    #[error("failed to talk with the machine's agent: {0}")]
    Io(#[from] std::io::Error),
    /// No answer in time.
    #[error("the machine's agent did not answer in time")]
    TimedOut,
    /// It answered something else than what was asked.
    #[error("the machine's agent did not understand: {0}")]
    Refused(String),
}

impl AgentError {
    /// For people: what to think of it, without the system's own words.
    #[must_use]
    pub fn in_words(&self) -> Message {
        match self {
            Self::Io(_) => msg!("session-agent-cut"),
            Self::TimedOut => msg!("session-agent-late"),
            Self::Refused(_) => msg!("session-agent-refused"),
        }
    }
}

/// A machine's agent. Started at the first question, and again after an error; ended when dropped.
#[derive(Debug)]
pub struct Agent {
    command: Command,
    /// What the command wants to read before the first question.
    first: Arc<[u8]>,
    running: Option<Running>,
}

impl Agent {
    /// An agent that `command` starts.
    #[must_use]
    pub fn start(mut command: Command) -> Self {
        // What it would say on its standard error would garble the screen.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        Self { command, first: Arc::default(), running: None }
    }

    /// The same, with what the command reads first each time it is started: the program itself, where it is sent.
    #[must_use]
    pub fn sending(mut self, first: Arc<[u8]>) -> Self {
        self.first = first;
        self
    }

    /// Whether it answered before and was not lost since.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// One observation for each probe, in their order; each may take `timeout`. Blocking.
    pub fn observe(&mut self, probes: &[Probe], timeout: Duration) -> Result<Vec<Observation>, AgentError> {
        let timeout_ms = milliseconds(timeout);
        match self.ask(&Request::Observe { probes: probes.to_vec(), timeout_ms }, timeout)? {
            Answer::Observed(seen) if seen.len() == probes.len() => Ok(seen),
            other => Err(self.astray(&other)),
        }
    }

    /// What is seen otherwise than at the last call, by the probe's place among `probes`: at first, and after an error,
    /// everything that only reads. Blocking.
    pub fn changes(&mut self, probes: &[Probe], timeout: Duration) -> Result<Vec<(usize, Observation)>, AgentError> {
        let timeout_ms = milliseconds(timeout);
        let is_watched = self.running.as_ref().is_some_and(|running| running.watched == probes);
        let request = if is_watched {
            Request::Changes { timeout_ms }
        } else {
            Request::Watch { probes: probes.to_vec(), timeout_ms }
        };
        match self.ask(&request, timeout)? {
            Answer::Changed(all) if all.iter().all(|(index, _)| *index < probes.len()) => {
                if let (false, Some(running)) = (is_watched, &mut self.running) {
                    running.watched = probes.to_vec();
                }
                Ok(all)
            }
            other => Err(self.astray(&other)),
        }
    }

    /// It answered something else than what was asked.
    fn astray(&mut self, answer: &Answer) -> AgentError {
        self.running = None;
        AgentError::Refused(match answer {
            Answer::Refused(why) => why.clone(),
            Answer::Observed(seen) => format!("{} answers", seen.len()),
            Answer::Changed(seen) => format!("{} changes", seen.len()),
        })
    }

    fn ask(&mut self, request: &Request, timeout: Duration) -> Result<Answer, AgentError> {
        let answer = self.exchange(request, timeout);
        if answer.is_err() {
            self.running = None;
        }
        answer
    }

    fn exchange(&mut self, request: &Request, timeout: Duration) -> Result<Answer, AgentError> {
        let deadline = Instant::now() + timeout + GRACE;
        let running = match &mut self.running {
            Some(running) => running,
            empty => empty.insert(Running::spawn(&mut self.command, &self.first)?),
        };
        write(&mut running.stdin, request)?;
        let mut reader = Deadlined { stdout: &mut running.stdout, deadline };
        match read(&mut reader) {
            Ok(Some(answer)) => Ok(answer),
            Ok(None) => Err(AgentError::Io(ErrorKind::UnexpectedEof.into())),
            Err(error) if error.kind() == ErrorKind::TimedOut => Err(AgentError::TimedOut),
            Err(error) => Err(error.into()),
        }
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[derive(Debug)]
struct Running {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    /// What it watches.
    watched: Vec<Probe>,
}

impl Running {
    fn spawn(command: &mut Command, first: &[u8]) -> std::io::Result<Self> {
        let mut child = command.spawn()?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(stdin), Some(stdout)) => {
                let mut running = Self { child, stdin, stdout, watched: Vec::new() };
                running.stdin.write_all(first)?;
                Ok(running)
            }
            _ => Err(ErrorKind::BrokenPipe.into()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It answers no one any more; ended already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads that fail at a deadline instead of blocking past it.
struct Deadlined<'a> {
    stdout: &'a mut ChildStdout,
    deadline: Instant,
}

impl Read for Deadlined<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.deadline.checked_duration_since(Instant::now()).ok_or(ErrorKind::TimedOut)?;
        let left = Timespec::try_from(left).map_err(std::io::Error::other)?;
        if poll(&mut [PollFd::new(&*self.stdout, PollFlags::IN)], Some(&left))? == 0 {
            return Err(ErrorKind::TimedOut.into());
        }
        self.stdout.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> Agent {
        let mut command = Command::new("sh");
        command.args(["-c", text]);
        Agent::start(command)
    }

    #[test]
    fn an_agent_that_ends_is_an_error_and_is_started_again() {
        let folder = tempfile::tempdir().unwrap();
        let count = folder.path().join("count");
        let mut agent = script(&format!("echo x >> {}", count.display()));
        for _ in 0..2 {
            assert!(matches!(agent.observe(&[], Duration::from_millis(10)), Err(AgentError::Io(_))));
        }
        assert_eq!(std::fs::read_to_string(count).unwrap().lines().count(), 2);
    }

    #[test]
    fn garbage_is_an_error() {
        let mut agent = script("head -c 8 >/dev/null; printf '\\000\\000\\000\\002{}'; sleep 5");
        assert!(matches!(agent.observe(&[], Duration::from_millis(10)), Err(AgentError::Io(_))));
    }

    #[test]
    fn a_command_that_does_not_exist_is_an_error() {
        let mut agent = Agent::start(Command::new("/no/such/command"));
        assert!(matches!(agent.observe(&[], Duration::from_millis(10)), Err(AgentError::Io(_))));
    }
}
