//! A stream that ends when nothing comes for long: the other side of a connection may be gone without a word.

use std::io::{self, Read};
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// Reads from a stream, and tells its end after so much silence.
#[derive(Debug)]
pub struct Impatient<T> {
    stream: T,
    patience: Timespec,
}

impl<T> Impatient<T> {
    /// As patient as that.
    #[must_use]
    pub fn new(stream: T, patience: Duration) -> Self {
        let patience = i64::try_from(patience.as_secs()).unwrap_or(i64::MAX);
        Self { stream, patience: Timespec { tv_sec: patience, tv_nsec: 0 } }
    }
}

/// The stream must not hold anything back: what it read and did not give is no news that can be waited for.
impl<T: AsFd> Read for Impatient<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match poll(&mut [PollFd::new(&self.stream, PollFlags::IN)], Some(&self.patience)) {
            Ok(0) => Ok(0),
            Ok(_) => Ok(rustix::io::read(&self.stream, buffer)?),
            Err(Errno::INTR) => Err(io::ErrorKind::Interrupted.into()),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn what_comes_is_read_and_silence_is_the_end() {
        let (out, mut into) = io::pipe().unwrap();
        into.write_all(b"word").unwrap();
        let mut stream = Impatient::new(out, Duration::ZERO);
        let mut buffer = [0; 16];
        assert_eq!(stream.read(&mut buffer).unwrap(), 4);
        assert_eq!(stream.read(&mut buffer).unwrap(), 0);
        drop(into);
    }
}
