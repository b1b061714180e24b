//! Looking again, only at what may have changed.

use std::io;
use std::time::Duration;

use super::observe::observe_here;
use super::watch::Watcher;
use crate::probe::{Cost, Observation, Probe};

/// Probes under watch, with what was last seen of each.
pub struct Live {
    probes: Vec<Probe>,
    last: Vec<Option<Observation>>,
    watcher: Watcher,
    is_new: bool,
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").field("probes", &self.probes.len()).finish_non_exhaustive()
    }
}

impl Live {
    /// Begins to watch.
    pub fn new(probes: &[Probe]) -> io::Result<Self> {
        // Before the first look: a change meanwhile is not missed.
        let watcher = Watcher::new(probes)?;
        Ok(Self { probes: probes.to_vec(), last: vec![None; probes.len()], watcher, is_new: true })
    }

    /// Whether it is these probes that are watched.
    #[must_use]
    pub fn is_of(&self, probes: &[Probe]) -> bool {
        self.probes == probes
    }

    /// All was looked at in another way meanwhile: what was seen last is no longer what the asker knows.
    pub fn forget(&mut self) {
        self.last.fill(None);
    }

    /// What is seen otherwise than the last time, by the probe's index: at the first call all that only reads, then
    /// what something happened to.
    pub fn changes(&mut self, timeout: Duration) -> Vec<(usize, Observation)> {
        let fired = self.watcher.fired(&self.probes);
        let first = std::mem::take(&mut self.is_new);
        let due = |index: &usize| fired.contains(index) || (first && self.probes[*index].cost() == Cost::Local);
        let due: Vec<usize> = (0..self.probes.len()).filter(due).collect();
        let asked: Vec<Probe> = due.iter().map(|index| self.probes[*index].clone()).collect();
        let seen = due.into_iter().zip(observe_here(&asked, timeout));
        let changed: Vec<_> = seen.filter(|(index, seen)| self.last[*index].as_ref() != Some(seen)).collect();
        for (index, seen) in &changed {
            self.last[*index] = Some(seen.clone());
        }
        changed
    }
}
