//! The process that works on a stand killed at every step of its journal, then `clean`: the PC is what it was before.
//!
//! A process that opens the journal is held by the kernel until this test lets it go (fanotify(7), `FAN_OPEN_PERM`), so the
//! kill falls exactly between two steps, every time, and the program under test knows nothing of it. All happens in mount,
//! network, process and IPC namespaces of the test's own: whatever is there that was not is a trace, whoever made it; nothing
//! else on the PC is in the way. Control groups and loop devices have no such namespaces: they are compared by our marks.
//!
//! Root, the base and the kernel's namespaces are needed, and missed loudly.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::fanotify::{
    EventFFlags, Fanotify, FanotifyEvent, FanotifyResponse, InitFlags, MarkFlags, MaskFlags, Response,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

const INSIDE: &str = "PAILLASSE_TEST_WORLD";

/// Two machines without systemd, two networks, a disk: every kind of step.
const STAND: &str = r#"
[stand]
isolation = "privileged"
[[stand.machine]]
name = "srv"
init = "none"
shell = true
[[stand.machine]]
name = "pc"
init = "none"
[[stand.network]]
name = "lan"
attach = { srv = "10.9.0.1/24", pc = "10.9.0.2/24" }
[[stand.network]]
name = "wan"
attach = { srv = "10.10.0.1/24" }
[[stand.disk]]
machine = "srv"
name = "sdb"
size = "16MiB"
[[stand.disk]]
machine = "pc"
name = "sdb"
size = "16MiB"
[[stand.setup]]
"#;

