//! Sessions on a fake world: what is noted, what survives, what counts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tempfile::{TempDir, tempdir};

use super::world::World;
use super::{Depth, Phase, Session, SessionError, Turn, View, current, debrief, history};
use crate::lab::manifest::{Driver, Text};
use crate::lab::{Manifest, Variant};
use crate::msg;
use crate::probe::{Fact, Observation, Probe};
use crate::record::Store;
use crate::stand::{OnStep, Stand};
use crate::verdict::{Stage, Status, Verdict};

/// A small lab: `a`, `b` (needs `a`), the guard `keep`, `later` (after a reboot), one question, three hints.
pub(super) fn manifest() -> Manifest {
    toml::from_str(include_str!("tests/lab.toml")).unwrap()
}

pub(super) fn verdict(id: &str, status: Status) -> Verdict {
    Verdict {
        id: id.to_owned(),
        status,
        points: 2,
        guard: false,
        findings: Vec::new(),
        note: None,
        waits_for: Vec::new(),
    }
}

/// What the fake world holds: path → content; none: it can't be looked at.
#[derive(Debug, Clone, Default)]
struct Files(Arc<Mutex<BTreeMap<String, Option<String>>>>);

impl Files {
    /// The start of the lab: the guard holds, the question has an answer, nothing else is there.
    fn at_the_start() -> Self {
        let files = Self::default();
        files.put("/keep", "x");
        files.put("/q", "Blue");
        files
    }

    fn put(&self, path: &str, content: &str) {
        self.0.lock().unwrap().insert(path.to_owned(), Some(content.to_owned()));
    }

    fn hide(&self, path: &str) {
        self.0.lock().unwrap().insert(path.to_owned(), None);
    }

    fn remove(&self, path: &str) {
        self.0.lock().unwrap().remove(path);
    }

    fn observation(&self, path: &str) -> Observation {
        let source = msg!("probe-source-file", path = path);
        match self.0.lock().unwrap().get(path) {
            Some(Some(content)) => {
                let fields = [("exists", true.into()), ("content", content.as_str().into())];
                Observation::seen(Fact::record(fields), source)
            }
            Some(None) => Observation::unknown(msg!("probe-no-right", subject = path), source),
            None => Observation::seen(Fact::record([("exists", false.into())]), source),
        }
    }
}

impl World for Files {
    fn observe(&mut self, requests: &BTreeMap<String, Vec<Probe>>) -> BTreeMap<String, Vec<Observation>> {
        let one = |probe: &Probe| match probe {
            Probe::File(args) => self.observation(&args.path),
            other => panic!("the fake world has only files, not {other:?}"),
        };
        requests.iter().map(|(machine, probes)| (machine.clone(), probes.iter().map(one).collect())).collect()
    }

    fn changes(&mut self, requests: &BTreeMap<String, Vec<Probe>>) -> BTreeMap<String, Vec<(usize, Observation)>> {
        let seen = self.observe(requests).into_iter();
        seen.map(|(machine, all)| (machine, all.into_iter().enumerate().collect())).collect()
    }

    fn restart(&mut self, _machine: &str, _unit: &str) -> Result<(), SessionError> {
        Ok(())
    }

    /// What is in `/tmp` doesn't survive.
    fn reboot(&mut self, _asked: &BTreeSet<String>, _on_step: OnStep<'_>) -> Result<(), SessionError> {
        self.remove("/tmp/later");
        Ok(())
    }

    fn reset(&mut self, _machine: Option<&str>, _on_step: OnStep<'_>) -> Result<(), SessionError> {
        self.0.lock().unwrap().retain(|path, _| path == "/keep" || path == "/q");
        Ok(())
    }

    fn down(&mut self, _on_step: OnStep<'_>) -> Result<(), SessionError> {
        self.0.lock().unwrap().clear();
        Ok(())
    }

    fn stand(&self) -> Option<&Stand> {
        None
    }

    fn patience(&self, _stage: Stage) -> Duration {
        Duration::ZERO
    }
}

