//! When a lab that was passed is due again: after 1, 3, 7, then 21 days, as long as each review is passed too (spaced
//! repetition; Cepeda et al., « Distributed practice in verbal recall tasks », 2006). Pure.

use jiff::civil::Date;

/// Days between a success and the next review, by the number of successes so far; the last one stays.
const INTERVALS: [i32; 4] = [1, 3, 7, 21];

/// An attempt that was submitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Result {
    /// The day, where the person is.
    pub day: Date,
    /// Points earned, and points there were.
    pub score: (u32, u32),
}

/// Where a person stands with a lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Review {
    /// Never submitted.
    #[default]
    Never,
    /// Submitted, and the last time not passed.
    Open,
    /// Passed; due again on this day.
    Passed {
        /// The first day on which it is worth doing again.
        due: Date,
    },
}

/// Whether so many points are a pass: three quarters.
#[must_use]
pub fn is_passed((earned, total): (u32, u32)) -> bool {
    u64::from(earned) * 4 >= u64::from(total) * 3
}

/// Folds the results of one lab, the earliest first. Doing it again before it is due is no harm and no step either: what
/// counts is to know it still after a while.
#[must_use]
pub fn review(results: impl IntoIterator<Item = Result>) -> Review {
    let mut reached = 0;
    results.into_iter().fold(Review::Never, |now, result| {
        if !is_passed(result.score) {
            reached = 0;
            return Review::Open;
        }
        match now {
            Review::Passed { due } if result.day < due => now,
            _ => {
                let days = INTERVALS[reached.min(INTERVALS.len() - 1)];
                reached += 1;
                Review::Passed { due: result.day.saturating_add(jiff::Span::new().days(days)) }
            }
        }
    })
}

impl Review {
    /// Days until it is due: zero or less, it is. None where it was never passed.
    #[must_use]
    pub fn days_left(self, today: Date) -> Option<i32> {
        let Self::Passed { due } = self else { return None };
        today.until(due).ok().map(|span| span.get_days())
    }

    /// Whether it was passed and is due again.
    #[must_use]
    pub fn is_due(self, today: Date) -> bool {
        self.days_left(today).is_some_and(|days| days <= 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    fn on(day: i8, earned: u32) -> Result {
        Result { day: date(2026, 3, day), score: (earned, 20) }
    }

    #[test]
    fn what_was_never_passed_is_never_due() {
        assert_eq!(review([]), Review::Never);
        assert_eq!(review([on(1, 14)]), Review::Open);
        assert!(!review([on(1, 14)]).is_due(date(2026, 12, 1)));
    }

    #[test]
    fn each_review_passed_in_time_doubles_the_way_to_the_next() {
        let due = |results: &[Result]| match review(results.iter().copied()) {
            Review::Passed { due } => due,
            other => panic!("{other:?}"),
        };
        assert_eq!(due(&[on(1, 15)]), date(2026, 3, 2));
        assert_eq!(due(&[on(1, 15), on(2, 20)]), date(2026, 3, 5));
        assert_eq!(due(&[on(1, 15), on(2, 20), on(6, 20)]), date(2026, 3, 13));
        assert_eq!(due(&[on(1, 15), on(2, 20), on(6, 20), on(13, 18)]), date(2026, 4, 3));
    }

    #[test]
    fn the_same_day_again_is_no_step() {
        assert_eq!(review([on(1, 15), on(1, 20)]), Review::Passed { due: date(2026, 3, 2) });
    }

    #[test]
    fn a_failure_starts_over() {
        assert_eq!(review([on(1, 15), on(2, 20), on(5, 3)]), Review::Open);
        assert_eq!(review([on(1, 15), on(2, 20), on(5, 3), on(6, 15)]), Review::Passed { due: date(2026, 3, 7) });
    }

    #[test]
    fn due_is_told_in_days() {
        let passed = review([on(1, 15), on(2, 20)]);
        assert_eq!(passed.days_left(date(2026, 3, 2)), Some(3));
        assert_eq!(passed.days_left(date(2026, 3, 7)), Some(-2));
        assert!(passed.is_due(date(2026, 3, 5)) && !passed.is_due(date(2026, 3, 4)));
    }

    proptest! {
        #[test]
        fn a_pass_is_due_after_its_day(days in prop::collection::vec((0i32..4000, 0u32..=20), 0..20)) {
            let mut days = days;
            days.sort_unstable();
            let results: Vec<Result> = days
                .iter()
                .map(|(day, earned)| Result {
                    day: date(2020, 1, 1).saturating_add(jiff::Span::new().days(*day)),
                    score: (*earned, 20),
                })
                .collect();
            if let Review::Passed { due } = review(results.iter().copied()) {
                prop_assert!(is_passed(results.last().unwrap().score));
                prop_assert!(due > results.last().unwrap().day || results.len() > 1);
            }
        }
    }
}
