//! Expected and found, in words.

use super::apply::field;
use super::censor;
use super::matcher::Matcher;
use super::truth::Truth;
use super::value::Value;
use crate::i18n::Message;
use crate::msg;
use crate::probe::Fact;
use crate::{address, units};

/// Elements of a list that are said; the rest is counted.
pub(super) const ELEMENTS: usize = 8;
/// Characters of a text that are said; a longer one is described by its start and its length.
const CHARACTERS: usize = 160;

/// What was found in a field of this name, in words.
#[must_use]
pub fn fact_in_words(name: &str, fact: &Fact) -> Message {
    match fact {
        Fact::None => msg!("verdict-nothing"),
        Fact::Unknown(reason) => reason.clone(),
        Fact::Text(text) => text_in_words(name, text),
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
        Fact::List(elements) => list_in_words(name, elements),
        Fact::Record(fields) => {
            let said = fields.iter().filter(|(_, fact)| **fact != Fact::None);
            list(said.map(|(name, fact)| named(name, fact_in_words(name, fact), matches!(fact, Fact::Record(_)))))
        }
    }
}

/// What was found, in words, no more of it than the matcher asks about: of a list the elements that decide, of a
/// record the fields that it names.
pub(super) fn found_in_words(name: &str, fact: &Fact, matcher: &Matcher) -> Message {
    match (matcher, fact) {
        (Matcher::Any(inner), Fact::List(elements)) => deciding(name, elements, inner, |truth| *truth == Truth::Yes),
        (Matcher::Each(inner), Fact::List(elements)) => deciding(name, elements, inner, |truth| *truth != Truth::Yes),
        (Matcher::NoneOf(inner), Fact::List(elements)) => deciding(name, elements, inner, |truth| *truth != Truth::No),
        (Matcher::Fields(fields), Fact::Record(_)) => list(fields.iter().map(|(name, inner)| {
            let fact = field(fact, name);
            named(name, found_in_words(name, fact, inner), matches!(fact, Fact::Record(_)))
        })),
        // Each part names fields of its own; two alternatives often name the same.
        (Matcher::All(several) | Matcher::OneOf(several), Fact::Record(_)) if has_fields(matcher) => {
            let mut parts: Vec<Message> = several.iter().map(|inner| found_in_words(name, fact, inner)).collect();
            parts.dedup();
            list(parts.into_iter())
        }
        _ => fact_in_words(name, fact),
    }
}

/// The elements that decide, or all of them where none stands out.
fn deciding(name: &str, elements: &[Fact], inner: &Matcher, decides: impl Fn(&Truth) -> bool) -> Message {
    let chosen: Vec<&Fact> = elements.iter().filter(|element| decides(&inner.holds(element))).collect();
    if holds_key(elements) {
        return plain(censor::MASK.to_owned());
    }
    let shown = if chosen.is_empty() { elements.iter().collect() } else { chosen };
    let words = shown.into_iter().map(|element| found_in_words(name, element, inner));
    if has_fields(inner) { counted(words, |a, b| msg!("verdict-apart", a = a, b = b)) } else { list(words) }
}

/// A field's path (`offer.address`) as a candidate reads it.
#[must_use]
pub fn path_in_words(path: &str) -> Message {
    let hops = path.split('.').map(|hop| if hop.parse::<usize>().is_ok() { plain(hop.to_owned()) } else { label(hop) });
    hops.reduce(|a, b| msg!("verdict-path", a = a, b = b)).unwrap_or_else(|| msg!("verdict-nothing"))
}

/// A field's name in words: every field of every family has a `field-…` message.
fn label(name: &str) -> Message {
    Message::new(&format!("field-{name}"))
}

fn named(name: &str, value: Message, is_record: bool) -> Message {
    if is_record {
        msg!("verdict-field-of", name = label(name), value = value)
    } else {
        msg!("verdict-field", name = label(name), value = value)
    }
}

fn has_fields(matcher: &Matcher) -> bool {
    match matcher {
        Matcher::Fields(_) => true,
        Matcher::All(several) | Matcher::OneOf(several) => several.iter().any(has_fields),
        _ => false,
    }
}

