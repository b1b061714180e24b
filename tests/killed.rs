//! What `kill -9` and a restart of the PC leave, and what `paillasse clean` makes of it. Root, the base and the kernel's
//! namespaces are needed, and missed loudly. One test at a time: each compares the whole PC before and after.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::fs;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use paillasse::paths;
use paillasse::stand::host::{HostSnapshot, Trace};
use serde_json::Value;
use tempfile::{TempDir, tempdir};

static TURN: Mutex<()> = Mutex::new(());

/// A lab of two machines, a network and a disk, a record of its own, and the PC as it was before.
struct Bench {
    home: TempDir,
    before: HostSnapshot,
    _turn: MutexGuard<'static, ()>,
}

const STAND: &str = r#"
[[stand.machine]]
name = "pc"
[[stand.network]]
name = "lan"
attach = { srv = "10.9.0.1/24", pc = "10.9.0.2/24" }
[[stand.disk]]
machine = "srv"
name = "sdb"
size = "256MiB"
[[stand.setup]]
"#;

impl Bench {
    fn new() -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let home = tempdir().unwrap();
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/prove/motd");
        let copied = Command::new("cp").arg("-r").arg(fixture).arg(home.path()).status().unwrap();
        assert!(copied.success());
        let lab = home.path().join("motd/lab.toml");
        let text = fs::read_to_string(&lab).unwrap();
        let text = text.replacen("[stand]", "[stand]\nisolation = \"privileged\"", 1);
        fs::write(lab, text.replacen("[[stand.setup]]", STAND, 1)).unwrap();
        Self { home, before: HostSnapshot::take().unwrap(), _turn: turn }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paillasse"));
        command.env("PAILLASSE_DATA", self.home.path().join("data"));
        command.args(["--lang", "en", "--labs"]).arg(self.home.path()).args(args);
        command
    }

    fn said(&self, args: &[&str]) -> String {
        let out = self.command(args).output().unwrap();
        assert!(out.status.success(), "{args:?}: {}{}", text(&out.stdout), text(&out.stderr));
        text(&out.stdout)
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.said(args)).unwrap()
    }

    /// Builds a stand that nobody holds; its name.
    fn up(&self) -> String {
        self.said(&["stand", "up", "motd"]).trim().to_owned()
    }

    /// An attempt under way, its first check shown.
    fn attempt(&self) -> (Child, Lines<BufReader<ChildStdout>>) {
        let mut app = self.command(&["run", "motd", "--plain", "--seed", "1"]);
        let mut app = app.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(app.stdout.take().unwrap()).lines();
        assert!(said.any(|line| line.unwrap().contains("points of")), "the first check was not shown");
        (app, said)
    }

    fn typed(&self, args: &[&str], lines: &str) -> Output {
        let mut app = self.command(args);
        let app = app.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut app = app.unwrap();
        app.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
        app.wait_with_output().unwrap()
    }

    fn exec(&self, machine: &str, script: &str) -> String {
        self.said(&["stand", "exec", machine, "--", "sh", "-euc", script])
    }

    fn left(&self) -> Vec<Trace> {
        self.before.diff(&HostSnapshot::take().unwrap())
    }

    /// What the issue asks for: cleaned once, nothing is left; cleaned twice, there is nothing to do.
    fn cleaned(&self, when: &str) {
        let done = self.json(&["clean", "--json"]);
        assert_eq!(done["failures"], Value::Array(Vec::new()), "{when}");
        assert!(done["found"].as_array().unwrap().iter().all(|left| left["held"] == false), "{when}: {done}");
        let left = self.before.settled(Duration::from_secs(10)).unwrap();
        assert!(left.is_empty(), "killed {when}, cleaned, and left: {left:?}");
        assert_eq!(stands(), Vec::<PathBuf>::new(), "{when}");
        assert_eq!(self.said(&["clean"]), "Nothing to clean: this PC bears no trace of a lab.\n", "{when}");
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn kill(child: &mut Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn stands() -> Vec<PathBuf> {
    let entries = fs::read_dir(paths::state().join("stands")).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// Waits for this to become true; not for ever.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_mins(1);
    while !is_so() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn steps(child: &mut Child) -> Lines<BufReader<ChildStderr>> {
    BufReader::new(child.stderr.take().unwrap()).lines()
}

#[test]
fn the_app_killed_while_the_stand_comes_up_leaves_nothing_after_clean() {
    let bench = Bench::new();
    let start =
        || bench.command(&["stand", "up", "motd"]).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    // Before its first word: as soon as there is a folder, a keeper, a socket to ask it.
    for sign in ["", "owner.json", "plan.json", "keeper.log", "journal", "keeper.json", "keeper.sock"] {
        let mut app = start();
        until(sign, || stands().iter().any(|folder| folder.join(sign).exists()));
        kill(&mut app);
        bench.cleaned(&format!("at «{sign}»"));
    }
    // Then at each of its words, to the last.
    for count in 1.. {
        let mut app = start();
        let last = steps(&mut app).nth(count - 1);
        kill(&mut app);
        bench.cleaned(&format!("at step {count}: {last:?}"));
        if last.is_none() {
            assert!(count > 3, "only {count} steps were told");
            return;
        }
    }
}

/// The app is killed just after it started the keeper, and `clean` is faster than that one.
#[test]
fn a_keeper_that_comes_too_late_for_its_stand_leaves_nothing() {
    let bench = Bench::new();
    let folder = paths::state().join("stands/late-000000");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("plan.json"), "{}").unwrap();
    let cleaning = fs::File::open(&folder).unwrap();
    rustix::fs::flock(&cleaning, rustix::fs::FlockOperation::LockExclusive).unwrap();
    let keeper = bench.command(&["keeper"]).arg(&folder).stdout(Stdio::piped()).spawn().unwrap();
    let waits = format!(" WRITE {} ", keeper.id());
    until("the keeper waits for its turn", || {
        fs::read_to_string("/proc/locks")
            .unwrap()
            .lines()
            .any(|line| line.contains("-> FLOCK") && line.contains(&waits))
    });
    fs::remove_dir_all(&folder).unwrap();
    drop(cleaning);
    let said = text(&keeper.wait_with_output().unwrap().stdout);
    assert!(said.contains("failed"), "{said}");
    assert_eq!(bench.before.settled(Duration::from_secs(5)).unwrap(), []);
}

#[test]
fn the_app_killed_while_the_stand_runs_leaves_nothing_after_clean() {
    let bench = Bench::new();
    let (mut app, _said) = bench.attempt();
    let held = bench.json(&["clean", "--json"]);
    assert_eq!(held["found"][0]["held"], true, "{held}");
    assert_eq!(bench.exec("srv", "hostname"), "srv\n", "what the app uses was taken from it");
    // With disks in use, somebody inside, and a shell open from another terminal.
    bench.exec(
        "srv",
        "mkfs.ext4 -q /dev/sdb; mount /dev/sdb /mnt; fallocate -l 1M /srv/swap; setsid sleep 999 > /dev/null 2>&1 &",
    );
    let mut shell = bench.command(&["stand", "exec", "pc", "--", "sh", "-c", "echo in; exec sleep 999"]);
    let mut shell = shell.stdout(Stdio::piped()).spawn().unwrap();
    assert_eq!(BufReader::new(shell.stdout.take().unwrap()).lines().next().unwrap().unwrap(), "in");
    kill(&mut app);
    let done = bench.json(&["clean", "--json"]);
    assert_eq!(done["found"][0]["held"], false, "{done}");
    shell.wait().unwrap();
    bench.cleaned("while it ran");
}

#[test]
fn the_app_killed_while_the_stand_goes_down_leaves_nothing_after_clean() {
    let bench = Bench::new();
    for gone in ["nothing", "keeper.sock", "plan.json", "machines/srv", "machines"] {
        let folder = paths::state().join("stands").join(bench.up());
        let mut app = bench.command(&["stand", "down"]).stderr(Stdio::piped()).spawn().unwrap();
        assert!(steps(&mut app).next().is_some(), "it did not say what it does");
        until(gone, || gone == "nothing" || !folder.join(gone).exists());
        kill(&mut app);
        bench.cleaned(&format!("while {gone} was gone"));
    }
    let (mut app, mut said) = bench.attempt();
    app.stdin.take().unwrap().write_all(b"finish\n").unwrap();
    let name = stands()[0].file_name().unwrap().to_str().unwrap().to_owned();
    assert!(said.any(|line| line.unwrap().contains(&name)), "the finishing app did not say that it tears down");
    kill(&mut app);
    bench.cleaned("while it finished");
    let again = bench.typed(&["run", "motd", "--plain", "--seed", "1"], "quit\n");
    assert!(!text(&again.stdout).contains("going on"), "a finished attempt is not gone on with");
    bench.cleaned("after that");
}

#[test]
fn a_dry_run_tells_what_would_be_done_and_does_nothing() {
    let bench = Bench::new();
    assert_eq!(
        bench.json(&["clean", "--dry-run", "--json"]),
        serde_json::json!({ "dry-run": true, "failures": [], "found": [] })
    );
    let name = bench.up();
    let then = HostSnapshot::take().unwrap();
    let told = bench.json(&["clean", "--dry-run", "--json"]);
    assert_eq!(told["dry-run"], true);
    assert_eq!(told["failures"], serde_json::json!([]));
    let found = told["found"].as_array().unwrap();
    assert_eq!(found.len(), 1, "{told}");
    let folder = paths::state().join("stands").join(&name);
    assert_eq!((&found[0]["stand"], &found[0]["held"]), (&Value::from(name.as_str()), &Value::from(false)));
    assert_eq!(found[0]["folder"], folder.to_str().unwrap());
    assert!(found[0]["processes"].as_u64().unwrap() >= 3, "a keeper and two PID 1: {told}");
    assert_eq!(found[0].as_object().unwrap().len(), 4, "{told}");
    let of_stand = |trace: &Trace| !matches!(trace, Trace::Process(..));
    let lost: Vec<_> = HostSnapshot::take().unwrap().diff(&then).into_iter().filter(of_stand).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert_eq!(bench.exec("srv", "systemctl is-system-running"), "running\n");
    bench.cleaned("not at all");
}

/// Everything dies at once, and what the kernel held goes with it.
fn power_cut(bench: &Bench, stand: &str) {
    let mut groups = Vec::new();
    folders_named(Path::new("/sys/fs/cgroup"), stand, 0, &mut groups);
    assert!(!groups.is_empty());
    until("every process of the stand is gone", || {
        let mut pids = Vec::new();
        for group in &groups {
            processes(group, &mut pids);
        }
        let _ = Command::new("kill").arg("-9").args(&pids).stderr(Stdio::null()).status().unwrap();
        pids.is_empty()
    });
    until("the kernel has let go", || {
        // A loop device that is free may still bear the partitions it had; only a true restart makes it forget them.
        let is_ended = |trace: &Trace| match trace {
            Trace::Folder(_) | Trace::Cgroup(_) => true,
            Trace::Loop(_, file) => file.is_empty(),
            _ => false,
        };
        bench.left().iter().all(is_ended)
    });
}

fn folders_named(at: &Path, name: &str, depth: usize, found: &mut Vec<PathBuf>) {
    if at.ends_with(name) {
        return found.push(at.to_path_buf());
    }
    for entry in fs::read_dir(at).into_iter().flatten().flatten().filter(|_| depth < 4) {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            folders_named(&entry.path(), name, depth + 1, found);
        }
    }
}

fn processes(group: &Path, pids: &mut Vec<String>) {
    let text = fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
    // One of another namespace would be 0, which to kill(1) is everybody here.
    pids.extend(text.lines().filter(|pid| *pid != "0").map(str::to_owned));
    for entry in fs::read_dir(group).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            processes(&entry.path(), pids);
        }
    }
}

