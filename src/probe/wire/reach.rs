//! A TCP connection, and what came of it: who stopped it, and where.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::Instant;

use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, connect, ipproto, socket_with};

use super::{left, names};
use crate::i18n::Message;
use crate::msg;
use crate::probe::reason;

/// What came of an attempt to reach a port.
#[derive(Debug)]
pub(in crate::probe) enum Reach {
    /// A connection.
    Open(TcpStream, SocketAddr),
    /// It did not come to a connection.
    Closed(Closed),
}

/// Why there was no connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::probe) enum Closed {
    /// The host itself says that nothing listens there.
    Refused,
    /// A firewall says no (ICMP "administratively prohibited", or "port unreachable" for TCP).
    Rejected,
    /// Nobody says anything.
    Filtered,
    /// No such host on the last network, or a router says that it knows no way.
    Unreachable,
    /// This machine itself has no way there: no address, no route, no link.
    NoRoute,
    /// The name has no address.
    Unresolved,
}

impl Closed {
    /// The word for it in the families' fields.
    pub(in crate::probe) fn word(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Rejected => "rejected",
            Self::Filtered => "filtered",
            Self::Unreachable => "unreachable",
            Self::NoRoute => "no-route",
            Self::Unresolved => "unresolved",
        }
    }
}

/// Connects to a host by each of its addresses in turn, until one answers. The error says why nothing can be told: this
/// machine's own firewall forbids it to ask, or a right is missing.
pub(in crate::probe) fn reach(host: &str, port: u16, end: Instant) -> Result<Reach, Message> {
    reach_from(None, host, port, end)
}

/// As [`reach`], from one of the machine's own addresses.
pub(in crate::probe) fn reach_from(
    from: Option<IpAddr>,
    host: &str,
    port: u16,
    end: Instant,
) -> Result<Reach, Message> {
    let all = names::sockets(host, port, end)?;
    let mut last = Reach::Closed(Closed::Unresolved);
    for (tried, address) in all.iter().enumerate() {
        // Each address gets its share of the time.
        let share = left(end) / u32::try_from(all.len() - tried).unwrap_or(1);
        last = one(from, *address, Instant::now() + share)
            .map_err(|error| blocked(&error, address.ip()))?
            .map_or_else(Reach::Closed, |stream| Reach::Open(stream, *address));
        if matches!(last, Reach::Open(..)) {
            break;
        }
    }
    Ok(last)
}

/// Why the sender itself is broken.
pub(in crate::probe) fn blocked(error: &io::Error, to: IpAddr) -> Message {
    match error.kind() {
        io::ErrorKind::PermissionDenied => msg!("probe-own-firewall", to = to.to_string()),
        io::ErrorKind::AddrNotAvailable => msg!("probe-no-such-source"),
        _ => reason(error, &to.to_string()),
    }
}

fn one(from: Option<IpAddr>, to: SocketAddr, end: Instant) -> io::Result<Result<TcpStream, Closed>> {
    let family = if to.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
    let socket = socket_with(family, SocketType::STREAM, flags, Some(ipproto::TCP))?;
    tell_errors(&socket, to.ip())?;
    if let Some(from) = from {
        bind(&socket, &SocketAddr::new(from, 0))?;
    }
    let error = match connect(&socket, &to) {
        Err(rustix::io::Errno::INPROGRESS) if !is_done(&socket, end)? => return Ok(Err(Closed::Filtered)),
        Err(rustix::io::Errno::INPROGRESS) => rustix::net::sockopt::socket_error(&socket)?.err().map(Into::into),
        Err(rustix::io::Errno::NETUNREACH) => return Ok(Err(Closed::NoRoute)),
        Err(error) => Some(error.into()),
        Ok(()) => None,
    };
    let Some(error) = error else {
        let stream = TcpStream::from(socket);
        stream.set_nonblocking(false)?;
        return Ok(Ok(stream));
    };
    closed(&error, told(&socket)).map(Err).ok_or(error)
}

/// Waits for the end of a connection attempt; whether it came in time.
fn is_done(socket: &OwnedFd, end: Instant) -> io::Result<bool> {
    let timeout = Timespec::try_from(left(end)).map_err(io::Error::other)?;
    Ok(poll(&mut [PollFd::new(socket, PollFlags::OUT)], Some(&timeout))? > 0)
}

/// Asks for the ICMP errors themselves, beside the error number they become (ip(7), `IP_RECVERR`).
pub(in crate::probe) fn tell_errors(socket: &OwnedFd, to: IpAddr) -> io::Result<()> {
    if to.is_ipv4() {
        setsockopt(socket, sockopt::Ipv4RecvErr, &true)?;
    } else {
        setsockopt(socket, sockopt::Ipv6RecvErr, &true)?;
    }
    Ok(())
}

