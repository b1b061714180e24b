//! Real stands on this PC: root, the base and the kernel's namespaces are needed, and missed loudly.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use paillasse::lab::manifest::Isolation;
use paillasse::stand::host::{HostSnapshot, Trace};
use paillasse::stand::{Disk, Init, Link, Machine, Network, Plan, Script, Stand};

fn machine(name: &str, addresses: &[&str], last: u8) -> Machine {
    let addresses = addresses
        .iter()
        .map(|text| text.split_once('/').map(|(a, p)| (a.parse().unwrap(), p.parse().unwrap())).unwrap())
        .collect();
    Machine {
        name: name.into(),
        user: "root".into(),
        shell: true,
        links: vec![Link { network: "lan".into(), addresses, mac: [2, 0, 0, 0, 0, last], ..Link::default() }],
        ..Machine::default()
    }
}

fn three() -> Plan {
    use_the_real_program();
    Plan {
        lab: "test-three".into(),
        seed: 1,
        isolation: Isolation::Default,
        machines: vec![
            machine("srv", &["10.9.0.1/24", "fd00:9::1/64"], 1),
            machine("pc1", &["10.9.0.2/24", "fd00:9::2/64"], 2),
            machine("pc2", &[], 3),
        ],
        networks: vec![Network { name: "lan".into(), ..Network::default() }],
        disks: Vec::new(),
        setups: vec![Script { machine: "srv".into(), name: "setup.sh".into(), body: "echo set > /root/mark".into() }],
    }
}

/// The tests are a program of their own; machines are kept by the real one.
fn use_the_real_program() {
    paillasse::stand::use_program(std::path::Path::new(env!("CARGO_BIN_EXE_paillasse")));
}

/// Takes the stand down whatever becomes of the test.
struct Up(Option<Stand>);

impl Up {
    fn new(plan: &Plan) -> Self {
        use_the_real_program();
        Self(Some(Stand::up(plan, &mut |_| ()).unwrap()))
    }
}

impl std::ops::Deref for Up {
    type Target = Stand;
    fn deref(&self) -> &Stand {
        self.0.as_ref().unwrap()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        if let Some(stand) = self.0.take() {
            stand.down(&mut |_| ()).unwrap();
        }
    }
}

