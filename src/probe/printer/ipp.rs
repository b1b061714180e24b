//! IPP messages (RFC 8010): a request written, an answer taken apart. Pure.

use std::collections::BTreeMap;

/// Operations (RFC 8011 §4.4.15; CUPS's own: `CUPS-Get-Default`).
pub(super) const PRINT_JOB: u16 = 0x0002;
pub(super) const CANCEL_JOB: u16 = 0x0008;
pub(super) const GET_JOB: u16 = 0x0009;
pub(super) const GET_JOBS: u16 = 0x000a;
pub(super) const GET_PRINTER: u16 = 0x000b;
pub(super) const GET_DEFAULT: u16 = 0x4001;

/// Value tags (RFC 8010 §3.5.2).
pub(super) const INTEGER: u8 = 0x21;
pub(super) const KEYWORD: u8 = 0x44;
pub(super) const NAME: u8 = 0x42;
pub(super) const URI: u8 = 0x45;
pub(super) const MIME: u8 = 0x49;
const CHARSET: u8 = 0x47;
const LANGUAGE: u8 = 0x48;
/// Group tags.
const OPERATION: u8 = 0x01;
const END: u8 = 0x03;
const FIRST_VALUE: u8 = 0x10;

/// More values in one answer are not kept.
const VALUES: usize = 20_000;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Int(i32),
    Bool(bool),
    Text(String),
}

impl Value {
    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }
}

/// The attributes of one object.
pub(super) type Group = BTreeMap<String, Vec<Value>>;

/// An answer: its status (below 0x100: done) and the groups after the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) groups: Vec<Group>,
    /// The server's words for its status.
    pub(super) message: Option<String>,
}

impl Answer {
    pub(super) fn is_done(&self) -> bool {
        self.status < 0x100
    }
}

/// A request: version 1.1, this operation and its attributes (tag, name, value).
pub(super) fn request(operation: u16, attributes: &[(u8, &str, &[u8])]) -> Vec<u8> {
    let mut bytes = vec![1, 1];
    bytes.extend(operation.to_be_bytes());
    bytes.extend(1_u32.to_be_bytes());
    bytes.push(OPERATION);
    let first: [(u8, &str, &[u8]); 2] =
        [(CHARSET, "attributes-charset", b"utf-8"), (LANGUAGE, "attributes-natural-language", b"en")];
    for (tag, name, value) in first.iter().chain(attributes) {
        bytes.push(*tag);
        put(&mut bytes, name.as_bytes());
        put(&mut bytes, value);
    }
    bytes.push(END);
    bytes
}

fn put(bytes: &mut Vec<u8>, text: &[u8]) {
    let text = &text[..text.len().min(1000)];
    bytes.extend(u16::try_from(text.len()).unwrap_or(0).to_be_bytes());
    bytes.extend(text);
}

/// Takes an answer apart; none: it is none.
pub(super) fn answer(bytes: &[u8]) -> Option<Answer> {
    let mut rest = Rest(bytes);
    let head = rest.take(8)?;
    let status = u16::from_be_bytes([head[2], head[3]]);
    let mut groups: Vec<Group> = Vec::new();
    let (mut name, mut count) = (String::new(), 0);
    loop {
        let tag = rest.take(1)?[0];
        if tag == END {
            break;
        }
        if tag < FIRST_VALUE {
            groups.push(Group::new());
            continue;
        }
        let own = rest.counted()?;
        let value = value(tag, rest.counted()?);
        // A value without a name is one more of the attribute before.
        if !own.is_empty() {
            name = String::from_utf8_lossy(own).into_owned();
        }
        count += 1;
        if count > VALUES {
            return None;
        }
        if let Some(value) = value {
            groups.last_mut()?.entry(name.clone()).or_default().push(value);
        }
    }
    let first = if groups.is_empty() { Group::new() } else { groups.remove(0) };
    let message = first.get("status-message").and_then(|all| all.first()?.text().map(str::to_owned));
    Some(Answer { status, groups, message })
}

fn value(tag: u8, bytes: &[u8]) -> Option<Value> {
    match tag {
        0x21 | 0x23 => Some(Value::Int(i32::from_be_bytes(bytes.try_into().ok()?))),
        0x22 => Some(Value::Bool(*bytes.first()? != 0)),
        0x41..=0x49 => Some(Value::Text(String::from_utf8_lossy(bytes).into_owned())),
        _ => None,
    }
}

struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn counted(&mut self) -> Option<&'a [u8]> {
        let length = self.take(2)?;
        self.take(usize::from(u16::from_be_bytes([length[0], length[1]])))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An answer of one object.
    pub(in crate::probe::printer) fn made(status: u16, attributes: &[(u8, &str, &[u8])]) -> Vec<u8> {
        let mut bytes = request(status, &[]);
        bytes.pop();
        bytes.push(0x04);
        for (tag, name, value) in attributes {
            bytes.push(*tag);
            put(&mut bytes, name.as_bytes());
            put(&mut bytes, value);
        }
        bytes.push(END);
        bytes
    }

    #[test]
    fn an_answer_comes_apart() {
        let bytes = made(
            0,
            &[
                (INTEGER, "printer-state", &[0, 0, 0, 5]),
                (KEYWORD, "reasons", b"paused"),
                (KEYWORD, "", b"offline"),
                (0x22, "accepting", &[1]),
            ],
        );
        let answer = answer(&bytes).unwrap();
        assert!(answer.is_done());
        assert_eq!(answer.groups[0]["printer-state"], [Value::Int(5)]);
        assert_eq!(answer.groups[0]["reasons"], ["paused", "offline"].map(|text| Value::Text(text.into())));
        assert_eq!(answer.groups[0]["accepting"], [Value::Bool(true)]);
    }

    #[test]
    fn what_is_cut_off_is_no_answer() {
        let bytes = made(0x406, &[(URI, "x", b"ipp://y")]);
        assert!(!answer(&bytes).unwrap().is_done());
        for length in 0..bytes.len() {
            assert_eq!(answer(&bytes[..length]), None);
        }
    }

    proptest! {
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), head: bool) {
            let bytes = if head { [&[1, 1, 0, 0, 0, 0, 0, 1, 1][..], &bytes].concat() } else { bytes };
            let _ = answer(&bytes);
        }
    }
}
