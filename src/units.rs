//! Durations, sizes and permission bits as people write them. Pure.
//!
//! A unit is always written. Both the SI units (`10GB`, `10 Go`: powers of 1000) and the IEC ones (`512MiB`, `512 Mio`:
//! powers of 1024; IEC 80000-13) are read, in English and in French, whatever the case and the spacing.

use crate::i18n::{Arg, Lang, Message};
use crate::msg;

/// Units of time from the longest, with their seconds. `j` is the French day.
const TIME: &[(&str, u64)] = &[("w", 604_800), ("d", 86_400), ("j", 86_400), ("h", 3600), ("min", 60), ("s", 1)];

/// Seconds in a duration such as `45s`, `40min`, `1h30min`, `2 h`, `1d`, `1w`. Each unit at most once, longest first.
pub fn parse_duration(text: &str) -> Result<u64, Message> {
    let wrong = || msg!("lab-unit-bad-duration", value = text);
    let mut rest = text.trim();
    let (mut total, mut last) = (0_u64, u64::MAX);
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let (number, after) = split_at_end(rest, |c| c.is_ascii_digit());
        let (unit, after) = split_at_end(after.trim_start(), char::is_alphabetic);
        let seconds = TIME.iter().find(|(name, _)| *name == unit).map(|(_, seconds)| *seconds).ok_or_else(wrong)?;
        let number: u64 = number.parse().map_err(|_| wrong())?;
        if seconds >= last {
            return Err(wrong());
        }
        last = seconds;
        total = number.checked_mul(seconds).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
        rest = after.trim_start();
    }
    Ok(total)
}

/// A duration as [`parse_duration`] reads it: `1d`, `1h30min`, `0s`.
#[must_use]
pub fn format_duration(seconds: u64) -> String {
    let parts = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let written = parts.iter().filter(|(number, _)| *number > 0);
    let text = written.fold(String::new(), |text, (number, unit)| text + &number.to_string() + unit);
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// A duration in words: `1 h 30 min`, `2 j` in French.
#[must_use]
pub fn duration_words(seconds: u64) -> Message {
    let parts = [
        (seconds / 86_400, "lab-unit-d"),
        (seconds / 3600 % 24, "lab-unit-h"),
        (seconds / 60 % 60, "lab-unit-min"),
        (seconds % 60, "lab-unit-s"),
    ];
    parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, key)| Message::new(key).with("n", *number))
        .reduce(|first, second| msg!("lab-unit-pair", first = first, second = second))
        .unwrap_or_else(|| msg!("lab-unit-s", n = 0))
}

/// Bytes in a size such as `512MiB`, `10GB`, `1,5 Gio`, `700 Mo`, `512B`. The result is rounded to the byte.
///
/// `Gb` is read as `GB`: nobody measures a disk or a memory in bits.
pub fn parse_size(text: &str) -> Result<u64, Message> {
    let wrong = || msg!("lab-unit-bad-size", value = text);
    let (number, unit) = split_at_end(text.trim(), |c| c.is_ascii_digit() || c == '.' || c == ',');
    let factor = size_factor(&unit.trim().to_lowercase()).ok_or_else(wrong)?;
    let (whole, fraction) = number.split_once(['.', ',']).unwrap_or((number, ""));
    if whole.is_empty() || fraction.len() > 9 || (fraction.is_empty() && whole.len() != number.len()) {
        return Err(wrong());
    }
    let scale = 10_u128.pow(u32::try_from(fraction.len()).map_err(|_| wrong())?);
    let digits: u128 = format!("{whole}{fraction}").parse().map_err(|_| wrong())?;
    let bytes = digits.checked_mul(factor).ok_or_else(wrong)? + scale / 2;
    u64::try_from(bytes / scale).map_err(|_| wrong())
}

/// What a size unit (lower case) multiplies by.
fn size_factor(unit: &str) -> Option<u128> {
    let (prefix, base) = match unit {
        "octet" | "octets" | "byte" | "bytes" => ("", 1000),
        _ => {
            let stem = unit.strip_suffix(['b', 'o'])?;
            stem.strip_suffix('i').map_or((stem, 1000), |stem| (stem, 1024))
        }
    };
    let power = match prefix {
        "" if base == 1000 => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return None,
    };
    Some(u128::pow(base, power))
}

/// IEC units from the largest.
const IEC: &[(&str, u64)] = &[
    ("lab-unit-pib", 1 << 50),
    ("lab-unit-tib", 1 << 40),
    ("lab-unit-gib", 1 << 30),
    ("lab-unit-mib", 1 << 20),
    ("lab-unit-kib", 1 << 10),
];
/// SI units from the largest.
const SI: &[(&str, u64)] = &[
    ("lab-unit-tb", 1_000_000_000_000),
    ("lab-unit-gb", 1_000_000_000),
    ("lab-unit-mb", 1_000_000),
    ("lab-unit-kb", 1000),
];

