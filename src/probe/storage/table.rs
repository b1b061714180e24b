//! The partition table of a disk, read from its bytes: GPT (UEFI specification §5) or DOS (the MBR and its chain).

use std::io;

use super::bytes::{Bytes, guid, le32, le64, utf16};
use super::kinds;
use super::superblock;

/// What divides a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableKind {
    /// GUID partition table.
    Gpt,
    /// Master boot record.
    Dos,
    /// Nothing.
    None,
}

/// A partition table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) kind: TableKind,
    /// The disk's GUID, or the MBR's signature as eight hexadecimal digits.
    pub(crate) uuid: Option<String>,
    /// GPT: both copies are whole and say the same.
    pub(crate) backup: Option<bool>,
    /// GPT: its boot record lists other partitions than the one that protects it.
    pub(crate) hybrid: Option<bool>,
    /// In the order of their places on the disk.
    pub(crate) partitions: Vec<Partition>,
    /// Bytes in no partition, in gaps of 1 MiB or more.
    pub(crate) unallocated: u64,
}

/// One partition; places and lengths in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Partition {
    pub(crate) number: u32,
    pub(crate) start: u64,
    pub(crate) size: u64,
    /// The type's name, see [`kinds`].
    pub(crate) kind: &'static str,
    /// The type as written: a GUID, or `0x83`.
    pub(crate) type_id: String,
    /// GPT's own name of the partition (not its filesystem's label).
    pub(crate) name: Option<String>,
    /// The PARTUUID.
    pub(crate) uuid: Option<String>,
    /// GPT: `required`, `no-block-io`, `legacy-boot`; DOS: `active`.
    pub(crate) flags: Vec<&'static str>,
}

/// What modern tools and disks agree on: a partition begins on a multiple of 1 MiB.
pub(crate) const ALIGNMENT: u64 = 1 << 20;
/// Sizes of a sector that disks have.
const SECTORS: [u64; 2] = [512, 4096];
/// No table is larger than this: 128 entries of 128 bytes is the usual, the specification sets no bound.
const MOST_ENTRIES: u32 = 1024;
/// Logical partitions read in a chain, which damage can close into a circle.
const MOST_LOGICAL: u32 = 128;

impl Partition {
    /// Whether it begins where the disk's own blocks begin.
    pub(crate) fn aligned(&self) -> bool {
        self.start.is_multiple_of(ALIGNMENT)
    }
}

/// Reads the table of a disk.
pub(crate) fn read(disk: &(impl Bytes + ?Sized)) -> io::Result<Table> {
    let boot = disk.at(0, 512)?;
    let mut table = if !signed(&boot) {
        none()
    } else if entries(&boot).any(|entry| entry.id == 0xee) {
        gpt(disk, &boot)?.unwrap_or_else(none)
    } else if superblock::owns_boot_sector(&boot) {
        // A filesystem over the whole disk: its boot sector carries the same signature.
        none()
    } else {
        dos(disk, &boot)?
    };
    table.partitions.sort_by_key(|partition| (partition.start, partition.number));
    table.unallocated = unallocated(&table, disk.size());
    Ok(table)
}

fn none() -> Table {
    Table { kind: TableKind::None, uuid: None, backup: None, hybrid: None, partitions: Vec::new(), unallocated: 0 }
}

fn signed(sector: &[u8]) -> bool {
    sector.get(510..512) == Some(&[0x55, 0xaa])
}

/// One of the four entries of a boot record; places and lengths in sectors.
struct Entry {
    index: u32,
    active: bool,
    id: u8,
    start: u64,
    length: u64,
}

fn entries(boot: &[u8]) -> impl Iterator<Item = Entry> + '_ {
    (0_u32..4).filter_map(|index| {
        let at = 446 + 16 * index as usize;
        let entry = Entry {
            index,
            active: *boot.get(at)? == 0x80,
            id: *boot.get(at + 4)?,
            start: le32(boot, at + 8)?.into(),
            length: le32(boot, at + 12)?.into(),
        };
        (entry.id != 0 && entry.length != 0).then_some(entry)
    })
}

fn dos(disk: &(impl Bytes + ?Sized), boot: &[u8]) -> io::Result<Table> {
    let signature = le32(boot, 440).unwrap_or(0);
    let mut partitions = Vec::new();
    for entry in entries(boot) {
        partitions.push(dos_partition(signature, entry.index + 1, entry.start, &entry));
        if is_extended(entry.id) {
            logical(disk, signature, entry.start, &mut partitions)?;
        }
    }
    let uuid = Some(format!("{signature:08x}"));
    Ok(Table { kind: TableKind::Dos, uuid, backup: None, hybrid: None, partitions, unallocated: 0 })
}

fn is_extended(id: u8) -> bool {
    matches!(id, 0x05 | 0x0f | 0x85)
}

fn dos_partition(signature: u32, number: u32, start: u64, entry: &Entry) -> Partition {
    Partition {
        number,
        start: start * 512,
        size: entry.length * 512,
        kind: kinds::of_byte(entry.id),
        type_id: format!("0x{:02x}", entry.id),
        name: None,
        uuid: Some(format!("{signature:08x}-{number:02x}")),
        flags: if entry.active { vec!["active"] } else { Vec::new() },
    }
}

