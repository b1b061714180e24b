//! DHCP messages as Ethernet frames (RFC 2131, RFC 2132): the DISCOVER that is sent, the OFFERs that come back. Pure.

use std::net::Ipv4Addr;

use dhcproto::v4::{DhcpOption, DhcpOptions, Flags, Message, MessageType, OptionCode};
use dhcproto::{Decodable, Decoder, Encodable, Encoder};

/// Sizes of the headers in front of a DHCP message.
const ETHERNET: usize = 14;
const IP: usize = 20;
const UDP: usize = 8;
const ETHERTYPE_IPV4: [u8; 2] = [0x08, 0x00];
const PROTOCOL_UDP: u8 = 17;
const SERVER_PORT: u16 = 67;
const CLIENT_PORT: u16 = 68;

/// A DISCOVER to make: who asks, for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ask {
    /// Tells its answers from the others'.
    pub(super) xid: u32,
    /// The client's hardware address, as the server reads it (`chaddr`).
    pub(super) client: [u8; 6],
    /// The address the client would like (option 50).
    pub(super) request: Option<Ipv4Addr>,
}

/// What a server offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) xid: u32,
    /// Option 54, or the packet's source.
    pub(super) server: Ipv4Addr,
    pub(super) address: Ipv4Addr,
    pub(super) mask: Option<Ipv4Addr>,
    pub(super) routers: Vec<Ipv4Addr>,
    pub(super) dns: Vec<Ipv4Addr>,
    pub(super) domain: Option<String>,
    /// Seconds.
    pub(super) lease: Option<u32>,
}

impl Offer {
    /// Adds what this lacks and the server says elsewhere.
    pub(super) fn add(&mut self, other: &Self) {
        self.mask = self.mask.or(other.mask);
        self.lease = self.lease.or(other.lease);
        if self.routers.is_empty() {
            self.routers.clone_from(&other.routers);
        }
        if self.dns.is_empty() {
            self.dns.clone_from(&other.dns);
        }
        if self.domain.is_none() {
            self.domain.clone_from(&other.domain);
        }
    }
}

/// The frame of a DISCOVER sent from the interface `source`.
pub(super) fn discover(ask: Ask, source: [u8; 6]) -> Option<Vec<u8>> {
    let mut message = asking(MessageType::Discover, ask);
    if let Some(address) = ask.request {
        message.opts_mut().insert(DhcpOption::RequestedIpAddress(address));
    }
    broadcast(&message, source)
}

/// The frame of a REQUEST for what was offered (RFC 2131 §4.3.2, in the state SELECTING).
pub(super) fn request(ask: Ask, offer: &Offer, source: [u8; 6]) -> Option<Vec<u8>> {
    let mut message = asking(MessageType::Request, ask);
    message.opts_mut().insert(DhcpOption::RequestedIpAddress(offer.address));
    message.opts_mut().insert(DhcpOption::ServerIdentifier(offer.server));
    broadcast(&message, source)
}

/// The frame of a RELEASE of what was requested (RFC 2131 §4.4.6).
pub(super) fn release(ask: Ask, offer: &Offer, source: [u8; 6]) -> Option<Vec<u8>> {
    let mut message = Message::default();
    message.set_xid(ask.xid).set_chaddr(&ask.client).set_ciaddr(offer.address);
    message.opts_mut().insert(DhcpOption::MessageType(MessageType::Release));
    message.opts_mut().insert(DhcpOption::ServerIdentifier(offer.server));
    broadcast(&message, source)
}

/// A client's message that wants an answer. Servers are told to answer by broadcast, so that the answer is seen whatever
/// the client's address.
fn asking(kind: MessageType, ask: Ask) -> Message {
    let mut message = Message::default();
    message.set_xid(ask.xid).set_chaddr(&ask.client).set_flags(Flags::default().set_broadcast());
    message.opts_mut().insert(DhcpOption::MessageType(kind));
    message.opts_mut().insert(DhcpOption::ParameterRequestList(vec![
        OptionCode::SubnetMask,
        OptionCode::Router,
        OptionCode::DomainNameServer,
        OptionCode::DomainName,
        OptionCode::AddressLeaseTime,
    ]));
    message
}

fn broadcast(message: &Message, source: [u8; 6]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    message.encode(&mut Encoder::new(&mut body)).ok()?;
    // RFC 951: some servers drop what is shorter than a BOOTP message.
    body.resize(body.len().max(300), 0);
    frame(&body, source)
}

