//! Disks of the PC, from `/sys/block`: their model, size and the bus they are on.

use super::sys::Sys;
use super::{Fact, Field, Kind, shown};
use crate::msg;
use crate::probe::storage::mounts;

pub(super) const FIELDS: &[Field] = &[
    Field { name: "name", kind: Kind::Word, doc: "the kernel's name: sda, nvme0n1" },
    Field { name: "model", kind: Kind::Word, doc: "what the disk says it is" },
    Field { name: "size", kind: Kind::Size, doc: "its capacity" },
    Field { name: "bus", kind: Kind::Word, doc: "nvme, sata, usb, mmc, virtio or scsi, by its place in /sys/devices" },
    Field { name: "rotational", kind: Kind::Bool, doc: "whether it has platters; unknown for a virtual disk" },
    Field { name: "removable", kind: Kind::Bool, doc: "whether its medium is removable" },
];

/// A disk that is a thing, not a software's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Disk {
    name: String,
    model: Option<String>,
    size: u64,
    bus: &'static str,
    rotational: Option<bool>,
    removable: bool,
}

/// Every disk with a device behind it and a medium in it; optical and floppy drives are left out.
pub(super) fn all(sys: &Sys) -> Vec<Disk> {
    let names = sys.list("sys/block");
    names
        .iter()
        .filter(|name| !name.starts_with("sr") && !name.starts_with("fd"))
        .filter_map(|name| disk(sys, name))
        .collect()
}

fn disk(sys: &Sys, name: &str) -> Option<Disk> {
    let folder = format!("sys/block/{name}");
    let place = sys.resolve(&format!("{folder}/device"))?;
    let size = sys.number(&format!("{folder}/size"))?.saturating_mul(512);
    let bus = bus(&place);
    let flag = |file: &str| sys.number(&format!("{folder}/{file}")).map(|value| value == 1);
    (size > 0).then(|| Disk {
        name: name.to_owned(),
        model: sys.text(&format!("{folder}/device/model")),
        size,
        bus,
        rotational: flag("queue/rotational").filter(|_| bus != "virtio"),
        removable: flag("removable").unwrap_or(false),
    })
}

/// The bus, by the devices on the way to it: an enclosure on USB may hold anything.
fn bus(place: &str) -> &'static str {
    let on = |prefix: &str| {
        place.split('/').any(|part| {
            part.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
        })
    };
    [("usb", "usb"), ("nvme", "nvme"), ("ata", "sata"), ("mmc", "mmc"), ("virtio", "virtio")]
        .into_iter()
        .find(|(prefix, _)| on(prefix))
        .map_or("scsi", |(_, bus)| bus)
}

pub(super) fn fact(disk: &Disk) -> Fact {
    let virtual_disk = || msg!("probe-hardware-virtual-disk");
    Fact::record([
        ("name", disk.name.as_str().into()),
        ("model", shown(disk.model.clone(), || msg!("probe-hardware-not-shown"))),
        ("size", Fact::Size(disk.size)),
        ("bus", disk.bus.into()),
        ("rotational", shown(disk.rotational, virtual_disk)),
        ("removable", disk.removable.into()),
    ])
}

/// The disk that holds `/`; every field unknown where it can't be told (several disks in an array, a memory disk).
pub(super) fn system(sys: &Sys, disks: &[Disk]) -> Fact {
    let found = root(sys).and_then(|device| holder(sys, &device, 0));
    let found = found.and_then(|name| disks.iter().find(|disk| disk.name == name));
    found.map_or_else(|| Fact::Record(FIELDS.iter().map(|field| (field.name.to_owned(), unplaced())).collect()), fact)
}

fn unplaced() -> Fact {
    Fact::Unknown(msg!("probe-hardware-no-system-disk"))
}

