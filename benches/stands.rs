#![expect(clippy::expect_used, clippy::print_stdout, reason = "a bench that can't run must stop, and says its figures")]
//! How long a stand of three machines and a LAN takes to come up and to go, with systemd and without, beside other ways to
//! get three machines; and what ten stands at once take of the memory. Needs root and the base.
//!
//! `benches/run stands` installs the peers first; `cargo bench --bench stands -- WORD` runs only those with it in their name. Those of this run that are installed: a shell script with `ip netns` and
//! `unshare`, mininet, podman, systemd-nspawn; and the floor, a small C program with nothing but the system calls. All take
//! turns in each round, so that a busy PC is as busy for all; figures are medians. As a test it runs one round and asserts
//! nothing about time.
//!
//! What is compared: everybody works in mount and network namespaces of the bench's own, over the same base (mininet's
//! machines share the PC's root, and podman's have no LAN: less work). Paillasse is timed as its own app uses it, by the
//! library, its keeper's start included; mininet as a whole process, and by its own clock, which starts after Python has.

#[path = "stands/peers.rs"]
mod peers;

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use nix::sched::{CloneFlags, unshare};
use paillasse::lab::manifest::Isolation;
use paillasse::stand::{Init, Link, Machine, Network, Plan, Stand, base};
use peers::Times;
use rustix::mount::{MountFlags, MountPropagationFlags, mount, mount_change};

/// The two targets that compare: at most this share of mininet's time, up and down; at most so many floors, up.
const OF_MININET: f64 = 0.25;
const FLOORS: f64 = 6.0;
/// At most so long with systemd running in each machine.
const WITH_SYSTEMD: Duration = Duration::from_secs(1);

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
    Stand::up(plan, &mut |_| ()).expect("a stand must come up")
}

fn down(stand: Stand) {
    stand.down(&mut |_| ()).expect("a stand must go");
}

fn ours(plan: &Plan) -> Times {
    let began = Instant::now();
    let stand = up(plan);
    let up = began.elapsed();
    down(stand);
    Times { up: Some(up), all: began.elapsed() }
}

/// Somebody who makes three machines and a LAN, and what each round took.
struct Contestant<'a> {
    name: &'static str,
    round: Box<dyn FnMut() -> Times + 'a>,
    times: Vec<Times>,
}

impl<'a> Contestant<'a> {
    fn new(name: &'static str, round: impl FnMut() -> Times + 'a) -> Self {
        Self { name, round: Box::new(round), times: Vec::new() }
    }

    fn up(&self) -> Option<Duration> {
        median(self.times.iter().filter_map(|times| times.up).collect())
    }

    fn all(&self) -> Duration {
        median(self.times.iter().map(|times| times.all).collect()).unwrap_or_default()
    }
}

fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort();
    times.get(times.len() / 2).copied()
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn milliseconds(time: Option<Duration>) -> String {
    time.map_or_else(|| "-".to_owned(), |time| format!("{:.1}", time.as_secs_f64() * 1e3))
}

/// One race: every contestant in turn, so many rounds; then a table with the first one's share of each other's time.
fn race<'a>(title: &str, rounds: usize, mut contestants: Vec<Contestant<'a>>) -> Vec<Contestant<'a>> {
    for _ in 0..rounds {
        for contestant in &mut contestants {
            let times = (contestant.round)();
            contestant.times.push(times);
        }
    }
    println!("\n{title}: medians of {rounds} rounds, in ms; load {}", load());
    println!("{:<34} {:>9} {:>9} {:>12}", "", "up", "and down", "ours/theirs");
    let ours = contestants.first().map(Contestant::all).unwrap_or_default();
    for contestant in &contestants {
        let (up, all) = (milliseconds(contestant.up()), milliseconds(Some(contestant.all())));
        println!("{:<34} {up:>9} {all:>9} {:>12.2}", contestant.name, ratio(ours, contestant.all()));
    }
    contestants
}

