//! A person's answer against the right one: by meaning, the way a fair trainer would read it.

use std::net::IpAddr;

use crate::lab::manifest::Compare;
use crate::probe::Fact;
use crate::{address, units};

/// Tolerance of sizes, in thousandths: what the maker sells against what the firmware leaves.
const SIZE_TOLERANCE: u128 = 75;

/// Whether an answer is right. A fact of a kind that the comparison isn't made for is never right.
pub(super) fn is_right(compare: Compare, given: &str, right: &Fact) -> bool {
    match (compare, right) {
        (Compare::Words, Fact::Text(right)) => folded(given) == folded(right),
        (Compare::Contains, Fact::Text(right)) => names(given, right),
        (Compare::Number, Fact::Int(right)) => only_number(given) == Some(*right),
        (Compare::Size, Fact::Size(right)) => is_size(given, *right),
        (Compare::Mac, Fact::Mac(right)) => address::mac(given) == Some(*right),
        (Compare::Ip, Fact::Ip(right)) => host(given).is_some_and(|(given, _)| given == right.to_canonical()),
        (Compare::Ip, Fact::Net(right, prefix)) => host(given).is_some_and(|(given, length)| {
            given == right.to_canonical() && length.is_none_or(|length| length == *prefix)
        }),
        (Compare::YesNo, Fact::Bool(right)) => yes_or_no(given) == Some(*right),
        _ => false,
    }
}

