//! Whether a document has the shape of a manifest, by its [`schema`](super::schema): every unknown key, wrong type,
//! missing key and unknown word is told, each where it stands, with the nearest valid word.
//!
//! serde would stop at the first; it has the last word all the same, when the manifest is built.

use serde_json::{Map, Value as Json};

use super::document::{Document, Node, Value};
use super::problem::{Place, Problem};
use super::schema::schema;
use super::suggest::nearest;
use crate::i18n::Message;
use crate::msg;

/// What is wrong with a document's shape.
#[derive(Debug, Default)]
pub(super) struct Shape {
    /// Every problem, in the order of the file.
    pub(super) problems: Vec<Problem>,
    /// Where keys that don't exist are written: they can be left out, nothing has to be made up for them.
    unknown_keys: Vec<usize>,
}

impl Shape {
    /// Whether a problem found later comes from one of these: it stands at the same place, or in the same table as
    /// something that had to be made up to read on.
    pub(super) fn explains(&self, later: &Problem) -> bool {
        let Some(later) = later.place.as_deref() else { return false };
        self.problems.iter().filter_map(|problem| problem.place.as_deref()).any(|place| {
            let overlap = place.span.start < later.span.end && later.span.start < place.span.end;
            let table = table_of(place);
            let same_table = table.is_some() && table == table_of(later);
            place.file == later.file && (overlap || place.span == later.span || (same_table && self.is_made_up(place)))
        })
    }

    /// Whether something of the draws had to be made up: what templates say of them means nothing then.
    pub(super) fn spoils_draws(&self) -> bool {
        self.problems.iter().filter_map(|problem| problem.place.as_deref()).any(|place| {
            let header = table_of(place).and_then(|start| place.source.get(start..)).unwrap_or_default();
            header.starts_with("\n[variant") && self.is_made_up(place)
        })
    }

    fn is_made_up(&self, place: &Place) -> bool {
        !self.unknown_keys.contains(&place.span.start)
    }
}

/// Where the header of a place's table is written; none above the first one.
fn table_of(place: &Place) -> Option<usize> {
    place.source.get(..=place.span.start)?.rfind("\n[")
}

/// Holds a document against the schema.
pub(super) fn check(document: &Document) -> Shape {
    check_as(document, schema(), "lab.toml")
}

/// Holds a document against another schema, whose definitions are the manifest's; `name` is what messages call the whole.
pub(super) fn check_as(document: &Document, schema: &Json, name: &str) -> Shape {
    let mut walker = Walker { document, shape: Shape::default() };
    walker.value(&document.root, schema, name);
    walker.shape.problems.sort_by_key(|problem| problem.place.as_ref().map(|place| place.span.start));
    walker.shape
}

struct Walker<'d> {
    document: &'d Document,
    shape: Shape,
}

