//! Whose numbers a stand's machines have: at the default level user 0 of a machine is, on the PC, a number that nobody has
//! (`user_namespaces(7)`), another one for each stand.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, chown, lchown};
use std::path::Path;
use std::process::{Command, Stdio};

use nix::sys::stat::FchmodatFlags;
use serde::{Deserialize, Serialize};

use super::folder::{Folder, stands};
use super::plan::Plan;
use crate::lab::manifest::Isolation;

/// How many users and groups a machine has.
const COUNT: u32 = 65_536;
/// The places to choose from: numbers that neither systemd (its `UIDS-GIDS` document) nor a directory service by default
/// (sssd-ldap(5), `ldap_idmap_range_max`) gives to anybody.
const FIRST: u32 = 2_000_224_256;
const PLACES: u32 = (2_147_418_112 - FIRST) / COUNT;

/// Numbers from 65536 on are for the people of a domain: sssd and winbind make them from their SIDs, all over the range. On
/// the PC they are as far above 2^31, where nobody has any, the same for each stand.
const FAR: u32 = 1 << 31;
/// The last two of 2^32 are not numbers (chown(2)).
const FAR_COUNT: u32 = FAR - COUNT - 2;

/// The numbers of one stand: from this one on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ids {
    pub(super) first: u32,
}

impl Ids {
    /// Those of this stand's machines; none where they are privileged.
    pub(super) fn of(folder: &Folder, plan: &Plan) -> io::Result<Option<Self>> {
        (plan.isolation == Isolation::Default).then(|| Self::at(folder)).transpose()
    }

    /// The same as long as the stand exists, for its files bear them.
    fn at(folder: &Folder) -> io::Result<Self> {
        if let Some(known) = Self::load(folder) {
            return Ok(known);
        }
        let taken = taken();
        let wish = blake3::hash(folder.id().as_bytes());
        let wish = wish.as_bytes().iter().take(4).fold(0, |sum: u32, byte| sum << 8 | u32::from(*byte));
        let chosen = choose(wish, &taken).ok_or_else(|| io::Error::other("no free user numbers"))?;
        fs::write(folder.ids(), serde_json::to_vec(&chosen)?)?;
        Ok(chosen)
    }

    fn load(folder: &Folder) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.ids()).ok()?).ok()
    }

    /// The machine's first number, the PC's for it, how many: `uid_map` and `gid_map` (`user_namespaces(7)`).
    pub(super) fn extents(self) -> [[u32; 3]; 2] {
        [[0, self.first, COUNT], [COUNT, FAR + COUNT, FAR_COUNT]]
    }

    /// What is written to these files.
    pub(super) fn map(self) -> String {
        lines(self.extents())
    }

    /// The way back: a file of the machine's user 0 is the PC's user 0's.
    pub(super) fn map_back(self) -> String {
        lines(self.extents().map(|[inside, outside, count]| [outside, inside, count]))
    }

    /// Gives to the machine what the PC's own users wrote in its root: what is in `written`, links themselves and not what
    /// they lead to, changed as `seen` (an overlay keeps in mind what it knows of the folder that it writes to).
    pub(super) fn give(self, written: &Path, seen: &Path) -> io::Result<()> {
        let about = fs::symlink_metadata(written)?;
        if about.uid() < COUNT {
            lchown(seen, Some(self.first + about.uid()), Some(self.first + about.gid() % COUNT))?;
            if about.is_file() && about.mode() & 0o6000 != 0 {
                // A change of owner takes these away (chown(2)).
                let mode = nix::sys::stat::Mode::from_bits_truncate(about.mode());
                nix::sys::stat::fchmodat(nix::fcntl::AT_FDCWD, seen, mode, FchmodatFlags::FollowSymlink)?;
            }
        }
        if about.is_dir() {
            for entry in fs::read_dir(written)? {
                let name = entry?.file_name();
                self.give(&written.join(&name), &seen.join(&name))?;
            }
        }
        Ok(())
    }

    /// Gives one file or folder to the machine's root.
    pub(super) fn give_one(self, path: &Path) -> io::Result<()> {
        chown(path, Some(self.first), Some(self.first))
    }
}

fn lines(extents: [[u32; 3]; 2]) -> String {
    extents.map(|[first, second, count]| format!("{first} {second} {count}\n")).concat()
}

/// The first free place from a wish on.
fn choose(wish: u32, taken: &[(u64, u64)]) -> Option<Ids> {
    (0..PLACES).map(|step| FIRST + (wish % PLACES + step) % PLACES * COUNT).map(|first| Ids { first }).find(|ids| {
        let (from, to) = (u64::from(ids.first), u64::from(ids.first) + u64::from(COUNT));
        !taken.iter().any(|(first, count)| *first < to && from < first + count)
    })
}

