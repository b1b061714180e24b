//! Which key asks for what. Text being typed and keys of a program in the terminal don't come here.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::action::{Command, Tab};
use super::state::{Layer, Question, Screen, Side, State};

/// What a key asks for on this screen.
#[must_use]
pub fn command(state: &State, key: KeyEvent) -> Option<Command> {
    let with_ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    if with_ctrl {
        return match key.code {
            KeyCode::Char('c') => Some(Command::Quit),
            KeyCode::Char('p') => Some(Command::Palette),
            _ => None,
        };
    }
    if let Some(layer) = state.layers.last() {
        return on_layer(layer, key.code);
    }
    own(state, key.code).or_else(|| everywhere(key.code))
}

fn everywhere(code: KeyCode) -> Option<Command> {
    Some(match code {
        KeyCode::Char('?') | KeyCode::F(1) => Command::Help,
        KeyCode::F(2) => Command::Language,
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
        (_, KeyCode::F(2)) => Command::Language,
        (Layer::Confirm(_), KeyCode::Char('o' | 'O' | 'y' | 'Y') | KeyCode::Enter) => Command::Accept,
        (Layer::Confirm(_), KeyCode::Char('n' | 'N')) | (_, KeyCode::Esc | KeyCode::Char('q')) => Command::Back,
        (Layer::Confirm(Question::Reset(Some(_))), KeyCode::Char('t' | 'T')) => Command::ResetAll,
        (Layer::Confirm(Question::Finish), KeyCode::Char('s' | 'S')) => Command::GiveUp,
        (Layer::Confirm(_), _) => return None,
        (Layer::Help, KeyCode::F(1) | KeyCode::Char('?')) | (_, KeyCode::Enter | KeyCode::Char(' ')) => Command::Back,
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
        Screen::Work(work) => functions(code).or_else(|| (work.side == Side::Left).then(|| on_left(code))?),
        Screen::Debrief(_) => match code {
            KeyCode::Char('q') | KeyCode::Enter => Some(Command::Back),
            KeyCode::Char('c') => Some(Command::Details),
            KeyCode::Char('a') => Some(Command::Another),
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

/// The work screen's keys that a plain shell has no use for: they hold in both halves.
#[must_use]
pub fn functions(code: KeyCode) -> Option<Command> {
    let KeyCode::F(number) = code else { return None };
    Some(match number {
        1 => Command::Help,
        2 => Command::Language,
        3 => Command::Hint,
        4 => Command::Tab(Tab::Desk),
        5 => Command::Check,
        6 | 12 => Command::Switch,
        7 => Command::NextShell,
        8 => Command::NewShell,
        9 => Command::Reset,
        10 => Command::Finish,
        11 => Command::Zoom,
        _ => return None,
    })
}

fn on_left(code: KeyCode) -> Option<Command> {
    let KeyCode::Char(digit @ '1'..='6') = code else { return None };
    Some(Command::Tab(Tab::ALL[digit as usize - '1' as usize]))
}
