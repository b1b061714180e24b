//! A conversation with a mail server (RFC 5321): what it offers, whether it lets one in, whom it takes mail for.
//!
//! Unless `send` is said, nothing is sent: the conversation stops once the recipient is accepted or refused.

use std::io;
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

/// What a lab writes: `smtp = { host = "mail", from = "anne@atelier.test", to = "luc@atelier.test" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The server: a name, as the machine knows it, or an address.
    pub host: String,
    /// Its port; 25 unless said.
    pub port: Option<u16>,
    /// How TLS starts; on demand unless said, at once on port 465.
    pub tls: Option<Tls>,
    /// A file of the machine with the authorities to trust, instead of those it trusts.
    pub ca: Option<String>,
    /// Go on where the certificate is not valid.
    #[serde(default)]
    pub insecure: bool,
    /// Who logs in; nobody unless said.
    pub user: Option<String>,
    /// The user's password.
    #[serde(default)]
    pub password: Secret,
    /// The sender.
    pub from: Option<String>,
    /// The recipient.
    pub to: Option<String>,
    /// Whether a message is really sent.
    #[serde(default)]
    pub send: bool,
    /// The message's subject.
    pub subject: Option<String>,
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
    Field {
        name: "extensions",
        kind: Kind::List(&Kind::Word),
        doc: "what the server can do, once TLS has started (EHLO)",
    },
    Field { name: "auth", kind: Kind::List(&Kind::Word), doc: "the ways to log in that it offers (RFC 4954)" },
    Field { name: "login", kind: Kind::Bool, doc: "whether the password is accepted; none: nobody logged in" },
    Field { name: "sender-code", kind: Kind::Int, doc: "the answer to the sender (250: accepted); none: not said" },
    Field {
        name: "recipient-code",
        kind: Kind::Int,
        doc: "the answer to the recipient (250: accepted, 4xx: later, 5xx: no)",
    },
    Field { name: "accepted", kind: Kind::Bool, doc: "whether sender and recipient are accepted" },
    Field { name: "sent", kind: Kind::Bool, doc: "whether the server took a message; none: none was sent" },
    Field { name: "reply", kind: Kind::Text, doc: "the server's last answer that decided" },
    Field { name: "reason", kind: Kind::Text, doc: "what went wrong" },
];

const LIMIT: Duration = Duration::from_secs(8);
/// More lines in one answer are an error.
const LINES: usize = 100;
/// How this client names itself (RFC 5321 §4.1.3, an address literal: no name to look up).
const HELLO: &str = "[127.0.0.1]";

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-smtp", host = &args.host);
    let end = Instant::now() + machine.timeout().min(LIMIT);
    let store = trust::store(machine, args.ca.as_deref());
    let fact = store.and_then(|store| look(args, &store, "<probe@paillasse>", end)).unwrap_or_else(Fact::Unknown);
    Observation { fact, source }
}

/// The conversation; a message that is sent bears this number.
pub(super) fn look(args: &Args, store: &Store, id: &str, end: Instant) -> Result<Fact, Message> {
    let port = args.port.unwrap_or(25);
    let tls = args.tls.unwrap_or(if port == 465 { Tls::Implicit } else { Tls::Starttls });
    for address in [&args.from, &args.to, &args.subject].into_iter().flatten() {
        if address.chars().any(|c| c.is_control() || c == '<' || c == '>') {
            return Err(msg!("probe-no-mail-text", text = address));
        }
    }
    let door = Door { host: &args.host, port, tls, store, insecure: args.insecure, start_tls };
    match door.enter(end)? {
        Entered::Out { state, valid, why } => Ok(outside(state, valid, why)),
        Entered::In(mut conn, judged) => {
            let valid = judged.as_ref().map(Judged::is_valid);
            let mut talk = Talk::default();
            let said = talk.go(&mut conn, args, tls, id);
            let _ = conn.send(b"QUIT\r\n");
            Ok(talk.fact(valid, said.err().map(|error| args.password.hide_in(&error.to_string()))))
        }
    }
}

