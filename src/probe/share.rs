//! A share as a user has it (SMB): logged in for real, through the machine's smbclient(1).
//!
//! A server may let a wrong name or password in as a guest (smb.conf(5) `map to guest`): the login is tried once more
//! with another password, and who gets in all the same has not logged in.

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

/// What a lab writes: `share = { host = "srv", share = "Compta", user = "anne", password = "…" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The server: a name, as the machine knows it, or an address.
    pub host: String,
    /// The share's name; only the login and the list of shares unless said.
    pub share: Option<String>,
    /// A folder in it; its root unless said.
    pub folder: Option<String>,
    /// Who; nobody (an anonymous session) unless said.
    pub user: Option<String>,
    /// The user's password.
    #[serde(default)]
    pub password: Secret,
    /// The user's domain or workgroup.
    pub domain: Option<String>,
    /// A file that is there, to be read.
    pub file: Option<String>,
    /// Leave the share as it is: nothing is written, `write` and `delete` are not told.
    #[serde(default)]
    pub read_only: bool,
}

pub(super) const ABOUT: About =
    About::new(Cost::Active, FIELDS).needs(&[Need::Tool("smbclient")]).secrets(&["password"]);

const FIELDS: &[Field] = &[
    Field { name: "reachable", kind: Kind::Bool, doc: "whether a server of shares answers" },
    Field {
        name: "login",
        kind: Kind::Bool,
        doc: "whether the password is accepted, and another one is not; none: an anonymous session",
    },
    Field {
        name: "as-guest",
        kind: Kind::Bool,
        doc: "whether one gets in without a right password (smb.conf(5) `map to guest`)",
    },
    Field { name: "shares", kind: Kind::List(&Kind::Word), doc: "the folders the server shows to this user" },
    Field { name: "exists", kind: Kind::Bool, doc: "whether there is such a share; none: no one got that far" },
    Field { name: "list", kind: Kind::Bool, doc: "whether the folder can be listed" },
    Field { name: "names", kind: Kind::List(&Kind::Text), doc: "what is in the folder" },
    Field { name: "read", kind: Kind::Bool, doc: "whether `file` can be read; where none is named, as `list`" },
    Field { name: "write", kind: Kind::Bool, doc: "whether a file can be written there; it is removed again" },
    Field { name: "delete", kind: Kind::Bool, doc: "whether that file can be removed; none: none could be written" },
    Field { name: "reason", kind: Kind::Text, doc: "the first refusal, in the server's words (NT_STATUS_…)" },
];

const LIMIT: Duration = Duration::from_secs(12);
/// What no person has as a password.
const WRONG: &str = "\u{1f512} not the password";

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let name = args.share.as_deref().unwrap_or_default();
    let source =
        msg!("probe-source-share", host = &args.host, share = name, user = args.user.as_deref().unwrap_or("-"));
    let end = Instant::now() + machine.timeout().min(LIMIT);
    Observation { fact: look(args, end).unwrap_or_else(Fact::Unknown), source }
}

fn look(args: &Args, end: Instant) -> Result<Fact, Message> {
    let clean = |text: &Option<String>| text.as_deref().is_none_or(|text| !text.contains(['"', ';', '\n', '\\']));
    if !clean(&args.share) || !clean(&args.folder) || !clean(&args.file) || args.host.starts_with('-') {
        return Err(msg!("probe-no-share-name"));
    }
    let scratch = Scratch::new()?;
    let client = Client { args, login: scratch.write("login", &login(args, args.password.reveal()))?, end };
    let listed = client.run(&["--list", &format!("//{}", args.host), "--grepable"])?;
    let said = Said::of(&listed);
    let mut seen = Seen { reachable: !said.is_silence(), why: said.0.clone(), ..Seen::default() };
    if !seen.reachable {
        return Ok(seen.fact());
    }
    let accepted = !said.is_login_refusal();
    if args.user.is_some() {
        let other = Client { args, login: scratch.write("other", &login(args, WRONG))?, end };
        seen.guest = accepted
            && !Said::of(&other.run(&["--list", &format!("//{}", args.host), "--grepable"])?).is_login_refusal();
        seen.login = Some(accepted && !seen.guest);
    }
    if accepted {
        seen.shares = Some(shares(&listed.text()));
        seen.why = None;
        if let Some(share) = &args.share {
            seen.look_inside(&client, share, &scratch)?;
        }
    }
    Ok(seen.fact())
}

