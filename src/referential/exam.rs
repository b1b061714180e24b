//! How the title is awarded.

use serde::Deserialize;

/// How the title is awarded.
#[derive(Debug, Default, Deserialize)]
pub struct Exam {
    /// Certificates of professional competence, in order.
    #[serde(rename = "ccp")]
    pub ccps: Vec<Ccp>,
    /// What the jury looks at.
    #[serde(rename = "element")]
    pub elements: Vec<Element>,
    /// Ways to the title.
    #[serde(rename = "route")]
    pub routes: Vec<Route>,
}

/// A certificate of professional competence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ccp {
    /// From 1.
    pub number: u8,
    /// The activity's short name.
    pub activity: String,
    /// Official name.
    pub title: String,
    /// Its competences, in order.
    pub competences: Vec<String>,
}

/// Something the jury looks at.
#[derive(Debug, Deserialize)]
pub struct Element {
    /// Short name.
    pub id: String,
    /// What it is, paraphrased.
    pub text_fr: String,
}

/// A way to the title.
#[derive(Debug, Deserialize)]
pub struct Route {
    /// Short name.
    pub id: String,
    /// Who takes it, paraphrased.
    pub text_fr: String,
    /// What one must bring, paraphrased.
    pub conditions_fr: Vec<String>,
    /// The practical test.
    pub epreuve_pratique: Need,
    /// The assessments passed while in training.
    pub evaluations_en_formation: Need,
    /// The professional file.
    pub dossier_professionnel: Need,
    /// The closing interview.
    pub entretien_final: Need,
}

/// Whether an element belongs to a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// For everybody.
    Always,
    /// For those who come from a training.
    TrainingOnly,
    /// For nobody.
    No,
}
