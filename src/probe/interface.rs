//! A network interface, as the kernel has it (rtnetlink(7)).

use std::net::IpAddr;

use rtnetlink::packet_route::address::{AddressAttribute, AddressHeaderFlags, AddressMessage};
use rtnetlink::packet_route::link::{LinkAttribute, LinkFlags, LinkMessage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Watch, netlink, reason};
use crate::msg;

/// What a lab writes: `interface = { name = "eth0" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Its name.
    pub name: String,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).watches(&[Watch::Network]);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether there is such an interface" },
    Field { name: "up", kind: Kind::Bool, doc: "whether it is turned on (IFF_UP of netdevice(7))" },
    Field { name: "carrier", kind: Kind::Bool, doc: "whether the cable carries (IFF_LOWER_UP of netdevice(7))" },
    Field { name: "mac", kind: Kind::Mac, doc: "its Ethernet address" },
    Field { name: "mtu", kind: Kind::Int, doc: "largest packet, in bytes" },
    Field { name: "addresses", kind: Kind::List(&Kind::Net), doc: "IPv4 addresses with their prefixes" },
    Field { name: "addresses6", kind: Kind::List(&Kind::Net), doc: "IPv6 addresses, link-local ones left out" },
    Field { name: "ips", kind: Kind::List(&Kind::Ip), doc: "IPv4 addresses alone" },
    Field {
        name: "dynamic",
        kind: Kind::Bool,
        doc: "whether an IPv4 address is lent for a time (no IFA_F_PERMANENT): most DHCP clients say so to the kernel, \
              udhcpc does not",
    },
];

pub(super) fn observe(args: &Args, _machine: &Machine) -> Observation {
    let source = msg!("probe-source-interface", interface = &args.name);
    match netlink::links().and_then(|links| Ok((links, netlink::addresses()?))) {
        Ok((links, addresses)) => Observation::seen(fact(&args.name, &links, &addresses), source),
        Err(error) => Observation::unknown(reason(&error, &args.name), source),
    }
}

fn fact(name: &str, links: &[LinkMessage], addresses: &[AddressMessage]) -> Fact {
    let named =
        |link: &&LinkMessage| link.attributes.iter().any(|one| matches!(one, LinkAttribute::IfName(n) if n == name));
    let Some(link) = links.iter().find(named) else { return Fact::record([("exists", false.into())]) };
    let own: Vec<&AddressMessage> = addresses.iter().filter(|one| one.header.index == link.header.index).collect();
    let nets: Vec<(IpAddr, u8)> = own.iter().filter_map(|one| net(one)).collect();
    let list = |keep: fn(&IpAddr) -> bool| {
        Fact::List(nets.iter().filter(|(ip, _)| keep(ip)).map(|&(ip, prefix)| Fact::Net(ip, prefix)).collect())
    };
    Fact::record([
        ("exists", true.into()),
        ("up", link.header.flags.contains(LinkFlags::Up).into()),
        ("carrier", link.header.flags.contains(LinkFlags::LowerUp).into()),
        ("mac", link.attributes.iter().find_map(mac).into()),
        ("mtu", link.attributes.iter().find_map(mtu).into()),
        ("addresses", list(IpAddr::is_ipv4)),
        ("addresses6", list(|ip| matches!(ip, IpAddr::V6(ip) if !ip.is_unicast_link_local()))),
        ("ips", Fact::List(nets.iter().filter(|(ip, _)| ip.is_ipv4()).map(|&(ip, _)| Fact::Ip(ip)).collect())),
        ("dynamic", own.iter().any(|one| is_lent(one)).into()),
    ])
}

fn net(message: &AddressMessage) -> Option<(IpAddr, u8)> {
    // On a point-to-point link IFA_ADDRESS is the other end: IFA_LOCAL is ours.
    let local =
        message.attributes.iter().find_map(|one| if let AddressAttribute::Local(ip) = one { Some(*ip) } else { None });
    let any = message
        .attributes
        .iter()
        .find_map(|one| if let AddressAttribute::Address(ip) = one { Some(*ip) } else { None });
    local.or(any).map(|ip| (ip, message.header.prefix_len))
}

fn is_lent(message: &AddressMessage) -> bool {
    net(message).is_some_and(|(ip, _)| ip.is_ipv4()) && !message.header.flags.contains(AddressHeaderFlags::Permanent)
}

fn mac(attribute: &LinkAttribute) -> Option<Fact> {
    let LinkAttribute::Address(bytes) = attribute else { return None };
    bytes.as_slice().try_into().ok().map(Fact::Mac)
}

fn mtu(attribute: &LinkAttribute) -> Option<Fact> {
    if let LinkAttribute::Mtu(mtu) = attribute { Some(Fact::Int((*mtu).into())) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link() -> LinkMessage {
        let mut link = LinkMessage::default();
        link.header.index = 2;
        link.header.flags = LinkFlags::Up;
        link.attributes = vec![
            LinkAttribute::IfName("eth0".into()),
            LinkAttribute::Address(vec![2, 0, 0, 0, 0, 7]),
            LinkAttribute::Mtu(1500),
        ];
        link
    }

    fn address(ip: &str, flags: AddressHeaderFlags) -> AddressMessage {
        let mut message = AddressMessage::default();
        message.header.index = 2;
        message.header.prefix_len = 24;
        message.header.flags = flags;
        message.attributes = vec![AddressAttribute::Address(ip.parse().unwrap())];
        message
    }

    #[test]
    fn an_interface_is_told_whole() {
        let addresses =
            [address("10.0.0.9", AddressHeaderFlags::Permanent), address("fe80::1", AddressHeaderFlags::empty())];
        let Fact::Record(fields) = fact("eth0", &[link()], &addresses) else { panic!("a record") };
        assert_eq!(fields["mac"], Fact::Mac([2, 0, 0, 0, 0, 7]));
        assert_eq!(fields["addresses"], Fact::List(vec![Fact::Net([10, 0, 0, 9].into(), 24)]));
        assert_eq!(fields["addresses6"], Fact::List(Vec::new()));
        assert_eq!((&fields["up"], &fields["carrier"]), (&Fact::Bool(true), &Fact::Bool(false)));
        assert_eq!(fields["dynamic"], Fact::Bool(false));
        assert!(FIELDS.iter().all(|field| fields.contains_key(field.name)) && fields.len() == FIELDS.len());
    }

    #[test]
    fn a_lent_address_is_dynamic() {
        let Fact::Record(fields) = fact("eth0", &[link()], &[address("10.0.0.9", AddressHeaderFlags::empty())]) else {
            panic!("a record")
        };
        assert_eq!(fields["dynamic"], Fact::Bool(true));
    }

    #[test]
    fn no_interface_is_a_state() {
        assert_eq!(fact("eth9", &[link()], &[]), Fact::record([("exists", false.into())]));
    }

    #[test]
    fn this_machine_has_a_loopback() {
        let seen = observe(&Args { name: "lo".into() }, &Machine::default()).fact;
        let Fact::Record(fields) = seen else { panic!("{seen:?}") };
        assert_eq!(fields["exists"], Fact::Bool(true));
    }
}
