//! The networks of a plan: who is plugged in where, with what addresses, and by what sort of cable.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::super::StandError;
use crate::address::in_network;
use crate::lab::Variant;
use crate::lab::cabling::{self, Attached, INTERNET, Route, Vlans};
use crate::lab::manifest::{InternetSpec, NetworkSpec, PortSpec};
use crate::msg;

/// One interface of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Link {
    /// Its network.
    pub network: String,
    /// Its addresses with their prefix lengths; empty: the cable is in, nothing more.
    pub addresses: Vec<(IpAddr, u8)>,
    /// Addresses on tagged VLANs: the VLAN, the address, its prefix length.
    #[serde(default)]
    pub tagged: Vec<(u16, IpAddr, u8)>,
    /// Its longest packet in bytes, where it is not Ethernet's 1500.
    #[serde(default)]
    pub mtu: Option<u32>,
    /// Its Ethernet address, drawn from the seed.
    pub mac: [u8; 6],
}

/// One switched network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Network {
    /// Its name.
    pub name: String,
    /// Machine → the switch's side of its cable, where there is something to say of it.
    #[serde(default)]
    pub ports: BTreeMap<String, Port>,
    /// Whether an address of it is two machines' on purpose: then machines look for duplicates from their start on.
    #[serde(default)]
    pub has_duplicates: bool,
}

/// The switch's side of a cable.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Port {
    /// Its VLANs; VLAN 1 untagged unless said.
    pub vlans: Option<Vlans>,
    /// Whether the cable is out at the start.
    pub unplugged: bool,
    /// What the cable carries, in bytes.
    pub mtu: Option<u32>,
    /// Bits in a second, towards the machine.
    pub rate: Option<u64>,
    /// Microseconds each frame takes towards the machine.
    pub delay: Option<u32>,
    /// Frames lost of 100 000, towards the machine.
    pub loss: Option<u32>,
}

impl Network {
    /// Whether the switch must tell VLANs apart by tags. Where every port is an access port it need not: a switch of
    /// several VLANs is then as many switches, on any kernel.
    pub(crate) fn is_tagged(&self) -> bool {
        self.ports.values().any(|port| matches!(port.vlans, Some(Vlans::Trunk { .. })))
    }

    /// The VLAN of a machine's access port; 1 is every switch's default.
    pub(crate) fn access(&self, machine: &str) -> u16 {
        match self.ports.get(machine).and_then(|port| port.vlans.as_ref()) {
            Some(Vlans::Access(vlan)) => *vlan,
            _ => 1,
        }
    }
}

impl Network {
    pub(super) fn of(spec: &NetworkSpec) -> Result<Self, StandError> {
        let plain = PortSpec::default();
        let machines = spec.attach.keys().map(String::as_str).chain(spec.port.keys().map(String::as_str));
        let mut ports = BTreeMap::new();
        // The internet may be on it: it gets the network's own qualities too.
        for machine in machines.chain([INTERNET]) {
            let port = Port::of(spec, spec.port.get(machine).unwrap_or(&plain)).map_err(StandError::Refused)?;
            if port != Port::default() {
                ports.insert(machine.to_owned(), port);
            }
        }
        let has_duplicates = spec.port.values().any(|port| port.duplicate);
        Ok(Self { name: spec.name.clone(), ports, has_duplicates })
    }
}

impl Port {
    fn of(network: &NetworkSpec, port: &PortSpec) -> Result<Self, crate::i18n::Message> {
        fn read<T>(
            one: Option<&String>,
            all: Option<&String>,
            read: impl Fn(&str) -> Result<T, crate::i18n::Message>,
        ) -> Result<Option<T>, crate::i18n::Message> {
            one.or(all).map(|text| read(text)).transpose()
        }
        Ok(Self {
            vlans: port.vlan.as_deref().map(cabling::vlans).transpose()?,
            unplugged: port.unplugged,
            mtu: port.mtu.or(network.mtu),
            rate: read(port.rate.as_ref(), network.rate.as_ref(), cabling::rate)?,
            delay: read(port.delay.as_ref(), network.delay.as_ref(), cabling::delay)?,
            loss: read(port.loss.as_ref(), network.loss.as_ref(), cabling::loss)?,
        })
    }
}

