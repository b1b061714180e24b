//! Partitions, filesystems, mounts now and at the next start, swap, encryption, arrays.

use libtest_mimic::Trial;

use crate::frame::{Bench, Table, right, unknown, wrong};

pub(crate) fn trials(bench: &Bench) -> Vec<Trial> {
    [PARTITION, FILESYSTEM, MOUNT, FSTAB, SWAP, LUKS, RAID].into_iter().map(|table| bench.table(table)).collect()
}

const PARTITION: Table = Table {
    family: "partition",
    criterion: r#"
        probe = { partition = { disk = "sdb" } }
        expect = { table = "gpt", partitions = { any = { type = "linux", size = { about = "512MiB" }, aligned = true } } }
    "#,
    reset: "wipefs -qaf /dev/sdb",
    rows: &[
        right("sfdisk", "printf 'label: gpt\\nsize=512MiB, type=linux\\n' | sfdisk -q --no-tell-kernel /dev/sdb"),
        right("parted", "parted -s /dev/sdb mklabel gpt mkpart data ext4 1MiB 513MiB"),
        right("sgdisk, after another", "sgdisk -n 1:0:+100M -n 2:0:+512M -t 2:8300 /dev/sdb > /dev/null || true"),
        wrong("right in size, off alignment", "printf 'label: gpt\\nstart=2049, size=512MiB, type=linux\\n' | sfdisk -q --no-tell-kernel /dev/sdb"),
        wrong("another type", "printf 'label: gpt\\nsize=512MiB, type=swap\\n' | sfdisk -q --no-tell-kernel /dev/sdb"),
        wrong("another table", "printf 'label: dos\\nsize=512MiB, type=83\\n' | sfdisk -q --no-tell-kernel /dev/sdb"),
        wrong("twice as large", "printf 'label: gpt\\nsize=1GiB, type=linux\\n' | sfdisk -q --no-tell-kernel /dev/sdb"),
        wrong("no table at all", ""),
        right("a hybrid table", "sgdisk -n 1:0:+100M -h 1 /dev/sdb > /dev/null || true")
            .judged_by("probe = { partition = { disk = \"sdb\" } }\nexpect = { table = \"gpt\", hybrid = true }"),
        wrong("numbers out of order", "printf 'label: gpt\\n/dev/sdb1 : start=1GiB, size=10MiB\\n/dev/sdb2 : start=1MiB, size=10MiB\\n' | sfdisk -q --no-tell-kernel /dev/sdb")
            .judged_by("probe = { partition = { disk = \"sdb\" } }\nexpect = { in-order = true }"),
    ],
};

const FILESYSTEM: Table = Table {
    family: "filesystem",
    criterion: "probe = { filesystem = { device = \"/dev/sdb\" } }\nexpect = { kind = \"ext4\", label = \"DONNEES\" }",
    reset: "wipefs -qaf /dev/sdb; rm -rf /root/iso /root/cd",
    rows: &[
        right("mkfs", "mkfs.ext4 -qF -L DONNEES /dev/sdb"),
        right("labelled later", "mke2fs -qF -t ext4 /dev/sdb; e2label /dev/sdb DONNEES"),
        right("after another", "mkfs.vfat -I -n AUTRE /dev/sdb > /dev/null; mkfs.ext4 -qF -L donnees /dev/sdb"),
        wrong("ext3", "mkfs.ext3 -qF -L DONNEES /dev/sdb"),
        wrong("another label", "mkfs.ext4 -qF -L DONNEES2 /dev/sdb"),
        wrong("nothing", ""),
        wrong("formatted over", "mkfs.ext4 -qF -L DONNEES /dev/sdb; mkfs.vfat -I -n DONNEES /dev/sdb > /dev/null"),
    ],
};

