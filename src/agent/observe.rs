//! Asking many probes side by side.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashSet, VecDeque};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::i18n::Message;
use crate::msg;
use crate::probe::{Cost, Machine, Observation, Probe};

/// What a probe that stops itself at the timeout is given to say so itself.
const GRACE: Duration = Duration::from_millis(250);
/// With nothing answered for so long, those at work are taken to wait, and as many more are put to work.
const STALL: Duration = Duration::from_millis(20);
/// Probes that mostly wait for somebody else begin side by side, up to so many.
const WAITING: usize = 64;

/// Probes whose threads hang: not asked again before they come back, lest each look leaves one more thread behind.
static HUNG: LazyLock<Mutex<HashSet<Probe>>> = LazyLock::new(Mutex::default);

/// Observes all of these where this process is; each may take `timeout`. A probe that hangs is *unknown* and delays none:
/// its thread is left behind with its system call, it holds nothing, and others take over what it would have asked.
#[must_use]
pub fn observe_here(probes: &[Probe], timeout: Duration) -> Vec<Observation> {
    observe_with(probes, timeout, Probe::observe)
}

fn observe_with(probes: &[Probe], timeout: Duration, look: Look) -> Vec<Observation> {
    let (sender, receiver) = mpsc::channel();
    let deadline = Instant::now() + timeout + GRACE;
    let run = Arc::new(Run::new(probes, timeout, look));
    let local = thread::available_parallelism().map_or(1, usize::from);
    let unbegun = lock(&run.work).unbegun.len();
    hire(&run, &sender, (lock(&run.work).waiting.min(WAITING) + local).min(unbegun));
    let mut seen: Vec<Option<Observation>> = vec![None; probes.len()];
    let (mut answered, mut stalls) = (0, 0);
    while answered < unbegun {
        let left = deadline.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left.min(STALL)) {
            Ok((index, observation)) => {
                answered += 1;
                seen[index] = Some(observation.unwrap_or_else(|| {
                    // Its thread ended with it.
                    hire(&run, &sender, 1);
                    unanswered(&probes[index], "probe-broke")
                }));
            }
            Err(RecvTimeoutError::Timeout) if !left.is_zero() => {
                let unbegun = lock(&run.work).unbegun.len();
                hire(&run, &sender, unbegun.min(1 << stalls));
                stalls = (stalls + 1).min(10);
            }
            Err(_) => break,
        }
    }
    run.leave_behind();
    let seen = seen.into_iter().zip(probes);
    seen.map(|(seen, probe)| seen.unwrap_or_else(|| unanswered(probe, "probe-timed-out"))).collect()
}

type Look = fn(&Probe, &Machine) -> Observation;
type Answers = Sender<(usize, Option<Observation>)>;

/// What the threads of one run share.
struct Run {
    machine: Machine,
    look: Look,
    work: Mutex<Work>,
}

/// Probes, as indexes.
struct Work {
    /// That nobody has begun: those that wait for somebody else come first.
    unbegun: VecDeque<usize>,
    /// How many of these wait for somebody else.
    waiting: usize,
    begun: BTreeSet<usize>,
}

impl Run {
    fn new(probes: &[Probe], timeout: Duration, look: Look) -> Self {
        let hung = lock(&HUNG);
        let mut unbegun: Vec<usize> = (0..probes.len()).filter(|index| !hung.contains(&probes[*index])).collect();
        unbegun.sort_by_key(|index| Reverse(probes[*index].cost()));
        let waiting = unbegun.iter().filter(|index| probes[**index].cost() > Cost::Local).count();
        let unbegun = VecDeque::from(unbegun);
        let work = Mutex::new(Work { unbegun, waiting, begun: BTreeSet::new() });
        Self { machine: Machine::new(probes, timeout), look, work }
    }

    fn begin(&self) -> Option<usize> {
        let mut work = lock(&self.work);
        let index = work.unbegun.pop_front()?;
        work.begun.insert(index);
        Some(index)
    }

    fn end(&self, index: usize) {
        let mut work = lock(&self.work);
        // Whoever was left behind and comes back may be asked again.
        if !work.begun.remove(&index) {
            lock(&HUNG).remove(&self.machine.asked()[index]);
        }
    }

