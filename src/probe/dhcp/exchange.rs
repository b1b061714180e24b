//! The exchange itself, on raw packet sockets (packet(7)): works on an interface without an address and beside a DHCP
//! client that holds port 68. DISCOVERs take no lease; the one that `acknowledged` takes is given back at once.

use std::collections::BTreeSet;
use std::io;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use pnet_datalink::{Channel, Config, DataLinkReceiver, DataLinkSender, NetworkInterface};

use super::packet::{self, Ask, Offer};

/// How long the next first answer may take: dnsmasq and ISC dhcpd first ping the address they are about to offer, for 3
/// and 1 seconds, one request after the other.
const PATIENCE: Duration = Duration::from_millis(4500);
/// How long a second server may take once everyone was answered: the ping of a server that has to ping.
const GRACE: Duration = Duration::from_millis(1200);
/// When a request that nobody answered is repeated, once: a server may just be starting.
const REPEAT: Duration = Duration::from_secs(2);

/// Sends the requests and collects every offer to them.
pub(super) fn exchange(interface: &NetworkInterface, asks: &[Ask], limit: Duration) -> io::Result<Vec<Offer>> {
    let (mut sender, mut receiver) = open(interface)?;
    let source = interface.mac.unwrap_or_default().octets();
    let frames: Vec<Vec<u8>> = asks.iter().filter_map(|ask| packet::discover(*ask, source)).collect();
    send(sender.as_mut(), &frames)?;
    let mut patience = Wait::new(Instant::now(), asks, limit);
    let mut offers = Vec::new();
    while Instant::now() < patience.until {
        if patience.repeat(Instant::now()) {
            send(sender.as_mut(), &frames)?;
        }
        if let Some(offer) = next(receiver.as_mut(), packet::offer)?
            && patience.heard(&offer, Instant::now())
            && !offers.contains(&offer)
        {
            offers.push(offer);
        }
    }
    Ok(offers)
}

/// Takes the address that this server offers to a made-up client and gives it back at once: what the server says then.
pub(super) fn acknowledged(
    interface: &NetworkInterface,
    server: Ipv4Addr,
    ask: Ask,
    limit: Duration,
) -> io::Result<Option<Offer>> {
    let offers = exchange(interface, &[ask], limit)?;
    let Some(offer) = offers.into_iter().find(|offer| offer.server == server) else { return Ok(None) };
    let (mut sender, mut receiver) = open(interface)?;
    let source = interface.mac.unwrap_or_default().octets();
    send(sender.as_mut(), packet::request(ask, &offer, source).as_slice())?;
    let end = Instant::now() + PATIENCE.min(limit);
    let mut ack = None;
    while ack.is_none() && Instant::now() < end {
        ack = next(receiver.as_mut(), packet::ack)?.filter(|ack| ack.xid == ask.xid && ack.server == server);
    }
    send(sender.as_mut(), packet::release(ask, &offer, source).as_slice())?;
    Ok(ack)
}

fn open(interface: &NetworkInterface) -> io::Result<(Box<dyn DataLinkSender>, Box<dyn DataLinkReceiver>)> {
    let config = Config {
        read_timeout: Some(Duration::from_millis(50)),
        // Broadcast answers need no promiscuous mode, and the machine's log stays clean.
        promiscuous: false,
        ..Config::default()
    };
    match pnet_datalink::channel(interface, config)? {
        Channel::Ethernet(sender, receiver) => Ok((sender, receiver)),
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

fn send(sender: &mut dyn DataLinkSender, frames: &[Vec<u8>]) -> io::Result<()> {
    frames.iter().try_for_each(|frame| sender.send_to(frame, None).unwrap_or(Ok(())))
}

fn next(receiver: &mut dyn DataLinkReceiver, read: fn(&[u8]) -> Option<Offer>) -> io::Result<Option<Offer>> {
    match receiver.next() {
        Ok(frame) => Ok(read(frame)),
        Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => Ok(None),
        Err(error) => Err(error),
    }
}

/// How long to go on listening. Pure.
#[derive(Debug)]
struct Wait {
    unanswered: BTreeSet<u32>,
    all: BTreeSet<u32>,
    started: Instant,
    end: Instant,
    repeated: bool,
    until: Instant,
}

impl Wait {
    fn new(now: Instant, asks: &[Ask], limit: Duration) -> Self {
        let all: BTreeSet<u32> = asks.iter().map(|ask| ask.xid).collect();
        let end = now + limit;
        Self { unanswered: all.clone(), all, started: now, end, repeated: false, until: end.min(now + PATIENCE) }
    }

    /// Notes an offer; whether it answers one of ours.
    fn heard(&mut self, offer: &Offer, now: Instant) -> bool {
        if self.unanswered.remove(&offer.xid) {
            let more = if self.unanswered.is_empty() { GRACE } else { PATIENCE };
            self.until = self.end.min(now + more);
        }
        self.all.contains(&offer.xid)
    }

    /// Whether it is time to ask again: nobody answered anything.
    fn repeat(&mut self, now: Instant) -> bool {
        let due = !self.repeated && self.unanswered.len() == self.all.len() && now >= self.started + REPEAT;
        self.repeated |= due;
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(xid: u32) -> Offer {
        Offer {
            xid,
            server: Ipv4Addr::LOCALHOST,
            address: Ipv4Addr::LOCALHOST,
            mask: None,
            routers: Vec::new(),
            dns: Vec::new(),
            domain: None,
            lease: None,
        }
    }

    fn asks(xids: &[u32]) -> Vec<Ask> {
        xids.iter().map(|&xid| Ask { xid, client: [0; 6], request: None }).collect()
    }

    #[test]
    fn listens_for_a_second_server_once_all_are_answered() {
        let now = Instant::now();
        let mut wait = Wait::new(now, &asks(&[1, 2]), Duration::from_mins(1));
        assert_eq!(wait.until, now + PATIENCE);
        assert!(wait.heard(&offer(1), now));
        assert_eq!(wait.until, now + PATIENCE);
        assert!(wait.heard(&offer(2), now));
        assert_eq!(wait.until, now + GRACE);
        assert!(wait.heard(&offer(2), now + GRACE / 2), "a second server's");
        assert_eq!(wait.until, now + GRACE, "which does not make the wait longer");
    }

    #[test]
    fn other_exchanges_are_not_ours() {
        let now = Instant::now();
        assert!(!Wait::new(now, &asks(&[1]), Duration::from_mins(1)).heard(&offer(9), now));
    }

    #[test]
    fn never_goes_beyond_its_limit() {
        let now = Instant::now();
        let mut wait = Wait::new(now, &asks(&[1, 2]), Duration::from_secs(1));
        assert_eq!(wait.until, now + Duration::from_secs(1));
        wait.heard(&offer(1), now);
        assert_eq!(wait.until, now + Duration::from_secs(1));
    }

    #[test]
    fn asks_again_once_and_only_when_nobody_spoke() {
        let now = Instant::now();
        let mut wait = Wait::new(now, &asks(&[1]), Duration::from_mins(1));
        assert!(!wait.repeat(now));
        assert!(wait.repeat(now + REPEAT));
        assert!(!wait.repeat(now + REPEAT * 2));
        let mut wait = Wait::new(now, &asks(&[1, 2]), Duration::from_mins(1));
        wait.heard(&offer(1), now);
        assert!(!wait.repeat(now + REPEAT));
    }
}
