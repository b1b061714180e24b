//! The networks: every name leads somewhere, every address, port and route reads, and what one part asks of another is there.

use std::net::IpAddr;

use super::identity::is_plain;
use super::stand::LONGEST_NAME;
use super::{Checker, is_template};
use crate::lab::Problem;
use crate::lab::cabling::{self, Attached, INTERNET, Vlans};
use crate::lab::document::{Step, steps};
use crate::lab::manifest::{Init, InternetSpec, NetworkSpec, PortSpec};
use crate::lab::suggest::nearest;
use crate::msg;

/// What IPv6 asks of every link (RFC 8200 §5), and what switches of a stand carry.
const MTU: std::ops::RangeInclusive<u32> = 1280..=9000;

impl Checker<'_> {
    pub(super) fn networks(&mut self) {
        let spec = &self.manifest.stand;
        for (at, network) in spec.networks.iter().enumerate() {
            self.network(&steps!["stand", "network", at], network);
        }
        for (at, machine) in spec.machines.iter().enumerate() {
            self.routes(&steps!["stand", "machine", at, "routes"], &machine.routes);
        }
        if let Some(internet) = &spec.internet {
            self.internet(internet);
        }
    }

    fn network(&mut self, path: &[Step], network: &NetworkSpec) {
        if !is_plain(&network.name, "-") || network.name.len() > LONGEST_NAME {
            let message = msg!("lab-wrong-name", name = &network.name, most = LONGEST_NAME);
            self.wrong(&below(path, &steps!["name"]), message);
        }
        for (machine, addresses) in &network.attach {
            self.attached(&below(path, &steps!["attach", machine.as_str()]), network, machine, addresses);
        }
        if let Some(gateway) = &network.gateway {
            let attached = network.attach.keys().map(String::as_str).chain(self.internet_on(network));
            self.known(&below(path, &steps!["gateway"]), gateway, attached, || {
                msg!("lab-gateway-not-attached", name = gateway)
            });
        }
        if network.advertise {
            self.advertiser(&below(path, &steps!["advertise"]), network);
        }
        self.quality(path, [network.rate.as_ref(), network.delay.as_ref(), network.loss.as_ref()], network.mtu);
        for (machine, port) in &network.port {
            self.port(&below(path, &steps!["port", machine.as_str()]), network, machine, port);
        }
        self.duplicates(path, network);
    }

    fn attached(&mut self, path: &[Step], network: &NetworkSpec, machine: &str, addresses: &str) {
        let names = self.manifest.stand.machines.iter().map(|machine| machine.name.as_str());
        if !names.clone().any(|name| name == machine) {
            let help = nearest(machine, names);
            let place = self.document.key_place(path);
            let problem = Problem::new(msg!("lab-no-machine", name = machine));
            self.problems.push(problem.maybe_help(help).at(place));
        }
        if is_template(addresses) {
            return;
        }
        match cabling::addresses(addresses) {
            Err(message) => self.wrong(path, message),
            Ok(all) => {
                let tagged = tagged(network, machine);
                let lost = all.iter().filter_map(|one| one.vlan).find(|vlan| !tagged.contains(vlan));
                if let Some(vlan) = lost {
                    self.wrong(path, msg!("lab-vlan-not-tagged", vlan = vlan, name = machine));
                }
                if all.iter().any(|one| one.vlan.is_some()) {
                    self.has_start_up(path, machine);
                }
            }
        }
    }

    /// Tagged VLANs and announcements are made by the machine's own start-up.
    fn has_start_up(&mut self, path: &[Step], name: &str) {
        if self.manifest.stand.machines.iter().any(|machine| machine.name == name && machine.init == Init::None) {
            self.wrong(path, msg!("lab-no-init-network", name = name));
        }
    }

    /// Who announces an IPv6 range must have one and forward.
    fn advertiser(&mut self, path: &[Step], network: &NetworkSpec) {
        let Some(gateway) = &network.gateway else {
            self.wrong(path, msg!("lab-advertise-no-gateway"));
            return;
        };
        let routes = self.manifest.stand.machines.iter().any(|machine| machine.name == *gateway && machine.router);
        self.has_start_up(path, gateway);
        let written = self.manifest.stand.attached(network, gateway).unwrap_or_default();
        let has_range = read(written).iter().any(|one| one.address.is_ipv6() && one.prefix == 64);
        let is_right = routes && has_range;
        if !(is_right || is_template(written)) {
            self.wrong(path, msg!("lab-advertise-no-range", name = gateway));
        }
    }

    fn port(&mut self, path: &[Step], network: &NetworkSpec, machine: &str, port: &PortSpec) {
        let mut attached = network.attach.keys().map(String::as_str).chain(self.internet_on(network));
        if !attached.any(|name| name == machine) {
            let names = network.attach.keys().map(String::as_str).chain(self.internet_on(network));
            let help = nearest(machine, names);
            let place = self.document.key_place(path);
            self.problems.push(Problem::new(msg!("lab-port-not-attached", name = machine)).maybe_help(help).at(place));
        }
        if let Some(vlan) = &port.vlan {
            self.reads(&below(path, &steps!["vlan"]), vlan, cabling::vlans);
        }
        self.quality(path, [port.rate.as_ref(), port.delay.as_ref(), port.loss.as_ref()], port.mtu);
    }

    fn quality(&mut self, path: &[Step], [rate, delay, loss]: [Option<&String>; 3], mtu: Option<u32>) {
        if let Some(text) = rate {
            self.reads(&below(path, &steps!["rate"]), text, cabling::rate);
        }
        if let Some(text) = delay {
            self.reads(&below(path, &steps!["delay"]), text, cabling::delay);
        }
        if let Some(text) = loss {
            self.reads(&below(path, &steps!["loss"]), text, cabling::loss);
        }
        if let Some(mtu) = mtu.filter(|mtu| !MTU.contains(mtu)) {
            self.wrong(&below(path, &steps!["mtu"]), msg!("lab-wrong-mtu", mtu = mtu));
        }
    }

    /// Two machines with one address are a mistake, unless the lab says that this is the fault.
    fn duplicates(&mut self, path: &[Step], network: &NetworkSpec) {
        let on_purpose = |machine: &str| network.port.get(machine).is_some_and(|port| port.duplicate);
        let mut seen: Vec<(&str, IpAddr)> = Vec::new();
        let internet = self.internet_on(network);
        let attached = network.attach.keys().map(String::as_str).chain(internet);
        for machine in attached.filter(|machine| !on_purpose(machine)) {
            for one in read(self.manifest.stand.attached(network, machine).unwrap_or_default()) {
                match seen.iter().find(|(_, address)| *address == one.address) {
                    Some((first, address)) => {
                        let place = below(path, &steps!["attach", machine]);
                        let message =
                            msg!("lab-same-address", name = machine, other = *first, address = address.to_string());
                        self.wrong_with_help(&place, message, Some(msg!("lab-same-address-help", name = machine)));
                    }
                    None => seen.push((machine, one.address)),
                }
            }
        }
    }

    fn routes(&mut self, path: &[Step], routes: &[String]) {
        for (at, route) in routes.iter().enumerate() {
            self.reads(&below(path, &[at.into()]), route, cabling::route);
        }
    }

    fn internet(&mut self, internet: &InternetSpec) {
        let path = steps!["stand", "internet"];
        let networks = self.manifest.stand.networks.iter().map(|network| network.name.as_str());
        self.known(&below(&path, &steps!["network"]), &internet.network, networks, || {
            msg!("lab-no-network", name = &internet.network)
        });
        let address = &internet.address;
        let reads =
            cabling::addresses(address).is_ok_and(|all| !all.is_empty() && all.iter().all(|one| one.vlan.is_none()));
        if !reads && !is_template(address) {
            self.wrong(&below(&path, &steps!["address"]), msg!("lab-wrong-attach", value = address));
        }
        for (at, name) in internet.names.iter().enumerate() {
            if !is_host_name(name) && !is_template(name) {
                self.wrong(&below(&path, &steps!["names", at]), msg!("lab-wrong-host", name = name));
            }
        }
        self.routes(&below(&path, &steps!["routes"]), &internet.routes);
    }

    fn internet_on(&self, network: &NetworkSpec) -> Option<&'static str> {
        let internet = self.manifest.stand.internet.as_ref()?;
        (internet.network == network.name).then_some(INTERNET)
    }
}

fn below(path: &[Step], more: &[Step]) -> Vec<Step> {
    [path, more].concat()
}

fn read(written: &str) -> Vec<Attached> {
    cabling::addresses(written).unwrap_or_default()
}

/// The VLANs that reach a machine tagged.
fn tagged(network: &NetworkSpec, machine: &str) -> Vec<u16> {
    match network.port.get(machine).and_then(|port| port.vlan.as_deref()).map(cabling::vlans) {
        Some(Ok(Vlans::Trunk { tagged, .. })) => tagged,
        _ => Vec::new(),
    }
}

/// Labels of letters, digits and hyphens (RFC 1123 §2.1).
fn is_host_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}
