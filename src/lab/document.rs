//! A TOML file as a tree in which every key and every value knows where it was written.

use std::ops::Range;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

pub(super) use crate::verdict::Step;

use super::problem::{Place, Problem};
use crate::msg;

/// A parsed file.
#[derive(Debug, Clone)]
pub(super) struct Document {
    file: Arc<str>,
    source: Arc<str>,
    /// The whole file.
    pub(super) root: Node,
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// Bytes in the file.
    pub(super) span: Range<usize>,
    /// What it is.
    pub(super) value: Value,
}

/// What TOML knows. Numbers that JSON has no place for are kept as they were written.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    Datetime(String),
    Array(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    /// Where the key is written.
    pub(super) key_span: Range<usize>,
    pub(super) node: Node,
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}
impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A way down the tree: `steps!["criterion", 2, "expect"]`.
macro_rules! steps {
    ($($step:expr),* $(,)?) => { [$($crate::lab::document::Step::from($step)),*] };
}
pub(super) use steps;

impl Document {
    /// Reads a file; every mistake of syntax is a problem.
    pub(super) fn parse(file: &str, source: &str) -> Result<Self, Vec<Problem>> {
        let (file, source): (Arc<str>, Arc<str>) = (file.into(), source.into());
        let (table, errors) = DeTable::parse_recoverable(&source);
        if !errors.is_empty() {
            let mut problems: Vec<_> = errors
                .iter()
                .map(|error| {
                    let span = error.span().unwrap_or(0..0);
                    Problem::new(msg!("lab-syntax", error = error.message())).at(Place {
                        file: file.clone(),
                        source: source.clone(),
                        span,
                    })
                })
                .collect();
            // What follows on the same line comes from the first.
            problems.dedup_by_key(|problem| problem.line());
            return Err(problems);
        }
        let root = Node { span: table.span(), value: from_table(table.get_ref()) };
        Ok(Self { file, source: source.clone(), root })
    }

    /// The place of some bytes.
    pub(super) fn place(&self, span: &Range<usize>) -> Place {
        Place { file: self.file.clone(), source: self.source.clone(), span: span.clone() }
    }

    /// The place of a value, or of the nearest thing above it that is written.
    pub(super) fn value_place(&self, path: &[Step]) -> Place {
        self.place(&self.root.follow(path).span)
    }

    /// The first line of a value: for a table that something is missing in, its header is enough.
    pub(super) fn head(&self, node: &Node) -> Place {
        let written = self.source.get(node.span.clone()).unwrap_or_default();
        let length = written.find('\n').unwrap_or(written.len());
        self.place(&(node.span.start..node.span.start + length))
    }

    /// The place of a part of a text, where the text is written as it is read (without escapes); else the whole of it.
    pub(super) fn inside(&self, path: &[Step], text: &str, part: &Range<usize>) -> Place {
        let span = &self.root.follow(path).span;
        let base = self.source.get(span.clone()).and_then(|written| written.find(text));
        self.place(&base.map_or(span.clone(), |base| span.start + base + part.start..span.start + base + part.end))
    }

    /// The place of a key, or of the nearest thing above it that is written.
    pub(super) fn key_place(&self, path: &[Step]) -> Place {
        let Some((Step::Key(key), above)) = path.split_last() else { return self.value_place(path) };
        let parent = self.root.follow(above);
        self.place(&parent.entry(key).map_or(&parent.span, |entry| &entry.key_span).clone())
    }
}

impl Node {
    /// The entry of a table.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.value {
            Value::Table(entries) => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The node at the end of a path, or the last one that exists.
    fn follow(&self, path: &[Step]) -> &Self {
        let Some((step, rest)) = path.split_first() else { return self };
        let child = match (step, &self.value) {
            (Step::Key(key), _) => self.entry(key).map(|entry| &entry.node),
            (Step::Index(index), Value::Array(items)) => items.get(*index),
            (Step::Index(_), _) => None,
        };
        child.map_or(self, |child| child.follow(rest))
    }

    /// As JSON: what serde reads and templates are rendered in.
    pub(super) fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Text(text) | Value::Datetime(text) => text.as_str().into(),
            Value::Int(number) => (*number).into(),
            Value::Float(number) => (*number).into(),
            Value::Bool(value) => (*value).into(),
            Value::Array(items) => items.iter().map(Self::to_json).collect(),
            Value::Table(entries) => entries.iter().map(|entry| (entry.key.clone(), entry.node.to_json())).collect(),
        }
    }
}

fn from_table(table: &DeTable<'_>) -> Value {
    let mut entries: Vec<_> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_span: key.span(),
            node: Node { span: value.span(), value: from_value(value.get_ref()) },
        })
        .collect();
    entries.sort_by_key(|entry| entry.key_span.start);
    Value::Table(entries)
}

fn from_value(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| Value::Text(number.to_string()), Value::Int),
        DeValue::Float(number) => {
            number.as_str().parse().map_or_else(|_| Value::Text(number.to_string()), Value::Float)
        }
        DeValue::Boolean(value) => Value::Bool(*value),
        DeValue::Datetime(moment) => Value::Datetime(moment.to_string()),
        DeValue::Array(items) => Value::Array(
            items.iter().map(|item| Node { span: item.span(), value: from_value(item.get_ref()) }).collect(),
        ),
        DeValue::Table(table) => from_table(table),
    }
}
