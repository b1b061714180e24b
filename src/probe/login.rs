//! A real login on the machine, with a password, through its own PAM stack and name services.
//!
//! `su` is run by an unprivileged user, so that PAM asks for the password (`pam_rootok(8)` lets root pass); it reads it from
//! its standard input: the password is neither printed nor an argument. What a first login makes stays (the home).

use std::fs;
use std::path::Path;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::run::{Call, Ran, run};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `login = { user = "nlegoff", domain = "ATELIER.TEST", password = "…" }`.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The account's short name.
    pub user: String,
    /// Its password.
    pub password: String,
    /// The domain it is of: the machine may then know it as `user`, `user@domain` or `DOMAIN\user`.
    pub domain: Option<String>,
}

impl std::fmt::Debug for Args {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Args").field("user", &self.user).field("domain", &self.domain).finish_non_exhaustive()
    }
}

pub(super) const ABOUT: About =
    About::new(Cost::Active, FIELDS).needs(&[Need::Tool("su"), Need::Tool("getent")]).secrets(&["password"]);

const FIELDS: &[Field] = &[
    Field { name: "known", kind: Kind::Bool, doc: "whether the machine's name services know the account (getent(1))" },
    Field { name: "name", kind: Kind::Text, doc: "the name the machine knows it by" },
    Field { name: "uid", kind: Kind::Int, doc: "its user number on this machine" },
    Field { name: "local", kind: Kind::Bool, doc: "whether the machine's own /etc/passwd holds this account" },
    Field { name: "accepted", kind: Kind::Bool, doc: "whether a session opens with this password (su(1), pam(8))" },
    Field { name: "home", kind: Kind::Text, doc: "its home folder, where the name services say (passwd(5))" },
    Field {
        name: "home-exists",
        kind: Kind::Bool,
        doc: "whether the home folder is there after the login and is the account's own",
    },
    Field { name: "groups", kind: Kind::List(&Kind::Word), doc: "its groups in the session, domain left out (id(1))" },
    Field { name: "reason", kind: Kind::Text, doc: "why the session did not open, in PAM's words" },
];

const LIMIT: Duration = Duration::from_secs(15);
/// `nobody` and `nogroup`: the same numbers on every Debian (base-passwd).
const NOBODY: u32 = 65534;
/// What is run in the session: who one is there, then one's groups, one a line.
const WITNESS: &str = "echo session:$(id -u); id -Gnz | tr '\\0' '\\n'";

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let limit = machine.timeout().min(LIMIT);
    let fact = look(args, limit).unwrap_or_else(Fact::Unknown);
    Observation { fact, source: msg!("probe-source-login", user = &args.user) }
}

/// An account, as passwd(5) has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Account {
    name: String,
    uid: u32,
    home: String,
    local: bool,
}

fn look(args: &Args, limit: Duration) -> Result<Fact, Message> {
    let own = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let mut found = Vec::new();
    for name in spellings(&args.user, args.domain.as_deref()) {
        let entry = run(&["getent", "passwd", &name], limit)?;
        found.extend(account(&entry.text(), &own));
    }
    // A local account of the same name does not hide the domain's.
    found.sort_by_key(|account| account.local);
    let Some(account) = found.into_iter().next() else {
        return Ok(Fact::record([("known", false.into()), ("accepted", false.into())]));
    };
    let secret = format!("{}\n", args.password);
    let argv = ["su", "--login", &account.name, "--command", WITNESS];
    let ran = Call { argv: &argv, stdin: &secret, user: Some(NOBODY), env: &[] }.run(limit)?;
    Ok(fact(&account, &ran, args))
}

fn fact(account: &Account, ran: &Ran, args: &Args) -> Fact {
    let groups = session(&ran.text(), account.uid);
    let reason = ran.complaint().replace(&args.password, "…");
    Fact::record([
        ("known", true.into()),
        ("name", account.name.as_str().into()),
        ("uid", Fact::Int(account.uid.into())),
        ("local", account.local.into()),
        ("home", account.home.as_str().into()),
        ("home-exists", owns_home(account).into()),
        ("accepted", groups.is_some().into()),
        ("reason", if groups.is_some() { Fact::None } else { reason.into() }),
        ("groups", groups.map(|all| Fact::List(all.into_iter().map(Fact::Text).collect())).into()),
    ])
}