/// What was found so far.
#[derive(Debug, Default)]
struct Talk {
    extensions: Vec<String>,
    login: Option<bool>,
    sender: Option<i64>,
    recipient: Option<i64>,
    sent: Option<bool>,
    reply: Option<String>,
}

impl Talk {
    fn go(&mut self, conn: &mut Conn, args: &Args, tls: Tls, id: &str) -> io::Result<()> {
        if tls != Tls::Starttls {
            expect(&reply(conn)?, 220)?;
        }
        let hello = ask(conn, &format!("EHLO {HELLO}"))?;
        expect(&hello, 250)?;
        self.extensions = hello.lines.iter().skip(1).cloned().collect();
        if let Some(user) = &args.user {
            let secret = STANDARD.encode(format!("\0{user}\0{}", args.password.reveal()));
            let answer = ask(conn, &format!("AUTH PLAIN {secret}"))?;
            self.login = Some(answer.code == 235);
            self.reply = Some(args.password.hide_in(&answer.text()));
            if answer.code != 235 {
                return Ok(());
            }
        }
        let (Some(from), Some(to)) = (&args.from, &args.to) else { return Ok(()) };
        let answer = ask(conn, &format!("MAIL FROM:<{from}>"))?;
        self.sender = Some(answer.code.into());
        self.reply = Some(answer.text());
        if answer.is_positive() {
            let answer = ask(conn, &format!("RCPT TO:<{to}>"))?;
            self.recipient = Some(answer.code.into());
            self.reply = Some(answer.text());
            if answer.is_positive() && args.send {
                self.send(conn, args, id)?;
            }
        }
        Ok(())
    }

    fn send(&mut self, conn: &mut Conn, args: &Args, id: &str) -> io::Result<()> {
        expect(&ask(conn, "DATA")?, 354)?;
        let subject = args.subject.as_deref().unwrap_or("Paillasse");
        let (from, to) = (args.from.as_deref().unwrap_or_default(), args.to.as_deref().unwrap_or_default());
        let date = jiff::fmt::rfc2822::to_string(&jiff::Zoned::now()).unwrap_or_default();
        let head = format!("From: <{from}>\r\nTo: <{to}>\r\nSubject: {}\r\nDate: {date}\r\n", encoded(subject));
        let answer = ask(conn, &format!("{head}Message-ID: {id}\r\n\r\n{subject}\r\n."))?;
        self.sent = Some(answer.is_positive());
        self.reply = Some(answer.text());
        Ok(())
    }

    fn fact(self, valid: Option<bool>, broke: Option<String>) -> Fact {
        let good = |code: Option<i64>| code.is_some_and(|code| (200..300).contains(&code));
        let auth = self.extensions.iter().find_map(|line| line.strip_prefix("AUTH "));
        let auth: Vec<&str> = auth.map(|list| list.split_whitespace().collect()).unwrap_or_default();
        Fact::record([
            ("state", if broke.is_some() { "broken" } else { "answered" }.into()),
            ("certificate-valid", valid.into()),
            ("auth", Fact::texts(auth)),
            ("extensions", Fact::texts(self.extensions.clone())),
            ("login", self.login.into()),
            ("sender-code", self.sender.into()),
            ("recipient-code", self.recipient.into()),
            ("accepted", (good(self.sender) && good(self.recipient)).into()),
            ("sent", self.sent.into()),
            ("reply", self.reply.into()),
            ("reason", broke.into()),
        ])
    }
}

/// A subject with more than ASCII (RFC 2047).
fn encoded(subject: &str) -> String {
    if subject.is_ascii() { subject.to_owned() } else { format!("=?UTF-8?B?{}?=", STANDARD.encode(subject)) }
}

/// An answer: its code and its lines.
#[derive(Debug, PartialEq, Eq)]
struct Reply {
    code: u16,
    lines: Vec<String>,
}

impl Reply {
    fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    fn text(&self) -> String {
        format!("{} {}", self.code, self.lines.join(" "))
    }
}

