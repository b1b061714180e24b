//! FAT12, FAT16 and FAT32 (Microsoft, "FAT: General Overview of On-Disk Format").

use std::io;

use super::bytes::{Bytes, le16, le32};
use super::superblock::Superblock;

/// Where things are, from the boot sector; places and lengths in bytes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    kind: &'static str,
    size: u64,
    root: u64,
    root_length: usize,
    /// Where the serial number is; the label follows it.
    serial: usize,
}

/// The layout, if this is the boot sector of a FAT volume.
pub(crate) fn layout(sector: &[u8]) -> Option<Layout> {
    let bytes = u64::from(le16(sector, 11)?);
    let (per_cluster, copies) = (u64::from(*sector.get(13)?), u64::from(*sector.get(16)?));
    let reserved = u64::from(le16(sector, 14)?);
    let media = *sector.get(21)?;
    let sane = sector.get(510..512)? == [0x55, 0xaa]
        && matches!(bytes, 512 | 1024 | 2048 | 4096)
        && per_cluster.is_power_of_two()
        && reserved > 0
        && (1..=4).contains(&copies)
        && (media == 0xf0 || media >= 0xf8);
    if !sane {
        return None;
    }
    let roots = u64::from(le16(sector, 17)?);
    let (small, wide) = (u64::from(le16(sector, 22)?), u64::from(le32(sector, 36)?));
    let table = if small == 0 { wide } else { small };
    let total = match le16(sector, 19)? {
        0 => u64::from(le32(sector, 32)?),
        total => u64::from(total),
    };
    let root_sectors = (roots * 32).div_ceil(bytes);
    let first = reserved + copies * table + root_sectors;
    let clusters = total.checked_sub(first)? / per_cluster;
    if table == 0 || clusters == 0 {
        return None;
    }
    // As the kernel does: only FAT32 leaves the 16-bit length empty; the two others differ by their clusters.
    let kind = match (small, clusters) {
        (0, _) => "fat32",
        (_, ..4085) => "fat12",
        _ => "fat16",
    };
    let (root, root_length, serial) = if kind == "fat32" {
        let cluster = u64::from(le32(sector, 44)?).checked_sub(2)?;
        ((first + cluster * per_cluster) * bytes, per_cluster * bytes, 67)
    } else {
        ((first - root_sectors) * bytes, roots * 32, 39)
    };
    Some(Layout { kind, size: total * bytes, root, root_length: usize::try_from(root_length).ok()?, serial })
}

/// Reads the volume's identity. The label is the root folder's (what every system shows), else the boot sector's copy.
pub(super) fn read(volume: &(impl Bytes + ?Sized), head: &[u8]) -> io::Result<Option<Superblock>> {
    let Some(layout) = layout(head) else { return Ok(None) };
    let root = volume.at(layout.root, layout.root_length.min(1 << 20))?;
    let boot = head.get(layout.serial + 4..layout.serial + 15).and_then(name);
    let label = root_label(&root).or(boot).filter(|label| label != "NO NAME");
    let uuid = le32(head, layout.serial).map(|serial| format!("{:04X}-{:04X}", serial >> 16, serial & 0xffff));
    Ok(Some(Superblock { kind: layout.kind, label, uuid, size: Some(layout.size) }))
}

/// The entry of the root folder that holds the label: its attribute says "volume" and it is no part of a long name.
fn root_label(root: &[u8]) -> Option<String> {
    const VOLUME: u8 = 0x08;
    root.chunks_exact(32)
        .take_while(|entry| entry[0] != 0)
        .find(|entry| entry[0] != 0xe5 && entry[11] & 0x3f != 0x0f && entry[11] & VOLUME != 0)
        .and_then(|entry| name(&entry[..11]))
}

fn name(bytes: &[u8]) -> Option<String> {
    let name = String::from_utf8_lossy(bytes).trim_end_matches([' ', '\0']).to_owned();
    (!name.is_empty()).then_some(name)
}
