//! `paillasse probe SUITE.toml` as a person or a script runs it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use assert_cmd::Command;
use std::path::Path;

fn probe(folder: &Path, suite: &str, format: &str) -> assert_cmd::assert::Assert {
    let file = folder.join("suite.toml");
    std::fs::write(&file, suite).unwrap();
    let mut command = Command::cargo_bin("paillasse").unwrap();
    command.args(["--lang", "en", "probe", "--format", format]).arg(file).assert()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const MET: &str = r#"
[[criterion]]
id = "passwd"
probe = { file = { path = "/etc/passwd" } }
expect = { mode = "644", owner = "root", content = { contains = "root:x:0:0" } }
"#;

const UNTOLD: &str = r#"
[[criterion]]
id = "tool"
points = 3
probe = { command = { run = ["no-such-program-here"] } }
expect = { exit = 0 }
"#;

const UNMET: &str = r#"
[[criterion]]
id = "absent"
probe = { file = { path = "/nonexistent" } }
expect = { exists = true }
[[criterion]]
id = "after"
needs = ["absent"]
probe = { file = { path = "/etc/passwd" } }
expect = { exists = true }
"#;

#[test]
fn everything_met_is_exit_0() {
    let folder = tempfile::tempdir().unwrap();
    probe(folder.path(), MET, "text").code(0);
}

#[test]
fn something_unmet_is_exit_1_whatever_else_cannot_be_told() {
    let folder = tempfile::tempdir().unwrap();
    let run = probe(folder.path(), &[MET, UNTOLD, UNMET].concat(), "json").code(1);
    let value: serde_json::Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    let statuses: Vec<&str> =
        value["criteria"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["pass", "unknown", "fail", "waiting"]);
    assert_eq!(value["criteria"][3]["waits_for"][0], "absent");
    assert_eq!(value["score"]["untold"], 3);
}

#[test]
fn what_cannot_be_told_is_exit_2_never_failed() {
    let folder = tempfile::tempdir().unwrap();
    let run = probe(folder.path(), &[MET, UNTOLD].concat(), "text").code(2);
    assert!(text(&run.get_output().stdout).contains("not installed"));
}

#[test]
fn a_mistake_points_into_the_file_and_names_the_nearest_word() {
    let folder = tempfile::tempdir().unwrap();
    for (wrong, right) in [("mod = \"0644\"", "mode"), ("size = { at_leest = \"1B\" }", "at_least")] {
        let suite =
            format!("[[criterion]]\nid = \"a\"\nprobe = {{ file = {{ path = \"/\" }} }}\nexpect = {{ {wrong} }}\n");
        let run = probe(folder.path(), &suite, "text").code(2);
        let said = text(&run.get_output().stderr);
        assert!(said.contains("suite.toml:4") && said.contains(right), "{said}");
    }
}

#[test]
fn an_unknown_key_or_an_empty_file_is_a_mistake() {
    let folder = tempfile::tempdir().unwrap();
    for wrong in ["", "[[criterion]]\nid = \"a\"\n", &MET.replace("expect", "expects"), "[[criterion]\n"] {
        let run = probe(folder.path(), wrong, "text").code(2);
        assert!(!run.get_output().stderr.is_empty(), "{wrong}");
    }
}

#[test]
fn a_suite_that_cannot_be_read_is_exit_2() {
    let mut command = Command::cargo_bin("paillasse").unwrap();
    let run = command.args(["--lang", "en", "probe", "/no/such/suite.toml"]).assert().code(2);
    assert!(text(&run.get_output().stderr).contains("/no/such/suite.toml"));
}

#[test]
fn what_is_not_met_is_looked_at_again_for_as_long_as_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (file, late) = (folder.path().join("suite.toml"), folder.path().join("late"));
    let suite = format!(
        "[[criterion]]\nid = \"a\"\nprobe = {{ file = {{ path = {late:?} }} }}\nexpect = {{ exists = true }}\n"
    );
    std::fs::write(&file, suite).unwrap();
    let command = || {
        let mut command = Command::cargo_bin("paillasse").unwrap();
        command.args(["--lang", "en", "probe"]).arg(&file);
        command
    };
    command().assert().code(1);
    let mut waiting = std::process::Command::new(env!("CARGO_BIN_EXE_paillasse"));
    let mut waiting = waiting.args(["probe", "--retry", "5min"]).arg(&file).spawn().unwrap();
    assert!(waiting.try_wait().unwrap().is_none());
    std::fs::write(&late, "").unwrap();
    assert!(waiting.wait().unwrap().success());
    let run = command().args(["--retry", "soon"]).assert().code(2);
    assert!(text(&run.get_output().stderr).contains("soon"));
}

#[test]
fn the_example_is_a_suite_and_every_family_is_told() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/suite.toml");
    paillasse::lab::read_suite("suite.toml", &std::fs::read_to_string(example).unwrap()).unwrap();
    let run = Command::cargo_bin("paillasse").unwrap().args(["probe", "--families"]).assert().code(0);
    let told = text(&run.get_output().stdout);
    for family in paillasse::probe::FAMILIES {
        assert!(told.contains(&format!("\n## {}\n", family.name)), "{}", family.name);
    }
}

/// The suite of the bench: only its five commands start programs.
#[test]
fn fifty_checks_start_no_program_but_their_commands() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let suite = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/probes/suite.toml");
    let run = std::process::Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=execve", "-e", "status=successful", "-o"])
        .arg(&trace)
        .arg(env!("CARGO_BIN_EXE_paillasse"))
        .args(["probe", "--format", "json"])
        .arg(suite)
        .output()
        .unwrap();
    let value: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(value["criteria"].as_array().unwrap().len(), 50, "{value:#}");
    let trace = std::fs::read_to_string(trace).unwrap();
    let started = trace.lines().filter(|line| line.contains("execve(")).count();
    assert_eq!(started, 1 + 5, "{trace}");
}

#[test]
fn junit_and_tap_come_out() {
    let folder = tempfile::tempdir().unwrap();
    let run = probe(folder.path(), UNMET, "junit").code(1);
    assert!(text(&run.get_output().stdout).contains("<testsuite name="));
    let run = probe(folder.path(), UNMET, "tap").code(1);
    assert!(text(&run.get_output().stdout).starts_with("TAP version 14\n1..2\nnot ok 1"));
}
