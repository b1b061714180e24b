//! Interfaces, routes, DNS and DHCPv6 between `pc` and `peer`.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, unknown, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    vec![bench.table(INTERFACE), bench.table(ROUTE), bench.table(DNS), bench.table(DHCP6)]
}

const INTERFACE: Table = Table {
    family: "interface",
    criterion: "probe = { interface = { name = \"br7\" } }\nexpect = { exists = true, up = true, mtu = 1500, addresses = [\"10.66.0.0/31\"] }",
    reset: "ip link del br7; ip link del br8; ip address del 10.66.0.0/31 dev eth0",
    rows: &[
        right("ip", "ip link add br7 type bridge; ip address add 10.66.0.0/31 dev br7; ip link set br7 up"),
        right("ifconfig, with a mask", "ip link add br7 type bridge; ifconfig br7 10.66.0.0 netmask 255.255.255.254 up"),
        right("changed from another address", "ip link add br7 type bridge; ip address add 10.66.0.9/24 dev br7; ip address flush dev br7; ip address add 10.66.0.0/31 dev br7; ip link set br7 up"),
        right("an IPv6 address beside it", "ip link add br7 type bridge; ip address add 10.66.0.0/31 dev br7; ip address add fd66::1/64 dev br7; ip link set br7 up"),
        wrong("/32", "ip link add br7 type bridge; ip address add 10.66.0.0/32 dev br7; ip link set br7 up"),
        wrong("/30", "ip link add br7 type bridge; ip address add 10.66.0.0/30 dev br7; ip link set br7 up"),
        wrong("turned off", "ip link add br7 type bridge; ip address add 10.66.0.0/31 dev br7"),
        wrong("a second address", "ip link add br7 type bridge; ip address add 10.66.0.0/31 dev br7; ip address add 10.66.1.1/24 dev br7; ip link set br7 up"),
        wrong("smaller packets", "ip link add br7 type bridge; ip address add 10.66.0.0/31 dev br7; ip link set br7 up mtu 1400"),
        wrong("on another interface", "ip address add 10.66.0.0/31 dev eth0"),
    ],
};

const ROUTE: Table = Table {
    family: "route",
    criterion: "probe = { route = { to = \"192.0.2.10\" } }\nexpect = { exists = true, gateway = \"10.77.0.2\", interface = \"eth0\" }",
    reset: "ip rule del to 192.0.2.0/24; ip route flush table 100; ip route flush root 192.0.2.0/24; ip route del default; ip route del 128.0.0.0/1; ip link set eth0 up",
    rows: &[
        right("the default gateway", "ip route add default via 10.77.0.2"),
        right("a network's own", "ip route add default via 10.77.0.3; ip route add 192.0.2.0/24 via 10.77.0.2"),
        right("half of all there is", "ip route add 128.0.0.0/1 via 10.77.0.2"),
        right("a rule and another table", "ip route add default via 10.77.0.3; ip route add default via 10.77.0.2 table 100; ip rule add to 192.0.2.0/24 lookup 100"),
        wrong("no route", "true"),
        wrong("a rule sends it elsewhere", "ip route add 192.0.2.0/24 via 10.77.0.2; ip route add default via 10.77.0.3 table 100; ip rule add to 192.0.2.0/24 lookup 100"),
        wrong("a narrower route elsewhere", "ip route add 192.0.2.0/24 via 10.77.0.2; ip route add 192.0.2.8/31 via 10.77.0.4; ip route add 192.0.2.10/32 via 10.77.0.3"),
        wrong("a smaller metric elsewhere", "ip route add 192.0.2.0/24 via 10.77.0.2 metric 100; ip route add 192.0.2.0/24 via 10.77.0.3 metric 10"),
        wrong("a black hole", "ip route add default via 10.77.0.2; ip route add blackhole 192.0.2.0/24"),
        unknown("no address", "true").judged_by("probe = { route = { to = \"x\" } }\nexpect = { exists = true }"),
    ],
};

/// A script for `peer` after the name servers of other rows are gone.
macro_rules! peer {
    ($script:literal) => {
        concat!(
            "systemctl stop 'row-*' named 2>/dev/null || true; systemctl reset-failed 2>/dev/null || true; ip -6 address flush dev eth0 scope global; rm -f /run/row.hosts\n",
            "masq() { systemd-run --quiet --collect --unit=row-masq dnsmasq -k --conf-file=/dev/null --no-resolv --no-hosts --user=root \"$@\"; timeout 10 sh -c 'until ss -Hlun | grep -qE \":(53|547) \"; do sleep .05; done'; }\n",
            $script
        )
    };
}

