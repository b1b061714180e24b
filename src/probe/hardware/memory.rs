//! Memory: what the system may use (`/proc/meminfo`), and the slots (DMI table, root only).

use std::io::ErrorKind;

use super::smbios::{self, Slot};
use super::sys::Sys;
use super::{Fact, Field, Kind, no_dmi, shown};
use crate::i18n::Message;
use crate::msg;

pub(super) const FIELDS: &[Field] = &[
    Field { name: "usable", kind: Kind::Size, doc: "MemTotal of /proc/meminfo: what firmware and kernel leave" },
    Field { name: "installed", kind: Kind::Size, doc: "the modules together (SMBIOS type 17)" },
    Field { name: "slots", kind: Kind::Int, doc: "slots for system memory (SMBIOS types 16 and 17)" },
    Field { name: "slots-used", kind: Kind::Int, doc: "slots with a module in them" },
    Field { name: "slots-free", kind: Kind::Int, doc: "slots without one" },
    Field { name: "type", kind: Kind::Word, doc: "DDR4, LPDDR5…, of the first module" },
    Field { name: "form", kind: Kind::Word, doc: "DIMM, SODIMM, soldered…, of the first module" },
    Field { name: "speed", kind: Kind::Int, doc: "MT/s as configured, of the first module" },
];

/// Where the kernel shows the table, to root only.
const TABLE: &str = "sys/firmware/dmi/tables/DMI";

pub(super) fn fact(sys: &Sys) -> Fact {
    let usable = sys.text("proc/meminfo").and_then(|text| total(&text));
    let usable = usable.map_or_else(|| Fact::Unknown(msg!("probe-hardware-not-shown")), Fact::Size);
    let (slots, reason) = match sys.bytes(TABLE) {
        Ok(table) => (smbios::slots(&table), no_dmi()),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => (Vec::new(), msg!("probe-hardware-need-root")),
        Err(_) => (Vec::new(), no_dmi()),
    };
    record(usable, &slots, &reason)
}

fn record(usable: Fact, slots: &[Slot], reason: &Message) -> Fact {
    let missing = || reason.clone();
    let silent = || msg!("probe-hardware-not-shown");
    // One slot that the firmware knows nothing of, and no sum or count is sure.
    let sizes: Option<Vec<u64>> = slots.iter().map(|slot| slot.size).collect();
    let sizes = sizes.filter(|sizes| !sizes.is_empty());
    let count = |wanted: fn(&u64) -> bool| {
        let found = sizes.as_ref().map(|sizes| sizes.iter().filter(|size| wanted(size)).count());
        shown(found.and_then(|count| i64::try_from(count).ok()), missing)
    };
    let module = slots.iter().find(|slot| slot.size.is_some_and(|size| size > 0));
    let of_module = |fact: Option<Fact>| match module {
        Some(_) => shown(fact, silent),
        None => Fact::Unknown(missing()),
    };
    Fact::record([
        ("usable", usable),
        ("installed", shown(sizes.as_ref().map(|sizes| Fact::Size(sizes.iter().sum())), missing)),
        ("slots", count(|_| true)),
        ("slots-used", count(|size| *size > 0)),
        ("slots-free", count(|size| *size == 0)),
        ("type", of_module(module.and_then(|slot| slot.kind).map(Fact::from))),
        ("form", of_module(module.and_then(|slot| slot.form).map(Fact::from))),
        ("speed", of_module(module.and_then(|slot| slot.speed).map(|speed| Fact::Int(speed.into())))),
    ])
}

fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_ascii_whitespace().next()?.parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slot(size: Option<u64>) -> Slot {
        Slot { locator: None, size, kind: Some("DDR4"), form: None, speed: Some(2667) }
    }

    #[test]
    fn slots_are_counted() {
        let slots = [slot(Some(8 << 30)), slot(Some(0))];
        let Fact::Record(fields) = record(Fact::Size(1), &slots, &no_dmi()) else { panic!() };
        assert_eq!(fields["installed"], Fact::Size(8 << 30));
        assert_eq!((&fields["slots"], &fields["slots-free"]), (&Fact::Int(2), &Fact::Int(1)));
        assert_eq!(fields["type"], Fact::text("DDR4"));
        assert!(matches!(fields["form"], Fact::Unknown(_)));
    }

    #[test]
    fn one_unknown_slot_makes_the_counts_unknown() {
        let Fact::Record(fields) = record(Fact::Size(1), &[slot(Some(1)), slot(None)], &no_dmi()) else { panic!() };
        assert!(matches!(fields["installed"], Fact::Unknown(_)));
        assert!(matches!(fields["slots-free"], Fact::Unknown(_)));
    }

    #[test]
    fn the_total_is_read() {
        assert_eq!(total("MemTotal:       16000000 kB\nMemFree: 1 kB\n"), Some(16_384_000_000));
        assert_eq!(total("MemTotal: lots\n"), None);
    }
}
