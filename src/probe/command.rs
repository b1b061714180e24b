//! A program's exit status and output. The last resort: prefer a family that asks the system itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Field, Kind, Machine, Observation};
use crate::msg;

/// What a lab writes: `command = { run = ["nginx", "-t"] }`. No shell reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The program (looked up in the machine's `PATH`) and its arguments.
    pub run: Vec<String>,
}

pub(super) const FIELDS: &[Field] = &[
    Field { name: "exit", kind: Kind::Int, doc: "exit status; 128 + n where signal n ended it" },
    Field { name: "stdout", kind: Kind::Text, doc: "standard output, up to 1 MiB" },
    Field { name: "stderr", kind: Kind::Text, doc: "standard error, up to 1 MiB" },
];

pub(super) fn observe(args: &Args, _machine: &Machine) -> Observation {
    let source = msg!("probe-source-command", command = args.run.join(" "));
    Observation::unknown(msg!("probe-missing-tool", tool = args.run.first().map_or("", String::as_str)), source)
}
