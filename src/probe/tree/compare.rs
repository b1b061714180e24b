//! Whether two trees are the same, byte by byte; or a tree and a list of sums.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::Args;
use crate::i18n::Message;
use crate::msg;
use crate::probe::walk::{self, Bounds, Entry};
use crate::probe::{digest, reading, reason};

/// Differences that are told.
const TOLD: usize = 20;

/// What differs; none where nothing was asked to compare with.
pub(super) fn differences(args: &Args, entries: &[Entry], bounds: Bounds) -> Result<Option<Vec<String>>, Message> {
    let root = Path::new(&args.path);
    let mut found = Vec::new();
    if let Some(other) = &args.same_as {
        let other = Path::new(other);
        let others = walk::walk(other, bounds)?;
        found.extend(pairs(entries, &others, |here, there| {
            if args.metadata && !same_metadata(here, there) {
                return Ok(false);
            }
            same(&root.join(&here.path), here, &other.join(&there.path), there, bounds.deadline)
        })?);
    }
    if let Some(manifest) = &args.manifest {
        let text = reading::text(Path::new(manifest))?.ok_or_else(|| msg!("probe-no-file", subject = manifest))?;
        found.extend(against_sums(root, entries, &sums(&text), Path::new(manifest), bounds.deadline)?);
    }
    let asked = args.same_as.is_some() || args.manifest.is_some();
    found.truncate(TOLD);
    Ok(asked.then_some(found))
}

/// Walks both sorted lists side by side.
fn pairs(
    here: &[Entry],
    there: &[Entry],
    same: impl Fn(&Entry, &Entry) -> Result<bool, Message>,
) -> Result<Vec<String>, Message> {
    let others: BTreeMap<&Path, &Entry> = there.iter().map(|entry| (entry.path.as_path(), entry)).collect();
    let mine: BTreeMap<&Path, &Entry> = here.iter().map(|entry| (entry.path.as_path(), entry)).collect();
    let mut found = Vec::new();
    for (path, entry) in &mine {
        let mark = match others.get(path) {
            None => '+',
            Some(other) if !same(entry, other)? => '≠',
            Some(_) => continue,
        };
        found.push(format!("{mark} {}", path.display()));
    }
    found.extend(others.keys().filter(|path| !mine.contains_key(*path)).map(|path| format!("- {}", path.display())));
    Ok(found)
}

/// Owner, group, permission bits and, but for folders, the time of the last change in whole seconds.
fn same_metadata(here: &Entry, there: &Entry) -> bool {
    let (a, b) = (&here.metadata, &there.metadata);
    let time = |entry: &Entry| if entry.metadata.is_dir() { 0 } else { entry.metadata.mtime() };
    (a.uid(), a.gid(), a.mode(), time(here)) == (b.uid(), b.gid(), b.mode(), time(there))
}

fn same(here: &Path, a: &Entry, there: &Path, b: &Entry, deadline: Instant) -> Result<bool, Message> {
    if a.metadata.file_type() != b.metadata.file_type() {
        return Ok(false);
    }
    if a.metadata.is_symlink() {
        return Ok(fs::read_link(here).ok() == fs::read_link(there).ok());
    }
    if !a.metadata.is_file() {
        return Ok(true);
    }
    if a.metadata.len() != b.metadata.len() {
        return Ok(false);
    }
    let (Some(left), Some(right)) = (reading::open(here)?, reading::open(there)?) else { return Ok(false) };
    let subject = here.to_string_lossy().into_owned();
    same_bytes(left, right, deadline).map_err(|error| reason(&error, &subject))
}

fn same_bytes(mut left: File, mut right: File, deadline: Instant) -> std::io::Result<bool> {
    let (mut a, mut b) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        in_time(deadline)?;
        let (read, other) = (fill(&mut left, &mut a)?, fill(&mut right, &mut b)?);
        if a[..read] != b[..other] {
            return Ok(false);
        }
        if read == 0 {
            return Ok(true);
        }
    }
}

fn in_time(deadline: Instant) -> std::io::Result<()> {
    if Instant::now() > deadline { Err(std::io::ErrorKind::TimedOut.into()) } else { Ok(()) }
}

fn fill(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// `hash  path` or `hash *path`, one a line, `./` before the path or not (sha256sum(1)); escaped names are left out.
fn sums(text: &str) -> BTreeMap<PathBuf, String> {
    let line = |line: &str| {
        let (sum, path) = line.split_once([' '])?;
        let path = path.strip_prefix([' ', '*']).unwrap_or(path);
        let hexadecimal = sum.len() == 64 && sum.bytes().all(|byte| byte.is_ascii_hexdigit());
        hexadecimal.then(|| (PathBuf::from(path.strip_prefix("./").unwrap_or(path)), sum.to_lowercase()))
    };
    text.lines().filter_map(line).collect()
}

fn against_sums(
    root: &Path,
    entries: &[Entry],
    sums: &BTreeMap<PathBuf, String>,
    manifest: &Path,
    deadline: Instant,
) -> Result<Vec<String>, Message> {
    let mut found = Vec::new();
    // The list may itself be in the tree.
    let files = entries.iter().filter(|entry| entry.metadata.is_file() && root.join(&entry.path) != manifest);
    let mut seen = std::collections::BTreeSet::new();
    for entry in files {
        seen.insert(entry.path.as_path());
        let mark = match sums.get(&entry.path) {
            None => '+',
            Some(sum) if *sum != sum_of(&root.join(&entry.path), deadline)? => '≠',
            Some(_) => continue,
        };
        found.push(format!("{mark} {}", entry.path.display()));
    }
    found.extend(sums.keys().filter(|path| !seen.contains(path.as_path())).map(|path| format!("- {}", path.display())));
    Ok(found)
}

fn sum_of(path: &Path, deadline: Instant) -> Result<String, Message> {
    let subject = path.to_string_lossy();
    let file = reading::open(path)?.ok_or_else(|| msg!("probe-no-file", subject = subject.as_ref()))?;
    digest::sha256(file, deadline).map_err(|error| reason(&error, &subject))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_of_sums() {
        let sum = "a".repeat(64);
        let text = format!("{sum}  ./a b\n{sum} *c\nshort  d\n\n");
        let read = sums(&text);
        assert_eq!(read.keys().map(|path| path.to_str().unwrap()).collect::<Vec<_>>(), ["a b", "c"]);
    }

    proptest! {
        #[test]
        fn any_list_is_read(text in "[0-9a-f *./\n\\\\é]{0,200}") {
            let _ = sums(&text);
        }
    }
}
