//! `paillasse list` and `paillasse show`

use super::{Context, Outcome};

pub(super) fn run(_context: &Context, _json: bool) -> Outcome {
    todo!()
}

pub(super) fn show(_context: &Context, _lab: &str, _seed: u64) -> Outcome {
    todo!()
}
