//! A stand's switches and cables, by netlink, in the keeper's network namespace: the PC's own links are never touched.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::thread;
use std::time::{Duration, Instant};

use nix::sched::CloneFlags;
use rtnetlink::packet_route::link::{BridgeVlanInfoFlags, InfoData, InfoVeth, LinkAttribute, LinkMessage};
use rtnetlink::packet_route::route::RouteMessage;
use rtnetlink::{
    Handle, LinkBridge, LinkBridgeVlan, LinkMessageBuilder, LinkUnspec, LinkVeth, LinkVlan, RouteMessageBuilder,
};
use rustix::process::{Pid, PidfdFlags};

use super::error::Kernel;
use super::journal::{Journal, Step};
use super::plan::{Link, Machine, Network, Plan, Port};
use super::shape;
use crate::lab::cabling::{Route, Vlans};

/// Makes the switches. One learns and forwards at once: no spanning tree, no snooping.
pub(super) fn make_switches(plan: &Plan, journal: &Journal) -> io::Result<()> {
    with_netlink(async |links| {
        for (index, network) in plan.networks.iter().enumerate() {
            journal.write(&Step::Switch(network.name.clone()))?;
            for switch in switches(plan, index, network) {
                let bridge = LinkBridge::new(&switch).forward_delay(0).mcast_snooping(false);
                if network.is_tagged() {
                    let bridge = bridge.vlan_filtering(true).vlan_default_pvid(1).up().build();
                    add(&links, bridge, Kernel("8021q")).await?;
                    try_tags(&links, &switch).await?;
                } else {
                    add(&links, bridge.up().build(), Kernel("bridge")).await?;
                }
            }
        }
        Ok(())
    })
}

/// Puts a cable from each of a machine's interfaces (`eth0`, `eth1`…) to its switch; those of these networks are out. The
/// machine has no link yet.
pub(super) fn plug(
    plan: &Plan,
    machine: usize,
    pid: i32,
    unplugged: &BTreeSet<String>,
    journal: &Journal,
) -> io::Result<()> {
    let Some(spec) = plan.machines.get(machine) else { return Ok(()) };
    let pid = u32::try_from(pid).map_err(io::Error::other)?;
    with_netlink(async |links| {
        for (number, link) in spec.links.iter().enumerate() {
            journal.write(&Step::Cable { machine: spec.name.clone(), link: number })?;
            let near = near_end(machine, number);
            unplug(&links, &near).await;
            let index = plan.networks.iter().position(|network| network.name == link.network).unwrap_or_default();
            let Some(network) = plan.networks.get(index) else { continue };
            let port = network.ports.get(&spec.name).cloned().unwrap_or_default();
            let bridge = links_index(&switch(index, network, spec))?;
            let cable = LinkVeth::new(&near, "far").controller(bridge).mtu(port.mtu.unwrap_or(ETHERNET));
            let cable = cable.set_info_data(InfoData::Veth(InfoVeth::Peer(far_end(link, number, pid, &port))));
            let is_in = !unplugged.contains(&link.network);
            add(&links, if is_in { cable.up() } else { cable }.build(), Kernel("veth")).await?;
            if network.is_tagged() {
                tag(&links, &near, port.vlans.as_ref()).await?;
            }
            shape::apply(links_index(&near)?, &port)?;
        }
        Ok(())
    })
}

/// Gives a machine's plugged interfaces their addresses, from outside: for one that has no start-up to do it. This process
/// stays in the machine's network namespace.
pub(super) fn configure(machine: &Machine, pid: i32) -> io::Result<()> {
    let target = Pid::from_raw(pid).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    nix::sched::setns(rustix::process::pidfd_open(target, PidfdFlags::empty())?, CloneFlags::CLONE_NEWNET)?;
    with_netlink(async |net| {
        bring_up(&net, "lo").await?;
        for (number, link) in machine.links.iter().enumerate() {
            let index = bring_up(&net, &format!("eth{number}")).await?;
            for (address, prefix) in &link.addresses {
                net.address().add(index, *address, *prefix).execute().await?;
            }
            look_for_duplicates(&format!("eth{number}"));
        }
        let by_default = machine.gateways.iter().map(|via| route(*via, None));
        for route in by_default.chain(machine.routes.iter().map(|to| route(to.via, Some(to)))) {
            net.route().add(route).execute().await?;
        }
        if machine.router {
            // What sysctl.d(5) is for where there is a start-up.
            fs::write("/proc/sys/net/ipv4/ip_forward", "1")?;
            fs::write("/proc/sys/net/ipv6/conf/all/forwarding", "1")?;
        }
        Ok(())
    })
}

