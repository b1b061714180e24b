//! Links, addresses and routes, asked of the kernel (rtnetlink(7)), each list at one go.

use std::io;

use rtnetlink::packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NetlinkMessage, NetlinkPayload};
use rtnetlink::packet_route::RouteNetlinkMessage;
use rtnetlink::packet_route::address::AddressMessage;
use rtnetlink::packet_route::link::LinkMessage;
use rtnetlink::packet_route::route::RouteMessage;
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

fn dump(request: RouteNetlinkMessage) -> io::Result<Vec<RouteNetlinkMessage>> {
    let mut socket = Socket::new(NETLINK_ROUTE)?;
    socket.bind_auto()?;
    socket.connect(&SocketAddr::new(0, 0))?;
    let mut message = NetlinkMessage::from(request);
    message.header.flags = NLM_F_REQUEST | NLM_F_DUMP;
    message.finalize();
    let mut bytes = vec![0; message.buffer_len()];
    message.serialize(&mut bytes);
    socket.send(&bytes, 0)?;
    let mut found = Vec::new();
    while read(&socket.recv_from_full()?.0, &mut found)? {}
    Ok(found)
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
