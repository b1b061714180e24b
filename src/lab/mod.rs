//! Labs: what an author writes, read, checked, and rendered for one seed.

pub mod manifest;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

pub use manifest::{Manifest, Text};

/// A lab as written: its manifest and the other files of its folder.
#[derive(Debug, Clone)]
pub struct Lab {
    /// `lab.toml`, templates not yet rendered.
    pub manifest: Manifest,
    /// The other files (`brief.fr.md`, `setup/srv.sh`…): path in the folder → text.
    pub files: BTreeMap<String, String>,
    /// Where it was read; none for the embedded ones.
    pub folder: Option<PathBuf>,
}

/// A lab rendered for one seed: no template is left in it.
#[derive(Debug, Clone)]
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
    /// Renders one variant. The same seed gives the same variant for ever.
    pub fn variant(&self, _seed: u64) -> miette::Result<Variant> {
        todo!()
    }
}

/// Every lab at hand, by id.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// Labs that are right.
    pub labs: BTreeMap<String, Arc<Lab>>,
    /// What is wrong with the others; they never hide the right ones.
    pub problems: Vec<miette::Report>,
}

impl Catalogue {
    /// The embedded labs, then those of `folders` (a later one with the same id wins).
    #[must_use]
    pub fn load(_folders: &[PathBuf]) -> Self {
        todo!()
    }
}
