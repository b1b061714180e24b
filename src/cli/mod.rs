//! The command line: the only place that knows exit codes. 0 = met, 1 = not met, 2 = could not run.

mod app;
mod base;
mod check;
mod clean;
mod doctor;
mod export;
mod lab;
mod life;
mod list;
mod plain;
mod probe;
mod prove;
mod settings;
mod stand;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::dossier::Form;
use crate::i18n::Lang;
use crate::lab::Problem;
use crate::settings::Settings;

/// A broken machine, a ticket, real shells, and the truth about the result.
#[derive(Debug, Parser)]
#[command(name = "paillasse", version)]
pub struct Cli {
    /// Language of what is shown; else `LC_ALL`, `LC_MESSAGES`, `LANG`.
    #[arg(long, global = true, value_enum)]
    pub lang: Option<Lang>,
    /// More labs: a folder that holds lab folders. May be repeated.
    #[arg(long, global = true, value_name = "DIR")]
    pub labs: Vec<PathBuf>,
    /// What to do; nothing: the app.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Format of a check's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
    /// `JUnit` XML.
    Junit,
    /// Test Anything Protocol 14.
    Tap,
}

/// Under `paillasse probe --help`.
const PROBE_HELP: &str = concat!(
    "Example of a suite:\n\n",
    include_str!("../../examples/suite.toml"),
    "\nWhat can be asked: docs/probes.md, or paillasse probe --families."
);

/// A length of time with its unit.
fn duration(text: &str) -> Result<Duration, String> {
    crate::units::parse_duration(text).map(Duration::from_secs).map_err(|error| Lang::from_env().say(&error))
}

