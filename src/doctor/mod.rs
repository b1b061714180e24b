//! What this PC has and lacks to build stands, with the mend for each lack.

mod host;
mod kernel;

use std::path::Path;
use std::process::{Command, Stdio};

use serde::Serialize;

pub use kernel::lacks;

use crate::i18n::Message;
use crate::stand::remote::{self, Remote};
use crate::stand::{StandError, base};
use crate::{msg, paths, units};

/// Debian packages that building the base takes: program looked for → package that brings it.
const BUILD_TOOLS: [(&str, &str); 3] = [("mmdebstrap", "mmdebstrap"), ("mksquashfs", "squashfs-tools"), ("tar", "tar")];
/// Debian's keys, for the signatures of the base's packages.
const KEYRING: (&str, &str) = ("/usr/share/keyrings/debian-archive-keyring.gpg", "debian-archive-keyring");

/// How one thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it must be.
    Ok,
    /// Stands can't be built without it.
    Missing,
    /// Some labs can't run without it, or it can't be seen without more rights.
    Limited,
}

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Stable name.
    pub id: &'static str,
    /// How it is.
    pub state: State,
    /// What was found.
    pub found: Message,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<Message>,
}

impl Check {
    fn ok(id: &'static str, found: Message) -> Self {
        Self { id, state: State::Ok, found, mend: None }
    }
    fn missing(id: &'static str, found: Message, mend: Message) -> Self {
        Self { id, state: State::Missing, found, mend: Some(mend) }
    }
    fn limited(id: &'static str, found: Message, mend: Message) -> Self {
        Self { id, state: State::Limited, found, mend: Some(mend) }
    }
}

/// Looks at everything; changes nothing.
#[must_use]
pub fn examine() -> Vec<Check> {
    let mut checks = vec![root()];
    checks.extend(host::examine());
    checks.extend(kernel::examine());
    checks.push(space());
    let base = base();
    if base.state != State::Ok {
        checks.push(tools());
    }
    checks.push(base);
    checks.extend(prepared());
    checks
}

/// The machines that the trainer prepared, each tried; nothing where there are none.
fn prepared() -> Vec<Check> {
    if !remote::file().exists() {
        return Vec::new();
    }
    let known = match remote::load() {
        Ok(known) => known,
        Err(error) => return vec![Check::limited("machines", error.message(), msg!("doctor-mend-machines"))],
    };
    known.iter().map(|(name, entry)| prepared_one(name, &entry.host)).collect()
}

fn prepared_one(name: &str, host: &str) -> Check {
    let trouble = match Remote::open([name]) {
        Ok(remote) => remote.trouble(name),
        Err(error) => Some(error.message()),
    };
    match trouble {
        None => Check::ok("machine", msg!("remote-ready", machine = name, host = host)),
        Some(trouble) => Check::limited("machine", trouble, msg!("doctor-mend-machines")),
    }
}

/// Debian packages to install before the base can be built; empty where all is there.
#[must_use]
pub fn missing_packages() -> Vec<&'static str> {
    let tools = BUILD_TOOLS.iter().filter(|(program, _)| which::which(program).is_err()).map(|(_, package)| *package);
    let (keyring, package) = KEYRING;
    tools.chain((!Path::new(keyring).exists()).then_some(package)).collect()
}

/// Installs packages with the system's own `apt-get` (8); its words go to the terminal.
pub fn install(packages: &[&str]) -> Result<(), Message> {
    if !paths::is_root() {
        return Err(msg!("base-needs-root"));
    }
    let apt = which::which("apt-get").map_err(|_| msg!("doctor-no-apt", packages = packages.join(" ")))?;
    for arguments in [vec!["-q", "update"], [&["-q", "install", "-y", "--no-install-recommends"], packages].concat()] {
        let status = Command::new(&apt)
            .args(&arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .stdout(std::io::stderr())
            .status();
        if !status.is_ok_and(|status| status.success()) {
            return Err(msg!("doctor-apt-failed", command = format!("apt-get {}", arguments.join(" "))));
        }
    }
    Ok(())
}

fn root() -> Check {
    if paths::is_root() {
        Check::ok("root", msg!("doctor-root"))
    } else {
        Check::limited("root", msg!("doctor-no-root"), msg!("doctor-mend-root"))
    }
}

fn base() -> Check {
    match base::current() {
        Ok(base) if base.is_of_this_version() => {
            Check::ok("base", msg!("doctor-base", hash = base::short(&base.info.hash)))
        }
        Ok(base) => Check::limited(
            "base",
            msg!("doctor-base-older", hash = base::short(&base.info.hash)),
            msg!("doctor-mend-base-older"),
        ),
        Err(StandError::Refused(why)) => Check::missing("base", msg!("doctor-no-base"), why),
        Err(error) => Check::missing(
            "base",
            msg!("doctor-base-unreadable", error = error.to_string()),
            msg!("doctor-mend-base-unreadable"),
        ),
    }
}

fn tools() -> Check {
    let missing = missing_packages();
    if missing.is_empty() {
        Check::ok("tools", msg!("doctor-tools"))
    } else {
        let packages = missing.join(" ");
        Check::missing("tools", msg!("doctor-no-tools", packages = &packages), msg!("doctor-mend-install"))
    }
}

/// Below this a stand may run out of room, or one machine take all there is, in bytes.
const ROOM: u64 = 5_000_000_000;

fn space() -> Check {
    let state = paths::state();
    let existing = state.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/"));
    let free = rustix::fs::statvfs(existing).map_or(0, |found| found.f_bavail * found.f_frsize);
    let found = msg!("doctor-space", path = state.display().to_string(), free = units::size_words(free));
    if free < ROOM { Check::limited("space", found, msg!("doctor-mend-space")) } else { Check::ok("space", found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_not_in_order_says_its_mend() {
        for check in examine() {
            assert_eq!(check.mend.is_none(), check.state == State::Ok, "{}", check.id);
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = examine().into_iter().map(|check| check.id).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
