//! What makes a machine itself, written into its fresh root: name, addresses, units that are on. A candidate finds a normal
//! Debian, and what they configure survives the machine's restart because nothing is set from outside.

use std::fs;
use std::net::IpAddr;
use std::path::Path;

use super::enable::enable;
use super::error::{StandError, failed};
use super::plan::{Machine, Plan};
use super::{interfaces, role};
use crate::msg;

/// Writes a machine's identity into its root.
pub(super) fn write(root: &Path, plan: &Plan, machine: &Machine) -> Result<(), StandError> {
    let files = [
        ("etc/hostname", format!("{}\n", machine.name)),
        ("etc/hosts", hosts(machine)),
        ("etc/machine-id", format!("{}\n", machine_id(plan.seed, &plan.lab, &machine.name))),
        ("etc/resolv.conf", String::new()),
        ("etc/network/interfaces", interfaces::text(plan, machine)),
        // The base has its users already: systemd-update-done.service(8).
        ("etc/.updated", String::new()),
    ];
    for (path, text) in files.into_iter().chain(role::files(machine)) {
        let path = root.join(path);
        let parent = path.parent().map_or(Ok(()), fs::create_dir_all);
        parent.and_then(|()| fs::write(path, text)).map_err(failed(msg!("stand-do-write")))?;
    }
    let wanted = machine.enable.iter().map(String::as_str).chain(role::units(machine));
    for unit in std::iter::once("networking.service").chain(wanted) {
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

#[cfg(test)]
mod tests {
    use super::super::plan::Link;
    use super::*;

    fn machine(addresses: &[&str]) -> Machine {
        let addresses = addresses
            .iter()
            .map(|text| text.split_once('/').map(|(a, p)| (a.parse().unwrap(), p.parse().unwrap())).unwrap())
            .collect();
        Machine {
            name: "srv".into(),
            user: "root".into(),
            links: vec![Link { network: "lan".into(), addresses, mac: [2, 0, 0, 0, 0, 1], ..Link::default() }],
            ..Machine::default()
        }
    }

    #[test]
    fn a_name_stands_for_a_reachable_address_where_there_is_one() {
        assert!(hosts(&machine(&["fd00::5/64", "10.0.1.5/24"])).contains("10.0.1.5\tsrv\n"));
        assert!(hosts(&machine(&[])).contains("127.0.1.1\tsrv\n"));
    }

    #[test]
    fn identities_differ_by_machine_and_by_seed_only() {
        assert_eq!(machine_id(1, "l", "a"), machine_id(1, "l", "a"));
        assert_ne!(machine_id(1, "l", "a"), machine_id(1, "l", "b"));
        assert_ne!(machine_id(1, "l", "a"), machine_id(2, "l", "a"));
        assert_eq!(machine_id(1, "l", "a").len(), 32);
    }
}
