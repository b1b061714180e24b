//! A DNS question put to the machine's own name servers, or to a given one, as a stub resolver does (RFC 1035).

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::str::FromStr;
use std::time::{Duration, Instant, SystemTime};

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RData, RecordType};
use hickory_proto::serialize::binary::{BinEncodable, BinEncoder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wire::conn::Conn;
use super::wire::left;
use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Watch, reason};
use crate::msg;

/// What a lab writes: `dns = { name = "_ldap._tcp.atelier.test", kind = "SRV" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The whole name: no search domain is added.
    pub name: String,
    /// The type of record; addresses (`A`) unless said.
    #[serde(default)]
    pub kind: RecordKind,
    /// A server's address; those of `/etc/resolv.conf` in turn unless said.
    pub server: Option<String>,
    /// The server's port; 53 unless said.
    pub port: Option<u16>,
    /// Ask for signatures, and whether they were verified: see `authenticated` (RFC 4035).
    #[serde(default)]
    pub dnssec: bool,
    /// Ask over TCP (RFC 7766); over UDP, then over TCP what is too long for it, unless said.
    #[serde(default)]
    pub tcp: bool,
}

/// A type of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordKind {
    /// IPv4 address.
    #[default]
    A,
    /// IPv6 address.
    Aaaa,
    /// Another name.
    Cname,
    /// Mail server.
    Mx,
    /// Name server.
    Ns,
    /// Name of an address (`1.2.0.192.in-addr.arpa`).
    Ptr,
    /// Server of a service (RFC 2782).
    Srv,
    /// Text.
    Txt,
    /// Start of authority: its primary server and who looks after it.
    Soa,
    /// Which authorities may sign certificates (RFC 8659).
    Caa,
    /// Fingerprint of an SSH server's key (RFC 4255).
    Sshfp,
    /// Fingerprint of a TLS server's certificate (RFC 6698).
    Tlsa,
    /// A key of the zone (DNSSEC, RFC 4034).
    Dnskey,
    /// Fingerprint of the key of a zone below (DNSSEC, RFC 4034).
    Ds,
}

pub(super) const ABOUT: About =
    About::new(Cost::Active, FIELDS).watches(&[Watch::Path("/etc/resolv.conf"), Watch::Network]);

const FIELDS: &[Field] = &[
    Field { name: "servers", kind: Kind::List(&Kind::Ip), doc: "the servers asked, in their order (resolv.conf(5))" },
    Field { name: "server", kind: Kind::Ip, doc: "the server that answered; none: no one did" },
    Field {
        name: "status",
        kind: Kind::Word,
        doc: "the answer's code (NOERROR, NXDOMAIN, SERVFAIL, REFUSED…, RFC 6895 §2.3); none: no answer",
    },
    Field {
        name: "answers",
        kind: Kind::List(&Kind::Word),
        doc: "what the records of the asked type hold: an address, a name without its last dot, `name:port` for SRV, a text; \
              for SOA `server mailbox serial`, for CAA `tag value`, for the others their bytes in hexadecimal",
    },
    Field {
        name: "ttl",
        kind: Kind::Duration,
        doc: "how long the answers may be kept, the shortest (RFC 1035 §3.2.1)",
    },
    Field { name: "authoritative", kind: Kind::Bool, doc: "whether the server is one of the zone's own (flag AA)" },
    Field { name: "recursive", kind: Kind::Bool, doc: "whether the server asks others for who asks it (flag RA)" },
    Field {
        name: "authenticated",
        kind: Kind::Bool,
        doc: "whether the server verified the signatures (flag AD, RFC 4035 §3.2.3)",
    },
    Field {
        name: "signed",
        kind: Kind::Bool,
        doc: "whether signatures came with the answers (RRSIG); only with `dnssec`",
    },
];

const RESOLV_CONF: &str = "/etc/resolv.conf";
/// More servers are not asked (MAXNS of resolv.conf(5)).
const SERVERS: usize = 3;
/// Each server is asked twice, this long each time: a busy one may drop a question.
const PATIENCE: Duration = Duration::from_millis(1500);

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-dns", name = &args.name);
    let servers = match servers(args.server.as_deref()) {
        Ok(servers) => servers,
        Err(why) => return Observation::unknown(why, source),
    };
    let Ok(name) = Name::from_str(&format!("{}.", args.name.trim_end_matches('.'))) else {
        return Observation::unknown(msg!("probe-no-name", text = &args.name), source);
    };
    let end = Instant::now() + machine.timeout();
    let found = servers.iter().find_map(|server| Some((*server, ask(args, *server, &name, end)?)));
    let list = Fact::List(servers.iter().copied().map(Fact::Ip).collect());
    let fact = match found {
        Some((server, answer)) => Fact::record([
            ("servers", list),
            ("server", Fact::Ip(server)),
            ("status", status(&answer).into()),
            ("answers", Fact::List(answers(&answer, args.kind).into_iter().map(Fact::Text).collect())),
            ("ttl", answer.answers.iter().map(|record| record.ttl).min().map(|ttl| Fact::Duration(ttl.into())).into()),
            ("authoritative", answer.metadata.authoritative.into()),
            ("recursive", answer.metadata.recursion_available.into()),
            ("authenticated", answer.metadata.authentic_data.into()),
            ("signed", answer.answers.iter().any(|record| record.record_type() == RecordType::RRSIG).into()),
        ]),
        None => Fact::record([("servers", list), ("answers", Fact::List(Vec::new()))]),
    };
    Observation::seen(fact, source)
}

