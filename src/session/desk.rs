//! The service desk's part of an attempt: the ticket's qualification, the work log, the intervention report. Pure.
//!
//! It is judged when the attempt is handed in, beside the machines' points and never with them: no machine can tell whether
//! a report is well written. What it can tell is whether what must be there is there.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::i18n::Message;
use crate::lab::Manifest;
use crate::lab::manifest::{Degree, Domain, Part, Qualify, Report, TicketKind};
use crate::msg;
use crate::verdict::{Finding, Status, Verdict};

/// What the person decided about the ticket; none: not yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Qualification {
    /// Incident, request or problem.
    pub kind: Option<TicketKind>,
    /// How many people it hurts.
    pub impact: Option<Degree>,
    /// How long they can wait.
    pub urgency: Option<Degree>,
    /// What it is about.
    pub domain: Option<Domain>,
    /// Whether it goes to the next level.
    pub escalate: Option<bool>,
}

/// A field of the qualification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Incident, request or problem.
    Kind,
    /// How many people it hurts.
    Impact,
    /// How long they can wait.
    Urgency,
    /// What it is about.
    Domain,
    /// Whether it goes to the next level.
    Escalate,
}

impl Field {
    /// All, in the order of the form.
    pub const ALL: [Self; 5] = [Self::Kind, Self::Impact, Self::Urgency, Self::Domain, Self::Escalate];

    /// Its name's key.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Kind => "desk-kind",
            Self::Impact => "desk-impact",
            Self::Urgency => "desk-urgency",
            Self::Domain => "desk-domain",
            Self::Escalate => "desk-escalate",
        }
    }
}

/// All of it, as the attempt stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Desk {
    /// The ticket's qualification.
    pub qualification: Qualification,
    /// The report, part by part.
    pub report: BTreeMap<Part, String>,
    /// The work log: time worked, and what was noted.
    pub log: Vec<(Duration, String)>,
}

impl Qualification {
    /// The same with the next value of a field, round and round.
    #[must_use]
    pub fn next(mut self, field: Field) -> Self {
        match field {
            Field::Kind => self.kind = Some(after(self.kind, &TicketKind::ALL)),
            Field::Impact => self.impact = Some(after(self.impact, &Degree::ALL)),
            Field::Urgency => self.urgency = Some(after(self.urgency, &Degree::ALL)),
            Field::Domain => self.domain = Some(after(self.domain, &Domain::ALL)),
            Field::Escalate => self.escalate = Some(after(self.escalate, &[false, true])),
        }
        self
    }

    /// A field's value, in words; none where nothing was chosen.
    #[must_use]
    pub fn words(self, field: Field) -> Option<Message> {
        Some(match field {
            Field::Kind => kind_words(self.kind?),
            Field::Impact => degree_words(self.impact?),
            Field::Urgency => degree_words(self.urgency?),
            Field::Domain => domain_words(self.domain?),
            Field::Escalate => yes_no(self.escalate?),
        })
    }

    /// Priority by the matrix impact × urgency, 1 (at once) to 5 (when there is time), as ITIL 4 tables usually have it.
    #[must_use]
    pub fn priority(self) -> Option<u8> {
        let weight = |degree: Degree| match degree {
            Degree::High => 0,
            Degree::Medium => 1,
            Degree::Low => 2,
        };
        Some(1 + weight(self.impact?) + weight(self.urgency?))
    }
}

/// The value after this one; the first where there is none or it is the last.
fn after<T: Copy + PartialEq>(now: Option<T>, all: &[T]) -> T {
    let next = now.and_then(|now| all.iter().position(|value| *value == now)).map_or(0, |place| place + 1);
    all[next % all.len()]
}

/// What is judged of it: each field of the qualification and each part and fact of the report that the lab asks for.
#[must_use]
pub fn judge(manifest: &Manifest, desk: &Desk) -> Vec<Verdict> {
    let qualified = manifest.qualify.iter().flat_map(|right| qualified(right, desk.qualification));
    let reported = manifest.report.iter().flat_map(|wanted| reported(wanted, desk));
    qualified.chain(reported).collect()
}

fn qualified(right: &Qualify, given: Qualification) -> impl Iterator<Item = Verdict> {
    let right = Qualification {
        kind: Some(right.kind),
        impact: Some(right.impact),
        urgency: Some(right.urgency),
        domain: Some(right.category),
        escalate: Some(right.escalate),
    };
    Field::ALL.into_iter().map(move |field| {
        let (expected, found) = (right.words(field), given.words(field));
        verdict(field.label(), expected == found, expected.unwrap_or_else(nothing), found.unwrap_or_else(nothing))
    })
}

fn reported(wanted: &Report, desk: &Desk) -> Vec<Verdict> {
    let is_written = |part: &Part| desk.report.get(part).is_some_and(|text| !text.trim().is_empty());
    let parts = wanted.require.iter().map(|part| {
        let written = is_written(part);
        let found = if written { msg!("desk-written") } else { nothing() };
        verdict(part.label(), written, msg!("desk-to-write"), found)
    });
    let all = plain(&desk.report.values().map(String::as_str).collect::<Vec<_>>().join("\n"));
    let facts = wanted.facts.iter().map(|fact| {
        let is_there = fact.any.iter().any(|spelling| mentions(&all, &plain(spelling)));
        let expected = msg!("desk-fact", fr = &fact.label.fr, en = &fact.label.en);
        let found = if is_there { msg!("desk-mentioned") } else { msg!("desk-not-mentioned") };
        verdict("desk-mention", is_there, expected, found)
    });
    parts.chain(facts).collect()
}

