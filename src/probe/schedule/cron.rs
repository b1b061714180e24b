//! crontab(5): its lines and their times.

use std::collections::BTreeSet;

use super::plan::{Plan, named, steps, weekday};

/// A line that starts something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// As written: `0 3 * * *`, `@daily`.
    pub(super) schedule: String,
    /// The sixth field of a system's crontab.
    pub(super) user: Option<String>,
    pub(super) command: String,
}

/// The lines of a crontab; `system`: with a user on each.
pub(super) fn lines(text: &str, system: bool) -> Vec<Line> {
    text.lines().filter_map(|line| read(line.trim_start(), system)).collect()
}

fn read(line: &str, system: bool) -> Option<Line> {
    if line.starts_with('#') || is_assignment(line) {
        return None;
    }
    let fields = if line.starts_with('@') { 1 } else { 5 };
    let (schedule, rest) = split(line, fields)?;
    let (user, command) = if system {
        let (user, command) = split(rest, 1)?;
        (Some(user), command)
    } else {
        (None, rest)
    };
    let command = command.trim().to_owned();
    (!command.is_empty()).then_some(Line { schedule, user, command })
}

/// `NAME = value`.
fn is_assignment(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| {
        let name = name.trim();
        name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

/// So many words, joined by one blank, and the rest.
fn split(text: &str, words: usize) -> Option<(String, &str)> {
    let mut rest = text.trim_start();
    let mut found = Vec::new();
    for _ in 0..words {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        if end == 0 {
            return None;
        }
        found.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    Some((found.join(" "), rest))
}

const MONTHS: [&str; 13] = ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The five time fields or a nickname; none for `@reboot` and for what makes no sense.
pub(super) fn plan(schedule: &str) -> Option<Plan> {
    let schedule = match schedule {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        other => other,
    };
    let [minute, hour, day, month, week]: [&str; 5] =
        schedule.split_whitespace().collect::<Vec<_>>().try_into().ok()?;
    let hours = field(hour, 0, 23, |_| None)?;
    let minutes = field(minute, 0, 59, |_| None)?;
    let weekdays = field(week, 0, 7, weekday)?.into_iter().map(|day| day % 7).collect();
    Some(Plan {
        months: field(month, 1, 12, |name| named(name, &MONTHS).filter(|month| *month > 0))?,
        days: field(day, 1, 31, |_| None)?,
        days_from_end: BTreeSet::new(),
        weekdays,
        // crontab(5): where neither begins with a star, one of both is enough.
        either: !day.starts_with('*') && !week.starts_with('*'),
        years: None,
        times: hours.iter().flat_map(|hour| minutes.iter().map(move |minute| hour * 3600 + minute * 60)).collect(),
        zone: None,
    })
}

/// `*`, `*/5`, `1-10/2`, `1,15`, `mon-fri`.
fn field(text: &str, low: u32, high: u32, name: impl Fn(&str) -> Option<u32>) -> Option<BTreeSet<u32>> {
    let mut all = BTreeSet::new();
    let value = |text: &str| text.parse().ok().or_else(|| name(text)).filter(|value| (low..=high).contains(value));
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse().ok()?)),
            None => (part, None),
        };
        let (first, last) = match range.split_once('-') {
            _ if range == "*" => (low, high),
            Some((first, last)) => (value(first)?, value(last)?),
            // A step needs a range to step through.
            None if step.is_some() => return None,
            None => (value(range)?, value(range)?),
        };
        all.extend(steps(first, last, step.unwrap_or(1))?);
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_of_both_kinds_of_crontab() {
        let text =
            "# 0 1 * * * no\nMAILTO = root\n\n  0 3 * * *   /usr/local/bin/backup --all\n@daily x\n5 4\n1 2 3 4 5\n";
        let found = lines(text, false);
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[0].schedule.as_str(), found[0].command.as_str()),
            ("0 3 * * *", "/usr/local/bin/backup --all")
        );
        let system = lines("17 *\t* * *\troot\tcd / && run-parts x\n@reboot ana y z\n", true);
        assert_eq!((system[0].user.as_deref(), system[0].command.as_str()), (Some("root"), "cd / && run-parts x"));
        assert_eq!((system[1].schedule.as_str(), system[1].command.as_str()), ("@reboot", "y z"));
        // Without its user, the first word of the command is taken for one: the line does not do what was meant.
        assert_eq!(lines("0 3 * * * /usr/bin/backup now\n", true)[0].command, "now");
    }

    #[test]
    fn notations_that_mean_the_same() {
        let from = jiff::civil::date(2026, 1, 1);
        let same = |a: &str, b: &str| plan(a).unwrap().same(&plan(b).unwrap(), from);
        assert!(same("@daily", "0 0 * * *"));
        assert!(same("*/30 * * * *", "0,30 * * * *"));
        assert!(same("0 8 * * mon-fri", "0 8 * * 1,2,3,4,5"));
        assert!(same("0 8 * * 0", "0 8 * * 7"));
        assert!(!same("0 3 * * *", "3 0 * * *"));
        assert!(!same("0 3 * * 1", "0 3 1 * *"));
        assert!(!same("0 3 1 * 1", "0 3 1 * *"));
    }

    #[test]
    fn what_cron_refuses() {
        for text in [
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "5/10 * * * *",
            "* * * *",
            "@reboot",
            "a * * * *",
            "*/0 * * * *",
        ] {
            assert_eq!(plan(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read(line in "[0-9*/,@a-z -]{0,40}", text in "\\PC{0,60}") {
            let _ = (plan(&line), lines(&text, true), lines(&line, false));
        }
    }
}
