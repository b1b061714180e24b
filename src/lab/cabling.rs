//! How a lab writes what is plugged where: addresses, VLANs, routes, and what a cable does to what it carries. Pure.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::manifest::{NetworkSpec, StandSpec};
use crate::i18n::Message;
use crate::{address, msg};

/// An address of a machine on a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attached {
    /// The address.
    pub address: IpAddr,
    /// Its prefix length.
    pub prefix: u8,
    /// The tagged VLAN of a trunk it is on; none: the interface itself.
    pub vlan: Option<u16>,
}

/// What a port of a switch does with VLANs (IEEE 802.1Q).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Vlans {
    /// One VLAN, untagged: the machine knows nothing of it.
    Access(u16),
    /// Several, tagged, and one untagged where there is a native one.
    Trunk {
        /// Tagged ones.
        tagged: Vec<u16>,
        /// The untagged one.
        native: Option<u16>,
    },
}

/// A static route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Where to.
    pub network: IpAddr,
    /// Its prefix length; 0 is the default route.
    pub prefix: u8,
    /// By whom.
    pub via: IpAddr,
}

/// Words of `attach`: `unconfigured`, or addresses as `10.0.0.1/24`, `fd00::1/64`, `10.0.10.1/24@10` (tagged VLAN 10 of a
/// trunk).
pub fn addresses(text: &str) -> Result<Vec<Attached>, Message> {
    if text.trim() == "unconfigured" {
        return Ok(Vec::new());
    }
    let all: Option<Vec<_>> = text.split_whitespace().map(attached).collect();
    all.filter(|all| !all.is_empty()).ok_or_else(|| msg!("lab-wrong-attach", value = text))
}

fn attached(word: &str) -> Option<Attached> {
    let (net, vlan) = match word.split_once('@') {
        Some((net, vlan)) => (net, Some(vlan_number(vlan)?)),
        None => (word, None),
    };
    let (address, prefix) = net.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let prefix: u8 = prefix.parse().ok()?;
    (prefix <= if address.is_ipv4() { 32 } else { 128 }).then_some(Attached { address, prefix, vlan })
}

/// `10` (an access port) or `trunk 10 20`, `trunk 10 20 native 1`.
pub fn vlans(text: &str) -> Result<Vlans, Message> {
    read_vlans(text).ok_or_else(|| msg!("lab-wrong-vlan", value = text))
}

fn read_vlans(text: &str) -> Option<Vlans> {
    let mut words = text.split_whitespace().peekable();
    if words.next_if_eq(&"trunk").is_none() {
        let number = vlan_number(words.next()?)?;
        return words.next().is_none().then_some(Vlans::Access(number));
    }
    let mut tagged = Vec::new();
    while let Some(word) = words.next_if(|word| *word != "native") {
        tagged.push(vlan_number(word)?);
    }
    let native = match words.next() {
        Some(_native) => Some(vlan_number(words.next()?)?),
        None => None,
    };
    let once = tagged.iter().chain(&native).collect::<BTreeSet<_>>().len() == tagged.len() + native.iter().count();
    (!tagged.is_empty() && once && words.next().is_none()).then_some(Vlans::Trunk { tagged, native })
}

/// 1 to 4094: 0 and 4095 are reserved (IEEE 802.1Q, table 9-2).
fn vlan_number(word: &str) -> Option<u16> {
    word.parse().ok().filter(|number| (1..=4094).contains(number))
}

/// `10.1.0.0/24 via 10.0.0.2`, `default via fd00::1`.
pub fn route(text: &str) -> Result<Route, Message> {
    read_route(text).ok_or_else(|| msg!("lab-wrong-route", value = text))
}

fn read_route(text: &str) -> Option<Route> {
    let (to, via) = text.split_once(" via ")?;
    let via: IpAddr = via.trim().parse().ok()?;
    let any: IpAddr = if via.is_ipv4() { [0; 4].into() } else { [0_u16; 8].into() };
    let (network, prefix) = if to.trim() == "default" { (any, 0) } else { address::net(to)? };
    // The network itself, not a machine on it: ip(8) refuses anything else.
    let is_network = address::in_network(network, (network, prefix)) && masked(network, prefix) == network;
    (network.is_ipv4() == via.is_ipv4() && is_network).then_some(Route { network, prefix, via })
}

/// An address with its host part cleared.
#[must_use]
pub fn masked(address: IpAddr, prefix: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(prefix.into())).unwrap_or(0);
            IpAddr::V4((v4.to_bits() & mask).into())
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(prefix.into())).unwrap_or(0);
            IpAddr::V6((v6.to_bits() & mask).into())
        }
    }
}

/// Bits in a second of `512kbit/s`, `2Mbit/s`, `1Gbit/s` (powers of 1000, as networks count).
pub fn rate(text: &str) -> Result<u64, Message> {
    let units = [("kbit/s", 1000), ("mbit/s", 1_000_000), ("gbit/s", 1_000_000_000)];
    let lower = text.trim().to_lowercase();
    let read = units.iter().find_map(|(unit, factor)| {
        lower.strip_suffix(unit)?.trim_end().parse::<u64>().ok()?.checked_mul(*factor).filter(|rate| *rate > 0)
    });
    read.ok_or_else(|| msg!("lab-wrong-rate", value = text))
}

