//! `paillasse stand …` and the hidden commands behind it.

use std::process::ExitCode;

use serde_json::json;

use super::plain::open_store;
use super::{Context, EnterArgs, KeeperArgs, Outcome, StandCommand, complain, print};
use crate::lab::{Catalogue, Variant};
use crate::msg;
use crate::session;
use crate::stand::{Plan, Stand, StandError, enter as door, keeper as process};

pub(super) fn run(context: &Context, command: StandCommand) -> Outcome {
    let done = match command {
        StandCommand::Up { lab, seed, solution } => up(context, &lab, seed, solution.as_deref()),
        StandCommand::Exec { machine, argv } => return exec(context, &machine, &argv),
        StandCommand::List { json } => return list(context, json),
        StandCommand::Down { stand } => down(context, stand.as_deref()),
        other => super::life::run(context, other),
    };
    done.unwrap_or_else(|words| {
        complain(&words);
        Outcome::CouldNotRun
    })
}

fn up(context: &Context, lab: &str, seed: u64, solution: Option<&str>) -> Result<Outcome, String> {
    let lang = context.lang;
    let said = |error: StandError| error.words(lang);
    let variant = variant(context, lab, seed)?;
    let plan = Plan::from_manifest(&variant).map_err(said)?;
    let stand = Stand::up(&plan, &mut |step| complain(&lang.say(&step))).map_err(said)?;
    if let Some(name) = solution {
        apply(context, &stand, &variant, name)?;
    }
    print(&stand.id);
    Ok(Outcome::Met)
}

fn variant(context: &Context, lab: &str, seed: u64) -> Result<Variant, String> {
    let catalogue = Catalogue::load(&context.lab_folders());
    let found = catalogue.labs.get(lab).ok_or_else(|| context.lang.say(&msg!("stand-no-lab", lab = lab)))?;
    found.variant(seed).map_err(|report| format!("{report:?}"))
}

/// Runs a reference solution's scripts.
fn apply(context: &Context, stand: &Stand, variant: &Variant, name: &str) -> Result<(), String> {
    let known = &variant.manifest.solutions;
    let solution = known.iter().find(|solution| solution.name == name).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|solution| solution.name.as_str()).collect();
        context.lang.say(&msg!("stand-no-solution", name = name, names = names.join(", ")))
    })?;
    for machine in &variant.manifest.stand.machines {
        let Some(script) = solution.run.get(&machine.name) else { continue };
        let body = variant.scripts.get(script).map(String::as_bytes).unwrap_or_default();
        let argv = ["sh".to_owned(), "-eu".to_owned()];
        let output = stand.exec(&machine.name, &argv, body).map_err(|error| error.words(context.lang))?;
        if output.status != 0 {
            let last = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            let failed = msg!(
                "stand-setup-failed",
                machine = &machine.name,
                script = script,
                status = output.status,
                last = last
            );
            return Err(context.lang.say(&failed));
        }
    }
    Ok(())
}

fn exec(context: &Context, machine: &str, argv: &[String]) -> Outcome {
    let outcome = find(context, machine).and_then(|(stand, name)| {
        let mut command = stand.enter(&name).map_err(|error| error.words(context.lang))?;
        command.args(argv).status().map_err(|error| error.to_string())
    });
    match outcome {
        Ok(status) if status.success() => Outcome::Met,
        Ok(status) if door::code(status) == 1 => Outcome::NotMet,
        Ok(_) => Outcome::CouldNotRun,
        Err(words) => {
            complain(&words);
            Outcome::CouldNotRun
        }
    }
}

/// `MACHINE` where only one stand has such a machine, else `STAND:MACHINE`.
pub(super) fn find(context: &Context, name: &str) -> Result<(Stand, String), String> {
    let (wanted, machine) = name.split_once(':').map_or((None, name), |(stand, machine)| (Some(stand), machine));
    let stands = Stand::all().into_iter().filter(|stand| wanted.is_none_or(|id| stand.id == id));
    let with = stands.filter(|stand| stand.machines().is_ok_and(|all| all.iter().any(|known| known.name == machine)));
    let mut found: Vec<Stand> = with.collect();
    match (found.pop(), found.len()) {
        (Some(stand), 0) => Ok((stand, machine.to_owned())),
        (None, _) => Err(context.lang.say(&msg!("stand-none-has", machine = name))),
        (Some(stand), _) => {
            let names: Vec<String> =
                found.iter().chain([&stand]).map(|stand| format!("{}:{machine}", stand.id)).collect();
            Err(context.lang.say(&msg!("stand-several", machine = machine, names = names.join(", "))))
        }
    }
}

fn list(context: &Context, as_json: bool) -> Outcome {
    let mut all = Vec::new();
    for stand in Stand::all() {
        // One whose plan can't be read is listed all the same: it can be taken down.
        let machines = stand.machines().unwrap_or_default();
        all.push((stand, machines));
    }
    if as_json {
        let rows = all.iter().map(|(stand, machines)| {
            json!({ "id": stand.id, "up": stand.is_up(), "held": stand.is_held(), "machines": machines })
        });
        print(&rows.collect::<serde_json::Value>().to_string());
        return Outcome::Met;
    }
    if all.is_empty() {
        print(&context.lang.say(&msg!("stand-list-none")));
    }
    for (stand, machines) in all {
        let state = context.lang.say(&if stand.is_up() { msg!("stand-up") } else { msg!("stand-down") });
        print(&format!("{}  {state}", stand.id));
        for machine in machines {
            print(&format!(
                "  {}  {}",
                machine.name,
                machine.pid.map_or_else(|| "-".to_owned(), |pid| pid.to_string())
            ));
        }
    }
    Outcome::Met
}

fn down(context: &Context, id: Option<&str>) -> Result<Outcome, String> {
    let stands: Vec<Stand> = match id {
        Some(id) => vec![Stand::open(id).ok_or_else(|| context.lang.say(&msg!("stand-unknown", stand = id)))?],
        None => hand_made(context)?,
    };
    for stand in stands {
        stand.down(&mut |step| complain(&context.lang.say(&step))).map_err(|error| error.words(context.lang))?;
    }
    Ok(Outcome::Met)
}

/// The stands that nobody works in and that no attempt under way will come back to.
fn hand_made(context: &Context) -> Result<Vec<Stand>, String> {
    let lang = context.lang;
    let aside = open_store(lang).and_then(|store| session::stands(&store)).map_err(|error| error.words(lang))?;
    let free = Stand::all().into_iter().filter(|stand| !stand.is_held());
    let (spared, free): (Vec<Stand>, Vec<Stand>) = free.partition(|stand| aside.contains_key(&stand.id));
    for stand in spared {
        complain(&lang.say(&msg!("stand-spared", stand = &stand.id)));
    }
    Ok(free)
}

pub(super) fn keeper(args: &KeeperArgs) -> Outcome {
    let Some(machine) = &args.launch else {
        process::run(&args.folder);
        return Outcome::Met;
    };
    match process::launch(&args.folder, machine) {
        Ok(()) => Outcome::Met,
        Err(error) => {
            complain(&error.to_string());
            Outcome::CouldNotRun
        }
    }
}

/// The status is the program's own.
pub(super) fn enter(args: &EnterArgs) -> ExitCode {
    match door::run(args.pid, &args.argv) {
        Ok(code) => ExitCode::from(u8::try_from(code).unwrap_or(1)),
        Err(error) => {
            complain(&format!("{}: {error}", args.argv.first().map_or("", String::as_str)));
            ExitCode::from(if error.kind() == std::io::ErrorKind::NotFound { 127 } else { 126 })
        }
    }
}
