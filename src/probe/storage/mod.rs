//! Disks and what is on them, read from the devices: what the storage families share.

pub(crate) mod bytes;
mod fat;
mod kinds;
pub(crate) mod mounts;
mod ntfs;
pub(crate) mod spec;
pub(crate) mod superblock;
pub(crate) mod table;
pub(crate) mod volume;

#[cfg(test)]
pub(crate) mod image;

use superblock::Superblock;

use super::{Fact, Field, Kind};

/// A filesystem as an expectation sees it.
pub(crate) const FILESYSTEM: &[Field] = &[
    Field {
        name: "kind",
        kind: Kind::Word,
        doc: "ext2, ext3, ext4, xfs, btrfs, fat12, fat16, fat32, exfat, ntfs, swap, luks, lvm, raid, iso9660, or none; from the \
              superblock",
    },
    Field { name: "label", kind: Kind::Word, doc: "the volume's label, compared whatever its case; none: it has none" },
    Field {
        name: "label-exact",
        kind: Kind::Text,
        doc: "the label as written, for filesystems where its case counts (ext4, xfs, btrfs)",
    },
    Field {
        name: "uuid",
        kind: Kind::Word,
        doc: "as blkid(8) writes it: a UUID, or the serial number of FAT and NTFS",
    },
    Field { name: "size", kind: Kind::Size, doc: "what the filesystem spans, which may be less than its partition" },
];

pub(crate) fn filesystem(found: &Superblock) -> Fact {
    Fact::record([
        ("kind", found.kind.into()),
        ("label", found.label.clone().into()),
        ("label-exact", found.label.clone().into()),
        ("uuid", found.uuid.clone().into()),
        ("size", found.size.map_or(Fact::None, Fact::Size)),
    ])
}
