//! System calls that no machine may make (seccomp(2)): what a machine never needs and a kernel's faults are often found in,
//! and what is not divided between namespaces. They fail, as on a kernel without them, so that programs do without.
//!
//! The filter comes without `no_new_privs`, for `sudo` and `su` have to work in a machine; its first process and whoever
//! enters from outside load it while they are root there. Children have it too, and nobody can take it off.

use std::io;

use libcontainer::oci_spec::runtime::LinuxSeccomp;
use libcontainer::seccomp::initialize_seccomp;
use nix::libc;
use serde_json::{Value, json};

use crate::lab::manifest::Isolation;

/// Not allowed: parts of the kernel itself, its log and ports, files by their number on any filesystem (the way out of a
/// container that `CAP_DAC_READ_SEARCH` gives, `open_by_handle_at(2)`).
const FORBIDDEN: [&str; 11] = [
    "acct",
    "delete_module",
    "finit_module",
    "init_module",
    "ioperm",
    "iopl",
    "kexec_file_load",
    "kexec_load",
    "open_by_handle_at",
    "reboot",
    "syslog",
];

/// As if the kernel were built without them, so that programs take their other way: keyrings(7) are the PC's, the rest is a
/// large surface that no work of a technician needs.
const ABSENT: [&str; 10] = [
    "add_key",
    "bpf",
    "io_uring_enter",
    "io_uring_register",
    "io_uring_setup",
    "keyctl",
    "lookup_dcookie",
    "perf_event_open",
    "request_key",
    "userfaultfd",
];

/// Only machines with disks of their own swap; their disks are why they are privileged.
const FOR_DISKS: [&str; 2] = ["swapoff", "swapon"];

/// Types into, or selects from, the terminal that a shell was opened on (`ioctl_tty(2)`, `ioctl_console(2)`).
const TERMINAL: [u32; 2] = [0x5412, 0x541C];

/// The filter as the OCI runtime specification writes it ("Seccomp", config-linux.md).
pub(super) fn filter(isolation: Isolation) -> Value {
    let for_disks = if isolation == Isolation::Default { &FOR_DISKS[..] } else { &[] };
    let forbidden: Vec<&str> = FORBIDDEN.iter().chain(for_disks).copied().collect();
    let mut rules = vec![refuse(&forbidden, libc::EPERM), refuse(&ABSENT, libc::ENOSYS)];
    // The kernel looks at the lower half of the request only, so the filter does too.
    rules.extend(TERMINAL.map(|request| {
        let request = json!({ "index": 1, "op": "SCMP_CMP_MASKED_EQ", "value": request, "valueTwo": u32::MAX });
        with(refuse(&["ioctl"], libc::EPERM), &request)
    }));
    // vsock(7) leads out of a virtual machine that the PC may be, and knows no namespaces.
    let vsock = json!({ "index": 0, "op": "SCMP_CMP_EQ", "value": libc::AF_VSOCK });
    rules.push(with(refuse(&["socket"], libc::EAFNOSUPPORT), &vsock));
    json!({ "defaultAction": "SCMP_ACT_ALLOW", "architectures": architectures(), "syscalls": rules })
}

fn refuse(names: &[&str], errno: i32) -> Value {
    json!({ "names": names, "action": "SCMP_ACT_ERRNO", "errnoRet": errno })
}

fn with(mut rule: Value, argument: &Value) -> Value {
    rule["args"] = json!([argument]);
    rule
}

/// This PC's, with those whose programs it runs as well: they have numbers of their own.
fn architectures() -> &'static [&'static str] {
    match std::env::consts::ARCH {
        "x86_64" => &["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
        "aarch64" => &["SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
        _ => &["SCMP_ARCH_NATIVE"],
    }
}

/// Takes these calls from this process and its children, for good. Single-threaded, and root of its user namespace.
pub(super) fn load(isolation: Isolation) -> io::Result<()> {
    let filter: LinuxSeccomp = serde_json::from_value(filter(isolation))?;
    initialize_seccomp(&filter).map_err(io::Error::other)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runtime_reads_the_filter_and_only_a_machine_with_disks_swaps() {
        for isolation in [Isolation::Default, Isolation::Privileged] {
            let filter: LinuxSeccomp = serde_json::from_value(filter(isolation)).unwrap();
            let names = filter.syscalls().iter().flatten().flat_map(|rule| rule.names().clone());
            let names: Vec<String> = names.collect();
            assert!(names.len() > 20);
            assert_eq!(names.iter().any(|name| name == "swapon"), isolation == Isolation::Default);
        }
    }
}
