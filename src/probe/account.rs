//! The machine's accounts: its own files (passwd(5), shadow(5), group(5)), and its name services for those of a domain.
//!
//! The C library's look-ups are not used here: they would load the modules of the PC, not of the machine. Where the machine
//! has other name services (nsswitch.conf(5)), its own `getent` and `id` are run.

use std::collections::HashMap;
use std::fs;

use super::{Machine, Watch, reason};
use crate::i18n::Message;

/// The files that make an account what it is.
pub(super) const ACCOUNTS: &[Watch] = &[
    Watch::Path("/etc/passwd"),
    Watch::Path("/etc/shadow"),
    Watch::Path("/etc/group"),
    Watch::Path("/etc/nsswitch.conf"),
];

/// A line of passwd(5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    pub(super) name: String,
    pub(super) password: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
    pub(super) comment: String,
    pub(super) home: String,
    pub(super) shell: String,
}

/// A line of group(5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) gid: u32,
    pub(super) members: Vec<String>,
}

/// A line of shadow(5).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Shadow {
    pub(super) password: String,
    /// Day since 1970-01-01 on which the password was changed; 0: it must be at the next login.
    pub(super) changed: Option<i64>,
    /// Days before which the password can't be changed again.
    pub(super) min_days: Option<i64>,
    /// Days after which the password must be changed.
    pub(super) max_days: Option<i64>,
    /// Days before that on which the person is warned.
    pub(super) warn_days: Option<i64>,
    /// Days after that on which the account is locked.
    pub(super) inactive_days: Option<i64>,
    /// Day since 1970-01-01 on which the account ends.
    pub(super) expires: Option<i64>,
}

/// Everything the machine's own files say.
#[derive(Debug)]
pub(super) struct Accounts {
    users: Result<Vec<User>, Message>,
    groups: Result<Vec<Group>, Message>,
    shadow: Result<HashMap<String, Shadow>, Message>,
    /// Whether accounts can come from elsewhere too.
    domain: bool,
}

impl Accounts {
    pub(super) fn read(_machine: &Machine) -> Self {
        let nsswitch = fs::read_to_string("/etc/nsswitch.conf").unwrap_or_default();
        Self {
            users: text("/etc/passwd").map(|text| users(&text)),
            groups: text("/etc/group").map(|text| groups(&text)),
            shadow: text("/etc/shadow").map(|text| shadow(&text)),
            domain: has_other_sources(&nsswitch),
        }
    }

    /// A local account.
    pub(super) fn user(&self, name: &str) -> Result<Option<&User>, Message> {
        Ok(self.users.as_ref().map_err(Clone::clone)?.iter().find(|user| user.name == name))
    }

    /// A local group.
    pub(super) fn group(&self, name: &str) -> Result<Option<&Group>, Message> {
        Ok(self.groups.as_ref().map_err(Clone::clone)?.iter().find(|group| group.name == name))
    }

    /// What shadow(5) says of a local account.
    pub(super) fn shadow(&self, name: &str) -> Result<Option<&Shadow>, Message> {
        Ok(self.shadow.as_ref().map_err(Clone::clone)?.get(name))
    }

    /// The groups of a local account: its own, then those that list it.
    pub(super) fn groups_of(&self, user: &User) -> Result<Vec<String>, Message> {
        let groups = self.groups.as_ref().map_err(Clone::clone)?;
        let own = groups.iter().filter(|group| group.gid == user.gid);
        let others = groups.iter().filter(|group| group.gid != user.gid && group.members.contains(&user.name));
        Ok(own.chain(others).map(|group| group.name.clone()).collect())
    }

    /// The members of a local group: those it lists, and those whose own group it is.
    pub(super) fn members_of(&self, group: &Group) -> Result<Vec<String>, Message> {
        let users = self.users.as_ref().map_err(Clone::clone)?;
        let own = users.iter().filter(|user| user.gid == group.gid && !group.members.contains(&user.name));
        Ok(group.members.iter().cloned().chain(own.map(|user| user.name.clone())).collect())
    }

    /// The name of a user number.
    pub(super) fn user_name(&self, uid: u32, machine: &Machine) -> Result<Option<String>, Message> {
        let local = self.users.as_ref().map_err(Clone::clone)?.iter().find(|user| user.uid == uid);
        match local {
            Some(user) => Ok(Some(user.name.clone())),
            None => Ok(self.domain_user(&uid.to_string(), machine)?.map(|user| user.name)),
        }
    }

    /// The name of a group number.
    pub(super) fn group_name(&self, gid: u32, machine: &Machine) -> Result<Option<String>, Message> {
        let local = self.groups.as_ref().map_err(Clone::clone)?.iter().find(|group| group.gid == gid);
        match local {
            Some(group) => Ok(Some(group.name.clone())),
            None => Ok(self.domain_group(&gid.to_string(), machine)?.map(|group| group.name)),
        }
    }

    /// An account that only the machine's name services know, by its name or number.
    pub(super) fn domain_user(&self, key: &str, machine: &Machine) -> Result<Option<User>, Message> {
        Ok(self.getent("passwd", key, machine)?.and_then(|text| users(&text).pop()))
    }

    /// A group that only the machine's name services know, by its name or number.
    pub(super) fn domain_group(&self, key: &str, machine: &Machine) -> Result<Option<Group>, Message> {
        Ok(self.getent("group", key, machine)?.and_then(|text| groups(&text).pop()))
    }

