//! Echo requests (RFC 792, RFC 4443) on raw sockets, and how packets of other kinds are answered.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, ipproto, recvfrom, sendto, socket_with,
};

use super::left;
use super::reach::Closed;

/// How long one echo is waited for before the next is sent.
const EACH: Duration = Duration::from_millis(700);
/// The bytes every echo carries after its number, so that others' are not taken for ours.
const MARK: &[u8; 16] = b"paillasse-echo.\n";

/// What came of the echo requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::probe) enum Echo {
    /// The host answered.
    Answered,
    /// It did not.
    Closed(Closed),
}

/// Sends up to `count` echo requests, one after the other, until one is answered.
pub(in crate::probe) fn echo(from: Option<IpAddr>, to: IpAddr, count: u16, end: Instant) -> io::Result<Echo> {
    let socket = open(to)?;
    if let Some(from) = from {
        bind(&socket, &SocketAddr::new(from, 0))?;
    }
    let id = (std::process::id() & 0xffff) as u16
        ^ (end.saturating_duration_since(Instant::now()).subsec_nanos() & 0xffff) as u16;
    let mut worst = Closed::Filtered;
    for number in 0..count {
        if Instant::now() >= end {
            break;
        }
        match sendto(&socket, &request(to.is_ipv6(), id, number), SendFlags::empty(), &SocketAddr::new(to, 0)) {
            Ok(_) => {}
            Err(rustix::io::Errno::NETUNREACH) => return Ok(Echo::Closed(Closed::NoRoute)),
            Err(rustix::io::Errno::HOSTUNREACH) => worst = Closed::Unreachable,
            Err(error) => return Err(error.into()),
        }
        match answer(&socket, to, id, end.min(Instant::now() + EACH))? {
            Some(Heard::Echo) => return Ok(Echo::Answered),
            Some(Heard::Error(closed)) => worst = closed,
            None => {}
        }
    }
    Ok(Echo::Closed(worst))
}

fn open(to: IpAddr) -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(if to.is_ipv4() {
        socket_with(AddressFamily::INET, SocketType::RAW, flags, Some(ipproto::ICMP))?
    } else {
        socket_with(AddressFamily::INET6, SocketType::RAW, flags, Some(ipproto::ICMPV6))?
    })
}

fn request(v6: bool, id: u16, number: u16) -> Vec<u8> {
    let mut packet = vec![if v6 { 128 } else { 8 }, 0, 0, 0];
    packet.extend(id.to_be_bytes());
    packet.extend(number.to_be_bytes());
    packet.extend(MARK);
    if !v6 {
        // The kernel makes that of `ICMPv6` (RFC 3542 §3.1).
        let sum = checksum(&packet).to_be_bytes();
        packet[2..4].copy_from_slice(&sum);
    }
    packet
}

/// The internet checksum (RFC 1071).
pub(in crate::probe) fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0)));
    let mut sum = words.fold(0_u32, u32::wrapping_add);
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(u16::try_from(sum).unwrap_or(u16::MAX))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Echo,
    Error(Closed),
}

/// The first message about our echoes.
fn answer(socket: &OwnedFd, to: IpAddr, id: u16, end: Instant) -> io::Result<Option<Heard>> {
    let mut bytes = [0; 1500];
    while Instant::now() < end {
        let timeout = Timespec::try_from(left(end)).map_err(io::Error::other)?;
        if poll(&mut [PollFd::new(socket, PollFlags::IN)], Some(&timeout))? == 0 {
            break;
        }
        let (length, _, from) = match recvfrom(socket, &mut bytes, RecvFlags::DONTWAIT) {
            Ok(got) => got,
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        };
        let from = from.and_then(|from| SocketAddr::try_from(from).ok()).map(|from| from.ip());
        let heard = if to.is_ipv4() { heard4(&bytes[..length], id) } else { heard6(&bytes[..length], id) };
        match heard {
            Some(Heard::Echo) if from != Some(to) => {}
            Some(heard) => return Ok(Some(heard)),
            None => {}
        }
    }
    Ok(None)
}

/// An IPv4 packet as a raw socket gives it: with its header.
fn heard4(packet: &[u8], id: u16) -> Option<Heard> {
    let icmp = packet.get(usize::from(packet.first()? & 0x0f) * 4..)?;
    match (icmp.first()?, icmp.get(1)?) {
        (0, _) if is_ours(icmp, id) => Some(Heard::Echo),
        (3, code) => {
            let inner = icmp.get(8..)?;
            let quoted = inner.get(usize::from(inner.first()? & 0x0f) * 4..)?;
            let prohibited = [9, 10, 13].contains(code);
            (quoted.first() == Some(&8) && names(quoted, id)).then_some(Heard::Error(if prohibited || *code == 3 {
                Closed::Rejected
            } else {
                Closed::Unreachable
            }))
        }
        _ => None,
    }
}