impl Walker<'_> {
    /// `name` is the key that holds the value, for messages.
    fn value(&mut self, node: &Node, schema: &Json, name: &str) {
        let schema = resolve(schema);
        if let Some(branches) = branches(schema) {
            return self.choice(node, &branches, name);
        }
        if !has_type(node, schema) {
            return self.wrong_type(node, &types(schema), name);
        }
        match &node.value {
            Value::Text(text) => self.word(node, text, schema),
            Value::Int(number) => self.range(node, *number, schema),
            Value::Array(items) => self.array(node, items, schema, name),
            Value::Table(_) => self.table(node, schema, name),
            Value::Float(_) | Value::Bool(_) | Value::Datetime(_) => {}
        }
    }

    /// One of several shapes: an optional value, an enumeration, or a table whose one key says which.
    fn choice(&mut self, node: &Node, branches: &[&Json], name: &str) {
        if let [only] = branches[..] {
            return self.value(node, only, name);
        }
        if branches.iter().all(|branch| tag(branch).is_some()) {
            return self.tagged(node, branches, name);
        }
        // Anything else: the shape it comes nearest to.
        let tries = branches.iter().map(|branch| {
            let mut walker = Walker { document: self.document, shape: Shape::default() };
            walker.value(node, branch, name);
            walker.shape
        });
        if let Some(best) = tries.min_by_key(|shape| shape.problems.len()) {
            self.shape.problems.extend(best.problems);
            self.shape.unknown_keys.extend(best.unknown_keys);
        }
    }

    /// Words and one-key tables, as serde writes enumerations.
    fn tagged(&mut self, node: &Node, branches: &[&Json], name: &str) {
        let valid = || branches.iter().filter_map(|branch| tag(branch)).map(Tag::name);
        match &node.value {
            Value::Text(text) => match branches.iter().find(|branch| tag(branch) == Some(Tag::Word(text))) {
                Some(_) => {}
                None => self.unknown_word(node, text, valid()),
            },
            Value::Table(entries) => match &entries[..] {
                [entry] => match branches.iter().find(|branch| tag(branch) == Some(Tag::Table(&entry.key))) {
                    Some(branch) => self.table(node, branch, name),
                    None => self.push(
                        Problem::new(msg!("lab-unknown-word", word = &entry.key))
                            .maybe_help(nearest(&entry.key, valid()))
                            .at(self.document.place(&entry.key_span)),
                    ),
                },
                _ => self.push(
                    Problem::new(msg!("lab-not-one-key", name = name, count = entries.len()))
                        .maybe_help(nearest("", valid()))
                        .at(self.document.place(&node.span)),
                ),
            },
            _ => {
                let all_words = branches.iter().all(|branch| matches!(tag(branch), Some(Tag::Word(_))));
                self.wrong_type(node, &[if all_words { "string" } else { "object" }], name);
            }
        }
    }

    fn word(&mut self, node: &Node, text: &str, schema: &Json) {
        let Some(words) = words(schema) else { return };
        if !words.contains(&text) {
            self.unknown_word(node, text, words);
        }
    }

    fn range(&mut self, node: &Node, number: i64, schema: &Json) {
        let bound = |key| schema.get(key).and_then(Json::as_i64);
        let (low, high) = (bound("minimum"), bound("maximum"));
        if low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high) {
            let problem = match (low, high) {
                (Some(low), Some(high)) => msg!("lab-out-of-range", number = number, low = low, high = high),
                _ => msg!("lab-negative", number = number),
            };
            self.push(Problem::new(problem).at(self.document.place(&node.span)));
        }
    }

    fn array(&mut self, node: &Node, items: &[Node], schema: &Json, name: &str) {
        let length = |key| schema.get(key).and_then(Json::as_u64).and_then(|count| usize::try_from(count).ok());
        let (least, most) = (length("minItems").unwrap_or(0), length("maxItems").unwrap_or(usize::MAX));
        if !(least..=most).contains(&items.len()) {
            let message = msg!("lab-wrong-length", name = name, expected = least, found = items.len());
            self.push(Problem::new(message).at(self.document.place(&node.span)));
        }
        if let Some(schema) = schema.get("items") {
            for item in items {
                self.value(item, schema, name);
            }
        }
    }

    fn table(&mut self, node: &Node, schema: &Json, name: &str) {
        let Value::Table(entries) = &node.value else { return self.wrong_type(node, &["object"], name) };
        let nothing = Map::new();
        let known = schema.get("properties").and_then(Json::as_object);
        let others = schema.get("additionalProperties");
        for entry in entries {
            match known.and_then(|known| known.get(&entry.key)).or(others) {
                Some(Json::Bool(false)) => {
                    let valid = known.unwrap_or(&nothing).keys().map(String::as_str);
                    self.shape.unknown_keys.push(entry.key_span.start);
                    self.push(
                        Problem::new(msg!("lab-unknown-key", key = &entry.key))
                            .maybe_help(nearest(&entry.key, valid))
                            .at(self.document.place(&entry.key_span)),
                    );
                }
                Some(schema) => self.value(&entry.node, schema, &entry.key),
                None => {}
            }
        }
        let required = schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        for key in required.filter(|key| node.entry(key).is_none()) {
            let doc = known.and_then(|known| known.get(key)?.get("description")?.as_str());
            self.push(
                Problem::new(msg!("lab-missing-key", key = key, name = name))
                    .maybe_help(doc.map(|doc| msg!("lab-missing-key-help", doc = doc.replace('\n', " "))))
                    .at(self.document.head(node)),
            );
        }
    }

    fn unknown_word<'w>(&mut self, node: &Node, word: &str, valid: impl IntoIterator<Item = &'w str>) {
        self.push(
            Problem::new(msg!("lab-unknown-word", word = word))
                .maybe_help(nearest(word, valid))
                .at(self.document.place(&node.span)),
        );
    }

    fn wrong_type(&mut self, node: &Node, expected: &[&str], name: &str) {
        let expected = expected.iter().copied().map(type_words).reduce(|a, b| msg!("lab-type-or", a = a, b = b));
        let expected = expected.unwrap_or_else(|| type_words("string"));
        let found = type_words(type_of(node));
        self.push(
            Problem::new(msg!("lab-wrong-type", name = name, expected = expected, found = found))
                .at(self.document.place(&node.span)),
        );
    }

    fn push(&mut self, problem: Problem) {
        self.shape.problems.push(problem);
    }
}

