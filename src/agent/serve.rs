//! The answering side.

use std::io::{self, Read, Write};
use std::time::Duration;

use super::live::Live;
use super::observe::observe_here;
use super::protocol::{Answer, Request, read_frame, write};

/// Answers requests until the stream ends. What can't be understood is refused, not fatal; a broken frame is.
pub fn serve(mut reader: impl Read, mut writer: impl Write) -> io::Result<()> {
    let mut live = None;
    while let Some(body) = read_frame(&mut reader)? {
        write(&mut writer, &answer(&body, &mut live))?;
    }
    Ok(())
}

fn answer(body: &[u8], live: &mut Option<Live>) -> Answer {
    match serde_json::from_slice(body) {
        Ok(Request::Observe { probes, timeout_ms }) => {
            if let Some(live) = live {
                live.forget();
            }
            Answer::Observed(observe_here(&probes, Duration::from_millis(timeout_ms)))
        }
        Ok(Request::Watch { probes, timeout_ms }) => match Live::new(&probes) {
            Ok(new) => changes(live.insert(new), timeout_ms),
            Err(error) => Answer::Refused(error.to_string()),
        },
        Ok(Request::Changes { timeout_ms }) => match live {
            Some(live) => changes(live, timeout_ms),
            None => Answer::Refused("nothing is watched".to_owned()),
        },
        Err(error) => Answer::Refused(error.to_string()),
    }
}

fn changes(live: &mut Live, timeout_ms: u64) -> Answer {
    Answer::Changed(live.changes(Duration::from_millis(timeout_ms)))
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

    #[test]
    fn only_what_changed_is_told_again() {
        let folder = tempfile::tempdir().unwrap();
        let [a, b] = ["a", "b"].map(|name| folder.path().join(name));
        std::fs::write(&b, "b").unwrap();
        let probe = |path| serde_json::json!({ "file": { "path": path } });
        let watch = serde_json::json!({ "watch": { "probes": [probe(&a), probe(&b)], "timeout_ms": 20_000 } });
        let again = br#"{"changes":{"timeout_ms":20000}}"#;
        let mut live = None;
        let mut told = |request: &[u8]| match answer(request, &mut live) {
            Answer::Changed(all) => all.into_iter().map(|(index, _)| index).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        assert_eq!(told(watch.to_string().as_bytes()), [0, 1]);
        assert_eq!(told(again), [0; 0]);
        std::fs::write(&a, "a").unwrap();
        assert_eq!(told(again), [0]);
        std::fs::rename(&a, &b).unwrap();
        assert_eq!(told(again), [0, 1]);
        std::fs::write(&b, "more").unwrap();
        assert_eq!(told(again), [1]);
        std::fs::remove_file(&b).unwrap();
        assert_eq!(told(again), [1]);
        assert_eq!(told(again), [0; 0]);
    }

    #[test]
    fn what_goes_back_after_a_whole_look_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let probes = serde_json::json!([{ "file": { "path": path } }]);
        let mut live = None;
        let mut ask = |request: serde_json::Value| answer(request.to_string().as_bytes(), &mut live);
        let changed = |told: Answer| matches!(told, Answer::Changed(all) if all.len() == 1);
        assert!(changed(ask(serde_json::json!({ "watch": { "probes": probes, "timeout_ms": 20_000 } }))));
        std::fs::write(&path, "x").unwrap();
        ask(serde_json::json!({ "observe": { "probes": probes, "timeout_ms": 20_000 } }));
        std::fs::remove_file(&path).unwrap();
        assert!(changed(ask(serde_json::json!({ "changes": { "timeout_ms": 20_000 } }))));
    }

    #[test]
    fn a_folder_that_is_made_later_is_watched_from_then_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("srv/data/file");
        let probe: crate::probe::Probe =
            serde_json::from_value(serde_json::json!({ "file": { "path": path } })).unwrap();
        let mut live = Live::new(&[probe]).unwrap();
        assert_eq!(live.changes(Duration::from_secs(20)).len(), 1);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        assert_eq!(live.changes(Duration::from_secs(20)).len(), 0, "the file is as absent as before");
        std::fs::write(&path, "x").unwrap();
        assert_eq!(live.changes(Duration::from_secs(20)).len(), 1);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes: Vec<u8>) {
            asked(&bytes);
            asked(&frame(&bytes));
        }
    }
}
