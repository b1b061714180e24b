//! Timers, as the running systemd has them.

use std::collections::BTreeMap;

use super::plan::Plan;
use super::{Keeper, Task, calendar};
use crate::i18n::Message;
use crate::msg;
use crate::probe::Machine;
use crate::probe::service::{self, files};

/// The timers of the machine and what they start. Where systemd does not run the machine they can't be asked; that is an
/// error only if there are some.
pub(super) fn written(machine: &Machine) -> Result<Vec<Task>, Message> {
    let names = files::names(std::path::Path::new("/"), ".timer")?;
    if names.is_empty() {
        return Ok(Vec::new());
    }
    if !service::is_running() {
        return Err(msg!("probe-no-systemd"));
    }
    let timers = show(
        machine,
        "--property=Id,LoadState,Unit,ActiveState,TimersCalendar,TimersMonotonic,NextElapseUSecRealtime",
        &names,
    )?;
    let timers: Vec<&Block> = timers.iter().filter(|timer| get(timer, "LoadState") == "loaded").collect();
    let started: Vec<String> = timers.iter().map(|timer| get(timer, "Unit").to_owned()).collect();
    let services = show(machine, "--property=Id,Names,ExecStart,User", &started)?;
    let service =
        |unit: &str| services.iter().find(|found| get(found, "Names").split_whitespace().any(|name| name == unit));
    Ok(timers.into_iter().map(|timer| task(timer, service(get(timer, "Unit")))).collect())
}

type Block = BTreeMap<String, Vec<String>>;

fn show(machine: &Machine, properties: &str, names: &[String]) -> Result<Vec<Block>, Message> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let mut argv = vec!["systemctl", "show", "--no-pager", "--timestamp=unix", properties, "--"];
    argv.extend(names.iter().map(String::as_str));
    let ran = machine.run(&argv)?;
    if ran.stdout.is_empty() {
        return Err(msg!("probe-io", subject = "systemd", error = ran.complaint()));
    }
    Ok(blocks(&ran.text()))
}

/// Blocks of `Key=value` lines; a key may repeat.
fn blocks(text: &str) -> Vec<Block> {
    let block = |block: &str| {
        let mut read = Block::new();
        for (key, value) in block.lines().filter_map(|line| line.split_once('=')) {
            read.entry(key.to_owned()).or_default().push(value.to_owned());
        }
        read
    };
    text.split("\n\n").map(block).filter(|block| !block.is_empty()).collect()
}

fn get<'a>(block: &'a Block, key: &str) -> &'a str {
    block.get(key).and_then(|values| values.first()).map_or("", String::as_str)
}

fn task(timer: &Block, service: Option<&Block>) -> Task {
    let all = |key: &str| timer.get(key).into_iter().flatten().map(String::as_str);
    let events: Vec<&str> = all("TimersCalendar").filter_map(|value| part(value, "OnCalendar=")).collect();
    let others: Vec<&str> =
        all("TimersMonotonic").filter_map(|value| value.trim_start_matches("{ ").split(" ;").next()).collect();
    let commands = service.and_then(|service| service.get("ExecStart")).into_iter().flatten();
    let commands: Vec<&str> = commands.filter_map(|value| part(value, "argv[]=")).collect();
    let unit = get(timer, "Unit");
    Task {
        origin: "timer",
        path: get(timer, "Id").to_owned(),
        user: service
            .map(|service| get(service, "User"))
            .map(|user| if user.is_empty() { "root" } else { user }.to_owned()),
        schedule: [events.clone(), others.clone()].concat().join(", "),
        command: format!("{}\n{unit}", commands.join("\n")),
        plan: if others.is_empty() { together(&events) } else { None },
        next: get(timer, "NextElapseUSecRealtime").trim_start_matches('@').parse().ok(),
        ignored: None,
        keeper: Keeper::Timer(get(timer, "ActiveState") == "active"),
    }
}

/// What follows `key` up to ` ;` in `{ OnCalendar=… ; next_elapse=… }`.
fn part<'a>(value: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = value.split_once(key)?;
    rest.split(" ;").next().map(str::trim)
}

/// Several events are one plan where they have the same days.
fn together(events: &[&str]) -> Option<Plan> {
    let mut plans = events.iter().map(|event| calendar::plan(event));
    let mut whole = plans.next()??;
    for plan in plans {
        let plan = plan?;
        let same_days = Plan { times: whole.times.clone(), ..plan.clone() } == whole;
        if !same_days {
            return None;
        }
        whole.times.extend(plan.times);
    }
    Some(whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TIMER: &str = "Id=save.timer\nLoadState=loaded\nUnit=save.service\nActiveState=active\n\
        TimersCalendar={ OnCalendar=*-*-* 03:00:00 ; next_elapse=@1700000000 }\n\
        TimersCalendar={ OnCalendar=*-*-* 15:00:00 ; next_elapse=@1700000000 }\nNextElapseUSecRealtime=@1700000000\n";
    const SERVICE: &str = "Id=save.service\nNames=save.service\nUser=\n\
        ExecStart={ path=/bin/sh ; argv[]=/bin/sh -c backup all ; ignore_errors=no }\n";

    #[test]
    fn a_timer_and_what_it_starts() {
        let (timers, services) = (blocks(TIMER), blocks(SERVICE));
        let task = task(&timers[0], services.first());
        assert_eq!(task.command, "/bin/sh -c backup all\nsave.service");
        assert_eq!(task.plan.unwrap().times.len(), 2);
        assert_eq!((task.next, task.keeper), (Some(1_700_000_000), Keeper::Timer(true)));
    }

    #[test]
    fn events_on_different_days_are_no_single_plan() {
        assert!(together(&["Mon 03:00", "Tue 04:00"]).is_none());
        assert!(together(&[]).is_none());
    }

    proptest! {
        #[test]
        fn any_answer_is_read(text in "([A-Z][a-zA-Z]{0,8}=|OnCalendar=|argv\\[\\]=|[a-z ;{}:*0-9-]{0,12}|\n){0,30}") {
            for block in blocks(&text) {
                let _ = task(&block, Some(&block));
            }
        }
    }
}
