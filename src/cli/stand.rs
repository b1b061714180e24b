//! `paillasse stand …` and the hidden commands behind it

use super::{Context, EnterArgs, KeeperArgs, Outcome, StandCommand};

pub(super) fn run(_context: &Context, _command: StandCommand) -> Outcome {
    todo!()
}

pub(super) fn keeper(_args: &KeeperArgs) -> Outcome {
    todo!()
}

pub(super) fn enter(_args: &EnterArgs) -> Outcome {
    todo!()
}
