//! What udev does on a PC, done from outside for a machine's disks: a container gets no device events.
//!
//! Nodes `/dev/sdb`, `/dev/sdb1`… appear and go as partitions do, with their links in `/dev/disk/by-*`. `/sys/block`,
//! `/sys/class/block`, `/sys/dev/block` and `/proc/partitions` show the machine's disks and nobody else's, under the names
//! they have in the machine, so that lsblk, blkid, fdisk and parted tell the truth.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};

use super::cgroup;
use super::disk::{Disk, LOOP_MAJOR};
use super::folder::MachineFolder;
use super::process::Process;
use super::root::remove_tree;

/// Debian's group `disk`.
const DISK_GROUP: u32 = 6;

/// A device to be seen in the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Node {
    name: String,
    major: u32,
    minor: u32,
    /// In sectors of 512 bytes.
    size: u64,
    /// Its place in a disk: number and start.
    part: Option<(u32, u64)>,
}

fn nodes(disks: &[Disk]) -> Vec<Node> {
    disks.iter().flat_map(of_disk).collect()
}

fn of_disk(disk: &Disk) -> Vec<Node> {
    let size = fs::read_to_string(disk.sys().join("size")).ok().and_then(|text| text.trim().parse().ok());
    let whole = Node {
        name: disk.name.clone(),
        major: LOOP_MAJOR,
        minor: disk.number,
        size: size.unwrap_or_default(),
        part: None,
    };
    let parts = disk.partitions().into_iter().map(|partition| Node {
        name: format!("{}{}", disk.name, partition.number),
        major: partition.major,
        minor: partition.minor,
        size: partition.size,
        part: Some((partition.number, partition.start)),
    });
    std::iter::once(whole).chain(parts).collect()
}

/// Makes a machine's `/dev` and what it sees of its disks tell how they are now. Nothing once the machine has ended.
pub(super) fn sync(process: Process, place: &MachineFolder, group: &Path, disks: &[Disk]) -> io::Result<()> {
    let _turn = take_turn(place)?;
    if !process.lives() {
        return Ok(());
    }
    let dev = &of(process);
    let nodes = nodes(disks);
    describe(place, &nodes)?;
    for node in &nodes {
        let path = dev.join(&node.name);
        let number = makedev(node.major, node.minor);
        if fs::symlink_metadata(&path).is_ok_and(|known| known.rdev() == number) {
            continue;
        }
        allow(group, node)?;
        let _ = fs::remove_file(&path);
        mknodat(CWD, &path, FileType::BlockDevice, Mode::from_raw_mode(0o660), number)?;
        chown(&path, Some(0), Some(DISK_GROUP))?;
    }
    for disk in disks {
        for gone in stale(dev, &disk.name, &nodes)? {
            fs::remove_file(gone)?;
        }
    }
    links(dev, &nodes)
}

/// A machine's `/dev` from outside.
pub(super) fn of(process: Process) -> PathBuf {
    PathBuf::from(format!("/proc/{}/root/dev", process.pid))
}

/// The process that launches a machine and the one that followed it before must not write at the same time.
fn take_turn(place: &MachineFolder) -> io::Result<fs::File> {
    let file = fs::File::create(place.root.join("view.lock"))?;
    rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive)?;
    Ok(file)
}

/// Partition nodes of a disk that are there without a partition behind them.
fn stale(dev: &Path, disk: &str, nodes: &[Node]) -> io::Result<Vec<PathBuf>> {
    let mut gone = Vec::new();
    for entry in fs::read_dir(dev)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_part = name.strip_prefix(disk).is_some_and(|rest| !rest.is_empty() && rest.parse::<u32>().is_ok());
        if is_part && !nodes.iter().any(|node| node.name == name) {
            gone.push(entry.path());
        }
    }
    Ok(gone)
}

/// Lets the machine's device control group (version 1 only) reach a partition: their numbers are given as they are made.
fn allow(group: &Path, node: &Node) -> io::Result<()> {
    for hierarchy in cgroup::hierarchies()?.iter().filter(|hierarchy| hierarchy.controls("devices")) {
        let file = hierarchy.mount.join(group).join("devices.allow");
        fs::write(file, format!("b {}:{} rw", node.major, node.minor))?;
    }
    Ok(())
}

