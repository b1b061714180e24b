//! `paillasse history` and `paillasse export`

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use super::plain::open_store;
use super::{Context, Outcome, complain, print};
use crate::dossier::{self, DossierError, Form};
use crate::i18n::Lang;
use crate::msg;
use crate::record::Store;
use crate::session::{self, Past, Phase};

pub(super) fn run(context: &Context, attempt: Option<i64>, form: Form, output: Option<&Path>) -> Outcome {
    let lang = context.lang;
    let store = match open_store(lang) {
        Ok(store) => store,
        Err(error) => return could_not(&error.words(lang)),
    };
    match write(&store, attempt, form, output, lang) {
        Ok(()) => Outcome::Met,
        Err(error) => could_not(&error.words(lang)),
    }
}

fn could_not(why: &str) -> Outcome {
    complain(why);
    Outcome::CouldNotRun
}

fn write(
    store: &Store,
    attempt: Option<i64>,
    form: Form,
    output: Option<&Path>,
    lang: Lang,
) -> Result<(), DossierError> {
    let path = match output {
        None => dossier::keep(store, attempt, form, lang)?,
        Some(path) => {
            let (_, text) = dossier::written(store, attempt, form, lang)?;
            if path == Path::new("-") {
                print(text.trim_end());
                return Ok(());
            }
            File::create_new(path)
                .and_then(|mut file| file.write_all(text.as_bytes()))
                .map_err(|error| DossierError::Io(path.to_path_buf(), error))?;
            path.to_path_buf()
        }
    };
    print(&lang.say(&msg!("dossier-written", file = path.display().to_string())));
    Ok(())
}

/// Every attempt, the latest first.
pub(super) fn history(context: &Context, json: bool) -> Outcome {
    let lang = context.lang;
    let past = match open_store(lang).and_then(|store| session::history(&store)) {
        Ok(past) => past,
        Err(error) => return could_not(&error.words(lang)),
    };
    if json {
        let all: Vec<_> = past.iter().map(as_json).collect();
        print(&format!("{:#}", json!({ "attempts": all })));
    } else if past.is_empty() {
        print(&lang.tr("history-none"));
    } else {
        for past in &past {
            print(&line(past, lang));
        }
    }
    Outcome::Met
}

fn as_json(past: &Past) -> serde_json::Value {
    json!({
        "attempt": past.attempt,
        "lab": past.lab,
        "seed": past.seed,
        "started": moment(past).map(|at| at.to_string()),
        "worked_s": past.worked.as_secs(),
        "phase": name(past.phase),
        "score": past.score.map(|(earned, total)| json!({ "earned": earned, "total": total })),
    })
}

fn line(past: &Past, lang: Lang) -> String {
    let started = moment(past)
        .map_or_else(String::new, |at| at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string());
    let phase = lang.tr(&format!("history-{}", name(past.phase)));
    let score = past.score.map_or_else(String::new, |(earned, total)| format!("{earned}/{total}"));
    let (lab, minutes) = (&past.lab, past.worked.as_secs() / 60);
    format!("{:>5}  {started}  {lab:<28}  {minutes:>4} min  {score:>7}  {phase}", past.attempt)
}

fn moment(past: &Past) -> Option<Timestamp> {
    Timestamp::from_millisecond(past.started_ms).ok()
}

/// Its name for programs.
fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::Preparing | Phase::Working => "under-way",
        Phase::Finished => "finished",
        Phase::GivenUp => "given-up",
        Phase::Abandoned => "abandoned",
    }
}
