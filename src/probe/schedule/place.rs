//! The places of cron(8), anacron(8) and at(1).

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::{AT, CRON, Task, cron};
use crate::i18n::Message;
use crate::probe::reading;

/// Where users' crontabs are: Debian's place, then Red Hat's.
const SPOOLS: [&str; 2] = ["var/spool/cron/crontabs", "var/spool/cron"];
const PERIODS: [(&str, &str); 4] =
    [("hourly", "@hourly"), ("daily", "@daily"), ("weekly", "@weekly"), ("monthly", "@monthly")];

/// Every task that is written there.
pub(super) fn written(root: &Path) -> Result<Vec<Task>, Message> {
    let system = reading::text(&root.join("etc/crontab"))?;
    let mut tasks: Vec<Task> =
        system.iter().flat_map(|text| crontab(text, "system", "/etc/crontab", None, None)).collect();
    let anacron = reading::text(&root.join("etc/anacrontab"))?.unwrap_or_default();
    for (period, _) in PERIODS {
        tasks.extend(scripts(root, period, system.as_deref().unwrap_or_default())?);
    }
    tasks.extend(fragments(root)?);
    for spool in SPOOLS {
        tasks.extend(of_users(root, spool)?);
    }
    tasks.extend(anacron.lines().filter_map(of_anacron));
    tasks.extend(at(root)?);
    Ok(tasks)
}

/// The tasks of one crontab: a user's own, or a system's with a user on each line.
fn crontab(
    text: &str,
    origin: &'static str,
    path: &str,
    owner: Option<&str>,
    ignored: Option<&'static str>,
) -> Vec<Task> {
    let cut = !text.is_empty() && !text.ends_with('\n');
    let lines = cron::lines(text, owner.is_none());
    let last = lines.len();
    let task = |(index, line): (usize, cron::Line)| {
        let plan = cron::plan(&line.schedule);
        // Debian's cron passes over a last line without an end (crontab(5), "Limitations").
        let cut = (cut && index + 1 == last && text.trim_end().ends_with(&line.command)).then_some("no-newline");
        let senseless = (plan.is_none() && line.schedule != "@reboot").then_some("schedule");
        Task {
            origin,
            path: path.to_owned(),
            user: line.user.or_else(|| owner.map(str::to_owned)),
            schedule: line.schedule,
            command: line.command,
            plan,
            next: None,
            ignored: ignored.or(senseless).or(cut),
            keeper: CRON,
        }
    };
    lines.into_iter().enumerate().map(task).collect()
}

/// `/etc/cron.d`: only files of root that no other may write, with names of letters, digits, `-` and `_` (cron(8)).
fn fragments(root: &Path) -> Result<Vec<Task>, Message> {
    let folder = root.join("etc/cron.d");
    let mut tasks = Vec::new();
    for name in reading::names(&folder)? {
        let path = folder.join(&name);
        let Ok(Some(text)) = reading::text(&path) else { continue };
        let trusted = fs::metadata(&path).is_ok_and(|found| found.uid() == owner_of(root) && found.mode() & 0o022 == 0);
        let ignored = match (is_plain(&name), trusted) {
            (false, _) => Some("name"),
            (_, false) => Some("owner"),
            _ => None,
        };
        tasks.extend(crontab(&text, "cron.d", &format!("/etc/cron.d/{name}"), None, ignored));
    }
    Ok(tasks)
}

/// Root, and in a test whoever runs it.
fn owner_of(root: &Path) -> u32 {
    fs::metadata(root).map_or(0, |found| found.uid())
}

fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// `/etc/cron.daily` and its like, when the system's crontab says that they are run.
fn scripts(root: &Path, period: &'static str, system: &str) -> Result<Vec<Task>, Message> {
    let folder = format!("/etc/cron.{period}");
    let when = cron::lines(system, true).into_iter().find(|line| line.command.contains(&folder));
    let mut tasks = Vec::new();
    for name in reading::names(&root.join(&folder[1..]))? {
        let path = format!("{folder}/{name}");
        let executable = fs::metadata(root.join(&path[1..])).is_ok_and(|found| found.mode() & 0o111 != 0);
        let ignored = match (is_plain(&name), executable) {
            (false, _) => Some("name"),
            (_, false) => Some("not-executable"),
            _ if when.is_none() => Some("schedule"),
            _ => None,
        };
        let schedule = when.as_ref().map_or_else(|| format!("@{period}"), |line| line.schedule.clone());
        // The script is the command: what is asked for may be its name or a word in it.
        let inside = reading::bytes(&root.join(&path[1..]), 256 * 1024).ok().flatten().unwrap_or_default();
        let command = format!("{path}\n{}", uncommented(&String::from_utf8_lossy(&inside)));
        let plan = cron::plan(&schedule);
        let user = Some("root".to_owned());
        tasks.push(Task { origin: period, path, user, schedule, command, plan, next: None, ignored, keeper: CRON });
    }
    Ok(tasks)
}

fn uncommented(script: &str) -> String {
    script.lines().filter(|line| !line.trim_start().starts_with('#')).collect::<Vec<_>>().join("\n")
}

fn of_users(root: &Path, spool: &str) -> Result<Vec<Task>, Message> {
    let mut tasks = Vec::new();
    for user in reading::names(&root.join(spool))? {
        let path = root.join(spool).join(&user);
        if !path.is_file() {
            continue;
        }
        if let Some(text) = reading::text(&path)? {
            tasks.extend(crontab(&text, "crontab", &format!("/{spool}/{user}"), Some(&user), None));
        }
    }
    Ok(tasks)
}

