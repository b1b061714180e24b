//! Walking a tree of folders: links are not followed, other filesystems only when asked, within bounds.

use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::reason;
use crate::i18n::Message;
use crate::msg;

/// More entries than this are not read.
pub(super) const MOST: usize = 200_000;

/// One entry of a tree.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its path from the tree's root, which is itself no entry.
    pub(super) path: PathBuf,
    /// What lstat(2) says.
    pub(super) metadata: Metadata,
}

/// How far to go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// Whether to stay on the root's filesystem.
    pub(super) one_filesystem: bool,
    /// When to stop.
    pub(super) deadline: Instant,
}

/// Every entry under a folder, sorted by its path. The error says what could not be read: half a tree is no tree.
pub(super) fn walk(root: &Path, bounds: Bounds) -> Result<Vec<Entry>, Message> {
    let denied = |error: &io::Error, path: &Path| reason(error, &path.to_string_lossy());
    let device = fs::metadata(root).map_err(|error| denied(&error, root))?.dev();
    let mut entries = Vec::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let full = root.join(&folder);
        let listing = match fs::read_dir(&full) {
            // Removed since its parent was read.
            Err(error) if error.kind() == ErrorKind::NotFound && !folder.as_os_str().is_empty() => continue,
            other => other.map_err(|error| denied(&error, &full))?,
        };
        for entry in listing {
            let entry = entry.map_err(|error| denied(&error, &full))?;
            let metadata = match entry.metadata() {
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                other => other.map_err(|error| denied(&error, &entry.path()))?,
            };
            let path = folder.join(entry.file_name());
            if metadata.is_dir() && (!bounds.one_filesystem || metadata.dev() == device) {
                folders.push(path.clone());
            }
            entries.push(Entry { path, metadata });
            if entries.len() > MOST {
                return Err(msg!("probe-too-large", subject = root.to_string_lossy().as_ref()));
            }
        }
        if Instant::now() > bounds.deadline {
            return Err(msg!("probe-timed-out", subject = root.to_string_lossy().as_ref()));
        }
    }
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_link_to_its_own_folder_is_one_entry() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/b"), "").unwrap();
        symlink(folder.path(), folder.path().join("a/loop")).unwrap();
        let bounds = Bounds { one_filesystem: false, deadline: Instant::now() + Duration::from_secs(20) };
        let paths: Vec<PathBuf> = walk(folder.path(), bounds).unwrap().into_iter().map(|entry| entry.path).collect();
        assert_eq!(paths, ["a", "a/b", "a/loop"].map(PathBuf::from));
    }
}
