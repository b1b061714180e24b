//! Building the base: `mmdebstrap` (1) makes the tree from Debian's signed packages, `mksquashfs` (1) packs it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use super::{Base, StandError, adopt, failed, file, folder};
use crate::i18n::Message;
use crate::{msg, paths};

/// The release every machine runs, whatever the PC's own distribution.
const SUITE: &str = "bookworm";
const PACKAGES: &str = include_str!("../../../assets/base/packages.txt");
const CUSTOMIZE: &str = include_str!("../../../assets/base/customize.sh");
/// The youngest time in a base (bookworm's own release, 2023-06-10 UTC), so that the day of the build is not in its bytes.
/// See <https://reproducible-builds.org/specs/source-date-epoch/>.
const EPOCH: &str = "1686355200";
/// How the tree is made: no recommended packages, no documentation but manual pages and licences, French and English.
const TREE: [&str; 12] = [
    "--variant=minbase",
    "--verbose",
    "--format=tar",
    "--aptopt=APT::Install-Recommends \"false\"",
    "--dpkgopt=path-exclude=/usr/share/doc/*",
    "--dpkgopt=path-include=/usr/share/doc/*/copyright",
    "--dpkgopt=path-exclude=/usr/share/locale/*",
    "--dpkgopt=path-include=/usr/share/locale/fr*",
    "--dpkgopt=path-include=/usr/share/locale/en*",
    "--dpkgopt=path-include=/usr/share/locale/locale.alias",
    "--dpkgopt=path-exclude=/usr/share/man/??/*",
    "--dpkgopt=path-include=/usr/share/man/fr/*",
];
/// How it is packed.
const IMAGE: [&str; 11] = [
    "-tar",
    "-comp",
    "zstd",
    "-Xcompression-level",
    "15",
    "-b",
    "256K",
    "-quiet",
    "-no-progress",
    "-root-mode",
    "0755",
];
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";
/// What the base takes while it is built (tree, archive, image), in bytes: measured 2.4 GB, with a margin.
const ROOM: u64 = 4_000_000_000;

/// How far a build is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// What is being done.
    pub step: Message,
    /// How much of the whole is done, 0 to 1.
    pub done: f64,
}

/// Builds the base and makes it the current one. Takes minutes: 3 to 5 on two cores with a near mirror.
///
/// Packages come from `PAILLASSE_MIRROR` (a Debian mirror's address), else from Debian's own; whichever, their
/// signatures are checked against Debian's keyring.
pub fn build(on_progress: &mut dyn FnMut(Progress)) -> Result<Base, StandError> {
    check()?;
    let work = folder().join("build");
    let _ = fs::remove_dir_all(&work);
    fs::DirBuilder::new().recursive(true).mode(0o755).create(&work).map_err(failed("base-do-make-folder"))?;
    let base = build_in(&work, on_progress);
    let _ = fs::remove_dir_all(&work);
    base
}

fn check() -> Result<(), StandError> {
    if !paths::is_root() {
        return Err(StandError::Refused(msg!("base-needs-root")));
    }
    for tool in ["mmdebstrap", "mksquashfs", "tar"] {
        which::which(tool).map_err(|_| StandError::Refused(msg!("base-needs-tool", tool = tool)))?;
    }
    if !Path::new(KEYRING).exists() {
        return Err(StandError::Refused(msg!("base-needs-tool", tool = "debian-archive-keyring")));
    }
    fs::create_dir_all(folder()).map_err(failed("base-do-make-folder"))?;
    let room = rustix::fs::statvfs(folder()).map_err(|error| failed("base-do-see-free-space")(error.into()))?;
    if room.f_bavail * room.f_frsize < ROOM {
        return Err(StandError::Refused(msg!(
            "base-no-room",
            path = folder().display().to_string(),
            gigabytes = ROOM / 1_000_000_000
        )));
    }
    Ok(())
}

fn build_in(work: &Path, on_progress: &mut dyn FnMut(Progress)) -> Result<Base, StandError> {
    let archive = work.join("base.tar");
    bootstrap(work, &archive, on_progress)?;
    on_progress(Progress { step: msg!("base-step-pack"), done: 0.8 });
    let image = work.join("base.squashfs");
    pack(&archive, &image)?;
    on_progress(Progress { step: msg!("base-step-seal"), done: 0.98 });
    let packages = fs::read_to_string(work.join("installed")).map_err(failed("base-do-read-list-of-packages"))?;
    let built = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let info = file::seal(&image, &recipe(), SUITE, built, packages.lines().map(str::to_owned).collect());
    adopt(&image, info.map_err(failed("base-do-seal-base"))?)
}

