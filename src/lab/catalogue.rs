//! Every lab at hand: the embedded ones, the person's own, those of the folders given.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use include_dir::{Dir, include_dir};

use super::suggest::nearest;
use super::{Lab, Problem};
use crate::msg;
use crate::probe::reason;

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/labs");

/// How deep below a folder labs are looked for: `competence/lab`.
const DEPTH: usize = 2;

/// A file of a lab above this is not read: nothing an author writes is that long.
const FILE_LIMIT: u64 = 1024 * 1024;

/// Every lab at hand, by id.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// Labs that are right.
    pub labs: BTreeMap<String, Arc<Lab>>,
    /// What is wrong with the others; they never hide the right ones.
    pub problems: Vec<Problem>,
}

impl Catalogue {
    /// The embedded labs, then those of `folders`: each may be a lab, a folder of labs, or a tree
    /// `competence/lab`. A later folder's lab takes the place of an earlier one with the same id; twice the same id in
    /// one folder is a problem.
    #[must_use]
    pub fn load(folders: &[PathBuf]) -> Self {
        let mut catalogue = Self::default();
        let mut embedded = Vec::new();
        find_embedded(&EMBEDDED, &mut embedded);
        catalogue.add(embedded);
        for folder in folders {
            catalogue.add_folder(folder);
        }
        catalogue
    }

    /// Only the labs of these folders.
    #[must_use]
    pub fn of_folders(folders: &[PathBuf]) -> Self {
        let mut catalogue = Self::default();
        for folder in folders {
            catalogue.add_folder(folder);
        }
        catalogue
    }

    /// The lab of this id; else a problem that names the nearest one.
    pub fn find(&self, id: &str) -> Result<&Arc<Lab>, Problem> {
        self.labs.get(id).ok_or_else(|| {
            Problem::new(msg!("lab-unknown-lab", id = id)).maybe_help(nearest(id, self.labs.keys().map(String::as_str)))
        })
    }

    fn add_folder(&mut self, folder: &Path) {
        let mut found = Vec::new();
        find_in_folder(folder, DEPTH, &mut found, &mut self.problems);
        self.add(found);
    }

    /// Adds the labs of one origin.
    fn add(&mut self, found: Vec<Found>) {
        let mut fresh = BTreeMap::<String, Arc<Lab>>::new();
        for Found { name, files, folder } in found {
            match Lab::read(&name, files, folder) {
                Ok(lab) => match fresh.get(&lab.manifest.id) {
                    Some(first) => self.problems.push(duplicate(first, &lab)),
                    None => {
                        fresh.insert(lab.manifest.id.clone(), Arc::new(lab));
                    }
                },
                Err(problems) => self.problems.extend(problems),
            }
        }
        self.labs.extend(fresh);
    }
}

fn duplicate(first: &Lab, second: &Lab) -> Problem {
    Problem::new(msg!("lab-duplicate-lab", id = &first.manifest.id, first = &first.name, second = &second.name))
        .help(msg!("lab-duplicate-lab-help"))
}

/// A lab's folder, read but not understood.
struct Found {
    name: String,
    files: BTreeMap<String, String>,
    folder: Option<PathBuf>,
}

fn find_embedded(dir: &'static Dir<'static>, found: &mut Vec<Found>) {
    if dir.get_file(dir.path().join("lab.toml")).is_none() {
        dir.dirs().for_each(|inner| find_embedded(inner, found));
        return;
    }
    let mut files = BTreeMap::new();
    embedded_files(dir, dir.path(), &mut files);
    found.push(Found { name: format!("labs/{}", dir.path().display()), files, folder: None });
}

fn embedded_files(dir: &Dir<'_>, root: &Path, files: &mut BTreeMap<String, String>) {
    for file in dir.files() {
        if let (Ok(path), Some(text)) = (file.path().strip_prefix(root), file.contents_utf8()) {
            files.insert(path.to_string_lossy().into_owned(), text.to_owned());
        }
    }
    dir.dirs().for_each(|inner| embedded_files(inner, root, files));
}

