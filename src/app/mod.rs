//! The full-screen application: one inbound channel, one state, one executor.
//!
//! What comes in ([`Action`]) goes through [`update()`], which is pure and says what has to be done ([`Effect`]); the
//! [executor] does it and answers through the same channel. A frame is drawn when something changed, at most every
//! 10 ms, after the queue is empty.

pub mod action;
mod attempt;
pub mod desk;
pub mod executor;
#[cfg(test)]
pub(crate) mod fixture;
pub mod keymap;
pub mod model;
pub mod palette;
mod run;
mod shells;
pub mod state;
mod terminal;
mod update;

pub use action::{Action, Command, Effect};
pub use run::{App, Inbound};
pub use state::State;
pub use terminal::{Crash, Screen as RealScreen};
pub use update::update;
