//! Calendar events of systemd.time(7): `Mon..Fri *-*-* 08:00`, `daily`.

use std::collections::BTreeSet;

use super::plan::{Plan, steps, weekday};

/// Reads one; none for what makes no sense.
pub(super) fn plan(text: &str) -> Option<Plan> {
    let mut words: Vec<&str> = shorthand(text.trim()).split_whitespace().collect();
    let zone = words.pop_if(|last| is_zone(last)).map(str::to_owned);
    let weekdays = match words.first().filter(|first| first.starts_with(|c: char| c.is_ascii_alphabetic())) {
        Some(first) => {
            let days = weekdays(first)?;
            words.remove(0);
            days
        }
        None => (0..7).collect(),
    };
    let (date, time) = match words.as_slice() {
        [] => ("*-*-*", "00:00:00"),
        [time] if time.contains(':') => ("*-*-*", *time),
        [date] => (*date, "00:00:00"),
        [date, time] => (*date, *time),
        _ => return None,
    };
    let (years, months, days, days_from_end) = date_of(date)?;
    Some(Plan { months, days, days_from_end, weekdays, either: false, years, times: times(time)?, zone })
}

fn shorthand(text: &str) -> &str {
    match text.to_ascii_lowercase().as_str() {
        "minutely" => "*-*-* *:*:00",
        "hourly" => "*-*-* *:00:00",
        "daily" => "*-*-* 00:00:00",
        "weekly" => "Mon *-*-* 00:00:00",
        "monthly" => "*-*-01 00:00:00",
        "quarterly" => "*-01,04,07,10-01 00:00:00",
        "semiannually" | "bi-annually" | "biannually" | "semi-annually" => "*-01,07-01 00:00:00",
        "yearly" | "annually" | "anually" => "*-01-01 00:00:00",
        _ => text,
    }
}

fn is_zone(word: &str) -> bool {
    word == "UTC" || (word.contains('/') && word.starts_with(|first: char| first.is_ascii_uppercase()))
}

fn weekdays(text: &str) -> Option<BTreeSet<u32>> {
    let day = |name: &str| {
        weekday(name.get(..3)?).filter(|_| {
            const WHOLE: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
            name.len() == 3 || WHOLE.iter().any(|whole| whole.eq_ignore_ascii_case(name))
        })
    };
    let mut all = BTreeSet::new();
    for part in text.split(',').filter(|part| !part.is_empty()) {
        match part.split_once("..") {
            // Sunday ends a week here, and a range may go over its end.
            Some((first, last)) => {
                let (first, last) = (day(first)?, day(last)?);
                all.extend((0..=(last + 7 - first) % 7).map(|offset| (first + offset) % 7));
            }
            None => {
                all.insert(day(part)?);
            }
        }
    }
    (!all.is_empty()).then_some(all)
}

type Days = (Option<BTreeSet<u32>>, BTreeSet<u32>, BTreeSet<u32>, BTreeSet<u32>);

/// `2026-*-01`, `*-02~1` (the last day of February), `12-24`.
fn date_of(text: &str) -> Option<Days> {
    let from_end = text.contains('~');
    let (head, day) = if from_end { text.split_once('~')? } else { text.rsplit_once('-')? };
    let (year, month) = head.split_once('-').unwrap_or(("*", head));
    let years = if year == "*" { None } else { Some(component(year, 1970, 2200)?) };
    let days = component(day, 1, 31)?;
    let (days, days_from_end) = if from_end { (BTreeSet::new(), days) } else { (days, BTreeSet::new()) };
    Some((years, component(month, 1, 12)?, days, days_from_end))
}

fn times(text: &str) -> Option<BTreeSet<u32>> {
    let parts: Vec<&str> = text.split(':').collect();
    let (hour, minute, second) = match parts.as_slice() {
        [hour, minute] => (*hour, *minute, "0"),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return None,
    };
    // Parts of a second are no matter here.
    let second = second.split_once('.').map_or(second, |(whole, _)| whole);
    let (hours, minutes, seconds) = (component(hour, 0, 23)?, component(minute, 0, 59)?, component(second, 0, 59)?);
    let mut all = BTreeSet::new();
    for hour in &hours {
        for minute in &minutes {
            all.extend(seconds.iter().map(|second| hour * 3600 + minute * 60 + second));
        }
    }
    Some(all)
}

/// `*`, `5`, `1,15`, `8..18`, `0/15` (from 0 on, each 15), `8..18/2`.
fn component(text: &str, low: u32, high: u32) -> Option<BTreeSet<u32>> {
    let mut all = BTreeSet::new();
    let value = |text: &str| text.parse().ok().filter(|value| (low..=high).contains(value));
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, Some(step.parse().ok()?)),
            None => (part, None),
        };
        let (first, last) = match range.split_once("..") {
            _ if range == "*" => (low, high),
            Some((first, last)) => (value(first)?, value(last)?),
            None if step.is_some() => (value(range)?, high),
            None => (value(range)?, value(range)?),
        };
        all.extend(steps(first, last, step.unwrap_or(1))?);
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::super::cron;
    use super::*;

    fn same(calendar: &str, crontab: &str) -> bool {
        plan(calendar).unwrap().same(&cron::plan(crontab).unwrap(), date(2026, 1, 1))
    }

    #[test]
    fn notations_that_mean_the_same() {
        assert!(same("*-*-* 03:00:00", "0 3 * * *"));
        assert!(same("03:00", "0 3 * * *"));
        assert!(same("daily", "@daily"));
        assert!(same("weekly", "0 0 * * mon"));
        assert!(same("Mon..Fri 08:30", "30 8 * * 1-5"));
        assert!(same("Sat,Sun *-*-* 20:00", "0 20 * * 0,6"));
        assert!(same("*:0/15", "*/15 * * * *"));
        assert!(same("*-*-01 00:00:00", "@monthly"));
        assert!(same("*-1-1", "@yearly"));
        assert!(same("12-24 18:00", "0 18 24 12 *"));
        assert!(same("Fri..Mon 1:00", "0 1 * * 5,6,0,1"));
    }

    #[test]
    fn near_misses() {
        assert!(!same("weekly", "@weekly"), "systemd's week begins on Monday, cron's on Sunday");
        assert!(!same("*-*-* 03:00:30", "0 3 * * *"));
        assert!(!same("Mon *-*-01 03:00", "0 3 1 * 1"), "both for systemd, either for cron");
        assert!(!same("*-*-* 03:00 UTC", "0 3 * * *"));
    }

    #[test]
    fn the_last_day_of_a_month() {
        let last = plan("*-*~1 22:00").unwrap();
        let from: jiff::Zoned = "2028-02-10T00:00[UTC]".parse().unwrap();
        assert_eq!(last.next(&from), Some("2028-02-29T22:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second()));
    }

    #[test]
    fn what_systemd_refuses() {
        for text in ["", "Foo", "25:00", "*-13-01", "1 2 3 4", "::", "Mon..Foo"] {
            let read = plan(text);
            assert!(read.is_none() || text.is_empty(), "{text}: {read:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[A-Za-z0-9*/,.:~ -]{0,40}") {
            if let Some(plan) = plan(&text) {
                let _ = plan.next(&"2026-02-10T00:00[UTC]".parse::<jiff::Zoned>().unwrap());
            }
        }
    }
}
