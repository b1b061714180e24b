//! The databases of the package managers beside dpkg, read directly.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::Package;
use crate::i18n::Message;
use crate::msg;
use crate::probe::reading;
use crate::probe::storage::bytes::be32;

/// What a database may weigh.
const LARGEST: u64 = 64 * 1024 * 1024;

/// pacman's local database: a folder `name-version-release` with a file `desc` for each package.
pub(super) fn pacman(root: &Path, names: &[&str]) -> Result<Option<HashMap<String, Package>>, Message> {
    let folder = root.join("var/lib/pacman/local");
    if !folder.is_dir() {
        return Ok(None);
    }
    let configuration = reading::text(&root.join("etc/pacman.conf"))?.unwrap_or_default();
    let ignored = |name: &str| {
        let lines =
            configuration.lines().filter_map(|line| line.trim().strip_prefix("IgnorePkg")?.trim().strip_prefix('='));
        lines.flat_map(str::split_whitespace).any(|word| word == name)
    };
    let mut found = HashMap::new();
    for entry in reading::names(&folder)? {
        let name = entry.rsplitn(3, '-').nth(2).unwrap_or_default();
        if !names.contains(&name) {
            continue;
        }
        let text = reading::text(&folder.join(&entry).join("desc"))?.unwrap_or_default();
        if value_after(&text, "%NAME%") == Some(name)
            && let Some(version) = value_after(&text, "%VERSION%")
        {
            found.insert(name.to_owned(), Package::installed(version, ignored(name)));
        }
    }
    Ok(Some(found))
}

fn value_after<'a>(desc: &'a str, key: &str) -> Option<&'a str> {
    let mut lines = desc.lines().skip_while(|line| *line != key);
    lines.nth(1)
}

/// apk's database: stanzas with `P:` (name) and `V:` (version); a version wanted exactly is held.
pub(super) fn apk(root: &Path, names: &[&str]) -> Result<Option<HashMap<String, Package>>, Message> {
    let path = ["lib/apk/db/installed", "usr/lib/apk/db/installed"].map(|path| root.join(path));
    let Some(path) = path.iter().find(|path| path.is_file()) else { return Ok(None) };
    let text = reading::bytes(path, LARGEST)?.unwrap_or_default();
    let world = reading::text(&root.join("etc/apk/world"))?.unwrap_or_default();
    Ok(Some(stanzas(&String::from_utf8_lossy(&text), names, &world)))
}

fn stanzas(text: &str, names: &[&str], world: &str) -> HashMap<String, Package> {
    let stanza = |stanza: &str| {
        let value = |key: &str| stanza.lines().find_map(|line| line.strip_prefix(key));
        let name = value("P:").filter(|name| names.contains(name))?;
        let held = world.lines().any(|line| line.trim().strip_prefix(name).is_some_and(|rest| rest.starts_with('=')));
        Some((name.to_owned(), Package::installed(value("V:")?, held)))
    };
    text.split("\n\n").filter_map(stanza).collect()
}

/// rpm's database, where it is kept by SQLite (rpm 4.16 and later).
pub(super) fn rpm(root: &Path, names: &[&str]) -> Result<Option<HashMap<String, Package>>, Message> {
    let places = ["var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/rpmdb.sqlite"].map(|path| root.join(path));
    let Some(path) = places.iter().find(|path| path.is_file()) else { return Ok(None) };
    let locks = reading::text(&root.join("etc/dnf/plugins/versionlock.list"))?.unwrap_or_default();
    let wrong =
        |error: rusqlite::Error| msg!("probe-io", subject = path.to_string_lossy().as_ref(), error = error.to_string());
    // Nothing is written, not even a lock: a probe only looks.
    let place = format!("file:{}?mode=ro&immutable=1", path.to_string_lossy());
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let database = Connection::open_with_flags(place, flags).map_err(wrong)?;
    let mut query = database
        .prepare("SELECT blob FROM Packages JOIN Name ON Packages.hnum = Name.hnum WHERE Name.key = ?1 AND length(blob) < 67108864")
        .map_err(wrong)?;
    let mut found = HashMap::new();
    for name in names {
        let mut rows = query.query([name]).map_err(wrong)?;
        while let Some(row) = rows.next().map_err(wrong)? {
            let blob: Vec<u8> = row.get(0).map_err(wrong)?;
            if let Some(version) = header(&blob) {
                let held =
                    locks.lines().any(|line| line.trim().trim_start_matches('!').starts_with(&format!("{name}-")));
                found.insert((*name).to_owned(), Package::installed(&version, held));
            }
        }
    }
    Ok(Some(found))
}