/// A machine's interfaces and its default gateways, one a family.
pub(super) fn links(variant: &Variant, machine: &str) -> Result<(Vec<Link>, Vec<IpAddr>), StandError> {
    let spec = &variant.manifest.stand;
    let mut links = Vec::new();
    let mut gateways: Vec<IpAddr> = Vec::new();
    for network in &spec.networks {
        let Some(text) = spec.attached(network, machine) else { continue };
        let attached = cabling::addresses(text).map_err(StandError::Refused)?;
        if let Some(router) = gateway(network, spec.internet.as_ref()).filter(|router| *router != machine) {
            let written = spec.attached(network, router).unwrap_or_default();
            let reachable = cabling::addresses(written).map_err(StandError::Refused)?;
            if reachable.is_empty() {
                return Err(StandError::Refused(msg!("stand-bad-gateway", gateway = router, network = &network.name)));
            }
            for address in gateways_of(&attached, &reachable) {
                if gateways.iter().all(|known| known.is_ipv4() != address.is_ipv4()) {
                    gateways.push(address);
                }
            }
        }
        let untagged = attached.iter().filter(|one| one.vlan.is_none()).map(|one| (one.address, one.prefix));
        let tagged = attached.iter().filter_map(|one| Some((one.vlan?, one.address, one.prefix)));
        links.push(Link {
            network: network.name.clone(),
            addresses: untagged.collect(),
            tagged: tagged.collect(),
            mtu: network.mtu,
            mac: mac(variant, machine, &network.name),
        });
    }
    Ok((links, gateways))
}

fn gateway<'a>(network: &'a NetworkSpec, internet: Option<&InternetSpec>) -> Option<&'a str> {
    let leads_out = internet.is_some_and(|internet| internet.network == network.name);
    network.gateway.as_deref().or(leads_out.then_some(INTERNET))
}

/// For each family, the first of a router's addresses that is in the range of one of ours.
fn gateways_of<'a>(own: &'a [Attached], router: &'a [Attached]) -> impl Iterator<Item = IpAddr> + 'a {
    [true, false].into_iter().filter_map(move |is_v4| {
        let of_family = own.iter().filter(move |one| one.address.is_ipv4() == is_v4);
        of_family
            .flat_map(|one| router.iter().filter(|other| in_network(other.address, (one.address, one.prefix))))
            .map(|found| found.address)
            .next()
    })
}

pub(super) fn routes(texts: &[String]) -> Result<Vec<Route>, StandError> {
    texts.iter().map(|text| cabling::route(text).map_err(StandError::Refused)).collect()
}

/// A locally administered unicast address (IEEE 802), the same for the same seed.
fn mac(variant: &Variant, machine: &str, network: &str) -> [u8; 6] {
    let drawn = blake3::hash(format!("mac {} {} {machine} {network}", variant.seed, variant.manifest.id).as_bytes());
    let mut mac = [0; 6];
    mac.copy_from_slice(&drawn.as_bytes()[..6]);
    mac[0] = (mac[0] & 0xfc) | 0x02;
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(text: &str) -> NetworkSpec {
        toml::from_str(text).unwrap()
    }

    fn gateways(own: &str, router: &str) -> Vec<String> {
        let (own, router) = (cabling::addresses(own).unwrap(), cabling::addresses(router).unwrap());
        gateways_of(&own, &router).map(|address| address.to_string()).collect()
    }

    #[test]
    fn a_gateway_is_the_router_s_address_in_one_s_own_range() {
        assert_eq!(
            gateways("10.0.20.5/24 fd00:20::5/64", "10.0.10.1/24@10 10.0.20.1/24@20 fd00:20::1/64@20"),
            ["10.0.20.1", "fd00:20::1"]
        );
        assert_eq!(gateways("10.0.20.5/24", "10.0.10.1/24"), [""; 0]);
        assert_eq!(gateways("unconfigured", "10.0.10.1/24"), [""; 0]);
    }

    #[test]
    fn a_port_takes_the_network_s_qualities_unless_it_has_its_own() {
        let network = Network::of(&spec(
            "name = \"wan\"\nmtu = 1400\nrate = \"1Mbit/s\"\nattach = { a = \"unconfigured\", b = \"unconfigured\" }\nport = { b = { rate = \"64kbit/s\", unplugged = true } }",
        ))
        .unwrap();
        assert_eq!((network.ports["a"].rate, network.ports["a"].mtu), (Some(1_000_000), Some(1400)));
        assert_eq!((network.ports["b"].rate, network.ports["b"].unplugged), (Some(64_000), true));
    }

    #[test]
    fn only_a_trunk_needs_tags() {
        let access = Network::of(&spec("name = \"n\"\nattach = {}\nport = { a = { vlan = \"10\" } }")).unwrap();
        assert_eq!((access.is_tagged(), access.access("a"), access.access("b")), (false, 10, 1));
        let trunk = Network::of(&spec("name = \"n\"\nattach = {}\nport = { r = { vlan = \"trunk 10\" } }")).unwrap();
        assert!(trunk.is_tagged());
    }
}