/// Mounting a disk is not every machine's right: where it is not, these states are made with memory and binds.
const MOUNT: Table = Table {
    family: "mount",
    criterion: "probe = { mount = { target = \"/root/m\" } }\nexpect = { mounted = true, kind = \"tmpfs\", writable = true }",
    reset: "umount -l /root/m; umount -l /root/m; umount -l /root/m2; rm -rf /root/m /root/m2 /root/l; mkdir /root/m /root/m2",
    rows: &[
        right("mount", "mount -t tmpfs x /root/m"),
        right("over another", "mount -t tmpfs -o ro x /root/m; mount -t tmpfs y /root/m"),
        right("the same elsewhere, shown here too", "mount -t tmpfs x /root/m2; mount --bind /root/m2 /root/m"),
        wrong("not mounted", ""),
        wrong("read-only", "mount -t tmpfs -o ro x /root/m"),
        wrong("made read-only", "mount -t tmpfs x /root/m; mount -o remount,ro /root/m"),
        wrong("in the folder next to it", "mount -t tmpfs x /root/m2"),
        wrong("taken off again", "mount -t tmpfs x /root/m; umount /root/m"),
    ],
};

const FSTAB: Table = Table {
    family: "fstab",
    criterion: "probe = { fstab = { target = \"/srv/data\" } }\nexpect = { comes-back = true }",
    reset: "sed -i '\\,/srv/data,d' /etc/fstab; touch /etc/fstab; rm -f /etc/systemd/system/srv-data.mount /etc/systemd/system/*/srv-data.mount; \
            wipefs -qaf /dev/sdb; mkfs.ext4 -qF -L DONNEES -U 11111111-2222-3333-4444-555555555555 /dev/sdb",
    rows: &[
        right("by UUID", "echo 'UUID=11111111-2222-3333-4444-555555555555 /srv/data ext4 defaults 0 2' >> /etc/fstab"),
        right("by label, and nofail", "echo 'LABEL=DONNEES /srv/data auto nofail 0 2' >> /etc/fstab"),
        right("by its node", "printf '/dev/sdb\\t/srv/data/\\text4\\tdefaults\\n' >> /etc/fstab"),
        right(
            "a unit",
            "printf '[Mount]\\nWhat=UUID=11111111-2222-3333-4444-555555555555\\nWhere=/srv/data\\nType=ext4\\n[Install]\\nWantedBy=multi-user.target\\n' \
             > /etc/systemd/system/srv-data.mount; systemctl enable srv-data.mount",
        ),
        wrong("mounted now, but not after a restart: noauto", "echo 'LABEL=DONNEES /srv/data ext4 noauto 0 2' >> /etc/fstab"),
        wrong("no line", ""),
        wrong("a comment", "echo '#LABEL=DONNEES /srv/data ext4 defaults 0 2' >> /etc/fstab"),
        wrong("the UUID of another volume", "echo 'UUID=11111111-2222-3333-4444-555555555556 /srv/data ext4 defaults 0 2' >> /etc/fstab"),
        wrong("another kind of filesystem", "echo 'LABEL=DONNEES /srv/data xfs defaults 0 2' >> /etc/fstab"),
        wrong("formatted anew since: another UUID", "echo 'UUID=11111111-2222-3333-4444-555555555555 /srv/data ext4 defaults 0 2' >> /etc/fstab; mkfs.ext4 -qF /dev/sdb"),
        wrong(
            "a unit that is not enabled",
            "printf '[Mount]\\nWhat=LABEL=DONNEES\\nWhere=/srv/data\\nType=ext4\\n[Install]\\nWantedBy=multi-user.target\\n' > /etc/systemd/system/srv-data.mount",
        ),
    ],
};

/// Turning swap on reaches the PC's own kernel: here only what the next start would do.
const SWAP: Table = Table {
    family: "swap",
    criterion: "probe = { swap = { disk = \"sdb\" } }\nexpect = { persistent = true, active = false }",
    reset: "sed -i '/swap/d' /etc/fstab; touch /etc/fstab; wipefs -qaf /dev/sdb; mkswap -L ECHANGE -U 11111111-2222-3333-4444-555555555555 /dev/sdb > /dev/null",
    rows: &[
        right("by UUID", "echo 'UUID=11111111-2222-3333-4444-555555555555 none swap sw 0 0' >> /etc/fstab"),
        right("by label", "echo 'LABEL=ECHANGE swap swap defaults 0 0' >> /etc/fstab"),
        right("by its node", "echo '/dev/sdb none swap sw' >> /etc/fstab"),
        wrong("no line", ""),
        wrong("noauto", "echo 'LABEL=ECHANGE none swap noauto 0 0' >> /etc/fstab"),
        wrong("the UUID of another", "echo 'UUID=11111111-2222-3333-4444-555555555556 none swap sw 0 0' >> /etc/fstab"),
        wrong("made anew since", "echo 'UUID=11111111-2222-3333-4444-555555555555 none swap sw 0 0' >> /etc/fstab; mkswap -f /dev/sdb > /dev/null"),
    ],
};

