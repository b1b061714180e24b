//! The partitions of a disk, each with what it holds. Read from the device itself.

use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::storage::table::{Table, TableKind};
use super::storage::volume::{self, Volume};
use super::storage::{FILESYSTEM, filesystem};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, Watch, reason};
use crate::msg;

/// What a lab writes: `partition = { disk = "sdb" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The disk's name (`sdb`), its path (`/dev/sdb`), or the path of a disk's image.
    pub disk: String,
}

const PARTITION: &[Field] = &[
    Field { name: "number", kind: Kind::Int, doc: "its number in the table: 2 for /dev/sdb2" },
    Field { name: "device", kind: Kind::Text, doc: "the node that leads to it" },
    Field { name: "start", kind: Kind::Size, doc: "where it begins" },
    Field { name: "size", kind: Kind::Size, doc: "its length" },
    Field {
        name: "type",
        kind: Kind::Word,
        doc: "efi, linux, linux-root, linux-home, linux-swap, linux-lvm, linux-raid, linux-luks, \
              microsoft-basic-data, microsoft-reserved, windows-recovery, bios-boot, fat12, fat16, fat32, extended, or \
              other; the same word in GPT and DOS tables",
    },
    Field { name: "type-id", kind: Kind::Word, doc: "the type as written: a GUID, or 0x83" },
    Field { name: "name", kind: Kind::Text, doc: "GPT's own name of the partition (PARTLABEL); not a label" },
    Field { name: "uuid", kind: Kind::Word, doc: "PARTUUID" },
    Field {
        name: "flags",
        kind: Kind::List(&Kind::Word),
        doc: "GPT attributes required, no-block-io, legacy-boot; DOS: active",
    },
    Field { name: "aligned", kind: Kind::Bool, doc: "whether it begins on a multiple of 1 MiB" },
    Field { name: "filesystem", kind: Kind::Record(FILESYSTEM), doc: "what it holds (see the family filesystem)" },
];

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS)
    .needs(&[Need::Root("to read disks")])
    .watches(&[Watch::Disks, Watch::Argument("disk")]);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether the machine has this disk" },
    Field {
        name: "table",
        kind: Kind::Word,
        doc: "gpt (UEFI specification §5), dos (MBR), or none; read from the disk's first and last sectors",
    },
    Field { name: "uuid", kind: Kind::Word, doc: "the disk's GUID (GPT) or signature (DOS)" },
    Field { name: "backup", kind: Kind::Bool, doc: "GPT: whether both copies of the table are whole and agree" },
    Field {
        name: "hybrid",
        kind: Kind::Bool,
        doc: "GPT: whether its boot record lists partitions too, so that old systems see another table than new ones",
    },
    Field {
        name: "in-order",
        kind: Kind::Bool,
        doc: "whether the numbers of the partitions grow with their places on the disk",
    },
    Field { name: "unallocated", kind: Kind::Size, doc: "room in no partition, in gaps of 1 MiB or more" },
    Field { name: "count", kind: Kind::Int, doc: "how many partitions there are" },
    Field {
        name: "partitions",
        kind: Kind::List(&Kind::Record(PARTITION)),
        doc: "the partitions in the order of their places, whatever their numbers",
    },
];

pub(super) fn observe(args: &Args, _machine: &Machine) -> Observation {
    let path = if args.disk.starts_with('/') { args.disk.clone() } else { format!("/dev/{}", args.disk) };
    let source = msg!("probe-source-partition", disk = path.strip_prefix("/dev/").unwrap_or(&path));
    match volume::of_disk(&path) {
        Ok((table, volumes)) => Observation::seen(fact(&table, &volumes), source),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Observation::seen(Fact::record([("exists", false.into())]), source)
        }
        Err(error) => Observation::unknown(reason(&error, &path), source),
    }
}

fn fact(table: &Table, volumes: &[Volume]) -> Fact {
    let kind = match table.kind {
        TableKind::Gpt => "gpt",
        TableKind::Dos => "dos",
        TableKind::None => "none",
    };
    let count = i64::try_from(table.partitions.len()).unwrap_or(i64::MAX);
    Fact::record([
        ("exists", true.into()),
        ("table", kind.into()),
        ("uuid", table.uuid.clone().into()),
        ("backup", table.backup.into()),
        ("hybrid", table.hybrid.into()),
        ("in-order", table.partitions.is_sorted_by_key(|partition| partition.number).into()),
        ("unallocated", Fact::Size(table.unallocated)),
        ("count", count.into()),
        ("partitions", Fact::List(volumes.iter().filter_map(partition).collect())),
    ])
}

fn partition(volume: &Volume) -> Option<Fact> {
    let partition = volume.partition.as_ref()?;
    Some(Fact::record([
        ("number", i64::from(partition.number).into()),
        ("device", volume.path.as_str().into()),
        ("start", Fact::Size(partition.start)),
        ("size", Fact::Size(partition.size)),
        ("type", partition.kind.into()),
        ("type-id", partition.type_id.as_str().into()),
        ("name", partition.name.clone().into()),
        ("uuid", partition.uuid.clone().into()),
        ("flags", Fact::List(partition.flags.iter().map(|flag| Fact::from(*flag)).collect())),
        ("aligned", partition.aligned().into()),
        ("filesystem", filesystem(&volume.superblock)),
    ]))
}
