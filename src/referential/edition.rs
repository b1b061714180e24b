//! One edition of the title: activities, competences, skills.

use serde::{Deserialize, Serialize};

/// One edition.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// What it is.
    pub header: Header,
    /// Activities ("activités types"); each is one CCP.
    #[serde(rename = "activity")]
    pub activities: Vec<Activity>,
    /// Competences, in printed order.
    #[serde(rename = "competence")]
    pub competences: Vec<Competence>,
    /// Skills: what a competence is made of.
    #[serde(rename = "skill")]
    pub skills: Vec<Skill>,
}

/// What an edition is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// The title's code at the ministry.
    pub code: String,
    /// Its name.
    pub title: String,
    /// Level in the framework of its time (`IV` of 1969 is `4` of today's).
    pub level: String,
    /// Year of the document.
    pub year: u16,
    /// Code of the training speciality.
    pub nsf: String,
    /// Code in the ministry's list of jobs.
    pub rome: String,
    /// Whether a later one replaced it.
    pub status: Standing,
}

/// Whether an edition is the one in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// The newest known here.
    Latest,
    /// Replaced.
    Superseded,
}

/// An activity: one CCP.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// From 1.
    pub number: u8,
    /// Short name.
    pub id: String,
    /// Official name.
    pub title: String,
}

/// A competence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Competence {
    /// As `2023-07`; `T` numbers are transversal.
    pub id: String,
    /// In printed order.
    pub number: u8,
    /// The activity it belongs to; 0 for none (transversal).
    pub activity: u8,
    /// Official name.
    pub title: String,
    /// Short name.
    pub slug: String,
}

/// A skill of a competence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skill {
    /// As `2018-05-s02`.
    pub id: String,
    /// Its competence.
    pub competence: String,
    /// What sort of statement it is.
    pub kind: Kind,
    /// What it asks, paraphrased.
    pub text_fr: String,
    /// Who can tell whether it is mastered.
    pub check: Check,
    /// How a lab could exercise it.
    pub lab_idea: String,
}

/// What sort of statement a skill is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Performance criterion.
    Criterion,
    /// Technical know-how.
    Technical,
    /// Organisational know-how.
    Organisational,
    /// Relational know-how.
    Relational,
    /// Knowledge.
    Knowledge,
    /// Duty of the job.
    Duty,
}

/// Who can tell whether a skill is mastered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// A probe, from a machine's state.
    Machine,
    /// A produced document.
    Document,
    /// A question whose answer is computed.
    Answer,
    /// Only a person.
    Observed,
}
