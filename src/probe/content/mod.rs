//! What a file says at a place: a line of a text, a key of an INI file, a path in JSON, TOML, XML or YAML.
//!
//! The file is the subject here; where it only configures a service, prefer a family that asks the service.

mod document;
mod path;

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{About, Cost, Fact, Field, Kind, Machine, Observation, Watch, reading};
use crate::i18n::Message;
use crate::msg;
use path::Steps;

/// What a lab writes: `content = { path = "/etc/samba/smb.conf", format = "ini", at = "global.workgroup" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Absolute path of the file, of at most 4 MiB.
    pub path: String,
    /// How it is written.
    pub format: Format,
    /// Where to look: for text a regular expression tried on each line (its first group, else all of it, is the value);
    /// for the others names parted by dots (`global.workgroup`, `servers[0].name`, `"a.b".c`, `*` for all, `domain.@type`
    /// for an attribute of XML).
    pub at: String,
    /// Whether names are the same whatever their case.
    #[serde(default, rename = "ignore-case")]
    pub ignore_case: bool,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Lines.
    Text,
    /// `key = value` under `[section]`; lines that begin with `#` or `;` are comments. A key before any section has no
    /// section in its path.
    Ini,
    /// RFC 8259.
    Json,
    /// TOML 1.0.
    Toml,
    /// XML 1.0: names without their prefix, `@name` for an attribute. Entities that the file itself defines are not read.
    Xml,
    /// YAML 1.2, the first document.
    Yaml,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS).paths(&["path"]).watches(&[Watch::Argument("path")]);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether there is such a file" },
    Field { name: "valid", kind: Kind::Bool, doc: "whether it can be read in its format" },
    Field { name: "error", kind: Kind::Text, doc: "why not, with the place where the reader knows it" },
    Field { name: "found", kind: Kind::Bool, doc: "whether something is at that place" },
    Field { name: "count", kind: Kind::Int, doc: "how many things are" },
    Field { name: "value", kind: Kind::Text, doc: "the last of them, as text; none for a list or a table" },
    Field { name: "values", kind: Kind::List(&Kind::Text), doc: "all of them in their order; of a list its elements" },
    Field { name: "number", kind: Kind::Int, doc: "the value, where it is a whole number" },
    Field { name: "flag", kind: Kind::Bool, doc: "the value, where it is true, yes, on, 1 or false, no, off, 0" },
    Field { name: "kind", kind: Kind::Word, doc: "of the value: text, number, bool, null, list or table" },
];

/// An XML document as a tree: elements by their local names, several of one name as a list.
pub(super) fn xml(text: &str) -> Result<serde_json::Value, String> {
    document::parse(Format::Xml, text)
}

pub(super) fn observe(args: &Args, _machine: &Machine) -> Observation {
    let source = msg!("probe-source-file", path = &args.path);
    match look(args) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn look(args: &Args) -> Result<Fact, Message> {
    let Some(text) = reading::text(Path::new(&args.path))? else {
        return Ok(Fact::record([("exists", false.into()), ("found", false.into())]));
    };
    let found = match args.format {
        Format::Text => lines(&text, &args.at)?,
        format => {
            let steps = Steps::parse(&args.at).ok_or_else(|| msg!("probe-content-path", path = &args.at))?;
            match document::parse(format, &text) {
                Ok(document) => repeated(format, steps.follow(&document, args.ignore_case)),
                Err(error) => {
                    return Ok(Fact::record([
                        ("exists", true.into()),
                        ("valid", false.into()),
                        ("error", error.into()),
                        ("found", false.into()),
                    ]));
                }
            }
        }
    };
    Ok(fact(&found))
}

/// Where a format has no lists, what repeats is several things.
fn repeated(format: Format, found: Vec<&Json>) -> Vec<Json> {
    let spread = |value: &Json| match value {
        Json::Array(several) if matches!(format, Format::Ini | Format::Xml) => several.clone(),
        other => vec![other.clone()],
    };
    found.into_iter().flat_map(spread).collect()
}

/// What the expression finds, one value a line.
fn lines(text: &str, pattern: &str) -> Result<Vec<Json>, Message> {
    let pattern = regex::Regex::new(pattern).map_err(|_| msg!("probe-content-path", path = pattern))?;
    let value = |line| {
        let found = pattern.captures(line)?;
        found.get(1).or_else(|| found.get(0)).map(|part| Json::from(part.as_str()))
    };
    Ok(text.lines().filter_map(value).collect())
}

fn fact(found: &[Json]) -> Fact {
    let values: Vec<&Json> = match found {
        [Json::Array(elements)] => elements.iter().collect(),
        several => several.iter().collect(),
    };
    let last = found.last();
    let value = last.and_then(said);
    Fact::record([
        ("exists", true.into()),
        ("valid", true.into()),
        ("found", (!found.is_empty()).into()),
        ("count", Fact::whole(values.len())),
        ("number", value.as_deref().and_then(|text| text.trim().parse::<i64>().ok()).into()),
        ("flag", value.as_deref().and_then(flag).into()),
        ("kind", last.map(kind).into()),
        ("value", value.into()),
        ("values", Fact::texts(values.into_iter().filter_map(said))),
    ])
}

fn said(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(flag) => Some(flag.to_string()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn flag(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => Some(true),
        "false" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

fn kind(value: &Json) -> &'static str {
    match value {
        Json::String(_) => "text",
        Json::Number(_) => "number",
        Json::Bool(_) => "bool",
        Json::Null => "null",
        Json::Array(_) => "list",
        Json::Object(_) => "table",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(fact: &Fact, name: &str) -> Fact {
        match fact {
            Fact::Record(fields) => fields.get(name).cloned().unwrap_or(Fact::None),
            other => other.clone(),
        }
    }

    #[test]
    fn the_last_line_wins_and_comments_do_not_count() {
        let text = "#Port 21\nPort 22\nPort 2222\n";
        let seen = fact(&lines(text, r"^Port\s+(\d+)").unwrap());
        assert_eq!(field(&seen, "value"), Fact::text("2222"));
        assert_eq!(field(&seen, "number"), Fact::Int(2222));
        assert_eq!(field(&seen, "values"), Fact::texts(["22", "2222"]));
    }

    #[test]
    fn a_list_gives_its_elements() {
        let seen = fact(&[serde_json::json!(["a", 1, true])]);
        assert_eq!(field(&seen, "values"), Fact::texts(["a", "1", "true"]));
        assert_eq!((field(&seen, "kind"), field(&seen, "value")), (Fact::text("list"), Fact::None));
    }

    #[test]
    fn nothing_found_has_no_value() {
        let seen = fact(&[]);
        assert_eq!((field(&seen, "found"), field(&seen, "value")), (Fact::Bool(false), Fact::None));
    }
}
