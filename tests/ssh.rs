//! The driver `ssh` against a real sshd: a machine of a stand, reached from the network namespace of its neighbour, so that
//! the PC's own network has no part in it. Root and the base are needed, and missed loudly.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use paillasse::stand::{Link, Machine, Network, Plan, Script, Stand};

/// Long enough for anything on a loaded PC.
const PATIENCE: Duration = Duration::from_secs(90);

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_paillasse"))
}

/// A prepared machine `srv`, the neighbour this thread is on, and a person's data folder.
struct Room {
    stand: Option<Stand>,
    data: tempfile::TempDir,
}

impl Room {
    fn new() -> Self {
        paillasse::stand::use_program(program());
        let data = tempfile::tempdir().unwrap();
        for key in ["key", "other"] {
            let mut keygen = Command::new("ssh-keygen");
            keygen.args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(data.path().join(key));
            assert!(keygen.status().is_ok_and(|status| status.success()), "ssh-keygen (openssh-client)");
        }
        let public = fs::read_to_string(data.path().join("key.pub")).unwrap();
        let machine = |name: &str, last: u8| Machine {
            name: name.into(),
            user: "root".into(),
            links: vec![Link {
                network: "lan".into(),
                addresses: vec![([10, 66, 0, last].into(), 24)],
                mac: [2, 0, 0, 0x66, 0, last],
                ..Link::default()
            }],
            ..Machine::default()
        };
        let prepare = format!(
            "ssh-keygen -A > /dev/null; mkdir -p /root/.ssh; echo '{}' > /root/.ssh/authorized_keys\nsystemctl restart ssh",
            public.trim()
        );
        let plan = Plan {
            lab: "test-ssh".into(),
            seed: 1,
            machines: vec![Machine { enable: vec!["ssh".into()], ..machine("srv", 1) }, machine("pc", 2)],
            networks: vec![Network { name: "lan".into(), ..Network::default() }],
            setups: vec![Script { machine: "srv".into(), name: "prepare.sh".into(), body: prepare }],
            ..Plan::default()
        };
        let stand = Stand::up(&plan, &mut |_| ()).unwrap();
        let pid = stand.machines().unwrap().into_iter().find(|machine| machine.name == "pc").unwrap().pid.unwrap();
        let room = Self { stand: Some(stand), data };
        let network = fs::File::open(format!("/proc/{pid}/ns/net")).unwrap();
        nix::sched::setns(network, nix::sched::CloneFlags::CLONE_NEWNET).unwrap();
        room.write_machines("key", &room.host_key(), "");
        room
    }

    /// What `srv` says to a command, run past SSH.
    fn srv(&self, script: &str) -> String {
        let argv = ["sh", "-c", script].map(str::to_owned);
        let output = self.stand.as_ref().unwrap().exec("srv", &argv, b"").unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn host_key(&self) -> String {
        self.srv("cut -d' ' -f1,2 /etc/ssh/ssh_host_ed25519_key.pub")
    }

    fn write_machines(&self, key: &str, host_key: &str, more: &str) {
        let key = self.data.path().join(key);
        let text =
            format!("[srv]\nhost = \"10.66.0.1\"\nkey = \"{}\"\nhost-key = \"{host_key}\"\n{more}", key.display());
        fs::write(self.data.path().join("machines.toml"), text).unwrap();
    }

    fn paillasse(&self, args: &[&str]) -> Command {
        let labs: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/ssh");
        let mut command = Command::new(program());
        command.env("PAILLASSE_DATA", self.data.path()).args(["--lang", "en", "--labs"]).arg(labs).args(args);
        command
    }

    fn says(&self, args: &[&str]) -> String {
        let output = self.paillasse(args).stdin(Stdio::null()).output().unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    /// Criterion → its status, and everything that was said.
    fn check(&self, more: &[&str]) -> (BTreeMap<String, String>, String) {
        let output = self.paillasse(&[&["check", "--format", "json"], more].concat()).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let json: serde_json::Value = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)));
        let one = |row: &serde_json::Value| Some((row["id"].as_str()?.to_owned(), row["status"].as_str()?.to_owned()));
        (json["criteria"].as_array().unwrap().iter().filter_map(one).collect(), text)
    }

    fn agents(&self) -> String {
        self.srv("ls -d /dev/shm/paillasse-agent.* /tmp/paillasse-agent.* 2> /dev/null | tr '\\n' ' '")
    }

    fn comes_to_be(&self, what: &str, is_so: impl Fn() -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so() {
            assert!(Instant::now() < end, "{what}: {}", self.agents());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if let Some(stand) = self.stand.take() {
            stand.down(&mut |_| ()).unwrap();
        }
    }
}

/// An attempt in lines of text, as a person works on it.
struct Attempt {
    child: Child,
    stdin: ChildStdin,
    lines: BufReader<ChildStdout>,
}

