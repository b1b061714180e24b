//! Attempts and their entries.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::chain::{Hash, hash};
use super::{RecordError, file};
use crate::i18n::Message;

/// The record, open.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

/// What an attempt starts from.
#[derive(Debug, Clone)]
pub struct NewAttempt {
    /// The lab's id.
    pub lab: String,
    /// The variant's seed.
    pub seed: u64,
    /// The lab as rendered, JSON.
    pub variant: String,
    /// Hash of the base its machines are made of.
    pub base_hash: Option<String>,
}

/// An attempt as it started.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Its number.
    pub id: i64,
    /// The lab's id.
    pub lab: String,
    /// The variant's seed.
    pub seed: u64,
    /// The lab as rendered, JSON.
    pub variant: String,
    /// BLAKE3 of `variant`.
    pub lab_hash: Hash,
    /// Hash of the base its machines are made of.
    pub base_hash: Option<String>,
    /// Wall clock, milliseconds since 1970 UTC.
    pub started_ms: i64,
    /// Time worked at the clock's last beat.
    pub worked: Duration,
}

/// When an entry is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Wall clock, milliseconds since 1970 UTC: for people.
    pub wall_ms: i64,
    /// Time worked.
    pub work: Duration,
}

impl Stamp {
    /// Now by the wall clock, after so much work.
    #[must_use]
    pub fn now(work: Duration) -> Self {
        Self { wall_ms: jiff::Timestamp::now().as_millisecond(), work }
    }
}

/// One link of an attempt's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// 1, 2, 3… without a gap.
    pub sequence: i64,
    /// When.
    pub stamp: Stamp,
    /// What kind of thing happened.
    pub kind: String,
    /// The rest of it, JSON.
    pub payload: String,
    /// Covers all this and the hash before.
    pub hash: Hash,
}

/// An attempt among others: for the map, the history, "the current attempt".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// Its number.
    pub attempt: i64,
    /// The lab's id.
    pub lab: String,
    /// The variant's seed.
    pub seed: u64,
    /// Wall clock, milliseconds since 1970 UTC.
    pub started_ms: i64,
    /// Time worked at the clock's last beat.
    pub worked: Duration,
    /// The kind and payload of its last entry of one of the kinds asked for.
    pub last: Option<(String, String)>,
    /// When that was: wall clock, milliseconds since 1970 UTC.
    pub last_ms: Option<i64>,
}

impl Store {
    /// Opens the record of a folder (made if need be, for its owner only). A message comes with it where the file was
    /// broken and has been kept aside: show it before going on.
    pub fn open(folder: &Path) -> Result<(Self, Option<Message>), RecordError> {
        let (connection, path, told) = file::open(folder)?;
        Ok((Self { connection, path }, told))
    }

    /// The record of the person: [`crate::paths::data`].
    pub fn open_own() -> Result<(Self, Option<Message>), RecordError> {
        Self::open(&crate::paths::data())
    }

