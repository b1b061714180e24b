//! What a DHCP client would be offered: a real exchange from one of the machine's interfaces (RFC 2131).
//!
//! DISCOVERs are sent, which take no lease, and nothing on the machine changes. Every server's offers are collected. A
//! server whose offers name no name server may do so in its ACKs only (systemd-networkd does): one made-up client then
//! takes an address and gives it back at once.

mod exchange;
mod packet;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use pnet_datalink::NetworkInterface;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, Probe, Watch, reason};
use crate::i18n::Message;
use crate::msg;
use packet::{Ask, Offer};

/// What a lab writes: `dhcp = { interface = "eth0", request = ["10.0.0.100"] }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The interface that asks; it needs no address.
    pub interface: String,
    /// Whose offer `offer` and `granted` are about: a server's address. The first to answer unless said.
    pub server: Option<String>,
    /// Ask in the name of this Ethernet address (a printer not yet delivered); the interface's own unless said.
    pub mac: Option<String>,
    /// Addresses to ask for, each in the name of a made-up client: see `granted`. Add one that should be granted even
    /// where the others should not, so that a server that takes no account of wishes is told from one that refuses.
    #[serde(default)]
    pub request: Vec<String>,
}

const OFFER: &[Field] = &[
    Field { name: "server", kind: Kind::Ip, doc: "who offers (option 54)" },
    Field { name: "address", kind: Kind::Ip, doc: "the address offered (yiaddr)" },
    Field { name: "mask", kind: Kind::Ip, doc: "subnet mask (option 1)" },
    Field { name: "router", kind: Kind::Ip, doc: "first default gateway (option 3)" },
    Field { name: "routers", kind: Kind::List(&Kind::Ip), doc: "every default gateway (option 3)" },
    Field { name: "dns", kind: Kind::List(&Kind::Ip), doc: "name servers, in their order (option 6)" },
    Field { name: "domain", kind: Kind::Word, doc: "domain name (option 15)" },
    Field { name: "lease", kind: Kind::Duration, doc: "lease time (option 51)" },
    Field { name: "current", kind: Kind::Bool, doc: "whether the interface holds the address offered already" },
];

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS)
    .needs(&[Need::Root("to open packet sockets")])
    .watches(&[Watch::Units, Watch::Network]);

const FIELDS: &[Field] = &[
    Field {
        name: "link",
        kind: Kind::Bool,
        doc: "whether the interface is up, so that it can ask; none: there is no such interface",
    },
    Field { name: "servers", kind: Kind::List(&Kind::Ip), doc: "every server that answered (option 54), sorted" },
    Field { name: "offer", kind: Kind::Record(OFFER), doc: "the offer to the client; none: nobody answered" },
    Field {
        name: "granted",
        kind: Kind::List(&Kind::Ip),
        doc: "those of the addresses in `request` that were offered to who asked for them (option 50), or that the \
              machine holds; unknown where the server takes no account of wishes (RFC 2131 §4.3.1 says it should)",
    },
];

/// Exchanges take this long at most.
const LIMIT: Duration = Duration::from_secs(25);
/// Made-up clients asked for where a server takes no account of wishes but draws from its whole range (systemd-networkd):
/// one address of 200 is missed once in 20 000 times.
const SAMPLES: u32 = 2000;
/// Requests sent together: few enough for a server's receive buffer.
const BATCH: u32 = 100;

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-dhcp", interface = &args.interface);
    match Exchange::new(args).and_then(|own| own.map_or_else(|| Ok(silent(Fact::None)), |own| own.fact(machine))) {
        Ok(fact) => Observation::seen(fact, source),
        Err(why) => Observation::unknown(why, source),
    }
}

/// Nobody to answer, for want of an interface or of a link: a state, not a lack of knowledge.
fn silent(link: Fact) -> Fact {
    let none = || Fact::List(Vec::new());
    Fact::record([("link", link), ("servers", none()), ("offer", Fact::None), ("granted", none())])
}

/// One client's wish: what an exchange is known by.
type Wish = ([u8; 6], Option<Ipv4Addr>);

