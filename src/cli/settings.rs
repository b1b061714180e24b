//! `paillasse settings`

use super::{Context, Outcome, complain, print};
use crate::msg;
use crate::settings::{Settings, file};

pub(super) fn run(context: &Context) -> Outcome {
    let Some(settings) = get(context) else { return Outcome::CouldNotRun };
    let path = file();
    let shown = path.display().to_string();
    let is_there = path.try_exists().unwrap_or(true);
    let place = if is_there { msg!("settings-where", file = shown) } else { msg!("settings-where-none", file = shown) };
    complain(&context.lang.say(&place));
    print(settings.text(context.lang).trim_end());
    Outcome::Met
}

/// The settings; where the file has mistakes, they are told, each with its mend.
pub(super) fn get(context: &Context) -> Option<&Settings> {
    let problems = match &context.settings {
        Ok(settings) => return Some(settings),
        Err(problems) => problems,
    };
    for problem in problems {
        complain(&format!("{:?}", problem.report(context.lang)));
    }
    None
}