/// A size in words: exact in IEC or SI units where it is a whole number of them, else IEC with two decimals.
#[must_use]
pub fn size_words(bytes: u64) -> Message {
    let largest = |units: &'static [(&'static str, u64)]| units.iter().find(|(_, size)| bytes >= *size);
    let whole = |unit: &(&'static str, u64)| bytes.is_multiple_of(unit.1);
    if let Some(unit) = largest(IEC).filter(|unit| whole(unit)).or_else(|| largest(SI).filter(|unit| whole(unit))) {
        return Message::new(unit.0).with("n", bytes / unit.1);
    }
    let Some((key, size)) = largest(IEC) else { return msg!("lab-unit-b", n = bytes) };
    let cents = (u128::from(bytes) * 100 + u128::from(size / 2)) / u128::from(*size);
    let cents = u64::try_from(cents).unwrap_or(u64::MAX);
    let number: Arg = match (cents / 100, cents % 100) {
        (whole, 0) => whole.into(),
        (whole, fraction) => {
            let digits = format!("{fraction:02}");
            msg!("lab-unit-decimal", whole = whole, fraction = digits.trim_end_matches('0')).into()
        }
    };
    Message::new(key).with("n", number)
}

/// [`size_words`] in one language.
#[must_use]
pub fn format_size(bytes: u64, lang: Lang) -> String {
    lang.say(&size_words(bytes))
}

/// Permission bits from octal digits: `0644`, `1777`, `644`.
pub fn parse_mode(text: &str) -> Result<u32, Message> {
    let digits = text.trim();
    u32::from_str_radix(digits, 8)
        .ok()
        .filter(|mode| *mode <= 0o7777 && (3..=5).contains(&digits.len()) && !digits.starts_with('+'))
        .ok_or_else(|| msg!("lab-unit-bad-mode", value = text))
}

/// Permission bits as four octal digits: `0644`.
#[must_use]
pub fn format_mode(mode: u32) -> String {
    format!("{:04o}", mode & 0o7777)
}

fn split_at_end(text: &str, keep: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !keep(c)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read() {
        for (text, seconds) in
            [("40min", 2400), ("1h30min", 5400), ("2 h", 7200), ("1d", 86_400), ("1 j 2 h", 93_600), ("0s", 0)]
        {
            assert_eq!(parse_duration(text), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn durations_without_a_known_unit_are_refused() {
        for text in ["", "40", "2 hour", "min", "30min1h", "1h1h", "-1h", "1.5h", "99999999999999999999s", "1h 30"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_read_in_both_languages_and_both_systems() {
        for (text, bytes) in [
            ("512MiB", 512 << 20),
            ("512 Mio", 512 << 20),
            ("10GB", 10_000_000_000),
            ("10 Go", 10_000_000_000),
            ("16 gb", 16_000_000_000),
            ("1,5 Gio", 3 << 29),
            ("1.5GiB", 3 << 29),
            ("4kB", 4000),
            ("512 octets", 512),
            ("0B", 0),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn sizes_without_a_known_unit_are_refused() {
        for text in ["", "512", "512M", "GiB", "1.GiB", ".5GiB", "1.2.3GB", "-1GB", "12 iB", "99999999999PB", "5 Gox"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_are_said() {
        assert_eq!(format_size(512 << 20, Lang::Fr), "512\u{202f}Mio");
        assert_eq!(format_size(10_000_000_000, Lang::En), "10 GB");
        assert_eq!(format_size(16_500_000_123, Lang::Fr), "15,37\u{202f}Gio");
        assert_eq!(format_size(16_500_000_123, Lang::En), "15.37 GiB");
        assert_eq!(format_size(12, Lang::Fr), "12\u{202f}o");
    }

    #[test]
    fn durations_are_said() {
        assert_eq!(Lang::Fr.say(&duration_words(93_600)), "1\u{202f}j 2\u{202f}h");
        assert_eq!(Lang::En.say(&duration_words(5400)), "1 h 30 min");
        assert_eq!(Lang::En.say(&duration_words(0)), "0 s");
    }

    #[test]
    fn modes_are_octal() {
        assert_eq!(parse_mode("0644"), Ok(0o644));
        assert_eq!(parse_mode("1777"), Ok(0o1777));
        for text in ["", "8", "0888", "77777", "rw-r--r--", "+644", "000000644"] {
            assert!(parse_mode(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn durations_survive_the_round_trip(seconds: u64) {
            prop_assert_eq!(parse_duration(&format_duration(seconds)), Ok(seconds));
        }

        #[test]
        fn words_of_durations_are_read_back(seconds in 0_u64..10_000_000) {
            for lang in Lang::ALL {
                prop_assert_eq!(parse_duration(&lang.say(&duration_words(seconds))), Ok(seconds));
            }
        }

        #[test]
        fn words_of_sizes_are_read_back_within_a_rounding(bytes in 0_u64..1 << 60) {
            for lang in Lang::ALL {
                let back = parse_size(&format_size(bytes, lang)).unwrap();
                prop_assert!(back.abs_diff(bytes) <= bytes / 150);
            }
        }

        #[test]
        fn modes_survive_the_round_trip(mode in 0_u32..=0o7777) {
            prop_assert_eq!(parse_mode(&format_mode(mode)), Ok(mode));
        }

        #[test]
        fn nothing_panics(text in ".*") {
            let _ = (parse_duration(&text), parse_size(&text), parse_mode(&text));
        }
    }
}
