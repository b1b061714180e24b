//! Which skill of the referentials is checked by which lab, and by what.

use serde::Serialize;

use super::{Catalogue, Manifest};
use crate::referential::{Check, Referentials, Skill};

/// By what a lab checks a skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// A criterion: a probe looks at the state.
    Criterion,
    /// A question whose answer is computed.
    Question,
    /// The ticket's handling or the intervention report.
    Document,
    /// A line of the jury sheet: a person looks, never a machine.
    Observed,
}

/// One lab that checks a skill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// The lab's id.
    pub lab: String,
    /// By what.
    pub by: By,
}

/// One skill and the labs that check it.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// The skill.
    pub skill: &'a Skill,
    /// The labs, by id; none: a gap.
    pub labs: Vec<Covered>,
}

/// Every skill of every edition, in printed order.
#[must_use]
pub fn coverage<'a>(catalogue: &Catalogue, referentials: &'a Referentials) -> Vec<Row<'a>> {
    let row = |skill: &'a Skill| {
        let labs = catalogue.labs.values().filter_map(|lab| {
            let by = by(&lab.manifest, skill)?;
            Some(Covered { lab: lab.manifest.id.clone(), by })
        });
        Row { skill, labs: labs.collect() }
    };
    referentials.skills().map(row).collect()
}

/// What of this lab checks a skill: what the referential asks for if the lab has it, else the nearest thing it has. A
/// skill that only a person can judge is never counted as checked by a machine.
fn by(manifest: &Manifest, skill: &Skill) -> Option<By> {
    let is_observed = manifest.observations.iter().any(|line| line.skill == skill.id);
    let has = |by: By| match by {
        By::Criterion => !manifest.criteria.is_empty(),
        By::Question => !manifest.questions.is_empty(),
        By::Document => manifest.report.is_some() || manifest.qualify.is_some(),
        By::Observed => is_observed,
    };
    if !manifest.skills.contains(&skill.id) {
        return is_observed.then_some(By::Observed);
    }
    let order: &[By] = match skill.check {
        Check::Machine => &[By::Criterion, By::Question, By::Document, By::Observed],
        Check::Answer => &[By::Question, By::Criterion, By::Document, By::Observed],
        Check::Document => &[By::Document, By::Observed],
        Check::Observed => &[By::Observed],
    };
    order.iter().copied().find(|by| has(*by))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fixtures() -> Catalogue {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/labs");
        Catalogue::of_folders(&[folder])
    }

    #[test]
    fn every_skill_has_a_row_and_what_a_lab_has_decides_how() {
        let catalogue = fixtures();
        let rows = coverage(&catalogue, crate::referential::get());
        assert_eq!(rows.len(), 485);
        let found = |id: &str| &rows.iter().find(|row| row.skill.id == id).unwrap().labs;
        let one = |by| vec![Covered { lab: "atelier".to_owned(), by }];
        assert_eq!(*found("2023-07-s07"), one(By::Criterion));
        assert_eq!(*found("2023-07-s02"), one(By::Observed));
        assert!(found("2012-01-s01").is_empty());
    }

    #[test]
    fn what_only_a_person_judges_is_not_checked_by_a_criterion() {
        let mut manifest = fixtures().labs["atelier"].manifest.clone();
        manifest.observations.clear();
        manifest.skills.push("2023-07-s02".to_owned());
        let skill = crate::referential::get().skill("2023-07-s02").unwrap();
        assert_eq!(skill.check, Check::Observed);
        assert_eq!(by(&manifest, skill), None);
    }
}
