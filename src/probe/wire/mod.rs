//! Talking with servers over TCP and TLS, for the families that do: bounded in time and in memory, blocking, without a
//! runtime. Nothing here knows what is said.

pub(super) mod conn;
pub(super) mod door;
pub(super) mod http;
mod http_read;
pub(super) mod icmp;
pub(super) mod names;
pub(super) mod reach;
pub(super) mod scratch;
pub(super) mod secret;
pub(super) mod tls;
pub(super) mod trust;

use std::time::{Duration, Instant};

/// What is left until `end`; never zero, which a socket would take for "for ever".
pub(super) fn left(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now()).max(Duration::from_millis(1))
}
