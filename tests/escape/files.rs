//! The PC's files.

use std::fs;

use crate::{EPERM, Inside};

#[test]
fn a_file_of_the_pc_cannot_be_opened_by_its_handle() {
    // open_by_handle_at(2): inode 2, the root of an ext filesystem, from any mount there is.
    let (status, said) = Inside::new().python(
        "handle = (ctypes.c_uint32 * 4)(8, 1, 2, 0)\nfd = os.open('/run/host', os.O_RDONLY)\nresult = libc.syscall(304, fd, handle, 0)\nprint('made', result)\nsys.exit(ctypes.get_errno() if result == -1 else 0)",
    );
    assert!(said.starts_with("made") && status == EPERM, "{status} {said}");
}

#[test]
fn the_pc_s_part_of_the_machine_cannot_be_written() {
    let inside = Inside::new();
    let (status, said) = inside.sh("mount -o remount,rw,bind /run/host; touch /run/host/units/x");
    assert!(status != 0 && said.contains("/run/host"), "{said}");
}

#[test]
fn what_lies_under_the_root_cannot_be_reached() {
    let (status, said) = Inside::new()
        .sh("d=$(findmnt -no OPTIONS / | sed 's/.*lowerdir=\\([^,:]*\\).*/\\1/'); echo \"looked for $d\"; ls \"$d\"");
    // From the stand's folder, which is nowhere in the machine; what it is called on the PC is not told.
    assert!(status != 0 && said.contains("looked for lowers/"), "{said}");
}

#[test]
fn the_pc_s_files_are_not_behind_any_process() {
    let mark = tempfile::NamedTempFile::new_in("/var/tmp").unwrap();
    let path = mark.path().display().to_string();
    let (_, said) = Inside::new().sh(&format!(
        "for p in /proc/[0-9]*; do echo x >> $p/root{path} && echo written; done 2> /tmp/e; head -1 /tmp/e"
    ));
    assert!(!said.contains("written") || fs::read(mark.path()).unwrap().is_empty(), "{said}");
    assert!(fs::read(mark.path()).unwrap().is_empty());
}
