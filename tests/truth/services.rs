//! Firewall, printing and calendars of `pc`; addresses and tunnels between `pc` and `peer`.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, unknown, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    vec![bench.table(FIREWALL), bench.table(NEIGHBOUR), bench.table(VPN), bench.table(PRINTER), bench.table(CALENDAR)]
}

const FIREWALL: Table = Table {
    family: "firewall",
    criterion: "probe = { firewall = {} }\nexpect = { filters = true, input = \"drop\", output = \"accept\" }",
    reset: "[ -e /usr/sbin/nft.gone ] && mv /usr/sbin/nft.gone /usr/sbin/nft; grep -q ENABLED=yes /etc/ufw/ufw.conf && ufw --force disable; [ -e /etc/systemd/system/multi-user.target.wants/ufw.service ] && systemctl disable ufw; iptables -P INPUT ACCEPT; iptables -P FORWARD ACCEPT; nft flush ruleset",
    rows: &[
        right("nft, by its policy", "nft 'add table inet f; add chain inet f i { type filter hook input priority 0; policy drop; }; add rule inet f i tcp dport 22 accept'"),
        right("nft, by its last rule", "nft 'add table ip f; add chain ip f i { type filter hook input priority 0; }; add rule ip f i tcp dport 22 accept; add rule ip f i counter drop'"),
        right("iptables", "iptables -A INPUT -p tcp --dport 22 -j ACCEPT; iptables -P INPUT DROP"),
        right("ufw", "ufw allow 22/tcp; ufw --force enable"),
        wrong("nothing", "true"),
        wrong("it only counts", "nft 'add table inet f; add chain inet f i { type filter hook input priority 0; }; add rule inet f i counter'"),
        wrong("what passes, not what comes in", "iptables -P FORWARD DROP"),
        wrong("IPv6 only", "nft 'add table ip6 f; add chain ip6 f i { type filter hook input priority 0; policy drop; }'"),
        wrong("some addresses only", "iptables -A INPUT -s 192.0.2.0/24 -j DROP"),
        wrong("ufw knows rules and is off", "ufw allow 22/tcp; ufw default deny"),
        right("at the next start: ufw", "ufw --force enable; systemctl enable ufw")
            .judged_by("probe = { firewall = {} }\nexpect = { at-start = [\"ufw\"] }"),
        wrong("at the next start nothing: ufw was only turned on, and its unit off", "ufw --force enable; systemctl disable ufw")
            .judged_by("probe = { firewall = {} }\nexpect = { at-start = { contains = \"ufw\" } }"),
        unknown("without nft", "mv /usr/sbin/nft /usr/sbin/nft.gone"),
    ],
};

/// A script for `peer` after the addresses and tunnels of other rows are gone.
macro_rules! peer {
    ($script:literal) => {
        concat!(
            "ip address flush dev lo scope global; ip address del 10.77.0.50/32 dev eth0 2>/dev/null || true; ip address del 10.77.0.50/24 dev eth0 2>/dev/null || true; ip address del 10.99.0.2/24 dev eth0 2>/dev/null || true\n",
            "systemctl stop 'row-*' 2>/dev/null || true; systemctl reset-failed 2>/dev/null || true; ip link del wg0 2>/dev/null || true\n",
            "wireguard() { umask 077; echo 'aKQVHyIbYRaEMxGqXKkkR9JU1vrVnCa0Om0eJrLPAXo=' > /run/wg.key; systemd-run --quiet --collect --unit=row-wg wireguard-go -f wg0; timeout 10 sh -c 'until [ -S /run/wireguard/wg0.sock ] && ip link show wg0 >/dev/null 2>&1; do sleep .05; done'; wg set wg0 listen-port 51820 private-key /run/wg.key peer $1 allowed-ips 10.99.0.1/32; ip address add 10.99.0.2/24 dev wg0; ip link set wg0 up; }\n",
            $script
        )
    };
}

