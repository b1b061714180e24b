//! `paillasse lab …`

use super::{Context, LabCommand, Outcome, prove};

pub(super) fn run(context: &Context, command: LabCommand) -> Outcome {
    match command {
        LabCommand::Prove { labs, all, seeds, json } => prove::run(context, &labs, all, &seeds, json),
        LabCommand::New { .. } | LabCommand::Check { .. } | LabCommand::Schema | LabCommand::Coverage { .. } => {
            todo!()
        }
    }
}
