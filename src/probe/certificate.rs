//! A server's certificate, as a client of this machine judges it, or one in a file (RFC 5280, RFC 9525).

use std::fs;
use std::io;
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wire::conn::Conn;
use super::wire::reach::{Closed, Reach, reach};
use super::wire::trust::{self, Judged, Store};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, reason};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `certificate = { host = "web.atelier.test" }`, `certificate = { file = "/etc/ssl/web.pem" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The server: a name, as the machine knows it, or an address.
    pub host: Option<String>,
    /// Its port; that of the protocol in `starttls`, else 443, unless said.
    pub port: Option<u16>,
    /// The name to ask for and to compare; the host's unless said.
    pub name: Option<String>,
    /// How TLS starts; at once unless said.
    pub starttls: Option<StartTls>,
    /// A file of the machine with the authorities to trust, instead of those it trusts.
    pub ca: Option<String>,
    /// A file of the machine with certificates in PEM, instead of a server.
    pub file: Option<String>,
}

/// A protocol in which TLS starts on demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StartTls {
    /// RFC 3207.
    Smtp,
    /// RFC 9051 §6.2.1.
    Imap,
    /// RFC 5804 §2.2.
    Sieve,
    /// RFC 4511 §4.14.
    Ldap,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS).paths(&["file"]).needs(&[Need::Tool("getent")]);

const FIELDS: &[Field] = &[
    Field { name: "state", kind: Kind::Word, doc: "open; else as of the probe `tcp`: why there is no connection" },
    Field { name: "present", kind: Kind::Bool, doc: "whether a certificate was shown" },
    Field { name: "valid", kind: Kind::Bool, doc: "whether a client accepts it: trusted, for this name, in time" },
    Field {
        name: "trusted",
        kind: Kind::Bool,
        doc: "whether an authority that the machine trusts vouches for it (ca-certificates(8)), or it is itself among \
              them; its own dates apart",
    },
    Field {
        name: "name-matches",
        kind: Kind::Bool,
        doc: "whether it is for the name asked for (RFC 9525: subjectAltName only)",
    },
    Field { name: "in-time", kind: Kind::Bool, doc: "whether now is within its dates" },
    Field { name: "not-before", kind: Kind::Time, doc: "its first moment" },
    Field { name: "not-after", kind: Kind::Time, doc: "its last moment" },
    Field { name: "days", kind: Kind::Int, doc: "whole days left; negative once it has expired" },
    Field {
        name: "names",
        kind: Kind::List(&Kind::Word),
        doc: "what it is for: DNS names and addresses (subjectAltName)",
    },
    Field { name: "subject", kind: Kind::Text, doc: "whose it is (`CN=web.atelier.test`)" },
    Field { name: "issuer", kind: Kind::Text, doc: "who signed it" },
    Field { name: "self-signed", kind: Kind::Bool, doc: "whether it names itself as its issuer" },
    Field { name: "authority", kind: Kind::Bool, doc: "whether it may sign others (basicConstraints CA)" },
    Field { name: "key", kind: Kind::Word, doc: "the kind of key: rsa, ec, ed25519, dsa, other" },
    Field { name: "key-size", kind: Kind::Int, doc: "the key's size, in bits" },
    Field { name: "serial", kind: Kind::Word, doc: "serial number, in hexadecimal" },
    Field { name: "protocol", kind: Kind::Word, doc: "TLS 1.2 or TLS 1.3, as agreed; none: older, or from a file" },
    Field { name: "reason", kind: Kind::Text, doc: "what a client complains about" },
];

const LIMIT: Duration = Duration::from_secs(6);
const DAY: i64 = 86_400;

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let subject = args.file.as_deref().or(args.host.as_deref()).unwrap_or_default();
    let source = msg!("probe-source-certificate", subject = subject);
    Observation { fact: look(args, machine).unwrap_or_else(Fact::Unknown), source }
}

fn look(args: &Args, machine: &Machine) -> Result<Fact, Message> {
    let store = trust::store(machine, args.ca.as_deref())?;
    let name = args.name.as_deref().or(args.host.as_deref()).unwrap_or_default();
    match (&args.file, &args.host) {
        (Some(path), _) => file(path, &store, name),
        (None, Some(host)) => server(args, host, name, &store, Instant::now() + machine.timeout().min(LIMIT)),
        (None, None) => Err(msg!("probe-no-host")),
    }
}

fn file(path: &str, store: &Store, name: &str) -> Result<Fact, Message> {
    let pem = match fs::read(path) {
        Ok(pem) => pem,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(absent(None, None)),
        Err(error) => return Err(reason(&error, path)),
    };
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&pem).filter_map(Result::ok).collect();
    let judged = trust::judge(&chain, store, name, trust::now());
    Ok(judged.map_or_else(|| absent(None, None), |judged| told(&judged, None)))
}

fn server(args: &Args, host: &str, name: &str, store: &Store, end: Instant) -> Result<Fact, Message> {
    let port = args.port.unwrap_or(match args.starttls {
        None => 443,
        Some(StartTls::Smtp) => 25,
        Some(StartTls::Imap) => 143,
        Some(StartTls::Sieve) => 4190,
        Some(StartTls::Ldap) => 389,
    });
    let stream = match reach(host, port, end)? {
        Reach::Closed(closed) => return Ok(absent(Some(closed), None)),
        Reach::Open(stream, _) => stream,
    };
    let mut conn = Conn::plain(stream, end);
    let asked = args.starttls.map_or(Ok(()), |how| ask(&mut conn, how));
    let conn = match asked.and_then(|()| conn.secured(name)) {
        Ok(conn) => conn,
        Err(error) => return Ok(absent(None, Some(error.to_string()))),
    };
    let judged = trust::judge(&conn.chain, store, name, trust::now());
    Ok(judged.map_or_else(|| absent(None, None), |judged| told(&judged, conn.protocol)))
}

/// Asks the server to start TLS.
fn ask(conn: &mut Conn, how: StartTls) -> io::Result<()> {
    let refused = || io::Error::other("STARTTLS refused");
    match how {
        StartTls::Smtp => super::smtp::start_tls(conn),
        StartTls::Imap => {
            conn.line()?;
            conn.send(b"a STARTTLS\r\n")?;
            loop {
                let line = conn.line()?;
                if line.starts_with("a ") {
                    return if line.starts_with("a OK") { Ok(()) } else { Err(refused()) };
                }
            }
        }
        StartTls::Sieve => super::sieve::start_tls(conn),
        StartTls::Ldap => {
            // An extended request, number 1, of the name 1.3.6.1.4.1.1466.20037 (RFC 4511 §4.12).
            const REQUEST: &[u8] = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";
            conn.send(REQUEST)?;
            let head = conn.exactly(2, 2)?;
            let body = conn.exactly(usize::from(head[1] & 0x7f), 256)?;
            // … message number, then the response (tag 0x78), whose first part is its result code.
            let code = body.windows(5).find(|part| part[0] == 0x78 && part[2] == 0x0a).map(|part| part[4]);
            if code == Some(0) { Ok(()) } else { Err(refused()) }
        }
    }
}

fn absent(closed: Option<Closed>, why: Option<String>) -> Fact {
    Fact::record([
        ("state", closed.map_or("open", Closed::word).into()),
        ("present", false.into()),
        ("valid", false.into()),
        ("reason", why.into()),
    ])
}

fn told(judged: &Judged, protocol: Option<&str>) -> Fact {
    let details = &judged.details;
    Fact::record([
        ("state", "open".into()),
        ("present", true.into()),
        ("valid", judged.is_valid().into()),
        ("trusted", judged.trusted.into()),
        ("name-matches", judged.named.into()),
        ("in-time", judged.in_time.into()),
        ("not-before", Fact::Time(details.not_before)),
        ("not-after", Fact::Time(details.not_after)),
        ("days", (details.not_after - trust::now()).div_euclid(DAY).into()),
        ("names", Fact::texts(details.names.clone())),
        ("subject", details.subject.as_str().into()),
        ("issuer", details.issuer.as_str().into()),
        ("self-signed", details.self_signed.into()),
        ("authority", details.authority.into()),
        ("key", details.key.into()),
        ("key-size", details.key_size.into()),
        ("serial", details.serial.as_str().into()),
        ("protocol", protocol.map_or(Fact::None, Fact::from)),
        ("reason", judged.problem().into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn see(file: &str) -> Fact {
        let args = Args { host: None, port: None, name: None, starttls: None, ca: None, file: Some(file.into()) };
        observe(&args, &Machine::default()).fact
    }

    #[test]
    fn a_file_without_a_certificate_shows_none() {
        let Fact::Record(fields) = see("/etc/passwd") else { panic!("a record") };
        assert_eq!((&fields["present"], &fields["valid"]), (&Fact::Bool(false), &Fact::Bool(false)));
        assert!(matches!(see("/no/such/file"), Fact::Record(_)));
    }

    #[test]
    fn who_asks_about_nothing_is_told_so() {
        let args = Args { host: None, port: None, name: None, starttls: None, ca: None, file: None };
        assert_eq!(observe(&args, &Machine::default()).fact, Fact::Unknown(msg!("probe-no-host")));
    }
}
