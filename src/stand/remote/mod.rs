//! The driver `ssh`: machines prepared beforehand, reached with a key, never built, reset or torn down by us. What is put on
//! one is the agent, in memory where the machine has some for that, for as long as it answers.
//!
//! The system's OpenSSH client does the talking, with nothing of the person's own configuration. What it runs on the other
//! side are the constant scripts below; a name that comes from a lab is sent as input, never as part of a command.

mod client;
mod machines;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use super::error::{StandError, failed};
use super::folder::make_private;
use super::program;
use crate::agent::Agent;
use crate::agent::pack::Pack;
use crate::i18n::Message;
use crate::{msg, paths};

pub use machines::{Entry, file, load};

/// How long a machine may take to come back from a restart.
const RESTART: Duration = Duration::from_mins(5);
/// Between two tries to reach one that restarts.
const PAUSE: Duration = Duration::from_secs(1);

/// Puts the agent into a folder of its own, runs it, and removes it however it ends. What an earlier one left, whose shell
/// is gone, goes first. Reads the archive's size as a line, then the archive; what follows is the agent's.
const AGENT: &str = r#"
umask 077
for old in /dev/shm/paillasse-agent.* /tmp/paillasse-agent.*; do
  [ -d "$old" ] && [ ! -L "$old" ] && [ -O "$old" ] || continue
  kill -0 "${old##*.}" 2>/dev/null || rm -rf "$old"
done
for place in /dev/shm /tmp; do
  d=$place/paillasse-agent.$$
  mkdir "$d" 2>/dev/null || continue
  trap 'rm -rf "$d"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\n' > "$d/try" && chmod 700 "$d/try" && "$d/try" 2>/dev/null || { rm -rf "$d"; continue; }
  read -r size && head -c "$size" | tar -xf - -C "$d" || exit 1
  if [ -e "$d/loader" ]; then
    "$d/loader" --library-path "$d" "$d/paillasse" agent --idle 900
  else
    "$d/paillasse" agent --idle 900
  fi
  exit
done
exit 1
"#;
/// Which start of the machine this is: of its kernel, and of its first process.
const START: &str = "cat /proc/sys/kernel/random/boot_id /proc/1/stat";
const RESTART_UNIT: &str = r#"read -r unit && exec systemctl restart -- "$unit""#;
const REBOOT: &str = "exec systemctl reboot";

/// The machines of a lab, as the trainer prepared them.
#[derive(Debug, Clone)]
pub struct Remote {
    machines: BTreeMap<String, Entry>,
    /// Their keys, in the form of sshd(8), `SSH_KNOWN_HOSTS FILE FORMAT`.
    known_hosts: PathBuf,
}

impl Remote {
    /// Takes the machines of these names from the trainer's file. Nothing is reached yet.
    pub fn open<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, StandError> {
        let known = load()?;
        let mut machines = BTreeMap::new();
        for name in names {
            let entry = known.get(name).ok_or_else(|| {
                StandError::Refused(msg!("remote-no-machine", name = name, file = file().display().to_string()))
            })?;
            entry.check(name)?;
            machines.insert(name.to_owned(), entry.clone());
        }
        let known_hosts = pin(&known).map_err(failed(msg!("remote-do-write")))?;
        Ok(Self { machines, known_hosts })
    }

