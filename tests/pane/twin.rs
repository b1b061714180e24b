//! The same program, keys and size in our terminal and in tmux's: what tmux shows is the reference.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use paillasse::pane::driver::Driver;

use crate::{SOON, local};

const COLS: u16 = 80;
const ROWS: u16 = 24;

/// A program in both.
struct Twins {
    ours: Driver,
    tmux: Tmux,
}

impl Twins {
    fn start(name: &str, argv: &[&str]) -> Self {
        let tmux = Tmux::start(name, argv);
        let ours = Driver::start(local(argv), COLS, ROWS).expect("a terminal");
        Self { ours, tmux }
    }

    /// Types a text, in both.
    fn types(&mut self, text: &str) -> &mut Self {
        self.ours.type_text(text);
        self.tmux.run(&["send-keys", "-l", &text.replace('\n', "\r")]);
        self
    }

    /// Presses a key, in both. tmux names keys in its own way: `C-x`, `NPage`.
    fn presses(&mut self, key: &str, for_tmux: &str) -> &mut Self {
        self.ours.key(key).unwrap();
        self.tmux.run(&["send-keys", for_tmux]);
        self
    }

    /// Waits until a text is on both screens, and both are the same.
    fn show(&mut self, text: &str) -> &mut Self {
        self.show_alike(text, str::to_owned)
    }

    /// The same, after each row has been cleared of what changes by itself.
    fn show_alike(&mut self, text: &str, steady: fn(&str) -> String) -> &mut Self {
        let rows = |screen: String| screen.lines().map(steady).collect::<Vec<_>>();
        let deadline = Instant::now() + SOON;
        loop {
            let ours = rows(self.ours.settle(Duration::from_millis(300)).text());
            let theirs = rows(self.tmux.screen());
            if ours == theirs && ours.iter().any(|row| row.contains(text)) {
                return self;
            }
            if Instant::now() > deadline {
                assert_eq!(ours.join("\n"), theirs.join("\n"), "ours at the left, tmux's at the right");
                panic!("{text:?} is on neither:\n{}", ours.join("\n"));
            }
        }
    }
}

/// A tmux server of its own, ended with its value.
struct Tmux {
    socket: tempfile::TempDir,
}

impl Tmux {
    fn start(name: &str, argv: &[&str]) -> Self {
        let tmux = Self { socket: tempfile::tempdir().unwrap() };
        let (cols, rows) = (COLS.to_string(), ROWS.to_string());
        let session = ["new-session", "-d", "-s", name, "-x", &cols, "-y", &rows];
        let environment = ["env", "-u", "TMUX", "TERM=xterm-256color", "COLORTERM=truecolor", "LC_ALL=C.UTF-8"];
        let options = ["set", "-g", "status", "off", ";"];
        tmux.run(&[&options[..], &session, &environment, argv].concat());
        tmux
    }

