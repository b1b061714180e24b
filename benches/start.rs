#![expect(clippy::expect_used, reason = "a bench that can't run must stop")]
//! From `exec` to the first frame, beside full-screen programs that a technician knows.
//!
//! Peers: `htop` (C, ncurses) and `vim` without its configuration. What is timed is what a person waits for: the process
//! starts in a terminal of 120×40, its screen shows its first words, it is ended.

use std::process::Command;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use paillasse::pane::driver::Driver;

const LIMIT: Duration = Duration::from_secs(10);

fn first_frame(command: Command, words: &str) -> Duration {
    let start = Instant::now();
    let mut driver = Driver::start(command, 120, 40).expect("the program starts");
    driver.wait_for(words, LIMIT).expect("its first frame");
    start.elapsed()
}

fn paillasse() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paillasse"));
    command.env("LANG", "fr_FR.UTF-8").env("PAILLASSE_DATA", std::env::temp_dir().join("paillasse-bench-start"));
    command
}

fn vim() -> Command {
    let mut command = Command::new("vim.tiny");
    command.args(["-u", "NONE", "-c", "intro"]);
    command
}

fn bench(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("first-frame");
    group.sample_size(20);
    group.bench_function("paillasse", |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| first_frame(paillasse(), "Paillasse")).sum());
    });
    group.bench_function("htop", |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| first_frame(Command::new("htop"), "PID")).sum());
    });
    group.bench_function("vim", |bencher| {
        bencher.iter_custom(|times| (0..times).map(|_| first_frame(vim(), "VIM")).sum());
    });
}

criterion_group!(benches, bench);
criterion_main!(benches);
