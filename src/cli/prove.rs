//! `paillasse lab prove`

use super::{Context, Outcome};

pub(super) fn run(_context: &Context, _labs: &[String], _all: bool, _seeds: &[u64], _json: bool) -> Outcome {
    todo!()
}