fn store(folder: &Path) -> Store {
    Store::open(folder).unwrap().0
}

fn variant() -> Variant {
    Variant { seed: 7, manifest: manifest(), brief: Text::default(), scripts: BTreeMap::new() }
}

/// As if on machines: nothing is left out, unless the lab is about this PC.
fn begin(folder: &Path, files: &Files, driver: Driver) -> Session {
    let mut variant = variant();
    variant.manifest.stand.driver = driver;
    let world = files.clone();
    Session::begin_with(store(folder), &variant, None, |_, _| Ok(Box::new(world)), &mut |_| {}).unwrap()
}

fn begun() -> (TempDir, Files, Session) {
    let folder = tempdir().unwrap();
    let files = Files::at_the_start();
    let session = begin(folder.path(), &files, Driver::Container);
    (folder, files, session)
}

fn statuses(view: &View) -> Vec<(&str, Status)> {
    view.verdicts.iter().map(|verdict| (verdict.id.as_str(), verdict.status)).collect()
}

#[test]
fn the_first_check_says_what_is_to_do() {
    let (_folder, _files, mut session) = begun();
    assert!(session.view().verdicts.is_empty());
    let view = session.check(Depth::Live).unwrap();
    assert_eq!(view.phase, Phase::Working);
    assert_eq!(
        statuses(&view),
        [
            ("a", Status::Fail),
            ("b", Status::Waiting),
            ("keep", Status::Pass),
            ("later", Status::Waiting),
            ("q", Status::Waiting),
        ]
    );
    assert_eq!((view.earned, view.total), (0, 11));
}

#[test]
fn points_come_with_what_is_met_and_go_with_what_is_broken() {
    let (_folder, files, mut session) = begun();
    files.put("/a", "");
    assert_eq!(session.check(Depth::Now).unwrap().earned, 3);
    files.put("/b", "");
    assert_eq!(session.check(Depth::Now).unwrap().earned, 5);
    files.remove("/keep");
    let view = session.check(Depth::Now).unwrap();
    assert_eq!(view.earned, 4, "a broken guard costs its point");
    assert_eq!((view.lost[0].criterion.as_str(), view.lost[0].met), ("keep", None));
    files.remove("/a");
    let view = session.check(Depth::Live).unwrap();
    assert_eq!(view.lost.len(), 2);
    assert!(view.lost[1].met.is_some());
    assert_eq!(statuses(&view)[1], ("b", Status::Waiting));
}

#[test]
fn the_score_is_never_below_nothing() {
    let (_folder, files, mut session) = begun();
    session.check(Depth::Now).unwrap();
    files.remove("/keep");
    while session.take_hint().unwrap().is_some() {}
    assert_eq!(session.check(Depth::Now).unwrap().earned, 0);
}

#[test]
fn hints_follow_what_was_seen() {
    let (_folder, files, mut session) = begun();
    session.check(Depth::Now).unwrap();
    assert_eq!(session.view().next_hint, Some(0), "`a` is not there: its hint");
    files.put("/a", "");
    session.check(Depth::Now).unwrap();
    assert_eq!(session.take_hint().unwrap(), Some(1), "`a` is met: the hint for `b`");
    assert_eq!(session.view().earned, 1, "3 for `a`, less 2 for the hint");
}

#[test]
fn an_answer_is_judged_at_once_and_the_last_one_counts() {
    let (_folder, _files, mut session) = begun();
    let wrong = session.answer("q", "red").unwrap();
    assert_eq!(wrong.verdicts.last().unwrap().status, Status::Fail);
    let right = session.answer("q", " blue ").unwrap();
    assert_eq!(right.verdicts.last().unwrap().status, Status::Pass);
    assert_eq!(right.answers["q"], "blue");
    assert!(matches!(session.answer("r", "x"), Err(SessionError::NoQuestion(_))));
}

