//! Contents of files, trees of folders, access lists, extended attributes and the room on a filesystem.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, unknown, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    [CONTENT, TREE, ACL, XATTR, USAGE].into_iter().map(|table| bench.table(table)).collect()
}

const WORKGROUP: &str = r#"
    probe = { content = { path = "/root/smb.conf", format = "ini", at = "global.workgroup", ignore-case = true } }
    expect = { value = "ATELIER" }
"#;

const CONTENT: Table = Table {
    family: "content",
    criterion: WORKGROUP,
    reset: "rm -rf /root/smb.conf /root/f",
    rows: &[
        right("as one writes it", "printf '[global]\\n  workgroup = ATELIER\\n' > /root/smb.conf"),
        right("other blanks, another case", "printf '# x\\n[Global]\\nWorkgroup=ATELIER\\n' > /root/smb.conf"),
        right("twice: the last counts", "printf '[global]\\nworkgroup=A\\nworkgroup=ATELIER\\n' > /root/smb.conf"),
        right("by crudini's fashion, Windows ends", "printf '[global]\\r\\nworkgroup = ATELIER\\r\\n' > /root/smb.conf"),
        wrong("in a comment", "printf '[global]\\n; workgroup = ATELIER\\n' > /root/smb.conf"),
        wrong("in another section", "printf '[share]\\nworkgroup = ATELIER\\n[global]\\n' > /root/smb.conf"),
        wrong("overridden below", "printf '[global]\\nworkgroup=ATELIER\\nworkgroup=B\\n' > /root/smb.conf"),
        wrong("no such file", ""),
        unknown("a pipe in its place", "mkfifo /root/smb.conf"),
        unknown("3 GB of nothing in its place", "truncate -s 3G /root/smb.conf"),
        right("JSON", "echo '{\"servers\": [{\"name\": \"a\", \"port\": 389}]}' > /root/f")
            .judged_by("probe = { content = { path = \"/root/f\", format = \"json\", at = \"servers[0].port\" } }\nexpect = { number = 389 }"),
        wrong("JSON with a comma too many", "echo '{\"servers\": [{\"port\": 389},]}' > /root/f")
            .judged_by("probe = { content = { path = \"/root/f\", format = \"json\", at = \"servers[0].port\" } }\nexpect = { number = 389 }"),
        right("YAML", "printf 'network:\\n  ethernets:\\n    eth0:\\n      dhcp4: yes\\n' > /root/f")
            .judged_by("probe = { content = { path = \"/root/f\", format = \"yaml\", at = \"network.ethernets.eth0.dhcp4\" } }\nexpect = { flag = true }"),
        right("TOML", "printf '[a]\\nb = [\"x\", \"y\"]\\n' > /root/f")
            .judged_by("probe = { content = { path = \"/root/f\", format = \"toml\", at = \"a.b\" } }\nexpect = { values = [\"y\", \"x\"] }"),
        right("XML", "echo \"<d><disk dev='sda'/><disk dev='sdb'/></d>\" > /root/f")
            .judged_by("probe = { content = { path = \"/root/f\", format = \"xml\", at = \"d.disk.@dev\" } }\nexpect = { values = [\"sda\", \"sdb\"] }"),
        right("text", "printf '#Port 22\\nPort 2222\\n' > /root/f")
            .judged_by("probe = { content = { path = \"/root/f\", format = \"text\", at = '^Port (\\d+)' } }\nexpect = { number = 2222, count = 1 }"),
    ],
};

const TREE: Table = Table {
    family: "tree",
    criterion: r#"
        probe = { tree = { path = "/root/copy", same-as = "/root/data" } }
        expect = { same = true }
    "#,
    reset: "rm -rf /root/copy /root/data /root/x.tar /root/sums; mkdir -p /root/data/sub; echo a > /root/data/a; \
            echo b > /root/data/sub/b; ln -s a /root/data/link; ln -s /root/data /root/data/sub/loop",
    rows: &[
        right("cp -a", "cp -a /root/data /root/copy"),
        right("rsync", "rsync -rl /root/data/ /root/copy/"),
        right("tar there and back", "tar -C /root -cf /root/x.tar data; mkdir /root/copy; tar -C /root/copy --strip-components=1 -xf /root/x.tar"),
        right("a name in Latin-1", "n=$(printf 'caf\\351'); echo x > \"/root/data/$n\"; cp -a /root/data /root/copy"),
        wrong("one folder deeper", "mkdir /root/copy; cp -a /root/data /root/copy/"),
        wrong("a content of the same length", "cp -a /root/data /root/copy; echo c > /root/copy/sub/b"),
        wrong("one file too many", "cp -a /root/data /root/copy; touch /root/copy/new"),
        wrong("one missing", "cp -a /root/data /root/copy; rm /root/copy/sub/b"),
        wrong("a file where a link was", "cp -rL /root/data/a /root/data/sub/b /root/ 2>/dev/null; cp -a /root/data /root/copy; rm /root/copy/link; echo a > /root/copy/link; rm -f /root/a /root/b"),
        wrong("no copy at all", ""),
        right("sums that agree", "cp -a /root/data /root/copy; cd /root/copy; find . -type f -exec sha256sum {} + > /root/sums")
            .judged_by("probe = { tree = { path = \"/root/copy\", manifest = \"/root/sums\" } }\nexpect = { same = true, files = 2, links = 2 }"),
        wrong("sums from before a change", "cp -a /root/data /root/copy; cd /root/copy; find . -type f -exec sha256sum {} + > /root/sums; echo z >> a")
            .judged_by("probe = { tree = { path = \"/root/copy\", manifest = \"/root/sums\" } }\nexpect = { same = true }"),
        unknown("no list of sums", "cp -a /root/data /root/copy")
            .judged_by("probe = { tree = { path = \"/root/copy\", manifest = \"/root/sums\" } }\nexpect = { same = true }"),
    ],
};

