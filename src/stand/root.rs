//! A machine's root: an overlay of what it wrote over the layers it is made of, the base at the bottom.

use std::ffi::{CStr, CString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::io::Errno;
use rustix::mount::{MountFlags, UnmountFlags};

use super::disk;
use super::error::Kernel;
use super::folder::MachineFolder;
use super::ids::Ids;

/// Mounts the base's file, read-only, through a loop device that goes away with the mount.
pub(super) fn mount_base(file: &Path, at: &Path) -> io::Result<()> {
    fs::create_dir_all(at)?;
    disk::need_loops()?;
    // mount(8) sets the loop device up and marks it "autoclear" in one go.
    let output = Command::new("mount").args(["-t", "squashfs", "-o", "loop,ro"]).arg(file).arg(at).output()?;
    if output.status.success() {
        return Ok(());
    }
    // It tells an unknown filesystem in words of its own; the kernel, which has just tried to load the module, in one word.
    if !is_known("squashfs", &fs::read_to_string("/proc/filesystems")?) {
        return Err(Kernel("squashfs").or(Errno::NODEV));
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// Whether `/proc/filesystems` (proc(5)) lists this type.
fn is_known(kind: &str, list: &str) -> bool {
    list.lines().any(|line| line.rsplit('\t').next() == Some(kind))
}

/// Mounts a machine's root over its layers, the highest first. What it wrote before is kept.
pub(super) fn mount(place: &MachineFolder, layers: &[PathBuf], ids: Option<Ids>) -> io::Result<()> {
    // What the overlay keeps in its work folder is only of use while it is mounted.
    remove_tree(&place.work())?;
    for folder in [place.upper(), place.work(), place.merged(), place.now()] {
        fs::create_dir_all(folder)?;
    }
    if let Some(ids) = ids {
        ids.give_one(&place.upper())?;
        ids.give_one(&place.work())?;
    }
    let options = c"mode=755,size=4m";
    rustix::mount::mount("now", place.now(), "tmpfs", MountFlags::NOSUID | MountFlags::NODEV, options)?;
    let from = std::env::current_dir()?;
    let lower = layers.iter().map(|path| escape(&short(path, &from))).collect::<io::Result<Vec<_>>>()?.join(":");
    // Volatile: a machine's own syncs cost nothing and ending it does not wait for the PC's disk.
    let (upper, work) = (escape(&short(&place.upper(), &from))?, escape(&short(&place.work(), &from))?);
    let options = format!("lowerdir={lower},upperdir={upper},workdir={work},volatile");
    let options = CString::new(options)?;
    mount_as("overlay", &place.merged(), &options)
}

fn mount_as(kind: &'static str, at: &Path, options: &CStr) -> io::Result<()> {
    rustix::mount::mount(kind, at, kind, MountFlags::empty(), options).map_err(|error| Kernel(kind).or(error))
}

/// A path as it is seen from a stand's folder, where it is there or beside: the overlay tells the machine what it was given.
fn short(path: &Path, stand: &Path) -> PathBuf {
    let state = stand.ancestors().nth(2).unwrap_or(stand);
    if let Ok(inside) = path.strip_prefix(stand) {
        inside.to_path_buf()
    } else if let Ok(beside) = path.strip_prefix(state) {
        Path::new("../..").join(beside)
    } else {
        path.to_path_buf()
    }
}

/// Unmounts a machine's root, and lets go of what only lasts as long.
pub(super) fn unmount(place: &MachineFolder) -> io::Result<()> {
    let _ = rustix::mount::unmount(place.now(), UnmountFlags::DETACH);
    Ok(rustix::mount::unmount(place.merged(), UnmountFlags::DETACH)?)
}

/// The overlay's options are separated by commas, its lower folders by colons.
fn escape(path: &Path) -> io::Result<String> {
    let path = path.to_str().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?;
    Ok(path.chars().fold(String::new(), |mut text, c| {
        if matches!(c, '\\' | ':' | ',') {
            text.push('\\');
        }
        text.push(c);
        text
    }))
}

/// Copies a tree with everything that an overlay's upper is made of: owners, modes, times, extended attributes, whiteouts.
pub(super) fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    Copying::begin(from, to)?.end()
}

/// A tree being copied beside whatever else is done.
#[derive(Debug)]
pub(super) struct Copying(Child);

impl Copying {
    /// As [`copy_tree`], up to [`Self::end`].
    pub(super) fn begin(from: &Path, to: &Path) -> io::Result<Self> {
        let mut command = Command::new("cp");
        command.args(["-a", "--reflink=auto", "--sparse=auto", "--"]).arg(from).arg(to);
        Ok(Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?))
    }

    /// Waits until all is copied.
    pub(super) fn end(self) -> io::Result<()> {
        let output = self.0.wait_with_output()?;
        if output.status.success() {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&output.stderr);
        let full = text.contains("No space left") || text.contains("espace disponible");
        Err(if full { io::Error::from_raw_os_error(28) } else { io::Error::other(text.trim().to_owned()) })
    }
}

/// Removes a tree that may not be there.
pub(super) fn remove_tree(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::msg;
    use crate::stand::error::failed;

    #[test]
    fn a_type_of_filesystem_is_known_by_its_whole_name() {
        let list = "nodev\tsysfs\nnodev\toverlay\n\text4\n\tsquashfs\n";
        assert!(is_known("squashfs", list) && is_known("overlay", list));
        assert!(!is_known("squash", list) && !is_known("nodev", list) && !is_known("ntfs3", list));
    }

    #[test]
    fn a_machine_is_told_no_path_of_the_pc() {
        let stand = Path::new("/var/lib/paillasse/stands/lab-1");
        let short = |path: &str| short(Path::new(path), stand).display().to_string();
        assert_eq!(short("/var/lib/paillasse/stands/lab-1/machines/pc/upper"), "machines/pc/upper");
        assert_eq!(short("/var/lib/paillasse/layers/0a"), "../../layers/0a");
        assert_eq!(short("/elsewhere/base"), "/elsewhere/base");
    }

    /// Root is needed: mount(2) looks at that first.
    #[test]
    fn a_filesystem_that_this_kernel_does_not_have_is_named_with_the_mend() {
        let folder = tempfile::tempdir().unwrap();
        let error = mount_as("nosuchfs", folder.path(), c"").map_err(failed(msg!("stand-do-mount", machine = "srv")));
        let words = error.unwrap_err().words(Lang::Fr);
        assert!(words.contains("« nosuchfs »") && words.contains("linux-image-amd64"), "{words}");
    }
}
