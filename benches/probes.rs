#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench that can't run must stop, and says its figures")]
//! Fifty checks as a whole process, beside testinfra and serverspec with the same fifty; and five thousand files.
//!
//! Peers, where they are installed: `pip install pytest-testinfra` (`pytest`), `apt install ruby-serverspec` (`rspec`). Each
//! runs in turn with the others, so that a busy PC is as busy for all; times, processor time (children included) and
//! memory are medians. `cargo bench --bench probes`; as a test it runs once and asserts nothing about time.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/probes");

/// Medians of one program's runs.
struct Figures {
    wall: Duration,
    processor: Duration,
}

fn main() {
    let rounds = if std::env::args().any(|arg| arg == "--bench") { 15 } else { 1 };
    let folder = tempfile::tempdir().expect("a folder");
    let _fixtures = Fixtures::start(folder.path());
    let whole = fs::read_to_string(format!("{HERE}/suite.toml")).expect("the suite");
    let [fifty, without, thousands] = ["50.toml", "45.toml", "5000.toml"].map(|name| folder.path().join(name));
    fs::write(&fifty, &whole).expect("a file");
    fs::write(&without, whole.split("# commands").next().unwrap_or_default()).expect("a file");
    fs::write(&thousands, many(folder.path(), 5000)).expect("a file");
    let mut programs = vec![
        ("paillasse, 50 checks", paillasse(&fifty)),
        ("paillasse, 45 without commands", paillasse(&without)),
        ("paillasse, 5000 files", paillasse(&thousands)),
    ];
    let mut testinfra = vec!["pytest".to_owned(), "-q".to_owned(), "-p".to_owned(), "no:cacheprovider".to_owned()];
    testinfra.push(format!("{HERE}/test_bench.py"));
    let serverspec = vec!["rspec".to_owned(), format!("{HERE}/bench_spec.rb")];
    for (name, argv) in [("testinfra", testinfra), ("serverspec", serverspec)] {
        if which::which(&argv[0]).is_ok() {
            programs.push((name, argv));
        } else {
            println!("{name}: not installed, left out");
        }
    }
    race(&programs, rounds);
}

fn paillasse(suite: &Path) -> Vec<String> {
    let suite = suite.display().to_string();
    [env!("CARGO_BIN_EXE_paillasse"), "probe", "--format", "json", &suite].map(str::to_owned).to_vec()
}

/// Checks of so many files, all there.
fn many(folder: &Path, count: usize) -> String {
    let mut suite = String::new();
    for index in 0..count {
        let path = folder.join(format!("file-{index}"));
        fs::write(&path, "x\n").expect("a file");
        let path = path.display();
        let _ = writeln!(
            suite,
            "[[criterion]]\nid = \"f{index}\"\nprobe = {{ file = {{ path = \"{path}\" }} }}\nexpect = {{ exists = true, size = \"2B\" }}"
        );
    }
    suite
}

/// Runs each in turn, some rounds, after one that doesn't count.
fn race(programs: &[(&str, Vec<String>)], rounds: usize) {
    let mut runs: Vec<Vec<Figures>> = programs.iter().map(|_| Vec::new()).collect();
    for round in 0..=rounds {
        for ((_, argv), runs) in programs.iter().zip(&mut runs) {
            let figures = once(argv);
            if round > 0 || rounds == 1 {
                runs.push(figures);
            }
        }
    }
    let mut first = None;
    for ((name, _), mut runs) in programs.iter().zip(runs) {
        runs.sort_by_key(|run| run.wall);
        let wall = runs[runs.len() / 2].wall;
        runs.sort_by_key(|run| run.processor);
        let processor = runs[runs.len() / 2].processor;
        let base = *first.get_or_insert(processor);
        let times = processor.as_secs_f64() / base.as_secs_f64().max(1e-6);
        println!("{name:32} {wall:>10.1?} {processor:>10.1?} of processor, {times:.1} times the first");
    }
}

fn once(argv: &[String]) -> Figures {
    let (before, began) = (used(), Instant::now());
    let mut command = Command::new(&argv[0]);
    command.args(&argv[1..]).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status().expect("the program starts");
    assert!(status.code().is_some_and(|code| code <= 2), "{argv:?}: {status}");
    Figures { wall: began.elapsed(), processor: used().saturating_sub(before) }
}

/// Processor time of all children so far.
fn used() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("getrusage");
    [usage.user_time(), usage.system_time()]
        .map(|time| {
            Duration::from_micros(u64::try_from(time.tv_sec() * 1_000_000 + time.tv_usec()).unwrap_or_default())
        })
        .iter()
        .sum()
}

/// The listeners and processes that the suites look for.
struct Fixtures<'a>(&'a Path);

impl<'a> Fixtures<'a> {
    fn start(folder: &'a Path) -> Self {
        let fixtures = Self(folder);
        fixtures.run("start");
        fixtures
    }

    fn run(&self, what: &str) {
        let mut command = Command::new("bash");
        command.arg(format!("{HERE}/fixtures.sh")).arg(what).env("PROBEBENCH_DIR", self.0);
        assert!(command.status().expect("bash").success(), "fixtures {what}");
    }
}

impl Drop for Fixtures<'_> {
    fn drop(&mut self) {
        self.run("stop");
    }
}
