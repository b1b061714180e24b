//! A machine's `/etc/network/interfaces` (interfaces(5)).

use std::fmt::Write as _;
use std::net::IpAddr;

use super::plan::{Link, Machine, Plan};
use crate::address::in_network;
use crate::lab::cabling::Route;

/// Static addresses where the plan has some, else the cable is in and the link up, nothing more.
pub(super) fn text(plan: &Plan, machine: &Machine) -> String {
    let mut text = "# This file describes the network interfaces available on your system\n\
         # and how to activate them. For more information, see interfaces(5).\n\n\
         source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n"
        .to_owned();
    for (number, link) in machine.links.iter().enumerate() {
        let name = format!("eth{number}");
        let is_checked = plan.networks.iter().any(|network| network.name == link.network && network.has_duplicates);
        let _ = write!(text, "\nauto {name}\n");
        if link.addresses.is_empty() {
            let _ = writeln!(text, "iface {name} inet manual");
            options(&mut text, link.mtu);
        }
        let mut stanzas = Stanzas { text: &mut text, machine, mtu: link.mtu, is_checked };
        stanzas.add(&name, &link.addresses, "");
        vlans(&mut stanzas, &name, link);
    }
    text
}

/// A trunk's tagged VLANs: `eth0.10` (ip-link(8), `vlan`).
fn vlans(stanzas: &mut Stanzas, name: &str, link: &Link) {
    let mut done: Vec<u16> = Vec::new();
    for &(vlan, ..) in &link.tagged {
        if done.contains(&vlan) {
            continue;
        }
        done.push(vlan);
        let addresses: Vec<_> = link.tagged.iter().filter(|one| one.0 == vlan).map(|&(_, a, p)| (a, p)).collect();
        let made = format!("    pre-up ip link add link {name} name {name}.{vlan} type vlan id {vlan} || true\n");
        let _ = write!(stanzas.text, "\nauto {name}.{vlan}\n");
        stanzas.add(&format!("{name}.{vlan}"), &addresses, &made);
    }
}

struct Stanzas<'a> {
    text: &'a mut String,
    machine: &'a Machine,
    mtu: Option<u32>,
    is_checked: bool,
}

impl Stanzas<'_> {
    /// A stanza for each address; what makes the interface goes with the first.
    fn add(&mut self, name: &str, addresses: &[(IpAddr, u8)], made: &str) {
        for (at, net) in addresses.iter().enumerate() {
            let (address, prefix) = net;
            let family = if address.is_ipv4() { "inet" } else { "inet6" };
            let _ = writeln!(self.text, "iface {name} {family} static");
            self.text.push_str(if at == 0 { made } else { "" });
            let _ = writeln!(self.text, "    address {address}/{prefix}");
            if address.is_ipv6() && !self.is_checked {
                // Nobody has it before the candidate's work begins: ifup has nothing to wait for.
                let _ = writeln!(self.text, "    dad-attempts 0");
            }
            options(self.text, self.mtu.filter(|_| at == 0));
            let first = |via: &IpAddr| addresses.iter().position(|net| in_network(*via, *net)) == Some(at);
            for gateway in self.machine.gateways.iter().filter(|via| first(via)) {
                let _ = writeln!(self.text, "    gateway {gateway}");
            }
            for Route { network, prefix, via } in self.machine.routes.iter().filter(|route| first(&route.via)) {
                let _ = writeln!(self.text, "    up ip route replace {network}/{prefix} via {via}");
            }
        }
    }
}

fn options(text: &mut String, mtu: Option<u32>) {
    if let Some(mtu) = mtu {
        let _ = writeln!(text, "    mtu {mtu}");
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::Network;
    use super::*;

    fn nets(all: &[&str]) -> Vec<(IpAddr, u8)> {
        all.iter().map(|text| crate::address::net(text).unwrap()).collect()
    }

    fn of(link: Link, change: impl FnOnce(&mut Machine, &mut Network)) -> String {
        let mut machine = Machine { links: vec![link], ..Machine::default() };
        let mut network = Network::default();
        change(&mut machine, &mut network);
        let plan = Plan { networks: vec![network], ..Plan::default() };
        text(&plan, &machine)
    }

    fn link(addresses: &[&str]) -> Link {
        Link { addresses: nets(addresses), ..Link::default() }
    }

    #[test]
    fn the_gateways_go_with_the_addresses_that_reach_them() {
        let text = of(link(&["10.0.1.5/24", "192.168.0.5/24", "fd00::5/64"]), |machine, _| {
            machine.gateways = ["192.168.0.1", "fd00::1"].map(|text| text.parse().unwrap()).to_vec();
        });
        let stanzas: Vec<&str> = text.split("iface ").collect();
        assert!(stanzas.iter().any(|s| s.contains("192.168.0.5/24") && s.contains("gateway 192.168.0.1")), "{text}");
        assert!(
            stanzas
                .iter()
                .any(|s| s.starts_with("eth0 inet6 static\n    address fd00::5/64") && s.contains("gateway fd00::1")),
            "{text}"
        );
        assert_eq!(text.matches("gateway").count(), 2, "{text}");
    }

    #[test]
    fn an_unconfigured_link_is_up_and_no_more() {
        assert!(of(link(&[]), |_, _| ()).ends_with("\nauto eth0\niface eth0 inet manual\n"));
    }

    #[test]
    fn duplicates_are_waited_for_only_where_there_may_be_some() {
        assert!(of(link(&["fd00::5/64"]), |_, _| ()).contains("dad-attempts 0"));
        assert!(!of(link(&["fd00::5/64"]), |_, network| network.has_duplicates = true).contains("dad-attempts"));
    }

    #[test]
    fn a_tagged_vlan_is_made_once_and_a_route_goes_with_its_way() {
        let mut trunk = link(&[]);
        trunk.mtu = Some(1400);
        trunk.tagged = nets(&["10.0.10.1/24", "fd00:10::1/64"]).into_iter().map(|(a, p)| (10, a, p)).collect();
        let text = of(trunk, |machine, _| {
            machine.routes = vec![crate::lab::cabling::route("10.9.0.0/16 via 10.0.10.9").unwrap()];
        });
        assert_eq!(text.matches("type vlan id 10").count(), 1, "{text}");
        assert_eq!(text.matches("auto eth0.10").count(), 1, "{text}");
        assert!(text.contains("iface eth0 inet manual\n    mtu 1400\n"), "{text}");
        assert!(text.contains("up ip route replace 10.9.0.0/16 via 10.0.10.9"), "{text}");
    }
}
