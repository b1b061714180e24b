//! Addresses as people write them, read by meaning. Pure.

use std::net::IpAddr;

/// An Ethernet address in any usual spelling: `aa:bb:cc:dd:ee:ff`, `AA-BB-…`, `aabb.ccdd.eeff`, `aabbccddeeff`.
#[must_use]
pub fn mac(text: &str) -> Option<[u8; 6]> {
    let text = text.trim();
    if !text.is_ascii() {
        return None;
    }
    let groups: Vec<&str> = text.split([':', '-', '.']).collect();
    let width = match groups.len() {
        6 => 2,
        3 => 4,
        1 => 12,
        _ => return None,
    };
    if groups.iter().any(|group| group.len() != width) {
        return None;
    }
    let digits = groups.concat();
    let mut bytes = [0; 6];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks(2)) {
        let pair = std::str::from_utf8(pair).ok().filter(|pair| pair.chars().all(|c| c.is_ascii_hexdigit()))?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}

/// An address: an IPv4 one inside IPv6 (`::ffff:10.0.0.1`) is that IPv4 one.
#[must_use]
pub fn ip(text: &str) -> Option<IpAddr> {
    text.trim().parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// An address with its prefix length or netmask: `10.0.0.0/24`, `10.0.0.0/255.255.255.0`, `fd00::/64`.
#[must_use]
pub fn net(text: &str) -> Option<(IpAddr, u8)> {
    let (address, mask) = text.trim().split_once('/')?;
    let address: IpAddr = address.trim().parse().ok()?;
    let mask = mask.trim();
    let prefix = match mask.parse::<u8>() {
        Ok(prefix) => prefix,
        Err(_) => netmask(mask.parse().ok()?)?,
    };
    let longest = if address.is_ipv4() { 32 } else { 128 };
    (prefix <= longest).then_some((address, prefix))
}

fn netmask(mask: std::net::Ipv4Addr) -> Option<u8> {
    let bits = u32::from(mask);
    let prefix = bits.leading_ones();
    (bits.checked_shl(prefix).unwrap_or(0) == 0).then(|| u8::try_from(prefix).ok()).flatten()
}

/// Whether an address is inside a network. Never across families.
#[must_use]
pub fn in_network(address: IpAddr, (network, prefix): (IpAddr, u8)) -> bool {
    let same = |a: u128, b: u128, width: u32| {
        let drop = width.saturating_sub(u32::from(prefix));
        a.checked_shr(drop).unwrap_or(0) == b.checked_shr(drop).unwrap_or(0)
    };
    match (address.to_canonical(), network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => same(u32::from(a).into(), u32::from(b).into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => same(a.into(), b.into(), 128),
        _ => false,
    }
}

/// An Ethernet address the usual way: `aa:bb:cc:dd:ee:ff`.
#[must_use]
pub fn say_mac(mac: [u8; 6]) -> String {
    mac.map(|byte| format!("{byte:02x}")).join(":")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_whatever_their_spelling() {
        let expected = Some([0xaa, 0xbb, 0xcc, 0, 1, 2]);
        for same in ["aa:bb:cc:00:01:02", "AA-BB-CC-00-01-02", "aabb.cc00.0102", "AABBCC000102"] {
            assert_eq!(mac(same), expected, "{same}");
        }
        for wrong in ["", "aa:bb", "aa:bb:cc:00:01:zz", "+a:bb:cc:00:01:02", "é", "a:bb:cc:00:01:002"] {
            assert_eq!(mac(wrong), None, "{wrong}");
        }
        assert_eq!(ip("::ffff:10.0.0.1"), ip("10.0.0.1"));
        assert_eq!(ip("2001:DB8:0:0::1"), ip("2001:db8::1"));
    }

    #[test]
    fn a_netmask_is_a_prefix_length() {
        assert_eq!(net("10.0.0.0/255.255.255.0"), net("10.0.0.0/24"));
        assert_eq!(net("0.0.0.0/0.0.0.0"), net("0.0.0.0/0"));
        for wrong in ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/255.0.255.0", "fd00::/129", "x/8", "/"] {
            assert_eq!(net(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn networks_hold_their_addresses_only() {
        let lan = net("10.0.0.0/24").unwrap();
        assert!(in_network(ip("10.0.0.255").unwrap(), lan));
        assert!(!in_network(ip("10.0.1.0").unwrap(), lan));
        assert!(!in_network(ip("fd00::1").unwrap(), lan));
        assert!(in_network(ip("192.0.2.1").unwrap(), net("0.0.0.0/0").unwrap()));
        assert!(in_network(ip("fd00::1").unwrap(), net("::/0").unwrap()));
    }

    proptest! {
        #[test]
        fn nothing_panics(text in ".{0,40}") {
            let _ = (mac(&text), ip(&text), net(&text));
        }

        #[test]
        fn what_is_said_is_read_back(bytes: [u8; 6]) {
            prop_assert_eq!(mac(&say_mac(bytes)), Some(bytes));
        }
    }
}
