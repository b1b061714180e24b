//! What the shape can't say: names that lead nowhere, values that don't read, texts and files that are missing.
//!
//! Works on the manifest rendered for one seed, and points into the file as written.

mod grading;
mod identity;
mod network;
mod stand;
mod text;

pub(super) use grading::misplaced;

use super::document::{Document, Step};
use super::problem::Problem;
use super::suggest::nearest;
use super::{Lab, Manifest, Variant};
use crate::i18n::Message;

/// Every problem of a lab whose shape is right.
pub(super) fn check(lab: &Lab, variant: &Variant, document: &Document) -> Vec<Problem> {
    let mut checker = Checker { lab, manifest: &variant.manifest, document, problems: Vec::new() };
    checker.identity();
    checker.stand();
    checker.grading();
    checker.texts(variant);
    checker.problems
}

/// Whether a name can be a lab's id.
pub(super) fn is_id(name: &str) -> bool {
    identity::is_plain(name, "-")
}

struct Checker<'a> {
    lab: &'a Lab,
    manifest: &'a Manifest,
    document: &'a Document,
    problems: Vec<Problem>,
}

impl Checker<'_> {
    /// Something wrong with a value.
    fn wrong(&mut self, path: &[Step], message: Message) {
        self.wrong_with_help(path, message, None);
    }

    fn wrong_with_help(&mut self, path: &[Step], message: Message, help: Option<Message>) {
        let place = self.document.value_place(path);
        self.problems.push(Problem::new(message).maybe_help(help).at(place));
    }

    /// A name that must be one of these.
    fn known<'n>(
        &mut self,
        path: &[Step],
        name: &str,
        valid: impl IntoIterator<Item = &'n str>,
        message: impl FnOnce() -> Message,
    ) {
        let valid: Vec<&str> = valid.into_iter().collect();
        if !valid.contains(&name) && !is_template(name) {
            self.wrong_with_help(path, message(), nearest(name, valid));
        }
    }

    /// Names that must differ.
    fn unique<'n>(&mut self, names: impl IntoIterator<Item = (&'n str, Vec<Step>)>, message: impl Fn(&str) -> Message) {
        let mut seen = std::collections::BTreeSet::new();
        for (name, path) in names {
            if !seen.insert(name) {
                self.wrong(&path, message(name));
            }
        }
    }

    /// A value in a notation of its own: its reader's complaint is the message.
    fn reads<T>(&mut self, path: &[Step], text: &str, read: impl FnOnce(&str) -> Result<T, Message>) {
        if let Err(message) = read(text)
            && !is_template(text)
        {
            self.wrong(path, message);
        }
    }
}

/// A template that could not be rendered was left as written and told already.
fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}