/// Greets and starts TLS.
pub(super) fn start_tls(conn: &mut Conn) -> io::Result<()> {
    expect(&reply(conn)?, 220)?;
    expect(&ask(conn, &format!("EHLO {HELLO}"))?, 250)?;
    expect(&ask(conn, "STARTTLS")?, 220)
}

fn ask(conn: &mut Conn, line: &str) -> io::Result<Reply> {
    conn.send(format!("{line}\r\n").as_bytes())?;
    reply(conn)
}

fn expect(reply: &Reply, code: u16) -> io::Result<()> {
    if reply.code == code { Ok(()) } else { Err(io::Error::other(reply.text())) }
}

/// `250-one`, `250 two`.
fn reply(conn: &mut Conn) -> io::Result<Reply> {
    let mut lines = Vec::new();
    while lines.len() < LINES {
        let line = conn.line()?;
        let (code, rest) = part(&line).ok_or(io::ErrorKind::InvalidData)?;
        lines.push(rest.get(1..).unwrap_or_default().to_owned());
        if !rest.starts_with('-') {
            return Ok(Reply { code, lines });
        }
    }
    Err(io::ErrorKind::InvalidData.into())
}

fn part(line: &str) -> Option<(u16, &str)> {
    let (code, rest) = line.split_at_checked(3)?;
    let known = code.bytes().all(|byte| byte.is_ascii_digit()) && (rest.is_empty() || rest.starts_with([' ', '-']));
    known.then(|| code.parse().ok().map(|code| (code, rest))).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::wire::conn::tests::told;
    use proptest::prelude::*;

    fn talk(said: &str, args: serde_json::Value) -> Fact {
        let args: Args = serde_json::from_value(args).unwrap();
        let mut talk = Talk::default();
        let done = talk.go(&mut told(said.as_bytes()), &args, Tls::None, "<x>");
        talk.fact(None, done.err().map(|error| error.to_string()))
    }

    const OPEN: &str = "220 m ESMTP\r\n250-m\r\n250-PIPELINING\r\n250 AUTH PLAIN LOGIN\r\n";

    #[test]
    fn a_relay_that_takes_anything_is_told_from_one_that_does_not() {
        let args = serde_json::json!({ "host": "m", "from": "a@b", "to": "c@d" });
        let Fact::Record(open) = talk(&format!("{OPEN}250 ok\r\n250 ok\r\n"), args.clone()) else { panic!("a record") };
        assert_eq!((&open["accepted"], &open["auth"]), (&Fact::Bool(true), &Fact::texts(["PLAIN", "LOGIN"])));
        assert!(FIELDS.iter().all(|field| open.contains_key(field.name)));
        let Fact::Record(closed) = talk(&format!("{OPEN}250 ok\r\n554 Relay access denied\r\n"), args) else {
            panic!()
        };
        assert_eq!((&closed["accepted"], &closed["recipient-code"]), (&Fact::Bool(false), &Fact::Int(554)));
        assert_eq!(closed["state"], Fact::text("answered"));
    }

    #[test]
    fn a_refused_login_ends_the_conversation_and_its_password_is_not_repeated() {
        let args = serde_json::json!({ "host": "m", "user": "anne", "password": "hush", "from": "a@b", "to": "c@d" });
        let Fact::Record(fields) = talk(&format!("{OPEN}535 bad password hush\r\n"), args) else { panic!("a record") };
        assert_eq!((&fields["login"], &fields["accepted"]), (&Fact::Bool(false), &Fact::Bool(false)));
        assert_eq!(fields["reply"], Fact::text("535 bad password …"));
    }

    #[test]
    fn an_address_that_is_a_command_is_refused() {
        let args: Args = serde_json::from_value(serde_json::json!({ "host": "m", "to": "a>\r\nDATA" })).unwrap();
        let end = Instant::now() + LIMIT;
        assert_eq!(look(&args, &Store::of_pem(b""), "<x>", end).unwrap_err().key, "probe-no-mail-text");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn garbage_never_panics(said in "[0-9é -]{0,5}.{0,60}", bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = part(&said);
            let _ = reply(&mut told(&bytes));
        }
    }
}
