//! The files of `/proc` and `/sys`, from a root that tests can choose.

use std::fs;
use std::io;
use std::path::PathBuf;

/// Where `/proc` and `/sys` are.
#[derive(Debug)]
pub(super) struct Sys {
    root: PathBuf,
}

impl Sys {
    pub(super) fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    pub(super) fn exists(&self, path: &str) -> bool {
        self.root.join(path).exists()
    }

    pub(super) fn bytes(&self, path: &str) -> io::Result<Vec<u8>> {
        fs::read(self.root.join(path))
    }

    /// A small file's text without its blanks; none where it is missing, empty or not readable.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        let bytes = self.bytes(path).ok()?;
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_matches(|character: char| character.is_whitespace() || character == '\0');
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub(super) fn number(&self, path: &str) -> Option<u64> {
        self.text(path)?.parse().ok()
    }

    /// The names in a folder, sorted; none where there is no such folder.
    pub(super) fn list(&self, path: &str) -> Vec<String> {
        let entries = fs::read_dir(self.root.join(path)).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        names
    }

    /// Where a path leads, links followed, from the root.
    pub(super) fn resolve(&self, path: &str) -> Option<String> {
        let root = fs::canonicalize(&self.root).ok()?;
        let full = fs::canonicalize(self.root.join(path)).ok()?;
        Some(full.strip_prefix(root).ok()?.to_string_lossy().into_owned())
    }

    /// The last name of where a path leads: a device's `driver` link names its driver.
    pub(super) fn link_name(&self, path: &str) -> Option<String> {
        Some(self.resolve(path)?.rsplit('/').next()?.to_owned())
    }
}

#[cfg(test)]
impl Sys {
    /// Makes a file and its folders.
    pub(super) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// Makes a link to another path of the root, and the folder it leads to.
    pub(super) fn link(&self, path: &str, target: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::create_dir_all(self.root.join(target)).unwrap();
        std::os::unix::fs::symlink(fs::canonicalize(self.root.join(target)).unwrap(), path).unwrap();
    }
}
