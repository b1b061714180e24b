//! Other ways to get three machines on a LAN, as far as they are installed.

use std::fs;
use std::io::Read as _;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) const FLOOR: &str = "floor (system calls, in C)";
pub(crate) const MININET: &str = "mininet (whole process)";
pub(crate) const MININET_OWN_CLOCK: &str = "mininet (by its own clock)";
const SHELL: &str = "shell (ip netns, unshare)";
const PODMAN: &str = "podman (no LAN)";
const NSPAWN: &str = "systemd-nspawn";

const HERE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/stands");

/// What one round took: until all was up, where that can be told, and until all was gone again.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) up: Option<Duration>,
    pub(crate) all: Duration,
}

type Round<'a> = Box<dyn FnMut() -> Times + 'a>;

/// The peers, each over the same base.
#[derive(Debug)]
pub(crate) struct Peers {
    folder: PathBuf,
    /// Where the base is mounted.
    base: PathBuf,
}

impl Peers {
    /// Mounts the base for them, makes a bridge and builds the floor; all of it in the bench's own namespaces.
    pub(crate) fn prepare(folder: &Path, base: &Path) -> Self {
        let at = folder.join("base");
        fs::create_dir(&at).expect("a folder");
        must(Command::new("mount").args(["-t", "squashfs", "-o", "loop,ro"]).args([base, &at]));
        must(Command::new("ip").args("link add lan type bridge".split(' ')));
        must(Command::new("ip").args("link set lan up".split(' ')));
        must(Command::new("cc").args(["-O2", "-o"]).arg(folder.join("floor")).arg(format!("{HERE}/floor.c")));
        Self { folder: folder.to_path_buf(), base: at }
    }

    /// Those that make machines without systemd.
    pub(crate) fn light(&self) -> Vec<(&'static str, Round<'_>)> {
        let mut all: Vec<(&'static str, Round<'_>)> =
            vec![(FLOOR, Box::new(|| self.floor())), (SHELL, Box::new(|| self.shell()))];
        if are_installed(MININET, &["mn", "brctl"]) {
            all.push((MININET, Box::new(|| mininet().0)));
            all.push((MININET_OWN_CLOCK, Box::new(|| mininet().1)));
        }
        if are_installed(PODMAN, &["podman", "runc"]) {
            all.push((PODMAN, Box::new(|| self.podman())));
        }
        if are_installed(NSPAWN, &["systemd-nspawn"]) {
            all.push((NSPAWN, Box::new(|| self.nspawn(&["--notify-ready=no"], &["/bin/sleep", "infinity"]))));
        }
        all
    }

    /// Those that start systemd in each.
    pub(crate) fn booted(&self) -> Vec<(&'static str, Round<'_>)> {
        let mut all: Vec<(&'static str, Round<'_>)> = Vec::new();
        if are_installed(NSPAWN, &["systemd-nspawn"]) {
            all.push((NSPAWN, Box::new(|| self.nspawn(&["--boot", "--notify-ready=yes"], &[]))));
        }
        all
    }

    fn floor(&self) -> Times {
        let output = Command::new(self.folder.join("floor")).args([&self.folder.join("f"), &self.base]).output();
        let text = String::from_utf8(output.expect("the floor").stdout).expect("text");
        let times: Vec<u64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let &[up, down] = &times[..] else { panic!("the floor failed") };
        Times { up: Some(Duration::from_micros(up)), all: Duration::from_micros(up + down) }
    }

    fn shell(&self) -> Times {
        let folder = self.folder.join("shell");
        let mut script = Command::new("sh");
        script.arg(format!("{HERE}/shell.sh")).args([&folder, &self.base]);
        script.stdin(Stdio::piped()).stdout(Stdio::piped());
        let up = || {
            let mut child = script.spawn().expect("sh");
            let mut word = [0; 3];
            child.stdout.as_mut().expect("its output").read_exact(&mut word).expect("it comes up");
            child
        };
        timed(up, |mut child| {
            drop(child.stdin.take());
            ends_well(child);
        })
    }

    /// Its own network would need a firewall and plug-ins: three containers without one are less work.
    fn podman(&self) -> Times {
        let podman = || {
            let mut command = Command::new("podman");
            command.arg("--root").arg(self.folder.join("podman")).arg("--runroot").arg("/run/podman");
            command.args(["--cgroup-manager=cgroupfs", "--runtime=runc"]);
            command
        };
        let root = format!("{}:O", self.base.display());
        let run = |_| {
            let mut command = podman();
            command.args([
                "run",
                "--detach",
                "--network=none",
                "--ulimit=nofile=1024:1024",
                "--ulimit=nproc=1024:1024",
            ]);
            command.args(["--rootfs", &root, "/bin/sleep", "infinity"]).stdout(Stdio::null()).spawn().expect("podman")
        };
        let up = || (0..3).map(run).collect::<Vec<_>>().into_iter().for_each(ends_well);
        timed(up, |()| must(podman().args(["rm", "--force", "--all", "--time=0"]).stdout(Stdio::null())))
    }

