//! Services where systemd does not run the machine: init scripts (LSB core, "Init Script Actions"), `OpenRC`, or nothing.

use std::path::Path;

use super::Fact;
use super::files::{Boot, Unit};
use crate::i18n::Message;
use crate::msg;
use crate::probe::{Machine, reading};

/// What can be told of a unit then.
pub(super) fn fact(root: &Path, unit: &str, machine: &Machine) -> Result<Fact, Message> {
    let name = unit.strip_suffix(".service").unwrap_or(unit);
    let script = root.join("etc/init.d").join(name);
    // What `OpenRC` keeps while it is at work.
    if root.join("run/openrc/softlevel").exists() {
        return Ok(open_rc(root, name));
    }
    if has_init_scripts(root) {
        let status = script.is_file().then(|| machine.run(&[&script.to_string_lossy(), "status"]));
        let active = status.map_or(Ok(Some(false)), |ran| ran.map(|ran| lsb(ran.exit)));
        return Ok(record(script.is_file(), active, enabled(root, name)?, false));
    }
    let files = Unit::read(root, unit)?;
    let boot = Boot::read(root)?;
    Ok(record(files.exists, Err(msg!("probe-no-systemd")), boot.has(unit), files.masked))
}

fn open_rc(root: &Path, name: &str) -> Fact {
    let is = |folder: &str| root.join(folder).join(name).exists();
    let enabled = ["sysinit", "boot", "default"].iter().any(|level| is(&format!("etc/runlevels/{level}")));
    record(is("etc/init.d"), Ok(Some(is("run/openrc/started"))), enabled, false)
}

/// Whether init(8) of System V runs the machine: it has an inittab(5), and process 1 is called `init`.
fn has_init_scripts(root: &Path) -> bool {
    let init = reading::text(&root.join("proc/1/comm")).ok().flatten();
    root.join("etc/inittab").exists() && init.is_some_and(|name| name.trim() == "init")
}

/// Started in the default run level, or before all of them.
fn enabled(root: &Path, name: &str) -> Result<bool, Message> {
    let table = reading::text(&root.join("etc/inittab"))?.unwrap_or_default();
    let level = table.lines().find_map(|line| {
        let mut fields = line.split(':');
        let level = fields.nth(1)?;
        (!line.starts_with('#') && fields.next() == Some("initdefault")).then_some(level)
    });
    for folder in [format!("etc/rc{}.d", level.unwrap_or("2")), "etc/rcS.d".to_owned()] {
        let links = reading::names(&root.join(folder))?;
        // `S20name`.
        let starts = |link: &String| link.strip_prefix('S').and_then(|rest| rest.get(2..)) == Some(name);
        if links.iter().any(starts) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What a script's `status` says; none where it can't tell.
fn lsb(status: i32) -> Option<bool> {
    match status {
        0 => Some(true),
        1..=3 => Some(false),
        _ => None,
    }
}

fn record(exists: bool, active: Result<Option<bool>, Message>, enabled: bool, masked: bool) -> Fact {
    let untold = |reason: Option<Message>| Fact::Unknown(reason.unwrap_or_else(|| msg!("probe-no-systemd")));
    let (active, reason) = match active {
        Ok(Some(active)) => (active.into(), None),
        Ok(None) => (untold(None), None),
        Err(reason) => (untold(Some(reason.clone())), Some(reason)),
    };
    let others = ["state", "sub", "failed", "triggered-by", "file-state"];
    let told = [
        ("exists", exists.into()),
        ("active", active),
        ("enabled", (enabled && exists && !masked).into()),
        ("masked", masked.into()),
    ];
    let others = others.map(|name| (name, untold(reason.clone())));
    Fact::Record(told.into_iter().chain(others).map(|(name, fact)| (name.to_owned(), fact)).collect())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn root(files: &[(&str, &str)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        root
    }

    fn field(root: &tempfile::TempDir, name: &str) -> Fact {
        match fact(root.path(), "ssh.service", &Machine::default()).unwrap() {
            Fact::Record(fields) => fields[name].clone(),
            other => other,
        }
    }

    #[test]
    fn without_any_init_it_is_not_known_whether_a_unit_runs() {
        let root = root(&[("lib/systemd/system/ssh.service", "[Service]\n")]);
        assert!(matches!(field(&root, "active"), Fact::Unknown(_)));
        assert_eq!((field(&root, "exists"), field(&root, "enabled")), (Fact::Bool(true), Fact::Bool(false)));
    }

    #[test]
    fn openrc_says_what_it_started() {
        let files = [("run/openrc/softlevel", "default"), ("etc/init.d/ssh", ""), ("run/openrc/started/ssh", "")];
        let root = root(&files);
        assert_eq!((field(&root, "active"), field(&root, "enabled")), (Fact::Bool(true), Fact::Bool(false)));
        fs::create_dir_all(root.path().join("etc/runlevels/default/ssh")).unwrap();
        assert_eq!(field(&root, "enabled"), Fact::Bool(true));
    }

    #[test]
    fn links_of_the_default_run_level_count() {
        let root = root(&[("etc/inittab", "#id:5:initdefault:\nid:3:initdefault:\n"), ("etc/rc2.d/S20ssh", "")]);
        assert_eq!(enabled(root.path(), "ssh"), Ok(false));
        fs::create_dir_all(root.path().join("etc/rc3.d/S01ssh")).unwrap();
        assert_eq!(enabled(root.path(), "ssh"), Ok(true));
        assert_eq!(enabled(root.path(), "sh"), Ok(false));
    }

    #[test]
    fn what_scripts_say() {
        assert_eq!([0, 1, 3, 4, 127].map(lsb), [Some(true), Some(false), Some(false), None, None]);
    }
}