/// Everything this run asks, in one exchange for each interface: a server that pings before it offers serves one request
/// after the other, and two exchanges would wait for each other's addresses.
struct Shared(BTreeMap<String, Result<Vec<(Wish, Offer)>, Message>>);

impl Shared {
    fn new(machine: &Machine) -> Self {
        let mut wishes: BTreeMap<String, (NetworkInterface, Vec<Wish>)> = BTreeMap::new();
        for probe in machine.asked() {
            let Probe::Dhcp(args) = probe else { continue };
            // What is wrong in an argument is told by its own probe.
            let Ok(Some(own)) = Exchange::new(args) else { continue };
            if own.interface.is_up() {
                let (_, all) = wishes.entry(args.interface.clone()).or_insert((own.interface.clone(), Vec::new()));
                all.extend(own.wishes().into_iter().filter(|wish| !all.contains(wish)).collect::<Vec<_>>());
            }
        }
        let limit = machine.timeout().min(LIMIT);
        Self(thread::scope(|scope| {
            let started: Vec<_> = wishes
                .into_iter()
                .map(|(name, (interface, all))| {
                    let ask = move || run(&interface, &all, limit).and_then(|found| complete(&interface, found, limit));
                    (name, scope.spawn(ask))
                })
                .collect();
            let broke = || Err(msg!("probe-timed-out", subject = "DHCP"));
            started.into_iter().map(|(name, one)| (name, one.join().unwrap_or_else(|_| broke()))).collect()
        }))
    }
}

/// Asks for all of these at once.
fn run(interface: &NetworkInterface, wishes: &[Wish], limit: Duration) -> Result<Vec<(Wish, Offer)>, Message> {
    let first = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.subsec_nanos());
    let asks: Vec<Ask> =
        (0..).zip(wishes).map(|(n, &(client, request))| Ask { xid: first.wrapping_add(n), client, request }).collect();
    let offers = exchange::exchange(interface, &asks, limit).map_err(|error| reason(&error, &interface.name))?;
    let whose = |xid| asks.iter().find(|ask| ask.xid == xid).map(|ask| (ask.client, ask.request));
    Ok(offers.into_iter().filter_map(|offer| Some((whose(offer.xid)?, offer))).collect())
}

/// Completes the offers of a server that names its name servers in its ACKs only.
fn complete(
    interface: &NetworkInterface,
    mut offers: Vec<(Wish, Offer)>,
    limit: Duration,
) -> Result<Vec<(Wish, Offer)>, Message> {
    let silent: BTreeSet<Ipv4Addr> =
        offers.iter().filter(|(_, offer)| offer.dns.is_empty()).map(|(_, offer)| offer.server).collect();
    for server in silent {
        let [a, b, c, d] = server.octets();
        let ask = Ask { xid: u32::from(server), client: [0x0a, 0x50, a, b, c, d], request: None };
        let ack = exchange::acknowledged(interface, server, ask, limit);
        let Some(ack) = ack.map_err(|error| reason(&error, &interface.name))? else { continue };
        for (_, offer) in offers.iter_mut().filter(|(_, offer)| offer.server == server) {
            offer.add(&ack);
        }
    }
    Ok(offers)
}

/// The arguments, understood.
struct Exchange {
    interface: NetworkInterface,
    client: [u8; 6],
    server: Option<Ipv4Addr>,
    request: Vec<Ipv4Addr>,
}

impl Exchange {
    /// None: there is no such interface.
    fn new(args: &Args) -> Result<Option<Self>, Message> {
        let server = args.server.as_deref().map(address).transpose()?;
        let request = args.request.iter().map(|text| address(text)).collect::<Result<_, _>>()?;
        let client = args.mac.as_deref().map(hardware).transpose()?;
        let found = pnet_datalink::interfaces().into_iter().find(|one| one.name == args.interface);
        Ok(found.map(|interface| Self {
            client: client.or(interface.mac.map(|mac| mac.octets())).unwrap_or_default(),
            server,
            request,
            interface,
        }))
    }

