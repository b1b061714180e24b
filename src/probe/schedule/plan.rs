//! When something runs, whatever the notation: the days and the times of day.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use jiff::{ToSpan, Zoned};

/// Days and times of day at which something runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// Months, 1 to 12.
    pub(super) months: BTreeSet<u32>,
    /// Days of the month, 1 to 31.
    pub(super) days: BTreeSet<u32>,
    /// Days counted from the month's end, 1 for the last.
    pub(super) days_from_end: BTreeSet<u32>,
    /// Days of the week, 0 for Sunday.
    pub(super) weekdays: BTreeSet<u32>,
    /// Whether a day of the month or one of the week is enough (crontab(5), where both are restricted).
    pub(super) either: bool,
    /// Years; none: all.
    pub(super) years: Option<BTreeSet<u32>>,
    /// Seconds since midnight.
    pub(super) times: BTreeSet<u32>,
    /// The time zone named with it; none: the machine's own.
    pub(super) zone: Option<String>,
}

/// Days looked at: four years and a bit, so that each 29 February is met.
const HORIZON: usize = 1500;

impl Plan {
    fn runs_on(&self, date: Date) -> bool {
        let number = |value: i8| u32::from(value.unsigned_abs());
        let from_end = number(date.days_in_month()) - number(date.day()) + 1;
        let day = self.days.contains(&number(date.day())) || self.days_from_end.contains(&from_end);
        let weekday = self.weekdays.contains(&number(date.weekday().to_sunday_zero_offset()));
        let year = self.years.as_ref().is_none_or(|years| years.contains(&u32::from(date.year().unsigned_abs())));
        let fits = if self.either { day || weekday } else { day && weekday };
        year && self.months.contains(&number(date.month())) && fits
    }

    /// Whether both run at the same moments from a day on.
    pub(super) fn same(&self, other: &Self, from: Date) -> bool {
        self.times == other.times
            && self.zone == other.zone
            && days(from).all(|date| self.runs_on(date) == other.runs_on(date))
    }

    /// The first run after a moment; none where there is none in four years, or the zone is not known.
    pub(super) fn next(&self, after: &Zoned) -> Option<i64> {
        let after = match &self.zone {
            Some(zone) => after.in_tz(zone).ok()?,
            None => after.clone(),
        };
        days(after.date()).filter(|date| self.runs_on(*date)).find_map(|date| {
            self.times.iter().find_map(|seconds| {
                let time = Time::midnight().checked_add(i64::from(*seconds).seconds()).ok()?;
                let at = date.to_datetime(time).to_zoned(after.time_zone().clone()).ok()?;
                (at > after).then(|| at.timestamp().as_second())
            })
        })
    }
}

fn days(from: Date) -> impl Iterator<Item = Date> {
    std::iter::successors(Some(from), |date| date.tomorrow().ok()).take(HORIZON)
}

/// Numbers from one to another, by steps.
pub(super) fn steps(first: u32, last: u32, step: u32) -> Option<BTreeSet<u32>> {
    (first <= last && step > 0).then(|| (first..=last).step_by(step as usize).collect())
}

/// Days of the week by the first three letters of their English names.
pub(super) fn weekday(name: &str) -> Option<u32> {
    named(name, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"])
}

/// The place of a name among some, whatever its case.
pub(super) fn named(name: &str, names: &[&str]) -> Option<u32> {
    names.iter().position(|known| known.eq_ignore_ascii_case(name)).and_then(|index| u32::try_from(index).ok())
}
