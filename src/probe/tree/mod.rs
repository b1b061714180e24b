//! A tree of folders and files: what is in it, how much, and whether it is the same as another.

mod compare;

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Instant;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::account::Accounts;
use super::walk::{self, Bounds, Entry};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, reason};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `tree = { path = "/srv/restored", same-as = "/srv/data" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Absolute path of the folder.
    pub path: String,
    /// Another folder that should hold the same: names, kinds, contents, targets of links.
    #[serde(default, rename = "same-as")]
    pub same_as: Option<String>,
    /// A file of sums that it should agree with, as sha256sum(1) writes them: paths are from the folder.
    #[serde(default)]
    pub manifest: Option<String>,
    /// Whether owners, groups, modes and times of change must be the same too.
    #[serde(default)]
    pub metadata: bool,
}

pub(super) const ABOUT: About =
    About::new(Cost::Active, FIELDS).paths(&["path"]).needs(&[Need::Root("for folders that others may not read")]);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether there is such a folder" },
    Field {
        name: "names",
        kind: Kind::List(&Kind::Text),
        doc: "the path of each entry from the folder, sorted by bytes; those that are no UTF-8 with U+FFFD in them",
    },
    Field { name: "count", kind: Kind::Int, doc: "how many entries there are, whatever their kind" },
    Field { name: "files", kind: Kind::Int, doc: "how many regular files" },
    Field { name: "folders", kind: Kind::Int, doc: "how many folders" },
    Field { name: "links", kind: Kind::Int, doc: "how many symbolic links (never followed)" },
    Field { name: "size", kind: Kind::Size, doc: "the lengths of the regular files together (st_size)" },
    Field {
        name: "allocated",
        kind: Kind::Size,
        doc: "what they take on the disk, hard links once (st_blocks, as du(1))",
    },
    Field { name: "newest", kind: Kind::Time, doc: "the last change of a content in it (st_mtime)" },
    Field { name: "owners", kind: Kind::List(&Kind::Text), doc: "whose entries are in it, each name once" },
    Field {
        name: "same",
        kind: Kind::Bool,
        doc: "whether it is the same as `same-as` or agrees with `manifest`; entries too many or too few count",
    },
    Field {
        name: "differences",
        kind: Kind::List(&Kind::Text),
        doc: "up to 20 paths that differ: + only here, - missing here, ≠ not the same",
    },
];

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-tree", path = &args.path);
    match look(args, machine) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn look(args: &Args, machine: &Machine) -> Result<Fact, Message> {
    let root = Path::new(&args.path);
    match fs::metadata(root) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Ok(Fact::record([("exists", false.into())])),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Fact::record([("exists", false.into())]));
        }
        Err(error) => return Err(reason(&error, &args.path)),
    }
    // A little less than the probe has, to say so itself.
    let bounds = Bounds { one_filesystem: false, deadline: Instant::now() + machine.timeout() };
    let entries = walk::walk(root, bounds)?;
    let differences = compare::differences(args, &entries, bounds);
    let (same, differences) = match differences {
        Ok(None) => (Fact::None, Fact::None),
        Ok(Some(found)) => (found.is_empty().into(), Fact::texts(found)),
        Err(reason) => (Fact::Unknown(reason.clone()), Fact::Unknown(reason)),
    };
    let count = |wanted: fn(&Entry) -> bool| Fact::whole(entries.iter().filter(|entry| wanted(entry)).count());
    let files = || entries.iter().filter(|entry| entry.metadata.is_file());
    Ok(Fact::record([
        ("exists", true.into()),
        ("names", Fact::texts(entries.iter().map(|entry| entry.path.to_string_lossy()))),
        ("count", Fact::whole(entries.len())),
        ("files", count(|entry| entry.metadata.is_file())),
        ("folders", count(|entry| entry.metadata.is_dir())),
        ("links", count(|entry| entry.metadata.is_symlink())),
        ("size", Fact::Size(files().map(|entry| entry.metadata.len()).sum())),
        ("allocated", Fact::Size(allocated(&entries))),
        ("newest", entries.iter().map(|entry| entry.metadata.mtime()).max().map_or(Fact::None, Fact::Time)),
        ("owners", owners(&entries, machine)),
        ("same", same),
        ("differences", differences),
    ]))
}

/// Hard links of one file are counted once.
fn allocated(entries: &[Entry]) -> u64 {
    let mut seen = std::collections::HashSet::new();
    let once = entries.iter().filter(|entry| seen.insert((entry.metadata.dev(), entry.metadata.ino())));
    once.map(|entry| entry.metadata.blocks().saturating_mul(512)).sum()
}

fn owners(entries: &[Entry], machine: &Machine) -> Fact {
    let uids: std::collections::BTreeSet<u32> = entries.iter().map(|entry| entry.metadata.uid()).collect();
    let accounts = machine.once(Accounts::read);
    let name = |uid: u32| match accounts.user_name(uid, machine) {
        Ok(name) => Fact::Text(name.unwrap_or_else(|| uid.to_string())),
        Err(reason) => Fact::Unknown(reason),
    };
    Fact::List(uids.into_iter().map(name).collect())
}
