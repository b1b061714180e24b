//! An attempt in lines of text: no colours, no frames, one thing a line, for screen readers and scripts. Pure.

use std::fmt::Write as _;
use std::time::Duration;

use crate::i18n::{Lang, Message};
use crate::lab::manifest::Solution;
use crate::lab::{Manifest, Text, Variant};
use crate::msg;
use crate::session::{Debrief, Lost, Moment, Phase, Turn, View};
use crate::verdict::{Finding, Status, Verdict, path_in_words};

/// Ticket and work order.
pub(super) fn brief(variant: &Variant, lang: Lang) -> String {
    let manifest = &variant.manifest;
    let ticket = &manifest.ticket;
    let from = msg!("plain-from", name = &ticket.from.name, role = ticket.from.role.get(lang));
    let title = manifest.title.get(lang);
    let order = variant.brief.get(lang).trim();
    format!("{title}\n\n{}\n{}\n\n{order}\n", lang.say(&from), ticket.text.get(lang).trim())
}

/// Every criterion and question with its verdict, and the score.
pub(in crate::cli) fn verdicts(view: &View, lang: Lang) -> String {
    let manifest = &view.variant.manifest;
    let mut text = String::new();
    for verdict in &view.verdicts {
        one(&mut text, verdict, view, lang);
    }
    for (id, reason) in &view.left_out {
        let line = msg!("plain-left-out", what = title(manifest, id).get(lang), why = reason.clone());
        let _ = writeln!(text, "{}", lang.say(&line));
    }
    let score = msg!("plain-score", earned = view.earned, total = view.total, time = clock(view.elapsed));
    let _ = writeln!(text, "{}", lang.say(&score));
    text
}

fn one(text: &mut String, verdict: &Verdict, view: &View, lang: Lang) {
    let manifest = &view.variant.manifest;
    let is_lost = |lost: &&Lost| lost.criterion == verdict.id && verdict.status == Status::Fail;
    let lost = view.lost.iter().rev().find(is_lost);
    let status = match lost {
        Some(lost) => msg!("plain-lost", time = clock(lost.lost)),
        None if view.is_unanswered(&verdict.id) => msg!("ui-no-answer"),
        None => status(verdict.status),
    };
    let points = msg!("status-points", points = verdict.points);
    let what = title(manifest, &verdict.id).get(lang);
    let line = msg!("plain-verdict", status = status, what = what, id = &verdict.id, points = points);
    let _ = writeln!(text, "{}", lang.say(&line));
    if verdict.status == Status::Pass {
        return;
    }
    // What waits shows what it waits for: its own findings are only what follows from that.
    let is_telling = |finding: &&Finding| finding.status != Status::Pass && verdict.status != Status::Waiting;
    for finding in verdict.findings.iter().filter(is_telling) {
        let _ = writeln!(text, "    {}", lang.say(&found(finding)));
    }
    for needed in &verdict.waits_for {
        let line = msg!("plain-waits-for", what = title(manifest, needed).get(lang));
        let _ = writeln!(text, "    {}", lang.say(&line));
    }
    if let Some(note) = &verdict.note {
        let _ = writeln!(text, "    {}", lang.say(note));
    }
    if verdict.status == Status::Fail
        && let Some(look) = look(manifest, &verdict.id)
    {
        let _ = writeln!(text, "    {}", lang.say(&msg!("plain-look", look = look.get(lang))));
    }
}

fn found(finding: &Finding) -> Message {
    msg!(
        "plain-finding",
        field = path_in_words(&finding.field),
        expected = finding.expected.clone(),
        found = finding.found.clone(),
        source = finding.source.clone()
    )
}

fn status(status: Status) -> Message {
    match status {
        Status::Pass => msg!("status-pass"),
        Status::Fail => msg!("status-fail"),
        Status::Unknown => msg!("status-unknown"),
        Status::Waiting => msg!("status-waiting"),
    }
}

