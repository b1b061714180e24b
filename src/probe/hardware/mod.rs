//! The PC itself: processor, memory and its slots, disks, graphics, network adapters, firmware.
//!
//! What a PC does not show (a virtual one without DMI tables, a user who may not read them) is *unknown*, with the
//! reason: a question about it can't be asked there.

mod cpu;
mod disk;
mod memory;
mod network;
mod pci;
mod smbios;
mod sys;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Observation};
use crate::i18n::Message;
use crate::msg;
use sys::Sys;

/// What a lab writes: `hardware = {}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS);

const FIELDS: &[Field] = &[
    Field { name: "product", kind: Kind::Record(PRODUCT), doc: "what its maker calls it (/sys/class/dmi/id)" },
    Field { name: "cpu", kind: Kind::Record(cpu::FIELDS), doc: "the processor" },
    Field { name: "memory", kind: Kind::Record(memory::FIELDS), doc: "memory and its slots" },
    Field { name: "system-disk", kind: Kind::Record(disk::FIELDS), doc: "the disk that holds /" },
    Field {
        name: "disks",
        kind: Kind::List(&Kind::Record(disk::FIELDS)),
        doc: "every disk, removable ones too (/sys/block)",
    },
    Field { name: "graphics", kind: Kind::Record(pci::FIELDS), doc: "the first display controller (PCI class 03)" },
    Field {
        name: "network",
        kind: Kind::Record(network::FIELDS),
        doc: "the adapter of the default route, else the only one that is no software's",
    },
    Field {
        name: "adapters",
        kind: Kind::List(&Kind::Record(network::FIELDS)),
        doc: "every network adapter that is no software's (/sys/class/net)",
    },
    Field { name: "firmware", kind: Kind::Record(FIRMWARE), doc: "what started the PC" },
    Field { name: "battery", kind: Kind::Bool, doc: "whether it has a battery (/sys/class/power_supply)" },
];

const PRODUCT: &[Field] = &[
    Field { name: "maker", kind: Kind::Word, doc: "sys_vendor" },
    Field { name: "model", kind: Kind::Word, doc: "product_name" },
];

const FIRMWARE: &[Field] = &[
    Field { name: "uefi", kind: Kind::Bool, doc: "whether it started by UEFI (/sys/firmware/efi) rather than by BIOS" },
    Field { name: "secure-boot", kind: Kind::Bool, doc: "whether Secure Boot is on (UEFI specification §3.3)" },
    Field { name: "version", kind: Kind::Word, doc: "bios_version of /sys/class/dmi/id" },
];

pub(super) fn observe(_args: &Args, _machine: &Machine) -> Observation {
    Observation::seen(fact(&Sys::new("/")), msg!("probe-source-hardware"))
}

fn fact(sys: &Sys) -> Fact {
    let disks = disk::all(sys);
    let adapters = network::all(sys);
    Fact::record([
        ("product", product(sys)),
        ("cpu", cpu::fact(sys)),
        ("memory", memory::fact(sys)),
        ("system-disk", disk::system(sys, &disks)),
        ("disks", Fact::List(disks.iter().map(disk::fact).collect())),
        ("graphics", pci::graphics(sys)),
        ("network", network::main(sys, &adapters)),
        ("adapters", Fact::List(adapters.iter().map(network::fact).collect())),
        ("firmware", firmware(sys)),
        ("battery", battery(sys).into()),
    ])
}

/// What a PC shows, or that it does not.
fn shown<T: Into<Fact>>(value: Option<T>, reason: impl FnOnce() -> Message) -> Fact {
    value.map_or_else(|| Fact::Unknown(reason()), Into::into)
}

fn no_dmi() -> Message {
    msg!("probe-hardware-no-dmi")
}

fn product(sys: &Sys) -> Fact {
    let read = |name: &str| shown(sys.text(&format!("sys/class/dmi/id/{name}")), no_dmi);
    Fact::record([("maker", read("sys_vendor")), ("model", read("product_name"))])
}

fn firmware(sys: &Sys) -> Fact {
    let uefi = sys.exists("sys/firmware/efi");
    // Without either sign, a hypervisor may have started the kernel without any firmware.
    let known = uefi || sys.exists("sys/firmware/dmi/tables");
    let secure = sys.bytes("sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c").ok();
    Fact::record([
        ("uefi", shown(known.then_some(uefi), || msg!("probe-hardware-no-firmware"))),
        // Four bytes of attributes, then the value.
        (
            "secure-boot",
            shown(secure.and_then(|bytes| bytes.get(4).map(|on| *on == 1)), || msg!("probe-hardware-no-secure-boot")),
        ),
        ("version", shown(sys.text("sys/class/dmi/id/bios_version"), no_dmi)),
    ])
}

/// A battery of the PC itself: those of mice and keyboards have the scope "Device".
fn battery(sys: &Sys) -> bool {
    sys.list("sys/class/power_supply").iter().any(|name| {
        let read = |file: &str| sys.text(&format!("sys/class/power_supply/{name}/{file}"));
        read("type").as_deref() == Some("Battery") && read("scope").as_deref() != Some("Device")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(fact: &Fact, path: &str) -> Fact {
        path.split('.').fold(fact.clone(), |fact, name| match fact {
            Fact::Record(fields) => fields[name].clone(),
            other => panic!("{name} of {other:?}"),
        })
    }

    #[test]
    fn a_pc_that_shows_nothing_is_unknown_and_never_wrong() {
        let folder = tempfile::tempdir().unwrap();
        let seen = fact(&Sys::new(folder.path()));
        for path in
            ["product.model", "cpu.model", "memory.slots", "graphics.vendor", "firmware.uefi", "firmware.version"]
        {
            assert!(matches!(field(&seen, path), Fact::Unknown(_)), "{path}");
        }
        for path in ["system-disk", "network"] {
            assert!(matches!(field(&seen, path), Fact::Record(_)), "{path} keeps its fields");
        }
        assert_eq!(field(&seen, "battery"), Fact::Bool(false));
    }

    #[test]
    fn a_laptop_started_by_uefi() {
        let folder = tempfile::tempdir().unwrap();
        let sys = Sys::new(folder.path());
        sys.write("sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c", &[6, 0, 0, 0, 1]);
        sys.write("sys/class/dmi/id/product_name", b"Latitude 5490\n");
        sys.write("sys/class/power_supply/BAT0/type", b"Battery\n");
        let seen = fact(&sys);
        assert_eq!(field(&seen, "firmware.uefi"), Fact::Bool(true));
        assert_eq!(field(&seen, "firmware.secure-boot"), Fact::Bool(true));
        assert_eq!(field(&seen, "product.model"), Fact::text("Latitude 5490"));
        assert_eq!(field(&seen, "battery"), Fact::Bool(true));
    }

    #[test]
    fn a_mouse_is_no_laptop() {
        let folder = tempfile::tempdir().unwrap();
        let sys = Sys::new(folder.path());
        sys.write("sys/class/power_supply/hidpp_battery_0/type", b"Battery\n");
        sys.write("sys/class/power_supply/hidpp_battery_0/scope", b"Device\n");
        assert!(!battery(&sys));
    }
}