const ACL: Table = Table {
    family: "acl",
    criterion: r#"
        probe = { acl = { path = "/srv/compta/f", user = "lea" } }
        expect = { readable = true, writable = true }
    "#,
    reset: "rm -rf /srv/compta; userdel -rf lea; groupdel equipe; groupadd equipe; useradd -m lea; mkdir /srv/compta; \
            echo x > /srv/compta/f; chmod 640 /srv/compta/f",
    rows: &[
        right("by a list", "setfacl -m u:lea:rw /srv/compta/f"),
        right("by a group", "usermod -aG equipe lea; chgrp equipe /srv/compta/f; chmod 660 /srv/compta/f"),
        right("by a list for a group", "usermod -aG equipe lea; setfacl -m g:equipe:rw /srv/compta/f"),
        right("as the owner", "chown lea /srv/compta/f; chmod 600 /srv/compta/f"),
        right("by the folder's default list", "setfacl -d -m u:lea:rwx /srv/compta; rm /srv/compta/f; umask 007; echo x > /srv/compta/f"),
        wrong("the mask takes it away", "setfacl -m u:lea:rw /srv/compta/f; setfacl -m m::r /srv/compta/f"),
        wrong("chmod after the list takes it away", "setfacl -m u:lea:rw /srv/compta/f; chmod 600 /srv/compta/f"),
        wrong("the folder stops her", "setfacl -m u:lea:rw /srv/compta/f; chmod 700 /srv/compta"),
        wrong("the owner without the right, whatever her group has", "usermod -aG equipe lea; chown lea:equipe /srv/compta/f; chmod 460 /srv/compta/f"),
        wrong("for another", "setfacl -m u:daemon:rw /srv/compta/f"),
        wrong("read only", "setfacl -m u:lea:r /srv/compta/f"),
        unknown("no such account", "userdel -rf lea"),
    ],
};

const XATTR: Table = Table {
    family: "xattr",
    criterion: "probe = { xattr = { path = \"/root/x\", name = \"user.origine\" } }\nexpect = { value = \"atelier\" }",
    reset: "rm -rf /root/x /root/y; touch /root/x",
    rows: &[
        right("setfattr", "setfattr -n user.origine -v atelier /root/x"),
        right("by Python", "python3 -c \"import os; os.setxattr('/root/x', 'user.origine', b'atelier')\""),
        right("kept by a copy", "touch /root/y; setfattr -n user.origine -v atelier /root/y; cp --preserve=xattr /root/y /root/x"),
        wrong("none", ""),
        wrong("another value", "setfattr -n user.origine -v Atelier /root/x"),
        wrong("another name", "setfattr -n user.origin -v atelier /root/x"),
        wrong("lost by a copy", "touch /root/y; setfattr -n user.origine -v atelier /root/y; cp /root/y /root/x"),
        wrong("no file", "rm /root/x"),
    ],
};

const USAGE: Table = Table {
    family: "usage",
    criterion: "probe = { usage = { path = \"/root/fs\" } }\nexpect = { percent = { at_most = 50 }, deleted-size = { at_most = \"1MiB\" } }",
    reset: "fuser -k /root/fs/hidden; [ -e /root/pid ] && kill $(cat /root/pid); umount -l /root/fs; rm -rf /root/fs /root/pid; \
            mkdir /root/fs; mount -t tmpfs -o size=10M tmpfs /root/fs",
    rows: &[
        right("nothing in it", ""),
        right("a little in it", "head -c 3M /dev/zero > /root/fs/a"),
        right("cleaned", "head -c 9M /dev/zero > /root/fs/a; rm /root/fs/a"),
        right("a huge file with nothing in it", "truncate -s 3G /root/fs/a"),
        wrong("full", "head -c 9M /dev/zero > /root/fs/a"),
        wrong("full, in many files", "for i in 1 2 3; do head -c 3M /dev/zero > /root/fs/$i; done"),
        wrong(
            "deleted, and still open",
            "head -c 4M /dev/zero > /root/fs/hidden; sleep 600 < /root/fs/hidden > /dev/null 2>&1 & echo $! > /root/pid; \
             while ! readlink /proc/$(cat /root/pid)/fd/0 | grep -q hidden; do sleep 0.01; done; rm /root/fs/hidden",
        ),
        right("the largest are told", "head -c 3M /dev/zero > /root/fs/a; touch /root/fs/b")
            .judged_by("probe = { usage = { path = \"/root/fs\" } }\nexpect = { largest = { any = { path = \"/root/fs/a\", size = \"3MiB\" } } }"),
    ],
};