/// The tree, as a tar archive.
fn bootstrap(work: &Path, archive: &Path, on_progress: &mut dyn FnMut(Progress)) -> Result<(), StandError> {
    let customize = executable(work, "customize.sh", CUSTOMIZE)?;
    let list = executable(work, "list.sh", &list_script(work))?;
    let mut command = Command::new("mmdebstrap");
    command
        .args(TREE)
        .arg(format!("--include={}", packages().collect::<Vec<_>>().join(",")))
        .arg(format!("--keyring={KEYRING}"))
        .arg(format!("--customize-hook={}", customize.display()))
        .arg(format!("--customize-hook={}", list.display()))
        .arg(SUITE)
        .arg(archive)
        .arg(sources(std::env::var("PAILLASSE_MIRROR").ok().as_deref()))
        .env("TMPDIR", work)
        .env("LC_ALL", "C.UTF-8")
        .env("SOURCE_DATE_EPOCH", EPOCH)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(failed("base-do-start-mmdebstrap"))?;
    let log = follow(&mut child, on_progress)?;
    finished(child, "mmdebstrap", &log)
}

/// What a base built by this version would be built by: release, packages and settings, hashed.
pub(super) fn recipe() -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [SUITE, CUSTOMIZE, EPOCH].into_iter().chain(packages()).chain(TREE).chain(IMAGE) {
        hasher.update(part.as_bytes()).update(b"\n");
    }
    hasher.finalize().to_hex().to_string()
}

/// The names in `assets/base/packages.txt`.
fn packages() -> impl Iterator<Item = &'static str> {
    PACKAGES.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Where packages for a tree made of a base come from, as sources.list(5): signed by Debian's keys as the tree has them.
pub(in crate::stand) fn signed_sources(tree: &Path) -> String {
    let keyring = tree.join(KEYRING.trim_start_matches('/'));
    let signed = format!("deb [signed-by={}] ", keyring.display());
    sources(std::env::var("PAILLASSE_MIRROR").ok().as_deref()).replace("deb ", &signed)
}

fn sources(mirror: Option<&str>) -> String {
    let debian = mirror.unwrap_or("http://deb.debian.org/debian").trim_end_matches('/');
    let security = match debian.strip_suffix("/debian") {
        Some(site) => format!("{site}/debian-security"),
        None => format!("{debian}-security"),
    };
    format!("deb {debian} {SUITE} main\ndeb {debian} {SUITE}-updates main\ndeb {security} {SUITE}-security main\n")
}

fn list_script(work: &Path) -> String {
    format!(
        "#!/bin/sh\nset -eu\nchroot \"$1\" dpkg-query -W -f '${{Package}} ${{Version}}\\n' > '{}'\n",
        work.join("installed").display()
    )
}

fn executable(work: &Path, name: &str, text: &str) -> Result<PathBuf, StandError> {
    let path = work.join(name);
    fs::write(&path, text)
        .and_then(|()| fs::set_permissions(&path, fs::Permissions::from_mode(0o755)))
        .map_err(failed("base-do-write-script"))?;
    Ok(path)
}

/// Reads mmdebstrap's words, turns them into progress, keeps them in a log; gives the log's path.
fn follow(child: &mut Child, on_progress: &mut dyn FnMut(Progress)) -> Result<PathBuf, StandError> {
    let path = folder().join("build.log");
    let mut log = fs::File::create(&path).map_err(failed("base-do-write-log"))?;
    let mut meter = Meter::default();
    for line in child.stderr.take().into_iter().flat_map(|stderr| BufReader::new(stderr).split(b'\n')) {
        let line = line.map_err(failed("base-do-follow-mmdebstrap"))?;
        let line = String::from_utf8_lossy(&line);
        writeln!(log, "{line}").map_err(failed("base-do-write-log"))?;
        if let Some(progress) = meter.read(&line) {
            on_progress(progress);
        }
    }
    Ok(path)
}

