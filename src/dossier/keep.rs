//! Dossiers as files that belong to the person.

use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, chown, fchown};
use std::path::PathBuf;

use super::{Dossier, Form};
use crate::i18n::{Lang, Message};
use crate::record::Store;
use crate::session::{Phase, SessionError, debrief, history};
use crate::{msg, paths};

/// Why there is no dossier.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.words(Lang::En))]
pub enum DossierError {
    /// The attempt can't be read.
    Session(#[from] SessionError),
    /// Nothing was ever finished.
    NothingYet,
    /// It is still under way, or was thrown away.
    NotOver(i64),
    /// The file can't be written.
    Io(PathBuf, io::Error),
}

impl DossierError {
    /// For the person: what, where, and the mend.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        let message: Message = match self {
            Self::Session(error) => return error.words(lang),
            Self::NothingYet => msg!("desk-export-none"),
            Self::NotOver(attempt) => msg!("dossier-not-over", attempt = *attempt),
            Self::Io(path, error) => {
                msg!("desk-export-failed", file = path.display().to_string(), error = error.to_string())
            }
        };
        lang.say(&message)
    }
}

/// A dossier's text and the name its file gets. `attempt`: the latest that is over unless given.
pub fn written(store: &Store, attempt: Option<i64>, form: Form, lang: Lang) -> Result<(String, String), DossierError> {
    let is_over = |phase: Phase| matches!(phase, Phase::Finished | Phase::GivenUp);
    let latest = || history(store).map(|all| all.into_iter().find(|past| is_over(past.phase)));
    let attempt = match attempt {
        Some(attempt) => attempt,
        None => latest()?.ok_or(DossierError::NothingYet)?.attempt,
    };
    let start = store.attempt(attempt).map_err(SessionError::from)?;
    let debrief = debrief(store, attempt)?;
    if !is_over(debrief.view.phase) {
        return Err(DossierError::NotOver(attempt));
    }
    let dossier = Dossier { debrief: &debrief, started_ms: start.started_ms, base_hash: start.base_hash.as_deref() };
    Ok((dossier.file_name(form), dossier.write(form, lang)))
}

/// Writes a dossier into the person's folder of them, and says where. One written before is replaced.
pub fn keep(store: &Store, attempt: Option<i64>, form: Form, lang: Lang) -> Result<PathBuf, DossierError> {
    let (name, text) = written(store, attempt, form, lang)?;
    let folder = paths::dossiers();
    let path = folder.join(name);
    into_folder(&path, &text).map_err(|error| DossierError::Io(path.clone(), error))?;
    Ok(path)
}

/// As root the folder and the file are the person's: who works by sudo can open them in a browser. What the person may
/// have put in place of the file is not followed.
fn into_folder(path: &std::path::Path, text: &str) -> io::Result<()> {
    let owner = paths::is_root().then(|| (id("SUDO_UID"), id("SUDO_GID")));
    if let (Some(folder), Some(above)) = (path.parent(), path.parent().and_then(std::path::Path::parent)) {
        fs::create_dir_all(above)?;
        match DirBuilder::new().mode(0o700).create(folder) {
            Ok(()) => owner.map_or(Ok(()), |(user, group)| chown(folder, user, group))?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    let draft = path.with_extension(format!("{}.draft", std::process::id()));
    let mut file = File::options().write(true).create_new(true).mode(0o600).open(&draft)?;
    let done = file
        .write_all(text.as_bytes())
        .and_then(|()| owner.map_or(Ok(()), |(user, group)| fchown(&file, user, group)))
        .and_then(|()| fs::rename(&draft, path));
    if done.is_err() {
        let _ = fs::remove_file(&draft);
    }
    done
}

fn id(name: &str) -> Option<u32> {
    std::env::var(name).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dossier_replaces_the_one_before_and_follows_no_link() {
        let above = tempfile::tempdir().unwrap();
        let elsewhere = above.path().join("elsewhere");
        fs::write(&elsewhere, "mine").unwrap();
        let path = above.path().join("people/a-1.html");
        into_folder(&path, "one").unwrap();
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
        into_folder(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "mine");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
