//! Everything a leaf of a criterion expects of one observation.
//!
//! A field path names a field (`mode`), a field of a record (`offer.address`) or of one element of a list, counted
//! from 1 as people and partition tables do (`partitions.1.size`).

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::Finding;
use super::apply::field;
use super::error::{CompileError, Step};
use super::matcher::{Compiler, Matcher};
use super::nearest::nearest;
use super::truth::Truth;
use super::words::{found_in_words, matcher_in_words};
use crate::msg;
use crate::probe::{Fact, Field, Kind, Observation};

/// A compiled `expect` table.
#[derive(Debug, Clone)]
pub struct Expectation {
    items: Vec<Item>,
}

#[derive(Debug, Clone)]
struct Item {
    path: Path,
    matcher: Matcher,
}

/// A field path, resolved.
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub(super) written: String,
    hops: Vec<Hop>,
    /// What it leads to.
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
enum Hop {
    Field(String),
    /// From 0.
    Element(usize),
}

impl Expectation {
    /// Compiles an `expect` table against the fields of a probe family; `at` is the table's own place.
    pub fn compile(
        fields: &'static [Field],
        expect: &BTreeMap<String, Json>,
        at: &[Step],
    ) -> Result<Self, Vec<CompileError>> {
        let mut compiler = Compiler::new(at);
        if expect.is_empty() {
            let valid = fields.iter().map(|field| field.name);
            return Err(vec![CompileError::word(at, msg!("verdict-error-empty-expectation"), "", valid)]);
        }
        let items: Vec<Option<Item>> = expect
            .iter()
            .map(|(path, json)| {
                compiler.within(Step::Key(path.clone()), |compiler| {
                    let path = compiler.path(fields, path)?;
                    Some(Item { matcher: compiler.matcher(path.kind, json)?, path })
                })
            })
            .collect();
        match items.into_iter().collect::<Option<Vec<_>>>() {
            Some(items) if compiler.errors.is_empty() => Ok(Self { items }),
            _ => Err(compiler.errors),
        }
    }

    /// Every field beside what was found.
    #[must_use]
    pub fn findings(&self, observation: &Observation) -> Vec<Finding> {
        self.items
            .iter()
            .map(|item| {
                let fact = item.path.find(&observation.fact);
                let truth = item.matcher.holds(fact);
                let name = item.path.name();
                let near = if truth == Truth::No { nearest(name, fact, &item.matcher) } else { None };
                let found = truth.reason().cloned().or(near);
                let found = found.unwrap_or_else(|| found_in_words(name, fact, &item.matcher));
                Finding {
                    field: item.path.written.clone(),
                    expected: matcher_in_words(name, &item.matcher),
                    found,
                    source: observation.source.clone(),
                    status: truth.status(),
                }
            })
            .collect()
    }

    /// Whether all of it holds.
    #[must_use]
    pub fn holds(&self, observation: &Observation) -> Truth {
        Truth::all(self.items.iter().map(|item| item.matcher.holds(item.path.find(&observation.fact))))
    }
}

impl Path {
    /// The name of the field it leads to.
    pub(super) fn name(&self) -> &str {
        let names = self.hops.iter().rev().find_map(|hop| if let Hop::Field(name) = hop { Some(name) } else { None });
        names.map_or("", String::as_str)
    }

    /// What it leads to in an observation.
    pub(super) fn find<'a>(&self, fact: &'a Fact) -> &'a Fact {
        self.hops.iter().fold(fact, |fact, hop| match (hop, fact) {
            (_, Fact::Unknown(_)) => fact,
            (Hop::Field(name), _) => field(fact, name),
            (Hop::Element(index), Fact::List(elements)) => elements.get(*index).unwrap_or(&Fact::None),
            (Hop::Element(_), _) => &Fact::None,
        })
    }
}

impl Compiler {
    /// Resolves a field path.
    pub(super) fn path(&mut self, fields: &'static [Field], path: &str) -> Option<Path> {
        let mut kind = Kind::Record(fields);
        let mut hops = Vec::new();
        for part in path.split('.') {
            match kind {
                Kind::Record(fields) => {
                    let Some(field) = fields.iter().find(|field| field.name == part) else {
                        return self.unknown_field(fields, part);
                    };
                    kind = field.kind;
                    hops.push(Hop::Field(part.to_owned()));
                }
                Kind::List(inner) => {
                    let Some(index) = part.parse::<usize>().ok().and_then(|number| number.checked_sub(1)) else {
                        return self.wrong(msg!("verdict-error-index", part = part));
                    };
                    kind = *inner;
                    hops.push(Hop::Element(index));
                }
                _ => return self.wrong(msg!("verdict-error-too-deep", part = part)),
            }
        }
        Some(Path { written: path.to_owned(), hops, kind })
    }
}
