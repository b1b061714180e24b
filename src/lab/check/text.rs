//! Texts in both languages, the briefs included.

use serde_json::Value;

use super::Checker;
use crate::lab::document::Step;
use crate::lab::{Problem, Variant};
use crate::msg;

impl Checker<'_> {
    pub(super) fn texts(&mut self, variant: &Variant) {
        if let Ok(json) = serde_json::to_value(self.manifest) {
            self.walk(&json, &mut Vec::new());
        }
        for (name, text) in [("brief.fr.md", &variant.brief.fr), ("brief.en.md", &variant.brief.en)] {
            if text.trim().is_empty() {
                self.problems.push(Problem::new(msg!("lab-no-brief", folder = &self.lab.name, name = name)));
            }
        }
    }

    /// Wherever there is French and English, neither may be empty.
    fn walk(&mut self, value: &Value, path: &mut Vec<Step>) {
        match value {
            Value::Object(fields) => {
                let is_text = fields.len() == 2 && fields.contains_key("fr") && fields.contains_key("en");
                for (key, field) in fields {
                    path.push(key.as_str().into());
                    if is_text && field.as_str().is_some_and(|text| text.trim().is_empty()) {
                        self.wrong(path, msg!("lab-empty-text", lang = key));
                    }
                    self.walk(field, path);
                    path.pop();
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    path.push(at.into());
                    self.walk(item, path);
                    path.pop();
                }
            }
            _ => {}
        }
    }
}
