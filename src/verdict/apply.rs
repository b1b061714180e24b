//! A compiled matcher against a fact.

use std::cmp::Ordering;

use super::matcher::Matcher;
use super::truth::Truth;
use super::value::Value;
use crate::address;
use crate::i18n::Message;
use crate::msg;
use crate::probe::Fact;

impl Matcher {
    /// Whether it holds.
    pub(super) fn holds(&self, fact: &Fact) -> Truth {
        match (self, fact) {
            (_, Fact::Unknown(reason)) => Truth::Unknown(reason.clone()),
            (Self::All(all), _) => Truth::all(all.iter().map(|matcher| matcher.holds(fact))),
            (Self::OneOf(any), _) => Truth::any(any.iter().map(|matcher| matcher.holds(fact))),
            (Self::Fields(fields), Fact::Record(_) | Fact::None) => {
                Truth::all(fields.iter().map(|(name, matcher)| matcher.holds(field(fact, name))))
            }
            (Self::Absent(wanted), _) => (*wanted == (*fact == Fact::None)).into(),
            // "Something else than X" is not met by nothing at all.
            (Self::Not(matcher), Fact::None) if !matcher.is_about_absence() => Truth::No,
            (Self::Not(matcher), _) => matcher.holds(fact).negate(),
            (_, Fact::None) => Truth::No,
            (Self::Same(wanted), Fact::List(found)) => same(wanted, found),
            (Self::Each(_), Fact::List(found)) if found.is_empty() => Truth::No,
            (Self::Each(matcher), Fact::List(found)) => Truth::all(found.iter().map(|fact| matcher.holds(fact))),
            (Self::Any(matcher), Fact::List(found)) => Truth::any(found.iter().map(|fact| matcher.holds(fact))),
            (Self::NoneOf(matcher), Fact::List(found)) => {
                Truth::any(found.iter().map(|fact| matcher.holds(fact))).negate()
            }
            (Self::Length(matcher), Fact::List(found)) => matcher.holds(&count(found.len())),
            (Self::Length(matcher), Fact::Text(text)) => matcher.holds(&count(text.chars().count())),
            _ => self.holds_for_value(fact).map_or_else(|| Truth::Unknown(mismatch()), Truth::from),
        }
    }

    /// None when the fact isn't of the kind its family promised.
    fn holds_for_value(&self, fact: &Fact) -> Option<bool> {
        match (self, fact) {
            (Self::Equal(value), _) => value.equals(fact),
            (Self::AtLeast(value), _) => ordered(value, fact, |order| order != Ordering::Less),
            (Self::AtMost(value), _) => ordered(value, fact, |order| order != Ordering::Greater),
            (Self::Between(low, high), _) => {
                let above = ordered(low, fact, |order| order != Ordering::Less)?;
                Some(above && ordered(high, fact, |order| order != Ordering::Greater)?)
            }
            (Self::Before(value), _) => ordered(value, fact, |order| order == Ordering::Less),
            (Self::After(value), _) => ordered(value, fact, |order| order == Ordering::Greater),
            (Self::About { size, percent }, Fact::Size(found)) => Some(is_about(*found, *size, *percent)),
            (Self::Part { part, fold: true }, Fact::Text(text)) => Some(text.to_lowercase().contains(part)),
            (Self::Part { part, fold: false }, Fact::Text(text)) => Some(text.contains(part)),
            (Self::Matches(regex), Fact::Text(text)) => Some(regex.is_match(text)),
            (Self::InSubnet(network, prefix), Fact::Ip(address)) => {
                Some(address::in_network(*address, (*network, *prefix)))
            }
            (Self::InSubnet(network, prefix), Fact::Net(address, length)) => {
                Some(length >= prefix && address::in_network(*address, (*network, *prefix)))
            }
            _ => None,
        }
    }

    /// Whether it says something of a field that isn't there.
    fn is_about_absence(&self) -> bool {
        match self {
            Self::Absent(_) => true,
            Self::Not(inner) => inner.is_about_absence(),
            Self::All(several) | Self::OneOf(several) => several.iter().any(Self::is_about_absence),
            _ => false,
        }
    }
}

/// A field of a record: none when it, or the record, isn't there.
pub(super) fn field<'a>(record: &'a Fact, name: &str) -> &'a Fact {
    match record {
        Fact::Record(fields) => fields.get(name).unwrap_or(&Fact::None),
        Fact::Unknown(_) => record,
        _ => &Fact::None,
    }
}

/// Two values without an order (an IPv4 and an IPv6 address) are neither below nor above each other.
fn ordered(value: &Value, fact: &Fact, holds: impl Fn(Ordering) -> bool) -> Option<bool> {
    value.equals(fact)?;
    Some(value.order(fact).is_some_and(holds))
}

fn same(wanted: &[Value], found: &[Fact]) -> Truth {
    if wanted.len() != found.len() {
        return Truth::No;
    }
    let mut left: Vec<&Fact> = found.iter().collect();
    let mut unmet = 0;
    for value in wanted {
        match left.iter().position(|fact| value.equals(fact) == Some(true)) {
            Some(index) => drop(left.swap_remove(index)),
            None => unmet += 1,
        }
    }
    let mut reasons = left.iter().filter_map(|fact| if let Fact::Unknown(reason) = fact { Some(reason) } else { None });
    match reasons.next() {
        _ if unmet == 0 => Truth::Yes,
        Some(reason) if 1 + reasons.count() >= unmet => Truth::Unknown(reason.clone()),
        _ => Truth::No,
    }
}

fn is_about(found: u64, wanted: u64, percent: u64) -> bool {
    u128::from(found.abs_diff(wanted)) * 100 <= u128::from(wanted) * u128::from(percent)
}

fn count(number: usize) -> Fact {
    Fact::Int(i64::try_from(number).unwrap_or(i64::MAX))
}

fn mismatch() -> Message {
    msg!("verdict-mismatch")
}
