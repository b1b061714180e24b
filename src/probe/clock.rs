//! The machine's clock: whether something keeps it right, and how far it is from a server that is asked (SNTP, RFC 4330).

use std::io::ErrorKind;
use std::net::{IpAddr, UdpSocket};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::process::Processes;
use super::storage::bytes::be32;
use super::{About, Cost, Fact, Field, Kind, Machine, Observation, reading, reason};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `clock = { server = "10.0.0.1" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// A time server by its address; asked once, from the machine.
    #[serde(default)]
    pub server: Option<String>,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS);

const FIELDS: &[Field] = &[
    Field { name: "now", kind: Kind::Time, doc: "what the clock shows" },
    Field {
        name: "keeper",
        kind: Kind::Word,
        doc: "what keeps it right: chronyd, systemd-timesyncd, ntpd, openntpd; none where nothing does",
    },
    Field {
        name: "synchronized",
        kind: Kind::Bool,
        doc: "whether that has it right now (chronyc(1) tracking; /run/systemd/timesync/synchronized, systemd-timesyncd(8))",
    },
    Field { name: "servers", kind: Kind::List(&Kind::Text), doc: "the servers written down for that" },
    Field {
        name: "answering",
        kind: Kind::Bool,
        doc: "whether `server` answers with a time of its own (stratum 1 to 15)",
    },
    Field {
        name: "offset",
        kind: Kind::Duration,
        doc: "how far the clock is from the server's, before or behind, in whole seconds",
    },
    Field {
        name: "rtc-local",
        kind: Kind::Bool,
        doc: "whether the firmware's clock is kept in local time, as Windows does (third line of adjtime_config(5))",
    },
];

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-clock");
    match look(args, machine) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn look(args: &Args, machine: &Machine) -> Result<Fact, Message> {
    let root = Path::new("/");
    let keeper = keeper(machine)?;
    let (answers, offset) = match &args.server {
        None => (Fact::None, Fact::None),
        Some(server) => match ask(server, machine.timeout().min(Duration::from_secs(3))) {
            Ok(Some(offset)) => (true.into(), Fact::Duration(offset.as_secs())),
            Ok(None) => (false.into(), Fact::None),
            Err(reason) => (Fact::Unknown(reason.clone()), Fact::Unknown(reason)),
        },
    };
    let adjtime = reading::text(&root.join("etc/adjtime"))?.unwrap_or_default();
    Ok(Fact::record([
        ("now", Fact::Time(i64::try_from(since_1970(SystemTime::now()).as_secs()).unwrap_or(i64::MAX))),
        ("keeper", keeper.into()),
        ("synchronized", synchronized(keeper, machine)),
        ("servers", Fact::texts(servers(root, keeper)?)),
        ("answering", answers),
        ("offset", offset),
        ("rtc-local", (adjtime.lines().nth(2).map(str::trim) == Some("LOCAL")).into()),
    ]))
}

fn since_1970(time: SystemTime) -> Duration {
    time.duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn keeper(machine: &Machine) -> Result<Option<&'static str>, Message> {
    let processes = machine.once(Processes::of);
    for name in ["chronyd", "systemd-timesyncd", "ntpd", "openntpd"] {
        if processes.runs(&[name])? {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

fn synchronized(keeper: Option<&str>, machine: &Machine) -> Fact {
    match keeper {
        None => false.into(),
        Some("systemd-timesyncd") => Path::new("/run/systemd/timesync/synchronized").exists().into(),
        Some("chronyd") => match machine.run(&["chronyc", "-n", "-c", "tracking"]) {
            Ok(ran) if ran.exit == 0 => tracks(&ran.text()).into(),
            Ok(ran) => Fact::Unknown(msg!("probe-io", subject = "chronyc", error = ran.complaint())),
            Err(reason) => Fact::Unknown(reason),
        },
        Some(name) => Fact::Unknown(msg!("probe-clock-keeper", keeper = name)),
    }
}

/// The last field of `chronyc -c tracking` is the leap status, "Not synchronised" until it is.
fn tracks(csv: &str) -> bool {
    csv.trim().rsplit(',').next().is_some_and(|leap| !leap.is_empty() && leap != "Not synchronised")
}

/// `server`, `pool` and `peer` of chrony.conf(5) and ntp.conf(5), `NTP=` of timesyncd.conf(5).
fn servers(root: &Path, keeper: Option<&str>) -> Result<Vec<String>, Message> {
    let (files, folders): (&[&str], &[&str]) = match keeper {
        Some("chronyd") => (
            &["etc/chrony/chrony.conf", "etc/chrony.conf"],
            &["etc/chrony/conf.d", "etc/chrony/sources.d", "run/chrony-dhcp"],
        ),
        Some("systemd-timesyncd") => (
            &["etc/systemd/timesyncd.conf"],
            &["etc/systemd/timesyncd.conf.d", "run/systemd/timesyncd.conf.d", "usr/lib/systemd/timesyncd.conf.d"],
        ),
        Some(_) => (&["etc/ntp.conf", "etc/ntpsec/ntp.conf", "etc/openntpd/ntpd.conf"], &[]),
        None => return Ok(Vec::new()),
    };
    let mut texts = Vec::new();
    for file in files {
        texts.extend(reading::text(&root.join(file))?);
    }
    for folder in folders.iter().map(|folder| root.join(folder)) {
        for name in reading::names(&folder)? {
            texts.extend(reading::text(&folder.join(name))?);
        }
    }
    Ok(texts.iter().flat_map(|text| text.lines()).flat_map(of_line).collect())
}

fn of_line(line: &str) -> Vec<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match (line.trim().strip_prefix("NTP="), words.as_slice()) {
        (Some(list), _) => list.split_whitespace().map(str::to_owned).collect(),
        (None, ["server" | "servers" | "pool" | "peer", name, ..]) => vec![(*name).to_owned()],
        _ => Vec::new(),
    }
}

/// Seconds from 1900 to 1970: NTP counts from the former.
const TO_1970: u64 = 2_208_988_800;

/// Asks a server; none where it does not answer, or has no time of its own.
fn ask(server: &str, timeout: Duration) -> Result<Option<Duration>, Message> {
    let wrong = |error: &std::io::Error| reason(error, server);
    // By its address only: the C library would look a name up as the PC does, not as the machine.
    let address: IpAddr = server.parse().map_err(|_| msg!("probe-no-ip", text = server))?;
    let own = if address.is_ipv4() { "0.0.0.0:0" } else { "[::]:0" };
    let socket = UdpSocket::bind(own).map_err(|error| wrong(&error))?;
    let exchange = || -> std::io::Result<Option<Duration>> {
        socket.set_read_timeout(Some(timeout))?;
        socket.connect((address, 123))?;
        let mut question = [0_u8; 48];
        question[0] = 0x23;
        socket.send(&question)?;
        let mut answer = [0; 512];
        let length = socket.recv(&mut answer)?;
        Ok(offset(&answer[..length], since_1970(SystemTime::now())))
    };
    match exchange() {
        Ok(found) => Ok(found),
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::WouldBlock
                    | ErrorKind::TimedOut
                    | ErrorKind::ConnectionRefused
                    | ErrorKind::HostUnreachable
                    | ErrorKind::NetworkUnreachable
            ) =>
        {
            Ok(None)
        }
        Err(error) => Err(wrong(&error)),
    }
}

/// The distance to the time in an answer (its transmit timestamp); none of a server that has none to give.
fn offset(answer: &[u8], now: Duration) -> Option<Duration> {
    let (mode, stratum) = (answer.first()? & 7, *answer.get(1)?);
    if mode != 4 || !(1..16).contains(&stratum) {
        return None;
    }
    let seconds = u64::from(be32(answer, 40)?);
    // The second era begins on 7 February 2036 (RFC 4330 §3).
    let seconds = if seconds & 0x8000_0000 == 0 { seconds + (1 << 32) } else { seconds };
    let fraction = (u64::from(be32(answer, 44)?) * 1_000_000_000) >> 32;
    let theirs = Duration::new(seconds.checked_sub(TO_1970)?, u32::try_from(fraction).ok()?);
    Some(theirs.abs_diff(now))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_answer_of_a_server() {
        let mut answer = vec![0; 48];
        (answer[0], answer[1]) = (0x24, 2);
        answer[40..44].copy_from_slice(&(u32::try_from(TO_1970).unwrap() + 1_000).to_be_bytes());
        assert_eq!(offset(&answer, Duration::from_secs(990)), Some(Duration::from_secs(10)));
        answer[1] = 16;
        assert_eq!(offset(&answer, Duration::from_secs(990)), None);
        assert_eq!(offset(&answer[..20], Duration::ZERO), None);
    }

    #[test]
    fn servers_as_each_program_writes_them() {
        assert_eq!(of_line("pool 2.debian.pool.ntp.org iburst"), ["2.debian.pool.ntp.org"]);
        assert_eq!(of_line("NTP=10.0.0.1 10.0.0.2"), ["10.0.0.1", "10.0.0.2"]);
        assert_eq!(of_line("#NTP=x"), [""; 0]);
        assert_eq!(of_line("# server x"), [""; 0]);
    }

    #[test]
    fn chrony_says_whether_it_is_right() {
        assert!(tracks("A,10.0.0.1,3,1,0,0,0,0,0,0,0,0,64.0,Normal\n"));
        assert!(!tracks("7F7F0101,,0,0,0,0,0,0,0,0,0,0,0.0,Not synchronised\n"));
    }

    proptest! {
        #[test]
        fn any_answer_is_read(bytes in proptest::collection::vec(any::<u8>(), 0..64), line in "\\PC{0,40}") {
            let _ = (offset(&bytes, Duration::from_secs(1)), of_line(&line), tracks(&line));
        }
    }
}
