//! Units as files: what is there, what is masked, and what the start pulls in, up from the boot target. True with and
//! without a running systemd (systemd.unit(5), bootup(7)).

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::i18n::Message;
use crate::probe::reading;

/// Where units are, the first counts; then what generators make at the start.
const FOLDERS: [&str; 8] = [
    "etc/systemd/system",
    "run/systemd/system",
    "run/systemd/generator.early",
    "run/systemd/generator",
    "usr/local/lib/systemd/system",
    "usr/lib/systemd/system",
    "lib/systemd/system",
    "run/systemd/generator.late",
];
/// Keys of `[Unit]` that pull another unit in.
const PULLS: [&str; 5] = ["Wants", "Requires", "Requisite", "BindsTo", "Upholds"];
/// More units than this no machine starts.
const MOST: usize = 5_000;

/// What the start pulls in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::probe) struct Boot(HashSet<String>);

impl Boot {
    /// Follows everything that the boot target pulls in; a masked unit is not and pulls nothing.
    pub(in crate::probe) fn read(root: &Path) -> Result<Self, Message> {
        let mut found = HashSet::new();
        let mut queue = vec!["default.target".to_owned()];
        while let Some(name) = queue.pop() {
            if found.len() > MOST || !found.insert(name.clone()) {
                continue;
            }
            let unit = Unit::read(root, &name)?;
            if unit.masked {
                found.remove(&name);
                continue;
            }
            found.extend(unit.names.iter().cloned());
            queue.extend(unit.pulls);
        }
        Ok(Self(found))
    }

    pub(in crate::probe) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    #[cfg(test)]
    pub(super) fn of(names: &[&str]) -> Self {
        Self(names.iter().map(|name| (*name).to_owned()).collect())
    }
}

/// One unit as its files say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) exists: bool,
    pub(super) masked: bool,
    /// Its own name and those that lead to it.
    names: BTreeSet<String>,
    pulls: Vec<String>,
}

impl Unit {
    pub(super) fn read(root: &Path, name: &str) -> Result<Self, Message> {
        let mut unit = Self { names: BTreeSet::from([name.to_owned()]), ..Self::default() };
        if let Some((path, names)) = fragment(root, name) {
            unit.exists = true;
            unit.names.extend(names);
            // A link to /dev/null, or an empty file (systemd.unit(5)).
            match fs::metadata(&path) {
                Ok(found) if found.is_file() && found.len() > 0 => {
                    unit.pulls.extend(reading::text(&path)?.iter().flat_map(|text| pulls(text)));
                }
                _ => unit.masked = true,
            }
        }
        for folder in FOLDERS.map(|folder| root.join(folder)) {
            for name in unit.names.clone() {
                for kind in ["wants", "requires", "upholds"] {
                    unit.pulls.extend(reading::names(&folder.join(format!("{name}.{kind}")))?);
                }
                for part in reading::fragments(&folder, &[&format!("{name}.d")])? {
                    unit.pulls.extend(reading::text(&part)?.iter().flat_map(|text| pulls(text)));
                }
            }
        }
        Ok(unit)
    }
}

/// The file of a unit, after the links that make aliases, and the names met on the way. An instance is made from its
/// template.
fn fragment(root: &Path, name: &str) -> Option<(PathBuf, BTreeSet<String>)> {
    let mut names = BTreeSet::new();
    let mut name = name.to_owned();
    for _ in 0..8 {
        names.insert(name.clone());
        let template =
            name.split_once('@').and_then(|(head, tail)| Some(format!("{head}@.{}", tail.rsplit_once('.')?.1)));
        let place = |name: &str| {
            FOLDERS.iter().map(|folder| root.join(folder).join(name)).find(|path| fs::symlink_metadata(path).is_ok())
        };
        let path = place(&name).or_else(|| place(&template?))?;
        let Ok(target) = fs::read_link(&path) else { return Some((path, names)) };
        match target.file_name().map(|file| file.to_string_lossy().into_owned()) {
            Some(file) if file != name && file != "null" && is_unit(&file) => name = file,
            _ => return Some((path, names)),
        }
    }
    None
}

pub(super) const SUFFIXES: [&str; 11] = [
    ".service",
    ".socket",
    ".target",
    ".timer",
    ".path",
    ".mount",
    ".automount",
    ".swap",
    ".slice",
    ".scope",
    ".device",
];

