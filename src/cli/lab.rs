//! `paillasse lab …`

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Context, LabCommand, Outcome, complain, print, prove};
use crate::i18n::Lang;
use crate::lab::coverage::{By, Row, coverage};
use crate::lab::{Catalogue, Lab, Problem, advice, scaffold, schema};
use crate::prove::Reach;
use crate::{msg, referential};

/// How many seeds `check` renders: a template that only some draws break is seen.
const SEEDS: u64 = 20;

pub(super) fn run(context: &Context, command: LabCommand) -> Outcome {
    match command {
        LabCommand::New { id } => new(context, &id),
        LabCommand::Check { paths } => check(context, &paths),
        LabCommand::Prove { ids, all, seeds, quick, json } => {
            prove::run(context, &ids, all, &seeds, if quick { Reach::First } else { Reach::Whole }, json)
        }
        LabCommand::Schema => {
            print(&format!("{:#}", schema()));
            Outcome::Met
        }
        LabCommand::Coverage { json } => show_coverage(context, json),
    }
}

fn new(context: &Context, id: &str) -> Outcome {
    let parent = context.labs.first().map_or_else(|| Path::new("."), PathBuf::as_path);
    match scaffold::create(parent, id) {
        Ok(folder) => {
            print(&context.lang.say(&msg!("lab-new-done", path = folder.display().to_string())));
            Outcome::Met
        }
        Err(problem) => {
            complain(&in_full(&problem, context.lang));
            Outcome::CouldNotRun
        }
    }
}

/// Reads the labs of these paths, or all at hand, and says what is wrong (1) and what could be better (0).
fn check(context: &Context, paths: &[PathBuf]) -> Outcome {
    let lang = context.lang;
    let catalogue = if paths.is_empty() {
        Catalogue::load(&context.lab_folders())
    } else {
        if let Some(missing) = paths.iter().find(|path| !path.exists()) {
            complain(&lang.say(&msg!("lab-check-no-path", path = missing.display().to_string())));
            return Outcome::CouldNotRun;
        }
        Catalogue::of_folders(&paths.iter().map(|path| folder_of(path)).collect::<Vec<_>>())
    };
    if catalogue.labs.is_empty() && catalogue.problems.is_empty() {
        complain(&lang.tr("lab-check-nothing"));
        return Outcome::CouldNotRun;
    }
    let unlucky: Vec<Problem> = catalogue.labs.values().filter_map(|lab| first_mistake(lab)).collect();
    let notes: Vec<Problem> = catalogue.labs.values().flat_map(|lab| advice(lab)).collect();
    for problem in notes.iter().chain(&catalogue.problems).chain(&unlucky) {
        print(&in_full(problem, lang));
    }
    let problems = catalogue.problems.len() + unlucky.len();
    let labs = catalogue.labs.len();
    print(&lang.say(&msg!("lab-check-summary", labs = labs, problems = problems, notes = notes.len())));
    if problems == 0 { Outcome::Met } else { Outcome::NotMet }
}

/// A `lab.toml` stands for its folder.
fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if path.is_file() && parent.as_os_str().is_empty() => PathBuf::from("."),
        Some(parent) if path.is_file() => parent.to_path_buf(),
        _ => path.to_path_buf(),
    }
}

/// The first seed that doesn't render.
fn first_mistake(lab: &Lab) -> Option<Problem> {
    (1..=SEEDS).find_map(|seed| lab.variant(seed).err())
}

/// A problem with the lines of the file around it.
fn in_full(problem: &Problem, lang: Lang) -> String {
    format!("{:?}", problem.report(lang))
}

fn show_coverage(context: &Context, json: bool) -> Outcome {
    let catalogue = Catalogue::load(&context.lab_folders());
    let rows = coverage(&catalogue, referential::get());
    if json {
        print(&format!("{:#}", coverage_json(&rows)));
    } else {
        print(coverage_table(context.lang, &rows).trim_end());
    }
    Outcome::Met
}

fn coverage_json(rows: &[Row<'_>]) -> serde_json::Value {
    let skills: Vec<_> = rows
        .iter()
        .map(|row| {
            let skill = row.skill;
            json!({
                "id": skill.id,
                "competence": skill.competence,
                "kind": skill.kind,
                "check": skill.check,
                "text": skill.text_fr,
                "labs": row.labs,
            })
        })
        .collect();
    json!({ "total": rows.len(), "covered": covered(rows.iter()), "by": by_means(rows), "skills": skills })
}

fn covered<'a>(rows: impl Iterator<Item = &'a Row<'a>>) -> usize {
    rows.filter(|row| !row.labs.is_empty()).count()
}

/// Skills by the best thing that checks them.
fn by_means(rows: &[Row<'_>]) -> BTreeMap<&'static str, usize> {
    let mut counts: BTreeMap<_, _> = ["criterion", "question", "document", "observed"].map(|name| (name, 0)).into();
    for best in rows.iter().filter_map(|row| row.labs.iter().map(|covered| covered.by).min()) {
        *counts.entry(word(best)).or_default() += 1;
    }
    counts
}

fn word(by: By) -> &'static str {
    match by {
        By::Criterion => "criterion",
        By::Question => "question",
        By::Document => "document",
        By::Observed => "observed",
    }
}

fn coverage_table(lang: Lang, rows: &[Row<'_>]) -> String {
    let mut text = String::new();
    for edition in &referential::get().editions {
        let year = edition.header.year;
        let _ = writeln!(text, "{}", lang.say(&msg!("lab-coverage-edition", year = year.to_string())));
        for competence in &edition.competences {
            let of_it: Vec<_> = rows.iter().filter(|row| row.skill.competence == competence.id).collect();
            let met = covered(of_it.iter().copied());
            let _ = writeln!(text, "  {:<8} {met:>3}/{:<3} {}", competence.id, of_it.len(), competence.title);
        }
        text.push('\n');
    }
    let means = by_means(rows);
    let total = msg!(
        "lab-coverage-total",
        covered = covered(rows.iter()),
        total = rows.len(),
        criterion = means["criterion"],
        question = means["question"],
        document = means["document"],
        observed = means["observed"]
    );
    text + &lang.say(&total)
}
