//! NTFS (as the Linux-NTFS project documents it), and exFAT as far as to name it.

use std::io;

use super::bytes::{Bytes, le16, le32, le64, utf16};
use super::superblock::Superblock;

/// The fourth record of the master file table describes the volume itself.
const VOLUME_RECORD: u64 = 3;
/// Its attribute that holds the label.
const VOLUME_NAME: u32 = 0x60;
/// Ends a record's attributes.
const END: u32 = 0xffff_ffff;

/// Reads the volume's identity, if it is one of the two.
pub(super) fn read(volume: &(impl Bytes + ?Sized), head: &[u8]) -> io::Result<Option<Superblock>> {
    if head.get(3..11) == Some(b"EXFAT   ") {
        return Ok(exfat(head));
    }
    let Some(boot) = boot(head) else { return Ok(None) };
    let mut record = volume.at(boot.volume_record, boot.record)?;
    let label = mend(&mut record, boot.sector).and_then(|()| label(&record));
    let uuid = Some(format!("{:016X}", boot.serial));
    Ok(Some(Superblock { kind: "ntfs", label, uuid, size: Some(boot.size) }))
}

fn exfat(head: &[u8]) -> Option<Superblock> {
    let serial = le32(head, 100)?;
    let size = 1_u64.checked_shl(u32::from(*head.get(108)?)).and_then(|sector| sector.checked_mul(le64(head, 72)?));
    let uuid = Some(format!("{:04X}-{:04X}", serial >> 16, serial & 0xffff));
    Some(Superblock { kind: "exfat", label: None, uuid, size })
}

/// The boot sector; places and lengths in bytes.
struct Boot {
    sector: usize,
    size: u64,
    record: usize,
    volume_record: u64,
    serial: u64,
}

fn boot(head: &[u8]) -> Option<Boot> {
    if head.get(3..11)? != b"NTFS    " {
        return None;
    }
    let sector = u64::from(le16(head, 11)?);
    (sector.is_power_of_two() && (256..=4096).contains(&sector)).then_some(())?;
    let cluster = sector * power(*head.get(13)?)?;
    // Above zero: clusters; below: the power of two, in bytes.
    let record = match head.get(64)?.cast_signed() {
        clusters @ 1.. => cluster * u64::from(clusters.unsigned_abs()),
        bits @ -16..=-8 => 1 << bits.unsigned_abs(),
        _ => return None,
    };
    (record <= 1 << 16).then_some(())?;
    Some(Boot {
        sector: usize::try_from(sector).ok()?,
        size: le64(head, 40)?.checked_mul(sector)?,
        record: usize::try_from(record).ok()?,
        volume_record: le64(head, 48)?.checked_mul(cluster)?.checked_add(VOLUME_RECORD * record)?,
        serial: le64(head, 72)?,
    })
}

/// Sectors of a cluster: as such up to 128, above that 256 less the power of two.
fn power(byte: u8) -> Option<u64> {
    match byte {
        1..=0x80 => Some(byte.into()),
        0xf4..=0xff => Some(1 << (256 - u16::from(byte))),
        _ => None,
    }
}

/// Puts back the last two bytes of each sector, which a record keeps in its header to notice torn writes.
fn mend(record: &mut [u8], sector: usize) -> Option<()> {
    (record.get(..4)? == b"FILE").then_some(())?;
    let (at, count) = (usize::from(le16(record, 4)?), usize::from(le16(record, 6)?));
    for index in 1..count {
        let kept: [u8; 2] = record.get(at + 2 * index..at + 2 * index + 2)?.try_into().ok()?;
        record.get_mut(index * sector - 2..index * sector)?.copy_from_slice(&kept);
    }
    Some(())
}

fn label(record: &[u8]) -> Option<String> {
    let mut at = usize::from(le16(record, 20)?);
    loop {
        let (kind, length) = (le32(record, at)?, usize::try_from(le32(record, at + 4)?).ok()?);
        if kind == VOLUME_NAME {
            let size = usize::try_from(le32(record, at + 16)?).ok()?;
            let value = at + usize::from(le16(record, at + 20)?);
            return utf16(record.get(value..value.checked_add(size)?)?);
        }
        // Every attribute moves on by at least its header, or the record is damaged.
        if kind == END || length < 16 {
            return None;
        }
        at = at.checked_add(length)?;
    }
}