const DNS: Table = Table {
    family: "dns",
    criterion: "probe = { dns = { name = \"srv.atelier.test\", server = \"10.77.0.2\" } }\nexpect = { status = \"NOERROR\", answers = [\"10.77.0.10\"] }",
    reset: "true",
    rows: &[
        right("dnsmasq", "").with_peer(peer!("masq --address=/srv.atelier.test/10.77.0.10")),
        right("a file of hosts", "").with_peer(peer!("echo '10.77.0.10 srv.atelier.test' > /run/row.hosts; masq --addn-hosts=/run/row.hosts")),
        right("BIND", "").with_peer(peer!(
            "mkdir -p /run/row; printf '$TTL 60\\n@ SOA ns root 1 1 1 1 1\\n@ NS ns\\nns A 10.77.0.2\\nsrv A 10.77.0.10\\n' > /run/row/zone; \
             printf 'options { directory \"/run/row\"; pid-file none; listen-on { any; }; dnssec-validation no; recursion no; }; zone atelier.test { type master; file \"zone\"; };' > /run/row/conf; \
             systemd-run --quiet --collect --unit=row-bind named -f -c /run/row/conf; timeout 10 sh -c 'until ss -Hlun sport = :53 | grep -q 10.77; do sleep .05; done'"
        )),
        right("another name for it", "").with_peer(peer!("echo '10.77.0.10 web.atelier.test' > /run/row.hosts; masq --addn-hosts=/run/row.hosts --cname=srv.atelier.test,web.atelier.test")),
        wrong("no such name", "").with_peer(peer!("masq --address=/web.atelier.test/10.77.0.10 --local=/atelier.test/")),
        wrong("another address", "").with_peer(peer!("masq --address=/srv.atelier.test/10.77.0.11")),
        wrong("two addresses", "").with_peer(peer!("printf '10.77.0.10 srv.atelier.test\\n10.77.0.11 srv.atelier.test\\n' > /run/row.hosts; masq --addn-hosts=/run/row.hosts")),
        wrong("IPv6 only", "").with_peer(peer!("echo 'fd77::10 srv.atelier.test' > /run/row.hosts; masq --addn-hosts=/run/row.hosts --local=/atelier.test/")),
        wrong("nobody answers", "").with_peer(peer!("true")),
        right("an answer too long for a datagram", "").with_peer(peer!("for n in $(seq 100); do echo \"10.78.0.$n srv.atelier.test\"; done > /run/row.hosts; masq --addn-hosts=/run/row.hosts"))
            .judged_by("probe = { dns = { name = \"srv.atelier.test\", server = \"10.77.0.2\" } }\nexpect = { answers = { length = 100 } }"),
        right("its zone's own server", "").with_peer(peer!("masq --auth-server=ns.atelier.test,eth0 --auth-zone=atelier.test --auth-soa=7 --address=/x.test/10.0.0.1 --host-record=srv.atelier.test,10.77.0.10"))
            .judged_by("probe = { dns = { name = \"atelier.test\", kind = \"SOA\", server = \"10.77.0.2\" } }\nexpect = { authoritative = true, answers = { any = { contains = \"ns.atelier.test\" } } }"),
        unknown("no address of a server", "").with_peer(peer!("true"))
            .judged_by("probe = { dns = { name = \"srv.atelier.test\", server = \"x\" } }\nexpect = { status = \"NOERROR\" }"),
    ],
};

const DHCP6: Table = Table {
    family: "dhcp6",
    criterion: "probe = { dhcp6 = { interface = \"eth0\" } }\nexpect = { link = true, offer = { address = { in_subnet = \"fd77::/64\" }, dns = [\"fd77::53\"] } }",
    reset: "ip link set eth0 addrgenmode eui64; ip link set eth0 down; ip link set eth0 up; timeout 5 sh -c 'until ip -6 address show dev eth0 scope link -tentative | grep -q fe80; do sleep .1; done'",
    rows: &[
        right("dnsmasq", "").with_peer(peer!("ip address add fd77::1/64 dev eth0 nodad; masq --port=0 --dhcp-range=fd77::100,fd77::1ff,64,1h --dhcp-option=option6:dns-server,[fd77::53]")),
        right("dnsmasq, from the interface's own network", "").with_peer(peer!("ip address add fd77::1/64 dev eth0 nodad; masq --port=0 --enable-ra --dhcp-range=::100,::1ff,constructor:eth0,64,2h --dhcp-option=option6:dns-server,[fd77::53]")),
        right("ISC dhcpd", "").with_peer(peer!(
            "ip address add fd77::1/64 dev eth0 nodad; mkdir -p /run/row; : > /run/row/leases; printf 'subnet6 fd77::/64 { range6 fd77::100 fd77::1ff; option dhcp6.name-servers fd77::53; }' > /run/row/conf; \
             systemd-run --quiet --collect --unit=row-dhcpd dhcpd -6 -f -cf /run/row/conf -lf /run/row/leases --no-pid eth0; timeout 10 sh -c 'until ss -Hlun sport = :547 | grep -q .; do sleep .05; done'"
        )),
        wrong("another network", "").with_peer(peer!("ip address add fd78::1/64 dev eth0 nodad; masq --port=0 --dhcp-range=fd78::100,fd78::1ff,64,1h --dhcp-option=option6:dns-server,[fd77::53]")),
        wrong("name servers, and no address", "").with_peer(peer!("ip address add fd77::1/64 dev eth0 nodad; masq --port=0 --dhcp-range=fd77::,ra-stateless --enable-ra --dhcp-option=option6:dns-server,[fd77::53]")),
        wrong("another name server", "").with_peer(peer!("ip address add fd77::1/64 dev eth0 nodad; masq --port=0 --dhcp-range=fd77::100,fd77::1ff,64,1h --dhcp-option=option6:dns-server,[fd77::54]")),
        wrong("no server", "").with_peer(peer!("true")),
        wrong("the cable is out", "ip link set eth0 down").with_peer(peer!("true")),
        right("what who wants no address is told", "").with_peer(peer!("ip address add fd77::1/64 dev eth0 nodad; masq --port=0 --dhcp-range=fd77::,ra-stateless --enable-ra --dhcp-option=option6:dns-server,[fd77::53]"))
            .judged_by("probe = { dhcp6 = { interface = \"eth0\" } }\nexpect = { offer = { absent = true }, information = { dns = [\"fd77::53\"] } }"),
        unknown("no address of the link", "ip link set eth0 addrgenmode none; ip -6 address flush dev eth0").with_peer(peer!("true")),
    ],
};
