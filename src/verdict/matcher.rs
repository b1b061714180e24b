//! What an author wrote about one field, compiled against the field's kind.
//!
//! | written | holds when the field… | for |
//! |---|---|---|
//! | a bare value | is equal, by meaning (a list: has the same elements, in any order) | all but records |
//! | `at_least`, `at_most`, `between = [a, b]` | is within, ends included | numbers, sizes, durations, addresses, times |
//! | `before`, `after` | is strictly so | times |
//! | `about = "512MiB"`, `about = ["512MiB", "10%"]` | is within a tolerance (5 % unless said) | sizes |
//! | `one_of = […]` | is one of these (values or tables) | all |
//! | `contains` | has this part, or this element (as `any`) | text, lists |
//! | `matches` | has a part that this regular expression describes | text |
//! | `in_subnet = "10.0.0.0/24"` | is inside | addresses, networks |
//! | `each`, `any`, `none` | has all, at least one, none of its elements so; `each` wants at least one | lists |
//! | `length` | has so many elements or characters | lists, text |
//! | `not` | is there, and isn't so | all |
//! | `absent = true` | is not there | all |
//!
//! Several operators in one table must all hold. For a record, and so for the elements of a list of records, a table
//! is *field → matcher*. A field that isn't there meets nothing but `absent = true`.

use std::cmp::Ordering;
use std::net::IpAddr;

use regex::{Regex, RegexBuilder};
use serde_json::{Map, Value as Json};

use super::error::{CompileError, Step};
use super::value::{Value, is_ordered};
use crate::i18n::Message;
use crate::msg;
use crate::probe::{Field, Kind};

/// Tolerance of `about` unless said, in percent.
const ABOUT: u64 = 5;

/// A compiled matcher.
#[derive(Debug, Clone)]
pub(super) enum Matcher {
    Equal(Value),
    Same(Vec<Value>),
    AtLeast(Value),
    AtMost(Value),
    Between(Value, Value),
    Before(Value),
    After(Value),
    About {
        size: u64,
        percent: u64,
    },
    OneOf(Vec<Matcher>),
    /// `fold`: whatever the case; the part is then lower case already.
    Part {
        part: String,
        fold: bool,
    },
    Matches(Regex),
    InSubnet(IpAddr, u8),
    Each(Box<Matcher>),
    Any(Box<Matcher>),
    NoneOf(Box<Matcher>),
    Length(Box<Matcher>),
    Not(Box<Matcher>),
    Absent(bool),
    All(Vec<Matcher>),
    Fields(Vec<(String, Matcher)>),
}

/// Compiles matchers and gathers the mistakes with their place.
pub(super) struct Compiler {
    pub(super) at: Vec<Step>,
    pub(super) errors: Vec<CompileError>,
}

impl Compiler {
    pub(super) fn new(at: &[Step]) -> Self {
        Self { at: at.to_vec(), errors: Vec::new() }
    }

    /// Notes a mistake at the present place.
    pub(super) fn wrong<T>(&mut self, what: Message) -> Option<T> {
        self.errors.push(CompileError::new(&self.at, what));
        None
    }

    /// Does something one step deeper.
    pub(super) fn within<T>(&mut self, step: Step, act: impl FnOnce(&mut Self) -> T) -> T {
        self.at.push(step);
        let done = act(self);
        self.at.pop();
        done
    }

    fn within_key<T>(&mut self, key: &str, act: impl FnOnce(&mut Self) -> T) -> T {
        self.within(Step::Key(key.to_owned()), act)
    }

    /// Compiles what was written for a field of this kind. None when something was wrong: it is in `errors`.
    pub(super) fn matcher(&mut self, kind: Kind, json: &Json) -> Option<Matcher> {
        match (kind, json) {
            (_, Json::Object(table)) if table.is_empty() => self.wrong(msg!("verdict-error-empty-table")),
            (Kind::Record(fields), Json::Object(table)) => self.record(fields, table),
            (_, Json::Object(table)) => self.operators(kind, table),
            (Kind::List(inner), Json::Array(elements)) => Some(Matcher::Same(self.values(*inner, elements)?)),
            _ => self.value(kind, json).map(Matcher::Equal),
        }
    }

    fn operators(&mut self, kind: Kind, table: &Map<String, Json>) -> Option<Matcher> {
        let compiled: Vec<Option<Matcher>> = table
            .iter()
            .map(|(operator, operand)| self.within_key(operator, |c| c.operator(kind, operator, operand)))
            .collect();
        all(compiled.into_iter().collect::<Option<_>>()?)
    }

