//! What was seen of an attempt's machines, kept from one check to the next.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use crate::lab::manifest::After;
use crate::probe::{Observation, Probe};

/// When something is looked at. The same probe may see different things at different stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// While the candidate works, and on submission before anything is restarted.
    Now,
    /// On submission, once the units of [`super::Suite::restarts`] were restarted.
    Restart,
    /// On submission, once the machines were restarted.
    Reboot,
}

impl From<&After> for Stage {
    fn from(after: &After) -> Self {
        match after {
            After::Now => Self::Now,
            After::Restart(_) => Self::Restart,
            After::Reboot => Self::Reboot,
        }
    }
}

/// The last observation of each probe on each machine at each stage. A later one replaces an earlier one.
#[derive(Debug, Clone, Default)]
pub struct Observations {
    seen: BTreeMap<Stage, BTreeMap<String, HashMap<Probe, Observation>>>,
}

impl Observations {
    /// Takes what a machine answered, probe by probe.
    pub fn put(&mut self, stage: Stage, machine: &str, probes: &[Probe], observations: Vec<Observation>) {
        let seen = self.seen.entry(stage).or_default().entry(machine.to_owned()).or_default();
        seen.extend(probes.iter().cloned().zip(observations));
    }

    /// What was last seen.
    #[must_use]
    pub fn get(&self, stage: Stage, machine: &str, probe: &Probe) -> Option<&Observation> {
        self.seen.get(&stage)?.get(machine)?.get(probe)
    }

    /// Forgets a stage: before it is looked at again.
    pub fn forget(&mut self, stage: Stage) {
        self.seen.remove(&stage);
    }
}
