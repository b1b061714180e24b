//! `paillasse clean`

use super::{Context, Outcome};

pub(super) fn run(_context: &Context, _dry_run: bool, _json: bool) -> Outcome {
    todo!()
}
