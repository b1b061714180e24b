//! The worlds there are: this PC, and the machines of a stand.

use std::collections::{BTreeMap, BTreeSet};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

use super::SessionError;
use super::remote;
use super::world::World;
use crate::agent::{Agent, AgentError, Live, observe_here};
use crate::i18n::Message;
use crate::lab::Variant;
use crate::lab::manifest::Driver;
use crate::msg;
use crate::probe::{Observation, Probe};
use crate::stand::{Machine, OnStep, Plan, Stand, base};
use crate::verdict::Stage;

/// How long one probe may take: a DHCP server that pings before it offers takes 15 seconds for both bounds of its range.
pub(super) const TIMEOUT: Duration = Duration::from_secs(30);
/// How long what was just set up or restarted may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(8);
/// The same after the start of a machine: winbind, for one, asks again only after 30 seconds when the network was not
/// there at its first try (smb.conf(5), `winbind reconnect delay`).
pub(super) const BOOT_PATIENCE: Duration = Duration::from_mins(1);

/// This very PC: probes only look.
#[derive(Debug, Default)]
struct Here {
    live: Option<Live>,
}

/// The machines of a stand, each with its agent.
#[derive(Debug)]
struct Machines {
    stand: Stand,
    /// Machine → its agent, and the PID 1 it was made for: another one is another boot, with other namespaces.
    agents: BTreeMap<String, (Option<i32>, Agent)>,
}

/// A world of its own for a variant.
pub(crate) fn fresh(variant: &Variant, on_step: OnStep<'_>) -> Result<Box<dyn World>, SessionError> {
    match variant.manifest.stand.driver {
        Driver::Here => return Ok(Box::new(Here::default())),
        Driver::Ssh => return remote::open(variant),
        Driver::Container => {}
    }
    Ok(Machines::of(Stand::up(&Plan::from_manifest(variant)?, on_step)?))
}

/// The world of an attempt that goes on, its machines started again where they are down; none where they are gone.
pub(super) fn again(
    variant: &Variant,
    stand: Option<&str>,
    on_step: OnStep<'_>,
) -> Result<Option<Box<dyn World>>, SessionError> {
    match variant.manifest.stand.driver {
        Driver::Here => return Ok(Some(Box::new(Here::default()))),
        Driver::Ssh => return remote::open(variant).map(Some),
        Driver::Container => {}
    }
    // One that a power cut took a part of can't be gone on with: what is judged on it would be nobody's work.
    let Some(stand) = stand.and_then(Stand::open).filter(Stand::is_whole) else { return Ok(None) };
    stand.resume(on_step)?;
    Ok(Some(Machines::of(stand)))
}

/// The world of an attempt as it runs; none where it is down or gone.
pub(super) fn running(variant: &Variant, stand: Option<&str>) -> Option<Box<dyn World>> {
    match variant.manifest.stand.driver {
        Driver::Here => return Some(Box::new(Here::default())),
        Driver::Ssh => return remote::open(variant).ok(),
        Driver::Container => {}
    }
    stand.and_then(Stand::open).filter(Stand::is_up).map(|stand| Machines::of(stand) as Box<dyn World>)
}

/// Tears a stand down, if it is still there.
pub(super) fn tear_down(stand: &str, on_step: OnStep<'_>) -> Result<(), SessionError> {
    Stand::open(stand).map_or(Ok(()), |stand| Ok(stand.down(on_step)?))
}

/// Hash of the base a variant's machines are made of; none where none is built.
pub(super) fn base_hash(variant: &Variant) -> Result<Option<String>, SessionError> {
    let is_built = variant.manifest.stand.driver == Driver::Container;
    if is_built { Ok(Some(base::current()?.info.hash)) } else { Ok(None) }
}

pub(crate) fn is_here(variant: &Variant) -> bool {
    variant.manifest.stand.driver == Driver::Here
}

impl World for Here {
    fn observe(&mut self, requests: &BTreeMap<String, Vec<Probe>>) -> BTreeMap<String, Vec<Observation>> {
        if let Some(live) = &mut self.live {
            live.forget();
        }
        let observe = |probes: &Vec<Probe>| observe_here(probes, TIMEOUT);
        requests.iter().map(|(machine, probes)| (machine.clone(), observe(probes))).collect()
    }

    fn changes(&mut self, requests: &BTreeMap<String, Vec<Probe>>) -> BTreeMap<String, Vec<(usize, Observation)>> {
        // This PC is one machine, whatever the lab calls it.
        let Some((machine, probes)) = requests.first_key_value() else { return BTreeMap::new() };
        if !self.live.as_ref().is_some_and(|live| live.is_of(probes)) {
            self.live = Live::new(probes).ok();
        }
        let changes = match &mut self.live {
            Some(live) => live.changes(TIMEOUT),
            None => observe_here(probes, TIMEOUT).into_iter().enumerate().collect(),
        };
        BTreeMap::from([(machine.clone(), changes)])
    }

    fn restart(&mut self, _machine: &str, _unit: &str) -> Result<(), SessionError> {
        Ok(())
    }

    fn reboot(&mut self, _asked: &BTreeSet<String>, _on_step: OnStep<'_>) -> Result<(), SessionError> {
        Ok(())
    }

