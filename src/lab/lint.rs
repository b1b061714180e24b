//! What an author can't get wrong silently: a lab runs with these, but its proof or its teaching has a hole.

use std::collections::BTreeSet;

use super::document::{Document, Step, steps};
use super::manifest::{Driver, Isolation};
use super::problem::Problem;
use super::{Lab, Manifest, Text, Variant, scripts};
use crate::i18n::Message;
use crate::msg;

/// A piece of a script shorter than this says nothing by itself.
const SHORTEST_COMMAND: usize = 8;
/// A text with fewer words may well be the same in both languages.
const LEAST_WORDS: usize = 4;

/// Advice on a lab that reads.
#[must_use]
pub fn advice(lab: &Lab) -> Vec<Problem> {
    let shown = lab.shown("lab.toml");
    let (Ok(document), Ok(variant)) = (Document::parse(&shown, &lab.source), lab.variant(1)) else {
        return Vec::new();
    };
    let mut lint = Lint { document, notes: Vec::new() };
    lint.proof(&variant.manifest);
    lint.hints(&variant);
    lint.texts(&variant.manifest);
    lint.files(lab, &variant.manifest);
    lint.notes
}

struct Lint {
    document: Document,
    notes: Vec<Problem>,
}

impl Lint {
    fn note(&mut self, path: &[Step], message: Message, help: Message) {
        let place = self.document.value_place(path);
        self.notes.push(Problem::advice(message).help(help).at(place));
    }

    /// Whether the proof proves everything.
    fn proof(&mut self, manifest: &Manifest) {
        let broken: BTreeSet<&str> =
            manifest.sabotages.iter().flat_map(|sabotage| &sabotage.breaks).map(String::as_str).collect();
        let criteria =
            manifest.criteria.iter().enumerate().map(|(at, found)| (steps!["criterion", at, "id"].to_vec(), &found.id));
        let questions =
            manifest.questions.iter().enumerate().map(|(at, found)| (steps!["question", at, "id"].to_vec(), &found.id));
        for (path, id) in criteria.chain(questions).filter(|(_, id)| !broken.contains(id.as_str())) {
            self.note(&path, msg!("lab-note-no-sabotage", id = id), msg!("lab-note-no-sabotage-help"));
        }
        let is_built = manifest.stand.driver == Driver::Container;
        if is_built && manifest.solutions.len() < 2 {
            let message = msg!("lab-note-few-solutions", count = manifest.solutions.len());
            self.note(&steps!["solution"], message, msg!("lab-note-few-solutions-help"));
        }
        if manifest.stand.isolation == Isolation::Privileged && manifest.stand.disks.is_empty() {
            let path = steps!["stand", "isolation"];
            self.note(&path, msg!("lab-note-privileged"), msg!("lab-note-privileged-help"));
        }
        if manifest.skills.is_empty() {
            self.note(&steps!["skills"], msg!("lab-note-no-skills"), msg!("lab-note-no-skills-help"));
        }
    }

    /// A hint never gives the literal command away.
    fn hints(&mut self, variant: &Variant) {
        let solutions = variant.manifest.solutions.iter();
        let names = solutions.flat_map(|solution| solution.run.values().chain(solution.answer.values()));
        let commands: BTreeSet<&str> =
            names.filter_map(|name| variant.scripts.get(name)).flat_map(|script| commands(script)).collect();
        for (at, hint) in variant.manifest.hints.iter().enumerate() {
            for (lang, text) in [("fr", &hint.text.fr), ("en", &hint.text.en)] {
                if let Some(command) = commands.iter().find(|command| text.contains(**command)) {
                    let message = msg!("lab-note-literal-command", command = *command);
                    self.note(&steps!["hint", at, "text", lang], message, msg!("lab-note-literal-command-help"));
                }
            }
        }
    }

    /// The same words twice are one language.
    fn texts(&mut self, manifest: &Manifest) {
        let criteria = manifest.criteria.iter().enumerate();
        let titles =
            criteria.clone().map(|(at, found)| (steps!["criterion", at, "title"].to_vec(), Some(&found.title)));
        let looks = criteria.map(|(at, found)| (steps!["criterion", at, "look"].to_vec(), found.look.as_ref()));
        let asks = manifest
            .questions
            .iter()
            .enumerate()
            .map(|(at, found)| (steps!["question", at, "ask"].to_vec(), Some(&found.ask)));
        let hints = manifest
            .hints
            .iter()
            .enumerate()
            .map(|(at, found)| (steps!["hint", at, "text"].to_vec(), Some(&found.text)));
        let top = [
            (steps!["title"].to_vec(), Some(&manifest.title)),
            (steps!["ticket", "text"].to_vec(), Some(&manifest.ticket.text)),
        ];
        let all = top.into_iter().chain(titles).chain(looks).chain(asks).chain(hints);
        for (path, _) in all.filter(|(_, text)| text.is_some_and(is_one_language)).collect::<Vec<_>>() {
            self.note(&path, msg!("lab-note-one-language"), msg!("lab-note-one-language-help"));
        }
    }

    /// A file that nothing names is a mistake in a name.
    fn files(&mut self, lab: &Lab, manifest: &Manifest) {
        let used: BTreeSet<_> = scripts::all(manifest).into_iter().map(|script| script.name).collect();
        let is_known = |name: &str| used.contains(name) || ["brief.fr.md", "brief.en.md", "README.md"].contains(&name);
        for name in lab.files.keys().filter(|name| !is_known(name)) {
            let message = msg!("lab-note-unused-file", name = lab.shown(name));
            self.notes.push(Problem::advice(message).help(msg!("lab-note-unused-file-help")));
        }
    }
}

fn is_one_language(text: &Text) -> bool {
    text.fr == text.en && text.fr.split_whitespace().count() >= LEAST_WORDS
}

/// The commands of a script: its lines, cut at what joins commands; comments and single words say nothing.
fn commands(script: &str) -> impl Iterator<Item = &str> {
    script
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
        .flat_map(|line| line.split(['|', ';', '&']))
        .map(str::trim)
        .filter(|command| command.len() >= SHORTEST_COMMAND && command.contains(' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_cut_and_comments_left_out() {
        let script = "# a comment here\nset -eu\n  mkfs.ext4 -L DATA /dev/sdb1 && mount /dev/sdb1 /mnt | tee x\ntrue\n";
        let found: Vec<_> = commands(script).collect();
        assert_eq!(found, ["mkfs.ext4 -L DATA /dev/sdb1", "mount /dev/sdb1 /mnt"]);
    }
}
