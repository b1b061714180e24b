//! How much of the PC one machine may take: no machine may take its memory or its process table with it.
//!
//! Memory and processes are held by control groups (cgroups(7)), of whichever version the PC has. Where it has no controller
//! for one of them, the machine runs without that limit and `doctor` says so; processes are then at least limited for each of
//! a machine's users (`RLIMIT_NPROC`, getrlimit(2)).

use rustix::process::{Resource, getrlimit};
use serde_json::{Value, json};

use super::cgroup;

/// Bytes.
const MEMORY: u64 = 2 << 30;
/// Of it, what may go to the PC's swap: next to nothing (0 means "unchanged" to the runtime).
const SWAP: u64 = 1 << 20;
/// Processes and threads.
const PROCESSES: u64 = 4096;

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

/// The limits of each process ("POSIX process", config.md). Nobody's are raised.
pub(super) fn of_processes() -> Value {
    let most = getrlimit(Resource::Nproc).maximum.map_or(PROCESSES, |most| most.min(PROCESSES));
    json!([{ "type": "RLIMIT_NPROC", "soft": most, "hard": most }])
}
