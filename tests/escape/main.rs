//! No way out: what root in a machine of the default level may try against this PC, each attempt its own test. Each shows that
//! it was really made (the tool ran, the kernel answered) and that the PC is as before. One stand serves them all. Should one
//! succeed some day it does no harm: what is written is what was there, and the bombs are small.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

mod agent;
mod devices;
mod files;
mod kernel;
mod limits;
mod network;
mod processes;

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use paillasse::lab::manifest::Isolation;
use paillasse::stand::{Init, Link, Machine, Network, Plan, Stand};

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
        self.sh_in("srv", script)
    }

    /// The same in another machine of the stand.
    fn sh_in(&self, machine: &str, script: &str) -> (i32, String) {
        let argv = ["env", "LC_ALL=C", "bash", "-c", script].map(str::to_owned);
        let out = self.stand.as_ref().unwrap().exec(machine, &argv, b"").unwrap();
        let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        (out.status, text)
    }

    /// A script fails, with these words among those it says.
    fn fails(&self, script: &str, words: &str) {
        let (status, said) = self.sh(script);
        assert!(status != 0 && said.contains(words), "{script}: {status} {said}");
    }

    /// A script that ends with the number of an error (errno(3)) from Python, whose calls are the kernel's own.
    fn python(&self, body: &str) -> (i32, String) {
        self.sh(&format!(
            "python3 - <<'END'\nimport ctypes, os, sys\nlibc = ctypes.CDLL(None, use_errno=True)\n{body}\nEND"
        ))
    }

    /// A system call by its number (x86-64's) is refused with this error.
    fn refused(&self, call: &str, error: i32) {
        let (status, said) = self.python(&format!(
            "result = libc.syscall({call})
print('made', result, ctypes.get_errno())
sys.exit(ctypes.get_errno() if result == -1 else 0)"
        ));
        assert!(said.starts_with("made") && status == error, "{call}: {said}");
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
        machines: vec![machine("srv", 1, Init::Systemd), machine("peer", 2, Init::None)],
        networks: vec![Network { name: "lan".into(), ..Network::default() }],
        disks: Vec::new(),
        setups: Vec::new(),
    }
}

fn machine(name: &str, last: u8, init: Init) -> Machine {
    Machine {
        name: name.into(),
        user: "root".into(),
        shell: true,
        init,
        links: vec![Link {
            network: "lan".into(),
            addresses: vec![([10, 9, 0, last].into(), 24)],
            mac: [2, 0, 0, 0, 0, last],
            ..Link::default()
        }],
        ..Machine::default()
    }
}

/// Takes the stand down once this process has ended, however it ends: tests have no last one.
fn leave_nothing(stand: &Stand) {
    let left = Command::new("setsid")
        .args([
            "--fork",
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
        .status()
        .unwrap();
    assert!(left.success());
}

const EPERM: i32 = 1;
const ENOSYS: i32 = 38;

#[test]
fn root_inside_is_nobody_outside() {
    let inside = Inside::new();
    assert_eq!(inside.sh("id -u").1, "0\n");
    let uid = fs::metadata(format!("/proc/{}", inside.pid_1())).unwrap().uid();
    assert!(uid >= 65_536, "{uid}");
    let named = Command::new("getent").args(["passwd", &uid.to_string()]).output().unwrap();
    assert!(named.stdout.is_empty(), "{named:?}");
}

#[test]
fn every_process_has_the_filter_and_may_still_change_users() {
    let (_, said) = Inside::new().sh("grep -h '^Seccomp:' /proc/1/status /proc/self/status; grep NoNewPrivs /proc/self/status
        cp /usr/bin/id /usr/local/bin/who && chmod u+s /usr/local/bin/who && setpriv --reuid 65534 --clear-groups who -u");
    assert_eq!(said, "Seccomp:\t2\nSeccomp:\t2\nNoNewPrivs:\t0\n0\n");
}

/// What says that a file of the kernel's is out of reach: not all kernels have each.
fn out_of_reach(file: &str) -> &'static str {
    if fs::exists(file).unwrap() { "Permission denied" } else { "No such file" }
}
