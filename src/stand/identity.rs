//! What makes a machine itself, written into its fresh root: name, addresses, units that are on. A candidate finds a normal
//! Debian, and what they configure survives the machine's restart because nothing is set from outside.

use std::fmt::Write as _;
use std::fs;
use std::net::IpAddr;
use std::path::Path;

use super::enable::enable;
use super::error::{StandError, failed};
use super::plan::{Machine, Plan};
use crate::msg;

/// Writes a machine's identity into its root.
pub(super) fn write(root: &Path, plan: &Plan, machine: &Machine) -> Result<(), StandError> {
    let files = [
        ("etc/hostname", format!("{}\n", machine.name)),
        ("etc/hosts", hosts(machine)),
        ("etc/machine-id", format!("{}\n", machine_id(plan.seed, &plan.lab, &machine.name))),
        ("etc/resolv.conf", String::new()),
        ("etc/network/interfaces", interfaces(machine)),
    ];
    for (path, text) in files {
        let path = root.join(path);
        let parent = path.parent().map_or(Ok(()), fs::create_dir_all);
        parent.and_then(|()| fs::write(path, text)).map_err(failed(msg!("stand-do-write")))?;
    }
    for unit in std::iter::once("networking.service").chain(machine.enable.iter().map(String::as_str)) {
        if !enable(root, unit).map_err(failed(msg!("stand-do-write")))? {
            return Err(StandError::Refused(msg!("stand-no-unit", unit = unit, machine = &machine.name)));
        }
    }
    Ok(())
}

/// Paths in a machine's upper that are its own identity or its past: a layer must not carry them to another machine.
pub(super) const OWN: [&str; 9] = [
    "etc/hostname",
    "etc/hosts",
    "etc/machine-id",
    "etc/resolv.conf",
    "etc/network",
    "var/log",
    "var/tmp",
    "var/lib/systemd/random-seed",
    "root/.bash_history",
];

/// 128 bits drawn from the seed (machine-id(5)): the same variant gives the same identities.
fn machine_id(seed: u64, lab: &str, machine: &str) -> String {
    let drawn = blake3::hash(format!("machine-id {seed} {lab} {machine}").as_bytes());
    drawn.to_hex()[..32].to_owned()
}

/// A name that other machines could reach stands for an address that they can reach (a domain controller needs it).
fn hosts(machine: &Machine) -> String {
    let own = machine.links.iter().flat_map(|link| &link.addresses).map(|(address, _)| *address);
    let own =
        own.into_iter().find(IpAddr::is_ipv4).map_or_else(|| "127.0.1.1".to_owned(), |address| address.to_string());
    format!(
        "127.0.0.1\tlocalhost\n{own}\t{}\n\n::1\tlocalhost ip6-localhost ip6-loopback\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n",
        machine.name
    )
}

/// interfaces(5): static addresses where the plan has some, else the cable is in and the link up, nothing more.
fn interfaces(machine: &Machine) -> String {
    let mut text = "# This file describes the network interfaces available on your system\n\
         # and how to activate them. For more information, see interfaces(5).\n\n\
         source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n"
        .to_owned();
    for (number, link) in machine.links.iter().enumerate() {
        let _ = write!(text, "\nauto eth{number}\n");
        if link.addresses.is_empty() {
            let _ = writeln!(text, "iface eth{number} inet manual");
        }
        for (address, prefix) in &link.addresses {
            let family = if address.is_ipv4() { "inet" } else { "inet6" };
            let _ = writeln!(text, "iface eth{number} {family} static\n    address {address}/{prefix}");
            if address.is_ipv6() {
                // Duplicates are not looked for in a stand (see the container): ifup has nothing to wait for.
                let _ = writeln!(text, "    dad-attempts 0");
            }
            if let Some(gateway) = machine.gateway.filter(|gateway| contains(*address, *prefix, *gateway)) {
                let _ = writeln!(text, "    gateway {gateway}");
            }
        }
    }
    text
}

/// Whether an address is in the network of another.
fn contains(network: IpAddr, prefix: u8, address: IpAddr) -> bool {
    let shift = |bits: u32| bits.saturating_sub(prefix.into());
    match (network, address) {
        (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).checked_shr(shift(32)).unwrap_or(0) == 0,
        (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).checked_shr(shift(128)).unwrap_or(0) == 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Init, Link};
    use super::*;

    fn machine(addresses: &[&str], gateway: Option<&str>) -> Machine {
        let addresses = addresses
            .iter()
            .map(|text| text.split_once('/').map(|(a, p)| (a.parse().unwrap(), p.parse().unwrap())).unwrap())
            .collect();
        Machine {
            name: "srv".into(),
            user: "root".into(),
            shell: true,
            enable: Vec::new(),
            links: vec![Link { network: "lan".into(), addresses, mac: [2, 0, 0, 0, 0, 1] }],
            gateway: gateway.map(|text| text.parse().unwrap()),
            prepare: None,
            init: Init::Systemd,
        }
    }

    #[test]
    fn the_gateway_goes_with_the_address_that_reaches_it() {
        let text = interfaces(&machine(&["10.0.1.5/24", "192.168.0.5/24", "fd00::5/64"], Some("192.168.0.1")));
        let stanzas: Vec<&str> = text.split("iface ").collect();
        assert!(stanzas.iter().any(|s| s.contains("192.168.0.5/24") && s.contains("gateway 192.168.0.1")), "{text}");
        assert!(stanzas.iter().any(|s| s.starts_with("eth0 inet6 static\n    address fd00::5/64")), "{text}");
        assert_eq!(text.matches("gateway").count(), 1, "{text}");
    }

    #[test]
    fn an_unconfigured_link_is_up_and_no_more() {
        let text = interfaces(&machine(&[], None));
        assert!(text.ends_with("\nauto eth0\niface eth0 inet manual\n"), "{text}");
    }

    #[test]
    fn a_name_stands_for_a_reachable_address_where_there_is_one() {
        assert!(hosts(&machine(&["fd00::5/64", "10.0.1.5/24"], None)).contains("10.0.1.5\tsrv\n"));
        assert!(hosts(&machine(&[], None)).contains("127.0.1.1\tsrv\n"));
    }

    #[test]
    fn identities_differ_by_machine_and_by_seed_only() {
        assert_eq!(machine_id(1, "l", "a"), machine_id(1, "l", "a"));
        assert_ne!(machine_id(1, "l", "a"), machine_id(1, "l", "b"));
        assert_ne!(machine_id(1, "l", "a"), machine_id(2, "l", "a"));
        assert_eq!(machine_id(1, "l", "a").len(), 32);
    }
}