const NEIGHBOUR: Table = Table {
    family: "neighbour",
    criterion: "probe = { neighbour = { address = \"10.77.0.50\", interface = \"eth0\" } }\nexpect = { present = true, duplicate = false }",
    reset: "ip address del 10.77.0.50/32 dev eth0; ip address del 10.77.0.50/24 dev eth0; ip link set eth0 up",
    rows: &[
        right("the other machine's second address", "").with_peer(peer!("ip address add 10.77.0.50/24 dev eth0")),
        right("alone in its network", "").with_peer(peer!("ip address add 10.77.0.50/32 dev eth0")),
        right("on the other machine's loopback", "").with_peer(peer!("ip address add 10.77.0.50/32 dev lo")),
        right("this machine's own", "ip address add 10.77.0.50/24 dev eth0").with_peer(peer!("true")),
        wrong("both machines'", "ip address add 10.77.0.50/24 dev eth0").with_peer(peer!("ip address add 10.77.0.50/24 dev eth0")),
        wrong("both machines', one alone in its network", "ip address add 10.77.0.50/32 dev eth0").with_peer(peer!("ip address add 10.77.0.50/24 dev eth0")),
        wrong("nobody's", "").with_peer(peer!("true")),
        wrong("the cable is out", "ip link set eth0 down").with_peer(peer!("ip address add 10.77.0.50/24 dev eth0")),
        unknown("no address", "").with_peer(peer!("true"))
            .judged_by("probe = { neighbour = { address = \"x\", interface = \"eth0\" } }\nexpect = { present = true }"),
    ],
};

macro_rules! tunnel {
    ($script:literal) => {
        concat!(
            "wireguard() { umask 077; echo 'sE1SuqaJfU0aJGPfBDWPBJLzu8GoGwPW2pAnR7dpk0A=' > /run/wg.key; systemd-run --quiet --collect --unit=row-wg wireguard-go -f wg0; timeout 10 sh -c 'until [ -S /run/wireguard/wg0.sock ] && ip link show wg0 >/dev/null 2>&1; do sleep .05; done'; wg set wg0 private-key /run/wg.key peer $1 endpoint 10.77.0.2:51820 allowed-ips 10.99.0.0/24; ip address add 10.99.0.1/32 dev wg0; ip link set wg0 up; }\n",
            $script
        )
    };
}

const VPN: Table = Table {
    family: "vpn",
    criterion: "probe = { vpn = { to = \"10.99.0.2\" } }\nexpect = { encapsulated = true, tunnel = true, clear = false }",
    reset: "nft flush ruleset; systemctl stop 'row-*'; systemctl reset-failed; ip link del wg0; ip address del 10.99.0.1/24 dev eth0; ip route del 10.99.0.0/24; ip route del 10.99.0.2",
    rows: &[
        right("WireGuard", tunnel!("wireguard xYC5Jh7qY2Blg0a0g4q3FNvNXf5mA/JLiQRWP0qq2w8=; ip route add 10.99.0.0/24 dev wg0")).with_peer(peer!("wireguard jLexxrw8kR//ezOsbBTwD8arZsNU2VBvXFSR9D1qwmQ=")),
        right("WireGuard, by a route to this host alone", tunnel!("wireguard xYC5Jh7qY2Blg0a0g4q3FNvNXf5mA/JLiQRWP0qq2w8=; ip route add 10.99.0.2/32 dev wg0")).with_peer(peer!("wireguard jLexxrw8kR//ezOsbBTwD8arZsNU2VBvXFSR9D1qwmQ=")),
        right("OpenVPN", "{ echo -----BEGIN OpenVPN Static key V1-----; for i in $(seq 16); do printf '7%031d\\n' $i; done; echo -----END OpenVPN Static key V1-----; } > /run/ovpn.key; systemd-run --quiet --collect --unit=row-ovpn openvpn --dev tun9 --remote 10.77.0.2 --ifconfig 10.99.0.1 10.99.0.2 --secret /run/ovpn.key --cipher AES-256-CBC")
            .with_peer(peer!("{ echo -----BEGIN OpenVPN Static key V1-----; for i in $(seq 16); do printf '7%031d\\n' $i; done; echo -----END OpenVPN Static key V1-----; } > /run/ovpn.key; systemd-run --quiet --collect --unit=row-ovpn openvpn --dev tun9 --remote 10.77.0.1 --ifconfig 10.99.0.2 10.99.0.1 --secret /run/ovpn.key --cipher AES-256-CBC")),
        wrong("the same address on the cable", "ip address add 10.99.0.1/24 dev eth0").with_peer(peer!("ip address add 10.99.0.2/24 dev eth0")),
        wrong("a tunnel, and a route beside it", tunnel!("wireguard xYC5Jh7qY2Blg0a0g4q3FNvNXf5mA/JLiQRWP0qq2w8=; ip route add 10.99.0.0/24 dev wg0; ip route add 10.99.0.2/32 via 10.77.0.2")).with_peer(peer!("wireguard jLexxrw8kR//ezOsbBTwD8arZsNU2VBvXFSR9D1qwmQ=")),
        wrong("the other end is down", tunnel!("wireguard xYC5Jh7qY2Blg0a0g4q3FNvNXf5mA/JLiQRWP0qq2w8=; ip route add 10.99.0.0/24 dev wg0")).with_peer(peer!("true")),
        wrong("the other end has another key", tunnel!("wireguard xYC5Jh7qY2Blg0a0g4q3FNvNXf5mA/JLiQRWP0qq2w8=; ip route add 10.99.0.0/24 dev wg0")).with_peer(peer!("wireguard xYC5Jh7qY2Blg0a0g4q3FNvNXf5mA/JLiQRWP0qq2w8=")),
        wrong("nothing", "true").with_peer(peer!("true")),
        right("its handshake", tunnel!("wireguard xYC5Jh7qY2Blg0a0g4q3FNvNXf5mA/JLiQRWP0qq2w8=; ip route add 10.99.0.0/24 dev wg0")).with_peer(peer!("wireguard jLexxrw8kR//ezOsbBTwD8arZsNU2VBvXFSR9D1qwmQ="))
            .judged_by("probe = { vpn = { to = \"10.99.0.2\" } }\nexpect = { peers = 1, handshake = { at_most = \"1min\" } }"),
        unknown("this machine's own firewall stops its echoes", "ip route add 10.99.0.0/24 via 10.77.0.2; nft 'add table inet f; add chain inet f o { type filter hook output priority 0; policy drop; }'").with_peer(peer!("true")),
    ],
};

