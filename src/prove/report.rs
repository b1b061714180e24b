//! A proof in words, and for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Fault, Kind, Proof, Step};
use crate::i18n::{Lang, Message};
use crate::msg;
use crate::verdict::{Finding, Status};

/// For people: a line a step, and under it what is wrong.
#[must_use]
pub fn as_text(proof: &Proof, lang: Lang) -> String {
    let mut text = String::new();
    let mut last = None;
    for step in &proof.steps {
        let heading = (&step.lab, step.seed);
        if last != Some(heading) {
            let title = msg!("prove-heading", lab = &step.lab, seed = step.seed.to_string());
            let _ = writeln!(text, "{}{}", if last.is_some() { "\n" } else { "" }, lang.say(&title));
            last = Some(heading);
        }
        step_in_words(&mut text, step, lang);
    }
    let host = if proof.left.is_empty() { msg!("prove-host-clean") } else { msg!("prove-host-left") };
    let _ = writeln!(text, "\n{}", lang.say(&host));
    for trace in &proof.left {
        let _ = writeln!(text, "  {}", lang.say(&trace.message()));
    }
    text
}

fn step_in_words(text: &mut String, step: &Step, lang: Lang) {
    let mark = if step.obstacle.is_some() {
        "?"
    } else if step.faults.is_empty() {
        "✔"
    } else {
        "✘"
    };
    let seconds = format!("{:.1} s", step.took.as_secs_f32());
    let _ = writeln!(text, "  {mark} {:<64} {seconds:>8}", lang.say(&title(&step.kind)));
    if let Some(obstacle) = &step.obstacle {
        let _ = writeln!(text, "      {}", obstacle.words(lang));
    }
    for fault in &step.faults {
        fault_in_words(text, fault, lang);
    }
    for (id, why) in step.left_out.iter().filter(|_| step.kind == Kind::Start) {
        let _ = writeln!(text, "      {}", lang.say(&msg!("prove-left-out", id = id, why = why.clone())));
    }
}

fn fault_in_words(text: &mut String, fault: &Fault, lang: Lang) {
    let _ = writeln!(text, "      {}", lang.say(&fault.what));
    for finding in telling(fault) {
        let (expected, found, source) = (finding.expected.clone(), finding.found.clone(), finding.source.clone());
        let line = msg!("prove-finding", field = &finding.field, expected = expected, found = found, source = source);
        let _ = writeln!(text, "        {}", lang.say(&line));
    }
}

/// Findings that tell why: those that are not as expected, or all where all are.
fn telling(fault: &Fault) -> Vec<&Finding> {
    let off: Vec<&Finding> = fault.findings.iter().filter(|finding| finding.status != Status::Pass).collect();
    if off.is_empty() { fault.findings.iter().collect() } else { off }
}

/// What a step proves, in words.
#[must_use]
pub fn title(kind: &Kind) -> Message {
    match kind {
        Kind::Coverage => msg!("prove-step-coverage"),
        Kind::Start => msg!("prove-step-start"),
        Kind::Solution(name) => msg!("prove-step-solution", name = name),
        Kind::Sabotage(name) => msg!("prove-step-sabotage", name = name),
    }
}

/// For programs.
#[must_use]
pub fn as_json(proof: &Proof, lang: Lang) -> Value {
    let fault = |fault: &Fault| {
        let findings = telling(fault).into_iter().map(|finding| {
            json!({
                "field": finding.field,
                "expected": lang.say(&finding.expected),
                "found": lang.say(&finding.found),
                "source": lang.say(&finding.source),
            })
        });
        json!({
            "criterion": fault.criterion,
            "reason": fault.what.key.trim_start_matches("prove-"),
            "message": lang.say(&fault.what),
            "findings": findings.collect::<Vec<_>>(),
        })
    };
    let step = |step: &Step| {
        let left_out = step.left_out.iter().map(|(id, why)| json!({ "id": id, "reason": lang.say(why) }));
        json!({
            "lab": step.lab,
            "seed": step.seed,
            "step": step.kind,
            "proven": step.faults.is_empty() && step.obstacle.is_none(),
            "milliseconds": u64::try_from(step.took.as_millis()).unwrap_or(u64::MAX),
            "faults": step.faults.iter().map(fault).collect::<Vec<_>>(),
            "left_out": left_out.collect::<Vec<_>>(),
            "could_not_run": step.obstacle.as_ref().map(|obstacle| obstacle.words(lang)),
        })
    };
    json!({
        "steps": proof.steps.iter().map(step).collect::<Vec<_>>(),
        "left_on_this_pc": proof.left.iter().map(|trace| lang.say(&trace.message())).collect::<Vec<_>>(),
    })
}
