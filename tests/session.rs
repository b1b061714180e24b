//! An attempt on a real machine: killed, resumed, finished. Root and a base are needed, and missed loudly.

#![expect(clippy::unwrap_used, reason = "a test ends at the first thing that is not as it should be")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::{TempDir, tempdir};

fn paillasse(home: &TempDir, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paillasse"));
    command.env("PAILLASSE_DATA", home.path().join("data"));
    command.args(["--lang", "en", "--labs"]);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/prove")).args(args);
    command
}

fn typed(home: &TempDir, args: &[&str], lines: &str) -> Output {
    let mut child =
        paillasse(home, args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), lines.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The lab's machine, as `stand exec` names it.
fn machine(home: &TempDir) -> String {
    let listed = paillasse(home, &["stand", "list", "--json"]).output().unwrap();
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    let all = listed.as_array().or(listed["stands"].as_array()).unwrap();
    let ids = all.iter().map(|stand| stand["id"].as_str().or(stand["stand"].as_str()).unwrap());
    format!("{}:srv", ids.into_iter().find(|id| id.starts_with("motd-")).unwrap())
}

fn by_hand(home: &TempDir) {
    let script = "echo 'maintenance 20h maintenance 22h' > /etc/motd; chmod 644 /etc/motd;
        echo 'f /run/announced' > /etc/tmpfiles.d/announced.conf";
    let done = paillasse(home, &["stand", "exec", &machine(home), "--", "sh", "-c", script]).output().unwrap();
    assert!(done.status.success(), "{}", text(&done.stderr));
}

#[test]
fn an_attempt_outlives_kill_9_with_its_clock_and_is_finished_by_another_process() {
    let home = tempdir().unwrap();
    let mut first = paillasse(&home, &["run", "motd", "--plain", "--seed", "1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(first.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains("points of")), "the first check was not shown");
    std::thread::sleep(Duration::from_millis(3500));
    first.kill().unwrap();
    first.wait().unwrap();

    let checked = paillasse(&home, &["check", "--format", "json"]).output().unwrap();
    assert_eq!(checked.status.code(), Some(1), "{}", text(&checked.stderr));
    let report: Value = serde_json::from_slice(&checked.stdout).unwrap();
    assert!(report["seconds"].as_u64().unwrap() >= 2, "more than two seconds were lost: {report}");

    by_hand(&home);
    let end = typed(&home, &["run", "motd", "--plain"], "answer owner 1234\ncheck\nfinish\n");
    let (said, told) = (text(&end.stdout), text(&end.stderr));
    assert_eq!(end.status.code(), Some(0), "{said}{told}");
    assert!(said.contains("going on with attempt 1"), "{said}");
    assert!(said.contains("6 points of 6"), "{said}");
    let left = paillasse(&home, &["stand", "list", "--json"]).output().unwrap();
    assert!(!text(&left.stdout).contains("motd-"), "the stand was not torn down");
}
