//! `paillasse lab …`, `list` and `show` as a person or a script runs them: what they print and how they end.
#![expect(clippy::unwrap_used, reason = "clippy.toml allows it in test functions, not in their helpers")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use assert_cmd::cargo::cargo_bin;
use serde_json::Value;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/labs")
}

/// Runs the program with a data folder of its own, in French.
fn paillasse(args: &[&str]) -> Output {
    let data = tempfile::tempdir().unwrap();
    Command::new(cargo_bin("paillasse"))
        .args(["--lang", "fr"])
        .args(args)
        .env("PAILLASSE_DATA", data.path())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A copy of the fixture whose manifest is changed.
fn broken(from: &str, to: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&fixtures().join("2023-07/atelier"), &folder.path().join("atelier"));
    let manifest = folder.path().join("atelier/lab.toml");
    let source = fs::read_to_string(&manifest).unwrap();
    assert!(source.contains(from));
    fs::write(&manifest, source.replacen(from, to, 1)).unwrap();
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn check_ends_with_0_where_all_is_right() {
    let output = paillasse(&["lab", "check", fixtures().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert_eq!(text(&output.stdout).trim(), "Un atelier lu, aucun problème, aucune remarque.");
}

#[test]
fn check_ends_with_1_and_points_at_the_line() {
    let folder = broken("level       = 1", "levle       = 1");
    let output = paillasse(&["lab", "check", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stdout);
    assert!(said.contains("lab.toml:6:1]"), "{said}");
    assert!(said.contains("«\u{202f}level\u{202f}»"), "{said}");
    assert!(said.contains("Aucun atelier lu, 2 problèmes"), "{said}");
}

#[test]
fn check_takes_a_manifest_for_its_folder() {
    let manifest = fixtures().join("2023-07/atelier/lab.toml");
    assert_eq!(paillasse(&["lab", "check", manifest.to_str().unwrap()]).status.code(), Some(0));
}

#[test]
fn check_ends_with_2_where_there_is_nothing_to_read() {
    let empty = tempfile::tempdir().unwrap();
    for path in ["/nonexistent", empty.path().to_str().unwrap()] {
        let output = paillasse(&["lab", "check", path]);
        assert_eq!(output.status.code(), Some(2));
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn the_embedded_labs_are_right_without_a_remark() {
    let output = paillasse(&["lab", "check"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("aucune remarque"), "{}", text(&output.stdout));
}

#[test]
fn a_broken_lab_hides_no_other() {
    let folder = broken("level       = 1", "levle       = 1");
    copy(&fixtures().join("2023-07/atelier"), &folder.path().join("second/atelier"));
    let output = paillasse(&["--labs", folder.path().to_str().unwrap(), "list", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let listed = json(&output);
    assert!(listed["labs"].as_array().unwrap().iter().any(|lab| lab["id"] == "atelier"));
    assert_eq!(listed["problems"], 2);
}

#[test]
fn the_same_id_twice_in_a_folder_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for place in ["a/atelier", "b/atelier"] {
        copy(&fixtures().join("2023-07/atelier"), &folder.path().join(place));
    }
    let output = paillasse(&["lab", "check", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("deux ateliers portent l'identifiant"), "{}", text(&output.stdout));
}

/// Run as somebody else where this is root: root may read everything.
#[test]
fn a_folder_without_rights_is_told_with_the_mend_and_hides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    copy(&fixtures().join("2023-07/atelier"), &folder.path().join("atelier"));
    fs::create_dir(folder.path().join("closed")).unwrap();
    fs::set_permissions(folder.path().join("closed"), fs::Permissions::from_mode(0o000)).unwrap();
    let program = folder.path().join("paillasse");
    fs::copy(cargo_bin("paillasse"), &program).unwrap();
    let mut command = Command::new(program);
    command.args(["--lang", "fr", "lab", "check"]).arg(folder.path()).env("PAILLASSE_DATA", folder.path().join("data"));
    if rustix::process::geteuid().is_root() {
        command.uid(65534).gid(65534);
    }
    let output = command.output().unwrap();
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("droits insuffisants") && said.contains("chmod"), "{said}");
    assert!(said.contains("Un atelier lu, un problème"), "{said}");
}

#[test]
fn show_tells_the_ticket_and_what_is_made() {
    let output = paillasse(&["--labs", fixtures().to_str().unwrap(), "show", "atelier", "--seed", "3"]);
    assert_eq!(output.status.code(), Some(0));
    let said = text(&output.stdout);
    for part in
        ["LE TICKET", "L'ORDRE DE TRAVAIL", "LES CRITÈRES", "2 machines isolées", "un disque virtuel de 1\u{202f}Gio"]
    {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(!said.contains("{{"), "{said}");
}

#[test]
fn a_lab_that_asks_for_less_isolation_says_so_to_people_and_programs() {
    let show = |lab: &str, json: &[&str]| {
        let labs = fixtures();
        paillasse(&[&["--labs", labs.to_str().unwrap(), "show", lab], json].concat())
    };
    assert!(text(&show("atelier", &[]).stdout).contains("Isolation réduite"));
    let page = json(&show("atelier", &["--json"]));
    assert_eq!((&page["isolation"], &page["seed"]), (&"privileged".into(), &1.into()));
    assert!(!text(&show("dhcp-agence", &[]).stdout).contains("Isolation réduite"));
    assert_eq!(json(&show("dhcp-agence", &["--json"]))["isolation"], "default");
}

#[test]
fn show_names_the_nearest_lab() {
    let output = paillasse(&["--labs", fixtures().to_str().unwrap(), "show", "attelier"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("atelier"), "{}", text(&output.stderr));
}

#[test]
fn the_schema_is_json() {
    let schema = json(&paillasse(&["lab", "schema"]));
    assert_eq!(schema["title"], "Manifest");
    assert!(schema["$defs"]["Probe"].is_object());
}

#[test]
fn coverage_counts_every_skill() {
    let covered = json(&paillasse(&["--labs", fixtures().to_str().unwrap(), "lab", "coverage", "--json"]));
    assert_eq!(covered["total"], 485);
    assert_eq!(covered["skills"].as_array().unwrap().len(), 485);
    let with_labs = covered["skills"].as_array().unwrap().iter().filter(|row| row["labs"] != serde_json::json!([]));
    assert_eq!(Value::from(with_labs.count()), covered["covered"]);
}

#[test]
fn a_new_lab_passes_its_check_and_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let parent = folder.path().to_str().unwrap();
    assert_eq!(paillasse(&["--labs", parent, "lab", "new", "essai"]).status.code(), Some(0));
    let checked = paillasse(&["lab", "check", parent]);
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stdout));
    assert!(text(&checked.stdout).contains("aucun problème, 3 remarques"));
    let again = paillasse(&["--labs", parent, "lab", "new", "essai"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("existe déjà"));
}
