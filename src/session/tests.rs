//! Sessions on a fake world: what is noted, what survives, what counts.

use crate::lab::Manifest;
use crate::verdict::{Status, Verdict};

/// A small lab: `a`, `b` (needs `a`), the guard `keep`, one question, three hints.
pub(super) fn manifest() -> Manifest {
    toml::from_str(include_str!("tests/lab.toml")).unwrap()
}

pub(super) fn verdict(id: &str, status: Status) -> Verdict {
    Verdict {
        id: id.to_owned(),
        status,
        points: 2,
        guard: false,
        findings: Vec::new(),
        note: None,
        waits_for: Vec::new(),
    }
}
