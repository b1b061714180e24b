//! The command line's exit codes and its answers to bad input.

#![expect(clippy::unwrap_used, reason = "a test ends at the first thing that is not as it should be")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use assert_cmd::Command;
use tempfile::{TempDir, tempdir};

/// A person's world: a data folder and a folder of labs with one lab about this PC.
struct Home {
    folder: TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        let lab = folder.path().join("labs/note");
        fs::create_dir_all(&lab).unwrap();
        let note = folder.path().join("note");
        let manifest = include_str!("fixtures/here/lab.toml").replace("@note@", note.to_str().unwrap());
        fs::write(lab.join("lab.toml"), manifest).unwrap();
        fs::write(lab.join("brief.fr.md"), "Écrivez la note.\n").unwrap();
        fs::write(lab.join("brief.en.md"), "Write the note.\n").unwrap();
        for folder in [folder.path(), &folder.path().join("labs"), &lab] {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn paillasse(&self, args: &[&str]) -> Command {
        let mut command = Command::cargo_bin("paillasse").unwrap();
        command.env("PAILLASSE_DATA", self.path().join("data"));
        command.args(["--lang", "en", "--labs"]).arg(self.path().join("labs")).args(args);
        command
    }

    fn run(&self, args: &[&str], typed: &str) -> (i32, String, String) {
        let output = self.paillasse(args).write_stdin(typed).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }
}

#[test]
fn a_lab_about_this_pc_is_worked_through_by_a_script() {
    let home = Home::new();
    let (code, said, _) = home.run(&["run", "note", "--plain"], "check\nhint\nnonsense\nquit\n");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("not met: The note is written"), "{said}");
    assert!(said.contains("hint 1") && said.contains("Think of a note"), "{said}");
    assert!(said.contains("\"nonsense\" is not a command"), "{said}");
    assert!(!said.contains('\u{1b}'), "no colours");
    fs::write(home.path().join("note"), "done").unwrap();
    let (code, said, _) = home.run(&["run", "note", "--plain"], "answer owner 0\nfinish\n");
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("going on with attempt 1"), "{said}");
    assert!(said.contains("2 points of 3"), "one point went for the hint: {said}");
    let (code, said, _) = home.run(&["run", "note", "--plain"], "");
    assert_eq!(code, 1, "a new attempt has not answered yet: {said}");
    assert!(!said.contains("going on with"), "{said}");
}

#[test]
fn an_unknown_lab_gets_the_nearest_name() {
    let home = Home::new();
    let (code, _, told) = home.run(&["run", "noted", "--plain"], "");
    assert_eq!(code, 2);
    assert!(told.contains("noted") && told.contains("note"), "{told}");
    let (code, _, told) = home.run(&["lab", "prove", "noet"], "");
    assert_eq!(code, 2);
    assert!(told.contains("note"), "{told}");
}

#[test]
fn nothing_to_check_and_nothing_to_prove_could_not_run() {
    let home = Home::new();
    let (code, _, told) = home.run(&["check"], "");
    assert_eq!(code, 2);
    assert!(told.contains("paillasse run LAB"), "{told}");
    assert_eq!(home.run(&["lab", "prove"], "").0, 2);
}

#[test]
fn the_current_attempt_is_checked_from_another_terminal() {
    let home = Home::new();
    home.run(&["run", "note", "--plain"], "quit\n");
    let (code, said, _) = home.run(&["check"], "");
    assert_eq!(code, 1, "{said}");
    fs::write(home.path().join("note"), "done").unwrap();
    let (_, said, _) = home.run(&["check", "--format", "json"], "");
    let report: serde_json::Value = serde_json::from_str(&said).unwrap();
    let text = report.to_string();
    assert!(text.contains("\"written\"") && text.contains("\"pass\""), "{text}");
}

#[test]
fn a_truncated_record_is_kept_aside_and_the_work_goes_on() {
    let home = Home::new();
    home.run(&["run", "note", "--plain"], "quit\n");
    let record = home.path().join("data/record.sqlite3");
    fs::OpenOptions::new().write(true).open(&record).unwrap().set_len(5000).unwrap();
    let (_, said, told) = home.run(&["run", "note", "--plain"], "quit\n");
    assert!(told.contains("is damaged") && told.contains("record.broken-"), "{told}");
    assert!(said.contains("The note is written"), "{said}");
    let kept = fs::read_dir(home.path().join("data")).unwrap();
    let kept: Vec<_> = kept.map(|entry| entry.unwrap().path()).collect();
    let broken = kept.iter().find(|path| path.to_string_lossy().contains("record.broken-")).unwrap();
    assert_eq!(fs::metadata(broken).unwrap().len(), 5000);
}

#[test]
fn a_data_folder_that_cannot_be_made_says_the_mend() {
    let home = Home::new();
    fs::write(home.path().join("data"), "a file").unwrap();
    let (code, _, told) = home.run(&["run", "note", "--plain"], "");
    assert_eq!(code, 2);
    assert!(told.contains("PAILLASSE_DATA"), "{told}");
}

