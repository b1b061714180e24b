//! Turns a unit on in a tree that is not running, the way `systemctl enable` does (systemd.unit(5), "\[Install\] section").

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Where units lie, the first wins.
const FOLDERS: [&str; 3] = ["etc/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"];
/// Runlevels in which a System V script's service runs.
const RUNLEVELS: [&str; 4] = ["rc2.d", "rc3.d", "rc4.d", "rc5.d"];

/// What a unit's `[Install]` section asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Install {
    wanted_by: Vec<String>,
    required_by: Vec<String>,
    also: Vec<String>,
    alias: Vec<String>,
    default_instance: Option<String>,
}

/// Turns a unit of the tree at `root` on. False where the tree has no such unit.
pub(super) fn enable(root: &Path, unit: &str) -> io::Result<bool> {
    enable_all(root, unit, &mut Vec::new())
}

fn enable_all(root: &Path, unit: &str, done: &mut Vec<String>) -> io::Result<bool> {
    let unit = if unit.contains('.') { unit.to_owned() } else { format!("{unit}.service") };
    if done.contains(&unit) {
        return Ok(true);
    }
    done.push(unit.clone());
    let Some((file, text)) = read(root, &unit) else { return enable_script(root, &unit) };
    let install = parse(&text);
    let name = match (unit.split_once("@."), &install.default_instance) {
        (Some((stem, kind)), Some(instance)) => format!("{stem}@{instance}.{kind}"),
        _ => unit,
    };
    for (targets, folder) in [(&install.wanted_by, "wants"), (&install.required_by, "requires")] {
        for target in targets {
            link(root, &file, &format!("{target}.{folder}/{name}"))?;
        }
    }
    for alias in &install.alias {
        link(root, &file, alias)?;
    }
    for also in &install.also {
        enable_all(root, also, done)?;
    }
    Ok(true)
}

/// The unit's path as seen inside, and its text. An instance `a@b.service` is read from its template `a@.service`.
fn read(root: &Path, unit: &str) -> Option<(PathBuf, String)> {
    let template = unit.split_once('@').and_then(|(stem, rest)| Some(format!("{stem}@.{}", rest.rsplit_once('.')?.1)));
    for name in std::iter::once(unit.to_owned()).chain(template) {
        for folder in FOLDERS {
            let Some(path) = follow(root, &Path::new(folder).join(&name)) else { continue };
            if let Ok(text) = fs::read_to_string(root.join(&path)) {
                return Some((Path::new("/").join(path), text));
            }
        }
    }
    None
}

/// The file an alias stands for: its link is absolute, so it must be followed inside the tree.
fn follow(root: &Path, path: &Path) -> Option<PathBuf> {
    match fs::read_link(root.join(path)) {
        Ok(target) if target.starts_with("/dev") => None,
        Ok(target) if target.is_absolute() => Some(target.strip_prefix("/").ok()?.to_path_buf()),
        Ok(target) => Some(path.parent()?.join(target)),
        Err(_) => root.join(path).exists().then(|| path.to_path_buf()),
    }
}

fn link(root: &Path, file: &Path, at: &str) -> io::Result<()> {
    let place = root.join(FOLDERS[0]).join(at);
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent)?;
    }
    match symlink(file, &place) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

/// A service that only has a System V script (`isc-dhcp-server`): systemd makes its unit from the links.
fn enable_script(root: &Path, unit: &str) -> io::Result<bool> {
    let Some(script) = unit.strip_suffix(".service") else { return Ok(false) };
    if !root.join("etc/init.d").join(script).is_file() {
        return Ok(false);
    }
    for level in RUNLEVELS {
        let folder = root.join("etc").join(level);
        fs::create_dir_all(&folder)?;
        for entry in fs::read_dir(&folder)?.flatten() {
            if entry.file_name().to_string_lossy().get(3..) == Some(script) {
                fs::remove_file(entry.path())?;
            }
        }
        symlink(Path::new("../init.d").join(script), folder.join(format!("S01{script}")))?;
    }
    Ok(true)
}

fn parse(text: &str) -> Install {
    let mut install = Install::default();
    let mut inside = false;
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[Install]";
        }
        let Some((key, value)) = line.split_once('=').filter(|_| inside) else { continue };
        let words = value.split_whitespace().map(str::to_owned);
        match key.trim() {
            "WantedBy" => install.wanted_by.extend(words),
            "RequiredBy" => install.required_by.extend(words),
            "Also" => install.also.extend(words),
            "Alias" => install.alias.extend(words),
            "DefaultInstance" => install.default_instance = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    install
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    #[test]
    fn a_unit_is_wanted_by_its_target_and_known_by_its_alias() {
        let root = tree(&[
            (
                "usr/lib/systemd/system/ssh.service",
                "[Unit]\nWantedBy=no\n[Install]\nWantedBy=multi-user.target\nAlias=sshd.service\nAlso=ssh.socket\n",
            ),
            ("usr/lib/systemd/system/ssh.socket", "[Install]\nWantedBy=sockets.target\n"),
        ]);
        assert!(enable(root.path(), "ssh").unwrap());
        assert!(enable(root.path(), "ssh.service").unwrap(), "twice is no error");
        let system = root.path().join("etc/systemd/system");
        for at in ["multi-user.target.wants/ssh.service", "sshd.service"] {
            assert_eq!(fs::read_link(system.join(at)).unwrap(), Path::new("/usr/lib/systemd/system/ssh.service"));
        }
        assert!(system.join("sockets.target.wants/ssh.socket").symlink_metadata().is_ok());
        assert!(!system.join("no.wants").exists());
    }

    #[test]
    fn an_alias_an_instance_and_a_script_are_found() {
        let root = tree(&[
            ("usr/lib/systemd/system/wg-quick@.service", "[Install]\nWantedBy=multi-user.target\n"),
            ("usr/lib/systemd/system/named.service", "[Install]\nWantedBy=multi-user.target\n"),
            ("etc/init.d/isc-dhcp-server", "#!/bin/sh\n"),
            ("etc/rc2.d/K01isc-dhcp-server", ""),
        ]);
        fs::create_dir_all(root.path().join("etc/systemd/system")).unwrap();
        symlink("/usr/lib/systemd/system/named.service", root.path().join("etc/systemd/system/bind9.service")).unwrap();
        assert!(enable(root.path(), "wg-quick@wg0.service").unwrap());
        assert!(enable(root.path(), "bind9").unwrap());
        assert!(enable(root.path(), "isc-dhcp-server").unwrap());
        let wants = root.path().join("etc/systemd/system/multi-user.target.wants");
        assert_eq!(
            fs::read_link(wants.join("wg-quick@wg0.service")).unwrap(),
            Path::new("/usr/lib/systemd/system/wg-quick@.service")
        );
        assert!(root.path().join("etc/rc2.d/S01isc-dhcp-server").symlink_metadata().is_ok());
        assert!(!root.path().join("etc/rc2.d/K01isc-dhcp-server").exists());
    }

    #[test]
    fn an_unknown_or_masked_unit_is_said() {
        let root = tree(&[("etc/hostname", "x")]);
        fs::create_dir_all(root.path().join("etc/systemd/system")).unwrap();
        symlink("/dev/null", root.path().join("etc/systemd/system/udev.service")).unwrap();
        assert!(!enable(root.path(), "nginx").unwrap());
        assert!(!enable(root.path(), "udev.service").unwrap());
    }
}
