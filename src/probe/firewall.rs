//! What this machine's firewall is set to, now and at the next start: nftables (which iptables, ufw and firewalld all
//! end in), and who sets it. Whether packets get through is the probe `packet`'s business.

use std::fs;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, Watch};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `firewall = {}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS)
    .needs(&[Need::Tool("nft"), Need::Root("nftables")])
    .watches(&[Watch::Units, Watch::Path("/etc/nftables.conf"), Watch::Path("/etc/ufw/ufw.conf")]);

const RULE: &[Field] = &[
    Field { name: "chain", kind: Kind::Text, doc: "the chain it is in: `table chain`" },
    Field { name: "text", kind: Kind::Text, doc: "the rule, as nft(8) writes it" },
];

const FIELDS: &[Field] = &[
    Field { name: "filters", kind: Kind::Bool, doc: "whether some packet that comes in or passes may be stopped" },
    Field {
        name: "input",
        kind: Kind::Word,
        doc: "what becomes of packets to this machine that no rule names: accept, drop (the policy; a last rule without a condition counts)",
    },
    Field { name: "forward", kind: Kind::Word, doc: "the same of packets that pass" },
    Field { name: "output", kind: Kind::Word, doc: "the same of packets from this machine" },
    Field { name: "rules", kind: Kind::List(&Kind::Record(RULE)), doc: "every rule, up to 500" },
    Field { name: "nat", kind: Kind::Bool, doc: "whether addresses are translated (masquerade, snat, dnat, redirect)" },
    Field {
        name: "at-start",
        kind: Kind::List(&Kind::Word),
        doc: "who sets it at the next start: ufw, firewalld, nftables, netfilter-persistent (the unit enabled; for ufw also ENABLED=yes)",
    },
];

/// More rules are counted by nobody.
const RULES: usize = 500;

pub(super) fn observe(_args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-firewall");
    Observation { fact: look(machine).unwrap_or_else(Fact::Unknown), source }
}

fn look(machine: &Machine) -> Result<Fact, Message> {
    let json = machine.run(&["nft", "--json", "--stateless", "list", "ruleset"])?;
    if json.exit != 0 {
        return Err(msg!("probe-tool-failed", tool = "nft", said = json.complaint()));
    }
    let set = Ruleset::read(&json.text()).ok_or_else(|| msg!("probe-tool-failed", tool = "nft", said = "JSON"))?;
    let text = machine.run(&["nft", "--stateless", "list", "ruleset"])?.text();
    Ok(fact(&set, &rules(&text), &at_start()))
}

/// A chain that the kernel calls.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Base {
    family: String,
    table: String,
    name: String,
    hook: String,
    drops: bool,
}

#[derive(Debug, Default)]
struct Ruleset {
    bases: Vec<Base>,
    stops: bool,
    nat: bool,
}

const HOOKS: [&str; 3] = ["input", "forward", "output"];

impl Ruleset {
    /// `nft --json` (libnftables-json(5)).
    fn read(text: &str) -> Option<Self> {
        let json: Json = serde_json::from_str(text).ok()?;
        let mut set = Self::default();
        let all = json.get("nftables")?.as_array()?;
        let word = |object: &Json, name: &str| object.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        for chain in all.iter().filter_map(|one| one.get("chain")) {
            if word(chain, "type") == "filter" && HOOKS.contains(&word(chain, "hook").as_str()) {
                set.bases.push(Base {
                    family: word(chain, "family"),
                    table: word(chain, "table"),
                    name: word(chain, "name"),
                    hook: word(chain, "hook"),
                    drops: word(chain, "policy") == "drop",
                });
            }
        }
        for rule in all.iter().filter_map(|one| one.get("rule")) {
            set.add(rule, &word(rule, "family"), &word(rule, "table"), &word(rule, "chain"));
        }
        set.stops |= set.bases.iter().any(|base| base.drops && base.hook != "output");
        Some(set)
    }

    fn add(&mut self, rule: &Json, family: &str, table: &str, chain: &str) {
        let parts = rule.get("expr").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        let has = |names: &[&str]| parts.iter().any(|part| names.iter().any(|name| part.get(name).is_some()));
        let stops = has(&["drop", "reject"]);
        self.stops |= stops;
        self.nat |= has(&["masquerade", "snat", "dnat", "redirect"]);
        // Counters and logs are no conditions.
        let conditions = parts
            .iter()
            .filter(|part| ["drop", "reject", "counter", "log", "comment"].iter().all(|name| part.get(name).is_none()));
        if stops && conditions.count() == 0 {
            let own =
                self.bases.iter_mut().find(|base| base.family == family && base.table == table && base.name == chain);
            if let Some(base) = own {
                base.drops = true;
            }
        }
    }

    /// A packet has to pass every chain of its hook.
    fn policy(&self, hook: &str) -> &'static str {
        // One that is only for the other family says nothing about IPv4.
        let drops = self.bases.iter().any(|base| base.hook == hook && base.drops && base.family != "ip6");
        if drops { "drop" } else { "accept" }
    }
}

/// The rules as nft(8) writes them, each with its table and chain.
fn rules(text: &str) -> Vec<(String, String)> {
    let (mut table, mut chain) = (String::new(), None);
    let mut all = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(rest) = line.strip_prefix("table ") {
            rest.trim_end_matches(" {").clone_into(&mut table);
        } else if let Some(rest) = line.strip_prefix("chain ") {
            chain = Some(format!("{table} {}", rest.trim_end_matches(" {")));
        } else if line == "}" {
            chain = None;
        } else if let Some(chain) = &chain
            && !line.is_empty()
            && !line.starts_with("type ")
            && all.len() < RULES
        {
            all.push((chain.clone(), line.to_owned()));
        }
    }
    all
}

/// Who sets the firewall at the next start.
fn at_start() -> Vec<&'static str> {
    let units = ["ufw", "firewalld", "nftables", "netfilter-persistent"];
    let enabled = |unit: &&str| {
        let wanted =
            |target: &str| Path::new(&format!("/etc/systemd/system/{target}.wants/{unit}.service")).is_symlink();
        let masked =
            fs::read_link(format!("/etc/systemd/system/{unit}.service")).is_ok_and(|to| to == Path::new("/dev/null"));
        !masked
            && ["multi-user.target", "sysinit.target", "network-pre.target", "basic.target"]
                .iter()
                .any(|target| wanted(target))
    };
    let willing =
        |unit: &&str| *unit != "ufw" || fs::read_to_string("/etc/ufw/ufw.conf").is_ok_and(|text| is_on(&text));
    units.into_iter().filter(enabled).filter(willing).collect()
}

/// `ENABLED=yes` of ufw(8)'s own file.
fn is_on(text: &str) -> bool {
    let set = text.lines().filter_map(|line| line.trim().strip_prefix("ENABLED=")).next_back();
    set.is_some_and(|value| value.trim().trim_matches(['"', '\'']).eq_ignore_ascii_case("yes"))
}

fn fact(set: &Ruleset, rules: &[(String, String)], at_start: &[&str]) -> Fact {
    let rule = |(chain, text): &(String, String)| {
        Fact::record([("chain", chain.as_str().into()), ("text", text.as_str().into())])
    };
    Fact::record([
        ("filters", set.stops.into()),
        ("input", set.policy("input").into()),
        ("forward", set.policy("forward").into()),
        ("output", set.policy("output").into()),
        ("rules", Fact::List(rules.iter().map(rule).collect())),
        ("nat", set.nat.into()),
        ("at-start", Fact::texts(at_start.iter().copied())),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const JSON: &str = r#"{"nftables":[{"metainfo":{}},{"chain":{"family":"inet","table":"f","name":"i","type":"filter","hook":"input","prio":0,"policy":"accept"}},
        {"chain":{"family":"ip","table":"n","name":"p","type":"nat","hook":"postrouting","policy":"accept"}},
        {"rule":{"family":"inet","table":"f","chain":"i","expr":[{"match":{}},{"accept":null}]}},
        {"rule":{"family":"inet","table":"f","chain":"i","expr":[{"counter":{}},{"drop":null}]}},
        {"rule":{"family":"ip","table":"n","chain":"p","expr":[{"masquerade":null}]}}]}"#;

    #[test]
    fn a_last_rule_that_drops_is_as_good_as_a_policy() {
        let set = Ruleset::read(JSON).unwrap();
        assert_eq!((set.policy("input"), set.policy("forward"), set.stops, set.nat), ("drop", "accept", true, true));
        let Fact::Record(fields) = fact(&set, &[("t".into(), "r".into())], &["ufw"]) else { panic!("a record") };
        assert!(FIELDS.iter().all(|field| fields.contains_key(field.name)));
        assert!(!Ruleset::read(r#"{"nftables":[]}"#).unwrap().stops);
    }

    #[test]
    fn rules_are_told_with_their_chain() {
        let text = "table inet f {\n\tset s {\n\t\ttype ipv4_addr\n\t}\n\tchain i {\n\t\ttype filter hook input priority filter; policy drop;\n\t\ttcp dport 22 accept\n\t}\n}\n";
        assert_eq!(rules(text), [("inet f i".to_owned(), "tcp dport 22 accept".to_owned())]);
    }

    #[test]
    fn ufw_is_on_when_it_says_yes() {
        assert!(is_on("# x\nENABLED=yes\nLOGLEVEL=low\n"));
        assert!(!is_on("ENABLED=yes\nENABLED=no\n") && !is_on("#ENABLED=yes\n"));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in "((table|chain)? ?.{0,30}[{}]?\n){0,6}") {
            let _ = (Ruleset::read(&text), rules(&text), is_on(&text));
        }
    }
}