#[test]
fn a_full_disk_is_said_and_spoils_nothing() {
    let home = Home::new();
    fs::create_dir(home.path().join("data")).unwrap();
    let script = "mount -t tmpfs -o size=64k tmpfs \"$1\" && dd if=/dev/zero of=\"$1/fill\" bs=1k count=20 status=none; shift; \"$@\"";
    let program = assert_cmd::cargo::cargo_bin("paillasse");
    let output = std::process::Command::new("unshare")
        .args(["-m", "sh", "-c", script, "sh"])
        .arg(home.path().join("data"))
        .arg(program)
        .args(["--lang", "en", "--labs"])
        .arg(home.path().join("labs"))
        .args(["run", "note", "--plain"])
        .env("PAILLASSE_DATA", home.path().join("data"))
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("disk is full"), "{told}");
}

#[test]
fn without_root_a_lab_on_machines_says_what_it_needs() {
    let home = Home::new();
    let program = home.path().join("paillasse");
    fs::copy(assert_cmd::cargo::cargo_bin("paillasse"), &program).unwrap();
    let labs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/prove");
    let copied = home.path().join("prove");
    let status = std::process::Command::new("cp").arg("-r").arg(labs).arg(&copied).status().unwrap();
    assert!(status.success());
    fs::create_dir(home.path().join("nobody")).unwrap();
    std::os::unix::fs::chown(home.path().join("nobody"), Some(65534), Some(65534)).unwrap();
    let output = std::process::Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups", "env", "-i"])
        .arg(format!("PAILLASSE_DATA={}", home.path().join("nobody").display()))
        .arg(&program)
        .args(["--lang", "en", "--labs"])
        .arg(&copied)
        .args(["run", "motd", "--plain"])
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("sudo"), "{told}");
}

#[test]
fn a_labs_folder_without_rights_is_said_and_hides_no_other_lab() {
    let home = Home::new();
    let closed = home.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let program = home.path().join("paillasse");
    fs::copy(assert_cmd::cargo::cargo_bin("paillasse"), &program).unwrap();
    let output = std::process::Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&program)
        .args(["--lang", "en", "--labs"])
        .arg(&closed)
        .arg("--labs")
        .arg(home.path().join("labs"))
        .arg("list")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("note"), "{said}{told}");
    assert!(!told.is_empty(), "nothing said of the folder that can't be read");
}

#[test]
fn an_attempt_that_is_over_becomes_a_dossier_and_one_under_way_does_not() {
    let home = Home::new();
    assert!(home.run(&["export"], "").2.contains("No finished attempt"));
    fs::write(home.path().join("note"), "done").unwrap();
    home.run(&["run", "note", "--plain"], "answer owner 0\nfinish\n");
    home.run(&["run", "note", "--plain"], "quit\n");
    let (code, said, _) = home.run(&["history", "--json"], "");
    let history: serde_json::Value = serde_json::from_str(&said).unwrap();
    let phases: Vec<_> =
        history["attempts"].as_array().unwrap().iter().map(|one| one["phase"].as_str().unwrap()).collect();
    assert_eq!((code, phases), (0, vec!["under-way", "finished"]));
    let (code, said, _) = home.run(&["export"], "");
    assert_eq!(code, 0, "{said}");
    let page = fs::read_to_string(home.path().join("data/dossiers/note-1.html")).unwrap();
    assert!(page.contains("<td>met</td>") && page.contains("The note is written"), "{page}");
    let (code, said, _) = home.run(&["export", "1", "--form", "md", "--output", "-"], "");
    assert_eq!(code, 0);
    assert!(said.starts_with("# ") && said.contains("| met | The note is written"), "{said}");
    let (code, _, told) = home.run(&["export", "2"], "");
    assert_eq!(code, 2);
    assert!(told.contains("not over"), "{told}");
    assert_eq!(home.run(&["export", "99"], "").0, 2);
    let there = home.path().join("note");
    let (code, _, told) = home.run(&["export", "1", "--output", there.to_str().unwrap()], "");
    assert_eq!(code, 2, "{told}");
    assert_eq!(fs::read_to_string(there).unwrap(), "done", "nothing is written over");
}

#[test]
fn settings_are_shown_as_the_file_they_are_read_from_and_mistakes_are_told() {
    let home = Home::new();
    let data = home.path().join("data");
    let (code, said, told) = home.run(&["settings"], "");
    assert_eq!(code, 0);
    assert!(told.contains("not there yet") && told.contains("data/settings.toml"), "{told}");
    fs::create_dir_all(&data).unwrap();
    fs::write(data.join("settings.toml"), &said).unwrap();
    let (code, again, _) = home.run(&["settings"], "");
    assert_eq!((code, again), (0, said));
    fs::write(data.join("settings.toml"), "theme = \"ligth\"\n").unwrap();
    let (code, _, told) = home.run(&["settings"], "");
    assert_eq!(code, 2);
    assert!(told.contains("settings.toml:1") && told.contains("light"), "{told}");
}
