//! A kernel parameter: its value now (`/proc/sys`), and the one it gets at the start (sysctl.d(5), sysctl.conf(5)).

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Watch, reading};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `sysctl = { key = "net.ipv4.ip_forward" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Its name, with dots (or slashes, where a part of it has a dot: `net/ipv4/conf/eth0.1/forwarding`).
    pub key: String,
}

pub(super) const ABOUT: About =
    About::new(Cost::Local, FIELDS).watches(&[Watch::Path("/etc/sysctl.d"), Watch::Path("/etc/sysctl.conf")]);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether the running kernel has it" },
    Field { name: "value", kind: Kind::Text, doc: "its value now, without the blanks around it" },
    Field { name: "number", kind: Kind::Int, doc: "its value now, where it is a whole number" },
    Field { name: "configured", kind: Kind::Text, doc: "the value it is given at the start; none: the kernel's own" },
    Field { name: "configured-number", kind: Kind::Int, doc: "the same, where it is a whole number" },
    Field { name: "declared", kind: Kind::Text, doc: "the file that gives it, the last to do so" },
];

/// Folders of sysctl.d(5): of two files of one name the first folder's counts; all are then read in the order of names.
const FOLDERS: [&str; 5] =
    ["etc/sysctl.d", "run/sysctl.d", "usr/local/lib/sysctl.d", "usr/lib/sysctl.d", "lib/sysctl.d"];

pub(super) fn observe(args: &Args, _machine: &Machine) -> Observation {
    let source = msg!("probe-source-sysctl", key = &args.key);
    match look(Path::new("/"), &args.key) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn look(root: &Path, key: &str) -> Result<Fact, Message> {
    let path = path_of(key);
    if path.split('/').any(|part| part == "..") {
        return Ok(Fact::record([("exists", false.into())]));
    }
    let now = reading::text(&root.join("proc/sys").join(&path));
    let value = match &now {
        Ok(text) => Fact::from(text.as_ref().map(|text| text.trim().to_owned())),
        Err(reason) => Fact::Unknown(reason.clone()),
    };
    let number = match &value {
        Fact::Text(text) => text.parse::<i64>().ok().into(),
        other => other.clone(),
    };
    let declared = declared(root, &path)?;
    let (persistent, file) = declared.map_or((None, None), |(value, file)| (Some(value), Some(file)));
    Ok(Fact::record([
        ("exists", (!matches!(now, Ok(None))).into()),
        ("value", value),
        ("number", number),
        ("configured-number", persistent.as_ref().and_then(|text| text.parse::<i64>().ok()).into()),
        ("configured", persistent.into()),
        ("declared", file.into()),
    ]))
}

/// Where it is under `/proc/sys`: the first separator says which of the two is the other (sysctl.d(5)).
fn path_of(key: &str) -> String {
    let key = key.trim();
    match key.find(['.', '/']).map(|at| key.as_bytes()[at]) {
        Some(b'.') => key
            .chars()
            .map(|c| {
                if c == '.' {
                    '/'
                } else if c == '/' {
                    '.'
                } else {
                    c
                }
            })
            .collect(),
        _ => key.to_owned(),
    }
}

/// The value given at the start and the file that gives it.
fn declared(root: &Path, path: &str) -> Result<Option<(String, String)>, Message> {
    let mut found = None;
    for file in files(root)? {
        let Some(text) = reading::text(&file)? else { continue };
        if let Some(value) = last(&text, path) {
            let shown = file.strip_prefix(root).unwrap_or(&file);
            found = Some((value, format!("/{}", shown.display())));
        }
    }
    Ok(found)
}

/// The files in the order in which they are read.
fn files(root: &Path) -> Result<Vec<PathBuf>, Message> {
    let mut files = reading::fragments(root, &FOLDERS)?;
    // systemd reads sysctl.conf only through a link in sysctl.d; sysctl(8), which the other inits run, reads it last.
    if !root.join("run/systemd/system").is_dir() {
        files.push(root.join("etc/sysctl.conf"));
    }
    Ok(files)
}

/// The last value a file gives; an exact name goes before a pattern, wherever it stands.
fn last(text: &str, path: &str) -> Option<String> {
    let (mut exact, mut pattern) = (None, None);
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
        let Some((key, value)) = line.split_once('=') else { continue };
        let key = path_of(key.trim().trim_start_matches('-'));
        if key == path {
            exact = Some(value.trim().to_owned());
        } else if key.contains('*') && matches(&key, path) {
            pattern = Some(value.trim().to_owned());
        }
    }
    exact.or(pattern)
}

/// A `*` stands for one part or some of it, never for several.
fn matches(pattern: &str, path: &str) -> bool {
    let (patterns, parts): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    patterns.len() == parts.len() && patterns.iter().zip(&parts).all(|(pattern, part)| part_matches(pattern, part))
}

fn part_matches(pattern: &str, part: &str) -> bool {
    let Some((start, end)) = pattern.split_once('*') else { return pattern == part };
    part.len() >= start.len() + end.len() && part.starts_with(start) && part.ends_with(end)
}

#[cfg(test)]
mod tests {
    use std::fs;

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

    fn given(files: &[(&str, &str)], key: &str) -> Option<(String, String)> {
        let root = root(files);
        fs::create_dir_all(root.path().join("run/systemd/system")).unwrap();
        declared(root.path(), &path_of(key)).unwrap()
    }

    const FORWARD: &str = "net.ipv4.ip_forward";

    #[test]
    fn the_last_name_wins_and_etc_hides_usr() {
        let files = [
            ("etc/sysctl.d/10-a.conf", "net.ipv4.ip_forward = 0\n"),
            ("usr/lib/sysctl.d/50-b.conf", "net/ipv4/ip_forward=1\n"),
        ];
        assert_eq!(given(&files, FORWARD).unwrap(), ("1".into(), "/usr/lib/sysctl.d/50-b.conf".into()));
        let hidden = [files[0], files[1], ("etc/sysctl.d/50-b.conf", "# nothing\n")];
        assert_eq!(given(&hidden, FORWARD).unwrap().0, "0");
    }

    #[test]
    fn comments_and_other_keys_do_not_count() {
        let text = "#net.ipv4.ip_forward=1\n; net.ipv4.ip_forward=1\nnet.ipv4.ip_forward_use_pmtu = 1\n";
        assert_eq!(given(&[("etc/sysctl.d/a.conf", text)], FORWARD), None);
        assert_eq!(given(&[("etc/sysctl.d/a", "net.ipv4.ip_forward=1")], FORWARD), None);
    }

    #[test]
    fn systemd_does_not_read_sysctl_conf_by_itself() {
        let files = [("etc/sysctl.conf", "net.ipv4.ip_forward=1\n")];
        assert_eq!(given(&files, FORWARD), None);
        let other_init = root(&files);
        assert_eq!(declared(other_init.path(), &path_of(FORWARD)).unwrap().unwrap().0, "1");
    }

    #[test]
    fn a_pattern_counts_less_than_a_name() {
        let text = "-net.ipv4.conf.eth0.rp_filter = 0\nnet.ipv4.conf.*.rp_filter = 2\n";
        let value = |key| given(&[("etc/sysctl.d/a.conf", text)], key).map(|(value, _)| value);
        assert_eq!(value("net.ipv4.conf.eth0.rp_filter").as_deref(), Some("0"));
        assert_eq!(value("net.ipv4.conf.eth1.rp_filter").as_deref(), Some("2"));
        assert_eq!(value("net.ipv4.conf.eth1.x.rp_filter"), None);
        assert_eq!(path_of("net.ipv4.conf.eth0/1.forwarding"), "net/ipv4/conf/eth0.1/forwarding");
    }

    #[test]
    fn now_and_later_are_told_apart() {
        let root = root(&[("proc/sys/net/ipv4/ip_forward", "1\n")]);
        let Fact::Record(fields) = look(root.path(), FORWARD).unwrap() else { panic!() };
        assert_eq!((&fields["number"], &fields["configured"]), (&Fact::Int(1), &Fact::None));
        let Fact::Record(fields) = look(root.path(), "no.such").unwrap() else { panic!() };
        assert_eq!(fields["exists"], Fact::Bool(false));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[a-z.*/=#; \n-]{0,120}", key in "[a-z./]{0,20}") {
            let _ = last(&text, &path_of(&key));
        }
    }
}