/// Follows the chain of extended boot records: in each, one logical partition (relative to the record) and the next
/// record (relative to the extended partition).
fn logical(disk: &(impl Bytes + ?Sized), signature: u32, base: u64, found: &mut Vec<Partition>) -> io::Result<()> {
    let mut record = base;
    for number in 5..5 + MOST_LOGICAL {
        let sector = disk.at(record.saturating_mul(512), 512)?;
        if !signed(&sector) {
            return Ok(());
        }
        let mut next = None;
        for entry in entries(&sector).take(2) {
            if is_extended(entry.id) {
                next = Some(base + entry.start);
            } else {
                found.push(dos_partition(signature, number, record + entry.start, &entry));
            }
        }
        match next {
            Some(place) if place > record => record = place,
            _ => return Ok(()),
        }
    }
    Ok(())
}

/// A GPT header whose sums are right, and its entries.
struct Half {
    disk: String,
    /// The sector of the other copy.
    other: u64,
    entries: Vec<Partition>,
}

fn gpt(disk: &(impl Bytes + ?Sized), boot: &[u8]) -> io::Result<Option<Table>> {
    for sector in SECTORS {
        let primary = half(disk, sector, 1)?;
        let last = (disk.size() / sector).saturating_sub(1);
        let place = primary.as_ref().map_or(last, |primary| primary.other);
        let backup = half(disk, sector, place)?;
        let same = match (&primary, &backup) {
            (Some(primary), Some(backup)) => primary.entries == backup.entries && primary.disk == backup.disk,
            _ => false,
        };
        if let Some(half) = primary.or(backup) {
            return Ok(Some(Table {
                kind: TableKind::Gpt,
                uuid: Some(half.disk),
                backup: Some(same),
                hybrid: Some(entries(boot).any(|entry| entry.id != 0xee)),
                partitions: half.entries,
                unallocated: 0,
            }));
        }
    }
    Ok(None)
}

fn half(disk: &(impl Bytes + ?Sized), sector: u64, place: u64) -> io::Result<Option<Half>> {
    let bytes = disk.at(place.saturating_mul(sector), 512)?;
    let Some(header) = header(&bytes) else { return Ok(None) };
    let length = header.count as usize * header.entry as usize;
    let table = disk.at(header.table.saturating_mul(sector), length)?;
    if table.len() != length || crc32(&table) != header.sum {
        return Ok(None);
    }
    let entries = (1..).zip(table.chunks_exact(header.entry as usize));
    Ok(Some(Half {
        disk: header.disk,
        other: header.other,
        entries: entries.filter_map(|(number, bytes)| entry(number, bytes, sector)).collect(),
    }))
}

struct Header {
    disk: String,
    other: u64,
    table: u64,
    count: u32,
    entry: u32,
    sum: u32,
}

fn header(bytes: &[u8]) -> Option<Header> {
    if bytes.get(..8)? != b"EFI PART" {
        return None;
    }
    let length = usize::try_from(le32(bytes, 12)?).ok()?;
    let mut summed = bytes.get(..length).filter(|_| length >= 92)?.to_vec();
    summed[16..20].fill(0);
    let (count, entry) = (le32(bytes, 80)?, le32(bytes, 84)?);
    let sane = (1..=MOST_ENTRIES).contains(&count) && (128..=1024).contains(&entry) && entry.is_multiple_of(8);
    (crc32(&summed) == le32(bytes, 16)? && sane).then_some(())?;
    Some(Header {
        disk: guid(bytes, 56)?,
        other: le64(bytes, 32)?,
        table: le64(bytes, 72)?,
        count,
        entry,
        sum: le32(bytes, 88)?,
    })
}

fn entry(number: u32, bytes: &[u8], sector: u64) -> Option<Partition> {
    let type_id = guid(bytes, 0)?;
    if bytes[..16] == [0; 16] {
        return None;
    }
    let (first, last, flags) = (le64(bytes, 32)?, le64(bytes, 40)?, le64(bytes, 48)?);
    let length = last.checked_sub(first)?.checked_add(1)?;
    Some(Partition {
        number,
        start: first.checked_mul(sector)?,
        size: length.checked_mul(sector)?,
        kind: kinds::of_guid(&type_id),
        type_id,
        name: utf16(bytes.get(56..128)?),
        uuid: guid(bytes, 16),
        flags: [(0, "required"), (1, "no-block-io"), (2, "legacy-boot")]
            .into_iter()
            .filter(|(bit, _)| flags >> bit & 1 == 1)
            .map(|(_, name)| name)
            .collect(),
    })
}

/// The sum of IEEE 802.3, bit by bit: a table is 16 KiB, no need for more speed.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 })
    })
}

