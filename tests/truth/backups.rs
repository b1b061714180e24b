//! Archives and backup repositories.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, unknown, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    [ARCHIVE, BACKUP].into_iter().map(|table| bench.table(table)).collect()
}

const ARCHIVE: Table = Table {
    family: "archive",
    criterion: r#"
        probe = { archive = { path = "/root/a", member = "data/f" } }
        expect = { intact = true, found = true, member-hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" }
    "#,
    reset: "rm -rf /root/a /root/a.zip /root/data; mkdir /root/data; printf abc > /root/data/f; head -c 300000 /dev/urandom > /root/data/g",
    rows: &[
        right("tar", "tar -C /root -cf /root/a data"),
        right("tar and gzip, from within the folder", "cd /root; tar -czf a ./data"),
        right("tar and bzip2", "python3 -c \"import tarfile; t = tarfile.open('/root/a', 'w:bz2'); t.add('/root/data', 'data')\""),
        right("zip", "cd /root; zip -qr a.zip data; mv a.zip a"),
        wrong("cut", "tar -C /root -czf /root/a data; truncate -s 100000 /root/a"),
        wrong("one bit turned", "tar -C /root -czf /root/a data; printf '\\125\\125' | dd of=/root/a bs=1 seek=150000 conv=notrunc status=none"),
        wrong("without the file", "rm /root/data/f; tar -C /root -cf /root/a data"),
        wrong("the file elsewhere in it", "tar -C /root/data -cf /root/a f g"),
        wrong("an older file", "printf abd > /root/data/f; tar -C /root -czf /root/a data"),
        wrong("a link in its place", "ln -sf g /root/data/f; tar -C /root -cf /root/a data"),
        wrong("no archive", "cp /root/data/g /root/a"),
        wrong("nothing", ""),
        unknown("closed by a password", "cd /root; zip -qr -P secret a.zip data; mv a.zip a"),
    ],
};

const BACKUP: Table = Table {
    family: "backup",
    criterion: r#"
        probe = { backup = { tool = "borg", repository = "/root/r", password-file = "/root/pw", member = "/root/data/f" } }
        expect = { opens = true, found = true, member-hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" }
    "#,
    reset: "rm -rf /root/.config/borg /root/.cache/borg; [ -e /root/r0 ] || BORG_PASSPHRASE=secret borg init -e repokey /root/r0; rm -rf /root/r /root/data; mkdir /root/data; printf abc > /root/data/f; echo secret > /root/pw",
    rows: &[
        right("borg", "cp -r /root/r0 /root/r; export BORG_PASSPHRASE=secret BORG_RELOCATED_REPO_ACCESS_IS_OK=yes; borg create /root/r::un /root/data"),
        right("borg, the last of two", "export BORG_PASSPHRASE=secret; borg init -e authenticated /root/r; rm /root/data/f; touch /root/data/x; \
            borg create /root/r::un /root/data; printf abc > /root/data/f; sleep 1; borg create /root/r::deux /root/data"),
        right("restic", "restic -q -r /root/r -p /root/pw init; restic -q -r /root/r -p /root/pw backup /root/data")
            .judged_by("probe = { backup = { tool = \"restic\", repository = \"/root/r\", password-file = \"/root/pw\", member = \"/root/data/f\" } }\nexpect = { opens = true, count = 1, found = true, member-hash = \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\" }"),
        wrong("another password", "cp -r /root/r0 /root/r; echo autre > /root/pw"),
        wrong("nothing was saved yet", "cp -r /root/r0 /root/r"),
        wrong("another folder was saved", "cp -r /root/r0 /root/r; export BORG_PASSPHRASE=secret BORG_RELOCATED_REPO_ACCESS_IS_OK=yes; borg create /root/r::un /etc/cron.d"),
        wrong("no repository", ""),
    ],
};
