//! Whether this kernel can isolate machines as the default level does: a user namespace, over layers shown with its owners.

use std::fs;

use crate::i18n::Message;
use crate::msg;

/// What this kernel can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Able {
    /// All of it.
    Whole,
    /// It can't show a squashfs with other owners (Linux 6.2 is the first): the base is unpacked once.
    Unpacked,
    /// Nothing of it: why, and the mend.
    Not(Message),
}

/// What the running kernel can do.
pub(crate) fn here() -> Able {
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    let most = fs::read_to_string("/proc/sys/user/max_user_namespaces").ok();
    judge(&release, most.and_then(|text| text.trim().parse().ok()))
}

/// `release` as uname(2) gives it; how many user namespaces there may be (namespaces(7)), none where there is no such thing.
fn judge(release: &str, namespaces: Option<u64>) -> Able {
    match namespaces {
        None => return Able::Not(msg!("isolation-no-user-namespaces")),
        Some(0) => return Able::Not(msg!("isolation-user-namespaces-off")),
        Some(_) => {}
    }
    // `mount_setattr(2)`, "BUGS" and `Documentation/filesystems/overlayfs.rst`: overlays take idmapped layers since 5.19.
    match version(release) {
        Some(version) if version < (5, 19) => Able::Not(msg!("isolation-old-kernel", release = release)),
        Some(version) if version < (6, 2) => Able::Unpacked,
        _ => Able::Whole,
    }
}

/// The two numbers that a release begins with.
fn version(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn the_kernels_of_the_known_systems_are_told_apart() {
        let debian = ["6.1.0-32-amd64", "6.12.38+deb13-amd64"].map(|release| judge(release, Some(60_000)));
        assert_eq!(debian, [Able::Unpacked, Able::Whole]);
        assert!(matches!(judge("5.15.0-113-generic", Some(60_000)), Able::Not(_)), "Ubuntu 22.04's first kernel");
        assert_eq!(judge("6.8.0-60-generic", Some(60_000)), Able::Whole);
        assert_eq!(judge("a kernel of one's own", Some(60_000)), Able::Whole, "it is tried");
    }

    #[test]
    fn what_is_refused_says_the_mend() {
        for (release, namespaces, word) in [
            ("6.12.1", None, "linux-image-amd64"),
            ("6.12.1", Some(0), "user.max_user_namespaces"),
            ("5.15.0-113-generic", Some(9), "linux-generic-hwe-22.04"),
        ] {
            let Able::Not(why) = judge(release, namespaces) else { panic!("{release}") };
            assert!(Lang::Fr.say(&why).contains(word), "{}", Lang::Fr.say(&why));
        }
    }
}
