//! The worlds there are: this PC, and the machines of a stand.

use super::SessionError;
use super::world::World;
use crate::lab::Variant;
use crate::lab::manifest::Driver;
use crate::probe::{Observation, Probe};
use crate::stand::{OnStep, Stand, base};

/// This very PC: probes only look.
#[derive(Debug)]
struct Here;

/// The machines of a stand.
#[derive(Debug)]
struct Machines {
    stand: Stand,
}

/// A world of its own for a variant.
pub(crate) fn fresh(variant: &Variant, on_step: OnStep<'_>) -> Result<Box<dyn World>, SessionError> {
    if is_here(variant) {
        return Ok(Box::new(Here));
    }
    let stand = Stand::up(&plan(variant)?, on_step)?;
    Ok(Box::new(Machines { stand }))
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
    let Some(stand) = stand.and_then(Stand::open) else { return Ok(None) };
    if !stand.is_up() {
        stand.resume(on_step)?;
    }
    Ok(Some(Box::new(Machines { stand })))
}

/// The world of an attempt as it runs; none where it is down or gone.
pub(super) fn running(variant: &Variant, stand: Option<&str>) -> Option<Box<dyn World>> {
    if is_here(variant) {
        return Some(Box::new(Here));
    }
    let stand = stand.and_then(Stand::open).filter(Stand::is_up)?;
    Some(Box::new(Machines { stand }))
}

/// Tears a stand down, if it is still there.
pub(super) fn tear_down(stand: &str, on_step: OnStep<'_>) -> Result<(), SessionError> {
    Stand::open(stand).map_or(Ok(()), |stand| Ok(stand.down(on_step)?))
}

/// Hash of the base a variant's machines are made of; none for a lab about this PC.
pub(super) fn base_hash(variant: &Variant) -> Result<Option<String>, SessionError> {
    if is_here(variant) { Ok(None) } else { Ok(Some(base::current()?.info.hash)) }
}

fn is_here(variant: &Variant) -> bool {
    variant.manifest.stand.driver == Driver::Here
}

fn plan(_variant: &Variant) -> Result<crate::stand::Plan, SessionError> {
    todo!()
}

impl World for Here {
    fn observe(&mut self, _machine: &str, probes: &[Probe]) -> Vec<Observation> {
        crate::agent::observe_here(probes, super::world::TIMEOUT)
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
}

impl World for Machines {
    fn observe(&mut self, _machine: &str, _probes: &[Probe]) -> Vec<Observation> {
        todo!()
    }

    fn restart(&mut self, machine: &str, unit: &str) -> Result<(), SessionError> {
        let argv = ["systemctl", "restart", "--", unit].map(str::to_owned);
        let output = self.stand.exec(machine, &argv, &[])?;
        if output.status == 0 {
            return Ok(());
        }
        let error = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        Err(SessionError::Restart { machine: machine.to_owned(), unit: unit.to_owned(), error })
    }

    fn reboot(&mut self, on_step: OnStep<'_>) -> Result<(), SessionError> {
        for machine in self.stand.machines()? {
            on_step(crate::msg!("session-rebooting", machine = &machine.name));
            self.stand.reboot(&machine.name)?;
        }
        Ok(())
    }

    fn reset(&mut self, machine: Option<&str>, on_step: OnStep<'_>) -> Result<(), SessionError> {
        Ok(self.stand.reset(machine, on_step)?)
    }

    fn down(&mut self, on_step: OnStep<'_>) -> Result<(), SessionError> {
        Ok(self.stand.clone().down(on_step)?)
    }

    fn stand(&self) -> Option<&Stand> {
        Some(&self.stand)
    }
}
