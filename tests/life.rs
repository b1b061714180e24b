//! The life of a stand by the command line: paused and resumed, states kept and gone back to, machines switched off from
//! inside. Root, the base and the kernel's namespaces are needed, and missed loudly.

#![expect(clippy::unwrap_used, reason = "a test that fails says where")]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

const STAND: &str = r#"
[[stand.machine]]
name = "pc"
[[stand.network]]
name = "lan"
attach = { srv = "10.9.0.1/24", pc = "10.9.0.2/24" }
[[stand.disk]]
machine = "srv"
name = "sdb"
size = "64MiB"
[[stand.setup]]
"#;

/// A lab of two machines, a network and a disk, of which this is the only stand by that name; a record of its own.
struct Bench {
    home: TempDir,
    stand: String,
}

impl Bench {
    fn new() -> Self {
        let home = tempdir().unwrap();
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/prove/motd");
        assert!(Command::new("cp").arg("-r").arg(fixture).arg(home.path()).status().unwrap().success());
        let lab = home.path().join("motd/lab.toml");
        let text = fs::read_to_string(&lab).unwrap();
        let text = text.replacen("[stand]", "[stand]\nisolation = \"privileged\"", 1);
        fs::write(lab, text.replacen("[[stand.setup]]", STAND, 1)).unwrap();
        Self { home, stand: String::new() }
    }

