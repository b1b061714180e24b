//! For programs.

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::{Line, telling_of, word};
use crate::i18n::Lang;
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
        serializer.collect_seq(self.0.iter().map(|line| Told::of(line, self.1)))
    }
}

/// One criterion: `id`, `title`, `status` (`pass`, `fail`, `unknown`, `waiting`), `points`, `guard`, `expected`, `found`,
/// `source` (in words, of the findings that decided), `note`, `waits_for` and every one of the `findings`.
#[must_use]
pub fn as_json(line: &Line<'_>, lang: Lang) -> Value {
    serde_json::to_value(Told::of(line, lang)).unwrap_or_default()
}

/// A criterion in words.
#[derive(Serialize)]
struct Told<'a> {
    id: &'a str,
    title: &'a str,
    status: &'static str,
    points: u32,
    guard: bool,
    expected: String,
    found: String,
    source: String,
    note: Option<String>,
    waits_for: &'a [String],
    findings: Vec<Said<'a>>,
}

/// A finding in words, each said once.
#[derive(Serialize)]
struct Said<'a> {
    field: &'a str,
    status: &'static str,
    expected: String,
    found: String,
    source: String,
}

impl<'a> Told<'a> {
    fn of(line: &Line<'a>, lang: Lang) -> Self {
        let verdict = line.verdict;
        let findings: Vec<Said<'a>> = verdict.findings.iter().map(|finding| Said::of(finding, lang)).collect();
        let decided = telling_of(verdict, &findings);
        let each = |part: for<'s> fn(&'s Said<'a>) -> &'s str| -> String {
            let said: Vec<String> = decided.iter().map(|said| format!("{}: {}", said.field, part(said))).collect();
            said.join("; ")
        };
        let mut sources: Vec<&str> = decided.iter().map(|said| said.source.as_str()).collect();
        sources.dedup();
        Self {
            id: &verdict.id,
            title: line.title,
            status: word(verdict.status),
            points: verdict.points,
            guard: verdict.guard,
            expected: each(|said| &said.expected),
            found: each(|said| &said.found),
            source: sources.join("; "),
            note: verdict.note.as_ref().map(|note| lang.say(note)),
            waits_for: &verdict.waits_for,
            findings,
        }
    }
}

impl<'a> Said<'a> {
    fn of(finding: &'a Finding, lang: Lang) -> Self {
        Self {
            field: &finding.field,
            status: word(finding.status),
            expected: lang.say(&finding.expected),
            found: lang.say(&finding.found),
            source: lang.say(&finding.source),
        }
    }
}