    fn fact(&self, machine: &Machine) -> Result<Fact, Message> {
        if !self.interface.is_up() {
            return Ok(silent(false.into()));
        }
        let shared = machine.once(Shared::new);
        let Some(all) = shared.0.get(&self.interface.name) else { return Ok(silent(false.into())) };
        let wishes = self.wishes();
        let offers: Vec<(Wish, Offer)> = all.clone()?.into_iter().filter(|(wish, _)| wishes.contains(wish)).collect();
        let own = offers.iter().find(|(wish, offer)| *wish == wishes[0] && self.is_served_by(offer));
        let servers: BTreeSet<Ipv4Addr> = offers.iter().map(|(_, offer)| offer.server).collect();
        let offer = own.map_or(Fact::None, |(_, offer)| record(offer, &self.held()));
        let granted = self.granted(&offers, machine.timeout().min(LIMIT))?;
        Ok(Fact::record([("link", true.into()), ("servers", ips(servers)), ("offer", offer), ("granted", granted)]))
    }

    /// The client's own request first, then one made-up client for each address asked for: the same each time, so that a
    /// server that keeps what it offered for a while keeps it for the next run.
    fn wishes(&self) -> Vec<Wish> {
        let made_up = self.request.iter().map(|&wish| {
            let [a, b, c, d] = wish.octets();
            ([0x02, 0x50, a, b, c, d], Some(wish))
        });
        std::iter::once((self.client, None)).chain(made_up).collect()
    }

    fn is_served_by(&self, offer: &Offer) -> bool {
        self.server.is_none_or(|server| server == offer.server)
    }

    /// The addresses the machine itself holds: nobody else can be offered them.
    fn held(&self) -> BTreeSet<Ipv4Addr> {
        let v4 = |ip| if let IpAddr::V4(ip) = ip { Some(ip) } else { None };
        self.interface.ips.iter().filter_map(|net| v4(net.ip())).collect()
    }

    fn granted(&self, offers: &[(Wish, Offer)], limit: Duration) -> Result<Fact, Message> {
        let mut served = self.served(offers);
        // By who asked for it: drawing from its range, a server may give a wished address to somebody else.
        let heard = |(wish, offer): &(Wish, Offer)| wish.1 == Some(offer.address) && self.is_served_by(offer);
        if !offers.iter().any(heard) && reaches(&served, &self.request) {
            self.sample(&mut served, limit)?;
            if !self.request.iter().any(|wish| served.contains(wish)) {
                return Ok(Fact::Unknown(msg!("probe-dhcp-no-wishes")));
            }
        }
        served.extend(self.held());
        Ok(ips(self.request.iter().copied().filter(|wish| served.contains(wish))))
    }

    /// What the server offered, to whomever.
    fn served(&self, offers: &[(Wish, Offer)]) -> BTreeSet<Ipv4Addr> {
        offers.iter().filter(|(_, offer)| self.is_served_by(offer)).map(|(_, offer)| offer.address).collect()
    }

    /// Adds what many made-up clients without wishes are offered.
    fn sample(&self, served: &mut BTreeSet<Ipv4Addr>, limit: Duration) -> Result<(), Message> {
        let end = Instant::now() + limit;
        for first in (0..SAMPLES).step_by(BATCH as usize) {
            let wishes: Vec<Wish> = (first..first + BATCH)
                .map(|number| {
                    let [a, b, c, d] = number.to_be_bytes();
                    ([0x06, 0x50, a, b, c, d], None)
                })
                .collect();
            served.extend(self.served(&run(&self.interface, &wishes, limit)?));
            if Instant::now() >= end || self.request.iter().all(|wish| served.contains(wish)) {
                break;
            }
        }
        Ok(())
    }
}

/// Whether a server offers addresses among those asked for. If it heard no wish then, it serves this range and takes no
/// account of wishes, or it serves a part of it that was not asked for.
fn reaches(served: &BTreeSet<Ipv4Addr>, request: &[Ipv4Addr]) -> bool {
    let (Some(first), Some(last)) = (request.iter().min(), request.iter().max()) else { return false };
    served.range(*first..=*last).next().is_some()
}

