-- A record as version 1 wrote it: what was released has to open for ever.
PRAGMA application_id = 1348561260;
PRAGMA user_version = 1;
CREATE TABLE attempt (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  lab        TEXT    NOT NULL,
  seed       INTEGER NOT NULL,
  variant    TEXT    NOT NULL,
  lab_hash   BLOB    NOT NULL,
  base_hash  TEXT,
  started_ms INTEGER NOT NULL,
  work_ms    INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE entry (
  attempt  INTEGER NOT NULL REFERENCES attempt (id),
  sequence INTEGER NOT NULL,
  wall_ms  INTEGER NOT NULL,
  work_ms  INTEGER NOT NULL,
  kind     TEXT    NOT NULL,
  payload  TEXT    NOT NULL,
  hash     BLOB    NOT NULL,
  PRIMARY KEY (attempt, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO attempt VALUES (1, 'dhcp-agence', -1, '{"seed":18446744073709551615}', X'1bc1bd803172a28b6516c554da632b1eedcd0e1fc7f884e0bf1934fb11913389', 'b', 1795300589524, 90000);
INSERT INTO entry VALUES (1, 1, 1795300589530, 0, 'begun', '{}', X'25b0103277cf59aebb0718e8b6fea62044748ce3e583d5a9c5893a9871aff1a3');
INSERT INTO entry VALUES (1, 2, 1795300589536, 90000, 'finished', '{"earned":12,"total":20}', X'9f98eafc7667304998df48a1ef406bfa9282263c41ccfe29ee93edde0fa4e9dc');
CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE (ABORT, 'entries are never changed'); END;
CREATE TRIGGER entry_is_kept BEFORE DELETE ON entry BEGIN SELECT RAISE (ABORT, 'entries are never deleted'); END;
