//! What a proof expects of verdicts. Pure.

use std::collections::BTreeSet;

use super::Fault;
use crate::i18n::Message;
use crate::lab::Manifest;
use crate::msg;
use crate::verdict::{Status, Verdict};

/// What should come out for one criterion or question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Due {
    Met,
    Broken,
    /// It needs something that is broken.
    Waiting,
}

/// Which of a lab's criteria and questions are due to be met, broken or waiting.
#[derive(Debug, Clone)]
pub(super) struct Expected<'a> {
    manifest: &'a Manifest,
    broken: BTreeSet<&'a str>,
    left_out: BTreeSet<String>,
}

impl<'a> Expected<'a> {
    /// After a solution: everything is met.
    pub(super) fn solved(manifest: &'a Manifest) -> Self {
        Self::sabotaged(manifest, &[])
    }

    /// After a sabotage: these are broken, what needs them waits, all else is met.
    pub(super) fn sabotaged(manifest: &'a Manifest, breaks: &'a [String]) -> Self {
        let broken = breaks.iter().map(String::as_str).collect();
        Self { manifest, broken, left_out: BTreeSet::new() }
    }

    /// But these, which this PC can't show.
    pub(super) fn without(mut self, left_out: impl IntoIterator<Item = String>) -> Self {
        self.left_out.extend(left_out);
        self
    }

    fn due(&self, id: &str) -> Due {
        if self.needs(id).any(|needed| self.due(needed) != Due::Met) {
            Due::Waiting
        } else if self.broken.contains(id) {
            Due::Broken
        } else {
            Due::Met
        }
    }

    fn needs(&self, id: &str) -> impl Iterator<Item = &'a str> {
        let criterion = self.manifest.criteria.iter().find(|criterion| criterion.id == id);
        criterion.into_iter().flat_map(|found| found.needs.iter().map(String::as_str))
    }

    /// Whether a verdict is as it is due to be.
    pub(super) fn suits(&self, verdict: &Verdict) -> bool {
        self.left_out.contains(&verdict.id)
            || match self.due(&verdict.id) {
                Due::Met => verdict.status == Status::Pass,
                Due::Broken => verdict.status == Status::Fail,
                Due::Waiting => verdict.status == Status::Waiting && !verdict.waits_for.is_empty(),
            }
    }

    /// Everything that is not as it is due to be.
    pub(super) fn faults(&self, verdicts: &[Verdict]) -> Vec<Fault> {
        verdicts.iter().filter(|verdict| !self.suits(verdict)).map(|verdict| self.fault(verdict)).collect()
    }

    fn fault(&self, verdict: &Verdict) -> Fault {
        let (id, status) = (&verdict.id, in_words(verdict));
        let what = match self.due(&verdict.id) {
            Due::Met => msg!("prove-not-met", id = id, status = status),
            Due::Broken if verdict.waits_for.is_empty() => msg!("prove-not-broken", id = id, status = status),
            Due::Broken | Due::Waiting if verdict.status == Status::Waiting => {
                msg!("prove-hidden", id = id, needs = verdict.waits_for.join(", "))
            }
            Due::Broken | Due::Waiting => msg!("prove-not-waiting", id = id, status = status),
        };
        Fault { criterion: Some(verdict.id.clone()), what, findings: verdict.findings.clone() }
    }
}

/// What the start state gets wrong: a criterion that is met, or can't be told, before anything was done; a guard that
/// doesn't hold; a question that passes without an answer.
pub(super) fn start_faults(manifest: &Manifest, verdicts: &[Verdict], left_out: &BTreeSet<String>) -> Vec<Fault> {
    let is_guard = |id: &str| manifest.criteria.iter().any(|criterion| criterion.id == id && criterion.guard);
    let fault = |verdict: &Verdict| {
        let id = &verdict.id;
        let what = match (is_guard(id), verdict.status) {
            (true, Status::Pass) | (false, Status::Fail | Status::Waiting) => return None,
            (true, _) => msg!("prove-guard-broken", id = id, status = in_words(verdict)),
            (false, Status::Pass) => msg!("prove-start-met", id = id),
            (false, Status::Unknown) => msg!("prove-start-unknown", id = id, why = why(verdict)),
        };
        Some(Fault { criterion: Some(id.clone()), what, findings: verdict.findings.clone() })
    };
    verdicts.iter().filter(|verdict| !left_out.contains(&verdict.id)).filter_map(fault).collect()
}

/// What the proof lacks as written: solutions, a sabotage for something, names that lead nowhere.
pub(super) fn coverage_faults(manifest: &Manifest) -> Vec<Fault> {
    let ids = manifest.criteria.iter().map(|criterion| criterion.id.as_str());
    let ids: Vec<&str> = ids.chain(manifest.questions.iter().map(|question| question.id.as_str())).collect();
    let broken: BTreeSet<&str> =
        manifest.sabotages.iter().flat_map(|sabotage| sabotage.breaks.iter().map(String::as_str)).collect();
    let mut faults = Vec::new();
    if manifest.solutions.len() < 2 {
        faults.push(Fault::new(msg!("prove-few-solutions", count = manifest.solutions.len())));
    }
    for id in ids.iter().filter(|id| !broken.contains(*id)) {
        let what = msg!("prove-uncovered", id = *id);
        faults.push(Fault { criterion: Some((*id).to_owned()), ..Fault::new(what) });
    }
    for sabotage in &manifest.sabotages {
        let name = &sabotage.name;
        if sabotage.breaks.is_empty() {
            faults.push(Fault::new(msg!("prove-breaks-nothing", sabotage = name)));
        }
        for id in sabotage.breaks.iter().filter(|id| !ids.contains(&id.as_str())) {
            faults.push(Fault::new(msg!("prove-breaks-unknown", sabotage = name, id = id)));
        }
    }
    faults
}

fn in_words(verdict: &Verdict) -> Message {
    match verdict.status {
        Status::Pass => msg!("status-pass"),
        Status::Fail => msg!("status-fail"),
        Status::Unknown => msg!("prove-unknown", why = why(verdict)),
        Status::Waiting if verdict.waits_for.is_empty() => msg!("prove-waiting", why = why(verdict)),
        Status::Waiting => msg!("prove-waiting-for", needs = verdict.waits_for.join(", ")),
    }
}

fn why(verdict: &Verdict) -> Message {
    let unknown = verdict.findings.iter().find(|finding| finding.status == Status::Unknown);
    verdict.note.clone().or(unknown.map(|finding| finding.found.clone())).unwrap_or_else(|| msg!("status-unknown"))
}
