//! Time worked: runs while the app does, by the monotonic clock (`clock_gettime(2)`, `CLOCK_MONOTONIC`: no time server,
//! no summer time and no suspended laptop moves it); between two runs of the app it stands still.

use std::time::{Duration, Instant};

/// How often the time worked is written down, at most: what a killed app or a power cut can lose.
const BEAT: Duration = Duration::from_secs(1);

/// The clock of one attempt in one process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    base: Duration,
    since: Option<Instant>,
    beat: Duration,
}

impl Clock {
    /// Goes on from what was worked before.
    pub(super) fn running(base: Duration) -> Self {
        Self { base, since: Some(Instant::now()), beat: base }
    }

    /// Stands still: for a process that only looks at the attempt.
    pub(super) fn stopped(base: Duration) -> Self {
        Self { base, since: None, beat: base }
    }

    /// Time worked.
    pub(super) fn now(&self) -> Duration {
        self.base + self.since.map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Whether somebody works by it here.
    pub(super) fn is_running(&self) -> bool {
        self.since.is_some()
    }

    /// The time to write down, when it is time to.
    pub(super) fn due(&mut self) -> Option<Duration> {
        let now = self.now();
        let due = now >= self.beat + BEAT;
        if due {
            self.beat = now;
        }
        due.then_some(now)
    }

    /// Stops.
    pub(super) fn stop(&mut self) {
        *self = Self::stopped(self.now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_beat_is_due_once_a_second() {
        let mut clock = Clock { base: Duration::ZERO, since: Some(Instant::now() - BEAT), beat: Duration::ZERO };
        assert!(clock.due().is_some());
        assert!(clock.due().is_none());
    }
}