/// What a criterion or question says on the screen.
fn title<'a>(manifest: &'a Manifest, id: &str) -> &'a Text {
    let criterion = manifest.criteria.iter().find(|criterion| criterion.id == id).map(|criterion| &criterion.title);
    let question = || manifest.questions.iter().find(|question| question.id == id).map(|question| &question.ask);
    criterion.or_else(question).unwrap_or(&manifest.title)
}

fn look<'a>(manifest: &'a Manifest, id: &str) -> Option<&'a Text> {
    let criterion = manifest.criteria.iter().find(|criterion| criterion.id == id);
    let question = manifest.questions.iter().find(|question| question.id == id);
    criterion.and_then(|found| found.look.as_ref()).or_else(|| question.and_then(|found| found.look.as_ref()))
}

/// The end: verdicts, what happened when, the reference ways, what to read.
pub(super) fn debrief(end: &Debrief, lang: Lang) -> String {
    let manifest = &end.view.variant.manifest;
    let mut text = verdicts(&end.view, lang);
    let mut section = |key: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            let _ = writeln!(text, "\n{}\n{}", lang.tr(key), lines.join("\n"));
        }
    };
    section("plain-timeline", end.timeline.iter().map(|moment| turn(moment, manifest, lang)).collect());
    let right = end.right_answers.iter();
    section("plain-right", right.map(|(id, right)| format!("{id} : {}", lang.say(right))).collect());
    let has_commands = end.view.phase == Phase::GivenUp;
    let ways = manifest.solutions.iter().map(|way| {
        let note = way.note.as_ref().map_or(String::new(), |note| format!(" : {}", note.get(lang)));
        let commands = if has_commands { commands(way, &end.view.variant) } else { String::new() };
        format!("{}{note}{commands}", way.name)
    });
    let desk = end.view.desk_verdicts();
    section("ui-debrief-desk", desk.iter().filter_map(|verdict| desk_line(verdict, lang)).collect());
    section("plain-ways", ways.collect());
    section("plain-read", manifest.read.clone());
    let observed = manifest.observations.iter().map(|line| format!("{} ({})", line.text.get(lang), line.skill));
    section("plain-jury", observed.collect());
    text
}

/// The commands of a way, as its proof runs them.
fn commands(way: &Solution, variant: &Variant) -> String {
    let scripts = way.run.iter().chain(&way.answer).filter_map(|(place, script)| {
        let body = variant.scripts.get(script)?.trim_end().replace('\n', "\n    ");
        Some(format!("\n  {place}\n    {body}"))
    });
    scripts.collect()
}

/// What was judged of the ticket's handling.
fn desk_line(verdict: &Verdict, lang: Lang) -> Option<String> {
    let finding = verdict.findings.first()?;
    let (expected, found) = (lang.say(&finding.expected), lang.say(&finding.found));
    let field = lang.tr(&finding.field);
    let words = lang.say(&msg!("plain-desk-wrong", field = field, expected = expected, found = found));
    Some(format!("{} {words}", lang.say(&status(verdict.status))))
}

fn turn(moment: &Moment, manifest: &Manifest, lang: Lang) -> String {
    let name = |id: &String| title(manifest, id).get(lang).to_owned();
    let what = match &moment.turn {
        Turn::Met(id) => msg!("plain-turn-met", what = name(id)),
        Turn::Lost(id) => msg!("plain-turn-lost", what = name(id)),
        Turn::Hint(index) => msg!("plain-turn-hint", number = *index + 1),
        Turn::Answered(id) => msg!("plain-turn-answered", what = name(id)),
        Turn::Reset(Some(machine)) => msg!("plain-turn-reset", machine = machine),
        Turn::Reset(None) => msg!("plain-turn-reset-all"),
        Turn::StandGone => msg!("plain-turn-gone"),
    };
    format!("{}  {}", clock(moment.work), lang.say(&what))
}

pub(super) fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}