/// CUPS runs, with the queue `Compta` that throws pages away, unless the row says otherwise.
macro_rules! cups {
    ($script:literal) => {
        concat!(
            "sed -i '/^Browsing/d; /^FileDevice/d' /etc/cups/cupsd.conf; grep -q FileDevice /etc/cups/cups-files.conf && sed -i 's/^#*FileDevice.*/FileDevice Yes/' /etc/cups/cups-files.conf || echo 'FileDevice Yes' >> /etc/cups/cups-files.conf\n",
            "systemctl start cups; timeout 10 sh -c 'until lpstat -r 2>/dev/null | grep -q \"is running\"; do sleep .05; done'\n",
            "queue() { lpadmin -p $1 -E -v ${2:-file:///dev/null} 2>/dev/null; }\n",
            $script
        )
    };
}

const PRINTER: Table = Table {
    family: "printer",
    criterion: "probe = { printer = { name = \"Compta\" } }\nexpect = { exists = true, state = { one_of = [\"idle\", \"processing\"] }, accepting = true, default = true }",
    reset: "for queue in Compta Ventes; do lpadmin -x $queue; done; rm -f /etc/cups/lpoptions; systemctl stop 'row-*'; systemctl reset-failed",
    rows: &[
        right("lpadmin at one go", cups!("queue Compta; lpadmin -d Compta")),
        right("enabled and accepted apart", cups!("lpadmin -p Compta -v file:///dev/null; cupsenable Compta; cupsaccept Compta; lpadmin -d Compta")),
        right("beside another", cups!("queue Ventes; queue Compta; lpadmin -d Ventes; lpadmin -d Compta")),
        wrong("stopped", cups!("queue Compta; lpadmin -d Compta; cupsdisable Compta")),
        wrong("takes no jobs", cups!("queue Compta; lpadmin -d Compta; cupsreject Compta")),
        wrong("another one is the default", cups!("queue Compta; queue Ventes; lpadmin -d Ventes")),
        wrong("no such queue", cups!("queue Ventes; lpadmin -d Ventes")),
        wrong("no print server", "systemctl stop cups cups.socket cups.path"),
        right("a page arrives at the printer", cups!("systemd-run --quiet --collect --unit=row-prn nc -lk 9100; timeout 10 sh -c 'until ss -Hltn sport = :9100 | grep -q .; do sleep .05; done'; queue Compta socket://127.0.0.1:9100; lpadmin -d Compta"))
            .judged_by("probe = { printer = { name = \"Compta\", test = true } }\nexpect = { printed = true, device = \"socket://127.0.0.1:9100\" }"),
        wrong("a page that nobody takes", cups!("queue Compta socket://127.0.0.1:9101; lpadmin -d Compta"))
            .judged_by("probe = { printer = { name = \"Compta\", test = true } }\nexpect = { printed = true }"),
        unknown("no address", "true").judged_by("probe = { printer = { uri = \"Compta\" } }\nexpect = { exists = true }"),
    ],
};