/// What was expected of a field of this name, in words.
pub(super) fn matcher_in_words(name: &str, matcher: &Matcher) -> Message {
    match matcher {
        Matcher::Equal(value) => say(name, value),
        Matcher::Same(values) if values.is_empty() => msg!("verdict-empty-list"),
        Matcher::Same(values) => msg!("verdict-exactly", list = list(values.iter().map(|value| say(name, value)))),
        Matcher::AtLeast(value) => msg!("verdict-at-least", value = say(name, value)),
        Matcher::AtMost(value) => msg!("verdict-at-most", value = say(name, value)),
        Matcher::Between(low, high) => msg!("verdict-between", low = say(name, low), high = say(name, high)),
        Matcher::Before(value) => msg!("verdict-before", value = say(name, value)),
        Matcher::After(value) => msg!("verdict-after", value = say(name, value)),
        Matcher::About { size, percent } => {
            msg!("verdict-about", size = units::size_words(*size), percent = *percent)
        }
        Matcher::OneOf(several) => joined(name, several, |a, b| msg!("verdict-or", a = a, b = b)),
        Matcher::Part { part, .. } => msg!("verdict-part", part = text_in_words(name, part)),
        Matcher::Matches(regex) => msg!("verdict-matches", regex = regex.as_str()),
        Matcher::InSubnet(network, prefix) => msg!("verdict-in-subnet", network = format!("{network}/{prefix}")),
        Matcher::Each(inner) => msg!("verdict-each", what = matcher_in_words(name, inner)),
        Matcher::Any(inner) => msg!("verdict-any", what = matcher_in_words(name, inner)),
        Matcher::NoneOf(inner) => msg!("verdict-none-of", what = matcher_in_words(name, inner)),
        Matcher::Length(inner) => msg!("verdict-length", what = matcher_in_words("", inner)),
        Matcher::Not(inner) => msg!("verdict-not", what = matcher_in_words(name, inner)),
        Matcher::Absent(true) => msg!("verdict-nothing"),
        Matcher::Absent(false) => msg!("verdict-something"),
        Matcher::All(several) => joined(name, several, |a, b| msg!("verdict-and", a = a, b = b)),
        Matcher::Fields(fields) => {
            list(fields.iter().map(|(name, inner)| named(name, matcher_in_words(name, inner), has_fields(inner))))
        }
    }
}

fn joined(name: &str, several: &[Matcher], join: impl Fn(Message, Message) -> Message) -> Message {
    several.iter().map(|one| matcher_in_words(name, one)).reduce(join).unwrap_or_else(|| msg!("verdict-nothing"))
}

/// `a, b, c`; past [`ELEMENTS`], how many more.
fn list(elements: impl Iterator<Item = Message>) -> Message {
    counted(elements, |a, b| msg!("verdict-list", a = a, b = b))
}

fn counted(elements: impl Iterator<Item = Message>, join: impl Fn(Message, Message) -> Message) -> Message {
    let elements: Vec<Message> = elements.collect();
    let more = elements.len().saturating_sub(ELEMENTS);
    let said = elements.into_iter().take(ELEMENTS).reduce(join);
    match said {
        None => msg!("verdict-nothing"),
        Some(said) if more == 0 => said,
        Some(said) => msg!("verdict-more", list = said, more = more),
    }
}

/// A list, element by element; of one that holds a private key, a line each, nothing.
pub(super) fn list_in_words(name: &str, elements: &[Fact]) -> Message {
    if holds_key(elements) {
        return plain(censor::MASK.to_owned());
    }
    list(elements.iter().map(|element| fact_in_words(name, element)))
}

fn holds_key(elements: &[Fact]) -> bool {
    elements.iter().any(|element| matches!(element, Fact::Text(text) if censor::has_key(text)))
}

fn say(name: &str, value: &Value) -> Message {
    fact_in_words(name, &value.fact())
}

fn plain(text: String) -> Message {
    msg!("verdict-plain", value = text)
}

/// A text in quotes; a word of a closed list (`linux-swap`, `NXDOMAIN`) as the locale files say it.
pub(super) fn text_in_words(name: &str, text: &str) -> Message {
    let quoted = quoted(text);
    let is_word =
        (1..=24).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_word { Message::new(&format!("word-{name}-{}", text.to_ascii_lowercase())).or(quoted) } else { quoted }
}

