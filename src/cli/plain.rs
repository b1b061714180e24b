//! `paillasse run --plain`

use super::{Context, Outcome};

pub(super) fn run(_context: &Context, _lab: &str, _seed: Option<u64>) -> Outcome {
    todo!()
}