/// How far mmdebstrap is, from its own words and apt's.
#[derive(Debug, Default)]
struct Meter {
    expected: f64,
    unpacked: f64,
    set_up: f64,
    /// apt is run twice: what was shown stays.
    done: f64,
}

impl Meter {
    fn read(&mut self, line: &str) -> Option<Progress> {
        let mut progress = self.tell(line)?;
        self.done = self.done.max(progress.done);
        progress.done = self.done;
        Some(progress)
    }

    fn tell(&mut self, line: &str) -> Option<Progress> {
        let line = line.trim_start();
        if let Some((count, _)) = line.split_once(" newly installed") {
            let count = count.rsplit(' ').next()?;
            self.expected += count.parse::<f64>().ok()?;
            return Some(Progress { step: msg!("base-step-download"), done: 0.05 });
        }
        if line.starts_with("I: running apt-get update") {
            return Some(Progress { step: msg!("base-step-update"), done: 0.01 });
        }
        if line.starts_with("I: running --customize-hook") {
            return Some(Progress { step: msg!("base-step-customize"), done: 0.75 });
        }
        if line.starts_with("Unpacking ") {
            self.unpacked += 1.0;
        } else if line.starts_with("Setting up ") {
            self.set_up += 1.0;
        } else {
            return None;
        }
        let part = ((self.unpacked + self.set_up) / (2.0 * self.expected.max(1.0))).min(1.0);
        let package = line.split(' ').nth(if line.starts_with("Setting") { 2 } else { 1 }).unwrap_or_default();
        Some(Progress { step: msg!("base-step-install", package = package), done: 0.15 + 0.6 * part })
    }
}

fn pack(archive: &Path, image: &Path) -> Result<(), StandError> {
    let archive = fs::File::open(archive).map_err(failed("base-do-read-archive"))?;
    let log = folder().join("pack.log");
    let stderr = fs::File::create(&log).map_err(failed("base-do-write-log"))?;
    let child = Command::new("mksquashfs")
        .arg("-")
        .arg(image)
        .args(IMAGE)
        .env("SOURCE_DATE_EPOCH", EPOCH)
        .stdin(archive)
        .stdout(Stdio::null())
        .stderr(stderr)
        .spawn()
        .map_err(failed("base-do-start-mksquashfs"))?;
    finished(child, "mksquashfs", &log)
}

fn finished(mut child: Child, tool: &str, log: &Path) -> Result<(), StandError> {
    let status = child.wait().map_err(failed("base-do-wait-for-build"))?;
    if status.success() {
        return Ok(());
    }
    let said = fs::read_to_string(log).unwrap_or_default();
    let last: Vec<&str> = said.lines().rev().filter(|line| !line.trim().is_empty()).take(3).collect();
    let last = last.into_iter().rev().collect::<Vec<_>>().join("\n");
    Err(StandError::Refused(msg!("base-build-failed", tool = tool, log = log.display().to_string(), last = last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_holds_names_only_and_no_name_twice() {
        let mut names: Vec<_> = packages().collect();
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(names.contains(&"samba"));
    }

    #[test]
    fn a_mirror_brings_its_own_security_archive() {
        assert!(
            sources(Some("http://mirror.test/debian/")).contains("deb http://mirror.test/debian-security bookworm")
        );
        assert!(sources(None).lines().count() == 3);
    }

    #[test]
    fn progress_never_goes_back_and_never_passes_the_end() {
        let mut meter = Meter::default();
        let mut last = 0.0;
        let mut lines = vec!["I: running apt-get update...".to_owned()];
        lines.push("0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded.".into());
        for package in ["a", "b", "c"] {
            lines.push(format!("Unpacking {package} (1.0) ..."));
        }
        lines.push("Setting up a (1.0) ...".into());
        lines.push("0 upgraded, 500 newly installed, 0 to remove and 0 not upgraded.".into());
        lines.push("Unpacking d (1.0) ...".into());
        lines.push("I: running --customize-hook directly: x".into());
        for line in lines {
            let Some(progress) = meter.read(&line) else { panic!("{line} says nothing") };
            assert!(progress.done >= last && progress.done <= 0.8, "{line}: {} after {last}", progress.done);
            last = progress.done;
        }
    }
}