fn owns_home(account: &Account) -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(Path::new(&account.home)).is_ok_and(|found| found.is_dir() && found.uid() == account.uid)
}

/// How a machine may spell an account of a domain (sssd.conf(5) `use_fully_qualified_names`, smb.conf(5) `winbind use
/// default domain`).
fn spellings(user: &str, domain: Option<&str>) -> Vec<String> {
    let mut all = vec![user.to_owned()];
    if let Some(domain) = domain {
        let short = domain.split('.').next().unwrap_or(domain).to_uppercase();
        all.extend([format!("{user}@{}", domain.to_lowercase()), format!("{short}\\{user}")]);
    }
    all
}

fn account(entry: &str, own: &str) -> Option<Account> {
    let fields: Vec<&str> = entry.lines().next()?.split(':').collect();
    let [name, _, uid, _, _, home, ..] = fields.as_slice() else { return None };
    let local = own.lines().any(|line| line.split(':').next() == Some(name));
    Some(Account { name: (*name).to_owned(), uid: uid.parse().ok()?, home: (*home).to_owned(), local })
}

/// The groups of the session, if one opened for this very user.
fn session(output: &str, uid: u32) -> Option<Vec<String>> {
    let witness = format!("session:{uid}");
    let mut lines = output.lines().skip_while(|line| line.trim_end() != witness);
    lines.next()?;
    Some(lines.filter(|line| !line.is_empty()).map(short).collect())
}

/// A group's name without its domain.
fn short(group: &str) -> String {
    let group = group.split_once('\\').map_or(group, |(_, name)| name);
    group.split_once('@').map_or(group, |(name, _)| name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OWN: &str = "root:x:0:0:root:/root:/bin/bash\ntechnicien:x:1000:1000::/home/technicien:/bin/bash\n";

    #[test]
    fn an_account_is_local_when_the_machine_holds_it() {
        let own = account("technicien:x:1000:1000::/home/technicien:/bin/bash\n", OWN).unwrap();
        assert!(own.local);
        let far = account("nlegoff@atelier.test:*:912001103:912000513:N:/home/nlegoff:/bin/bash\n", OWN).unwrap();
        assert_eq!((far.local, far.uid, far.home.as_str()), (false, 912_001_103, "/home/nlegoff"));
        assert_eq!(account("", OWN), None);
    }

    #[test]
    fn every_usual_spelling_is_tried() {
        assert_eq!(spellings("ada", None), ["ada"]);
        assert_eq!(spellings("ada", Some("ATELIER.TEST")), ["ada", "ada@atelier.test", "ATELIER\\ada"]);
    }

    #[test]
    fn a_session_is_only_this_users() {
        let groups = session("motd\nsession:1103\ndomain users@atelier.test\nATELIER\\compta\n", 1103).unwrap();
        assert_eq!(groups, ["domain users", "compta"]);
        assert_eq!(session("session:0\nroot\n", 1103), None);
        assert_eq!(session("", 1103), None);
    }

    #[test]
    fn the_password_is_never_told() {
        let args = Args { user: "ada".into(), password: "Secr3t".into(), domain: None };
        assert!(!format!("{args:?}").contains("Secr3t"));
        let account = account("ada:x:1103:1103::/nowhere:/bin/sh", "").unwrap();
        let ran = Ran { exit: 1, stdout: Vec::new(), stderr: b"bad Secr3t\n".to_vec() };
        assert!(!format!("{:?}", fact(&account, &ran, &args)).contains("Secr3t"));
    }

    #[test]
    fn what_is_told_is_documented() {
        let args = Args { user: "ada".into(), password: "x".into(), domain: None };
        let account = account("ada:x:1103:1103::/nowhere:/bin/sh", "").unwrap();
        let ran = Ran { exit: 0, stdout: b"session:1103\nada\n".to_vec(), stderr: Vec::new() };
        let Fact::Record(fields) = fact(&account, &ran, &args) else { panic!("a record") };
        assert_eq!(fields["accepted"], Fact::Bool(true));
        assert!(fields.keys().all(|name| FIELDS.iter().any(|field| field.name == name)));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in ".{0,200}") {
            let _ = (account(&text, &text), session(&text, 0));
        }
    }
}
