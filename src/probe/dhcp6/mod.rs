//! What a DHCPv6 client would be told: a real exchange from one of the machine's interfaces (RFC 8415).
//!
//! Questions that take nothing: a SOLICIT, answered by offers, and an INFORMATION-REQUEST. Raw frames, so that a client of
//! the machine that holds the port is not in the way.

mod packet;

use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant, SystemTime};

use pnet_datalink::{Channel, Config, NetworkInterface};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, reason};
use crate::i18n::Message;
use crate::msg;
use packet::Answer;

/// What a lab writes: `dhcp6 = { interface = "eth0" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The interface that asks; it needs its link-local address, as every interface of IPv6 has.
    pub interface: String,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS).needs(&[Need::Root("DHCPv6")]);

const OFFER: &[Field] = &[
    Field { name: "server", kind: Kind::Ip, doc: "where it comes from: the server's or relay's address on the link" },
    Field { name: "address", kind: Kind::Ip, doc: "the address offered (IA_NA); none: no address" },
    Field { name: "lease", kind: Kind::Duration, doc: "its valid lifetime" },
    Field { name: "prefix", kind: Kind::Net, doc: "the prefix offered for networks behind (IA_PD); none: no prefix" },
    Field { name: "dns", kind: Kind::List(&Kind::Ip), doc: "name servers, in their order (RFC 3646)" },
    Field { name: "search", kind: Kind::List(&Kind::Word), doc: "search domains (RFC 3646)" },
];

const FIELDS: &[Field] = &[
    Field {
        name: "link",
        kind: Kind::Bool,
        doc: "whether the interface is up, so that it can ask; none: there is no such interface",
    },
    Field { name: "servers", kind: Kind::List(&Kind::Ip), doc: "where answers come from, to either question" },
    Field {
        name: "offer",
        kind: Kind::Record(OFFER),
        doc: "the offer of the preferred server (RFC 8415 §18.2.9); none: nobody offers",
    },
    Field {
        name: "information",
        kind: Kind::Record(OFFER),
        doc: "what who wants no address is told; none: nobody answers",
    },
];

const LIMIT: Duration = Duration::from_secs(8);
/// How long answers are waited for; asked again in the middle (RFC 8415 §15: 1 s).
const PATIENCE: Duration = Duration::from_millis(1200);

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-dhcp6", interface = &args.interface);
    let end = Instant::now() + machine.timeout().min(LIMIT);
    Observation { fact: look(args, end).unwrap_or_else(Fact::Unknown), source }
}

fn look(args: &Args, end: Instant) -> Result<Fact, Message> {
    let found = pnet_datalink::interfaces().into_iter().find(|one| one.name == args.interface);
    let Some(interface) = found else { return Ok(fact(None, &[], &[])) };
    if !interface.is_up() {
        return Ok(fact(Some(false), &[], &[]));
    }
    let own = interface.ips.iter().find_map(|net| match net.ip() {
        IpAddr::V6(ip) if ip.is_unicast_link_local() => Some(ip),
        _ => None,
    });
    let own = own.ok_or_else(|| msg!("probe-no-link-local", interface = &args.interface))?;
    let ask = |kind| exchange(&interface, own, kind, end).map_err(|error| reason(&error, &args.interface));
    Ok(fact(Some(true), &ask(packet::SOLICIT)?, &ask(packet::INFORMATION)?))
}

fn exchange(interface: &NetworkInterface, own: Ipv6Addr, kind: u8, end: Instant) -> io::Result<Vec<Answer>> {
    let config = Config { read_timeout: Some(Duration::from_millis(50)), promiscuous: false, ..Config::default() };
    let Channel::Ethernet(mut sender, mut receiver) = pnet_datalink::channel(interface, config)? else {
        return Err(io::ErrorKind::Unsupported.into());
    };
    let [_, a, b, c] =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().subsec_nanos().to_be_bytes();
    let frame = packet::question(kind, [a, b, c], interface.mac.unwrap_or_default().octets(), own);
    let mut answers: Vec<Answer> = Vec::new();
    for _ in 0..2 {
        sender.send_to(&frame, None).unwrap_or(Ok(()))?;
        let until = end.min(Instant::now() + PATIENCE);
        while Instant::now() < until {
            match receiver.next() {
                Ok(frame) => answers.extend(
                    packet::answer(frame).filter(|answer| answer.xid == [a, b, c] && !answers.contains(answer)),
                ),
                Err(error) if [io::ErrorKind::TimedOut, io::ErrorKind::WouldBlock].contains(&error.kind()) => {}
                Err(error) => return Err(error),
            }
        }
        if !answers.is_empty() {
            break;
        }
    }
    Ok(answers)
}

fn fact(link: Option<bool>, offers: &[Answer], information: &[Answer]) -> Fact {
    let mut servers: Vec<Ipv6Addr> = offers.iter().chain(information).filter_map(|answer| answer.source).collect();
    servers.sort_unstable();
    servers.dedup();
    // The highest preference wins, then the first; an answer without anything to lend is no offer.
    let lends = |answer: &&Answer| {
        answer.kind == packet::ADVERTISE && !(answer.addresses.is_empty() && answer.prefixes.is_empty())
    };
    let offer = offers.iter().filter(lends).rev().max_by_key(|answer| answer.preference);
    Fact::record([
        ("link", link.into()),
        ("servers", Fact::List(servers.into_iter().map(|ip| Fact::Ip(ip.into())).collect())),
        ("offer", offer.map_or(Fact::None, record)),
        ("information", information.iter().find(|answer| answer.kind == packet::REPLY).map_or(Fact::None, record)),
    ])
}

fn record(answer: &Answer) -> Fact {
    let ip = |ip: Ipv6Addr| Fact::Ip(ip.into());
    let first = answer.addresses.first();
    Fact::record([
        ("server", answer.source.map(ip).into()),
        ("address", first.map(|(address, _)| ip(*address)).into()),
        ("lease", first.map(|(_, seconds)| Fact::Duration((*seconds).into())).into()),
        ("prefix", answer.prefixes.first().map(|(prefix, length)| Fact::Net((*prefix).into(), *length)).into()),
        ("dns", Fact::List(answer.dns.iter().copied().map(ip).collect())),
        ("search", Fact::texts(answer.search.clone())),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_server_that_lends_something_offers() {
        let offer = |preference, last: u16, lends: bool| Answer {
            kind: packet::ADVERTISE,
            preference,
            source: Some(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, last)),
            addresses: if lends { vec![(Ipv6Addr::LOCALHOST, 60)] } else { Vec::new() },
            ..Answer::default()
        };
        let offers = [offer(0, 1, true), offer(9, 2, false), offer(5, 3, true), offer(5, 4, true)];
        let Fact::Record(fields) = fact(Some(true), &offers, &[]) else { panic!("a record") };
        let Fact::Record(chosen) = &fields["offer"] else { panic!("an offer") };
        assert_eq!(chosen["server"], Fact::Ip("fe80::3".parse().unwrap()));
        assert!(OFFER.iter().all(|field| chosen.contains_key(field.name)));
        assert!(FIELDS.iter().all(|field| fields.contains_key(field.name)));
        assert_eq!(fields["information"], Fact::None);
    }
}
