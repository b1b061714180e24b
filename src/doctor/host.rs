//! Which system this PC runs, and what its age and its settings mean for stands.
//!
//! Followed: Debian 12 and 13, Ubuntu 22.04 and 24.04; elsewhere a base built on one of them is imported. What is looked at is
//! read once ([`Facts`]) and judged apart, so that the other hosts can be tried here from what was recorded of them.

use std::fs;

use super::Check;
use crate::i18n::Message;
use crate::msg;

/// The systems that are followed: `ID` and `VERSION_ID` (os-release(5)).
const FOLLOWED: [(&str, &str); 4] = [("debian", "12"), ("debian", "13"), ("ubuntu", "22.04"), ("ubuntu", "24.04")];

/// Older kernels have no `volatile` overlay (5.10, `Documentation/filesystems/overlayfs.rst`) and can't enter a machine by a
/// handle on its first process (5.8, setns(2)).
const OLDEST: (u32, u32) = (5, 10);

/// What the PC says of itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    /// `/etc/os-release`.
    os_release: String,
    /// `uname -r`.
    kernel: String,
    /// `/proc/self/mounts`.
    mounts: String,
    /// `/proc/sys/kernel/apparmor_restrict_unprivileged_userns`; none where the kernel has no such setting.
    apparmor: Option<String>,
    /// `/proc/sys/user/max_user_namespaces`.
    user_namespaces: Option<String>,
}

impl Facts {
    fn read() -> Self {
        let read = |path: &str| fs::read_to_string(path).ok();
        Self {
            os_release: read("/etc/os-release").or_else(|| read("/usr/lib/os-release")).unwrap_or_default(),
            kernel: rustix::system::uname().release().to_string_lossy().into_owned(),
            mounts: read("/proc/self/mounts").unwrap_or_default(),
            apparmor: read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
            user_namespaces: read("/proc/sys/user/max_user_namespaces"),
        }
    }

    /// A field of os-release(5).
    fn field(&self, name: &str) -> &str {
        let value = self.os_release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or_default().trim_matches(['"', '\''])
    }
}

/// The mounts of a type, in fields (fstab(5)).
fn mounted<'a>(mounts: &'a str, kind: &str) -> impl Iterator<Item = Vec<&'a str>> {
    let lines = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    lines.filter(move |fields| fields.get(2) == Some(&kind))
}

pub(super) fn examine() -> Vec<Check> {
    judge(&Facts::read())
}

/// Where a part of the kernel comes from that the running one lacks.
pub(super) fn kernel_mend(name: &str) -> Message {
    mend_on(&Facts::read(), name)
}

/// Ubuntu keeps the rarer parts in a package of their own.
fn mend_on(facts: &Facts, name: &str) -> Message {
    if facts.field("ID") == "ubuntu" {
        let package = format!("linux-modules-extra-{}", facts.kernel);
        msg!("doctor-mend-kernel-ubuntu", name = name, package = package)
    } else {
        msg!("doctor-mend-kernel", name = name)
    }
}

fn judge(facts: &Facts) -> Vec<Check> {
    let always = [system(facts), kernel(facts), cgroups(facts)];
    always.into_iter().chain(user_namespaces(facts)).collect()
}

fn system(facts: &Facts) -> Check {
    let name = match facts.field("PRETTY_NAME") {
        "" => "Linux",
        name => name,
    };
    if FOLLOWED.contains(&(facts.field("ID"), facts.field("VERSION_ID"))) {
        Check::ok("system", msg!("doctor-system", name = name))
    } else {
        Check::limited("system", msg!("doctor-other-system", name = name), msg!("doctor-mend-other-system"))
    }
}

fn kernel(facts: &Facts) -> Check {
    let oldest = format!("{}.{}", OLDEST.0, OLDEST.1);
    let release = facts.kernel.as_str();
    match version(release) {
        Some(version) if version < OLDEST => Check::missing(
            "kernel",
            msg!("doctor-kernel-old", release = release, oldest = oldest),
            msg!("doctor-mend-kernel-old"),
        ),
        _ => Check::ok("kernel", msg!("doctor-kernel-release", release = release)),
    }
}

