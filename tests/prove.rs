//! `paillasse lab prove` on real stands: a right lab proves; one broken on purpose is caught, with the reason.
//! Root and a base are needed, and missed loudly.

#![expect(clippy::unwrap_used, reason = "a test ends at the first thing that is not as it should be")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::{TempDir, tempdir};

/// A copy of the fixture to break.
struct Lab {
    folder: TempDir,
}

impl Lab {
    fn new() -> Self {
        let folder = tempdir().unwrap();
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/prove/motd"),
            &folder.path().join("labs/motd"),
        );
        fs::create_dir(folder.path().join("state")).unwrap();
        symlink(paillasse::paths::state().join("base"), folder.path().join("state/base")).unwrap();
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join("labs/motd").join(name)
    }

    /// Replaces a text that must be there.
    fn change(&self, name: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.file(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from:?}");
        fs::write(self.file(name), text.replacen(from, to, 1)).unwrap();
    }

    fn prove(&self, json: bool) -> Output {
        let mut command = Command::cargo_bin("paillasse").unwrap();
        command.env("PAILLASSE_DATA", self.folder.path().join("data"));
        // A state folder of its own: the other tests' stands are none of its business.
        command.env("PAILLASSE_STATE", self.folder.path().join("state"));
        command.args(["--lang", "en", "--labs"]).arg(self.folder.path().join("labs"));
        command.args(["lab", "prove", "motd", "--seeds", "1"]);
        if json {
            command.arg("--json");
        }
        command.output().unwrap()
    }

    /// What is wrong, as (step, criterion, reason), from a proof that must not pass.
    fn faults(&self) -> Vec<(String, String, String)> {
        let output = self.prove(true);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}{}", String::from_utf8_lossy(&output.stderr));
        let report: Value = serde_json::from_str(&said).unwrap();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut faults = Vec::new();
        for step in report["steps"].as_array().unwrap() {
            let name = step["step"]["name"].as_str().or(step["step"]["kind"].as_str()).unwrap();
            for fault in step["faults"].as_array().unwrap() {
                faults.push((name.to_owned(), text(&fault["criterion"]), text(&fault["reason"])));
            }
        }
        faults
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn fault(step: &str, criterion: &str, reason: &str) -> (String, String, String) {
    (step.to_owned(), criterion.to_owned(), reason.to_owned())
}

#[test]
fn a_right_lab_proves() {
    let output = Lab::new().prove(false);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for step in
        ["start state", "solution \"by hand\"", "solution \"tee\"", "sabotage \"private\"", "nothing stayed on it"]
    {
        assert!(said.contains(step), "{said}");
    }
}

#[test]
fn the_same_lab_has_the_same_verdicts_at_both_levels_of_isolation() {
    let steps = |lab: &Lab| {
        let output = lab.prove(true);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
        let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let steps = report["steps"].as_array_mut().unwrap();
        for step in steps.iter_mut() {
            step["milliseconds"] = Value::Null;
        }
        steps.clone()
    };
    let (closed, open) = (Lab::new(), Lab::new());
    open.change("lab.toml", "[stand]\n", "[stand]\nisolation = \"privileged\"\n");
    // Whose number on the PC the machine's root has: user_namespaces(7).
    let root = "[ \"$(awk '{ print $2; exit }' /proc/self/uid_map)\"";
    closed.change("setup/srv.sh", "", &format!("{root} -ge 65536 ]\n"));
    open.change("setup/srv.sh", "", &format!("{root} = 0 ]\n"));
    assert_eq!(steps(&closed), steps(&open));
}

#[test]
fn a_dropped_sabotage_leaves_its_criterion_uncovered() {
    let lab = Lab::new();
    lab.change(
        "lab.toml",
        "[[sabotage]]\nname = \"private\"\nrun = { srv = \"proof/private.sh\" }\nbreaks = [\"readable\"]\n",
        "",
    );
    assert_eq!(lab.faults(), [fault("coverage", "readable", "uncovered")]);
}

#[test]
fn a_loosened_expectation_lets_its_sabotage_pass() {
    let lab = Lab::new();
    lab.change("lab.toml", "contains = \"maintenance {{ hour }}\"", "contains = \"maintenance\"");
    let [cause, effect] = &lab.faults()[..] else { panic!("{:?}", lab.faults()) };
    assert_eq!(*cause, fault("another hour", "announced", "not-broken"));
    assert_eq!(*effect, fault("another hour", "readable", "not-waiting"));
}

#[test]
fn a_wrong_solution_is_named_with_what_was_expected_and_found() {
    let lab = Lab::new();
    lab.change("proof/tee.sh", "chmod 0644", "chmod 0640");
    let output = lab.prove(false);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("readable should be met") && said.contains("0644") && said.contains("0640"), "{said}");
    assert!(said.contains("/etc/motd"), "{said}");
}

#[test]
fn a_start_that_is_solved_already_is_caught() {
    let lab = Lab::new();
    lab.change("setup/srv.sh", "rm -f /etc/motd", "echo 'maintenance {{ hour }}' > /etc/motd; chmod 600 /etc/motd");
    assert_eq!(lab.faults(), [fault("start", "announced", "start-met")]);
}

#[test]
fn a_sabotage_that_breaks_more_than_it_says_is_caught() {
    let lab = Lab::new();
    lab.change("proof/private.sh", "chmod 600 /etc/motd", "chmod 600 /etc/motd; echo x > /etc/issue.net");
    assert_eq!(lab.faults(), [fault("private", "issue-kept", "not-met")]);
}

#[test]
fn a_solution_whose_script_fails_says_which_and_how() {
    let lab = Lab::new();
    lab.change("proof/tee.sh", "chmod 0644 /etc/motd", "chmod 0644 /etc/no-such-file");
    let output = lab.prove(false);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("proof/tee.sh failed on srv") && said.contains("no-such-file"), "{said}");
}

#[test]
fn a_setup_that_fails_could_not_be_run() {
    let lab = Lab::new();
    lab.change("setup/srv.sh", "echo kept", "false; echo kept");
    let output = lab.prove(true);
    assert_eq!(output.status.code(), Some(2));
}
