//! What a volume holds, told by its superblock: read from its bytes, nothing mounted, nothing executed.

use std::io;

use super::bytes::{Bytes, be16, be32, be64, le16, le32, le64, text, uuid};
use super::{fat, ntfs};

/// A filesystem, swap space or container found on a volume.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Superblock {
    /// `ext4`, `fat32`, `ntfs`, `swap`…; `none` where nothing known is there.
    pub(crate) kind: &'static str,
    pub(crate) label: Option<String>,
    /// As `blkid` writes it: a UUID, `ABCD-1234` for FAT, sixteen digits for NTFS.
    pub(crate) uuid: Option<String>,
    /// Bytes it spans: may be less than its volume.
    pub(crate) size: Option<u64>,
}

/// Enough for every superblock below: btrfs has its own at 64 KiB.
const HEAD: usize = 0x1_1000;

/// Reads it. Where traces of two are left, the one whose tools leave the other's traces wins.
pub(crate) fn read(volume: &(impl Bytes + ?Sized)) -> io::Result<Superblock> {
    let head = volume.at(0, HEAD)?;
    if let Some(found) = luks(&head).or_else(|| xfs(&head)) {
        return Ok(found);
    }
    if let Some(found) = ntfs::read(volume, &head)? {
        return Ok(found);
    }
    if let Some(found) = fat::read(volume, &head)? {
        return Ok(found);
    }
    let others = [ext, swap, btrfs, lvm, raid, iso];
    let found = others.iter().find_map(|read| read(&head));
    Ok(found.unwrap_or(Superblock { kind: "none", ..Superblock::default() }))
}

/// Whether a boot sector belongs to a filesystem rather than to a partition table.
pub(crate) fn owns_boot_sector(sector: &[u8]) -> bool {
    sector.get(3..11) == Some(b"NTFS    ") || sector.get(3..11) == Some(b"EXFAT   ") || fat::layout(sector).is_some()
}

/// `cryptsetup`'s header, versions 1 and 2 (LUKS2 on-disk format specification).
fn luks(head: &[u8]) -> Option<Superblock> {
    if head.get(..6)? != b"LUKS\xba\xbe" {
        return None;
    }
    let label = if be16(head, 6)? == 2 { text(head, 24, 48) } else { None };
    Some(Superblock { kind: "luks", label, uuid: text(head, 168, 40), size: None })
}

/// XFS's superblock (XFS Algorithms & Data Structures, "Superblocks").
fn xfs(head: &[u8]) -> Option<Superblock> {
    if head.get(..4)? != b"XFSB" {
        return None;
    }
    let size = u64::from(be32(head, 4)?).checked_mul(be64(head, 8)?);
    Some(Superblock { kind: "xfs", label: text(head, 108, 12), uuid: uuid(head, 32), size })
}

/// ext2, ext3, ext4 (kernel documentation, filesystems/ext4/super.rst). They differ by their features only.
fn ext(head: &[u8]) -> Option<Superblock> {
    const JOURNAL: u32 = 0x4;
    /// Incompatible features that ext3 does not have: extents, 64bit, mmp, `flex_bg` and later ones.
    const INCOMPATIBLE: u32 = !0x1f;
    /// Read-only compatible features that ext3 does not have: `huge_file` and later ones.
    const READ_ONLY: u32 = !0x7;
    let block = head.get(1024..2048)?;
    if le16(block, 0x38)? != 0xef53 {
        return None;
    }
    let (compatible, incompatible, read_only) = (le32(block, 0x5c)?, le32(block, 0x60)?, le32(block, 0x64)?);
    let kind = if incompatible & INCOMPATIBLE != 0 || read_only & READ_ONLY != 0 {
        "ext4"
    } else if compatible & JOURNAL != 0 {
        "ext3"
    } else {
        "ext2"
    };
    let high = if incompatible & 0x80 == 0 { 0 } else { le32(block, 0x150)? };
    let blocks = u64::from(high) << 32 | u64::from(le32(block, 0x4)?);
    let size = 1024_u64.checked_shl(le32(block, 0x18)?.min(16)).and_then(|length| length.checked_mul(blocks));
    Some(Superblock { kind, label: text(block, 0x78, 16), uuid: uuid(block, 0x68), size })
}

/// Swap space, version 1 (kernel, include/linux/swap.h): its signature ends the first page.
fn swap(head: &[u8]) -> Option<Superblock> {
    let page = [4096_usize, 8192, 16384, 65536]
        .into_iter()
        .find(|page| matches!(head.get(page - 10..*page), Some(b"SWAPSPACE2" | b"SWAP-SPACE")))?;
    let size = (u64::from(le32(head, 1028)?) + 1).checked_mul(page as u64);
    Some(Superblock { kind: "swap", label: text(head, 1052, 16), uuid: uuid(head, 1036), size })
}

/// btrfs's first superblock (btrfs documentation, "On-disk format").
fn btrfs(head: &[u8]) -> Option<Superblock> {
    let block = head.get(0x1_0000..)?;
    if block.get(0x40..0x48)? != b"_BHRfS_M" {
        return None;
    }
    Some(Superblock { kind: "btrfs", label: text(block, 0x12b, 256), uuid: uuid(block, 0x20), size: le64(block, 0x70) })
}

/// A physical volume of LVM: its label is in one of the first four sectors.
fn lvm(head: &[u8]) -> Option<Superblock> {
    let labelled = |sector: usize| {
        head.get(sector * 512..sector * 512 + 32)
            .is_some_and(|label| label.starts_with(b"LABELONE") && label.ends_with(b"LVM2 001"))
    };
    (0..4).any(labelled).then(|| Superblock { kind: "lvm", ..Superblock::default() })
}

