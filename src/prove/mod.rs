//! The proof of a lab, on fresh stands: its start fails, each of its solutions passes, each sabotage breaks what it says
//! and nothing else, and the sabotages between them reach every criterion and question.

mod expect;
mod job;
mod queue;
mod report;

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use serde::Serialize;

use crate::i18n::Message;
use crate::lab::Variant;
use crate::session::SessionError;
use crate::stand::host::{HostSnapshot, Trace};
use crate::verdict::Finding;

pub use job::Job;
use queue::Queue;
pub use report::{as_json, as_text, title};

/// What is proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind", content = "name")]
pub enum Kind {
    /// As written: enough solutions, and a sabotage for everything.
    Coverage,
    /// The state the candidate finds.
    Start,
    /// A solution.
    Solution(String),
    /// A sabotage after its solution.
    Sabotage(String),
}

/// How much of a lab's proof is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// All of it.
    Whole,
    /// The start and the first solution: whether the lab works on this PC.
    First,
}

/// How one step of the proof went.
#[derive(Debug)]
pub struct Step {
    /// The lab.
    pub lab: String,
    /// The seed.
    pub seed: u64,
    /// What was proven.
    pub kind: Kind,
    /// How long it took.
    pub took: Duration,
    /// What is wrong; none: proven.
    pub faults: Vec<Fault>,
    /// Criteria and questions that this PC can't show, with the reason: neither proven nor wrong.
    pub left_out: Vec<(String, Message)>,
    /// Why it could not be run at all.
    pub obstacle: Option<SessionError>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// The criterion or question, where it is about one.
    pub criterion: Option<String>,
    /// What is wrong and why.
    pub what: Message,
    /// What decided: expected, found, where.
    pub findings: Vec<Finding>,
}

impl Fault {
    fn new(what: Message) -> Self {
        Self { criterion: None, what, findings: Vec::new() }
    }
}

/// A whole proof.
#[derive(Debug)]
pub struct Proof {
    /// The steps, in the order of the variants, then start, solutions, sabotages.
    pub steps: Vec<Step>,
    /// What it left on this PC, and should not have.
    pub left: Vec<Trace>,
}

/// How long the kernel may take to let go of what has ended.
const SETTLE: Duration = Duration::from_secs(5);

/// Proves these variants, and that it leaves nothing on this PC; `on_step` hears of each step as it begins (none) and
/// ends.
pub fn prove(
    variants: &[Arc<Variant>],
    reach: Reach,
    on_step: &mut dyn FnMut(&Job, Option<&Step>),
) -> std::io::Result<Proof> {
    let before = HostSnapshot::take()?;
    let steps = run_all(variants, reach, on_step);
    Ok(Proof { steps, left: before.settled(SETTLE)? })
}

fn run_all(variants: &[Arc<Variant>], reach: Reach, on_step: &mut dyn FnMut(&Job, Option<&Step>)) -> Vec<Step> {
    let jobs: Vec<Job> = variants.iter().flat_map(|variant| Job::all(variant, reach)).collect();
    let queue = Queue::of(jobs.iter().map(Job::has_disks));
    let (tell, told) = channel();
    let mut steps: Vec<Option<Step>> = jobs.iter().map(|_| None).collect();
    thread::scope(|scope| {
        for _ in 0..queue::side_by_side() {
            let (tell, jobs, queue) = (tell.clone(), &jobs, &queue);
            scope.spawn(move || {
                while let Some(turn) = queue.take() {
                    let Some(job) = jobs.get(turn.index) else { continue };
                    // The receiver lives as long as this scope.
                    let _ = tell.send((turn.index, None));
                    let _ = tell.send((turn.index, Some(job.run())));
                }
            });
        }
        drop(tell);
        for (index, step) in told {
            on_step(&jobs[index], step.as_ref());
            if step.is_some() {
                steps[index] = step;
            }
        }
    });
    steps.into_iter().flatten().collect()
}
