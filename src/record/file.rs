//! The record's file: made whole or not at all, checked when opened, kept aside when it is broken.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};
use rusqlite_migration::{M, Migrations};

use super::RecordError;
use crate::i18n::Message;
use crate::msg;

pub(super) const NAME: &str = "record.sqlite3";
/// `PRAGMA application_id`: "Pail" in ASCII, so that file(1) and we tell this file from any other.
const APPLICATION: i32 = 0x5061_696c;
const STEPS: &[M<'static>] = &[M::up(include_str!("schema.sql"))];
const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

/// Why the file could not be opened.
enum Failure {
    /// It is broken.
    Damaged(String),
    /// A later version wrote it.
    Newer,
    /// Anything else.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}

/// Opens the record of a folder, making both where there is none. Where the file is broken it is kept aside under a
/// dated name and a new one is made; the message says so and has to be shown before going on.
pub(super) fn open(folder: &Path) -> Result<(Connection, PathBuf, Option<Message>), RecordError> {
    make_folder(folder)?;
    let path = folder.join(NAME);
    if !exists(&path)? {
        create(&path)?;
    }
    match connect(&path) {
        Ok(connection) => Ok((connection, path, None)),
        Err(Failure::Damaged(error)) => {
            let kept = keep_aside(&path)?;
            create(&path)?;
            let connection = connect(&path).map_err(|failure| refuse(failure, &path))?;
            let told = msg!(
                "session-record-damaged",
                path = path.display().to_string(),
                kept = kept.display().to_string(),
                error = error
            );
            Ok((connection, path, Some(told)))
        }
        Err(failure) => Err(refuse(failure, &path)),
    }
}

/// One more connection to a record that is open already.
pub(super) fn again(path: &Path) -> Result<Connection, RecordError> {
    connect(path).map_err(|failure| refuse(failure, path))
}

fn refuse(failure: Failure, path: &Path) -> RecordError {
    match failure {
        Failure::Newer => RecordError::Newer { path: path.to_path_buf() },
        Failure::Sqlite(error) => classify(error, path),
        Failure::Damaged(why) => RecordError::Sqlite { path: path.to_path_buf(), source: damage(why) },
    }
}

fn damage(why: String) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT), Some(why))
}

/// What SQLite's error means to a person.
pub(super) fn classify(error: rusqlite::Error, path: &Path) -> RecordError {
    let is_full = error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) && has_no_room(path);
    let path = path.to_path_buf();
    match error.sqlite_error_code() {
        _ if is_full => RecordError::Full { path },
        Some(ErrorCode::DiskFull) => RecordError::Full { path },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => RecordError::Busy { path },
        _ => RecordError::Sqlite { path, source: error },
    }
}

/// What SQLite keeps in memory it shares with other processes can't be made on a full disk either, and it calls that an
/// input/output error (`SQLITE_IOERR_SHMSIZE`): the disk itself knows.
fn has_no_room(path: &Path) -> bool {
    const LITTLE: u64 = 1024 * 1024;
    let folder = path.parent().unwrap_or(path);
    rustix::fs::statvfs(folder).is_ok_and(|disk| disk.f_bavail.saturating_mul(disk.f_frsize) < LITTLE)
}

/// A folder that only its owner may look into.
fn make_folder(folder: &Path) -> Result<(), RecordError> {
    let failed = |source| RecordError::Io { path: folder.to_path_buf(), source };
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let mode = fs::metadata(folder).map_err(failed)?.permissions().mode() & 0o777;
            if mode == 0o700 {
                Ok(())
            } else {
                fs::set_permissions(folder, Permissions::from_mode(0o700)).map_err(failed)
            }
        }
        Err(error) => Err(failed(error)),
    }
}

fn exists(path: &Path) -> Result<bool, RecordError> {
    path.try_exists().map_err(|source| RecordError::Io { path: path.to_path_buf(), source })
}

/// Makes a whole record under another name, then links it in place: nobody ever sees a half-made one, and of two
/// processes that make it at once the first wins.
fn create(path: &Path) -> Result<(), RecordError> {
    static DRAFTS: AtomicU32 = AtomicU32::new(0);
    // Two threads of one app may get here at once.
    let number = DRAFTS.fetch_add(1, Ordering::Relaxed);
    let draft = path.with_extension(format!("new-{}-{number}", std::process::id()));
    let failed = |source| RecordError::Io { path: path.to_path_buf(), source };
    let _ = fs::remove_file(&draft);
    File::options().write(true).create_new(true).mode(0o600).open(&draft).map_err(failed)?;
    let made = fill(&draft).map_err(|failure| refuse(failure, path));
    let linked = made.and_then(|()| match fs::hard_link(&draft, path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(failed(error)),
        _ => Ok(()),
    });
    let _ = fs::remove_file(&draft);
    linked
}

fn fill(draft: &Path) -> Result<(), Failure> {
    let mut connection = Connection::open(draft)?;
    connection.pragma_update(None, "application_id", APPLICATION)?;
    migrate(&mut connection)
}

fn connect(path: &Path) -> Result<Connection, Failure> {
    // A length of nothing is a new database to SQLite, and a lost one to us.
    if path.metadata().is_ok_and(|found| found.len() == 0) {
        return Err(Failure::Damaged("empty file".to_owned()));
    }
    let mut connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    let application: i32 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION {
        return Err(Failure::Damaged("not a record of Paillasse".to_owned()));
    }
    let health: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    if health != "ok" {
        return Err(Failure::Damaged(health));
    }
    if is_cut(&connection, path)? {
        return Err(Failure::Damaged("last page cut short".to_owned()));
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Whether the last page lacks its end, which SQLite takes for zeros. Not when a log lies beside the file: the whole page
/// is in it.
fn is_cut(connection: &Connection, path: &Path) -> rusqlite::Result<bool> {
    let page: u32 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
    let length = |path: PathBuf| fs::metadata(path).map_or(0, |found| found.len());
    Ok(length(beside(path, "-wal")) == 0 && !length(path.to_path_buf()).is_multiple_of(page.into()))
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    PathBuf::from(format!("{}{suffix}", path.display()))
}

/// Brings the tables to this version.
fn migrate(connection: &mut Connection) -> Result<(), Failure> {
    use rusqlite_migration::{Error, MigrationDefinitionError::DatabaseTooFarAhead};
    MIGRATIONS.to_latest(connection).map_err(|error| match error {
        Error::RusqliteError { err, .. } => err.into(),
        Error::MigrationDefinition(DatabaseTooFarAhead) => Failure::Newer,
        other => Failure::Damaged(other.to_string()),
    })
}

/// Moves the file, and what SQLite keeps beside it, to a dated name.
fn keep_aside(path: &Path) -> Result<PathBuf, RecordError> {
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H%M%S").to_string();
    let mut kept = path.with_file_name(format!("record.broken-{now}.sqlite3"));
    for more in 2_u32.. {
        if !kept.exists() {
            break;
        }
        kept = path.with_file_name(format!("record.broken-{now}-{more}.sqlite3"));
    }
    for suffix in ["", "-wal", "-shm"] {
        match fs::rename(beside(path, suffix), beside(&kept, suffix)) {
            Err(source) if source.kind() != ErrorKind::NotFound => {
                return Err(RecordError::Io { path: path.to_path_buf(), source });
            }
            _ => {}
        }
    }
    Ok(kept)
}
