//! Where things live on this PC.

use std::env;
use std::path::{Path, PathBuf};

/// Where [`state`] is unless said otherwise.
pub const STATE: &str = "/var/lib/paillasse";

/// What belongs to the PC as a whole: the base, prepared layers, stands. Needs root.
///
/// `PAILLASSE_STATE`, else `/var/lib/paillasse` (FHS 3.0 §5.8).
#[must_use]
pub fn state() -> PathBuf {
    env::var_os("PAILLASSE_STATE").map_or_else(|| PathBuf::from(STATE), PathBuf::from)
}

/// What belongs to the person: attempts, own labs (`labs/` in it).
///
/// `PAILLASSE_DATA`; else, as root, a folder of the person behind `sudo` inside [`state`] (so that root never writes
/// into a person's home, and attempts follow the person and not the way the app was started); else the platform's
/// data folder.
#[must_use]
pub fn data() -> PathBuf {
    if let Some(folder) = env::var_os("PAILLASSE_DATA") {
        return PathBuf::from(folder);
    }
    if is_root() {
        return state().join("people").join(person());
    }
    directories::ProjectDirs::from("", "", "paillasse")
        .map_or_else(|| PathBuf::from(".paillasse"), |found| found.data_dir().to_path_buf())
}

/// The dossiers of finished attempts: as root a folder of the person's own beside the [`state`], else with the [`data`].
#[must_use]
pub fn dossiers() -> PathBuf {
    if is_root() && env::var_os("PAILLASSE_DATA").is_none() {
        return state().join("dossiers").join(person());
    }
    data().join("dossiers")
}

/// The person behind `sudo`.
fn person() -> String {
    env::var("SUDO_USER").ok().filter(|name| is_plain(name)).unwrap_or_else(|| "root".to_owned())
}

/// The person's settings: `PAILLASSE_CONFIG`; else, as root, with the person's [`data`]; else the platform's folder.
#[must_use]
pub fn config() -> PathBuf {
    if let Some(folder) = env::var_os("PAILLASSE_CONFIG") {
        return PathBuf::from(folder);
    }
    if is_root() || env::var_os("PAILLASSE_DATA").is_some() {
        return data();
    }
    directories::ProjectDirs::from("", "", "paillasse")
        .map_or_else(|| PathBuf::from(".paillasse"), |found| found.config_dir().to_path_buf())
}

/// Labs of the person or of the trainer, beside the embedded ones.
#[must_use]
pub fn own_labs() -> PathBuf {
    data().join("labs")
}

/// Whether this process may build stands.
#[must_use]
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && Path::new(name).components().count() == 1
        && name.chars().all(|c| c.is_alphanumeric() || "._-".contains(c))
}