fn frame(body: &[u8], source: [u8; 6]) -> Option<Vec<u8>> {
    let udp_length = u16::try_from(UDP + body.len()).ok()?;
    let mut ip = Vec::with_capacity(IP);
    ip.extend([0x45, 0]);
    ip.extend((udp_length + 20).to_be_bytes());
    ip.extend([0, 0, 0, 0, 64, PROTOCOL_UDP, 0, 0]);
    ip.extend(Ipv4Addr::UNSPECIFIED.octets());
    ip.extend(Ipv4Addr::BROADCAST.octets());
    let sum = checksum(&ip);
    ip[10..12].copy_from_slice(&sum.to_be_bytes());

    let mut frame = Vec::with_capacity(ETHERNET + IP + usize::from(udp_length));
    frame.extend([0xff; 6]);
    frame.extend(source);
    frame.extend(ETHERTYPE_IPV4);
    frame.extend(ip);
    frame.extend(CLIENT_PORT.to_be_bytes());
    frame.extend(SERVER_PORT.to_be_bytes());
    frame.extend(udp_length.to_be_bytes());
    // No checksum: allowed over IPv4 (RFC 768).
    frame.extend([0, 0]);
    frame.extend(body);
    Some(frame)
}

/// The Internet checksum (RFC 1071) of a header of even length.
fn checksum(header: &[u8]) -> u16 {
    let sum: u32 = header.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    !u16::try_from(folded & 0xffff).unwrap_or(0).wrapping_add(u16::try_from(folded >> 16).unwrap_or(0))
}

/// The OFFER in a frame, if that is what it is.
pub(super) fn offer(frame: &[u8]) -> Option<Offer> {
    answer(frame, MessageType::Offer)
}

/// The ACK in a frame, if that is what it is.
pub(super) fn ack(frame: &[u8]) -> Option<Offer> {
    answer(frame, MessageType::Ack)
}

/// A server's answer of this kind.
fn answer(frame: &[u8], kind: MessageType) -> Option<Offer> {
    let ip = frame.get(ETHERNET..).filter(|_| frame[12..ETHERNET] == ETHERTYPE_IPV4)?;
    let header = usize::from(ip.first()? & 0x0f) * 4;
    if ip[0] >> 4 != 4 || header < IP || *ip.get(9)? != PROTOCOL_UDP {
        return None;
    }
    let source: [u8; 4] = ip.get(12..16)?.try_into().ok()?;
    let udp = ip.get(header..)?;
    if udp.get(0..4)? != [SERVER_PORT.to_be_bytes(), CLIENT_PORT.to_be_bytes()].concat() {
        return None;
    }
    let message = Message::decode(&mut Decoder::new(udp.get(UDP..)?)).ok()?;
    let options = message.opts();
    (options.msg_type()? == kind).then(|| read(&message, options, source.into()))
}

