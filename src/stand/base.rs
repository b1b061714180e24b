//! The base: one read-only Debian tree that every machine is made of, in one file.
//!
//! The file is a squashfs image followed by a trailer: the [`Info`] as JSON, the JSON's length (4 bytes, big endian) and
//! eight bytes of magic. squashfs ignores what follows its end (`Documentation/filesystems/squashfs.rst`), so the file
//! mounts as it is, and one file on a USB stick carries its own proof: `import` compares the image with the hash inside.

mod build;
mod file;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub(super) use build::signed_sources;
pub use build::{Progress, build};
pub use file::Info;

use super::StandError;
use super::folder::{Folder, stands};
use super::journal;
use crate::i18n::Message;
use crate::msg;
use crate::paths;

/// A base on this PC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Base {
    /// The file: mount it as squashfs.
    pub file: PathBuf,
    /// What it says of itself.
    pub info: Info,
}

impl Base {
    /// Whether this version of the program would build the same: same release, packages and settings.
    #[must_use]
    pub fn is_of_this_version(&self) -> bool {
        self.info.recipe == build::recipe()
    }

    /// Where its content is, for kernels that can't serve the file itself; made when the first stand needs it.
    pub(super) fn unpacked(&self) -> PathBuf {
        self.file.with_extension("tree")
    }
}

fn folder() -> PathBuf {
    paths::state().join("base")
}

fn link() -> PathBuf {
    folder().join("current.squashfs")
}

/// The base that new stands are made of.
pub fn current() -> Result<Base, StandError> {
    match fs::canonicalize(link()) {
        Ok(file) => open(&file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StandError::Refused(msg!("base-none"))),
        Err(error) => Err(failed("base-do-open-base")(error)),
    }
}

/// The base with this hash: a stand goes on with the one it was built from.
pub fn with_hash(hash: &str) -> Result<Base, StandError> {
    let file = path_of(hash);
    if file.exists() { open(&file) } else { Err(StandError::Refused(msg!("base-gone", hash = short(hash)))) }
}

fn open(file: &Path) -> Result<Base, StandError> {
    let info = file::read_info(file).map_err(failed("base-do-read-base"))?;
    let info = info.ok_or_else(|| StandError::Refused(msg!("base-not-one", path = file.display().to_string())))?;
    Ok(Base { file: file.to_path_buf(), info })
}

fn path_of(hash: &str) -> PathBuf {
    folder().join(format!("{}.squashfs", short(hash)))
}

/// Enough of a hash to tell two bases apart, for names and for people.
#[must_use]
pub fn short(hash: &str) -> &str {
    hash.get(..16).unwrap_or(hash)
}

/// Takes a file built elsewhere, once its content has been compared with its own hash.
pub fn import(from: &Path) -> Result<Base, StandError> {
    let info = file::verify(from).map_err(failed("base-do-read-file"))?;
    let info = info.ok_or_else(|| StandError::Refused(msg!("base-not-one", path = from.display().to_string())))?;
    fs::create_dir_all(folder()).map_err(failed("base-do-make-folder"))?;
    let part = folder().join("import.part");
    fs::copy(from, &part).map_err(failed("base-do-copy-base"))?;
    adopt(&part, info)
}

/// Copies the base to a file, for other PCs. Never over an existing one.
pub fn export(to: &Path) -> Result<Base, StandError> {
    let base = current()?;
    if to.exists() {
        return Err(StandError::Refused(msg!("base-exists", path = to.display().to_string())));
    }
    let copied = fs::copy(&base.file, to).map_err(failed("base-do-copy-base"));
    if copied.is_err() {
        let _ = fs::remove_file(to);
    }
    copied.map(|_| base)
}

/// Gives a finished file its name and makes it the current one. Older ones go, but for those that a stand needs.
fn adopt(part: &Path, info: Info) -> Result<Base, StandError> {
    let file = path_of(&info.hash);
    fs::File::open(part).and_then(|part| part.sync_all()).map_err(failed("base-do-write-base"))?;
    fs::rename(part, &file).map_err(failed("base-do-name-base"))?;
    let next = folder().join("current.next");
    let _ = fs::remove_file(&next);
    std::os::unix::fs::symlink(format!("{}.squashfs", short(&info.hash)), &next)
        .and_then(|()| fs::rename(&next, link()))
        .map_err(failed("base-do-switch-to-base"))?;
    prune_unneeded();
    Ok(Base { file, info })
}

