//! Truth tables: states built for real, by different means, and the verdict that each must get. Needs root and the base.
//!
//! One light stand is shared by all tables (`pc`, with two empty disks `sdb` and `sdc`, and `peer` on the same network:
//! 10.77.0.1 and 10.77.0.2). To add a family:
//!
//! 1. `tests/truth/NAME.rs` with `pub(crate) fn trials(bench: &Bench) -> Vec<Trial>`, most often
//!    `vec![bench.table(Table { family: "NAME", criterion: …, reset: …, rows: … })]`;
//! 2. below: its name in `tables!`, and out of `WITHOUT`.
//!
//! A table has at least three right states made by different means and three near misses. `reset` is run in `pc` before
//! each row and after the last: what a table makes must not outlive it. A near miss has no second look: its script must
//! return once the state is there. Run one with `cargo test --test truth -- NAME`.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test ends at the first thing that is not as it should be"
)]

mod frame;

use std::path::Path;
use std::process::ExitCode;

use frame::Bench;
use libtest_mimic::{Arguments, Trial};
use paillasse::probe::FAMILIES;

macro_rules! tables {
    ($($module:ident),* $(,)?) => {
        $(mod $module;)*

        fn trials(bench: &Bench) -> Vec<Trial> {
            [$($module::trials(bench)),*].into_iter().flatten().collect()
        }
    };
}

tables![
    access, accounts, backups, basics, content, directory, disks, here, mail, network, reach, running, services,
    storage, system, user, web
];

/// Families that have no table yet. Shorter with each one written; a family is in here or has a table, never both.
const WITHOUT: &[&str] = &["dhcp", "domain", "hardware", "login"];

fn main() -> ExitCode {
    paillasse::stand::use_program(Path::new(env!("CARGO_BIN_EXE_paillasse")));
    let bench = Bench::default();
    let mut trials = trials(&bench);
    let tables: Vec<String> = trials.iter().map(|trial| trial.name().to_owned()).collect();
    trials.push(Trial::test("every_family_has_a_table", move || {
        every_family_is_accounted_for(&tables);
        Ok(())
    }));
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    bench.down();
    conclusion.exit_code()
}

fn every_family_is_accounted_for(tables: &[String]) {
    for family in FAMILIES.iter().map(|family| family.name) {
        let has_table = tables.iter().any(|table| frame::family_of(table) == Some(family));
        assert!(has_table != WITHOUT.contains(&family), "{family}: has a table: {has_table}");
    }
    assert!(WITHOUT.iter().all(|name| FAMILIES.iter().any(|family| family.name == *name)), "a family that is no more");
}