    fn nspawn(&self, mode: &[&str], program: &[&str]) -> Times {
        let start = |number| Container::start(&self.folder, &self.base, number, mode, program);
        let up = || {
            let all: Vec<Container> = (0..3).map(start).collect();
            all.iter().for_each(Container::wait);
            all
        };
        timed(up, |all| all.into_iter().for_each(Container::end))
    }
}

/// A machine of systemd-nspawn, in a process namespace around it: killing that one ends all that is in it.
struct Container {
    outside: Child,
    ready: UnixDatagram,
    groups: Vec<PathBuf>,
}

impl Container {
    fn start(folder: &Path, base: &Path, number: usize, mode: &[&str], program: &[&str]) -> Self {
        let name = format!("paillasse-bench-{}-{number}", std::process::id());
        let socket = folder.join(format!("ready{number}"));
        let _ = fs::remove_file(&socket);
        let ready = UnixDatagram::bind(&socket).expect("a socket");
        ready.set_read_timeout(Some(Duration::from_mins(1))).expect("a time limit");
        let groups: Vec<PathBuf> = hierarchies().iter().map(|mount| mount.join(&name)).collect();
        for group in &groups {
            fs::create_dir(group).expect("a control group");
        }
        // The shell joins the machine's own control groups, then becomes what follows.
        let join = r#"while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs"; shift; done; shift; exec "$@""#;
        let mut command = Command::new("sh");
        command.args(["-eu", "-c", join, "join"]).args(&groups).arg("--");
        command.args(["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "systemd-nspawn", "--quiet"]);
        command.args(["--volatile=overlay", "--register=no", "--keep-unit", "--network-bridge=lan"]);
        command.args(["--console=read-only", "--machine", &name, "--directory"]).arg(base).args(mode).args(program);
        command.env("NOTIFY_SOCKET", &socket).stdin(Stdio::null()).stderr(Stdio::null()).stdout(Stdio::piped());
        Self { outside: command.spawn().expect("sh"), ready, groups }
    }

    fn wait(&self) {
        let mut said = [0; 4096];
        loop {
            let length = self.ready.recv(&mut said).expect("systemd-nspawn says that it is ready");
            if said.get(..length).unwrap_or_default().split(|byte| *byte == b'\n').any(|line| line == b"READY=1") {
                return;
            }
        }
    }

    /// Kills it; over once nothing holds its output any more.
    fn end(mut self) {
        self.outside.kill().expect("it ran");
        self.outside.wait().expect("it ended");
        let mut rest = Vec::new();
        self.outside.stdout.take().expect("its output").read_to_end(&mut rest).expect("its end");
        for group in &self.groups {
            remove_group(group);
        }
    }
}

/// The deepest first; the kernel takes a moment to let go of what has ended.
fn remove_group(group: &Path) {
    let below = fs::read_dir(group).into_iter().flatten().flatten().map(|entry| entry.path());
    below.filter(|path| path.is_dir()).for_each(|path| remove_group(&path));
    let end = Instant::now() + Duration::from_secs(10);
    while fs::remove_dir(group).is_err() && group.exists() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The control group hierarchies that systemd works in: version 2, and version 1's named one where there is one.
fn hierarchies() -> Vec<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mounts").expect("/proc");
    let lines = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let is_systemds = |fields: &Vec<&str>| {
        fields[2] == "cgroup2" || (fields[2] == "cgroup" && fields[3].split(',').any(|word| word == "name=systemd"))
    };
    lines.filter(is_systemds).map(|fields| PathBuf::from(fields[1])).collect()
}

/// As a whole process, and from when Python has started to its own last words.
fn mininet() -> (Times, Times) {
    let began = Instant::now();
    let mut command = Command::new("mn");
    command.args(["--topo", "single,3", "--switch", "lxbr", "--controller", "none", "--test", "none"]);
    let output = command.output().expect("mn");
    let all = began.elapsed();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    let own = words.rsplit_once("completed in ").and_then(|(_, rest)| rest.split(' ').next()?.parse().ok());
    let own = Duration::from_secs_f64(own.expect("mininet says how long it took"));
    (Times { up: None, all }, Times { up: None, all: own })
}

fn timed<T>(up: impl FnOnce() -> T, down: impl FnOnce(T)) -> Times {
    let began = Instant::now();
    let made = up();
    let up = began.elapsed();
    down(made);
    Times { up: Some(up), all: began.elapsed() }
}

/// Says which of a peer's programs is missing.
fn are_installed(peer: &str, programs: &[&str]) -> bool {
    let missing: Vec<&&str> = programs.iter().filter(|program| which::which(program).is_err()).collect();
    if !missing.is_empty() {
        println!("{peer}: left out, not installed: {missing:?} (benches/run installs it)");
    }
    missing.is_empty()
}

fn must(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

fn ends_well(mut child: Child) {
    assert!(child.wait().expect("it ran").success(), "it failed");
}