    fn record(&mut self, fields: &'static [Field], table: &Map<String, Json>) -> Option<Matcher> {
        let kind = Kind::Record(fields);
        let compiled: Vec<Option<Matcher>> = table
            .iter()
            .map(|(key, json)| {
                self.within_key(key, |c| match fields.iter().find(|field| field.name == key) {
                    Some(field) => Some(Matcher::Fields(vec![(key.clone(), c.matcher(field.kind, json)?)])),
                    None if operators(kind).contains(&key.as_str()) => c.operator(kind, key, json),
                    None => c.unknown_field(fields, key),
                })
            })
            .collect();
        all(compiled.into_iter().collect::<Option<_>>()?)
    }

    pub(super) fn unknown_field<T>(&mut self, fields: &[Field], name: &str) -> Option<T> {
        let valid = fields.iter().map(|field| field.name);
        self.errors.push(CompileError::word(&self.at, msg!("verdict-error-field", name = name), name, valid));
        None
    }

    fn operator(&mut self, kind: Kind, operator: &str, operand: &Json) -> Option<Matcher> {
        let valid = operators(kind);
        if !valid.contains(&operator) {
            let what = if OPERATORS.contains(&operator) {
                msg!("verdict-error-operator-kind", operator = operator, kind = kind_in_words(kind))
            } else {
                msg!("verdict-error-operator", operator = operator)
            };
            self.errors.push(CompileError::word(&self.at, what, operator, valid));
            return None;
        }
        Some(match (operator, kind) {
            ("at_least", _) => Matcher::AtLeast(self.value(kind, operand)?),
            ("at_most", _) => Matcher::AtMost(self.value(kind, operand)?),
            ("before", _) => Matcher::Before(self.value(kind, operand)?),
            ("after", _) => Matcher::After(self.value(kind, operand)?),
            ("between", _) => self.between(kind, operand)?,
            ("about", _) => self.about(operand)?,
            ("one_of", _) => Matcher::OneOf(self.one_of(kind, operand)?),
            ("contains" | "any", Kind::List(inner)) => Matcher::Any(self.boxed(*inner, operand)?),
            ("each", Kind::List(inner)) => Matcher::Each(self.boxed(*inner, operand)?),
            ("none", Kind::List(inner)) => Matcher::NoneOf(self.boxed(*inner, operand)?),
            ("contains", _) => self.part(kind, operand)?,
            ("matches", _) => Matcher::Matches(self.regex(kind, operand)?),
            ("in_subnet", _) => self.subnet(operand)?,
            ("length", _) => Matcher::Length(self.boxed(Kind::Int, operand)?),
            ("not", _) => Matcher::Not(self.boxed(kind, operand)?),
            _ => Matcher::Absent(self.flag(operand)?),
        })
    }

    fn boxed(&mut self, kind: Kind, json: &Json) -> Option<Box<Matcher>> {
        self.matcher(kind, json).map(Box::new)
    }

    fn value(&mut self, kind: Kind, json: &Json) -> Option<Value> {
        let read = Value::read(kind, json);
        if read.is_none() {
            let found = json.as_str().map_or_else(|| json.to_string(), str::to_owned);
            return self.wrong(msg!("verdict-error-value", found = found, kind = kind_in_words(kind)));
        }
        read
    }

    fn values(&mut self, kind: Kind, elements: &[Json]) -> Option<Vec<Value>> {
        let read: Vec<Option<Value>> = elements
            .iter()
            .enumerate()
            .map(|(index, json)| self.within(Step::Index(index), |c| c.value(kind, json)))
            .collect();
        read.into_iter().collect()
    }

    fn one_of(&mut self, kind: Kind, json: &Json) -> Option<Vec<Matcher>> {
        let Some(elements) = json.as_array().filter(|elements| !elements.is_empty()) else {
            return self.wrong(msg!("verdict-error-one-of"));
        };
        let compiled: Vec<Option<Matcher>> = elements
            .iter()
            .enumerate()
            .map(|(index, json)| self.within(Step::Index(index), |c| c.matcher(kind, json)))
            .collect();
        compiled.into_iter().collect()
    }

