//! An object of a directory (LDAP, RFC 4511; Active Directory), by the machine's ldapsearch(1), under TLS unless said.

use std::time::{Duration, Instant, SystemTime};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::domain::ldif;
use super::run::{Call, Ran};
use super::wire::left;
use super::wire::scratch::Scratch;
use super::wire::secret::Secret;
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `ldap = { host = "dc1", base = "DC=atelier,DC=test", filter = "(sAMAccountName=anne)", user = "…" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The server: a name, as the machine knows it, or an address.
    pub host: String,
    /// Where to look, a distinguished name.
    pub base: String,
    /// What to look for (RFC 4515).
    pub filter: String,
    /// Who asks: a distinguished name, or in Active Directory `anne@atelier.test`; nobody unless said.
    pub user: Option<String>,
    /// The user's password.
    #[serde(default)]
    pub password: Secret,
    /// How TLS starts.
    #[serde(default)]
    pub tls: Tls,
    /// A file of the machine with the authority to trust, instead of those it trusts.
    pub ca: Option<String>,
    /// Go on where the certificate is not valid.
    #[serde(default)]
    pub insecure: bool,
}

/// How TLS starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// On demand (RFC 4511 §4.14).
    #[default]
    Starttls,
    /// At once, on port 636.
    Implicit,
    /// Not at all.
    None,
}

pub(super) const ABOUT: About =
    About::new(Cost::Active, FIELDS).needs(&[Need::Tool("ldapsearch")]).secrets(&["password"]);

const FIELDS: &[Field] = &[
    Field { name: "reachable", kind: Kind::Bool, doc: "whether the server answers, TLS included" },
    Field { name: "login", kind: Kind::Bool, doc: "whether it accepts the password; none: it does not answer" },
    Field { name: "exists", kind: Kind::Bool, doc: "whether there is such an object; none: no one got that far" },
    Field { name: "count", kind: Kind::Int, doc: "how many there are; what follows is about the first" },
    Field { name: "dn", kind: Kind::Word, doc: "its distinguished name (RFC 4514)" },
    Field { name: "container", kind: Kind::Word, doc: "what it is in, a distinguished name" },
    Field {
        name: "attributes",
        kind: Kind::List(&Kind::Text),
        doc: "`name=value` each, names as the directory writes them",
    },
    Field {
        name: "groups",
        kind: Kind::List(&Kind::Word),
        doc: "the groups it is directly in, by their own names (memberOf)",
    },
    Field { name: "members", kind: Kind::List(&Kind::Word), doc: "who is directly in it, by their own names (member)" },
    Field {
        name: "enabled",
        kind: Kind::Bool,
        doc: "whether the account is not disabled (userAccountControl, flag 2); none: no account",
    },
    Field { name: "locked", kind: Kind::Bool, doc: "whether too many wrong passwords lock it (lockoutTime)" },
    Field {
        name: "must-change",
        kind: Kind::Bool,
        doc: "whether the password must be changed at the next login (pwdLastSet is 0)",
    },
    Field {
        name: "never-expires",
        kind: Kind::Bool,
        doc: "whether its password never expires (userAccountControl, flag 0x10000)",
    },
    Field { name: "expires", kind: Kind::Time, doc: "when the account ends (accountExpires); none: never" },
    Field { name: "expired", kind: Kind::Bool, doc: "whether it has ended" },
    Field { name: "reason", kind: Kind::Text, doc: "what went wrong, in the server's words" },
];

const LIMIT: Duration = Duration::from_secs(8);

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-ldap", host = &args.host, filter = &args.filter);
    let end = Instant::now() + machine.timeout().min(LIMIT);
    Observation { fact: look(args, end).unwrap_or_else(Fact::Unknown), source }
}

fn look(args: &Args, end: Instant) -> Result<Fact, Message> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
    Ok(fact(&search(args, end)?, &args.password, i64::try_from(now).unwrap_or(i64::MAX)))
}

fn search(args: &Args, end: Instant) -> Result<Ran, Message> {
    let scratch = Scratch::new()?;
    let uri = match args.tls {
        Tls::Implicit => format!("ldaps://{}", args.host),
        Tls::Starttls | Tls::None => format!("ldap://{}", args.host),
    };
    let password = scratch.write("password", args.password.reveal())?;
    let mut argv = vec!["ldapsearch", "-LLL", "-x", "-o", "nettimeout=5", "-l", "5", "-z", "1000", "-H", &uri];
    if args.tls == Tls::Starttls {
        argv.push("-ZZ");
    }
    if let Some(user) = &args.user {
        argv.extend(["-D", user, "-y", &password]);
    }
    argv.extend(["-b", &args.base, "--", &args.filter, "*", "memberOf"]);
    // The machine's own ldap.conf(5) may say anything: what counts is said here.
    let mut env = vec![("LDAPTLS_REQCERT", if args.insecure { "never" } else { "demand" })];
    env.push(("LDAPTLS_CACERT", args.ca.as_deref().unwrap_or("/etc/ssl/certs/ca-certificates.crt")));
    Call { argv: &argv, env: &env, ..Call::default() }.run(left(end))
}

/// LDAP's result codes, which are ldapsearch's own status (RFC 4511 §A.1).
const NO_SUCH_OBJECT: i32 = 32;
const INVALID_CREDENTIALS: i32 = 49;
const INAPPROPRIATE: [i32; 4] = [1, 8, 48, 50];
/// More than can be told: what is told is a part.
const SIZE_LIMIT: i32 = 4;

fn fact(ran: &Ran, password: &Secret, now: i64) -> Fact {
    let why = || Fact::from(password.hide_in(&ran.complaint()));
    match ran.exit {
        0 | SIZE_LIMIT => object(&ran.text(), now),
        NO_SUCH_OBJECT => Fact::record([
            ("reachable", true.into()),
            ("login", true.into()),
            ("exists", false.into()),
            ("count", Fact::Int(0)),
            ("reason", why()),
        ]),
        INVALID_CREDENTIALS => Fact::record([("reachable", true.into()), ("login", false.into()), ("reason", why())]),
        // It answers and wants more than this: a login, or TLS.
        code if INAPPROPRIATE.contains(&code) => {
            Fact::record([("reachable", true.into()), ("login", false.into()), ("reason", why())])
        }
        _ => Fact::record([("reachable", false.into()), ("reason", why())]),
    }
}

fn object(text: &str, now: i64) -> Fact {
    let unfolded = text.replace("\r\n", "\n").replace("\n ", "");
    let entries: Vec<&str> = unfolded.split("\n\n").filter(|entry| starts_with_dn(entry)).collect();
    let found = [("reachable", true.into()), ("login", true.into()), ("exists", (!entries.is_empty()).into())];
    let count = ("count", Fact::Int(i64::try_from(entries.len()).unwrap_or(i64::MAX)));
    let mut fields: std::collections::BTreeMap<String, Fact> =
        found.into_iter().chain([count]).map(|(name, fact)| (name.to_owned(), fact)).collect();
    if let Some(entry) = entries.first() {
        fields.extend(details(entry, now).into_iter().map(|(name, fact)| (name.to_owned(), fact)));
    }
    Fact::Record(fields)
}

fn starts_with_dn(entry: &str) -> bool {
    entry.trim_start().get(..3).is_some_and(|start| start.eq_ignore_ascii_case("dn:"))
}

/// `userAccountControl` (MS-ADTS §2.2.16).
const DISABLED: i64 = 0x2;
const NEVER_EXPIRES: i64 = 0x1_0000;

fn details(entry: &str, now: i64) -> Vec<(&'static str, Fact)> {
    let values = |name: &str| ldif::values(entry, name);
    let number = |name: &str| values(name).first().and_then(|value| value.parse::<i64>().ok());
    let own_names = |name: &str| Fact::texts(values(name).iter().map(|dn| own_name(dn)).collect::<Vec<_>>());
    let dn = values("dn").into_iter().next().unwrap_or_default();
    let control = number("userAccountControl");
    let expires = number("accountExpires").and_then(moment);
    let is_account = control.is_some();
    vec![
        ("container", ldif::parent(&dn).map(str::to_owned).into()),
        ("dn", dn.into()),
        ("attributes", Fact::texts(attributes(entry))),
        ("groups", own_names("memberOf")),
        ("members", own_names("member")),
        ("enabled", control.map(|flags| flags & DISABLED == 0).into()),
        ("never-expires", control.map(|flags| flags & NEVER_EXPIRES != 0).into()),
        ("locked", is_account.then(|| number("lockoutTime").unwrap_or(0) != 0).into()),
        ("must-change", is_account.then(|| number("pwdLastSet") == Some(0)).into()),
        ("expires", expires.map_or(Fact::None, Fact::Time)),
        ("expired", is_account.then(|| expires.is_some_and(|end| end <= now)).into()),
    ]
}

/// `CN=Compta,OU=Groupes,…` is `Compta` (escapes of RFC 4514 §2.4 before a sign are taken out).
fn own_name(dn: &str) -> String {
    let first = match ldif::parent(dn) {
        Some(parent) => dn[..dn.len() - parent.len()].trim_end().trim_end_matches(','),
        None => dn,
    };
    let value = first.split_once('=').map_or(first, |(_, value)| value);
    let mut name = String::new();
    let mut escaped = false;
    for c in value.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            name.push(c);
            escaped = false;
        }
    }
    name
}

fn attributes(entry: &str) -> Vec<String> {
    let names = entry.lines().filter_map(|line| Some(line.split_once(':')?.0.trim()));
    let mut all: Vec<&str> = names.filter(|name| !name.is_empty() && !name.starts_with('#')).collect();
    all.sort_unstable();
    all.dedup();
    let values =
        |name: &&str| ldif::values(entry, name).into_iter().map(|value| format!("{name}={value}")).collect::<Vec<_>>();
    all.iter().filter(|name| !name.eq_ignore_ascii_case("dn")).flat_map(values).collect()
}

/// 100 ns since 1601 (MS-DTYP §2.3.3) in seconds since 1970; 0 and the largest number mean never.
fn moment(ticks: i64) -> Option<i64> {
    const TO_1970: i64 = 11_644_473_600;
    (ticks != 0 && ticks != i64::MAX).then(|| ticks / 10_000_000 - TO_1970)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ran(exit: i32, stdout: &str, stderr: &str) -> Ran {
        Ran { exit, stdout: stdout.into(), stderr: stderr.into() }
    }

    const ENTRY: &str = "dn: CN=Anne Le Goff,OU=Achats,DC=atelier,DC=test\nsAMAccountName: anne\nuserAccountControl: 66050\n\
        memberOf: CN=Achats\\, France,OU=Groupes,DC=atelier,DC=test\npwdLastSet: 0\naccountExpires: 133801632000000000\n\
        lockoutTime: 133801632000000000\n\n# refldap://x\n\n";

    #[test]
    fn an_account_is_told_whole() {
        let Fact::Record(fields) = fact(&ran(0, ENTRY, ""), &Secret::default(), 1_800_000_000) else {
            panic!("a record")
        };
        assert_eq!(fields["groups"], Fact::texts(["Achats, France"]));
        assert_eq!(fields["container"], Fact::text("OU=Achats,DC=atelier,DC=test"));
        for (name, value) in
            [("enabled", false), ("locked", true), ("must-change", true), ("never-expires", true), ("expired", true)]
        {
            assert_eq!(fields[name], Fact::Bool(value), "{name}");
        }
        assert_eq!(fields["expires"], Fact::Time(1_735_689_600));
        assert_eq!(fields["count"], Fact::Int(1));
        assert!(FIELDS.iter().all(|field| fields.contains_key(field.name) || field.name == "reason"));
    }

    #[test]
    fn none_a_refusal_and_silence_are_three_things() {
        let see = |exit, text: &str| match fact(&ran(exit, "", text), &Secret::from("hush"), 0) {
            Fact::Record(fields) => fields,
            other => panic!("{other:?}"),
        };
        assert_eq!(see(0, "")["exists"], Fact::Bool(false));
        let refused = see(49, "ldap_bind: Invalid credentials (49) hush");
        assert_eq!((&refused["login"], refused.get("exists")), (&Fact::Bool(false), None));
        assert_eq!(refused["reason"], Fact::text("ldap_bind: Invalid credentials (49) …"));
        assert_eq!(see(255, "ldap_sasl_bind(SIMPLE): Can't contact LDAP server (-1)")["reachable"], Fact::Bool(false));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in "((dn|memberOf|accountExpires|a)?:{0,2} ?.{0,40}\n){0,6}") {
            let _ = object(&text, 0);
            let _ = object(&format!("dn: {text}"), 0);
            let _ = own_name(&text);
        }
    }
}