    /// The machines' names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.machines.keys().map(String::as_str)
    }

    /// An agent for a machine; it is sent along, and gone when it ends.
    pub fn agent(&self, name: &str) -> Result<Agent, StandError> {
        let pack = packed().map_err(failed(msg!("remote-do-pack")))?;
        Ok(Agent::start(self.command(name, AGENT)?).sending(pack))
    }

    /// A command that, run with its standard streams on a terminal, is a login shell on the machine.
    pub fn shell(&self, name: &str) -> Result<Command, StandError> {
        let mut command = client::ssh(name, self.entry(name)?, &self.known_hosts, true);
        command.env("TERM", "xterm-256color");
        Ok(command)
    }

    /// Tries the machine: why it can't be worked on; none where it can.
    #[must_use]
    pub fn trouble(&self, name: &str) -> Option<Message> {
        match self.run(name, "exit 0", "") {
            Ok(output) if output.status.success() => None,
            Ok(output) => Some(client::complaint(name, &String::from_utf8_lossy(&output.stderr))),
            Err(error) => Some(msg!("remote-no-ssh", error = error.to_string())),
        }
    }

    /// Restarts a unit. That it does not come up is no error: what is looked at next tells.
    pub fn restart(&self, name: &str, unit: &str) -> Result<(), StandError> {
        self.run(name, RESTART_UNIT, &format!("{unit}\n"))
            .map_err(failed(msg!("remote-do-restart", machine = name)))?;
        Ok(())
    }

    /// Why a machine may not be restarted; none where its entry allows it.
    #[must_use]
    pub fn keeps_running(&self, name: &str) -> Option<Message> {
        let allowed = self.machines.get(name).is_some_and(|entry| entry.reboot);
        (!allowed).then(|| msg!("remote-no-reboot", machine = name, file = file().display().to_string()))
    }

    /// Restarts a machine and waits until it can be reached again.
    pub fn reboot(&self, name: &str) -> Result<(), StandError> {
        let late = || StandError::Refused(msg!("remote-late", machine = name));
        let before = self.start_of(name).ok_or_else(late)?;
        // The connection ends with the machine: how does not matter.
        let _ = self.run(name, REBOOT, "");
        let end = Instant::now() + RESTART;
        while self.start_of(name).is_none_or(|now| now == before) {
            if Instant::now() > end {
                return Err(late());
            }
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn start_of(&self, name: &str) -> Option<String> {
        let output = self.run(name, START, "").ok().filter(|output| output.status.success())?;
        start(&String::from_utf8_lossy(&output.stdout))
    }

    fn entry(&self, name: &str) -> Result<&Entry, StandError> {
        self.machines.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.names().collect();
            StandError::Refused(msg!("stand-no-machine", machine = name, names = names.join(", ")))
        })
    }

    /// A constant script, on the machine.
    fn command(&self, name: &str, script: &'static str) -> Result<Command, StandError> {
        let entry = self.entry(name)?;
        let mut command = client::ssh(name, entry, &self.known_hosts, false);
        command.arg(client::remote(script, entry.sudo));
        Ok(command)
    }

    fn run(&self, name: &str, script: &'static str, stdin: &str) -> io::Result<Output> {
        let mut command = self.command(name, script).map_err(|error| io::Error::other(error.to_string()))?;
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        if let Some(mut input) = child.stdin.take() {
            // It may be refused before it reads.
            let _ = input.write_all(stdin.as_bytes());
        }
        child.wait_with_output()
    }
}

/// Writes the keys of all machines of the trainer's file where the client reads them.
fn pin(known: &BTreeMap<String, Entry>) -> io::Result<PathBuf> {
    let folder = paths::data().join("ssh");
    make_private(&folder)?;
    let right = known.iter().filter(|(name, entry)| entry.check(name).is_ok());
    let lines: String = right.map(|(name, entry)| client::pinned(name, entry)).collect();
    // Another process may be reading it: it is replaced as a whole.
    let (part, whole) = (folder.join(format!("known_hosts.{}", std::process::id())), folder.join("known_hosts"));
    let mut to = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    to.write_all(lines.as_bytes())?;
    fs::rename(part, &whole)?;
    Ok(whole)
}

/// The program, packed once: its size as a line, then the archive.
fn packed() -> io::Result<Arc<[u8]>> {
    static PACKED: OnceLock<Arc<[u8]>> = OnceLock::new();
    if let Some(pack) = PACKED.get() {
        return Ok(Arc::clone(pack));
    }
    let tar = Pack::of(&program())?.tar()?;
    let pack: Arc<[u8]> = [format!("{}\n", tar.len()).as_bytes(), &tar].concat().into();
    Ok(Arc::clone(PACKED.get_or_init(|| pack)))
}

/// The kernel's number of its start, and the moment its first process began (proc(5), `/proc/PID/stat`, field 22): that of a
/// container changes when its kernel's does not.
fn start(text: &str) -> Option<String> {
    let (boot, stat) = text.split_once('\n')?;
    // The name, in parentheses, may hold anything.
    let began = stat.rsplit_once(')')?.1.split_whitespace().nth(19)?;
    Some(format!("{boot} {began}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_is_the_kernel_s_and_the_first_process_s() {
        let text = "b9f1-22\n1 (init (x)) S 0 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 1 2\n";
        assert_eq!(start(text).as_deref(), Some("b9f1-22 4711"));
        assert_eq!(start("b9f1-22\n"), None);
    }
}