/// Lower case, no accents, single spaces.
fn folded(text: &str) -> String {
    let plain: String = text.to_lowercase().chars().map(without_accent).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_accent(letter: char) -> char {
    match letter {
        'à' | 'â' | 'ä' | 'á' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' | 'í' => 'i',
        'ô' | 'ö' | 'ó' => 'o',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        '’' => '\'',
        other => other,
    }
}

/// Words that makers put beside a name and that tell nothing.
const NOISE: &[&str] = &[
    "r",
    "tm",
    "cpu",
    "core",
    "gen",
    "processor",
    "processeur",
    "with",
    "graphics",
    "corporation",
    "corp",
    "inc",
    "ltd",
    "co",
    "controller",
    "controleur",
    "technology",
    "technologies",
    "semiconductor",
    "the",
    "le",
    "la",
    "un",
    "une",
];

/// Whether an answer names the right thing: `i5-8250U` for `Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz`.
///
/// Where the right answer has a model number (letters and digits), one must be given; where it has none, at least half
/// of its words. Another model's number, or mostly other words, make the answer wrong: listing guesses doesn't pay.
fn names(given: &str, right: &str) -> bool {
    let (given, right) = (telling(given), telling(right));
    let squeezed = |words: &[String]| words.concat();
    let (all_given, all_right) = (squeezed(&given), squeezed(&right));
    // Numbers are written together and apart: `i5-8250U`, `i5 8250U`, `Ryzen5`, `DDR4-3200`.
    let (named, foreign): (Vec<&String>, Vec<&String>) = given.iter().partition(|word| right.contains(word));
    let models: Vec<&String> = right.iter().filter(|word| is_model(word)).collect();
    if models.is_empty() {
        return !named.is_empty() && named.len() * 2 >= right.len() && foreign.len() <= named.len();
    }
    models.iter().any(|model| all_given.contains(model.as_str()))
        && !foreign.iter().any(|word| is_model(word) && !all_right.contains(word.as_str()))
}

/// The words that tell something, numbers joined by a hyphen taken apart.
fn telling(text: &str) -> Vec<String> {
    folded(text)
        .split(|c: char| !(c.is_alphanumeric() || c == '.'))
        .map(|word| word.trim_matches('.').to_owned())
        .filter(|word| !word.is_empty() && !NOISE.contains(&word.as_str()))
        .collect()
}

/// A word that names one model: letters and digits, at least four, and no frequency, rank or number of cores.
fn is_model(word: &str) -> bool {
    let has = |test: fn(char) -> bool| word.chars().any(test);
    let measure = ["hz", "th", "eme", "bit", "gb", "mb", "tb"].iter().any(|end| word.ends_with(end));
    word.len() >= 4 && has(|c| c.is_ascii_digit()) && has(char::is_alphabetic) && !measure
}

/// The number in an answer, where there is exactly one: `4 emplacements`.
fn only_number(given: &str) -> Option<i64> {
    let joined = given.replace(['\u{a0}', '\u{202f}'], " ");
    let mut numbers = joined.split(|c: char| !(c.is_ascii_digit() || c == '-')).filter(|part| !part.is_empty());
    let number = numbers.next()?.parse().ok()?;
    numbers.next().is_none().then_some(number)
}

/// Within the tolerance, whether the unit is meant in powers of 1000 or, as many systems show it, of 1024.
fn is_size(given: &str, right: u64) -> bool {
    let given = given.trim().to_lowercase();
    let decimal = units::parse_size(&given).or_else(|_| units::parse_size(&format!("{given}b"))).ok();
    let binary = given
        .strip_suffix(['b', 'o'])
        .unwrap_or(&given)
        .strip_suffix(['k', 'm', 'g', 't'])
        .and_then(|_| units::parse_size(&format!("{}ib", given.trim_end_matches(['b', 'o']))).ok());
    [decimal, binary]
        .into_iter()
        .flatten()
        .any(|size| u128::from(size.abs_diff(right)) * 1000 <= u128::from(right) * SIZE_TOLERANCE)
}

fn host(given: &str) -> Option<(IpAddr, Option<u8>)> {
    match address::net(given) {
        Some((address, prefix)) => Some((address.to_canonical(), Some(prefix))),
        None => address::ip(given).map(|address| (address, None)),
    }
}

fn yes_or_no(given: &str) -> Option<bool> {
    match folded(given).trim_end_matches('.') {
        "oui" | "o" | "yes" | "y" | "vrai" | "true" => Some(true),
        "non" | "n" | "no" | "faux" | "false" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const I5: &str = "Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz";

    #[test]
    fn a_model_is_named_in_many_ways() {
        for given in
            ["i5-8250U", "Intel i5 8250U", "Core i5-8250u à 1,6 GHz", "INTEL CORE I5-8250U", "i5 8250U 8ème gén."]
        {
            assert!(names(given, I5), "{given}");
        }
        assert!(names("Ryzen5 5600X", "AMD Ryzen 5 5600X 6-Core Processor"));
        assert!(names("DDR4-3200", "DDR4") && names("ddr4", "DDR4") && names("SODIMM DDR4", "DDR4"));
    }

    #[test]
    fn another_model_or_a_list_of_guesses_is_wrong() {
        for given in ["i5", "Intel Core i5", "i5-8350U", "i7-8650U", "i5-8350U ou i5-8250U", "Intel", ""] {
            assert!(!names(given, I5), "{given}");
        }
        assert!(!names("DDR3", "DDR4") && !names("DDR3 DDR4", "DDR4") && !names("DDR", "DDR4"));
    }

    #[test]
    fn without_a_number_half_of_the_words_do() {
        assert!(names("Xeon", "Intel(R) Xeon(R) Processor") && names("processeur Intel Xeon", "Intel(R) Xeon(R)"));
        assert!(names("NVMe", "nvme") && !names("SATA ou NVMe ou USB", "nvme"));
    }

    #[test]
    fn sizes_as_sold_and_as_shown() {
        let gib = 1 << 30;
        for given in ["16 Go", "16GB", "15,5 Gio", "15.5G", "16"] {
            assert_eq!(is_size(given, 31 * gib / 2), given != "16", "{given}");
        }
        assert!(is_size("238.5G", 256_060_514_304) && is_size("256 Go", 256_060_514_304));
        assert!(!is_size("8 Go", 16 * gib) && !is_size("16 Mo", 16 * gib));
    }

    #[test]
    fn words_whatever_the_case_the_accents_and_the_spacing() {
        assert!(is_right(Compare::Words, "  Été   indien", &Fact::text("ete INDIEN")));
        assert!(!is_right(Compare::Words, "hiver", &Fact::text("été")));
    }

    #[test]
    fn numbers_addresses_and_yes_or_no() {
        assert!(is_right(Compare::Number, "4 emplacements", &Fact::Int(4)));
        assert!(!is_right(Compare::Number, "4 ou 5", &Fact::Int(4)));
        assert!(is_right(Compare::Mac, "02-00-00-AA-BB-CC", &Fact::Mac([2, 0, 0, 0xaa, 0xbb, 0xcc])));
        let net = Fact::Net("10.0.0.5".parse().unwrap(), 24);
        assert!(is_right(Compare::Ip, "10.0.0.5", &net) && is_right(Compare::Ip, "10.0.0.5/255.255.255.0", &net));
        assert!(!is_right(Compare::Ip, "10.0.0.5/16", &net));
        let yes = Fact::Bool(true);
        assert!(is_right(Compare::YesNo, "Oui.", &yes) && !is_right(Compare::YesNo, "non", &yes));
    }
}
