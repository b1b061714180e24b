//! An attempt on paper, for the candidate's file: the ticket, how it was qualified, the report, what was checked and
//! found, the jury's lines to fill in by hand. Pure: Markdown first, HTML from it.

mod html;
mod keep;
mod markdown;

use std::time::Duration;

pub use keep::{DossierError, keep, written};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use self::markdown::{plain, quote, row, rule};
use crate::i18n::{Lang, Message};
use crate::lab::manifest::{Manifest, Part};
use crate::msg;
use crate::session::desk::Field;
use crate::session::{Debrief, Phase, Turn, View};
use crate::verdict::{Status, Verdict};

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Form {
    /// A page that prints well.
    #[default]
    Html,
    /// Markdown.
    Md,
}

/// An attempt, and what the record knows of its start.
#[derive(Debug)]
pub struct Dossier<'a> {
    /// The attempt.
    pub debrief: &'a Debrief,
    /// Wall clock, milliseconds since 1970 UTC.
    pub started_ms: i64,
    /// Hash of the base its machines were made of.
    pub base_hash: Option<&'a str>,
}

impl Dossier<'_> {
    /// The whole of it.
    #[must_use]
    pub fn write(&self, form: Form, lang: Lang) -> String {
        let markdown = self.markdown(lang);
        match form {
            Form::Md => markdown,
            Form::Html => html::page(&markdown, self.view().variant.manifest.title.get(lang), lang),
        }
    }

    /// A file's name for it: `dhcp-agence-12.html`.
    #[must_use]
    pub fn file_name(&self, form: Form) -> String {
        let view = self.view();
        let end = match form {
            Form::Html => "html",
            Form::Md => "md",
        };
        format!("{}-{}.{end}", view.variant.manifest.id, view.attempt)
    }

    fn view(&self) -> &View {
        &self.debrief.view
    }

    fn markdown(&self, lang: Lang) -> String {
        let view = self.view();
        let manifest = &view.variant.manifest;
        [
            format!("# {}\n\n", plain(manifest.title.get(lang))),
            self.facts(lang),
            ticket(view, lang),
            report(view, lang),
            checked(self.debrief, lang),
            course(self.debrief, lang),
            jury(manifest, lang),
        ]
        .concat()
    }

    /// What, who, when, how long, how many points.
    fn facts(&self, lang: Lang) -> String {
        let view = self.view();
        let manifest = &view.variant.manifest;
        let variant = format!("{} · {}", manifest.id, view.variant.seed);
        let result = match view.phase {
            Phase::GivenUp => lang.tr("dossier-gave-up"),
            _ => lang.say(&msg!("ui-debrief-score", earned = view.earned, total = view.total)),
        };
        let mut facts = vec![
            ("dossier-candidate", String::new()),
            ("dossier-competence", competence(manifest)),
            ("dossier-lab", variant),
            ("dossier-date", day(self.started_ms)),
            ("dossier-time", time(view.elapsed)),
            ("dossier-hints", view.hints.len().to_string()),
            ("dossier-result", result),
        ];
        facts.extend(self.base_hash.map(|hash| ("dossier-base", hash.chars().take(16).collect())));
        let rows = facts.iter().map(|(key, value)| row([lang.tr(key).as_str(), value]));
        format!("{}{}{}\n", row(["", ""]), rule(2), rows.collect::<String>())
    }
}

/// The competence's number and title in the edition in force.
fn competence(manifest: &Manifest) -> String {
    let found = crate::referential::get().current().and_then(|edition| {
        let found = edition.competences.iter().find(|found| found.id == manifest.competence)?;
        Some(format!("{} {}", found.number, found.title))
    });
    found.unwrap_or_else(|| manifest.competence.clone())
}

fn day(ms: i64) -> String {
    Timestamp::from_millisecond(ms)
        .map_or_else(|_| String::new(), |at| at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string())
}

