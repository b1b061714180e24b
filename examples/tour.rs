//! Plays a script on a program in a terminal and keeps pictures of its screens.
//!
//! ```text
//! cargo run --example tour -- SCRIPT FOLDER [--] PROGRAM [ARGUMENT…]
//! ```
//!
//! The script, one step a line, `#` begins a comment:
//!
//! ```text
//! with run LAB             what else to say to the program at its start
//! size 100x30              the size of the terminal; without one the program starts at 80x24
//! key F5                   one or more keys: F5, Enter, Ctrl-P, Alt-x, Shift-Tab, Up, a
//! type ip address          a text, as it is
//! wait-for 20s DHCP        until the text is on the screen, at most that long
//! settle 2s                until nothing is written any more, at most that long
//! shot map.svg The map     keeps a picture in the folder, with this title
//! ```

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use paillasse::pane::Terminal;
use paillasse::pane::driver::Driver;
use paillasse::shot::svg;
use paillasse::units::parse_duration;

const USAGE: &str = "usage: tour SCRIPT FOLDER [--] PROGRAM [ARGUMENT…]";

#[derive(Debug, PartialEq, Eq)]
enum Step {
    With(Vec<String>),
    Size(u16, u16),
    Key(String),
    Type(String),
    WaitFor(Duration, String),
    Settle(Duration),
    Shot(PathBuf, String),
}

#[expect(clippy::print_stderr, reason = "a command line tool says what went wrong")]
fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tour: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let script = PathBuf::from(arguments.next().ok_or(USAGE)?);
    let folder = PathBuf::from(arguments.next().ok_or(USAGE)?);
    let mut program = arguments.skip_while(|argument| argument == "--");
    let mut command = Terminal::local(program.next().ok_or(USAGE)?);
    command.args(program);
    let steps = parse(&std::fs::read_to_string(&script)?)?;
    std::fs::create_dir_all(&folder)?;
    play(command, &steps, &folder)
}

fn play(mut command: Command, steps: &[(usize, Step)], folder: &Path) -> Result<(), Box<dyn Error>> {
    let (mut cols, mut rows) = (80, 24);
    for (_, step) in steps.iter().rev() {
        match step {
            Step::Size(first_cols, first_rows) => (cols, rows) = (*first_cols, *first_rows),
            Step::With(arguments) => {
                command.args(arguments);
            }
            _ => {}
        }
    }
    let mut driver = Driver::start(command, cols, rows)?;
    for (line, step) in steps {
        perform(&mut driver, step, folder).map_err(|error| format!("line {line}: {error}"))?;
    }
    Ok(())
}

fn perform(driver: &mut Driver, step: &Step, folder: &Path) -> Result<(), Box<dyn Error>> {
    match step {
        Step::With(_) => {}
        Step::Size(cols, rows) => driver.terminal().resize(*cols, *rows)?,
        Step::Key(name) => driver.key(name)?,
        Step::Type(text) => driver.type_text(text),
        Step::WaitFor(limit, text) => drop(driver.wait_for(text, *limit)?),
        Step::Settle(limit) => drop(driver.settle(*limit)),
        Step::Shot(name, title) => {
            let screen = driver.settle(Duration::from_secs(2));
            let cursor = screen.cursor.map(|cursor| cursor.position);
            std::fs::write(folder.join(name), svg(&screen.cells, cursor, title))?;
        }
    }
    Ok(())
}

/// The steps of a script, each with its line.
fn parse(script: &str) -> Result<Vec<(usize, Step)>, String> {
    let mut steps = Vec::new();
    for (index, line) in script.lines().enumerate() {
        let line_number = index + 1;
        let (word, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        if word.is_empty() || word.starts_with('#') {
            continue;
        }
        if word == "key" && !rest.trim().is_empty() {
            steps.extend(rest.split_whitespace().map(|name| (line_number, Step::Key(name.to_owned()))));
            continue;
        }
        let step = parse_step(word, rest.trim_start());
        steps.push((line_number, step.ok_or_else(|| format!("line {line_number}: not a step: {line}"))?));
    }
    Ok(steps)
}

fn parse_step(word: &str, rest: &str) -> Option<Step> {
    let (first, more) = rest.split_once(' ').unwrap_or((rest, ""));
    Some(match word {
        "size" => {
            let (cols, rows) = rest.split_once('x')?;
            Step::Size(cols.parse().ok()?, rows.trim_end().parse().ok()?)
        }
        "with" if !rest.is_empty() => Step::With(rest.split_whitespace().map(str::to_owned).collect()),
        "type" if !rest.is_empty() => Step::Type(rest.to_owned()),
        "wait-for" if !more.is_empty() => Step::WaitFor(duration(first)?, more.trim().to_owned()),
        "settle" => Step::Settle(duration(rest.trim_end())?),
        "shot" if Path::new(first).extension().is_some_and(|end| end == "svg") => {
            Step::Shot(first.into(), more.trim().to_owned())
        }
        _ => return None,
    })
}

fn duration(text: &str) -> Option<Duration> {
    parse_duration(text).ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read_line_by_line() {
        let steps = parse(
            "# comment\nwith run lab\nsize 100x30\n\nkey Down Enter\ntype  ip a\nwait-for 20s la carte\nsettle 1s\nshot a.svg Titre long\n",
        );
        let steps: Vec<Step> = steps.unwrap().into_iter().map(|(_, step)| step).collect();
        let second = Duration::from_secs(1);
        assert_eq!(
            steps,
            [
                Step::With(vec!["run".into(), "lab".into()]),
                Step::Size(100, 30),
                Step::Key("Down".into()),
                Step::Key("Enter".into()),
                Step::Type("ip a".into()),
                Step::WaitFor(20 * second, "la carte".into()),
                Step::Settle(second),
                Step::Shot("a.svg".into(), "Titre long".into()),
            ]
        );
    }

    #[test]
    fn a_line_that_is_no_step_is_named() {
        for line in ["clic", "key", "size 3", "wait-for 20s", "wait-for soon text", "shot picture.png", "settle"] {
            assert_eq!(parse(&format!("\n{line}")).unwrap_err(), format!("line 2: not a step: {line}"));
        }
    }

    #[test]
    fn a_program_is_played_and_pictured() {
        let folder = tempfile::tempdir().unwrap();
        let steps =
            parse("size 40x4\nwait-for 10s >\ntype été\nkey Enter\nwait-for 10s vu:été\nshot a.svg Un essai").unwrap();
        let mut command = Terminal::local("sh");
        command.args(["-c", "printf '> '; read -r mot; printf '\\033[31mvu:%s' \"$mot\"; sleep 600"]);
        play(command, &steps, folder.path()).unwrap();
        let picture = std::fs::read_to_string(folder.path().join("a.svg")).unwrap();
        assert!(picture.contains("fill=\"#e05252\">vu:été</text>"), "{picture}");
    }
}
