//! What was seen of an attempt's machines, kept from one check to the next.

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
    seen: Vec<Seen>,
}

#[derive(Debug, Clone)]
struct Seen {
    stage: Stage,
    machine: String,
    probe: Probe,
    observation: Observation,
}

impl Observations {
    /// Takes what a machine answered, probe by probe.
    pub fn put(&mut self, stage: Stage, machine: &str, probes: &[Probe], observations: Vec<Observation>) {
        for (probe, observation) in probes.iter().zip(observations) {
            let known = self.seen.iter_mut().find(|seen| seen.is(stage, machine, probe));
            if let Some(seen) = known {
                seen.observation = observation;
            } else {
                let (machine, probe) = (machine.to_owned(), probe.clone());
                self.seen.push(Seen { stage, machine, probe, observation });
            }
        }
    }

    /// What was last seen.
    #[must_use]
    pub fn get(&self, stage: Stage, machine: &str, probe: &Probe) -> Option<&Observation> {
        self.seen.iter().find(|seen| seen.is(stage, machine, probe)).map(|seen| &seen.observation)
    }

    /// Forgets a stage: before it is looked at again.
    pub fn forget(&mut self, stage: Stage) {
        self.seen.retain(|seen| seen.stage != stage);
    }
}

impl Seen {
    fn is(&self, stage: Stage, machine: &str, probe: &Probe) -> bool {
        self.stage == stage && self.machine == machine && self.probe == *probe
    }
}
