//! A stand's switches and cables, by netlink, in the keeper's network namespace: the PC's own links are never touched.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use nix::sched::CloneFlags;
use rtnetlink::packet_route::link::{InfoData, InfoVeth, LinkMessage};
use rtnetlink::packet_route::route::RouteMessage;
use rtnetlink::{Handle, LinkBridge, LinkMessageBuilder, LinkUnspec, LinkVeth, RouteMessageBuilder};
use rustix::process::{Pid, PidfdFlags};

use super::error::Kernel;
use super::journal::{Journal, Step};
use super::plan::{Machine, Plan};

/// Makes a bridge for each network. A bridge of a stand learns and forwards at once: no spanning tree, no snooping.
pub(super) fn make_switches(plan: &Plan, journal: &Journal) -> io::Result<()> {
    with_netlink(async |links| {
        for (index, network) in plan.networks.iter().enumerate() {
            journal.write(&Step::Switch(network.name.clone()))?;
            let bridge = LinkBridge::new(&switch(index)).forward_delay(0).mcast_snooping(false).up().build();
            add(&links, bridge, Kernel("bridge")).await?;
        }
        Ok(())
    })
}

/// Puts a cable from each of a machine's interfaces (`eth0`, `eth1`…) to its switch. The machine has no link yet.
pub(super) fn plug(plan: &Plan, machine: usize, pid: i32, journal: &Journal) -> io::Result<()> {
    let Some(spec) = plan.machines.get(machine) else { return Ok(()) };
    let pid = u32::try_from(pid).map_err(io::Error::other)?;
    with_netlink(async |links| {
        for (number, link) in spec.links.iter().enumerate() {
            journal.write(&Step::Cable { machine: spec.name.clone(), link: number })?;
            let near = format!("m{machine}e{number}");
            unplug(&links, &near).await;
            let network = plan.networks.iter().position(|network| network.name == link.network);
            let bridge = links_index(&switch(network.unwrap_or_default()))?;
            let far = LinkMessageBuilder::<LinkUnspec>::new()
                .name(format!("eth{number}"))
                .address(link.mac.to_vec())
                .setns_by_pid(pid)
                .build();
            let cable = LinkVeth::new(&near, "far").set_info_data(InfoData::Veth(InfoVeth::Peer(far)));
            add(&links, cable.controller(bridge).up().build(), Kernel("veth")).await?;
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
        }
        if let Some(gateway) = machine.gateway {
            net.route().add(default_route(gateway)).execute().await?;
        }
        Ok(())
    })
}

fn default_route(gateway: IpAddr) -> RouteMessage {
    match gateway {
        IpAddr::V4(gateway) => RouteMessageBuilder::<Ipv4Addr>::new().gateway(gateway).build(),
        IpAddr::V6(gateway) => RouteMessageBuilder::<Ipv6Addr>::new().gateway(gateway).build(),
    }
}

async fn bring_up(net: &Handle, name: &str) -> Result<u32, LinkError> {
    let index = links_index(name)?;
    net.link().set(LinkUnspec::new_with_index(index).up().build()).execute().await?;
    Ok(index)
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

fn switch(index: usize) -> String {
    format!("net{index}")
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
