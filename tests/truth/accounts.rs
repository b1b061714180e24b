//! Groups, sudo, the rules of passwords, the clock.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, unknown, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    [GROUP, SUDO, POLICY, CLOCK].into_iter().map(|table| bench.table(table)).collect()
}

/// The accounts as they were.
const RESET: &str = "[ -d /root/acc ] || { mkdir /root/acc; cd /etc; cp -p passwd shadow group gshadow /root/acc; }; cp -p /root/acc/* /etc; \
    rm -rf /etc/sudoers.d/lea* /root/more /home/lea";

/// A script for `pc` where Léa has an account: written by hand, as useradd(8) takes its time.
macro_rules! lea {
    ($script:literal) => {
        concat!(
            "echo 'lea:x:4242:4242::/home/lea:/bin/sh' >> /etc/passwd; echo 'lea:!:19000::::::' >> /etc/shadow; ",
            "for name in lea:4242 equipe:4243; do echo ${name%:*}:x:${name#*:}: >> /etc/group; echo ${name%:*}:!:: >> /etc/gshadow; done; ",
            $script
        )
    };
}

const GROUP: Table = Table {
    family: "group",
    criterion: "probe = { group = { name = \"compta\" } }\nexpect = { exists = true, source = \"local\", members = { any = \"lea\" } }",
    reset: RESET,
    rows: &[
        right("groupadd and usermod", lea!("groupadd compta; usermod -aG compta lea")),
        right("addgroup and adduser", lea!("addgroup --quiet compta; adduser --quiet lea compta")),
        right("gpasswd", lea!("groupadd compta; gpasswd -a lea compta")),
        right("as her own group", lea!("groupadd compta; usermod -g compta lea")),
        wrong("no such group", lea!("")),
        wrong("an empty one", lea!("groupadd compta")),
        wrong("a name that only begins so", lea!("groupadd compta2; usermod -aG compta2 lea")),
        wrong("she was taken out", lea!("groupadd compta; usermod -aG compta lea; gpasswd -d lea compta")),
    ],
};

const SUDO: Table = Table {
    family: "sudo",
    criterion: r#"
        probe = { sudo = { user = "lea", command = ["/usr/bin/systemctl", "restart", "nginx"] } }
        expect = { valid = true, allowed = true, anything = false }
    "#,
    reset: RESET,
    rows: &[
        right("a fragment", lea!("echo 'lea ALL=(root) /usr/bin/systemctl restart nginx' > /etc/sudoers.d/lea")),
        right("aliases", lea!("printf 'User_Alias U = lea\\nCmnd_Alias C = /usr/bin/systemctl restart nginx, /usr/bin/true\\nU ALL = C\\n' > /etc/sudoers.d/lea")),
        right("by her group", lea!("usermod -aG equipe lea; echo '%equipe ALL=(ALL) NOPASSWD: /usr/bin/systemctl' > /etc/sudoers.d/lea")),
        right("a file included from elsewhere", lea!("echo 'lea ALL=(root) /usr/bin/systemctl restart *' > /root/more; echo '@include /root/more' > /etc/sudoers.d/lea")),
        wrong("nothing", lea!("")),
        wrong("another service", lea!("echo 'lea ALL=(root) /usr/bin/systemctl restart apache2' > /etc/sudoers.d/lea")),
        wrong("a file with a dot in its name is not read", lea!("echo 'lea ALL=(root) /usr/bin/systemctl restart nginx' > /etc/sudoers.d/lea.conf")),
        wrong("taken back by a later rule", lea!("printf 'lea ALL=(root) /usr/bin/systemctl\\nlea ALL=(root) !/usr/bin/systemctl restart nginx\\n' > /etc/sudoers.d/lea")),
        wrong("as another account only", lea!("echo 'lea ALL=(daemon) /usr/bin/systemctl restart nginx' > /etc/sudoers.d/lea")),
        wrong("far too much", lea!("usermod -aG sudo lea")),
        wrong("on another machine", lea!("echo 'lea ailleurs=(root) /usr/bin/systemctl restart nginx' > /etc/sudoers.d/lea")),
        unknown("no such account", ""),
        right("without a password", lea!("echo 'lea ALL=(root) NOPASSWD: /usr/bin/systemctl restart nginx' > /etc/sudoers.d/lea"))
            .judged_by("probe = { sudo = { user = \"lea\", command = [\"/usr/bin/systemctl\", \"restart\", \"nginx\"] } }\nexpect = { password = false }"),
        wrong("with one", lea!("echo 'lea ALL=(root) /usr/bin/systemctl restart nginx' > /etc/sudoers.d/lea"))
            .judged_by("probe = { sudo = { user = \"lea\", command = [\"/usr/bin/systemctl\", \"restart\", \"nginx\"] } }\nexpect = { password = false }"),
    ],
};