/// A file of credentials as smbclient(1) `--authentication-file` reads it.
fn login(args: &Args, password: &str) -> String {
    let line = |name: &str, value: &str| format!("{name} = {}\n", value.replace(['\n', '\r'], ""));
    let mut text = line("username", args.user.as_deref().unwrap_or_default());
    text += &line("password", if args.user.is_some() { password } else { "" });
    if let Some(domain) = &args.domain {
        text += &line("domain", domain);
    }
    text
}

struct Client<'a> {
    args: &'a Args,
    login: String,
    end: Instant,
}

impl Client<'_> {
    /// Runs smbclient without the machine's own settings, which are another matter.
    fn run(&self, what: &[&str]) -> Result<Ran, Message> {
        let mut argv = vec!["smbclient", "--configfile=/dev/null", "--max-protocol=SMB3"];
        let file = format!("--authentication-file={}", self.login);
        argv.push(&file);
        if self.args.user.is_none() {
            argv.push("--no-pass");
        }
        argv.extend(what);
        Call { argv: &argv, ..Call::default() }.run(left(self.end))
    }

    fn command(&self, share: &str, command: &str) -> Result<Ran, Message> {
        let target = format!("//{}/{share}", self.args.host);
        let mut what = vec![target.as_str()];
        if let Some(folder) = &self.args.folder {
            what.extend(["--directory", folder]);
        }
        what.extend(["--command", command]);
        self.run(&what)
    }
}

/// The server's refusal, if there is one.
struct Said(Option<String>);

impl Said {
    fn of(ran: &Ran) -> Self {
        let all = format!("{}\n{}", String::from_utf8_lossy(&ran.stderr), ran.text());
        Self(status(&all))
    }

    /// Whether no server of shares answered.
    fn is_silence(&self) -> bool {
        const SILENCE: [&str; 8] = [
            "CONNECTION_REFUSED",
            "HOST_UNREACHABLE",
            "IO_TIMEOUT",
            "UNSUCCESSFUL",
            "NETWORK_UNREACHABLE",
            "NOT_FOUND",
            "CONNECTION_RESET",
            "CONNECTION_DISCONNECTED",
        ];
        self.0.as_deref().is_some_and(|status| SILENCE.iter().any(|word| status.ends_with(word)))
    }

    /// Whether the session was refused: a wrong password, or an account that may not.
    fn is_login_refusal(&self) -> bool {
        const REFUSALS: [&str; 11] = [
            "LOGON_FAILURE",
            "ACCOUNT_DISABLED",
            "ACCOUNT_LOCKED_OUT",
            "PASSWORD_EXPIRED",
            "PASSWORD_MUST_CHANGE",
            "ACCOUNT_EXPIRED",
            "WRONG_PASSWORD",
            "NO_SUCH_USER",
            "INVALID_LOGON_HOURS",
            "INVALID_WORKSTATION",
            "ACCESS_DENIED",
        ];
        self.0.as_deref().is_some_and(|status| REFUSALS.iter().any(|word| status.ends_with(word)))
    }

    fn says(&self, word: &str) -> bool {
        self.0.as_deref().is_some_and(|status| status.ends_with(word))
    }
}

/// The first `NT_STATUS_…` that is a refusal.
fn status(text: &str) -> Option<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("NT_STATUS_") && *word != "NT_STATUS_OK").map(str::to_owned).next()
}

/// `Disk|Compta|Comptabilité`
fn shares(text: &str) -> Vec<String> {
    let disks = text.lines().filter_map(|line| line.strip_prefix("Disk|")?.split('|').next());
    disks.map(str::to_owned).collect()
}

/// `  name          D        0  Sat Nov 21 10:00:00 2026`
fn names(text: &str) -> Vec<String> {
    let all = text.lines().filter_map(|line| {
        let rest = line.strip_prefix("  ")?;
        // The name is padded to a column; what follows starts with attributes.
        let (before, _) = rest.rsplit_once("  ")?;
        let cut = before.trim_end();
        let name = cut.rsplit_once("  ").map_or(cut, |(name, _)| name).trim_end();
        let name = name.rsplit_once("  ").map_or(name, |(name, _)| name).trim_end();
        (!name.is_empty() && ![".", ".."].contains(&name)).then(|| name.to_owned())
    });
    all.collect()
}