/// Epoch, version and release of a header (rpm, "Package format", header structure): an index of 16 bytes an entry (tag, type,
/// place, count), then the data.
fn header(blob: &[u8]) -> Option<String> {
    let entries = usize::try_from(be32(blob, 0)?).ok()?;
    let data = blob.get(8 + entries.checked_mul(16)?..)?;
    let place = |tag: u32| {
        let at = (0..entries).map(|entry| 8 + entry * 16).find(|at| be32(blob, *at) == Some(tag))?;
        usize::try_from(be32(blob, at + 8)?).ok()
    };
    let text = |tag: u32| {
        let bytes = data.get(place(tag)?..)?;
        let end = bytes.iter().position(|byte| *byte == 0)?;
        Some(String::from_utf8_lossy(&bytes[..end]).into_owned())
    };
    let epoch = place(1003).and_then(|at| be32(data, at)).filter(|epoch| *epoch > 0);
    let version = format!("{}-{}", text(1001)?, text(1002)?);
    Some(epoch.map_or(version.clone(), |epoch| format!("{epoch}:{version}")))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;

    fn blob() -> Vec<u8> {
        let data = b"nginx\x001.24.0\x002.fc40\x00\x00\x00\x00\x02";
        let mut blob = [4_u32.to_be_bytes(), (u32::try_from(data.len()).unwrap()).to_be_bytes()].concat();
        for (tag, place) in [(1000_u32, 0_u32), (1001, 6), (1002, 13), (1003, 20)] {
            blob.extend([tag, 6, place, 1].map(u32::to_be_bytes).concat());
        }
        blob.extend(data);
        blob
    }

    #[test]
    fn a_header_of_rpm() {
        assert_eq!(header(&blob()).as_deref(), Some("2:1.24.0-2.fc40"));
    }

    #[test]
    fn a_database_of_rpm() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("var/lib/rpm");
        fs::create_dir_all(&folder).unwrap();
        let database = Connection::open(folder.join("rpmdb.sqlite")).unwrap();
        database.execute_batch("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB); CREATE TABLE Name (key TEXT, hnum INTEGER, idx INTEGER);").unwrap();
        database.execute("INSERT INTO Packages VALUES (1, ?1)", [blob()]).unwrap();
        database.execute("INSERT INTO Name VALUES ('nginx', 1, 0)", []).unwrap();
        drop(database);
        let found = rpm(root.path(), &["nginx", "ngin"]).unwrap().unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found["nginx"].version.as_deref(), Some("2:1.24.0-2.fc40"));
        assert_eq!(rpm(&root.path().join("none"), &["nginx"]), Ok(None));
    }

    #[test]
    fn a_database_of_pacman() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("var/lib/pacman/local/lib32-glibc-2.39-4");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("desc"), "%NAME%\nlib32-glibc\n\n%VERSION%\n2.39-4\n").unwrap();
        fs::create_dir_all(root.path().join("etc")).unwrap();
        fs::write(root.path().join("etc/pacman.conf"), "[options]\nIgnorePkg = linux lib32-glibc\n").unwrap();
        let found = pacman(root.path(), &["lib32-glibc", "glibc"]).unwrap().unwrap();
        assert_eq!(found.len(), 1);
        assert!(found["lib32-glibc"].held);
    }

    #[test]
    fn a_database_of_apk() {
        let found =
            stanzas("C:x\nP:busybox\nV:1.36.1-r5\n\nP:busybox-extras\nV:1\n", &["busybox"], "busybox=1.36.1-r5\n");
        assert_eq!((found.len(), found["busybox"].held), (1, true));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..64), cut in 0_usize..80, text in "[PV:a\n=]{0,40}") {
            let _ = header(&bytes);
            let mut whole = blob();
            for (slot, byte) in whole.iter_mut().zip(&bytes) { *slot ^= byte & 3; }
            whole.truncate(cut);
            let _ = (header(&whole), stanzas(&text, &["a"], &text), value_after(&text, "P:a"));
        }
    }
}
