//! Superblocks of Linux md: version 1 (at 0, at 4 KiB or near the end) and 0.90 (near the end); kernel,
//! `include/uapi/linux/raid/md_p.h`.

use std::io;

use super::{Member, Role};
use crate::probe::storage::bytes::{Bytes, le16, le32, le64, text, uuid};

const MAGIC: u32 = 0xa92b_4efc;

pub(super) fn read(volume: &(impl Bytes + ?Sized)) -> io::Result<Option<Member>> {
    let size = volume.size();
    // 1.0 is at least 8 KiB from the end, on a multiple of 4 KiB.
    let last = (size / 512).checked_sub(16).map(|sectors| (sectors & !7) * 512);
    for place in [Some(4096), Some(0), last].into_iter().flatten() {
        let block = volume.at(place, 4096)?;
        // It says itself where it is: another one's data is not taken for it.
        let here = le64(&block, 144).and_then(|sector| sector.checked_mul(512)) == Some(place);
        if le32(&block, 0) == Some(MAGIC) && le32(&block, 4) == Some(1) && here {
            return Ok(one(&block));
        }
    }
    // 0.90 is in the last whole 64 KiB but one.
    let Some(place) = (size & !0xffff).checked_sub(0x1_0000) else { return Ok(None) };
    let block = volume.at(place, 4096)?;
    if le32(&block, 0) == Some(MAGIC) && le32(&block, 4) == Some(0) {
        return Ok(zero(&block));
    }
    Ok(None)
}

fn one(block: &[u8]) -> Option<Member> {
    let number = usize::try_from(le32(block, 160)?).ok()?;
    let role = match le16(block, 256 + number.checked_mul(2)?)? {
        0xffff => Role::Spare,
        0xfffe => Role::Faulty,
        role => Role::Active(role.into()),
    };
    let chunk = u64::from(le32(block, 88)?) * 512;
    let name = text(block, 32, 32);
    Some(Member {
        kind: "md",
        uuid: uuid(block, 16)?,
        label: name.map(|name| name.split_once(':').map_or(name.clone(), |(_, name)| name.to_owned())),
        level: Some(level(le32(block, 72)?.cast_signed())),
        metadata_level: None,
        devices: le32(block, 92)?.into(),
        role,
        events: le64(block, 200)?,
        chunk: (chunk > 0).then_some(chunk),
    })
}

/// Numbers of 32 bits; the member's own descriptor is the last (from word 992): number, major, minor, role, state.
fn zero(block: &[u8]) -> Option<Member> {
    let word = |index: usize| le32(block, index * 4);
    let state = word(992 + 4)?;
    // `MD_DISK_FAULTY`, `MD_DISK_ACTIVE`.
    let role = match (state & 1 != 0, state & 2 != 0) {
        (true, _) => Role::Faulty,
        (_, true) => Role::Active(word(992 + 3)?.into()),
        _ => Role::Spare,
    };
    let parts = [word(5)?, word(13)?, word(14)?, word(15)?];
    let bytes: Vec<u8> = parts.iter().flat_map(|part| part.to_be_bytes()).collect();
    let chunk = u64::from(word(64 + 1)?);
    Some(Member {
        kind: "md",
        uuid: uuid(&bytes, 0)?,
        label: None,
        level: Some(level(word(7)?.cast_signed())),
        metadata_level: None,
        devices: word(10)?.into(),
        role,
        // Low word first on the machines that Linux runs on here.
        events: u64::from(word(32 + 8)?) << 32 | u64::from(word(32 + 7)?),
        chunk: (chunk > 0).then_some(chunk),
    })
}

fn level(number: i32) -> String {
    match number {
        -1 => "linear".to_owned(),
        number => format!("raid{number}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn member() -> Vec<u8> {
        let mut disk = vec![0; 1 << 20];
        let block = &mut disk[4096..8192];
        block[..4].copy_from_slice(&MAGIC.to_le_bytes());
        block[4] = 1;
        block[16..32].fill(0xab);
        block[32..39].copy_from_slice(b"poste:0");
        block[72] = 5;
        block[88..92].copy_from_slice(&1024_u32.to_le_bytes());
        block[92] = 3;
        block[144] = 8;
        block[160] = 1;
        block[200] = 17;
        block[258] = 2;
        disk
    }

    #[test]
    fn a_member_of_version_1_2() {
        let member = read(&member()[..]).unwrap().unwrap();
        assert_eq!((member.level.as_deref(), member.devices, member.role), (Some("raid5"), 3, Role::Active(2)));
        assert_eq!((member.label.as_deref(), member.chunk, member.events), (Some("0"), Some(512 * 1024), 17));
    }

    #[test]
    fn a_copy_elsewhere_is_none() {
        let disk = member();
        assert_eq!(read(&disk[4096..]).unwrap(), None);
    }

    proptest! {
        #[test]
        fn any_superblock_is_read(noise in proptest::collection::vec(any::<u8>(), 0..300), version in 0_u8..2) {
            let mut disk = member();
            for (slot, byte) in disk[4104..].iter_mut().zip(&noise) {
                *slot = *byte;
            }
            let _ = read(&disk[..]);
            let end = disk.len() - 0x1_0000;
            disk[end..end + 4].copy_from_slice(&MAGIC.to_le_bytes());
            disk[end + 4] = version;
            disk[4096] = 0;
            let _ = read(&disk[..]);
        }
    }
}
