//! The record against what happens to files: cuts, other versions, other processes, full disks.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use tempfile::{TempDir, tempdir};

use super::file::NAME;
use super::{NewAttempt, RecordError, Stamp, Store};

fn new(lab: &str) -> NewAttempt {
    // As long as a real lab, so that the file has many pages.
    let variant = serde_json::json!({ "text": "é".repeat(20_000) }).to_string();
    NewAttempt { lab: lab.to_owned(), seed: u64::MAX, variant, base_hash: Some("b".to_owned()) }
}

fn stamp(seconds: u64) -> Stamp {
    Stamp::now(Duration::from_secs(seconds))
}

fn opened(folder: &Path) -> Store {
    let (store, told) = Store::open(folder).unwrap();
    assert_eq!(told, None);
    store
}

/// A folder with a record that holds one attempt of three entries, closed.
fn filled() -> TempDir {
    let folder = tempdir().unwrap();
    let mut store = opened(folder.path());
    let attempt = store.begin(&new("lab")).unwrap();
    for second in 1..=3 {
        store.append(attempt, 0, stamp(second), "checked", "{}").unwrap();
    }
    folder
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn raw(folder: &Path) -> Connection {
    Connection::open(folder.join(NAME)).unwrap()
}

#[test]
fn what_was_written_is_read_back_by_the_next_process() {
    let folder = filled();
    let store = opened(folder.path());
    let attempt = store.attempt(1).unwrap();
    assert_eq!((attempt.lab.as_str(), attempt.seed), ("lab", u64::MAX));
    assert_eq!(attempt.worked, Duration::from_secs(3));
    let entries = store.entries(1, 0).unwrap();
    assert_eq!(entries.iter().map(|entry| entry.sequence).collect::<Vec<_>>(), [1, 2, 3]);
    store.verify(1).unwrap();
    assert!(matches!(store.attempt(2), Err(RecordError::NoAttempt(2))));
}

#[test]
fn only_its_owner_may_look_into_it() {
    let folder = tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    opened(folder.path());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder.path()), 0o700);
    assert_eq!(mode(&folder.path().join(NAME)), 0o600);
}

#[test]
fn a_cut_file_is_kept_aside_whatever_its_length_and_said() {
    let whole = fs::metadata(filled().path().join(NAME)).unwrap().len();
    for length in [0, 1, 50, 100, 4096, 6000, 8192, whole / 2, whole - 4096, whole - 1] {
        let folder = filled();
        let file = folder.path().join(NAME);
        OpenOptions::new().write(true).open(&file).unwrap().set_len(length).unwrap();
        let (mut store, told) = Store::open(folder.path()).unwrap();
        let told = told.unwrap_or_else(|| panic!("nothing said of a file cut at {length}"));
        assert_eq!(told.key, "session-record-damaged");
        let kept = names(folder.path()).into_iter().find(|name| name.starts_with("record.broken-")).unwrap();
        assert_eq!(fs::metadata(folder.path().join(kept)).unwrap().len(), length);
        store.begin(&new("next")).unwrap();
        assert_eq!(store.attempts(&[]).unwrap().len(), 1);
    }
}

#[test]
fn two_broken_files_are_both_kept() {
    let folder = tempdir().unwrap();
    for _ in 0..2 {
        fs::write(folder.path().join(NAME), "not a database, but of some length".repeat(40)).unwrap();
        assert!(Store::open(folder.path()).unwrap().1.is_some());
    }
    let kept = names(folder.path()).iter().filter(|name| name.starts_with("record.broken-")).count();
    assert_eq!(kept, 2);
}

#[test]
fn bytes_gone_bad_in_the_middle_are_seen() {
    let folder = filled();
    let file = folder.path().join(NAME);
    let mut bytes = fs::read(&file).unwrap();
    bytes[4096..8192].fill(0xA5);
    fs::write(&file, bytes).unwrap();
    assert!(Store::open(folder.path()).unwrap().1.is_some());
}

#[test]
fn the_record_of_a_later_version_is_refused_and_left_alone() {
    let folder = filled();
    raw(folder.path()).pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(folder.path().join(NAME)).unwrap();
    assert!(matches!(Store::open(folder.path()), Err(RecordError::Newer { .. })));
    assert_eq!(fs::read(folder.path().join(NAME)).unwrap(), before);
}

