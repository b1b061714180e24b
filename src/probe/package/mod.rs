//! A package, as the machine's own database has it: dpkg's (dpkg-query(1), `/var/lib/dpkg/status`), else those of rpm, pacman
//! and apk. No program is run.

mod other;
mod version;

use std::cmp::Ordering;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Probe, Watch, reason};
use crate::i18n::Message;
use crate::msg;
use version::Rules;

/// What a lab writes: `package = { name = "nginx" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Its name, without architecture.
    pub name: String,
    /// A version to compare the installed one with.
    #[serde(default)]
    pub than: Option<String>,
}

const STATUS: &str = "/var/lib/dpkg/status";

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).watches(&[Watch::Path("/var/lib/dpkg/status")]);

const FIELDS: &[Field] = &[
    Field { name: "installed", kind: Kind::Bool, doc: "whether it is unpacked and configured" },
    Field {
        name: "state",
        kind: Kind::Text,
        doc: "dpkg(1): installed, config-files (removed, not purged), half-configured…; none when unknown to dpkg",
    },
    Field { name: "version", kind: Kind::Text, doc: "its version, when not wholly removed" },
    Field {
        name: "order",
        kind: Kind::Word,
        doc: "older, same or newer: how its version stands to `than` by the rules of the package manager (deb-version(7))",
    },
    Field { name: "held", kind: Kind::Bool, doc: "whether it is kept at its version (apt-mark(8) hold)" },
];

/// The entries of the packages that this run asks about, and the rules of their versions.
struct Packages(Result<(HashMap<String, Package>, Rules), Message>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Package {
    held: bool,
    state: String,
    version: Option<String>,
}

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-package", package = &args.name);
    let packages = machine.once(read);
    match &packages.0 {
        Ok((packages, rules)) => {
            Observation::seen(fact(packages.get(&args.name), args.than.as_deref(), *rules), source)
        }
        Err(reason) => Observation::unknown(reason.clone(), source),
    }
}

fn read(machine: &Machine) -> Packages {
    let names = machine.asked().iter().filter_map(|probe| match probe {
        Probe::Package(args) => Some(args.name.as_str()),
        _ => None,
    });
    let names: Vec<&str> = names.collect();
    Packages(match fs::read(STATUS) {
        Ok(bytes) => Ok((find(&String::from_utf8_lossy(&bytes), &names), Rules::Dpkg)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => of_others(&names),
        Err(error) => Err(reason(&error, STATUS)),
    })
}

fn of_others(names: &[&str]) -> Result<(HashMap<String, Package>, Rules), Message> {
    let root = Path::new("/");
    if let Some(found) = other::rpm(root, names)? {
        return Ok((found, Rules::Rpm));
    }
    if let Some(found) = other::pacman(root, names)? {
        return Ok((found, Rules::Rpm));
    }
    if let Some(found) = other::apk(root, names)? {
        return Ok((found, Rules::Apk));
    }
    Err(msg!("probe-no-packages"))
}

impl Package {
    fn installed(version: &str, held: bool) -> Self {
        Self { held, state: "installed".to_owned(), version: Some(version.to_owned()) }
    }
}

fn fact(package: Option<&Package>, than: Option<&str>, rules: Rules) -> Fact {
    let Some(package) = package else {
        return Fact::record([("installed", false.into()), ("held", false.into())]);
    };
    // Waiting for another package's trigger, it is configured and works (dpkg(1)).
    let installed = matches!(package.state.as_str(), "installed" | "triggers-awaited" | "triggers-pending");
    let gone = matches!(package.state.as_str(), "config-files" | "not-installed");
    let version = package.version.clone().filter(|_| !gone);
    let order = version.as_deref().zip(than).map(|(version, than)| match version::compare(rules, version, than) {
        Ordering::Less => "older",
        Ordering::Equal => "same",
        Ordering::Greater => "newer",
    });
    Fact::record([
        ("installed", installed.into()),
        ("state", package.state.as_str().into()),
        ("version", version.into()),
        ("order", order.into()),
        ("held", package.held.into()),
    ])
}

/// The entries of some packages in dpkg's database: stanzas separated by an empty line, `Package:` first. Of one that is
/// there for several architectures, an installed one.
fn find(status: &str, names: &[&str]) -> HashMap<String, Package> {
    let mut found: HashMap<String, Package> = HashMap::new();
    for stanza in status.split("\n\n") {
        let name = stanza.trim_start().strip_prefix("Package: ").and_then(|rest| rest.lines().next()).map(str::trim);
        let Some(name) = name.filter(|name| names.contains(name)) else { continue };
        let Some(package) = package(stanza) else { continue };
        if found.get(name).is_none_or(|known| known.state != "installed") {
            found.insert(name.to_owned(), package);
        }
    }
    found
}

fn package(stanza: &str) -> Option<Package> {
    let value = |key: &str| stanza.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
    let [want, _, state] = value("Status: ")?.split_whitespace().collect::<Vec<_>>().try_into().ok()?;
    Some(Package { held: want == "hold", state: state.to_owned(), version: value("Version: ").map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SAMPLE: &str = "Package: bash\nStatus: hold ok installed\nVersion: 5.2-1\nDescription: shell\n Package: nginx\n\n\
        Package: nginx-common\nStatus: install ok installed\nVersion: 1.22\n\n\
        Package: old\nStatus: deinstall ok config-files\nVersion: 1.0\n\n\
        Package: libc6\nArchitecture: amd64\nStatus: install ok installed\nVersion: 2.36\n\n\
        Package: libc6\nArchitecture: i386\nStatus: install ok half-configured\nVersion: 2.36\n";

    fn seen(name: &str) -> Fact {
        fact(find(SAMPLE, &[name]).get(name), None, Rules::Dpkg)
    }

    fn field(fact: &Fact, name: &str) -> Fact {
        match fact {
            Fact::Record(fields) => fields.get(name).cloned().unwrap_or(Fact::None),
            _ => Fact::None,
        }
    }

    #[test]
    fn an_installed_package_says_its_version_and_whether_it_is_held() {
        let bash = seen("bash");
        assert_eq!(field(&bash, "installed"), Fact::Bool(true));
        assert_eq!(field(&bash, "version"), Fact::text("5.2-1"));
        assert_eq!(field(&bash, "held"), Fact::Bool(true));
    }

    #[test]
    fn a_name_that_only_begins_so_or_is_only_mentioned_is_another() {
        assert_eq!(field(&seen("nginx"), "installed"), Fact::Bool(false));
    }

    #[test]
    fn a_removed_package_whose_configuration_is_left_is_not_installed() {
        let old = seen("old");
        assert_eq!(field(&old, "installed"), Fact::Bool(false));
        assert_eq!(field(&old, "version"), Fact::None);
        assert_eq!(field(&old, "state"), Fact::text("config-files"));
    }

    #[test]
    fn one_installed_architecture_is_enough() {
        assert_eq!(field(&seen("libc6"), "installed"), Fact::Bool(true));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in "(Package: |Status: |[a-z ]{0,9}|\n){0,40}") {
            let _ = find(&text, &["a", ""]);
        }
    }
}
