//! An account, of the machine itself or of a domain it belongs to.

use std::time::{SystemTime, UNIX_EPOCH};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::account::{ACCOUNTS, Accounts, Shadow, User};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `user = { name = "amartin" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Its login name.
    pub name: String,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).needs(&[Need::Root("for shadow(5)")]).watches(ACCOUNTS);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether the machine knows it (passwd(5), else getent(1))" },
    Field { name: "source", kind: Kind::Text, doc: "local (its own passwd(5)) or domain (its name services)" },
    Field { name: "uid", kind: Kind::Int, doc: "user number" },
    Field { name: "gid", kind: Kind::Int, doc: "number of its own group" },
    Field { name: "comment", kind: Kind::Text, doc: "full name and the rest of that field (GECOS)" },
    Field { name: "home", kind: Kind::Text, doc: "home folder" },
    Field { name: "shell", kind: Kind::Text, doc: "login shell; /bin/sh where passwd(5) leaves it empty" },
    Field { name: "groups", kind: Kind::List(&Kind::Text), doc: "its own group, then the others it is in" },
    Field {
        name: "password-set",
        kind: Kind::Bool,
        doc: "whether it has a password, locked or not; local only (shadow(5))",
    },
    Field {
        name: "locked",
        kind: Kind::Bool,
        doc: "whether no password opens it: locked (! or *) or expired; local only (shadow(5), usermod(8))",
    },
    Field {
        name: "max-days",
        kind: Kind::Int,
        doc: "days after which the password must be changed; local only (shadow(5), chage(1))",
    },
];

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let accounts = machine.once(Accounts::read);
    let fact = look(&args.name, &accounts, machine).unwrap_or_else(Fact::Unknown);
    Observation { fact, source: msg!("probe-source-user", user = &args.name) }
}

fn look(name: &str, accounts: &Accounts, machine: &Machine) -> Result<Fact, Message> {
    if let Some(user) = accounts.user(name)? {
        let groups = accounts.groups_of(user).map_or_else(Fact::Unknown, Fact::texts);
        return Ok(with_password(record(user, "local", groups), password(user, accounts)));
    }
    match accounts.domain_user(name, machine)? {
        Some(user) => {
            let groups = Accounts::domain_groups_of(&user.name, machine).map_or_else(Fact::Unknown, Fact::texts);
            Ok(record(&user, "domain", groups))
        }
        None => Ok(Fact::record([("exists", false.into())])),
    }
}

fn record(user: &User, source: &str, groups: Fact) -> Fact {
    Fact::record([
        ("exists", true.into()),
        ("source", source.into()),
        ("uid", Fact::Int(user.uid.into())),
        ("gid", Fact::Int(user.gid.into())),
        ("comment", user.comment.as_str().into()),
        ("home", user.home.as_str().into()),
        ("shell", user.shell.as_str().into()),
        ("groups", groups),
    ])
}

/// What decides whether a password opens the account.
fn password(user: &User, accounts: &Accounts) -> Result<Shadow, Message> {
    // passwd(5): anything but `x` is the password itself; login(1) then ignores shadow.
    if user.password != "x" {
        return Ok(Shadow { password: user.password.clone(), max_days: None, expires: None });
    }
    let missing = || Shadow { password: "*".to_owned(), max_days: None, expires: None };
    Ok(accounts.shadow(&user.name)?.cloned().unwrap_or_else(missing))
}

fn with_password(record: Fact, password: Result<Shadow, Message>) -> Fact {
    let Fact::Record(mut fields) = record else { return record };
    let today = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400);
    let (set, locked, max_days) = match password {
        Ok(entry) => (
            Fact::Bool(is_set(&entry)),
            Fact::Bool(is_locked(&entry, i64::try_from(today).unwrap_or(i64::MAX))),
            entry.max_days.into(),
        ),
        Err(reason) => (Fact::Unknown(reason.clone()), Fact::Unknown(reason.clone()), Fact::Unknown(reason)),
    };
    for (name, fact) in [("password-set", set), ("locked", locked), ("max-days", max_days)] {
        fields.insert(name.to_owned(), fact);
    }
    Fact::Record(fields)
}

/// Whether there is a hash, behind the mark of a locked password or not.
fn is_set(entry: &Shadow) -> bool {
    !matches!(entry.password.trim_start_matches('!'), "" | "*" | "x")
}

fn is_locked(entry: &Shadow, today: i64) -> bool {
    entry.password.starts_with(['!', '*']) || entry.expires.is_some_and(|day| day <= today)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(password: &str, expires: Option<i64>) -> Shadow {
        Shadow { password: password.to_owned(), max_days: None, expires }
    }

    #[test]
    fn a_locked_password_is_still_set() {
        assert!(is_set(&entry("!$y$j9T$x", None)) && is_locked(&entry("!$y$j9T$x", None), 1));
        assert!(is_set(&entry("$y$j9T$x", None)) && !is_locked(&entry("$y$j9T$x", None), 1));
    }

    #[test]
    fn an_account_made_without_password_has_none() {
        for none in ["!", "!!", "*", "", "!*"] {
            assert!(!is_set(&entry(none, None)), "{none}");
        }
        assert!(!is_locked(&entry("", None), 1));
    }

    #[test]
    fn an_expired_account_is_locked() {
        assert!(is_locked(&entry("$y$x", Some(10)), 10));
        assert!(!is_locked(&entry("$y$x", Some(11)), 10));
    }
}
