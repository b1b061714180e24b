//! Virtual disks: thin files behind loop devices.
//!
//! A loop device is marked "autoclear" while the keeper holds it open (losetup(8) `-d`: lazy), so it goes away with the
//! keeper and the machine, however they end.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::error::Kernel;
use super::folder::make_private;
use super::journal::{Journal, Step};

/// The block major of loop devices (kernel `Documentation/admin-guide/devices.txt`).
pub(super) const LOOP_MAJOR: u32 = 7;

/// A disk as a machine sees it, and the loop device behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Disk {
    /// `sdb`.
    pub(super) name: String,
    /// `loopN`'s number.
    pub(super) number: u32,
}

/// A disk plugged in: as long as this lives its loop device does.
#[derive(Debug)]
pub(super) struct Plugged {
    pub(super) disk: Disk,
    held: File,
}

impl Disk {
    /// The loop device as the PC sees it.
    pub(super) fn device(&self) -> PathBuf {
        PathBuf::from(format!("/dev/loop{}", self.number))
    }
    /// What the kernel says of it (sysfs(5)).
    pub(super) fn sys(&self) -> PathBuf {
        PathBuf::from(format!("/sys/block/loop{}", self.number))
    }
    /// Its partitions as the kernel knows them, in order.
    pub(super) fn partitions(&self) -> Vec<Partition> {
        let entries = fs::read_dir(self.sys()).into_iter().flatten().flatten();
        let mut all: Vec<Partition> = entries.filter_map(|entry| Partition::read(&entry.path())).collect();
        all.sort_by_key(|partition| partition.number);
        all
    }
    /// No swap on it any more.
    pub(super) fn swap_off(&self) -> io::Result<()> {
        swap_off(&self.device())
    }
    /// Makes the kernel know the partitions that the disk's table has now: not every kernel reads tables itself.
    ///
    /// Only what differs is told: partx(8) takes a partition away and gives it back under another number, even unchanged.
    pub(super) fn reread(&self) -> io::Result<()> {
        let device = self.device();
        let output = Command::new("partx")
            .args(["--raw", "--noheadings", "--output", "NR,START,SECTORS"])
            .arg(&device)
            .output()?;
        let table = parse_table(&String::from_utf8_lossy(&output.stdout));
        let known: BTreeMap<u32, (u64, u64)> =
            self.partitions().iter().map(|part| (part.number, (part.start, part.size))).collect();
        for number in differing(&known, &table) {
            let what = match (known.contains_key(&number), table.contains_key(&number)) {
                (false, _) => "--add",
                (true, true) => "--update",
                (true, false) => "--delete",
            };
            Command::new("partx").args([what, "--nr", &number.to_string()]).arg(&device).output()?;
        }
        Ok(())
    }
}

/// Partitions by number: start and size in sectors.
fn parse_table(text: &str) -> BTreeMap<u32, (u64, u64)> {
    let row = |line: &str| {
        let mut fields = line.split_whitespace();
        let number = fields.next()?.parse().ok()?;
        Some((number, (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?)))
    };
    text.lines().filter_map(row).collect()
}

/// Numbers of partitions that are not the same in both; those that went first, so that their room is free.
fn differing(known: &BTreeMap<u32, (u64, u64)>, table: &BTreeMap<u32, (u64, u64)>) -> Vec<u32> {
    let gone = known.keys().filter(|number| !table.contains_key(number));
    let changed = table.iter().filter(|(number, place)| known.get(number) != Some(place)).map(|(number, _)| number);
    gone.chain(changed).copied().collect()
}

/// A partition of a disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Partition {
    pub(super) number: u32,
    pub(super) major: u32,
    pub(super) minor: u32,
    /// In sectors of 512 bytes, as sysfs counts.
    pub(super) start: u64,
    pub(super) size: u64,
}