/// `/proc/loadavg` (proc(5)): 1, 5 and 15 minutes.
fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// Says whether the targets were met in this run; none of it is asserted.
fn judge(light: &[Contestant<'_>], full: &[Contestant<'_>]) {
    let find = |name: &str| light.iter().find(|contestant| contestant.name == name);
    let (Some(ours), Some(with_systemd)) = (light.first(), full.first()) else { return };
    println!();
    let say = |what: &str, value: f64, limit: f64| {
        println!("{} {what}: {value:.2}, target {limit:.2}", if value <= limit { "met    " } else { "not met" });
    };
    for name in [peers::MININET, peers::MININET_OWN_CLOCK] {
        if let Some(mininet) = find(name) {
            say(&format!("up and down, share of {name}"), ratio(ours.all(), mininet.all()), OF_MININET);
        }
    }
    if let (Some(up), Some(floor)) = (ours.up(), find(peers::FLOOR).and_then(Contestant::up)) {
        say("up, in floors", ratio(up, floor), FLOORS);
    }
    let up = with_systemd.up().unwrap_or_default();
    say("up with systemd in each, in s", up.as_secs_f64(), WITH_SYSTEMD.as_secs_f64());
}

/// That many stands at once: all come up. Says what the processes of a machine take.
fn at_once(count: usize, plan: &Plan) {
    let began = Instant::now();
    let stands: Vec<Stand> = thread::scope(|scope| {
        let all: Vec<_> = (0..count).map(|_| scope.spawn(|| up(plan))).collect();
        all.into_iter().map(|one| one.join().expect("it comes up")).collect()
    });
    let took = began.elapsed();
    let sizes: Vec<u64> = stands
        .iter()
        .flat_map(|stand| stand.machines().expect("its machines"))
        .map(|machine| memory(machine.pid))
        .collect();
    stands.into_iter().for_each(down);
    let mean = sizes.iter().sum::<u64>() / u64::try_from(sizes.len().max(1)).unwrap_or(1);
    println!(
        "\n{count} stands of three machines with systemd at once: {} machines up in {:.1} s, {:.1} MiB each",
        sizes.len(),
        took.as_secs_f64(),
        f64::from(u32::try_from(mean).unwrap_or(u32::MAX)) / 1024.0
    );
}

/// What the processes of a machine take, in KiB: proportional set sizes (proc(5), `smaps_rollup`), where what several share
/// counts once. They are those of the PC in the process namespace of this PID 1.
fn memory(init: Option<i32>) -> u64 {
    let namespace = |pid: &str| fs::read_link(format!("/proc/{pid}/ns/pid")).ok();
    let own = namespace(&init.expect("it runs").to_string());
    let all =
        fs::read_dir("/proc").expect("/proc").flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let pids = all.filter(|name| name.parse::<u32>().is_ok() && namespace(name) == own);
    let rollups = pids.filter_map(|pid| fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok());
    let size = |text: String| {
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:").map(str::to_owned))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    rollups.filter_map(size).sum()
}

fn main() {
    let is_bench = std::env::args().any(|word| word == "--bench");
    let only = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let is_wanted = |name: &str| only.as_ref().is_none_or(|word| name.contains(word.as_str()));
    let rounds = if is_bench { 15 } else { 1 };
    // Whatever a peer leaves behind is in there and goes with this process.
    unshare(CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWNET).expect("root");
    mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC).expect("private mounts");
    mount("run", "/run", "tmpfs", MountFlags::empty(), c"mode=755").expect("a /run of its own");
    paillasse::stand::use_program(Path::new(env!("CARGO_BIN_EXE_paillasse")));
    let folder = tempfile::tempdir_in("/var/tmp").expect("a folder");
    let peers = peers::Peers::prepare(folder.path(), &base::current().expect("the base").file);
    let (without, with) = (light(), three());

    let mut contestants = vec![Contestant::new("paillasse", || ours(&without))];
    contestants.extend(peers.light().into_iter().map(|(name, round)| Contestant::new(name, round)));
    contestants.retain(|contestant| is_wanted(contestant.name));
    let light = race("Three machines and a LAN, without systemd", rounds, contestants);

    let mut contestants = vec![Contestant::new("paillasse", || ours(&with))];
    contestants.extend(peers.booted().into_iter().map(|(name, round)| Contestant::new(name, round)));
    contestants.retain(|contestant| is_wanted(contestant.name));
    let full = race("Three machines and a LAN, each with systemd running", rounds.min(7), contestants);

    if only.is_none() {
        judge(&light, &full);
        at_once(if is_bench { 10 } else { 2 }, &with);
    }
}
