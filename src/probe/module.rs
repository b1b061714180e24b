//! A kernel module: loaded now, loaded at the start, kept out, its options (lsmod(8), modprobe.d(5), modules-load.d(5)).

use std::fs;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Watch, reading};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `module = { name = "nouveau" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Its name; `-` and `_` are the same.
    pub name: String,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).watches(&[
    Watch::Path("/etc/modprobe.d"),
    Watch::Path("/etc/modules-load.d"),
    Watch::Path("/etc/modules"),
]);

const FIELDS: &[Field] = &[
    Field { name: "loaded", kind: Kind::Bool, doc: "whether the running kernel has it as a module (/proc/modules)" },
    Field { name: "built-in", kind: Kind::Bool, doc: "whether it is a part of the running kernel (modules.builtin)" },
    Field {
        name: "available",
        kind: Kind::Bool,
        doc: "whether the machine has it for the running kernel, built in or not (modules.dep)",
    },
    Field { name: "users", kind: Kind::Int, doc: "how many hold it (third field of /proc/modules)" },
    Field {
        name: "at-boot",
        kind: Kind::Bool,
        doc: "whether a file has it loaded at the start (modules-load.d(5), /etc/modules)",
    },
    Field {
        name: "blacklisted",
        kind: Kind::Bool,
        doc: "whether it is not loaded for a device that asks for it (blacklist of modprobe.d(5))",
    },
    Field {
        name: "forbidden",
        kind: Kind::Bool,
        doc: "whether loading it by its name does nothing either (install … /bin/false or /bin/true of modprobe.d(5))",
    },
    Field { name: "options", kind: Kind::List(&Kind::Text), doc: "the options it is loaded with (modprobe.d(5))" },
    Field {
        name: "parameters",
        kind: Kind::List(&Kind::Text),
        doc: "its parameters now, as name=value (/sys/module); those that only root may read are left out",
    },
];

const CONFIGURATION: [&str; 5] =
    ["etc/modprobe.d", "run/modprobe.d", "usr/local/lib/modprobe.d", "usr/lib/modprobe.d", "lib/modprobe.d"];
const LOADED: [&str; 5] = [
    "etc/modules-load.d",
    "run/modules-load.d",
    "usr/local/lib/modules-load.d",
    "usr/lib/modules-load.d",
    "lib/modules-load.d",
];

pub(super) fn observe(args: &Args, _machine: &Machine) -> Observation {
    let source = msg!("probe-source-module", module = &args.name);
    let release = rustix::system::uname().release().to_string_lossy().into_owned();
    match look(Path::new("/"), &plain(&args.name), &release) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn plain(name: &str) -> String {
    name.replace('-', "_")
}

fn look(root: &Path, name: &str, release: &str) -> Result<Fact, Message> {
    let line = reading::text(&root.join("proc/modules"))?.and_then(|text| users(&text, name));
    let rules = configuration(root)?;
    let folder = root.join("lib/modules").join(release);
    let listed = |file: &str| Ok(reading::text(&folder.join(file))?.map(|text| lists(&text, name)));
    let built_in: Result<Option<bool>, Message> = listed("modules.builtin");
    let available = listed("modules.dep");
    let has = match (&built_in, &available) {
        (Ok(Some(a)), Ok(Some(b))) => Fact::Bool(*a || *b),
        (Err(reason), _) | (_, Err(reason)) => Fact::Unknown(reason.clone()),
        // A machine that shares another's kernel has no modules of its own.
        _ => Fact::Unknown(msg!("probe-no-modules", release = release)),
    };
    let built_in = match built_in {
        Ok(Some(found)) => found.into(),
        Ok(None) => Fact::Unknown(msg!("probe-no-modules", release = release)),
        Err(reason) => Fact::Unknown(reason),
    };
    Ok(Fact::record([
        ("loaded", line.is_some().into()),
        ("built-in", built_in),
        ("available", has),
        ("users", line.into()),
        ("at-boot", at_boot(root, name)?.into()),
        ("blacklisted", said(&rules, "blacklist", name).next().is_some().into()),
        ("forbidden", said(&rules, "install", name).any(|rest| is_nothing(&rest)).into()),
        ("options", said(&rules, "options", name).flatten().map(Fact::from).collect()),
        ("parameters", Fact::texts(parameters(&root.join("sys/module").join(name)))),
    ]))
}

/// How many hold a loaded module.
fn users(modules: &str, name: &str) -> Option<i64> {
    let line = modules.lines().find(|line| line.split_whitespace().next() == Some(name))?;
    // `-` where the kernel can unload none.
    Some(line.split_whitespace().nth(2).and_then(|users| users.parse().ok()).unwrap_or(0))
}

/// Whether `kernel/drivers/…/name.ko[.xz]` begins a line.
fn lists(text: &str, name: &str) -> bool {
    text.lines().any(|line| {
        let path = line.split(':').next().unwrap_or_default();
        let file = path.rsplit('/').next().unwrap_or_default();
        file.split_once(".ko").is_some_and(|(stem, _)| plain(stem) == name)
    })
}

/// The rules of modprobe.d(5) in words, lines that end with a backslash joined; of two files of one name the first counts.
fn configuration(root: &Path) -> Result<Vec<Vec<String>>, Message> {
    let mut rules = Vec::new();
    for text in files(root, &CONFIGURATION)? {
        let joined = text.replace("\\\n", " ");
        let lines = joined.lines().filter(|line| !line.trim_start().starts_with('#'));
        rules.extend(lines.map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()));
    }
    Ok(rules)
}

fn files(root: &Path, folders: &[&str]) -> Result<Vec<String>, Message> {
    reading::fragments(root, folders)?.iter().filter_map(|path| reading::text(path).transpose()).collect()
}

/// What follows `verb name` in each such rule.
fn said<'a>(rules: &'a [Vec<String>], verb: &'a str, name: &'a str) -> impl Iterator<Item = Vec<String>> + 'a {
    rules.iter().filter_map(move |words| match words.as_slice() {
        [first, second, rest @ ..] if first == verb && plain(second) == name => Some(rest.to_vec()),
        _ => None,
    })
}

fn is_nothing(command: &[String]) -> bool {
    matches!(command, [program, ..] if matches!(program.rsplit('/').next(), Some("false" | "true" | ":")))
}

fn at_boot(root: &Path, name: &str) -> Result<bool, Message> {
    let mut texts = files(root, &LOADED)?;
    // Debian's own; modules-load.d may have a link to it.
    texts.extend(reading::text(&root.join("etc/modules"))?);
    Ok(texts.iter().flat_map(|text| text.lines()).any(|line| {
        let first = line.split_whitespace().next().unwrap_or_default();
        !first.starts_with(['#', ';']) && plain(first) == name
    }))
}

fn parameters(module: &Path) -> Vec<String> {
    let folder = module.join("parameters");
    let names = reading::names(&folder).unwrap_or_default();
    // These files have no length of their own and end quickly.
    let value = |name: &String| Some(format!("{name}={}", fs::read_to_string(folder.join(name)).ok()?.trim()));
    names.iter().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seen(files: &[(&str, &str)], name: &str) -> std::collections::BTreeMap<String, Fact> {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        match look(root.path(), &plain(name), "6.1") {
            Ok(Fact::Record(fields)) => fields,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_module_that_is_kept_out_may_still_be_loaded() {
        let files = [
            ("proc/modules", "pc_speaker 16384 0 - Live 0x0\nsnd 1 2 a,b, Live 0x0\n"),
            ("etc/modprobe.d/a.conf", "# blacklist snd\nblacklist pc-speaker\n"),
        ];
        let speaker = seen(&files, "pc-speaker");
        assert_eq!((&speaker["loaded"], &speaker["blacklisted"]), (&Fact::Bool(true), &Fact::Bool(true)));
        assert_eq!(speaker["forbidden"], Fact::Bool(false));
        let sound = seen(&files, "snd");
        assert_eq!((&sound["users"], &sound["blacklisted"]), (&Fact::Int(2), &Fact::Bool(false)));
    }

    #[test]
    fn options_loading_and_forbidding() {
        let files = [
            ("etc/modprobe.d/a.conf", "options loop max_loop=8 \\\n max_part=2\ninstall usb-storage /bin/false\n"),
            ("usr/lib/modprobe.d/a.conf", "blacklist loop\n"),
            ("etc/modules-load.d/x.conf", "# br_netfilter\nloop\n"),
        ];
        let looped = seen(&files, "loop");
        assert_eq!(looped["options"], Fact::texts(["max_loop=8", "max_part=2"]));
        assert_eq!((&looped["at-boot"], &looped["blacklisted"]), (&Fact::Bool(true), &Fact::Bool(false)));
        assert_eq!(seen(&files, "usb_storage")["forbidden"], Fact::Bool(true));
        assert_eq!(seen(&files, "br_netfilter")["at-boot"], Fact::Bool(false));
    }

    #[test]
    fn what_the_machine_has_is_known_by_its_lists() {
        let files = [
            ("lib/modules/6.1/modules.dep", "kernel/fs/ntfs3/ntfs3.ko.xz:\n"),
            ("lib/modules/6.1/modules.builtin", "kernel/fs/ext4/ext4.ko\n"),
        ];
        assert_eq!(seen(&files, "ntfs3")["available"], Fact::Bool(true));
        assert_eq!(seen(&files, "ext4")["built-in"], Fact::Bool(true));
        assert_eq!(seen(&files, "ntfs")["available"], Fact::Bool(false));
        assert!(matches!(seen(&[], "ntfs")["available"], Fact::Unknown(_)));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[a-z_ .:/#\\\\\n0-9-]{0,120}") {
            let _ = (users(&text, "a"), lists(&text, "a"));
        }
    }
}
