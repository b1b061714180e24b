//! The wire: each message is its length (4 bytes, big endian) and as many bytes of JSON.

use std::io::{self, ErrorKind, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::probe::{Observation, Probe};

/// The longest message: past it something is wrong on the other side.
pub(super) const LIMIT: u32 = 64 * 1024 * 1024;

/// What the PC asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Observe all of these; they run side by side.
    Observe {
        /// What to look at.
        probes: Vec<Probe>,
        /// How long each may take, in milliseconds.
        timeout_ms: u64,
    },
    /// Watch these, and look at what only reads.
    Watch {
        /// What to look at.
        probes: Vec<Probe>,
        /// How long each may take, in milliseconds.
        timeout_ms: u64,
    },
    /// Look again at what may have changed of what is watched.
    Changes {
        /// How long each may take, in milliseconds.
        timeout_ms: u64,
    },
}

/// What the machine answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// One observation for each probe, in their order.
    Observed(Vec<Observation>),
    /// What is seen otherwise than before, each with its probe's place in the last [`Request::Watch`].
    Changed(Vec<(usize, Observation)>),
    /// The request could not be understood: what was wrong with it.
    Refused(String),
}

/// Writes one message.
pub(super) fn write<T: Serialize>(writer: &mut impl Write, message: &T) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    let length = u32::try_from(body.len()).ok().filter(|length| *length <= LIMIT).ok_or(ErrorKind::FileTooLarge)?;
    // One write: a small message goes through a pipe at once.
    let mut frame = length.to_be_bytes().to_vec();
    frame.extend(body);
    writer.write_all(&frame)?;
    writer.flush()
}

/// Reads one frame's body; none where the stream ends between two.
pub(super) fn read_frame(reader: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    let mut filled = 0;
    while filled < length.len() {
        match reader.read(&mut length[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = u32::from_be_bytes(length);
    if length > LIMIT {
        return Err(io::Error::new(ErrorKind::InvalidData, format!("a message of {length} bytes")));
    }
    // Grows as bytes come: a length alone reserves nothing.
    let mut body = Vec::new();
    if reader.take(length.into()).read_to_end(&mut body)? < length as usize {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(body))
}

/// Reads one message; none where the stream ends between two.
pub(super) fn read<T: DeserializeOwned>(reader: &mut impl Read) -> io::Result<Option<T>> {
    let Some(body) = read_frame(reader)? else { return Ok(None) };
    serde_json::from_slice(&body).map(Some).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_survives_the_wire() {
        let mut wire = Vec::new();
        let request = Request::Observe { probes: Vec::new(), timeout_ms: 5 };
        write(&mut wire, &request).unwrap();
        write(&mut wire, &request).unwrap();
        let mut reader = wire.as_slice();
        assert_eq!(read(&mut reader).unwrap(), Some(request.clone()));
        assert_eq!(read(&mut reader).unwrap(), Some(request));
        assert_eq!(read::<Request>(&mut reader).unwrap(), None);
    }

    #[test]
    fn a_cut_message_is_an_error_not_an_end() {
        for wire in [&b"\0\0"[..], &b"\0\0\0\x05{}"[..]] {
            assert_eq!(read::<Request>(&mut &*wire).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        }
    }

    #[test]
    fn a_huge_length_is_refused_at_once() {
        assert_eq!(read::<Request>(&mut &b"\xff\xff\xff\xff"[..]).unwrap_err().kind(), ErrorKind::InvalidData);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes: Vec<u8>) {
            let _ = read::<Request>(&mut bytes.as_slice());
            let _ = read::<Answer>(&mut bytes.as_slice());
        }
    }
}
