//! The title's referentials as data: three editions, what leads from one to the next, and how the title is awarded.
//!
//! Digests in our own words (the documents forbid reproduction): titles are official names, everything else is a
//! paraphrase. The files are `assets/referentials/*.toml`, embedded and read once.

mod crosswalk;
mod edition;
mod exam;

use std::sync::LazyLock;

pub use crosswalk::{Crosswalk, DroppedPart, From2023, Unstated, Whereto};
pub use edition::{Activity, Check, Competence, Edition, Header, Kind, Skill, Standing};
pub use exam::{Ccp, Element, Exam, Need, Route};

/// Everything the referentials say.
#[derive(Debug, Default)]
pub struct Referentials {
    /// The editions, the latest first.
    pub editions: Vec<Edition>,
    /// Between the editions.
    pub crosswalk: Crosswalk,
    /// How the title is awarded.
    pub exam: Exam,
}

// A file that doesn't parse gives an empty referential; a test makes sure that all do.
static REFERENTIALS: LazyLock<Referentials> = LazyLock::new(|| Referentials::load().unwrap_or_default());

/// The referentials.
#[must_use]
pub fn get() -> &'static Referentials {
    &REFERENTIALS
}

macro_rules! file {
    ($name:literal) => {
        toml::from_str(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/referentials/", $name)))
    };
}

impl Referentials {
    fn load() -> Result<Self, toml::de::Error> {
        Ok(Self {
            editions: vec![file!("tai-2023.toml")?, file!("tai-2018.toml")?, file!("tai-2012.toml")?],
            crosswalk: file!("crosswalk.toml")?,
            exam: file!("exam.toml")?,
        })
    }

    /// The edition in force: the one labs are sorted by.
    #[must_use]
    pub fn current(&self) -> Option<&Edition> {
        self.editions.first()
    }

    /// A competence of any edition, as `2018-05`.
    #[must_use]
    pub fn competence(&self, id: &str) -> Option<&Competence> {
        self.editions.iter().flat_map(|edition| &edition.competences).find(|competence| competence.id == id)
    }

    /// A skill of any edition, as `2018-05-s02`.
    #[must_use]
    pub fn skill(&self, id: &str) -> Option<&Skill> {
        self.skills().find(|skill| skill.id == id)
    }

    /// Every skill, edition by edition.
    pub fn skills(&self) -> impl Iterator<Item = &Skill> {
        self.editions.iter().flat_map(|edition| &edition.skills)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_file_is_read_whole() {
        let all = Referentials::load().unwrap();
        let counts: Vec<_> = all.editions.iter().map(|edition| (edition.header.year, edition.skills.len())).collect();
        assert_eq!(counts, [(2023, 81), (2018, 188), (2012, 216)]);
        assert_eq!(all.skills().count(), 485);
        assert_eq!(all.exam.ccps.len(), 3);
        assert_eq!(all.exam.routes.len(), 4);
    }

    #[test]
    fn ids_are_unique_and_point_at_something() {
        let all = get();
        let skills: BTreeSet<_> = all.skills().map(|skill| &skill.id).collect();
        assert_eq!(skills.len(), 485);
        for edition in &all.editions {
            let competences: BTreeSet<_> = edition.competences.iter().map(|found| &found.id).collect();
            assert_eq!(competences.len(), edition.competences.len());
            assert!(edition.skills.iter().all(|skill| competences.contains(&skill.competence)));
            let activities: BTreeSet<_> = edition.activities.iter().map(|found| found.number).collect();
            assert!(
                edition.competences.iter().all(|found| found.activity == 0 || activities.contains(&found.activity))
            );
        }
    }

    #[test]
    fn the_crosswalk_names_what_exists() {
        let all = get();
        let known = |id: &String| assert!(all.competence(id).is_some(), "{id}");
        let known_skill = |id: &String| assert!(all.skill(id).is_some(), "{id}");
        for row in &all.crosswalk.to_2023 {
            known(&row.id);
            row.from_2018.iter().chain(&row.from_2012).for_each(known);
        }
        for row in &all.crosswalk.from {
            known(&row.id);
            row.targets.iter().for_each(known);
            assert_eq!(row.dropped, row.targets.is_empty(), "{}", row.id);
        }
        all.crosswalk.dropped_parts.iter().flat_map(|part| &part.skills).for_each(known_skill);
        for theme in &all.crosswalk.unstated {
            known(&theme.keep_under);
            theme.skills.iter().for_each(known_skill);
        }
    }

    #[test]
    fn the_three_ccps_hold_the_nine_competences() {
        let all = get();
        let held: Vec<_> = all.exam.ccps.iter().flat_map(|ccp| &ccp.competences).collect();
        let nine: Vec<_> = all.current().unwrap().competences.iter().filter(|found| found.activity > 0).collect();
        assert_eq!(held, nine.iter().map(|found| &found.id).collect::<Vec<_>>());
    }
}
