//! `paillasse check`

use super::{Context, Format, Outcome};

pub(super) fn run(_context: &Context, _format: Format, _is_final: bool) -> Outcome {
    todo!()
}