#[test]
fn the_record_of_version_1_still_opens() {
    let folder = tempdir().unwrap();
    raw(folder.path()).execute_batch(include_str!("tests/version-1.sql")).unwrap();
    let store = opened(folder.path());
    store.verify(1).unwrap();
    assert_eq!(store.attempt(1).unwrap().lab, "dhcp-agence");
    assert_eq!(store.entries(1, 0).unwrap().len(), 2);
}

#[test]
fn a_full_disk_is_said_and_spoils_nothing() {
    let folder = filled();
    let mut store = opened(folder.path());
    let pages: i64 = raw(folder.path()).pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    store.limit_pages(pages);
    assert!(matches!(store.begin(&new("too much")), Err(RecordError::Full { .. })));
    let long = format!("{:?}", "x".repeat(100_000));
    assert!(matches!(store.append(1, 0, stamp(4), "checked", &long), Err(RecordError::Full { .. })));
    drop(store);
    let store = opened(folder.path());
    store.verify(1).unwrap();
    assert_eq!(store.entries(1, 0).unwrap().len(), 3);
}

#[test]
fn a_folder_that_cannot_be_made_is_said() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let inside: PathBuf = file.join("data");
    assert!(matches!(Store::open(&inside), Err(RecordError::Io { .. })));
}

#[test]
fn another_process_entries_come_with_ones_own_and_keep_the_chain() {
    let folder = filled();
    let mut first = opened(folder.path());
    let mut second = opened(folder.path());
    first.append(1, 3, stamp(4), "checked", "{}").unwrap();
    let news = second.append(1, 3, stamp(5), "hint", "{}").unwrap();
    assert_eq!(
        news.iter().map(|entry| (entry.sequence, entry.kind.as_str())).collect::<Vec<_>>(),
        [(4, "checked"), (5, "hint")]
    );
    first.verify(1).unwrap();
}

#[test]
fn entries_can_be_neither_changed_nor_deleted() {
    let folder = filled();
    let raw = raw(folder.path());
    assert!(raw.execute("UPDATE entry SET payload = '{\"x\":1}'", []).is_err());
    assert!(raw.execute("DELETE FROM entry", []).is_err());
}

#[test]
fn whoever_gets_around_that_is_found_out() {
    for (sql, at) in [
        ("UPDATE entry SET payload = '{\"x\":1}' WHERE sequence = 2", 2),
        ("UPDATE entry SET work_ms = 1 WHERE sequence = 3", 3),
        ("DELETE FROM entry WHERE sequence = 1", 1),
        ("UPDATE attempt SET seed = 3", 1),
        ("UPDATE attempt SET variant = '{}'", 0),
    ] {
        let folder = filled();
        raw(folder.path()).execute_batch("DROP TRIGGER entry_stays; DROP TRIGGER entry_is_kept").unwrap();
        raw(folder.path()).execute(sql, []).unwrap();
        let found = opened(folder.path()).verify(1);
        assert!(
            matches!(found, Err(RecordError::Altered { attempt: 1, sequence }) if sequence == at),
            "{sql}: {found:?}"
        );
    }
}

#[test]
fn the_clock_never_goes_back() {
    let folder = filled();
    let mut store = opened(folder.path());
    store.beat(1, Duration::from_secs(61)).unwrap();
    store.beat(1, Duration::from_secs(5)).unwrap();
    assert_eq!(store.attempt(1).unwrap().worked, Duration::from_secs(61));
}

#[test]
fn attempts_come_latest_first_with_the_entry_asked_for() {
    let folder = filled();
    let mut store = opened(folder.path());
    let second = store.begin(&new("second")).unwrap();
    store.append(1, 0, stamp(9), "finished", "{\"earned\":1}").unwrap();
    let attempts = store.attempts(&["finished", "abandoned"]).unwrap();
    assert_eq!(attempts.iter().map(|summary| summary.attempt).collect::<Vec<_>>(), [second, 1]);
    assert_eq!(attempts[0].last, None);
    assert_eq!(attempts[1].last, Some(("finished".to_owned(), "{\"earned\":1}".to_owned())));
}

#[test]
fn several_threads_may_open_a_record_that_is_not_there_yet() {
    let folder = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        let openings: Vec<_> = (0..8).map(|_| scope.spawn(|| Store::open(folder.path()).map(|_| ()))).collect();
        for opening in openings {
            opening.join().unwrap().unwrap();
        }
    });
}
