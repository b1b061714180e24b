//! What a stand is about to do to the PC, one JSON line a step, written before the step is taken.
//!
//! A line is with the kernel once written, so a killed process loses none. None waits for the disk: what a step makes outside
//! of the stand's folder is the kernel's (processes, mounts, links, loop devices, control groups) and ends with a power cut.
//! What is in the folder is found by looking; whether it is whole tells [`is_whole`].
//!
//! Several processes write: the keeper, the launcher of each machine, whoever takes the stand down. Each line is one
//! write(2) to a file opened with `O_APPEND`, so none is written into another.

use std::fs::OpenOptions;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::process::Process;

/// A step. What the kernel undoes by itself (mounts, links) is here too: for whoever reads what happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Step {
    /// A control group is about to be made.
    Group(PathBuf),
    /// The keeper is about to leave the PC's mounts and network.
    Namespaces,
    /// A process keeps the stand from now on.
    Keeper(Process),
    /// The base with this hash is about to be mounted, through a loop device that goes with the mount.
    Base(String),
    /// A network's switch is about to be made.
    Switch(String),
    /// A machine's root is about to be made and mounted.
    Root { machine: String },
    /// A machine's identity is about to be written into its root.
    Identity { machine: String },
    /// A disk's file is about to be made.
    Disk { machine: String, name: String },
    /// This loop device is about to be given a file of this stand's.
    Loop(u32),
    /// A machine's launcher is about to be started.
    Start { machine: String },
    /// A machine's namespaces, control groups and PID 1 are about to be made.
    Container { machine: String },
    /// A cable is about to be put between a machine and a switch.
    Cable { machine: String, link: usize },
    /// A machine's PID 1 is about to become its own.
    Boot { machine: String },
    /// A machine's PID 1.
    Started { machine: String, process: Process },
    /// A script is about to be run.
    Setup { machine: String, name: String },
    /// Machines are about to be held still, for a state to be kept.
    Freeze,
    /// What a machine holds is about to be kept under this name.
    Keep { machine: String, state: String },
    /// A machine's PID 1 is about to be ended.
    Stop { machine: String },
    /// What a machine that ended left is about to be removed.
    Clear { machine: String },
    /// What a machine holds is about to be replaced by what was kept under this name.
    Restore { machine: String, state: String },
    /// A machine holds what it should again.
    Restored { machine: String },
    /// A machine's disks are about to be pulled out.
    Unplug { machine: String },
    /// Everything is there.
    Ready,
    /// What was there at the last `Ready` is on the PC's disk: a power cut can't take it.
    Settled,
    /// The keeper is about to be ended, from outside.
    EndKeeper,
    /// Every process of the stand is about to be ended.
    End,
    /// Its loop devices are about to be freed.
    Free,
    /// Its control groups are about to be removed.
    Ungroup,
    /// It is about to be no stand any more: its plan goes, then its folder.
    Forget,
}

/// The journal of a stand.
#[derive(Debug, Clone)]
pub(super) struct Journal {
    path: PathBuf,
}

impl Journal {
    pub(super) fn at(path: PathBuf) -> Self {
        Self { path }
    }

    /// Writes a step.
    pub(super) fn write(&self, step: &Step) -> io::Result<()> {
        let mut line = serde_json::to_vec(step)?;
        line.push(b'\n');
        OpenOptions::new().append(true).create(true).mode(0o600).open(&self.path)?.write_all(&line)
    }

    /// Writes a step and waits until it is on the disk.
    pub(super) fn write_for_good(&self, step: &Step) -> io::Result<()> {
        self.write(step)?;
        OpenOptions::new().append(true).open(&self.path)?.sync_data()
    }

    /// Ends a last line that a power cut or a full disk cut short, so that the next one is not lost with it.
    pub(super) fn mend(&self) -> io::Result<()> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&self.path)?;
        let mut last = [b'\n'];
        if file.seek(SeekFrom::End(0))? > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
        }
        if last == [b'\n'] { Ok(()) } else { file.write_all(b"\n") }
    }

    /// The steps written so far; a line that was cut short is left out.
    pub(super) fn read(&self) -> Vec<Step> {
        let text = std::fs::read(&self.path).unwrap_or_default();
        text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
    }
}