fn unallocated(table: &Table, size: u64) -> u64 {
    if table.kind == TableKind::None {
        return 0;
    }
    let mut free = 0;
    let mut end = ALIGNMENT;
    // What encloses others (an extended partition) takes no room itself.
    let real = table.partitions.iter().filter(|partition| partition.kind != "extended");
    for (start, stop) in real.map(|p| (p.start, p.start.saturating_add(p.size))).chain([(size, size)]) {
        let gap = start.saturating_sub(end);
        free += if gap >= ALIGNMENT { gap } else { 0 };
        end = end.max(stop);
    }
    free
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::image;
    use super::*;

    fn table(disk: &[u8]) -> Table {
        read(disk).unwrap()
    }

    #[test]
    fn the_check_sum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_gpt_is_read_in_the_order_of_places() {
        let disk = image::gpt(16384, &[(1, 8192, 10239, "second"), (4, 2048, 4095, "first")]);
        let table = table(&disk);
        assert_eq!((table.kind, table.backup), (TableKind::Gpt, Some(true)));
        let names: Vec<_> = table.partitions.iter().map(|found| found.name.as_deref().unwrap()).collect();
        assert_eq!(names, ["first", "second"]);
        let first = &table.partitions[0];
        assert_eq!((first.number, first.start, first.size), (4, 1 << 20, 1 << 20));
        assert_eq!((first.kind, first.aligned()), ("linux", true));
        // 2 MiB between the two, 3 MiB after the second.
        assert_eq!(table.unallocated, 5 << 20);
    }

    #[test]
    fn one_sector_off_is_not_aligned() {
        let disk = image::gpt(16384, &[(1, 2049, 4095, "")]);
        assert!(!table(&disk).partitions[0].aligned());
    }

    #[test]
    fn either_copy_of_a_gpt_is_enough_and_its_loss_is_seen() {
        for broken in [512, 16383 * 512] {
            let mut disk = image::gpt(16384, &[(1, 2048, 4095, "data")]);
            disk[broken + 60] ^= 1;
            let table = table(&disk);
            assert_eq!((table.kind, table.backup, table.partitions.len()), (TableKind::Gpt, Some(false), 1));
        }
    }

    #[test]
    fn a_gpt_without_its_protective_record_is_none() {
        let mut disk = image::gpt(16384, &[(1, 2048, 4095, "data")]);
        disk[..512].fill(0);
        assert_eq!(table(&disk).kind, TableKind::None);
    }

    #[test]
    fn a_boot_record_wins_over_the_rests_of_a_gpt() {
        let mut disk = image::gpt(16384, &[(1, 2048, 4095, "data")]);
        disk[446..510].fill(0);
        image::boot_record(&mut disk, 0, &[(0, 0x83, 2048, 2048)]);
        let table = table(&disk);
        assert_eq!((table.kind, table.partitions[0].kind), (TableKind::Dos, "linux"));
    }

    #[test]
    fn logical_partitions_are_numbered_from_five() {
        let mut disk = image::dos(16384, &[(0, 0x07, 2048, 2048), (1, 0x05, 4096, 8192)]);
        image::boot_record(&mut disk, 4096, &[(0, 0x83, 2048, 2048), (1, 0x05, 4096, 4096)]);
        image::boot_record(&mut disk, 8192, &[(0, 0x82, 2048, 2048)]);
        let found: Vec<_> = table(&disk).partitions.iter().map(|p| (p.number, p.kind, p.start / 512)).collect();
        let expected =
            [(1, "microsoft-basic-data", 2048), (2, "extended", 4096), (5, "linux", 6144), (6, "linux-swap", 10240)];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_chain_that_turns_back_ends() {
        let mut disk = image::dos(8192, &[(0, 0x05, 2048, 4096)]);
        image::boot_record(&mut disk, 2048, &[(0, 0x83, 64, 64), (1, 0x05, 0, 64)]);
        assert_eq!(table(&disk).partitions.len(), 2);
    }

    #[test]
    fn an_empty_disk_has_no_table() {
        assert_eq!(table(&vec![0; 1 << 20]).kind, TableKind::None);
        assert_eq!(table(&[]).kind, TableKind::None);
    }

    proptest! {
        #[test]
        fn any_damage_is_read(changes in proptest::collection::vec((0_usize..20_000, any::<u8>()), 0..40)) {
            let mut disk = image::gpt(4096, &[(1, 2048, 3000, "data")]);
            image::boot_record(&mut disk, 2048, &[(0, 0x83, 64, 64), (1, 0x05, 10, 64)]);
            for (at, value) in changes {
                disk[at] = value;
            }
            let _ = read(&disk[..]);
            disk[446..510].fill(0x05);
            let _ = read(&disk[..]);
        }

        #[test]
        fn any_header_is_read(bytes in proptest::collection::vec(any::<u8>(), 84)) {
            let mut disk = image::gpt(4096, &[]);
            disk[520..604].copy_from_slice(&bytes);
            disk[524..528].copy_from_slice(&92_u32.to_le_bytes());
            // A right sum over a wrong header: the numbers themselves must be met with care.
            disk[528..532].fill(0);
            let sum = crc32(&disk[512..604]);
            disk[528..532].copy_from_slice(&sum.to_le_bytes());
            let _ = read(&disk[..]);
        }
    }
}