/// From now on duplicates are looked for on an interface, as on any machine's; a kernel without IPv6 has nothing to look
/// for. Not before the kernel has taken up the addresses it was given: it reads the setting then, in its own time.
fn look_for_duplicates(interface: &str) {
    let setting = format!("/proc/sys/net/ipv6/conf/{interface}/accept_dad");
    if fs::read_to_string(&setting).is_ok_and(|now| now.trim() == "0") {
        let deadline = Instant::now() + TAKEN_UP;
        while has_tentative(interface) && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
    }
    let _ = fs::write(setting, "1");
}

/// Whether an address of an interface can't be used yet (`/proc/net/if_inet6`: index, prefix, scope, flags, name;
/// `IFA_F_TENTATIVE` in `linux/if_addr.h`).
fn has_tentative(interface: &str) -> bool {
    const TENTATIVE: u32 = 0x40;
    let all = fs::read_to_string("/proc/thread-self/net/if_inet6").unwrap_or_default();
    all.lines().any(|line| {
        let mut words = line.split_whitespace().skip(4);
        let flags = words.next().and_then(|flags| u32::from_str_radix(flags, 16).ok()).unwrap_or_default();
        words.next() == Some(interface) && flags & TENTATIVE != 0
    })
}

/// A route to a network; the default one unless said.
fn route(via: IpAddr, to: Option<&Route>) -> RouteMessage {
    match (via, to.map(|to| (to.network, to.prefix))) {
        (IpAddr::V4(via), Some((IpAddr::V4(network), prefix))) => {
            RouteMessageBuilder::<Ipv4Addr>::new().destination_prefix(network, prefix).gateway(via).build()
        }
        (IpAddr::V6(via), Some((IpAddr::V6(network), prefix))) => {
            RouteMessageBuilder::<Ipv6Addr>::new().destination_prefix(network, prefix).gateway(via).build()
        }
        (IpAddr::V4(via), _) => RouteMessageBuilder::<Ipv4Addr>::new().gateway(via).build(),
        (IpAddr::V6(via), _) => RouteMessageBuilder::<Ipv6Addr>::new().gateway(via).build(),
    }
}

async fn bring_up(net: &Handle, name: &str) -> Result<u32, LinkError> {
    let index = links_index(name)?;
    net.link().set(LinkUnspec::new_with_index(index).up().build()).execute().await?;
    Ok(index)
}

/// Pushes a cable in or pulls it out, at the switch's side.
pub(super) fn set_cable(machine: usize, number: usize, is_in: bool) -> io::Result<()> {
    with_netlink(async |links| {
        let near = LinkMessageBuilder::<LinkUnspec>::new().index(links_index(&near_end(machine, number))?);
        let near = if is_in { near.up() } else { near.down() }.build();
        Ok(links.link().set(near).execute().await?)
    })
}

/// The kernel needs milliseconds to take up an address, on a loaded PC some more.
const TAKEN_UP: Duration = Duration::from_secs(5);

/// IEEE 802.3's longest payload.
const ETHERNET: u32 = 1500;

/// The machine's end. Where the cable carries less than the machine believes, each of its segments must be a packet of its
/// own, as on a real cable: else the kernel hands them over in one piece, however long.
fn far_end(link: &Link, number: usize, pid: u32, port: &Port) -> LinkMessage {
    let mtu = link.mtu.unwrap_or(ETHERNET);
    let far = LinkMessageBuilder::<LinkUnspec>::new().name(format!("eth{number}")).address(link.mac.to_vec());
    let far = far.mtu(mtu).setns_by_pid(pid);
    let is_short = port.mtu.is_some_and(|carried| carried < mtu);
    if is_short { far.append_extra_attribute(LinkAttribute::GsoMaxSegs(1)) } else { far }.build()
}

/// A machine at a trunk makes links of its own for the tagged VLANs: should the kernel have none, that is told here, where
/// somebody hears it.
async fn try_tags(links: &Handle, switch: &str) -> Result<(), LinkError> {
    let name = "tagged";
    add(links, LinkVlan::new(name, links_index(switch)?, 1).build(), Kernel("8021q")).await?;
    Ok(links.link().del(links_index(name)?).execute().await?)
}

