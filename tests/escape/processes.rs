//! The PC's processes, services and namespaces.

use std::fs;
use std::process::Command;

use crate::Inside;

#[test]
fn processes_of_the_pc_are_neither_seen_nor_reached() {
    let mut witness = Command::new("sleep").arg("600").spawn().unwrap();
    let inside = Inside::new();
    let (_, said) = inside.sh("ps -eo args; kill -9 -1; echo sent");
    assert!(said.contains("systemd") && !said.contains("sleep 600"), "{said}");
    assert!(witness.try_wait().unwrap().is_none());
    witness.kill().unwrap();
    witness.wait().unwrap();
}

#[test]
fn no_process_outside_can_be_traced() {
    let own = std::process::id();
    // ptrace(2), PTRACE_ATTACH: no process here has that number (ESRCH).
    let (status, said) = Inside::new().python(&format!(
        "result = libc.syscall(101, 16, {own}, None, None)\nprint('made', result)\nsys.exit(ctypes.get_errno() if result == -1 else 0)"
    ));
    assert!(said.starts_with("made") && status == 3, "{said}");
    assert!(fs::read_to_string("/proc/self/status").unwrap().contains("TracerPid:\t0"));
}

#[test]
fn namespaces_of_the_pc_cannot_be_joined() {
    let (status, said) = Inside::new().sh("readlink /proc/1/ns/user; nsenter -t 1 -m -u -i -n -p -C -- sh -c 'readlink /proc/1/ns/user; cat /proc/1/comm'; nsenter --user=/proc/1/ns/user true");
    assert!(status != 0 && said.contains("systemd") && said.contains("nsenter"), "{said}");
}

#[test]
fn a_namespace_of_one_s_own_gives_nothing_more() {
    let before = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let (status, said) = Inside::new().sh(
        "unshare --user --map-root-user --mount --uts sh -c 'hostname escaped; hostname; echo h > /proc/sysrq-trigger'",
    );
    assert!(status != 0 && said.contains("escaped"), "{said}");
    assert_eq!(fs::read_to_string("/proc/sys/kernel/hostname").unwrap(), before);
}

#[test]
fn no_release_agent_can_be_set() {
    let (status, said) = Inside::new().sh("mkdir -p /tmp/cg; mount -t cgroup -o memory cgroup /tmp/cg && echo mounted; ls /tmp/cg | head -3; echo /tmp/x > /tmp/cg/release_agent; s=$?; umount /tmp/cg 2> /dev/null; exit $s");
    assert!(status != 0 && said.contains("release_agent: "), "{said}");
}

#[test]
fn nothing_can_be_typed_into_a_terminal() {
    // TIOCSTI and TIOCLINUX, of a terminal of one's own, which the kernel allows where `dev.tty.legacy_tiocsti` is 1; also with
    // bits that the kernel does not look at.
    let (status, said) = Inside::new().python(
        "import pty\npid, terminal = pty.fork()\nif pid == 0:\n    for request in (0x5412, 0x100005412, 0x541C):\n        libc.ioctl(0, ctypes.c_ulong(request), ctypes.c_char_p(b'x'))\n        print('made', ctypes.get_errno(), flush=True); ctypes.set_errno(0)\n    os._exit(0)\nsaid = b''\ntry:\n    while chunk := os.read(terminal, 100):\n        said += chunk\nexcept OSError:\n    pass\nos.waitpid(pid, 0)\nprint(said.decode())",
    );
    assert_eq!((status, said.matches("made 1\r\n").count()), (0, 3), "{said}");
}
