//! A service: a unit as the running systemd has it (all units of a run are asked at one go), else an init script.
//!
//! Where nothing runs the machine (in a chroot, a container without systemd) it can't be told whether a unit runs: that is
//! *unknown*, never "not running".

pub(super) mod files;
mod other;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, Probe, Watch};
use crate::i18n::Message;
use crate::msg;
use files::Boot;

/// What a lab writes: `service = { name = "nginx" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The unit's name or alias; `.service` unless another suffix is written (`cups.socket`).
    pub name: String,
}

pub(super) const ABOUT: About =
    About::new(Cost::Program, FIELDS).needs(&[Need::Tool("systemctl")]).watches(&[Watch::Units]);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether there is such a unit (LoadState of systemctl(1) show)" },
    Field { name: "active", kind: Kind::Bool, doc: "whether it runs (ActiveState active or reloading)" },
    Field {
        name: "state",
        kind: Kind::Text,
        doc: "ActiveState: active, reloading, inactive, failed, activating, deactivating",
    },
    Field { name: "sub", kind: Kind::Text, doc: "SubState: running, exited, dead, listening…" },
    Field { name: "failed", kind: Kind::Bool, doc: "whether it ended by a fault (ActiveState failed)" },
    Field {
        name: "enabled",
        kind: Kind::Bool,
        doc: "whether it comes back by itself at the next start: pulled in by what the boot target pulls in, or enabled \
              for something that may come up (a device, a printer); with init scripts, started in the default run level",
    },
    Field {
        name: "file-state",
        kind: Kind::Text,
        doc: "UnitFileState: enabled, disabled, static, alias, masked, generated, indirect… (systemctl(1) is-enabled)",
    },
    Field { name: "masked", kind: Kind::Bool, doc: "whether it can't be started at all" },
    Field {
        name: "triggered-by",
        kind: Kind::List(&Kind::Text),
        doc: "sockets, timers and paths that start it (TriggeredBy)",
    },
];

const PROPERTIES: &str =
    "--property=Id,Names,LoadState,ActiveState,SubState,UnitFileState,WantedBy,RequiredBy,TriggeredBy";

/// What systemd said of the units that this run asks about, by each of their names.
struct Units(Result<HashMap<String, Properties>, Message>);

type Properties = BTreeMap<String, String>;

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let unit = unit(&args.name);
    let source = msg!("probe-source-service", unit = &unit);
    match look(&unit, machine) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn look(unit: &str, machine: &Machine) -> Result<Fact, Message> {
    if !is_running() {
        return other::fact(Path::new("/"), unit, machine);
    }
    let units = machine.once(ask);
    let boot = machine.once(|_| Boot::read(Path::new("/")));
    match units.0.as_ref().map_err(Clone::clone)?.get(unit) {
        Some(properties) => Ok(fact(properties, &boot)),
        None => Err(msg!("probe-no-unit-name", unit = unit)),
    }
}

/// Whether systemd runs the machine (`sd_booted(3)`).
pub(super) fn is_running() -> bool {
    Path::new("/run/systemd/system").is_dir()
}

/// The full name of a unit.
fn unit(name: &str) -> String {
    if files::is_unit(name) { name.to_owned() } else { format!("{name}.service") }
}

fn ask(machine: &Machine) -> Units {
    let names = machine.asked().iter().filter_map(|probe| match probe {
        Probe::Service(args) => Some(unit(&args.name)),
        _ => None,
    });
    let names: Vec<String> = names.collect();
    Units(show(&names, machine))
}

fn show(names: &[String], machine: &Machine) -> Result<HashMap<String, Properties>, Message> {
    let mut argv = vec!["systemctl", "show", "--no-pager", PROPERTIES, "--"];
    argv.extend(names.iter().map(String::as_str));
    let ran = machine.run(&argv)?;
    let units = parse(&ran.text());
    if units.is_empty() {
        let error = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
        return Err(msg!("probe-io", subject = "systemd", error = error));
    }
    Ok(units)
}

/// Blocks of `Key=value` lines, one a unit, separated by an empty line.
fn parse(text: &str) -> HashMap<String, Properties> {
    let mut units = HashMap::new();
    for block in text.split("\n\n") {
        let properties: Properties = block
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let names = [words(&properties, "Names"), words(&properties, "Id")].concat();
        for name in names {
            units.insert(name, properties.clone());
        }
    }
    units
}

fn words(properties: &Properties, key: &str) -> Vec<String> {
    properties.get(key).map(|value| value.split_whitespace().map(str::to_owned).collect()).unwrap_or_default()
}

