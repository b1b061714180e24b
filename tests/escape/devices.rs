//! Devices and filesystems.

use crate::Inside;

#[test]
fn a_disk_of_the_pc_cannot_be_made_a_node() {
    Inside::new().fails("mknod /root/disk b 7 0", "Operation not permitted");
}

#[test]
fn a_memory_device_cannot_be_made_a_node() {
    Inside::new().fails("mknod /root/mem c 1 1", "Operation not permitted");
}

#[test]
fn no_device_of_the_pc_is_in_sight() {
    let (_, said) = Inside::new()
        .sh("find /dev -type b; find /dev -name 'loop*' -o -name 'sd*' -o -name mem -o -name kvm; echo looked");
    assert_eq!(said, "looked\n");
}

#[test]
fn no_loop_device_can_be_had() {
    Inside::new().fails("truncate -s 1M /tmp/i; losetup -f --show /tmp/i", "cannot find an unused loop device");
}

#[test]
fn a_filesystem_on_a_block_device_cannot_be_mounted() {
    // mount(2) of a type that needs a device, with the right to mount but not in the PC's user namespace.
    Inside::new().fails("touch /tmp/fs; mount -i -t ext4 /tmp/fs /mnt", "permission denied");
}
