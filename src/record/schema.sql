-- Version 1. A later version is a migration after this one: never edit what has been released.
CREATE TABLE attempt (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  lab        TEXT    NOT NULL,
  seed       INTEGER NOT NULL,            -- the 64 bits of an unsigned number
  variant    TEXT    NOT NULL,            -- the lab as rendered, JSON: an attempt does not change when the lab does
  lab_hash   BLOB    NOT NULL,            -- BLAKE3 of `variant`
  base_hash  TEXT,                        -- of the base its machines are made of; none without a stand
  started_ms INTEGER NOT NULL,            -- wall clock, milliseconds since 1970 UTC
  work_ms    INTEGER NOT NULL DEFAULT 0   -- the clock's last beat
) STRICT;

CREATE TABLE entry (
  attempt  INTEGER NOT NULL REFERENCES attempt (id),
  sequence INTEGER NOT NULL,              -- 1, 2, 3… without a gap
  wall_ms  INTEGER NOT NULL,              -- wall clock: for people, never for reckoning
  work_ms  INTEGER NOT NULL,              -- time worked
  kind     TEXT    NOT NULL,
  payload  TEXT    NOT NULL,              -- JSON
  hash     BLOB    NOT NULL,              -- BLAKE3 of all this and of the hash before
  PRIMARY KEY (attempt, sequence)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE (ABORT, 'entries are never changed'); END;
CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry BEGIN SELECT RAISE (ABORT, 'entries are never deleted'); END;