/// Hours, minutes and seconds.
fn time(length: Duration) -> String {
    let seconds = length.as_secs();
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn section(lang: Lang, key: &str) -> String {
    format!("## {}\n\n", plain(&lang.tr(key)))
}

/// A name that stands alone.
fn headed(lang: Lang, key: &str) -> String {
    let name = lang.tr(key);
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The request, the work order, and how the ticket was qualified.
fn ticket(view: &View, lang: Lang) -> String {
    let manifest = &view.variant.manifest;
    let from = format!("{}, {}", manifest.ticket.from.name, manifest.ticket.from.role.get(lang));
    let mut parts = vec![section(lang, "desk-ticket")];
    parts.push(format!("{}\n\n{}\n", plain(&from), quote(manifest.ticket.text.get(lang))));
    let given = view.desk.qualification;
    let mut rows: Vec<(String, String)> = Field::ALL
        .iter()
        .filter_map(|field| Some((headed(lang, field.label()), lang.say(&given.words(*field)?))))
        .collect();
    rows.extend(
        given.priority().map(|n| (headed(lang, "desk-priority"), lang.say(&msg!("desk-priority-value", n = n)))),
    );
    if !rows.is_empty() {
        let rows: String = rows.iter().map(|(name, value)| row([name.as_str(), value])).collect();
        parts.push(format!("{}{}{rows}\n", row(["", ""]), rule(2)));
    }
    parts.concat()
}

/// What the candidate wrote.
fn report(view: &View, lang: Lang) -> String {
    let Some(wanted) = &view.variant.manifest.report else { return String::new() };
    let mut parts = vec![section(lang, "desk-title")];
    for part in Part::ALL.into_iter().filter(|part| wanted.require.contains(part)) {
        let written = view.desk.report.get(&part).map_or("", |written| written.trim());
        let shown =
            if written.is_empty() { format!("*{}*\n", lang.tr("dossier-nothing-written")) } else { quote(written) };
        parts.push(format!("### {}\n\n{shown}\n", plain(&headed(lang, part.label()))));
    }
    if !view.desk.log.is_empty() {
        parts.push(format!("### {}\n\n", plain(&headed(lang, "desk-log"))));
        parts.push(
            view.desk
                .log
                .iter()
                .fold(String::new(), |text, (at, line)| text + &format!("- {} {}\n", time(*at), plain(line))),
        );
        parts.push("\n".to_owned());
    }
    parts.concat()
}

/// Each criterion and question, with what was expected and found; then what was judged of ticket and report.
fn checked(debrief: &Debrief, lang: Lang) -> String {
    let view = &debrief.view;
    let head = ["dossier-result", "dossier-criterion", "dossier-points", "dossier-expected", "dossier-found"];
    let head = head.map(|key| lang.tr(key));
    let mut parts = vec![section(lang, "desk-checked")];
    parts.push(row(head.iter().map(String::as_str)) + &rule(head.len()));
    for verdict in &view.verdicts {
        let title = title(&view.variant.manifest, &verdict.id, lang);
        let points = if verdict.guard { "–".to_owned() } else { verdict.points.to_string() };
        let right = debrief.right_answers.get(&verdict.id);
        let status = if view.is_unanswered(&verdict.id) { "ui-no-answer" } else { status(verdict) };
        parts.push(verdict_row(status, verdict, (&title, &points), right, lang));
    }
    for (id, why) in &view.left_out {
        let title = title(&view.variant.manifest, id, lang);
        parts.push(row(["–", &title, "–", "", &lang.say(&msg!("ui-left-out", why = why.clone()))]));
    }
    let desk = view.desk_verdicts();
    for verdict in &desk {
        let title = verdict.findings.first().map_or_else(String::new, |finding| headed(lang, &finding.field));
        parts.push(verdict_row(status(verdict), verdict, (&title, "–"), None, lang));
    }
    parts.push("\n".to_owned());
    if !desk.is_empty() {
        let right = desk.iter().filter(|verdict| verdict.status == Status::Pass).count();
        parts.push(format!("{}\n\n", plain(&lang.say(&msg!("desk-score", right = right, all = desk.len())))));
    }
    parts.concat()
}

fn status(verdict: &Verdict) -> &'static str {
    match verdict.status {
        Status::Pass => "status-pass",
        Status::Fail => "status-fail",
        Status::Unknown => "status-unknown",
        Status::Waiting => "status-waiting",
    }
}

fn verdict_row(
    status: &str,
    verdict: &Verdict,
    (title, points): (&str, &str),
    right: Option<&Message>,
    lang: Lang,
) -> String {
    let status = lang.tr(status);
    let telling = |finding: &&crate::verdict::Finding| finding.status == verdict.status;
    let words = |of: fn(&crate::verdict::Finding) -> &Message| {
        let all: Vec<String> = verdict.findings.iter().filter(telling).map(|finding| lang.say(of(finding))).collect();
        all.join(" ; ")
    };
    let expected = right.map_or_else(|| words(|finding| &finding.expected), |right| lang.say(right));
    row([status.as_str(), title, points, &expected, &words(|finding| &finding.found)])
}

fn title(manifest: &Manifest, id: &str, lang: Lang) -> String {
    let criteria = manifest.criteria.iter().map(|found| (&found.id, &found.title));
    let questions = manifest.questions.iter().map(|found| (&found.id, &found.ask));
    let found = criteria.chain(questions).find(|(known, _)| *known == id);
    found.map_or_else(|| id.to_owned(), |(_, title)| title.get(lang).to_owned())
}

/// What happened, in order.
fn course(debrief: &Debrief, lang: Lang) -> String {
    if debrief.timeline.is_empty() {
        return String::new();
    }
    let manifest = &debrief.view.variant.manifest;
    let mut parts = vec![section(lang, "ui-debrief-timeline")];
    for moment in &debrief.timeline {
        let what = match &moment.turn {
            Turn::Met(id) => format!("{} : {}", lang.tr("status-pass"), title(manifest, id, lang)),
            Turn::Lost(id) => format!("{} : {}", lang.tr("status-lost"), title(manifest, id, lang)),
            Turn::Hint(index) => lang.say(&msg!("ui-turn-hint", n = index + 1)),
            Turn::Answered(id) => lang.say(&msg!("ui-turn-answered", question = title(manifest, id, lang))),
            Turn::Reset(Some(machine)) => lang.say(&msg!("ui-turn-reset", machine = machine)),
            Turn::Reset(None) => lang.tr("ui-turn-reset-all"),
            Turn::StandGone => lang.tr("ui-turn-gone"),
        };
        parts.push(format!("- {} {}\n", time(moment.work), plain(&what)));
    }
    parts.push("\n".to_owned());
    parts.concat()
}

/// What no machine can tell, with boxes to tick by hand.
fn jury(manifest: &Manifest, lang: Lang) -> String {
    if manifest.observations.is_empty() {
        return String::new();
    }
    let head = ["dossier-observed", "dossier-self", "dossier-jury"].map(|key| lang.tr(key));
    let boxes = lang.tr("dossier-boxes");
    let rows = manifest.observations.iter().map(|line| row([line.text.get(lang), &boxes, &boxes]));
    format!(
        "{}{}{}{}\n",
        section(lang, "ui-debrief-jury"),
        row(head.iter().map(String::as_str)),
        rule(head.len()),
        rows.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture;

    fn written(form: Form, lang: Lang) -> String {
        let mut debrief = fixture::debrief();
        debrief.view.desk.report.insert(Part::Actions, "Plage corrigée :\n- 10.84.12.100 à .150 <ok>".to_owned());
        debrief.view.desk.log.push((Duration::from_secs(75), "dnsmasq relu".to_owned()));
        Dossier { debrief: &debrief, started_ms: 0, base_hash: Some("0123456789abcdef0123") }.write(form, lang)
    }

    #[test]
    fn the_dossier_in_markdown() {
        for lang in Lang::ALL {
            let text =
                written(Form::Md, lang).lines().filter(|line| !line.contains("1970")).collect::<Vec<_>>().join("\n");
            insta::assert_snapshot!(format!("dossier-{}", lang.code()), text);
        }
    }

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        let page = written(Form::Html, Lang::Fr);
        assert!(!page.contains("http") && !page.contains("<script") && page.contains("&lt;ok&gt;"), "{page}");
        assert!(page.contains("<table>"));
    }
}
