//! `paillasse check`: the current attempt, from another terminal or a script.

use serde_json::json;

use super::plain::open_store;
use super::probe::{outcome, rendered};
use super::{Context, Format, Outcome, complain, print};
use crate::i18n::Lang;
use crate::report::{self, Line};
use crate::session::{Depth, Session, SessionError, View, current};
use crate::verdict::Status;

pub(super) fn run(context: &Context, format: Format, is_final: bool) -> Outcome {
    let lang = context.lang;
    let could_not = |why: String| {
        complain(&why);
        Outcome::CouldNotRun
    };
    match look(lang, if is_final { Depth::Final } else { Depth::Now }) {
        Ok(Some(view)) => match written(&view, format, lang) {
            Ok(text) => {
                print(text.trim_end());
                let open = is_open(&view, is_final);
                if open && outcome(&view.verdicts) == Outcome::Met { Outcome::NotMet } else { outcome(&view.verdicts) }
            }
            Err(why) => could_not(why),
        },
        Ok(None) => could_not(lang.tr("plain-none-under-way")),
        Err(error) => could_not(error.words(lang)),
    }
}

/// Whether something waits for the candidate: a question for its answer; on submission nothing may wait any more.
fn is_open(view: &View, is_final: bool) -> bool {
    let is_question = |id: &str| view.variant.manifest.questions.iter().any(|question| question.id == id);
    view.verdicts.iter().any(|verdict| verdict.status == Status::Waiting && (is_final || is_question(&verdict.id)))
}

/// The current attempt, looked at; its clock is left alone.
fn look(lang: Lang, depth: Depth) -> Result<Option<View>, SessionError> {
    let store = open_store(lang)?;
    let Some(past) = current(&store)? else { return Ok(None) };
    let mut session = Session::attach(store, past.attempt)?;
    session.check_telling(depth, &mut |step| complain(&lang.say(&step))).map(Some)
}

fn written(view: &View, format: Format, lang: Lang) -> Result<String, String> {
    let manifest = &view.variant.manifest;
    let title = |id: &str| {
        let criterion = manifest.criteria.iter().find(|criterion| criterion.id == id).map(|found| &found.title);
        let text = criterion.or_else(|| manifest.questions.iter().find(|asked| asked.id == id).map(|found| &found.ask));
        text.map_or("", |text| text.get(lang))
    };
    let lines: Vec<Line<'_>> =
        view.verdicts.iter().map(|verdict| Line { title: title(&verdict.id), verdict }).collect();
    match format {
        Format::Json => Ok(as_json(view, &lines, lang)),
        _ => rendered(&manifest.id, &lines, format, lang),
    }
}

/// What `report` says of the verdicts, and of which attempt they are.
fn as_json(view: &View, lines: &[Line<'_>], lang: Lang) -> String {
    let left_out = view.left_out.iter().map(|(id, why)| json!({ "id": id, "reason": lang.say(why) }));
    let whole = json!({
        "lab": view.variant.manifest.id,
        "seed": view.variant.seed,
        "attempt": view.attempt,
        "seconds": view.elapsed.as_secs(),
        "earned": view.earned,
        "total": view.total,
        "criteria": lines.iter().map(|line| report::as_json(line, lang)).collect::<Vec<_>>(),
        "left_out": left_out.collect::<Vec<_>>(),
    });
    format!("{whole:#}")
}
