//! Chance that never changes: the numbers behind a variant.
//!
//! Each variable of a lab has a stream of its own: the extendable output of BLAKE3 in key-derivation mode, over the
//! lab's id, the seed and the variable's name. So a seed gives the same room for ever, on any PC, and a variable added
//! to a lab leaves the others as they are. **Never change anything here**: the pinned values of the tests are records
//! of attempts on other people's disks.

/// What the streams are for; part of what is hashed.
const CONTEXT: &str = "paillasse 2026 lab variant v1";

/// A stream of numbers.
#[derive(Debug)]
pub(super) struct Stream(blake3::OutputReader);

impl Stream {
    /// The stream of one variable.
    pub(super) fn new(lab: &str, seed: u64, variable: &str) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        for part in [lab.as_bytes(), &seed.to_le_bytes(), variable.as_bytes()] {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize_xof())
    }

    fn next(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// A number below `bound`, each with the same chance (by rejection). 0 where `bound` is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 {
            return 0;
        }
        let limit = u64::MAX - u64::MAX % bound;
        loop {
            let number = self.next();
            if number < limit {
                return number % bound;
            }
        }
    }

    /// One of these. The slice may not be empty.
    pub(super) fn pick<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        let index = self.below(choices.len() as u64);
        choices.get(usize::try_from(index).unwrap_or(0))
    }

    /// A number between the two, both included.
    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        match high.checked_sub(low).and_then(|width| width.checked_add(1)) {
            Some(count) => low + self.below(count),
            // Every number, or an upside-down range (refused at load).
            None if high > low => self.next(),
            None => low,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pinned() {
        let mut stream = Stream::new("dhcp-agence", 1, "lan");
        assert_eq!([stream.below(1000), stream.below(1000), stream.below(1000)], [18, 100, 734]);
    }

    #[test]
    fn numbers_are_spread_evenly_over_seeds() {
        let mut counts = [0; 64];
        for seed in 0..6400 {
            counts[usize::try_from(Stream::new("lab", seed, "who").below(64)).unwrap()] += 1;
        }
        // 100 expected, standard deviation 10.
        assert!(counts.iter().all(|count| (50..150).contains(count)), "{counts:?}");
    }

    #[test]
    fn bounds_hold() {
        let mut stream = Stream::new("lab", 1, "x");
        assert_eq!(stream.below(0), 0);
        assert_eq!(stream.between(5, 5), 5);
        assert_eq!(stream.pick::<u8>(&[]), None);
    }
}
