//! `paillasse lab prove`

use std::io::IsTerminal as _;
use std::sync::Arc;

use super::{Context, Outcome, complain, print};
use crate::lab::{Catalogue, Lab, Problem, Variant};
use crate::msg;
use crate::prove::{self, Proof, Reach, Step};

pub(super) fn run(context: &Context, labs: &[String], all: bool, seeds: &[u64], reach: Reach, json: bool) -> Outcome {
    let lang = context.lang;
    let catalogue = Catalogue::load(&context.lab_folders());
    if labs.is_empty() && !all {
        complain(&lang.tr("prove-which"));
        return Outcome::CouldNotRun;
    }
    let variants = match chosen(&catalogue, labs).and_then(|labs| variants(&labs, seeds)) {
        Ok(variants) if variants.is_empty() => {
            complain(&lang.tr("prove-nothing"));
            return Outcome::CouldNotRun;
        }
        Ok(variants) => variants,
        Err(problem) => {
            complain(&format!("{:?}", problem.report(lang)));
            return Outcome::CouldNotRun;
        }
    };
    if all {
        for problem in &catalogue.problems {
            complain(&format!("{:?}", problem.report(lang)));
        }
    }
    let proof = match with_progress(context, &variants, reach) {
        Ok(proof) => proof,
        Err(error) => {
            complain(&lang.say(&msg!("prove-no-snapshot", error = error.to_string())));
            return Outcome::CouldNotRun;
        }
    };
    let broken = if all { catalogue.problems.len() } else { 0 };
    if json {
        let mut report = prove::as_json(&proof, lang);
        report["broken_labs"] = broken.into();
        print(&format!("{report:#}"));
    } else {
        print(prove::as_text(&proof, lang).trim_end());
        print("");
        print(&lang.say(&summary(&proof.steps)));
    }
    outcome(&proof, broken)
}

fn chosen(catalogue: &Catalogue, labs: &[String]) -> Result<Vec<Arc<Lab>>, Problem> {
    if labs.is_empty() {
        return Ok(catalogue.labs.values().cloned().collect());
    }
    labs.iter().map(|id| catalogue.find(id).cloned()).collect()
}

fn variants(labs: &[Arc<Lab>], seeds: &[u64]) -> Result<Vec<Arc<Variant>>, Problem> {
    let pairs = labs.iter().flat_map(|lab| seeds.iter().map(move |seed| (lab, *seed)));
    pairs.map(|(lab, seed)| lab.variant(seed).map(Arc::new)).collect()
}

/// On a terminal, one line tells what is being proven.
fn with_progress(context: &Context, variants: &[Arc<Variant>], reach: Reach) -> std::io::Result<Proof> {
    let shown = std::io::stderr().is_terminal();
    prove::prove(variants, reach, &mut |job, ended| {
        if shown {
            let seconds = ended.map_or_else(String::new, |step| format!(" {:.1} s", step.took.as_secs_f32()));
            let step = prove::title(&job.kind);
            let line = msg!("prove-progress", lab = job.lab(), seed = job.seed().to_string(), step = step);
            complain(&format!("{}{seconds}", context.lang.say(&line)));
        }
    })
}

fn summary(steps: &[Step]) -> crate::i18n::Message {
    let wrong = steps.iter().filter(|step| !step.faults.is_empty()).count();
    let stuck = steps.iter().filter(|step| step.obstacle.is_some()).count();
    msg!("prove-summary", steps = steps.len(), wrong = wrong, stuck = stuck)
}

fn outcome(proof: &Proof, broken: usize) -> Outcome {
    let steps = &proof.steps;
    if steps.iter().any(|step| step.obstacle.is_some()) {
        Outcome::CouldNotRun
    } else if broken > 0 || !proof.left.is_empty() || steps.iter().any(|step| !step.faults.is_empty()) {
        Outcome::NotMet
    } else {
        Outcome::Met
    }
}
