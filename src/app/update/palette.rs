//! The palette's keys: it takes all of them while it is open.

use crossterm::event::{Event, KeyCode, KeyEvent};
use tui_input::backend::crossterm::EventHandler as _;

use super::{Effect, Screen, State};
use crate::app::action::Command;
use crate::app::palette::{Palette, Target};
use crate::app::state::MapCursor;
use crate::settings::{Chord, Function};

/// A page of rows.
const PAGE: isize = 10;

/// A key while the palette is open; none where it is closed.
pub(super) fn typed(state: &mut State, key: KeyEvent) -> Option<Vec<Effect>> {
    let palette = state.palette.as_mut()?;
    let function = state.keys.function(Chord::of(key));
    let is_quit = Chord::of(key) == Chord::ctrl('c');
    match key.code {
        _ if is_quit || function == Some(Function::Palette) => state.palette = None,
        _ if function == Some(Function::Language) => return Some(super::on_command(state, Command::Language)),
        KeyCode::Esc => state.palette = None,
        KeyCode::Enter => return Some(accept(state)),
        KeyCode::Up | KeyCode::BackTab => palette.step(-1),
        KeyCode::Down | KeyCode::Tab => palette.step(1),
        KeyCode::PageUp => palette.step(-PAGE),
        KeyCode::PageDown => palette.step(PAGE),
        _ => {
            let before = palette.input.value().to_owned();
            palette.input.handle_event(&Event::Key(key));
            if palette.input.value() != before {
                palette.search();
            }
        }
    }
    Some(Vec::new())
}

pub(super) fn paste(palette: &mut Palette, text: &str) {
    let line: String = text.chars().filter(|c| !c.is_control()).collect();
    palette.input = format!("{}{line}", palette.input.value()).into();
    palette.search();
}

/// What is clicked or scrolled while it is open.
pub(super) fn on_command(state: &mut State, command: Command) -> Vec<Effect> {
    let Some(palette) = &mut state.palette else { return Vec::new() };
    match command {
        Command::Pick(row) => {
            palette.row = row;
            return accept(state);
        }
        Command::Accept => return accept(state),
        Command::Up => palette.step(-1),
        Command::Down => palette.step(1),
        Command::Back | Command::Quit => state.palette = None,
        _ => {}
    }
    Vec::new()
}

fn accept(state: &mut State) -> Vec<Effect> {
    let Some(target) = state.palette.as_ref().and_then(Palette::chosen).map(|entry| entry.target.clone()) else {
        return Vec::new();
    };
    state.palette = None;
    match target {
        Target::Do(command) => super::on_command(state, command),
        Target::Lab(id) => vec![Effect::Open(id)],
        Target::Competence(competence) => {
            state.screen = Screen::Map;
            state.map = MapCursor { competence, lab: 0, in_labs: !state.shelf.labs_of(competence).is_empty() };
            Vec::new()
        }
    }
}
