//! How long a stand of three machines, each with systemd, takes to come up and to go. Needs root and the base.

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use paillasse::lab::manifest::Isolation;
use paillasse::stand::{Link, Machine, Network, Plan, Stand};

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

fn stands(criterion: &mut Criterion) {
    paillasse::stand::use_program(Path::new(env!("CARGO_BIN_EXE_paillasse")));
    let plan = three();
    let mut group = criterion.benchmark_group("three machines with systemd");
    group.sample_size(10);
    group.bench_function("up", |bencher| {
        bencher.iter_custom(|rounds| {
            (0..rounds)
                .map(|_| {
                    let began = std::time::Instant::now();
                    let stand = Stand::up(black_box(&plan), &mut |_| ());
                    let took = began.elapsed();
                    assert!(stand.and_then(|stand| stand.down(&mut |_| ())).is_ok(), "a stand must come up and go");
                    took
                })
                .sum()
        });
    });
    group.finish();
}

criterion_group!(benches, stands);
criterion_main!(benches);