pub(super) fn is_unit(name: &str) -> bool {
    SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

/// What the section `[Unit]` pulls in.
fn pulls(text: &str) -> Vec<String> {
    let mut section = "";
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            section = line;
        }
        if let Some((key, value)) = line.split_once('=').filter(|(key, _)| PULLS.contains(&key.trim()))
            && section == "[Unit]"
            && !key.starts_with(['#', ';'])
        {
            found.extend(value.split_whitespace().map(str::to_owned));
        }
    }
    found
}

/// The names of all units with a suffix, each once.
pub(in crate::probe) fn names(root: &Path, suffix: &str) -> Result<Vec<String>, Message> {
    let mut found = BTreeSet::new();
    for folder in FOLDERS {
        let names = reading::names(&root.join(folder))?;
        found.extend(names.into_iter().filter(|name| name.ends_with(suffix) && !name.contains('@')));
    }
    Ok(found.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use proptest::prelude::*;

    use super::*;

    /// A small system: default.target is multi-user.target, which wants ssh; ssh wants keys.
    fn root() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let lib = root.path().join("usr/lib/systemd/system");
        let etc = root.path().join("etc/systemd/system");
        fs::create_dir_all(lib.join("multi-user.target.wants")).unwrap();
        fs::create_dir_all(etc.join("multi-user.target.wants")).unwrap();
        fs::create_dir_all(etc.join("graphical.target.wants")).unwrap();
        fs::write(lib.join("multi-user.target"), "[Unit]\nRequires=basic.target\n[Install]\nWantedBy=x.target\n")
            .unwrap();
        fs::write(lib.join("basic.target"), "[Unit]\nWants=timers.target\n").unwrap();
        fs::write(lib.join("ssh.service"), "[Unit]\nWants=keys.service\n[Service]\nExecStart=/x\n").unwrap();
        fs::write(lib.join("keys.service"), "[Service]\nExecStart=/x\n").unwrap();
        fs::write(lib.join("lonely.service"), "[Unit]\n#Wants=x\n").unwrap();
        symlink("/usr/lib/systemd/system/multi-user.target", etc.join("default.target")).unwrap();
        symlink("/usr/lib/systemd/system/ssh.service", etc.join("sshd.service")).unwrap();
        symlink("/usr/lib/systemd/system/ssh.service", etc.join("multi-user.target.wants/ssh.service")).unwrap();
        root
    }

    #[test]
    fn a_static_unit_comes_with_what_wants_it_up_to_the_boot_target() {
        let root = root();
        let boot = Boot::read(root.path()).unwrap();
        for name in ["multi-user.target", "basic.target", "ssh.service", "keys.service"] {
            assert!(boot.has(name), "{name}");
        }
        for name in ["lonely.service", "graphical.target", "x.target"] {
            assert!(!boot.has(name), "{name}");
        }
    }

    #[test]
    fn what_is_masked_pulls_nothing() {
        let root = root();
        symlink("/dev/null", root.path().join("etc/systemd/system/ssh.service")).unwrap();
        let boot = Boot::read(root.path()).unwrap();
        assert!(!boot.has("ssh.service") && !boot.has("keys.service"));
        assert!(Unit::read(root.path(), "ssh.service").unwrap().masked);
    }

    #[test]
    fn a_drop_in_and_an_alias_count() {
        let root = root();
        let folder = root.path().join("etc/systemd/system/basic.target.d");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("x.conf"), "[Unit]\nWants=sshd.service lonely.service\n").unwrap();
        fs::remove_file(root.path().join("etc/systemd/system/multi-user.target.wants/ssh.service")).unwrap();
        let boot = Boot::read(root.path()).unwrap();
        assert!(boot.has("lonely.service") && boot.has("ssh.service") && boot.has("keys.service"));
    }

    #[test]
    fn links_in_a_circle_end() {
        let root = root();
        let etc = root.path().join("etc/systemd/system");
        symlink("b.service", etc.join("a.service")).unwrap();
        symlink("a.service", etc.join("b.service")).unwrap();
        assert!(!Unit::read(root.path(), "a.service").unwrap().exists);
    }

    proptest! {
        #[test]
        fn any_unit_is_read(text in "(\\[Unit\\]|Wants=|Requires|[a-z. =#\\[]{0,10}|\n){0,20}") {
            let _ = pulls(&text);
        }
    }
}
