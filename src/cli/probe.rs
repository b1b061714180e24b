//! `paillasse probe` and the hidden `paillasse agent`

use std::path::Path;

use super::{AgentArgs, Context, Format, Outcome};

pub(super) fn run(_context: &Context, _suite: &Path, _format: Format) -> Outcome {
    todo!()
}

pub(super) fn agent(_args: &AgentArgs) -> Outcome {
    todo!()
}
