//! Links, addresses and routes, asked of the kernel (rtnetlink(7)), each list at one go.

use std::io;
use std::net::IpAddr;

use rtnetlink::packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload};
use rtnetlink::packet_route::address::AddressMessage;
use rtnetlink::packet_route::link::LinkMessage;
use rtnetlink::packet_route::route::{RouteAddress, RouteAttribute, RouteFlags, RouteMessage};
use rtnetlink::packet_route::{AddressFamily, RouteNetlinkMessage};
use rtnetlink::sys::protocols::NETLINK_ROUTE;
use rtnetlink::sys::{Socket, SocketAddr};

/// Every interface.
pub(super) fn links() -> io::Result<Vec<LinkMessage>> {
    let all = dump(RouteNetlinkMessage::GetLink(LinkMessage::default()))?;
    Ok(all
        .into_iter()
        .filter_map(|one| if let RouteNetlinkMessage::NewLink(it) = one { Some(it) } else { None })
        .collect())
}

/// Every address of every interface.
pub(super) fn addresses() -> io::Result<Vec<AddressMessage>> {
    let all = dump(RouteNetlinkMessage::GetAddress(AddressMessage::default()))?;
    Ok(all
        .into_iter()
        .filter_map(|one| if let RouteNetlinkMessage::NewAddress(it) = one { Some(it) } else { None })
        .collect())
}

/// Every route of every table.
pub(super) fn routes() -> io::Result<Vec<RouteMessage>> {
    let all = dump(RouteNetlinkMessage::GetRoute(RouteMessage::default()))?;
    Ok(all
        .into_iter()
        .filter_map(|one| if let RouteNetlinkMessage::NewRoute(it) = one { Some(it) } else { None })
        .collect())
}

/// The route that the kernel itself would choose, policy rules included (as `ip route get fibmatch`); none: there is none.
pub(super) fn way(to: IpAddr) -> io::Result<Option<RouteMessage>> {
    let mut message = RouteMessage::default();
    let (family, prefix, address) = match to {
        IpAddr::V4(ip) => (AddressFamily::Inet, 32, RouteAddress::Inet(ip)),
        IpAddr::V6(ip) => (AddressFamily::Inet6, 128, RouteAddress::Inet6(ip)),
    };
    message.header.address_family = family;
    message.header.destination_prefix_length = prefix;
    message.header.flags = RouteFlags::FibMatch;
    message.attributes.push(RouteAttribute::Destination(address));
    let socket = ask(RouteNetlinkMessage::GetRoute(message), NLM_F_REQUEST)?;
    let mut found = Vec::new();
    match read(&socket.recv_from_full()?.0, &mut found) {
        Ok(_) => {}
        Err(error) if [io::ErrorKind::NetworkUnreachable, io::ErrorKind::HostUnreachable].contains(&error.kind()) => {}
        // What rules forbid leads nowhere too (ip-route(8): prohibit, blackhole).
        Err(error) if [io::ErrorKind::PermissionDenied, io::ErrorKind::InvalidInput].contains(&error.kind()) => {}
        Err(error) => return Err(error),
    }
    Ok(found.into_iter().find_map(|one| if let RouteNetlinkMessage::NewRoute(it) = one { Some(it) } else { None }))
}

fn dump(request: RouteNetlinkMessage) -> io::Result<Vec<RouteNetlinkMessage>> {
    let socket = ask(request, NLM_F_REQUEST | NLM_F_DUMP)?;
    let mut found = Vec::new();
    while read(&socket.recv_from_full()?.0, &mut found)? {}
    Ok(found)
}

fn ask(request: RouteNetlinkMessage, flags: u16) -> io::Result<Socket> {
    let mut socket = Socket::new(NETLINK_ROUTE)?;
    socket.bind_auto()?;
    socket.connect(&SocketAddr::new(0, 0))?;
    let mut message = NetlinkMessage::from(request);
    message.header.flags = flags;
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    socket.send(&bytes, 0)?;
    Ok(socket)
}

/// Reads one datagram's messages; whether more datagrams follow.
fn read(mut bytes: &[u8], found: &mut Vec<RouteNetlinkMessage>) -> io::Result<bool> {
    while !bytes.is_empty() {
        let message = NetlinkMessage::<RouteNetlinkMessage>::deserialize(bytes)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
        match message.payload {
            NetlinkPayload::Done(_) => return Ok(false),
            NetlinkPayload::Error(error) if error.code.is_some() => return Err(error.to_io()),
            NetlinkPayload::InnerMessage(inner) => found.push(inner),
            _ => {}
        }
        // Messages are aligned to 4 bytes (netlink(7), NLMSG_ALIGN).
        let length = usize::try_from(message.header.length).map_err(io::Error::other)?.next_multiple_of(4);
        bytes = bytes.get(length..).unwrap_or_default();
    }
    Ok(true)
}
