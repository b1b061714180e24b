//! Labs: what an author writes, read, checked, and rendered for one seed.

pub mod cabling;
mod catalogue;
mod check;
pub mod coverage;
mod document;
mod draw;
mod lint;
pub mod manifest;
mod person;
mod problem;
mod repair;
pub mod scaffold;
mod schema;
mod scripts;
mod shape;
mod stream;
mod subnet;
mod suggest;
mod suite;
mod template;
#[cfg(test)]
mod tests;
mod variant;
mod written;

use std::collections::BTreeMap;
use std::path::PathBuf;

pub use catalogue::Catalogue;
pub use lint::advice;
pub use manifest::{Manifest, Text};
pub use problem::{Place, Problem};
pub use schema::schema;
pub use suite::read_suite;
pub use written::Written;

use serde::{Deserialize, Serialize};

use crate::msg;
use document::Document;

/// A lab as written: its manifest and the other files of its folder.
#[derive(Debug, Clone)]
pub struct Lab {
    /// `lab.toml`, templates not yet rendered.
    pub manifest: Manifest,
    /// The other files (`brief.fr.md`, `setup/srv.sh`…): path in the folder → text.
    pub files: BTreeMap<String, String>,
    /// Where it was read; none for the embedded ones.
    pub folder: Option<PathBuf>,
    /// The text of `lab.toml`, for messages that point into it.
    source: String,
    /// The folder as shown to people.
    name: String,
}

/// A lab rendered for one seed: no template is left in it. The record keeps it with the attempt, so that an attempt
/// doesn't change when the lab does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Variant {
    /// What it was drawn from.
    pub seed: u64,
    /// The manifest, rendered.
    pub manifest: Manifest,
    /// The work order in Markdown, rendered.
    pub brief: Text,
    /// The scripts, rendered: path in the folder → text.
    pub scripts: BTreeMap<String, String>,
}

impl Lab {
    /// Reads and checks a lab. `files` is its whole folder, `lab.toml` included; `name` is how the folder is shown in
    /// messages. Every problem is told, not only the first.
    pub fn read(
        name: &str,
        mut files: BTreeMap<String, String>,
        folder: Option<PathBuf>,
    ) -> Result<Self, Vec<Problem>> {
        let source =
            files.remove("lab.toml").ok_or_else(|| vec![Problem::new(msg!("lab-no-manifest", folder = name))])?;
        let document = Document::parse(&format!("{name}/lab.toml"), &source)?;
        let shape = shape::check(&document);
        let mut json = document.root.to_json();
        if !shape.problems.is_empty() {
            repair::repair(&mut json);
        }
        let manifest = serde_json::from_value(json)
            .map_err(|error| vec![Problem::new(msg!("lab-unreadable", error = error.to_string()))])?;
        let lab = Self { manifest, files, folder, source, name: name.to_owned() };
        let rendering = variant::render(&lab, 1).map_err(|problem| vec![problem])?;
        let mut problems = if shape.spoils_draws() { Vec::new() } else { rendering.problems };
        problems.extend(check::check(&lab, &rendering.variant, &document));
        problems.retain(|problem| !shape.explains(problem));
        problems.extend(shape.problems);
        if problems.is_empty() {
            return Ok(lab);
        }
        // The manifest's first, in the order of the file.
        problems.sort_by_key(|problem| {
            problem
                .place
                .as_ref()
                .map(|place| (!place.file.ends_with("lab.toml"), place.file.clone(), place.span.start))
        });
        Err(problems)
    }

    /// Renders one variant. The same seed gives the same variant for ever.
    pub fn variant(&self, seed: u64) -> Result<Variant, Problem> {
        let rendering = variant::render(self, seed)?;
        match rendering.problems.into_iter().next() {
            Some(problem) => Err(problem),
            None => Ok(rendering.variant),
        }
    }

    /// A file of the lab as shown to people.
    fn shown(&self, file: &str) -> String {
        format!("{}/{file}", self.name)
    }
}
