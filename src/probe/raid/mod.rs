//! An array of disks, told by what its members say of it: Linux md (md(4)) and btrfs. The members are read, not the kernel:
//! it is the disks that are set up again at the next start.

mod btrfs;
mod md;

use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::storage::bytes::{Bytes, Device};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, Watch, reason};
use crate::msg;

/// What a lab writes: `raid = { members = ["/dev/sdb", "/dev/sdc"] }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Absolute paths of the disks, partitions or images that should be its members.
    pub members: Vec<String>,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS)
    .paths(&["members"])
    .needs(&[Need::Root("for the devices")])
    .watches(&[Watch::Disks]);

const FIELDS: &[Field] = &[
    Field { name: "present", kind: Kind::Bool, doc: "whether one of them is a member of an array" },
    Field { name: "kind", kind: Kind::Word, doc: "md or btrfs" },
    Field {
        name: "level",
        kind: Kind::Word,
        doc: "raid0, raid1, raid4, raid5, raid6, raid10, linear, or single and dup of btrfs: of its data",
    },
    Field { name: "metadata-level", kind: Kind::Word, doc: "btrfs: the level of its metadata" },
    Field { name: "uuid", kind: Kind::Word, doc: "the array's UUID" },
    Field { name: "label", kind: Kind::Text, doc: "md: its name, without the host's; btrfs: its label" },
    Field { name: "devices", kind: Kind::Int, doc: "how many members it should have, spares left out" },
    Field {
        name: "working",
        kind: Kind::Int,
        doc: "how many of these are among `members`, up to date and with a role",
    },
    Field { name: "spares", kind: Kind::Int, doc: "md: spares among them" },
    Field { name: "degraded", kind: Kind::Bool, doc: "whether a member is missing, failed or out of date" },
    Field { name: "together", kind: Kind::Bool, doc: "whether all of `members` belong to one array" },
    Field { name: "chunk", kind: Kind::Size, doc: "md: the chunk size; none where the level has none" },
];

/// What one member says of the array and of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Member {
    kind: &'static str,
    uuid: String,
    label: Option<String>,
    /// None where this member alone does not tell.
    level: Option<String>,
    metadata_level: Option<String>,
    devices: u64,
    /// Which member it is.
    role: Role,
    /// Grows with each change of the array: a member left behind has less.
    events: u64,
    chunk: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Active(u64),
    Spare,
    Faulty,
}

pub(super) fn observe(args: &Args, _machine: &Machine) -> Observation {
    let source = msg!("probe-source-raid", members = args.members.join(", "));
    let mut members = Vec::new();
    for path in &args.members {
        match Device::open(path).and_then(|device| read(&device)) {
            Ok(member) => members.push(member),
            Err(error) if error.kind() == io::ErrorKind::NotFound => members.push(None),
            Err(error) => return Observation::unknown(reason(&error, path), source),
        }
    }
    Observation::seen(fact(&members), source)
}

fn read(volume: &(impl Bytes + ?Sized)) -> io::Result<Option<Member>> {
    match md::read(volume)? {
        Some(member) => Ok(Some(member)),
        None => btrfs::read(volume),
    }
}

fn fact(members: &[Option<Member>]) -> Fact {
    let Some(first) = members.iter().flatten().max_by_key(|member| member.events) else {
        return Fact::record([("present", false.into())]);
    };
    let of_array = || members.iter().flatten().filter(|member| member.uuid == first.uuid);
    // A member one change behind was only missed by a clean stop (md(4)).
    let fresh = |member: &&Member| member.events + 1 >= first.events;
    let roles: std::collections::BTreeSet<u64> = of_array()
        .filter(fresh)
        .filter_map(|member| match member.role {
            Role::Active(number) => Some(number),
            _ => None,
        })
        .collect();
    let level = of_array().find_map(|member| member.level.clone());
    let working = roles.len() as u64;
    Fact::record([
        ("present", true.into()),
        ("kind", first.kind.into()),
        ("level", level.map_or_else(|| Fact::Unknown(msg!("probe-raid-level")), Fact::from)),
        ("metadata-level", of_array().find_map(|member| member.metadata_level.clone()).into()),
        ("uuid", first.uuid.as_str().into()),
        ("label", first.label.clone().into()),
        ("devices", Fact::whole(first.devices)),
        ("working", Fact::whole(working)),
        ("spares", Fact::whole(of_array().filter(|member| member.role == Role::Spare).count())),
        ("degraded", (working < first.devices).into()),
        ("together", (of_array().count() == members.len()).into()),
        ("chunk", first.chunk.map_or(Fact::None, Fact::Size)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(role: Role, events: u64, uuid: &str) -> Member {
        Member {
            kind: "md",
            uuid: uuid.into(),
            label: None,
            level: Some("raid1".into()),
            metadata_level: None,
            devices: 2,
            role,
            events,
            chunk: None,
        }
    }

    fn degraded(members: &[Option<Member>]) -> (Fact, Fact) {
        match fact(members) {
            Fact::Record(fields) => (fields["degraded"].clone(), fields["together"].clone()),
            other => (other.clone(), other),
        }
    }

    #[test]
    fn a_whole_array_and_those_that_are_not() {
        let (a, b) = (member(Role::Active(0), 20, "u"), member(Role::Active(1), 19, "u"));
        assert_eq!(degraded(&[Some(a.clone()), Some(b)]), (false.into(), true.into()));
        assert_eq!(degraded(&[Some(a.clone()), None]).0, true.into());
        for other in [
            member(Role::Active(1), 10, "u"),
            member(Role::Spare, 20, "u"),
            member(Role::Faulty, 20, "u"),
            member(Role::Active(1), 20, "v"),
            member(Role::Active(0), 20, "u"),
        ] {
            assert_eq!(degraded(&[Some(a.clone()), Some(other.clone())]).0, true.into(), "{other:?}");
        }
        assert_eq!(degraded(&[Some(a), Some(member(Role::Active(1), 20, "v"))]).1, false.into());
    }
}
