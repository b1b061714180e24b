//! Of a text or a list that lacks what was expected: the line, or the element, that comes nearest to it.

use super::matcher::Matcher;
use super::truth::Truth;
use super::value::Value;
use super::words::{list_in_words, text_in_words};
use super::{censor, words};
use crate::i18n::Message;
use crate::msg;
use crate::probe::Fact;

/// Lines and elements compared; what comes after is not.
const LINES: usize = 2_000;
/// Characters of each that are compared.
const CHARACTERS: usize = 200;
/// Less alike than this (of 1), a line is not said to be near.
const ALIKE: f64 = 0.5;

/// Where to look, in words; none where nothing is near, or the whole is short enough to be said.
pub(super) fn nearest(field: &str, fact: &Fact, matcher: &Matcher) -> Option<Message> {
    match (matcher, fact) {
        (Matcher::All(several), _) => {
            several.iter().filter(|one| one.holds(fact) == Truth::No).find_map(|one| nearest(field, fact, one))
        }
        (_, Fact::Text(text)) if text.lines().nth(1).is_none() || censor::has_key(text) => None,
        (Matcher::Part { part, .. }, Fact::Text(text)) => like_part(field, text, part),
        (Matcher::Equal(Value::Text(wanted)), Fact::Text(text)) => first_difference(field, text, wanted),
        (Matcher::Any(inner), Fact::List(elements)) => like_element(field, elements, inner),
        _ => None,
    }
}

/// The line most like the part, or like its first line that is missing.
fn like_part(field: &str, text: &str, part: &str) -> Option<Message> {
    let missing = part.lines().find(|line| !line.trim().is_empty() && !text.contains(line)).unwrap_or(part);
    let (index, line) = most_alike(text.lines(), missing)?;
    Some(msg!("verdict-nearest-line", number = index + 1, line = text_in_words(field, line.trim())))
}

fn first_difference(field: &str, text: &str, wanted: &str) -> Option<Message> {
    let (mut found, mut expected) = (text.lines(), wanted.lines());
    for number in 1_usize.. {
        match (found.next(), expected.next()) {
            (None, None) => return None,
            (found, expected) if found == expected => {}
            (found, expected) => {
                let say = |line: Option<&str>| {
                    line.map_or_else(|| msg!("verdict-nothing"), |line| text_in_words(field, line))
                };
                let (found, expected) = (say(found), say(expected));
                return Some(msg!("verdict-line-differs", number = number, found = found, expected = expected));
            }
        }
    }
    None
}

/// The element most like what one of them should be, after those that are said anyway.
fn like_element(field: &str, elements: &[Fact], inner: &Matcher) -> Option<Message> {
    let wanted = match inner {
        Matcher::Equal(Value::Text(text) | Value::Word(text)) => text,
        Matcher::Part { part, .. } => part,
        _ => return None,
    };
    let texts = || {
        elements.iter().filter_map(|element| if let Fact::Text(text) = element { Some(text.as_str()) } else { None })
    };
    if elements.len() <= words::ELEMENTS || texts().any(censor::has_key) {
        return None;
    }
    let (_, line) = most_alike(texts(), wanted)?;
    Some(msg!("verdict-nearest", list = list_in_words(field, elements), nearest = text_in_words(field, line)))
}

fn most_alike<'a>(lines: impl Iterator<Item = &'a str>, wanted: &str) -> Option<(usize, &'a str)> {
    let plain = |text: &str| text.trim().chars().take(CHARACTERS).collect::<String>().to_lowercase();
    let wanted = plain(wanted);
    lines
        .take(LINES)
        .enumerate()
        .map(|(index, line)| (strsim::sorensen_dice(&plain(line), &wanted), (index, line)))
        .filter(|(alike, _)| *alike >= ALIKE)
        // The first of several that are as near.
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map(|(_, found)| found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::i18n::Lang;

    const SSHD: &str = "# sshd\nPort 22\n#PermitRootLogin prohibit-password\nX11Forwarding yes\n";

    fn part(part: &str) -> Matcher {
        Matcher::Part { part: part.to_owned(), fold: false }
    }

    fn said(fact: &Fact, matcher: &Matcher) -> Option<String> {
        nearest("content", fact, matcher).map(|message| Lang::En.say(&message))
    }

    #[test]
    fn the_line_most_like_a_missing_part_is_said_with_its_number() {
        let found = said(&SSHD.into(), &part("PermitRootLogin no"));
        assert_eq!(found.unwrap(), "line 3, the nearest: “#PermitRootLogin prohibit-password”");
        assert_eq!(said(&SSHD.into(), &part("zzzzzz")), None, "nothing is near");
        assert_eq!(said(&"Port 22".into(), &part("Port 23")), None, "short enough to be said");
    }

    #[test]
    fn of_two_texts_the_first_line_that_differs() {
        let wanted = Matcher::Equal(Value::Text("# sshd\nPort 2222\n".into()));
        assert_eq!(said(&SSHD.into(), &wanted).unwrap(), "line 2: “Port 22” instead of “Port 2222”");
        let longer = Matcher::Equal(Value::Text(format!("{SSHD}end\n")));
        assert_eq!(said(&SSHD.into(), &longer).unwrap(), "line 5: nothing instead of “end”");
    }

    #[test]
    fn of_a_long_list_the_nearest_element() {
        let names = Fact::texts((0..20).map(|number| format!("file-{number}.txt")).chain(["rapport.odt".to_owned()]));
        let wanted = Matcher::Any(Box::new(Matcher::Equal(Value::Text("Rapport.ods".into()))));
        assert!(said(&names, &wanted).unwrap().ends_with("the nearest: “rapport.odt”"));
    }

    #[test]
    fn no_line_of_a_private_key_is_said() {
        let key = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0c2VjcmV0\n-----END OPENSSH PRIVATE KEY-----\n";
        assert_eq!(said(&key.into(), &part("c2VjcmV0c2VjcmV1")), None);
    }

    proptest! {
        #[test]
        fn any_text_is_compared(text in "\\PC{0,80}(\n\\PC{0,20}){0,5}", wanted in "\\PC{1,40}(\n\\PC{0,20})?") {
            let fact = Fact::text(text);
            let _ = (said(&fact, &part(&wanted)), said(&fact, &Matcher::Equal(Value::Text(wanted))));
        }
    }
}
