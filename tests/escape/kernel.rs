//! The kernel itself.

use std::fs;

use crate::{ENOSYS, EPERM, Inside, out_of_reach};

#[test]
fn sysrq_is_refused() {
    // 'h' only prints a help text in the kernel's log.
    let script = "umount -l /proc/sysrq-trigger 2> /dev/null; echo h >> /proc/sysrq-trigger";
    Inside::new().fails(script, out_of_reach("/proc/sysrq-trigger"));
}

#[test]
fn kernel_settings_stay_even_when_they_are_uncovered() {
    let before = fs::read_to_string("/proc/sys/kernel/panic").unwrap();
    let (status, said) = Inside::new().sh(
        "umount -l /proc/sys/kernel 2>&1; cat /proc/sys/kernel/panic | tee /tmp/v; cat /tmp/v > /proc/sys/kernel/panic",
    );
    assert!(status != 0 && said.contains("/proc/sys/kernel/panic: "), "{said}");
    assert_eq!(fs::read_to_string("/proc/sys/kernel/panic").unwrap(), before);
}

#[test]
fn core_pattern_stays() {
    let before = fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap();
    let (status, said) = Inside::new().sh("mount -t proc p /mnt && echo mounted; cat /proc/sys/kernel/core_pattern > /tmp/v; cat /tmp/v > /mnt/sys/kernel/core_pattern; s=$?; umount /mnt; exit $s");
    assert!(status != 0 && said.contains("core_pattern"), "{said}");
    assert_eq!(fs::read_to_string("/proc/sys/kernel/core_pattern").unwrap(), before);
}

#[test]
fn no_module_can_be_loaded() {
    // finit_module(2) of a file that is no module.
    Inside::new().refused("313, os.open('/etc/hostname', os.O_RDONLY), b'', 0", EPERM);
}

#[test]
fn no_module_can_be_removed() {
    // delete_module(2) of one that is not there.
    Inside::new().refused("176, b'nosuchmodule', 0o4000", EPERM);
}

#[test]
fn kexec_is_refused() {
    // kexec_load(2) of nothing.
    Inside::new().refused("246, 0, 0, None, 0", EPERM);
}

#[test]
fn reboot_is_refused() {
    // LINUX_REBOOT_CMD_CAD_ON, which is how a PC is already.
    Inside::new().refused("169, 0xfee1dead, 672274793, 0x89ABCDEF, None", EPERM);
}

#[test]
fn the_clock_cannot_be_set() {
    Inside::new().fails("date -s \"@$(date +%s)\"", "cannot set date: Operation not permitted");
}

#[test]
fn the_memory_of_the_kernel_cannot_be_read() {
    let script = "mount -t proc p /mnt; head -c 4096 /mnt/kcore; s=$?; umount /mnt; exit $s";
    Inside::new().fails(script, out_of_reach("/proc/kcore"));
}

#[test]
fn io_ports_are_refused() {
    // iopl(2), level 3.
    Inside::new().refused("172, 3", EPERM);
}

#[test]
fn programs_for_the_kernel_are_refused() {
    // bpf(2): BPF_PROG_LOAD of a kprobe.
    Inside::new().refused("321, 5, (ctypes.c_char * 128)(2), 128", ENOSYS);
}

#[test]
fn the_whole_pc_cannot_be_watched() {
    // perf_event_open(2) of every process on processor 0.
    Inside::new().refused("298, (ctypes.c_uint32 * 32)(1, 128), -1, 0, -1, 0", ENOSYS);
}

#[test]
fn swap_of_the_pc_cannot_be_changed() {
    // swapoff(2) of a file that is no swap.
    Inside::new().refused("168, b'/etc/hostname'", EPERM);
}

#[test]
fn process_accounting_is_refused() {
    // acct(2) off.
    Inside::new().refused("163, None", EPERM);
}

#[test]
fn the_log_of_the_kernel_cannot_be_read() {
    // syslog(2), SYSLOG_ACTION_READ_ALL.
    Inside::new().refused("103, 3, ctypes.create_string_buffer(4096), 4096", EPERM);
}

#[test]
fn pages_cannot_be_served_by_a_program() {
    // userfaultfd(2).
    Inside::new().refused("323, 0", ENOSYS);
}

#[test]
fn rings_of_requests_cannot_be_had() {
    // io_uring_setup(2) of 4 entries.
    Inside::new().refused("425, 4, (ctypes.c_char * 120)()", ENOSYS);
}

#[test]
fn keyrings_of_the_pc_are_out_of_reach() {
    let inside = Inside::new();
    // keyctl(2), KEYCTL_GET_KEYRING_ID of the session's; add_key(2) and request_key(2) in it.
    inside.refused("250, 0, -3, 0", ENOSYS);
    inside.refused("248, b'user', b'paillasse', b'x', 1, -3", ENOSYS);
    inside.refused("249, b'user', b'paillasse', None, -3", ENOSYS);
    assert_eq!(inside.sh("cat /proc/keys").1, "");
}

#[test]
fn the_host_of_a_virtual_machine_is_out_of_reach() {
    // socket(2), AF_VSOCK.
    Inside::new().refused("41, 40, 1, 0", 97);
}

#[test]
fn a_call_by_its_32_bit_number_is_refused_as_well() {
    // x32's acct(2): bit 30 set. A kernel without x32 says ENOSYS where there is no filter.
    Inside::new().refused("0x40000000 + 163, None", EPERM);
}