const POLICY: Table = Table {
    family: "policy",
    criterion: "probe = { policy = {} }\nexpect = { checked = true, min-length = { at_least = 12 }, digits = { at_least = 1 } }",
    reset: "[ -e /root/pam ] || grep -v pwquality /etc/pam.d/common-password > /root/pam; cp /root/pam /etc/pam.d/common-password; \
            rm -rf /etc/security/pwquality.conf /etc/security/pwquality.conf.d",
    rows: &[
        right(
            "the module and its file",
            "sed -i '1i password requisite pam_pwquality.so retry=3' /etc/pam.d/common-password; printf 'minlen = 12\\ndcredit = -1\\n' > /etc/security/pwquality.conf",
        ),
        right("arguments of the module", "sed -i '1i password requisite pam_pwquality.so minlen=14 dcredit=-2' /etc/pam.d/common-password"),
        right(
            "a fragment over the file",
            "sed -i '1i password [success=1 default=die] pam_pwquality.so' /etc/pam.d/common-password; mkdir /etc/security/pwquality.conf.d; \
             echo minlen=8 > /etc/security/pwquality.conf; printf 'minlen=12\\ndcredit=-1\\n' > /etc/security/pwquality.conf.d/50.conf",
        ),
        wrong("the file, but nobody asks the module", "printf 'minlen = 12\\ndcredit = -1\\n' > /etc/security/pwquality.conf"),
        wrong("the module in a comment", "sed -i '1i # password requisite pam_pwquality.so minlen=14 dcredit=-2' /etc/pam.d/common-password"),
        wrong("a credit instead of a demand", "sed -i '1i password requisite pam_pwquality.so minlen=14 dcredit=2' /etc/pam.d/common-password"),
        wrong("the settings in a comment", "sed -i '1i password requisite pam_pwquality.so' /etc/pam.d/common-password; printf '# minlen = 12\\n# dcredit = -1\\n' > /etc/security/pwquality.conf"),
    ],
};

/// A script for `peer`: ends what was there, then this.
macro_rules! peer {
    ($start:literal) => {
        concat!(
            "pkill -x chronyd || true; [ ! -e /root/ntp.pid ] || kill $(cat /root/ntp.pid) || true; rm -f /root/ntp.pid\n",
            "timeout 10 sh -c 'while ss -Hlun sport = :123 | grep -q .; do sleep .05; done'\n",
            $start
        )
    };
}

/// A script for `peer`: a time server of one's own, so many seconds late. It has bound its port when the script ends.
macro_rules! late {
    ($seconds:literal) => {
        concat!(
            peer!("python3 -c \"
import os, pathlib, socket, struct, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('', 123))
pathlib.Path('/root/ntp.new').write_text(str(os.getpid()))
os.rename('/root/ntp.new', '/root/ntp.pid')
while True:
    _, asker = s.recvfrom(99)
    now = int(time.time()) + 2208988800 - "),
            $seconds,
            "
    s.sendto(bytes([0x24, 2]) + bytes(38) + struct.pack('>II', now, 0), asker)\" > /dev/null 2>&1 &
timeout 10 sh -c 'while [ ! -e /root/ntp.pid ]; do sleep .05; done'"
        )
    };
}

const CLOCK: Table = Table {
    family: "clock",
    criterion: "probe = { clock = { server = \"10.77.0.2\" } }\nexpect = { answering = true, offset = { at_most = \"30s\" } }",
    reset: "",
    rows: &[
        right("a server", "").with_peer(peer!("printf 'local stratum 8\\nallow\\n' > /root/c; chronyd -x -f /root/c")),
        right("a server far from its source", "").with_peer(peer!("printf 'local stratum 15\\nallow\\n' > /root/c; chronyd -x -f /root/c")),
        right("another program", "").with_peer(late!(0)),
        wrong("nobody there", "").with_peer(peer!("")),
        wrong("a server without a time of its own", "").with_peer(peer!("echo allow > /root/c; chronyd -x -f /root/c")),
        wrong("one hour late", "").with_peer(late!(3600)),
        unknown("a name, which the PC would look up", "")
            .judged_by("probe = { clock = { server = \"peer\" } }\nexpect = { answering = true }"),
    ],
};