#[test]
fn an_attempt_survives_the_app() {
    let (folder, files, mut session) = begun();
    files.put("/a", "");
    session.check(Depth::Now).unwrap();
    session.take_hint().unwrap();
    session.answer("q", "blue").unwrap();
    std::thread::sleep(Duration::from_millis(20));
    let before = session.view();
    drop(session);
    std::thread::sleep(Duration::from_millis(200));
    let session = Session::resume_with(store(folder.path()), before.attempt, Box::new(files)).unwrap();
    let after = session.view();
    assert_eq!(after.verdicts, before.verdicts);
    assert_eq!((after.hints, after.answers), (before.hints, before.answers));
    assert_eq!((after.earned, after.total), (before.earned, before.total));
    assert_eq!(after.variant.seed, 7);
    let (before, after) = (before.elapsed.as_millis(), after.elapsed.as_millis());
    assert!(after >= before, "time was lost: {before} ms, then {after} ms");
    assert!(after - before < 150, "the clock ran while the app was closed: {before} ms, then {after} ms");
}

#[test]
fn a_live_look_after_coming_back_forgets_nothing_it_did_not_look_at() {
    let (folder, files, mut session) = begun();
    files.put("/a", "");
    files.put("/b", "");
    files.put("/tmp/later", "");
    session.check(Depth::Final).unwrap();
    files.put("/tmp/later", "");
    assert_eq!(statuses(&session.view())[3], ("later", Status::Fail));
    let attempt = session.attempt();
    drop(session);
    let mut session = Session::resume_with(store(folder.path()), attempt, Box::new(files)).unwrap();
    let view = session.check(Depth::Live).unwrap();
    assert_eq!(statuses(&view)[1], ("b", Status::Pass));
    assert_eq!(statuses(&view)[3], ("later", Status::Fail), "only a final check looks at it");
}

#[test]
fn a_reset_clears_what_was_earned() {
    let (_folder, files, mut session) = begun();
    files.put("/a", "");
    session.check(Depth::Now).unwrap();
    let view = session.reset(None, &mut |_| {}).unwrap();
    assert!(view.verdicts.is_empty());
    assert_eq!(view.earned, 0);
    let view = session.check(Depth::Live).unwrap();
    assert_eq!(statuses(&view)[0], ("a", Status::Fail));
    assert!(view.lost.is_empty(), "put back by will is not a regression");
}

#[test]
fn a_reset_of_one_machine_clears_what_was_earned_on_all() {
    let (_folder, files, mut session) = begun();
    for path in ["/a", "/b", "/later"] {
        files.put(path, "");
    }
    session.answer("q", "blue").unwrap();
    session.check(Depth::Final).unwrap();
    files.remove("/b");
    assert_eq!(session.check(Depth::Now).unwrap().lost.len(), 1);
    let view = session.reset(Some("srv"), &mut |_| {}).unwrap();
    assert!(view.verdicts.is_empty() && view.lost.is_empty());
    assert_eq!(view.earned, 0);
    assert_eq!(view.answers["q"], "blue", "what was answered is judged again, on the new state");
    let view = session.check(Depth::Live).unwrap();
    assert_eq!(statuses(&view)[0], ("a", Status::Fail));
    assert_eq!(statuses(&view)[3], ("later", Status::Waiting), "not seen since");
}

#[test]
fn a_reset_by_another_process_clears_what_this_one_had_seen() {
    let (folder, files, mut session) = begun();
    for path in ["/a", "/b", "/later"] {
        files.put(path, "");
    }
    session.check(Depth::Final).unwrap();
    let mut other = Session::resume_with(store(folder.path()), 1, Box::new(files.clone())).unwrap();
    other.reset(None, &mut |_| {}).unwrap();
    // A live look alone: it does not ask about all, and must not judge the rest by what was seen before.
    let view = session.check(Depth::Live).unwrap();
    assert_eq!(statuses(&view)[0], ("a", Status::Fail));
    assert_eq!(statuses(&view)[3], ("later", Status::Waiting));
    assert!(view.lost.is_empty(), "put back by will is not a regression");
    let resets = session.state.timeline.iter().filter(|moment| matches!(moment.turn, Turn::Reset(_))).count();
    assert_eq!(resets, 1, "noted before and after, told once");
}

