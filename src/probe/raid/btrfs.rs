//! Devices and profiles of a btrfs, from its superblock and its chunk tree (btrfs documentation, "On-disk format").

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::{Member, Role};
use crate::probe::storage::bytes::{Bytes, le16, le32, le64, text, uuid};

const PLACE: u64 = 0x1_0000;
/// Tree blocks read at most.
const MOST: usize = 512;
const CHUNK_ITEM: u8 = 228;

pub(super) fn read(volume: &(impl Bytes + ?Sized)) -> io::Result<Option<Member>> {
    let block = volume.at(PLACE, 4096)?;
    if block.get(0x40..0x48) != Some(b"_BHRfS_M") {
        return Ok(None);
    }
    let Some(found) = superblock(&block) else { return Ok(None) };
    let kinds = profiles(volume, &found)?;
    let name = |bit: u64| kinds.get(&bit).map(ToString::to_string);
    Ok(Some(Member {
        kind: "btrfs",
        uuid: found.uuid,
        label: found.label,
        // An empty filesystem may have no chunk for data yet: it gets the profile of the metadata.
        level: name(DATA).or_else(|| name(METADATA)),
        metadata_level: name(METADATA),
        devices: found.devices,
        role: Role::Active(found.own_number),
        events: found.generation,
        chunk: None,
    }))
}

struct Superblock {
    uuid: String,
    label: Option<String>,
    devices: u64,
    own_number: u64,
    generation: u64,
    chunk_root: u64,
    node: u64,
    system: Vec<Chunk>,
}

/// A range of addresses: what it holds and how, and where it is on this device.
#[derive(Debug, Clone, Copy)]
struct Chunk {
    logical: u64,
    length: u64,
    kind: u64,
    /// Of the stripe that this device holds.
    physical: Option<u64>,
}

const DATA: u64 = 1;
const METADATA: u64 = 4;

fn superblock(block: &[u8]) -> Option<Superblock> {
    let own_number = le64(block, 0xc9)?;
    let length = usize::try_from(le32(block, 0xa0)?).ok()?.min(2048);
    let array = block.get(0x32b..0x32b + length)?;
    let mut system = Vec::new();
    let mut at = 0;
    // A key of 17 bytes, then the chunk.
    while let Some((chunk, size)) = array.get(at..).and_then(|rest| chunk(rest.get(17..)?, le64(rest, 9)?, own_number))
    {
        system.push(chunk);
        at += 17 + size;
    }
    Some(Superblock {
        uuid: uuid(block, 0x20)?,
        label: text(block, 0x12b, 256),
        devices: le64(block, 0x88)?,
        own_number,
        generation: le64(block, 0x48)?,
        chunk_root: le64(block, 0x58)?,
        node: u64::from(le32(block, 0x94)?).clamp(4096, 65536),
        system,
    })
}

/// A chunk item and its size: 48 bytes, then 32 for each stripe.
fn chunk(bytes: &[u8], logical: u64, device: u64) -> Option<(Chunk, usize)> {
    let stripes = usize::from(le16(bytes, 44)?);
    let size = 48 + stripes * 32;
    bytes.get(..size)?;
    let physical = (0..stripes)
        .find(|stripe| le64(bytes, 48 + stripe * 32) == Some(device))
        .and_then(|stripe| le64(bytes, 48 + stripe * 32 + 8));
    Some((Chunk { logical, length: le64(bytes, 0)?, kind: le64(bytes, 24)?, physical }, size))
}

