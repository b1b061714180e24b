//! Time worked: runs while the app does, by the monotonic clock (`clock_gettime(2)`, `CLOCK_MONOTONIC`: no time server,
//! no summer time and no suspended laptop moves it); between two runs of the app it stands still.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::record::{RecordError, Store};

/// How often the time worked is written down: what a killed app can lose.
const BEAT: Duration = Duration::from_secs(1);

/// The clock of one attempt in one process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    base: Duration,
    since: Option<Instant>,
}

impl Clock {
    /// Goes on from what was worked before.
    pub(super) fn running(base: Duration) -> Self {
        Self { base, since: Some(Instant::now()) }
    }

    /// Stands still: for a process that only looks at the attempt.
    pub(super) fn stopped(base: Duration) -> Self {
        Self { base, since: None }
    }

    /// Time worked.
    pub(super) fn now(&self) -> Duration {
        self.base + self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Stops.
    pub(super) fn stop(&mut self) {
        *self = Self::stopped(self.now());
    }
}

/// Writes the time worked down every second from a thread of its own, as whoever holds the session may be waiting for a
/// key or for a machine. Ends, with a last beat, when dropped.
#[derive(Debug)]
pub(super) struct Heart {
    stop: Option<Sender<()>>,
    trouble: Receiver<RecordError>,
    thread: Option<JoinHandle<()>>,
}

impl Heart {
    pub(super) fn start(mut store: Store, attempt: i64, clock: Clock) -> Self {
        let (stop, stopped) = channel();
        let (tell, trouble) = channel();
        let beat = move || {
            loop {
                let ended = !matches!(stopped.recv_timeout(BEAT), Err(RecvTimeoutError::Timeout));
                if let Err(error) = store.beat(attempt, clock.now()) {
                    // Nobody listens any more: the session is going away.
                    let _ = tell.send(error);
                }
                if ended {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("clock".to_owned()).spawn(beat).ok();
        Self { stop: Some(stop), trouble, thread }
    }

    /// What hindered it lately.
    pub(super) fn trouble(&self) -> Option<RecordError> {
        self.trouble.try_iter().last()
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::NewAttempt;

    #[test]
    fn a_stopped_clock_stands_still() {
        let clock = Clock::stopped(Duration::from_secs(90));
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(clock.now(), Duration::from_secs(90));
    }

    #[test]
    fn a_running_clock_goes_on_from_what_was_worked() {
        let mut clock = Clock::running(Duration::from_secs(90));
        std::thread::sleep(Duration::from_millis(5));
        assert!(clock.now() > Duration::from_secs(90));
        clock.stop();
        assert_eq!(clock.now(), clock.now());
    }

    #[test]
    fn the_heart_writes_the_time_down_and_once_more_when_it_ends() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap().0;
        let new = NewAttempt { lab: "l".to_owned(), seed: 1, variant: "{}".to_owned(), base_hash: None };
        let attempt = store.begin(&new).unwrap();
        let heart =
            Heart::start(Store::open(folder.path()).unwrap().0, attempt, Clock::running(Duration::from_secs(7)));
        drop(heart);
        assert!(store.attempt(attempt).unwrap().worked >= Duration::from_secs(7));
    }
}
