//! DHCPv6 messages as Ethernet frames (RFC 8415): what is asked, what comes back. Pure.

use std::net::Ipv6Addr;

use crate::probe::wire::icmp::checksum;

/// Message types (RFC 8415 §7.3).
pub(super) const SOLICIT: u8 = 1;
pub(super) const ADVERTISE: u8 = 2;
pub(super) const REPLY: u8 = 7;
pub(super) const INFORMATION: u8 = 11;

/// Options (RFC 8415 §21; RFC 3646).
const CLIENT: u16 = 1;
const SERVER: u16 = 2;
const ADDRESSES: u16 = 3;
const ADDRESS: u16 = 5;
const WANTED: u16 = 6;
const PREFERENCE: u16 = 7;
const ELAPSED: u16 = 8;
const NAME_SERVERS: u16 = 23;
const SEARCH: u16 = 24;
const PREFIXES: u16 = 25;
const PREFIX: u16 = 26;

/// Sizes of the headers in front of a message.
const ETHERNET: usize = 14;
const IP: usize = 40;
const UDP: usize = 8;
/// All servers and relays of the link (RFC 8415 §7.1).
const SERVERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 1, 2);

/// What a server says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) kind: u8,
    pub(super) xid: [u8; 3],
    /// Where it comes from: the server's or relay's address on the link.
    pub(super) source: Option<Ipv6Addr>,
    pub(super) duid: Vec<u8>,
    pub(super) preference: u8,
    /// Addresses with their valid lifetimes, in seconds.
    pub(super) addresses: Vec<(Ipv6Addr, u32)>,
    /// Prefixes for networks behind the client.
    pub(super) prefixes: Vec<(Ipv6Addr, u8)>,
    pub(super) dns: Vec<Ipv6Addr>,
    pub(super) search: Vec<String>,
}

/// A question's frame: its kind, its number, who asks (Ethernet and link-local address).
pub(super) fn question(kind: u8, xid: [u8; 3], mac: [u8; 6], source: Ipv6Addr) -> Vec<u8> {
    let mut body = vec![kind, xid[0], xid[1], xid[2]];
    // By its Ethernet address (DUID-LL, RFC 8415 §11.4).
    put(&mut body, CLIENT, &[&[0, 3, 0, 1][..], &mac].concat());
    put(&mut body, WANTED, &[0, 23, 0, 24]);
    put(&mut body, ELAPSED, &[0, 0]);
    if kind == SOLICIT {
        // Its number, and no wish as to times.
        let own = [&[0, 0, 0, 1][..], &[0; 8]].concat();
        put(&mut body, ADDRESSES, &own);
        put(&mut body, PREFIXES, &own);
    }
    frame(&body, mac, source)
}

fn put(body: &mut Vec<u8>, code: u16, value: &[u8]) {
    body.extend(code.to_be_bytes());
    body.extend(u16::try_from(value.len()).unwrap_or(0).to_be_bytes());
    body.extend(value);
}

fn frame(body: &[u8], mac: [u8; 6], source: Ipv6Addr) -> Vec<u8> {
    let length = u16::try_from(UDP + body.len()).unwrap_or(u16::MAX).to_be_bytes();
    let mut udp = [&[0x02, 0x22, 0x02, 0x23][..], &length, &[0, 0], body].concat();
    let pseudo = [&source.octets()[..], &SERVERS.octets(), &[0, 0], &length, &[0, 0, 0, 17], &udp].concat();
    udp[6..8].copy_from_slice(&checksum(&pseudo).to_be_bytes());
    [
        &[0x33, 0x33, 0, 1, 0, 2][..],
        &mac,
        &[0x86, 0xdd, 0x60, 0, 0, 0],
        &length,
        &[17, 1],
        &source.octets(),
        &SERVERS.octets(),
        &udp,
    ]
    .concat()
}

/// The answer in a frame, if it is one.
pub(super) fn answer(frame: &[u8]) -> Option<Answer> {
    let ip = frame.get(ETHERNET..).filter(|_| frame.get(12..14) == Some(&[0x86, 0xdd]))?;
    let udp = ip.get(IP..).filter(|_| ip.get(6) == Some(&17))?;
    // To port 546.
    let body = udp.get(UDP..).filter(|_| udp.get(2..4) == Some(&[0x02, 0x22]))?;
    let mut answer = Answer { kind: *body.first()?, xid: body.get(1..4)?.try_into().ok()?, ..Answer::default() };
    answer.source = ip.get(8..24).and_then(ipv6);
    for (code, value) in options(body.get(4..)?) {
        match code {
            SERVER => answer.duid = value.to_vec(),
            PREFERENCE => answer.preference = *value.first()?,
            NAME_SERVERS => answer.dns = value.chunks_exact(16).filter_map(ipv6).collect(),
            SEARCH => answer.search = names(value),
            ADDRESSES => answer.addresses.extend(options(value.get(12..)?).filter_map(address)),
            PREFIXES => answer.prefixes.extend(options(value.get(12..)?).filter_map(prefix)),
            _ => {}
        }
    }
    [ADVERTISE, REPLY].contains(&answer.kind).then_some(answer)
}

