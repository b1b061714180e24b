//! The answers of an IMAP server (RFC 9051 §9), taken apart. Pure.

use base64::Engine as _;
use base64::alphabet::IMAP_MUTF7;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

/// Deeper lists are an error: no answer has them.
const DEPTH: usize = 20;

/// A part of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// A word or a quoted text.
    Text(String),
    /// What is in brackets.
    List(Vec<Part>),
}

impl Part {
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn list(&self) -> &[Part] {
        if let Self::List(parts) = self { parts } else { &[] }
    }
}

/// The parts of a line; none: it is none.
pub(super) fn parts(line: &str) -> Option<Vec<Part>> {
    let mut rest = line.chars().peekable();
    let parts = list(&mut rest, None, 0)?;
    rest.next().is_none().then_some(parts)
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn list(rest: &mut Chars<'_>, close: Option<char>, depth: usize) -> Option<Vec<Part>> {
    if depth > DEPTH {
        return None;
    }
    let mut parts = Vec::new();
    loop {
        match rest.peek().copied() {
            None => return close.is_none().then_some(parts),
            Some(c) if Some(c) == close => {
                rest.next();
                return Some(parts);
            }
            Some(' ') => {
                rest.next();
            }
            Some('(') => {
                rest.next();
                parts.push(Part::List(list(rest, Some(')'), depth + 1)?));
            }
            Some('"') => parts.push(Part::Text(quoted(rest)?)),
            Some(')') => return None,
            Some(_) => parts.push(Part::Text(word(rest))),
        }
    }
}

fn quoted(rest: &mut Chars<'_>) -> Option<String> {
    rest.next();
    let mut text = String::new();
    loop {
        match rest.next()? {
            '"' => return Some(text),
            '\\' => text.push(rest.next()?),
            other => text.push(other),
        }
    }
}

fn word(rest: &mut Chars<'_>) -> String {
    let mut text = String::new();
    while let Some(c) = rest.next_if(|c| ![' ', '(', ')', '"'].contains(c)) {
        text.push(c);
    }
    text
}

/// A text as it is written in a line.
pub(super) fn quote(text: &str) -> String {
    let clean = text.chars().filter(|c| !c.is_control());
    let mut quoted = String::from("\"");
    for c in clean {
        if c == '"' || c == '\\' {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// The length of the literal that a line announces at its end: `{12}`, `{12+}`.
pub(super) fn literal(line: &str) -> Option<usize> {
    let digits = line.strip_suffix('}')?.rsplit_once('{')?.1;
    digits.strip_suffix('+').unwrap_or(digits).parse().ok()
}

const BASE64: GeneralPurpose = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD);

/// A folder's name from its modified UTF-7 (RFC 3501 §5.1.3); as it is where it is none.
pub(super) fn folder_name(text: &str) -> String {
    decoded(text).unwrap_or_else(|| text.to_owned())
}

fn decoded(text: &str) -> Option<String> {
    let mut name = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (shifted, after) = after.split_once('-')?;
        name.push_str(before);
        if shifted.is_empty() {
            name.push('&');
        } else {
            let bytes = BASE64.decode(shifted).ok()?;
            let units: Vec<u16> =
                bytes.chunks(2).map(|pair| u16::from(pair[0]) << 8 | u16::from(*pair.get(1).unwrap_or(&0))).collect();
            name.push_str(&String::from_utf16(&units).ok()?);
        }
        rest = after;
    }
    name.push_str(rest);
    Some(name)
}

/// The reverse of [`folder_name`].
pub(super) fn folder_code(name: &str) -> String {
    let mut code = String::new();
    let mut shifted: Vec<u8> = Vec::new();
    let flush = |shifted: &mut Vec<u8>, code: &mut String| {
        if !shifted.is_empty() {
            code.push('&');
            code.push_str(&BASE64.encode(&*shifted));
            code.push('-');
            shifted.clear();
        }
    };
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            flush(&mut shifted, &mut code);
            code.push(c);
            if c == '&' {
                code.push('-');
            }
        } else {
            shifted.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut shifted, &mut code);
    code
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn answers_come_apart() {
        let found = parts("* LIST (\\HasNoChildren \\Sent) \"/\" \"a \\\"b\\\"\"").unwrap();
        assert_eq!(found[1].text(), Some("LIST"));
        assert_eq!(found[2].list()[1].text(), Some("\\Sent"));
        assert_eq!(found[4].text(), Some("a \"b\""));
        assert_eq!(parts("a )"), None);
        assert_eq!(parts("( a"), None);
        assert_eq!(parts("\"a"), None);
        assert_eq!(parts(&"(".repeat(5000)), None);
    }

    #[test]
    fn literals_are_announced_at_the_end() {
        assert_eq!(literal("* FETCH (BODY[] {12}"), Some(12));
        assert_eq!(literal("{3+}"), Some(3));
        assert_eq!(literal("{x}"), None);
        assert_eq!(literal("{-1}"), None);
    }

    #[test]
    fn folders_have_accents() {
        assert_eq!(folder_name("&AMk-l&AOk-ments envoy&AOk-s"), "Éléments envoyés");
        assert_eq!(folder_code("Éléments envoyés"), "&AMk-l&AOk-ments envoy&AOk-s");
        assert_eq!((folder_name("R&-D"), folder_code("R&D")), ("R&D".into(), "R&-D".into()));
        assert_eq!(folder_name("a&b"), "a&b");
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in ".{0,120}") {
            let _ = (parts(&text), literal(&text), folder_name(&text));
            prop_assert_eq!(folder_name(&folder_code(&text)), text.clone());
            let clean: String = text.chars().filter(|c| !c.is_control()).collect();
            prop_assert_eq!(parts(&quote(&text)), Some(vec![Part::Text(clean)]));
        }
    }
}
