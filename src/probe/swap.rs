//! Swap space of a disk: in use now, and at the next start.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::storage::mounts;
use super::storage::spec::Spec;
use super::storage::volume::{self, Volume, Volumes};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, Watch, fstab, reason};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `swap = { disk = "sdb" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The disk's name (`sdb`) or path (`/dev/sdb`).
    pub disk: String,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).needs(&[Need::Root("to read disks")]).watches(&[
    Watch::Path("/etc/fstab"),
    Watch::Disks,
    Watch::Swaps,
]);

const FIELDS: &[Field] = &[
    Field { name: "active", kind: Kind::Bool, doc: "whether swap space of this disk is in use (/proc/swaps, proc(5))" },
    Field { name: "size", kind: Kind::Size, doc: "how much of it is in use as swap space" },
    Field {
        name: "persistent",
        kind: Kind::Bool,
        doc: "whether fstab(5) turns swap space of this disk on at the start",
    },
    Field { name: "spec", kind: Kind::Text, doc: "the first field of that line" },
    Field {
        name: "by",
        kind: Kind::Word,
        doc: "how the line names it: uuid, label, partuuid, partlabel, id, path, device (/dev/sdb4)",
    },
    Field {
        name: "stray",
        kind: Kind::List(&Kind::Text),
        doc: "swap lines of fstab(5) that lead to no volume of this machine",
    },
];

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let disk = args.disk.strip_prefix("/dev/").unwrap_or(&args.disk);
    let source = msg!("probe-source-swap", disk = disk);
    match look(disk, &machine.once(Volumes::read)) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn look(disk: &str, volumes: &Volumes) -> Result<Fact, Message> {
    let swaps = fs::read_to_string("/proc/swaps").map_err(|error| reason(&error, "/proc/swaps"))?;
    let lines = fstab::lines().map_err(|error| reason(&error, "/etc/fstab"))?;
    let volumes = volumes.0.as_ref().map_err(|error| reason(error, "/dev"))?;
    let active: Vec<u64> = mounts::swaps(&swaps)
        .into_iter()
        .filter(|(path, _)| volumes.iter().any(|volume| volume.disk == disk && in_use(volume, path)))
        .map(|(_, kibibytes)| kibibytes.saturating_mul(1024))
        .collect();
    let (mut found, mut stray) = (None, Vec::new());
    for entry in lines.iter().filter(|entry| entry.kind == "swap" && entry.automatic()) {
        let spec = Spec::parse(&entry.spec);
        match spec.resolve(volumes) {
            Some(volume) if volume.disk == disk => found = Some((entry.spec.clone(), spec.by)),
            None if spec.by != "other" => stray.push(Fact::from(entry.spec.as_str())),
            _ => {}
        }
    }
    Ok(Fact::record([
        ("active", (!active.is_empty()).into()),
        ("size", Fact::Size(active.iter().sum())),
        ("persistent", found.is_some().into()),
        ("by", found.as_ref().map(|(_, by)| *by).into()),
        ("spec", found.map(|(spec, _)| spec).into()),
        ("stray", Fact::List(stray)),
    ]))
}

/// Whether a line of `/proc/swaps` means this volume. The file shows the swap space of the whole kernel, under the
/// names its owners used: another machine's `/dev/sdb4` looks like this one's. So the kernel is asked too: what is in
/// use as swap space can't be opened for oneself (`O_EXCL` on a block device, open(2)).
fn in_use(volume: &Volume, path: &str) -> bool {
    let named = volume.number.is_some() && volume::node(path) == volume.number;
    named && volume.superblock.kind == "swap" && busy(&volume.path)
}

fn busy(path: &str) -> bool {
    let exclusive = i32::try_from(rustix::fs::OFlags::EXCL.bits()).unwrap_or(0);
    let opened = OpenOptions::new().read(true).custom_flags(exclusive).open(path);
    matches!(opened, Err(error) if error.raw_os_error() == Some(rustix::io::Errno::BUSY.raw_os_error()))
}
