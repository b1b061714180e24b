//! What is mounted on a folder now.

use std::fs;
use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::storage::mounts::{self, Mount};
use super::storage::volume::{self, Volume, Volumes};
use super::storage::{FILESYSTEM, filesystem};
use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Watch, reason};
use crate::msg;

/// What a lab writes: `mount = { target = "/srv/data" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The folder.
    pub target: String,
}

pub(super) const ABOUT: About =
    About::new(Cost::Local, FIELDS).paths(&["target"]).watches(&[Watch::Mounts, Watch::Disks]);

const FIELDS: &[Field] = &[
    Field { name: "mounted", kind: Kind::Bool, doc: "whether something is mounted there (proc_pid_mountinfo(5))" },
    Field {
        name: "kind",
        kind: Kind::Word,
        doc: "the kind of filesystem as the kernel names it: ext4; fuseblk for ntfs-3g (see filesystem.kind)",
    },
    Field { name: "source", kind: Kind::Text, doc: "the source as the kernel writes it" },
    Field { name: "device", kind: Kind::Text, doc: "the machine's node of that device, as /dev/sdb2" },
    Field { name: "disk", kind: Kind::Text, doc: "the disk it is on, as sdb; none where it is on none" },
    Field { name: "options", kind: Kind::List(&Kind::Text), doc: "options of the mount and of the superblock" },
    Field { name: "writable", kind: Kind::Bool, doc: "whether neither the mount nor the superblock is read-only" },
    Field { name: "filesystem", kind: Kind::Record(FILESYSTEM), doc: "what the device holds, by its superblock" },
];

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-mount", target = &args.target);
    let mounts = machine.once(Mounts::read);
    let mounts = match &mounts.0 {
        Ok(mounts) => mounts,
        Err(error) => return Observation::unknown(reason(error, "/proc/1/mountinfo"), source),
    };
    let target = match args.target.trim_end_matches('/') {
        "" => "/",
        short => short,
    };
    // The last one covers the others.
    match mounts.iter().rfind(|mount| mount.target == target) {
        Some(mount) => Observation::seen(fact(mount, machine), source),
        None => Observation::seen(Fact::record([("mounted", false.into())]), source),
    }
}

/// The machine's mounts.
struct Mounts(io::Result<Vec<Mount>>);

impl Mounts {
    fn read(machine: &Machine) -> Self {
        Self(fs::read_to_string(machine.proc().join("mountinfo")).map(|text| mounts::mountinfo(&text)))
    }
}

fn fact(mount: &Mount, machine: &Machine) -> Fact {
    let [device, disk, held] = if mount.has_device() { device(mount, machine) } else { [const { Fact::None }; 3] };
    Fact::record([
        ("mounted", true.into()),
        ("kind", mount.kind.as_str().into()),
        ("source", mount.source.as_str().into()),
        ("device", device),
        ("disk", disk),
        ("options", Fact::List(mount.options.iter().map(|option| option.as_str().into()).collect())),
        ("writable", mount.writable.into()),
        ("filesystem", held),
    ])
}

/// The node, the disk and what the device behind a mount holds.
fn device(mount: &Mount, machine: &Machine) -> [Fact; 3] {
    match &machine.once(Volumes::read).0 {
        Ok(volumes) => match behind(mount, volumes) {
            Some(found) => [found.path.as_str().into(), found.disk.as_str().into(), filesystem(&found.superblock)],
            None => [const { Fact::None }; 3],
        },
        Err(error) => std::array::from_fn(|_| Fact::Unknown(reason(error, "/dev"))),
    }
}

/// The volume a mount shows: by its device number, else (btrfs has one of its own) by the source's node.
fn behind<'v>(mount: &Mount, volumes: &'v [Volume]) -> Option<&'v Volume> {
    let number = rustix::fs::makedev(mount.device.0, mount.device.1);
    let by = |number: u64| volumes.iter().find(|volume| volume.number == Some(number));
    by(number).or_else(|| volume::node(&mount.source).and_then(by))
}