fn seconds(bench: &Bench) -> u64 {
    let out = bench.command(&["check", "--format", "json"]).output().unwrap();
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    report["seconds"].as_u64().unwrap()
}

#[test]
fn an_attempt_outlives_a_restart_of_the_pc_with_its_disks_and_its_clock() {
    let bench = Bench::new();
    let (mut app, _said) = bench.attempt();
    bench.exec(
        "srv",
        "printf 'label: gpt\\n,100M\\n' | sfdisk -q /dev/sdb
         for i in $(seq 50); do [ -b /dev/sdb1 ] && break; sleep 0.1; done
         mkfs.ext4 -q -L travail /dev/sdb1; mkdir /srv/w; echo '/dev/sdb1 /srv/w ext4 defaults 0 2' >> /etc/fstab
         mount /srv/w; echo disk > /srv/w/f; echo root > /root/f; sync",
    );
    until("two seconds are on the clock", || seconds(&bench) >= 2);
    let worked = seconds(&bench);
    let name = stands()[0].file_name().unwrap().to_str().unwrap().to_owned();
    kill(&mut app);
    power_cut(&bench, &name);
    let listed = bench.json(&["stand", "list", "--json"]);
    assert_eq!((&listed[0]["id"], &listed[0]["up"]), (&Value::from(name.as_str()), &Value::from(false)), "{listed}");

    let end = bench.typed(&["run", "motd", "--plain"], "quit\n");
    assert!(text(&end.stdout).contains("going on with attempt 1"), "{}{}", text(&end.stdout), text(&end.stderr));
    assert_eq!(bench.exec("srv", "cat /srv/w/f /root/f; findmnt -no SOURCE /srv/w"), "disk\nroot\n/dev/sdb1\n");
    assert_eq!(bench.exec("srv", "ping -c1 -W2 10.9.0.2 > /dev/null; systemctl is-system-running"), "running\n");
    assert!(seconds(&bench) >= worked, "{} s before, {} s after", worked, seconds(&bench));
    bench.cleaned("with the PC");
}
