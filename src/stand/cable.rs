//! Which cables are out. That is the room's business, not the machine's: it outlives a restart of the machine, as a cable
//! that somebody pulled does, and a reset puts it back as the lab had it.

use std::collections::BTreeSet;
use std::fs;
use std::io;

use super::error::{StandError, failed};
use super::folder::{Folder, MachineFolder};
use super::network;
use super::plan::{Machine, Network, Plan};
use crate::msg;

/// The networks whose cable to this machine is out.
pub(super) fn unplugged(place: &MachineFolder, plan: &Plan, machine: &Machine) -> BTreeSet<String> {
    let written = fs::read(place.cables()).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    written.unwrap_or_else(|| at_the_start(plan, machine))
}

/// Pushes a cable in or pulls it out, for good.
pub(super) fn set(folder: &Folder, plan: &Plan, name: &str, network: &str, is_in: bool) -> Result<(), StandError> {
    let index = super::index_of(plan, name)?;
    let Some(machine) = plan.machines.get(index) else { return Ok(()) };
    let Some(number) = machine.links.iter().position(|link| link.network == network) else {
        let names: Vec<&str> = machine.links.iter().map(|link| link.network.as_str()).collect();
        return Err(StandError::Refused(msg!(
            "stand-no-cable",
            machine = name,
            network = network,
            names = names.join(", ")
        )));
    };
    let place = folder.machine(name);
    let mut out = unplugged(&place, plan, machine);
    if is_in {
        out.remove(network);
    } else {
        out.insert(network.to_owned());
    }
    let noted = serde_json::to_vec(&out).map_err(io::Error::from).and_then(|bytes| fs::write(place.cables(), bytes));
    noted.and_then(|()| network::set_cable(index, number, is_in)).map_err(failed(msg!("stand-do-cable")))
}

/// Back to how the lab had them.
pub(super) fn forget(place: &MachineFolder) {
    let _ = fs::remove_file(place.cables());
}

fn at_the_start(plan: &Plan, machine: &Machine) -> BTreeSet<String> {
    let is_out = |network: &&Network| network.ports.get(&machine.name).is_some_and(|port| port.unplugged);
    plan.networks.iter().filter(is_out).map(|network| network.name.clone()).collect()
}
