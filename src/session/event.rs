//! What happens in an attempt. The list of these is the truth of it: everything else is folded from them.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Depth;
use super::desk::Qualification;
use crate::i18n::Message;
use crate::lab::manifest::Part;
use crate::record::Entry;
use crate::verdict::Verdict;

/// One thing that happened, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Time worked until then.
    pub work: Duration,
    /// What.
    pub what: What,
}

/// The things that happen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum What {
    /// The attempt was asked for; its stand is about to be built.
    Begun,
    /// A fresh stand is ready (none for a lab about this PC): nothing has been earned on it yet.
    Ready {
        /// Its name.
        stand: Option<String>,
    },
    /// This PC can't show these: they don't count.
    LeftOut {
        /// Criteria and questions, with the reason.
        items: Vec<(String, Message)>,
    },
    /// Something was looked at.
    Checked {
        /// How deep.
        depth: Depth,
        /// What came out for those that were looked at; the others keep what they had.
        verdicts: Vec<Verdict>,
    },
    /// A machine, or all, was put back to its start: nothing of what was earned counts any more.
    Reset {
        /// Which.
        machine: Option<String>,
    },
    /// A hint was taken.
    Hint {
        /// Its index in the lab.
        index: usize,
        /// Its price.
        cost: u32,
    },
    /// A question was answered.
    Answered {
        /// Which.
        question: String,
        /// In the person's words.
        text: String,
    },
    /// The ticket was qualified.
    Qualified {
        /// How.
        qualification: Qualification,
    },
    /// A part of the report was written.
    Wrote {
        /// Which.
        part: Part,
        /// In the person's words.
        text: String,
    },
    /// Something was noted in the work log.
    Logged {
        /// In the person's words.
        text: String,
    },
    /// The stand was found to be gone.
    Gone,
    /// Submitted.
    Finished {
        /// Points earned, hints' price taken off.
        earned: u32,
        /// Points there were.
        total: u32,
        /// Question → the right answer, in words.
        #[serde(default)]
        right_answers: BTreeMap<String, Message>,
    },
    /// Given up for the reference way: nothing is earned.
    GaveUp {
        /// Points there were.
        total: u32,
        /// Question → the right answer, in words.
        right_answers: BTreeMap<String, Message>,
    },
    /// Thrown away, or could not be begun.
    Abandoned,
}

impl What {
    /// Kinds that end an attempt.
    pub const ENDS: [&'static str; 3] = ["finished", "gave-up", "abandoned"];

    /// As the record keeps it: its kind, and the rest as JSON.
    pub(super) fn to_row(&self) -> (String, String) {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        let kind = value.as_object_mut().and_then(|fields| fields.shift_remove("kind"));
        let kind = kind.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
        (kind, value.to_string())
    }

    /// From its kind and the rest as JSON.
    pub(super) fn from_row(kind: &str, payload: &str) -> serde_json::Result<Self> {
        let mut value: serde_json::Value = serde_json::from_str(payload)?;
        if let Some(fields) = value.as_object_mut() {
            fields.insert("kind".to_owned(), kind.into());
        }
        serde_json::from_value(value)
    }
}

impl Event {
    /// From the record.
    pub(super) fn from_entry(entry: &Entry) -> serde_json::Result<Self> {
        Ok(Self { work: entry.stamp.work, what: What::from_row(&entry.kind, &entry.payload)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msg;

    #[test]
    fn every_event_survives_the_record() {
        let all = [
            What::Begun,
            What::Ready { stand: Some("s".to_owned()) },
            What::LeftOut { items: vec![("a".to_owned(), msg!("session-gone"))] },
            What::Checked { depth: Depth::Final, verdicts: Vec::new() },
            What::Reset { machine: None },
            What::Hint { index: 1, cost: 2 },
            What::Answered { question: "q".to_owned(), text: "« é »".to_owned() },
            What::Qualified { qualification: Qualification::default().next(super::super::desk::Field::Domain) },
            What::Wrote { part: Part::Tests, text: "ping".to_owned() },
            What::Logged { text: "câble remis".to_owned() },
            What::Gone,
            What::Finished { earned: 1, total: 2, right_answers: BTreeMap::new() },
            What::GaveUp { total: 2, right_answers: BTreeMap::new() },
            What::Abandoned,
        ];
        for what in all {
            let (kind, payload) = what.to_row();
            let fields: serde_json::Value = serde_json::from_str(&payload).unwrap();
            assert!(!kind.is_empty() && fields.get("kind").is_none());
            assert_eq!(What::from_row(&kind, &payload).unwrap(), what);
        }
    }

    #[test]
    fn the_kinds_that_end_are_those_of_the_events_that_end() {
        let ends = [
            What::Finished { earned: 0, total: 0, right_answers: BTreeMap::new() },
            What::GaveUp { total: 0, right_answers: BTreeMap::new() },
            What::Abandoned,
        ]
        .map(|what| what.to_row().0);
        assert_eq!(ends, What::ENDS);
    }
}
