//! The tree of one criterion: probes with their expectations, joined by `all`, `any` and `not`.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::error::{CompileError, Step};
use super::expectation::Expectation;
use super::matcher::Compiler;
use super::observations::{Observations, Stage};
use super::truth::Truth;
use super::{Finding, Status};
use crate::lab::manifest::{CheckSpec, Criterion};
use crate::msg;
use crate::probe::Probe;

/// A compiled node.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Leaf(Box<Leaf>),
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
}

/// A probe on a machine and what is expected of it.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) machine: String,
    pub(super) probe: Probe,
    expectation: Expectation,
}

/// What criteria and the nodes inside them have in common.
#[derive(Clone, Copy)]
pub(super) struct Spec<'a> {
    machine: Option<&'a String>,
    probe: Option<&'a Probe>,
    expect: &'a BTreeMap<String, Json>,
    all: Option<&'a Vec<CheckSpec>>,
    any: Option<&'a Vec<CheckSpec>>,
    not: Option<&'a CheckSpec>,
}

impl<'a> From<&'a Criterion> for Spec<'a> {
    fn from(spec: &'a Criterion) -> Self {
        let Criterion { machine, probe, expect, all, any, not, .. } = spec;
        let (machine, probe, not) = (machine.as_ref(), probe.as_ref(), not.as_deref());
        Self { machine, probe, expect, all: all.as_ref(), any: any.as_ref(), not }
    }
}

impl<'a> From<&'a CheckSpec> for Spec<'a> {
    fn from(spec: &'a CheckSpec) -> Self {
        let CheckSpec { machine, probe, expect, all, any, not } = spec;
        let (machine, probe, not) = (machine.as_ref(), probe.as_ref(), not.as_deref());
        Self { machine, probe, expect, all: all.as_ref(), any: any.as_ref(), not }
    }
}

impl Compiler {
    /// Compiles a node; `machine` is its parent's.
    pub(super) fn node(&mut self, spec: Spec<'_>, machine: &str) -> Option<Node> {
        let machine = spec.machine.map_or(machine, String::as_str);
        if spec.probe.is_none() && !spec.expect.is_empty() {
            return self.wrong(msg!("verdict-error-expect-without-probe"));
        }
        match (spec.probe, spec.all, spec.any, spec.not) {
            (Some(probe), None, None, None) => {
                self.leaf(probe, spec.expect, machine).map(|leaf| Node::Leaf(Box::new(leaf)))
            }
            (None, Some(several), None, None) => self.nodes("all", several, machine).map(Node::All),
            (None, None, Some(several), None) => self.nodes("any", several, machine).map(Node::Any),
            (None, None, None, Some(one)) => self
                .within(Step::Key("not".to_owned()), |c| c.node(one.into(), machine))
                .map(|node| Node::Not(Box::new(node))),
            (None, None, None, None) => self.wrong(msg!("verdict-error-nothing-checked")),
            _ => self.wrong(msg!("verdict-error-several-checks")),
        }
    }

    fn nodes(&mut self, key: &str, several: &[CheckSpec], machine: &str) -> Option<Vec<Node>> {
        self.within(Step::Key(key.to_owned()), |c| {
            if several.is_empty() {
                return c.wrong(msg!("verdict-error-nothing-checked"));
            }
            let compile =
                |(index, spec): (usize, &CheckSpec)| c.within(Step::Index(index), |c| c.node(spec.into(), machine));
            // Every mistake is reported, not only the first: collect before stopping at one.
            let nodes: Vec<Option<Node>> = several.iter().enumerate().map(compile).collect();
            nodes.into_iter().collect()
        })
    }

    fn leaf(&mut self, probe: &Probe, expect: &BTreeMap<String, Json>, machine: &str) -> Option<Leaf> {
        self.absolute(probe)?;
        self.within(Step::Key("expect".to_owned()), |c| match Expectation::compile(probe.fields(), expect, &c.at) {
            Ok(expectation) => Some(Leaf { machine: machine.to_owned(), probe: probe.clone(), expectation }),
            Err(errors) => {
                c.errors.extend(errors);
                None
            }
        })
    }
}

impl Compiler {
    /// A probe's paths are written from the root.
    fn absolute(&mut self, probe: &Probe) -> Option<()> {
        let names = probe.about().paths;
        let arguments = if names.is_empty() { Json::Null } else { probe.arguments() };
        let mut done = Some(());
        for name in names {
            let written = &arguments[name];
            let all = written.as_array().map_or(std::slice::from_ref(written), Vec::as_slice);
            for path in all.iter().filter_map(Json::as_str).filter(|path| !path.starts_with('/')) {
                let steps = ["probe", probe.family(), name].map(|key| Step::Key(key.to_owned()));
                let at: Vec<Step> = self.at.iter().cloned().chain(steps).collect();
                let path = path.trim_start_matches("./");
                self.errors.push(CompileError::new(&at, msg!("verdict-error-relative", path = path)));
                done = None;
            }
        }
        done
    }
}

impl Node {
    /// The leaves, in the order they were written.
    pub(super) fn leaves(&self) -> Vec<&Leaf> {
        match self {
            Self::Leaf(leaf) => vec![leaf],
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().flat_map(Self::leaves).collect(),
            Self::Not(node) => node.leaves(),
        }
    }

    /// Whether it holds, and what decided.
    pub(super) fn judge(&self, seen: &Observations, stage: Stage) -> (Truth, Vec<Finding>) {
        match self {
            Self::Leaf(leaf) => leaf.judge(seen, stage),
            Self::All(nodes) => {
                let (truths, findings): (Vec<_>, Vec<_>) = nodes.iter().map(|node| node.judge(seen, stage)).unzip();
                (Truth::all(truths), findings.concat())
            }
            Self::Any(nodes) => {
                let judged: Vec<_> = nodes.iter().map(|node| node.judge(seen, stage)).collect();
                // Where one way is met, the ways not taken are no findings.
                if let Some(met) = judged.iter().find(|(truth, _)| *truth == Truth::Yes) {
                    return met.clone();
                }
                let (truths, findings): (Vec<_>, Vec<_>) = judged.into_iter().unzip();
                (Truth::any(truths), findings.concat())
            }
            Self::Not(node) => {
                let (truth, findings) = node.judge(seen, stage);
                (truth.negate(), findings.into_iter().map(negated).collect())
            }
        }
    }
}

impl Leaf {
    fn judge(&self, seen: &Observations, stage: Stage) -> (Truth, Vec<Finding>) {
        match seen.get(stage, &self.machine, &self.probe) {
            Some(observation) => (self.expectation.holds(observation), self.expectation.findings(observation)),
            None => (Truth::NotYet(stage.not_yet()), Vec::new()),
        }
    }
}

impl Stage {
    /// Why something of this stage was not looked at yet.
    fn not_yet(self) -> crate::i18n::Message {
        match self {
            Self::Now => msg!("verdict-not-yet"),
            Self::Restart | Self::Reboot => msg!("verdict-on-submission"),
        }
    }
}

/// The same finding under a `not`.
fn negated(finding: Finding) -> Finding {
    let status = match finding.status {
        Status::Pass => Status::Fail,
        Status::Fail => Status::Pass,
        other => other,
    };
    Finding { expected: msg!("verdict-not", what = finding.expected), status, ..finding }
}
