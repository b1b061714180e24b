//! Sums of contents, as sha256sum(1) writes them.

use std::fmt::Write as _;
use std::io::{self, Read};
use std::time::Instant;

use sha2::{Digest, Sha256};

/// The SHA-256 of all that can be read, in hexadecimal; an error of the kind "timed out" past the deadline.
pub(super) fn sha256(mut source: impl Read, deadline: Instant) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        if Instant::now() > deadline {
            return Err(io::ErrorKind::TimedOut.into());
        }
        match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => hasher.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(hexadecimal(&hasher.finalize()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn as_sha256sum_writes_it() {
        let soon = Instant::now() + Duration::from_secs(20);
        let sum = sha256(&b"abc"[..], soon).unwrap();
        assert_eq!(sum, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
