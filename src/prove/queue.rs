//! Which step of a proof comes next, and how many at a time.

use std::collections::VecDeque;
use std::num::NonZero;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// A stand of three machines with servers takes about so much, in bytes.
const MEMORY_OF_A_STAND: u64 = 3 << 29;

/// Steps by their position, in order; of those that need a thing only one can have, one at a time.
///
/// That thing is the swap space's name: the kernel shows every machine the swap space of all, and two machines that turn
/// on a `/dev/sdb3` each would take the other's for their own.
#[derive(Debug)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    freed: Condvar,
}

#[derive(Debug)]
struct Waiting {
    /// Position, and whether it must be alone among its like.
    steps: VecDeque<(usize, bool)>,
    /// One that must be alone is under way.
    is_taken: bool,
}

/// A step that is under way until this is dropped.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pub(super) index: usize,
    alone: bool,
    queue: &'a Queue,
}

impl Queue {
    /// For each step whether it must be alone among its like.
    pub(super) fn of(alone: impl Iterator<Item = bool>) -> Self {
        let waiting = Waiting { steps: alone.enumerate().collect(), is_taken: false };
        Self { waiting: Mutex::new(waiting), freed: Condvar::new() }
    }

    /// The next step that may begin; waits for one. None once all have begun.
    pub(super) fn take(&self) -> Option<Turn<'_>> {
        let mut waiting = self.lock();
        loop {
            if waiting.steps.is_empty() {
                return None;
            }
            if let Some((index, alone)) = waiting.next() {
                waiting.is_taken |= alone;
                return Some(Turn { index, alone, queue: self });
            }
            waiting = self.freed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn next(&mut self) -> Option<(usize, bool)> {
        // Those that queue behind each other begin early, or the others would be done and wait for their tail.
        let wanted = |alone: bool| self.steps.iter().position(|step| step.1 == alone);
        let free = if self.is_taken { wanted(false) } else { wanted(true).or_else(|| wanted(false)) };
        self.steps.remove(free?)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.alone {
            self.queue.lock().is_taken = false;
            self.queue.freed.notify_all();
        }
    }
}

/// Stands at a time: two for each processor, as a stand mostly waits for its machines, and what the memory holds.
pub(super) fn side_by_side() -> usize {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    // Where the memory can't be read, the least is taken to be there.
    let memory = sysinfo::System::new().map_or(0, |mut system| {
        system.refresh_memory();
        system.available_memory()
    });
    fitting(processors, memory)
}

fn fitting(processors: usize, memory: u64) -> usize {
    let held = usize::try_from(memory / MEMORY_OF_A_STAND).unwrap_or(usize::MAX);
    (processors * 2).min(held).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_must_be_alone_lets_the_others_pass() {
        let queue = Queue::of([false, true, true, false].into_iter());
        let first = queue.take().unwrap();
        assert_eq!(first.index, 1);
        assert_eq!(queue.take().unwrap().index, 0);
        drop(first);
        assert_eq!(queue.take().unwrap().index, 2);
        assert_eq!(queue.take().unwrap().index, 3);
        assert!(queue.take().is_none());
    }

    #[test]
    fn who_waits_goes_on_when_the_other_ends() {
        let queue = Queue::of([true, true].into_iter());
        let first = queue.take().unwrap();
        thread::scope(|scope| {
            let second = scope.spawn(|| queue.take().map(|turn| turn.index));
            drop(first);
            assert_eq!(second.join().unwrap(), Some(1));
        });
    }

    #[test]
    fn a_small_pc_proves_one_at_a_time() {
        assert_eq!(fitting(2, 24 << 30), 4);
        assert_eq!(fitting(8, 4 << 30), 2);
        assert_eq!(fitting(2, 1 << 30), 1);
    }
}
