//! Asking many probes side by side.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::msg;
use crate::probe::{Machine, Observation, Probe};

/// What a probe that stops itself at the timeout is given to say so itself.
const GRACE: Duration = Duration::from_millis(250);

/// Observes all of these where this process is; each may take `timeout`. A probe that hangs is *unknown* and delays none:
/// each has a thread of its own (a hung one is left behind with its system call, it holds nothing).
#[must_use]
pub fn observe_here(probes: &[Probe], timeout: Duration) -> Vec<Observation> {
    observe_with(probes, timeout, Probe::observe)
}

fn observe_with(probes: &[Probe], timeout: Duration, observe: fn(&Probe, &Machine) -> Observation) -> Vec<Observation> {
    let machine = Arc::new(Machine::new(probes, timeout));
    let (sender, receiver) = mpsc::channel();
    for index in 0..probes.len() {
        let (machine, sender) = (Arc::clone(&machine), sender.clone());
        // A thread that could not start drops its sender: the probe is then unknown.
        let _ = thread::Builder::new().name(format!("probe {index}")).spawn(move || {
            let _ = sender.send((index, observe(&machine.asked()[index], &machine)));
        });
    }
    drop(sender);
    let mut seen: Vec<Option<Observation>> = vec![None; probes.len()];
    let deadline = Instant::now() + timeout + GRACE;
    let ended_early = loop {
        match receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok((index, observation)) => seen[index] = Some(observation),
            Err(error) => break error == RecvTimeoutError::Disconnected,
        }
    };
    seen.into_iter().zip(probes).map(|(seen, probe)| seen.unwrap_or_else(|| unanswered(probe, ended_early))).collect()
}

/// A probe whose thread gave nothing: it hangs, or broke.
fn unanswered(probe: &Probe, broke: bool) -> Observation {
    let subject = msg!("probe-subject", probe = probe.family());
    let reason =
        if broke { msg!("probe-broke", subject = subject) } else { msg!("probe-timed-out", subject = subject) };
    Observation::unknown(reason, msg!("probe-source-none"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Message;
    use crate::probe::Fact;

    fn probes(paths: &[&str]) -> Vec<Probe> {
        paths
            .iter()
            .map(|path| serde_json::from_value(serde_json::json!({ "file": { "path": path } })).unwrap())
            .collect()
    }

    fn path(probe: &Probe) -> &str {
        match probe {
            Probe::File(args) => &args.path,
            _ => "",
        }
    }

    /// Hangs on `/hang`, breaks on `/break`, says its path otherwise.
    fn odd(probe: &Probe, _machine: &Machine) -> Observation {
        match path(probe) {
            "/hang" => thread::sleep(Duration::from_mins(10)),
            "/break" => panic!("on purpose"),
            _ => {}
        }
        Observation::seen(Fact::text(path(probe)), Message::new("probe-source-none"))
    }

    fn reason(observation: &Observation) -> &str {
        match &observation.fact {
            Fact::Unknown(reason) => &reason.key,
            _ => "",
        }
    }

    #[test]
    fn observations_come_in_the_order_of_their_probes() {
        let all = observe_with(&probes(&["/a", "/b", "/c"]), Duration::from_secs(20), odd);
        let facts: Vec<Fact> = all.into_iter().map(|observation| observation.fact).collect();
        assert_eq!(facts, [Fact::text("/a"), Fact::text("/b"), Fact::text("/c")]);
    }

    #[test]
    fn a_probe_that_hangs_is_unknown_and_delays_no_other() {
        let start = Instant::now();
        let all = observe_with(&probes(&["/a", "/hang", "/b"]), Duration::from_millis(100), odd);
        assert!(start.elapsed() < Duration::from_secs(5));
        assert_eq!(reason(&all[1]), "probe-timed-out");
        assert_eq!((&all[0].fact, &all[2].fact), (&Fact::text("/a"), &Fact::text("/b")));
    }

    #[test]
    fn a_probe_that_breaks_is_unknown_and_breaks_no_other() {
        let all = observe_with(&probes(&["/break", "/b"]), Duration::from_secs(20), odd);
        assert_eq!(reason(&all[0]), "probe-broke");
        assert_eq!(all[1].fact, Fact::text("/b"));
    }
}
