//! A TOML file that a person wrote, of any shape: every mistake is told where it stands, with the mend.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::document::Document;
use super::problem::{Place, Problem};
use super::shape;
use crate::msg;

/// What was read, and where each part of it stands.
#[derive(Debug)]
pub struct Written<T> {
    /// What was read.
    pub content: T,
    pub(super) document: Document,
}

impl<T: DeserializeOwned + JsonSchema> Written<T> {
    /// Reads a file; `name` is what messages call it. The schema of `T` must not refer to definitions of its own
    /// (`#[schemars(inline)]`): those that a reading follows are the manifest's.
    pub fn read(name: &str, source: &str) -> Result<Self, Vec<Problem>> {
        let document = Document::parse(name, source)?;
        let schema = schemars::schema_for!(T).to_value();
        let shape = shape::check_as(&document, &schema, name);
        if !shape.problems.is_empty() {
            return Err(shape.problems);
        }
        match serde_json::from_value(document.root.to_json()) {
            Ok(content) => Ok(Self { content, document }),
            Err(error) => {
                let problem = Problem::new(msg!("lab-syntax", error = error.to_string()));
                Err(vec![problem.at(document.head(&document.root))])
            }
        }
    }

    /// Where the value under these keys stands.
    #[must_use]
    pub fn place(&self, keys: &[&str]) -> Place {
        let path: Vec<_> = keys.iter().map(|key| super::document::Step::from(*key)).collect();
        self.document.value_place(&path)
    }
}
