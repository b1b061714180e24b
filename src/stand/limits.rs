//! How much of the PC one machine may take: no machine may take its memory or its process table with it.
//!
//! Memory and processes are held by control groups (cgroups(7)), of whichever version the PC has. Where it has no controller
//! for one of them, the machine runs without that limit and `doctor` says so; processes are then at least limited for each of
//! a machine's users (`RLIMIT_NPROC`, getrlimit(2)). For the disk see `keeper/room.rs`.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};

use super::cgroup;
use crate::lab::manifest::Isolation;

/// Bytes.
const MEMORY: u64 = 2 << 30;
/// Of it, what may go to the PC's swap: next to nothing (0 means "unchanged" to the runtime).
const SWAP: u64 = 1 << 20;
/// Processes and threads.
const PROCESSES: u64 = 4096;

/// Bytes that a machine may write over its base, in all and in one file.
pub(super) const DISK: u64 = 4 << 30;

/// The controllers that the limits need.
pub(crate) const CONTROLLERS: [&str; 2] = ["memory", "pids"];

/// Those of [`CONTROLLERS`] that this PC lacks.
pub(crate) fn lacking() -> Vec<&'static str> {
    let there = cgroup::controllers();
    CONTROLLERS.into_iter().filter(|name| !there.iter().any(|known| known == name)).collect()
}

/// The groups' limits as the OCI runtime specification writes them ("Control groups", config-linux.md).
pub(super) fn add_to(resources: &mut Value) {
    let lacking = lacking();
    if !lacking.contains(&"memory") {
        // Memory and swap together, as version 1 counts.
        let swap = cgroup::limits_swap().then_some(MEMORY + SWAP);
        resources["memory"] = json!({ "limit": MEMORY });
        if let Some(swap) = swap {
            resources["memory"]["swap"] = json!(swap);
        }
    }
    if !lacking.contains(&"pids") {
        resources["pids"] = json!({ "limit": PROCESSES });
    }
}

/// The limits of each process of a machine in a user namespace, none raised; a privileged machine's root has none (`RLIMIT_NPROC`
/// does not hold it, and its disks may be larger than `RLIMIT_FSIZE`).
fn of_processes(isolation: Isolation) -> Vec<(&'static str, Resource, u64)> {
    let limits = [("RLIMIT_NPROC", Resource::Nproc, PROCESSES), ("RLIMIT_FSIZE", Resource::Fsize, DISK)];
    let limits = limits.into_iter().filter(|_| isolation == Isolation::Default);
    limits.map(|(name, kind, most)| (name, kind, getrlimit(kind).maximum.map_or(most, |now| now.min(most)))).collect()
}

/// The same as the OCI runtime specification writes them ("POSIX process", config.md).
pub(super) fn rlimits(isolation: Isolation) -> Value {
    let each = of_processes(isolation).into_iter();
    each.map(|(name, _, most)| json!({ "type": name, "soft": most, "hard": most })).collect()
}

/// Takes them on, for good.
pub(super) fn apply(isolation: Isolation) -> io::Result<()> {
    of_processes(isolation)
        .into_iter()
        .try_for_each(|(_, kind, most)| Ok(setrlimit(kind, Rlimit { current: Some(most), maximum: Some(most) })?))
}
