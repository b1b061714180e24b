//! The machine's time zone, language and keyboard, as its files set them (localtime(5), locale.conf(5), keyboard(5),
//! vconsole.conf(5)).

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Watch, reading, reason};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `locale = {}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).watches(&[
    Watch::Path("/etc/localtime"),
    Watch::Path("/etc/locale.conf"),
    Watch::Path("/etc/default/locale"),
    Watch::Path("/etc/default/keyboard"),
    Watch::Path("/etc/vconsole.conf"),
]);

const FIELDS: &[Field] = &[
    Field {
        name: "time-zone",
        kind: Kind::Text,
        doc: "Europe/Paris…: where /etc/localtime leads; of a copied file the zone of the same content",
    },
    Field {
        name: "language",
        kind: Kind::Text,
        doc: "LANG of /etc/locale.conf, else of /etc/default/locale: fr_FR.UTF-8; none: C",
    },
    Field {
        name: "language-available",
        kind: Kind::Bool,
        doc: "whether that locale was generated on the machine (locale-gen(8))",
    },
    Field {
        name: "variables",
        kind: Kind::List(&Kind::Text),
        doc: "the other variables set there, as LC_TIME=fr_FR.UTF-8",
    },
    Field { name: "layout", kind: Kind::Word, doc: "XKBLAYOUT of /etc/default/keyboard, else of /etc/vconsole.conf" },
    Field { name: "variant", kind: Kind::Word, doc: "XKBVARIANT of the same" },
    Field { name: "keymap", kind: Kind::Word, doc: "KEYMAP of /etc/vconsole.conf: the console's own, where it is set" },
];

pub(super) fn observe(_args: &Args, _machine: &Machine) -> Observation {
    let source = msg!("probe-source-locale");
    match look(Path::new("/")) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn look(root: &Path) -> Result<Fact, Message> {
    let read = |path: &str| Ok::<_, Message>(reading::text(&root.join(path))?.map(|text| assignments(&text)));
    let locale = match read("etc/locale.conf")? {
        Some(found) => found,
        None => read("etc/default/locale")?.unwrap_or_default(),
    };
    let keyboard = read("etc/default/keyboard")?.unwrap_or_default();
    let console = read("etc/vconsole.conf")?.unwrap_or_default();
    let of_keyboard = |key: &str| keyboard.get(key).or_else(|| console.get(key)).filter(|value| !value.is_empty());
    let language = locale.get("LANG").cloned();
    let available = language.as_ref().map(|name| generated(root, name));
    let others = locale.iter().filter(|(key, _)| *key != "LANG").map(|(key, value)| format!("{key}={value}"));
    Ok(Fact::record([
        ("time-zone", time_zone(root).into()),
        ("language-available", available.transpose().map_or_else(Fact::Unknown, Fact::from)),
        ("language", language.into()),
        ("variables", Fact::texts(others)),
        ("layout", of_keyboard("XKBLAYOUT").cloned().into()),
        ("variant", of_keyboard("XKBVARIANT").cloned().into()),
        ("keymap", console.get("KEYMAP").cloned().into()),
    ]))
}

/// The machine's own time zone (localtime(5)): without the file, or with one that makes no sense, UTC. Not this process's,
/// whose environment is the PC's.
pub(super) fn zone() -> TimeZone {
    let bytes = reading::bytes(Path::new("/etc/localtime"), 1 << 20).ok().flatten();
    bytes.and_then(|bytes| TimeZone::tzif("Local", &bytes).ok()).unwrap_or(TimeZone::UTC)
}

/// `KEY=value` lines as a shell would read them: comments, quotes.
pub(super) fn assignments(text: &str) -> BTreeMap<String, String> {
    let line = |line: &str| {
        let (key, value) = line.trim().split_once('=')?;
        let key = key.trim_start_matches("export ").trim();
        let unquoted = |mark: char| value.trim().strip_prefix(mark)?.split(mark).next();
        let value = unquoted('"').or_else(|| unquoted('\'')).or_else(|| value.split_whitespace().next()).unwrap_or("");
        (!key.starts_with('#') && !key.contains(' ')).then(|| (key.to_owned(), value.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

const ZONES: &str = "usr/share/zoneinfo";

/// Without `/etc/localtime` the machine keeps UTC (localtime(5)).
fn time_zone(root: &Path) -> Option<String> {
    let file = root.join("etc/localtime");
    if let Ok(target) = fs::read_link(&file) {
        let target = target.to_string_lossy().into_owned();
        return target.split_once("zoneinfo/").map(|(_, zone)| zone.trim_start_matches("posix/").to_owned());
    }
    let Ok(Some(own)) = reading::bytes(&file, 1 << 20) else { return Some("UTC".to_owned()) };
    // A copy: what /etc/timezone (Debian) says it is a copy of, if it is.
    let named = reading::text(&root.join("etc/timezone")).ok()??.trim().to_owned();
    let same = |zone: &String| reading::bytes(&root.join(ZONES).join(zone), 1 << 20) == Ok(Some(own.clone()));
    Some(named).filter(|zone| !zone.split('/').any(|part| part == "..") && same(zone))
}

/// How much of the archive holds its names, at most.
const NAMES: u64 = 2 * 1024 * 1024;

/// Whether a locale was made: a folder of its name, or its name in the archive (locale(1), locale-archive).
fn generated(root: &Path, name: &str) -> Result<bool, Message> {
    if matches!(name, "C" | "POSIX") {
        return Ok(true);
    }
    let name = normal(name);
    let folders = reading::names(&root.join("usr/lib/locale"))?;
    if folders.iter().any(|folder| normal(folder) == name) {
        return Ok(true);
    }
    let Some(archive) = reading::open(&root.join("usr/lib/locale/locale-archive"))? else { return Ok(false) };
    // The names are in the first part, before the locales' own data.
    let mut head = Vec::new();
    archive.take(NAMES).read_to_end(&mut head).map_err(|error| reason(&error, "locale-archive"))?;
    Ok(head.split(|byte| *byte == 0).any(|entry| entry == name.as_bytes()))
}

/// As glibc keeps names: the codeset in small letters without hyphens (`fr_FR.utf8`).
fn normal(name: &str) -> String {
    let (name, modifier) = name.split_once('@').map_or((name, None), |(name, modifier)| (name, Some(modifier)));
    let whole = match name.split_once('.') {
        Some((language, codeset)) => format!("{language}.{}", codeset.to_lowercase().replace(['-', '_'], "")),
        None => name.to_owned(),
    };
    modifier.map_or(whole.clone(), |modifier| format!("{whole}@{modifier}"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use proptest::prelude::*;

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

    #[test]
    fn a_time_zone_by_link_by_copy_and_by_default() {
        let root = root(&[(&format!("{ZONES}/Europe/Paris"), "paris"), ("etc/timezone", "Europe/Paris\n")]);
        assert_eq!(time_zone(root.path()).as_deref(), Some("UTC"));
        fs::write(root.path().join("etc/localtime"), "paris").unwrap();
        assert_eq!(time_zone(root.path()).as_deref(), Some("Europe/Paris"));
        // Only the name was changed: the clock still shows the other zone.
        fs::write(root.path().join("etc/localtime"), "oslo").unwrap();
        assert_eq!(time_zone(root.path()), None);
        fs::remove_file(root.path().join("etc/localtime")).unwrap();
        symlink("/usr/share/zoneinfo/Asia/Tokyo", root.path().join("etc/localtime")).unwrap();
        assert_eq!(time_zone(root.path()).as_deref(), Some("Asia/Tokyo"));
    }

    #[test]
    fn a_locale_must_have_been_made() {
        let root =
            root(&[("usr/lib/locale/C.utf8/LC_CTYPE", ""), ("usr/lib/locale/locale-archive", "x\0fr_FR.utf8\0y")]);
        for (name, made) in
            [("C.UTF-8", true), ("fr_FR.UTF-8", true), ("fr_FR", false), ("de_DE.UTF-8", false), ("C", true)]
        {
            assert_eq!(generated(root.path(), name), Ok(made), "{name}");
        }
    }

    #[test]
    fn files_of_assignments() {
        let read = assignments("# LANG=no\nLANG=\"fr_FR.UTF-8\"\n LC_TIME=C # x\nexport A='b c'\nnoise\n");
        let expected = [("A", "b c"), ("LANG", "fr_FR.UTF-8"), ("LC_TIME", "C")];
        assert!(read.iter().map(|(key, value)| (key.as_str(), value.as_str())).eq(expected));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[A-Z=\"' #a-z.@_\n-]{0,80}") {
            let _ = (assignments(&text), normal(&text));
        }
    }
}
