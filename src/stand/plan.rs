//! What a stand is built from: the rendered `[stand]`, every name resolved and every value typed. Pure.

mod networks;

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

pub use networks::{Link, Network, Port};

use super::StandError;
use crate::lab::Variant;
use crate::lab::cabling::{INTERNET, Route};
pub use crate::lab::manifest::Init;
use crate::lab::manifest::{DiskSpec, Driver, InternetSpec, Isolation, MachineSpec};
use crate::{msg, units};

/// A whole stand.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
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
    /// The default gateways, one a family.
    #[serde(default)]
    pub gateways: Vec<IpAddr>,
    /// Static routes.
    #[serde(default)]
    pub routes: Vec<Route>,
    /// Whether it forwards between its networks.
    #[serde(default)]
    pub router: bool,
    /// Interfaces, by number, on which it announces itself and its IPv6 range.
    #[serde(default)]
    pub advertises: Vec<usize>,
    /// The names it answers for as the internet.
    #[serde(default)]
    pub internet: Option<Vec<String>>,
    /// The script whose result is kept as a layer.
    pub prepare: Option<Script>,
    /// Debian packages beyond the base, each once, in the order of their names.
    #[serde(default)]
    pub packages: Vec<String>,
    /// Its first process.
    #[serde(default)]
    pub init: Init,
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
        match spec.driver {
            Driver::Here => return Err(StandError::Refused(msg!("stand-here"))),
            Driver::Ssh => return Err(StandError::Refused(msg!("stand-ssh"))),
            Driver::Container => {}
        }
        let machines = spec.machines.iter().map(|machine| plan_machine(variant, machine));
        let internet = spec.internet.iter().map(|internet| plan_internet(variant, internet));
        let plan = Self {
            lab: variant.manifest.id.clone(),
            seed: variant.seed,
            isolation: spec.isolation,
            machines: machines.chain(internet).collect::<Result<_, _>>()?,
            networks: spec.networks.iter().map(Network::of).collect::<Result<_, _>>()?,
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
    let (links, gateways) = networks::links(variant, &spec.name)?;
    let prepare = spec.prepare.as_ref().map(|path| script(variant, &spec.name, path)).transpose()?;
    let announced = variant.manifest.stand.networks.iter().filter(|network| network.advertise);
    let announced = announced.filter(|network| network.gateway.as_ref() == Some(&spec.name));
    let advertises = announced.filter_map(|network| links.iter().position(|link| link.network == network.name));
    Ok(Machine {
        name: spec.name.clone(),
        user: spec.user.clone(),
        shell: spec.shell,
        enable: spec.enable.clone(),
        advertises: advertises.collect(),
        links,
        gateways,
        routes: networks::routes(&spec.routes)?,
        router: spec.router,
        internet: None,
        prepare,
        packages: packages(variant, spec),
        init: spec.init,
    })
}

/// The stand's and the machine's own.
fn packages(variant: &Variant, spec: &MachineSpec) -> Vec<String> {
    let all: BTreeSet<&String> = variant.manifest.stand.packages.iter().chain(&spec.packages).collect();
    all.into_iter().cloned().collect()
}

/// The machine that stands for the internet: no shell of the candidate's, and only the services it answers with.
fn plan_internet(variant: &Variant, spec: &InternetSpec) -> Result<Machine, StandError> {
    let (links, gateways) = networks::links(variant, INTERNET)?;
    Ok(Machine {
        name: INTERNET.to_owned(),
        user: "root".to_owned(),
        enable: vec!["dnsmasq".to_owned(), "nginx".to_owned()],
        links,
        gateways,
        routes: networks::routes(&spec.routes)?,
        internet: Some(spec.names.clone()),
        ..Machine::default()
    })
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