/// The hash of the base that the stand was first built from.
pub(super) fn base(steps: &[Step]) -> Option<String> {
    steps.iter().find_map(|step| if let Step::Base(hash) = step { Some(hash.clone()) } else { None })
}

/// The loop devices that the stand was about to be given, ever.
pub(super) fn loops(steps: &[Step]) -> Vec<u32> {
    let mut numbers: Vec<u32> =
        steps.iter().filter_map(|step| if let Step::Loop(number) = step { Some(*number) } else { None }).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// Whether what is on the disk is a whole stand, to be gone on with: it was built to the end; and where the PC was
/// restarted since (`rebooted`), all of it had reached the disk before.
pub(super) fn is_whole(steps: &[Step], rebooted: bool) -> bool {
    let (mut built, mut settled) = (false, false);
    for step in steps {
        match step {
            Step::Ready => built = true,
            Step::Settled => settled = built,
            // What is put back is only on the disk at the next `Settled`.
            Step::Restore { .. } => settled = false,
            Step::Forget => built = false,
            _ => {}
        }
    }
    built && (settled || !rebooted)
}

/// The state that a machine was being put back to when its keeper was killed.
pub(super) fn interrupted<'a>(steps: &'a [Step], name: &str) -> Option<&'a str> {
    let last = steps.iter().rev().find_map(|step| match step {
        Step::Restore { machine, state } if machine == name => Some(Some(state.as_str())),
        Step::Restored { machine } if machine == name => Some(None),
        _ => None,
    });
    last.flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(machine: &str) -> Step {
        Step::Start { machine: machine.into() }
    }

    #[test]
    fn a_line_cut_short_loses_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::at(folder.path().join("journal"));
        journal.mend().unwrap();
        journal.write(&Step::Free).unwrap();
        journal.write(&start("srv")).unwrap();
        let whole = std::fs::read(&journal.path).unwrap();
        for cut in 1..=9 {
            std::fs::write(&journal.path, &whole[..whole.len() - cut]).unwrap();
            journal.mend().unwrap();
            journal.write(&start("pc")).unwrap();
            let kept =
                if cut == 1 { vec![Step::Free, start("srv"), start("pc")] } else { vec![Step::Free, start("pc")] };
            assert_eq!(journal.read(), kept, "{cut}");
        }
    }

    #[test]
    fn what_is_no_text_is_no_step() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::at(folder.path().join("journal"));
        assert_eq!(journal.read(), []);
        std::fs::write(&journal.path, b"\0\0\0\xff\xfe\n{}\n\"free\"\n{\"loop\":7}\n{\"loop\":\"x\"}\n").unwrap();
        assert_eq!(journal.read(), [Step::Free, Step::Loop(7)]);
        assert_eq!(loops(&journal.read()), [7]);
    }

    #[test]
    fn after_a_restart_of_the_pc_only_what_had_reached_the_disk_counts() {
        let restore = || Step::Restore { machine: "srv".into(), state: "start".into() };
        assert!(!is_whole(&[Step::Free, Step::Settled], false), "never built to the end");
        assert!(is_whole(&[Step::Ready], false));
        assert!(!is_whole(&[Step::Ready], true));
        assert!(is_whole(&[Step::Ready, Step::Settled, start("srv")], true));
        assert!(!is_whole(&[Step::Ready, Step::Settled, restore()], true));
        assert!(is_whole(&[Step::Ready, Step::Settled, restore(), Step::Ready, Step::Settled], true));
        assert!(!is_whole(&[Step::Ready, Step::Settled, Step::Forget], false), "taken down by half");
    }

    #[test]
    fn a_restore_that_was_not_finished_is_known() {
        let restore = |machine: &str| Step::Restore { machine: machine.into(), state: "start".into() };
        let steps = [restore("srv"), Step::Restored { machine: "srv".into() }, restore("pc"), Step::Ready];
        assert_eq!(interrupted(&steps, "srv"), None);
        assert_eq!(interrupted(&steps, "pc"), Some("start"));
        assert_eq!(interrupted(&steps, "other"), None);
    }
}