/// What a port of a switch lets through, and how.
async fn tag(links: &Handle, near: &str, vlans: Option<&Vlans>) -> Result<(), LinkError> {
    let (tagged, untagged) = match vlans {
        None => (&[][..], Some(1)),
        Some(Vlans::Access(vlan)) => (&[][..], Some(*vlan)),
        Some(Vlans::Trunk { tagged, native }) => (tagged.as_slice(), *native),
    };
    let port = LinkBridgeVlan::new(links_index(near)?);
    if untagged != Some(1) {
        // A new port is in VLAN 1.
        let default = port.vlan(1, BridgeVlanInfoFlags::empty()).build();
        links.link().del_with_message(default).execute().await?;
    }
    let mut port = LinkBridgeVlan::new(links_index(near)?);
    for vlan in tagged {
        port = port.vlan(*vlan, BridgeVlanInfoFlags::empty());
    }
    if let Some(vlan) = untagged {
        port = port.vlan(vlan, BridgeVlanInfoFlags::Pvid | BridgeVlanInfoFlags::Untagged);
    }
    Ok(links.link().set(port.build()).execute().await?)
}

/// Every switch that a network is made of.
fn switches(plan: &Plan, index: usize, network: &Network) -> BTreeSet<String> {
    let attached = |machine: &&Machine| machine.links.iter().any(|link| link.network == network.name);
    plan.machines.iter().filter(attached).map(|machine| switch(index, network, machine)).collect()
}

/// The switch that a machine is plugged into: one for each VLAN, unless one tells them apart by tags.
fn switch(index: usize, network: &Network, machine: &Machine) -> String {
    match network.access(&machine.name) {
        vlan if vlan != 1 && !network.is_tagged() => format!("net{index}v{vlan}"),
        _ => format!("net{index}"),
    }
}

fn near_end(machine: usize, number: usize) -> String {
    format!("m{machine}e{number}")
}

async fn add(links: &Handle, link: LinkMessage, kind: Kernel) -> Result<(), LinkError> {
    let added = links.link().add(link).execute().await;
    added.map_err(|error| LinkError(kind.or(LinkError::from(error).0)))
}

/// The cable of a machine that has just gone may not be gone yet.
async fn unplug(links: &Handle, name: &str) {
    if let Ok(index) = links_index(name) {
        let _ = links.link().del(index).execute().await;
    }
}

fn links_index(name: &str) -> io::Result<u32> {
    Ok(nix::net::if_::if_nametoindex(name)?)
}

fn with_netlink<T>(work: impl AsyncFnOnce(Handle) -> Result<T, LinkError>) -> io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    runtime.block_on(async {
        let (connection, handle, _) = rtnetlink::new_connection()?;
        tokio::spawn(connection);
        work(handle).await.map_err(|LinkError(error)| error)
    })
}

/// Lets `?` take both kinds of error.
struct LinkError(io::Error);

impl From<io::Error> for LinkError {
    fn from(error: io::Error) -> Self {
        Self(error)
    }
}

impl From<rtnetlink::Error> for LinkError {
    fn from(error: rtnetlink::Error) -> Self {
        Self(match error {
            rtnetlink::Error::NetlinkError(message) => message.to_io(),
            other => io::Error::other(other.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use rtnetlink::packet_route::link::InfoKind;

    use super::*;
    use crate::i18n::Lang;
    use crate::msg;
    use crate::stand::error::failed;

    /// Root is needed: the kernel looks at that first. Nothing is made: it has no such kind.
    #[test]
    fn a_kind_of_link_that_this_kernel_does_not_have_is_named_with_the_mend() {
        let made = with_netlink(async |links| {
            let kind = InfoKind::Other("nosuchlink".to_owned());
            let link = LinkMessageBuilder::<LinkUnspec>::new_with_info_kind(kind).name("nosuch0".to_owned()).build();
            add(&links, link, Kernel("nosuchlink")).await
        });
        let words = made.map_err(failed(msg!("stand-do-network"))).unwrap_err().words(Lang::Fr);
        assert!(words.contains("« nosuchlink »") && words.contains("linux-image-amd64"), "{words}");
    }
}
