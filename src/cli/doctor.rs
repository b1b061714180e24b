//! `paillasse doctor`

use std::io::{IsTerminal, Write, stderr, stdin};

use super::{Context, Outcome, complain, print};
use crate::doctor::{self, Check, State};
use crate::i18n::Lang;
use crate::msg;

pub(super) fn run(context: &Context, install: bool, yes: bool, json: bool) -> Outcome {
    let lang = context.lang;
    if install && let Err(outcome) = mend(lang, yes) {
        return outcome;
    }
    let checks = doctor::examine();
    if json {
        print(&as_json(lang, &checks));
    } else {
        show(lang, &checks);
    }
    let missing = checks.iter().any(|check| check.state == State::Missing);
    if missing { Outcome::NotMet } else { Outcome::Met }
}

/// Installs what is missing and builds the base, after asking once.
fn mend(lang: Lang, yes: bool) -> Result<(), Outcome> {
    if crate::stand::base::current().is_ok_and(|base| base.is_of_this_version()) {
        return Ok(());
    }
    let packages = doctor::missing_packages();
    complain(&lang.say(&msg!("doctor-plan", packages = packages.join(" "), count = packages.len())));
    if !yes && !agreed(lang) {
        complain(&lang.tr("doctor-refused"));
        return Err(Outcome::CouldNotRun);
    }
    let could_not = |words: String| {
        complain(&words);
        Outcome::CouldNotRun
    };
    if !packages.is_empty() {
        doctor::install(&packages).map_err(|why| could_not(lang.say(&why)))?;
    }
    super::base::build(lang).map_err(|error| could_not(error.words(lang)))?;
    Ok(())
}

fn agreed(lang: Lang) -> bool {
    if !stdin().is_terminal() {
        return false;
    }
    let _ = write!(stderr(), "{} ", lang.tr("doctor-ask"));
    let mut answer = String::new();
    stdin().read_line(&mut answer).is_ok_and(|length| {
        length > 0 && matches!(answer.trim().to_lowercase().as_str(), "" | "o" | "oui" | "y" | "yes")
    })
}

fn show(lang: Lang, checks: &[Check]) {
    for check in checks {
        let mark = match check.state {
            State::Ok => "✔",
            State::Missing => "✘",
            State::Limited => "▲",
        };
        print(&format!("{mark} {}", lang.say(&check.found)));
        if let Some(mend) = &check.mend {
            print(&format!("    → {}", lang.say(mend)));
        }
    }
}

fn as_json(lang: Lang, checks: &[Check]) -> String {
    let rows = checks.iter().map(|check| {
        serde_json::json!({
            "id": check.id,
            "state": check.state,
            "found": lang.say(&check.found),
            "mend": check.mend.as_ref().map(|mend| lang.say(mend)),
        })
    });
    serde_json::Value::Array(rows.collect()).to_string()
}
