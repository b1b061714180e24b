//! What is mounted (`proc_pid_mountinfo(5)`) and what will be (fstab(5), systemd.mount(5)): pure readers of text.

/// One mount of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mount {
    /// `major:minor` of the superblock; a number of its own for filesystems without one device (btrfs).
    pub(crate) device: (u32, u32),
    pub(crate) target: String,
    pub(crate) kind: String,
    pub(crate) source: String,
    /// The mount's own options, then the superblock's.
    pub(crate) options: Vec<String>,
    pub(crate) writable: bool,
}

impl Mount {
    /// Whether a disk can be behind it: what the kernel makes up (proc, tmpfs) has neither a number nor a node.
    pub(crate) fn has_device(&self) -> bool {
        self.device.0 != 0 || self.source.starts_with('/')
    }
}

/// What is to be mounted at the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) spec: String,
    pub(crate) target: String,
    pub(crate) kind: String,
    pub(crate) options: Vec<String>,
}

impl Entry {
    /// Whether it is done at the start without being asked.
    pub(crate) fn automatic(&self) -> bool {
        !self.options.iter().any(|option| option == "noauto")
    }
}

/// Reads `mountinfo`; the lines that are not as the manual says are left out.
pub(crate) fn mountinfo(text: &str) -> Vec<Mount> {
    text.lines().filter_map(mountinfo_line).collect()
}

fn mountinfo_line(line: &str) -> Option<Mount> {
    let (own, superblock) = line.split_once(" - ")?;
    let own: Vec<&str> = own.split(' ').collect();
    let mut superblock = superblock.split(' ');
    let (major, minor) = own.get(2)?.split_once(':')?;
    let (kind, source) = (superblock.next()?, superblock.next()?);
    let (here, whole) = (own.get(5)?, superblock.next()?);
    let read_only = |options: &str| options.split(',').any(|option| option == "ro");
    Some(Mount {
        device: (major.parse().ok()?, minor.parse().ok()?),
        target: unescape(own.get(4)?),
        kind: kind.to_owned(),
        source: unescape(source),
        options: here.split(',').chain(whole.split(',')).map(str::to_owned).collect(),
        writable: !read_only(here) && !read_only(whole),
    })
}

/// Reads `/etc/fstab`; comments, empty and short lines are left out, as mount(8) does.
pub(crate) fn fstab(text: &str) -> Vec<Entry> {
    text.lines().map(str::trim).filter(|line| !line.starts_with('#')).filter_map(fstab_line).collect()
}

fn fstab_line(line: &str) -> Option<Entry> {
    let mut fields = line.split_ascii_whitespace();
    let (spec, target, kind) = (fields.next()?, fields.next()?, fields.next()?);
    Some(Entry {
        spec: unescape(spec).replace('"', ""),
        target: slashless(&unescape(target)),
        kind: kind.to_owned(),
        options: fields.next().unwrap_or("defaults").split(',').map(str::to_owned).collect(),
    })
}

/// Reads a unit of systemd of the kind `.mount`.
pub(crate) fn mount_unit(text: &str) -> Option<Entry> {
    let mut section = "";
    let mut found = |wanted: &str| {
        text.lines()
            .map(str::trim)
            .filter_map(|line| {
                if line.starts_with('[') {
                    section = line;
                }
                let (key, value) = line.split_once('=')?;
                (section == "[Mount]" && key.trim() == wanted).then(|| value.trim().to_owned())
            })
            .last()
    };
    Some(Entry {
        spec: found("What")?,
        target: slashless(&found("Where")?),
        kind: found("Type").unwrap_or_else(|| "auto".to_owned()),
        options: found("Options").map_or_else(Vec::new, |options| options.split(',').map(str::to_owned).collect()),
    })
}

/// A line of `/proc/swaps`: the path and the kibibytes.
pub(crate) fn swaps(text: &str) -> Vec<(String, u64)> {
    let line = |line: &str| {
        let mut fields = line.split_ascii_whitespace();
        let path = unescape(fields.next()?);
        Some((path, fields.nth(1)?.parse().ok()?))
    };
    text.lines().skip(1).filter_map(line).collect()
}

fn slashless(path: &str) -> String {
    match path.trim_end_matches('/') {
        "" => path.to_owned(),
        short => short.to_owned(),
    }
}

/// `\040` for a space, and so on: three octal digits after a backslash.
fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let octal = bytes.get(at + 1..at + 4).filter(|_| bytes[at] == b'\\');
        let code =
            octal.and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|d| u8::from_str_radix(d, 8).ok());
        plain.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 4 } else { 1 };
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_of_mountinfo() {
        let text = "36 35 98:0 /mnt1 /mnt/my\\040data rw,noatime master:1 - ext3 /dev/root ro,errors=continue\nnoise\n";
        let found = mountinfo(text);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].target, "/mnt/my data");
        assert_eq!((found[0].device, found[0].kind.as_str()), ((98, 0), "ext3"));
        assert!(!found[0].writable, "the superblock is read-only");
        assert!(found[0].options.contains(&"noatime".to_owned()));
    }

    #[test]
    fn lines_of_fstab() {
        let text =
            "# comment\n\nUUID=\"ab\"\t/srv/data/  ntfs-3g  defaults,noauto 0 0\n  LABEL=x none swap sw\nshort /x\n";
        let found = fstab(text);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].spec.as_str(), found[0].target.as_str()), ("UUID=ab", "/srv/data"));
        assert!(!found[0].automatic());
        assert_eq!(found[1].target, "none");
        assert!(found[1].automatic());
    }

    #[test]
    fn a_mount_unit() {
        let text = "[Unit]\nWhat=no\n[Mount]\nWhat = UUID=1\nWhere=/srv/data\nType=ext4\nOptions=rw,noauto\n[Install]\nWantedBy=multi-user.target\n";
        let found = mount_unit(text).unwrap();
        assert_eq!((found.spec.as_str(), found.target.as_str()), ("UUID=1", "/srv/data"));
        assert!(!found.automatic());
        assert_eq!(mount_unit("[Mount]\nWhere=/x\n"), None);
    }

    #[test]
    fn lines_of_swaps() {
        let text = "Filename Type Size Used Priority\n/dev/sdb4 partition 1048572 0 -2\n";
        assert_eq!(swaps(text), [("/dev/sdb4".to_owned(), 1_048_572)]);
        assert_eq!(swaps(""), []);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC{0,200}", lines in proptest::collection::vec("[ -~\\\\0-7\t]{0,60}", 0..6)) {
            for text in [text, lines.join("\n")] {
                let _ = (mountinfo(&text), fstab(&text), mount_unit(&text), swaps(&text));
            }
        }
    }
}
