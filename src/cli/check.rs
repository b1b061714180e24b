//! `paillasse check`: the current attempt, from another terminal or a script.

use std::fmt::Write as _;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};

use super::plain::{in_words, open_store};
use super::{Context, Format, Outcome, complain, print};
use crate::i18n::Lang;
use crate::session::{Depth, Session, SessionError, View, current};
use crate::verdict::{Finding, Status, Verdict};

pub(super) fn run(context: &Context, format: Format, is_final: bool) -> Outcome {
    let lang = context.lang;
    match look(lang, if is_final { Depth::Final } else { Depth::Now }) {
        Ok(Some(view)) => {
            print(written(&view, format, lang).trim_end());
            let met = view.verdicts.iter().all(|verdict| verdict.status == Status::Pass);
            if met { Outcome::Met } else { Outcome::NotMet }
        }
        Ok(None) => {
            complain(&lang.tr("plain-none-under-way"));
            Outcome::CouldNotRun
        }
        Err(error) => {
            complain(&error.words(lang));
            Outcome::CouldNotRun
        }
    }
}

/// The current attempt, looked at; its clock is left alone.
fn look(lang: Lang, depth: Depth) -> Result<Option<View>, SessionError> {
    let store = open_store(lang)?;
    let Some(past) = current(&store)? else { return Ok(None) };
    let mut session = Session::attach(store, past.attempt)?;
    session.check_telling(depth, &mut |step| complain(&lang.say(&step))).map(Some)
}

fn written(view: &View, format: Format, lang: Lang) -> String {
    match format {
        Format::Text => in_words(view, lang),
        Format::Json => format!("{:#}", as_json(view, lang)),
        Format::Junit => as_junit(view, lang),
        Format::Tap => as_tap(view, lang),
    }
}

fn as_json(view: &View, lang: Lang) -> Value {
    let left_out = view.left_out.iter().map(|(id, why)| json!({ "id": id, "reason": lang.say(why) }));
    json!({
        "lab": view.variant.manifest.id,
        "seed": view.variant.seed,
        "attempt": view.attempt,
        "seconds": view.elapsed.as_secs(),
        "earned": view.earned,
        "total": view.total,
        "criteria": view.verdicts.iter().map(|verdict| verdict_as_json(verdict, lang)).collect::<Vec<_>>(),
        "left_out": left_out.collect::<Vec<_>>(),
    })
}

fn verdict_as_json(verdict: &Verdict, lang: Lang) -> Value {
    let telling = telling(verdict);
    let all = |part: fn(&Finding) -> &crate::i18n::Message| {
        let said: Vec<String> = telling.iter().map(|finding| lang.say(part(finding))).collect();
        said.join("; ")
    };
    json!({
        "id": verdict.id,
        "status": verdict.status,
        "points": verdict.points,
        "expected": all(|finding| &finding.expected),
        "found": all(|finding| &finding.found),
        "source": all(|finding| &finding.source),
        "waits_for": verdict.waits_for,
        "note": verdict.note.as_ref().map(|note| lang.say(note)),
    })
}

/// Findings that decided: those that are not as expected, or all where all are.
fn telling(verdict: &Verdict) -> Vec<&Finding> {
    let off: Vec<&Finding> = verdict.findings.iter().filter(|finding| finding.status != Status::Pass).collect();
    if off.is_empty() { verdict.findings.iter().collect() } else { off }
}

/// Why a verdict is what it is, on one line.
fn reason(verdict: &Verdict, lang: Lang) -> String {
    let value = verdict_as_json(verdict, lang);
    let parts =
        ["expected", "found", "source"].map(|name| format!("{name}: {}", value[name].as_str().unwrap_or_default()));
    let waits = verdict.waits_for.join(", ");
    match &verdict.note {
        _ if !waits.is_empty() => format!("waits for: {waits}"),
        Some(note) if verdict.findings.is_empty() => lang.say(note),
        _ => parts.join("; "),
    }
}

fn as_junit(view: &View, lang: Lang) -> String {
    let mut suite = TestSuite::new(view.variant.manifest.id.as_str());
    for verdict in &view.verdicts {
        let mut status = match verdict.status {
            Status::Pass => TestCaseStatus::success(),
            Status::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
            Status::Unknown => TestCaseStatus::non_success(NonSuccessKind::Error),
            Status::Waiting => TestCaseStatus::skipped(),
        };
        if verdict.status != Status::Pass {
            status.set_message(reason(verdict, lang));
        }
        suite.add_test_case(TestCase::new(verdict.id.as_str(), status));
    }
    let mut report = Report::new("paillasse");
    report.add_test_suite(suite);
    report.to_string().unwrap_or_default()
}

/// Test Anything Protocol, version 14.
fn as_tap(view: &View, lang: Lang) -> String {
    let mut text = format!("TAP version 14\n1..{}\n", view.verdicts.len());
    for (verdict, number) in view.verdicts.iter().zip(1..) {
        let (ok, directive) = match verdict.status {
            Status::Pass => ("ok", ""),
            Status::Fail => ("not ok", ""),
            Status::Unknown => ("not ok", " # TODO cannot tell"),
            Status::Waiting => ("ok", " # SKIP waiting"),
        };
        let _ = writeln!(text, "{ok} {number} - {}{directive}", verdict.id);
        if verdict.status != Status::Pass {
            let _ = writeln!(text, "# {}", reason(verdict, lang).replace('\n', " "));
        }
    }
    text
}
