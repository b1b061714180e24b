//! How a configuration names a device: fstab(5)'s first field, and what it leads to.

use super::volume::{self, Volume};

/// A device as named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spec<'a> {
    /// `uuid`, `label`, `partuuid`, `partlabel`, `id`, `path`, `device`, or `other`.
    pub(crate) by: &'static str,
    value: &'a str,
}

/// Ways to name that survive a change of the disks' order: the tag of fstab(5), the folder that udev keeps.
const WAYS: [(&str, &str, &str); 6] = [
    ("uuid", "UUID=", "/dev/disk/by-uuid/"),
    ("label", "LABEL=", "/dev/disk/by-label/"),
    ("partuuid", "PARTUUID=", "/dev/disk/by-partuuid/"),
    ("partlabel", "PARTLABEL=", "/dev/disk/by-partlabel/"),
    ("id", "ID=", "/dev/disk/by-id/"),
    ("path", "PATH=", "/dev/disk/by-path/"),
];

impl<'a> Spec<'a> {
    pub(crate) fn parse(text: &'a str) -> Self {
        for (by, tag, folder) in WAYS {
            if let Some(value) = text.strip_prefix(tag).or_else(|| text.strip_prefix(folder)) {
                return Self { by, value };
            }
        }
        Self { by: if text.starts_with("/dev/") { "device" } else { "other" }, value: text }
    }

    /// The volume it leads to.
    pub(crate) fn resolve<'v>(&self, volumes: &'v [Volume]) -> Option<&'v Volume> {
        let named = |found: Option<&String>| found.is_some_and(|found| found == self.value);
        volumes.iter().find(|volume| match self.by {
            "uuid" => named(volume.superblock.uuid.as_ref()),
            "label" => named(volume.superblock.label.as_ref()),
            "partuuid" => named(volume.partition.as_ref().and_then(|partition| partition.uuid.as_ref())),
            "partlabel" => named(volume.partition.as_ref().and_then(|partition| partition.name.as_ref())),
            // Links that udev keeps.
            "id" => linked(volume, "/dev/disk/by-id/", self.value),
            "path" => linked(volume, "/dev/disk/by-path/", self.value),
            "device" => volume.number.is_some() && volume.number == volume::node(self.value),
            _ => false,
        })
    }
}

fn linked(volume: &Volume, folder: &str, value: &str) -> bool {
    volume.number.is_some() && volume.number == volume::node(&format!("{folder}{value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_a_device() {
        for (text, by, value) in [
            ("UUID=1234-ABCD", "uuid", "1234-ABCD"),
            ("/dev/disk/by-uuid/1234-ABCD", "uuid", "1234-ABCD"),
            ("LABEL=DATA", "label", "DATA"),
            ("PARTUUID=x", "partuuid", "x"),
            ("/dev/disk/by-partlabel/x", "partlabel", "x"),
            ("/dev/sdb2", "device", "/dev/sdb2"),
            ("tmpfs", "other", "tmpfs"),
            ("server:/export", "other", "server:/export"),
        ] {
            assert_eq!(Spec::parse(text), Spec { by, value }, "{text}");
        }
    }
}
