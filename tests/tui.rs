//! The real program in a real terminal, by keys alone.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "clippy.toml allows them in test functions, not in their helpers"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use paillasse::pane::Terminal;
use paillasse::pane::driver::Driver;
use ratatui::layout::Rect;

const SOON: Duration = Duration::from_secs(30);
/// For machines that start or restart on a busy PC.
const LATER: Duration = Duration::from_mins(2);

/// A person with folders of their own, and a lab about this PC that asks for one file.
struct Person {
    home: tempfile::TempDir,
}

impl Person {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let lab = home.path().join("labs/a-fichier");
        fs::create_dir_all(&lab).expect("a lab's folder");
        let wanted = home.path().join("rendu");
        fs::write(lab.join("lab.toml"), LAB.replace("WANTED", wanted.to_str().unwrap())).unwrap();
        fs::write(lab.join("brief.fr.md"), "# Ordre\n\nDéposez le fichier.\n").unwrap();
        fs::write(lab.join("brief.en.md"), "# Order\n\nPut the file there.\n").unwrap();
        Self { home }
    }

    fn wanted(&self) -> PathBuf {
        self.home.path().join("rendu")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Terminal::local(env!("CARGO_BIN_EXE_paillasse"));
        command
            .args(["--labs", self.home.path().join("labs").to_str().unwrap()])
            .args(args)
            .env("PAILLASSE_DATA", self.home.path().join("data"))
            .env("PAILLASSE_STATE", self.home.path().join("state"))
            .env("LC_ALL", "C.UTF-8")
            .env("SHELL", "/bin/sh")
            .env("PS1", "$ ")
            .env_remove("NO_COLOR")
            .env_remove("TMUX");
        command
    }

    fn starts(&self, args: &[&str], (cols, rows): (u16, u16)) -> Driver {
        Driver::start(self.command(args), cols, rows).expect("a terminal")
    }

    /// Opens the lab and starts it (or goes on with it), up to the first shell's prompt.
    fn at_work(&self) -> Driver {
        let mut app = self.starts(&["run", "a-fichier"], (100, 30));
        app.wait_for("Tout est prêt.", SOON).unwrap();
        app.key("Enter").unwrap();
        app.wait_for("F5 vérifier", SOON).unwrap();
        app.wait_for("$ ", SOON).unwrap();
        app
    }
}

const LAB: &str = r#"
format = 1
id = "a-fichier"
title = { fr = "Déposer un fichier", en = "Put a file" }
competence = "2023-02"
skills = []
level = 1
duration = "20min"

[ticket]
from = { name = "Nadia Le Goff", role = { fr = "comptable", en = "accountant" } }
channel = "phone"
text = { fr = "Il manque un fichier.", en = "A file is missing." }

[stand]
driver = "here"

[[criterion]]
id = "there"
title = { fr = "Le fichier est là", en = "The file is there" }
points = 2
probe = { file = { path = "WANTED" } }
expect = { exists = true }

[[hint]]
cost = 1
text = { fr = "Regardez le dossier.", en = "Look at the folder." }

[[solution]]
name = "touch"
[[solution]]
name = "cp"
"#;

/// The same on a machine, where the file has to be there after a restart too.
const ON_A_MACHINE: &str = r#"
[stand]
[[stand.machine]]
name = "srv"
shell = true

[[criterion]]
id = "survives"
title = { fr = "Il reste après un redémarrage", en = "It stays after a restart" }
points = 1
after = "reboot"
needs = ["there"]
probe = { file = { path = "WANTED" } }
expect = { exists = true }
"#;

fn press(app: &mut Driver, keys: &[&str]) {
    for key in keys {
        app.key(key).expect("a key's name");
        app.settle(Duration::from_millis(300));
    }
}

fn leaves(app: &mut Driver) {
    assert!(app.wait_for_end(SOON).unwrap().success());
}

#[test]
fn the_first_frame_comes_at_once_and_q_leaves() {
    let person = Person::new();
    let begin = Instant::now();
    let mut app = person.starts(&[], (80, 24));
    app.wait_for("Paillasse", SOON).unwrap();
    // The bench has the true figure; this only catches the network or the disk in the way of the first frame.
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    app.wait_for("Active Directory", SOON).unwrap();
    press(&mut app, &["q"]);
    leaves(&mut app);
}

