//! `paillasse probe` and the hidden `paillasse agent`.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{AgentArgs, Context, Format, Outcome, complain, print};
use crate::agent::{Impatient, observe_here};
use crate::i18n::Lang;
use crate::lab::manifest::Criterion;
use crate::lab::read_suite;
use crate::msg;
use crate::probe::{Cost, TIMEOUT, reference};
use crate::report::{self, Line};
use crate::verdict::{Observations, Stage, Status, Suite, Verdict};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// What can be asked.
pub(super) fn families() -> Outcome {
    print(reference::markdown().trim_end());
    Outcome::Met
}

/// Checks criteria of a file against this machine.
pub(super) fn run(context: &Context, file: &Path, format: Format, retry: Duration) -> Outcome {
    let lang = context.lang;
    let name = file.display().to_string();
    let source = match std::fs::read_to_string(file) {
        Ok(source) => source,
        Err(error) => {
            complain(&lang.say(&msg!("probe-cannot-read-suite", file = name, error = error.to_string())));
            return Outcome::CouldNotRun;
        }
    };
    match read_suite(&name, &source) {
        Ok((criteria, suite)) => {
            let verdicts = judge(&suite, retry);
            tell(&name, &criteria, &verdicts, format, lang)
        }
        Err(problems) => {
            for problem in problems {
                complain(&format!("{:?}", problem.report(lang)));
            }
            Outcome::CouldNotRun
        }
    }
}

/// The verdicts; as long as not all is met, those of a later look, up to this time.
fn judge(suite: &Suite, retry: Duration) -> Vec<Verdict> {
    let end = Instant::now() + retry;
    loop {
        let mut seen = Observations::default();
        for (machine, probes) in suite.requests(Stage::Now, Cost::Active) {
            seen.put(Stage::Now, &machine, &probes, observe_here(&probes, TIMEOUT));
        }
        let verdicts = suite.judge(&seen, &BTreeMap::new());
        if verdicts.iter().all(|verdict| verdict.status == Status::Pass) || Instant::now() >= end {
            return verdicts;
        }
        sleep(PAUSE.min(end.saturating_duration_since(Instant::now())));
    }
}

fn tell(name: &str, criteria: &[Criterion], verdicts: &[Verdict], format: Format, lang: Lang) -> Outcome {
    let titles = criteria.iter().map(|criterion| criterion.title.get(lang));
    let lines: Vec<Line<'_>> = titles.zip(verdicts).map(|(title, verdict)| Line { title, verdict }).collect();
    match rendered(name, &lines, format, lang) {
        Ok(text) => {
            print(text.trim_end());
            outcome(verdicts)
        }
        Err(error) => {
            complain(&error);
            Outcome::CouldNotRun
        }
    }
}

/// Verdicts in a format.
pub(super) fn rendered(name: &str, lines: &[Line<'_>], format: Format, lang: Lang) -> Result<String, String> {
    Ok(match format {
        Format::Text => report::text(lines, lang),
        Format::Json => report::json(name, lines, lang),
        Format::Junit => report::junit(name, lines, lang).map_err(|error| error.to_string())?,
        Format::Tap => report::tap(lines, lang),
    })
}

/// Any failure: not met. No failure but something that can't be told: could not run, never "met". A criterion that waits
/// does so for one of these.
pub(super) fn outcome(verdicts: &[Verdict]) -> Outcome {
    let has = |status| verdicts.iter().any(|verdict| verdict.status == status);
    if has(Status::Fail) {
        Outcome::NotMet
    } else if has(Status::Unknown) {
        Outcome::CouldNotRun
    } else {
        Outcome::Met
    }
}

fn serve(patience: Option<Duration>) -> io::Result<()> {
    match patience {
        Some(patience) => crate::agent::serve(Impatient::new(io::stdin(), patience), io::stdout()),
        None => crate::agent::serve(io::stdin(), io::stdout()),
    }
}

/// Serves on the standard streams; in a machine, joins it first. Nothing may have started a thread before.
pub(super) fn agent(args: &AgentArgs) -> Outcome {
    let joined = args.pid.map_or(Ok(()), |pid| crate::stand::enter::witness(pid).map(crate::probe::run::inside));
    match joined.and_then(|()| serve(args.idle.map(Duration::from_secs))) {
        Ok(()) => Outcome::Met,
        Err(error) => {
            complain(&error.to_string());
            Outcome::CouldNotRun
        }
    }
}