/// Commands, stable.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What this PC has, what it lacks, and the mend.
    Doctor {
        /// Install what is missing, after asking once.
        #[arg(long)]
        install: bool,
        /// Don't ask.
        #[arg(long, requires = "install")]
        yes: bool,
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// The labs at hand.
    List {
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// One lab: ticket, work order, criteria.
    Show {
        /// Its id.
        lab: String,
        /// The variant's seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// Start (or go on with) a lab.
    Run {
        /// Its id.
        lab: String,
        /// The variant's seed; drawn unless given.
        #[arg(long)]
        seed: Option<u64>,
        /// The same flow as linear text.
        #[arg(long)]
        plain: bool,
    },
    /// Check the current attempt.
    Check {
        /// How to print the result.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// Also what is checked "after" (machines are restarted).
        #[arg(long = "final")]
        is_final: bool,
    },
    /// Check criteria of a file against this machine, without a lab: exit 0 all met, 1 something is not, 2 can't be told.
    #[command(after_help = PROBE_HELP)]
    Probe {
        /// A TOML with `[[criterion]]` tables.
        #[arg(required_unless_present = "families")]
        suite: Option<PathBuf>,
        /// Look again until all is met, for as long as this: `30s`, `2min`.
        #[arg(long, value_name = "TIME", value_parser = duration)]
        retry: Option<Duration>,
        /// What can be asked: every family with its arguments and fields, in Markdown.
        #[arg(long, conflicts_with = "suite")]
        families: bool,
        /// How to print the result.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
    /// For authors of labs.
    #[command(subcommand)]
    Lab(LabCommand),
    /// Machines of a lab, by hand.
    #[command(subcommand)]
    Stand(StandCommand),
    /// The Debian base every machine is made of.
    #[command(subcommand)]
    Base(BaseCommand),
    /// Write the dossier of an attempt that is over: ticket, report, what was checked, the jury's lines.
    Export {
        /// Its number (`paillasse history`); the latest unless given.
        attempt: Option<i64>,
        /// How it is written.
        #[arg(long, value_enum, default_value_t)]
        form: Form,
        /// Into this file, which must not exist (`-`: standard output), instead of the folder of dossiers.
        #[arg(long, short)]
        output: Option<PathBuf>,
    },
    /// Every attempt, the latest first.
    History {
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// Where the settings are, and all of them as a file.
    Settings,
    /// Undo whatever a killed run left.
    Clean {
        /// Only say what would be undone.
        #[arg(long)]
        dry_run: bool,
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// Internal: the process that owns a stand.
    #[command(hide = true)]
    Keeper(KeeperArgs),
    /// Internal: enters a machine.
    #[command(hide = true)]
    Enter(EnterArgs),
    /// Internal: answers for a machine.
    #[command(hide = true)]
    Agent(AgentArgs),
}

/// `paillasse lab …`
#[derive(Debug, Subcommand)]
pub enum LabCommand {
    /// A new lab's folder, ready to edit.
    New {
        /// Its id.
        id: String,
    },
    /// Read labs and say what is wrong in them.
    Check {
        /// Lab folders, or folders of them; all labs at hand unless given.
        paths: Vec<PathBuf>,
    },
    /// Prove labs on fresh stands: the start fails, each solution passes, each sabotage breaks what it says.
    Prove {
        /// Ids.
        #[arg(value_name = "LAB")]
        ids: Vec<String>,
        /// Every lab at hand.
        #[arg(long, conflicts_with = "ids")]
        all: bool,
        /// Seeds to prove with.
        #[arg(long, value_delimiter = ',', default_values_t = [1, 2])]
        seeds: Vec<u64>,
        /// Only the start and the first solution of each: for a PC where they were never run.
        #[arg(long)]
        quick: bool,
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// JSON Schema of `lab.toml`, for editors.
    Schema,
    /// Which skill of the referentials is checked by which lab.
    Coverage {
        /// For programs.
        #[arg(long)]
        json: bool,
    },
}

/// `paillasse stand …`
#[derive(Debug, Subcommand)]
pub enum StandCommand {
    /// Build a lab's stand.
    Up {
        /// The lab's id.
        lab: String,
        /// The variant's seed.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Apply this reference solution.
        #[arg(long)]
        solution: Option<String>,
    },
    /// Run a program in a machine.
    Exec {
        /// The machine; `STAND:MACHINE` where there are several stands.
        machine: String,
        /// The program and its arguments.
        #[arg(last = true, required = true)]
        argv: Vec<String>,
    },
    /// The stands on this PC.
    List {
        /// For programs.
        #[arg(long)]
        json: bool,
    },
    /// Put a machine, or all, back to the start. What an attempt had earned on them is cleared.
    Reset {
        /// The machine; `STAND:MACHINE` where there are several stands; all of them unless given.
        machine: Option<String>,
        /// The stand; the only one unless given.
        #[arg(long)]
        stand: Option<String>,
    },
    /// Restart a machine on its disk.
    Reboot {
        /// The machine; `STAND:MACHINE` where there are several stands.
        machine: String,
    },
    /// Push a machine's cable to a network in. It stays so, also after a restart of the machine.
    Plug {
        /// The machine; `STAND:MACHINE` where there are several stands.
        machine: String,
        /// The network.
        network: String,
    },
    /// Pull a machine's cable to a network out. It stays so, also after a restart of the machine.
    Unplug {
        /// The machine; `STAND:MACHINE` where there are several stands.
        machine: String,
        /// The network.
        network: String,
    },
    /// End the machines in good order and keep what they hold, over a restart of the PC too.
    Pause {
        /// The stand; the only one unless given.
        stand: Option<String>,
    },
    /// Start again what was paused, or what a restart of the PC stopped.
    Resume {
        /// The stand; the only one unless given.
        stand: Option<String>,
    },
    /// Keep what the machines hold now, under a name, to go back to.
    Snapshot {
        /// The name: letters, digits and hyphens.
        state: String,
        /// The stand; the only one unless given.
        #[arg(long)]
        stand: Option<String>,
    },
    /// Put a machine, or all, back to a snapshot. What an attempt had earned on them is cleared.
    Restore {
        /// The snapshot's name.
        state: String,
        /// The machine; `STAND:MACHINE` where there are several stands; all of them unless given.
        machine: Option<String>,
        /// The stand; the only one unless given.
        #[arg(long)]
        stand: Option<String>,
    },
    /// Tear a stand down (all of one's hand-made ones unless named).
    Down {
        /// Its name.
        stand: Option<String>,
    },
}

/// `paillasse base …`
#[derive(Debug, Subcommand)]
pub enum BaseCommand {
    /// Build it from Debian's packages.
    Build,
    /// Take one built elsewhere.
    Import {
        /// The file.
        file: PathBuf,
    },
    /// Copy it to a file, for other PCs.
    Export {
        /// The file.
        file: PathBuf,
    },
    /// Which one is here.
    Info {
        /// For programs.
        #[arg(long)]
        json: bool,
    },
}

/// Arguments of the keeper.
#[derive(Debug, Args)]
pub struct KeeperArgs {
    /// The stand's folder.
    pub folder: PathBuf,
    /// Only start this machine, for the keeper that asks.
    #[arg(long)]
    pub launch: Option<String>,
}

/// Arguments of a shell's or program's way into a machine.
#[derive(Debug, Args)]
pub struct EnterArgs {
    /// The machine's PID 1 as the PC sees it.
    pub pid: i32,
    /// The program and its arguments.
    #[arg(last = true, required = true)]
    pub argv: Vec<String>,
}

/// Arguments of the agent.
#[derive(Debug, Args)]
pub struct AgentArgs {
    /// The machine's PID 1 as the PC sees it; this PC unless given.
    pub pid: Option<i32>,
    /// End after so many seconds without a question: nobody may be there any more.
    #[arg(long)]
    pub idle: Option<u64>,
}

/// What every command may need.
#[derive(Debug)]
struct Context {
    lang: Lang,
    labs: Vec<PathBuf>,
    settings: Result<Settings, Vec<Problem>>,
}

impl Context {
    /// Where labs come from beside the embedded ones: the person's own, if there are any, and those given.
    fn lab_folders(&self) -> Vec<PathBuf> {
        let own = crate::paths::own_labs();
        let there = own.try_exists().unwrap_or(true);
        there.then_some(own).into_iter().chain(self.labs.iter().cloned()).collect()
    }
}

/// How a command ended: the exit codes are part of the stable interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Done, or everything is met.
    Met,
    /// Something is not met.
    NotMet,
    /// Could not run; the reason was printed.
    CouldNotRun,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Met => Self::SUCCESS,
            Outcome::NotMet => Self::from(1),
            Outcome::CouldNotRun => Self::from(2),
        }
    }
}

/// Prints a line to standard output; a reader that went away (`| head`) is no error.
fn print(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Prints a line to standard error.
fn complain(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Reads the command line and carries it out.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let settings = Settings::load();
    let lang = cli.lang.or(settings.as_ref().ok().and_then(|settings| settings.language));
    let context = Context { lang: lang.unwrap_or_else(Lang::from_env), labs: cli.labs, settings };
    let outcome = match cli.command {
        None => app::run(&context),
        Some(Command::Doctor { install, yes, json }) => doctor::run(&context, install, yes, json),
        Some(Command::List { json }) => list::run(&context, json),
        Some(Command::Show { lab, seed, json }) => list::show(&context, &lab, seed, json),
        Some(Command::Run { lab, seed, plain: true }) => plain::run(&context, &lab, seed),
        Some(Command::Run { lab, seed, plain: false }) => app::open(&context, &lab, seed),
        Some(Command::Check { format, is_final }) => check::run(&context, format, is_final),
        Some(Command::Probe { suite: Some(suite), format, retry, .. }) => {
            probe::run(&context, &suite, format, retry.unwrap_or_default())
        }
        Some(Command::Probe { .. }) => probe::families(),
        Some(Command::Lab(command)) => lab::run(&context, command),
        Some(Command::Stand(command)) => stand::run(&context, command),
        Some(Command::Base(command)) => base::run(&context, command),
        Some(Command::Export { attempt, form, output }) => export::run(&context, attempt, form, output.as_deref()),
        Some(Command::History { json }) => export::history(&context, json),
        Some(Command::Settings) => settings::run(&context),
        Some(Command::Clean { dry_run, json }) => clean::run(&context, dry_run, json),
        Some(Command::Keeper(args)) => stand::keeper(&args),
        Some(Command::Enter(args)) => return stand::enter(&args),
        Some(Command::Agent(args)) => probe::agent(&args),
    };
    outcome.into()
}
