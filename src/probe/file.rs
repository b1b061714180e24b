//! A file, a folder, a link: metadata by `lstat(2)`, content by reading. Nothing is executed.

use std::fs;
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::account::Accounts;
use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Watch, reason};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `file = { path = "/etc/hosts" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Absolute path in the machine. A link at its end is followed, except for `kind` and `target`.
    pub path: String,
}

/// More than this is not read for `content`: the field is then unknown (a log can grow without bound).
const CONTENT_LIMIT: u64 = 4 * 1024 * 1024;

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).paths(&["path"]).watches(&[Watch::Argument("path")]);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether the path leads to something" },
    Field {
        name: "kind",
        kind: Kind::Text,
        doc: "file, directory, link, fifo, socket, block or char (inode(7)); a link is not followed",
    },
    Field { name: "target", kind: Kind::Text, doc: "where a symbolic link points (readlink(2))" },
    Field { name: "size", kind: Kind::Size, doc: "length (st_size of inode(7))" },
    Field { name: "mode", kind: Kind::Mode, doc: "permission bits (chmod(1))" },
    Field { name: "owner", kind: Kind::Text, doc: "owner's name; the number where it has none" },
    Field { name: "group", kind: Kind::Text, doc: "group's name; the number where it has none" },
    Field { name: "uid", kind: Kind::Int, doc: "owner's number" },
    Field { name: "gid", kind: Kind::Int, doc: "group's number" },
    Field {
        name: "content",
        kind: Kind::Text,
        doc: "the whole text, up to 4 MiB; bytes that are no UTF-8 are replaced",
    },
    Field { name: "lines", kind: Kind::List(&Kind::Text), doc: "the lines of the text, without their ends" },
];

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-file", path = &args.path);
    let link = match fs::symlink_metadata(&args.path) {
        Ok(found) => found,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Observation::seen(Fact::record([("exists", false.into())]), source);
        }
        Err(error) => return Observation::unknown(reason(&error, &args.path), source),
    };
    let mut fields = std::collections::BTreeMap::new();
    let mut put = |name: &str, fact: Fact| fields.insert(name.to_owned(), fact);
    put("kind", kind(&link).into());
    let target = fs::read_link(&args.path).ok().map(|target| target.to_string_lossy().into_owned());
    put("target", target.into());
    match fs::metadata(&args.path) {
        Ok(found) => {
            put("exists", true.into());
            put("size", Fact::Size(found.len()));
            put("mode", Fact::Mode(found.mode() & 0o7777));
            let accounts = machine.once(Accounts::read);
            put("owner", name(accounts.user_name(found.uid(), machine), found.uid()));
            put("group", name(accounts.group_name(found.gid(), machine), found.gid()));
            put("uid", Fact::Int(found.uid().into()));
            put("gid", Fact::Int(found.gid().into()));
            if found.is_file() {
                let content = content(&args.path, found.len());
                put("lines", lines(&content));
                put("content", content);
            }
        }
        // A link to nowhere, or in a circle (ELOOP).
        Err(error) if error.kind() != ErrorKind::PermissionDenied => {
            put("exists", false.into());
        }
        Err(error) => return Observation::unknown(reason(&error, &args.path), source),
    }
    Observation::seen(Fact::Record(fields), source)
}

fn name(known: Result<Option<String>, Message>, number: u32) -> Fact {
    known.map_or_else(Fact::Unknown, |name| Fact::Text(name.unwrap_or_else(|| number.to_string())))
}

fn kind(metadata: &fs::Metadata) -> &'static str {
    let kind = metadata.file_type();
    if kind.is_symlink() {
        "link"
    } else if kind.is_dir() {
        "directory"
    } else if kind.is_fifo() {
        "fifo"
    } else if kind.is_socket() {
        "socket"
    } else if kind.is_block_device() {
        "block"
    } else if kind.is_char_device() {
        "char"
    } else {
        "file"
    }
}

fn content(path: &str, size: u64) -> Fact {
    if size > CONTENT_LIMIT {
        return Fact::Unknown(msg!("probe-too-large", subject = path));
    }
    let mut bytes = Vec::new();
    // Should a pipe have taken its place meanwhile, opening it must not wait for a writer.
    let open = || fs::OpenOptions::new().read(true).custom_flags(nonblocking()).open(path);
    match open().and_then(|file| file.take(CONTENT_LIMIT).read_to_end(&mut bytes)) {
        Ok(_) => Fact::Text(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) => Fact::Unknown(reason(&error, path)),
    }
}

fn nonblocking() -> i32 {
    rustix::fs::OFlags::NONBLOCK.bits().cast_signed()
}

fn lines(content: &Fact) -> Fact {
    match content {
        Fact::Text(text) => Fact::List(text.lines().map(Fact::from).collect()),
        other => other.clone(),
    }
}