#[test]
fn every_competence_is_reached_by_keys_and_the_language_switches() {
    let mut app = Person::new().starts(&[], (120, 40));
    app.wait_for("Active Directory", SOON).unwrap();
    for number in 1..=9 {
        press(&mut app, &[&number.to_string()]);
        app.wait_for(&format!("▸{number} "), SOON).unwrap();
    }
    press(&mut app, &["F2"]);
    app.wait_for("Network devices", SOON).unwrap();
    press(&mut app, &["?"]);
    app.wait_for("go to a competence", SOON).unwrap();
    press(&mut app, &["F2"]);
    app.wait_for("aller à une compétence", SOON).unwrap();
    press(&mut app, &["Esc", "q"]);
    leaves(&mut app);
}

#[test]
fn any_size_is_survived_and_a_tiny_one_says_what_is_needed() {
    let mut app = Person::new().starts(&[], (80, 24));
    app.wait_for("Active Directory", SOON).unwrap();
    for step in 0..60_u16 {
        app.terminal().resize(20 + step * 37 % 180, 5 + step * 13 % 50).unwrap();
        app.settle(Duration::from_millis(20));
    }
    app.terminal().resize(20, 5).unwrap();
    app.wait_for("Terminal trop petit", SOON).unwrap();
    app.terminal().resize(60, 20).unwrap();
    app.wait_for("Active Directory", SOON).unwrap();
    press(&mut app, &["q"]);
    leaves(&mut app);
}

#[test]
fn from_the_first_screen_to_a_passed_lab_by_keys_alone() {
    let person = Person::new();
    let mut app = person.starts(&[], (100, 30));
    app.wait_for("Active Directory", SOON).unwrap();
    press(&mut app, &["2", "Enter"]);
    app.wait_for("Il manque un fichier.", SOON).unwrap();
    press(&mut app, &["Enter"]);
    app.wait_for("0/1 acquis", SOON).unwrap();
    press(&mut app, &["2"]);
    app.wait_for("✘ Le fichier est là", SOON).unwrap();
    press(&mut app, &["F6"]);
    app.type_text(&format!("touch {}\n", person.wanted().display()));
    app.wait_for("✔ Le fichier est là", SOON).unwrap();
    app.wait_for("1/1 acquis", SOON).unwrap();
    press(&mut app, &["F10"]);
    app.wait_for("Terminer et rendre", SOON).unwrap();
    press(&mut app, &["Enter"]);
    app.wait_for("2 points sur 2", SOON).unwrap();
    press(&mut app, &["e"]);
    app.wait_for("Dossier écrit", SOON).unwrap();
    press(&mut app, &["Enter", "Esc"]);
    app.wait_for("✔ 2/2", SOON).unwrap();
    press(&mut app, &["q"]);
    leaves(&mut app);
}

/// Two clicks on a text of the screen.
fn twice_on(app: &mut Driver, text: &str) {
    let screen = app.terminal().screen();
    let (cols, rows) = (screen.cells.area.width, screen.cells.area.height);
    let at = (0..rows).find_map(|row| {
        let line: Vec<&str> = (0..cols).map(|column| screen.cells[(column, row)].symbol()).collect();
        let column = (0..line.len()).find(|column| line[*column..].concat().starts_with(text))?;
        Some((u16::try_from(column).unwrap(), row))
    });
    let (column, row) = at.unwrap();
    let left = MouseButton::Left;
    for kind in [MouseEventKind::Down(left), MouseEventKind::Up(left)].repeat(2) {
        let event = MouseEvent { kind, column, row, modifiers: KeyModifiers::NONE };
        app.terminal().mouse(event, Rect { x: 0, y: 0, width: cols, height: rows });
    }
}

#[test]
fn what_a_shell_showed_is_found_again_and_what_the_mouse_selects_is_copied() {
    let person = Person::new();
    let mut app = person.at_work();
    app.key("F6").unwrap();
    app.type_text("echo AIG''UILLE; seq 1 300\n");
    app.wait_for("│300", SOON).unwrap();
    app.key("Alt-/").unwrap();
    app.wait_for("chercher ›", SOON).unwrap();
    app.type_text("aiguille");
    app.wait_for("AIGUILLE", SOON).unwrap();
    app.type_text("s");
    app.wait_for("introuvable", SOON).unwrap();
    app.key("Esc").unwrap();
    app.wait_until(SOON, |terminal| !terminal.screen().text().contains("AIGUILLE"));
    twice_on(&mut app, "300");
    assert!(app.wait_until(SOON, |terminal| terminal.take_copied().is_some_and(|text| text == "300")));
    app.type_text("clear; printf '\\033]52;c;%s\\007' bWFjaGluZQ==\n");
    assert!(app.wait_until(SOON, |terminal| terminal.take_copied().is_some_and(|text| text == "machine")));
    press(&mut app, &["F10", "Enter"]);
    app.wait_for("points sur 2", SOON).unwrap();
    press(&mut app, &["Esc", "q"]);
    leaves(&mut app);
}

