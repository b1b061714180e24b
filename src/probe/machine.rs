//! The machine being looked at, with each source read at most once per run.

use std::time::Duration;

/// One run's view of the machine. Made anew for each check run, dropped after it.
#[derive(Debug, Default)]
pub struct Machine {
    /// How long one probe may take.
    pub timeout: Option<Duration>,
}