/// Whether this is the test itself; else it has just been run, in namespaces of its own.
fn is_inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    // The shell is PID 1 of the new world: it buries whoever is left without a parent.
    let status = Command::new("unshare")
        .args(["--mount", "--net", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc", "sh", "-c"])
        .arg("\"$0\" \"$@\"; exit $?")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        // Short, for sockets below it (unix(7)), and one for each test: control groups are named after it.
        .env(INSIDE, format!("/tmp/p{}{}", std::process::id(), &test[..1]))
        .env("PAILLASSE_BASE", paillasse::paths::state().join("base").canonicalize().unwrap())
        .status()
        .unwrap();
    assert!(status.success(), "{test}: see above");
    false
}

/// The program, its state and record, in an empty `/tmp`.
struct Bench {
    state: PathBuf,
}

impl Bench {
    /// With so much room for the state (tmpfs(5)).
    fn new(room: &str) -> Self {
        for (at, options) in [("/tmp", "mode=1777"), ("/run", "mode=755")] {
            mount(&["-t", "tmpfs", "-o", options, "world", at]);
        }
        let state = PathBuf::from(std::env::var_os(INSIDE).unwrap());
        fs::create_dir(&state).unwrap();
        mount(&["-t", "tmpfs", "-o", room, "world", state.to_str().unwrap()]);
        let bench = Self { state };
        bench.furnish();
        bench
    }

    fn furnish(&self) {
        for folder in ["base", "stands", "labs"] {
            fs::create_dir_all(self.state.join(folder)).unwrap();
        }
        let base = std::env::var("PAILLASSE_BASE").unwrap();
        mount(&["--bind", &base, self.state.join("base").to_str().unwrap()]);
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/prove/motd");
        let copied = Command::new("cp").arg("-r").arg(fixture).arg(self.state.join("labs")).status().unwrap();
        assert!(copied.success());
        let lab = self.state.join("labs/motd/lab.toml");
        let text = fs::read_to_string(&lab).unwrap();
        let (before, rest) = text.split_once("[stand]").unwrap();
        let (_, after) = rest.split_once("[[stand.setup]]").unwrap();
        fs::write(lab, format!("{before}{STAND}{after}")).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paillasse"));
        command.env("PAILLASSE_STATE", &self.state).env("PAILLASSE_DATA", self.state.join("data"));
        command.args(["--lang", "en", "--labs"]).arg(self.state.join("labs")).args(args);
        command
    }

    fn output(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    fn said(&self, args: &[&str]) -> String {
        let out = self.output(args);
        assert!(out.status.success(), "{args:?}: {}{}", text(&out.stdout), text(&out.stderr));
        text(&out.stdout)
    }

    /// A stand that is up and all of which is on the disk: nothing more is written to its journal by itself.
    fn up(&self) -> PathBuf {
        let folder = self.state.join("stands").join(self.said(&["stand", "up", "motd"]).trim());
        until("it is on the disk", || journal(&folder).ends_with("\"settled\"\n"));
        folder
    }

    fn stand(&self) -> Option<PathBuf> {
        fs::read_dir(self.state.join("stands")).unwrap().next().map(|entry| entry.unwrap().path())
    }

    /// Cleans, twice, and compares.
    fn cleaned(&self, before: &World, when: &str) {
        let loops = self.stand().map_or_else(BTreeSet::new, |folder| loops_noted(&journal(&folder)));
        let done: serde_json::Value = serde_json::from_str(&self.said(&["clean", "--json"])).unwrap();
        assert_eq!(done["failures"], serde_json::json!([]), "{when}");
        assert_eq!(self.said(&["clean"]), "Nothing to clean: this PC bears no trace of a lab.\n", "{when}");
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let now = World::look(&self.state, &loops);
            if now == *before {
                return;
            }
            let (left, gone) = (&now.0 - &before.0, &before.0 - &now.0);
            assert!(Instant::now() < end, "killed {when}, cleaned, and left {left:?}, missing {gone:?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Everything in this test's namespaces, and what bears our marks where there are none.
#[derive(PartialEq)]
struct World(BTreeSet<String>);

impl World {
    fn look(state: &Path, noted: &BTreeSet<String>) -> Self {
        let mut all = BTreeSet::new();
        let mounts = fs::read_to_string("/proc/self/mountinfo").unwrap();
        all.extend(mounts.lines().map(|line| format!("mount {}", line.splitn(5, ' ').nth(4).unwrap())));
        let links = fs::read_to_string("/proc/net/dev").unwrap();
        all.extend(links.lines().skip(2).map(|line| format!("link {}", line.split(':').next().unwrap().trim())));
        for entry in fs::read_dir("/proc").unwrap().flatten() {
            let name = entry.file_name().into_string().unwrap();
            let comm = fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
            if name.parse::<u32>().is_ok() {
                all.insert(format!("process {name} {}", comm.trim()));
            }
        }
        for shared in ["shm", "msg", "sem"] {
            let table = fs::read_to_string(format!("/proc/sysvipc/{shared}")).unwrap();
            all.extend(table.lines().skip(1).map(|line| format!("{shared} {line}")));
        }
        for tree in ["/tmp", "/run"] {
            walk(Path::new(tree), &mut all);
        }
        let ours = format!("paillasse-{}", &blake3::hash(state.as_os_str().as_encoded_bytes()).to_hex()[..8]);
        groups(Path::new("/sys/fs/cgroup"), &ours, 0, &mut all);
        for entry in fs::read_dir("/sys/block").unwrap().flatten() {
            let name = entry.file_name().into_string().unwrap();
            match fs::read_to_string(entry.path().join("loop/backing_file")) {
                Ok(file) if file.contains(state.to_str().unwrap()) => drop(all.insert(format!("{name} of {file}"))),
                Err(_) if noted.contains(&name) => {
                    let parts = fs::read_dir(entry.path()).unwrap().flatten();
                    let parts = parts.filter(|part| part.path().join("partition").exists());
                    all.extend(parts.map(|part| format!("partition {}", part.file_name().display())));
                }
                _ => {}
            }
        }
        Self(all)
    }
}

/// Files, without the record, which a clean may look into, and without other filesystems.
fn walk(folder: &Path, all: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.ends_with("data") || path.ends_with("base") {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            walk(&path, all);
        }
        all.insert(format!("file {}", path.display()));
    }
}

fn groups(folder: &Path, ours: &str, depth: usize, all: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten().filter(|_| depth < 6) {
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        if entry.path().components().any(|part| part.as_os_str() == ours) {
            all.insert(format!("group {}", entry.path().display()));
        }
        groups(&entry.path(), ours, depth + 1, all);
    }
}

/// The loop devices that a journal names.
fn loops_noted(journal: &str) -> BTreeSet<String> {
    let numbers = journal.lines().filter_map(|line| line.strip_prefix("{\"loop\":")?.strip_suffix('}'));
    numbers.map(|number| format!("loop{number}")).collect()
}

fn journal(stand: &Path) -> String {
    fs::read_to_string(stand.join("journal")).unwrap_or_default()
}

fn mount(args: &[&str]) {
    let out = Command::new("mount").args(args).output().unwrap();
    assert!(out.status.success(), "{args:?}: {}", text(&out.stderr));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Waits for this to become true; not for ever.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_mins(2);
    while !is_so() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn kill(pid: i32) {
    let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
}

/// Whether there is such a process, and not only its remains (proc(5), `stat`).
fn lives(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Victim {
    /// The process that is about to note its next step.
    Writer,
    /// The app and the keeper; a launcher may still be at work.
    AppAndKeeper,
    /// Everything at once, and the last writes are torn.
    Power,
}

/// Lets a program run until its stand's journal has so many lines and it goes back to it; kills there. How many lines there
/// were (two launchers may have written at once), and the last one; none where the program came to its end before.
fn killed_at(bench: &Bench, args: &[&str], lines: usize, victim: Victim) -> Option<(usize, String)> {
    // From here on nothing below the folder of stands may be opened by this test: it would hold itself.
    let stand = bench.stand();
    let gate = Gate::new(&bench.state.join("stands"));
    if let Some(folder) = stand {
        gate.watch(&folder);
    }
    let mut app = bench.command(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let found = gate.wait_for(&mut app, lines);
    let mut killed = Vec::new();
    if let Some((event, ..)) = &found {
        killed.push(event.pid());
        match victim {
            Victim::Writer => {}
            Victim::AppAndKeeper => {
                killed.push(i32::try_from(app.id()).unwrap());
                killed.extend(bench.stand().and_then(|folder| keeper_of(&folder)));
            }
            // All but the shell that is PID 1 and this test: kill(2).
            Victim::Power => killed = vec![-1],
        }
        killed.iter().copied().for_each(kill);
        gate.allow(event);
    }
    drop(gate);
    app.wait().unwrap();
    // A signal that is sent is not yet a process that is gone.
    until("the killed are gone", || !killed.iter().copied().any(lives));
    if victim == Victim::Power
        && let Some(folder) = found.as_ref().and_then(|_| bench.stand())
    {
        tear(&folder, lines);
    }
    found.map(|(_, count, last)| (count, last))
}

fn keeper_of(stand: &Path) -> Option<i32> {
    let noted: serde_json::Value = serde_json::from_slice(&fs::read(stand.join("keeper.json")).ok()?).ok()?;
    noted["pid"].as_i64()?.try_into().ok()
}

/// What a power cut may make of the writes of the last seconds: cut short, empty, or not there.
fn tear(stand: &Path, turn: usize) {
    let path = stand.join("journal");
    let whole = fs::read(&path).unwrap_or_default();
    let files = ["plan.json", "keeper.json", "owner.json", "machines/srv/disks.json", "machines/srv/process.json"];
    match turn % 3 {
        0 => fs::write(path, &whole[..whole.len().saturating_sub(5)]).unwrap(),
        1 => drop(fs::remove_file(path)),
        _ => fs::write(path, vec![0; whole.len()]).unwrap(),
    }
    for (index, file) in files.iter().map(|file| stand.join(file)).enumerate().filter(|(_, file)| file.exists()) {
        match (turn + index) % 4 {
            0 => fs::write(file, "").unwrap(),
            1 => fs::write(file, "{\"pid\": 1, \"mach").unwrap(),
            2 => fs::remove_file(file).unwrap(),
            _ => {}
        }
    }
}

/// Holds whoever opens a journal.
struct Gate(Fanotify);

impl Gate {
    fn new(stands: &Path) -> Self {
        let gate =
            Self(Fanotify::init(InitFlags::FAN_CLASS_CONTENT | InitFlags::FAN_CLOEXEC, EventFFlags::O_RDONLY).unwrap());
        gate.watch(stands);
        gate
    }

    fn watch(&self, folder: &Path) {
        let mask = MaskFlags::FAN_OPEN_PERM | MaskFlags::FAN_EVENT_ON_CHILD | MaskFlags::FAN_ONDIR;
        self.0.mark(MarkFlags::FAN_MARK_ADD, mask, File::open("/").unwrap(), Some(folder)).unwrap();
    }

    fn allow(&self, event: &FanotifyEvent) {
        self.0.write_response(FanotifyResponse::new(event.fd().unwrap(), Response::FAN_ALLOW)).unwrap();
    }

    /// The event of whoever opens the journal when it has so many lines, still held; how many it has, and the last one.
    fn wait_for(&self, app: &mut Child, lines: usize) -> Option<(FanotifyEvent, usize, String)> {
        let end = Instant::now() + Duration::from_mins(2);
        let pause = Timespec { tv_sec: 0, tv_nsec: 2_000_000 };
        loop {
            assert!(Instant::now() < end, "nothing happens any more");
            if poll(&mut [PollFd::new(&self.0, PollFlags::IN)], Some(&pause)).unwrap() == 0 {
                if app.try_wait().unwrap().is_some() {
                    return None;
                }
                continue;
            }
            let mut found = None;
            for event in self.0.read_events().unwrap() {
                let fd = event.fd().unwrap().try_clone_to_owned().unwrap();
                let path = fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).unwrap();
                if path.parent().is_some_and(|parent| parent.ends_with("stands")) {
                    self.mark_held(&event);
                } else if path.ends_with("journal") && found.is_none() {
                    let mut text = String::new();
                    File::from(fd).read_to_string(&mut text).unwrap();
                    let count = text.lines().count();
                    if count >= lines {
                        found = Some((event, count, text.lines().last().unwrap_or_default().to_owned()));
                        continue;
                    }
                }
                self.allow(&event);
            }
            if found.is_some() {
                // Nobody else is held from now on, this test neither.
                let here: Option<&Path> = None;
                self.0.mark(MarkFlags::FAN_MARK_FLUSH, MaskFlags::empty(), File::open("/").unwrap(), here).unwrap();
                return found;
            }
        }
    }

    /// A stand's folder is opened: its files are watched from now on.
    fn mark_held(&self, event: &FanotifyEvent) {
        let mask = MaskFlags::FAN_OPEN_PERM | MaskFlags::FAN_EVENT_ON_CHILD;
        // By its descriptor: opening it by name would be held by this very gate.
        let here: Option<&Path> = None;
        self.0.mark(MarkFlags::FAN_MARK_ADD, mask, event.fd().unwrap().as_fd(), here).unwrap();
    }
}

/// Whom to kill, at every how manyth step.
type Plan = [(Victim, usize)];

/// Kills at each step of what is done to a stand made ready for it; the steps.
fn at_every_step(
    (bench, before): (&Bench, &World),
    args: &[&str],
    plan: &Plan,
    ready: fn(&Bench) -> usize,
    after: fn(&Bench),
) -> BTreeSet<String> {
    let mut steps = BTreeSet::new();
    for &(victim, stride) in plan {
        let mut point = 0;
        loop {
            let first = ready(bench);
            let Some((count, last)) = killed_at(bench, args, first + point, victim) else {
                bench.cleaned(before, "not at all");
                break;
            };
            let when = format!("{victim:?} of {args:?} at step {point}, after {last}");
            if victim == Victim::AppAndKeeper {
                after(bench);
            }
            bench.cleaned(before, &when);
            steps.insert(format!("{args:?} {}", count - first));
            point = count - first + stride;
        }
    }
    steps
}

fn running(bench: &Bench) -> usize {
    journal(&bench.up()).lines().count()
}

fn paused(bench: &Bench) -> usize {
    let folder = bench.up();
    bench.said(&["stand", "pause"]);
    journal(&folder).lines().count()
}

fn lines_of_none(_: &Bench) -> usize {
    0
}

/// A stand whose keeper was killed while it worked goes on as a whole one, or is refused; it is never half of one.
fn goes_on_whole(bench: &Bench) {
    let out = bench.output(&["stand", "resume"]);
    if !out.status.success() {
        let told = text(&out.stderr);
        assert!(told.contains("can't be resumed") || told.contains("No lab machine"), "{told}");
        return;
    }
    let seen = bench.said(&["stand", "exec", "srv", "--", "sh", "-c", "cat /etc/issue.net; ls /srv; ls /dev/sdb"]);
    assert_eq!(seen, "kept\nnote\n/dev/sdb\n");
}

#[test]
fn killed_at_every_step_and_cleaned_leaves_the_pc_as_it_was() {
    if !is_inside("killed_at_every_step_and_cleaned_leaves_the_pc_as_it_was") {
        return;
    }
    let bench = Bench::new("mode=700");
    // Once before all, for what stays by right: folders of the state, modules, the record.
    bench.up();
    bench.said(&["clean"]);
    let before = World::look(&bench.state, &BTreeSet::new());
    let (pc, nothing): ((&Bench, &World), fn(&Bench)) = ((&bench, &before), |_| ());
    let all: &Plan = &[(Victim::Writer, 1), (Victim::AppAndKeeper, 2), (Victim::Power, 4)];
    let mut steps = at_every_step(pc, &["stand", "up", "motd"], all, lines_of_none, nothing);
    steps.extend(at_every_step(pc, &["stand", "reset"], all, running, goes_on_whole));
    steps.extend(at_every_step(pc, &["stand", "reboot", "srv"], all, running, goes_on_whole));
    steps.extend(at_every_step(pc, &["stand", "down"], all, running, nothing));
    println!("{} steps of up, reset, reboot and down", steps.len());
    assert!(steps.len() >= 60, "{steps:#?}");
    let some: &Plan = &[(Victim::AppAndKeeper, 3)];
    at_every_step(pc, &["stand", "snapshot", "x"], some, running, goes_on_whole);
    at_every_step(pc, &["stand", "pause"], some, running, goes_on_whole);
    at_every_step(pc, &["stand", "resume"], some, paused, goes_on_whole);
}

#[test]
fn a_disk_that_gets_full_under_a_stand_hinders_no_clean() {
    if !is_inside("a_disk_that_gets_full_under_a_stand_hinders_no_clean") {
        return;
    }
    let bench = Bench::new("size=24m");
    bench.up();
    bench.said(&["clean"]);
    let before = World::look(&bench.state, &BTreeSet::new());
    for args in [
        &["stand", "reset"][..],
        &["stand", "snapshot", "x"],
        &["stand", "reboot", "srv"],
        &["stand", "pause"],
        &["stand", "down"],
    ] {
        bench.up();
        let filler = bench.state.join("stands/filler");
        let _ = Command::new("dd")
            .arg("if=/dev/zero")
            .arg(format!("of={}", filler.display()))
            .stderr(Stdio::null())
            .status();
        let out = bench.output(args);
        if !out.status.success() {
            let told = text(&out.stderr);
            assert!(told.contains("disk is full") || told.contains("is full. Make room"), "{args:?}: {told}");
        }
        // The filler stays until the clean is done: that one needs no room.
        let done = bench.said(&["clean", "--json"]);
        assert!(done.contains("\"failures\":[]"), "{args:?}: {done}");
        fs::remove_file(filler).unwrap();
        bench.cleaned(&before, &format!("with a full disk at {args:?}"));
    }
}

/// Not ours, however similar its name is.
#[test]
fn clean_touches_nothing_that_is_not_ours() {
    if !is_inside("clean_touches_nothing_that_is_not_ours") {
        return;
    }
    let bench = Bench::new("mode=700");
    bench.up();
    bench.said(&["clean"]);
    let others = Others::new(&bench);
    let before = World::look(&bench.state, &BTreeSet::new());
    bench.up();
    bench.said(&["clean"]);
    bench.said(&["clean"]);
    others.are_there();
    bench.cleaned(&before, "not at all, beside what is not ours");
}

/// What other people's programs have on the same PC.
struct Others {
    groups: Vec<PathBuf>,
    loops: Vec<String>,
    files: Vec<PathBuf>,
    sleepers: Vec<Child>,
}

impl Others {
    fn new(bench: &Bench) -> Self {
        let mark = bench.state.file_name().unwrap().to_str().unwrap();
        let root = fs::read_to_string("/proc/self/mountinfo").unwrap();
        let unified =
            root.lines().find(|line| line.contains(" - cgroup2 ")).unwrap().split(' ').nth(4).unwrap().to_owned();
        let groups: Vec<PathBuf> =
            [format!("paillasse-foo-{mark}"), format!("machine-{mark}.slice"), format!("libpod-{mark}/m-srv")]
                .map(|name| Path::new(&unified).join(name))
                .to_vec();
        let mut sleepers = Vec::new();
        for group in &groups {
            fs::create_dir_all(group).unwrap();
            let sleeper = Command::new("unshare").args(["--net", "--mount", "sleep", "999"]).spawn().unwrap();
            fs::write(group.join("cgroup.procs"), sleeper.id().to_string()).unwrap();
            sleepers.push(sleeper);
        }
        // Beside the state folder, with its very name at the beginning.
        let beside = PathBuf::from(format!("{}-2/stands/motd-000000/machines/srv/disks", bench.state.display()));
        fs::create_dir_all(&beside).unwrap();
        let (image, plan) = (beside.join("sdb.img"), beside.ancestors().nth(3).unwrap().join("plan.json"));
        File::create(&image).unwrap().set_len(1 << 20).unwrap();
        fs::write(&plan, "{}").unwrap();
        let loops =
            vec![text(&Command::new("losetup").args(["--find", "--show"]).arg(&image).output().unwrap().stdout)];
        for link in ["net0", "m0e0", "net0a"] {
            assert!(Command::new("ip").args(["link", "add", link, "type", "bridge"]).status().unwrap().success());
        }
        // A link in the folder of stands leads elsewhere; a file there is somebody's.
        let stands = bench.state.join("stands");
        std::os::unix::fs::symlink(plan.parent().unwrap(), stands.join("motd-link")).unwrap();
        fs::write(stands.join("notes.txt"), "mine").unwrap();
        Self { groups, loops, files: vec![image, plan, stands.join("notes.txt"), stands.join("motd-link")], sleepers }
    }

    fn are_there(&self) {
        assert!(self.groups.iter().all(|group| group.is_dir()));
        assert!(self.files.iter().all(|file| file.exists()), "{:?}", self.files);
        for device in &self.loops {
            assert!(Command::new("losetup").arg(device.trim()).stdout(Stdio::null()).status().unwrap().success());
        }
        let links = fs::read_to_string("/proc/net/dev").unwrap();
        assert!(["net0:", "m0e0:", "net0a:"].iter().all(|link| links.contains(link)), "{links}");
    }
}

impl Drop for Others {
    fn drop(&mut self) {
        for sleeper in &mut self.sleepers {
            assert!(sleeper.try_wait().unwrap().is_none(), "somebody's process was ended");
            sleeper.kill().unwrap();
            sleeper.wait().unwrap();
        }
        for group in &self.groups {
            fs::remove_dir(group).unwrap();
        }
        if let Some(parent) = self.groups.iter().find(|group| group.ends_with("m-srv")).and_then(|group| group.parent())
        {
            fs::remove_dir(parent).unwrap();
        }
        for device in &self.loops {
            let _ = Command::new("losetup").args(["--detach", device.trim()]).status();
        }
    }
}