    /// Another handle on the same record.
    pub fn beside(&self) -> Result<Self, RecordError> {
        Ok(Self { connection: file::again(&self.path)?, path: self.path.clone() })
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a new attempt down; its chain is empty.
    pub fn begin(&mut self, new: &NewAttempt) -> Result<i64, RecordError> {
        let lab_hash = hash(&[new.variant.as_bytes()]);
        let started = Stamp::now(Duration::ZERO).wall_ms;
        let sql = "INSERT INTO attempt (lab, seed, variant, lab_hash, base_hash, started_ms) VALUES (?, ?, ?, ?, ?, ?)";
        self.connection
            .execute(sql, params![new.lab, new.seed.cast_signed(), new.variant, lab_hash, new.base_hash, started])
            .map_err(|error| self.classify(error))?;
        Ok(self.connection.last_insert_rowid())
    }

    /// An attempt as it started.
    pub fn attempt(&self, id: i64) -> Result<Attempt, RecordError> {
        let sql = "SELECT id, lab, seed, variant, lab_hash, base_hash, started_ms, work_ms FROM attempt WHERE id = ?";
        let found = self.connection.query_row(sql, [id], |row| {
            Ok(Attempt {
                id: row.get(0)?,
                lab: row.get(1)?,
                seed: row.get::<_, i64>(2)?.cast_unsigned(),
                variant: row.get(3)?,
                lab_hash: row.get(4)?,
                base_hash: row.get(5)?,
                started_ms: row.get(6)?,
                worked: millis(row.get(7)?),
            })
        });
        found.optional().map_err(|error| self.classify(error))?.ok_or(RecordError::NoAttempt(id))
    }

    /// The entries after number `since`, as they are: [`Store::verify`] tells whether they are as they were written.
    pub fn entries(&self, attempt: i64, since: i64) -> Result<Vec<Entry>, RecordError> {
        read_entries(&self.connection, attempt, since).map_err(|error| self.classify(error))
    }

    /// Adds an entry, and gives back all those after number `since`: its own is the last, those before it were written
    /// by other processes meanwhile.
    pub fn append(
        &mut self,
        attempt: i64,
        since: i64,
        stamp: Stamp,
        kind: &str,
        payload: &str,
    ) -> Result<Vec<Entry>, RecordError> {
        let path = self.path.clone();
        let mut write = || -> rusqlite::Result<Vec<Entry>> {
            let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            insert(&transaction, attempt, stamp, kind, payload)?;
            let news = read_entries(&transaction, attempt, since)?;
            transaction.commit()?;
            Ok(news)
        };
        write().map_err(|error| file::classify(error, &path))
    }

    /// Writes the clock's beat; it never goes back.
    pub fn beat(&mut self, attempt: i64, work: Duration) -> Result<(), RecordError> {
        let sql = "UPDATE attempt SET work_ms = max(work_ms, ?) WHERE id = ?";
        self.connection.execute(sql, params![to_millis(work), attempt]).map_err(|error| self.classify(error))?;
        Ok(())
    }

    /// Whether the attempt and its entries are as they were written.
    pub fn verify(&self, attempt: i64) -> Result<(), RecordError> {
        let start = self.attempt(attempt)?;
        let altered = |sequence| Err(RecordError::Altered { attempt, sequence });
        if hash(&[start.variant.as_bytes()]) != start.lab_hash {
            return altered(0);
        }
        let mut before = origin(&start);
        for (entry, expected) in self.entries(attempt, 0)?.into_iter().zip(1..) {
            let right = link(&before, expected, entry.stamp, &entry.kind, &entry.payload);
            if entry.sequence != expected || entry.hash != right {
                return altered(expected);
            }
            before = entry.hash;
        }
        Ok(())
    }

    /// Every attempt, the latest first, each with its last entry of one of these kinds.
    pub fn attempts(&self, kinds: &[&str]) -> Result<Vec<Summary>, RecordError> {
        let wanted = serde_json::json!(kinds).to_string();
        let sql = "SELECT a.id, a.lab, a.seed, a.started_ms, a.work_ms, e.kind, e.payload, e.wall_ms
                   FROM attempt a
                   LEFT JOIN entry e ON e.attempt = a.id AND e.sequence = (
                     SELECT max(sequence) FROM entry
                     WHERE attempt = a.id AND kind IN (SELECT value FROM json_each(?)))
                   ORDER BY a.id DESC";
        let read = || -> rusqlite::Result<Vec<Summary>> {
            let mut statement = self.connection.prepare_cached(sql)?;
            statement.query_map([wanted], summary)?.collect()
        };
        read().map_err(|error| self.classify(error))
    }

    /// Behaves as on a disk with room for so many pages.
    #[cfg(test)]
    pub(super) fn limit_pages(&mut self, pages: i64) {
        self.connection.pragma_update(None, "max_page_count", pages).unwrap();
    }

    fn classify(&self, error: rusqlite::Error) -> RecordError {
        file::classify(error, &self.path)
    }
}

fn summary(row: &Row<'_>) -> rusqlite::Result<Summary> {
    let kind: Option<String> = row.get(5)?;
    let payload: Option<String> = row.get(6)?;
    Ok(Summary {
        attempt: row.get(0)?,
        lab: row.get(1)?,
        seed: row.get::<_, i64>(2)?.cast_unsigned(),
        started_ms: row.get(3)?,
        worked: millis(row.get(4)?),
        last: kind.zip(payload),
        last_ms: row.get(7)?,
    })
}

fn insert(
    transaction: &Transaction<'_>,
    attempt: i64,
    stamp: Stamp,
    kind: &str,
    payload: &str,
) -> rusqlite::Result<()> {
    let sql = "SELECT sequence, hash FROM entry WHERE attempt = ? ORDER BY sequence DESC LIMIT 1";
    let last: Option<(i64, Hash)> =
        transaction.query_row(sql, [attempt], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let (sequence, before) = match last {
        Some((sequence, hash)) => (sequence + 1, hash),
        None => (1, first(transaction, attempt)?),
    };
    let hash = link(&before, sequence, stamp, kind, payload);
    transaction.execute(
        "INSERT INTO entry (attempt, sequence, wall_ms, work_ms, kind, payload, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
        params![attempt, sequence, stamp.wall_ms, to_millis(stamp.work), kind, payload, hash],
    )?;
    transaction.execute(
        "UPDATE attempt SET work_ms = max(work_ms, ?) WHERE id = ?",
        params![to_millis(stamp.work), attempt],
    )?;
    Ok(())
}

/// What the first entry follows from.
fn first(connection: &Connection, attempt: i64) -> rusqlite::Result<Hash> {
    let sql = "SELECT lab, seed, lab_hash, base_hash, started_ms FROM attempt WHERE id = ?";
    connection.query_row(sql, [attempt], |row| {
        let base: Option<String> = row.get(3)?;
        Ok(origin_of(attempt, &row.get::<_, String>(0)?, row.get(1)?, &row.get(2)?, base.as_deref(), row.get(4)?))
    })
}

fn origin(start: &Attempt) -> Hash {
    let seed = start.seed.cast_signed();
    origin_of(start.id, &start.lab, seed, &start.lab_hash, start.base_hash.as_deref(), start.started_ms)
}

fn origin_of(id: i64, lab: &str, seed: i64, lab_hash: &Hash, base: Option<&str>, started_ms: i64) -> Hash {
    hash(&[
        &id.to_be_bytes(),
        lab.as_bytes(),
        &seed.to_be_bytes(),
        lab_hash,
        base.unwrap_or_default().as_bytes(),
        &started_ms.to_be_bytes(),
    ])
}

fn link(before: &Hash, sequence: i64, stamp: Stamp, kind: &str, payload: &str) -> Hash {
    hash(&[
        before,
        &sequence.to_be_bytes(),
        &stamp.wall_ms.to_be_bytes(),
        &to_millis(stamp.work).to_be_bytes(),
        kind.as_bytes(),
        payload.as_bytes(),
    ])
}

fn read_entries(connection: &Connection, attempt: i64, since: i64) -> rusqlite::Result<Vec<Entry>> {
    let sql = "SELECT sequence, wall_ms, work_ms, kind, payload, hash FROM entry
               WHERE attempt = ? AND sequence > ? ORDER BY sequence";
    let mut statement = connection.prepare_cached(sql)?;
    let entries = statement.query_map([attempt, since], |row| {
        Ok(Entry {
            sequence: row.get(0)?,
            stamp: Stamp { wall_ms: row.get(1)?, work: millis(row.get(2)?) },
            kind: row.get(3)?,
            payload: row.get(4)?,
            hash: row.get(5)?,
        })
    })?;
    entries.collect()
}

fn millis(number: i64) -> Duration {
    Duration::from_millis(number.max(0).unsigned_abs())
}

fn to_millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