    fn run(&self, arguments: &[&str]) -> String {
        let output = Command::new("tmux")
            .args(["-f", "/dev/null", "-S"])
            .arg(self.socket.path().join("socket"))
            .args(arguments)
            .env_remove("TMUX")
            .env("LC_ALL", "C.UTF-8")
            .output()
            .expect("tmux (tests/packages.txt)");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn screen(&self) -> String {
        self.run(&["capture-pane", "-p"]).lines().map(|row| row.trim_end().to_owned() + "\n").collect()
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        kill_server(&self.socket.path().join("socket"));
    }
}

fn kill_server(socket: &Path) {
    // Gone already, perhaps: then there is nothing to end.
    let _ = Command::new("tmux").arg("-S").arg(socket).arg("kill-server").env_remove("TMUX").output();
}

/// A text of 200 lines with what is hard to show: accents, wide characters, long lines, tabs.
fn sample(folder: &Path) -> String {
    let path = folder.join("sample.txt");
    let lines: String = (1..=200)
        .map(|n| match n % 4 {
            0 => format!("{n}\tcolonne\tà côté\n"),
            1 => format!("{n} 日本語の行 🙂 fin\n"),
            2 => format!("{n} {}\n", "très long ".repeat(12)),
            _ => format!("{n} ligne\n"),
        })
        .collect();
    std::fs::write(&path, lines).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn cat_and_escape_sequences() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("escapes");
    let text = "\x1b[2J\x1b[5;10Hici\x1b[31m rouge\x1b[0m\x1b[K\x1b[10;1H日本\x1b[D\x1b[1C|\x1b[12;1H\x1b[4h<\x1b[4l\
                \x1b[14;20r\x1b[20;1Ha\nb\nc\x1b[r\x1b[22;70Hdroite et la suite\x1b[24;1Hend";
    std::fs::write(&path, text).unwrap();
    Twins::start("cat", &["sh", "-c", "stty -echo; cat \"$0\"; sleep 600", path.to_str().unwrap()]).show("end");
}

#[test]
fn vim() {
    let folder = tempfile::tempdir().unwrap();
    let file = sample(folder.path());
    let mut twins = Twins::start("vim", &["vim.tiny", "-u", "NONE", "-i", "NONE", "-n", &file]);
    twins.show("1 日本語の行").presses("Ctrl-F", "C-f").show("34 très");
    twins
        .types("gg")
        .presses("Down", "Down")
        .presses("End", "End")
        .types("a ajouté à la main")
        .show("ajouté à la main");
    twins.presses("Esc", "Escape").types("dd3Gp:set number\n").show("18 18");
}

#[test]
fn less() {
    let folder = tempfile::tempdir().unwrap();
    let file = sample(folder.path());
    let mut twins = Twins::start("less", &["less", "-N", &file]);
    twins.show("日本語の行").presses("PageDown", "NPage").show("20 20").types("/99 ligne\n").show("99 ligne");
    twins.types("G").show("(END)").presses("Up", "Up").types("g").show("1 日本語の行");
}

#[test]
fn nano() {
    let folder = tempfile::tempdir().unwrap();
    let file = sample(folder.path());
    let mut twins = Twins::start("nano", &["nano", "--ignorercfiles", &file]);
    twins.show("200 lines").presses("PageDown", "NPage").types("inséré 日本").show("inséré 日本");
    twins
        .presses("Ctrl-w", "C-w")
        .types("150 très\n")
        .show("150 très")
        .presses("Ctrl-x", "C-x")
        .show("Save modified buffer");
}

#[test]
fn htop() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("htoprc");
    std::fs::write(&config, "hide_userland_threads=1\n").unwrap();
    let config = format!("HTOPRC={}", config.display());
    let mut twins = Twins::start("htop", &["env", &config, "htop"]);
    // Loads, times and processes change; the frame around them doesn't.
    let steady =
        |row: &str| if row.starts_with("F1Help") || row.contains("PID USER") { row.to_owned() } else { String::new() };
    twins.show_alike("F10Quit", steady).presses("F1", "F1");
    twins.show_alike("htop 3", |row| if row.starts_with("htop 3") { row.to_owned() } else { String::new() });
}

/// A folder of tmux sockets, whose servers end with it.
struct Servers(tempfile::TempDir);

impl Drop for Servers {
    fn drop(&mut self) {
        for socket in std::fs::read_dir(self.0.path()).into_iter().flatten().flatten() {
            kill_server(&socket.path());
        }
    }
}

#[test]
fn tmux_within() {
    let servers = Servers(tempfile::tempdir().unwrap());
    let socket = servers.0.path().join("socket");
    // One server for each (`$$`), and the same words on the status line.
    let script = "exec tmux -f /dev/null -S \"$0.$$\" new-session -s twin 'PS1=\"> \" sh' \\; set -g status-right '' \\; \
                  set -g status-left 'twin '";
    let mut twins = Twins::start("tmux", &["sh", "-c", script, socket.to_str().unwrap()]);
    twins.show("twin").types("echo 日本 $((6*7))\n").show("日本 42");
    twins.presses("Ctrl-b", "C-b").types("%").show("│").types("seq 1 40\n").show("40");
    twins.presses("Ctrl-b", "C-b").types("\"").show("─").types("echo bas\n").show("bas");
}
