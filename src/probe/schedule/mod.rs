//! What runs by itself and when: cron in all its places, anacron, at, timers of systemd. Times are compared by the moments
//! they mean: `0 3 * * *` and `OnCalendar=*-*-* 03:00` are the same.

mod calendar;
mod cron;
mod place;
mod plan;
mod timer;

use jiff::Zoned;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::process::Processes;
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, locale};
use crate::i18n::Message;
use crate::msg;
use plan::Plan;

/// What a lab writes: `schedule = { command = "backup.sh", like = "0 3 * * *" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// A part of the command that is run; for a timer also of the name of the unit it starts.
    pub command: String,
    /// When it should run: five fields of crontab(5), a nickname as `@daily`, or a calendar event of systemd.time(7).
    #[serde(default)]
    pub like: Option<String>,
}

const TASK: &[Field] = &[
    Field {
        name: "origin",
        kind: Kind::Word,
        doc: "crontab (a user's), system (/etc/crontab), cron.d, hourly, daily, weekly, monthly, anacron, timer or at",
    },
    Field { name: "path", kind: Kind::Text, doc: "the file, or the timer's name" },
    Field { name: "user", kind: Kind::Text, doc: "whom it runs as" },
    Field { name: "schedule", kind: Kind::Text, doc: "when, as written" },
    Field { name: "command", kind: Kind::Text, doc: "what is run" },
    Field {
        name: "ignored",
        kind: Kind::Word,
        doc: "why the scheduler passes it over: name (cron.d(5) and run-parts(8) take no dot), not-executable, \
              no-newline (the last line of a crontab), owner, schedule (not understood); none: it does not",
    },
    Field {
        name: "active",
        kind: Kind::Bool,
        doc: "whether it will run: not passed over, and cron, anacron, atd or the timer is at work now",
    },
    Field { name: "as-wanted", kind: Kind::Bool, doc: "whether it runs at the moments that `like` says, no others" },
    Field {
        name: "next",
        kind: Kind::Time,
        doc: "its next run, in the machine's time zone; none where it can't be told",
    },
];

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS).needs(&[Need::Root("for the crontabs of others")]);

const FIELDS: &[Field] = &[
    Field { name: "present", kind: Kind::Bool, doc: "whether a task with such a command is written somewhere" },
    Field { name: "active", kind: Kind::Bool, doc: "whether one of them will run" },
    Field { name: "as-wanted", kind: Kind::Bool, doc: "whether one that will run does so at the moments `like` says" },
    Field { name: "next", kind: Kind::Time, doc: "the next run of those that will" },
    Field { name: "tasks", kind: Kind::List(&Kind::Record(TASK)), doc: "all of them" },
];

/// A task as written somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Task {
    origin: &'static str,
    path: String,
    user: Option<String>,
    schedule: String,
    command: String,
    /// When it runs; none where only the scheduler knows.
    plan: Option<Plan>,
    /// Its next run as the scheduler has it.
    next: Option<i64>,
    ignored: Option<&'static str>,
    keeper: Keeper,
}

/// Who starts a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keeper {
    /// The first of these programs that runs.
    Daemon(&'static [&'static str]),
    /// systemd, which said whether.
    Timer(bool),
}

const CRON: Keeper = Keeper::Daemon(&["cron", "crond", "busybox"]);
const AT: Keeper = Keeper::Daemon(&["atd"]);

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-schedule", command = &args.command);
    match look(args, machine) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn look(args: &Args, machine: &Machine) -> Result<Fact, Message> {
    let wanted = match &args.like {
        Some(like) => Some(read(like).ok_or_else(|| msg!("probe-schedule-like", like = like))?),
        None => None,
    };
    let now = Zoned::now().with_time_zone(locale::zone());
    let mut tasks = place::written(std::path::Path::new("/"))?;
    let timers = timer::written(machine);
    tasks.extend(timers.as_ref().cloned().unwrap_or_default());
    tasks.retain(|task| task.command.contains(&args.command));
    let processes = machine.once(Processes::of);
    let runs = |names: &'static [&'static str]| processes.runs(names);
    let judged: Result<Vec<(Task, bool)>, Message> =
        tasks.into_iter().map(|task| task.active(runs).map(|active| (task, active))).collect();
    let judged = judged?;
    // Among timers that could not be asked there may be one.
    let unsure = timers.err().filter(|_| judged.is_empty());
    Ok(unsure.map_or_else(|| fact(&judged, wanted.as_ref(), &now), Fact::Unknown))
}

/// In whichever notation.
fn read(text: &str) -> Option<Plan> {
    cron::plan(text).or_else(|| calendar::plan(text).filter(|_| !text.trim().is_empty()))
}

impl Task {
    fn active(&self, runs: impl Fn(&'static [&'static str]) -> Result<bool, Message>) -> Result<bool, Message> {
        Ok(self.ignored.is_none()
            && match self.keeper {
                Keeper::Daemon(names) => runs(names)?,
                Keeper::Timer(active) => active,
            })
    }

    fn next(&self, now: &Zoned) -> Option<i64> {
        self.next.or_else(|| self.plan.as_ref()?.next(now)).filter(|_| self.ignored.is_none())
    }

    fn like(&self, wanted: &Plan, now: &Zoned) -> bool {
        self.plan.as_ref().is_some_and(|plan| plan.same(wanted, now.date()))
    }

    fn fact(&self, active: bool, wanted: Option<&Plan>, now: &Zoned) -> Fact {
        Fact::record([
            ("origin", self.origin.into()),
            ("path", self.path.as_str().into()),
            ("user", self.user.clone().into()),
            ("schedule", self.schedule.as_str().into()),
            ("command", self.command.as_str().into()),
            ("ignored", self.ignored.into()),
            ("active", active.into()),
            ("as-wanted", wanted.map(|wanted| self.like(wanted, now)).into()),
            ("next", self.next(now).map_or(Fact::None, Fact::Time)),
        ])
    }
}

fn fact(tasks: &[(Task, bool)], wanted: Option<&Plan>, now: &Zoned) -> Fact {
    let live = || tasks.iter().filter(|(_, active)| *active).map(|(task, _)| task);
    Fact::record([
        ("present", (!tasks.is_empty()).into()),
        ("active", live().next().is_some().into()),
        ("as-wanted", wanted.map(|wanted| live().any(|task| task.like(wanted, now))).into()),
        ("next", live().filter_map(|task| task.next(now)).min().map_or(Fact::None, Fact::Time)),
        ("tasks", tasks.iter().map(|(task, active)| task.fact(*active, wanted, now)).collect()),
    ])
}