/// The links of `/dev/disk` (udev(7)), from what libblkid finds on each device.
fn links(dev: &Path, nodes: &[Node]) -> io::Result<()> {
    let mut wanted: BTreeMap<PathBuf, String> = BTreeMap::new();
    for node in nodes {
        for (kind, value) in probe(&dev.join(&node.name)) {
            wanted.insert(Path::new(kind).join(value), format!("../../{}", node.name));
        }
    }
    let disk = dev.join("disk");
    for kind in KINDS.map(|(_, folder)| folder) {
        let folder = disk.join(kind);
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let here = Path::new(kind).join(entry.file_name());
            let target = fs::read_link(entry.path()).unwrap_or_default();
            if wanted.get(&here).is_some_and(|right| Path::new(right) == target) {
                wanted.remove(&here);
            } else {
                fs::remove_file(entry.path())?;
            }
        }
    }
    for (path, target) in wanted {
        let path = disk.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&disk))?;
        symlink(target, path)?;
    }
    Ok(())
}

/// What blkid(8) tells udev, already spelled as udev's links are, and udev's folders.
const KINDS: [(&str, &str); 4] = [
    ("ID_FS_UUID_ENC", "by-uuid"),
    ("ID_FS_LABEL_ENC", "by-label"),
    ("ID_PART_ENTRY_UUID", "by-partuuid"),
    ("ID_PART_ENTRY_NAME", "by-partlabel"),
];

fn probe(node: &Path) -> Vec<(&'static str, String)> {
    let output = Command::new("blkid").args(["-p", "-o", "udev"]).arg(node).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    parse_tags(&text)
}

fn parse_tags(text: &str) -> Vec<(&'static str, String)> {
    let tag = |line: &str| {
        let (name, value) = line.split_once('=')?;
        let (_, folder) = KINDS.iter().find(|(tag, _)| *tag == name)?;
        // A link's name can't hold a slash: udev makes another character of it.
        Some((*folder, value.replace('/', "_")))
    };
    text.lines().filter_map(tag).filter(|(_, value)| !value.is_empty()).collect()
}