/// The first two numbers of a kernel's release.
fn version(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// systemd in a machine needs version 2, beside version 1 or alone.
fn cgroups(facts: &Facts) -> Check {
    let has = |kind| mounted(&facts.mounts, kind).next().is_some();
    let layout = match (has("cgroup2"), has("cgroup")) {
        (true, false) => "v2",
        (true, true) => "v1 + v2",
        (false, true) => {
            return Check::missing("cgroups", msg!("doctor-old-cgroups"), msg!("doctor-mend-old-cgroups"));
        }
        (false, false) => return Check::missing("cgroups", msg!("doctor-no-cgroups"), msg!("doctor-mend-cgroups")),
    };
    Check::ok("cgroups", msg!("doctor-cgroups", layout = layout))
}

/// Ubuntu 24.04 keeps user namespaces to programs with rights, which is no hindrance to what root builds; a PC that allows
/// none at all hinders root too (`user.max_user_namespaces`, namespaces(7)).
fn user_namespaces(facts: &Facts) -> Option<Check> {
    let is = |setting: &Option<String>, value: &str| setting.as_deref().map(str::trim) == Some(value);
    if is(&facts.user_namespaces, "0") {
        Some(Check::limited("user-namespaces", msg!("doctor-no-user-namespaces"), msg!("doctor-mend-user-namespaces")))
    } else if is(&facts.apparmor, "1") {
        Some(Check::ok("user-namespaces", msg!("doctor-apparmor")))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    const UNIFIED: &str = "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec,relatime,nsdelegate 0 0\n";
    const HYBRID: &str = "\
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0
cgroup /sys/fs/cgroup/pids cgroup rw,relatime,pids 0 0
";

    /// A host as it comes: what it says of itself, its kernel, whether `AppArmor` restricts user namespaces.
    fn host(id: &str, version: &str, kernel: &str, apparmor: Option<&str>) -> Facts {
        Facts {
            os_release: format!("PRETTY_NAME=\"{id} {version}\"\nVERSION_ID=\"{version}\"\nID={id}\n"),
            kernel: kernel.to_owned(),
            mounts: UNIFIED.to_owned(),
            apparmor: apparmor.map(|value| format!("{value}\n")),
            user_namespaces: Some("63518\n".to_owned()),
        }
    }

    fn debian() -> Facts {
        host("debian", "12", "6.1.0-37-amd64", None)
    }

    fn states(facts: &Facts) -> Vec<(&'static str, State)> {
        judge(facts).into_iter().map(|check| (check.id, check.state)).collect()
    }

    /// What is not in order, by name.
    fn complaints(facts: &Facts) -> Vec<&'static str> {
        states(facts).into_iter().filter(|(_, state)| *state != State::Ok).map(|(id, _)| id).collect()
    }

    #[test]
    fn the_followed_hosts_are_in_order_as_they_come() {
        let hosts = [
            debian(),
            host("debian", "13", "6.12.43+deb13-amd64", Some("0")),
            host("ubuntu", "22.04", "5.15.0-119-generic", None),
            host("ubuntu", "24.04", "6.8.0-41-generic", Some("1")),
        ];
        for facts in hosts {
            assert_eq!(complaints(&facts), [""; 0], "{}", facts.os_release);
        }
    }

    #[test]
    fn apparmor_is_only_spoken_of_where_it_restricts() {
        let spoken = |facts: &Facts| states(facts).contains(&("user-namespaces", State::Ok));
        assert!(spoken(&host("ubuntu", "24.04", "6.8.0-41-generic", Some("1"))));
        assert!(!spoken(&host("debian", "13", "6.12.43+deb13-amd64", Some("0"))) && !spoken(&debian()));
    }

    #[test]
    fn a_pc_without_user_namespaces_is_told_whatever_apparmor_does() {
        let facts = Facts { user_namespaces: Some("0\n".into()), apparmor: Some("1\n".into()), ..debian() };
        assert_eq!(complaints(&facts), ["user-namespaces"]);
    }

    #[test]
    fn on_ubuntu_the_package_with_the_rarer_parts_is_named() {
        let words = |facts: &Facts| crate::i18n::Lang::En.say(&mend_on(facts, "sch_netem"));
        let ubuntu = words(&host("ubuntu", "24.04", "6.8.0-41-generic", Some("1")));
        assert!(ubuntu.contains("linux-modules-extra-6.8.0-41-generic") && ubuntu.contains("sch_netem"), "{ubuntu}");
        assert!(words(&debian()).contains("linux-image-amd64"));
    }

    #[test]
    fn another_system_is_told_to_import_a_base() {
        assert_eq!(complaints(&host("fedora", "42", "6.14.0-63.fc42.x86_64", None)), ["system"]);
        assert_eq!(complaints(&host("debian", "11", "5.10.0-33-amd64", None)), ["system"]);
        assert_eq!(complaints(&Facts { os_release: String::new(), ..debian() }), ["system"]);
    }

    #[test]
    fn a_kernel_that_is_too_old_is_told_and_an_odd_name_is_not() {
        for (release, is_old) in
            [("5.4.0-190-generic", true), ("5.9.16", true), ("5.10.0-33-amd64", false), ("10.0", false), ("odd", false)]
        {
            let facts = Facts { kernel: release.into(), ..debian() };
            assert_eq!(complaints(&facts).contains(&"kernel"), is_old, "{release}");
        }
    }

    #[test]
    fn version_1_alone_can_run_no_systemd() {
        let mounts = HYBRID.lines().skip(1).collect::<Vec<_>>().join("\n");
        let facts = Facts { mounts, ..debian() };
        assert!(states(&facts).contains(&("cgroups", State::Missing)));
        let both = Facts { mounts: HYBRID.into(), ..debian() };
        assert_eq!(complaints(&both), [""; 0]);
        assert_eq!(complaints(&Facts { mounts: String::new(), ..debian() }), ["cgroups"]);
    }
}
