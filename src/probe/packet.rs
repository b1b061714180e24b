//! Whether a packet of this machine gets to another, and who stops it: real packets, TCP, UDP or ICMP.
//!
//! What the sender itself lacks (an address, a route, a right, its own firewall) says nothing of what is between: then
//! it is unknown, with the reason. Where silence could also mean that the sender or the path is broken, name a `control`:
//! something that has to pass.

use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wire::icmp::{Echo, echo};
use super::wire::reach::{self, Closed, Reach, blocked, reach_from, tell_errors, told};
use super::wire::{left, names};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `packet = { to = "10.0.0.1", port = 22 }`, `packet = { to = "srv", protocol = "icmp" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// A name, as the machine knows it, or an address.
    pub to: String,
    /// Over what; TCP unless said.
    #[serde(default)]
    pub protocol: Protocol,
    /// The port, for TCP and UDP.
    pub port: Option<u16>,
    /// One of the machine's own addresses to send from.
    pub from: Option<String>,
    /// What to send over UDP: a server only answers what it understands. A question to DNS (53) and NTP (123), an empty
    /// datagram elsewhere, unless said.
    pub send: Option<String>,
    /// What has to pass for anything to be said: without it, the sender or the path is broken.
    pub control: Option<Control>,
}

/// Something that has to pass.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// A name or an address.
    pub to: String,
    /// Over what; TCP unless said.
    #[serde(default)]
    pub protocol: Protocol,
    /// The port, for TCP and UDP.
    pub port: Option<u16>,
}

/// What the packet is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// TCP: a connection is tried.
    #[default]
    Tcp,
    /// UDP: a datagram is sent.
    Udp,
    /// ICMP or `ICMPv6`: an echo request is sent, as by ping(8).
    Icmp,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS).needs(&[Need::Tool("getent"), Need::Root("ICMP")]);

const FIELDS: &[Field] = &[
    Field {
        name: "passes",
        kind: Kind::Bool,
        doc: "whether an answer came back from what was asked for (state: open)",
    },
    Field {
        name: "state",
        kind: Kind::Word,
        doc: "open: answered; refused: it got there, and nothing listens; rejected: a firewall says no; filtered: nobody \
              answers; silent: over UDP nobody answers, which a server that was not understood would not either; \
              unreachable: no such host, or a router knows no way; unresolved: the name has no address",
    },
    Field { name: "address", kind: Kind::Ip, doc: "the address the packet was sent to" },
];

const LIMIT: Duration = Duration::from_secs(6);
/// TCP sends again after 1 s (RFC 6298): twice is enough.
const TCP: Duration = Duration::from_millis(2500);
const ECHOES: u16 = 3;
/// A datagram may be lost: sent as often.
const DATAGRAMS: u32 = 3;
const ANSWER: Duration = Duration::from_millis(600);

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-packet", to = &args.to);
    let fact = look(args, Instant::now() + machine.timeout().min(LIMIT)).unwrap_or_else(Fact::Unknown);
    Observation { fact, source }
}

fn look(args: &Args, end: Instant) -> Result<Fact, Message> {
    let from = args.from.as_deref().map(|text| text.trim().parse().map_err(|_| msg!("probe-no-ip", text = text)));
    let from = from.transpose()?;
    if let Some(control) = &args.control {
        let sent = Sent { to: &control.to, protocol: control.protocol, port: control.port, from, send: None };
        if sent.go(end)?.0 != State::Open {
            return Err(msg!("probe-control-failed", to = &control.to));
        }
    }
    let sent = Sent { to: &args.to, protocol: args.protocol, port: args.port, from, send: args.send.as_deref() };
    let (state, address) = sent.go(end)?;
    if state == State::Closed(Closed::NoRoute) {
        return Err(msg!("probe-no-route", to = &args.to));
    }
    Ok(Fact::record([
        ("passes", (state == State::Open).into()),
        ("state", state.word().into()),
        ("address", address.into()),
    ]))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Silent,
    Closed(Closed),
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Silent => "silent",
            Self::Closed(closed) => closed.word(),
        }
    }
}

/// A packet to send.
struct Sent<'a> {
    to: &'a str,
    protocol: Protocol,
    port: Option<u16>,
    from: Option<IpAddr>,
    send: Option<&'a str>,
}

impl Sent<'_> {
    fn go(&self, end: Instant) -> Result<(State, Option<IpAddr>), Message> {
        let all = names::resolve(self.to, end)?;
        let matching = |ip: &&IpAddr| self.from.is_none_or(|from| from.is_ipv4() == ip.is_ipv4());
        let Some(&ip) = all.iter().find(matching) else { return Ok((State::Closed(Closed::Unresolved), None)) };
        let port = || self.port.ok_or_else(|| msg!("probe-no-port"));
        let state = match self.protocol {
            Protocol::Icmp => icmp(self.from, ip, end)?,
            Protocol::Tcp => tcp(self.from, SocketAddr::new(ip, port()?), end)?,
            Protocol::Udp => udp(self.from, SocketAddr::new(ip, port()?), self.send, end)?,
        };
        Ok((state, Some(ip)))
    }
}

fn tcp(from: Option<IpAddr>, to: SocketAddr, end: Instant) -> Result<State, Message> {
    let end = end.min(Instant::now() + TCP);
    Ok(match reach_from(from, &to.ip().to_string(), to.port(), end)? {
        Reach::Open(..) => State::Open,
        Reach::Closed(closed) => State::Closed(closed),
    })
}

fn icmp(from: Option<IpAddr>, to: IpAddr, end: Instant) -> Result<State, Message> {
    Ok(match echo(from, to, ECHOES, end).map_err(|error| blocked(&error, to))? {
        Echo::Answered => State::Open,
        Echo::Closed(closed) => State::Closed(closed),
    })
}

fn udp(from: Option<IpAddr>, to: SocketAddr, send: Option<&str>, end: Instant) -> Result<State, Message> {
    datagram(from, to, &question(to.port(), send), end).map_err(|error| blocked(&error, to.ip()))
}

/// What a server of that port answers.
fn question(port: u16, send: Option<&str>) -> Vec<u8> {
    match (send, port) {
        (Some(text), _) => text.as_bytes().to_vec(),
        // The root's name servers (RFC 1035 §4.1).
        (None, 53) => vec![0x50, 0x41, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1],
        // A client's request, version 4 (RFC 5905 §7.3).
        (None, 123) => [&[0x23][..], &[0; 47]].concat(),
        _ => Vec::new(),
    }
}

fn datagram(from: Option<IpAddr>, to: SocketAddr, bytes: &[u8], end: Instant) -> io::Result<State> {
    let any: IpAddr = if to.is_ipv4() { [0; 4].into() } else { [0_u16; 8].into() };
    let socket = UdpSocket::bind(SocketAddr::new(from.unwrap_or(any), 0))?;
    let errors = OwnedFd::from(socket.try_clone()?);
    tell_errors(&errors, to.ip())?;
    let mut buffer = [0; 2048];
    let tried = || -> io::Result<Option<State>> {
        socket.connect(to)?;
        for _ in 0..DATAGRAMS {
            socket.send(bytes)?;
            socket.set_read_timeout(Some(left(end.min(Instant::now() + ANSWER))))?;
            match socket.recv(&mut buffer) {
                Ok(_) => return Ok(Some(State::Open)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    };
    match { tried }() {
        Ok(state) => Ok(state.unwrap_or(State::Silent)),
        Err(error) => stopped(&error, told(&errors)).map(State::Closed).ok_or(error),
    }
}

/// What an error of a datagram means; none: it says nothing about the network.
fn stopped(error: &io::Error, told: Option<reach::Icmp>) -> Option<Closed> {
    if told.is_some_and(reach::Icmp::prohibits) {
        return Some(Closed::Rejected);
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some(Closed::Refused),
        io::ErrorKind::NetworkUnreachable if told.is_none() => Some(Closed::NoRoute),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Some(Closed::Unreachable),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    fn args(protocol: Protocol, port: Option<u16>) -> Args {
        Args { to: "127.0.0.1".into(), protocol, port, from: None, send: None, control: None }
    }

    fn state(args: &Args) -> String {
        match observe(args, &Machine::default()).fact {
            Fact::Record(fields) => match &fields["state"] {
                Fact::Text(state) => state.clone(),
                other => panic!("{other:?}"),
            },
            Fact::Unknown(why) => why.key.into_owned(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn datagrams_are_answered_refused_or_nothing() {
        let server = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port();
        assert_eq!(state(&args(Protocol::Udp, Some(port))), "silent");
        let echoing = server.try_clone().unwrap();
        std::thread::spawn(move || {
            let mut bytes = [0; 64];
            while let Ok((_, from)) = echoing.recv_from(&mut bytes) {
                if bytes[0] == b'!' {
                    echoing.send_to(b"!", from).unwrap();
                    break;
                }
            }
        });
        assert_eq!(state(&Args { send: Some("!".into()), ..args(Protocol::Udp, Some(port)) }), "open");
        let closed = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        assert_eq!(state(&args(Protocol::Udp, Some(closed))), "refused");
    }

    #[test]
    fn without_its_control_nothing_is_said() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let open = server.local_addr().unwrap().port();
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let control = |port| Some(Control { to: "127.0.0.1".into(), protocol: Protocol::Tcp, port: Some(port) });
        let refused = args(Protocol::Tcp, Some(closed));
        assert_eq!(state(&Args { control: control(open), ..refused.clone() }), "refused");
        assert_eq!(state(&Args { control: control(closed), ..refused }), "probe-control-failed");
    }

    #[test]
    fn a_sender_that_cannot_send_is_unknown() {
        let away = Args { from: Some("192.0.2.9".into()), ..args(Protocol::Icmp, None) };
        assert_eq!(state(&away), "probe-no-such-source");
        assert_eq!(state(&args(Protocol::Tcp, None)), "probe-no-port");
        assert_eq!(state(&Args { from: Some("x".into()), ..args(Protocol::Icmp, None) }), "probe-no-ip");
    }
}
