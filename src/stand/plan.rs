//! What a stand is built from: the rendered `[stand]`, every name resolved and every value typed. Pure.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::StandError;
use crate::lab::Variant;
pub use crate::lab::manifest::Init;
use crate::lab::manifest::{DiskSpec, Driver, Isolation, MachineSpec, NetworkSpec};
use crate::{msg, units};

/// A whole stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The lab's id, for names and messages.
    pub lab: String,
    /// The variant's seed.
    pub seed: u64,
    /// How closed the machines are.
    pub isolation: Isolation,
    /// The machines, in order.
    pub machines: Vec<Machine>,
    /// The networks.
    pub networks: Vec<Network>,
    /// The disks.
    pub disks: Vec<Disk>,
    /// Scripts run at the start, in order.
    pub setups: Vec<Script>,
}

/// One machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Host name.
    pub name: String,
    /// Whose shell.
    pub user: String,
    /// Whether the candidate gets one.
    pub shell: bool,
    /// Units on at the start.
    pub enable: Vec<String>,
    /// Interfaces `eth0`, `eth1`…
    pub links: Vec<Link>,
    /// The default gateway.
    pub gateway: Option<IpAddr>,
    /// The script whose result is kept as a layer.
    pub prepare: Option<Script>,
    /// Its first process.
    #[serde(default)]
    pub init: Init,
}

/// One interface of a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its network.
    pub network: String,
    /// Its addresses with their prefix lengths; empty: the cable is in, nothing more.
    pub addresses: Vec<(IpAddr, u8)>,
    /// Its Ethernet address, drawn from the seed.
    pub mac: [u8; 6],
}

/// One switched network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Its name.
    pub name: String,
}

/// One virtual disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disk {
    /// The machine it is in.
    pub machine: String,
    /// `sdb`.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// A script run with `sh -eu` in a machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// Where.
    pub machine: String,
    /// Its path in the lab's folder, for messages.
    pub name: String,
    /// Its text.
    pub body: String,
}

impl Plan {
    /// What the rendered `[stand]` of a lab asks for, every name resolved and every value read.
    pub fn from_manifest(variant: &Variant) -> Result<Self, StandError> {
        let spec = &variant.manifest.stand;
        if spec.driver == Driver::Here {
            return Err(StandError::Refused(msg!("stand-here")));
        }
        let machines = spec.machines.iter().map(|machine| plan_machine(variant, machine));
        let plan = Self {
            lab: variant.manifest.id.clone(),
            seed: variant.seed,
            isolation: spec.isolation,
            machines: machines.collect::<Result<_, _>>()?,
            networks: spec.networks.iter().map(|network| Network { name: network.name.clone() }).collect(),
            disks: spec.disks.iter().map(plan_disk).collect::<Result<_, _>>()?,
            setups: spec
                .setups
                .iter()
                .map(|setup| script(variant, &setup.machine, &setup.run))
                .collect::<Result<_, _>>()?,
        };
        plan.check()?;
        Ok(plan)
    }

    /// Names are once each, and every name used is one that exists.
    fn check(&self) -> Result<(), StandError> {
        let mut names: Vec<&str> = self.machines.iter().map(|machine| machine.name.as_str()).collect();
        once(&mut names)?;
        once(&mut self.networks.iter().map(|network| network.name.as_str()).collect())?;
        let used = self.disks.iter().map(|disk| &disk.machine);
        for machine in used.chain(self.setups.iter().map(|script| &script.machine)) {
            super::index_of(self, machine)?;
        }
        if self.isolation == Isolation::Default && !self.disks.is_empty() {
            return Err(StandError::Refused(msg!("stand-disk-needs-privileged")));
        }
        for (index, disk) in self.disks.iter().enumerate() {
            let right = matches!(disk.name.as_bytes(), [b's', b'd', b'b'..=b'z']);
            let before = self.disks.iter().take(index);
            if !right || before.into_iter().any(|other| (&other.machine, &other.name) == (&disk.machine, &disk.name)) {
                return Err(StandError::Refused(msg!("stand-bad-disk", disk = &disk.name, machine = &disk.machine)));
            }
        }
        Ok(())
    }
}