    fn between(&mut self, kind: Kind, json: &Json) -> Option<Matcher> {
        let Some([low, high]) = json.as_array().map(Vec::as_slice) else {
            return self.wrong(msg!("verdict-error-between"));
        };
        let low = self.within(Step::Index(0), |c| c.value(kind, low));
        let high = self.within(Step::Index(1), |c| c.value(kind, high));
        let (low, high) = (low?, high?);
        if matches!(low.order(&high.fact()), Some(Ordering::Greater | Ordering::Equal)) {
            return Some(Matcher::Between(low, high));
        }
        self.wrong(msg!("verdict-error-between"))
    }

    fn about(&mut self, json: &Json) -> Option<Matcher> {
        let (size, percent) = match json {
            Json::Array(pair) if pair.len() == 2 => (&pair[0], pair[1].as_str()),
            other => (other, Some("5%")),
        };
        let percent = percent.and_then(|text| text.trim().strip_suffix('%')?.trim().parse().ok());
        match (Value::read(Kind::Size, size), percent) {
            (Some(Value::Size(size)), Some(percent)) if percent < 100 => Some(Matcher::About { size, percent }),
            _ => self.wrong(msg!("verdict-error-about", percent = ABOUT)),
        }
    }

    fn part(&mut self, kind: Kind, json: &Json) -> Option<Matcher> {
        match json.as_str().filter(|part| !part.is_empty()) {
            Some(part) if kind == Kind::Word => Some(Matcher::Part { part: part.to_lowercase(), fold: true }),
            Some(part) => Some(Matcher::Part { part: part.to_owned(), fold: false }),
            None => self.wrong(msg!("verdict-error-part")),
        }
    }

    fn regex(&mut self, kind: Kind, json: &Json) -> Option<Regex> {
        let Some(pattern) = json.as_str().filter(|pattern| !pattern.is_empty()) else {
            return self.wrong(msg!("verdict-error-regex-empty"));
        };
        match RegexBuilder::new(pattern).multi_line(true).case_insensitive(kind == Kind::Word).build() {
            Ok(regex) => Some(regex),
            Err(error) => self.wrong(msg!("verdict-error-regex", error = error.to_string())),
        }
    }

    fn subnet(&mut self, json: &Json) -> Option<Matcher> {
        match self.value(Kind::Net, json)? {
            Value::Net(address, prefix) => Some(Matcher::InSubnet(address, prefix)),
            _ => None,
        }
    }

    fn flag(&mut self, json: &Json) -> Option<bool> {
        json.as_bool().or_else(|| self.wrong(msg!("verdict-error-flag")))
    }
}

fn all(mut matchers: Vec<Matcher>) -> Option<Matcher> {
    if matchers.len() == 1 { matchers.pop() } else { Some(Matcher::All(matchers)) }
}

/// Every operator there is, for the schema and the reference.
pub const OPERATORS: &[&str] = &[
    "at_least",
    "at_most",
    "between",
    "before",
    "after",
    "about",
    "one_of",
    "contains",
    "matches",
    "in_subnet",
    "each",
    "any",
    "none",
    "length",
    "not",
    "absent",
];

/// The operators that mean something for a kind.
fn operators(kind: Kind) -> Vec<&'static str> {
    let own: &[&str] = match kind {
        Kind::Text | Kind::Word => &["contains", "matches", "length"],
        Kind::Ip | Kind::Net => &["in_subnet"],
        Kind::Size => &["about"],
        Kind::Time => &["before", "after"],
        Kind::List(_) => &["contains", "each", "any", "none", "length"],
        Kind::Int | Kind::Bool | Kind::Duration | Kind::Mac | Kind::Mode | Kind::Record(_) => &[],
    };
    let order: &[&str] = if is_ordered(kind) { &["at_least", "at_most", "between"] } else { &[] };
    [own, order, &["one_of", "not", "absent"]].concat()
}

/// A kind with an example, for an author.
pub(super) fn kind_in_words(kind: Kind) -> Message {
    match kind {
        Kind::Text | Kind::Word => msg!("verdict-kind-text"),
        Kind::Int => msg!("verdict-kind-int"),
        Kind::Bool => msg!("verdict-kind-bool"),
        Kind::Size => msg!("verdict-kind-size"),
        Kind::Duration => msg!("verdict-kind-duration"),
        Kind::Ip => msg!("verdict-kind-ip"),
        Kind::Net => msg!("verdict-kind-net"),
        Kind::Mac => msg!("verdict-kind-mac"),
        Kind::Mode => msg!("verdict-kind-mode"),
        Kind::Time => msg!("verdict-kind-time"),
        Kind::List(_) => msg!("verdict-kind-list"),
        Kind::Record(_) => msg!("verdict-kind-record"),
    }
}
