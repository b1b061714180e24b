//! What a seed draws: one value for each variable of a lab.

use std::collections::BTreeMap;

use minijinja::value::Value;

use super::manifest::Draw;
use super::person::Person;
use super::stream::Stream;
use super::subnet::{Pattern, Subnet};
use crate::i18n::Message;
use crate::msg;

/// The shortest password a usual policy accepts.
const SHORTEST_PASSWORD: u8 = 8;

/// Passwords are made of these: no letter that is read as another, no sign that a shell or a template would take.
const LOWER: &[u8] = b"abcdefghijkmnopqrstuvwxyz";
const UPPER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
const DIGITS: &[u8] = b"23456789";
const SIGNS: &[u8] = b"-_+=.";

/// What is wrong with a draw, whatever the seed.
pub(super) fn check(draw: &Draw) -> Option<Message> {
    match draw {
        Draw::Pick(choices) if choices.is_empty() => Some(msg!("lab-empty-pick")),
        Draw::Between([low, high]) if low > high => Some(msg!("lab-upside-down", low = *low, high = *high)),
        Draw::Subnet(pattern) => Pattern::parse(pattern).err(),
        Draw::Person(false) => Some(msg!("lab-person-false")),
        Draw::Password(length) if *length < SHORTEST_PASSWORD => {
            Some(msg!("lab-short-password", least = SHORTEST_PASSWORD))
        }
        _ => None,
    }
}

/// Draws every variable, in the order of their names. Two networks never overlap and two people never share a login:
/// the one that comes later in that order is drawn again.
pub(super) fn all(lab: &str, seed: u64, draws: &BTreeMap<String, Draw>) -> BTreeMap<String, Value> {
    let (mut subnets, mut people) = (Vec::<Subnet>::new(), Vec::<Person>::new());
    let mut values = BTreeMap::new();
    for (name, draw) in draws {
        let mut stream = Stream::new(lab, seed, name);
        let value = match draw {
            Draw::Pick(choices) => stream.pick(choices).map(Value::from),
            Draw::Between([low, high]) => Some(Value::from(between(&mut stream, *low, *high))),
            Draw::Subnet(pattern) => {
                let pattern = Pattern::parse(pattern).ok();
                let fresh = pattern.and_then(|pattern| {
                    again(|| pattern.draw(&mut stream), |drawn| subnets.iter().any(|other| other.overlaps(drawn)))
                });
                subnets.extend(fresh);
                fresh.map(Value::from_object)
            }
            Draw::Person(_) => {
                let fresh = again(
                    || Person::draw(&mut stream),
                    |drawn| people.iter().any(|other| other.login() == drawn.login()),
                );
                people.extend(fresh);
                fresh.map(Value::from_object)
            }
            Draw::Password(length) => Some(Value::from(password(&mut stream, *length))),
        };
        values.insert(name.clone(), value.unwrap_or_else(|| stand_in(draw)));
    }
    values
}

/// What a draw that can't be drawn gives, so that templates which use it tell nothing more: [`check`] told it already.
fn stand_in(draw: &Draw) -> Value {
    match draw {
        Draw::Subnet(_) => Subnet::parse("192.0.2.0/24").map(Value::from_object).unwrap_or_default(),
        _ => Value::from(""),
    }
}

/// Draws until it is not taken; after many vain tries (a pattern with room for one network only), takes what comes.
fn again<T>(mut draw: impl FnMut() -> Option<T>, taken: impl Fn(&T) -> bool) -> Option<T> {
    (0..100).find_map(|_| draw().filter(|drawn| !taken(drawn))).or_else(draw)
}

fn between(stream: &mut Stream, low: i64, high: i64) -> i64 {
    low.wrapping_add_unsigned(stream.between(0, high.abs_diff(low)))
}

/// Starts with a letter, holds all four kinds.
fn password(stream: &mut Stream, length: u8) -> String {
    let kinds = [LOWER, UPPER, DIGITS, SIGNS];
    let every: Vec<u8> = kinds.concat();
    let mut text: Vec<u8> = kinds.iter().filter_map(|kind| stream.pick(kind).copied()).collect();
    text.extend((text.len()..usize::from(length)).filter_map(|_| stream.pick(&every).copied()));
    // All but the first are shuffled (Fisher-Yates), so that the four kinds stand anywhere.
    for last in (2..text.len()).rev() {
        let other = 1 + usize::try_from(stream.below(last as u64)).unwrap_or(0);
        text.swap(last, other);
    }
    text.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn draws(entries: &[(&str, Draw)]) -> BTreeMap<String, Draw> {
        entries.iter().map(|(name, draw)| ((*name).to_owned(), draw.clone())).collect()
    }

    fn lan() -> Draw {
        Draw::Subnet("10.{20..250}.{0..250}.0/24".to_owned())
    }

    #[test]
    fn a_variable_added_leaves_the_others() {
        let few = all("lab", 1, &draws(&[("lan", lan()), ("who", Draw::Person(true))]));
        let more = all("lab", 1, &draws(&[("a", Draw::Between([0, 9])), ("lan", lan()), ("who", Draw::Person(true))]));
        assert_eq!(few["lan"].to_string(), more["lan"].to_string());
        assert_eq!(few["who"].to_string(), more["who"].to_string());
    }

    proptest! {
        #[test]
        fn passwords_please_a_policy(seed: u64, length in 8_u8..40) {
            let text = password(&mut Stream::new("lab", seed, "p"), length);
            prop_assert_eq!(text.len(), usize::from(length));
            prop_assert!(text.starts_with(|c: char| c.is_ascii_lowercase()));
            for kind in [LOWER, UPPER, DIGITS, SIGNS] {
                prop_assert!(text.bytes().any(|byte| kind.contains(&byte)), "{}", text);
            }
        }

        #[test]
        fn integers_stay_between(seed: u64, a: i64, b: i64) {
            let (low, high) = (a.min(b), a.max(b));
            let number = between(&mut Stream::new("lab", seed, "n"), low, high);
            prop_assert!((low..=high).contains(&number));
        }

        #[test]
        fn two_networks_never_overlap_and_two_people_never_share_a_login(seed: u64) {
            let tight = || Draw::Subnet("10.0.{0..3}.0/24".to_owned());
            let names: Vec<_> = (0..30).map(|n| format!("p{n}")).collect();
            let mut wanted = draws(&[("a", tight()), ("b", tight()), ("c", tight())]);
            wanted.extend(names.iter().map(|name| (name.clone(), Draw::Person(true))));
            let drawn = all("lab", seed, &wanted);
            let nets: std::collections::BTreeSet<_> = ["a", "b", "c"].iter().map(|n| drawn[*n].to_string()).collect();
            prop_assert_eq!(nets.len(), 3);
            let logins: std::collections::BTreeSet<_> =
                names.iter().map(|n| drawn[n].get_attr("login").unwrap().to_string()).collect();
            prop_assert_eq!(logins.len(), 30);
        }
    }
}
