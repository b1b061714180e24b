//! The filters of a mailbox, as `ManageSieve` shows them (RFC 5804). Whether they work is the probe `mail`'s business.

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wire::conn::Conn;
use super::wire::door::{Door, Entered, Tls, outside};
use super::wire::secret::Secret;
use super::wire::trust::{self, Judged, Store};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `sieve = { host = "mail", user = "anne", password = "…" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The server: a name, as the machine knows it, or an address.
    pub host: String,
    /// Its port; 4190 unless said.
    pub port: Option<u16>,
    /// How TLS starts; on demand unless said.
    pub tls: Option<Tls>,
    /// A file of the machine with the authorities to trust, instead of those it trusts.
    pub ca: Option<String>,
    /// Go on where the certificate is not valid.
    #[serde(default)]
    pub insecure: bool,
    /// Whose filters.
    pub user: String,
    /// The user's password.
    #[serde(default)]
    pub password: Secret,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS).needs(&[Need::Tool("getent")]).secrets(&["password"]);

const FIELDS: &[Field] = &[
    Field {
        name: "state",
        kind: Kind::Word,
        doc: "answered; no-tls: TLS was refused or broke; untrusted: the certificate is not accepted; broken: it stopped; \
              else as of the probe `tcp`: why there is no connection",
    },
    Field { name: "certificate-valid", kind: Kind::Bool, doc: "whether the certificate is accepted; none: no TLS" },
    Field { name: "login", kind: Kind::Bool, doc: "whether the password is accepted" },
    Field { name: "scripts", kind: Kind::List(&Kind::Text), doc: "the names of the user's filters" },
    Field { name: "active", kind: Kind::Text, doc: "the name of the filter in force; none: no filter is" },
    Field { name: "content", kind: Kind::Text, doc: "the filter in force" },
    Field { name: "reason", kind: Kind::Text, doc: "what went wrong" },
];

const LIMIT: Duration = Duration::from_secs(6);
const LINES: usize = 500;
const BYTES: usize = 256 * 1024;

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-sieve", user = &args.user);
    let end = Instant::now() + machine.timeout().min(LIMIT);
    let store = trust::store(machine, args.ca.as_deref());
    let fact = store.and_then(|store| look(args, &store, end)).unwrap_or_else(Fact::Unknown);
    Observation { fact, source }
}

fn look(args: &Args, store: &Store, end: Instant) -> Result<Fact, Message> {
    let tls = args.tls.unwrap_or(Tls::Starttls);
    let port = args.port.unwrap_or(4190);
    let door = Door { host: &args.host, port, tls, store, insecure: args.insecure, start_tls };
    Ok(match door.enter(end)? {
        Entered::Out { state, valid, why } => outside(state, valid, why),
        Entered::In(mut conn, judged) => {
            let valid = judged.as_ref().map(Judged::is_valid);
            let said = Seen::read(&mut conn, args);
            let _ = conn.send(b"LOGOUT\r\n");
            said.map_or_else(|error| outside("broken", valid, Some(error.to_string())), |seen| seen.fact(valid))
        }
    })
}

/// Greets and starts TLS.
pub(super) fn start_tls(conn: &mut Conn) -> io::Result<()> {
    answer(conn)?;
    conn.send(b"STARTTLS\r\n")?;
    let done = answer(conn)?;
    if done.good { Ok(()) } else { Err(io::Error::other(done.words)) }
}

#[derive(Debug, Default)]
struct Seen {
    login: bool,
    scripts: Vec<String>,
    active: Option<String>,
    content: Option<String>,
    why: Option<String>,
}

impl Seen {
    fn read(conn: &mut Conn, args: &Args) -> io::Result<Self> {
        let mut seen = Self::default();
        // The capabilities: said at the start, and again once TLS has started.
        answer(conn)?;
        let secret = STANDARD.encode(format!("\0{}\0{}", args.user, args.password.reveal()));
        conn.send(format!("AUTHENTICATE \"PLAIN\" \"{secret}\"\r\n").as_bytes())?;
        let done = answer(conn)?;
        seen.login = done.good;
        if !done.good {
            seen.why = Some(args.password.hide_in(&done.words));
            return Ok(seen);
        }
        conn.send(b"LISTSCRIPTS\r\n")?;
        for line in answer(conn)?.lines {
            let Some((name, rest)) = text(&line) else { continue };
            if rest.trim().eq_ignore_ascii_case("ACTIVE") {
                seen.active = Some(name.clone());
            }
            seen.scripts.push(name);
        }
        if let Some(active) = &seen.active {
            let name = active.replace('\\', "\\\\").replace('"', "\\\"");
            conn.send(format!("GETSCRIPT \"{name}\"\r\n").as_bytes())?;
            seen.content = answer(conn)?.lines.first().and_then(|line| text(line)).map(|(content, _)| content);
        }
        Ok(seen)
    }

    fn fact(self, valid: Option<bool>) -> Fact {
        Fact::record([
            ("state", "answered".into()),
            ("certificate-valid", valid.into()),
            ("login", self.login.into()),
            ("scripts", Fact::texts(self.scripts)),
            ("active", self.active.into()),
            ("content", self.content.into()),
            ("reason", self.why.into()),
        ])
    }
}

/// The lines before `OK`, `NO` or `BYE`, literals put into quotes.
struct Done {
    lines: Vec<String>,
    good: bool,
    words: String,
}

fn answer(conn: &mut Conn) -> io::Result<Done> {
    let mut lines: Vec<String> = Vec::new();
    while lines.len() < LINES {
        let mut line = conn.line()?;
        if let Some(length) = length(&line) {
            let bytes = conn.exactly(length, BYTES)?;
            let text = String::from_utf8_lossy(&bytes).replace('\\', "\\\\").replace('"', "\\\"");
            let before = line.rsplit_once('{').map_or("", |(before, _)| before).to_owned();
            line = format!("{before}\"{text}\"{}", conn.line()?);
        }
        let first = line.split([' ', '(']).next().unwrap_or_default().to_ascii_uppercase();
        if ["OK", "NO", "BYE"].contains(&first.as_str()) {
            return Ok(Done { lines, good: first == "OK", words: line });
        }
        lines.push(line);
    }
    Err(ErrorKind::InvalidData.into())
}

/// The length of the literal at the line's end: `{12}`, `{12+}`.
fn length(line: &str) -> Option<usize> {
    let digits = line.strip_suffix('}')?.rsplit_once('{')?.1;
    digits.strip_suffix('+').unwrap_or(digits).parse().ok()
}

/// The quoted text at the start, and what follows it.
fn text(line: &str) -> Option<(String, &str)> {
    let mut found = String::new();
    let mut escaped = false;
    for (at, c) in line.strip_prefix('"')?.char_indices() {
        match c {
            _ if escaped => {
                found.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => return Some((found, &line[at + 2..])),
            _ => found.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::wire::conn::tests::told;
    use proptest::prelude::*;

    fn see(said: &str) -> Fact {
        let args = serde_json::json!({ "host": "m", "user": "anne", "password": "hush" });
        let args: Args = serde_json::from_value(args).unwrap();
        Seen::read(&mut told(said.as_bytes()), &args).unwrap().fact(None)
    }

    #[test]
    fn the_filter_in_force_is_told() {
        let said = "\"IMPLEMENTATION\" \"Dovecot\"\r\nOK\r\nOK \"in\"\r\n\"old\"\r\n\"tri \\\"1\\\"\" ACTIVE\r\nOK\r\n\
                    {12}\r\nkeep; # \"a\"\n\r\nOK\r\n";
        let Fact::Record(fields) = see(said) else { panic!("a record") };
        assert_eq!(fields["active"], Fact::text("tri \"1\""));
        assert_eq!(fields["scripts"], Fact::texts(["old", "tri \"1\""]));
        assert_eq!(fields["content"], Fact::text("keep; # \"a\"\n"));
        assert!(FIELDS.iter().all(|field| fields.contains_key(field.name)));
    }

    #[test]
    fn without_a_filter_in_force_none_is_told() {
        let Fact::Record(fields) = see("OK\r\nOK\r\n\"old\"\r\nOK\r\n") else { panic!("a record") };
        assert_eq!((&fields["active"], &fields["content"]), (&Fact::None, &Fact::None));
        let Fact::Record(fields) = see("OK\r\nNO \"bad hush\"\r\n") else { panic!("a record") };
        assert_eq!((&fields["login"], &fields["reason"]), (&Fact::Bool(false), &Fact::text("NO \"bad …\"")));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn garbage_never_panics(line in ".{0,60}", said in "((OK|NO|\"a\"|é)?.{0,20}(\\{[0-9]{1,9}\\+?\\})?\r\n){0,6}") {
            let _ = (text(&line), length(&line));
            let _ = answer(&mut told(said.as_bytes()));
        }
    }
}
