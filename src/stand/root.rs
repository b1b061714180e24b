//! A machine's root: an overlay of what it wrote over the layers it is made of, the base at the bottom.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::mount::{MountFlags, UnmountFlags};

use super::folder::MachineFolder;

/// Mounts the base's file, read-only, through a loop device that goes away with the mount.
pub(super) fn mount_base(file: &Path, at: &Path) -> io::Result<()> {
    fs::create_dir_all(at)?;
    // mount(8) sets the loop device up and marks it "autoclear" in one go.
    let output = Command::new("mount").args(["-t", "squashfs", "-o", "loop,ro"]).arg(file).arg(at).output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// Mounts a machine's root over its layers, the highest first. What it wrote before is kept.
pub(super) fn mount(place: &MachineFolder, layers: &[PathBuf]) -> io::Result<()> {
    // What the overlay keeps in its work folder is only of use while it is mounted.
    remove_tree(&place.work())?;
    for folder in [place.upper(), place.work(), place.merged()] {
        fs::create_dir_all(folder)?;
    }
    let lower = layers.iter().map(|path| escape(path)).collect::<io::Result<Vec<_>>>()?.join(":");
    // Volatile: a machine's own syncs cost nothing and ending it does not wait for the PC's disk.
    let options =
        format!("lowerdir={lower},upperdir={},workdir={},volatile", escape(&place.upper())?, escape(&place.work())?);
    let options = std::ffi::CString::new(options)?;
    rustix::mount::mount("overlay", place.merged(), "overlay", MountFlags::empty(), options.as_c_str())?;
    Ok(())
}

/// Unmounts a machine's root.
pub(super) fn unmount(place: &MachineFolder) -> io::Result<()> {
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
    let output = Command::new("cp").args(["-a", "--reflink=auto", "--sparse=auto", "--"]).arg(from).arg(to).output()?;
    if output.status.success() {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let full = text.contains("No space left") || text.contains("espace disponible");
    Err(if full { io::Error::from_raw_os_error(28) } else { io::Error::other(text.trim().to_owned()) })
}

/// Removes a tree that may not be there.
pub(super) fn remove_tree(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
