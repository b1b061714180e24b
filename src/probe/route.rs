//! The way a packet would take, as the kernel itself says, policy rules included (ip-route(8), ip-rule(8)).

use std::net::IpAddr;

use rtnetlink::packet_route::link::{LinkAttribute, LinkMessage};
use rtnetlink::packet_route::route::{RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Watch, netlink, reason};
use crate::msg;

/// What a lab writes: `route = { to = "192.0.2.1" }`, or `route = {}` for the default gateway.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// A destination's address; the IPv4 default route unless said (`::` for that of IPv6).
    pub to: Option<String>,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).watches(&[Watch::Network]);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether a route leads there" },
    Field { name: "gateway", kind: Kind::Ip, doc: "the next router; none: the destination is on the link" },
    Field { name: "interface", kind: Kind::Text, doc: "the interface it leaves by" },
    Field { name: "network", kind: Kind::Net, doc: "the destination network of the route" },
    Field { name: "metric", kind: Kind::Int, doc: "its priority; the smallest wins" },
];

pub(super) fn observe(args: &Args, _machine: &Machine) -> Observation {
    let source = msg!("probe-source-route");
    let to = args.to.as_deref().unwrap_or("0.0.0.0");
    let Ok(to) = to.trim().parse() else { return Observation::unknown(msg!("probe-no-ip", text = to), source) };
    match look(to) {
        Ok(fact) => Observation::seen(fact, source),
        Err(error) => Observation::unknown(reason(&error, "rtnetlink"), source),
    }
}

fn look(to: IpAddr) -> std::io::Result<Fact> {
    Ok(fact(chosen(to)?.as_ref(), &netlink::links()?))
}

/// What the kernel would choose, policy rules included; for the default route, the main table's best.
fn chosen(to: IpAddr) -> std::io::Result<Option<Route>> {
    if to.is_unspecified() {
        return Ok(best(to, netlink::routes()?.iter().filter(|route| is_main(route)).filter_map(Route::read)));
    }
    Ok(netlink::way(to)?.as_ref().and_then(Route::read).filter(|route| route.open))
}

fn fact(route: Option<&Route>, links: &[LinkMessage]) -> Fact {
    let Some(route) = route else { return Fact::record([("exists", false.into())]) };
    Fact::record([
        ("exists", true.into()),
        ("gateway", route.gateway.into()),
        ("interface", name_of(route.interface, links).into()),
        ("network", Fact::Net(route.network, route.prefix)),
        ("metric", i64::from(route.metric).into()),
    ])
}

/// The name of the interface that packets to this address leave by; none: there is no way.
pub(super) fn interface_to(to: IpAddr) -> std::io::Result<Option<String>> {
    let Some(route) = chosen(to)? else { return Ok(None) };
    Ok(name_of(route.interface, &netlink::links()?))
}

fn name_of(index: Option<u32>, links: &[LinkMessage]) -> Option<String> {
    let link = links.iter().find(|link| Some(link.header.index) == index)?;
    link.attributes.iter().find_map(|one| if let LinkAttribute::IfName(name) = one { Some(name.clone()) } else { None })
}

/// A route.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Route {
    network: IpAddr,
    prefix: u8,
    gateway: Option<IpAddr>,
    interface: Option<u32>,
    metric: u32,
    /// Whether it lets packets through (not `unreachable`, `blackhole`, `prohibit`).
    open: bool,
}

impl Route {
    fn read(message: &RouteMessage) -> Option<Self> {
        let mut route = Self {
            network: IpAddr::from([0, 0, 0, 0]),
            prefix: message.header.destination_prefix_length,
            gateway: None,
            interface: None,
            metric: 0,
            open: message.header.kind == RouteType::Unicast,
        };
        if message.header.address_family == rtnetlink::packet_route::AddressFamily::Inet6 {
            route.network = std::net::Ipv6Addr::UNSPECIFIED.into();
        }
        for attribute in &message.attributes {
            match attribute {
                RouteAttribute::Destination(to) => route.network = ip(to)?,
                RouteAttribute::Gateway(by) => route.gateway = ip(by),
                RouteAttribute::Oif(index) => route.interface = Some(*index),
                RouteAttribute::Priority(metric) => route.metric = *metric,
                _ => {}
            }
        }
        Some(route)
    }

    fn leads_to(&self, to: IpAddr) -> bool {
        if to.is_unspecified() {
            return self.prefix == 0 && self.network.is_ipv4() == to.is_ipv4();
        }
        match (self.network, to) {
            (IpAddr::V4(network), IpAddr::V4(to)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                (network.to_bits() ^ to.to_bits()) & mask == 0
            }
            (IpAddr::V6(network), IpAddr::V6(to)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                (network.to_bits() ^ to.to_bits()) & mask == 0
            }
            _ => false,
        }
    }
}

fn is_main(message: &RouteMessage) -> bool {
    let given = message
        .attributes
        .iter()
        .find_map(|one| if let RouteAttribute::Table(number) = one { Some(*number) } else { None });
    given.unwrap_or(u32::from(message.header.table)) == u32::from(RouteHeader::RT_TABLE_MAIN)
}

fn ip(address: &RouteAddress) -> Option<IpAddr> {
    match address {
        RouteAddress::Inet(ip) => Some((*ip).into()),
        RouteAddress::Inet6(ip) => Some((*ip).into()),
        _ => None,
    }
}

/// The longest prefix wins, then the smallest metric; a route that stops packets leads nowhere.
fn best(to: IpAddr, routes: impl Iterator<Item = Route>) -> Option<Route> {
    let leading = routes.filter(|route| route.leads_to(to));
    leading.max_by_key(|route| (route.prefix, std::cmp::Reverse(route.metric))).filter(|route| route.open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(network: &str, prefix: u8, gateway: Option<&str>, metric: u32) -> Route {
        let gateway = gateway.map(|ip| ip.parse().unwrap());
        Route { network: network.parse().unwrap(), prefix, gateway, interface: Some(2), metric, open: true }
    }

    fn table() -> Vec<Route> {
        vec![
            route("0.0.0.0", 0, Some("10.0.0.254"), 100),
            route("0.0.0.0", 0, Some("10.0.0.253"), 50),
            route("10.0.0.0", 24, None, 0),
            Route { open: false, ..route("10.0.9.0", 24, None, 0) },
            route("::", 0, Some("fe80::1"), 0),
        ]
    }

    fn way(to: &str) -> Option<Route> {
        best(to.parse().unwrap(), table().into_iter())
    }

    #[test]
    fn the_longest_prefix_then_the_smallest_metric_win() {
        assert_eq!(way("10.0.0.7").unwrap().gateway, None);
        assert_eq!(way("192.0.2.1").unwrap().gateway, Some("10.0.0.253".parse().unwrap()));
        assert_eq!(way("0.0.0.0").unwrap().metric, 50);
        assert_eq!(way("::").unwrap().gateway, Some("fe80::1".parse().unwrap()));
    }

    #[test]
    fn a_route_that_stops_packets_leads_nowhere() {
        assert_eq!(way("10.0.9.1"), None);
    }

    #[test]
    fn only_the_main_table_counts() {
        let mut message = RouteMessage::default();
        message.header.table = 255;
        assert!(!is_main(&message));
        message.attributes =
            vec![RouteAttribute::Table(254), RouteAttribute::Gateway(RouteAddress::Inet([10, 0, 0, 1].into()))];
        assert!(is_main(&message));
        assert_eq!(Route::read(&message).unwrap().gateway, Some([10, 0, 0, 1].into()));
    }
}