/// Code and value of each option; what is cut off ends the list.
fn options(bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (head, after) = rest.split_at_checked(4)?;
        let (value, after) = after.split_at_checked(usize::from(u16::from_be_bytes([head[2], head[3]])))?;
        rest = after;
        Some((u16::from_be_bytes([head[0], head[1]]), value))
    })
}

fn ipv6(bytes: &[u8]) -> Option<Ipv6Addr> {
    <[u8; 16]>::try_from(bytes).ok().map(Ipv6Addr::from)
}

fn address((code, value): (u16, &[u8])) -> Option<(Ipv6Addr, u32)> {
    let valid = value.get(20..24)?.try_into().ok()?;
    (code == ADDRESS).then(|| Some((ipv6(value.get(..16)?)?, u32::from_be_bytes(valid)))).flatten()
}

fn prefix((code, value): (u16, &[u8])) -> Option<(Ipv6Addr, u8)> {
    (code == PREFIX).then(|| Some((ipv6(value.get(9..25)?)?, *value.get(8)?))).flatten()
}

/// Names as DNS writes them (RFC 1035 §3.1), one after the other.
fn names(bytes: &[u8]) -> Vec<String> {
    let (mut all, mut labels, mut rest) = (Vec::new(), Vec::new(), bytes);
    while let Some((length, after)) = rest.split_first() {
        if *length == 0 {
            all.push(std::mem::take(&mut labels).join("."));
            rest = after;
            continue;
        }
        let Some((label, after)) = after.split_at_checked(usize::from(*length)) else { break };
        labels.push(String::from_utf8_lossy(label).into_owned());
        rest = after;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn received(kind: u8, more: &[u8]) -> Vec<u8> {
        let mut frame = question(INFORMATION, [1, 2, 3], [2; 6], "fe80::1".parse().unwrap());
        let body = ETHERNET + IP + UDP;
        frame.truncate(body + 4);
        frame[body] = kind;
        frame[ETHERNET + IP + 2..ETHERNET + IP + 4].copy_from_slice(&[0x02, 0x22]);
        frame.extend(more);
        frame
    }

    #[test]
    fn an_offer_is_told_whole() {
        let mut more = Vec::new();
        let ip: Ipv6Addr = "fd00::100".parse().unwrap();
        put(&mut more, SERVER, &[9, 9]);
        let mut own = vec![0; 12];
        put(&mut own, ADDRESS, &[&ip.octets()[..], &60_u32.to_be_bytes(), &3600_u32.to_be_bytes()].concat());
        put(&mut more, ADDRESSES, &own);
        let mut own = vec![0; 12];
        put(&mut own, PREFIX, &[&[0; 8][..], &[56], &ip.octets()].concat());
        put(&mut more, PREFIXES, &own);
        put(&mut more, NAME_SERVERS, &ip.octets());
        put(&mut more, SEARCH, b"\x07atelier\x04test\0");
        let answer = answer(&received(ADVERTISE, &more)).unwrap();
        assert_eq!((answer.xid, answer.source), ([1, 2, 3], "fe80::1".parse().ok()));
        assert_eq!((answer.addresses, answer.prefixes), (vec![(ip, 3600)], vec![(ip, 56)]));
        assert_eq!((answer.dns, answer.search), (vec![ip], vec!["atelier.test".to_owned()]));
    }

    #[test]
    fn a_question_is_no_answer_and_its_checksum_is_right() {
        let frame = question(SOLICIT, [1, 2, 3], [2; 6], "fe80::1".parse().unwrap());
        assert_eq!(answer(&frame), None);
        let ip = &frame[ETHERNET..];
        let pseudo = [&ip[8..40], &[0, 0], &ip[4..6], &[0, 0, 0, 17], &ip[IP..]].concat();
        assert_eq!(checksum(&pseudo), 0);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = answer(&bytes);
            let _ = answer(&received(ADVERTISE, &bytes));
        }
    }
}
