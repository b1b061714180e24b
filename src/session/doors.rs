//! Where the shells of an attempt are opened.

use std::path::PathBuf;
use std::process::Command;

use crate::stand::remote::Remote;
use crate::stand::{Stand, StandError};

/// The machines that have shells.
#[derive(Debug, Clone, Default)]
pub enum Doors {
    /// This PC.
    #[default]
    Here,
    /// A stand's.
    Stand(Stand),
    /// Prepared ones.
    Remote(Remote),
}

impl Doors {
    /// A command that is a login shell on a machine, and where its terminal is opened (ptmx(4)): in a machine of a stand its
    /// own. None on this PC.
    pub fn shell(&self, machine: &str) -> Result<Option<(Command, PathBuf)>, StandError> {
        let of_this_pc = || PathBuf::from("/dev/ptmx");
        match self {
            Self::Here => Ok(None),
            Self::Stand(stand) => Ok(Some((stand.shell(machine), stand.ptmx(machine).unwrap_or_else(of_this_pc)))),
            Self::Remote(remote) => Ok(Some((remote.shell(machine)?, of_this_pc()))),
        }
    }
}
