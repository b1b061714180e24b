//! Networks of real stands: what passes and what doesn't, as the lab planned it. Root, the base and the kernel's namespaces
//! are needed, and missed loudly. Several checks share a stand: it takes longer to build than they take.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::fs;
use std::net::{TcpListener, UdpSocket};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use paillasse::i18n::Lang;
use paillasse::lab::Catalogue;
use paillasse::stand::host::HostSnapshot;
use paillasse::stand::{Plan, Stand, StandError};

/// Long enough for anything on a loaded PC.
/// What is looked at, and how.
type Check = (&'static str, fn(&Up));

const PATIENCE: Duration = Duration::from_mins(1);

fn plan(lab: &str) -> Plan {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/networks");
    let catalogue = Catalogue::of_folders(&[folder]);
    assert!(catalogue.problems.is_empty(), "{:?}", catalogue.problems);
    Plan::from_manifest(&catalogue.labs[lab].variant(1).unwrap()).unwrap()
}

/// A stand of a fixture, taken down whatever becomes of the test.
struct Up(Option<Stand>);

impl Up {
    fn new(lab: &str) -> Result<Self, StandError> {
        paillasse::stand::use_program(Path::new(env!("CARGO_BIN_EXE_paillasse")));
        Stand::up(&plan(lab), &mut |_| ()).map(|stand| Self(Some(stand)))
    }

    fn sh(&self, machine: &str, script: &str) -> (i32, String) {
        let argv = ["sh", "-c", script].map(str::to_owned);
        let output = self.0.as_ref().unwrap().exec(machine, &argv, b"").unwrap();
        let all = [output.stdout, output.stderr].concat();
        (output.status, String::from_utf8_lossy(&all).into_owned())
    }

    fn passes(&self, machine: &str, script: &str) {
        let (status, text) = self.sh(machine, script);
        assert_eq!(status, 0, "{machine}: {script}: {text}");
    }

    fn fails(&self, machine: &str, script: &str) {
        let (status, text) = self.sh(machine, script);
        assert_ne!(status, 0, "{machine}: {script}: {text}");
    }

    /// Asks until it passes: what is announced takes a moment to arrive.
    fn comes_to_pass(&self, machine: &str, script: &str) {
        let end = Instant::now() + PATIENCE;
        while self.sh(machine, script).0 != 0 {
            assert!(Instant::now() < end, "{machine}: {script}: {}", self.sh(machine, &format!("{script}; ip addr")).1);
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn stand(&self) -> &Stand {
        self.0.as_ref().unwrap()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        if let Some(stand) = self.0.take() {
            stand.down(&mut |_| ()).unwrap();
        }
    }
}

/// What of the PC's own network a stand could have touched.
fn own_network() -> Vec<String> {
    let files =
        ["net/route", "net/if_inet6", "net/ipv6_route", "sys/net/ipv4/ip_forward", "sys/net/ipv6/conf/all/forwarding"];
    let names = |text: String| {
        text.lines().skip(2).filter_map(|line| Some(line.split_once(':')?.0.trim().to_owned())).collect()
    };
    let links: Vec<String> = names(fs::read_to_string("/proc/net/dev").unwrap());
    files.iter().map(|file| fs::read_to_string(format!("/proc/{file}")).unwrap_or_default()).chain(links).collect()
}

#[test]
fn machines_reach_what_the_plan_joins_and_nothing_else() {
    let (before, snapshot) = (own_network(), HostSnapshot::take().unwrap());
    let up = Up::new("reseaux").unwrap();
    let checks: [Check; 9] = [
        ("routers", routers_forward_both_families),
        ("vlans", access_ports_of_two_vlans_are_two_networks),
        ("mtu", a_network_carries_its_mtu_and_a_cable_its_own),
        ("duplicates", a_duplicate_address_is_seen),
        ("announced", an_announced_range_gives_an_address_and_a_way_out),
        ("internet", the_internet_answers_for_its_names_only),
        ("cables", a_pulled_cable_stays_out_until_it_is_pushed_in),
        ("rate", a_slow_cable_is_slow),
        ("host", the_pc_is_out_of_reach),
    ];
    let failed: Vec<&str> = checks
        .into_iter()
        .filter(|(_, check)| catch_unwind(AssertUnwindSafe(|| check(&up))).is_err())
        .map(|(name, _)| name)
        .collect();
    let id = up.stand().id.clone();
    drop(up);
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(own_network(), before, "the PC's own network is as it was");
    let left = snapshot.settled(Duration::from_secs(5)).unwrap();
    assert!(!left.iter().any(|trace| format!("{trace:?}").contains(&id)), "{left:?}");
}

fn routers_forward_both_families(up: &Up) {
    up.passes("beta", "ping -c1 -W5 10.1.1.2");
    up.passes("beta", "ping -c1 -W5 2001:db8:1:1::2");
    up.passes("beta", "traceroute -n -w5 -q1 10.1.1.2 | grep -q ' 10.1.2.1 '");
    up.passes("rout", "test $(sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding | tr -d '\\n') = 11");
    up.passes("alpha", "test $(sysctl -n net.ipv4.ip_forward net.ipv6.conf.all.forwarding | tr -d '\\n') = 00");
    // Forwarding is the machine's own setting: without its file it does not come back.
    up.passes("rout", "mv /etc/sysctl.d/30-router.conf /root/");
    up.stand().reboot("rout").unwrap();
    up.fails("beta", "ping -c1 -W1 10.1.1.2");
    up.passes("rout", "mv /root/30-router.conf /etc/sysctl.d/");
    up.stand().reboot("rout").unwrap();
    up.comes_to_pass("beta", "ping -c1 -W1 10.1.1.2");
}

fn access_ports_of_two_vlans_are_two_networks(up: &Up) {
    up.passes("alpha", "ping -c1 -W5 10.5.0.2 && ping -c1 -W5 fd00:5::2");
    for address in ["10.5.0.3", "fd00:5::3"] {
        up.fails("alpha", &format!("ping -c1 -W1 {address}"));
        up.fails("beta", &format!("ping -c1 -W1 {address}"));
    }
    // It is there, and would answer.
    up.passes("gamma", "ping -c1 -W5 10.5.0.3 && ip -br link show eth1 | grep -q UP");
}

fn a_network_carries_its_mtu_and_a_cable_its_own(up: &Up) {
    // 28 and 48 bytes are the headers' (RFC 791, 792; RFC 8200, 4443).
    up.passes("alpha", "ping -M do -c1 -W5 -s 1372 10.6.0.2 && ping -M do -c1 -W5 -s 1352 fd00:6::2");
    up.fails("alpha", "ping -M do -c1 -W5 -s 1373 10.6.0.2");
    // The cable to gamma carries less than the machines believe: longer packets vanish without a word.
    up.passes("alpha", "ping -M do -c1 -W5 -s 1272 10.6.0.3");
    up.fails("alpha", "ping -M do -c1 -W1 -s 1372 10.6.0.3");
    up.fails("gamma", "ping -M do -c1 -W1 -s 1372 10.6.0.1");
    up.passes("gamma", "ip link show eth2 | grep -q 'mtu 1400'");
}

fn a_duplicate_address_is_seen(up: &Up) {
    let replies = up.sh("gamma", "arping -c 5 -w 10 -I eth3 10.7.0.1").1;
    let mut makers: Vec<&str> = replies.split(['[', ']']).skip(1).step_by(2).collect();
    makers.sort_unstable();
    makers.dedup();
    assert_eq!(makers.len(), 2, "{replies}");
    let failed = |machine: &str| up.sh(machine, "ip -6 addr show dev eth3").1.contains("dadfailed");
    assert!(failed("alpha") || failed("beta"), "{}", up.sh("alpha", "ip -6 addr show dev eth3").1);
    // And a duplicate that a candidate makes later is seen as on any machine.
    up.passes("gamma", "ip addr add fd00:6::1/64 dev eth2");
    up.comes_to_pass("gamma", "ip -6 addr show dev eth2 | grep -q dadfailed");
    up.passes("gamma", "ip addr del fd00:6::1/64 dev eth2");
}

fn an_announced_range_gives_an_address_and_a_way_out(up: &Up) {
    up.comes_to_pass("gamma", "ip -6 addr show dev eth0 scope global | grep -q 'inet6 2001:db8:1:1:'");
    up.comes_to_pass("gamma", "ping -c1 -W2 2001:db8:1:2::2");
    up.fails("beta", "ip -6 addr show dev eth0 dynamic | grep -q inet6.*global");
}

fn the_internet_answers_for_its_names_only(up: &Up) {
    up.comes_to_pass("alpha", "dig +short +tries=1 +time=2 @203.0.113.1 www.exemple.example A | grep -qx 203.0.113.1");
    up.passes("beta", "dig +short @2001:db8:fe::1 miroir.example AAAA | grep -qx 2001:db8:fe::1");
    up.passes("beta", "dig @203.0.113.1 autre.example A | grep -q NXDOMAIN");
    up.passes("alpha", "echo nameserver 203.0.113.1 > /etc/resolv.conf");
    for family in ["-4", "-6"] {
        up.comes_to_pass(
            "alpha",
            &format!("curl -s {family} -m 10 http://www.exemple.example/ | grep -q '<h1>www.exemple.example</h1>'"),
        );
    }
    up.fails("alpha", "curl -s -m 10 http://autre.example/");
    up.fails("internet", "ip route get 192.0.2.1");
}

fn a_pulled_cable_stays_out_until_it_is_pushed_in(up: &Up) {
    let carrier =
        |wanted: u8| up.comes_to_pass("gamma", &format!("test $(cat /sys/class/net/eth4/carrier) = {wanted}"));
    carrier(0);
    up.fails("gamma", "ip link set eth4 up; ping -c1 -W1 10.8.0.1");
    up.stand().reboot("gamma").unwrap();
    carrier(0);
    up.stand().cable("gamma", "lent", true).unwrap();
    carrier(1);
    up.comes_to_pass("gamma", "ping -c1 -W2 10.8.0.1");
    up.stand().reboot("gamma").unwrap();
    carrier(1);
    up.stand().cable("alpha", "lent", false).unwrap();
    up.fails("gamma", "ping -c1 -W1 10.8.0.1");
    up.stand().cable("alpha", "lent", true).unwrap();
    up.comes_to_pass("gamma", "ping -c1 -W2 10.8.0.1");
    up.stand().reset(Some("gamma"), &mut |_| ()).unwrap();
    carrier(0);
    let error = up.stand().cable("gamma", "bat2", true).unwrap_err().words(Lang::Fr);
    assert!(error.contains("bat2") && error.contains("bat1"), "{error}");
}

fn a_slow_cable_is_slow(up: &Up) {
    up.passes("beta", "systemd-run -q nc -l -p 9000 -N -w 60");
    up.comes_to_pass("beta", "ss -Hltn sport = 9000 | grep -q 9000");
    let start = Instant::now();
    up.passes("alpha", "head -c 300000 /dev/zero | nc -N -w 60 10.8.0.2 9000");
    // 2.4 s of a megabit a second; what the ends buffer counts as sent.
    assert!(start.elapsed() > Duration::from_millis(600), "{:?}", start.elapsed());
}

fn the_pc_is_out_of_reach(up: &Up) {
    let listener = TcpListener::bind("[::]:0").or_else(|_| TcpListener::bind("0.0.0.0:0")).unwrap();
    let port = listener.local_addr().unwrap().port();
    // The address the PC would be reached at from outside; nothing is sent.
    let own = UdpSocket::bind("0.0.0.0:0")
        .and_then(|socket| socket.connect("192.0.2.1:9").and_then(|()| socket.local_addr()));
    let own = own.map(|address| address.ip().to_string()).into_iter();
    for address in own.chain(["127.0.0.1".to_owned()]) {
        assert!(std::net::TcpStream::connect((address.as_str(), port)).is_ok(), "the PC itself reaches {address}");
        for machine in ["alpha", "rout", "internet"] {
            up.fails(machine, &format!("nc -z -w 1 {address} {port}"));
        }
    }
}

/// Tagged VLANs need a part of the kernel: with it they work, without it the stand is refused and says what is missing.
#[test]
fn a_trunk_tells_vlans_apart_or_the_missing_part_is_named() {
    let up = match Up::new("etiquettes") {
        Ok(up) => up,
        Err(error) => {
            let words = error.words(Lang::Fr);
            assert!(words.contains("8021q") && words.contains("linux-image-amd64"), "{words}");
            return;
        }
    };
    up.comes_to_pass("alpha", "ping -c1 -W2 10.20.0.2 && ping -c1 -W2 fd00:20::2");
    up.passes("alpha", "traceroute -n -w5 -q1 10.20.0.2 | grep -q ' 10.10.0.1 '");
    // Side by side on the switch, they don't meet without the router.
    up.fails("alpha", "ip addr add 10.20.0.9/24 dev eth0; ping -c1 -W1 -I 10.20.0.9 10.20.0.2");
}

/// Delay needs a part of the kernel too.
#[test]
fn a_late_network_is_late_or_the_missing_part_is_named() {
    match Up::new("satellite") {
        Ok(up) => {
            let told = up.sh("alpha", "ping -c1 -W10 10.9.0.2 | sed -n 's/.*time=\\([0-9]*\\).*/\\1/p'").1;
            // 150 ms each way.
            assert!(told.trim().parse::<u32>().unwrap() >= 290, "{told}");
        }
        Err(error) => {
            let words = error.words(Lang::Fr);
            assert!(words.contains("sch_netem") && words.contains("linux-image-amd64"), "{words}");
        }
    }
}
