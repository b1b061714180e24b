//! No way out: what root in a machine of the default level may try against this PC, each attempt its own test. Each shows that
//! it was really made (the tool ran, the kernel answered) and that the PC is as before. One stand serves them all. Should one
//! succeed some day it does no harm: what is written is what was there, and the bombs are small.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use paillasse::lab::manifest::Isolation;
use paillasse::stand::{Link, Machine, Network, Plan, Stand};

/// The stand of all these tests and how many use it now; the last one that the process runs takes it down.
static SHARED: Mutex<Option<Stand>> = Mutex::new(None);

/// One attempt at a time, on the same machine.
struct Inside {
    stand: MutexGuard<'static, Option<Stand>>,
}

impl Inside {
    fn new() -> Self {
        let mut stand = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if stand.is_none() {
            paillasse::stand::use_program(std::path::Path::new(env!("CARGO_BIN_EXE_paillasse")));
            *stand = Some(Stand::up(&plan(), &mut |_| ()).unwrap());
            leave_nothing(stand.as_ref().unwrap());
        }
        Self { stand }
    }

    /// What a script run by the machine's root gives: its status and all it said.
    fn sh(&self, script: &str) -> (i32, String) {
        let argv = ["bash", "-c", script].map(str::to_owned);
        let out = self.stand.as_ref().unwrap().exec("srv", &argv, b"").unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        (out.status, text)
    }

    /// A script that ends with the number of an error (errno(3)) from Python, whose calls are the kernel's own.
    fn python(&self, body: &str) -> (i32, String) {
        self.sh(&format!(
            "python3 - <<'END'\nimport ctypes, os, sys\nlibc = ctypes.CDLL(None, use_errno=True)\n{body}\nEND"
        ))
    }

    /// A system call by its number is refused with one of these errors.
    fn refused(&self, call: &str, errors: &[i32]) {
        let (status, said) = self.python(&format!(
            "result = libc.syscall({call})\nprint('made', result, ctypes.get_errno())\nsys.exit(ctypes.get_errno() if result == -1 else 0)"
        ));
        assert!(said.starts_with("made"), "the call was not made: {said}");
        assert!(errors.contains(&status), "{call}: {said}");
    }

    fn pid_1(&self) -> i32 {
        self.stand.as_ref().unwrap().machines().unwrap()[0].pid.unwrap()
    }
}

fn plan() -> Plan {
    Plan {
        lab: "test-escape".into(),
        seed: 1,
        isolation: Isolation::Default,
        machines: vec![Machine {
            name: "srv".into(),
            user: "root".into(),
            shell: true,
            links: vec![Link {
                network: "lan".into(),
                addresses: vec![("10.9.0.1".parse().unwrap(), 24)],
                mac: [2, 0, 0, 0, 0, 1],
                ..Link::default()
            }],
            ..Machine::default()
        }],
        networks: vec![Network { name: "lan".into(), ..Network::default() }],
        disks: Vec::new(),
        setups: Vec::new(),
    }
}

/// Takes the stand down once this process has ended, however it ends: tests have no last one.
fn leave_nothing(stand: &Stand) {
    Command::new("setsid")
        .args([
            "sh",
            "-c",
            "while kill -0 \"$1\" 2> /dev/null; do sleep 0.1; done; exec \"$2\" stand down \"$3\"",
            "sh",
        ])
        .arg(std::process::id().to_string())
        .arg(env!("CARGO_BIN_EXE_paillasse"))
        .arg(&stand.id)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
}

const EPERM: i32 = 1;
const ENOENT: i32 = 2;
const EACCES: i32 = 13;
const EINVAL: i32 = 22;
const ENOSYS: i32 = 38;
/// A call that is not allowed, or not there.
const NO: [i32; 3] = [EPERM, EACCES, ENOSYS];

// ---- who it is ----

#[test]
fn root_inside_is_nobody_outside() {
    let inside = Inside::new();
    assert_eq!(inside.sh("id -u").1, "0\n");
    let uid = fs::metadata(format!("/proc/{}", inside.pid_1())).unwrap().uid();
    assert!(uid >= 65_536, "{uid}");
    let named = Command::new("getent").args(["passwd", &uid.to_string()]).output().unwrap();
    assert!(named.stdout.is_empty(), "{named:?}");
}

// ---- devices ----

#[test]
fn a_disk_of_the_pc_cannot_be_made_a_node() {
    let (status, said) = Inside::new().sh("mknod /tmp/disk b 7 0; s=$?; ls /tmp/disk; exit $s");
    assert!(status != 0 && said.contains("mknod"), "{said}");
}

#[test]
fn a_memory_device_cannot_be_made_a_node() {
    let (status, said) = Inside::new().sh("mknod /root/mem c 1 1");
    assert!(status != 0 && said.contains("mknod"), "{said}");
}

#[test]
fn no_device_of_the_pc_is_in_sight() {
    let (_, said) = Inside::new()
        .sh("find /dev -type b; find /dev -name 'loop*' -o -name 'sd*' -o -name mem -o -name kvm; echo looked");
    assert_eq!(said, "looked\n");
}

#[test]
fn no_loop_device_can_be_had() {
    let (status, said) = Inside::new().sh("truncate -s 1M /tmp/i; losetup -f --show /tmp/i");
    assert!(status != 0 && said.contains("losetup"), "{said}");
}

#[test]
fn a_filesystem_on_a_block_device_cannot_be_mounted() {
    let (status, said) = Inside::new().sh("truncate -s 8M /tmp/fs; mkfs.ext4 -q /tmp/fs; mount -o loop /tmp/fs /mnt");
    assert!(status != 0 && said.contains("mount"), "{said}");
}

// ---- the kernel ----