/// The folder in `sys` of the device that holds `/`.
fn root(sys: &Sys) -> Option<String> {
    let mounts = mounts::mountinfo(&sys.text("proc/self/mountinfo")?);
    let root = mounts.iter().rfind(|mount| mount.target == "/")?;
    let by_number = format!("sys/dev/block/{}:{}", root.device.0, root.device.1);
    // btrfs has a number of its own: then the source's name.
    let by_name = || format!("sys/class/block/{}", root.source.rsplit('/').next().unwrap_or_default());
    sys.resolve(&by_number).or_else(|| sys.resolve(&by_name()))
}

/// The disk under a device: a partition's folder is in its disk's; LVM and encryption name what they stand on.
fn holder(sys: &Sys, folder: &str, depth: u8) -> Option<String> {
    let slaves = sys.list(&format!("{folder}/slaves"));
    match (slaves.as_slice(), depth) {
        ([one], ..8) => holder(sys, &sys.resolve(&format!("{folder}/slaves/{one}"))?, depth + 1),
        ([], _) => {
            let parts: Vec<&str> = folder.split('/').collect();
            let up = if sys.exists(&format!("{folder}/partition")) { 2 } else { 1 };
            parts.get(parts.len().checked_sub(up)?).map(|name| (*name).to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bus_is_where_the_disk_is() {
        for (place, expected) in [
            ("sys/devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0", "sata"),
            ("sys/devices/pci0000:00/0000:00:1d.0/0000:3c:00.0/nvme/nvme0", "nvme"),
            ("sys/devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host4/target4:0:0/4:0:0:0", "usb"),
            ("sys/devices/pci0000:00/0000:00:05.0/virtio2", "virtio"),
            ("sys/devices/pci0000:00/0000:00:1a.0/mmc_host/mmc0/mmc0:0001", "mmc"),
            ("sys/devices/pci0000:00/0000:00:10.0/host2/target2:0:0/2:0:0:0", "scsi"),
        ] {
            assert_eq!(bus(place), expected, "{place}");
        }
    }

    /// A PC with a disk, and `/` on an encrypted volume of its third partition.
    fn pc(folder: &std::path::Path) -> Sys {
        let sys = Sys::new(folder);
        let device = "sys/devices/pci0/ata1/host0/target0/0:0:0:0";
        sys.write(&format!("{device}/model"), b"Samsung SSD 860\n");
        sys.write(&format!("{device}/block/sda/size"), b"1000\n");
        sys.write(&format!("{device}/block/sda/queue/rotational"), b"0\n");
        sys.write(&format!("{device}/block/sda/sda3/partition"), b"3\n");
        sys.link(&format!("{device}/block/sda/device"), device);
        sys.link("sys/block/sda", &format!("{device}/block/sda"));
        let mapped = "sys/devices/virtual/block/dm-0";
        sys.link(&format!("{mapped}/slaves/sda3"), &format!("{device}/block/sda/sda3"));
        sys.link("sys/dev/block/253:0", mapped);
        sys.write("proc/self/mountinfo", b"22 1 253:0 / / rw - ext4 /dev/mapper/root rw\n");
        sys
    }

    #[test]
    fn the_system_disk_is_found_under_encryption() {
        let folder = tempfile::tempdir().unwrap();
        let sys = pc(folder.path());
        let disks = all(&sys);
        let Fact::Record(fields) = system(&sys, &disks) else { panic!() };
        assert_eq!((&fields["name"], &fields["bus"]), (&Fact::text("sda"), &Fact::text("sata")));
        assert_eq!((&fields["size"], &fields["rotational"]), (&Fact::Size(512_000), &Fact::Bool(false)));
        assert_eq!(fields["model"], Fact::text("Samsung SSD 860"));
    }

    #[test]
    fn a_memory_disk_is_no_disk() {
        let folder = tempfile::tempdir().unwrap();
        let sys = Sys::new(folder.path());
        sys.write("sys/block/zram0/size", b"1000\n");
        sys.write("proc/self/mountinfo", b"22 1 0:5 / / rw - overlay overlay rw\n");
        assert_eq!(all(&sys), []);
        let Fact::Record(fields) = system(&sys, &[]) else { panic!() };
        assert!(matches!(fields["bus"], Fact::Unknown(_)));
    }
}
