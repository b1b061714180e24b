//! A place in a document: names parted by dots, positions in brackets.

use serde_json::Value as Json;

/// A path, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Steps(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
    All,
}

/// More matches than this are not gathered.
const MOST: usize = 10_000;

impl Steps {
    /// Reads `servers[0]."a.b".*`; none where it makes no sense. An empty path is the whole document.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        let mut rest = text.trim();
        while !rest.is_empty() {
            rest = if let Some(after) = rest.strip_prefix('[') {
                let (inner, after) = after.split_once(']')?;
                steps.push(if inner == "*" { Step::All } else { Step::Index(inner.parse().ok()?) });
                after
            } else if let Some(after) = rest.strip_prefix('"') {
                let (name, after) = after.split_once('"')?;
                steps.push(Step::Name(name.to_owned()));
                after
            } else {
                let end = rest.find(['.', '[']).unwrap_or(rest.len());
                let name = rest[..end].trim();
                steps.push(match name {
                    "" => return None,
                    "*" => Step::All,
                    name => Step::Name(name.to_owned()),
                });
                &rest[end..]
            };
            match rest.strip_prefix('.') {
                Some("") => return None,
                Some(after) => rest = after,
                None if rest.is_empty() || rest.starts_with('[') => {}
                None => return None,
            }
        }
        Some(Self(steps))
    }

    /// Everything at the place. A name reaches into each element of a list: elements of XML and keys of INI repeat.
    pub(super) fn follow<'a>(&self, document: &'a Json, fold: bool) -> Vec<&'a Json> {
        let mut found = vec![document];
        for (index, step) in self.0.iter().enumerate() {
            let mut next: Vec<&Json> = found.iter().flat_map(|value| step.from(value, fold)).take(MOST).collect();
            // What repeats is several things, unless a position follows.
            let positioned = matches!(self.0.get(index + 1), Some(Step::Index(_) | Step::All));
            if !positioned && index + 1 < self.0.len() {
                next = next.into_iter().flat_map(spread).take(MOST).collect();
            }
            found = next;
        }
        found
    }
}

fn spread(value: &Json) -> Vec<&Json> {
    match value {
        Json::Array(elements) => elements.iter().collect(),
        other => vec![other],
    }
}

impl Step {
    fn from<'a>(&self, value: &'a Json, fold: bool) -> Vec<&'a Json> {
        match (self, value) {
            (Self::Name(name), Json::Object(table)) => table
                .iter()
                .filter(|(key, _)| *key == name || (fold && key.to_lowercase() == name.to_lowercase()))
                .map(|(_, value)| value)
                .collect(),
            (Self::Index(index), Json::Array(elements)) => elements.get(*index).into_iter().collect(),
            // One element of XML is a list of one.
            (Self::Index(0), single) => vec![single],
            (Self::All, Json::Array(elements)) => elements.iter().collect(),
            (Self::All, Json::Object(table)) => table.values().collect(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn at(path: &str) -> Vec<Json> {
        let document = json!({
            "a": { "b": 1, "c.d": 2, "L": [10, 20] },
            "s": [{ "n": "x" }, { "n": "y" }, { "m": 1 }]
        });
        Steps::parse(path).unwrap().follow(&document, false).into_iter().cloned().collect()
    }

    #[test]
    fn places() {
        assert_eq!(at("a.b"), [json!(1)]);
        assert_eq!(at("a.\"c.d\""), [json!(2)]);
        assert_eq!(at("a.L[1]"), [json!(20)]);
        assert_eq!(at("a.L"), [json!([10, 20])]);
        assert_eq!(at("s.n"), [json!("x"), json!("y")]);
        assert_eq!(at("s[*].n"), [json!("x"), json!("y")]);
        assert_eq!(at("s[1].n"), [json!("y")]);
        assert_eq!(at("a.l"), [] as [Json; 0]);
        assert_eq!(at("a[0].b"), [json!(1)]);
        assert_eq!(at("a.*").len(), 3);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for path in ["a..b", ".a", "a.", "a[", "a[x]", "\"a", "\"a\"b"] {
            assert_eq!(Steps::parse(path), None, "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_path_is_read(path in "[a-z.\\[\\]\"*0-9 ]{0,30}") {
            if let Some(steps) = Steps::parse(&path) {
                let _ = steps.follow(&json!({ "a": [[1, { "b": 2 }]], "0": null }), true);
            }
        }
    }
}
