//! The machine's disks and their volumes: which node of `/dev` is what.
//!
//! A disk of a stand is a loop device that the machine sees as `/dev/sdb`: sysfs still says `loop3`, so the nodes of
//! `/dev` and their device numbers decide, never the kernel's names.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::sync::LazyLock;

use regex::Regex;

use super::bytes::{Device, Range};
use super::superblock::{self, Superblock};
use super::table::{self, Partition, Table, TableKind};
use crate::probe::Machine;

/// A place that can hold a filesystem: a partition, or a disk without a table.
#[derive(Debug)]
pub(crate) struct Volume {
    /// The node that leads to it.
    pub(crate) path: String,
    /// The node's device number; none while there is no such node.
    pub(crate) number: Option<u64>,
    /// The disk's name, as `sdb`.
    pub(crate) disk: String,
    /// Its partition; none for a whole disk.
    pub(crate) partition: Option<Partition>,
    /// What it holds.
    pub(crate) superblock: Superblock,
}

/// Names of whole disks: SCSI and SATA, virtio, Xen, `NVMe`, SD cards.
static DISK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^((s|v|xv|h)d[a-z]{1,3}|nvme[0-9]+n[0-9]+|mmcblk[0-9]+)$").ok());

/// Names of the disks in `/dev`, sorted.
pub(crate) fn disks() -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir("/dev")? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let whole = DISK.as_ref().is_some_and(|pattern| pattern.is_match(&name));
        if whole && entry.file_type()?.is_block_device() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Every volume of every disk, read once per run.
pub(crate) struct Volumes(pub(crate) io::Result<Vec<Volume>>);

impl Volumes {
    /// The source, shared by a run's probes.
    pub(crate) fn read(_machine: &Machine) -> Self {
        Self(all())
    }
}

/// Every volume of every disk.
fn all() -> io::Result<Vec<Volume>> {
    let mut found = Vec::new();
    for name in disks()? {
        match of_disk(&format!("/dev/{name}")) {
            Ok((_, volumes)) => found.extend(volumes),
            // A drive without a medium, or a node whose disk was unplugged.
            Err(error) if no_medium(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn no_medium(error: &io::Error) -> bool {
    use rustix::io::Errno;
    [Errno::NOMEDIUM, Errno::NXIO, Errno::NODEV].iter().any(|known| error.raw_os_error() == Some(known.raw_os_error()))
}

/// The table of one disk (its node, or an image of one) and its volumes, in the order of the table.
pub(crate) fn of_disk(path: &str) -> io::Result<(Table, Vec<Volume>)> {
    let disk = Device::open(path)?;
    let table = table::read(&disk)?;
    if table.kind == TableKind::None {
        let superblock = superblock::read(&disk)?;
        let (path, disk) = (path.to_owned(), name_of(path));
        let volume = Volume { number: node(&path), path, disk, partition: None, superblock };
        return Ok((table, vec![volume]));
    }
    let volumes = table.partitions.iter().map(|partition| volume(&disk, path, partition));
    let volumes = volumes.collect::<io::Result<_>>()?;
    Ok((table, volumes))
}

fn volume(disk: &Device, disk_path: &str, partition: &Partition) -> io::Result<Volume> {
    let path = partition_path(disk_path, partition.number);
    let number = node(&path).filter(|number| leads_to(*number, partition));
    // Through the partition's own node where there is one: it is what the tools wrote through.
    let superblock = if let Some(device) = number.and_then(|_| Device::open(&path).ok()) {
        superblock::read(&device)?
    } else {
        disk.forget(partition.start, partition.size);
        superblock::read(&Range { whole: disk, start: partition.start, size: partition.size })?
    };
    Ok(Volume { path, number, disk: name_of(disk_path), partition: Some(partition.clone()), superblock })
}

/// `/dev/sdb1`, `/dev/nvme0n1p1`: a `p` keeps two numbers apart.
fn partition_path(disk: &str, number: u32) -> String {
    let separator = if disk.ends_with(|last: char| last.is_ascii_digit()) { "p" } else { "" };
    format!("{disk}{separator}{number}")
}

fn name_of(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

/// The device number of a block node.
pub(crate) fn node(path: &str) -> Option<u64> {
    let metadata = fs::metadata(path).ok()?;
    metadata.file_type().is_block_device().then(|| metadata.rdev())
}

/// Whether the kernel's idea of a partition is still the table's (it is told apart, and may lag behind).
fn leads_to(number: u64, partition: &Partition) -> bool {
    let (major, minor) = (rustix::fs::major(number), rustix::fs::minor(number));
    let sectors = |file: &str| -> Option<u64> {
        let text = fs::read_to_string(format!("/sys/dev/block/{major}:{minor}/{file}")).ok()?;
        text.trim().parse::<u64>().ok()?.checked_mul(512)
    };
    let same = |file, expected| sectors(file).is_none_or(|found| found == expected);
    same("start", partition.start) && same("size", partition.size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_named_as_the_kernel_names_them() {
        assert_eq!(partition_path("/dev/sdb", 1), "/dev/sdb1");
        assert_eq!(partition_path("/dev/nvme0n1", 2), "/dev/nvme0n1p2");
        assert_eq!(partition_path("/dev/mmcblk0", 12), "/dev/mmcblk0p12");
    }

    #[test]
    fn only_whole_disks_are_disks() {
        let pattern = DISK.as_ref().unwrap();
        for name in ["sda", "sdaa", "vdb", "xvda", "nvme0n1", "mmcblk0"] {
            assert!(pattern.is_match(name), "{name}");
        }
        for name in ["sda1", "nvme0n1p1", "mmcblk0p1", "loop0", "sr0", "dm-0", "zram0", "nvme0"] {
            assert!(!pattern.is_match(name), "{name}");
        }
    }
}
