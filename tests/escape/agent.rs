//! The agent's own channel: nobody in the machine can answer in its place.

use std::thread;
use std::time::Duration;

use paillasse::agent::Agent;
use paillasse::probe::{Observation, Probe};

use crate::Inside;

/// Looks for the agent (`paillasse agent …`) among all processes, and answers for it on whatever it has open: 4 bytes of
/// length, then JSON. (Whoever enters to run a program is seen until that program takes its place; it has no more rights
/// and no other descriptors than that program.)
const FORGE: &str = "
import glob, os
answer = open('/tmp/answer', 'rb').read()
found = written = 0
while not os.path.exists('/run/judged'):
    for process in glob.glob('/proc/[0-9]*'):
        try:
            line = open(process + '/cmdline').read()
        except OSError:
            continue
        if 'agent' not in line.split('\\0')[:2]:
            continue
        found += 1
        for fd in glob.glob(process + '/fd/*'):
            try:
                written += os.write(os.open(fd, os.O_WRONLY), answer)
            except OSError:
                pass
print(found, written)
";

#[test]
fn a_forged_answer_does_not_become_a_verdict() {
    let inside = Inside::new();
    let stand = inside.stand.as_ref().unwrap();
    let probe: Probe = serde_json::from_str(r#"{ "file": { "path": "/root/work" } }"#).unwrap();
    let mut agent = Agent::start(stand.agent("srv"));
    let mut seen =
        || -> Observation { agent.observe(std::slice::from_ref(&probe), Duration::from_secs(15)).unwrap().remove(0) };
    inside.sh("echo done > /root/work");
    let done = seen();
    inside.sh("rm /root/work");
    let undone = seen();
    assert_ne!(done, undone, "the two states are told apart");
    let body = serde_json::to_vec(&serde_json::json!({ "observed": [done] })).unwrap();
    let frame = [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], &body].concat();
    stand.exec("srv", &["sh", "-c", "cat > /tmp/answer"].map(str::to_owned), &frame).unwrap();
    thread::scope(|scope| {
        let forger = scope.spawn(|| inside.python(FORGE));
        for _ in 0..20 {
            assert_eq!(seen(), undone);
        }
        inside.sh("touch /run/judged");
        assert_eq!(forger.join().unwrap().1, "0 0\n", "nothing of the agent is in sight");
    });
}
