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
        doc: "days after which the password must be changed; local only (shadow(5), chage(1)), as all that follows",
    },
    Field { name: "min-days", kind: Kind::Int, doc: "days before which it can't be changed again" },
    Field { name: "warn-days", kind: Kind::Int, doc: "days before its end on which the person is warned" },
    Field { name: "inactive-days", kind: Kind::Int, doc: "days after its end on which the account is locked" },
    Field { name: "changed", kind: Kind::Time, doc: "the day it was changed (midnight, UTC)" },
    Field {
        name: "must-change",
        kind: Kind::Bool,
        doc: "whether it must be changed at the next login: too old, or asked for",
    },
    Field { name: "expires", kind: Kind::Time, doc: "the day on which the account ends (midnight, UTC); none: never" },
    Field {
        name: "hash",
        kind: Kind::Word,
        doc: "how the password is kept: yescrypt, sha512, sha256, bcrypt, md5, des… (crypt(5)); never the hash itself",
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
        return Ok(Shadow { password: user.password.clone(), ..Shadow::default() });
    }
    let missing = || Shadow { password: "*".to_owned(), ..Shadow::default() };
    Ok(accounts.shadow(&user.name)?.cloned().unwrap_or_else(missing))
}

fn with_password(record: Fact, password: Result<Shadow, Message>) -> Fact {
    let Fact::Record(mut fields) = record else { return record };
    let today = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() / 86_400);
    let facts = match password {
        Ok(entry) => ageing(&entry, i64::try_from(today).unwrap_or(i64::MAX)),
        Err(reason) => AGEING.map(|name| (name, Fact::Unknown(reason.clone()))),
    };
    fields.extend(facts.map(|(name, fact)| (name.to_owned(), fact)));
    Fact::Record(fields)
}

const AGEING: [&str; 10] = [
    "password-set",
    "locked",
    "max-days",
    "min-days",
    "warn-days",
    "inactive-days",
    "changed",
    "must-change",
    "expires",
    "hash",
];

fn ageing(entry: &Shadow, today: i64) -> [(&'static str, Fact); 10] {
    let day = |day: Option<i64>| day.map_or(Fact::None, |day| Fact::Time(day.saturating_mul(86_400)));
    let facts = [
        Fact::Bool(is_set(entry)),
        Fact::Bool(is_locked(entry, today)),
        entry.max_days.into(),
        entry.min_days.into(),
        entry.warn_days.into(),
        entry.inactive_days.into(),
        day(entry.changed.filter(|day| *day > 0)),
        must_change(entry, today).into(),
        day(entry.expires),
        hash(&entry.password).into(),
    ];
    let mut named = AGEING.map(|name| (name, Fact::None));
    for ((_, slot), fact) in named.iter_mut().zip(facts) {
        *slot = fact;
    }
    named
}

/// shadow(5): day 0 asks for it; else once the password is older than it may be.
fn must_change(entry: &Shadow, today: i64) -> bool {
    match (entry.changed, entry.max_days) {
        (Some(0), _) => true,
        (Some(changed), Some(max)) if max >= 0 => changed.saturating_add(max) < today,
        _ => false,
    }
}

/// Methods of crypt(5) by their prefixes.
const PREFIXES: [(&str, &str); 10] = [
    ("$y$", "yescrypt"),
    ("$gy$", "gost-yescrypt"),
    ("$7$", "scrypt"),
    ("$2a$", "bcrypt"),
    ("$2b$", "bcrypt"),
    ("$2y$", "bcrypt"),
    ("$6$", "sha512"),
    ("$5$", "sha256"),
    ("$1$", "md5"),
    ("$3$", "nt"),
];

/// How a password is kept.
fn hash(password: &str) -> Option<&'static str> {
    let password = password.trim_start_matches('!');
    let known = PREFIXES.into_iter().find(|(prefix, _)| password.starts_with(prefix)).map(|(_, name)| name);
    let old = || (password.len() == 13 && !password.contains(['*', '$'])).then_some("des");
    known.or_else(old)
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
        Shadow { password: password.to_owned(), expires, ..Shadow::default() }
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
    fn a_password_too_old_or_asked_for_must_be_changed() {
        let aged = |changed, max_days| must_change(&Shadow { changed, max_days, ..Shadow::default() }, 100);
        assert!(aged(Some(0), None) && aged(Some(50), Some(30)));
        assert!(!aged(Some(50), Some(50)) && !aged(Some(50), None) && !aged(None, Some(1)));
    }

    #[test]
    fn the_method_is_told_and_never_the_hash() {
        assert_eq!(hash("$y$j9T$x$y"), Some("yescrypt"));
        assert_eq!(hash("!$6$x$y"), Some("sha512"));
        assert_eq!((hash("ab0123456789x"), hash("*"), hash("!")), (Some("des"), None, None));
    }

    #[test]
    fn an_expired_account_is_locked() {
        assert!(is_locked(&entry("$y$x", Some(10)), 10));
        assert!(!is_locked(&entry("$y$x", Some(11)), 10));
    }
}
