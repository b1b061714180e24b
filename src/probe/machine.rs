//! The machine being looked at, with each source read at most once per run.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::Probe;
use super::run::{self, Ran};
use crate::i18n::Message;

/// How long one probe may take unless said.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// One run's view of the machine, shared by its probes. Made anew for each check run, dropped after it.
#[derive(Debug)]
pub struct Machine {
    timeout: Duration,
    asked: Vec<Probe>,
    shared: Mutex<HashMap<TypeId, Slot>>,
}

/// Filled by the first probe that needs the source; the others wait for it.
type Slot = Arc<OnceLock<Arc<dyn Any + Send + Sync>>>;

impl Machine {
    /// A run that asks all of `asked`; each may take `timeout`.
    #[must_use]
    pub fn new(asked: &[Probe], timeout: Duration) -> Self {
        Self { timeout, asked: asked.to_vec(), shared: Mutex::default() }
    }

    /// How long one probe may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Everything this run asks: a family may fetch for all its probes at once.
    #[must_use]
    pub fn asked(&self) -> &[Probe] {
        &self.asked
    }

    /// A source read once per run, whichever probe needs it first: each type `T` is one source.
    pub fn once<T: Send + Sync + 'static>(&self, read: impl FnOnce(&Self) -> T) -> Arc<T> {
        let slot = {
            // Not held while reading: a source that hangs stops only those who want it.
            let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(shared.entry(TypeId::of::<T>()).or_default())
        };
        let value = slot.get_or_init(|| Arc::new(read(self)));
        match Arc::clone(value).downcast::<T>() {
            Ok(value) => value,
            Err(_) => unreachable!("a slot only ever holds its own type"),
        }
    }

    /// Runs a program of the machine: looked up in [`run::PATH`], in a clean environment, as root without more rights than
    /// the machine's own processes have, ended with all it started at the timeout.
    pub fn run(&self, argv: &[&str]) -> Result<Ran, Message> {
        run::run(argv, self.timeout)
    }

    /// The process folder that shows the machine's own view (`net/`, `mountinfo`…): `/proc/self`, or where this process
    /// is outside of the machine's process namespace, and so has no `/proc/self` there, `/proc/1`.
    #[must_use]
    pub fn proc(&self) -> PathBuf {
        let own = Path::new("/proc/self");
        let shown = if own.read_link().is_ok() { own } else { Path::new("/proc/1") };
        shown.to_path_buf()
    }
}

impl Default for Machine {
    /// A run that says nothing of what it will ask.
    fn default() -> Self {
        Self::new(&[], TIMEOUT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Source(u32);

    #[test]
    fn a_source_is_read_once_however_many_ask() {
        let machine = Machine::new(&[], TIMEOUT);
        let reads = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| machine.once(|_| Source(reads.fetch_add(1, Ordering::Relaxed))));
            }
        });
        assert_eq!(reads.load(Ordering::Relaxed), 1);
        assert_eq!(machine.once(|_| Source(9)).0, 0);
    }
}
