//! The full-screen application.

use super::{Context, Outcome};

pub(super) fn run(_context: &Context) -> Outcome {
    todo!()
}

/// Opens on one lab (going on with an attempt under way).
pub(super) fn open(_context: &Context, _lab: &str, _seed: Option<u64>) -> Outcome {
    todo!()
}
