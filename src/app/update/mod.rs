//! One step: what came in changes the state and says what has to be done. Pure.

mod desk;
mod lab;
mod map;
mod palette;
mod search;
mod work;

#[cfg(test)]
mod tests;

use crossterm::event::{KeyEvent, KeyEventKind};

use super::action::{Action, Command, Effect, Failure, Request, both};
use super::keymap;
use super::model::{LabPage, Shelf};
use super::palette::Palette;
use super::state::{Bounds, DebriefView, LabView, Layer, Progress, Question, Screen, State};
use crate::i18n::Message;
use crate::msg;
use crate::session::{Debrief, Phase};

/// How long a notice stays, in seconds.
const NOTICE: u8 = 5;

/// Takes one action in; returns what has to be done, in order.
pub fn update(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Key(key) if key.kind != KeyEventKind::Release => on_key(state, key),
        Action::Key(_) | Action::Resized => Vec::new(),
        Action::Paste(text) => match &mut state.palette {
            Some(open) => {
                palette::paste(open, &text);
                Vec::new()
            }
            None => work::paste(state, text),
        },
        Action::Do(command) => on_command(state, command),
        Action::Tick => on_tick(state),
        Action::Shelf(shelf) => on_shelf(state, *shelf),
        Action::Page(page) => on_page(state, *page),
        Action::Step(step) => on_step(state, step),
        Action::Working(view) => work::begin(state, view),
        Action::Checked(depth, view) => work::checked(state, depth, view),
        Action::Changed(view) => work::changed(state, view),
        Action::Finished(debrief) => on_finished(state, *debrief),
        Action::StandGone(attempt) => {
            state.screen = Screen::Map;
            state.layers.push(Layer::Confirm(Question::Renew(attempt)));
            vec![Effect::CloseShells]
        }
        Action::Ended => {
            state.screen = Screen::Map;
            vec![Effect::CloseShells, Effect::Load]
        }
        Action::Told(text) => {
            state.layers.push(Layer::Told(text));
            Vec::new()
        }
        Action::Failed(failure) => on_failure(state, failure),
        Action::Shell { id, owns_screen } => work::shell_changed(state, id, owns_screen),
        Action::ShellEnded(id) => work::shell_ended(state, id),
        Action::Searched(is_there) => work::searched(state, is_there),
        Action::Copy(text) => vec![Effect::Copy(text)],
        Action::Stop => leave(state, Effect::Quit),
    }
}

fn on_key(state: &mut State, key: KeyEvent) -> Vec<Effect> {
    if let Some(effects) = palette::typed(state, key) {
        return effects;
    }
    if let Some(effects) = work::typed(state, key) {
        return effects;
    }
    keymap::command(state, key).map_or_else(Vec::new, |command| on_command(state, command))
}

fn on_command(state: &mut State, command: Command) -> Vec<Effect> {
    match command {
        Command::Language => {
            state.lang = state.lang.other();
            Vec::new()
        }
        Command::Look(look) => {
            state.look = look;
            vec![Effect::KeepLook(look)]
        }
        _ if state.palette.is_some() => palette::on_command(state, command),
        _ if !state.layers.is_empty() => on_layer(state, command),
        Command::Palette => {
            state.palette = Some(Palette::of(state));
            Vec::new()
        }
        Command::Help => {
            state.layers.push(Layer::Help(0));
            Vec::new()
        }
        _ => match state.screen {
            Screen::Map => map::on_command(state, command),
            Screen::Lab(_) => lab::on_command(state, command),
            Screen::Work(_) => work::on_command(state, command),
            Screen::Debrief(_) => on_debrief(state, command),
            Screen::Progress(_) if command == Command::Quit => vec![Effect::Quit],
            Screen::Progress(_) => Vec::new(),
        },
    }
}

fn on_layer(state: &mut State, command: Command) -> Vec<Effect> {
    match (command, state.layers.pop()) {
        (Command::Accept, Some(Layer::Confirm(question))) => on_yes(state, question),
        (Command::Back | Command::Accept | Command::Help, _) => Vec::new(),
        (Command::GiveUp, Some(Layer::Confirm(Question::Finish))) => {
            state.layers.push(Layer::Confirm(Question::GiveUp));
            Vec::new()
        }
        (Command::ResetAll, Some(Layer::Confirm(Question::Reset(_)))) => {
            state.layers.push(Layer::Confirm(Question::Reset(None)));
            Vec::new()
        }
        (_, Some(Layer::Help(offset))) => {
            let Bounds { scroll, page } = state.bounds;
            state.layers.push(Layer::Help(scrolled(offset, command, page, scroll)));
            Vec::new()
        }
        // Two Ctrl-C in a row get out of everything.
        (Command::Quit, Some(Layer::Confirm(Question::Leave))) => on_yes(state, Question::Leave),
        (_, layer) => {
            state.layers.extend(layer);
            Vec::new()
        }
    }
}