    fn up() -> Self {
        let mut bench = Self::new();
        bench.said(&["stand", "up", "motd"]).trim().clone_into(&mut bench.stand);
        bench
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_paillasse"));
        command.env("PAILLASSE_DATA", self.home.path().join("data"));
        command.args(["--lang", "en", "--labs"]).arg(self.home.path()).args(args);
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

    fn refused(&self, args: &[&str]) -> String {
        let out = self.output(args);
        assert_eq!(out.status.code(), Some(2), "{args:?}: {}", text(&out.stdout));
        text(&out.stderr)
    }

    fn exec(&self, machine: &str, script: &str) -> String {
        let out = self.output(&["stand", "exec", &format!("{}:{machine}", self.stand), "--", "sh", "-c", script]);
        text(&out.stdout) + &text(&out.stderr)
    }

    /// PID 1 of a machine as the PC sees it; none while it is down.
    fn pid(&self, machine: &str) -> Option<i64> {
        let listed: Value = serde_json::from_str(&self.said(&["stand", "list", "--json"])).unwrap();
        let stand = listed.as_array().unwrap().iter().find(|stand| stand["id"] == self.stand.as_str())?.clone();
        let machine = stand["machines"].as_array()?.iter().find(|known| known["name"] == machine)?.clone();
        machine["pid"].as_i64()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if !self.stand.is_empty() {
            self.said(&["stand", "down", &self.stand]);
        }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Waits for this to become true; not for ever.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_mins(1);
    while !is_so() {
        assert!(Instant::now() < end, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_state_that_was_kept_comes_back_with_its_files_and_disks() {
    let bench = Bench::up();
    let stand = bench.stand.as_str();
    bench.exec("srv", "mkfs.ext4 -q /dev/sdb; mount /dev/sdb /mnt; echo disk > /mnt/f; echo file > /root/f");
    bench.exec("pc", "echo pc > /root/f");
    // The disk is mounted and written to while its state is kept.
    bench.said(&["stand", "snapshot", "phase-1", "--stand", stand]);
    let wreck =
        "rm -f /root/f /mnt/f /etc/hostname; umount /mnt; dd if=/dev/zero of=/dev/sdb bs=1M count=8 status=none";
    bench.exec("srv", wreck);
    bench.exec("pc", "rm /root/f");
    bench.said(&["stand", "restore", "phase-1", &format!("{stand}:srv")]);
    assert_eq!(bench.exec("srv", "cat /root/f /etc/hostname; mount /dev/sdb /mnt && cat /mnt/f"), "file\nsrv\ndisk\n");
    assert_ne!(bench.exec("pc", "cat /root/f"), "pc\n", "only the machine asked for");
    bench.said(&["stand", "restore", "phase-1", "--stand", stand]);
    assert_eq!(bench.exec("pc", "cat /root/f; ping -c1 -W2 10.9.0.1 > /dev/null && echo reached"), "pc\nreached\n");
    bench.said(&["stand", "reset", "--stand", stand]);
    assert_eq!(bench.exec("srv", "cat /root/f 2>/dev/null; blkid /dev/sdb; ls /srv"), "note\n");
    // A state has a plain name, and exists; "start" stays what it is.
    assert!(bench.refused(&["stand", "restore", "phase-2", "--stand", stand]).contains("phase-2"));
    for name in ["start", "..", "a/b", "A", "", "x.part"] {
        bench.refused(&["stand", "snapshot", name, "--stand", stand]);
    }
}

#[test]
fn a_paused_stand_leaves_nothing_running_and_goes_on_where_it_was() {
    let bench = Bench::up();
    let stand = bench.stand.as_str();
    let folder = paillasse::paths::state().join("stands").join(stand);
    bench.exec(
        "srv",
        "mkfs.ext4 -q /dev/sdb; echo '/dev/sdb /srv/w ext4 defaults 0 2' >> /etc/fstab; mkdir -p /srv/w; mount /srv/w
         echo disk > /srv/w/f; echo root > /root/f
         printf '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStop=/bin/sh -c \"echo ended > /root/ended\"\n' \
             > /etc/systemd/system/last.service; systemctl start last",
    );
    bench.said(&["stand", "pause", stand]);
    assert_eq!(bench.pid("srv"), None);
    assert_eq!(groups_of(stand), Vec::<String>::new());
    let loops = text(&Command::new("losetup").args(["--noheadings", "--list"]).output().unwrap().stdout);
    assert!(!loops.contains(folder.to_str().unwrap()), "{loops}");
    bench.said(&["stand", "pause", stand]);
    bench.said(&["stand", "resume", stand]);
    // The services were stopped in good order, and the disk is mounted again.
    assert_eq!(
        bench.exec("srv", "cat /srv/w/f /root/f /root/ended; findmnt -no SOURCE /srv/w"),
        "disk\nroot\nended\n/dev/sdb\n"
    );
    assert_eq!(bench.exec("srv", "ping -c1 -W2 10.9.0.2 > /dev/null; systemctl is-system-running"), "running\n");
}

/// Control groups of a stand, wherever.
fn groups_of(stand: &str) -> Vec<String> {
    let out = Command::new("find").args(["/sys/fs/cgroup", "-type", "d", "-name", stand]).output().unwrap();
    text(&out.stdout).lines().map(str::to_owned).collect()
}

#[test]
fn a_machine_switched_off_or_restarted_from_inside_comes_back_on_its_disk() {
    let bench = Bench::up();
    bench.exec("srv", "mkfs.ext4 -q /dev/sdb; echo start > /root/f");
    for way in ["reboot", "poweroff", "systemctl halt"] {
        let before = bench.pid("srv").unwrap();
        bench.exec("srv", &format!("echo '{way}' > /root/f; {way}"));
        until(way, || bench.pid("srv").is_some_and(|pid| pid != before));
        until("it runs", || bench.exec("srv", "systemctl is-system-running") == "running\n");
        assert_eq!(bench.exec("srv", "cat /root/f; blkid -o value -s TYPE /dev/sdb"), format!("{way}\next4\n"));
    }
    let before = bench.pid("srv");
    bench.said(&["stand", "reboot", &format!("{}:srv", bench.stand)]);
    assert_ne!(bench.pid("srv"), before);
    assert_eq!(
        bench.exec("srv", "cat /root/f; ping -c1 -W2 10.9.0.2 > /dev/null && echo reached"),
        "systemctl halt\nreached\n"
    );
}

/// What is put back by hand beside the app clears what the attempt had earned, on every machine.
#[test]
fn a_reset_beside_the_app_clears_what_the_attempt_had_earned() {
    let mut bench = Bench::new();
    let mut app = bench.command(&["run", "motd", "--plain", "--seed", "1"]);
    let mut app = app.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(app.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut points = |app: &mut std::process::Child, command: &str| {
        app.stdin.as_mut().unwrap().write_all(command.as_bytes()).unwrap();
        let line = said.find(|line| line.contains("points of")).unwrap();
        line.split(',').next().unwrap().to_owned()
    };
    let at_first = points(&mut app, "");
    let stands = bench.said(&["stand", "list", "--json"]);
    let stands: Value = serde_json::from_str(&stands).unwrap();
    let own = |stand: &&Value| stand["id"].as_str().unwrap().starts_with("motd-") && stand["held"] == true;
    let own: Vec<&Value> = stands.as_array().unwrap().iter().filter(own).collect();
    assert_eq!(own.len(), 1, "{stands}");
    let stand = own[0]["id"].as_str().unwrap().to_owned();
    bench.stand.clone_from(&stand);
    bench.exec("srv", "echo 'maintenance 20h 22h' > /etc/motd; chmod 644 /etc/motd");
    let earned = points(&mut app, "check\n");
    assert_ne!(earned, at_first);
    // Of the other machine: what was seen of one may depend on another.
    bench.said(&["stand", "reset", "pc", "--stand", &stand]);
    let report = bench.output(&["stand", "pause", &stand]);
    assert_eq!(report.status.code(), Some(2), "machines somebody works on are not paused under their hands");
    assert_eq!(points(&mut app, "check\n"), earned, "what still holds is seen again");
    bench.said(&["stand", "reset", "srv", "--stand", &stand]);
    assert_eq!(points(&mut app, "check\n"), at_first);
    app.stdin.take().unwrap().write_all(b"quit\n").unwrap();
    app.wait().unwrap();
    let record = paillasse::record::Store::open(&bench.home.path().join("data")).unwrap().0;
    let resets = record.entries(1, 0).unwrap().into_iter().filter(|entry| entry.kind == "reset").count();
    assert_eq!(resets, 4, "each before and after");
}
