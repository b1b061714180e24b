//! A file of criteria without a lab: `[[criterion]]` tables about the machine that reads it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value as Json;

use super::check::misplaced;
use super::manifest::{After, CheckSpec, Criterion, Text};
use super::problem::Problem;
use super::written::Written;
use crate::msg;
use crate::probe::Probe;
use crate::verdict::Suite;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "criterion")]
    criteria: Vec<Entry>,
}

/// A lab's criterion without what only makes sense in a lab; title and points may be left out.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)] // The definitions that a reading follows are the manifest's.
struct Entry {
    id: String,
    title: Option<Text>,
    #[serde(default = "one")]
    points: u32,
    #[serde(default)]
    needs: Vec<String>,
    probe: Option<Probe>,
    #[serde(default)]
    expect: BTreeMap<String, Json>,
    all: Option<Vec<CheckSpec>>,
    any: Option<Vec<CheckSpec>>,
    not: Option<Box<CheckSpec>>,
}

fn one() -> u32 {
    1
}

impl From<Entry> for Criterion {
    fn from(entry: Entry) -> Self {
        let Entry { id, title, points, needs, probe, expect, all, any, not } = entry;
        let title = title.unwrap_or_else(|| Text { fr: id.clone(), en: id.clone() });
        let (machine, look) = (None, None);
        Self { id, title, points, machine, after: After::Now, needs, guard: false, look, probe, expect, all, any, not }
    }
}

/// Reads and compiles a file; `file` is its name for messages. Every problem is told, each where it stands.
pub fn read_suite(file: &str, source: &str) -> Result<(Vec<Criterion>, Suite), Vec<Problem>> {
    // Where each part stands is only worth its price once something is wrong.
    plainly(source).map_or_else(|| with_places(file, source), Ok)
}

/// A file without a mistake.
fn plainly(source: &str) -> Option<(Vec<Criterion>, Suite)> {
    let read: File = toml::from_str(source).ok()?;
    let criteria: Vec<Criterion> = read.criteria.into_iter().map(Criterion::from).collect();
    let suite = Suite::compile(&criteria, &[], "").ok()?;
    (!criteria.is_empty()).then_some((criteria, suite))
}

fn with_places(file: &str, source: &str) -> Result<(Vec<Criterion>, Suite), Vec<Problem>> {
    let read = Written::<File>::read(file, source)?;
    let document = &read.document;
    if read.content.criteria.is_empty() {
        return Err(vec![Problem::new(msg!("verdict-error-no-criterion")).at(document.head(&document.root))]);
    }
    let criteria: Vec<Criterion> = read.content.criteria.into_iter().map(Criterion::from).collect();
    match Suite::compile(&criteria, &[], "") {
        Ok(suite) => Ok((criteria, suite)),
        Err(errors) => Err(errors.into_iter().map(|error| misplaced(document, error)).collect()),
    }
}
