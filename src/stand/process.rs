//! Which process is meant, for good: a PID may be given to somebody else, a PID with its start time may not.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags};
use rustix::process::PidfdFlags;
use serde::{Deserialize, Serialize};

/// A process of this PC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Process {
    /// Its PID as the PC sees it.
    pub(crate) pid: i32,
    /// When it started, in clock ticks since the boot (`/proc/PID/stat` field 22, proc(5)).
    pub(crate) start: u64,
    /// Of which boot: ticks begin again with each.
    pub(crate) boot: u32,
}

impl Process {
    /// The process that has this PID now; none where there is none, or only its remains (a zombie).
    pub(crate) fn of(pid: i32) -> Option<Self> {
        let start = start_time(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?;
        Some(Self { pid, start, boot: boot() })
    }

    pub(crate) fn this() -> Option<Self> {
        Self::of(i32::try_from(std::process::id()).ok()?)
    }

    /// Whether it still runs.
    pub(crate) fn lives(&self) -> bool {
        Self::of(self.pid).is_some_and(|now| now == *self)
    }

    /// Waits until it has ended, zombie or not.
    pub(crate) fn wait(&self) {
        let pid = rustix::process::Pid::from_raw(self.pid);
        let handle = pid.and_then(|pid| rustix::process::pidfd_open(pid, PidfdFlags::empty()).ok());
        // A handle tells of its own process only: it was opened while that one lived.
        while self.lives() {
            match &handle {
                // Readable once the process has ended (pidfd_open(2)).
                Some(handle) => drop(rustix::event::poll(&mut [PollFd::new(handle, PollFlags::IN)], None)),
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    }

    /// Whether the PC was not restarted since.
    pub(crate) fn is_of_this_boot(&self) -> bool {
        self.boot == boot()
    }

    /// What [`Self::save`] wrote.
    pub(crate) fn load(path: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(path).ok()?).ok()
    }

    /// The same, if it still runs.
    pub(crate) fn living(path: &Path) -> Option<Self> {
        Self::load(path).filter(Self::lives)
    }

    /// Writes it to a file at once or not at all.
    pub(crate) fn save(&self, path: &Path) -> io::Result<()> {
        let next = path.with_extension("next");
        fs::write(&next, serde_json::to_vec(self)?)?;
        fs::rename(next, path)
    }
}

/// The start time in a line of `/proc/PID/stat`; none for a zombie. The name in parentheses may hold anything.
fn start_time(line: &str) -> Option<u64> {
    let mut fields = line.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?;
    let start = fields.nth(18)?.parse().ok()?;
    (!matches!(state, "Z" | "X")).then_some(start)
}

/// A short mark of this boot.
fn boot() -> u32 {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    u32::from_str_radix(id.get(..8).unwrap_or_default(), 16).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_spaces_and_parentheses_does_not_shift_the_fields() {
        let rest = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20";
        assert_eq!(start_time(&format!("7 (a) b (c) {rest}")), Some(4242));
        assert_eq!(start_time(&format!("7 (a) {}", rest.replacen('S', "Z", 1))), None);
        assert_eq!(start_time("7 (a"), None);
    }

    #[test]
    fn this_process_lives_and_another_start_time_is_another_process() {
        let this = Process::this().unwrap();
        assert!(this.lives());
        assert!(!Process { start: this.start + 1, ..this }.lives());
        assert!(!Process { boot: this.boot ^ 1, ..this }.lives());
    }
}
