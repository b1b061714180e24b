//! How what lies under a machine's root (the base, prepared layers) is served to it: as it is to a privileged machine; to a
//! machine in a user namespace with its owners moved to the machine's numbers, by an idmapped mount (`mount_setattr(2)`) that
//! copies nothing. The layers themselves always bear the PC's numbers: one is shared between levels and between stands.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::fd::{AsFd, AsRawFd as _};
use std::path::{Path, PathBuf};

use libcontainer::syscall::Syscall as _;
use libcontainer::syscall::linux::{LinuxSyscall, MountAttr};
use rustix::fs::CWD;
use rustix::mount::{MoveMountFlags, OpenTreeFlags};

use super::error::Kernel;
use super::folder::make_private;
use super::ids::{self, Ids};
use super::root;

/// `linux/mount.h`, `linux/fcntl.h`.
const MOUNT_ATTR_IDMAP: u64 = 0x0010_0000;
const AT_EMPTY_PATH: u32 = 0x1000;

/// What serves one stand.
#[derive(Debug)]
pub(super) struct Lowers {
    /// None: as they are.
    namespace: Option<fs::File>,
    /// Where they are mounted.
    folder: PathBuf,
    served: BTreeMap<PathBuf, PathBuf>,
}

impl Lowers {
    pub(super) fn new(ids: Option<Ids>, folder: &Path) -> io::Result<Self> {
        let namespace = ids.map(|ids| ids::namespace(&ids.map())).transpose()?;
        Ok(Self { namespace, folder: folder.to_path_buf(), served: BTreeMap::new() })
    }

    /// The folder to give to the overlay for this one.
    pub(super) fn serve(&mut self, lower: &Path) -> io::Result<PathBuf> {
        let Some(namespace) = &self.namespace else { return Ok(lower.to_path_buf()) };
        if let Some(served) = self.served.get(lower) {
            return Ok(served.clone());
        }
        let at = self.folder.join(self.served.len().to_string());
        fs::create_dir_all(&at)?;
        mount_mapped(lower, &at, namespace)?;
        self.served.insert(lower.to_path_buf(), at.clone());
        Ok(at)
    }

    /// The base, which is a squashfs: kernels before 6.2 can't show that with other owners. There it is copied once, for all
    /// stands, and the copy is served. `unpacking` is called before that.
    pub(super) fn serve_base(&mut self, base: &Path, copy: &Path, unpacking: &mut dyn FnMut()) -> io::Result<()> {
        match self.serve(base) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
            other => return other.map(|_| ()),
        }
        if !copy.exists() {
            unpacking();
            unpack(base, copy)?;
        }
        let served = self.serve(copy)?;
        self.served.insert(base.to_path_buf(), served);
        Ok(())
    }
}

/// Copies what is below `from` to its place, whole or not at all; one that another stand is making is waited for.
fn unpack(from: &Path, to: &Path) -> io::Result<()> {
    make_private(to.parent().unwrap_or(to))?;
    let turn = fs::File::create(to.with_extension("lock"))?;
    rustix::fs::flock(&turn, rustix::fs::FlockOperation::LockExclusive)?;
    if to.exists() {
        return Ok(());
    }
    let part = to.with_extension("part");
    root::remove_tree(&part)?;
    root::copy_tree(from, &part)?;
    rustix::fs::syncfs(fs::File::open(&part)?)?;
    fs::rename(part, to)
}

/// Shows a folder at another place with the owners that a user namespace's map gives them.
pub(super) fn mount_mapped(from: &Path, at: &Path, namespace: &fs::File) -> io::Result<()> {
    let tree = rustix::mount::open_tree(CWD, from, OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC)?;
    let userns_fd = u64::try_from(namespace.as_raw_fd()).map_err(io::Error::other)?;
    let attr = MountAttr { attr_set: MOUNT_ATTR_IDMAP, attr_clr: 0, propagation: 0, userns_fd };
    LinuxSyscall
        .mount_setattr(tree.as_fd(), Path::new(""), AT_EMPTY_PATH, &attr, size_of::<MountAttr>())
        .map_err(|error| unsupported(&error))?;
    let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
    Ok(rustix::mount::move_mount(&tree, c"", CWD, at, flags)?)
}

/// `EINVAL` and `ENOSYS` mean a kernel or a filesystem that can't (`mount_setattr(2)`, "ERRORS").
fn unsupported(error: &libcontainer::syscall::SyscallError) -> io::Error {
    match error {
        libcontainer::syscall::SyscallError::Nix(errno) => {
            let errno = io::Error::from_raw_os_error(*errno as i32);
            match errno.raw_os_error() {
                Some(nix::libc::EINVAL | nix::libc::ENOSYS) => Kernel("idmap").or(rustix::io::Errno::NODEV),
                _ => errno,
            }
        }
        other => io::Error::other(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use nix::sched::CloneFlags;
    use rustix::mount::{MountFlags, MountPropagationFlags};

    use super::*;

    /// Root and user namespaces are needed. ramfs(5) can't be shown with other owners, as a squashfs on an older kernel.
    #[test]
    fn a_base_that_cannot_be_shown_with_other_owners_is_unpacked_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        // Of this thread alone.
        nix::sched::unshare(CloneFlags::CLONE_NEWNS).unwrap();
        rustix::mount::mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).unwrap();
        fs::create_dir(at("base")).unwrap();
        rustix::mount::mount("ramfs", at("base"), "ramfs", MountFlags::empty(), None).unwrap();
        fs::write(at("base/file"), "x").unwrap();
        for round in 0..2 {
            let mut lowers = Lowers::new(Some(Ids { first: 2_000_224_256 }), &at(&format!("lowers{round}"))).unwrap();
            assert_eq!(lowers.serve(&at("base")).unwrap_err().kind(), io::ErrorKind::Unsupported);
            let mut unpacked = 0;
            lowers.serve_base(&at("base"), &at("copy/tree"), &mut || unpacked += 1).unwrap();
            assert_eq!(unpacked, usize::from(round == 0));
            let served = lowers.serve(&at("base")).unwrap();
            assert_eq!(fs::metadata(served.join("file")).unwrap().uid(), 2_000_224_256);
        }
        assert_eq!(fs::metadata(at("copy/tree/file")).unwrap().uid(), 0, "the copy bears the PC's numbers");
    }
}
