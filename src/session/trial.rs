//! A lab's criteria and the world they are checked in: one run of checks, at some depth. Knows no record and no clock:
//! the proof of a lab uses it as well as a session.

use std::collections::BTreeMap;

use super::world::World;
use super::{Depth, SessionError};
use crate::i18n::Message;
use crate::lab::Manifest;
use crate::lab::manifest::HintWhen;
use crate::stand::OnStep;
use crate::verdict::Verdict;

/// Answers given, by question.
pub(crate) type Answers = BTreeMap<String, String>;

/// A lab's criteria, the world, and what was seen of it.
#[derive(Debug)]
pub(crate) struct Trial {
    world: Box<dyn World>,
}

impl Trial {
    pub(crate) fn new(_manifest: &Manifest, world: Box<dyn World>) -> Result<Self, SessionError> {
        Ok(Self { world })
    }

    pub(crate) fn world(&self) -> &dyn World {
        self.world.as_ref()
    }

    /// Looks as deep as asked, and judges what was looked at.
    pub(crate) fn check(
        &mut self,
        _depth: Depth,
        _answers: &Answers,
        _on_step: OnStep<'_>,
    ) -> Result<Vec<Verdict>, SessionError> {
        todo!()
    }

    /// Judges one question, now that it is answered.
    pub(crate) fn answered(&mut self, _question: &str, _answers: &Answers) -> Vec<Verdict> {
        todo!()
    }

    /// What was looked at and can't be told on this machine, with the reason.
    pub(crate) fn cannot_show(&self) -> Vec<(String, Message)> {
        todo!()
    }

    /// Whether what a hint is for was seen.
    pub(crate) fn shows(&self, _when: &HintWhen) -> bool {
        todo!()
    }

    /// Puts a machine, or all, back to the start; what was seen before is forgotten.
    pub(crate) fn reset(&mut self, machine: Option<&str>, on_step: OnStep<'_>) -> Result<(), SessionError> {
        self.world.reset(machine, on_step)
    }

    /// Ends the world.
    pub(crate) fn down(&mut self, on_step: OnStep<'_>) -> Result<(), SessionError> {
        self.world.down(on_step)
    }
}
