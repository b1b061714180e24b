//! The worlds there are: this PC, and the machines of a stand.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use super::SessionError;
use super::world::World;
use crate::agent::{Agent, observe_here};
use crate::i18n::Message;
use crate::lab::Variant;
use crate::lab::manifest::Driver;
use crate::msg;
use crate::probe::{Observation, Probe};
use crate::stand::{OnStep, Plan, Stand, base};
use crate::verdict::Stage;

/// How long one probe may take: a DHCP server that pings before it offers takes 15 seconds for both bounds of its range.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long what was just set up or restarted may take to answer.
const PATIENCE: Duration = Duration::from_secs(8);
/// The same after the start of a machine: winbind, for one, asks again only after 30 seconds when the network was not
/// there at its first try (smb.conf(5), `winbind reconnect delay`).
const BOOT_PATIENCE: Duration = Duration::from_mins(1);

/// This very PC: probes only look.
#[derive(Debug)]
struct Here;

/// The machines of a stand, each with its agent.
#[derive(Debug)]
struct Machines {
    stand: Stand,
    /// Machine → its agent, and the PID 1 it was made for: another one is another boot, with other namespaces.
    agents: BTreeMap<String, (Option<i32>, Agent)>,
}

/// A world of its own for a variant.
pub(crate) fn fresh(variant: &Variant, on_step: OnStep<'_>) -> Result<Box<dyn World>, SessionError> {
    if is_here(variant) {
        return Ok(Box::new(Here));
    }
    Ok(Machines::of(Stand::up(&Plan::from_manifest(variant)?, on_step)?))
}

/// The world of an attempt that goes on, its machines started again where they are down; none where they are gone.
pub(super) fn again(
    variant: &Variant,
    stand: Option<&str>,
    on_step: OnStep<'_>,
) -> Result<Option<Box<dyn World>>, SessionError> {
    if is_here(variant) {
        return Ok(Some(Box::new(Here)));
    }
    // One that a power cut took a part of can't be gone on with: what is judged on it would be nobody's work.
    let Some(stand) = stand.and_then(Stand::open).filter(Stand::is_whole) else { return Ok(None) };
    stand.resume(on_step)?;
    Ok(Some(Machines::of(stand)))
}

/// The world of an attempt as it runs; none where it is down or gone.
pub(super) fn running(variant: &Variant, stand: Option<&str>) -> Option<Box<dyn World>> {
    if is_here(variant) {
        return Some(Box::new(Here));
    }
    stand.and_then(Stand::open).filter(Stand::is_up).map(|stand| Machines::of(stand) as Box<dyn World>)
}

/// Tears a stand down, if it is still there.
pub(super) fn tear_down(stand: &str, on_step: OnStep<'_>) -> Result<(), SessionError> {
    Stand::open(stand).map_or(Ok(()), |stand| Ok(stand.down(on_step)?))
}

/// Hash of the base a variant's machines are made of; none for a lab about this PC.
pub(super) fn base_hash(variant: &Variant) -> Result<Option<String>, SessionError> {
    if is_here(variant) { Ok(None) } else { Ok(Some(base::current()?.info.hash)) }
}

pub(crate) fn is_here(variant: &Variant) -> bool {
    variant.manifest.stand.driver == Driver::Here
}

impl World for Here {
    fn observe(&mut self, requests: &BTreeMap<String, Vec<Probe>>) -> BTreeMap<String, Vec<Observation>> {
        let observe = |probes: &Vec<Probe>| observe_here(probes, TIMEOUT);
        requests.iter().map(|(machine, probes)| (machine.clone(), observe(probes))).collect()
    }

    fn restart(&mut self, _machine: &str, _unit: &str) -> Result<(), SessionError> {
        Ok(())
    }

    fn reboot(&mut self, _on_step: OnStep<'_>) -> Result<(), SessionError> {
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
}

impl World for Machines {
    fn observe(&mut self, requests: &BTreeMap<String, Vec<Probe>>) -> BTreeMap<String, Vec<Observation>> {
        self.renew_agents();
        let agents = &mut self.agents;
        thread::scope(|scope| {
            let asked: Vec<_> = agents
                .iter_mut()
                .filter_map(|(machine, (pid, agent))| Some((machine, pid, agent, requests.get(machine)?)))
                .map(|(machine, pid, agent, probes)| {
                    (machine, probes, scope.spawn(move || ask(machine, pid.is_some(), agent, probes)))
                })
                .collect();
            let answer = |(machine, probes, asked): (&String, &Vec<Probe>, thread::ScopedJoinHandle<'_, _>)| {
                let seen = asked.join().unwrap_or_else(|_| unknown(machine, probes, msg!("session-agent-refused")));
                (machine.clone(), seen)
            };
            asked.into_iter().map(answer).collect()
        })
    }

    fn restart(&mut self, machine: &str, unit: &str) -> Result<(), SessionError> {
        let argv = ["systemctl", "restart", "--", unit].map(str::to_owned);
        self.stand.exec(machine, &argv, &[])?;
        Ok(())
    }

    fn reboot(&mut self, on_step: OnStep<'_>) -> Result<(), SessionError> {
        for machine in self.stand.plan()?.machines.into_iter().filter(|machine| machine.shell) {
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

fn ask(machine: &str, is_up: bool, agent: &mut Agent, probes: &[Probe]) -> Vec<Observation> {
    if !is_up {
        let down = msg!("session-machine-down", machine = machine);
        return probes.iter().map(|_| Observation::unknown(down.clone(), source(machine))).collect();
    }
    agent.observe(probes, TIMEOUT).unwrap_or_else(|error| unknown(machine, probes, error.in_words()))
}

fn unknown(machine: &str, probes: &[Probe], error: Message) -> Vec<Observation> {
    let mute = msg!("session-machine-mute", machine = machine, error = error);
    probes.iter().map(|_| Observation::unknown(mute.clone(), source(machine))).collect()
}

fn source(machine: &str) -> Message {
    msg!("session-machine", machine = machine)
}