/// Radicale runs with Anne's calendar `Équipe`; `event TEXT START…` puts an event in.
macro_rules! radicale {
    ($script:literal) => {
        concat!(
            "mkdir -p /srv/row/collection-root/anne/c1 /srv/row/collection-root/anne/c2; cd /srv/row; echo anne:hush > users\n",
            "echo '{\"tag\": \"VCALENDAR\", \"D:displayname\": \"Équipe\"}' > collection-root/anne/c1/.Radicale.props; echo '{\"tag\": \"VCALENDAR\", \"D:displayname\": \"Perso\"}' > collection-root/anne/c2/.Radicale.props\n",
            "event() { printf 'BEGIN:VCALENDAR\\r\\nVERSION:2.0\\r\\nPRODID:row\\r\\nBEGIN:VEVENT\\r\\nUID:e1\\r\\nDTSTAMP:20260101T000000Z\\r\\nSUMMARY:%s\\r\\nDTSTART%s\\r\\nDURATION:PT1H\\r\\nEND:VEVENT\\r\\nEND:VCALENDAR\\r\\n' \"$1\" \"$2\" > collection-root/anne/${3:-c1}/e1.ics; }\n",
            "RIGHTS='[own]\\nuser: .+\\ncollection: {user}(/.*)?\\npermissions: RrWw\\n[root]\\nuser: .+\\ncollection:\\npermissions: R\\n'\n",
            "up() { printf \"$RIGHTS\" > rights; printf '[server]\\nhosts = 127.0.0.1:5232\\n[auth]\\ntype = htpasswd\\nhtpasswd_filename = /srv/row/users\\nhtpasswd_encryption = plain\\ndelay = 0\\n[rights]\\ntype = from_file\\nfile = /srv/row/rights\\n[storage]\\nfilesystem_folder = /srv/row\\n' > config; systemd-run --quiet --collect --unit=row-cal radicale --config /srv/row/config; timeout 15 sh -c 'until ss -Hltn sport = :5232 | grep -q .; do sleep .05; done'; }\n",
            $script
        )
    };
}

const CALENDAR: Table = Table {
    family: "calendar",
    criterion: "probe = { calendar = { url = \"http://127.0.0.1:5232/anne/\", user = \"anne\", password = \"hush\", calendar = \"Équipe\" } }\n\
                expect = { login = true, write = true, events = { any = { summary = \"Réunion\", start = \"2026-12-01T09:00:00+01:00\" } } }",
    reset: "systemctl stop 'row-*'; systemctl reset-failed; rm -rf /srv/row",
    rows: &[
        right("nine in Paris", radicale!("event Réunion ';TZID=Europe/Paris:20261201T090000'; up")),
        right("eight in UTC", radicale!("event Réunion ':20261201T080000Z'; up")),
        right("three in New York", radicale!("event Réunion ';TZID=America/New_York:20261201T030000'; up")),
        wrong("nine in UTC", radicale!("event Réunion ':20261201T090000Z'; up")),
        wrong("nine in London", radicale!("event Réunion ';TZID=Europe/London:20261201T090000'; up")),
        wrong("the whole day", radicale!("event Réunion ';VALUE=DATE:20261201'; up")),
        wrong("in another calendar", radicale!("event Réunion ';TZID=Europe/Paris:20261201T090000' c2; up")),
        wrong("she may only read", radicale!("event Réunion ';TZID=Europe/Paris:20261201T090000'; RIGHTS='[own]\\nuser: .+\\ncollection: .*\\npermissions: Rr\\n'; up")),
        wrong("another password", radicale!("event Réunion ';TZID=Europe/Paris:20261201T090000'; up; echo anne:other > users")),
        wrong("no server", "true"),
        unknown("a file of authorities that is not there", "true")
            .judged_by("probe = { calendar = { url = \"https://127.0.0.1:5232/\", ca = \"/no.pem\" } }\nexpect = { exists = true }"),
    ],
};
