//! How long a stand of three machines takes to come up and to go, with systemd and without, beside mininet where that is
//! installed; and what ten stands at once take of the memory. Needs root and the base.

#![expect(clippy::print_stderr, clippy::panic, reason = "a bench says what it found")]

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use paillasse::lab::manifest::Isolation;
use paillasse::stand::{Init, Link, Machine, Network, Plan, Stand};

fn machine(index: u8) -> Machine {
    Machine {
        name: format!("m{index}"),
        user: "root".into(),
        shell: true,
        links: vec![Link {
            network: "lan".into(),
            addresses: vec![([10, 9, 0, index].into(), 24)],
            mac: [2, 0, 0, 0, 0, index],
            ..Link::default()
        }],
        ..Machine::default()
    }
}

fn three() -> Plan {
    Plan {
        lab: "bench".into(),
        seed: 1,
        isolation: Isolation::Default,
        machines: (1..=3).map(machine).collect(),
        networks: vec![Network { name: "lan".into(), ..Network::default() }],
        disks: Vec::new(),
        setups: Vec::new(),
    }
}

/// The same machines without systemd.
fn light() -> Plan {
    let mut plan = three();
    plan.machines.iter_mut().for_each(|machine| machine.init = Init::None);
    plan
}

fn up(plan: &Plan) -> Stand {
    match Stand::up(plan, &mut |_| ()) {
        Ok(stand) => stand,
        Err(error) => panic!("{error}"),
    }
}

fn down(stand: Stand) {
    assert!(stand.down(&mut |_| ()).is_ok(), "a stand must go");
}

/// Three machines and a LAN as mininet makes them, on a Linux bridge; none where it is not installed.
fn mininet() -> Option<Duration> {
    let began = Instant::now();
    let made = Command::new("mn")
        .args(["--topo", "single,3", "--switch", "lxbr", "--controller", "none", "--test", "none"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    made.is_ok_and(|status| status.success()).then(|| began.elapsed())
}

/// That many stands at once: all come up. Gives what the processes of one machine take, in KiB.
fn at_once(count: usize, plan: &Plan) -> String {
    let stands: Vec<Stand> = thread::scope(|scope| {
        let all: Vec<_> = (0..count).map(|_| scope.spawn(|| up(plan))).collect();
        all.into_iter().flat_map(thread::ScopedJoinHandle::join).collect()
    });
    assert_eq!(stands.len(), count, "all come up");
    // Proportional set sizes (proc(5), smaps_rollup): what machines share counts once.
    let sum = "awk '/^Pss:/ { sum += $2 } END { print sum }' /proc/[0-9]*/smaps_rollup";
    let argv = ["sh", "-c", sum].map(str::to_owned);
    let taken = stands.first().and_then(|stand| stand.exec("m1", &argv, b"").ok());
    stands.into_iter().for_each(down);
    taken.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

fn stands(criterion: &mut Criterion) {
    paillasse::stand::use_program(Path::new(env!("CARGO_BIN_EXE_paillasse")));
    let mut group = criterion.benchmark_group("three machines and a LAN");
    group.sample_size(10);
    for (name, plan) in [("without systemd", light()), ("with systemd", three())] {
        group.bench_function(format!("{name}, up"), |bencher| {
            bencher.iter_custom(|rounds| {
                let round = |_| {
                    let began = Instant::now();
                    let stand = up(black_box(&plan));
                    let took = began.elapsed();
                    down(stand);
                    took
                };
                (0..rounds).map(round).sum()
            });
        });
        group.bench_function(format!("{name}, up and down"), |bencher| {
            bencher.iter(|| down(up(black_box(&plan))));
        });
    }
    if mininet().is_some() {
        group.bench_function("mininet, up and down", |bencher| {
            bencher.iter_custom(|rounds| (0..rounds).filter_map(|_| mininet()).sum());
        });
    } else {
        eprintln!("mininet is not installed (Debian: mininet): not compared");
    }
    group.finish();
    // `cargo test` runs benches too, once, to see that they work.
    let count = if std::env::args().any(|word| word == "--bench") { 10 } else { 2 };
    eprintln!("{count} stands of three machines with systemd at once: {} KiB a machine", at_once(count, &three()));
}

criterion_group!(benches, stands);
criterion_main!(benches);
