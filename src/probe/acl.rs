//! Access control lists, and what a user may do by them: the lists are read as the kernel keeps them, in the extended
//! attributes `system.posix_acl_access` and `system.posix_acl_default` (acl(5); kernel, `linux/posix_acl_xattr.h`).

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::account::Accounts;
use super::storage::bytes::{le16, le32};
use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Watch, reason, xattr};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `acl = { path = "/srv/compta", user = "amartin" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Absolute path; a link at its end is followed.
    pub path: String,
    /// An account whose rights are computed: owner, groups, list and mask together, and the way through the folders above.
    #[serde(default)]
    pub user: Option<String>,
}

const ENTRY: &[Field] = &[
    Field { name: "tag", kind: Kind::Word, doc: "owner, user, group-owner, group, mask or other (acl(5))" },
    Field { name: "name", kind: Kind::Text, doc: "the user or group named; the number where it has no name" },
    Field { name: "rights", kind: Kind::Word, doc: "as written: rwx, r-x…" },
    Field { name: "effective", kind: Kind::Word, doc: "what the mask leaves of them" },
];

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).paths(&["path"]).watches(&[Watch::Argument("path")]);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether the path leads to something" },
    Field { name: "extended", kind: Kind::Bool, doc: "whether it has a list beyond the permission bits" },
    Field {
        name: "entries",
        kind: Kind::List(&Kind::Record(ENTRY)),
        doc: "the list; without one, the permission bits",
    },
    Field {
        name: "default",
        kind: Kind::List(&Kind::Record(ENTRY)),
        doc: "what new entries of the folder inherit; empty without one",
    },
    Field { name: "readable", kind: Kind::Bool, doc: "whether `user` may read it" },
    Field { name: "writable", kind: Kind::Bool, doc: "whether `user` may write to it" },
    Field { name: "executable", kind: Kind::Bool, doc: "whether `user` may run it, or enter the folder" },
];

const READ: u16 = 4;
const WRITE: u16 = 2;
const EXECUTE: u16 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    Owner,
    User(u32),
    GroupOwner,
    Group(u32),
    Mask,
    Other,
}

/// One entry of a list: whom it is about and the bits `rwx`.
type Ace = (Tag, u16);

/// Somebody who asks for access.
struct Person {
    uid: u32,
    groups: Vec<u32>,
}

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-acl", path = &args.path);
    match look(args, machine) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn look(args: &Args, machine: &Machine) -> Result<Fact, Message> {
    let path = Path::new(&args.path);
    let list = match access_list(path) {
        Ok(list) => list,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Fact::record([("exists", false.into())]));
        }
        Err(error) => return Err(reason(&error, &args.path)),
    };
    let default = read(path, "system.posix_acl_default").map_err(|error| reason(&error, &args.path))?;
    let rights = args.user.as_ref().map(|user| person(user, machine).and_then(|person| rights(path, &person)));
    let right = |wanted: u16| match &rights {
        None => Fact::None,
        Some(Ok(bits)) => (bits & wanted == wanted).into(),
        Some(Err(reason)) => Fact::Unknown(reason.clone()),
    };
    Ok(Fact::record([
        ("exists", true.into()),
        ("extended", list.iter().any(|(tag, _)| matches!(tag, Tag::User(_) | Tag::Group(_) | Tag::Mask)).into()),
        ("entries", said(&list, machine)),
        ("default", said(&default.unwrap_or_default(), machine)),
        ("readable", right(READ)),
        ("writable", right(WRITE)),
        ("executable", right(EXECUTE)),
    ]))
}

/// The list of a path; without one, its permission bits as a list.
fn access_list(path: &Path) -> io::Result<Vec<Ace>> {
    let metadata = fs::metadata(path)?;
    Ok(read(path, "system.posix_acl_access")?.unwrap_or_else(|| from_mode(metadata.mode())))
}

fn from_mode(mode: u32) -> Vec<Ace> {
    let bits = |shift: u32| u16::try_from(mode >> shift & 7).unwrap_or(0);
    vec![(Tag::Owner, bits(6)), (Tag::GroupOwner, bits(3)), (Tag::Other, bits(0))]
}

/// The list of one attribute; none where there is none, or the filesystem knows of none.
fn read(path: &Path, attribute: &str) -> io::Result<Option<Vec<Ace>>> {
    let Some(bytes) = xattr::value(path, attribute)? else { return Ok(None) };
    parse(&bytes).map(Some).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// Version 2, then eight bytes an entry: tag, bits, number.
fn parse(bytes: &[u8]) -> Option<Vec<Ace>> {
    let entries = bytes.get(4..).filter(|rest| le32(bytes, 0) == Some(2) && rest.len().is_multiple_of(8))?;
    let entry = |entry: &[u8]| {
        let number = le32(entry, 4)?;
        let tag = match le16(entry, 0)? {
            0x01 => Tag::Owner,
            0x02 => Tag::User(number),
            0x04 => Tag::GroupOwner,
            0x08 => Tag::Group(number),
            0x10 => Tag::Mask,
            0x20 => Tag::Other,
            _ => return None,
        };
        Some((tag, le16(entry, 2)? & 7))
    };
    entries.chunks_exact(8).map(entry).collect()
}

fn mask(list: &[Ace]) -> u16 {
    list.iter().find(|(tag, _)| *tag == Tag::Mask).map_or(7, |(_, bits)| *bits)
}

fn effective(list: &[Ace], (tag, bits): Ace) -> u16 {
    match tag {
        Tag::User(_) | Tag::GroupOwner | Tag::Group(_) => bits & mask(list),
        Tag::Owner | Tag::Mask | Tag::Other => bits,
    }
}

/// What the list grants (acl(5), "Access check algorithm"). Root reads and writes all, and runs what anybody may run.
fn granted(list: &[Ace], owner: u32, group: u32, person: &Person, folder: bool) -> u16 {
    if person.uid == 0 {
        let runs = folder || list.iter().any(|ace| ace.0 != Tag::Mask && ace.1 & EXECUTE != 0);
        return READ | WRITE | if runs { EXECUTE } else { 0 };
    }
    let bits = |wanted: Tag| list.iter().find(|(tag, _)| *tag == wanted).map(|ace| effective(list, *ace));
    if person.uid == owner {
        return bits(Tag::Owner).unwrap_or(0);
    }
    if let Some(found) = bits(Tag::User(person.uid)) {
        return found;
    }
    let of_groups: Vec<u16> = list
        .iter()
        .filter(|(tag, _)| match tag {
            Tag::GroupOwner => person.groups.contains(&group),
            Tag::Group(number) => person.groups.contains(number),
            _ => false,
        })
        .map(|ace| effective(list, *ace))
        .collect();
    match of_groups.as_slice() {
        [] => bits(Tag::Other).unwrap_or(0),
        several => several.iter().fold(0, |all, bits| all | bits),
    }
}

/// What a person may do with a path: nothing where a folder on the way stops them.
fn rights(path: &Path, person: &Person) -> Result<u16, Message> {
    let wrong = |error: io::Error, path: &Path| reason(&error, &path.to_string_lossy());
    let real: PathBuf = fs::canonicalize(path).map_err(|error| wrong(error, path))?;
    let of = |path: &Path| {
        let metadata = fs::metadata(path).map_err(|error| wrong(error, path))?;
        let list = access_list(path).map_err(|error| wrong(error, path))?;
        Ok(granted(&list, metadata.uid(), metadata.gid(), person, metadata.is_dir()))
    };
    for folder in real.ancestors().skip(1) {
        if of(folder)? & EXECUTE == 0 {
            return Ok(0);
        }
    }
    of(&real)
}

fn person(name: &str, machine: &Machine) -> Result<Person, Message> {
    let accounts = machine.once(Accounts::read);
    let missing = || msg!("probe-no-account", user = name);
    let (user, groups) = if let Some(user) = accounts.user(name)? {
        (user.clone(), accounts.groups_of(user)?)
    } else {
        let user = accounts.domain_user(name, machine)?.ok_or_else(missing)?;
        let groups = Accounts::domain_groups_of(&user.name, machine)?;
        (user, groups)
    };
    let mut numbers = vec![user.gid];
    for group in groups {
        let known = match accounts.group(&group)? {
            Some(found) => Some(found.gid),
            None => accounts.domain_group(&group, machine)?.map(|found| found.gid),
        };
        numbers.extend(known);
    }
    Ok(Person { uid: user.uid, groups: numbers })
}

fn said(list: &[Ace], machine: &Machine) -> Fact {
    let accounts = machine.once(Accounts::read);
    let name = |known: Result<Option<String>, Message>, number: u32| match known {
        Ok(name) => Fact::Text(name.unwrap_or_else(|| number.to_string())),
        Err(reason) => Fact::Unknown(reason),
    };
    let entry = |ace: &Ace| {
        let (tag, name) = match ace.0 {
            Tag::Owner => ("owner", Fact::None),
            Tag::User(uid) => ("user", name(accounts.user_name(uid, machine), uid)),
            Tag::GroupOwner => ("group-owner", Fact::None),
            Tag::Group(gid) => ("group", name(accounts.group_name(gid, machine), gid)),
            Tag::Mask => ("mask", Fact::None),
            Tag::Other => ("other", Fact::None),
        };
        Fact::record([
            ("tag", tag.into()),
            ("name", name),
            ("rights", letters(ace.1).into()),
            ("effective", letters(effective(list, *ace)).into()),
        ])
    };
    Fact::List(list.iter().map(entry).collect())
}

fn letters(bits: u16) -> String {
    [(READ, 'r'), (WRITE, 'w'), (EXECUTE, 'x')]
        .into_iter()
        .map(|(bit, letter)| if bits & bit == 0 { '-' } else { letter })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Owner 10 rwx, user 20 rwx, group 30 r-x, group 40 rw-, mask r-x, other ---.
    const LIST: [Ace; 6] = [
        (Tag::Owner, 7),
        (Tag::User(20), 7),
        (Tag::GroupOwner, 5),
        (Tag::Group(40), 6),
        (Tag::Mask, 5),
        (Tag::Other, 0),
    ];

    fn may(uid: u32, groups: &[u32]) -> String {
        letters(granted(&LIST, 10, 30, &Person { uid, groups: groups.to_vec() }, false))
    }

    #[test]
    fn the_mask_cuts_all_but_the_owner_and_the_others() {
        assert_eq!(may(10, &[]), "rwx");
        assert_eq!(may(20, &[]), "r-x");
        assert_eq!(may(50, &[30]), "r-x");
        assert_eq!(may(50, &[40]), "r--");
        assert_eq!(may(50, &[30, 40]), "r-x");
        assert_eq!(may(50, &[60]), "---");
        assert_eq!(may(0, &[]), "rwx");
    }

    #[test]
    fn the_owner_without_a_right_is_not_helped_by_a_group() {
        let list = from_mode(0o077);
        assert_eq!(granted(&list, 10, 30, &Person { uid: 10, groups: vec![30] }, false), 0);
        assert_eq!(granted(&from_mode(0o600), 10, 30, &Person { uid: 0, groups: vec![] }, false), READ | WRITE);
    }

    #[test]
    fn as_the_kernel_keeps_it() {
        let mut bytes = vec![2, 0, 0, 0];
        bytes.extend([1, 0, 7, 0, 255, 255, 255, 255]);
        bytes.extend([2, 0, 6, 0, 20, 0, 0, 0]);
        assert_eq!(parse(&bytes).unwrap(), [(Tag::Owner, 7), (Tag::User(20), 6)]);
        assert_eq!(parse(&bytes[..10]), None);
        assert_eq!(parse(&[1, 0, 0, 0]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = parse(&bytes);
        }
    }
}
