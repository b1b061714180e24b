//! Connections and packets from `pc` to `peer`: who answers, who refuses, who stops them.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, unknown, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    vec![bench.table(TCP), bench.table(PACKET)]
}

/// A script for `peer`, after what any row may have left there is undone. `serve ADDRESS PORT` greets whoever connects.
macro_rules! peer {
    ($script:literal) => {
        concat!(
            "systemctl stop 'row-*' firewalld 2>/dev/null || true; if grep -q ENABLED=yes /etc/ufw/ufw.conf; then ufw --force disable >/dev/null; fi; iptables -P INPUT ACCEPT; nft flush ruleset\n",
            "ip link set eth0 up; systemctl reset-failed 2>/dev/null || true\n",
            "serve() { systemd-run --quiet --collect --unit=row-$2 nc -lk $1 $2; ",
            "timeout 10 sh -c \"until ss -Hltn sport = :$2 | grep -q .; do sleep .05; done\"; }\n",
            $script
        )
    };
}

const RESET: &str = "sed -i /rangement/d /etc/hosts; nft flush ruleset; ip route del blackhole 10.77.0.2 2>/dev/null; ip link set eth0 up";

const TCP: Table = Table {
    family: "tcp",
    criterion: "probe = { tcp = { host = \"10.77.0.2\", port = 2121 } }\nexpect = { open = true, state = \"open\" }",
    reset: RESET,
    rows: &[
        right("on its own address", "").with_peer(peer!("serve 10.77.0.2 2121")),
        right("on every address", "").with_peer(peer!("serve 0.0.0.0 2121")),
        right("a dual-stack socket on [::]", "").with_peer(peer!(
            "systemd-run --quiet --collect --unit=row-dual python3 -c 'import socket,time; s=socket.create_server((\"::\",2121),family=socket.AF_INET6,dualstack_ipv6=True); time.sleep(600)'; timeout 10 sh -c 'until ss -Hltn sport = :2121 | grep -q .; do sleep .05; done'"
        )),
        right("handed on by the firewall from another port", "")
            .with_peer(peer!("serve 0.0.0.0 9999; nft 'add table ip n; add chain ip n p { type nat hook prerouting priority -100; }; add rule ip n p tcp dport 2121 redirect to :9999'")),
        right("by a name of /etc/hosts", "echo '10.77.0.2 rangement' >> /etc/hosts")
            .with_peer(peer!("serve 0.0.0.0 2121"))
            .judged_by("probe = { tcp = { host = \"rangement\", port = 2121 } }\nexpect = { open = true, address = \"10.77.0.2\" }"),
        right("its greeting", "").with_peer(peer!(
            "systemd-run --quiet --collect --unit=row-hi python3 -c 'import socket\ns=socket.create_server((\"0.0.0.0\",2121))\nwhile True:\n c,_=s.accept(); c.send(b\"220 rangement pret\\r\\n\")'"
        ))
            .judged_by("probe = { tcp = { host = \"10.77.0.2\", port = 2121 } }\nexpect = { banner = { contains = \"220 rangement\" } }"),
        wrong("on the loopback only", "").with_peer(peer!("serve 127.0.0.1 2121")),
        wrong("on another port", "").with_peer(peer!("serve 0.0.0.0 2122")),
        wrong("over UDP only", "").with_peer(peer!(
            "systemd-run --quiet --collect --unit=row-udp nc -lku 0.0.0.0 2121; timeout 10 sh -c 'until ss -Hlun sport = :2121 | grep -q .; do sleep .05; done'"
        )),
        wrong("an IPv6-only socket", "").with_peer(peer!(
            "systemd-run --quiet --collect --unit=row-six python3 -c 'import socket,time; s=socket.create_server((\"::\",2121),family=socket.AF_INET6,dualstack_ipv6=False); time.sleep(600)'; timeout 10 sh -c 'until ss -Hltn sport = :2121 | grep -q .; do sleep .05; done'"
        )),
        wrong("a firewall drops it", "").with_peer(peer!(
            "serve 0.0.0.0 2121; nft 'add table inet f; add chain inet f i { type filter hook input priority 0; }; add rule inet f i tcp dport 2121 drop'"
        )),
        wrong("a name without an address", "")
            .with_peer(peer!("serve 0.0.0.0 2121"))
            .judged_by("probe = { tcp = { host = \"rangement.invalid\", port = 2121 } }\nexpect = { open = true }"),
        right("whose state is told: a firewall rejects it", "")
            .with_peer(peer!("serve 0.0.0.0 2121; iptables -A INPUT -p tcp --dport 2121 -j REJECT"))
            .judged_by("probe = { tcp = { host = \"10.77.0.2\", port = 2121 } }\nexpect = { state = \"rejected\" }"),
    ],
};