fn once(names: &mut Vec<&str>) -> Result<(), StandError> {
    names.sort_unstable();
    match names.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(StandError::Refused(msg!("stand-twice", name = pair[0]))),
        None => Ok(()),
    }
}

fn plan_machine(variant: &Variant, spec: &MachineSpec) -> Result<Machine, StandError> {
    let networks = &variant.manifest.stand.networks;
    let attached = networks.iter().filter_map(|network| Some((network, network.attach.get(&spec.name)?)));
    let mut links = Vec::new();
    let mut gateway = None;
    for (network, text) in attached {
        let addresses = addresses(&spec.name, text)?;
        let router = network.gateway.as_deref().filter(|router| *router != spec.name && !addresses.is_empty());
        if let Some(router) = router
            && gateway.is_none()
        {
            gateway = Some(router_address(network, router)?);
        }
        let mac = mac(variant, &spec.name, &network.name);
        links.push(Link { network: network.name.clone(), addresses, mac });
    }
    let prepare = spec.prepare.as_ref().map(|path| script(variant, &spec.name, path)).transpose()?;
    Ok(Machine {
        name: spec.name.clone(),
        user: spec.user.clone(),
        shell: spec.shell,
        enable: spec.enable.clone(),
        links,
        gateway,
        prepare,
        init: spec.init,
    })
}

/// The first IPv4 address of the machine that routes out of a network.
fn router_address(network: &NetworkSpec, router: &str) -> Result<IpAddr, StandError> {
    let text = network.attach.get(router).map_or("", String::as_str);
    let found = addresses(router, text)?.into_iter().map(|(address, _)| address).find(IpAddr::is_ipv4);
    found.ok_or_else(|| StandError::Refused(msg!("stand-bad-gateway", gateway = router, network = &network.name)))
}

fn addresses(machine: &str, text: &str) -> Result<Vec<(IpAddr, u8)>, StandError> {
    if text.trim() == "unconfigured" {
        return Ok(Vec::new());
    }
    text.split_whitespace()
        .map(|word| {
            address(word).ok_or_else(|| StandError::Refused(msg!("stand-bad-address", value = word, machine = machine)))
        })
        .collect()
}

fn address(word: &str) -> Option<(IpAddr, u8)> {
    let (address, prefix) = word.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let prefix: u8 = prefix.parse().ok()?;
    (prefix <= if address.is_ipv4() { 32 } else { 128 }).then_some((address, prefix))
}

/// A locally administered unicast address (IEEE 802), the same for the same seed.
fn mac(variant: &Variant, machine: &str, network: &str) -> [u8; 6] {
    let drawn = blake3::hash(format!("mac {} {} {machine} {network}", variant.seed, variant.manifest.id).as_bytes());
    let mut mac = [0; 6];
    mac.copy_from_slice(&drawn.as_bytes()[..6]);
    mac[0] = (mac[0] & 0xfc) | 0x02;
    mac
}

fn plan_disk(spec: &DiskSpec) -> Result<Disk, StandError> {
    let size = units::parse_size(&spec.size).ok().filter(|size| *size >= 1 << 20);
    let size =
        size.ok_or_else(|| StandError::Refused(msg!("stand-bad-size", value = &spec.size, disk = &spec.name)))?;
    // A disk is made of whole sectors.
    Ok(Disk { machine: spec.machine.clone(), name: spec.name.clone(), size: size.next_multiple_of(4096) })
}

fn script(variant: &Variant, machine: &str, path: &str) -> Result<Script, StandError> {
    let body = variant.scripts.get(path);
    let body = body.ok_or_else(|| StandError::Refused(msg!("stand-no-script", script = path)))?;
    Ok(Script { machine: machine.to_owned(), name: path.to_owned(), body: body.clone() })
}