/// Removes the bases that are neither current nor needed by a stand; gives their names. Of a folder that is a link elsewhere
/// (several state folders over one) nothing goes: who else uses it can't be seen from here.
pub(super) fn prune_unneeded() -> Vec<String> {
    let (Some(mut needed), Ok(current)) = (needed(&stands()), current()) else { return Vec::new() };
    if folder().is_symlink() {
        return Vec::new();
    }
    needed.insert(current.info.hash);
    prune(&folder(), &needed)
}

/// Whether the base with this hash is on this PC.
pub(super) fn is_here(hash: &str) -> bool {
    path_of(hash).exists()
}

/// Every base on this PC that can be read, the newest first, with the stands that were built from it.
#[must_use]
pub fn all() -> Vec<(Base, Vec<String>)> {
    let mut all: Vec<Base> = files(&folder()).into_iter().filter_map(|file| open(&file).ok()).collect();
    all.sort_by_key(|base| std::cmp::Reverse(base.info.built));
    let stands: Vec<(String, Option<String>)> = super::Stand::all()
        .into_iter()
        .map(|stand| {
            let hash = journal::base(&Folder::at(&stand.folder).journal().read());
            (stand.id, hash)
        })
        .collect();
    let of = |hash: &str| {
        stands.iter().filter(|(_, base)| base.as_deref() == Some(hash)).map(|(id, _)| id.clone()).collect()
    };
    all.into_iter()
        .map(|base| {
            let stands = of(&base.info.hash);
            (base, stands)
        })
        .collect()
}

/// The files of bases in a folder; the link to the current one is none.
fn files(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    all.filter(|path| path.extension().is_some_and(|end| end == "squashfs") && !path.is_symlink()).collect()
}

/// The bases that stands were built from, by hash; none where one does not say yet, being built at this moment.
fn needed(stands: &Path) -> Option<BTreeSet<String>> {
    let stands = fs::read_dir(stands).into_iter().flatten().flatten();
    stands.map(|stand| journal::base(&Folder::at(&stand.path()).journal().read())).collect()
}

/// Removes the bases that are not among these; gives their names. One that can't be removed only takes room.
fn prune(folder: &Path, needed: &BTreeSet<String>) -> Vec<String> {
    let name = |base: &Path| base.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let is_needed = |base: &Path| needed.iter().any(|hash| name(base) == short(hash));
    let unneeded = files(folder).into_iter().filter(|base| !is_needed(base));
    let gone = unneeded.filter(|base| {
        let _ = super::root::remove_tree(&base.with_extension("tree"));
        fs::remove_file(base).is_ok()
    });
    gone.map(|base| name(&base)).collect()
}

fn failed(doing: &'static str) -> impl FnOnce(io::Error) -> StandError {
    move |source| StandError::Io { doing: Message::new(doing), source }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stand::journal::Step;

    fn hash(digit: &str) -> String {
        digit.repeat(64)
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn only_bases_that_nobody_needs_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let [new, used, old] = ["a", "b", "c"].map(|digit| format!("{}.squashfs", short(&hash(digit))));
        for name in [&new, &used, &old, "import.part", "build.log"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        std::os::unix::fs::symlink(&new, folder.path().join("current.squashfs")).unwrap();
        let gone = prune(folder.path(), &BTreeSet::from([hash("a"), hash("b")]));
        assert_eq!(gone, [short(&hash("c"))]);
        assert_eq!(names(folder.path()), [&new, &used, "build.log", "current.squashfs", "import.part"]);
    }

    #[test]
    fn a_stand_needs_the_base_it_was_first_built_from() {
        let stands = tempfile::tempdir().unwrap();
        assert_eq!(needed(stands.path()), Some(BTreeSet::new()));
        let place = Folder::at(&stands.path().join("lab-1"));
        fs::create_dir(&place.root).unwrap();
        assert_eq!(needed(stands.path()), None, "one that does not say yet may need any");
        place.journal().write(&Step::Base(hash("d"))).unwrap();
        assert_eq!(needed(stands.path()), Some(BTreeSet::from([hash("d")])));
    }
}
