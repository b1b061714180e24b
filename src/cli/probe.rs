//! `paillasse probe` and the hidden `paillasse agent`

use std::path::Path;

use super::{AgentArgs, Context, Format, Outcome, complain};

pub(super) fn run(_context: &Context, _suite: &Path, _format: Format) -> Outcome {
    todo!()
}

/// Serves on the standard streams; in a machine, joins it first. Nothing may have started a thread before.
pub(super) fn agent(args: &AgentArgs) -> Outcome {
    let joined = args.pid.map_or(Ok(()), |pid| Ok(crate::probe::run::inside(crate::stand::enter::witness(pid)?)));
    match joined.and_then(|()| crate::agent::serve(std::io::stdin(), std::io::stdout())) {
        Ok(()) => Outcome::Met,
        Err(error) => {
            complain(&error.to_string());
            Outcome::CouldNotRun
        }
    }
}
