//! A login by SSH, tried for real with the machine's ssh(1): a key, a password, through another host if need be.

use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::run::{Call, Ran, run};
use super::wire::left;
use super::wire::reach::{Closed, Reach, reach};
use super::wire::scratch::Scratch;
use super::wire::secret::Secret;
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `ssh = { host = "srv", user = "anne", key = "/home/anne/.ssh/id_ed25519" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The server: a name, as the machine knows it, or an address.
    pub host: String,
    /// Its port; 22 unless said.
    pub port: Option<u16>,
    /// Who logs in.
    pub user: String,
    /// A file of the machine with a private key without a passphrase: only this key is tried.
    pub key: Option<String>,
    /// The user's password: only it is tried, where no key is named.
    #[serde(default)]
    pub password: Secret,
    /// A host to pass by: `user@host`, with the same key or password (ssh(1) `-J`).
    pub jump: Option<String>,
    /// What is run there; `id -un` unless said.
    pub run: Option<String>,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS)
    .needs(&[Need::Tool("ssh"), Need::Tool("ssh-keygen"), Need::Tool("getent")])
    .secrets(&["password"]);

const FIELDS: &[Field] = &[
    Field {
        name: "state",
        kind: Kind::Word,
        doc: "answered: an SSH server spoke; broken: something else did; else as of the probe `tcp`: why there is no connection",
    },
    Field { name: "login", kind: Kind::Bool, doc: "whether the user gets in" },
    Field {
        name: "method",
        kind: Kind::Word,
        doc: "what opened the door: publickey, password, keyboard-interactive, none",
    },
    Field {
        name: "methods",
        kind: Kind::List(&Kind::Word),
        doc: "what the server offers to this user (RFC 4252 §5.1)",
    },
    Field { name: "host-key", kind: Kind::Text, doc: "the server's key, as ssh-keygen(1) -l shows it (`SHA256:…`)" },
    Field { name: "host-key-type", kind: Kind::Word, doc: "ED25519, ECDSA, RSA" },
    Field { name: "exit", kind: Kind::Int, doc: "status of what was run there; none: nobody got in" },
    Field { name: "stdout", kind: Kind::Text, doc: "what it said" },
    Field { name: "reason", kind: Kind::Text, doc: "why nobody got in" },
];

const LIMIT: Duration = Duration::from_secs(12);

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-ssh", user = &args.user, host = &args.host);
    let end = Instant::now() + machine.timeout().min(LIMIT);
    Observation { fact: look(args, end).unwrap_or_else(Fact::Unknown), source }
}

fn look(args: &Args, end: Instant) -> Result<Fact, Message> {
    let words = [Some(&args.host), Some(&args.user), args.jump.as_ref(), args.key.as_ref()];
    let odd =
        |text: &&String| text.starts_with('-') || text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '"');
    if let Some(text) = words.into_iter().flatten().find(odd) {
        return Err(msg!("probe-no-ssh-name", text = text));
    }
    if args.jump.is_none()
        && let Reach::Closed(closed) = reach(&args.host, args.port.unwrap_or(22), end)?
    {
        return Ok(outside(closed));
    }
    let scratch = Scratch::new()?;
    let client = Client::new(args, &scratch, end)?;
    let offered = client.run("none")?;
    let methods = methods(&stderr(&offered));
    let ran =
        if args.key.is_some() || !args.password.reveal().is_empty() { client.run(client.tried())? } else { offered };
    Ok(fact(args, &ran, methods, key(&scratch, end)))
}

fn outside(closed: Closed) -> Fact {
    Fact::record([("state", closed.word().into()), ("login", false.into())])
}

struct Client<'a> {
    args: &'a Args,
    config: String,
    ask: String,
    end: Instant,
}

impl<'a> Client<'a> {
    fn new(args: &'a Args, scratch: &Scratch, end: Instant) -> Result<Self, Message> {
        let password = scratch.write("password", &format!("{}\n", args.password.reveal()))?;
        let ask = scratch.write("ask", &format!("#!/bin/sh\nexec cat {password}\n"))?;
        // A file, as only that also holds for the host on the way (ssh_config(5)).
        let mut config = format!(
            "Host *\nUserKnownHostsFile {}\nGlobalKnownHostsFile /dev/null\nStrictHostKeyChecking accept-new\n\
             HashKnownHosts no\nConnectTimeout 5\nNumberOfPasswordPrompts 1\nIdentitiesOnly yes\nIdentityAgent none\n\
             LogLevel DEBUG1\nControlPath none\nGSSAPIAuthentication no\nUpdateHostKeys no\n",
            scratch.path("known")
        );
        config += "IdentityFile ";
        config += args.key.as_deref().unwrap_or("none");
        config += "\n";
        Ok(Self { args, config: scratch.write("config", &config)?, ask, end })
    }

    /// What opens the door, as the arguments say.
    fn tried(&self) -> &'static str {
        if self.args.key.is_some() { "publickey" } else { "password,keyboard-interactive" }
    }

    fn run(&self, methods: &str) -> Result<Ran, Message> {
        let (port, target) =
            (self.args.port.unwrap_or(22).to_string(), format!("{}@{}", self.args.user, self.args.host));
        let preferred = format!("PreferredAuthentications={methods}");
        let mut argv = vec!["ssh", "-F", &self.config, "-T", "-p", &port];
        // The way itself is opened by the key or the password, whatever is asked of its end.
        let way = self.args.jump.as_deref().map(|jump| {
            format!(
                "ProxyCommand=ssh -F {} -o PreferredAuthentications={} -W [%h]:%p {jump}",
                self.config,
                self.tried()
            )
        });
        if let Some(way) = &way {
            argv.extend(["-o", way]);
        }
        argv.extend(["-o", &preferred, "--", &target, self.args.run.as_deref().unwrap_or("id -un")]);
        let env = [("SSH_ASKPASS", self.ask.as_str()), ("SSH_ASKPASS_REQUIRE", "force"), ("DISPLAY", ":0")];
        Call { argv: &argv, env: &env, ..Call::default() }.run(left(self.end))
    }
}

fn stderr(ran: &Ran) -> String {
    String::from_utf8_lossy(&ran.stderr).into_owned()
}

/// The server's key, as noted by the client: fingerprint and type.
fn key(scratch: &Scratch, end: Instant) -> Option<(String, String)> {
    let told = run(&["ssh-keygen", "-l", "-f", &scratch.path("known")], left(end)).ok()?.text();
    // The host on the way is noted first.
    fingerprint(told.lines().last()?)
}

/// `256 SHA256:… srv (ED25519)`
fn fingerprint(line: &str) -> Option<(String, String)> {
    let print = line.split_whitespace().nth(1)?;
    let kind = line.rsplit_once('(')?.1.strip_suffix(')')?;
    Some((print.to_owned(), kind.to_owned()))
}

/// `debug1: Authentications that can continue: publickey,password`: the last, which is the end's.
fn methods(said: &str) -> Vec<String> {
    let line = said.lines().rev().find_map(|line| line.split_once("Authentications that can continue: "));
    line.map(|(_, list)| list.trim().split(',').map(str::to_owned).collect()).unwrap_or_default()
}

/// `Authenticated to srv ([10.0.0.1]:22) using "publickey".`: of the end, not of the host on the way.
fn used(said: &str, host: &str) -> Option<String> {
    let begin = format!("Authenticated to {host} ");
    let line = said.lines().map(|line| line.trim_start_matches("debug1: ")).find(|line| line.starts_with(&begin))?;
    Some(line.split_once("using \"")?.1.split('"').next()?.to_owned())
}

fn fact(args: &Args, ran: &Ran, methods: Vec<String>, key: Option<(String, String)>) -> Fact {
    let said = stderr(ran);
    let method = used(&said, &args.host);
    let login = method.is_some();
    let complaint = said.lines().rev().map(str::trim).find(|line| !line.is_empty() && !line.starts_with("debug1:"));
    let why = complaint.map(|line| args.password.hide_in(line));
    let (print, kind) = key.unzip();
    Fact::record([
        ("state", if print.is_some() { "answered" } else { "broken" }.into()),
        ("login", login.into()),
        ("method", method.into()),
        ("methods", Fact::texts(methods)),
        ("host-key", print.into()),
        ("host-key-type", kind.into()),
        ("exit", login.then_some(i64::from(ran.exit)).into()),
        ("stdout", login.then(|| ran.text()).into()),
        ("reason", if login { Fact::None } else { why.into() }),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn args(json: serde_json::Value) -> Args {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn who_got_in_and_how_is_told() {
        let said = b"debug1: Authentications that can continue: publickey,password\n\
                     Authenticated to way ([10.0.0.9]:22) using \"publickey\".\n\
                     debug1: Authentications that can continue: publickey\n\
                     Authenticated to srv (via proxy) using \"publickey\".\n";
        let ran = Ran { exit: 0, stdout: b"anne\n".to_vec(), stderr: said.to_vec() };
        let args = args(serde_json::json!({ "host": "srv", "user": "anne" }));
        let key = fingerprint("256 SHA256:abc srv (ED25519)");
        let Fact::Record(fields) = fact(&args, &ran, methods(&stderr(&ran)), key) else { panic!("a record") };
        assert_eq!((&fields["login"], &fields["method"]), (&Fact::Bool(true), &Fact::text("publickey")));
        assert_eq!((&fields["methods"], &fields["host-key"]), (&Fact::texts(["publickey"]), &Fact::text("SHA256:abc")));
        assert!(FIELDS.iter().all(|field| fields.contains_key(field.name)));
    }

    #[test]
    fn who_only_got_to_the_host_on_the_way_did_not_get_in() {
        let said =
            b"Authenticated to way ([10.0.0.9]:22) using \"publickey\".\nanne@srv: Permission denied (publickey).\n";
        let ran = Ran { exit: 255, stdout: Vec::new(), stderr: said.to_vec() };
        let args = args(serde_json::json!({ "host": "srv", "user": "anne" }));
        let Fact::Record(fields) = fact(&args, &ran, Vec::new(), None) else { panic!("a record") };
        assert_eq!((&fields["login"], &fields["exit"]), (&Fact::Bool(false), &Fact::None));
        assert_eq!(fields["reason"], Fact::text("anne@srv: Permission denied (publickey)."));
    }

    #[test]
    fn a_name_is_no_option() {
        for odd in ["-oProxyCommand=reboot", "a b", "a\nHost b"] {
            let args = args(serde_json::json!({ "host": odd, "user": "anne" }));
            assert_eq!(look(&args, Instant::now() + LIMIT).unwrap_err().key, "probe-no-ssh-name");
        }
    }

    proptest! {
        #[test]
        fn garbage_never_panics(said in "(.{0,60}\n){0,4}") {
            let _ = (methods(&said), used(&said, "srv"), fingerprint(&said));
        }
    }
}
