//! A login to a Kerberos realm with a password (RFC 4120): a ticket asked for by kinit(1) into a cache of its own.

use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::run::{Call, Ran};
use super::wire::left;
use super::wire::scratch::Scratch;
use super::wire::secret::Secret;
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `kerberos = { principal = "anne@ATELIER.TEST", password = "…" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Who: `anne@ATELIER.TEST`, or `anne` in the machine's default realm.
    pub principal: String,
    /// The password.
    pub password: Secret,
    /// A service to ask a ticket for as well: `cifs/srv.atelier.test`.
    pub service: Option<String>,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS)
    .needs(&[Need::Tool("kinit"), Need::Tool("klist"), Need::Tool("kvno")])
    .secrets(&["password"]);

const FIELDS: &[Field] = &[
    Field { name: "answered", kind: Kind::Bool, doc: "whether a server of the realm (KDC) answers" },
    Field { name: "accepted", kind: Kind::Bool, doc: "whether it gives a ticket for this password" },
    Field { name: "known", kind: Kind::Bool, doc: "whether the realm knows the account; none: nobody answers" },
    Field { name: "must-change", kind: Kind::Bool, doc: "whether the password is right but has to be changed first" },
    Field {
        name: "locked",
        kind: Kind::Bool,
        doc: "whether the account is locked or disabled (its credentials are revoked)",
    },
    Field { name: "principal", kind: Kind::Text, doc: "whom the ticket is for" },
    Field {
        name: "service",
        kind: Kind::Bool,
        doc: "whether a ticket for the service is given too; none: none was asked for",
    },
    Field { name: "reason", kind: Kind::Text, doc: "the refusal, in the library's words" },
];

const LIMIT: Duration = Duration::from_secs(10);

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-kerberos", principal = &args.principal);
    let end = Instant::now() + machine.timeout().min(LIMIT);
    Observation { fact: look(args, end).unwrap_or_else(Fact::Unknown), source }
}

fn look(args: &Args, end: Instant) -> Result<Fact, Message> {
    let scratch = Scratch::new()?;
    let cache = format!("FILE:{}", scratch.path("cache"));
    let env = [("KRB5CCNAME", cache.as_str()), ("LC_ALL", "C")];
    let call = |argv: &[&str], stdin: &str| Call { argv, stdin, env: &env, ..Call::default() }.run(left(end));
    let secret = format!("{}\n", args.password.reveal());
    let ticket = call(&["kinit", "--", &args.principal], &secret)?;
    let mut service = None;
    let mut principal = None;
    if ticket.exit == 0 {
        principal = owner(&call(&["klist"], "")?.text());
        if let Some(name) = &args.service {
            service = Some(call(&["kvno", "-q", "--", name], "")?.exit == 0);
        }
    }
    Ok(fact(&ticket, principal, service, &args.password))
}

/// `Default principal: anne@ATELIER.TEST`
fn owner(text: &str) -> Option<String> {
    text.lines().find_map(|line| line.strip_prefix("Default principal: ")).map(|name| name.trim().to_owned())
}

fn fact(ticket: &Ran, principal: Option<String>, service: Option<bool>, password: &Secret) -> Fact {
    let all = format!("{}\n{}", String::from_utf8_lossy(&ticket.stderr), ticket.text());
    let says = |words: &[&str]| words.iter().any(|word| all.contains(word));
    let accepted = ticket.exit == 0;
    let answered = accepted
        || !says(&[
            "Cannot contact any KDC",
            "Cannot find KDC",
            "Cannot resolve",
            "default realm",
            "unreachable",
            "reply did not match",
        ]);
    let must_change =
        !accepted && says(&["Password expired", "Password has expired", "You must change it", "Enter new password"]);
    Fact::record([
        ("answered", answered.into()),
        ("accepted", accepted.into()),
        ("known", answered.then(|| !says(&["not found in Kerberos database"])).into()),
        ("must-change", must_change.into()),
        ("locked", (!accepted && says(&["revoked"])).into()),
        ("principal", principal.into()),
        ("service", service.into()),
        ("reason", if accepted { Fact::None } else { password.hide_in(&ticket.complaint()).into() }),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see(exit: i32, stderr: &str) -> std::collections::BTreeMap<String, Fact> {
        let ran = Ran { exit, stdout: b"Password for anne@A: \n".to_vec(), stderr: stderr.into() };
        match fact(&ran, None, None, &Secret::from("hush")) {
            Fact::Record(fields) => fields,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn refusals_are_told_apart() {
        let wrong = see(1, "kinit: Password incorrect while getting initial credentials");
        assert_eq!((&wrong["accepted"], &wrong["known"]), (&Fact::Bool(false), &Fact::Bool(true)));
        let unknown = see(1, "kinit: Client 'x@A' not found in Kerberos database while getting initial credentials");
        assert_eq!((&unknown["answered"], &unknown["known"]), (&Fact::Bool(true), &Fact::Bool(false)));
        assert_eq!(see(1, "kinit: Client's credentials have been revoked while…")["locked"], Fact::Bool(true));
        assert_eq!(see(1, "Password expired.  You must change it now.")["must-change"], Fact::Bool(true));
        let silent = see(1, "kinit: Cannot contact any KDC for realm 'A' while getting initial credentials");
        assert_eq!((&silent["answered"], &silent["known"]), (&Fact::Bool(false), &Fact::None));
        assert!(FIELDS.iter().all(|field| silent.contains_key(field.name)));
    }

    #[test]
    fn whom_a_ticket_is_for_is_read() {
        assert_eq!(owner("Ticket cache: FILE:x\nDefault principal: anne@A\n"), Some("anne@A".into()));
        assert_eq!(owner(""), None);
    }
}