#[test]
fn a_verdict_on_machines_that_were_put_back_meanwhile_does_not_count() {
    let (folder, files, mut session) = begun();
    session.check(Depth::Now).unwrap();
    files.put("/a", "");
    let mut other = Session::resume_with(store(folder.path()), 1, Box::new(files.clone())).unwrap();
    other.reset(None, &mut |_| {}).unwrap();
    // This one had looked before the other put the machines back, and writes it down after.
    session.note(Depth::Now, vec![verdict("a", Status::Pass)]).unwrap();
    assert_eq!(session.view().earned, 0);
    assert!(session.view().verdicts.is_empty());
    other.check(Depth::Live).unwrap();
    assert_eq!(other.view().earned, 0);
}

#[test]
fn finishing_looks_after_the_reboot_and_ends_the_world() {
    let (folder, files, mut session) = begun();
    for path in ["/a", "/b", "/later"] {
        files.put(path, "");
    }
    session.answer("q", "red").unwrap();
    let end = session.finish(&mut |_| {}).unwrap();
    assert!(end.left_behind.is_none());
    assert_eq!(end.view.phase, Phase::Finished);
    assert_eq!((end.view.earned, end.view.total), (9, 11));
    assert!(end.right_answers.contains_key("q"));
    assert!(files.0.lock().unwrap().is_empty(), "the world was not ended");
    let met: Vec<&Turn> =
        end.timeline.iter().map(|moment| &moment.turn).filter(|turn| matches!(turn, Turn::Met(_))).collect();
    assert_eq!(met.len(), 3);
    let later = debrief(&store(folder.path()), end.view.attempt).unwrap();
    assert_eq!((later.view.earned, later.view.verdicts), (9, end.view.verdicts));
    assert!(matches!(session.finish(&mut |_| {}), Err(SessionError::Over(_))));
}

#[test]
fn what_does_not_survive_a_reboot_fails_at_the_end() {
    let (_folder, files, mut session) = begun();
    for path in ["/a", "/b", "/tmp/later"] {
        files.put(path, "");
    }
    let end = session.finish(&mut |_| {}).unwrap();
    assert_eq!(statuses(&end.view)[3], ("later", Status::Fail));
}

#[test]
fn the_record_tells_what_is_under_way_and_what_is_over() {
    let (folder, files, mut first) = begun();
    let second = begin(folder.path(), &files, Driver::Container);
    let store = store(folder.path());
    assert_eq!(current(&store).unwrap().unwrap().attempt, second.attempt());
    drop(second);
    first.finish(&mut |_| {}).unwrap();
    let mut second = Session::resume_with(self::store(folder.path()), 2, Box::new(files)).unwrap();
    second.abandon(&mut |_| {}).unwrap();
    assert!(current(&store).unwrap().is_none());
    let past = history(&store).unwrap();
    assert_eq!(past.iter().map(|past| past.phase).collect::<Vec<_>>(), [Phase::Abandoned, Phase::Finished]);
    assert_eq!(past[1].score, Some((0, 11)));
    assert!(matches!(Session::attach(store, 2), Err(SessionError::Over(2))));
}

#[test]
fn giving_up_earns_nothing_and_shows_the_right_answers() {
    let (folder, files, mut session) = begun();
    files.put("/a", "");
    let end = session.give_up(&mut |_| {}).unwrap();
    assert_eq!((end.view.phase, end.view.earned, end.view.total), (Phase::GivenUp, 0, 11));
    assert_eq!(end.right_answers.len(), 1);
    assert!(files.0.lock().unwrap().is_empty(), "the stand is torn down");
    let past = history(&store(folder.path())).unwrap();
    assert_eq!((past[0].phase, past[0].score), (Phase::GivenUp, Some((0, 11))));
    assert!(matches!(Session::attach(store(folder.path()), 1), Err(SessionError::Over(1))));
}

