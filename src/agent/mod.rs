//! The binary itself, serving inside a machine: one request carries a whole check suite, one answer all observations.
//!
//! For a container the agent is started on the PC's side and enters the machine's namespaces at once (the PC's C library
//! may be newer than the machine's, so nothing of the PC is executed inside). It stays outside of the machine's process
//! namespace: nobody in there can see it, trace it or answer in its place.

mod client;
mod impatient;
mod live;
mod observe;
pub mod pack;
mod protocol;
mod serve;
mod watch;

pub use client::{Agent, AgentError};
pub use impatient::Impatient;
pub use live::Live;
pub use observe::observe_here;
pub use protocol::{Answer, Request};
pub use serve::serve;
