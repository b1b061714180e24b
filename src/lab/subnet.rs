//! Networks drawn from a pattern such as `10.{20..250}.{0..250}.0/24` or `fd00:{1..ffff}::/64`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr, Value};
use minijinja::{Error, ErrorKind, State};

use super::stream::Stream;
use crate::i18n::Message;
use crate::msg;

/// A network; its host bits are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subnet {
    address: IpAddr,
    prefix: u8,
}

/// A pattern, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    parts: Vec<Part>,
    /// Numbers are decimal in IPv4, hexadecimal in IPv6.
    is_v6: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Fixed(String),
    Range(u64, u64),
}

impl Pattern {
    /// Reads a pattern; every network it can give is valid.
    pub(super) fn parse(text: &str) -> Result<Self, Message> {
        let wrong = || msg!("lab-bad-subnet", value = text);
        let is_v6 = text.contains(':');
        let radix = if is_v6 { 16 } else { 10 };
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((before, after)) = rest.split_once('{') {
            let (range, after) = after.split_once('}').ok_or_else(wrong)?;
            let (low, high) = range.split_once("..").ok_or_else(wrong)?;
            let number = |digits| u64::from_str_radix(digits, radix).map_err(|_| wrong());
            let (low, high) = (number(low)?, number(high)?);
            if low > high {
                return Err(wrong());
            }
            parts.extend([Part::Fixed(before.to_owned()), Part::Range(low, high)]);
            rest = after;
        }
        parts.push(Part::Fixed(rest.to_owned()));
        let pattern = Self { parts, is_v6 };
        // Each number is right on its own, so both ends of every range being right is enough.
        pattern.fill(|low, _| low).and(pattern.fill(|_, high| high)).ok_or_else(wrong)?;
        Ok(pattern)
    }

    /// Draws a network.
    pub(super) fn draw(&self, stream: &mut Stream) -> Option<Subnet> {
        self.fill(|low, high| stream.between(low, high))
    }

    fn fill(&self, mut choose: impl FnMut(u64, u64) -> u64) -> Option<Subnet> {
        let text: String = self
            .parts
            .iter()
            .map(|part| match part {
                Part::Fixed(text) => text.clone(),
                Part::Range(low, high) if self.is_v6 => format!("{:x}", choose(*low, *high)),
                Part::Range(low, high) => choose(*low, *high).to_string(),
            })
            .collect();
        Subnet::parse(&text)
    }
}

impl Subnet {
    /// Reads `10.0.0.0/24`; host bits are put to zero.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let (address, prefix) = (address.parse::<IpAddr>().ok()?, prefix.parse::<u8>().ok()?);
        let subnet = Self { address, prefix };
        (prefix <= subnet.width()).then(|| Self { address: subnet.with_bits(subnet.bits() & subnet.mask()), prefix })
    }

    /// Whether an address is in both.
    pub(super) fn overlaps(&self, other: &Self) -> bool {
        let mask = self.mask() & other.mask();
        self.address.is_ipv4() == other.address.is_ipv4() && self.bits() & mask == other.bits() & mask
    }

    fn width(&self) -> u8 {
        if self.address.is_ipv4() { 32 } else { 128 }
    }

    fn bits(&self) -> u128 {
        match self.address {
            IpAddr::V4(address) => u128::from(u32::from(address)),
            IpAddr::V6(address) => u128::from(address),
        }
    }

    /// The network's bits set, within its family's width.
    fn mask(&self) -> u128 {
        let all = u128::MAX >> (128 - u32::from(self.width()));
        all & !self.hosts()
    }

    /// The host bits set: how many addresses follow the first.
    fn hosts(&self) -> u128 {
        let bits = u32::from(self.width().saturating_sub(self.prefix));
        1_u128.checked_shl(bits).map_or(u128::MAX, |size| size - 1)
    }

    fn with_bits(&self, bits: u128) -> IpAddr {
        match self.address {
            IpAddr::V4(_) => Ipv4Addr::from(u32::try_from(bits).unwrap_or(u32::MAX)).into(),
            IpAddr::V6(_) => Ipv6Addr::from(bits).into(),
        }
    }

    /// The n-th address of the network; 0 is the network's own.
    fn host(&self, n: u64) -> Option<IpAddr> {
        (u128::from(n) <= self.hosts()).then(|| self.with_bits(self.bits() + u128::from(n)))
    }
}

impl fmt::Display for Subnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// What templates may ask of a network.
impl Object for Subnet {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let address = |bits| Value::from(self.with_bits(bits).to_string());
        match key.as_str()? {
            "address" => Some(address(self.bits())),
            "netmask" => Some(address(self.mask())),
            "broadcast" => Some(address(self.bits() | self.hosts())),
            "prefix" => Some(Value::from(self.prefix)),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["address", "netmask", "broadcast", "prefix"])
    }

    fn call_method(self: &Arc<Self>, _: &State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        if method != "host" {
            return Err(Error::new(ErrorKind::UnknownMethod, format!("a network has no method {method}")));
        }
        let (n,): (u64,) = minijinja::value::from_args(args)?;
        let address = self
            .host(n)
            .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("{self} has no address number {n}")))?;
        Ok(Value::from(address.to_string()))
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_can_give_a_wrong_network_are_refused() {
        for text in [
            "",
            "10.0.0.0",
            "10.{20..300}.0.0/24",
            "10.{9..2}.0.0/24",
            "10.{a..b}.0.0/24",
            "10.{1..2.0.0/24",
            "10.0.0.0/33",
            "fd00:{1..fffff}::/64",
            "fd00::/129",
            "10.{1}.0.0/24",
        ] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
        for text in ["10.{20..250}.{0..250}.0/24", "fd00:{1..ffff}::/64", "192.168.1.0/24", "0.0.0.0/0", "::/0"] {
            assert!(Pattern::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn host_bits_are_put_to_zero() {
        assert_eq!(Subnet::parse("10.0.0.77/26").unwrap().to_string(), "10.0.0.64/26");
        assert_eq!(Subnet::parse("fd00::5/64").unwrap().to_string(), "fd00::/64");
    }

    #[test]
    fn hosts_stay_in_the_network() {
        let lan = Subnet::parse("10.0.0.64/26").unwrap();
        assert_eq!(lan.host(63).unwrap().to_string(), "10.0.0.127");
        assert_eq!(lan.host(64), None);
        assert_eq!(Subnet::parse("::/0").unwrap().host(5).unwrap().to_string(), "::5");
    }

    #[test]
    fn overlaps_are_seen() {
        let net = |text| Subnet::parse(text).unwrap();
        assert!(net("10.0.0.0/8").overlaps(&net("10.2.3.0/24")));
        assert!(!net("10.1.0.0/24").overlaps(&net("10.2.0.0/24")));
        assert!(!net("0.0.0.0/0").overlaps(&net("::/0")));
    }
}