const PACKET: Table = Table {
    family: "packet",
    criterion: "probe = { packet = { to = \"10.77.0.2\", port = 2121, control = { to = \"10.77.0.2\", port = 2122 } } }\n\
                expect = { passes = false, state = { one_of = [\"filtered\", \"rejected\"] } }",
    reset: RESET,
    rows: &[
        right("dropped by nft", "").with_peer(peer!(
            "serve 0.0.0.0 2121; serve 0.0.0.0 2122; nft 'add table inet f; add chain inet f i { type filter hook input priority 0; }; add rule inet f i tcp dport 2121 drop'"
        )),
        right("rejected by nft, administratively", "").with_peer(peer!(
            "serve 0.0.0.0 2121; serve 0.0.0.0 2122; nft 'add table inet f; add chain inet f i { type filter hook input priority 0; }; add rule inet f i tcp dport 2121 reject with icmp type admin-prohibited'"
        )),
        right("rejected by iptables", "")
            .with_peer(peer!("serve 0.0.0.0 2121; serve 0.0.0.0 2122; iptables -A INPUT -p tcp --dport 2121 -j REJECT")),
        right("a policy that drops, and one port let in", "").with_peer(peer!(
            "serve 0.0.0.0 2121; serve 0.0.0.0 2122; iptables -P INPUT DROP; iptables -A INPUT -p tcp --dport 2122 -j ACCEPT"
        )),
        right("ufw", "").with_peer(peer!(
            "serve 0.0.0.0 2121; serve 0.0.0.0 2122; ufw allow 2122/tcp >/dev/null; ufw --force enable >/dev/null"
        )),
        wrong("open", "").with_peer(peer!("serve 0.0.0.0 2121; serve 0.0.0.0 2122")),
        wrong("nothing listens, and no firewall either", "").with_peer(peer!("serve 0.0.0.0 2122")),
        wrong("a rule about UDP", "").with_peer(peer!(
            "serve 0.0.0.0 2121; serve 0.0.0.0 2122; iptables -A INPUT -p udp --dport 2121 -j DROP"
        )),
        wrong("a rule about what is passed on", "").with_peer(peer!(
            "serve 0.0.0.0 2121; serve 0.0.0.0 2122; iptables -A FORWARD -p tcp --dport 2121 -j DROP"
        )),
        unknown("the other machine is unplugged", "").with_peer(peer!("ip link set eth0 down")),
        unknown("this machine is unplugged", "ip link set eth0 down")
            .with_peer(peer!("serve 0.0.0.0 2122")),
        unknown("this machine's own firewall stops its echoes", "nft 'add table inet f; add chain inet f o { type filter hook output priority 0; policy drop; }'")
            .with_peer(peer!("true"))
            .judged_by("probe = { packet = { to = \"10.77.0.2\", protocol = \"icmp\" } }\nexpect = { passes = false }"),
        unknown("an address that is not this machine's", "")
            .with_peer(peer!("true"))
            .judged_by("probe = { packet = { to = \"10.77.0.2\", from = \"10.77.0.9\", protocol = \"icmp\" } }\nexpect = { passes = false }"),
        right("an echo comes back", "")
            .with_peer(peer!("true"))
            .judged_by("probe = { packet = { to = \"10.77.0.2\", protocol = \"icmp\" } }\nexpect = { passes = true }"),
        right("an echo is dropped", "")
            .with_peer(peer!("iptables -A INPUT -p icmp --icmp-type echo-request -j DROP"))
            .judged_by("probe = { packet = { to = \"10.77.0.2\", protocol = \"icmp\" } }\nexpect = { state = \"filtered\" }"),
        right("a DNS server answers over UDP", "")
            .with_peer(peer!("systemd-run --quiet --collect --unit=row-dns dnsmasq -k --conf-file=/dev/null --no-resolv --address=/#/10.9.9.9"))
            .judged_by("probe = { packet = { to = \"10.77.0.2\", protocol = \"udp\", port = 53 } }\nexpect = { state = \"open\" }"),
        right("nothing listens over UDP", "")
            .with_peer(peer!("true"))
            .judged_by("probe = { packet = { to = \"10.77.0.2\", protocol = \"udp\", port = 5353 } }\nexpect = { state = \"refused\" }"),
        right("a host that is not there", "")
            .with_peer(peer!("true"))
            .judged_by("probe = { packet = { to = \"10.77.0.99\", protocol = \"icmp\" } }\nexpect = { state = { one_of = [\"unreachable\", \"filtered\"] } }"),
    ],
};