/// An error as it came over the network: `SO_EE_ORIGIN_*`, ICMP type and code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::probe) struct Icmp {
    pub(in crate::probe) v6: bool,
    pub(in crate::probe) kind: u8,
    pub(in crate::probe) code: u8,
}

/// The last ICMP error of the socket, if the network sent one.
pub(in crate::probe) fn told(socket: &OwnedFd) -> Option<Icmp> {
    const ICMP: u8 = 2;
    const ICMP6: u8 = 3;
    let mut space = nix::cmsg_space!([u8; 128]);
    let mut bytes = [0; 64];
    let mut parts = [io::IoSliceMut::new(&mut bytes)];
    let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
    let message = recvmsg::<SockaddrStorage>(socket.as_raw_fd(), &mut parts, Some(&mut space), flags).ok()?;
    message.cmsgs().ok()?.find_map(|one| match one {
        ControlMessageOwned::Ipv4RecvErr(error, _) if error.ee_origin == ICMP => {
            Some(Icmp { v6: false, kind: error.ee_type, code: error.ee_code })
        }
        ControlMessageOwned::Ipv6RecvErr(error, _) if error.ee_origin == ICMP6 => {
            Some(Icmp { v6: true, kind: error.ee_type, code: error.ee_code })
        }
        _ => None,
    })
}

impl Icmp {
    /// Whether a firewall says no (RFC 1812 §5.2.7.1: codes 9, 10, 13; RFC 4443 §3.1: codes 1, 5, 6).
    pub(in crate::probe) fn prohibits(self) -> bool {
        if self.v6 {
            self.kind == 1 && [1, 5, 6].contains(&self.code)
        } else {
            self.kind == 3 && [9, 10, 13].contains(&self.code)
        }
    }

    /// "Port unreachable".
    pub(in crate::probe) fn is_port(self) -> bool {
        if self.v6 { (self.kind, self.code) == (1, 4) } else { (self.kind, self.code) == (3, 3) }
    }
}

/// What an error means; none: it says nothing about the network.
fn closed(error: &io::Error, told: Option<Icmp>) -> Option<Closed> {
    use io::ErrorKind as K;
    if told.is_some_and(|icmp| icmp.prohibits() || icmp.is_port()) {
        // A host without a listener answers TCP with a reset: only a firewall sends an ICMP message for it.
        return Some(Closed::Rejected);
    }
    match error.kind() {
        K::ConnectionRefused | K::ConnectionReset => Some(Closed::Refused),
        K::TimedOut => Some(Closed::Filtered),
        K::HostUnreachable | K::NetworkUnreachable => Some(Closed::Unreachable),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::time::Duration;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    #[test]
    fn a_listener_is_open_and_a_closed_port_refused() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port();
        assert!(matches!(reach("127.0.0.1", port, soon()).unwrap(), Reach::Open(..)));
        drop(server);
        assert!(matches!(reach("127.0.0.1", port, soon()).unwrap(), Reach::Closed(Closed::Refused)));
    }

    #[test]
    fn a_name_without_address_is_said_so() {
        let found = reach("no-such-host.invalid", 80, Instant::now() + Duration::from_secs(3));
        // Where no name server answers at all, that is a matter of time.
        assert!(matches!(found, Ok(Reach::Closed(Closed::Unresolved)) | Err(_)), "{found:?}");
    }

    #[test]
    fn a_source_that_is_not_ours_says_nothing_of_the_target() {
        let from = Some("192.0.2.77".parse().unwrap());
        assert_eq!(reach_from(from, "127.0.0.1", 9, soon()).unwrap_err().key, "probe-no-such-source");
    }

    #[test]
    fn a_firewall_is_told_from_a_host() {
        let icmp = |v6, kind, code| Some(Icmp { v6, kind, code });
        let no = io::Error::from(io::ErrorKind::HostUnreachable);
        assert_eq!(closed(&no, icmp(false, 3, 13)), Some(Closed::Rejected));
        assert_eq!(closed(&no, icmp(false, 3, 10)), Some(Closed::Rejected));
        assert_eq!(closed(&no, icmp(true, 1, 1)), Some(Closed::Rejected));
        assert_eq!(closed(&no, icmp(false, 3, 1)), Some(Closed::Unreachable));
        assert_eq!(closed(&no, None), Some(Closed::Unreachable));
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert_eq!(closed(&refused, icmp(false, 3, 3)), Some(Closed::Rejected));
        assert_eq!(closed(&refused, None), Some(Closed::Refused));
        assert_eq!(closed(&io::Error::from(io::ErrorKind::PermissionDenied), None), None);
    }
}
