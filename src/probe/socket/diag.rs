//! Listening sockets by `NETLINK_SOCK_DIAG` (`sock_diag(7)`): one exchange a table, whatever the number of connections.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rtnetlink::sys::protocols::NETLINK_SOCK_DIAG;
use rtnetlink::sys::{Socket as Netlink, SocketAddr};

use super::{Protocol, Socket};

const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;
const IPPROTO_TCP: u8 = 6;
const IPPROTO_UDP: u8 = 17;
/// `TCP_LISTEN`, and `TCP_CLOSE` for a UDP socket that isn't connected, as bits.
const LISTEN: u32 = 1 << 10;
const UNCONNECTED: u32 = 1 << 7;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const REQUEST_DUMP: u16 = 0x0301;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
/// Attribute: whether an IPv6 socket is for IPv6 only (`linux/inet_diag.h`).
const INET_DIAG_SKV6ONLY: u16 = 11;
/// Lengths of `nlmsghdr`, `inet_diag_req_v2` and `inet_diag_msg`.
const HEADER: usize = 16;
const ASKED: usize = 56;
const ANSWERED: usize = 72;

/// Every listening socket of this network namespace.
pub(super) fn listening() -> io::Result<Vec<Socket>> {
    let mut all = Vec::new();
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        for family in [AF_INET, AF_INET6] {
            dump(family, protocol, &mut all)?;
        }
    }
    Ok(all)
}

fn dump(family: u8, protocol: Protocol, found: &mut Vec<Socket>) -> io::Result<()> {
    let mut netlink = Netlink::new(NETLINK_SOCK_DIAG)?;
    netlink.bind_auto()?;
    netlink.connect(&SocketAddr::new(0, 0))?;
    netlink.send(&request(family, protocol), 0)?;
    while read(&netlink.recv_from_full()?.0, protocol, found)? {}
    Ok(())
}

fn request(family: u8, protocol: Protocol) -> Vec<u8> {
    let (number, states) = match protocol {
        Protocol::Tcp => (IPPROTO_TCP, LISTEN),
        Protocol::Udp => (IPPROTO_UDP, UNCONNECTED),
    };
    let mut bytes = Vec::with_capacity(HEADER + ASKED);
    bytes.extend(u32::try_from(HEADER + ASKED).unwrap_or_default().to_ne_bytes());
    bytes.extend(SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes.extend(REQUEST_DUMP.to_ne_bytes());
    bytes.extend([0; 8]);
    bytes.extend([family, number, 0, 0]);
    bytes.extend(states.to_ne_bytes());
    bytes.resize(HEADER + ASKED, 0);
    bytes
}

/// Reads one datagram's messages; whether more datagrams follow.
fn read(mut bytes: &[u8], protocol: Protocol, found: &mut Vec<Socket>) -> io::Result<bool> {
    while bytes.len() >= HEADER {
        let length = usize::try_from(u32_at(bytes, 0)).unwrap_or_default();
        // A message shorter than its header would be read for ever: it is no range.
        let message = bytes.get(HEADER..length).ok_or(ErrorKind::InvalidData)?;
        match u16_at(bytes, 4) {
            NLMSG_DONE => return Ok(false),
            NLMSG_ERROR if message.len() >= 4 => {
                let code = i32::from_ne_bytes(u32_at(message, 0).to_ne_bytes());
                return Err(io::Error::from_raw_os_error(code.saturating_neg()));
            }
            SOCK_DIAG_BY_FAMILY => found.extend(socket(message, protocol)),
            _ => {}
        }
        // Messages are aligned to 4 bytes (netlink(7)).
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(true)
}

/// `inet_diag_msg` and its attributes.
fn socket(message: &[u8], protocol: Protocol) -> Option<Socket> {
    let (body, attributes) = message.split_at_checked(ANSWERED)?;
    let address: IpAddr = match body[0] {
        AF_INET => Ipv4Addr::from(<[u8; 4]>::try_from(&body[8..12]).ok()?).into(),
        AF_INET6 => Ipv6Addr::from(<[u8; 16]>::try_from(&body[8..24]).ok()?).into(),
        _ => return None,
    };
    let port = u16::from_be_bytes([body[4], body[5]]);
    let v6_only = attribute(attributes, INET_DIAG_SKV6ONLY).and_then(<[u8]>::first).is_some_and(|flag| *flag != 0);
    Some(Socket { protocol, address, port, v6_only, inode: u32_at(body, 68).into() })
}

/// The value of one attribute (rtnetlink(7): length, type, value, aligned to 4 bytes).
fn attribute(mut bytes: &[u8], wanted: u16) -> Option<&[u8]> {
    while bytes.len() >= 4 {
        let (length, kind) = (usize::from(u16_at(bytes, 0)), u16_at(bytes, 2));
        let value = bytes.get(4..length)?;
        if kind == wanted {
            return Some(value);
        }
        bytes = bytes.get(length.next_multiple_of(4)..)?;
    }
    None
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|part| part.try_into().ok()).map_or(0, u16::from_ne_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|part| part.try_into().ok()).map_or(0, u32::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::{TcpListener, UdpSocket};

    #[test]
    fn the_kernel_shows_what_this_process_listens_on() {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let all = listening().unwrap();
        let has = |protocol, port| all.iter().any(|socket| socket.protocol == protocol && socket.port == port);
        assert!(has(Protocol::Tcp, tcp.local_addr().unwrap().port()));
        assert!(has(Protocol::Udp, udp.local_addr().unwrap().port()));
    }

    #[test]
    fn a_connection_is_no_listener() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = std::net::TcpStream::connect(server.local_addr().unwrap()).unwrap();
        let port = client.local_addr().unwrap().port();
        assert!(!listening().unwrap().iter().any(|socket| socket.port == port));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes: Vec<u8>) {
            let _ = read(&bytes, Protocol::Tcp, &mut Vec::new());
            let _ = (socket(&bytes, Protocol::Udp), attribute(&bytes, INET_DIAG_SKV6ONLY));
        }
    }
}
