//! Why a stand could not do what was asked, and its shape on the keeper's wire.

use std::io;
use std::path::Path;

use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use crate::i18n::{Lang, Message};
use crate::msg;

/// Why a stand could not do what was asked. Every one says the mend.
#[derive(Debug, thiserror::Error)]
pub enum StandError {
    /// Something is missing or wrong; the message says the mend.
    #[error("{}", Lang::En.say(.0))]
    Refused(Message),
    /// A system call failed.
    #[error("{}: {source}", Lang::En.say(.doing))]
    Io {
        /// What was being done, in words: "could not copy the base".
        doing: Message,
        /// What the kernel said.
        source: io::Error,
    },
}

impl StandError {
    /// For the person.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        lang.say(&self.message())
    }

    /// The same, not yet in a language.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Refused(message) => message.clone(),
            Self::Io { doing, source } => msg!(
                "stand-io",
                doing = doing.clone(),
                error = source.to_string(),
                full = i64::from(source.kind() == io::ErrorKind::StorageFull),
            ),
        }
    }

    /// The same, said as what it comes from where the disk of this folder is full: whatever wrote last, a machine's own
    /// script as well, only knows that it could not.
    pub(super) fn or_full(self, folder: &Path) -> Self {
        let told = matches!(&self, Self::Io { source, .. } if source.kind() == io::ErrorKind::StorageFull);
        if !told && has_room(folder) {
            return self;
        }
        let (Self::Refused(doing) | Self::Io { doing, .. }) = self;
        Self::Refused(msg!("stand-full", doing = doing, path = folder.display().to_string()))
    }
}

/// Whether anything can still be written there; a folder that does not tell is not called full.
fn has_room(folder: &Path) -> bool {
    rustix::fs::statvfs(folder).map_or(true, |room| {
        // A filesystem without a table of inodes says 0 of 0.
        room.f_bfree.saturating_mul(room.f_frsize) >= 64 << 10 && (room.f_ffree > 0 || room.f_files == 0)
    })
}

/// Says what was being done when a system call failed; or that the kernel lacks what it takes (see [`Kernel`]).
pub(super) fn failed<E: Into<io::Error>>(doing: Message) -> impl FnOnce(E) -> StandError {
    move |source| {
        let source = source.into();
        match source.get_ref().and_then(|inner| inner.downcast_ref::<Lacking>()) {
            Some(Lacking(name)) => {
                let mend = msg!("doctor-mend-kernel", name = *name);
                StandError::Refused(msg!("stand-no-kernel", name = *name, mend = mend))
            }
            None => StandError::Io { doing, source },
        }
    }
}

/// A part of the kernel that stands need, by the name of its module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kernel(pub(super) &'static str);

/// The kernel was built without it, or its module is not there.
#[derive(Debug, thiserror::Error)]
#[error("the kernel has no {0}")]
struct Lacking(&'static str);

impl Kernel {
    /// What a system call that needs this part failed with, told as the part's absence where it is that: `ENODEV` for a type
    /// of filesystem (mount(2)), `EOPNOTSUPP` for a kind of link (rtnetlink(7)), `ENXIO` for a device (open(2)).
    pub(super) fn or(self, error: impl Into<io::Error>) -> io::Error {
        let error = error.into();
        match Errno::from_io_error(&error) {
            Some(Errno::NODEV | Errno::OPNOTSUPP | Errno::NXIO) => {
                io::Error::new(io::ErrorKind::Unsupported, Lacking(self.0))
            }
            _ => error,
        }
    }
}

/// The same on the wire between the keeper and whoever asked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Failure {
    Refused(Message),
    Errno(Message, i32),
    Other(Message, String),
}

impl From<StandError> for Failure {
    fn from(error: StandError) -> Self {
        match error {
            StandError::Refused(message) => Self::Refused(message),
            StandError::Io { doing, source } => match source.raw_os_error() {
                Some(errno) => Self::Errno(doing, errno),
                None => Self::Other(doing, source.to_string()),
            },
        }
    }
}

impl From<Failure> for StandError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(message) => Self::Refused(message),
            Failure::Errno(doing, errno) => Self::Io { doing, source: io::Error::from_raw_os_error(errno) },
            Failure::Other(doing, text) => Self::Io { doing, source: io::Error::other(text) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_still_a_full_disk_after_the_wire() {
        let error = StandError::Io { doing: msg!("stand-do-write"), source: io::Error::from_raw_os_error(28) };
        let line = serde_json::to_string(&Failure::from(error)).unwrap();
        let back = StandError::from(serde_json::from_str::<Failure>(&line).unwrap());
        assert!(back.words(Lang::Fr).contains("le disque est plein"), "{}", back.words(Lang::Fr));
    }

    #[test]
    fn only_what_means_a_missing_part_of_the_kernel_is_told_as_one() {
        let told = |errno: Errno| failed(msg!("stand-do-network"))(Kernel("veth").or(errno)).words(Lang::Fr);
        for errno in [Errno::NODEV, Errno::OPNOTSUPP, Errno::NXIO] {
            let words = told(errno);
            assert!(words.contains("« veth »") && words.contains("linux-image-amd64"), "{errno}: {words}");
        }
        for errno in [Errno::PERM, Errno::NOSPC, Errno::INVAL, Errno::NOENT, Errno::BUSY] {
            assert!(!told(errno).contains("veth"), "{errno}");
        }
    }

    #[test]
    fn a_missing_part_of_the_kernel_is_still_named_after_the_wire() {
        let error = failed(msg!("stand-do-network"))(Kernel("bridge").or(Errno::OPNOTSUPP));
        let line = serde_json::to_string(&Failure::from(error)).unwrap();
        let back = StandError::from(serde_json::from_str::<Failure>(&line).unwrap());
        assert!(back.words(Lang::Fr).contains("« bridge »"), "{}", back.words(Lang::Fr));
    }

    #[test]
    fn a_full_disk_is_named_and_one_with_room_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let error = |errno: Errno| failed::<io::Error>(msg!("stand-do-write"))(errno.into()).or_full(folder.path());
        let path = folder.path().display().to_string();
        assert!(error(Errno::NOSPC).words(Lang::Fr).contains(&path));
        assert!(!error(Errno::ACCESS).words(Lang::Fr).contains(&path));
    }
}
