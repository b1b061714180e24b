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
    let programs: [(&str, fn() -> Command, &str); 3] =
        [("paillasse", paillasse, "Paillasse"), ("htop", || Command::new("htop"), "PID"), ("vim", vim, "VIM")];
    for (name, command, words) in programs {
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| (0..times).map(|_| first_frame(command(), words)).sum());
        });
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