/// An `ICMPv6` message: raw sockets give it without its header.
fn heard6(icmp: &[u8], id: u16) -> Option<Heard> {
    match (icmp.first()?, icmp.get(1)?) {
        (129, _) if is_ours(icmp, id) => Some(Heard::Echo),
        (1, code) => {
            // The quoted packet's own header has 40 bytes.
            let quoted = icmp.get(48..)?;
            let prohibited = [1, 4, 5, 6].contains(code);
            (quoted.first() == Some(&128) && names(quoted, id)).then_some(Heard::Error(if prohibited {
                Closed::Rejected
            } else {
                Closed::Unreachable
            }))
        }
        _ => None,
    }
}

fn names(icmp: &[u8], id: u16) -> bool {
    icmp.get(4..6) == Some(&id.to_be_bytes())
}

fn is_ours(icmp: &[u8], id: u16) -> bool {
    names(icmp, id) && icmp.get(8..24) == Some(MARK)
}

/// Whether a frame of an Ethernet link carries one of our echo requests in clear to this address, whatever machine it is of.
pub(in crate::probe) fn shows_echo(frame: &[u8], to: IpAddr) -> bool {
    let Some(packet) = frame.get(14..) else { return false };
    let carried = match (to, frame.get(12..14)) {
        (IpAddr::V4(to), Some([0x08, 0x00])) if packet.get(16..20) == Some(&to.octets()) => {
            packet.first().and_then(|first| packet.get(usize::from(first & 0x0f) * 4..))
        }
        (IpAddr::V6(to), Some([0x86, 0xdd])) if packet.get(24..40) == Some(&to.octets()) => packet.get(40..),
        _ => None,
    };
    carried.is_some_and(|icmp| icmp.get(8..24) == Some(MARK))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn v4(icmp: &[u8]) -> Vec<u8> {
        let mut packet = vec![0x45; 20];
        packet[16..20].copy_from_slice(&[10, 0, 0, 1]);
        packet.extend(icmp);
        packet
    }

    #[test]
    fn the_checksum_of_a_message_with_its_checksum_is_zero() {
        assert_eq!(checksum(&request(false, 7, 1)), 0);
        assert_eq!(checksum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
        assert_eq!(checksum(&[0xff]), 0x00ff);
    }

    #[test]
    fn an_answer_to_another_is_not_ours() {
        let mut reply = request(false, 7, 0);
        reply[0] = 0;
        assert_eq!(heard4(&v4(&reply), 7), Some(Heard::Echo));
        assert_eq!(heard4(&v4(&reply), 8), None);
        let mut reply = request(true, 7, 0);
        reply[0] = 129;
        assert_eq!(heard6(&reply, 7), Some(Heard::Echo));
    }

    #[test]
    fn errors_quote_what_they_are_about() {
        let error = |code: u8| [&[3, code, 0, 0, 0, 0, 0, 0][..], &v4(&request(false, 7, 0))].concat();
        assert_eq!(heard4(&v4(&error(13)), 7), Some(Heard::Error(Closed::Rejected)));
        assert_eq!(heard4(&v4(&error(1)), 7), Some(Heard::Error(Closed::Unreachable)));
        assert_eq!(heard4(&v4(&error(13)), 9), None);
    }

    #[test]
    fn an_echo_in_clear_is_seen() {
        let frame = [&[0; 12][..], &[8, 0], &v4(&request(false, 7, 0))].concat();
        assert!(shows_echo(&frame, [10, 0, 0, 1].into()));
        assert!(!shows_echo(&frame, [10, 0, 0, 2].into()));
        assert!(!shows_echo(&frame[..40], [10, 0, 0, 1].into()));
    }

    #[test]
    fn this_machine_answers_itself() {
        let end = Instant::now() + Duration::from_secs(20);
        assert_eq!(echo(None, [127, 0, 0, 1].into(), 3, end).unwrap(), Echo::Answered);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = (heard4(&bytes, 7), heard6(&bytes, 7), shows_echo(&bytes, [10, 0, 0, 1].into()), checksum(&bytes));
        }
    }
}
