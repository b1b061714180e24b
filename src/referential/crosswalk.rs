//! What leads from one edition to the next, by content.

use serde::Deserialize;

/// Between the editions.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crosswalk {
    /// For each competence of 2023, the older ones that lead to it.
    pub to_2023: Vec<From2023>,
    /// For each older competence, where it went.
    pub from: Vec<Whereto>,
    /// Parts of a competence that have no successor.
    #[serde(rename = "dropped_part")]
    pub dropped_parts: Vec<DroppedPart>,
    /// Older themes that 2023 neither prints nor takes away.
    pub unstated: Vec<Unstated>,
}

/// The predecessors of a competence of 2023: main ones first.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct From2023 {
    /// The competence.
    pub id: String,
    /// Of 2018.
    pub from_2018: Vec<String>,
    /// Of 2012.
    pub from_2012: Vec<String>,
}

/// Where an older competence went.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whereto {
    /// The older competence.
    pub id: String,
    /// Competences of 2023, the main one first.
    pub targets: Vec<String>,
    /// Whether it went nowhere.
    pub dropped: bool,
    /// Why.
    pub reason: Option<String>,
}

/// A part of a competence without successor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DroppedPart {
    /// The older competence.
    pub competence: String,
    /// What part.
    pub part: String,
    /// Its skills.
    pub skills: Vec<String>,
    /// Always true.
    pub dropped: bool,
    /// Why.
    pub reason: String,
}

/// A theme that 2023 does not print but shows no sign of removing.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unstated {
    /// The theme.
    pub theme: String,
    /// Its skills.
    pub skills: Vec<String>,
    /// The competence of 2023 it is practised under here.
    pub keep_under: String,
}