/// Lower case, one space where there are several: how a fact is looked for.
fn plain(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether these words are in the text, and not as a part of longer ones: `10.1.2.20` is not in `10.1.2.200`.
fn mentions(text: &str, words: &str) -> bool {
    let ends = |next: Option<char>| next.is_none_or(|next| !next.is_alphanumeric());
    let whole = |(at, found): (usize, &str)| {
        ends(text[..at].chars().next_back()) && ends(text[at + found.len()..].chars().next())
    };
    !words.is_empty() && text.match_indices(words).any(whole)
}

fn verdict(label: &str, is_right: bool, expected: Message, found: Message) -> Verdict {
    let status = if is_right { Status::Pass } else { Status::Fail };
    let finding = Finding { field: label.to_owned(), expected, found, source: msg!("desk-source"), status };
    Verdict {
        id: label.to_owned(),
        status,
        points: 1,
        guard: false,
        findings: vec![finding],
        note: None,
        waits_for: Vec::new(),
    }
}

fn nothing() -> Message {
    msg!("desk-nothing")
}

fn kind_words(kind: TicketKind) -> Message {
    Message::new(match kind {
        TicketKind::Incident => "desk-incident",
        TicketKind::Request => "desk-request",
        TicketKind::Problem => "desk-problem",
    })
}

fn degree_words(degree: Degree) -> Message {
    Message::new(match degree {
        Degree::Low => "desk-low",
        Degree::Medium => "desk-medium",
        Degree::High => "desk-high",
    })
}

fn domain_words(domain: Domain) -> Message {
    Message::new(match domain {
        Domain::Workstation => "desk-workstation",
        Domain::Asset => "desk-asset",
        Domain::Network => "desk-network",
        Domain::Directory => "desk-directory",
        Domain::Collaboration => "desk-collaboration",
        Domain::Printing => "desk-printing",
        Domain::Storage => "desk-storage",
        Domain::Security => "desk-security",
        Domain::Application => "desk-application",
    })
}

fn yes_no(yes: bool) -> Message {
    Message::new(if yes { "desk-yes" } else { "desk-no" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Text;
    use crate::lab::manifest::ReportFact;

    fn right() -> Qualify {
        Qualify {
            kind: TicketKind::Incident,
            impact: Degree::High,
            urgency: Degree::Medium,
            category: Domain::Network,
            escalate: false,
        }
    }

    #[test]
    fn every_field_can_be_reached_by_going_round() {
        for field in Field::ALL {
            let first = Qualification::default().next(field);
            let mut now = first.next(field);
            let mut steps = 1;
            while now != first {
                now = now.next(field);
                steps += 1;
            }
            assert!(steps >= 2, "{field:?}");
            assert!(first.words(field).is_some());
        }
    }

    #[test]
    fn the_matrix_goes_from_at_once_to_when_there_is_time() {
        let of = |impact, urgency| {
            Qualification { impact: Some(impact), urgency: Some(urgency), ..Qualification::default() }.priority()
        };
        assert_eq!(of(Degree::High, Degree::High), Some(1));
        assert_eq!(of(Degree::Medium, Degree::High), Some(2));
        assert_eq!(of(Degree::Low, Degree::Low), Some(5));
        assert_eq!(Qualification::default().priority(), None);
    }

    #[test]
    fn each_field_is_judged_by_itself() {
        let given = Qualification {
            kind: Some(TicketKind::Incident),
            impact: Some(Degree::Low),
            domain: Some(Domain::Network),
            ..Qualification::default()
        };
        let passed: Vec<bool> = qualified(&right(), given).map(|verdict| verdict.status == Status::Pass).collect();
        assert_eq!(passed, [true, false, false, true, false]);
    }

    #[test]
    fn a_fact_may_be_spelled_in_several_ways_anywhere_in_the_report() {
        let fact = ReportFact {
            label: Text { fr: "la plage".into(), en: "the range".into() },
            any: vec!["10.1.2.50 à 10.1.2.99".into(), "10.1.2.50-99".into()],
        };
        let wanted = Report { require: vec![Part::Actions], facts: vec![fact] };
        let written = |text: &str| {
            let report = BTreeMap::from([(Part::Actions, text.to_owned())]);
            reported(&wanted, &Desk { report, ..Desk::default() }).iter().map(|v| v.status).collect::<Vec<_>>()
        };
        assert_eq!(written("Plage  10.1.2.50\n À 10.1.2.99 ouverte"), [Status::Pass, Status::Pass]);
        assert_eq!(written("plage ouverte"), [Status::Pass, Status::Fail]);
        assert_eq!(written("10.1.2.50-99."), [Status::Pass, Status::Pass]);
        for near in ["10.1.2.50-990", "110.1.2.50-99"] {
            assert_eq!(written(near), [Status::Pass, Status::Fail], "{near}");
        }
        assert_eq!(written("  \n"), [Status::Fail, Status::Fail]);
    }
}
