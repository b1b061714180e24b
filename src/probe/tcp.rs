//! A TCP connection from this machine to a port, and what is said there first (RFC 9293).

use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wire::conn::Conn;
use super::wire::reach::{Reach, reach};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `tcp = { host = "srv", port = 25 }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// A name, as the machine knows it, or an address.
    pub host: String,
    /// The port.
    pub port: u16,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS).needs(&[Need::Tool("getent")]);

const FIELDS: &[Field] = &[
    Field { name: "open", kind: Kind::Bool, doc: "whether a connection is accepted" },
    Field {
        name: "state",
        kind: Kind::Word,
        doc: "open; refused: nothing listens there; rejected: a firewall says no (ICMP, RFC 1812 §5.2.7.1); filtered: \
              nobody answers; unreachable: no such host; no-route: this machine has no way there; unresolved: the name \
              has no address",
    },
    Field { name: "address", kind: Kind::Ip, doc: "the address that answered" },
    Field {
        name: "banner",
        kind: Kind::Text,
        doc: "the first line the server says without being asked; none: it waits",
    },
];

const LIMIT: Duration = Duration::from_secs(5);
/// How long a greeting is waited for: a server that looks up its client's name first may take a while.
const GREETING: Duration = Duration::from_millis(1500);

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-tcp", host = &args.host, port = args.port.to_string());
    let fact = look(args, Instant::now() + machine.timeout().min(LIMIT)).unwrap_or_else(Fact::Unknown);
    Observation { fact, source }
}

fn look(args: &Args, end: Instant) -> Result<Fact, Message> {
    Ok(match reach(&args.host, args.port, end)? {
        Reach::Closed(closed) => Fact::record([("open", false.into()), ("state", closed.word().into())]),
        Reach::Open(stream, address) => {
            let mut conn = Conn::plain(stream, end.min(Instant::now() + GREETING));
            Fact::record([
                ("open", true.into()),
                ("state", "open".into()),
                ("address", address.ip().to_canonical().into()),
                ("banner", conn.line().ok().into()),
            ])
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::TcpListener;

    fn see(port: u16) -> Fact {
        observe(&Args { host: "127.0.0.1".into(), port }, &Machine::default()).fact
    }

    #[test]
    fn a_greeting_is_heard() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port();
        std::thread::spawn(move || {
            let (mut client, _) = server.accept().unwrap();
            client.write_all(b"220 mail.test ESMTP\r\n").unwrap();
        });
        let Fact::Record(fields) = see(port) else { panic!("a record") };
        assert_eq!(fields["banner"], Fact::text("220 mail.test ESMTP"));
        assert!(FIELDS.iter().all(|field| fields.contains_key(field.name)));
    }

    #[test]
    fn a_port_without_a_listener_is_refused() {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        assert_eq!(see(port), Fact::record([("open", false.into()), ("state", "refused".into())]));
    }
}
