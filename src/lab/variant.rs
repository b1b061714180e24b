//! One variant of a lab: every template of its manifest, its brief and its scripts filled in for a seed.

use std::collections::BTreeMap;

use minijinja::value::Value as Drawn;
use serde_json::Value;

use super::document::{Document, Step};
use super::draw;
use super::problem::{Place, Problem};
use super::template::{Mistake, Templates};
use super::{Lab, Manifest, Text, Variant, scripts};
use crate::msg;

/// A variant as far as it could be rendered, and what could not.
#[derive(Debug)]
pub(super) struct Rendering {
    /// Strings with a mistake are left as written.
    pub(super) variant: Variant,
    /// The mistakes.
    pub(super) problems: Vec<Problem>,
}

/// Renders a lab for one seed.
pub(super) fn render(lab: &Lab, seed: u64) -> Result<Rendering, Problem> {
    let drawn = draw::all(&lab.manifest.id, seed, &lab.manifest.variant);
    let templates = templates(seed, drawn);
    Renderer { lab, templates: &templates, document: None, problems: Vec::new() }.run(seed)
}

fn templates(seed: u64, mut variables: BTreeMap<String, Drawn>) -> Templates {
    variables.insert("seed".to_owned(), seed.into());
    Templates::new(variables)
}

struct Renderer<'a> {
    lab: &'a Lab,
    templates: &'a Templates,
    /// Parsed only where there is a mistake to point at.
    document: Option<Document>,
    problems: Vec<Problem>,
}

impl Renderer<'_> {
    fn run(mut self, seed: u64) -> Result<Rendering, Problem> {
        let manifest = self.manifest()?;
        let brief = Text { fr: self.brief("brief.fr.md"), en: self.brief("brief.en.md") };
        let scripts = self.scripts(&manifest);
        Ok(Rendering { variant: Variant { seed, manifest, brief, scripts }, problems: self.problems })
    }

    fn manifest(&mut self) -> Result<Manifest, Problem> {
        let unreadable = |error: serde_json::Error| Problem::new(msg!("lab-unreadable", error = error.to_string()));
        let mut json = serde_json::to_value(&self.lab.manifest).map_err(unreadable)?;
        if let Value::Object(tables) = &mut json {
            // The draws are what templates are filled from.
            for (key, value) in tables.iter_mut().filter(|(key, _)| *key != "variant") {
                self.tree(value, &mut vec![Step::from(key.as_str())]);
            }
        }
        serde_json::from_value(json).map_err(unreadable)
    }

    fn tree(&mut self, value: &mut Value, path: &mut Vec<Step>) {
        match value {
            Value::String(text) => match self.templates.render(text) {
                Ok(rendered) => {
                    if let Some(mistake) = self.templates.undefined(text) {
                        self.wrong_in_manifest(text, mistake, path);
                    }
                    *text = rendered;
                }
                Err(mistake) => self.wrong_in_manifest(text, mistake, path),
            },
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    path.push(index.into());
                    self.tree(item, path);
                    path.pop();
                }
            }
            Value::Object(fields) => {
                for (key, field) in fields.iter_mut() {
                    path.push(key.as_str().into());
                    self.tree(field, path);
                    path.pop();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A brief or a script, rendered.
    fn file(&mut self, name: &str, templates: &Templates) -> Option<String> {
        let source = self.lab.files.get(name)?;
        let found = templates.render(source);
        let (text, mistake) = match found {
            Ok(text) => (text, templates.undefined(source)),
            Err(mistake) => (source.clone(), Some(mistake)),
        };
        if let Some(mistake) = mistake {
            let place = Place {
                file: self.lab.shown(name).into(),
                source: source.as_str().into(),
                span: mistake.range.clone(),
            };
            self.problems.push(problem(mistake).at(place));
        }
        Some(text)
    }

    fn brief(&mut self, name: &str) -> String {
        self.file(name, self.templates).unwrap_or_default()
    }

    fn scripts(&mut self, manifest: &Manifest) -> BTreeMap<String, String> {
        // A preparation is shared by every seed: it sees no variable.
        let no_variable = Templates::new(BTreeMap::new());
        let mut scripts = BTreeMap::new();
        for script in scripts::all(manifest) {
            let templates = if script.is_prepare { &no_variable } else { self.templates };
            if !scripts.contains_key(&script.name)
                && let Some(text) = self.file(&script.name, templates)
            {
                scripts.insert(script.name, text);
            }
        }
        scripts
    }

    fn wrong_in_manifest(&mut self, text: &str, mistake: Mistake, path: &[Step]) {
        if self.document.is_none() {
            self.document = Document::parse(&self.lab.shown("lab.toml"), &self.lab.source).ok();
        }
        let range = mistake.range.clone();
        let problem = problem(mistake);
        let place = self.document.as_ref().map(|document| document.inside(path, text, &range));
        self.problems.push(match place {
            Some(place) => problem.at(place),
            None => problem,
        });
    }
}

fn problem(mistake: Mistake) -> Problem {
    Problem::new(mistake.message).maybe_help(mistake.help)
}

#[cfg(test)]
mod tests {
    use crate::lab::Catalogue;

    fn fixture() -> std::sync::Arc<crate::lab::Lab> {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/labs");
        let catalogue = Catalogue::of_folders(&[folder]);
        assert!(catalogue.problems.is_empty(), "{:?}", catalogue.problems);
        catalogue.labs["atelier"].clone()
    }

    /// Records of attempts name a seed only: what it draws may never change.
    #[test]
    fn a_seed_gives_the_same_room_for_ever() {
        let lab = fixture();
        let seen: Vec<_> = [1, 2, u64::MAX]
            .map(|seed| {
                let variant = lab.variant(seed).unwrap();
                let attach = &variant.manifest.stand.networks[0].attach["srv"];
                format!("{} | {attach} | {}", variant.manifest.ticket.from.name, variant.brief.fr)
            })
            .into();
        insta::assert_snapshot!(seen.join("\n"));
    }

    #[test]
    fn no_template_is_left_anywhere() {
        let lab = fixture();
        let variant = lab.variant(7).unwrap();
        let mut manifest = serde_json::to_value(&variant.manifest).unwrap();
        manifest["variant"].take();
        assert!(!manifest.to_string().contains("{{"));
        assert!(variant.scripts.values().all(|script| !script.contains("{{") && !script.contains("{%")));
        assert!(variant.scripts["setup/srv.sh"].contains("test ${#name} = 1"));
        assert_eq!(variant.scripts.len(), 6);
        assert!(!variant.brief.en.contains("{{"));
    }

    #[test]
    fn two_seeds_differ() {
        let lab = fixture();
        assert_ne!(lab.variant(1).unwrap().brief, lab.variant(2).unwrap().brief);
    }
}