impl Attempt {
    fn start(room: &Room) -> Self {
        let mut command = room.paillasse(&["run", "distant", "--seed", "1", "--plain"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
        let (stdin, lines) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, stdin, lines }
    }

    /// Everything up to the line of the score.
    fn verdicts(&mut self) -> String {
        let mut said = String::new();
        while self.lines.read_line(&mut said).unwrap() > 0 {
            if said.lines().last().is_some_and(|line| line.contains(" points of ")) {
                return said;
            }
        }
        panic!("it ended: {said}")
    }

    fn check_says(&mut self, words: &str) {
        let said = self.check();
        assert!(said.contains(words), "{said}");
    }

    fn check(&mut self) -> String {
        self.stdin.write_all(b"check\n").unwrap();
        self.verdicts()
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn status<'a>(seen: &'a (BTreeMap<String, String>, String), id: &str) -> &'a str {
    seen.0.get(id).map_or("none", String::as_str)
}

#[test]
fn a_prepared_machine_is_checked_and_left_as_it_was() {
    let room = Room::new();
    assert!(room.says(&["doctor"]).contains("srv can be reached by SSH"), "{}", room.says(&["doctor"]));
    // A session that died with its machine's power left this; a living shell's is another session's.
    room.srv(
        "mkdir /dev/shm/paillasse-agent.4000000 /dev/shm/paillasse-agent.1; touch /dev/shm/paillasse-agent.4000000/x",
    );

    let mut attempt = Attempt::start(&room);
    let said = attempt.verdicts();
    assert!(said.contains("It is the server"), "{said}");
    let there = room.agents();
    assert!(!there.contains("4000000") && there.contains("agent.1 ") && there.split(' ').count() >= 2, "{there}");
    room.srv("rmdir /dev/shm/paillasse-agent.1; echo bienvenue > /etc/accueil");
    attempt.check_says("3 points of 4");

    // Cut in the middle: the agent is sent again, and what can't be told meanwhile is never a failure.
    room.srv("pkill -f 'sshd: root@nott[y]'");
    attempt.check_says("3 points of 4");
    room.srv("systemctl stop ssh; pkill -f 'sshd: root@nott[y]'");
    let (_, told) = room.check(&[]);
    let said = attempt.check();
    assert!(
        said.contains("could not be reached") && told.contains("unknown") && !told.contains("\"fail\""),
        "{said}{told}"
    );
    room.srv("systemctl start ssh");
    attempt.check_says("3 points of 4");

    // However it ends, nothing of it stays.
    room.comes_to_be("one agent", || room.agents().split_whitespace().count() == 1);
    attempt.child.kill().unwrap();
    room.comes_to_be("no agent", || room.agents().is_empty());
    assert_eq!(room.srv("pgrep -fc 'agent --idl[e]'"), "0");
    drop(attempt);

    wrong_keys_are_refused(&room);
    restarts_only_where_it_may(&room);
    room.comes_to_be("no agent", || room.agents().is_empty());
}

fn wrong_keys_are_refused(room: &Room) {
    let other = fs::read_to_string(room.data.path().join("other.pub")).unwrap();
    let other = other.split(' ').take(2).collect::<Vec<_>>().join(" ");
    for (key, host_key, words) in [
        ("key", other.as_str(), "does not have the key expected"),
        ("other", room.host_key().as_str(), "refuses the key"),
    ] {
        room.write_machines(key, host_key, "");
        let seen = room.check(&[]);
        assert_eq!((status(&seen, "greeting"), status(&seen, "name")), ("unknown", "unknown"), "{}", seen.1);
        assert!(seen.1.contains(words), "{}", seen.1);
        assert!(room.says(&["doctor"]).contains(words));
    }
    assert!(room.agents().is_empty());
    fs::remove_file(room.data.path().join("machines.toml")).unwrap();
    assert!(room.says(&["show", "distant"]).contains("machines.toml"));
    room.write_machines("key", &room.host_key(), "");
}

fn restarts_only_where_it_may(room: &Room) {
    let before = room.srv("cut -d' ' -f22 /proc/1/stat");
    let seen = room.check(&["--final"]);
    assert_eq!((status(&seen, "greeting"), status(&seen, "survives")), ("pass", "unknown"), "{}", seen.1);
    assert!(seen.1.contains("will not be restarted"), "{}", seen.1);
    assert_eq!(room.srv("cut -d' ' -f22 /proc/1/stat"), before);
    room.write_machines("key", &room.host_key(), "reboot = true\n");
    let seen = room.check(&["--final"]);
    assert_eq!((status(&seen, "greeting"), status(&seen, "survives")), ("pass", "pass"), "{}", seen.1);
    assert_ne!(room.srv("cut -d' ' -f22 /proc/1/stat"), before);
}
