//! A machine shows nothing of this PC and does not depend on how it is set up. Root, the base and `unshare` (1) are needed,
//! and missed loudly.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::path::Path;
use std::process::Command;

use paillasse::stand::{Init, Machine, Plan, Stand};

fn one(lab: &str, init: Init) -> Plan {
    let machine = Machine { name: "poste".into(), user: "root".into(), shell: true, init, ..Machine::default() };
    Plan { lab: lab.into(), seed: 1, machines: vec![machine], ..Plan::default() }
}

fn sh(stand: &Stand, script: &str) -> String {
    let output = stand.exec("poste", &["sh", "-c", script].map(str::to_owned), b"").unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_machine_shows_nothing_of_this_pc() {
    paillasse::stand::use_program(Path::new(env!("CARGO_BIN_EXE_paillasse")));
    for init in [Init::Systemd, Init::None] {
        let stand = Stand::up(&one("test-hidden", init), &mut |_| ()).unwrap();
        let seen = |script| sh(&stand, script);
        assert_eq!(seen("hostname; cat /proc/sys/kernel/hostname"), "poste\nposte\n");
        assert_eq!(seen("cat /proc/cmdline; cat /proc/keys; ls /sys/firmware"), "", "how this PC was started");
        assert_eq!(seen("ls /sys/block; tail -n +3 /proc/partitions"), "", "this PC's disks");
        assert!(seen("tail -n +2 /proc/swaps").is_empty(), "this PC's swap");
        assert!(seen("dmesg").contains("dmesg: "), "the kernel's log is refused");
        // The machine's own processes, network and users.
        assert_eq!(seen("ls /sys/class/net"), "lo\n");
        assert_eq!(seen("ps -o user= -e | sort -u | grep -vxE 'root|messagebus|systemd-.*|_.*'"), "");
        assert_eq!(seen("getent passwd | awk -F: '$3 >= 1000 && $3 < 65534'"), "");
        assert_eq!(seen("umask; echo $PATH"), "0022\n/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n");
        for variable in seen("env; tr '\\0' '\\n' < /proc/1/environ").lines().filter_map(|line| line.split_once('=')) {
            let own = [
                "PATH",
                "HOME",
                "USER",
                "LOGNAME",
                "SHELL",
                "LANG",
                "TERM",
                "PWD",
                "container",
                "NOTIFY_SOCKET",
                "SYSTEMD_UNIT_PATH",
                "SYSTEMD_GENERATOR_PATH",
                "SYSTEMD_PROC_CMDLINE",
            ];
            assert!(own.contains(&variable.0), "{variable:?}");
        }
        // Of the PC's own tree, only the stand's folder has a name in the list of mounts.
        let state = paillasse::paths::state().display().to_string();
        for line in seen("cut -d' ' -f4 /proc/self/mountinfo").lines().filter(|root| root.starts_with("/var")) {
            assert!(line.starts_with(&format!("{state}/stands/")), "{line}");
        }
        stand.down(&mut |_| ()).unwrap();
    }
}

/// The labs that have machines; the others are about the PC itself.
fn labs() -> String {
    let folders = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("labs")).unwrap().flatten();
    let labs = folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten());
    let with_machines = labs.filter(|lab| {
        std::fs::read_to_string(lab.path().join("lab.toml")).is_ok_and(|text| text.contains("[[stand.machine]]"))
    });
    let names: Vec<String> = with_machines.map(|lab| lab.file_name().into_string().unwrap()).collect();
    assert!(!names.is_empty());
    names.join(" ")
}

/// The PC of `tests/odd-host`: whatever is its own bears a mark, and the labs don't mind.
#[test]
fn machines_do_not_depend_on_how_the_pc_is_set_up() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/odd-host");
    let program = env!("CARGO_BIN_EXE_paillasse");
    let state = tempfile::tempdir_in(paillasse::paths::state()).unwrap();
    std::os::unix::fs::symlink(paillasse::paths::state().join("base"), state.path().join("base")).unwrap();
    let looks = format!(
        "set -e
         id=$({program} stand up partitionner)
         {program} stand exec \"$id:poste\" -- sh -c 'hostname; umask; env; cat /proc/sys/net/ipv4/ip_forward /proc/self/mountinfo
             grep -rs zzodd /etc /run /root /home /var/lib; getent hosts deb.debian.org; readlink /etc/localtime' > {0}/seen
         {program} stand down \"$id\"
         {program} --lang en lab prove {1} --quick --seeds 1",
        state.path().display(),
        labs()
    );
    let mut odd = Command::new(script);
    odd.args(["sh", "-c", &looks])
        .env("PAILLASSE_STATE", state.path())
        .env("PAILLASSE_DATA", state.path().join("data"));
    let output = odd.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let seen = std::fs::read_to_string(state.path().join("seen")).unwrap();
    assert!(!seen.contains("zzodd") && !seen.contains("10.66.66.66"), "{seen}");
    assert!(seen.starts_with("poste\n0022\n"), "{seen}");
    assert!(seen.contains("\n0\n") && seen.ends_with("Europe/Paris\n"), "{seen}");
}

/// Under a changed root, joining a machine's mounts would lead into the PC's own files.
#[test]
fn under_a_changed_root_nothing_is_built() {
    let tree = tempfile::tempdir().unwrap();
    let labs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/labs");
    let script = r#"mount --rbind / "$1" && exec chroot "$@""#;
    let output = Command::new("unshare")
        .args(["--mount", "--propagation", "private", "--", "sh", "-c", script, "sh"])
        .args([tree.path(), Path::new(env!("CARGO_BIN_EXE_paillasse"))])
        .args(["--lang", "en", "--labs"])
        .arg(labs)
        .args(["stand", "up", "atelier"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("chroot"), "{told}");
}