fn on_yes(state: &mut State, question: Question) -> Vec<Effect> {
    match question {
        Question::Hint(_) => vec![Effect::Session(Request::Hint)],
        Question::Abandon(attempt) => {
            progress(state, msg!("ui-progress-abandon"));
            vec![Effect::Session(Request::Abandon(attempt))]
        }
        Question::Renew(attempt) => {
            progress(state, msg!("ui-progress-start"));
            vec![Effect::Session(Request::Renew(attempt))]
        }
        Question::Reset(machine) => {
            work::stop_shells(state);
            progress(state, msg!("ui-progress-reset"));
            vec![Effect::CloseShells, Effect::Session(Request::Reset(machine))]
        }
        Question::Finish => {
            progress(state, msg!("ui-progress-finish"));
            vec![Effect::Session(Request::Finish)]
        }
        Question::GiveUp => {
            progress(state, msg!("ui-progress-give-up"));
            vec![Effect::Session(Request::GiveUp)]
        }
        Question::Leave => {
            state.screen = Screen::Map;
            notice(state, msg!("ui-notice-aside"));
            vec![Effect::CloseShells, Effect::Session(Request::Pause), Effect::Load]
        }
    }
}

/// The debrief; what could not be torn down is told over it.
fn on_finished(state: &mut State, mut debrief: Debrief) -> Vec<Effect> {
    state.layers.clear();
    if let Some(error) = debrief.left_behind.take() {
        state.layers.push(Layer::Error(both(|lang| error.words(lang))));
    }
    let has_details = debrief.view.phase == Phase::GivenUp;
    state.screen = Screen::Debrief(Box::new(DebriefView { debrief, has_details, scroll: 0 }));
    vec![Effect::CloseShells, Effect::Load]
}

fn on_debrief(state: &mut State, command: Command) -> Vec<Effect> {
    let bounds = state.bounds;
    let Screen::Debrief(view) = &mut state.screen else { return Vec::new() };
    match command {
        Command::Back | Command::Accept => state.screen = Screen::Map,
        Command::Quit => return vec![Effect::Quit],
        Command::Details => view.has_details = !view.has_details,
        Command::Export => return vec![Effect::Export(view.debrief.view.attempt, state.lang)],
        Command::Another => return vec![Effect::Open(view.debrief.view.variant.manifest.id.clone())],
        _ => view.scroll = scrolled(view.scroll, command, bounds.page, bounds.scroll),
    }
    Vec::new()
}

fn on_tick(state: &mut State) -> Vec<Effect> {
    state.seconds += 1;
    state.notice = state.notice.take().and_then(|(text, left)| left.checked_sub(1).map(|left| (text, left)));
    match &mut state.screen {
        Screen::Progress(progress) => {
            progress.seconds += 1;
            Vec::new()
        }
        Screen::Work(work) => work::tick(work),
        Screen::Map | Screen::Lab(_) | Screen::Debrief(_) => Vec::new(),
    }
}

fn on_shelf(state: &mut State, shelf: Shelf) -> Vec<Effect> {
    let is_first = !state.shelf.is_ready;
    state.shelf = shelf;
    if !is_first {
        return Vec::new();
    }
    if let Some((competence, lab)) = state.shelf.advice().and_then(|advice| state.shelf.place(advice.lab)) {
        state.map = super::state::MapCursor { competence, lab, in_labs: true };
    }
    Vec::new()
}

fn on_page(state: &mut State, page: LabPage) -> Vec<Effect> {
    state.screen = Screen::Lab(LabView { page, scroll: 0 });
    Vec::new()
}

fn on_step(state: &mut State, step: Message) -> Vec<Effect> {
    if let Screen::Progress(progress) = &mut state.screen {
        progress.steps.push(step);
    }
    Vec::new()
}

fn on_failure(state: &mut State, failure: Failure) -> Vec<Effect> {
    state.layers.push(Layer::Error(failure.what));
    if let Screen::Work(work) = &mut state.screen {
        work.checking = None;
    }
    if failure.is_mild {
        return Vec::new();
    }
    let effects = leave(state, Effect::Load);
    state.screen = Screen::Map;
    effects
}

/// Away from the work, whatever was being done: what is being written is kept first.
fn leave(state: &mut State, then: Effect) -> Vec<Effect> {
    let mut effects = match &mut state.screen {
        Screen::Work(work) => desk::keep(work),
        _ => Vec::new(),
    };
    effects.extend([Effect::CloseShells, Effect::Session(Request::Pause), then]);
    effects
}

fn progress(state: &mut State, title: Message) {
    state.screen = Screen::Progress(Progress { title, steps: Vec::new(), seconds: 0 });
}

fn notice(state: &mut State, text: Message) {
    state.notice = Some((text, NOTICE));
}

/// An offset after a moving command.
fn scrolled(offset: u16, command: Command, page: u16, last: u16) -> u16 {
    let moved = match command {
        Command::Up => offset.saturating_sub(1),
        Command::Down => offset.saturating_add(1),
        Command::PageUp => offset.saturating_sub(page.saturating_sub(1)),
        Command::PageDown => offset.saturating_add(page.saturating_sub(1)),
        Command::Home => 0,
        Command::End => last,
        _ => offset,
    };
    moved.min(last)
}