fn ips(list: impl IntoIterator<Item = Ipv4Addr>) -> Fact {
    Fact::List(list.into_iter().map(|ip| Fact::Ip(ip.into())).collect())
}

fn record(offer: &Offer, held: &BTreeSet<Ipv4Addr>) -> Fact {
    let ip = |ip: Ipv4Addr| Fact::Ip(ip.into());
    Fact::record([
        ("server", ip(offer.server)),
        ("address", ip(offer.address)),
        ("mask", offer.mask.map(ip).into()),
        ("router", offer.routers.first().copied().map(ip).into()),
        ("routers", ips(offer.routers.clone())),
        ("dns", ips(offer.dns.clone())),
        ("domain", offer.domain.clone().into()),
        ("lease", offer.lease.map(|seconds| Fact::Duration(seconds.into())).into()),
        ("current", held.contains(&offer.address).into()),
    ])
}

fn address(text: &str) -> Result<Ipv4Addr, Message> {
    text.trim().parse().map_err(|_| msg!("probe-no-ipv4", text = text))
}

fn hardware(text: &str) -> Result<[u8; 6], Message> {
    let mac: pnet_datalink::MacAddr = text.trim().parse().map_err(|_| msg!("probe-no-mac", text = text))?;
    Ok(mac.octets())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(last: u8) -> Ipv4Addr {
        [10, 0, 0, last].into()
    }

    fn exchange() -> Exchange {
        let interface = NetworkInterface {
            name: "eth0".into(),
            description: String::new(),
            index: 2,
            mac: None,
            ips: vec!["10.0.0.150/24".parse().unwrap()],
            flags: 0,
        };
        Exchange { interface, client: [2; 6], server: Some(ip(1)), request: vec![ip(100), ip(125), ip(150)] }
    }

    fn offer(server: u8, address: u8) -> Offer {
        Offer {
            xid: 0,
            server: ip(server),
            address: ip(address),
            mask: None,
            routers: vec![ip(254), ip(253)],
            dns: Vec::new(),
            domain: Some("agence.test".into()),
            lease: Some(7200),
        }
    }

    #[test]
    fn the_client_asks_first_and_each_wish_has_a_client_of_its_own() {
        let wishes = exchange().wishes();
        assert_eq!(wishes[0], ([2; 6], None));
        assert_eq!(wishes[1], ([0x02, 0x50, 10, 0, 0, 100], Some(ip(100))));
        assert_eq!(wishes.len(), 4);
    }

    #[test]
    fn granted_counts_offers_of_the_right_server_and_what_the_machine_holds() {
        let wish = ([2; 6], Some(ip(100)));
        let offers = [offer(1, 100), offer(9, 125), offer(1, 140)].map(|offer| (wish, offer));
        let granted = exchange().granted(&offers, LIMIT).unwrap();
        assert_eq!(granted, ips([ip(100), ip(150)]));
    }

    #[test]
    fn a_server_elsewhere_is_not_one_that_ignores_wishes() {
        let request = exchange().request;
        assert!(reaches(&[ip(110), ip(111)].into(), &request));
        assert!(!reaches(&[ip(20)].into(), &request), "another range altogether");
        assert!(!reaches(&BTreeSet::new(), &request), "no answer");
    }

    #[test]
    fn an_offer_is_told_by_its_options() {
        let Fact::Record(fields) = record(&offer(1, 150), &exchange().held()) else { panic!("a record") };
        assert_eq!(fields["router"], Fact::Ip(ip(254).into()));
        assert_eq!(fields["lease"], Fact::Duration(7200));
        assert_eq!(fields["mask"], Fact::None);
        assert_eq!(fields["current"], Fact::Bool(true));
        assert!(OFFER.iter().all(|field| fields.contains_key(field.name)) && fields.len() == OFFER.len());
    }

    #[test]
    fn what_is_no_address_is_refused() {
        assert!(address("10.0.0").is_err() && hardware("zz").is_err());
        assert_eq!(hardware("02:00:00:00:00:0A").unwrap()[5], 10);
    }
}
