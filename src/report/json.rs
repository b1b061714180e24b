//! For programs.

use serde::{Serialize, Serializer};
use serde_json::{Value, json as object};

use super::{Line, telling, word};
use crate::i18n::{Lang, Message};
use crate::verdict::{Finding, Score};

/// One object: `name`, `score` (`earned`, `total`, `untold`) and `criteria`, each as [`as_json`] makes it.
#[must_use]
pub fn json(name: &str, lines: &[Line<'_>], lang: Lang) -> String {
    let all = All { name, score: Score::of(lines.iter().map(|line| line.verdict)), criteria: Criteria(lines, lang) };
    // Texts, numbers and lists of them: nothing that JSON can't hold.
    serde_json::to_string_pretty(&all).unwrap_or_default()
}

#[derive(Serialize)]
struct All<'a> {
    name: &'a str,
    score: Score,
    criteria: Criteria<'a>,
}

/// Each made when it is written: of thousands, no more than one is held.
struct Criteria<'a>(&'a [Line<'a>], Lang);

impl Serialize for Criteria<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|line| as_json(line, self.1)))
    }
}

/// One criterion: `id`, `title`, `status` (`pass`, `fail`, `unknown`, `waiting`), `points`, `guard`, `expected`, `found`,
/// `source` (in words, of the findings that decided), `note`, `waits_for` and every one of the `findings`.
#[must_use]
pub fn as_json(line: &Line<'_>, lang: Lang) -> Value {
    let verdict = line.verdict;
    let telling = telling(verdict);
    let each = |part: fn(&Finding) -> &Message| -> String {
        let said = telling.iter().map(|finding| format!("{}: {}", finding.field, lang.say(part(finding))));
        said.collect::<Vec<_>>().join("; ")
    };
    let mut sources: Vec<String> = telling.iter().map(|finding| lang.say(&finding.source)).collect();
    sources.dedup();
    object!({
        "id": verdict.id,
        "title": line.title,
        "status": word(verdict.status),
        "points": verdict.points,
        "guard": verdict.guard,
        "expected": each(|finding| &finding.expected),
        "found": each(|finding| &finding.found),
        "source": sources.join("; "),
        "note": verdict.note.as_ref().map(|note| lang.say(note)),
        "waits_for": verdict.waits_for,
        "findings": verdict.findings.iter().map(|finding| one(finding, lang)).collect::<Vec<_>>(),
    })
}

fn one(finding: &Finding, lang: Lang) -> Value {
    object!({
        "field": finding.field,
        "status": word(finding.status),
        "expected": lang.say(&finding.expected),
        "found": lang.say(&finding.found),
        "source": lang.say(&finding.source),
    })
}
