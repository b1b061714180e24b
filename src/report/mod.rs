//! Verdicts for people and for programs: text, JSON, `JUnit` XML, TAP 14. Pure: a list of verdicts in, a text out.

mod json;
mod junit;
mod tap;
mod text;

pub use json::{as_json, json};
pub use junit::junit;
pub use tap::tap;
pub use text::text;

use crate::i18n::{Lang, Message};
use crate::verdict::{Finding, Status, Verdict};

/// A verdict with what its criterion says on the screen.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Title of the criterion, or the question.
    pub title: &'a str,
    /// The truth about it.
    pub verdict: &'a Verdict,
}

/// A status in one word that programs read; the same in every language.
fn word(status: Status) -> &'static str {
    match status {
        Status::Pass => "pass",
        Status::Fail => "fail",
        Status::Unknown => "unknown",
        Status::Waiting => "waiting",
    }
}

/// A status in words.
fn said(status: Status) -> Message {
    Message::new(match status {
        Status::Pass => "status-pass",
        Status::Fail => "status-fail",
        Status::Unknown => "status-unknown",
        Status::Waiting => "status-waiting",
    })
}

/// The findings that explain a status: those that have it, else all.
fn telling(verdict: &Verdict) -> Vec<&Finding> {
    telling_of(verdict, &verdict.findings)
}

/// Of what stands for each finding, that of those which explain the status.
fn telling_of<'a, T>(verdict: &Verdict, each: &'a [T]) -> Vec<&'a T> {
    let same = |finding: &Finding| finding.status == verdict.status;
    let none = !verdict.findings.iter().any(same);
    verdict.findings.iter().zip(each).filter(|(finding, _)| none || same(finding)).map(|(_, one)| one).collect()
}

/// Why a verdict is what it is, a line each: each telling finding, what it waits for, why nothing can be told.
fn reasons(verdict: &Verdict, lang: Lang) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    if verdict.status != Status::Waiting {
        lines.extend(telling(verdict).iter().map(|finding| lang.say(&sentence(finding))));
    }
    if !verdict.waits_for.is_empty() {
        lines.push(lang.say(&crate::msg!("report-waits-for", ids = verdict.waits_for.join(", "))));
    }
    if lines.is_empty() {
        lines.extend(verdict.note.as_ref().map(|note| lang.say(note)));
    }
    lines
}

fn sentence(finding: &Finding) -> Message {
    crate::msg!(
        "report-finding",
        field = &finding.field,
        expected = finding.expected.clone(),
        found = finding.found.clone(),
        source = finding.source.clone(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msg;

    pub(super) fn verdict(id: &str, status: Status) -> Verdict {
        let finding = Finding {
            field: "mode".to_owned(),
            expected: msg!("verdict-plain", value = "0644"),
            found: msg!("verdict-plain", value = "0600"),
            source: msg!("probe-source-file", path = "/etc/<hosts> & co"),
            status,
        };
        let waits_for = if status == Status::Waiting { vec!["first".to_owned()] } else { Vec::new() };
        let findings = if status == Status::Waiting { Vec::new() } else { vec![finding] };
        Verdict { id: id.to_owned(), status, points: 2, guard: false, findings, note: None, waits_for }
    }

    fn everything() -> Vec<Verdict> {
        let all = [Status::Pass, Status::Fail, Status::Unknown, Status::Waiting];
        all.iter().map(|status| verdict(word(*status), *status)).collect()
    }

    fn lines(verdicts: &[Verdict]) -> Vec<Line<'_>> {
        verdicts.iter().map(|verdict| Line { title: "A # title", verdict }).collect()
    }

    #[test]
    fn text_says_expected_found_and_where() {
        let verdicts = everything();
        let text = text(&lines(&verdicts), Lang::En);
        for part in ["0644", "0600", "/etc/<hosts> & co", "not met", "first"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn json_has_the_promised_keys() {
        let verdicts = everything();
        let value: serde_json::Value = serde_json::from_str(&json("s", &lines(&verdicts), Lang::En)).unwrap();
        let failed = &value["criteria"][1];
        assert_eq!((&failed["id"], &failed["status"]), (&"fail".into(), &"fail".into()));
        assert_eq!((&failed["points"], &failed["expected"]), (&2.into(), &"mode: 0644".into()));
        assert_eq!(failed["found"], "mode: 0600");
        assert_eq!(failed["source"], "file /etc/<hosts> & co");
        assert_eq!(value["criteria"][3]["waits_for"][0], "first");
        assert_eq!(value["score"]["untold"], 2);
    }

    #[test]
    fn junit_counts_each_status_apart() {
        let verdicts = everything();
        let xml = junit("s", &lines(&verdicts), Lang::En).unwrap();
        for part in [
            "tests=\"4\"",
            "failures=\"1\"",
            "<skipped message=\"waits for: first\"",
            "errors=\"1\"",
            "&lt;hosts&gt; &amp; co",
        ] {
            assert!(xml.contains(part), "{part} in {xml}");
        }
    }

    #[test]
    fn tap_is_version_14_with_escaped_descriptions() {
        let verdicts = everything();
        let tap = tap(&lines(&verdicts), Lang::En);
        let lines: Vec<&str> = tap.lines().collect();
        assert_eq!(lines[..3], ["TAP version 14", "1..4", "ok 1 - pass: A \\# title"]);
        assert!(tap.contains("not ok 2 - fail: A \\# title\n  ---\n"), "{tap}");
        assert!(tap.contains("not ok 3 - unknown: A \\# title # TODO cannot tell\n"), "{tap}");
        assert!(tap.contains("not ok 4 - waiting: A \\# title # TODO waiting\n"), "{tap}");
    }
}
