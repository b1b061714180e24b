//! Extended attributes (xattr(7)) and the flags of chattr(1).

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::{IFlags, OFlags};
use rustix::io::Errno;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Watch, reason};
use crate::msg;

/// What a lab writes: `xattr = { path = "/etc/resolv.conf" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Absolute path; a link at its end is followed.
    pub path: String,
    /// An attribute whose value is wanted: `user.comment`.
    #[serde(default)]
    pub name: Option<String>,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).paths(&["path"]).watches(&[Watch::Argument("path")]);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether the path leads to something" },
    Field {
        name: "names",
        kind: Kind::List(&Kind::Text),
        doc: "its attributes (listxattr(2)); those of trusted.* are shown to root only",
    },
    Field { name: "value", kind: Kind::Text, doc: "the value of `name`; bytes that are no UTF-8 are replaced" },
    Field {
        name: "flags",
        kind: Kind::List(&Kind::Word),
        doc: "immutable, append-only, no-dump, no-atime, compressed, no-cow, sync, undelete (chattr(1)); \
              unknown where the filesystem has none",
    },
];

/// Attributes are no larger than this (`XATTR_SIZE_MAX`, `XATTR_LIST_MAX`: xattr(7)).
const LARGEST: usize = 64 * 1024;

const FLAGS: [(IFlags, &str); 8] = [
    (IFlags::IMMUTABLE, "immutable"),
    (IFlags::APPEND, "append-only"),
    (IFlags::NODUMP, "no-dump"),
    (IFlags::NOATIME, "no-atime"),
    (IFlags::COMPRESSED, "compressed"),
    (IFlags::NOCOW, "no-cow"),
    (IFlags::SYNC, "sync"),
    (IFlags::UNRM, "undelete"),
];

pub(super) fn observe(args: &Args, _machine: &Machine) -> Observation {
    let source = msg!("probe-source-xattr", path = &args.path);
    let path = Path::new(&args.path);
    match fs::metadata(path).and_then(|_| Ok((names(path)?, args.name.as_deref().map(|name| value(path, name))))) {
        Ok((names, asked)) => {
            let value = match asked {
                None | Some(Ok(None)) => Fact::None,
                Some(Ok(Some(bytes))) => Fact::Text(String::from_utf8_lossy(&bytes).into_owned()),
                Some(Err(error)) => Fact::Unknown(reason(&error, &args.path)),
            };
            let fields =
                [("exists", true.into()), ("names", Fact::texts(names)), ("value", value), ("flags", flags(path))];
            Observation::seen(Fact::record(fields), source)
        }
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Observation::seen(Fact::record([("exists", false.into())]), source)
        }
        Err(error) => Observation::unknown(reason(&error, &args.path), source),
    }
}

/// The value of one attribute; none where there is none, or the filesystem knows of none.
pub(super) fn value(path: &Path, name: &str) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![0; LARGEST];
    match rustix::fs::getxattr(path, name, &mut bytes[..]) {
        Ok(length) => {
            bytes.truncate(length);
            Ok(Some(bytes))
        }
        Err(Errno::NODATA | Errno::OPNOTSUPP) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn names(path: &Path) -> io::Result<Vec<String>> {
    let mut bytes = vec![0; LARGEST];
    match rustix::fs::listxattr(path, &mut bytes[..]) {
        Ok(length) => {
            let names = bytes[..length].split(|byte| *byte == 0).filter(|name| !name.is_empty());
            Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
        }
        Err(Errno::OPNOTSUPP) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

fn flags(path: &Path) -> Fact {
    let shown = path.to_string_lossy();
    // Only what is a file or a folder has flags; a device would answer something else (ioctl_iflags(2)).
    if !fs::metadata(path).is_ok_and(|found| found.is_file() || found.is_dir()) {
        return Fact::None;
    }
    let options = (OFlags::NONBLOCK | OFlags::NOCTTY).bits().cast_signed();
    let opened = OpenOptions::new().read(true).custom_flags(options).open(path);
    match opened.and_then(|file| Ok(rustix::fs::ioctl_getflags(&file)?)) {
        Ok(set) => Fact::List(
            FLAGS.iter().filter(|(flag, _)| set.contains(*flag)).map(|(_, name)| Fact::from(*name)).collect(),
        ),
        Err(error) if error.raw_os_error() == Some(Errno::NOTTY.raw_os_error()) => {
            Fact::Unknown(msg!("probe-no-flags", subject = shown.as_ref()))
        }
        Err(error) => Fact::Unknown(reason(&error, &shown)),
    }
}
