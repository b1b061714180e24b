//! Real stands on this PC: root, the base and the kernel's namespaces are needed, and missed loudly.

use std::process::Command;
use std::time::Instant;

use paillasse::stand::{Link, Machine, Network, Plan, Script, Stand};

fn machine(name: &str, addresses: &[&str], last: u8) -> Machine {
    let addresses = addresses
        .iter()
        .map(|text| text.split_once('/').map(|(a, p)| (a.parse().unwrap(), p.parse().unwrap())).unwrap())
        .collect();
    Machine {
        name: name.into(),
        user: "root".into(),
        shell: true,
        enable: Vec::new(),
        links: vec![Link { network: "lan".into(), addresses, mac: [2, 0, 0, 0, 0, last] }],
        gateway: None,
        prepare: None,
    }
}

fn three() -> Plan {
    use_the_real_program();
    Plan {
        lab: "test-three".into(),
        seed: 1,
        machines: vec![
            machine("srv", &["10.9.0.1/24", "fd00:9::1/64"], 1),
            machine("pc1", &["10.9.0.2/24", "fd00:9::2/64"], 2),
            machine("pc2", &[], 3),
        ],
        networks: vec![Network { name: "lan".into() }],
        disks: Vec::new(),
        setups: vec![Script { machine: "srv".into(), name: "setup.sh".into(), body: "echo set > /root/mark".into() }],
    }
}

/// The tests are a program of their own; machines are kept by the real one.
fn use_the_real_program() {
    paillasse::stand::use_program(std::path::Path::new(env!("CARGO_BIN_EXE_paillasse")));
}

fn sh(stand: &Stand, machine: &str, script: &str) -> (i32, String) {
    let argv = ["sh", "-c", script].map(str::to_owned);
    let output = stand.exec(machine, &argv, b"").unwrap();
    (output.status, String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

#[test]
fn three_machines_with_systemd_talk_to_each_other() {
    let began = Instant::now();
    let stand = Stand::up(&three(), &mut |step| println!("{:?} {}", began.elapsed(), step.key)).unwrap();
    println!("up in {:?}", began.elapsed());
    let state = sh(&stand, "srv", "systemctl is-system-running; systemctl --failed --no-legend");
    println!("{state:?}");
    println!(
        "{}",
        sh(&stand, "srv", "systemd-analyze; systemd-analyze blame | head -20; ip -br a; cat /root/mark; ps ax").1
    );
    assert_eq!(sh(&stand, "srv", "ping -c1 -W1 10.9.0.2").0, 0);
    assert_eq!(sh(&stand, "pc1", "ping -c1 -W1 fd00:9::1").0, 0);
    stand.down(&mut |_| ()).unwrap();
    let _ = Command::new("true").status();
}