#[test]
fn a_stand_that_is_gone_is_said_and_a_fresh_one_starts_from_nothing() {
    let (folder, files, mut session) = begun();
    files.put("/a", "");
    session.check(Depth::Now).unwrap();
    let attempt = session.attempt();
    drop(session);
    let resumed = Session::resume(store(folder.path()), attempt, &mut |_| {});
    assert!(matches!(resumed, Err(SessionError::StandGone(1))));
    let fresh = Files::at_the_start();
    let mut session = Session::start(store(folder.path()), attempt, Box::new(fresh)).unwrap();
    assert!(session.view().verdicts.is_empty());
    assert_eq!(session.check(Depth::Now).unwrap().earned, 0);
}

#[test]
fn what_another_process_notes_is_taken_in() {
    let (folder, files, mut session) = begun();
    let mut other = Session::resume_with(store(folder.path()), 1, Box::new(files.clone())).unwrap();
    files.put("/a", "");
    other.check(Depth::Now).unwrap();
    other.answer("q", "blue").unwrap();
    let view = session.check(Depth::Live).unwrap();
    assert_eq!(view.answers["q"], "blue");
    assert_eq!(statuses(&view)[4], ("q", Status::Pass));
    store(folder.path()).verify(1).unwrap();
}

#[test]
fn a_change_is_written_once_and_a_quiet_machine_writes_nothing() {
    let (folder, files, mut session) = begun();
    session.check(Depth::Now).unwrap();
    let count = || store(folder.path()).entries(1, 0).unwrap().len();
    let before = count();
    for _ in 0..5 {
        session.check(Depth::Live).unwrap();
    }
    assert_eq!(count(), before);
    files.put("/a", "");
    for _ in 0..5 {
        session.check(Depth::Live).unwrap();
    }
    assert_eq!(count(), before + 1);
}

#[test]
fn what_this_pc_cannot_show_is_left_out_with_the_reason() {
    let folder = tempdir().unwrap();
    let files = Files::at_the_start();
    files.hide("/q");
    files.hide("/a");
    let mut session = begin(folder.path(), &files, Driver::Here);
    let view = session.check(Depth::Now).unwrap();
    let left_out: Vec<&str> = view.left_out.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(left_out, ["a", "q"]);
    assert_eq!(view.left_out[0].1.key, "probe-no-right");
    assert!(statuses(&view).iter().all(|(id, _)| *id != "a" && *id != "q"));
    assert_eq!(view.total, 6, "b and later");
    // It is settled at the start: breaking a probe later doesn't take a criterion out.
    files.hide("/b");
    assert_eq!(session.check(Depth::Now).unwrap().left_out.len(), 2);
}

#[test]
fn a_question_without_an_answer_on_this_pc_is_left_out() {
    let folder = tempdir().unwrap();
    let files = Files::at_the_start();
    files.remove("/q");
    let session = begin(folder.path(), &files, Driver::Here);
    assert_eq!(session.view().left_out[0].0, "q");
}

#[test]
fn what_could_not_be_built_is_given_up_and_its_reason_told() {
    let folder = tempdir().unwrap();
    let refused = |_: &Variant, _: OnStep<'_>| -> Result<Box<dyn World>, SessionError> {
        Err(SessionError::Lab(msg!("status-fail")))
    };
    let begun = Session::begin_with(store(folder.path()), &variant(), None, refused, &mut |_| {});
    assert!(matches!(begun, Err(SessionError::Lab(_))));
    assert!(current(&store(folder.path())).unwrap().is_none());
}

#[test]
fn an_attempt_of_another_version_is_refused_and_stays() {
    let (folder, _files, session) = begun();
    drop(session);
    let mut store = store(folder.path());
    store.append(1, 0, crate::record::Stamp::now(Duration::ZERO), "from-the-future", "{}").unwrap();
    let resumed = Session::resume(store, 1, &mut |_| {});
    assert!(matches!(resumed, Err(SessionError::Unreadable(1))));
}
