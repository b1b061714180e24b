//! What will be mounted on a folder at the next start: `/etc/fstab`, and the mount units that are enabled.

use std::fs;
use std::io;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::storage::mounts::{self, Entry};
use super::storage::spec::Spec;
use super::storage::volume::{Volume, Volumes};
use super::storage::{FILESYSTEM, filesystem};
use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Watch, reason};
use crate::msg;

/// What a lab writes: `fstab = { target = "/srv/data" }`. For swap space, see the family `swap`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The folder.
    pub target: String,
}

pub(super) const ABOUT: About =
    About::new(Cost::Local, FIELDS).watches(&[Watch::Path("/etc/fstab"), Watch::Units, Watch::Disks]);

const FIELDS: &[Field] = &[
    Field { name: "present", kind: Kind::Bool, doc: "whether a line or an enabled unit mounts something there" },
    Field { name: "declared", kind: Kind::Word, doc: "fstab (fstab(5)) or unit (systemd.mount(5))" },
    Field { name: "spec", kind: Kind::Text, doc: "the device as named, first field of fstab(5) or What=" },
    Field {
        name: "by",
        kind: Kind::Word,
        doc: "how it is named: uuid, label, partuuid, partlabel, id, path, device (/dev/sdb2), other",
    },
    Field { name: "kind", kind: Kind::Word, doc: "the kind of filesystem as written" },
    Field { name: "options", kind: Kind::List(&Kind::Text), doc: "the options as written" },
    Field { name: "automatic", kind: Kind::Bool, doc: "whether it is mounted at the start without being asked" },
    Field { name: "resolves", kind: Kind::Bool, doc: "whether the name leads to a volume of this machine" },
    Field { name: "device", kind: Kind::Text, doc: "the node it leads to" },
    Field { name: "disk", kind: Kind::Text, doc: "the disk it leads to" },
    Field { name: "filesystem", kind: Kind::Record(FILESYSTEM), doc: "what that volume holds" },
];

/// Where an administrator's units are.
const UNITS: &str = "/etc/systemd/system";

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-fstab", target = &args.target);
    let lines = match lines() {
        Ok(lines) => lines,
        Err(error) => return Observation::unknown(reason(&error, "/etc/fstab"), source),
    };
    let target = match args.target.trim_end_matches('/') {
        "" => "/",
        short => short,
    };
    let of_fstab = lines.into_iter().rfind(|entry| entry.target == target).map(|entry| (entry, "fstab"));
    // A unit in /etc comes before the one that systemd makes of a line.
    let Some((entry, declared)) = unit(Path::new(UNITS), target).map(|entry| (entry, "unit")).or(of_fstab) else {
        return Observation::seen(Fact::record([("present", false.into())]), source);
    };
    Observation::seen(fact(&entry, declared, &machine.once(Volumes::read).0), source)
}

/// The lines of `/etc/fstab`; a machine without the file has none.
pub(super) fn lines() -> io::Result<Vec<Entry>> {
    match fs::read_to_string("/etc/fstab") {
        Ok(text) => Ok(mounts::fstab(&text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The enabled unit for a folder: enabled is linked from some `*.wants` or `*.requires` (systemctl(1), "enable").
fn unit(folder: &Path, target: &str) -> Option<Entry> {
    let units = || fs::read_dir(folder).into_iter().flatten().flatten();
    let wanted = |name: &str| {
        units().map(|entry| entry.path()).any(|path| {
            path.extension().is_some_and(|end| end == "wants" || end == "requires")
                && fs::symlink_metadata(path.join(name)).is_ok()
        })
    };
    units()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|end| end == "mount") && wanted(name))
        .filter_map(|name| mounts::mount_unit(&fs::read_to_string(folder.join(name)).ok()?))
        .find(|entry| entry.target == target)
}

fn fact(entry: &Entry, declared: &str, volumes: &io::Result<Vec<Volume>>) -> Fact {
    let spec = Spec::parse(&entry.spec);
    let [resolves, device, disk, held] = leads_to(&spec, volumes);
    Fact::record([
        ("present", true.into()),
        ("declared", declared.into()),
        ("spec", entry.spec.as_str().into()),
        ("by", spec.by.into()),
        ("kind", entry.kind.as_str().into()),
        ("options", Fact::List(entry.options.iter().map(|option| option.as_str().into()).collect())),
        ("automatic", entry.automatic().into()),
        ("resolves", resolves),
        ("device", device),
        ("disk", disk),
        ("filesystem", held),
    ])
}

/// Where a name leads: whether to something, its node, its disk, what it holds.
fn leads_to(spec: &Spec, volumes: &io::Result<Vec<Volume>>) -> [Fact; 4] {
    match volumes {
        Ok(volumes) => match spec.resolve(volumes) {
            Some(found) => {
                [true.into(), found.path.as_str().into(), found.disk.as_str().into(), filesystem(&found.superblock)]
            }
            None => [false.into(), Fact::None, Fact::None, Fact::None],
        },
        Err(error) => std::array::from_fn(|_| Fact::Unknown(reason(error, "/dev"))),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_unit_counts_once_it_is_enabled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::write(path.join("srv-data.mount"), "[Mount]\nWhat=UUID=1\nWhere=/srv/data\n").unwrap();
        assert_eq!(unit(path, "/srv/data"), None);
        fs::create_dir(path.join("multi-user.target.wants")).unwrap();
        symlink(path.join("srv-data.mount"), path.join("multi-user.target.wants/srv-data.mount")).unwrap();
        assert_eq!(unit(path, "/srv/data").unwrap().spec, "UUID=1");
        assert_eq!(unit(path, "/srv"), None);
    }

    #[test]
    fn a_name_that_leads_nowhere_is_said() {
        let entry = mounts::fstab("UUID=none /x ext4 defaults").remove(0);
        let Fact::Record(fields) = fact(&entry, "fstab", &Ok(Vec::new())) else { panic!() };
        assert_eq!(fields["resolves"], Fact::Bool(false));
        assert_eq!(fields["by"], Fact::text("uuid"));
    }

    #[test]
    fn without_the_right_to_read_disks_nothing_is_said_of_them() {
        let entry = mounts::fstab("UUID=none /x ext4 defaults").remove(0);
        let denied = Err(io::Error::from(io::ErrorKind::PermissionDenied));
        let Fact::Record(fields) = fact(&entry, "fstab", &denied) else { panic!() };
        assert!(matches!(fields["resolves"], Fact::Unknown(_)));
        assert_eq!(fields["present"], Fact::Bool(true));
    }
}