/// Where the machine's view of its block devices is kept: folder or file here, and where it is seen.
pub(super) fn views(place: &MachineFolder) -> [(PathBuf, &'static str); 4] {
    let view = place.view();
    [
        (view.join("block"), "/sys/block"),
        (view.join("class"), "/sys/class/block"),
        (view.join("dev"), "/sys/dev/block"),
        (view.join("partitions"), "/proc/partitions"),
    ]
}

/// Writes what the machine sees before it is started; none of its disks may be there.
pub(super) fn prepare_views(place: &MachineFolder, disks: &[Disk]) -> io::Result<()> {
    let _turn = take_turn(place)?;
    for (path, _) in views(place).iter().take(3) {
        fs::create_dir_all(path)?;
    }
    describe(place, &nodes(disks))
}

fn describe(place: &MachineFolder, nodes: &[Node]) -> io::Result<()> {
    let [(block, _), (class, _), (dev, _), (partitions, _)] = views(place);
    let table = table(nodes);
    if fs::read_to_string(&partitions).is_ok_and(|known| known == table) {
        return Ok(());
    }
    for folder in [&block, &class, &dev] {
        empty(folder)?;
    }
    let mut disk = block.clone();
    for node in nodes {
        if node.part.is_none() {
            disk = block.join(&node.name);
        }
        let folder = if node.part.is_some() { disk.join(&node.name) } else { disk.clone() };
        describe_one(&folder, node)?;
        let inside = Path::new("../../block").join(folder.strip_prefix(&block).unwrap_or(&folder));
        symlink(&inside, dev.join(format!("{}:{}", node.major, node.minor)))?;
        symlink(&inside, class.join(&node.name))?;
    }
    // In place: the machine sees this very file.
    fs::write(partitions, table)
}

/// `/proc/partitions` (proc(5)).
fn table(nodes: &[Node]) -> String {
    nodes.iter().fold("major minor  #blocks  name\n\n".to_owned(), |mut text, node| {
        let _ = writeln!(text, "{:4}  {:7} {:10} {}", node.major, node.minor, node.size / 2, node.name);
        text
    })
}

fn describe_one(folder: &Path, node: &Node) -> io::Result<()> {
    fs::create_dir_all(folder.join("queue"))?;
    let kind = if node.part.is_some() { "partition" } else { "disk" };
    let mut files = vec![
        ("dev", format!("{}:{}", node.major, node.minor)),
        ("size", node.size.to_string()),
        ("ro", "0".to_owned()),
        ("removable", "0".to_owned()),
        ("range", "256".to_owned()),
        ("ext_range", "256".to_owned()),
        ("alignment_offset", "0".to_owned()),
        ("discard_alignment", "0".to_owned()),
        ("uevent", format!("MAJOR={}\nMINOR={}\nDEVNAME={}\nDEVTYPE={kind}", node.major, node.minor, node.name)),
    ];
    match node.part {
        Some((number, start)) => {
            files.push(("partition", number.to_string()));
            files.push(("start", start.to_string()));
            fs::remove_dir(folder.join("queue"))?;
        }
        None => files.extend(
            [
                ("queue/logical_block_size", "512"),
                ("queue/hw_sector_size", "512"),
                ("queue/physical_block_size", "512"),
                ("queue/minimum_io_size", "512"),
                ("queue/optimal_io_size", "0"),
                ("queue/rotational", "0"),
                ("queue/discard_granularity", "4096"),
                ("queue/discard_max_bytes", "4294966784"),
                ("queue/scheduler", "[none]"),
                ("queue/nr_requests", "128"),
            ]
            .map(|(name, value)| (name, value.to_owned())),
        ),
    }
    files.into_iter().try_for_each(|(name, value)| fs::write(folder.join(name), value + "\n"))
}

/// Removes what is in a folder, not the folder: the machine sees this very one.
fn empty(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)?.flatten() {
        if entry.file_type()?.is_dir() {
            remove_tree(&entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_links_as_udev_spells_them() {
        let text =
            "ID_FS_LABEL=mes_donn_es\nID_FS_LABEL_ENC=mes\\x20donn\u{e9}es\nID_PART_ENTRY_NAME=a/b\nID_FS_UUID_ENC=\n";
        assert_eq!(
            parse_tags(text),
            [("by-label", "mes\\x20donn\u{e9}es".to_owned()), ("by-partlabel", "a_b".to_owned())]
        );
    }

    #[test]
    fn the_machine_sees_its_disks_under_its_own_names() {
        let folder = tempfile::tempdir().unwrap();
        let place = MachineFolder { root: folder.path().to_path_buf() };
        prepare_views(&place, &[]).unwrap();
        let disk = Node { name: "sdb".into(), major: 7, minor: 3, size: 2048, part: None };
        let part = Node { name: "sdb1".into(), major: 259, minor: 9, size: 1024, part: Some((1, 512)) };
        describe(&place, &[disk.clone(), part]).unwrap();
        let view = place.view();
        assert_eq!(fs::read_to_string(view.join("block/sdb/sdb1/start")).unwrap(), "512\n");
        assert_eq!(fs::read_link(view.join("dev/259:9")).unwrap(), Path::new("../../block/sdb/sdb1"));
        assert!(fs::read_to_string(view.join("partitions")).unwrap().contains("   7        3       1024 sdb\n"));
        describe(&place, &[disk]).unwrap();
        assert!(!view.join("block/sdb/sdb1").exists());
        assert!(view.join("class/sdb").symlink_metadata().is_ok());
    }

    #[test]
    fn a_node_without_its_partition_is_stale_and_a_disk_with_a_longer_name_is_not() {
        let dev = tempfile::tempdir().unwrap();
        for name in ["sdb", "sdb1", "sdb2", "sdba1", "sdb1x"] {
            fs::write(dev.path().join(name), "").unwrap();
        }
        let left = Node { name: "sdb1".into(), major: 259, minor: 9, size: 1, part: Some((1, 1)) };
        assert_eq!(stale(dev.path(), "sdb", &[left]).unwrap(), [dev.path().join("sdb2")]);
    }
}
