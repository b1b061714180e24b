//! Which scripts of its folder a manifest names, and where.

use super::Manifest;
use super::document::{Step, steps};

/// One mention of a script.
#[derive(Debug)]
pub(super) struct ScriptUse {
    /// Its path in the lab's folder.
    pub(super) name: String,
    /// Where the manifest names it.
    pub(super) path: Vec<Step>,
    /// Whether it is a machine's preparation, shared by every seed.
    pub(super) is_prepare: bool,
}

/// Every mention; preparations first.
pub(super) fn all(manifest: &Manifest) -> Vec<ScriptUse> {
    let mut found = Vec::new();
    let mut put = |name: &str, path, is_prepare| found.push(ScriptUse { name: name.to_owned(), path, is_prepare });
    for (at, machine) in manifest.stand.machines.iter().enumerate() {
        if let Some(name) = &machine.prepare {
            put(name, steps!["stand", "machine", at, "prepare"].to_vec(), true);
        }
    }
    for (at, setup) in manifest.stand.setups.iter().enumerate() {
        put(&setup.run, steps!["stand", "setup", at, "run"].to_vec(), false);
    }
    for (at, solution) in manifest.solutions.iter().enumerate() {
        for (machine, name) in &solution.run {
            put(name, steps!["solution", at, "run", machine.as_str()].to_vec(), false);
        }
        for (question, name) in &solution.answer {
            put(name, steps!["solution", at, "answer", question.as_str()].to_vec(), false);
        }
    }
    for (at, sabotage) in manifest.sabotages.iter().enumerate() {
        for (machine, name) in &sabotage.run {
            put(name, steps!["sabotage", at, "run", machine.as_str()].to_vec(), false);
        }
    }
    found
}
