//! The wire: each message is its length (4 bytes, big endian) and as many bytes of JSON.

use serde::{Deserialize, Serialize};

use crate::probe::{Observation, Probe};

/// What the PC asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Observe all of these; they may run side by side.
    Observe {
        /// What to look at.
        probes: Vec<Probe>,
        /// How long each may take, in milliseconds.
        timeout_ms: u64,
    },
}

/// What the machine answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// One observation for each probe, in their order.
    Observed(Vec<Observation>),
}
