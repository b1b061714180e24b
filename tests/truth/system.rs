//! The kernel's parameters and modules, language and time zone, logs.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, unknown, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    [SYSCTL, MODULE, LOCALE, LOG].into_iter().map(|table| bench.table(table)).collect()
}

const SYSCTL: Table = Table {
    family: "sysctl",
    criterion: "probe = { sysctl = { key = \"net.ipv4.ip_forward\" } }\nexpect = { number = 1, configured-number = 1 }",
    reset: "sysctl -qw net.ipv4.ip_forward=0; rm -f /etc/sysctl.d/*forward* /etc/sysctl.d/zz.conf",
    rows: &[
        right("a file of its own", "echo 'net.ipv4.ip_forward = 1' > /etc/sysctl.d/50-forward.conf; sysctl -q -p /etc/sysctl.d/50-forward.conf"),
        right("with slashes", "echo 'net/ipv4/ip_forward=1' > /etc/sysctl.d/forward.conf; echo 1 > /proc/sys/net/ipv4/ip_forward"),
        right("the last file decides", "echo 'net.ipv4.ip_forward=0' > /etc/sysctl.d/10-forward.conf; echo 'net.ipv4.ip_forward=1' > /etc/sysctl.d/zz.conf; sysctl -qw net.ipv4.ip_forward=1"),
        wrong("only now", "sysctl -qw net.ipv4.ip_forward=1"),
        wrong("only at the next start", "echo 'net.ipv4.ip_forward=1' > /etc/sysctl.d/50-forward.conf"),
        wrong("in a comment", "echo '#net.ipv4.ip_forward=1' > /etc/sysctl.d/50-forward.conf; sysctl -qw net.ipv4.ip_forward=1"),
        wrong("a file that nobody reads", "echo 'net.ipv4.ip_forward=1' > /etc/sysctl.d/50-forward.txt; sysctl -qw net.ipv4.ip_forward=1"),
        wrong("undone by a later file", "echo 'net.ipv4.ip_forward=1' > /etc/sysctl.d/50-forward.conf; echo 'net.ipv4.ip_forward=0' > /etc/sysctl.d/zz.conf; sysctl -qw net.ipv4.ip_forward=1"),
    ],
};

const MODULE: Table = Table {
    family: "module",
    criterion: "probe = { module = { name = \"usb-storage\" } }\nexpect = { blacklisted = true, at-boot = false }",
    reset: "rm -f /etc/modprobe.d/usb* /etc/modules-load.d/usb*",
    rows: &[
        right("blacklisted", "echo 'blacklist usb-storage' > /etc/modprobe.d/usb.conf"),
        right("with the other line", "echo 'blacklist usb_storage' > /etc/modprobe.d/usb.conf"),
        right("among others", "printf '# x\\nblacklist floppy\\nblacklist  usb_storage\\n' > /etc/modprobe.d/usb-off.conf"),
        wrong("nothing", ""),
        wrong("a comment", "echo '#blacklist usb-storage' > /etc/modprobe.d/usb.conf"),
        wrong("a file that nobody reads", "echo 'blacklist usb-storage' > /etc/modprobe.d/usb"),
        wrong("loaded at the start all the same", "echo 'blacklist usb-storage' > /etc/modprobe.d/usb.conf; echo usb_storage > /etc/modules-load.d/usb.conf"),
        unknown("modules that the machine does not have", "")
            .judged_by("probe = { module = { name = \"ext4\" } }\nexpect = { available = true }"),
    ],
};

const LOCALE: Table = Table {
    family: "locale",
    criterion: "probe = { locale = {} }\nexpect = { time-zone = \"Europe/Paris\", layout = \"fr\" }",
    reset: "ln -sf /usr/share/zoneinfo/Etc/UTC /etc/localtime; echo Etc/UTC > /etc/timezone; echo XKBLAYOUT=us > /etc/default/keyboard",
    rows: &[
        right("the link and the file", "ln -sf /usr/share/zoneinfo/Europe/Paris /etc/localtime; printf 'XKBLAYOUT=\"fr\"\\n' > /etc/default/keyboard"),
        right("a relative link", "ln -sf ../usr/share/zoneinfo/Europe/Paris /etc/localtime; printf \"XKBLAYOUT='fr'\\n\" > /etc/default/keyboard"),
        right("a copy", "rm /etc/localtime; cp /usr/share/zoneinfo/Europe/Paris /etc/localtime; echo Europe/Paris > /etc/timezone; sed -i s/us/fr/ /etc/default/keyboard"),
        wrong("only /etc/timezone, which nothing reads", "echo Europe/Paris > /etc/timezone; echo XKBLAYOUT=fr > /etc/default/keyboard"),
        wrong("another zone of the same hour", "ln -sf /usr/share/zoneinfo/Europe/Berlin /etc/localtime; echo XKBLAYOUT=fr > /etc/default/keyboard"),
        wrong("the keyboard in a comment", "ln -sf /usr/share/zoneinfo/Europe/Paris /etc/localtime; printf 'XKBLAYOUT=us\\n#XKBLAYOUT=fr\\n' > /etc/default/keyboard"),
        right("a locale that was made", "echo LANG=C.UTF-8 > /etc/default/locale")
            .judged_by("probe = { locale = {} }\nexpect = { language = \"C.UTF-8\", language-available = true }"),
        wrong("a locale that was not", "echo LANG=xx_XX.UTF-8 > /etc/default/locale")
            .judged_by("probe = { locale = {} }\nexpect = { language = \"xx_XX.UTF-8\", language-available = true }"),
    ],
};

const LOG: Table = Table {
    family: "log",
    criterion: "probe = { log = { path = \"/root/x.log\", matches = \"refused\", since = \"1h\" } }\nexpect = { count = { at_least = 1 } }",
    reset: "rm -rf /root/x.log",
    rows: &[
        right("ISO dates", "echo \"$(date -Iseconds) pc x: refused\" > /root/x.log"),
        right("dates of syslog", "echo \"$(LC_ALL=C date '+%b %e %T') pc x: refused\" > /root/x.log"),
        right("a line that follows its date", "printf '%s x:\\n  refused\\n' \"$(date '+%F %T')\" > /root/x.log"),
        wrong("too old", "echo \"$(date -d '2 days ago' -Iseconds) pc x: refused\" > /root/x.log"),
        wrong("another message", "echo \"$(date -Iseconds) pc x: accepted\" > /root/x.log"),
        wrong("no log", ""),
        unknown("no dates", "echo refused > /root/x.log"),
        unknown("a pipe", "mkfifo /root/x.log"),
        right("in the journal", "logger -t truth 'porte 4721 refused'")
            .judged_by("probe = { log = { matches = \"porte 4721 refused\", since = \"boot\" } }\nexpect = { count = 1 }"),
        wrong("not in the journal of that unit", "logger -t truth 'porte 4722 refused'")
            .judged_by("probe = { log = { unit = \"cron\", matches = \"porte 4722 refused\" } }\nexpect = { count = { at_least = 1 } }"),
    ],
};
