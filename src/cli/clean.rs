//! `paillasse clean`: undo whatever a killed run left.

use std::collections::BTreeMap;
use std::fs;

use serde_json::json;

use super::plain::open_store;
use super::{Context, Outcome, complain, print};
use crate::msg;
use crate::paths;
use crate::record::Store;
use crate::session::{self, Past};
use crate::stand::clean::{self, Left};
use crate::stand::shared::{self, Pruned};

pub(super) fn run(context: &Context, dry_run: bool, as_json: bool) -> Outcome {
    if !paths::is_root() {
        complain(&context.lang.say(&msg!("stand-needs-root")));
        return Outcome::CouldNotRun;
    }
    let mut failures = Vec::new();
    let found = clean::find();
    let attempts = put_aside(context);
    if !dry_run {
        for left in found.iter().filter(|left| !left.held) {
            if let Err(error) = clean::remove(left) {
                failures.push((left.stand.clone(), error.to_string()));
            }
        }
    }
    let pruned = if dry_run { Pruned::default() } else { prune(&mut failures) };
    if as_json {
        let mut report = json!({ "found": found, "dry-run": dry_run, "failures": failures });
        if !dry_run {
            report["pruned"] = json!(pruned);
        }
        print(&report.to_string());
    } else {
        report(context, &found, dry_run, &failures);
        if pruned != Pruned::default() {
            let told = msg!("clean-pruned", bases = pruned.bases.len(), layers = pruned.layers);
            print(&context.lang.say(&told));
        }
        for (left, past) in found.iter().filter_map(|left| Some((left, attempts.get(&left.stand)?))) {
            if !left.held {
                let told = msg!("clean-attempt", stand = &left.stand, attempt = past.attempt, lab = &past.lab);
                print(&context.lang.say(&told));
            }
        }
    }
    if failures.is_empty() { Outcome::Met } else { Outcome::CouldNotRun }
}

/// Removes what stands share and none needs any more.
fn prune(failures: &mut Vec<(String, String)>) -> Pruned {
    shared::prune().unwrap_or_else(|error| {
        failures.push(("layers".to_owned(), error.to_string()));
        Pruned::default()
    })
}

/// The stands that attempts under way would be resumed in, of all people whose record is in the state folder.
fn put_aside(context: &Context) -> BTreeMap<String, Past> {
    let people = fs::read_dir(paths::state().join("people")).into_iter().flatten().flatten();
    let others =
        people.filter(|entry| entry.path() != paths::data()).filter_map(|entry| Store::open(&entry.path()).ok());
    let own = open_store(context.lang).ok();
    let stores = own.into_iter().chain(others.map(|(store, _)| store));
    stores.filter_map(|store| session::stands(&store).ok()).flatten().collect()
}

fn report(context: &Context, found: &[Left], dry_run: bool, failures: &[(String, String)]) {
    if found.is_empty() {
        print(&context.lang.say(&msg!("clean-nothing")));
    }
    for left in found {
        let failure = failures.iter().find(|(stand, _)| *stand == left.stand).map(|(_, error)| error.as_str());
        let message = match (left.held, dry_run, failure) {
            (true, _, _) => msg!("clean-held", stand = &left.stand),
            (false, true, _) => msg!("clean-would", stand = &left.stand, processes = left.processes),
            (false, false, None) => msg!("clean-done", stand = &left.stand, processes = left.processes),
            (false, false, Some(error)) => msg!("clean-failed", stand = &left.stand, error = error),
        };
        print(&context.lang.say(&message));
    }
}