#[derive(Debug, Default)]
struct Seen {
    reachable: bool,
    login: Option<bool>,
    guest: bool,
    shares: Option<Vec<String>>,
    exists: Option<bool>,
    list: Option<bool>,
    names: Vec<String>,
    read: Option<bool>,
    write: Option<bool>,
    delete: Option<bool>,
    why: Option<String>,
}

impl Seen {
    fn look_inside(&mut self, client: &Client<'_>, share: &str, scratch: &Scratch) -> Result<(), Message> {
        let ran = client.command(share, "ls")?;
        let said = self.hear(&ran);
        self.exists = Some(!said.says("BAD_NETWORK_NAME"));
        self.list = Some(said.0.is_none() && ran.exit == 0);
        self.names = if self.list == Some(true) { names(&ran.text()) } else { Vec::new() };
        self.read = self.list;
        if let Some(file) = &client.args.file {
            let ran = client.command(share, &format!("get \"{file}\" {}", scratch.path("read")))?;
            self.read = Some(self.hear(&ran).0.is_none() && ran.exit == 0);
        }
        if client.args.read_only {
            return Ok(());
        }
        let mark = scratch.write("mark", "Paillasse\n")?;
        let name = scratch.path("").replace('/', "").replace("run.look", ".paillasse");
        let ran = client.command(share, &format!("put {mark} \"{name}\""))?;
        let written = self.hear(&ran).0.is_none() && ran.exit == 0;
        self.write = Some(written);
        if written {
            let ran = client.command(share, &format!("del \"{name}\""))?;
            self.delete = Some(self.hear(&ran).0.is_none() && ran.exit == 0);
        }
        Ok(())
    }

    fn hear(&mut self, ran: &Ran) -> Said {
        let said = Said::of(ran);
        self.why = self.why.take().or_else(|| said.0.clone());
        said
    }

    fn fact(self) -> Fact {
        Fact::record([
            ("reachable", self.reachable.into()),
            ("login", self.login.into()),
            ("as-guest", self.guest.into()),
            ("shares", self.shares.map_or(Fact::None, Fact::texts)),
            ("exists", self.exists.into()),
            ("list", self.list.into()),
            ("names", Fact::texts(self.names)),
            ("read", self.read.into()),
            ("write", self.write.into()),
            ("delete", self.delete.into()),
            ("reason", self.why.into()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refusals_are_told_from_silence() {
        let said = |text: &str| Said(status(text));
        assert!(said("session setup failed: NT_STATUS_LOGON_FAILURE").is_login_refusal());
        assert!(said("do_connect: Connection to x failed (Error NT_STATUS_CONNECTION_REFUSED)").is_silence());
        assert!(said("tree connect failed: NT_STATUS_BAD_NETWORK_NAME").says("BAD_NETWORK_NAME"));
        assert!(said("").0.is_none());
    }

    #[test]
    fn lists_come_apart() {
        assert_eq!(shares("Disk|Compta|Comptabilité\nIPC|IPC$|IPC\nDisk|a b|\n"), ["Compta", "a b"]);
        let listed = "  .                                   D        0  Sat Nov 21 10:00:00 2026\n  \
                      bilan 2026.txt                      N       12  Sat Nov 21 10:00:00 2026\n\n\t\t100 blocks of size 1. 5 blocks available\n";
        assert_eq!(names(listed), ["bilan 2026.txt"]);
    }

    #[test]
    fn a_name_cannot_be_a_command() {
        let args = serde_json::json!({ "host": "srv", "share": "a", "file": "x\"; !reboot" });
        let args: Args = serde_json::from_value(args).unwrap();
        assert_eq!(look(&args, Instant::now() + LIMIT).unwrap_err().key, "probe-no-share-name");
    }

    #[test]
    fn a_password_is_one_line_and_not_printed() {
        let args = serde_json::json!({ "host": "srv", "user": "anne", "password": "hush" });
        let args: Args = serde_json::from_value(args).unwrap();
        assert_eq!(login(&args, "a\nb"), "username = anne\npassword = ab\n");
        assert!(!format!("{args:?}").contains("hush"));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in "(.{0,40}\n){0,4}") {
            let _ = (status(&text), shares(&text), names(&text));
        }
    }
}
