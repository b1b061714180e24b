//! Debian packages beyond the base: fetched by the PC's own apt, with its proxies, for a machine whose list of installed
//! packages is the base's. The PC's lists, cache and packages are neither read nor written.

use std::fs;
use std::io;
use std::os::fd::AsRawFd as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::io::Errno;
use rustix::mount::UnmountFlags;

use super::super::base;
use super::super::error::{StandError, failed};
use super::super::folder::MachineFolder;
use super::super::plan::Script;
use super::super::root;
use super::Keeper;
use crate::msg;

/// Where the machine sees what was fetched: in `/run/host`.
const FETCHED: &str = "packages";
const INSTALL: &str = include_str!("../../../assets/base/install.sh");

/// The script that installs what [`Keeper::fetch`] brought.
pub(super) fn install(machine: &str) -> Script {
    Script { machine: machine.to_owned(), name: "install.sh".to_owned(), body: INSTALL.to_owned() }
}

/// Shows the machine, whose root is mounted, what was fetched: that is on the disk, the rest of what it is shown in memory.
pub(super) fn show_fetched(place: &MachineFolder) -> io::Result<()> {
    let at = place.host().join(FETCHED);
    fs::create_dir_all(&at)?;
    Ok(rustix::mount::mount_bind(place.root.join(FETCHED), at)?)
}

/// Forgets what was fetched.
pub(super) fn drop_fetched(place: &MachineFolder) -> io::Result<()> {
    match rustix::mount::unmount(place.host().join(FETCHED), UnmountFlags::DETACH) {
        // Nothing is shown.
        Ok(()) | Err(Errno::NOENT | Errno::INVAL) => root::remove_tree(&place.root.join(FETCHED)),
        Err(error) => Err(error.into()),
    }
}

impl Keeper {
    /// Fetches packages, and whatever they need that the base lacks, to where the machine sees them. Their signatures are
    /// checked against the base's own keyring.
    pub(super) fn fetch(&self, place: &MachineFolder, names: &[String]) -> Result<(), StandError> {
        let problem = || failed(msg!("stand-do-layer", machine = place.name()));
        let work = place.root.join("apt");
        root::remove_tree(&work).and_then(|()| drop_fetched(place)).map_err(problem())?;
        let archives = place.root.join(FETCHED);
        for folder in [work.join("lists/partial"), archives.join("partial")] {
            fs::create_dir_all(folder).map_err(problem())?;
        }
        let tree = self.folder.base();
        let settings = settings(&tree, &work, &archives).map_err(problem())?;
        fs::write(work.join("sources.list"), base::signed_sources(&tree)).map_err(problem())?;
        fs::write(work.join("apt.conf"), settings).map_err(problem())?;
        let fetched = self
            .apt(&work, &["update"], names)
            .and_then(|()| self.apt(&work, &[&["install", "--download-only", "--"], &strs(names)[..]].concat(), names));
        root::remove_tree(&work).map_err(problem())?;
        fetched
    }

    /// Runs apt-get(8) with our settings, on the PC's network: the keeper itself has none.
    fn apt(&self, work: &Path, arguments: &[&str], names: &[String]) -> Result<(), StandError> {
        let network = format!("--net=/proc/{}/fd/{}", std::process::id(), self.outside.as_raw_fd());
        let output = Command::new("nsenter")
            .args([&network, "--", "apt-get", "--quiet", "--yes"])
            .args(arguments)
            .env("APT_CONFIG", work.join("apt.conf"))
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .output()
            .map_err(failed(msg!("stand-do-fetch")))?;
        if output.status.success() {
            return Ok(());
        }
        let last = last_words(&String::from_utf8_lossy(&output.stderr));
        Err(StandError::Refused(msg!("stand-no-packages", names = names.join(", "), last = last)))
    }
}

/// Settings that replace all of the PC's, but those of how to reach a mirror (apt.conf(5), "The Acquire Group").
fn settings(tree: &Path, work: &Path, archives: &Path) -> io::Result<String> {
    let kind = fs::read_to_string(tree.join("var/lib/dpkg/arch"))?;
    let kind = kind.lines().next().unwrap_or_default().to_owned();
    let dump = Command::new("apt-config").args(["dump", "Acquire"]).stdin(Stdio::null()).output();
    let acquire = dump.map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::new(error.kind(), "apt-config"),
        _ => error,
    })?;
    let none = Path::new("/dev/null");
    let (lists, sources) = (work.join("lists"), work.join("sources.list"));
    let status = tree.join("var/lib/dpkg/status");
    let paths = [
        ("Dir::Etc::Main", none),
        ("Dir::Etc::Parts", none),
        ("Dir::Etc::SourceParts", none),
        ("Dir::Etc::Preferences", none),
        ("Dir::Etc::PreferencesParts", none),
        ("Dir::Etc::Trusted", none),
        ("Dir::Etc::TrustedParts", none),
        ("Dir::Etc::SourceList", &sources),
        ("Dir::State", work),
        ("Dir::State::Lists", &lists),
        ("Dir::State::Status", &status),
        ("Dir::Cache", work),
        ("Dir::Cache::Archives", archives),
        ("Dir::Log", work),
    ];
    let paths = paths.map(|(name, path)| format!("{name} \"{}\";\n", path.display())).concat();
    // The folders are root's alone: apt's unprivileged user can't write there.
    let rest = format!(
        "APT::Architecture \"{kind}\";\nAPT::Architectures {{ \"{kind}\"; }};\nAPT::Install-Recommends \"false\";\n\
         APT::Sandbox::User \"root\";\n"
    );
    Ok(paths + &rest + &String::from_utf8_lossy(&acquire.stdout))
}

fn strs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// What apt says last, without its warnings.
fn last_words(said: &str) -> String {
    let errors: Vec<&str> = said.lines().filter(|line| line.starts_with("E: ")).take(3).collect();
    errors.join("\n    ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apt_s_errors_are_told_and_its_warnings_are_not() {
        let said = "W: a\nE: Unable to locate package zzz\nN: b\n";
        assert_eq!(last_words(said), "E: Unable to locate package zzz");
    }
}