fn servers(given: Option<&str>) -> Result<Vec<IpAddr>, crate::i18n::Message> {
    if let Some(text) = given {
        return text.trim().parse().map(|ip| vec![ip]).map_err(|_| msg!("probe-no-ip", text = text));
    }
    match fs::read_to_string(RESOLV_CONF) {
        Ok(text) => Ok(configured(&text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(configured("")),
        Err(error) => Err(reason(&error, RESOLV_CONF)),
    }
}

/// The name servers of a resolv.conf(5); this machine where it names none.
fn configured(text: &str) -> Vec<IpAddr> {
    let mut found: Vec<IpAddr> = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("nameserver"))
        // A scope (`fe80::1%eth0`) is left out.
        .filter_map(|rest| rest.split_whitespace().next()?.split('%').next()?.parse().ok())
        .collect();
    if found.is_empty() {
        found.push(Ipv4Addr::LOCALHOST.into());
    }
    found.truncate(SERVERS);
    found
}

fn ask(args: &Args, server: IpAddr, name: &Name, end: Instant) -> Option<Message> {
    let id = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.subsec_micros().to_le_bytes();
    let question = question(u16::from_le_bytes([id[0], id[1]]), name, args.kind, args.dnssec)?;
    let server = SocketAddr::new(server, args.port.unwrap_or(53));
    if args.tcp {
        return stream(server, &question, end).ok().flatten();
    }
    let answer = (0..2).find_map(|_| exchange(server, &question, end).ok().flatten())?;
    let is_cut = answer.metadata.truncation;
    Some(if is_cut { stream(server, &question, end).ok().flatten().unwrap_or(answer) } else { answer })
}

/// The same over TCP: each message after its length (RFC 1035 §4.2.2).
fn stream(server: SocketAddr, question: &[u8], end: Instant) -> io::Result<Option<Message>> {
    let limit = end.min(Instant::now() + PATIENCE);
    let mut conn = Conn::plain(TcpStream::connect_timeout(&server, left(limit))?, limit);
    let length = u16::try_from(question.len()).map_err(io::Error::other)?;
    conn.send(&[&length.to_be_bytes()[..], question].concat())?;
    let length = conn.exactly(2, 2)?;
    let bytes = conn.exactly(usize::from(u16::from_be_bytes([length[0], length[1]])), usize::from(u16::MAX))?;
    Ok(answer(&bytes, question))
}

fn question(id: u16, name: &Name, kind: RecordKind, dnssec: bool) -> Option<Vec<u8>> {
    let mut message = Message::new(id, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    if dnssec {
        let mut edns = Edns::new();
        edns.set_max_payload(1232).set_dnssec_ok(true);
        message.set_edns(edns);
        // A resolver says what it verified to who asks for it (RFC 6840 §5.7).
        message.metadata.authentic_data = true;
    }
    message.add_query(Query::query(name.clone(), kind.record()));
    message.to_vec().ok()
}

/// One question, one answer; none when nothing that answers it comes in time.
fn exchange(server: SocketAddr, question: &[u8], end: Instant) -> io::Result<Option<Message>> {
    let any: IpAddr = if server.is_ipv4() { [0, 0, 0, 0].into() } else { [0_u16; 8].into() };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0))?;
    socket.connect(server)?;
    socket.send(question)?;
    let end = end.min(Instant::now() + PATIENCE);
    let mut bytes = [0; 4096];
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        socket.set_read_timeout(Some(left))?;
        let length = socket.recv(&mut bytes)?;
        if let Some(answer) = answer(&bytes[..length], question) {
            return Ok(Some(answer));
        }
    }
}

/// The answer to this question, if that is what it is.
fn answer(bytes: &[u8], question: &[u8]) -> Option<Message> {
    let answer = Message::from_vec(bytes).ok()?;
    (bytes.get(..2)? == &question[..2] && answer.metadata.message_type == MessageType::Response).then_some(answer)
}

/// The code as dig(1) and RFC 6895 write it.
fn status(answer: &Message) -> String {
    use hickory_proto::op::ResponseCode;
    match answer.metadata.response_code {
        ResponseCode::NoError => "NOERROR".to_owned(),
        ResponseCode::FormErr => "FORMERR".to_owned(),
        ResponseCode::ServFail => "SERVFAIL".to_owned(),
        ResponseCode::NXDomain => "NXDOMAIN".to_owned(),
        ResponseCode::NotImp => "NOTIMP".to_owned(),
        ResponseCode::Refused => "REFUSED".to_owned(),
        other => format!("RCODE{}", u16::from(other)),
    }
}

