//! Listening sockets from `/proc/PID/net/{tcp,tcp6,udp,udp6}` (proc(5)), where the kernel has no socket diagnosis.
//!
//! These tables don't say whether an IPv6 socket is for IPv6 only: the machine's default (`bindv6only`) is taken.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use super::{Protocol, Socket};

/// States of the fourth column: `TCP_LISTEN`, and `TCP_CLOSE` for a UDP socket that isn't connected.
const LISTEN: &str = "0A";
const UNCONNECTED: &str = "07";

/// Every listening socket; `proc` is the folder of a process in the machine's network.
pub(super) fn listening(proc: &Path) -> io::Result<Vec<Socket>> {
    let v6_only = std::fs::read_to_string("/proc/sys/net/ipv6/bindv6only").is_ok_and(|flag| flag.trim() == "1");
    let mut all = Vec::new();
    for (file, protocol) in
        [("tcp", Protocol::Tcp), ("tcp6", Protocol::Tcp), ("udp", Protocol::Udp), ("udp6", Protocol::Udp)]
    {
        match std::fs::read_to_string(proc.join("net").join(file)) {
            Ok(text) => all.extend(text.lines().skip(1).filter_map(|line| socket(line, protocol, v6_only))),
            // A kernel without IPv6 has no such table.
            Err(error) if error.kind() == io::ErrorKind::NotFound && file.ends_with('6') => {}
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

/// `sl local rem st tx:rx tr:when retr uid timeout inode …`
fn socket(line: &str, protocol: Protocol, v6_only: bool) -> Option<Socket> {
    let mut columns = line.split_whitespace().skip(1);
    let (local, _, state) = (columns.next()?, columns.next()?, columns.next()?);
    let wanted = match protocol {
        Protocol::Tcp => LISTEN,
        Protocol::Udp => UNCONNECTED,
    };
    let (address, port) = local.split_once(':')?;
    let address = address_of(address)?;
    let inode = columns.nth(5)?.parse().ok()?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let v6_only = v6_only && address.is_ipv6();
    (state == wanted).then_some(Socket { protocol, address, port, v6_only, inode })
}

/// Words of 32 bits, each in hexadecimal in the order of the machine's processor.
fn address_of(text: &str) -> Option<IpAddr> {
    if !text.is_ascii() {
        return None;
    }
    let words: Option<Vec<[u8; 4]>> = text
        .as_bytes()
        .chunks(8)
        .map(|word| u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok().map(u32::to_ne_bytes))
        .collect();
    match words?.as_slice() {
        [word] => Some(Ipv4Addr::from(*word).into()),
        words @ [_, _, _, _] => <[u8; 16]>::try_from(words.concat()).ok().map(|bytes| Ipv6Addr::from(bytes).into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::TcpListener;

    #[test]
    fn the_tables_show_what_this_process_listens_on() {
        for host in ["127.0.0.1:0", "[::]:0"] {
            let server = TcpListener::bind(host).unwrap();
            let local = server.local_addr().unwrap();
            let all = listening(Path::new("/proc/self")).unwrap();
            assert!(all.iter().any(|socket| (socket.address, socket.port) == (local.ip(), local.port())), "{host}");
        }
    }

    #[test]
    fn only_listeners_are_kept() {
        let line = |state: &str| format!("0: 0100007F:1F90 00000000:0000 {state} 0:0 0:0 0 0 0 42 1");
        assert_eq!(socket(&line("0A"), Protocol::Tcp, false).unwrap().inode, 42);
        assert_eq!(socket(&line("01"), Protocol::Tcp, false), None);
        assert_eq!(socket(&line("0A"), Protocol::Udp, false), None);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(line in "[0-9A-Fa-f: é]{0,120}") {
            let _ = (socket(&line, Protocol::Tcp, true), address_of(&line));
        }
    }
}