    fn getent(&self, table: &str, key: &str, machine: &Machine) -> Result<Option<String>, Message> {
        if !self.domain {
            return Ok(None);
        }
        let ran = machine.run(&["getent", "--", table, key])?;
        Ok((ran.exit == 0).then(|| ran.text()))
    }

    /// The groups of an account of a domain (`id -Gnz`: names may hold spaces).
    pub(super) fn domain_groups_of(name: &str, machine: &Machine) -> Result<Vec<String>, Message> {
        let text = machine.run(&["id", "-Gnz", "--", name])?.text();
        Ok(text.split('\0').filter(|group| !group.is_empty()).map(str::to_owned).collect())
    }
}

fn text(path: &str) -> Result<String, Message> {
    // Names in another encoding than UTF-8 must not hide the others.
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).map_err(|error| reason(&error, path))
}

fn users(text: &str) -> Vec<User> {
    text.lines()
        .filter_map(|line| {
            let [name, password, uid, gid, comment, home, shell] = fields(line)?;
            Some(User {
                name: name.to_owned(),
                password: password.to_owned(),
                uid: uid.parse().ok()?,
                gid: gid.parse().ok()?,
                comment: comment.to_owned(),
                home: home.to_owned(),
                // passwd(5): empty means /bin/sh.
                shell: if shell.is_empty() { "/bin/sh" } else { shell }.to_owned(),
            })
        })
        .collect()
}

fn groups(text: &str) -> Vec<Group> {
    text.lines()
        .filter_map(|line| {
            let [name, _, gid, members] = fields(line)?;
            let members = members.split(',').map(str::trim).filter(|member| !member.is_empty());
            Some(Group { name: name.to_owned(), gid: gid.parse().ok()?, members: members.map(str::to_owned).collect() })
        })
        .collect()
}

fn shadow(text: &str) -> HashMap<String, Shadow> {
    text.lines()
        .filter_map(|line| {
            let [name, password, changed, min, max, warn, inactive, expires, _] = fields(line)?;
            let days = |text: &str| text.trim().parse().ok();
            let entry = Shadow {
                password: password.to_owned(),
                changed: days(changed),
                min_days: days(min),
                max_days: days(max),
                warn_days: days(warn),
                inactive_days: days(inactive),
                expires: days(expires),
            };
            Some((name.to_owned(), entry))
        })
        .collect()
}

/// The fields of a line with exactly so many; not of a comment or of a line for NIS (`+`, `-`).
fn fields<const N: usize>(line: &str) -> Option<[&str; N]> {
    let parts: Vec<&str> = line.split(':').collect();
    let parts: [&str; N] = parts.try_into().ok()?;
    (!parts[0].is_empty() && !parts[0].starts_with(['#', '+', '-'])).then_some(parts)
}

/// Whether nsswitch.conf(5) names a source of accounts beside the machine's own files.
fn has_other_sources(nsswitch: &str) -> bool {
    nsswitch
        .lines()
        .filter_map(|line| line.split('#').next()?.split_once(':'))
        .filter(|(database, _)| matches!(database.trim(), "passwd" | "group"))
        .flat_map(|(_, sources)| sources.split_whitespace())
        .any(|source| !source.starts_with('[') && !matches!(source, "files" | "compat" | "systemd" | "db"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sample() -> Accounts {
        Accounts {
            users: Ok(users(
                "root:x:0:0:root:/root:/bin/bash\nana:x:1000:1000:Ana,,,:/home/ana:\nbob:x:1001:27::/home/bob:/bin/sh\n\
                 broken:x:zz:1::/:\n+::::::\n",
            )),
            groups: Ok(groups("root:x:0:\nsudo:x:27:ana\nana:x:1000:\nshort:x\n")),
            shadow: Ok(shadow("ana:$y$x:19000:0:90:7::20000:\nroot:*:1:0:99999:7:::\n")),
            domain: false,
        }
    }

    #[test]
    fn lines_that_make_no_sense_hide_no_others() {
        let names: Vec<String> = sample().users.unwrap().into_iter().map(|user| user.name).collect();
        assert_eq!(names, ["root", "ana", "bob"]);
    }

    #[test]
    fn an_empty_shell_is_the_default_one() {
        assert_eq!(sample().user("ana").unwrap().unwrap().shell, "/bin/sh");
    }

    #[test]
    fn membership_counts_from_both_sides() {
        let accounts = sample();
        let (ana, sudo) = (accounts.user("ana").unwrap().unwrap(), accounts.group("sudo").unwrap().unwrap());
        assert_eq!(accounts.groups_of(ana).unwrap(), ["ana", "sudo"]);
        assert_eq!(accounts.members_of(sudo).unwrap(), ["ana", "bob"]);
    }

    #[test]
    fn shadow_says_when_passwords_and_accounts_end() {
        let accounts = sample();
        let ana = accounts.shadow("ana").unwrap().unwrap();
        assert_eq!((ana.max_days, ana.expires), (Some(90), Some(20_000)));
        assert_eq!(accounts.shadow("root").unwrap().unwrap().expires, None);
    }

    #[test]
    fn only_sources_beyond_the_files_are_asked() {
        assert!(!has_other_sources(
            "passwd: files systemd\ngroup: files [NOTFOUND=return] systemd\nhosts: files dns\n"
        ));
        assert!(has_other_sources("passwd:\tfiles winbind # joined\n"));
        assert!(has_other_sources("group: files sss\n"));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in "[a-z0-9:,+\\-\n# é]{0,200}") {
            let _ = (users(&text), groups(&text), shadow(&text), has_other_sources(&text));
        }
    }
}