fn read(message: &Message, options: &DhcpOptions, source: Ipv4Addr) -> Offer {
    let addresses = |code| match options.get(code) {
        Some(DhcpOption::Router(list) | DhcpOption::DomainNameServer(list)) => list.clone(),
        _ => Vec::new(),
    };
    Offer {
        xid: message.xid(),
        server: match options.get(OptionCode::ServerIdentifier) {
            Some(DhcpOption::ServerIdentifier(server)) => *server,
            _ => source,
        },
        address: message.yiaddr(),
        mask: match options.get(OptionCode::SubnetMask) {
            Some(DhcpOption::SubnetMask(mask)) => Some(*mask),
            _ => None,
        },
        routers: addresses(OptionCode::Router),
        dns: addresses(OptionCode::DomainNameServer),
        domain: match options.get(OptionCode::DomainName) {
            // Some servers send the C string's end with it.
            Some(DhcpOption::DomainName(name)) => Some(name.trim_end_matches(['\0', '.']).to_owned()),
            _ => None,
        },
        lease: match options.get(OptionCode::AddressLeaseTime) {
            Some(DhcpOption::AddressLeaseTime(seconds)) => Some(*seconds),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CLIENT: [u8; 6] = [2, 0, 0, 0, 0, 9];

    fn ask() -> Ask {
        Ask { xid: 0x0102_0304, client: CLIENT, request: Some([10, 0, 0, 100].into()) }
    }

    /// A server's answer, in a frame.
    fn made(kind: MessageType, options: &[DhcpOption]) -> Vec<u8> {
        let mut message = Message::default();
        message.set_xid(7).set_yiaddr([10, 0, 0, 100]).set_chaddr(&CLIENT);
        message.opts_mut().insert(DhcpOption::MessageType(kind));
        for option in options {
            message.opts_mut().insert(option.clone());
        }
        let mut body = Vec::new();
        message.encode(&mut Encoder::new(&mut body)).unwrap();
        let mut frame = frame(&body, [2; 6]).unwrap();
        frame[26..30].copy_from_slice(&[10, 0, 0, 1]);
        frame[34..36].copy_from_slice(&SERVER_PORT.to_be_bytes());
        frame[36..38].copy_from_slice(&CLIENT_PORT.to_be_bytes());
        frame
    }

    #[test]
    fn a_discover_is_a_well_formed_broadcast() {
        let frame = discover(ask(), [2; 6]).unwrap();
        assert_eq!(frame[..6], [0xff; 6]);
        assert_eq!(frame[6..12], [2; 6]);
        assert_eq!(checksum(&frame[14..34]), 0, "a header with its checksum sums to zero");
        let message = Message::decode(&mut Decoder::new(&frame[42..])).unwrap();
        assert!(message.flags().broadcast());
        assert_eq!((message.xid(), message.chaddr()), (0x0102_0304, &CLIENT[..]));
        assert_eq!(message.opts().msg_type(), Some(MessageType::Discover));
        let asked = message.opts().get(OptionCode::RequestedIpAddress);
        assert_eq!(asked, Some(&DhcpOption::RequestedIpAddress([10, 0, 0, 100].into())));
    }

    #[test]
    fn an_offer_is_read_whole() {
        let frame = made(
            MessageType::Offer,
            &[
                DhcpOption::ServerIdentifier([10, 0, 0, 2].into()),
                DhcpOption::SubnetMask([255, 255, 255, 0].into()),
                DhcpOption::Router(vec![[10, 0, 0, 254].into()]),
                DhcpOption::DomainNameServer(vec![[10, 0, 0, 53].into(), [10, 0, 0, 54].into()]),
                DhcpOption::DomainName("agence.test".into()),
                DhcpOption::AddressLeaseTime(7200),
            ],
        );
        let offer = offer(&frame).unwrap();
        assert_eq!(offer.server, Ipv4Addr::new(10, 0, 0, 2));
        assert_eq!(offer.address, Ipv4Addr::new(10, 0, 0, 100));
        assert_eq!(offer.mask, Some([255, 255, 255, 0].into()));
        assert_eq!(offer.routers, [Ipv4Addr::new(10, 0, 0, 254)]);
        assert_eq!(offer.dns.len(), 2);
        assert_eq!((offer.domain.as_deref(), offer.lease), (Some("agence.test"), Some(7200)));
    }

    #[test]
    fn a_server_that_does_not_name_itself_is_known_by_its_packet() {
        assert_eq!(offer(&made(MessageType::Offer, &[])).unwrap().server, Ipv4Addr::new(10, 0, 0, 1));
    }

    #[test]
    fn a_request_names_what_was_offered_and_by_whom_and_a_release_gives_it_back() {
        let offer = offer(&made(MessageType::Offer, &[])).unwrap();
        let message = |frame: Option<Vec<u8>>| Message::decode(&mut Decoder::new(&frame.unwrap()[42..])).unwrap();
        let request = message(request(ask(), &offer, [2; 6]));
        assert_eq!(request.opts().msg_type(), Some(MessageType::Request));
        let named = [OptionCode::RequestedIpAddress, OptionCode::ServerIdentifier].map(|code| request.opts().get(code));
        assert_eq!(named[0], Some(&DhcpOption::RequestedIpAddress([10, 0, 0, 100].into())));
        assert_eq!(named[1], Some(&DhcpOption::ServerIdentifier([10, 0, 0, 1].into())));
        let release = message(release(ask(), &offer, [2; 6]));
        assert_eq!((release.opts().msg_type(), release.ciaddr()), (Some(MessageType::Release), offer.address));
    }

    #[test]
    fn an_ack_is_told_from_an_offer() {
        let frame = made(MessageType::Ack, &[DhcpOption::DomainNameServer(vec![[10, 0, 0, 53].into()])]);
        assert_eq!(ack(&frame).unwrap().dns, [Ipv4Addr::new(10, 0, 0, 53)]);
        assert_eq!(ack(&made(MessageType::Offer, &[])), None);
    }

    #[test]
    fn other_messages_are_no_offers() {
        assert_eq!(offer(&made(MessageType::Ack, &[])), None);
        assert_eq!(offer(&discover(ask(), [2; 6]).unwrap()), None, "a client's message");
    }

    proptest! {
        #[test]
        fn garbage_is_never_an_offer_nor_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            prop_assert_eq!(offer(&bytes), None);
        }

        #[test]
        fn a_damaged_offer_never_panics(at in 0_usize..320, value: u8, cut in 0_usize..400) {
            let mut frame = made(MessageType::Offer, &[DhcpOption::DomainName("a.test".into())]);
            let end = frame.len();
            frame[at % end] = value;
            frame.truncate(cut);
            let _ = offer(&frame);
        }
    }
}