/// A member of a Linux array, version 1.1 or 1.2 (md(4)).
fn raid(head: &[u8]) -> Option<Superblock> {
    let member = [0, 4096].into_iter().any(|at| le32(head, at) == Some(0xa92b_4efc));
    member.then(|| Superblock { kind: "raid", ..Superblock::default() })
}

/// A CD's primary volume descriptor (ECMA-119 §8.4), in its sector 16. Its "UUID" is the date of its making, as blkid writes it.
fn iso(head: &[u8]) -> Option<Superblock> {
    let block = head.get(0x8000..0x8800).filter(|block| block.starts_with(b"\x01CD001"))?;
    let label = text(block, 40, 32).map(|label| label.trim_end().to_owned()).filter(|label| !label.is_empty());
    let date = |at: usize| {
        block.get(at..at + 16).filter(|date| date.iter().all(u8::is_ascii_digit) && **date != *b"0000000000000000")
    };
    let made = date(830).or_else(|| date(813)).map(|date| String::from_utf8_lossy(date).into_owned());
    let parts =
        |date: String| [0..4, 4..6, 6..8, 8..10, 10..12, 12..14, 14..16].map(|part| date[part].to_owned()).join("-");
    let size = u64::from(le32(block, 80)?).checked_mul(u64::from(le16(block, 128)?));
    Some(Superblock { kind: "iso9660", label, uuid: made.map(parts), size })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn volume(marks: &[(usize, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0; HEAD + 4096];
        for (at, mark) in marks {
            bytes[*at..at + mark.len()].copy_from_slice(mark);
        }
        bytes
    }

    fn kind(marks: &[(usize, &[u8])]) -> &'static str {
        read(&volume(marks)[..]).unwrap().kind
    }

    #[test]
    fn ext_filesystems_differ_by_their_features() {
        let magic: (usize, &[u8]) = (1080, &[0x53, 0xef]);
        assert_eq!(kind(&[magic]), "ext2");
        assert_eq!(kind(&[magic, (1024 + 0x5c, &[4])]), "ext3");
        assert_eq!(kind(&[magic, (1024 + 0x5c, &[4]), (1024 + 0x60, &[0x42])]), "ext4");
        assert_eq!(kind(&[magic, (1024 + 0x64, &[0x08])]), "ext4");
    }

    #[test]
    fn marks_of_the_others() {
        assert_eq!(kind(&[]), "none");
        assert_eq!(kind(&[(0, b"XFSB")]), "xfs");
        assert_eq!(kind(&[(0, b"LUKS\xba\xbe\x00\x02")]), "luks");
        assert_eq!(kind(&[(4086, b"SWAPSPACE2")]), "swap");
        assert_eq!(kind(&[(0x1_0040, b"_BHRfS_M")]), "btrfs");
        assert_eq!(kind(&[(512, b"LABELONE"), (512 + 24, b"LVM2 001")]), "lvm");
        assert_eq!(kind(&[(0x8000, b"\x01CD001")]), "iso9660");
        assert_eq!(kind(&[(4096, &0xa92b_4efc_u32.to_le_bytes())]), "raid");
    }

    #[test]
    fn a_label_and_a_uuid() {
        let bytes = volume(&[(1080, &[0x53, 0xef]), (1024 + 0x68, &[0xab; 16]), (1024 + 0x78, b"SYSTEM")]);
        let found = read(&bytes[..]).unwrap();
        assert_eq!(found.label.as_deref(), Some("SYSTEM"));
        assert_eq!(found.uuid.as_deref(), Some("abababab-abab-abab-abab-abababababab"));
    }

    proptest! {
        /// Noise behind each known mark: nothing panics, loops or takes much memory.
        #[test]
        fn any_noise_is_read(seed in proptest::collection::vec(any::<u8>(), 2048), mark in 0_usize..7) {
            let mut bytes = volume(&[]);
            for chunk in bytes.chunks_mut(seed.len()) {
                let length = chunk.len();
                chunk.copy_from_slice(&seed[..length]);
            }
            let marks: [(usize, &[u8]); 7] = [
                (3, b"NTFS    "), (3, b"EXFAT   "), (510, &[0x55, 0xaa]), (1080, &[0x53, 0xef]),
                (0x1_0040, b"_BHRfS_M"), (4086, b"SWAPSPACE2"), (0x8000, b"\x01CD001"),
            ];
            let (at, mark) = marks[mark];
            bytes[at..at + mark.len()].copy_from_slice(mark);
            let _ = read(&bytes[..]);
        }

        /// A plausible boot sector with any numbers in it.
        #[test]
        fn any_boot_sector_is_read(numbers in proptest::collection::vec(any::<u8>(), 64), ntfs: bool) {
            let mut bytes = volume(&[(11, &numbers), (510, &[0x55, 0xaa])]);
            bytes[11..14].copy_from_slice(&[0, 2, 8]);
            if ntfs {
                bytes[3..11].copy_from_slice(b"NTFS    ");
                bytes[48..56].copy_from_slice(&[1, 0, 0, 0, 0, 0, 0, 0]);
                bytes[64] = 0xf6;
                bytes[4096 + 3072..4096 + 3072 + 64].copy_from_slice(&numbers);
                bytes[4096 + 3072..4096 + 3076].copy_from_slice(b"FILE");
            } else {
                bytes[16] = 2;
                bytes[21] = 0xf8;
            }
            let _ = read(&bytes[..]);
        }
    }
}