    fn reset(&mut self, _machine: Option<&str>, _on_step: OnStep<'_>) -> Result<(), SessionError> {
        Ok(())
    }

    fn down(&mut self, _on_step: OnStep<'_>) -> Result<(), SessionError> {
        Ok(())
    }

    fn stand(&self) -> Option<&Stand> {
        None
    }

    fn patience(&self, _stage: Stage) -> Duration {
        Duration::ZERO
    }
}

impl Machines {
    fn of(stand: Stand) -> Box<dyn World> {
        Box::new(Self { stand, agents: BTreeMap::new() })
    }

    /// Agents for machines that are in another boot than at the last look.
    fn renew_agents(&mut self) {
        for machine in self.stand.machines().unwrap_or_default() {
            if self.agents.get(&machine.name).is_none_or(|(pid, _)| *pid != machine.pid) {
                let agent = Agent::start(self.stand.agent(&machine.name));
                self.agents.insert(machine.name, (machine.pid, agent));
            }
        }
    }

    /// Asks the agents of the machines side by side. Of a machine that doesn't answer every probe is unknown: `all` of
    /// them, in the shape of an answer.
    fn each<T: Send>(
        &mut self,
        requests: &BTreeMap<String, Vec<Probe>>,
        ask: impl Fn(&mut Agent, &[Probe]) -> Result<T, AgentError> + Sync,
        all: impl Fn(Vec<Observation>) -> T + Sync,
    ) -> BTreeMap<String, T> {
        self.renew_agents();
        let unknown = |machine: &str, probes: &[Probe], why| all(unknown(machine, probes, &why));
        let one = |machine: &str, is_up: bool, agent: &mut Agent, probes: &[Probe]| {
            if !is_up {
                return unknown(machine, probes, msg!("session-machine-down", machine = machine));
            }
            ask(agent, probes).unwrap_or_else(|error| unknown(machine, probes, mute(machine, error.in_words())))
        };
        thread::scope(|scope| {
            let one = &one;
            let begun = self.agents.iter_mut().filter_map(|(machine, (pid, agent))| {
                let (probes, is_up) = (requests.get(machine)?, pid.is_some());
                let thread = scope.spawn(move || one(machine.as_str(), is_up, agent, probes));
                Some((machine, probes, thread))
            });
            let asked: Vec<(&String, &Vec<Probe>, ScopedJoinHandle<'_, T>)> = begun.collect();
            let end = |(machine, probes, thread): (&String, &Vec<Probe>, ScopedJoinHandle<'_, T>)| {
                let broke = || unknown(machine, probes, mute(machine, msg!("session-agent-refused")));
                (machine.clone(), thread.join().unwrap_or_else(|_| broke()))
            };
            asked.into_iter().map(end).collect()
        })
    }
}

impl World for Machines {
    fn observe(&mut self, requests: &BTreeMap<String, Vec<Probe>>) -> BTreeMap<String, Vec<Observation>> {
        self.each(requests, |agent, probes| agent.observe(probes, TIMEOUT), |all| all)
    }

    fn changes(&mut self, requests: &BTreeMap<String, Vec<Probe>>) -> BTreeMap<String, Vec<(usize, Observation)>> {
        let all = |all: Vec<Observation>| all.into_iter().enumerate().collect();
        self.each(requests, |agent, probes| agent.changes(probes, TIMEOUT), all)
    }

    fn restart(&mut self, machine: &str, unit: &str) -> Result<(), SessionError> {
        let argv = ["systemctl", "restart", "--", unit].map(str::to_owned);
        self.stand.exec(machine, &argv, &[])?;
        Ok(())
    }

    fn reboot(&mut self, asked: &BTreeSet<String>, on_step: OnStep<'_>) -> Result<(), SessionError> {
        let concerned = |machine: &Machine| machine.shell || asked.contains(&machine.name);
        for machine in self.stand.plan()?.machines.into_iter().filter(concerned) {
            on_step(msg!("session-rebooting", machine = &machine.name));
            self.stand.reboot(&machine.name)?;
        }
        Ok(())
    }

    fn reset(&mut self, machine: Option<&str>, on_step: OnStep<'_>) -> Result<(), SessionError> {
        Ok(self.stand.reset(machine, on_step)?)
    }

    fn down(&mut self, on_step: OnStep<'_>) -> Result<(), SessionError> {
        self.agents.clear();
        Ok(self.stand.clone().down(on_step)?)
    }

    fn stand(&self) -> Option<&Stand> {
        Some(&self.stand)
    }

    fn patience(&self, stage: Stage) -> Duration {
        if stage == Stage::Reboot { BOOT_PATIENCE } else { PATIENCE }
    }
}

fn mute(machine: &str, error: Message) -> Message {
    msg!("session-machine-mute", machine = machine, error = error)
}

fn unknown(machine: &str, probes: &[Probe], why: &Message) -> Vec<Observation> {
    probes.iter().map(|_| Observation::unknown(why.clone(), source(machine))).collect()
}

pub(super) fn source(machine: &str) -> Message {
    msg!("session-machine", machine = machine)
}
