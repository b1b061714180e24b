//! The addresses of a host, as the machine's own name services give them.
//!
//! `getent` is asked and not this process's C library, which would load the machine's modules (nsswitch.conf(5)).

use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use super::left;
use crate::i18n::Message;
use crate::probe::run;

/// Every address of a host, in the order of preference; empty: its name is not known.
pub(in crate::probe) fn resolve(host: &str, end: Instant) -> Result<Vec<IpAddr>, Message> {
    let bare = host.trim().trim_start_matches('[').trim_end_matches(']');
    if let Ok(ip) = bare.parse() {
        return Ok(vec![ip]);
    }
    // `--` : a name that starts with a hyphen is no option.
    Ok(addresses(&run::run(&["getent", "ahosts", "--", bare], left(end))?.text()))
}

/// As [`resolve`], with a port.
pub(in crate::probe) fn sockets(host: &str, port: u16, end: Instant) -> Result<Vec<SocketAddr>, Message> {
    Ok(resolve(host, end)?.into_iter().map(|ip| SocketAddr::new(ip, port)).collect())
}

fn addresses(text: &str) -> Vec<IpAddr> {
    let mut all = Vec::new();
    for ip in text.lines().filter_map(|line| line.split_whitespace().next()?.split('%').next()?.parse::<IpAddr>().ok())
    {
        let ip = ip.to_canonical();
        if !all.contains(&ip) {
            all.push(ip);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn addresses_are_told_once_and_in_their_order() {
        let text =
            "10.0.0.1 STREAM web\n10.0.0.1 DGRAM\n10.0.0.1 RAW\nfe80::1%eth0 STREAM\n::ffff:10.0.0.2 STREAM\nx\n";
        let ips: Vec<IpAddr> = ["10.0.0.1", "fe80::1", "10.0.0.2"].map(|ip| ip.parse().unwrap()).to_vec();
        assert_eq!(addresses(text), ips);
        assert_eq!(addresses(""), Vec::<IpAddr>::new());
    }

    #[test]
    fn an_address_needs_no_name_service() {
        let end = Instant::now() + Duration::from_secs(20);
        assert_eq!(resolve("[::1]", end).unwrap(), ["::1".parse::<IpAddr>().unwrap()]);
        assert!(!resolve("localhost", end).unwrap().is_empty());
        assert!(resolve("--help", end).unwrap().is_empty());
    }
}
