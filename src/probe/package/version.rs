//! Which of two versions is newer, as each package manager has it.

use std::cmp::Ordering;

/// The rules of a package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// deb-version(7).
    Dpkg,
    /// rpm and pacman (`rpmvercmp`; vercmp(8)).
    Rpm,
    /// apk: `_alpha`, `_beta`, `_pre`, `_rc` come before the version itself (apk-package(5)).
    Apk,
}

/// How `a` stands to `b`.
pub(super) fn compare(rules: Rules, a: &str, b: &str) -> Ordering {
    let (epoch_a, a) = epoch(a);
    let (epoch_b, b) = epoch(b);
    let part: fn(&str, &str) -> Ordering = match rules {
        Rules::Dpkg => dpkg,
        Rules::Rpm => rpm,
        Rules::Apk => return epoch_a.cmp(&epoch_b).then_with(|| dpkg(&tilded(a), &tilded(b))),
    };
    let ((upstream_a, revision_a), (upstream_b, revision_b)) = (revision(a), revision(b));
    let revisions = match (rules, revision_a, revision_b) {
        (Rules::Dpkg, a, b) => part(a.unwrap_or("0"), b.unwrap_or("0")),
        // One that names no release means any.
        (_, Some(a), Some(b)) => part(a, b),
        _ => Ordering::Equal,
    };
    epoch_a.cmp(&epoch_b).then_with(|| part(upstream_a, upstream_b)).then(revisions)
}

fn epoch(version: &str) -> (u64, &str) {
    match version.split_once(':') {
        Some((epoch, rest)) => (epoch.parse().unwrap_or(0), rest),
        None => (0, version),
    }
}

fn revision(version: &str) -> (&str, Option<&str>) {
    version.rsplit_once('-').map_or((version, None), |(upstream, revision)| (upstream, Some(revision)))
}

fn tilded(version: &str) -> String {
    ["_alpha", "_beta", "_pre", "_rc"]
        .iter()
        .fold(version.to_owned(), |version, mark| version.replace(mark, &format!("~{}", &mark[1..])))
}

/// Runs of other characters and of digits in turn: `~` before the end, letters before the rest.
fn dpkg(mut a: &str, mut b: &str) -> Ordering {
    fn weight(character: Option<char>) -> i64 {
        match character {
            Some('~') => -1,
            None => 0,
            Some(letter) if letter.is_ascii_alphabetic() => i64::from(u32::from(letter)),
            Some(other) => i64::from(u32::from(other)) + 256,
        }
    }
    while !a.is_empty() || !b.is_empty() {
        let (text_a, rest_a) = run(a, |c| !c.is_ascii_digit());
        let (text_b, rest_b) = run(b, |c| !c.is_ascii_digit());
        let (mut left, mut right) = (text_a.chars(), text_b.chars());
        loop {
            let (x, y) = (left.next(), right.next());
            match weight(x).cmp(&weight(y)) {
                Ordering::Equal if x.is_none() && y.is_none() => break,
                Ordering::Equal => {}
                other => return other,
            }
        }
        let (digits_a, rest_a) = run(rest_a, |c| c.is_ascii_digit());
        let (digits_b, rest_b) = run(rest_b, |c| c.is_ascii_digit());
        match numbers(digits_a, digits_b) {
            Ordering::Equal => (a, b) = (rest_a, rest_b),
            other => return other,
        }
    }
    Ordering::Equal
}

/// Segments of digits or of letters; what parts them doesn't count but `~` (before) and `^` (after the end, before more).
fn rpm(mut a: &str, mut b: &str) -> Ordering {
    let parts = |c: char| !c.is_ascii_alphanumeric() && c != '~' && c != '^';
    loop {
        (a, b) = (a.trim_start_matches(parts), b.trim_start_matches(parts));
        match (a.starts_with('~'), b.starts_with('~')) {
            (true, true) => {
                (a, b) = (&a[1..], &b[1..]);
                continue;
            }
            (true, false) => return Ordering::Less,
            (false, true) => return Ordering::Greater,
            _ => {}
        }
        match (a.strip_prefix('^'), b.strip_prefix('^')) {
            (Some(rest_a), Some(rest_b)) => {
                (a, b) = (rest_a, rest_b);
                continue;
            }
            (Some(_), None) => return if b.is_empty() { Ordering::Greater } else { Ordering::Less },
            (None, Some(_)) => return if a.is_empty() { Ordering::Less } else { Ordering::Greater },
            _ => {}
        }
        let (Some(first), Some(other)) = (a.chars().next(), b.chars().next()) else {
            return a.is_empty().cmp(&b.is_empty()).reverse();
        };
        // Digits are newer than letters.
        if first.is_ascii_digit() != other.is_ascii_digit() {
            return first.is_ascii_digit().cmp(&other.is_ascii_digit());
        }
        let same = |c: char| if first.is_ascii_digit() { c.is_ascii_digit() } else { c.is_ascii_alphabetic() };
        let ((segment_a, rest_a), (segment_b, rest_b)) = (run(a, same), run(b, same));
        let order = if first.is_ascii_digit() { numbers(segment_a, segment_b) } else { segment_a.cmp(segment_b) };
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
}

fn run(text: &str, of: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !of(c)).unwrap_or(text.len()))
}

/// Numbers of any length.
fn numbers(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.trim_start_matches('0'), b.trim_start_matches('0'));
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn as_dpkg_has_it() {
        for (older, newer) in [
            ("1.9", "1.10"),
            ("1.0~rc1", "1.0"),
            ("1.0~~", "1.0~"),
            ("1.0-1", "1.0-1+deb12u1"),
            ("3.0", "1:1.0"),
            ("1.0-1~bpo12+1", "1.0-1"),
            ("1.0a", "1.0+"),
            ("0-1", "0-1a"),
        ] {
            assert_eq!(compare(Rules::Dpkg, older, newer), Ordering::Less, "{older} {newer}");
            assert_eq!(compare(Rules::Dpkg, newer, older), Ordering::Greater, "{newer} {older}");
        }
        assert_eq!(compare(Rules::Dpkg, "0:1.0-0", "1.00"), Ordering::Equal);
    }

    #[test]
    fn as_rpm_has_it() {
        for (older, newer) in [
            ("1.9", "1.10"),
            ("1.0~rc1", "1.0"),
            ("1.0", "1.0^git1"),
            ("1.0^git1", "1.0.1"),
            ("1.0a", "1.0.1"),
            ("2-1", "1:1-1"),
            ("1.0-1.el8", "1.0-2.el8"),
        ] {
            assert_eq!(compare(Rules::Rpm, older, newer), Ordering::Less, "{older} {newer}");
        }
        assert_eq!(compare(Rules::Rpm, "1_0", "1.0"), Ordering::Equal);
        assert_eq!(compare(Rules::Rpm, "1.0", "1.0-4.fc40"), Ordering::Equal);
        assert_eq!(compare(Rules::Apk, "1.2_rc1-r0", "1.2-r0"), Ordering::Less);
        assert_eq!(compare(Rules::Apk, "1.2-r2", "1.2-r10"), Ordering::Less);
    }

    proptest! {
        #[test]
        fn the_order_is_one(a in "[0-9a-z.~^+:_-]{0,12}", b in "[0-9a-z.~^+:_-]{0,12}") {
            for rules in [Rules::Dpkg, Rules::Rpm, Rules::Apk] {
                prop_assert_eq!(compare(rules, &a, &b), compare(rules, &b, &a).reverse());
                prop_assert_eq!(compare(rules, &a, &a), Ordering::Equal);
            }
        }
    }
}