#[test]
fn sysrq_is_refused() {
    // 'h' only prints a help text in the kernel's log.
    let (status, said) = Inside::new().sh("echo h > /proc/sysrq-trigger");
    assert!(status != 0 && said.contains("/proc/sysrq-trigger"), "{said}");
}

#[test]
fn kernel_settings_stay_even_when_they_are_uncovered() {
    let before = fs::read_to_string("/proc/sys/kernel/panic").unwrap();
    let (status, said) = Inside::new().sh(
        "umount -l /proc/sys/kernel 2>&1; cat /proc/sys/kernel/panic | tee /tmp/v; cat /tmp/v > /proc/sys/kernel/panic",
    );
    assert!(status != 0 && said.contains("/proc/sys/kernel/panic"), "{said}");
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
    Inside::new().refused("313, os.open('/etc/hostname', os.O_RDONLY), b'', 0", &NO);
}

#[test]
fn no_module_can_be_removed() {
    // delete_module(2) of one that is not there.
    Inside::new().refused("176, b'nosuchmodule', 0o4000", &NO);
}

#[test]
fn kexec_is_refused() {
    // kexec_load(2) of nothing.
    Inside::new().refused("246, 0, 0, None, 0", &NO);
}

#[test]
fn reboot_is_refused() {
    // LINUX_REBOOT_CMD_CAD_ON, which is how a PC is already.
    Inside::new().refused("169, 0xfee1dead, 672274793, 0x89ABCDEF, None", &[EPERM, EINVAL]);
}

#[test]
fn the_clock_cannot_be_set() {
    let (status, said) = Inside::new().sh("date -s \"@$(date +%s)\"");
    assert!(status != 0 && said.contains("date:"), "{said}");
}

#[test]
fn the_memory_of_the_kernel_cannot_be_read() {
    let (status, said) = Inside::new()
        .sh("mount -t proc p /mnt; head -c 4096 /mnt/kcore | wc -c; s=${PIPESTATUS[0]}; umount /mnt; exit $s");
    assert!(status != 0 && said.contains("kcore"), "{said}");
}

#[test]
fn io_ports_are_refused() {
    // iopl(2), level 3.
    Inside::new().refused("172, 3", &NO);
}

#[test]
fn programs_for_the_kernel_are_refused() {
    // bpf(2): BPF_PROG_LOAD of a kprobe.
    Inside::new().refused("321, 5, (ctypes.c_char * 128)(2), 128", &[EPERM, EACCES, EINVAL, ENOSYS]);
}

#[test]
fn the_whole_pc_cannot_be_watched() {
    // perf_event_open(2) of every process on processor 0.
    let attr = "(ctypes.c_uint32 * 32)(1, 128)";
    Inside::new().refused(&format!("298, {attr}, -1, 0, -1, 0"), &[EPERM, EACCES, ENOENT, ENOSYS]);
}

#[test]
fn swap_of_the_pc_cannot_be_changed() {
    // swapoff(2) of a file that is no swap.
    Inside::new().refused("168, b'/etc/hostname'", &NO);
}

#[test]
fn process_accounting_is_refused() {
    // acct(2) off.
    Inside::new().refused("163, None", &NO);
}

// ---- files ----

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
    assert!(status != 0 && said.contains("looked for /"), "{said}");
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

// ---- processes ----

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
    // ptrace(2), PTRACE_ATTACH to a number that means another process here, or none.
    let (status, said) = Inside::new().python(&format!(
        "result = libc.syscall(101, 16, {own}, None, None)\nprint('made', result)\nsys.exit(ctypes.get_errno() if result == -1 else 0)"
    ));
    assert!(said.starts_with("made") && [EPERM, 3].contains(&status), "{said}");
    assert!(fs::read_to_string("/proc/self/status").unwrap().contains("TracerPid:\t0"));
}

#[test]
fn abstract_sockets_of_the_pc_are_out_of_reach() {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::{SocketAddr, UnixListener};
    let name = format!("paillasse-escape-{}", std::process::id());
    let _listener = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let (status, said) = Inside::new().python(&format!(
        "import socket\ntry:\n    socket.socket(socket.AF_UNIX).connect('\\0{name}')\nexcept OSError as e:\n    print('made', e); sys.exit(e.errno)"
    ));
    assert!(said.starts_with("made") && status == 111, "{said}");
}

#[test]
fn services_of_the_pc_s_loopback_are_out_of_reach() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (status, said) = Inside::new().python(&format!(
        "import socket\ntry:\n    socket.create_connection(('127.0.0.1', {port}), 2)\nexcept OSError as e:\n    print('made', e); sys.exit(e.errno)"
    ));
    assert!(said.starts_with("made") && status == 111, "{said}");
}

#[test]
fn nothing_of_the_pc_answers_on_the_machine_s_network() {
    let (status, said) = Inside::new().sh("ip -br link; ip route add default via 10.9.0.254; ping -c1 -W1 10.9.0.254; s=$?; ip route del default; exit $s");
    assert!(status != 0 && said.contains("eth0"), "{said}");
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
    assert!(status != 0 && said.contains("release_agent"), "{said}");
}

#[test]
fn the_machine_s_own_limits_cannot_be_raised() {
    let (status, said) = Inside::new().sh("ulimit -Hn; ulimit -Hn 999999999");
    assert!(status != 0 && said.contains("ulimit"), "{said}");
}

#[test]
fn a_process_cannot_leave_its_control_group() {
    let inside = Inside::new();
    let (_, said) = inside.sh("mkdir -p /sys/fs/cgroup/../../../x 2>&1; cat /proc/self/cgroup");
    assert!(said.contains("0::/"), "{said}");
    let outside = fs::read_to_string(format!("/proc/{}/cgroup", inside.pid_1())).unwrap();
    assert!(outside.contains("m-srv"), "{outside}");
}
