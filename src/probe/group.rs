//! A group, of the machine itself or of a domain it belongs to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::account::{ACCOUNTS, Accounts, Group};
use super::{About, Cost, Fact, Field, Kind, Machine, Observation};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `group = { name = "compta" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Its name.
    pub name: String,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).watches(ACCOUNTS);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether the machine knows it (group(5), else getent(1))" },
    Field { name: "source", kind: Kind::Text, doc: "local (its own group(5)) or domain (its name services)" },
    Field { name: "gid", kind: Kind::Int, doc: "group number" },
    Field {
        name: "members",
        kind: Kind::List(&Kind::Text),
        doc: "the accounts it lists; for a local one also those whose own group it is",
    },
];

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let accounts = machine.once(Accounts::read);
    let fact = look(&args.name, &accounts, machine).unwrap_or_else(Fact::Unknown);
    Observation { fact, source: msg!("probe-source-group", group = &args.name) }
}

fn look(name: &str, accounts: &Accounts, machine: &Machine) -> Result<Fact, Message> {
    if let Some(group) = accounts.group(name)? {
        let members = accounts.members_of(group).map_or_else(Fact::Unknown, Fact::texts);
        return Ok(record(group, "local", members));
    }
    match accounts.domain_group(name, machine)? {
        Some(group) => Ok(record(&group, "domain", Fact::texts(group.members.iter().cloned()))),
        None => Ok(Fact::record([("exists", false.into())])),
    }
}

fn record(group: &Group, source: &str, members: Fact) -> Fact {
    Fact::record([
        ("exists", true.into()),
        ("source", source.into()),
        ("gid", Fact::Int(group.gid.into())),
        ("members", members),
    ])
}