/// anacrontab(5): period in days (or `@monthly`), delay, name, command. When exactly, only anacron knows.
fn of_anacron(line: &str) -> Option<Task> {
    let mut words = line.split_whitespace();
    let period = words.next().filter(|first| first.starts_with(|c: char| c.is_ascii_digit() || c == '@'))?;
    let _delay: u32 = words.next()?.parse().ok()?;
    let _name = words.next()?;
    let command = words.collect::<Vec<_>>().join(" ");
    (!command.is_empty()).then(|| Task {
        origin: "anacron",
        path: "/etc/anacrontab".to_owned(),
        user: Some("root".to_owned()),
        schedule: period.to_owned(),
        command,
        plan: None,
        next: None,
        ignored: None,
        // anacron is started by cron or a timer; it is cron that is asked.
        keeper: CRON,
    })
}

/// Jobs of at(1): `a00001019a2b3c`, queue, number and minutes since 1970; the command follows a preamble.
fn at(root: &Path) -> Result<Vec<Task>, Message> {
    let mut tasks = Vec::new();
    for spool in ["var/spool/cron/atjobs", "var/spool/at"] {
        let folder = root.join(spool);
        for name in reading::names(&folder)? {
            let Some(time) = at_time(&name) else { continue };
            let Some(text) = reading::text(&folder.join(&name))? else { continue };
            let command = text.rsplit_once("\n}\n").map_or(text.as_str(), |(_, command)| command).trim().to_owned();
            tasks.push(Task {
                origin: "at",
                path: format!("/{spool}/{name}"),
                user: text
                    .lines()
                    .find_map(|line| line.strip_prefix("# mail")?.split_whitespace().next())
                    .map(str::to_owned),
                schedule: name,
                command,
                plan: None,
                next: Some(time),
                ignored: None,
                keeper: AT,
            });
        }
    }
    Ok(tasks)
}

/// When a job is due. One that is being run has `=` for its queue.
fn at_time(name: &str) -> Option<i64> {
    let digits = name.get(6..14).filter(|_| name.len() == 14 && name.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    i64::from_str_radix(digits, 16).ok()?.checked_mul(60)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn root(files: &[(&str, &str, u32)]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for (path, text, mode) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).unwrap();
        }
        root
    }

    fn found(files: &[(&str, &str, u32)]) -> Vec<(&'static str, Option<&'static str>)> {
        let tasks = written(root(files).path()).unwrap();
        tasks
            .into_iter()
            .filter(|task| task.command.contains("backup"))
            .map(|task| (task.origin, task.ignored))
            .collect()
    }

    const LINE: &str = "0 3 * * * root /usr/local/bin/backup\n";

    #[test]
    fn every_place_of_cron() {
        assert_eq!(found(&[("etc/crontab", LINE, 0o644)]), [("system", None)]);
        assert_eq!(found(&[("etc/cron.d/backup", LINE, 0o644)]), [("cron.d", None)]);
        assert_eq!(found(&[("var/spool/cron/crontabs/root", "0 3 * * * backup\n", 0o600)]), [("crontab", None)]);
        let daily = "25 6 * * * root cd / && run-parts --report /etc/cron.daily\n";
        let files = [("etc/crontab", daily, 0o644), ("etc/cron.daily/backup", "#!/bin/sh\n", 0o755)];
        assert_eq!(found(&files), [("daily", None)]);
        assert_eq!(found(&[("etc/anacrontab", "1 5 save /usr/bin/backup now\n", 0o644)]), [("anacron", None)]);
    }

    #[test]
    fn what_cron_passes_over() {
        assert_eq!(found(&[("etc/cron.d/backup.sh", LINE, 0o644)]), [("cron.d", Some("name"))]);
        assert_eq!(found(&[("etc/cron.d/backup", LINE, 0o666)]), [("cron.d", Some("owner"))]);
        assert_eq!(found(&[("etc/cron.d/backup", LINE.trim_end(), 0o644)]), [("cron.d", Some("no-newline"))]);
        assert_eq!(found(&[("etc/crontab", "0 25 * * * root backup\n", 0o644)]), [("system", Some("schedule"))]);
        let daily = ("etc/crontab", "25 6 * * * root run-parts /etc/cron.daily\n", 0o644);
        assert_eq!(found(&[daily, ("etc/cron.daily/backup.sh", "", 0o755)]), [("daily", Some("name"))]);
        assert_eq!(found(&[daily, ("etc/cron.daily/backup", "", 0o644)]), [("daily", Some("not-executable"))]);
        assert_eq!(found(&[("etc/cron.daily/backup", "", 0o755)]), [("daily", Some("schedule"))]);
        assert_eq!(found(&[("etc/crontab", "#0 3 * * * root backup\n", 0o644)]), []);
    }

    #[test]
    fn a_job_of_at() {
        assert_eq!(at_time("a000010000000a"), Some(600));
        assert_eq!(at_time("a00001"), None);
        assert_eq!(at_time(".SEQ"), None);
        let text = "#!/bin/sh\n# atrun uid=0 gid=0\n# mail root 0\numask 22\ncd /root || {\n\t echo no >&2\n\t exit 1\n}\nbackup\n";
        let tasks = written(root(&[("var/spool/cron/atjobs/a000010000000a", text, 0o700)]).path()).unwrap();
        assert_eq!((tasks[0].command.as_str(), tasks[0].user.as_deref()), ("backup", Some("root")));
    }
}