#[test]
fn colours_chosen_in_the_palette_are_there_again_the_next_time() {
    let person = Person::new();
    let mut app = person.starts(&[], (80, 24));
    app.wait_for("Active Directory", SOON).unwrap();
    press(&mut app, &["Ctrl-P"]);
    app.type_text("claires");
    app.wait_for("Couleurs : claires", SOON).unwrap();
    press(&mut app, &["Enter", "q"]);
    leaves(&mut app);
    let settings = person.home.path().join("data/settings.toml");
    assert_eq!(fs::read_to_string(settings).unwrap(), "theme = \"light\"\n");
    let mut app = person.starts(&[], (80, 24));
    app.wait_for("Active Directory", SOON).unwrap();
    press(&mut app, &["q"]);
    leaves(&mut app);
}

/// Needs root and the base: fails without.
#[test]
fn a_lab_on_a_machine_is_passed_by_keys_alone() {
    let person = Person::new();
    let manifest = person.home.path().join("labs/a-fichier/lab.toml");
    let here = fs::read_to_string(&manifest).unwrap();
    let wanted = person.wanted().display().to_string();
    let there = here.replace("[stand]\ndriver = \"here\"\n", ON_A_MACHINE).replace("WANTED", "/etc/rendu");
    fs::write(&manifest, there.replace(&wanted, "/etc/rendu")).unwrap();
    let mut command = person.command(&[]);
    match std::env::var_os("PAILLASSE_STATE") {
        Some(state) => command.env("PAILLASSE_STATE", state),
        None => command.env_remove("PAILLASSE_STATE"),
    };
    let mut app = Driver::start(command, 100, 30).expect("a terminal");
    app.wait_for("Active Directory", SOON).unwrap();
    press(&mut app, &["2", "Enter"]);
    app.wait_for("Tout est prêt.", SOON).unwrap();
    press(&mut app, &["Enter"]);
    app.wait_for("root@srv", LATER).unwrap();
    press(&mut app, &["2", "F6"]);
    app.type_text("touch /etc/rendu\n");
    app.wait_for("✔ Le fichier est là", LATER).unwrap();
    press(&mut app, &["F10", "Enter"]);
    app.wait_for("3 points sur 3", LATER).unwrap();
    press(&mut app, &["Esc", "q"]);
    leaves(&mut app);
}

#[test]
fn a_killed_app_goes_on_where_it_was() {
    let person = Person::new();
    let mut app = person.at_work();
    press(&mut app, &["F3"]);
    app.wait_for("Prendre un indice", SOON).unwrap();
    press(&mut app, &["Enter"]);
    app.wait_for("Regardez le dossier.", SOON).unwrap();
    kill(&mut app, &person);
    let mut app = person.at_work();
    press(&mut app, &["F6", "F6", "3"]);
    app.wait_for("Regardez le dossier.", SOON).unwrap();
    press(&mut app, &["Esc", "Enter"]);
    app.wait_for("Tentative mise de côté", SOON).unwrap();
    press(&mut app, &["q"]);
    leaves(&mut app);
}

/// kill -9, of the app of this person alone.
fn kill(app: &mut Driver, person: &Person) {
    let mine = |pid: &str| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        let program = fs::read_link(format!("/proc/{pid}/exe")).unwrap_or_default();
        let home = person.home.path().to_str().unwrap();
        program == Path::new(env!("CARGO_BIN_EXE_paillasse"))
            && String::from_utf8_lossy(&environment).contains(&format!("PAILLASSE_DATA={home}"))
    };
    let pids: Vec<String> = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()) && mine(name))
        .collect();
    assert_eq!(pids.len(), 1, "{pids:?}");
    assert!(Command::new("kill").args(["-9", &pids[0]]).status().unwrap().success());
    app.wait_for_end(SOON).unwrap();
}

#[test]
fn a_full_screen_program_keeps_its_keys_and_f12_gets_out() {
    let person = Person::new();
    let mut app = person.at_work();
    press(&mut app, &["F6"]);
    app.type_text("less /etc/passwd\n");
    app.wait_for("(les autres touches vont au programme)", SOON).unwrap();
    press(&mut app, &["F10", "F12"]);
    app.wait_for("F10 terminer", SOON).unwrap();
}

#[test]
fn without_a_terminal_it_says_so_and_fails() {
    let person = Person::new();
    let output = Command::new(env!("CARGO_BIN_EXE_paillasse"))
        .env("PAILLASSE_DATA", person.home.path())
        .env("LC_ALL", "C.UTF-8")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("terminal"));
}