fn sh(stand: &Stand, machine: &str, script: &str) -> (i32, String) {
    let argv = ["sh", "-c", script].map(str::to_owned);
    let output = stand.exec(machine, &argv, b"").unwrap();
    (output.status, String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

#[test]
fn three_machines_with_systemd_talk_to_each_other() {
    let stand = Up::new(&three());
    for machine in ["srv", "pc1", "pc2"] {
        assert_eq!(sh(&stand, machine, "systemctl is-system-running"), (0, "running\n".to_owned()), "{machine}");
        assert_eq!(sh(&stand, machine, "hostname").1, format!("{machine}\n"));
        // Where things lie on the PC is nothing that a machine is told.
        let mounts = sh(&stand, machine, "cat /proc/self/mountinfo").1;
        let state = paillasse::paths::state().canonicalize().unwrap();
        assert!(mounts.contains(" / / rw") && !mounts.contains(state.to_str().unwrap()), "{mounts}");
        assert!(!mounts.contains(&stand.id), "{mounts}");
    }
    assert_eq!(sh(&stand, "srv", "ping -c1 -W1 10.9.0.2").0, 0);
    assert_eq!(sh(&stand, "pc1", "ping -c1 -W1 fd00:9::1").0, 0);
    assert_eq!(sh(&stand, "srv", "cat /root/mark; exit 7"), (7, "set\n".to_owned()));
    assert_eq!(
        sh(&stand, "pc2", "ip -br -4 addr show eth0; cat /sys/class/net/eth0/operstate").1.matches("up").count(),
        1
    );
}

#[test]
fn machines_without_systemd_have_their_name_addresses_and_way_out_and_restart() {
    let mut plan = three();
    plan.lab = "test-light".into();
    plan.networks.push(Network { name: "out".into(), ..Network::default() });
    for machine in &mut plan.machines {
        machine.init = Init::None;
    }
    plan.machines[1].gateways = vec!["10.9.0.1".parse().unwrap()];
    plan.machines[2].links[0] = Link {
        network: "out".into(),
        addresses: vec![([10, 8, 0, 2].into(), 24)],
        mac: [2, 0, 0, 0, 0, 9],
        ..Link::default()
    };
    plan.machines[0].links.push(Link {
        network: "out".into(),
        addresses: vec![([10, 8, 0, 1].into(), 24)],
        mac: [2, 0, 0, 0, 0, 8],
        ..Link::default()
    });
    let stand = Up::new(&plan);
    assert_eq!(sh(&stand, "srv", "hostname; cat /root/mark").1, "srv\nset\n");
    let (status, said) = sh(&stand, "pc1", "ping -c1 -W9 10.8.0.1 && ping -c1 -W9 fd00:9::1");
    assert_eq!(status, 0, "the router's far side: {said}");
    assert_eq!(sh(&stand, "pc2", "ping -c1 -W9 10.8.0.1").0, 0);
    assert!(sh(&stand, "pc1", "cat /proc/1/comm; ls /proc | grep -c '^[0-9]'").1.starts_with("sh\n"));
    // An orphan is reaped, and a restart ends at once and gives the addresses back.
    sh(&stand, "pc1", "sh -c 'sleep 0.01 &' ; echo kept > /root/f");
    let before = std::time::Instant::now();
    stand.reboot("pc1").unwrap();
    assert!(before.elapsed() < Duration::from_secs(15), "PID 1 must hear that it shall end");
    assert_eq!(sh(&stand, "pc1", "cat /root/f; ping -q -c1 -W9 10.9.0.1 > /dev/null; echo $?").1, "kept\n0\n");
    assert_eq!(sh(&stand, "pc1", "cat /proc/[0-9]*/stat | grep -c ' Z '").1, "0\n");
}

fn one_with_a_disk() -> Plan {
    let mut plan = three();
    plan.lab = "test-disk".into();
    plan.isolation = Isolation::Privileged;
    plan.machines.truncate(1);
    plan.setups = vec![Script {
        machine: "srv".into(),
        name: "setup.sh".into(),
        body: "printf 'label: gpt\\n,100M\\n' | sfdisk -q /dev/sdc; for i in $(seq 50); do [ -b /dev/sdc1 ] && break; sleep 0.1; done; mkfs.ext4 -q -L avant /dev/sdc1; mount /dev/sdc1 /mnt; echo precious > /mnt/f".into(),
    }];
    plan.disks = [("sdb", 2u64 << 30), ("sdc", 512 << 20)]
        .map(|(name, size)| Disk { machine: "srv".into(), name: name.into(), size })
        .to_vec();
    plan
}

#[test]
fn a_disk_is_partitioned_formatted_and_mounted_again_after_a_restart() {
    let stand = Up::new(&one_with_a_disk());
    let out = sh(
        &stand,
        "srv",
        "set -e
         printf 'label: gpt\nsize=300M,name=data\nsize=300M\nsize=200M,type=U\nsize=300M,type=S\n' | sfdisk /dev/sdb
         for i in $(seq 50); do [ -b /dev/sdb4 ] && break; sleep 0.1; done
         mkfs.ext4 -q -L données /dev/sdb1; mkfs.ntfs -Q -q /dev/sdb2; mkswap -q /dev/sdb4
         echo \"UUID=$(blkid -s UUID -o value /dev/sdb1) /srv/data ext4 defaults 0 2\" >> /etc/fstab
         echo \"/dev/sdb2 /srv/win ntfs-3g defaults 0 0\" >> /etc/fstab
         echo \"UUID=$(blkid -s UUID -o value /dev/sdb4) none swap sw 0 0\" >> /etc/fstab
         mkdir -p /srv/data; mount /srv/data; echo kept > /srv/data/f",
    );
    assert_eq!(out.0, 0, "{}", out.1);
    // Seen as on a PC: under these names, and nobody else's disks.
    let seen = sh(&stand, "srv", "lsblk -nro NAME,TYPE,FSTYPE").1;
    for line in ["sdb disk", "sdb1 part ext4", "sdb2 part ntfs", "sdb4 part swap", "sdc1 part ext4"] {
        assert!(seen.lines().any(|row| row.trim_end() == line), "{line}: {seen}");
    }
    assert!(!seen.contains("loop"), "{seen}");
    assert_eq!(sh(&stand, "srv", "readlink /dev/disk/by-partlabel/data").1, "../../sdb1\n");
    assert_eq!(sh(&stand, "srv", "fdisk -l | grep -c '^Disk /dev'").1, "2\n");
    stand.reboot("srv").unwrap();
    let after =
        sh(&stand, "srv", "cat /srv/data/f; findmnt -n -o FSTYPE /srv/win; cat /proc/swaps; systemctl --failed").1;
    assert!(after.starts_with("kept\nfuseblk\n"), "{after}");
    assert!(after.contains("/sdb4") && after.contains("0 loaded units"), "{after}");
    stand.reset(None, &mut |_| ()).unwrap();
    let (status, text) = sh(&stand, "srv", "lsblk; mount /dev/sdc1 /mnt; cat /mnt/f; ls /dev/sd*");
    assert_eq!(status, 0);
    assert!(text.contains("precious") && !text.contains("sdb1"), "{text}");
}

#[test]
fn a_prepared_layer_is_made_once_and_carries_no_identity() {
    let mut plan = three();
    plan.lab = "test-layer".into();
    plan.machines.truncate(2);
    plan.setups.clear();
    let body = format!("echo once >> /srv/prepared; rm /etc/issue; echo {} > /dev/null", std::process::id());
    plan.machines[0].prepare = Some(Script { machine: "srv".into(), name: "prepare.sh".into(), body });
    for round in 0..2 {
        use_the_real_program();
        let mut steps = Vec::new();
        let stand = Up(Some(Stand::up(&plan, &mut |step| steps.push(step.key)).unwrap()));
        assert_eq!(steps.iter().any(|key| key == "stand-step-prepare"), round == 0, "{steps:?}");
        assert_eq!(
            sh(&stand, "srv", "cat /srv/prepared; hostname; ip -br -4 addr show eth0 | grep -c 10.9.0.1").1,
            "once\nsrv\n1\n"
        );
        assert_ne!(sh(&stand, "srv", "ls /etc/issue").0, 0, "what the script removed stays removed");
        assert_ne!(sh(&stand, "pc1", "ls /srv/prepared").0, 0);
    }
}

#[test]
fn packages_beyond_the_base_are_fetched_once_and_nothing_of_them_is_on() {
    let mut plan = three();
    plan.lab = "test-packages".into();
    plan.machines.truncate(2);
    plan.setups.clear();
    plan.machines[0].packages = vec!["atftpd".into(), "stress".into()];
    let layers = paillasse::paths::state().join("layers");
    let before = names(&layers);
    for round in 0..2 {
        use_the_real_program();
        let mut steps = Vec::new();
        let stand = Up(Some(Stand::up(&plan, &mut |step| steps.push(step.key)).unwrap()));
        assert!(round == 0 || !steps.iter().any(|key| key == "stand-step-packages"), "{steps:?}");
        let on = "find /etc/systemd/system/*.wants /etc/rc2.d -name 'S*atftpd' -o -name 'atftpd.*'; systemctl is-active atftpd";
        assert_eq!(sh(&stand, "srv", "stress --version > /dev/null; echo $?").1, "0\n");
        assert_eq!(sh(&stand, "srv", on).1, "inactive\n");
        assert_eq!(sh(&stand, "srv", "ls /usr/sbin/policy-rc.d /run/host/packages 2>/dev/null").1, "");
        assert_ne!(sh(&stand, "pc1", "which stress").0, 0, "only where it was asked for");
    }
    plan.machines[0].packages.push("no-such-package".into());
    let error = Stand::up(&plan, &mut |_| ()).unwrap_err().words(paillasse::i18n::Lang::En);
    assert!(error.contains("no-such-package") && error.contains("Unable to locate"), "{error}");
    for layer in names(&layers).into_iter().filter(|name| !before.contains(name)) {
        let path = layers.join(layer);
        let _ = std::fs::remove_dir_all(&path).or_else(|_| std::fs::remove_file(&path));
    }
}

fn names(folder: &std::path::Path) -> Vec<std::ffi::OsString> {
    std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.file_name()).collect()
}

#[test]
fn files_survive_a_restart_and_a_reset_brings_the_start_back() {
    let mut plan = three();
    plan.lab = "test-again".into();
    plan.machines.truncate(1);
    let stand = Up::new(&plan);
    let before = stand.machines().unwrap();
    assert_ne!(sh(&stand, "srv", "echo mine > /root/work; rm /root/mark; systemctl reboot; sleep 9").0, 0);
    let again = || {
        (0..100).find_map(|_| {
            std::thread::sleep(Duration::from_millis(100));
            stand
                .exec("srv", &["systemctl".into(), "is-system-running".into()], b"")
                .ok()
                .filter(|out| out.status == 0 && stand.machines().unwrap() != before)
        })
    };
    assert!(again().is_some(), "a machine restarted from inside comes back");
    assert_eq!(sh(&stand, "srv", "cat /root/work").1, "mine\n");
    stand.reset(Some("srv"), &mut |_| ()).unwrap();
    assert_eq!(sh(&stand, "srv", "cat /root/mark; ls /root/work 2>/dev/null").1, "set\n");
}

#[test]
fn two_stands_at_once_know_nothing_of_each_other() {
    let mut plan = one_with_a_disk();
    plan.lab = "test-twin".into();
    plan.machines.push(three().machines.remove(1));
    let [first, second] = [Up::new(&plan), Up::new(&plan)];
    for stand in [&first, &second] {
        assert_eq!(sh(stand, "srv", "ping -c1 -W2 10.9.0.2 > /dev/null; echo $?").1, "0\n");
    }
    // The same addresses and the same names of disks, and neither is the other's.
    let written = sh(
        &first,
        "srv",
        "echo first > /root/f; printf 'label: gpt\n,10M\n' | sfdisk -q /dev/sdb
         for i in $(seq 50); do [ -b /dev/sdb1 ] && exit 0; sleep 0.1; done; exit 1",
    );
    assert_eq!(written.0, 0, "{}", written.1);
    assert_eq!(sh(&first, "pc1", "ip link set eth0 down").0, 0);
    let seen = sh(&second, "srv", "cat /root/f; ls /dev/sd*; ping -c1 -W2 10.9.0.2 > /dev/null && echo reached").1;
    assert!(seen.contains("reached") && !seen.contains("first") && !seen.contains("sdb1"), "{seen}");
    drop(first);
    assert_eq!(sh(&second, "pc1", "ping -c1 -W2 10.9.0.1 > /dev/null && systemctl is-system-running").1, "running\n");
    assert_eq!(sh(&second, "srv", "mount /dev/sdc1 /mnt 2> /dev/null; cat /mnt/f").1, "precious\n");
}

/// The trainer's PC with a whole group on it: ten stands of three machines, begun all at once on two cores.
#[test]
fn ten_stands_at_once_all_come_up() {
    let stands: Vec<Up> = thread::scope(|scope| {
        let all: Vec<_> = (0..10)
            .map(|number| {
                let mut plan = three();
                plan.lab = format!("test-ten-{number}");
                plan.setups.clear();
                plan.machines.iter_mut().for_each(|machine| machine.init = Init::None);
                scope.spawn(move || Up::new(&plan))
            })
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for stand in &stands {
        for machine in stand.machines().unwrap() {
            assert_eq!(sh(stand, &machine.name, "hostname").1, format!("{}\n", machine.name), "{}", stand.id);
        }
    }
}

#[test]
fn a_keeper_or_an_app_killed_at_any_moment_leaves_nothing_after_clean() {
    let before = HostSnapshot::take().unwrap();
    let mut plan = one_with_a_disk();
    plan.lab = "test-killed".into();
    for delay in [5, 30, 80, 200, 400, 900, 1600] {
        use_the_real_program();
        let killed = std::thread::scope(|scope| {
            let up = scope.spawn(|| Stand::up(&plan, &mut |_| ()));
            std::thread::sleep(Duration::from_millis(delay));
            kill_keepers_of("test-killed");
            up.join().unwrap()
        });
        if let Ok(stand) = killed {
            kill_keepers_of("test-killed");
            stand.down(&mut |_| ()).unwrap();
        }
        let left = before.settled(Duration::from_secs(5)).unwrap();
        // A child of the tests beside this one may have ended just now: one that nobody waits for stays.
        let end = std::time::Instant::now() + Duration::from_secs(5);
        let mut left = left;
        loop {
            left.retain(|left| is_of(left, "test-killed"));
            if left.is_empty() || std::time::Instant::now() > end {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(left.is_empty(), "killed after {delay} ms: {left:?}");
    }
}

/// As `kill -9` by somebody's hand.
fn kill_keepers_of(lab: &str) {
    let out =
        Command::new("pgrep").args(["-f", &format!("keeper .*/stands/{lab}-")]).stderr(Stdio::null()).output().unwrap();
    for pid in String::from_utf8_lossy(&out.stdout).lines() {
        let _ = Command::new("kill").args(["-9", pid]).status();
    }
}

/// Other tests run beside this one: only what names this stand, and this program's dead children, count here.
fn is_of(trace: &Trace, lab: &str) -> bool {
    match trace {
        Trace::Process(pid, ..) => {
            let dead = format!(") Z {} ", std::process::id());
            std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| stat.contains(&dead))
        }
        other => format!("{other:?}").contains(lab),
    }
}
