//! PCI devices (`/sys/bus/pci`, kernel, ABI/testing/sysfs-bus-pci) and their names, where the list of names is installed.

use super::sys::Sys;
use super::{Fact, Field, Kind, shown};
use crate::msg;

pub(super) const FIELDS: &[Field] = &[
    Field { name: "id", kind: Kind::Word, doc: "vendor and device, as 8086:5917" },
    Field { name: "vendor", kind: Kind::Word, doc: "who made it; from pci.ids where installed, else the usual ones" },
    Field { name: "name", kind: Kind::Word, doc: "the device's name in pci.ids, where installed" },
    Field { name: "driver", kind: Kind::Word, doc: "the kernel driver that holds it" },
];

/// Where distributions put the list (<https://pci-ids.ucw.cz>).
const NAMES: [&str; 3] = ["usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids", "usr/share/pci.ids"];

/// Makers of display controllers, real and virtual.
const VENDORS: &[(&str, &str)] = &[
    ("8086", "Intel"),
    ("10de", "NVIDIA"),
    ("1002", "AMD"),
    ("102b", "Matrox"),
    ("1a03", "ASPEED"),
    ("1234", "QEMU"),
    ("1b36", "Red Hat"),
    ("1af4", "Red Hat"),
    ("1013", "Cirrus Logic"),
    ("15ad", "VMware"),
    ("80ee", "VirtualBox"),
    ("1414", "Microsoft"),
];

/// The first display controller; every field unknown where the PC shows none.
pub(super) fn graphics(sys: &Sys) -> Fact {
    let devices = sys.list("sys/bus/pci/devices");
    let display = devices
        .iter()
        .map(|name| format!("sys/bus/pci/devices/{name}"))
        .find(|folder| sys.text(&format!("{folder}/class")).is_some_and(|class| class.starts_with("0x03")));
    let Some(folder) = display else {
        let none = Fact::Unknown(msg!("probe-hardware-no-graphics"));
        return Fact::Record(FIELDS.iter().map(|field| (field.name.to_owned(), none.clone())).collect());
    };
    let id = |file: &str| {
        let text = sys.text(&format!("{folder}/{file}"))?;
        text.strip_prefix("0x").map(str::to_owned)
    };
    let (vendor, device) = (id("vendor").unwrap_or_default(), id("device").unwrap_or_default());
    let names = NAMES.iter().find_map(|path| sys.text(path)).unwrap_or_default();
    Fact::record([
        ("id", format!("{vendor}:{device}").into()),
        ("vendor", shown(maker(&vendor, &names), || msg!("probe-hardware-no-name"))),
        ("name", shown(name(&vendor, &device, &names), || msg!("probe-hardware-no-name"))),
        ("driver", shown(sys.link_name(&format!("{folder}/driver")), || msg!("probe-hardware-no-driver"))),
    ])
}

/// The maker's usual name; the list's is often a company's former or full one.
fn maker(vendor: &str, names: &str) -> Option<String> {
    let usual = VENDORS.iter().find(|(id, _)| *id == vendor).map(|(_, name)| (*name).to_owned());
    usual.or_else(|| Some(after_id(names.lines().find(|line| line.starts_with(vendor))?, vendor)?.to_owned()))
}

/// A device's line is under its maker's, after one tab.
fn name(vendor: &str, device: &str, names: &str) -> Option<String> {
    if vendor.is_empty() || device.is_empty() {
        return None;
    }
    let mut lines = names.lines().skip_while(|line| after_id(line, vendor).is_none());
    lines.next()?;
    let mut of_maker = lines.take_while(|line| line.starts_with('\t') || line.starts_with('#') || line.is_empty());
    of_maker.find_map(|line| after_id(line.strip_prefix('\t')?, device)).map(str::to_owned)
}

fn after_id<'a>(line: &'a str, id: &str) -> Option<&'a str> {
    line.strip_prefix(id)?.strip_prefix("  ").filter(|_| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "# list\n1002  Advanced Micro Devices, Inc. [AMD/ATI]\n\t5917  Not this\n8086  Intel Corporation\n\t5916  HD Graphics 620\n\t5917  UHD Graphics 620\n\t\t1028 07a8  Latitude\n8087  Other\n";

    #[test]
    fn a_device_is_named_under_its_maker() {
        assert_eq!(name("8086", "5917", LIST).as_deref(), Some("UHD Graphics 620"));
        assert_eq!(name("8086", "ffff", LIST), None);
        assert_eq!(name("8087", "5917", LIST), None);
        assert_eq!(maker("8087", LIST).as_deref(), Some("Other"));
        assert_eq!(maker("8086", "").as_deref(), Some("Intel"));
        assert_eq!(maker("", LIST), None);
    }

    #[test]
    fn the_display_controller_and_its_driver() {
        let folder = tempfile::tempdir().unwrap();
        let sys = Sys::new(folder.path());
        sys.write("sys/bus/pci/devices/0000:00:00.0/class", b"0x060000\n");
        let card = "sys/bus/pci/devices/0000:00:02.0";
        for (file, text) in [("class", "0x030000\n"), ("vendor", "0x8086\n"), ("device", "0x5917\n")] {
            sys.write(&format!("{card}/{file}"), text.as_bytes());
        }
        sys.link(&format!("{card}/driver"), "sys/bus/pci/drivers/i915");
        let Fact::Record(fields) = graphics(&sys) else { panic!() };
        assert_eq!((&fields["id"], &fields["driver"]), (&Fact::text("8086:5917"), &Fact::text("i915")));
        assert_eq!(fields["vendor"], Fact::text("Intel"));
        assert!(matches!(fields["name"], Fact::Unknown(_)));
    }
}
