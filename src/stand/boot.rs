//! A machine's first process, and what systemd is told from outside, in `/run/host` (a place the container interface keeps for that): nothing
//! is written into the machine's own `/etc`.
//!
//! `/etc/fstab`: systemd's generator makes each line wait for a device unit, which only udev can announce; in a machine it
//! would wait for ever. So the generator is off and the lines are mounted by mount(8), the way Debian did before systemd,
//! with the same meaning of `noauto`, `nofail`, `_netdev`; a line that can't be mounted makes its unit fail, and the machine
//! still comes up: a candidate must be able to get in and mend it.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::{Value, json};

use super::folder::MachineFolder;
use super::plan::{Init, Link, Machine, Plan};

/// What PID 1 runs.
pub(super) fn command(init: Init) -> &'static [&'static str] {
    match init {
        Init::Systemd => &["/lib/systemd/systemd", "--show-status=0", "--log-target=journal"],
        // It reaps whatever falls to it, and ends when it is told to.
        Init::None => &["/bin/sh", "-c", "trap 'exit 0' INT TERM; sleep infinity & wait"],
    }
}

/// For PID 1: units and generators from outside first; no fstab generator (systemd-fstab-generator(8)).
pub(super) const ENVIRONMENT: [&str; 3] = [
    "SYSTEMD_UNIT_PATH=/run/host/units:",
    "SYSTEMD_GENERATOR_PATH=/run/host/generators:",
    "SYSTEMD_PROC_CMDLINE=fstab=no",
];

/// Generators (systemd.generator(7)) for what a container does not have: a kernel command line, device-mapper, a disk with
/// partitions to start from, a hibernated image. Each would be one more program at every start.
const GENERATORS: [&str; 8] = [
    "systemd-cryptsetup-generator",
    "systemd-debug-generator",
    "systemd-gpt-auto-generator",
    "systemd-hibernate-resume-generator",
    "systemd-integritysetup-generator",
    "systemd-run-generator",
    "systemd-system-update-generator",
    "systemd-veritysetup-generator",
];

/// Units that only wait for udev or do its work; there is none in a container.
const OF_UDEV: [&str; 2] = ["ifupdown-pre.service", "systemd-tmpfiles-setup-dev.service"];
const NO_UDEV: &str = "[Unit]\nConditionVirtualization=!container\n";

/// systemd makes the folders it mounts on; so do we.
const LOCAL: &str = r#"[Unit]
Description=Mount what /etc/fstab lists
Documentation=man:fstab(5)
DefaultDependencies=no
After=systemd-remount-fs.service
Before=local-fs.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
KillMode=none
ExecStart=/bin/sh -c 'awk "\$1 !~ /^#/ && \$2 ~ /^\// && \$4 !~ /noauto/ { print \$2 }" /etc/fstab | while read -r at; do mkdir -p "$(printf "%%b" "$at")"; done; swapon --all --ifexists; mount --all --test-opts no_netdev'
"#;

const REMOTE: &str = r"[Unit]
Description=Mount what /etc/fstab lists on the network
Documentation=man:fstab(5)
DefaultDependencies=no
After=network-online.target
Before=remote-fs.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
KillMode=none
ExecStart=/bin/mount --all --test-opts _netdev
";

/// From its start on a machine looks for duplicates of its IPv6 addresses, as any does (RFC 4862 §5.4).
const DUPLICATES: &str = r#"[Unit]
Description=Look for duplicate IPv6 addresses
Documentation=https://www.kernel.org/doc/Documentation/networking/ip-sysctl.rst
After=network.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'for each in /proc/sys/net/ipv6/conf/*/accept_dad; do echo 1 > "$each"; done'
"#;

/// The network's settings that a machine starts with. A new network namespace takes IPv4's from the PC, which may forward
/// or not; here it starts as the kernel does. The addresses a stand begins with are nobody else's, so they are usable at
/// once and nothing waits for them at the start; unless the lab has given one twice.
pub(super) fn network(plan: &Plan, machine: &Machine) -> Value {
    let may_differ = |link: &Link| plan.networks.iter().any(|net| net.name == link.network && net.has_duplicates);
    let looks = machine.links.iter().any(may_differ);
    json!({
        "net.ipv4.ip_forward": "0",
        "net.ipv4.conf.all.rp_filter": "0",
        "net.ipv4.conf.default.rp_filter": "0",
        "net.ipv6.conf.all.disable_ipv6": "0",
        // Not the number of its questions: with none, an address still waits up to a second for its turn
        // (net/ipv6/addrconf.c, `addrconf_dad_kick`).
        "net.ipv6.conf.default.accept_dad": if looks { "1" } else { "0" },
    })
}

/// Writes the units, and what keeps others from starting.
pub(super) fn write(place: &MachineFolder) -> io::Result<()> {
    let units = place.host().join("units");
    let generators = place.host().join("generators");
    fs::create_dir_all(&generators)?;
    for name in GENERATORS {
        link("/dev/null", &generators.join(name))?;
    }
    for name in OF_UDEV {
        let folder = units.join(format!("{name}.d"));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("no-udev.conf"), NO_UDEV)?;
    }
    let all = [
        ("fstab-local.service", LOCAL, "local-fs.target"),
        ("fstab-remote.service", REMOTE, "remote-fs.target"),
        ("duplicate-addresses.service", DUPLICATES, "multi-user.target"),
    ];
    for (name, text, target) in all {
        let wants = units.join(format!("{target}.wants"));
        fs::create_dir_all(&wants)?;
        fs::write(units.join(name), text)?;
        link(&format!("../{name}"), &wants.join(name))?;
    }
    Ok(())
}

/// A symbolic link that may be there from the last start.
fn link(to: &str, at: &Path) -> io::Result<()> {
    match symlink(to, at) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
