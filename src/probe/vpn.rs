//! A tunnel, by its effect: the way to what is behind it goes through it, an answer comes back, and nothing of it is seen in
//! clear on a cable. Whatever makes the tunnel (OpenVPN, WireGuard, in the kernel or not).

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use pnet_datalink::{Channel, Config, NetworkInterface};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wire::icmp::{self, Echo, echo};
use super::wire::names;
use super::wire::reach::{Closed, blocked};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, reason, route};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `vpn = { to = "10.50.0.10" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// A machine behind the tunnel, which answers echo requests (ping(8)).
    pub to: String,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS).needs(&[Need::Root("ICMP"), Need::Tool("getent")]);

const FIELDS: &[Field] = &[
    Field { name: "interface", kind: Kind::Text, doc: "the interface that packets to it leave by" },
    Field {
        name: "tunnel",
        kind: Kind::Bool,
        doc: "whether that interface is a tunnel (no cable of Ethernet, and not the loopback)",
    },
    Field { name: "answered", kind: Kind::Bool, doc: "whether it answers" },
    Field {
        name: "clear",
        kind: Kind::Bool,
        doc: "whether the packets were seen in clear on an Ethernet interface of this machine",
    },
    Field {
        name: "encapsulated",
        kind: Kind::Bool,
        doc: "whether all is well: it answers through a tunnel, and nothing was seen in clear",
    },
    Field {
        name: "handshake",
        kind: Kind::Duration,
        doc: "time since the last handshake, for WireGuard (wg(8)); none: no WireGuard, or never",
    },
    Field { name: "peers", kind: Kind::Int, doc: "WireGuard's peers on that interface; none: no WireGuard" },
];

const LIMIT: Duration = Duration::from_secs(8);
/// A first packet may start the tunnel.
const ECHOES: u16 = 5;

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-vpn", to = &args.to);
    let end = Instant::now() + machine.timeout().min(LIMIT);
    Observation { fact: look(args, machine, end).unwrap_or_else(Fact::Unknown), source }
}

fn look(args: &Args, machine: &Machine, end: Instant) -> Result<Fact, Message> {
    let Some(to) = names::resolve(&args.to, end)?.into_iter().next() else {
        return Err(msg!("probe-no-ip", text = &args.to));
    };
    let way = route::interface_to(to).map_err(|error| reason(&error, "rtnetlink"))?;
    let all = pnet_datalink::interfaces();
    let own = way.as_ref().and_then(|name| all.iter().find(|one| one.name == *name));
    let tunnel = own.is_some_and(is_tunnel);
    let cables: Vec<&NetworkInterface> = all.iter().filter(|one| one.is_up() && is_cable(one)).collect();
    let (echoed, clear) = watched(&cables, to, end).map_err(|error| blocked(&error, to))?;
    let answers = echoed == Echo::Answered;
    let wireguard = way.as_deref().and_then(|name| wireguard(machine, name));
    Ok(Fact::record([
        ("interface", way.into()),
        ("tunnel", tunnel.into()),
        ("answered", if echoed == Echo::Closed(Closed::NoRoute) { false } else { answers }.into()),
        ("clear", clear.into()),
        ("encapsulated", (tunnel && answers && !clear).into()),
        ("handshake", wireguard.and_then(|(age, _)| age).map_or(Fact::None, Fact::Duration)),
        ("peers", wireguard.map(|(_, peers)| peers).into()),
    ]))
}

/// Without an Ethernet address, as tunnels are (`ARPHRD_NONE`); the loopback has one of zeros or none.
fn is_tunnel(interface: &NetworkInterface) -> bool {
    !interface.is_loopback() && interface.mac.is_none_or(|mac| mac.octets() == [0; 6])
}

fn is_cable(interface: &NetworkInterface) -> bool {
    !interface.is_loopback() && interface.mac.is_some_and(|mac| mac.octets() != [0; 6])
}

/// Sends the echo requests while every cable is watched: what came of them, and whether one was seen in clear.
fn watched(cables: &[&NetworkInterface], to: IpAddr, end: Instant) -> std::io::Result<(Echo, bool)> {
    let mut receivers = Vec::new();
    for cable in cables {
        let config = Config { read_timeout: Some(Duration::from_millis(20)), promiscuous: false, ..Config::default() };
        if let Channel::Ethernet(_, receiver) = pnet_datalink::channel(cable, config)? {
            receivers.push(receiver);
        }
    }
    let (over, seen) = (AtomicBool::new(false), AtomicBool::new(false));
    let echoed = thread::scope(|scope| {
        for receiver in &mut receivers {
            let (over, seen) = (&over, &seen);
            scope.spawn(move || {
                loop {
                    // What was sent before the end is read after it.
                    let last = over.load(Ordering::Relaxed);
                    match receiver.next() {
                        Ok(frame) if icmp::shows_echo(frame, to) => seen.store(true, Ordering::Relaxed),
                        Ok(_) if Instant::now() < end => {}
                        _ if last => break,
                        _ => {}
                    }
                }
            });
        }
        let echoed = echo(None, to, ECHOES, end);
        over.store(true, Ordering::Relaxed);
        echoed
    })?;
    Ok((echoed, seen.into_inner()))
}

/// WireGuard's own view of an interface: the age of the last handshake in seconds, and how many peers.
fn wireguard(machine: &Machine, interface: &str) -> Option<(Option<u64>, i64)> {
    let ran = machine.run(&["wg", "show", interface, "latest-handshakes"]).ok().filter(|ran| ran.exit == 0)?;
    let now = u64::try_from(super::wire::trust::now()).unwrap_or(0);
    Some(handshakes(&ran.text(), now))
}

/// `KEY<tab>SECONDS`, 0: never.
fn handshakes(text: &str, now: u64) -> (Option<u64>, i64) {
    let times: Vec<u64> = text.lines().filter_map(|line| line.split_whitespace().nth(1)?.parse().ok()).collect();
    let last = times.iter().copied().filter(|time| *time > 0).max();
    (last.map(|time| now.saturating_sub(time)), i64::try_from(times.len()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_handshake_counts() {
        assert_eq!(handshakes("a=\t100\nb=\t160\nc=\t0\n", 200), (Some(40), 3));
        assert_eq!(handshakes("a=\t0\n", 200), (None, 1));
        assert_eq!(handshakes("", 200), (None, 0));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in "(.{0,20}\t[0-9]{0,22}\n){0,4}") {
            let _ = handshakes(&text, 0);
        }
    }
}
