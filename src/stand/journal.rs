//! What a stand is about to do to the PC, one JSON line a step, on the disk before the step is taken.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::process::Process;

/// A step. What the kernel undoes by itself (mounts, links) is here too: for whoever reads what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Step {
    /// A process keeps the stand from now on.
    Keeper(Process),
    /// The base with this hash is about to be mounted.
    Base(String),
    /// The networks are about to be made.
    Networks,
    /// A disk's file is about to be made and given a loop device.
    Disk { machine: String, name: String },
    /// A machine is about to be started.
    Start { machine: String },
    /// Its PID 1.
    Started { machine: String, process: Process },
    /// Its PID 1 is about to be ended.
    Stop { machine: String },
    /// A script is about to be run.
    Setup { machine: String, name: String },
    /// The state to go back to is about to be kept.
    Keep,
    /// Everything is there.
    Ready,
}

/// The open journal.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
}

impl Journal {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { file: OpenOptions::new().append(true).create(true).mode(0o600).open(path)? })
    }

    /// Writes a step and waits until it is on the disk.
    pub(super) fn write(&mut self, step: &Step) -> io::Result<()> {
        let mut line = serde_json::to_vec(step)?;
        line.push(b'\n');
        self.file.write_all(&line)?;
        self.file.sync_data()
    }
}

/// The steps written so far; a last line cut short by a power cut is left out.
pub(super) fn read(path: &Path) -> Vec<Step> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// The hash of the base that the stand was first built from.
pub(super) fn base(path: &Path) -> Option<String> {
    read(path).into_iter().find_map(|step| match step {
        Step::Base(hash) => Some(hash),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_short_loses_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path).unwrap();
        journal.write(&Step::Networks).unwrap();
        journal.write(&Step::Start { machine: "srv".into() }).unwrap();
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 4]).unwrap();
        assert_eq!(read(&path), [Step::Networks]);
    }
}