impl Partition {
    fn read(folder: &Path) -> Option<Self> {
        let text = |name: &str| fs::read_to_string(folder.join(name)).ok().map(|text| text.trim().to_owned());
        let number = text("partition")?.parse().ok()?;
        let (major, minor) = text("dev")?.split_once(':').map(|(a, b)| (a.to_owned(), b.to_owned()))?;
        Some(Self {
            number,
            major: major.parse().ok()?,
            minor: minor.parse().ok()?,
            start: text("start")?.parse().ok()?,
            size: text("size")?.parse().ok()?,
        })
    }
}

/// Makes a disk's file if it isn't there, and gives it a loop device.
///
/// `scan`: the kernel reads partition tables itself ([`kernel_reads_tables`]). Where it doesn't, asking it to (`BLKRRPART`)
/// would only make it forget the partitions it was told of.
pub(super) fn plug(name: &str, image: &Path, size: u64, scan: bool, journal: &Journal) -> io::Result<Plugged> {
    if let Some(folder) = image.parent() {
        make_private(folder)?;
    }
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(image)?;
    if file.metadata()?.len() < size {
        file.set_len(size)?;
    }
    drop(file);
    let device = attach(image, scan, journal)?;
    let held = OpenOptions::new().read(true).write(true).open(&device)?;
    run(Command::new("losetup").arg("--detach").arg(&device))?;
    let plugged = Plugged { disk: Disk { name: name.to_owned(), number: number_of(&device)? }, held };
    plugged.disk.reread()?;
    Ok(plugged)
}

/// Refuses a kernel without loop devices. Opening their control device loads the module where it is one (loop(4)).
pub(super) fn need_loops() -> io::Result<()> {
    match File::open("/dev/loop-control") {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(Kernel("loop").or(Errno::NXIO)),
        opened => opened.map(drop).map_err(|error| Kernel("loop").or(error)),
    }
}

