//! What is wrong with an expectation, as data: whoever read it from a file can point at the place.

use std::fmt;

use crate::i18n::{Lang, Message};

/// One step into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A key of a table.
    Key(String),
    /// An element of a list, from 0.
    Index(usize),
}

/// One mistake of an author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// Where, from the document's top: `criterion[0]`, `expect`, `offer.addres`.
    pub at: Vec<Step>,
    /// What is wrong and how to mend it.
    pub what: Message,
    /// The valid word most like the one found.
    pub nearest: Option<String>,
    /// The words that would be right there; empty where it isn't about words.
    pub valid: Vec<String>,
}

impl CompileError {
    pub(super) fn new(at: &[Step], what: Message) -> Self {
        Self { at: at.to_vec(), what, nearest: None, valid: Vec::new() }
    }

    /// A word that isn't among the valid ones.
    pub(super) fn word<'a>(at: &[Step], what: Message, found: &str, valid: impl IntoIterator<Item = &'a str>) -> Self {
        let valid: Vec<String> = valid.into_iter().map(str::to_owned).collect();
        Self { at: at.to_vec(), what, nearest: nearest(found, &valid), valid }
    }
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.at.iter().enumerate() {
            match step {
                Step::Key(key) if index == 0 => write!(f, "{key}")?,
                Step::Key(key) if key.contains('.') => write!(f, ".\"{key}\"")?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        write!(f, ": {}", Lang::En.say(&self.what))
    }
}

/// The valid word most like `found`, if one is alike enough to be meant.
fn nearest(found: &str, valid: &[String]) -> Option<String> {
    let found = found.to_lowercase().replace('-', "_");
    valid
        .iter()
        .map(|word| (strsim::jaro_winkler(&found, &word.replace('-', "_")), word))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word.clone())
}
