//! What the lab is: its id, its place in the referentials, its level and times, its draws.

use std::path::Path;

use super::Checker;
use crate::lab::document::steps;
use crate::lab::draw;
use crate::lab::suggest::nearest_only;
use crate::{msg, referential, units};

/// The version of the format this program reads.
const FORMAT: u32 = 1;

impl Checker<'_> {
    pub(super) fn identity(&mut self) {
        let manifest = self.manifest;
        if manifest.format != FORMAT {
            self.wrong(&steps!["format"], msg!("lab-wrong-format", format = manifest.format, known = FORMAT));
        }
        self.id();
        self.referentials();
        if !(1..=3).contains(&manifest.level) {
            self.wrong(&steps!["level"], msg!("lab-wrong-level", level = manifest.level));
        }
        self.reads(&steps!["duration"], &manifest.duration, units::parse_duration);
        if let Some(sla) = &manifest.ticket.sla {
            self.reads(&steps!["ticket", "sla", "respond"], &sla.respond, units::parse_duration);
            self.reads(&steps!["ticket", "sla", "resolve"], &sla.resolve, units::parse_duration);
        }
        self.draws();
    }

    fn id(&mut self) {
        let id = &self.manifest.id;
        let folder = Path::new(&self.lab.name).file_name().map(|name| name.to_string_lossy().into_owned());
        if !is_plain(id, "-") {
            self.wrong(&steps!["id"], msg!("lab-wrong-id", id = id));
        } else if let Some(folder) = folder.filter(|folder| folder != id) {
            self.wrong(&steps!["id"], msg!("lab-id-not-folder", id = id, folder = folder));
        }
    }

    fn referentials(&mut self) {
        let manifest = self.manifest;
        let referentials = referential::get();
        let current = referentials.current().map_or(&[][..], |edition| &edition.competences);
        // Those an activity owns: the map of the screens shows no other.
        let competences = current.iter().filter(|found| found.activity > 0).map(|found| found.id.as_str());
        self.known(&steps!["competence"], &manifest.competence, competences, || {
            msg!("lab-no-competence", id = &manifest.competence)
        });
        for (at, skill) in manifest.skills.iter().enumerate() {
            self.skill(&steps!["skills", at], skill);
        }
        for (at, observed) in manifest.observations.iter().enumerate() {
            self.skill(&steps!["observe", at, "skill"], &observed.skill);
        }
    }

    fn skill(&mut self, path: &[crate::lab::document::Step], id: &str) {
        let referentials = referential::get();
        if referentials.skill(id).is_none() {
            let near = nearest_only(id, referentials.skills().map(|skill| skill.id.as_str()));
            self.wrong_with_help(path, msg!("lab-no-skill", id = id), near);
        }
    }

    fn draws(&mut self) {
        for (name, draw) in &self.manifest.variant {
            let path = steps!["variant", name.as_str()];
            if let Some(message) = draw::check(draw) {
                self.wrong(&path, message);
            }
            if name == "seed" || !is_plain(name, "_") || name.starts_with(|c: char| c.is_ascii_digit()) {
                let place = self.document.key_place(&path);
                self.problems.push(crate::lab::Problem::new(msg!("lab-wrong-variable", name = name)).at(place));
            }
        }
    }
}

/// Lower-case letters, digits and one kind of joint.
pub(super) fn is_plain(name: &str, joint: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || joint.contains(c))
}
