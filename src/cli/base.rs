//! `paillasse base …`

use std::io::{IsTerminal, Write, stderr};
use std::path::Path;

use super::{BaseCommand, Context, Outcome, complain, print};
use crate::i18n::Lang;
use crate::stand::StandError;
use crate::stand::base::{self, Base, Progress};
use crate::{msg, units};

pub(super) fn run(context: &Context, command: BaseCommand) -> Outcome {
    let lang = context.lang;
    let done = match command {
        BaseCommand::Build => build(lang).map(|base| print(&built(lang, &base))),
        BaseCommand::Import { file } => base::import(&file).map(|base| print(&built(lang, &base))),
        BaseCommand::Export { file } => base::export(&file).map(|base| print(&exported(lang, &file, &base))),
        BaseCommand::Info { json } => base::current().map(|base| info(lang, &base, json)),
    };
    match done {
        Ok(()) => Outcome::Met,
        Err(error) => {
            complain(&error.words(lang));
            Outcome::CouldNotRun
        }
    }
}

/// Builds with a progress line: one that moves on a terminal, one a step elsewhere.
pub(super) fn build(lang: Lang) -> Result<Base, StandError> {
    let moving = stderr().is_terminal();
    let mut last = String::new();
    let result = base::build(&mut |progress| show(lang, &progress, moving, &mut last));
    if moving {
        let _ = write!(stderr(), "\r\x1b[K");
    }
    result
}

fn show(lang: Lang, progress: &Progress, moving: bool, last: &mut String) {
    const WIDTH: u8 = 24;
    let words = lang.say(&progress.step);
    if moving {
        let filled = (0..WIDTH).map(|cell| if f64::from(cell) < progress.done * f64::from(WIDTH) { '█' } else { '░' });
        let bar: String = filled.collect();
        let _ = write!(stderr(), "\r\x1b[K{bar} {:3.0} %  {words}", progress.done * 100.0);
    } else if progress.step.key != *last {
        *last = progress.step.key.to_string();
        complain(&format!("{:3.0} %  {words}", progress.done * 100.0));
    }
}

fn built(lang: Lang, base: &Base) -> String {
    lang.say(&msg!(
        "base-built",
        file = base.file.display().to_string(),
        size = units::format_size(base.info.size, lang),
        packages = base.info.packages.len(),
    ))
}

fn exported(lang: Lang, file: &Path, base: &Base) -> String {
    let size = units::format_size(base.info.size, lang);
    lang.say(&msg!("base-exported", file = file.display().to_string(), size = size))
}

fn info(lang: Lang, base: &Base, json: bool) {
    if json {
        let others: Vec<_> = others(base)
            .into_iter()
            .map(|(other, stands)| serde_json::json!({ "file": other.file, "hash": other.info.hash, "stands": stands }))
            .collect();
        let mut value = serde_json::json!({ "file": base.file, "others": others });
        if let (Some(fields), Ok(serde_json::Value::Object(info))) =
            (value.as_object_mut(), serde_json::to_value(&base.info))
        {
            fields.extend(info);
        }
        print(&value.to_string());
        return;
    }
    for line in [
        msg!("base-info-file", file = base.file.display().to_string()),
        msg!("base-info-hash", hash = &base.info.hash),
        msg!("base-info-suite", suite = &base.info.suite),
        msg!("base-info-built", date = date(base)),
        msg!("base-info-size", size = units::format_size(base.info.size, lang)),
        msg!("base-info-packages", packages = base.info.packages.len()),
    ] {
        print(&lang.say(&line));
    }
    for (other, stands) in others(base) {
        let (hash, size) = (base::short(&other.info.hash), units::format_size(other.info.size, lang));
        print(&lang.say(&match &stands[..] {
            [] => msg!("base-info-other", hash = hash, date = date(&other), size = size),
            stands => {
                msg!("base-info-needed", hash = hash, date = date(&other), size = size, stands = stands.join(", "))
            }
        }));
    }
}

/// The bases beside the current one, with the stands that were built from each.
fn others(current: &Base) -> Vec<(Base, Vec<String>)> {
    base::all().into_iter().filter(|(base, _)| base.info.hash != current.info.hash).collect()
}

/// When a base was built, in the PC's time.
fn date(base: &Base) -> String {
    jiff::Timestamp::from_second(base.info.built.cast_signed())
        .map(|time| time.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default()
}
