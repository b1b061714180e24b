//! Expected and found, in words.

use super::matcher::Matcher;
use super::value::Value;
use crate::i18n::Message;
use crate::msg;
use crate::probe::Fact;
use crate::{address, units};

/// Elements of a list that are said; the rest is counted.
const ELEMENTS: usize = 8;
/// Characters of a text that are said; a longer one is described by its start and its length.
const CHARACTERS: usize = 160;

/// What was found, in words.
#[must_use]
pub fn fact_in_words(fact: &Fact) -> Message {
    match fact {
        Fact::None => msg!("verdict-nothing"),
        Fact::Unknown(reason) => reason.clone(),
        Fact::Text(text) => text_in_words(text),
        Fact::Int(number) => plain(number.to_string()),
        Fact::Bool(true) => msg!("verdict-yes"),
        Fact::Bool(false) => msg!("verdict-no"),
        Fact::Size(bytes) => units::size_words(*bytes),
        Fact::Duration(seconds) => units::duration_words(*seconds),
        Fact::Ip(address) => plain(address.to_canonical().to_string()),
        Fact::Net(address, prefix) => plain(format!("{address}/{prefix}")),
        Fact::Mac(mac) => plain(address::say_mac(*mac)),
        Fact::Mode(mode) => plain(units::format_mode(*mode)),
        Fact::Time(seconds) => {
            plain(jiff::Timestamp::from_second(*seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string()))
        }
        Fact::List(elements) if elements.is_empty() => msg!("verdict-empty-list"),
        Fact::List(elements) => list(elements.iter().map(fact_in_words)),
        Fact::Record(fields) => {
            let said = fields.iter().filter(|(_, fact)| **fact != Fact::None);
            list(said.map(|(name, fact)| msg!("verdict-field", name = name, value = fact_in_words(fact))))
        }
    }
}

/// What was expected, in words.
pub(super) fn matcher_in_words(matcher: &Matcher) -> Message {
    match matcher {
        Matcher::Equal(value) => say(value),
        Matcher::Same(values) if values.is_empty() => msg!("verdict-empty-list"),
        Matcher::Same(values) => msg!("verdict-exactly", list = list(values.iter().map(say))),
        Matcher::AtLeast(value) => msg!("verdict-at-least", value = say(value)),
        Matcher::AtMost(value) => msg!("verdict-at-most", value = say(value)),
        Matcher::Between(low, high) => msg!("verdict-between", low = say(low), high = say(high)),
        Matcher::Before(value) => msg!("verdict-before", value = say(value)),
        Matcher::After(value) => msg!("verdict-after", value = say(value)),
        Matcher::About { size, percent } => {
            msg!("verdict-about", size = units::size_words(*size), percent = *percent)
        }
        Matcher::OneOf(several) => one_of(several),
        Matcher::Part { part, .. } => msg!("verdict-part", part = text_in_words(part)),
        Matcher::Matches(regex) => msg!("verdict-matches", regex = regex.as_str()),
        Matcher::InSubnet(network, prefix) => msg!("verdict-in-subnet", network = format!("{network}/{prefix}")),
        Matcher::Each(inner) => msg!("verdict-each", what = matcher_in_words(inner)),
        Matcher::Any(inner) => msg!("verdict-any", what = matcher_in_words(inner)),
        Matcher::NoneOf(inner) => msg!("verdict-none-of", what = matcher_in_words(inner)),
        Matcher::Length(inner) => msg!("verdict-length", what = matcher_in_words(inner)),
        Matcher::Not(inner) => msg!("verdict-not", what = matcher_in_words(inner)),
        Matcher::Absent(true) => msg!("verdict-nothing"),
        Matcher::Absent(false) => msg!("verdict-something"),
        Matcher::All(several) => joined(several, |a, b| msg!("verdict-and", a = a, b = b)),
        Matcher::Fields(fields) => {
            list(fields.iter().map(|(name, inner)| msg!("verdict-field", name = name, value = matcher_in_words(inner))))
        }
    }
}

fn one_of(several: &[Matcher]) -> Message {
    joined(several, |a, b| msg!("verdict-or", a = a, b = b))
}

fn joined(several: &[Matcher], join: impl Fn(Message, Message) -> Message) -> Message {
    several.iter().map(matcher_in_words).reduce(join).unwrap_or_else(|| msg!("verdict-nothing"))
}

/// `a, b, c`; past [`ELEMENTS`], how many more.
fn list(elements: impl Iterator<Item = Message>) -> Message {
    let elements: Vec<Message> = elements.collect();
    let more = elements.len().saturating_sub(ELEMENTS);
    let said = elements.into_iter().take(ELEMENTS).reduce(|a, b| msg!("verdict-list", a = a, b = b));
    match said {
        None => msg!("verdict-nothing"),
        Some(said) if more == 0 => said,
        Some(said) => msg!("verdict-more", list = said, more = more),
    }
}

fn say(value: &Value) -> Message {
    fact_in_words(&value.fact())
}

fn plain(text: String) -> Message {
    msg!("verdict-plain", value = text)
}

fn text_in_words(text: &str) -> Message {
    // Tabs and line ends would break the layout of a line of verdict.
    let shown: String =
        text.trim_end().chars().take(CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.is_empty() {
        msg!("verdict-empty-text")
    } else if text.trim_end().chars().nth(CHARACTERS).is_some() {
        msg!("verdict-long-text", start = shown, characters = text.chars().count(), lines = text.lines().count())
    } else {
        msg!("verdict-text", text = shown)
    }
}
