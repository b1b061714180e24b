//! Reading files of the machine within bounds: never more than so much, never waiting for a writer.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::reason;
use crate::i18n::Message;
use crate::msg;

/// What a configuration file may weigh.
pub(super) const CONFIGURATION: u64 = 4 * 1024 * 1024;

/// Opens a regular file; none where there is none. Should a pipe be in its place, opening does not wait for a writer.
pub(super) fn open(path: &Path) -> Result<Option<File>, Message> {
    let shown = path.to_string_lossy();
    match fs::OpenOptions::new().read(true).custom_flags(nonblocking()).open(path) {
        Ok(file) => match file.metadata() {
            Ok(found) if found.is_file() => Ok(Some(file)),
            Ok(_) => Err(msg!("probe-not-a-file", subject = shown.as_ref())),
            Err(error) => Err(reason(&error, &shown)),
        },
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(reason(&error, &shown)),
    }
}

/// The bytes of a regular file of at most `limit` bytes; none where there is none.
pub(super) fn bytes(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Message> {
    let Some(file) = open(path)? else { return Ok(None) };
    let shown = path.to_string_lossy();
    let mut bytes = Vec::new();
    match file.take(limit + 1).read_to_end(&mut bytes) {
        Ok(read) if read as u64 > limit => Err(msg!("probe-too-large", subject = shown.as_ref())),
        Ok(_) => Ok(Some(bytes)),
        Err(error) => Err(reason(&error, &shown)),
    }
}

/// The text of a configuration file; bytes that are no UTF-8 are replaced.
pub(super) fn text(path: &Path) -> Result<Option<String>, Message> {
    Ok(bytes(path, CONFIGURATION)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

/// The end of a file that may grow without bound: at most `limit` bytes, from the start of a line.
pub(super) fn tail(path: &Path, limit: u64) -> Result<Option<String>, Message> {
    let Some(mut file) = open(path)? else { return Ok(None) };
    let shown = path.to_string_lossy();
    let read = |file: &mut File| -> std::io::Result<Vec<u8>> {
        let skipped = file.metadata()?.len().saturating_sub(limit);
        file.seek(SeekFrom::Start(skipped))?;
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes)?;
        let first = if skipped == 0 { 0 } else { bytes.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1) };
        Ok(bytes.split_off(first))
    };
    let bytes = read(&mut file).map_err(|error| reason(&error, &shown))?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// The names in a folder, sorted; none where there is no such folder.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, Message> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(error) => return Err(reason(&error, &folder.to_string_lossy())),
    };
    let mut names: Vec<_> = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    Ok(names)
}

/// The files `*.conf` of several folders in the order in which systemd and its like read them: by name, and of two files
/// of one name that of the first folder (systemd.unit(5), sysctl.d(5), modprobe.d(5)).
pub(super) fn fragments(root: &Path, folders: &[&str]) -> Result<Vec<PathBuf>, Message> {
    let mut by_name = BTreeMap::new();
    for folder in folders.iter().map(|folder| root.join(folder)) {
        for name in names(&folder)? {
            let path = folder.join(&name);
            if path.extension().is_some_and(|end| end == "conf") {
                by_name.entry(name).or_insert(path);
            }
        }
    }
    Ok(by_name.into_values().collect())
}

fn nonblocking() -> i32 {
    (rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY).bits().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_or_no_file_is_said_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, b"12345").unwrap();
        assert_eq!(bytes(&path, 5).unwrap().unwrap(), b"12345");
        assert_eq!(bytes(&path, 4).unwrap_err().key, "probe-too-large");
        assert_eq!(bytes(folder.path(), 4).unwrap_err().key, "probe-not-a-file");
        assert_eq!(bytes(&path.join("under"), 4), Ok(None));
    }

    #[test]
    fn the_end_of_a_log_begins_with_a_whole_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, b"first\nsecond\nthird\n").unwrap();
        assert_eq!(tail(&path, 10).unwrap().unwrap(), "third\n");
        assert_eq!(tail(&path, 100).unwrap().unwrap(), "first\nsecond\nthird\n");
    }
}
