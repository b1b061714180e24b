//! Accounts: `nora` may log in, with bash, and administer.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, unknown, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    vec![bench.table(TABLE)]
}

const TABLE: Table = Table {
    family: "user",
    criterion: r#"
        probe = { user = { name = "nora" } }
        expect = { exists = true, source = "local", uid = { at_least = 1000 }, shell = "/bin/bash", locked = false, groups = { any = "sudo" } }
    "#,
    reset: "[ -e /etc/shadow.gone ] && mv /etc/shadow.gone /etc/shadow; userdel -rf nora; userdel -rf norah; groupdel nora; rm -rf /home/nora",
    rows: &[
        right("useradd and chpasswd", "useradd -m -s /bin/bash -G sudo nora; echo nora:Atelier-2026 | chpasswd -c SHA512"),
        right(
            "adduser, then its groups and its shell one by one",
            "adduser --disabled-password --gecos Nora nora; usermod -aG sudo nora; chsh -s /bin/bash nora; \
             echo nora:Atelier-2026 | chpasswd -c SHA512",
        ),
        right(
            "the files by hand, the group as her own",
            "echo 'nora:x:1500:27:Nora:/home/nora:/bin/bash' >> /etc/passwd; \
             echo 'nora:$6$saltsalt$0123456789:20000:0:99999:7:::' >> /etc/shadow",
        ),
        right(
            "locked, then unlocked",
            "useradd -m -s /bin/bash -G sudo nora; echo nora:Atelier-2026 | chpasswd -c SHA512; passwd -l nora; passwd -u nora",
        ),
        wrong("no password was ever set", "useradd -m -s /bin/bash -G sudo nora"),
        wrong("the account has expired", "useradd -m -s /bin/bash -G sudo -e 2001-01-01 nora; echo nora:Atelier-2026 | chpasswd -c SHA512"),
        wrong("another shell", "useradd -m -s /usr/sbin/nologin -G sudo nora; echo nora:Atelier-2026 | chpasswd -c SHA512"),
        wrong("not an administrator", "useradd -m -s /bin/bash nora; echo nora:Atelier-2026 | chpasswd -c SHA512"),
        wrong("a name that only begins so", "useradd -m -s /bin/bash -G sudo norah; echo norah:Atelier-2026 | chpasswd -c SHA512"),
        wrong("a system account", "useradd -r -m -s /bin/bash -G sudo nora; echo nora:Atelier-2026 | chpasswd -c SHA512"),
        right("a password that must be changed every 90 days", "useradd nora; chage -M 90 nora")
            .judged_by("probe = { user = { name = \"nora\" } }\nexpect = { max-days = 90 }"),
        unknown(
            "without the file of passwords",
            "useradd -m -s /bin/bash -G sudo nora; mv /etc/shadow /etc/shadow.gone",
        ),
    ],
};