/// Numbers that somebody has: subordinate ones (subuid(5)), people and groups, other stands.
fn taken() -> Vec<(u64, u64)> {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let subordinate = ["/etc/subuid", "/etc/subgid"].map(|path| column(&read(path), 1, Some(2)));
    let own = ["/etc/passwd", "/etc/group"].map(|path| column(&read(path), 2, None));
    let folders = fs::read_dir(stands()).into_iter().flatten().flatten();
    let others = folders.filter_map(|entry| Ids::load(&Folder::at(&entry.path())));
    let others = others.map(|ids| (u64::from(ids.first), u64::from(COUNT)));
    subordinate.into_iter().chain(own).flatten().chain(others).collect()
}

/// First numbers and counts from lines of fields separated by colons; a count of 1 where the lines have none.
fn column(text: &str, first: usize, count: Option<usize>) -> Vec<(u64, u64)> {
    let row = |line: &str| {
        let fields: Vec<&str> = line.split(':').collect();
        let number = |at: usize| fields.get(at).and_then(|field| field.trim().parse::<u64>().ok());
        Some((number(first)?, count.map_or(Some(1), number)?))
    };
    text.lines().filter_map(row).collect()
}

/// A user namespace with this map, held by the file: what `mount_setattr(2)` takes a mapping from.
pub(super) fn namespace(map: &str) -> io::Result<fs::File> {
    // It echoes once it is inside.
    let mut inside = Command::new("unshare")
        .args(["--user", "--", "cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let pid = inside.id();
    let mut made = || -> io::Result<fs::File> {
        let (Some(input), Some(output)) = (&mut inside.stdin, &mut inside.stdout) else {
            return Err(io::Error::from(io::ErrorKind::BrokenPipe));
        };
        input.write_all(b"\n")?;
        output.read_exact(&mut [0])?;
        for file in ["uid_map", "gid_map"] {
            fs::write(format!("/proc/{pid}/{file}"), map)?;
        }
        fs::File::open(format!("/proc/{pid}/ns/user"))
    };
    let made = made();
    inside.kill()?;
    let said = inside.wait_with_output()?.stderr;
    made.map_err(|error| {
        let said = String::from_utf8_lossy(&said).trim().to_owned();
        if said.is_empty() { error } else { io::Error::other(said) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_that_somebody_has_are_left_out() {
        let free = choose(5, &[]).unwrap();
        assert_eq!(choose(5 + PLACES, &[]), Some(free));
        let next = choose(5, &[(u64::from(free.first) + 7, 1)]).unwrap();
        assert_eq!(next.first, free.first + COUNT);
        assert_eq!(choose(5, &[(u64::from(free.first) - 1, 1), (u64::from(next.first), 1)]), Some(free));
        assert_eq!(choose(5, &[(0, 1 << 32)]), None);
    }

    #[test]
    fn the_last_place_ends_before_numbers_that_no_program_expects() {
        let last = choose(PLACES - 1, &[]).unwrap();
        assert!(last.first.checked_add(COUNT).is_some_and(|end| end <= 1 << 31));
    }

    #[test]
    fn the_map_gives_each_number_one_place_and_back() {
        let ids = Ids { first: FIRST };
        assert_eq!(ids.map(), "0 2000224256 65536\n65536 2147549184 2147418110\n");
        assert_eq!(ids.map_back(), "2000224256 0 65536\n2147549184 65536 2147418110\n");
        for [inside, outside, count] in ids.extents() {
            assert!(inside.checked_add(count).is_some() && outside.checked_add(count).is_some());
        }
    }

    #[test]
    fn numbers_are_read_from_the_files_that_list_them() {
        assert_eq!(column("nadia:100000:65536\n# x\nbad:y:1\n", 1, Some(2)), [(100_000, 65536)]);
        assert_eq!(column("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:\n", 2, None), [(0, 1), (65534, 1)]);
    }

    /// Root is needed.
    #[test]
    fn a_tree_is_given_with_its_links_and_its_special_modes() {
        let folder = tempfile::tempdir().unwrap();
        let ids = Ids { first: FIRST };
        let program = folder.path().join("program");
        fs::write(&program, "x").unwrap();
        chown(&program, Some(0), Some(42)).unwrap();
        fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o4755)).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", folder.path().join("link")).unwrap();
        ids.give(folder.path(), folder.path()).unwrap();
        ids.give(folder.path(), folder.path()).unwrap();
        let about = |name: &str| fs::symlink_metadata(folder.path().join(name)).unwrap();
        assert_eq!((about("program").uid(), about("program").gid()), (FIRST, FIRST + 42));
        assert_eq!(about("program").mode() & 0o7777, 0o4755);
        assert_eq!(about("link").uid(), FIRST);
        assert_eq!(fs::metadata("/etc/passwd").unwrap().uid(), 0);
    }

    /// Root and user namespaces are needed.
    #[test]
    fn a_namespace_outlives_the_process_that_it_was_made_with() {
        use std::os::fd::AsRawFd as _;
        let namespace = namespace(&Ids { first: FIRST }.map()).unwrap();
        let link = fs::read_link(format!("/proc/self/fd/{}", namespace.as_raw_fd())).unwrap();
        assert!(link.to_string_lossy().starts_with("user:["), "{}", link.display());
        assert_ne!(link, fs::read_link("/proc/self/ns/user").unwrap());
    }
}
