//! What the storage probes say of disks and volumes that the real tools made. The tools are the base's, so root and the
//! base are needed, and missed loudly.

use std::fs::File;
use std::path::Path;
use std::process::Command;

use paillasse::probe::{Fact, Machine, Probe};
use paillasse::stand::base;
use libtest_mimic::Trial;
use serde_json::json;

use crate::frame::{Bench, plain};

pub(crate) fn trials(_bench: &Bench) -> Vec<Trial> {
    plain![
        filesystems_as_their_tools_make_them,
        what_was_there_before_does_not_show_through,
        tables_as_four_tools_make_them,
        near_misses_are_told_apart,
    ]
}

/// Runs a script with the base's tools, in a mount namespace of its own; `folder` is its `/mnt`.
fn with_tools(folder: &Path, script: &str) {
    const ENTER: &str = r#"
        root=$(mktemp --directory); trap 'rmdir "$root"' EXIT
        mount -t squashfs -o ro,loop "$1" "$root"
        mount -t tmpfs tmpfs "$root/dev"
        mknod -m 666 "$root/dev/null" c 1 3; mknod -m 666 "$root/dev/urandom" c 1 9; mknod -m 666 "$root/dev/random" c 1 8
        mount -t tmpfs tmpfs "$root/tmp"; mount -t tmpfs tmpfs "$root/run"; mount -t proc proc "$root/proc"
        mount --bind "$2" "$root/mnt"
        status=0
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C chroot "$root" sh -euc "cd /mnt; $3" || status=$?
        umount -R "$root"
        exit $status
    "#;
    let base = base::current().expect("this test needs the base: paillasse base build");
    let output = Command::new("unshare")
        .args(["--mount", "--propagation", "private", "sh", "-euc", ENTER, "sh"])
        .args([&base.file, folder])
        .arg(script)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{script}\n{}", String::from_utf8_lossy(&said));
}

/// An empty image of so many MiB.
fn image(folder: &Path, name: &str, mebibytes: u64) -> String {
    let path = folder.join(name);
    File::create(&path).unwrap().set_len(mebibytes << 20).unwrap();
    path.to_str().unwrap().to_owned()
}

fn seen(probe: serde_json::Value) -> Fact {
    serde_json::from_value::<Probe>(probe).unwrap().observe(&Machine::default()).fact
}

fn field<'a>(fact: &'a Fact, name: &str) -> &'a Fact {
    match fact {
        Fact::Record(fields) => &fields[name],
        other => panic!("{name} of {other:?}"),
    }
}

fn filesystems_as_their_tools_make_them() {
    let folder = tempfile::tempdir().unwrap();
    for (name, size, tool, kind, label) in [
        ("ext4", 32, "mkfs.ext4 -q -F -L Système", "ext4", Some("Système")),
        ("ext3", 32, "mkfs.ext3 -q -F -L LINUX", "ext3", Some("LINUX")),
        ("ext2", 32, "mkfs.ext2 -q -F", "ext2", None),
        ("ext4old", 32, "mkfs.ext4 -q -F -O ^64bit,^metadata_csum -L linux", "ext4", Some("linux")),
        ("fat32", 64, "mkfs.vfat -F 32 -n EFI", "fat32", Some("EFI")),
        ("fat32small", 4, "mkfs.vfat -F 32", "fat32", None),
        ("fat16", 64, "mkfs.vfat -F 16 -n OLD", "fat16", Some("OLD")),
        ("fat12", 2, "mkfs.vfat -F 12 -n FLOPPY", "fat12", Some("FLOPPY")),
        ("ntfs", 32, "mkfs.ntfs -Q -q -F -L Données", "ntfs", Some("Données")),
        ("ntfsbig", 32, "mkfs.ntfs -Q -q -F -c 65536 -s 4096", "ntfs", None),
        ("swap", 16, "mkswap -L echange", "swap", Some("echange")),
        ("xfs", 320, "mkfs.xfs -q -L coffre", "xfs", Some("coffre")),
        ("btrfs", 128, "mkfs.btrfs -q -L cuve", "btrfs", Some("cuve")),
    ] {
        let path = image(folder.path(), name, size);
        with_tools(folder.path(), &format!("LC_ALL=C.UTF-8 {tool} {name}; blkid -p -o value -s UUID {name} > uuid"));
        let fact = seen(json!({ "filesystem": { "device": path } }));
        assert_eq!(field(&fact, "kind"), &Fact::text(kind), "{name}");
        assert_eq!(field(&fact, "label"), &label.map_or(Fact::None, Fact::text), "{name}");
        let uuid = std::fs::read_to_string(folder.path().join("uuid")).unwrap();
        assert_eq!(field(&fact, "uuid"), &Fact::text(uuid.trim()), "{name}");
    }
}