const LUKS: Table = Table {
    family: "luks",
    criterion: "probe = { luks = { device = \"/root/v\" } }\nexpect = { present = true, intact = true, version = 2, cipher = \"aes-xts-plain64\", keyslots = { at_least = 2 } }",
    reset: "rm -f /root/v /root/k /root/k2; truncate -s 32M /root/v; echo -n secret > /root/k; echo -n autre > /root/k2",
    rows: &[
        right(
            "two keys",
            "cryptsetup -q luksFormat --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /root/v /root/k; \
             cryptsetup -q luksAddKey --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file /root/k /root/v /root/k2",
        ),
        right(
            "two of three left",
            "cryptsetup -q luksFormat --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /root/v /root/k; for slot in 3 5; do \
             cryptsetup -q luksAddKey --key-slot $slot --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file /root/k /root/v /root/k2; done; \
             cryptsetup -q luksKillSlot --key-file /root/k /root/v 3",
        ),
        right(
            "converted from version 1",
            "cryptsetup -q luksFormat --type luks1 --pbkdf-force-iterations 1000 /root/v /root/k; \
             cryptsetup -q luksAddKey --pbkdf-force-iterations 1000 --key-file /root/k /root/v /root/k2; cryptsetup -q convert --type luks2 /root/v",
        ),
        wrong("one key", "cryptsetup -q luksFormat --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /root/v /root/k"),
        wrong("version 1", "cryptsetup -q luksFormat --type luks1 --pbkdf-force-iterations 1000 /root/v /root/k; \
             cryptsetup -q luksAddKey --pbkdf-force-iterations 1000 --key-file /root/k /root/v /root/k2"),
        wrong("another cipher", "cryptsetup -q luksFormat --type luks2 -c aes-cbc-essiv:sha256 -s 256 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /root/v /root/k; \
             cryptsetup -q luksAddKey --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file /root/k /root/v /root/k2"),
        wrong("not encrypted", "mkfs.ext4 -qF /root/v"),
        wrong("its header damaged", "cryptsetup -q luksFormat --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 /root/v /root/k; \
             cryptsetup -q luksAddKey --pbkdf pbkdf2 --pbkdf-force-iterations 1000 --key-file /root/k /root/v /root/k2; \
             printf 'x' | dd of=/root/v bs=1 seek=4200 conv=notrunc status=none"),
    ],
};

const RAID: Table = Table {
    family: "raid",
    criterion: "probe = { raid = { members = [\"/root/a\", \"/root/b\"] } }\nexpect = { kind = \"btrfs\", level = \"raid1\", metadata-level = \"raid1\", degraded = false, together = true }",
    reset: "rm -f /root/a /root/b /root/c; truncate -s 256M /root/a /root/b /root/c",
    rows: &[
        right("mkfs", "mkfs.btrfs -q -d raid1 -m raid1 /root/a /root/b"),
        right("the other way round, with a label", "mkfs.btrfs -q -L cuve -d raid1 -m raid1 /root/b /root/a"),
        right("anew over another", "mkfs.btrfs -q -d raid0 -m raid0 /root/a /root/b; mkfs.btrfs -qf -d raid1 -m raid1 /root/a /root/b"),
        wrong("raid0", "mkfs.btrfs -q -d raid0 -m raid1 /root/a /root/b"),
        wrong("only the metadata twice", "mkfs.btrfs -q -d single -m raid1 /root/a /root/b"),
        wrong("two filesystems", "mkfs.btrfs -q /root/a; mkfs.btrfs -q /root/b"),
        wrong("a member missing", "mkfs.btrfs -q -d raid1 -m raid1 /root/a /root/b; wipefs -qa /root/b"),
        wrong("its partner is another disk", "mkfs.btrfs -q -d raid1 -m raid1 /root/a /root/c"),
        wrong("nothing", ""),
        unknown("a pipe", "rm /root/a; mkfifo /root/a"),
    ],
};
