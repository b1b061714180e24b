//! Who listens: TCP sockets in the listening state, UDP sockets bound and not connected, asked of the kernel.

mod diag;
mod table;

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::process::Processes;
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, Watch, reason};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `socket = { port = 80 }`, `socket = { port = 67, protocol = "udp" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The port.
    pub port: u16,
    /// Over what; TCP unless said.
    #[serde(default)]
    pub protocol: Protocol,
}

/// Transport protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// TCP.
    #[default]
    Tcp,
    /// UDP.
    Udp,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS)
    .needs(&[Need::Root("to name the processes of others")])
    .watches(&[Watch::Processes]);

const FIELDS: &[Field] = &[
    Field { name: "listening", kind: Kind::Bool, doc: "whether something listens on the port (sock_diag(7))" },
    Field {
        name: "addresses",
        kind: Kind::List(&Kind::Ip),
        doc: "the local addresses it listens on; 0.0.0.0, ::: all",
    },
    Field {
        name: "serves",
        kind: Kind::List(&Kind::Text),
        doc: "ipv4, ipv6: whom it answers; a socket on :: answers both unless it is for IPv6 only (ipv6(7))",
    },
    Field { name: "processes", kind: Kind::List(&Kind::Text), doc: "the processes that hold it (proc(5)), each once" },
];

/// One listening socket.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Socket {
    protocol: Protocol,
    address: IpAddr,
    port: u16,
    /// Whether an IPv6 socket leaves IPv4 alone.
    v6_only: bool,
    inode: u64,
}

/// Every listening socket of the machine.
struct Sockets(Result<Vec<Socket>, Message>);

/// The processes that hold each socket, by inode.
struct Holders(HashMap<u64, BTreeSet<String>>);

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let protocol = match args.protocol {
        Protocol::Tcp => "TCP",
        Protocol::Udp => "UDP",
    };
    let source = msg!("probe-source-socket", protocol = protocol, port = args.port.to_string());
    let sockets = machine.once(read);
    match &sockets.0 {
        Ok(all) => {
            let found = all.iter().filter(|socket| socket.port == args.port && socket.protocol == args.protocol);
            Observation::seen(fact(&found.collect::<Vec<_>>(), machine), source)
        }
        Err(reason) => Observation::unknown(reason.clone(), source),
    }
}

/// From the kernel's socket diagnosis; where it has none, from its tables in proc(5).
fn read(machine: &Machine) -> Sockets {
    let asked = diag::listening().or_else(|_| table::listening(&machine.proc()));
    Sockets(asked.map_err(|error| reason(&error, "/proc/net")))
}

fn fact(found: &[&Socket], machine: &Machine) -> Fact {
    let addresses: BTreeSet<IpAddr> = found.iter().map(|socket| socket.address).collect();
    let serves: BTreeSet<&str> = found.iter().flat_map(|socket| socket.serves()).copied().collect();
    Fact::record([
        ("listening", (!found.is_empty()).into()),
        ("addresses", Fact::List(addresses.into_iter().map(Fact::Ip).collect())),
        ("serves", Fact::texts(serves)),
        ("processes", if found.is_empty() { Fact::List(Vec::new()) } else { processes(found, machine) }),
    ])
}

fn processes(found: &[&Socket], machine: &Machine) -> Fact {
    let holders = machine.once(hold);
    let held: Vec<_> = found.iter().map(|socket| holders.0.get(&socket.inode)).collect();
    // The kernel itself may hold one (NFS), but more often the right to look is missing.
    if held.iter().any(Option::is_none) {
        return Fact::Unknown(msg!("probe-no-right", subject = "/proc/*/fd"));
    }
    let names: BTreeSet<&String> = held.into_iter().flatten().flatten().collect();
    Fact::texts(names.into_iter().cloned())
}

fn hold(machine: &Machine) -> Holders {
    let processes = machine.once(Processes::of);
    let mut holders: HashMap<u64, BTreeSet<String>> = HashMap::new();
    for (folder, name) in processes.folders() {
        let links = fs::read_dir(folder.join("fd")).into_iter().flatten().flatten();
        for inode in links.filter_map(|link| inode(&fs::read_link(link.path()).ok()?.to_string_lossy())) {
            holders.entry(inode).or_default().insert(name.to_owned());
        }
    }
    Holders(holders)
}

/// `socket:[4242]`, as a descriptor's link says (proc(5)).
fn inode(link: &str) -> Option<u64> {
    link.strip_prefix("socket:[")?.strip_suffix(']')?.parse().ok()
}

impl Socket {
    fn serves(&self) -> &'static [&'static str] {
        match self.address {
            IpAddr::V4(_) => &["ipv4"],
            IpAddr::V6(address) if address.to_ipv4_mapped().is_some() => &["ipv4"],
            IpAddr::V6(address) if address.is_unspecified() && !self.v6_only => &["ipv4", "ipv6"],
            IpAddr::V6(_) => &["ipv6"],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn socket(address: &str, v6_only: bool) -> Socket {
        Socket { protocol: Protocol::Tcp, address: address.parse().unwrap(), port: 1, v6_only, inode: 1 }
    }

    #[test]
    fn a_dual_stack_socket_serves_both_families() {
        assert_eq!(socket("::", false).serves(), ["ipv4", "ipv6"]);
        assert_eq!(socket("::", true).serves(), ["ipv6"]);
        assert_eq!(socket("::1", false).serves(), ["ipv6"]);
        assert_eq!(socket("::ffff:127.0.0.1", false).serves(), ["ipv4"]);
        assert_eq!(socket("0.0.0.0", false).serves(), ["ipv4"]);
    }

    #[test]
    fn the_inode_is_read_from_a_descriptor() {
        assert_eq!(inode("socket:[42]"), Some(42));
        for other in ["pipe:[42]", "/dev/null", "socket:[x]", ""] {
            assert_eq!(inode(other), None, "{other}");
        }
    }
}
