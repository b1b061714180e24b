//! A program's exit status and output. The last resort: prefer a family that asks the system itself.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{About, Cost, Fact, Field, Kind, Machine, Observation};
use crate::msg;

/// What a lab writes: `command = { run = ["nginx", "-t"] }`. No shell reads it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The program (looked up in the machine's `PATH`) and its arguments.
    pub run: Vec<String>,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS);

const FIELDS: &[Field] = &[
    Field { name: "exit", kind: Kind::Int, doc: "exit status; 128 + n where signal n ended it (bash(1))" },
    Field {
        name: "stdout",
        kind: Kind::Text,
        doc: "standard output, up to 1 MiB; bytes that are no UTF-8 are replaced",
    },
    Field { name: "stderr", kind: Kind::Text, doc: "standard error, up to 1 MiB" },
];

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-command", command = args.run.join(" "));
    let argv: Vec<&str> = args.run.iter().map(String::as_str).collect();
    match machine.run(&argv) {
        Ok(output) => {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            let fields = [
                ("exit", Fact::Int(output.exit.into())),
                ("stdout", Fact::Text(output.text())),
                ("stderr", Fact::Text(stderr)),
            ];
            Observation::seen(Fact::record(fields), source)
        }
        Err(reason) => Observation::unknown(reason, source),
    }
}