/// Gives a file a free loop device. Which one is noted before: it may bear partitions when nothing else tells any more
/// that it was ours. Somebody else may take it between the look and the grasp: then it is another's turn.
fn attach(image: &Path, scan: bool, journal: &Journal) -> io::Result<PathBuf> {
    need_loops()?;
    let mut last = io::Error::from(io::ErrorKind::ResourceBusy);
    for _ in 0..20 {
        let device = PathBuf::from(run(Command::new("losetup").arg("--find"))?.trim());
        journal.write(&Step::Loop(number_of(&device)?))?;
        match run(Command::new("losetup").args(scan.then_some("--partscan")).arg(&device).arg(image)) {
            Ok(_) => return Ok(device),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn number_of(device: &Path) -> io::Result<u32> {
    let number = device.to_str().and_then(|path| path.strip_prefix("/dev/loop")).and_then(|text| text.parse().ok());
    number.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
}

/// Whether this kernel reads partition tables: tried with a small one, for kernels are built without.
pub(super) fn kernel_reads_tables(folder: &Path, journal: &Journal) -> io::Result<bool> {
    let image = folder.join("trial.img");
    fs::write(&image, trial_table())?;
    let device = attach(&image, true, journal)?;
    let found = Disk { name: String::new(), number: number_of(&device)? }.partitions().len() == 1;
    run(Command::new("losetup").arg("--detach").arg(&device))?;
    fs::remove_file(image)?;
    Ok(found)
}

/// A master boot record with one Linux partition of 1 MiB, and the room for it.
fn trial_table() -> Vec<u8> {
    let mut image = vec![0; 4 << 20];
    image[446 + 4] = 0x83;
    image[446 + 8..446 + 12].copy_from_slice(&2048_u32.to_le_bytes());
    image[446 + 12..446 + 16].copy_from_slice(&2048_u32.to_le_bytes());
    image[510..512].copy_from_slice(&[0x55, 0xaa]);
    image
}

impl Plugged {
    /// Everything written to the device so far is in its file from now on.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.held.sync_all()
    }

    /// Pulls the disk out: swap on it off, partitions forgotten, loop device gone.
    pub(super) fn unplug(self) -> io::Result<()> {
        let (device, sys) = (self.disk.device(), self.disk.sys());
        release(&device)?;
        drop(self.held);
        wait_gone(&sys)
    }
}

/// Loop devices whose file is in this folder, whoever made them.
pub(super) fn loops_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir("/sys/block").into_iter().flatten().flatten();
    let ours = entries.filter(|entry| {
        let backing = fs::read_to_string(entry.path().join("loop/backing_file")).unwrap_or_default();
        Path::new(backing.trim_end().trim_end_matches(" (deleted)")).starts_with(folder)
    });
    ours.map(|entry| Path::new("/dev").join(entry.file_name())).collect()
}

/// Frees the loop devices whose file is in this folder, and makes the kernel forget partitions of those among `numbers`
/// (noted in the stand's journal) that are already free: it does not always by itself.
pub(super) fn free_loops_in(folder: &Path, numbers: &[u32]) -> io::Result<()> {
    for number in numbers {
        let disk = Disk { name: String::new(), number: *number };
        if !disk.sys().join("loop/backing_file").exists() && !disk.partitions().is_empty() {
            forget_partitions(&disk.device())?;
        }
    }
    for device in loops_in(folder) {
        release(&device)?;
        // Marked "autoclear" or not: nothing holds it any more, or will soon not.
        let _ = Command::new("losetup").arg("--detach").arg(&device).output()?;
        wait_gone(&Path::new("/sys/block").join(device.file_name().unwrap_or_default()))?;
    }
    let kept = |disk: &Disk| !disk.sys().join("loop/backing_file").exists() && !disk.partitions().is_empty();
    let mut disks = numbers.iter().map(|number| Disk { name: String::new(), number: *number });
    if disks.any(|disk| kept(&disk)) { Err(io::Error::from(io::ErrorKind::ResourceBusy)) } else { Ok(()) }
}

/// What would keep a loop device or leave something of it in the kernel: swap and partitions.
fn release(device: &Path) -> io::Result<()> {
    swap_off(device)?;
    forget_partitions(device)
}

/// No swap on a disk or its partitions any more.
fn swap_off(device: &Path) -> io::Result<()> {
    if fs::read_to_string("/proc/swaps")?.lines().count() > 1 {
        let name = device.file_name().unwrap_or_default();
        let partitions = fs::read_dir(Path::new("/sys/block").join(name))?.flatten();
        let partitions = partitions.filter(|entry| entry.path().join("partition").exists());
        for node in partitions.map(|entry| Path::new("/dev").join(entry.file_name())).chain([device.to_path_buf()]) {
            // One that is no swap says so, and that is all.
            Command::new("swapoff").arg(node).output()?;
        }
    }
    Ok(())
}

fn forget_partitions(device: &Path) -> io::Result<()> {
    // A disk without partitions is told as an error; one still mounted stays until its machine is gone.
    Command::new("partx").arg("--delete").arg(device).output().map(drop)
}

fn wait_gone(sys: &Path) -> io::Result<()> {
    let end = Instant::now() + Duration::from_secs(5);
    while sys.join("loop/backing_file").exists() {
        if Instant::now() > end {
            return Err(io::Error::from(io::ErrorKind::ResourceBusy));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn run(command: &mut Command) -> io::Result<String> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_told_and_what_went_first() {
        let known = parse_table("1 2048 100\n2 4096 100\n3 8192 100\n");
        let table = parse_table("1 2048 100\n2 4096 200\n4 9000 10\n");
        assert_eq!(differing(&known, &table), [3, 2, 4]);
        assert!(differing(&known, &known).is_empty());
        assert!(parse_table("partx: failed to read partition table").is_empty());
    }

    #[test]
    fn the_trial_table_is_one_that_a_partitioning_library_reads() {
        let mut image = std::io::Cursor::new(trial_table());
        let table = mbrman::MBR::read_from(&mut image, 512).unwrap();
        assert_eq!(table.iter().filter(|(_, part)| part.is_used()).count(), 1);
    }
}
