//! Which key asks for what. Text being typed and keys of a program in the terminal don't come here.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::{Command, Tab};
use super::state::{Layer, Question, Screen, Side, State};
use crate::settings::{Chord, Function, Keys};

/// What a key asks for on this screen.
#[must_use]
pub fn command(state: &State, key: KeyEvent) -> Option<Command> {
    let chord = Chord::of(key);
    if chord == Chord::ctrl('c') {
        return Some(Command::Quit);
    }
    if let Some(function) = state.keys.function(chord) {
        return of_function(state, function);
    }
    if !(key.modifiers - KeyModifiers::SHIFT).is_empty() {
        return None;
    }
    if let Some(layer) = state.layers.last() {
        return on_layer(layer, key.code);
    }
    own(state, key.code).or_else(|| everywhere(key.code))
}

/// What a function is on this screen. Those of the work are nothing elsewhere.
fn of_function(state: &State, function: Function) -> Option<Command> {
    let asked = match function {
        Function::Help if matches!(state.layers.last(), Some(Layer::Help(_))) => return Some(Command::Back),
        Function::Language => return Some(Command::Language),
        Function::Help | Function::Palette => function,
        _ if matches!(state.screen, Screen::Work(_)) => function,
        _ => return None,
    };
    state.layers.is_empty().then(|| meant(asked))
}

/// The command of a function.
fn meant(function: Function) -> Command {
    match function {
        Function::Help => Command::Help,
        Function::Language => Command::Language,
        Function::Hint => Command::Hint,
        Function::Desk => Command::Tab(Tab::Desk),
        Function::Check => Command::Check,
        Function::Switch | Function::Leave => Command::Switch,
        Function::NextShell => Command::NextShell,
        Function::NewShell => Command::NewShell,
        Function::Reset => Command::Reset,
        Function::Finish => Command::Finish,
        Function::Zoom => Command::Zoom,
        Function::Palette => Command::Palette,
        Function::Search => Command::Search,
        Function::Narrow => Command::Narrow,
        Function::Widen => Command::Widen,
    }
}

fn everywhere(code: KeyCode) -> Option<Command> {
    Some(match code {
        KeyCode::Char('?') => Command::Help,
        KeyCode::Esc | KeyCode::Backspace => Command::Back,
        KeyCode::Enter => Command::Accept,
        KeyCode::Up | KeyCode::Char('k') => Command::Up,
        KeyCode::Down | KeyCode::Char('j') => Command::Down,
        KeyCode::Left => Command::Left,
        KeyCode::Right => Command::Right,
        KeyCode::PageUp => Command::PageUp,
        KeyCode::PageDown | KeyCode::Char(' ') => Command::PageDown,
        KeyCode::Home => Command::Home,
        KeyCode::End => Command::End,
        KeyCode::Tab | KeyCode::BackTab => Command::Next,
        _ => return None,
    })
}

fn on_layer(layer: &Layer, code: KeyCode) -> Option<Command> {
    Some(match (layer, code) {
        (Layer::Confirm(_), KeyCode::Char('o' | 'O' | 'y' | 'Y') | KeyCode::Enter) => Command::Accept,
        (Layer::Confirm(_), KeyCode::Char('n' | 'N')) | (_, KeyCode::Esc | KeyCode::Char('q')) => Command::Back,
        (Layer::Confirm(Question::Reset(Some(_))), KeyCode::Char('t' | 'T')) => Command::ResetAll,
        (Layer::Confirm(Question::Finish), KeyCode::Char('s' | 'S')) => Command::GiveUp,
        (Layer::Confirm(_), _) => return None,
        (Layer::Help(_), KeyCode::Char('?')) | (_, KeyCode::Enter) => Command::Back,
        (Layer::Help(_), _) => return everywhere(code),
        (_, KeyCode::Char(' ')) => Command::Back,
        _ => return None,
    })
}

fn own(state: &State, code: KeyCode) -> Option<Command> {
    match &state.screen {
        Screen::Map => on_map(code),
        Screen::Lab(_) => match code {
            KeyCode::Char('q') => Some(Command::Back),
            KeyCode::Char('a') | KeyCode::Delete => Some(Command::Abandon),
            _ => None,
        },
        Screen::Progress(_) => None,
        Screen::Work(work) => (work.side == Side::Left).then(|| on_left(code))?,
        Screen::Debrief(_) => match code {
            KeyCode::Char('q') | KeyCode::Enter => Some(Command::Back),
            KeyCode::Char('c') => Some(Command::Details),
            KeyCode::Char('a') => Some(Command::Another),
            KeyCode::Char('e') => Some(Command::Export),
            _ => None,
        },
    }
}

fn on_map(code: KeyCode) -> Option<Command> {
    match code {
        KeyCode::Char('q') => Some(Command::Quit),
        KeyCode::Char('s' | 'c') => Some(Command::Suggested),
        KeyCode::Char(digit @ '1'..='9') => Some(Command::Competence(digit as usize - '1' as usize)),
        _ => None,
    }
}

/// Whether the app takes a key that is pressed in a terminal. A shell keeps the Ctrl-letters it has a use for, a program
/// that fills the terminal keeps everything; the key that leads out is never theirs.
#[must_use]
pub fn is_taken_from_shell(keys: &Keys, key: KeyEvent, program_has_keys: bool) -> bool {
    let chord = Chord::of(key);
    match keys.function(chord) {
        Some(Function::Leave) => true,
        Some(_) => !program_has_keys && !chord.is_of_the_shell(),
        None => false,
    }
}

fn on_left(code: KeyCode) -> Option<Command> {
    let KeyCode::Char(digit @ '1'..='6') = code else { return None };
    Some(Command::Tab(Tab::ALL[digit as usize - '1' as usize]))
}
