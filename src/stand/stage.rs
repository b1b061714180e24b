//! What the runtime finds on the PC while it makes a machine in a user namespace, in mounts of its own: root of such a
//! namespace can neither pass through folders that only the PC's root may look into, nor make a device.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use nix::sched::CloneFlags;
use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
use rustix::mount::MountFlags;

use super::folder::MachineFolder;
use super::ids::Ids;

/// Where the machine's folder is seen.
const SHOWN: &str = "/mnt";

/// The devices that a machine may use, under `/dev` (kernel `Documentation/admin-guide/devices.txt`): the usual ones, FUSE,
/// tunnels.
const DEVICES: [(&str, u32, u32); 8] = [
    ("null", 1, 3),
    ("zero", 1, 5),
    ("full", 1, 7),
    ("random", 1, 8),
    ("urandom", 1, 9),
    ("tty", 5, 0),
    ("fuse", 10, 229),
    ("net/tun", 10, 200),
];

/// Leaves the keeper's mounts for a copy of them in which the machine's folder can be reached, and `/dev` holds the machine's
/// devices instead of the PC's. This process must be single-threaded.
pub(super) fn show(place: &MachineFolder, ids: Ids) -> io::Result<MachineFolder> {
    fs::set_permissions(&place.root, fs::Permissions::from_mode(0o711))?;
    nix::sched::unshare(CloneFlags::CLONE_NEWNS)?;
    rustix::mount::mount_bind_recursive(&place.root, SHOWN)?;
    let flags = MountFlags::NOSUID | MountFlags::NOEXEC;
    rustix::mount::mount("devices", "/dev", "tmpfs", flags, c"mode=755,size=64k")?;
    fs::create_dir("/dev/net")?;
    for (name, major, minor) in DEVICES {
        let path = Path::new("/dev").join(name);
        mknodat(CWD, &path, FileType::CharacterDevice, Mode::empty(), makedev(major, minor))?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666))?;
        ids.give_one(&path)?;
    }
    Ok(MachineFolder { root: SHOWN.into() })
}
