//! `paillasse doctor`

use super::{Context, Outcome};

pub(super) fn run(_context: &Context, _install: bool, _yes: bool, _json: bool) -> Outcome {
    todo!()
}