/// Targets that a start never reaches unless it pulls them in: what is only wanted by these does not come back.
const ELSEWHERE: [&str; 12] = [
    "multi-user.target",
    "graphical.target",
    "rescue.target",
    "emergency.target",
    "poweroff.target",
    "reboot.target",
    "halt.target",
    "kexec.target",
    "sleep.target",
    "suspend.target",
    "hibernate.target",
    "default.target",
];

fn fact(properties: &Properties, boot: &Result<Boot, Message>) -> Fact {
    let get = |key: &str| properties.get(key).map_or("", String::as_str);
    let (load, active, file) = (get("LoadState"), get("ActiveState"), get("UnitFileState"));
    Fact::record([
        ("exists", (load != "not-found").into()),
        ("active", matches!(active, "active" | "reloading").into()),
        ("state", active.into()),
        ("sub", get("SubState").into()),
        ("failed", (active == "failed").into()),
        (
            "enabled",
            boot.as_ref()
                .map_or_else(|reason| Fact::Unknown(reason.clone()), |boot| comes_back(properties, boot).into()),
        ),
        ("file-state", Some(file).filter(|state| !state.is_empty()).into()),
        ("masked", (load == "masked").into()),
        ("triggered-by", Fact::texts(words(properties, "TriggeredBy"))),
    ])
}

fn comes_back(properties: &Properties, boot: &Boot) -> bool {
    let names = [words(properties, "Names"), words(properties, "Id")].concat();
    let wanters = [words(properties, "WantedBy"), words(properties, "RequiredBy")].concat();
    let in_boot = names.iter().any(|name| boot.has(name));
    match properties.get("UnitFileState").map_or("", String::as_str) {
        "enabled" | "alias" => in_boot || wanters.iter().any(|wanter| !ELSEWHERE.contains(&wanter.as_str())),
        "static" | "generated" | "indirect" => in_boot,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SAMPLE: &str = "Id=ssh.service\nNames=ssh.service sshd.service\nLoadState=loaded\nActiveState=active\n\
        SubState=running\nUnitFileState=enabled\nWantedBy=multi-user.target\nRequiredBy=\nTriggeredBy=\n\n\
        Id=nope.service\nNames=nope.service\nLoadState=not-found\nActiveState=inactive\nSubState=dead\nUnitFileState=\n\n\
        Id=quiet.service\nNames=quiet.service\nLoadState=loaded\nActiveState=failed\nSubState=failed\nUnitFileState=static\n\
        WantedBy=\nTriggeredBy=quiet.socket quiet.timer\n";

    fn field(unit: &str, name: &str) -> Fact {
        match fact(&parse(SAMPLE)[unit], &Ok(Boot::of(&["ssh.service", "multi-user.target"]))) {
            Fact::Record(fields) => fields[name].clone(),
            _ => Fact::None,
        }
    }

    #[test]
    fn an_alias_is_the_unit() {
        assert_eq!(field("sshd.service", "active"), Fact::Bool(true));
        assert_eq!(field("sshd.service", "enabled"), Fact::Bool(true));
    }

    #[test]
    fn a_unit_that_is_not_there_is_seen_as_absent() {
        assert_eq!(field("nope.service", "exists"), Fact::Bool(false));
        assert_eq!(field("nope.service", "active"), Fact::Bool(false));
        assert_eq!(field("nope.service", "file-state"), Fact::None);
    }

    #[test]
    fn a_static_unit_that_nothing_wants_does_not_come_back() {
        assert_eq!(field("quiet.service", "enabled"), Fact::Bool(false));
        assert_eq!(field("quiet.service", "failed"), Fact::Bool(true));
        assert_eq!(field("quiet.service", "triggered-by"), Fact::texts(["quiet.socket", "quiet.timer"]));
    }

    #[test]
    fn what_is_enabled_for_a_target_never_reached_does_not_come_back() {
        let unit = |state: &str, wanter: &str| {
            let text = format!("Id=a.service\nNames=a.service\nUnitFileState={state}\nWantedBy={wanter}\n");
            let boot = Boot::of(&["multi-user.target", "b.service"]);
            comes_back(&parse(&text)["a.service"], &boot)
        };
        assert!(!unit("enabled", "graphical.target"));
        assert!(unit("enabled", "bluetooth.target"));
        assert!(!unit("static", "lonely.service"));
        assert!(!unit("disabled", "multi-user.target"));
    }

    #[test]
    fn a_name_without_suffix_is_a_service() {
        assert_eq!(unit("nginx"), "nginx.service");
        assert_eq!(unit("cups.socket"), "cups.socket");
        assert_eq!(unit("org.freedesktop.x"), "org.freedesktop.x.service");
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in "([A-Za-z]{1,8}=[a-z .]{0,12}|\n){0,30}") {
            for properties in parse(&text).values() {
                let _ = fact(properties, &Ok(Boot::default()));
            }
        }
    }
}
