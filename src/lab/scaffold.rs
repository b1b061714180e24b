//! A new lab's folder, from a template that reads and only lacks what its author has to say.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use super::Problem;
use crate::msg;
use crate::probe::reason;

static TEMPLATE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets/templates/lab");

/// Stands for the id in the template.
const ID: &str = "@ID@";

/// Writes a new lab's folder below `parent` and returns it. Nothing that exists is ever written over.
pub fn create(parent: &Path, id: &str) -> Result<PathBuf, Problem> {
    if !super::check::is_id(id) {
        return Err(Problem::new(msg!("lab-wrong-id", id = id)));
    }
    let folder = parent.join(id);
    let failed = |error: io::Error| {
        let shown = folder.display().to_string();
        match error.kind() {
            io::ErrorKind::AlreadyExists => {
                Problem::new(msg!("lab-new-exists", path = shown)).help(msg!("lab-new-exists-help"))
            }
            _ => Problem::new(reason(&error, &shown)),
        }
    };
    fs::create_dir_all(parent).map_err(failed)?;
    // Fails where it exists: whoever made it keeps it.
    fs::create_dir(&folder).map_err(failed)?;
    write(&TEMPLATE, &folder, id).map_err(failed)?;
    Ok(folder)
}

fn write(dir: &Dir<'_>, folder: &Path, id: &str) -> io::Result<()> {
    for inner in dir.dirs() {
        fs::create_dir(folder.join(inner.path()))?;
        write(inner, folder, id)?;
    }
    for file in dir.files() {
        let text = file.contents_utf8().unwrap_or_default().replace(ID, id);
        fs::write(folder.join(file.path()), text)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Catalogue, advice};

    #[test]
    fn a_new_lab_reads_and_only_lacks_what_its_author_has_to_say() {
        let parent = tempfile::tempdir().unwrap();
        let folder = create(parent.path(), "mon-labo").unwrap();
        let catalogue = Catalogue::of_folders(&[folder]);
        assert!(catalogue.problems.is_empty(), "{:?}", catalogue.problems);
        let lab = &catalogue.labs["mon-labo"];
        let notes: Vec<_> = advice(lab).into_iter().map(|note| note.message.key).collect();
        assert_eq!(notes, ["lab-note-no-sabotage", "lab-note-few-solutions", "lab-note-no-skills"]);
    }

    #[test]
    fn what_exists_is_not_written_over() {
        let parent = tempfile::tempdir().unwrap();
        fs::create_dir(parent.path().join("mien")).unwrap();
        fs::write(parent.path().join("mien/lab.toml"), "precious").unwrap();
        assert_eq!(create(parent.path(), "mien").unwrap_err().message.key, "lab-new-exists");
        assert_eq!(fs::read_to_string(parent.path().join("mien/lab.toml")).unwrap(), "precious");
    }

    #[test]
    fn an_id_can_not_lead_elsewhere() {
        let parent = tempfile::tempdir().unwrap();
        for id in ["../x", "a/b", "", ".", "Grand", "-x"] {
            assert_eq!(create(parent.path(), id).unwrap_err().message.key, "lab-wrong-id", "{id}");
        }
    }
}