fn quoted(text: &str) -> Message {
    // A secret may shorten what is shown: somewhat more than that is read for them.
    let start: String = text.trim_end().chars().take(4 * CHARACTERS).collect();
    let start = censor::censored(&start);
    // Tabs and line ends would break the layout of a line of verdict.
    let shown: String = start.chars().take(CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.is_empty() {
        msg!("verdict-empty-text")
    } else if start.chars().nth(CHARACTERS).is_some() {
        msg!("verdict-long-text", start = shown, characters = text.chars().count(), lines = text.lines().count())
    } else {
        msg!("verdict-text", text = shown)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::i18n::Lang;
    use crate::probe::{FAMILIES, Field, Kind};
    use crate::verdict::Expectation;

    fn names(fields: &[Field], all: &mut BTreeSet<String>) {
        for field in fields {
            all.insert(field.name.to_owned());
            let mut kind = field.kind;
            while let Kind::List(inner) = kind {
                kind = *inner;
            }
            if let Kind::Record(inside) = kind {
                names(inside, all);
            }
        }
    }

    #[test]
    fn every_field_has_a_label_in_both_languages() {
        let mut all = BTreeSet::new();
        for family in FAMILIES {
            names(family.about.fields, &mut all);
        }
        for lang in Lang::ALL {
            let bare: Vec<&String> = all.iter().filter(|name| lang.say(&label(name)).starts_with("field-")).collect();
            assert!(bare.is_empty(), "{lang:?}: {bare:?}");
        }
    }

    #[test]
    fn what_was_found_is_no_more_than_what_was_asked() {
        const INSIDE: &[Field] = &[Field { name: "kind", kind: Kind::Word, doc: "" }];
        const PARTITION: &[Field] = &[
            Field { name: "type", kind: Kind::Word, doc: "" },
            Field { name: "number", kind: Kind::Int, doc: "" },
            Field { name: "filesystem", kind: Kind::Record(INSIDE), doc: "" },
        ];
        const FIELDS: &[Field] = &[Field { name: "partitions", kind: Kind::List(&Kind::Record(PARTITION)), doc: "" }];
        let partition = |number: i64, kind: &str, content: &str| {
            let content = Fact::record([("kind", content.into())]);
            Fact::record([("type", kind.into()), ("number", number.into()), ("filesystem", content)])
        };
        let partitions = Fact::List(vec![partition(1, "efi", "fat32"), partition(2, "linux", "ext4")]);
        let observation = crate::probe::Observation {
            fact: Fact::record([("partitions", partitions)]),
            source: msg!("verdict-nothing"),
        };
        let found = |wanted: serde_json::Value| {
            let wanted = [("partitions".to_owned(), wanted)].into();
            let expectation = Expectation::compile(FIELDS, &wanted, &[]).unwrap();
            Lang::En.say(&expectation.findings(&observation)[0].found)
        };
        let swap = serde_json::json!({ "any": { "type": "linux-swap" } });
        assert_eq!(found(swap), "type: EFI system; type: Linux data");
        let root = serde_json::json!({ "any": { "type": "linux", "filesystem": { "kind": "ext4" } } });
        assert_eq!(found(root), "type: Linux data, file system (type: “ext4”)");
        let second = serde_json::json!({ "none": { "number": { "at_least": 2 } } });
        assert_eq!(found(second), "number: 2");
    }

    #[test]
    fn words_of_closed_lists_are_said_in_the_language_and_others_as_they_are() {
        let said = |lang: Lang, name, text: &str| lang.say(&fact_in_words(name, &text.into()));
        assert_eq!(said(Lang::Fr, "type", "linux-root"), "racine Linux");
        assert_eq!(said(Lang::Fr, "status", "NXDOMAIN"), "nom inexistant (NXDOMAIN)");
        assert_eq!(said(Lang::Fr, "type", "ext4"), "«\u{a0}ext4\u{a0}»");
        assert_eq!(said(Lang::En, "content", "open"), "“open”");
    }

    #[test]
    fn every_word_belongs_to_a_field() {
        let mut all = BTreeSet::new();
        for family in FAMILIES {
            names(family.about.fields, &mut all);
        }
        let words = include_str!("../../assets/locales/fr/word.ftl");
        for key in words.lines().filter_map(|line| line.strip_prefix("word-")?.split_once(" = ").map(|(key, _)| key)) {
            assert!(
                all.iter().any(|name| key.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('-'))),
                "{key}"
            );
        }
    }

    #[test]
    fn secrets_are_in_no_words() {
        let key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
        let shadow = "root:$y$j9T$c2VjcmV0$c2VjcmV0:19000:0:99999:7:::\n";
        for text in [key, shadow, "password = c2VjcmV0"] {
            for fact in [Fact::text(text), Fact::texts(text.lines())] {
                let said = Lang::En.say(&fact_in_words("content", &fact));
                assert!(said.contains("•••") && !said.contains("c2VjcmV0"), "{said}");
            }
        }
    }

    #[test]
    fn a_path_is_said_in_words() {
        assert_eq!(Lang::Fr.say(&path_in_words("offer.mask")), "offre, masque");
    }
}
