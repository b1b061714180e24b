//! Who holds an address on a link: asked by ARP (RFC 826), as RFC 5227 asks before an address is taken.
//!
//! The request comes from no address (a "probe"): no machine notes anything of it, and an address that two machines hold
//! is answered twice. What this machine itself holds is counted: it does not answer itself.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use pnet_datalink::{Channel, Config, NetworkInterface};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, reason};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `neighbour = { address = "10.0.0.5", interface = "eth0" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The IPv4 address asked about.
    pub address: String,
    /// The interface that asks; it needs no address.
    pub interface: String,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS).needs(&[Need::Root("ARP")]);

const FIELDS: &[Field] = &[
    Field {
        name: "link",
        kind: Kind::Bool,
        doc: "whether the interface is up, so that it can ask; none: there is no such interface",
    },
    Field { name: "present", kind: Kind::Bool, doc: "whether somebody holds the address, this machine included" },
    Field { name: "macs", kind: Kind::List(&Kind::Mac), doc: "the Ethernet addresses of who holds it" },
    Field { name: "own", kind: Kind::Bool, doc: "whether this machine holds it, on this interface" },
    Field { name: "duplicate", kind: Kind::Bool, doc: "whether more than one holds it" },
];

const LIMIT: Duration = Duration::from_secs(5);
/// Asked as often, that far apart: a frame may be lost.
const TIMES: u32 = 3;
const APART: Duration = Duration::from_millis(350);

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-neighbour", address = &args.address, interface = &args.interface);
    let end = Instant::now() + machine.timeout().min(LIMIT);
    Observation { fact: look(args, end).unwrap_or_else(Fact::Unknown), source }
}

fn look(args: &Args, end: Instant) -> Result<Fact, Message> {
    let address: Ipv4Addr = args.address.trim().parse().map_err(|_| msg!("probe-no-ipv4", text = &args.address))?;
    let found = pnet_datalink::interfaces().into_iter().find(|one| one.name == args.interface);
    let Some(interface) = found else { return Ok(fact(None, false, &BTreeSet::new(), None)) };
    let own = interface.ips.iter().any(|net| net.ip() == IpAddr::V4(address));
    let mac = interface.mac.map(|mac| mac.octets());
    if !interface.is_up() {
        return Ok(fact(Some(false), own, &BTreeSet::new(), mac));
    }
    let heard = ask(&interface, address, end).map_err(|error| reason(&error, &args.interface))?;
    Ok(fact(Some(true), own, &heard, mac))
}

fn fact(link: Option<bool>, own: bool, heard: &BTreeSet<[u8; 6]>, mac: Option<[u8; 6]>) -> Fact {
    let mut all = heard.clone();
    all.extend(mac.filter(|_| own));
    Fact::record([
        ("link", link.into()),
        ("present", (!all.is_empty()).into()),
        ("own", own.into()),
        ("duplicate", (all.len() > 1).into()),
        ("macs", Fact::List(all.into_iter().map(Fact::Mac).collect())),
    ])
}

/// Every Ethernet address that answers.
fn ask(interface: &NetworkInterface, address: Ipv4Addr, end: Instant) -> std::io::Result<BTreeSet<[u8; 6]>> {
    let config = Config { read_timeout: Some(Duration::from_millis(50)), promiscuous: false, ..Config::default() };
    let Channel::Ethernet(mut sender, mut receiver) = pnet_datalink::channel(interface, config)? else {
        return Err(std::io::ErrorKind::Unsupported.into());
    };
    let frame = request(interface.mac.unwrap_or_default().octets(), address);
    let mut heard = BTreeSet::new();
    for _ in 0..TIMES {
        sender.send_to(&frame, None).unwrap_or(Ok(()))?;
        let until = end.min(Instant::now() + APART);
        while Instant::now() < until {
            match receiver.next() {
                Ok(frame) => heard.extend(reply(frame, address)),
                Err(error)
                    if [std::io::ErrorKind::TimedOut, std::io::ErrorKind::WouldBlock].contains(&error.kind()) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(heard)
}

/// To everyone: who holds this address? From no address.
fn request(mac: [u8; 6], address: Ipv4Addr) -> Vec<u8> {
    let mut frame = vec![0xff; 6];
    frame.extend(mac);
    // ARP; Ethernet, IPv4, their lengths; a request.
    frame.extend([0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1]);
    frame.extend(mac);
    frame.extend([0; 4]);
    frame.extend([0; 6]);
    frame.extend(address.octets());
    frame.resize(60, 0);
    frame
}

/// The Ethernet address in a reply about this address.
fn reply(frame: &[u8], address: Ipv4Addr) -> Option<[u8; 6]> {
    let arp = frame.get(12..42)?;
    let is_reply = arp[..10] == [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 2];
    (is_reply && arp[16..20] == address.octets()).then(|| arp[10..16].try_into().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const IP: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 5);

    #[test]
    fn only_replies_about_the_address_count() {
        let mut frame = request([2; 6], IP);
        assert_eq!(reply(&frame, IP), None, "a request");
        frame[21] = 2;
        frame[28..32].copy_from_slice(&IP.octets());
        assert_eq!(reply(&frame, IP), Some([2; 6]));
        assert_eq!(reply(&frame, Ipv4Addr::new(10, 0, 0, 6)), None);
    }

    #[test]
    fn one_of_ours_and_one_elsewhere_are_two() {
        let see = |own, heard: &[[u8; 6]]| match fact(Some(true), own, &heard.iter().copied().collect(), Some([1; 6])) {
            Fact::Record(fields) => fields,
            other => panic!("{other:?}"),
        };
        assert_eq!(see(true, &[])["duplicate"], Fact::Bool(false));
        assert_eq!(see(true, &[[2; 6]])["duplicate"], Fact::Bool(true));
        assert_eq!(see(false, &[[2; 6], [3; 6]])["duplicate"], Fact::Bool(true));
        assert_eq!(see(false, &[])["present"], Fact::Bool(false));
        assert!(FIELDS.iter().all(|field| see(false, &[]).contains_key(field.name)));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = reply(&bytes, IP);
        }
    }
}
