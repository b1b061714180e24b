//! What the running kernel can do: asked of the kernel, or of its list of modules (it loads them by itself on first use).

use std::fs;

use super::Check;
use super::host::kernel_mend;
use crate::i18n::Message;
use crate::msg;
use crate::stand::isolation::{self, Able};
use crate::stand::limits;

/// File systems a stand mounts, and whether none can be built without.
const FILE_SYSTEMS: [(&str, &str, bool); 3] =
    [("overlay", "kernel-overlay", true), ("squashfs", "kernel-squashfs", true), ("fuse", "kernel-fuse", false)];
/// Drivers a stand uses.
const DRIVERS: [(&str, &str); 3] = [("loop", "kernel-loop"), ("veth", "kernel-veth"), ("bridge", "kernel-bridge")];

/// Parts that only some labs need: module, name of the check, what for.
const OPTIONAL: [(&str, &str, &str); 3] = [
    ("sch_netem", "kernel-netem", "doctor-use-netem"),
    ("sch_tbf", "kernel-tbf", "doctor-use-tbf"),
    ("8021q", "kernel-vlan", "doctor-use-vlan"),
];

/// Whether the running kernel has this part, built in or as a module it can load.
fn has(name: &str) -> bool {
    driver(name) || Modules::read().has(name)
}

/// What of these parts the running kernel lacks, each with its mend.
#[must_use]
pub fn lacks<'a>(parts: impl IntoIterator<Item = &'a str>) -> Vec<Message> {
    let missing = parts.into_iter().filter(|name| !has(name));
    missing.map(|name| msg!("stand-no-kernel", name = name, mend = kernel_mend(name))).collect()
}

pub(super) fn examine() -> Vec<Check> {
    let known = fs::read_to_string("/proc/filesystems").unwrap_or_default();
    let modules = Modules::read();
    let mut checks = Vec::new();
    for (name, id, needed) in FILE_SYSTEMS {
        let there = known.split_whitespace().any(|word| word == name) || modules.has(name);
        checks.push(verdict(id, name, there, needed));
    }
    for (name, id) in DRIVERS {
        checks.push(verdict(id, name, driver(name) || modules.has(name), true));
    }
    for (name, id, purpose) in OPTIONAL {
        checks.push(optional(id, name, purpose, driver(name) || modules.has(name)));
    }
    checks.push(namespaces());
    checks.extend(limits());
    checks.push(isolation());
    checks
}

fn verdict(id: &'static str, name: &str, there: bool, needed: bool) -> Check {
    let mend = || kernel_mend(name);
    match (there, needed) {
        (true, _) => Check::ok(id, msg!("doctor-kernel", name = name)),
        (false, true) => Check::missing(id, msg!("doctor-no-kernel", name = name), mend()),
        (false, false) => Check::limited(id, msg!("doctor-no-kernel", name = name), mend()),
    }
}

/// A part whose lack only keeps some labs from running.
fn optional(id: &'static str, name: &str, purpose: &'static str, there: bool) -> Check {
    let purpose = || Message::new(purpose);
    if there {
        Check::ok(id, msg!("doctor-kernel-optional", name = name, purpose = purpose()))
    } else {
        let mend = kernel_mend(name);
        Check::limited(id, msg!("doctor-no-kernel-optional", name = name, purpose = purpose()), mend)
    }
}

/// A driver that is built in or loaded already: `/sys/module` lists those with parameters, the kernel's symbols the rest.
fn driver(name: &str) -> bool {
    fs::exists(format!("/sys/module/{name}")).unwrap_or(false) || symbols(name)
}

/// `/proc/kallsyms` (proc(5)) names a function of every driver that is built in.
fn symbols(name: &str) -> bool {
    let probe = match name {
        "veth" => "veth_xmit",
        "bridge" => "br_dev_xmit",
        "loop" => "loop_configure",
        "sch_netem" => "netem_enqueue",
        "sch_tbf" => "tbf_enqueue",
        "8021q" => "vlan_ioctl_handler",
        _ => return false,
    };
    fs::read_to_string("/proc/kallsyms")
        .is_ok_and(|all| all.lines().any(|line| line.split_whitespace().nth(2) == Some(probe)))
}

/// The modules that the running kernel could load, from `modules.dep` and `modules.builtin` (modules.dep(5)).
struct Modules(String);

impl Modules {
    fn read() -> Self {
        let release = rustix::system::uname().release().to_string_lossy().into_owned();
        let folder = format!("/lib/modules/{release}");
        let lists = ["modules.builtin", "modules.dep"];
        Self(lists.iter().filter_map(|list| fs::read_to_string(format!("{folder}/{list}")).ok()).collect())
    }

    fn has(&self, name: &str) -> bool {
        self.0.lines().any(|line| {
            let path = line.split(':').next().unwrap_or(line);
            path.rsplit('/')
                .next()
                .is_some_and(|file| file.strip_prefix(name).is_some_and(|rest| rest.starts_with(".ko")))
        })
    }
}

fn namespaces() -> Check {
    let missing: Vec<_> = ["mnt", "net", "pid", "uts", "ipc", "cgroup"]
        .into_iter()
        .filter(|name| !fs::exists(format!("/proc/self/ns/{name}")).unwrap_or(false))
        .collect();
    if missing.is_empty() {
        Check::ok("kernel-namespaces", msg!("doctor-namespaces"))
    } else {
        let names = missing.join(", ");
        Check::missing("kernel-namespaces", msg!("doctor-no-namespaces", names = &names), kernel_mend(&names))
    }
}

/// What keeps one machine from taking all of the PC's memory or processes.
fn limits() -> Vec<Check> {
    let lacking = limits::lacking();
    let one = |(id, name): (&'static str, &'static str)| {
        if lacking.contains(&name) {
            Check::limited(id, msg!("doctor-no-limit", name = name), msg!("doctor-mend-limit", name = name))
        } else {
            Check::ok(id, msg!("doctor-limit", name = name))
        }
    };
    [("limit-memory", "memory"), ("limit-pids", "pids")].into_iter().map(one).collect()
}

/// Whether machines can be kept apart from this PC as labs ask by default.
fn isolation() -> Check {
    match isolation::here() {
        Able::Whole => Check::ok("isolation", msg!("doctor-isolation")),
        Able::Unpacked => Check::ok("isolation", msg!("doctor-isolation-unpacked")),
        Able::Not(why) => Check::limited("isolation", msg!("doctor-no-isolation"), why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_found_by_file_name_only() {
        let modules =
            Modules("kernel/fs/overlayfs/overlay.ko\nkernel/net/bridge/bridge.ko.xz: kernel/net/llc/llc.ko\n".into());
        assert!(modules.has("overlay") && modules.has("bridge"));
        assert!(!modules.has("llc") && !modules.has("over") && !modules.has("veth"));
    }
}
