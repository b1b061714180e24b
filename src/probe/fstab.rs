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
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `fstab = { target = "/srv/data" }`. For swap space, see the family `swap`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The folder.
    pub target: String,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).paths(&["target"]).watches(&[
    Watch::Path("/etc/fstab"),
    Watch::Units,
    Watch::Disks,
]);

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
    Field {
        name: "comes-back",
        kind: Kind::Bool,
        doc: "whether it will be there after the next start: declared, not left out (noauto), and leading to a volume that \
              holds the kind written; unknown for what another machine serves",
    },
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
        return Observation::seen(Fact::record([("present", false.into()), ("comes-back", false.into())]), source);
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
    let led = lead(&spec, volumes);
    let [resolves, device, disk, held] = told(&led);
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
        ("comes-back", comes_back(entry, &spec, &led)),
        ("filesystem", held),
    ])
}

/// Kinds that need no device.
const OF_MEMORY: [&str; 8] = ["tmpfs", "ramfs", "proc", "sysfs", "devpts", "overlay", "debugfs", "hugetlbfs"];

fn comes_back(entry: &Entry, spec: &Spec, led: &Led) -> Fact {
    let by_itself = entry.automatic() || entry.options.iter().any(|option| option == "x-systemd.automount");
    if !by_itself {
        return false.into();
    }
    let is_bind = entry.options.iter().any(|option| matches!(option.as_str(), "bind" | "rbind"));
    match led {
        _ if OF_MEMORY.contains(&entry.kind.as_str()) => true.into(),
        _ if is_bind => Path::new(&entry.spec).exists().into(),
        _ if spec.by == "other" => Fact::Unknown(msg!("probe-fstab-remote", spec = &entry.spec)),
        Ok(volume) => volume.is_some_and(|volume| holds(volume.superblock.kind, &entry.kind)).into(),
        Err(reason) => Fact::Unknown(reason.clone()),
    }
}

/// Whether a volume of this kind can be mounted as what is written.
fn holds(kind: &str, written: &str) -> bool {
    written.split(',').any(|written| match written {
        "auto" => !matches!(kind, "none" | "swap" | "luks" | "lvm" | "raid"),
        // One driver for the three of them; each also by its own name.
        "ext4" => matches!(kind, "ext2" | "ext3" | "ext4"),
        "ext3" => matches!(kind, "ext2" | "ext3"),
        "vfat" | "msdos" => kind.starts_with("fat"),
        "ntfs" | "ntfs3" | "ntfs-3g" => kind == "ntfs",
        other => other == kind,
    })
}

/// The volume that a name leads to, if any; the error says why that can't be told.
type Led<'a> = Result<Option<&'a Volume>, Message>;

fn lead<'a>(spec: &Spec, volumes: &'a io::Result<Vec<Volume>>) -> Led<'a> {
    let volumes = volumes.as_ref().map_err(|error| reason(error, "/dev"))?;
    let found = spec.resolve(volumes);
    // What is within LUKS, LVM or an array is no partition: only its outside is read.
    let within = volumes.iter().find(|volume| matches!(volume.superblock.kind, "luks" | "lvm" | "raid"));
    match (found, within) {
        (None, Some(outside)) if spec.by != "other" => {
            Err(msg!("probe-fstab-within", device = &outside.path, kind = outside.superblock.kind))
        }
        _ => Ok(found),
    }
}

/// Where a name leads: whether to something, its node, its disk, what it holds.
fn told(led: &Led) -> [Fact; 4] {
    match led {
        Ok(Some(found)) => {
            [true.into(), found.path.as_str().into(), found.disk.as_str().into(), filesystem(&found.superblock)]
        }
        Ok(None) => [false.into(), Fact::None, Fact::None, Fact::None],
        Err(reason) => std::array::from_fn(|_| Fact::Unknown(reason.clone())),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::probe::storage::superblock::Superblock;

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

    #[test]
    fn what_has_no_device_comes_back_and_what_another_machine_serves_is_unknown() {
        let back = |line: &str, volumes: io::Result<Vec<Volume>>| {
            let Fact::Record(fields) = fact(&mounts::fstab(line).remove(0), "fstab", &volumes) else { panic!() };
            fields["comes-back"].clone()
        };
        assert_eq!(back("tmpfs /x tmpfs defaults", Ok(Vec::new())), Fact::Bool(true));
        assert_eq!(back("tmpfs /x tmpfs noauto", Ok(Vec::new())), Fact::Bool(false));
        assert_eq!(back("/etc /x none bind", Ok(Vec::new())), Fact::Bool(true));
        assert!(matches!(back("server:/export /x nfs defaults", Ok(Vec::new())), Fact::Unknown(_)));
    }

    #[test]
    fn a_name_that_may_be_within_an_encrypted_volume_is_unknown() {
        let outside = Volume {
            path: "/dev/sdb1".into(),
            number: None,
            disk: "sdb".into(),
            partition: None,
            superblock: Superblock { kind: "luks", ..Superblock::default() },
        };
        let entry = mounts::fstab("UUID=inside /x ext4 defaults").remove(0);
        let Fact::Record(fields) = fact(&entry, "fstab", &Ok(vec![outside])) else { panic!() };
        assert!(matches!((&fields["resolves"], &fields["comes-back"]), (Fact::Unknown(_), Fact::Unknown(_))));
    }

    #[test]
    fn a_kind_is_mounted_by_the_drivers_that_know_it() {
        for (kind, written) in
            [("ext3", "ext4"), ("fat32", "vfat"), ("ntfs", "ntfs-3g"), ("xfs", "ext4,xfs"), ("btrfs", "auto")]
        {
            assert!(holds(kind, written), "{kind} as {written}");
        }
        for (kind, written) in [("ext4", "ext3"), ("swap", "auto"), ("none", "auto"), ("ext4", "xfs"), ("luks", "ext4")]
        {
            assert!(!holds(kind, written), "{kind} as {written}");
        }
    }
}