fn find_in_folder(folder: &Path, depth: usize, found: &mut Vec<Found>, problems: &mut Vec<Problem>) {
    let mut fail = |path: &Path, error: &io::Error| problems.push(unreadable(path, error));
    let entries = match children(folder) {
        Ok(entries) => entries,
        Err(error) => return fail(folder, &error),
    };
    if entries.iter().any(|path| path.ends_with("lab.toml")) {
        let mut files = BTreeMap::new();
        read_files(folder, folder, &mut files, problems);
        found.push(Found { name: folder.display().to_string(), files, folder: Some(folder.to_path_buf()) });
    } else if depth > 0 {
        for path in entries.iter().filter(|path| path.is_dir()) {
            find_in_folder(path, depth - 1, found, problems);
        }
    }
}

/// What a folder holds, sorted, hidden things apart.
fn children(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.')));
    paths.sort();
    Ok(paths)
}

fn read_files(folder: &Path, root: &Path, files: &mut BTreeMap<String, String>, problems: &mut Vec<Problem>) {
    let entries = match children(folder) {
        Ok(entries) => entries,
        Err(error) => return problems.push(unreadable(folder, &error)),
    };
    for path in entries {
        // A link is not followed into a folder: it could lead anywhere, or in a circle.
        if fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir()) {
            read_files(&path, root, files, problems);
            continue;
        }
        match read_text(&path) {
            Ok(text) => {
                let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
                files.insert(name, text);
            }
            Err(error) => problems.push(unreadable(&path, &error)),
        }
    }
}

/// Reads a text; a device or a pipe is refused before it is opened.
fn read_text(path: &Path) -> io::Result<String> {
    let found = fs::metadata(path)?;
    if !found.is_file() || found.len() > FILE_LIMIT {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a text of less than 1 MiB"));
    }
    fs::read_to_string(path)
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    let shown = path.display().to_string();
    let mend = match error.kind() {
        io::ErrorKind::PermissionDenied => msg!("lab-no-right-help", path = &shown),
        io::ErrorKind::NotFound => msg!("lab-no-folder-help"),
        io::ErrorKind::InvalidData => msg!("lab-not-text-help"),
        _ => return Problem::new(reason(error, &shown)),
    };
    Problem::new(reason(error, &shown)).help(mend)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::advice;

    #[test]
    fn the_embedded_labs_are_right_and_lie_under_their_competence() {
        let catalogue = Catalogue::load(&[]);
        assert!(catalogue.problems.is_empty(), "{}", told(&catalogue.problems));
        for lab in catalogue.labs.values() {
            let notes = advice(lab);
            assert!(notes.is_empty(), "{}", told(&notes));
            assert_eq!(lab.name, format!("labs/{}/{}", lab.manifest.competence, lab.manifest.id));
            for seed in 1..=20 {
                lab.variant(seed).unwrap();
            }
        }
    }

    fn told(problems: &[Problem]) -> String {
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_later_folder_takes_the_place_of_an_earlier_one() {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/labs");
        let lab = fixtures.join("2023-07/atelier");
        let catalogue = Catalogue::of_folders(&[fixtures, lab.clone()]);
        assert!(catalogue.problems.is_empty());
        assert_eq!(catalogue.labs["atelier"].folder, Some(lab));
    }

    #[test]
    fn a_folder_that_is_not_there_is_told() {
        let catalogue = Catalogue::of_folders(&[PathBuf::from("/nonexistent/labs")]);
        assert_eq!(catalogue.problems.len(), 1);
        assert_eq!(catalogue.problems[0].help.as_ref().unwrap().key, "lab-no-folder-help");
    }

    #[test]
    fn an_unknown_id_gets_the_nearest() {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/labs");
        let problem = Catalogue::of_folders(&[fixtures]).find("attelier").unwrap_err();
        assert!(problem.to_string().contains("atelier"), "{problem}");
    }

    #[test]
    fn what_is_no_text_is_told_and_the_lab_still_read() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("lab.toml"), "format = 1").unwrap();
        fs::write(folder.path().join("picture.png"), [0x89, 0xff, 0xfe]).unwrap();
        let catalogue = Catalogue::of_folders(&[folder.path().to_path_buf()]);
        assert!(
            catalogue
                .problems
                .iter()
                .any(|problem| { problem.help.as_ref().is_some_and(|help| help.key == "lab-not-text-help") })
        );
    }
}
