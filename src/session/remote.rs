//! A world of machines prepared beforehand, reached by SSH: looked at like any other, and left as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use super::SessionError;
use super::machines::{BOOT_PATIENCE, PATIENCE, TIMEOUT, source};
use super::world::World;
use crate::agent::{Agent, AgentError};
use crate::i18n::Message;
use crate::lab::Variant;
use crate::msg;
use crate::probe::{Observation, Probe};
use crate::stand::remote::Remote;
use crate::stand::{OnStep, Stand, StandError};
use crate::verdict::Stage;

/// The machines, each with its agent.
#[derive(Debug)]
struct Prepared {
    remote: Remote,
    agents: BTreeMap<String, Agent>,
    /// Those that could not be restarted for the check under way, and why.
    not_restarted: BTreeMap<String, Message>,
}

/// The prepared machines that a lab names. Nothing of them is changed.
pub(super) fn open(variant: &Variant) -> Result<Box<dyn World>, SessionError> {
    let machines = &variant.manifest.stand.machines;
    let remote = Remote::open(machines.iter().map(|machine| machine.name.as_str()))?;
    Ok(Box::new(Prepared { remote, agents: BTreeMap::new(), not_restarted: BTreeMap::new() }))
}

impl Prepared {
    fn prepare_agents<'a>(&mut self, names: impl Iterator<Item = &'a String>) -> Result<(), StandError> {
        for name in names {
            if !self.agents.contains_key(name) {
                self.agents.insert(name.clone(), self.remote.agent(name)?);
            }
        }
        Ok(())
    }

    /// Asks every machine's agent, side by side; what can't be asked is unknown, all of it.
    fn each<T: Send>(
        &mut self,
        requests: &BTreeMap<String, Vec<Probe>>,
        ask: impl Fn(&mut Agent, &[Probe]) -> Result<T, AgentError> + Sync,
        unseen: impl Fn(Vec<Observation>) -> T,
    ) -> BTreeMap<String, T> {
        let unable = self.prepare_agents(requests.keys()).err().map(|error| error.message());
        let (remote, ask) = (&self.remote, &ask);
        let mut seen: BTreeMap<String, Result<T, Message>> = thread::scope(|scope| {
            let asked = self.agents.iter_mut().filter_map(|(name, agent)| Some((name, agent, requests.get(name)?)));
            let asked: Vec<_> = asked
                .map(|(name, agent, probes)| (name, scope.spawn(move || ask_twice(remote, name, agent, probes, ask))))
                .collect();
            asked.into_iter().filter_map(|(name, asked)| Some((name.clone(), asked.join().ok()?))).collect()
        });
        let answer = |(name, probes): (&String, &Vec<Probe>)| {
            let nobody = || Err(unable.clone().unwrap_or_else(|| msg!("session-agent-refused")));
            let answer = seen.remove(name).unwrap_or_else(nobody);
            (name.clone(), answer.unwrap_or_else(|why| unseen(unknown(name, probes, &why))))
        };
        requests.iter().map(answer).collect()
    }
}

impl World for Prepared {
    fn observe(&mut self, requests: &BTreeMap<String, Vec<Probe>>) -> BTreeMap<String, Vec<Observation>> {
        self.each(requests, |agent, probes| agent.observe(probes, TIMEOUT), |all| all)
    }

    fn changes(&mut self, requests: &BTreeMap<String, Vec<Probe>>) -> BTreeMap<String, Vec<(usize, Observation)>> {
        let all = |all: Vec<Observation>| all.into_iter().enumerate().collect();
        self.each(requests, |agent, probes| agent.changes(probes, TIMEOUT), all)
    }

    fn restart(&mut self, machine: &str, unit: &str) -> Result<(), SessionError> {
        Ok(self.remote.restart(machine, unit)?)
    }

    fn reboot(&mut self, _asked: &BTreeSet<String>, on_step: OnStep<'_>) -> Result<(), SessionError> {
        self.not_restarted.clear();
        let names: BTreeSet<String> = self.remote.names().map(str::to_owned).collect();
        for name in names {
            let done = if let Some(why) = self.remote.keeps_running(&name) {
                Err(why)
            } else {
                on_step(msg!("session-rebooting", machine = &name));
                self.agents.remove(&name);
                self.remote.reboot(&name).map_err(|error| error.message())
            };
            if let Err(why) = done {
                on_step(why.clone());
                self.not_restarted.insert(name, why);
            }
        }
        Ok(())
    }

    fn reset(&mut self, _machine: Option<&str>, _on_step: OnStep<'_>) -> Result<(), SessionError> {
        Err(StandError::Refused(msg!("remote-no-reset")).into())
    }

    fn down(&mut self, _on_step: OnStep<'_>) -> Result<(), SessionError> {
        self.agents.clear();
        Ok(())
    }

    fn stand(&self) -> Option<&Stand> {
        None
    }

    fn remote(&self) -> Option<&Remote> {
        Some(&self.remote)
    }

    fn refuses(&self, stage: Stage, machine: &str) -> Option<Message> {
        self.not_restarted.get(machine).filter(|_| stage == Stage::Reboot).cloned()
    }

    fn patience(&self, stage: Stage) -> Duration {
        // Nothing is still starting where nothing was restarted.
        let none_restarted = self.not_restarted.len() == self.remote.names().count();
        match stage {
            Stage::Reboot if none_restarted => Duration::ZERO,
            Stage::Reboot => BOOT_PATIENCE,
            _ => PATIENCE,
        }
    }
}

/// An agent that was lost since the last look (the network was, or it had nothing to do for long) is sent once more.
fn ask_twice<T>(
    remote: &Remote,
    name: &str,
    agent: &mut Agent,
    probes: &[Probe],
    ask: &impl Fn(&mut Agent, &[Probe]) -> Result<T, AgentError>,
) -> Result<T, Message> {
    let was_running = agent.is_running();
    let mut seen = ask(agent, probes);
    if was_running && matches!(seen, Err(AgentError::Io(_))) {
        seen = ask(agent, probes);
    }
    seen.map_err(|error| remote.trouble(name).unwrap_or_else(|| error.in_words()))
}

fn unknown(name: &str, probes: &[Probe], why: &Message) -> Vec<Observation> {
    let mute = msg!("session-machine-mute", machine = name, error = why.clone());
    probes.iter().map(|_| Observation::unknown(mute.clone(), source(name))).collect()
}
