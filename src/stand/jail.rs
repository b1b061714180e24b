//! No stand is built from inside chroot(2). What leaves a changed root arrives at the mount namespace's own root: whoever
//! joins a machine's mounts (setns(2)), or is root in the machine and climbs out, would stand in the PC's files.

use std::io;

use nix::sched::CloneFlags;
use rustix::fs::{AtFlags, CWD, Mode, OFlags, StatxFlags, openat, statx};

use super::error::{StandError, failed};
use crate::msg;

/// An error that says the mend where this process's root is not its mount namespace's. Single-threaded only.
pub(super) fn refuse() -> Result<(), StandError> {
    match is_jailed() {
        Ok(false) => Ok(()),
        Ok(true) => Err(StandError::Refused(msg!("stand-jailed"))),
        Err(error) => Err(failed(msg!("stand-do-isolate"))(error)),
    }
}

/// Goes to the namespace's root, where joining it leads (setns(2)), looks, and comes back.
fn is_jailed() -> io::Result<bool> {
    let root = openat(CWD, "/", OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    let own = std::fs::File::open("/proc/self/ns/mnt")?;
    let before = identity()?;
    nix::sched::setns(&own, CloneFlags::CLONE_NEWNS)?;
    let after = identity()?;
    rustix::process::fchdir(&root)?;
    rustix::process::chroot(".")?;
    Ok(before != after)
}

/// Which folder of which mount `/` is. Kernels before 5.8 don't number mounts for statx(2): there the folder alone tells.
fn identity() -> io::Result<(u32, u32, u64, u64)> {
    let seen = statx(CWD, "/", AtFlags::empty(), StatxFlags::INO | StatxFlags::MNT_ID)?;
    Ok((seen.stx_dev_major, seen.stx_dev_minor, seen.stx_ino, seen.stx_mnt_id))
}