/// The profile of each kind of chunk, by walking the chunk tree. Where two profiles are left for one kind (a conversion
/// that did not end) the weaker counts.
fn profiles(volume: &(impl Bytes + ?Sized), found: &Superblock) -> io::Result<BTreeMap<u64, Profile>> {
    let mut kinds = BTreeMap::new();
    let mut queue = vec![found.chunk_root];
    // Damaged, a tree may lead back to itself, or everywhere.
    let mut known = BTreeSet::new();
    while let Some(logical) = queue.pop().filter(|_| known.len() < MOST) {
        let Some(place) = place(logical, &found.system).filter(|_| known.insert(logical)) else { continue };
        let node = volume.at(place, usize::try_from(found.node).unwrap_or(4096))?;
        if le64(&node, 0x30) != Some(logical) {
            continue;
        }
        let (Some(items), Some(level)) = (le32(&node, 0x60), node.get(0x64)) else { continue };
        for item in 0..items.min(4096) as usize {
            if *level > 0 {
                queue.extend(le64(&node, 0x65 + item * 33 + 17));
            } else if let Some(chunk) = leaf(&node, 0x65 + item * 25) {
                let profile = Profile::of(chunk.kind);
                for bit in [DATA, METADATA].into_iter().filter(|bit| chunk.kind & bit != 0) {
                    let slot = kinds.entry(bit).or_insert(profile);
                    *slot = (*slot).min(profile);
                }
            }
        }
    }
    Ok(kinds)
}

/// The chunk of one item of a leaf; none for an item of another kind.
fn leaf(node: &[u8], at: usize) -> Option<Chunk> {
    let place = 0x65 + usize::try_from(le32(node, at + 17)?).ok()?;
    let data = node.get(place..).filter(|_| node.get(at + 8) == Some(&CHUNK_ITEM))?;
    chunk(data, le64(node, at + 9)?, 0).map(|(chunk, _)| chunk)
}

/// Where an address of the system chunks is on this device.
fn place(logical: u64, system: &[Chunk]) -> Option<u64> {
    let chunk = system.iter().find(|chunk| logical >= chunk.logical && logical - chunk.logical < chunk.length)?;
    chunk.physical?.checked_add(logical - chunk.logical)
}

/// Profiles, the weaker first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Profile {
    Raid0,
    Single,
    Dup,
    Raid5,
    Raid6,
    Raid10,
    Raid1,
    Raid1c3,
    Raid1c4,
}

impl Profile {
    fn of(kind: u64) -> Self {
        const BITS: [(u32, Profile); 8] = [
            (3, Profile::Raid0),
            (4, Profile::Raid1),
            (5, Profile::Dup),
            (6, Profile::Raid10),
            (7, Profile::Raid5),
            (8, Profile::Raid6),
            (9, Profile::Raid1c3),
            (10, Profile::Raid1c4),
        ];
        BITS.into_iter().find(|(bit, _)| kind >> bit & 1 == 1).map_or(Self::Single, |(_, profile)| profile)
    }
}

impl std::fmt::Display for Profile {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", format!("{self:?}").to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn profiles_by_their_bits() {
        assert_eq!(Profile::of(1).to_string(), "single");
        assert_eq!(Profile::of(1 | 1 << 4).to_string(), "raid1");
        assert_eq!(Profile::of(4 | 1 << 9).to_string(), "raid1c3");
        assert!(Profile::Single < Profile::Raid1);
    }

    proptest! {
        #[test]
        fn any_superblock_is_read(noise in proptest::collection::vec(any::<u8>(), 0x400), node in proptest::collection::vec(any::<u8>(), 512)) {
            let mut disk = vec![0; 0x1_0000 + 0x4000];
            disk[0x1_0000..0x1_0000 + noise.len()].copy_from_slice(&noise);
            disk[0x1_0040..0x1_0048].copy_from_slice(b"_BHRfS_M");
            // One system chunk over the first bytes, the chunk tree at 0.
            disk[0x1_0058..0x1_0060].fill(0);
            disk[0x1_00a0..0x1_00a4].copy_from_slice(&97_u32.to_le_bytes());
            disk[0x1_00c9..0x1_00d1].fill(0);
            let chunk = 0x1_032b;
            disk[chunk..chunk + 97].fill(0);
            disk[chunk + 17 + 1] = 0x40;
            disk[chunk + 17 + 44] = 1;
            disk[..512].copy_from_slice(&node);
            disk[0x30..0x38].fill(0);
            let _ = read(&disk[..]);
        }
    }
}