/// Microseconds of `80ms` or `2s`, up to a minute.
pub fn delay(text: &str) -> Result<u32, Message> {
    let lower = text.trim();
    let number = |unit: &str| lower.strip_suffix(unit)?.trim_end().parse::<u32>().ok();
    let read = number("ms").map_or_else(|| number("s")?.checked_mul(1_000_000), |ms| ms.checked_mul(1000));
    read.filter(|delay| (1..=60_000_000).contains(delay)).ok_or_else(|| msg!("lab-wrong-delay", value = text))
}

/// Frames lost of 100 000 of `5%`, `0.5 %`, `100%`.
pub fn loss(text: &str) -> Result<u32, Message> {
    let read = || {
        let number = text.trim().strip_suffix('%')?.trim_end();
        let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
        if fraction.len() > 3 {
            return None;
        }
        let thousandths: u32 = format!("{fraction:0<3}").parse().ok()?;
        let loss = whole.parse::<u32>().ok()?.checked_mul(1000)?.checked_add(thousandths)?;
        (1..=100_000).contains(&loss).then_some(loss)
    };
    read().ok_or_else(|| msg!("lab-wrong-loss", value = text))
}

impl StandSpec {
    /// What a machine, or the internet, has on a network: its words of `attach`.
    #[must_use]
    pub fn attached<'a>(&'a self, network: &'a NetworkSpec, machine: &str) -> Option<&'a str> {
        let internet = self.internet.as_ref().filter(|net| machine == INTERNET && net.network == network.name);
        internet.map(|net| net.address.as_str()).or_else(|| network.attach.get(machine).map(String::as_str))
    }

    /// The parts of the kernel, by the names of their modules, that this stand needs beyond what every stand does.
    #[must_use]
    pub fn kernel_parts(&self) -> BTreeSet<&'static str> {
        let mut parts = BTreeSet::new();
        for network in &self.networks {
            let ports = || network.port.values();
            let lossy = |delay: &Option<String>, loss: &Option<String>| delay.is_some() || loss.is_some();
            if lossy(&network.delay, &network.loss) || ports().any(|port| lossy(&port.delay, &port.loss)) {
                parts.insert("sch_netem");
            } else if network.rate.is_some() || ports().any(|port| port.rate.is_some()) {
                parts.insert("sch_tbf");
            }
            let is_trunk = |text: &String| matches!(vlans(text), Ok(Vlans::Trunk { .. }));
            if ports().filter_map(|port| port.vlan.as_ref()).any(is_trunk) {
                parts.insert("8021q");
            }
        }
        parts
    }
}

/// The name of the machine that stands for the internet.
pub const INTERNET: &str = "internet";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_are_read_with_their_vlan() {
        let one =
            |text: &str| addresses(text).ok().map(|all| all.into_iter().map(|one| (one.prefix, one.vlan)).collect());
        assert_eq!(one("unconfigured"), Some(vec![]));
        assert_eq!(one("10.0.0.1/24 fd00::1/64"), Some(vec![(24, None), (64, None)]));
        assert_eq!(one("10.0.10.1/24@10"), Some(vec![(24, Some(10))]));
        for wrong in ["", "10.0.0.1", "10.0.0.1/33", "10.0.0.1/24@0", "10.0.0.1/24@x", "poste/24"] {
            assert_eq!(one(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ports_are_access_or_trunk() {
        assert_eq!(vlans("10").ok(), Some(Vlans::Access(10)));
        assert_eq!(vlans("trunk 10 20").ok(), Some(Vlans::Trunk { tagged: vec![10, 20], native: None }));
        assert_eq!(vlans("trunk 10 native 1").ok(), Some(Vlans::Trunk { tagged: vec![10], native: Some(1) }));
        for wrong in [
            "",
            "0",
            "4095",
            "10 20",
            "trunk",
            "trunk native 1",
            "trunk 10 native",
            "trunk 10 10",
            "trunk 10 native 10",
        ] {
            assert!(vlans(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn routes_go_to_networks_of_one_family() {
        assert_eq!(
            route("default via 10.0.0.2").map(|r| (r.network.to_string(), r.prefix)).ok(),
            Some(("0.0.0.0".into(), 0))
        );
        assert_eq!(route("fd00:1::/64 via fd00::2").map(|r| r.prefix).ok(), Some(64));
        for wrong in
            ["10.1.0.0/24", "10.1.0.0/24 via fd00::1", "10.1.0.7/24 via 10.0.0.1", "10.1.0.0 via 10.0.0.1", "via x"]
        {
            assert!(route(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_a_cable_does_is_read_with_its_unit() {
        assert_eq!((rate("512kbit/s").ok(), rate("2 Mbit/s").ok()), (Some(512_000), Some(2_000_000)));
        assert_eq!((delay("80ms").ok(), delay("2 s").ok()), (Some(80_000), Some(2_000_000)));
        assert_eq!((loss("5%").ok(), loss("0,5 %").ok(), loss("100%").ok()), (Some(5000), Some(500), Some(100_000)));
        for wrong in ["", "2", "2Mb", "0kbit/s", "-1kbit/s"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "80", "80 min", "0ms", "61s"] {
            assert!(delay(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "5", "0%", "101%", "0.0001%", "%"] {
            assert!(loss(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_a_reader_panic(text in "[0-9a-z/.:@% ]{0,24}") {
            let _ = (addresses(&text), vlans(&text), route(&text), rate(&text), delay(&text), loss(&text));
        }
    }
}