/// How a branch of an enumeration is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag<'a> {
    /// As a word.
    Word(&'a str),
    /// As the one key of a table.
    Table(&'a str),
}

impl<'a> Tag<'a> {
    fn name(self) -> &'a str {
        match self {
            Self::Word(name) | Self::Table(name) => name,
        }
    }
}

pub(super) fn tag(schema: &Json) -> Option<Tag<'_>> {
    if let Some(word) = schema.get("const").and_then(Json::as_str) {
        return Some(Tag::Word(word));
    }
    let is_closed = schema.get("additionalProperties") == Some(&Json::Bool(false));
    match (schema.get("properties")?.as_object()?, schema.get("required")?.as_array()?.as_slice()) {
        (properties, [required]) if properties.len() == 1 && is_closed => required.as_str().map(Tag::Table),
        _ => None,
    }
}

/// Follows `$ref` into the definitions.
pub(super) fn resolve(schema: &Json) -> &Json {
    let name = schema.get("$ref").and_then(Json::as_str).and_then(|target| target.strip_prefix("#/$defs/"));
    match name.and_then(|name| super::schema::schema().get("$defs")?.get(name)) {
        Some(definition) => resolve(definition),
        None => schema,
    }
}

/// The shapes a schema leaves the choice of, `null` apart; none where it leaves none.
pub(super) fn branches(schema: &Json) -> Option<Vec<&Json>> {
    let all = schema.get("oneOf").or_else(|| schema.get("anyOf"))?.as_array()?;
    let is_null = |schema: &Json| schema.get("type").and_then(Json::as_str) == Some("null");
    Some(all.iter().filter(|branch| !is_null(branch)).map(resolve).collect())
}

/// The words a text is one of; none where any will do.
pub(super) fn words(schema: &Json) -> Option<Vec<&str>> {
    match (schema.get("enum").and_then(Json::as_array), schema.get("const")) {
        (Some(words), _) => Some(words.iter().filter_map(Json::as_str).collect()),
        (None, Some(word)) => Some(word.as_str().into_iter().collect()),
        (None, None) => None,
    }
}

/// The types a schema allows, `null` apart: TOML has none.
pub(super) fn types(schema: &Json) -> Vec<&str> {
    let all = match schema.get("type") {
        Some(Json::String(one)) => vec![one.as_str()],
        Some(Json::Array(several)) => several.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    };
    all.into_iter().filter(|name| *name != "null").collect()
}

fn has_type(node: &Node, schema: &Json) -> bool {
    let allowed = types(schema);
    let found = type_of(node);
    allowed.is_empty() || allowed.contains(&found) || (found == "integer" && allowed.contains(&"number"))
}

fn type_of(node: &Node) -> &'static str {
    match node.value {
        Value::Text(_) => "string",
        Value::Int(_) => "integer",
        Value::Float(_) => "number",
        Value::Bool(_) => "boolean",
        Value::Datetime(_) => "date",
        Value::Array(_) => "array",
        Value::Table(_) => "object",
    }
}

fn type_words(name: &str) -> Message {
    match name {
        "string" => msg!("lab-type-string"),
        "integer" => msg!("lab-type-integer"),
        "number" => msg!("lab-type-number"),
        "boolean" => msg!("lab-type-boolean"),
        "date" => msg!("lab-type-date"),
        "array" => msg!("lab-type-array"),
        _ => msg!("lab-type-object"),
    }
}
