//! A folder for what a probe must leave in a file for a moment (a ticket, a password): root's alone, gone with its owner.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use crate::i18n::Message;
use crate::probe::reason;

/// The folder.
pub(in crate::probe) struct Scratch(PathBuf);

impl Scratch {
    /// In `/run`, or, for who may not write there, in `/tmp`.
    pub(in crate::probe) fn new() -> Result<Self, Message> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let name = format!(".look-{now}-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let make = |parent: &str| {
            let folder = PathBuf::from(parent).join(&name);
            fs::DirBuilder::new().mode(0o700).create(&folder).map(|()| Self(folder))
        };
        make("/run").or_else(|_| make("/tmp")).map_err(|error| reason(&error, "/run"))
    }

    /// The path of a file in it.
    pub(in crate::probe) fn path(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }

    /// Writes a file that only its owner may read, or run.
    pub(in crate::probe) fn write(&self, name: &str, content: &str) -> Result<String, Message> {
        use std::io::Write as _;
        let path = self.path(name);
        let mode = if content.starts_with("#!") { 0o700 } else { 0o600 };
        let file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&path);
        file.and_then(|mut file| file.write_all(content.as_bytes())).map_err(|error| reason(&error, &path))?;
        Ok(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn nobody_else_reads_it_and_nothing_is_left() {
        let scratch = Scratch::new().unwrap();
        let path = scratch.write("password", "x").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(&scratch.0).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(
            fs::metadata(scratch.write("ask", "#!/bin/sh\n").unwrap()).unwrap().permissions().mode() & 0o777,
            0o700
        );
        drop(scratch);
        assert!(!fs::exists(&path).unwrap());
    }
}
