//! Looking for a text in what a shell showed: as it is typed, from the newest line backwards.

use crossterm::event::{Event, KeyCode, KeyEvent};
use tui_input::backend::crossterm::EventHandler as _;

use super::Effect;
use crate::app::action::{Command, ShellId};
use crate::app::state::{Search, Side, Work};
use crate::pane::Towards;

/// Opens the line to type in.
pub(super) fn begin(work: &mut Work) {
    if work.current_shell().is_some_and(|shell| !shell.has_ended) {
        work.side = Side::Shells;
        work.search = Some(Search::default());
    }
}

/// A key while something is being looked for; none where nothing is.
pub(super) fn typed(work: &mut Work, key: KeyEvent) -> Option<Vec<Effect>> {
    let asked = match key.code {
        KeyCode::Esc => Command::Search,
        KeyCode::Enter | KeyCode::Up => Command::Up,
        KeyCode::Down => Command::Down,
        _ => {
            let id = work.current_shell()?.id;
            let search = work.search.as_mut()?;
            let before = search.input.value().to_owned();
            search.input.handle_event(&Event::Key(key));
            return Some(if search.input.value() == before { Vec::new() } else { anew(search, id) });
        }
    };
    on_command(work, asked)
}

/// What is asked by a key or a click while something is being looked for; none where it is for the rest of the screen.
pub(super) fn on_command(work: &mut Work, command: Command) -> Option<Vec<Effect>> {
    let id = work.current_shell()?.id;
    let text = work.search.as_ref()?.input.value().to_owned();
    let towards = match command {
        Command::Up => Towards::Past,
        Command::Down => Towards::Present,
        Command::Search => {
            work.search = None;
            return Some(vec![Effect::ShellPresent(id)]);
        }
        _ => return None,
    };
    Some(if text.is_empty() { Vec::new() } else { vec![Effect::ShellSearch(id, text, towards)] })
}

/// A longer or shorter text is looked for from the newest line again.
fn anew(search: &mut Search, id: ShellId) -> Vec<Effect> {
    search.is_absent = false;
    let text = search.input.value().to_owned();
    let mut effects = vec![Effect::ShellPresent(id)];
    if !text.is_empty() {
        effects.push(Effect::ShellSearch(id, text, Towards::Past));
    }
    effects
}

pub(super) fn paste(search: &mut Search, id: ShellId, text: &str) -> Vec<Effect> {
    let line: String = text.chars().filter(|c| !c.is_control()).collect();
    search.input = format!("{}{line}", search.input.value()).into();
    anew(search, id)
}
