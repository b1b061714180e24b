//! The DMI table, as the firmware leaves it (DMTF DSP0134, System Management BIOS): its structures, read with care.

use crate::probe::storage::bytes::{le16, le32};

/// One memory slot (structure type 17, "Memory Device").
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    /// What is printed beside it.
    pub(super) locator: Option<String>,
    /// Bytes of the module in it: 0 where it is empty, none where the firmware doesn't know.
    pub(super) size: Option<u64>,
    /// `DDR4`…; none where the firmware doesn't say.
    pub(super) kind: Option<&'static str>,
    /// `DIMM`, `SODIMM`, `soldered`…
    pub(super) form: Option<&'static str>,
    /// Millions of transfers a second, as configured, else as rated.
    pub(super) speed: Option<u16>,
}

/// One structure: its type, handle, formatted part (with its header), strings.
struct Structure<'a> {
    kind: u8,
    handle: u16,
    body: &'a [u8],
    strings: Vec<&'a [u8]>,
}

const ARRAY: u8 = 16;
const DEVICE: u8 = 17;
const END: u8 = 127;

/// The slots of the system's memory: those of cache, video or flash memory are left out.
pub(super) fn slots(table: &[u8]) -> Vec<Slot> {
    const SYSTEM_MEMORY: u8 = 3;
    let structures = structures(table);
    let arrays: Vec<u16> = structures
        .iter()
        .filter(|found| found.kind == ARRAY && found.body.get(5) == Some(&SYSTEM_MEMORY))
        .map(|found| found.handle)
        .collect();
    let devices = structures.iter().filter(|found| found.kind == DEVICE);
    devices.filter(|found| le16(found.body, 4).is_some_and(|array| arrays.contains(&array))).filter_map(slot).collect()
}

fn structures(table: &[u8]) -> Vec<Structure<'_>> {
    let mut found = Vec::new();
    let mut rest = table;
    while let Some((structure, after)) = structure(rest) {
        let last = structure.kind == END;
        found.push(structure);
        if last {
            break;
        }
        rest = after;
    }
    found
}

/// The first structure and what follows it. Its strings end with an empty one.
fn structure(bytes: &[u8]) -> Option<(Structure<'_>, &[u8])> {
    let length = usize::from(*bytes.get(1)?);
    let body = bytes.get(..length).filter(|_| length >= 4)?;
    let text = bytes.get(length..)?;
    let end = text.windows(2).position(|pair| pair == [0, 0])?;
    let strings = if end == 0 { Vec::new() } else { text[..end].split(|byte| *byte == 0).collect() };
    let structure = Structure { kind: body[0], handle: le16(body, 2)?, body, strings };
    Some((structure, text.get(end + 2..)?))
}

fn slot(device: &Structure) -> Option<Slot> {
    let body = device.body;
    Some(Slot {
        locator: string(device, *body.get(0x10)?),
        size: size(body),
        kind: kind(*body.get(0x12)?),
        form: form(*body.get(0x0e)?),
        speed: [0x20, 0x15].into_iter().filter_map(|at| le16(body, at)).find(|speed| !matches!(speed, 0 | 0xffff)),
    })
}

/// None where the firmware doesn't know.
fn size(body: &[u8]) -> Option<u64> {
    Some(match le16(body, 0x0c)? {
        0xffff => return None,
        0x7fff => u64::from(le32(body, 0x1c)? & 0x7fff_ffff) << 20,
        kibibytes if kibibytes & 0x8000 != 0 => u64::from(kibibytes & 0x7fff) << 10,
        mebibytes => u64::from(mebibytes) << 20,
    })
}

fn string(structure: &Structure, number: u8) -> Option<String> {
    let bytes = structure.strings.get(usize::from(number.checked_sub(1)?))?;
    let text = String::from_utf8_lossy(bytes).trim().to_owned();
    (!text.is_empty()).then_some(text)
}

fn kind(byte: u8) -> Option<&'static str> {
    Some(match byte {
        0x0f => "SDRAM",
        0x12 => "DDR",
        0x13 => "DDR2",
        0x18 => "DDR3",
        0x1a => "DDR4",
        0x1b => "LPDDR",
        0x1c => "LPDDR2",
        0x1d => "LPDDR3",
        0x1e => "LPDDR4",
        0x22 => "DDR5",
        0x23 => "LPDDR5",
        _ => return None,
    })
}

fn form(byte: u8) -> Option<&'static str> {
    Some(match byte {
        0x03 => "SIMM",
        0x09 => "DIMM",
        0x0d => "SODIMM",
        0x05 | 0x0b => "soldered",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn array(handle: u8, usage: u8) -> Vec<u8> {
        let mut bytes = vec![0; 15];
        bytes[..6].copy_from_slice(&[16, 15, handle, 0, 3, usage]);
        bytes.extend([0, 0]);
        bytes
    }

    fn device(array: u8, mebibytes: u16, extended: u32, kind: u8) -> Vec<u8> {
        let mut bytes = vec![0; 0x22];
        bytes[..6].copy_from_slice(&[17, 0x22, 0, 9, array, 0]);
        bytes[0x0c..0x0e].copy_from_slice(&mebibytes.to_le_bytes());
        bytes[0x0e] = 0x0d;
        bytes[0x10] = 1;
        bytes[0x12] = kind;
        bytes[0x15..0x17].copy_from_slice(&3200_u16.to_le_bytes());
        bytes[0x1c..0x20].copy_from_slice(&extended.to_le_bytes());
        bytes[0x20..0x22].copy_from_slice(&2667_u16.to_le_bytes());
        bytes.extend(b"ChannelA-DIMM0\0Bank\0\0");
        bytes
    }

    fn end() -> Vec<u8> {
        vec![127, 4, 0xff, 0, 0, 0]
    }

    #[test]
    fn a_full_slot_and_an_empty_one() {
        let table = [array(1, 3), device(1, 8192, 0, 0x1a), device(1, 0, 0, 2), end()].concat();
        let slots = slots(&table);
        assert_eq!(slots.len(), 2);
        assert_eq!((slots[0].size, slots[0].kind, slots[0].form), (Some(8 << 30), Some("DDR4"), Some("SODIMM")));
        assert_eq!((slots[0].locator.as_deref(), slots[0].speed), (Some("ChannelA-DIMM0"), Some(2667)));
        assert_eq!((slots[1].size, slots[1].kind), (Some(0), None));
    }

    #[test]
    fn a_large_module_has_its_size_elsewhere() {
        let table = [array(1, 3), device(1, 0x7fff, 65_536, 0x22), end()].concat();
        assert_eq!(slots(&table)[0].size, Some(64 << 30));
    }

    #[test]
    fn flash_memory_is_no_slot() {
        let table = [array(1, 3), array(2, 5), device(2, 16, 0, 9), end()].concat();
        assert_eq!(slots(&table), []);
    }

    proptest! {
        #[test]
        fn any_table_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..512), cut in 0_usize..100) {
            let _ = slots(&bytes);
            let mut table = [array(1, 3), device(1, 0x7fff, u32::MAX, 0x22), end()].concat();
            table.truncate(cut);
            let _ = slots(&table);
        }
    }
}
