//! What a stand is built from: the rendered `[stand]`, every name resolved and every value typed. Pure.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// A whole stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The lab's id, for names and messages.
    pub lab: String,
    /// The variant's seed.
    pub seed: u64,
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
