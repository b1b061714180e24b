//! What the screens show, frozen: plain data made by the executor, kept by the state, drawn by `ui`.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;

use crate::i18n::Message;
use crate::lab::{Text, Variant};
use crate::msg;
use crate::session::review::{Review, is_passed};

/// The competences and their labs.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    /// The day, where the person is.
    pub today: Date,
    /// Whether it was read yet.
    pub is_ready: bool,
    /// The nine competences, in the title's order.
    pub competences: Vec<Competence>,
    /// The labs, by competence, then by level.
    pub labs: Vec<Card>,
    /// Labs that could not be read, for `paillasse lab check`.
    pub problems: usize,
}

/// A competence of the title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Competence {
    /// `2023-07`.
    pub id: String,
    /// 1 to 9.
    pub number: u8,
    /// 1 to 3: its column.
    pub activity: u8,
    /// Its official name.
    pub title: String,
}

/// A lab on the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: Text,
    /// The id of its competence.
    pub competence: String,
    /// 1 to 3.
    pub level: u8,
    /// As written: `40min`.
    pub duration: String,
    /// What the person did with it.
    pub standing: Standing,
}

/// What the person did with a lab so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// The attempt under way: its number and its clock.
    pub under_way: Option<(i64, Duration)>,
    /// The best result: points earned, points there are.
    pub best: Option<(u32, u32)>,
    /// Whether it was passed, and when it is due again.
    pub review: Review,
}

impl Standing {
    /// Whether the lab counts as done: three quarters of its points.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.best.is_some_and(is_passed)
    }
}

/// What to do next, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// Position of the lab in [`Shelf::labs`].
    pub lab: usize,
    /// Why this one.
    pub why: Message,
}

impl Shelf {
    /// The labs of a competence (by position): their positions in `labs`.
    #[must_use]
    pub fn labs_of(&self, competence: usize) -> Vec<usize> {
        let Some(wanted) = self.competences.get(competence) else { return Vec::new() };
        (0..self.labs.len()).filter(|&i| self.labs[i].competence == wanted.id).collect()
    }

    /// How many labs of a competence are done, and how many there are.
    #[must_use]
    pub fn progress(&self, competence: usize) -> (usize, usize) {
        let labs = self.labs_of(competence);
        (labs.iter().filter(|&&i| self.labs[i].standing.is_done()).count(), labs.len())
    }

    /// Where a lab stands: the positions of its competence, and of the lab in that competence's list.
    #[must_use]
    pub fn place(&self, lab: usize) -> Option<(usize, usize)> {
        let id = &self.labs.get(lab)?.competence;
        let competence = self.competences.iter().position(|c| &c.id == id)?;
        let row = self.labs_of(competence).iter().position(|&i| i == lab)?;
        Some((competence, row))
    }

    /// What to do next: what is under way, else what is longest due again, else the easiest one never finished, else the
    /// weakest result.
    #[must_use]
    pub fn advice(&self) -> Option<Advice> {
        let standing = |i: &usize| &self.labs[*i].standing;
        let all = || 0..self.labs.len();
        if let Some(lab) = all().find(|i| standing(i).under_way.is_some()) {
            return Some(Advice { lab, why: msg!("ui-advice-under-way") });
        }
        let due = |i: &usize| standing(i).review.days_left(self.today).filter(|days| *days <= 0);
        if let Some((lab, _)) = all().filter_map(|i| Some((i, due(&i)?))).min_by_key(|(_, days)| *days) {
            return Some(Advice { lab, why: msg!("ui-advice-due") });
        }
        if let Some(lab) = all().filter(|i| standing(i).best.is_none()).min_by_key(|&i| self.labs[i].level) {
            return Some(Advice { lab, why: msg!("ui-advice-new", level = self.labs[lab].level) });
        }
        let ratio = |i: &usize| standing(i).best.map_or(0, |(earned, total)| earned * 100 / total.max(1));
        all().min_by_key(ratio).map(|lab| Advice { lab, why: msg!("ui-advice-weakest") })
    }
}

/// A lab, rendered, before it starts.
#[derive(Debug, Clone)]
pub struct LabPage {
    /// The lab.
    pub variant: Arc<Variant>,
    /// What the person did with it.
    pub standing: Standing,
    /// What this PC lacks for it, each with its mend; empty: it can start.
    pub missing: Vec<Text>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture;
    use jiff::civil::date;

    fn suggested(shelf: &Shelf) -> (String, String) {
        let advice = shelf.advice().unwrap();
        (shelf.labs[advice.lab].id.clone(), advice.why.key.to_string())
    }

    #[test]
    fn what_is_due_again_comes_before_what_is_new() {
        let mut shelf = fixture::shelf();
        assert_eq!(suggested(&shelf), ("partage".into(), "ui-advice-under-way".into()));
        shelf.labs.retain(|lab| lab.standing.under_way.is_none());
        assert_eq!(suggested(&shelf), ("dhcp".into(), "ui-advice-new".into()));
        shelf.today = date(2026, 3, 12);
        assert_eq!(suggested(&shelf), ("disque-plein".into(), "ui-advice-due".into()));
    }
}