fn what_was_there_before_does_not_show_through() {
    let folder = tempfile::tempdir().unwrap();
    let path = image(folder.path(), "volume", 320);
    for (tool, kind) in [
        ("mkfs.ext4 -q -F", "ext4"),
        ("mkfs.ntfs -Q -q -F", "ntfs"),
        ("mkfs.vfat -F 32", "fat32"),
        ("mkswap", "swap"),
        ("mkfs.ext4 -q -F", "ext4"),
        ("mkfs.xfs -q -f", "xfs"),
        ("mkfs.btrfs -q -f", "btrfs"),
        ("mkswap -f", "swap"),
        ("mkfs.vfat -F 16", "fat16"),
        ("wipefs -q -a", "none"),
    ] {
        with_tools(folder.path(), &format!("{tool} volume"));
        let fact = seen(json!({ "filesystem": { "device": path } }));
        assert_eq!(field(&fact, "kind"), &Fact::text(kind), "after {tool}");
    }
}

/// The same three partitions by four tools: types, places and alignment are the same whoever made them.
fn tables_as_four_tools_make_them() {
    let folder = tempfile::tempdir().unwrap();
    for (name, script) in [
        (
            "sfdisk",
            "printf '%s\\n' 'label: gpt' 'size=100MiB, type=uefi' 'size=200MiB, type=linux' 'type=swap' | sfdisk -q DISK",
        ),
        (
            "fdisk",
            "printf '%s\\n' g n 1 '' +100M t uefi n 2 '' +200M t 2 linux n 3 '' '' t 3 swap w | fdisk DISK > /dev/null",
        ),
        (
            "parted",
            "parted -s DISK mklabel gpt mkpart a fat32 1MiB 101MiB mkpart b ext4 101MiB 301MiB \
             mkpart c linux-swap 301MiB 100% set 1 esp on",
        ),
        ("sgdisk", "sgdisk -n 1:0:+100M -t 1:ef00 -n 2:0:+200M -t 2:8300 -n 3:0:0 -t 3:8200 DISK > /dev/null"),
    ] {
        let path = image(folder.path(), name, 512);
        with_tools(folder.path(), &script.replace("DISK", name));
        let fact = seen(json!({ "partition": { "disk": path } }));
        assert_eq!(field(&fact, "table"), &Fact::text("gpt"), "{name}");
        assert_eq!(field(&fact, "backup"), &Fact::Bool(true), "{name}");
        let Fact::List(partitions) = field(&fact, "partitions") else { panic!("{name}") };
        let kinds: Vec<_> = partitions.iter().map(|found| field(found, "type").clone()).collect();
        assert_eq!(kinds, ["efi", "linux", "linux-swap"].map(Fact::text), "{name}");
        assert!(partitions.iter().all(|found| field(found, "aligned") == &Fact::Bool(true)), "{name}");
        assert_eq!(field(&partitions[1], "size"), &Fact::Size(200 << 20), "{name}");
    }
}

fn near_misses_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let table = |name: &str, script: &str| {
        let path = image(folder.path(), name, 128);
        with_tools(folder.path(), &format!("printf '%s\\n' {script} | sfdisk -q {name}"));
        seen(json!({ "partition": { "disk": path } }))
    };
    let first = |fact: &Fact| match field(fact, "partitions") {
        Fact::List(partitions) => partitions[0].clone(),
        other => panic!("{other:?}"),
    };
    let dos = table("dos", "'label: dos' 'size=50MiB, type=ef'");
    assert_eq!((field(&dos, "table"), field(&first(&dos), "type")), (&Fact::text("dos"), &Fact::text("efi")));
    let off = table("off", "'label: gpt' 'start=2049, size=50MiB, type=uefi'");
    assert_eq!(field(&first(&off), "aligned"), &Fact::Bool(false));
    let wrong = table("wrong", "'label: gpt' 'size=50MiB, type=linux, name=EFI'");
    assert_eq!(
        (field(&first(&wrong), "type"), field(&first(&wrong), "name")),
        (&Fact::text("linux"), &Fact::text("EFI"))
    );
    assert_eq!(field(&wrong, "unallocated"), &Fact::Size(77 << 20));
}
