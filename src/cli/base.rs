//! `paillasse base …`

use super::{BaseCommand, Context, Outcome};

pub(super) fn run(_context: &Context, _command: BaseCommand) -> Outcome {
    todo!()
}