fn answers(message: &Message, kind: RecordKind) -> Vec<String> {
    let asked = message.answers.iter().filter(|record| record.record_type() == kind.record());
    asked.filter_map(|record| value(&record.data)).collect()
}

fn value(data: &RData) -> Option<String> {
    let name = |name: &Name| name.to_string().trim_end_matches('.').to_owned();
    Some(match data {
        RData::A(ip) => ip.to_string(),
        RData::AAAA(ip) => ip.to_string(),
        RData::CNAME(to) => name(&to.0),
        RData::NS(to) => name(&to.0),
        RData::PTR(to) => name(&to.0),
        RData::MX(mail) => name(&mail.exchange),
        RData::SRV(service) => format!("{}:{}", name(&service.target), service.port),
        RData::SOA(zone) => format!("{} {} {}", name(&zone.mname), name(&zone.rname), zone.serial),
        RData::CAA(caa) => format!("{} {}", caa.tag, String::from_utf8_lossy(&caa.value)),
        RData::Unknown { rdata, .. } => hexadecimal(&rdata.anything),
        RData::SSHFP(_) | RData::TLSA(_) => encoded(data)?,
        RData::TXT(text) => text.txt_data.iter().map(|part| String::from_utf8_lossy(part)).collect(),
        _ => return None,
    })
}

fn encoded(data: &RData) -> Option<String> {
    let mut bytes = Vec::new();
    data.emit(&mut BinEncoder::new(&mut bytes)).ok()?;
    Some(hexadecimal(&bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl RecordKind {
    fn record(self) -> RecordType {
        match self {
            Self::A => RecordType::A,
            Self::Aaaa => RecordType::AAAA,
            Self::Cname => RecordType::CNAME,
            Self::Mx => RecordType::MX,
            Self::Ns => RecordType::NS,
            Self::Ptr => RecordType::PTR,
            Self::Srv => RecordType::SRV,
            Self::Txt => RecordType::TXT,
            Self::Soa => RecordType::SOA,
            Self::Caa => RecordType::CAA,
            Self::Sshfp => RecordType::SSHFP,
            Self::Tlsa => RecordType::TLSA,
            Self::Dnskey => RecordType::DNSKEY,
            Self::Ds => RecordType::DS,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hickory_proto::op::ResponseCode;
    use hickory_proto::rr::Record;
    use hickory_proto::rr::rdata::{A, SRV};
    use proptest::prelude::*;

    fn name(text: &str) -> Name {
        Name::from_str(text).unwrap()
    }

    fn response(id: u16, data: Vec<RData>) -> Vec<u8> {
        let mut message = Message::new(id, MessageType::Response, OpCode::Query);
        for data in data {
            message.add_answer(Record::from_rdata(name("a.test."), 60, data));
        }
        message.to_vec().unwrap()
    }

    #[test]
    fn the_servers_are_those_of_resolv_conf() {
        let text = "# c\nsearch a.test\nnameserver 10.0.0.53\n nameserver\tfe80::1%eth0\nnameserver x\n";
        assert_eq!(configured(text), ["10.0.0.53".parse::<IpAddr>().unwrap(), "fe80::1".parse().unwrap()]);
        assert_eq!(configured(""), [IpAddr::from([127, 0, 0, 1])]);
    }

    #[test]
    fn a_question_is_recursive_and_names_its_type() {
        let bytes = question(7, &name("_ldap._tcp.a.test."), RecordKind::Srv, false).unwrap();
        let message = Message::from_vec(&bytes).unwrap();
        assert!(message.metadata.recursion_desired);
        assert_eq!(message.queries[0].query_type(), RecordType::SRV);
    }

    #[test]
    fn records_of_the_asked_type_are_told() {
        let srv = RData::SRV(SRV::new(0, 100, 389, name("dc1.a.test.")));
        let bytes = response(7, vec![srv, RData::A(A::new(10, 0, 0, 1))]);
        let answer = answer(&bytes, &[0, 7]).unwrap();
        assert_eq!(answers(&answer, RecordKind::Srv), ["dc1.a.test:389"]);
        assert_eq!(answers(&answer, RecordKind::A), ["10.0.0.1"]);
        assert_eq!(status(&answer), "NOERROR");
    }

    #[test]
    fn refusals_have_their_usual_names() {
        let mut message = Message::new(1, MessageType::Response, OpCode::Query);
        message.metadata.response_code = ResponseCode::NXDomain;
        assert_eq!(status(&message), "NXDOMAIN");
    }

    #[test]
    fn an_answer_to_another_question_is_not_ours() {
        assert!(answer(&response(8, Vec::new()), &[0, 7]).is_none());
        assert!(answer(&question(7, &name("a."), RecordKind::A, false).unwrap(), &[0, 7]).is_none(), "a question");
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in ".{0,100}") {
            if let Some(found) = answer(&[&[0, 7][..], &bytes].concat(), &[0, 7]) {
                let _ = (status(&found), answers(&found, RecordKind::Srv));
            }
            let _ = configured(&text);
        }
    }
}