    /// Nothing more is begun; what is under way hangs.
    fn leave_behind(&self) {
        let mut work = lock(&self.work);
        work.unbegun.clear();
        let hung = std::mem::take(&mut work.begun);
        lock(&HUNG).extend(hung.into_iter().map(|index| self.machine.asked()[index].clone()));
    }
}

/// Puts more threads to work.
fn hire(run: &Arc<Run>, answers: &Answers, count: usize) {
    for _ in 0..count {
        let (run, answers) = (Arc::clone(run), answers.clone());
        let work = move || {
            while let Some(index) = run.begin() {
                let mut answer = Answer { index, seen: None, run: &run, answers: &answers };
                answer.seen = Some((run.look)(&run.machine.asked()[index], &run.machine));
            }
        };
        // Where none can start, what nobody begins is told as too late.
        let _ = thread::Builder::new().name("probe".to_owned()).spawn(work);
    }
}

/// Sent when dropped: without an observation where the probe broke.
struct Answer<'a> {
    index: usize,
    seen: Option<Observation>,
    run: &'a Run,
    answers: &'a Answers,
}

impl Drop for Answer<'_> {
    fn drop(&mut self) {
        self.run.end(self.index);
        // Nobody listens any more to what was left behind.
        let _ = self.answers.send((self.index, self.seen.take()));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A probe whose thread gave nothing: it hangs, or broke.
fn unanswered(probe: &Probe, why: &str) -> Observation {
    let reason = Message::new(why).with("subject", msg!("probe-subject", probe = probe.family()));
    Observation::unknown(reason, msg!("probe-source-none"))
}

#[cfg(test)]
mod tests {
    use super::*;
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
            path if path.starts_with("/hang") => thread::sleep(Duration::from_mins(10)),
            "/slow" => thread::sleep(Duration::from_secs(2)),
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
    fn a_probe_of_any_price_is_asked() {
        let asked = [
            serde_json::json!({ "file": { "path": "/a" } }),
            serde_json::json!({ "service": { "name": "a" } }),
            serde_json::json!({ "command": { "run": ["a"] } }),
        ];
        let probes = asked.map(|probe| serde_json::from_value::<Probe>(probe).unwrap());
        let mut prices = probes.each_ref().map(Probe::cost);
        prices.sort();
        assert_eq!(prices, [Cost::Local, Cost::Program, Cost::Active], "one of each");
        let all = observe_with(&probes, Duration::from_secs(20), odd);
        assert!(all.iter().all(|observation| reason(observation).is_empty()), "{all:?}");
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
    fn what_hangs_is_not_asked_again_until_it_comes_back() {
        let look = || observe_with(&probes(&["/slow"]), Duration::from_millis(10), odd).remove(0);
        assert_eq!(reason(&look()), "probe-timed-out");
        let start = Instant::now();
        assert_eq!(reason(&look()), "probe-timed-out");
        assert!(start.elapsed() < GRACE, "it was asked again");
        while lock(&HUNG).contains(&probes(&["/slow"])[0]) {
            thread::sleep(Duration::from_millis(10));
        }
        let seen = observe_with(&probes(&["/slow"]), Duration::from_secs(20), odd).remove(0);
        assert_eq!(seen.fact, Fact::text("/slow"));
    }

    #[test]
    fn a_probe_that_breaks_is_unknown_and_breaks_no_other() {
        let all = observe_with(&probes(&["/break", "/b"]), Duration::from_secs(20), odd);
        assert_eq!(reason(&all[0]), "probe-broke");
        assert_eq!(all[1].fact, Fact::text("/b"));
    }

    #[test]
    fn hundreds_that_hang_or_break_delay_and_break_none_of_the_others() {
        let mut paths = vec!["/hang/many"; 200];
        paths.extend(vec!["/break"; 100]);
        paths.extend(vec!["/b"; 700]);
        let all = observe_with(&probes(&paths), Duration::from_secs(3), odd);
        let count = |key: &str| all.iter().filter(|observation| reason(observation) == key).count();
        assert_eq!((count("probe-timed-out"), count("probe-broke")), (200, 100));
        assert!(all[300..].iter().all(|observation| observation.fact == Fact::text("/b")));
    }
}
