//! What an attempt looks at and acts on: this PC, or the machines of a stand. Behind a trait, so that what a session does
//! with what it sees is tested without machines.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::time::Duration;

use super::SessionError;
use crate::i18n::Message;
use crate::probe::{Observation, Probe};
use crate::stand::remote::Remote;
use crate::stand::{OnStep, Stand};
use crate::verdict::Stage;

/// The machines of an attempt.
pub(crate) trait World: Debug + Send {
    /// Looks: for each machine, one observation for each probe, in their order. A machine that doesn't answer makes all
    /// of its own unknown.
    fn observe(&mut self, requests: &BTreeMap<String, Vec<Probe>>) -> BTreeMap<String, Vec<Observation>>;
    /// Looks again, only at what may have changed: for each machine, what is seen otherwise than the last time, by the
    /// probe's place; the first time all that only reads.
    fn changes(&mut self, requests: &BTreeMap<String, Vec<Probe>>) -> BTreeMap<String, Vec<(usize, Observation)>>;
    /// Restarts a unit of a machine. That it doesn't come up is no error: what is looked at next tells.
    fn restart(&mut self, machine: &str, unit: &str) -> Result<(), SessionError>;
    /// Restarts every machine that has a shell and those that something is asked of afterwards, and returns when all are
    /// ready. The others are the company's servers: nobody worked on them, and nobody restarts them to see whether a PC
    /// comes back.
    fn reboot(&mut self, asked: &BTreeSet<String>, on_step: OnStep<'_>) -> Result<(), SessionError>;
    /// Puts a machine, or all, back to the start.
    fn reset(&mut self, machine: Option<&str>, on_step: OnStep<'_>) -> Result<(), SessionError>;
    /// Ends it.
    fn down(&mut self, on_step: OnStep<'_>) -> Result<(), SessionError>;
    /// The stand, unless it is this PC.
    fn stand(&self) -> Option<&Stand>;
    /// The prepared machines, where it is those.
    fn remote(&self) -> Option<&Remote> {
        None
    }
    /// Why a machine can't be looked at in this stage; none where it can.
    fn refuses(&self, _stage: Stage, _machine: &str) -> Option<Message> {
        None
    }
    /// How long a final check waits at this stage for what may still be starting.
    fn patience(&self, stage: Stage) -> Duration;
}
