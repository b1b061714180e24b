//! The answering side.

use std::io::{self, Read, Write};
use std::time::Duration;

use super::observe::observe_here;
use super::protocol::{Answer, Request, read_frame, write};

/// Answers requests until the stream ends. What can't be understood is refused, not fatal; a broken frame is.
pub fn serve(mut reader: impl Read, mut writer: impl Write) -> io::Result<()> {
    while let Some(body) = read_frame(&mut reader)? {
        write(&mut writer, &answer(&body))?;
    }
    Ok(())
}

fn answer(body: &[u8]) -> Answer {
    match serde_json::from_slice(body) {
        Ok(Request::Observe { probes, timeout_ms }) => {
            Answer::Observed(observe_here(&probes, Duration::from_millis(timeout_ms)))
        }
        Err(error) => Answer::Refused(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::protocol::read;
    use proptest::prelude::*;

    fn asked(wire: &[u8]) -> Vec<Answer> {
        let mut answers = Vec::new();
        let _ = serve(wire, &mut answers);
        let mut reader = answers.as_slice();
        std::iter::from_fn(|| read(&mut reader).unwrap()).collect()
    }

    fn frame(body: &[u8]) -> Vec<u8> {
        [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], body].concat()
    }

    #[test]
    fn what_makes_no_sense_is_refused_and_the_next_request_answered() {
        let request = br#"{"observe":{"probes":[],"timeout_ms":1000}}"#;
        let answers = asked(&[frame(b"nonsense"), frame(request)].concat());
        assert!(matches!(answers[0], Answer::Refused(_)), "{answers:?}");
        assert_eq!(answers[1], Answer::Observed(Vec::new()));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes: Vec<u8>) {
            asked(&bytes);
            asked(&frame(&bytes));
        }
    }
}
