//! Small disks and volumes made by hand, for tests: what the tools write is in `tests/truth_storage.rs`.

use super::table::crc32;

/// `linux` of GPT, as its bytes are on the disk.
pub(crate) const LINUX: [u8; 16] =
    [0xaf, 0x3d, 0xc6, 0x0f, 0x83, 0x84, 0x72, 0x47, 0x8e, 0x79, 0x3d, 0x69, 0xd8, 0x47, 0x7d, 0xe4];

/// A disk of so many sectors with partitions of the type `linux`: number, first and last sector, name.
pub(crate) fn gpt(sectors: u64, partitions: &[(u32, u64, u64, &str)]) -> Vec<u8> {
    let mut disk = vec![0; usize::try_from(sectors * 512).unwrap()];
    let mut table = vec![0; 128 * 128];
    for (number, first, last, name) in partitions {
        let at = (*number as usize - 1) * 128;
        table[at..at + 16].copy_from_slice(&LINUX);
        table[at + 16] = u8::try_from(*number).unwrap();
        table[at + 32..at + 40].copy_from_slice(&first.to_le_bytes());
        table[at + 40..at + 48].copy_from_slice(&last.to_le_bytes());
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        table[at + 56..at + 56 + name.len()].copy_from_slice(&name);
    }
    disk[450] = 0xee;
    disk[454] = 1;
    disk[458..462].copy_from_slice(&[0xff; 4]);
    disk[510..512].copy_from_slice(&[0x55, 0xaa]);
    for (place, other, entries) in [(1, sectors - 1, 2), (sectors - 1, 1, sectors - 33)] {
        put(&mut disk, entries, &table);
        put(&mut disk, place, &header(place, other, entries, sectors, crc32(&table)));
    }
    disk
}

fn put(disk: &mut [u8], sector: u64, bytes: &[u8]) {
    let at = usize::try_from(sector * 512).unwrap();
    disk[at..at + bytes.len()].copy_from_slice(bytes);
}

fn header(place: u64, other: u64, entries: u64, sectors: u64, sum: u32) -> Vec<u8> {
    let mut header = vec![0; 92];
    header[..8].copy_from_slice(b"EFI PART");
    header[10] = 1;
    header[12] = 92;
    for (at, value) in [(24, place), (32, other), (40, 34), (48, sectors - 34), (72, entries)] {
        header[at..at + 8].copy_from_slice(&u64::to_le_bytes(value));
    }
    header[80] = 128;
    header[84] = 128;
    header[88..92].copy_from_slice(&sum.to_le_bytes());
    let sum = crc32(&header);
    header[16..20].copy_from_slice(&sum.to_le_bytes());
    header
}

/// A disk of so many sectors with a boot record: slot, type, first sector, length.
pub(crate) fn dos(sectors: usize, partitions: &[(usize, u8, u32, u32)]) -> Vec<u8> {
    let mut disk = vec![0; sectors * 512];
    boot_record(&mut disk, 0, partitions);
    disk
}

/// Writes a boot record at a sector: the disk's, or one of an extended partition.
pub(crate) fn boot_record(disk: &mut [u8], sector: usize, partitions: &[(usize, u8, u32, u32)]) {
    let record = &mut disk[sector * 512..(sector + 1) * 512];
    for (slot, id, start, length) in partitions {
        let at = 446 + slot * 16;
        record[at + 4] = *id;
        record[at + 8..at + 12].copy_from_slice(&start.to_le_bytes());
        record[at + 12..at + 16].copy_from_slice(&length.to_le_bytes());
    }
    record[510..512].copy_from_slice(&[0x55, 0xaa]);
}
