//! What passwords must be and how long they last, for accounts of the machine's own: login.defs(5) for new accounts, and the
//! PAM modules that are asked when a password is changed (`pam_pwquality(8)`, `pam_pwhistory(8)`, `pam_faillock(8)`).
//!
//! A file of settings counts only where its module is in the stack.

use std::collections::BTreeMap;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Watch, reading};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `policy = {}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).watches(&[
    Watch::Path("/etc/login.defs"),
    Watch::Path("/etc/pam.d"),
    Watch::Path("/etc/security"),
]);

const FIELDS: &[Field] = &[
    Field { name: "max-days", kind: Kind::Int, doc: "PASS_MAX_DAYS of login.defs(5), for accounts made from now on" },
    Field { name: "min-days", kind: Kind::Int, doc: "PASS_MIN_DAYS" },
    Field { name: "warn-days", kind: Kind::Int, doc: "PASS_WARN_AGE" },
    Field { name: "hash", kind: Kind::Word, doc: "ENCRYPT_METHOD" },
    Field { name: "umask", kind: Kind::Mode, doc: "UMASK: what new home folders don't grant" },
    Field { name: "checked", kind: Kind::Bool, doc: "whether pam_pwquality is asked when a password is changed" },
    Field {
        name: "min-length",
        kind: Kind::Int,
        doc: "the shortest password taken: minlen of pam_pwquality (8 unless set, never under 6), else of pam_unix (6)",
    },
    Field { name: "min-classes", kind: Kind::Int, doc: "minclass: kinds of characters needed; 0 unless set" },
    Field { name: "digits", kind: Kind::Int, doc: "digits needed (dcredit below 0)" },
    Field { name: "uppers", kind: Kind::Int, doc: "capital letters needed (ucredit below 0)" },
    Field { name: "lowers", kind: Kind::Int, doc: "small letters needed (lcredit below 0)" },
    Field { name: "others", kind: Kind::Int, doc: "other characters needed (ocredit below 0)" },
    Field { name: "root-too", kind: Kind::Bool, doc: "whether root is held to it too (enforce_for_root)" },
    Field { name: "history", kind: Kind::Int, doc: "former passwords refused (remember of pam_pwhistory or pam_unix)" },
    Field {
        name: "attempts",
        kind: Kind::Int,
        doc: "wrong passwords after which the account is locked (deny of pam_faillock)",
    },
    Field { name: "lockout", kind: Kind::Duration, doc: "for how long (unlock_time of pam_faillock)" },
];

type Settings = BTreeMap<String, String>;

pub(super) fn observe(_args: &Args, _machine: &Machine) -> Observation {
    let source = msg!("probe-source-policy");
    match look(Path::new("/")) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn look(root: &Path) -> Result<Fact, Message> {
    let defaults = reading::text(&root.join("etc/login.defs"))?.unwrap_or_default();
    let defaults = words(&defaults);
    let day = |key: &str| Fact::from(defaults.get(key).and_then(|value| value.parse::<i64>().ok()));
    let changing = stack(root, "passwd", "password")?;
    let entering = stack(root, "login", "auth")?;
    let arguments = |stack: &[Rule], module: &str| {
        stack.iter().find(|rule| rule.module == module).map(|rule| settings(&rule.arguments.join("\n")))
    };
    let quality = arguments(&changing, "pam_pwquality.so");
    let unix = arguments(&changing, "pam_unix.so").unwrap_or_default();
    let rules = match &quality {
        Some(own) => with(quality_files(root)?, own),
        None => Settings::new(),
    };
    let history =
        arguments(&changing, "pam_pwhistory.so").map(|own| own.get("remember").cloned().unwrap_or("10".into()));
    let lock = match arguments(&entering, "pam_faillock.so") {
        Some(own) => Some(with(of_files(root, &["etc/security/faillock.conf"])?, &own)),
        None => None,
    };
    let locked = |key: &str, usual: i64| lock.as_ref().map(|lock| number(lock, key).unwrap_or(usual));
    let needed = |key: &str| -> Fact {
        quality.as_ref().map(|_| number(&rules, key).filter(|credit| *credit < 0).map_or(0, i64::saturating_neg)).into()
    };
    let shortest = if quality.is_some() {
        number(&rules, "minlen").unwrap_or(8).max(6)
    } else {
        number(&unix, "minlen").unwrap_or(6)
    };
    Ok(Fact::record([
        ("max-days", day("PASS_MAX_DAYS")),
        ("min-days", day("PASS_MIN_DAYS")),
        ("warn-days", day("PASS_WARN_AGE")),
        ("hash", defaults.get("ENCRYPT_METHOD").cloned().into()),
        (
            "umask",
            defaults.get("UMASK").and_then(|mask| u32::from_str_radix(mask, 8).ok()).map_or(Fact::None, Fact::Mode),
        ),
        ("checked", quality.is_some().into()),
        ("min-length", shortest.into()),
        ("min-classes", quality.as_ref().map(|_| number(&rules, "minclass").unwrap_or(0)).into()),
        ("digits", needed("dcredit")),
        ("uppers", needed("ucredit")),
        ("lowers", needed("lcredit")),
        ("others", needed("ocredit")),
        ("root-too", quality.as_ref().map(|_| rules.contains_key("enforce_for_root")).into()),
        (
            "history",
            history.or_else(|| unix.get("remember").cloned()).and_then(|count| count.parse::<i64>().ok()).into(),
        ),
        ("attempts", locked("deny", 3).into()),
        (
            "lockout",
            locked("unlock_time", 600).and_then(|time| u64::try_from(time).ok()).map_or(Fact::None, Fact::Duration),
        ),
    ]))
}

fn number(settings: &Settings, key: &str) -> Option<i64> {
    settings.get(key)?.parse().ok()
}

fn with(mut files: Settings, arguments: &Settings) -> Settings {
    files.extend(arguments.clone());
    files
}

/// `KEY value` lines; the last counts.
fn words(text: &str) -> Settings {
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let key = words.next().filter(|key| !key.starts_with('#'))?;
        Some((key.to_owned(), words.next()?.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

/// `key = value` or a bare `key` a line.
fn settings(text: &str) -> Settings {
    let line = |line: &str| {
        let line = line.split('#').next()?.trim();
        let (key, value) = line.split_once('=').unwrap_or((line, ""));
        (!key.trim().is_empty()).then(|| (key.trim().to_owned(), value.trim().to_owned()))
    };
    text.lines().filter_map(line).collect()
}

/// pwquality.conf(5), and what is in its folder, in the order of names.
fn quality_files(root: &Path) -> Result<Settings, Message> {
    let mut all = of_files(root, &["etc/security/pwquality.conf"])?;
    for path in reading::fragments(root, &["etc/security/pwquality.conf.d"])? {
        all.extend(reading::text(&path)?.iter().flat_map(|text| settings(text)));
    }
    Ok(all)
}

fn of_files(root: &Path, files: &[&str]) -> Result<Settings, Message> {
    let mut all = Settings::new();
    for file in files {
        all.extend(reading::text(&root.join(file))?.iter().flat_map(|text| settings(text)));
    }
    Ok(all)
}

/// A line of pam.conf(5).
#[derive(Debug, PartialEq, Eq)]
struct Rule {
    module: String,
    arguments: Vec<String>,
}

/// The modules of one kind that a service asks, included files in their places.
fn stack(root: &Path, service: &str, kind: &str) -> Result<Vec<Rule>, Message> {
    // Files read in all: they may include each other.
    let (mut found, mut left) = (Vec::new(), 64);
    include(root, service, kind, &mut left, &mut found)?;
    Ok(found)
}

fn include(root: &Path, service: &str, kind: &str, left: &mut u8, found: &mut Vec<Rule>) -> Result<(), Message> {
    if *left == 0 || service.contains("..") {
        return Ok(());
    }
    *left -= 1;
    let Some(text) = reading::text(&root.join("etc/pam.d").join(service.trim_start_matches("/etc/pam.d/")))? else {
        return Ok(());
    };
    for line in text.replace("\\\n", " ").lines() {
        let line = line.split('#').next().unwrap_or_default().trim();
        if let Some(other) = line.strip_prefix("@include") {
            include(root, other.trim(), kind, left, found)?;
            continue;
        }
        let Some((of, control, module, arguments)) = rule(line) else { continue };
        if of != kind {
            continue;
        }
        if matches!(control, "include" | "substack") {
            include(root, &module, kind, left, found)?;
        } else {
            found.push(Rule { module, arguments });
        }
    }
    Ok(())
}

/// Kind, control, file name of the module, arguments. A control in brackets may hold blanks.
fn rule(line: &str) -> Option<(&str, &str, String, Vec<String>)> {
    let (kind, rest) = line.split_once(char::is_whitespace)?;
    let rest = rest.trim_start();
    let (control, rest) = match rest.strip_prefix('[') {
        Some(inside) => inside.split_once(']')?,
        None => rest.split_once(char::is_whitespace)?,
    };
    let mut words = rest.split_whitespace();
    let module = words.next()?;
    let module = module.rsplit('/').next().unwrap_or(module).to_owned();
    Some((kind.trim_start_matches('-'), control, module, words.map(str::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    fn seen(files: &[(&str, &str)]) -> BTreeMap<String, Fact> {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        match look(root.path()).unwrap() {
            Fact::Record(fields) => fields,
            other => panic!("{other:?}"),
        }
    }

    const PASSWD: (&str, &str) = ("etc/pam.d/passwd", "@include common-password\n");
    const CONFIGURED: (&str, &str) =
        ("etc/security/pwquality.conf", "# minlen = 99\nminlen = 12\ndcredit = -1\nucredit = 1\n");

    #[test]
    fn settings_count_only_where_their_module_is_asked() {
        let unix =
            ("etc/pam.d/common-password", "password\t[success=1 default=ignore]\tpam_unix.so obscure yescrypt\n");
        let alone = seen(&[PASSWD, unix, CONFIGURED]);
        assert_eq!(
            (&alone["checked"], &alone["min-length"], &alone["digits"]),
            (&Fact::Bool(false), &Fact::Int(6), &Fact::None)
        );
        let asked = (
            "etc/pam.d/common-password",
            "password requisite pam_pwquality.so retry=3\npassword required pam_unix.so\n",
        );
        let checked = seen(&[PASSWD, asked, CONFIGURED]);
        assert_eq!((&checked["checked"], &checked["min-length"]), (&Fact::Bool(true), &Fact::Int(12)));
        assert_eq!((&checked["digits"], &checked["uppers"]), (&Fact::Int(1), &Fact::Int(0)));
    }

    #[test]
    fn an_argument_of_the_module_decides() {
        let asked = ("etc/pam.d/common-password", "password requisite pam_pwquality.so minlen=14 enforce_for_root\n");
        let checked = seen(&[PASSWD, asked, CONFIGURED, ("etc/security/pwquality.conf.d/a.conf", "minlen=20\n")]);
        assert_eq!((&checked["min-length"], &checked["root-too"]), (&Fact::Int(14), &Fact::Bool(true)));
    }

    #[test]
    fn ageing_history_and_locking() {
        let files = [
            ("etc/login.defs", "#PASS_MAX_DAYS 1\nPASS_MAX_DAYS\t90\nENCRYPT_METHOD YESCRYPT\nUMASK 077\n"),
            ("etc/pam.d/passwd", "password substack system-auth\n"),
            (
                "etc/pam.d/system-auth",
                "password required pam_pwhistory.so remember=5\nauth required pam_faillock.so preauth deny=4\n",
            ),
            ("etc/pam.d/login", "auth include system-auth\n"),
            ("etc/security/faillock.conf", "deny = 9\nunlock_time = 900\n"),
        ];
        let all = seen(&files);
        assert_eq!(
            (&all["max-days"], &all["hash"], &all["umask"]),
            (&Fact::Int(90), &Fact::text("YESCRYPT"), &Fact::Mode(0o77))
        );
        assert_eq!(
            (&all["history"], &all["attempts"], &all["lockout"]),
            (&Fact::Int(5), &Fact::Int(4), &Fact::Duration(900))
        );
    }

    #[test]
    fn files_that_include_each_other_end() {
        let all = seen(&[("etc/pam.d/passwd", "@include passwd\n@include a\n"), ("etc/pam.d/a", "@include passwd\n")]);
        assert_eq!(all["checked"], Fact::Bool(false));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[a-zA-Z_.=\\[\\] #@/\t\n0-9-]{0,120}") {
            let _ = (words(&text), settings(&text), text.lines().filter_map(rule).count());
        }
    }
}
