//! The work screen.

use std::sync::Arc;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};
use tui_input::Input;
use tui_input::backend::crossterm::EventHandler as _;

use super::{Effect, Screen, State, desk, notice, scrolled, search};
use crate::app::action::{Command, LIVE_EVERY, NOW_EVERY, Request, ShellId, Tab};
use crate::app::keymap;
use crate::app::state::{Bounds, Layer, Question, Shell, Side, Work};
use crate::msg;
use crate::session::{Depth, View};
use crate::verdict::Status;

/// How long the mark on a criterion that turned stays, in seconds.
const TURNED: u8 = 6;

/// What a key changes of the halves, in hundredths of the width.
const STEP: u16 = 4;

/// Shells of one attempt.
const MOST_SHELLS: usize = 9;

/// The attempt is ready: its screen, a shell for each machine, a first check.
pub(super) fn begin(state: &mut State, view: Arc<View>) -> Vec<Effect> {
    let machines = &view.variant.manifest.stand.machines;
    let mut tabs: Vec<Option<String>> = machines.iter().filter(|m| m.shell).map(|m| Some(m.name.clone())).collect();
    if machines.is_empty() {
        tabs.push(None);
    }
    let mut work = Work::new(view);
    let mut effects: Vec<_> = tabs.into_iter().map(|machine| add_shell(&mut work, machine)).collect();
    work.shell = 0;
    effects.push(check(&mut work, Depth::Now));
    state.screen = Screen::Work(Box::new(work));
    effects
}

fn add_shell(work: &mut Work, machine: Option<String>) -> Effect {
    let id = work.next_shell;
    work.next_shell += 1;
    work.shells.push(Shell { id, machine: machine.clone(), owns_screen: false, has_ended: false });
    work.shell = work.shells.len() - 1;
    Effect::OpenShell(id, machine)
}

fn check(work: &mut Work, depth: Depth) -> Effect {
    work.checking = Some(depth);
    work.since.0 = 0;
    if depth >= Depth::Now {
        work.since.1 = 0;
    }
    Effect::Session(Request::Check(depth))
}

/// A second went by: the clock, the marks, and the checks that are due. Never two checks at a time.
pub(super) fn tick(work: &mut Work) -> Vec<Effect> {
    let second = std::time::Duration::from_secs(1);
    work.clock += second;
    work.since = (work.since.0 + 1, work.since.1 + 1);
    work.turned.retain(|_, left| {
        *left = left.saturating_sub(1);
        *left > 0
    });
    if work.checking.is_some() {
        return Vec::new();
    }
    if work.since.1 >= NOW_EVERY.as_secs() {
        return vec![check(work, Depth::Now)];
    }
    if work.since.0 >= LIVE_EVERY.as_secs() {
        return vec![check(work, Depth::Live)];
    }
    Vec::new()
}

pub(super) fn checked(state: &mut State, depth: Depth, view: Arc<View>) -> Vec<Effect> {
    if let Screen::Work(work) = &mut state.screen
        && work.checking == Some(depth)
    {
        work.checking = None;
    }
    changed(state, view)
}

/// A newer view of the attempt: criteria that turned are marked, a hint just taken is shown.
pub(super) fn changed(state: &mut State, view: Arc<View>) -> Vec<Effect> {
    let Screen::Work(work) = &mut state.screen else { return Vec::new() };
    for verdict in &view.verdicts {
        let before = work.view.verdicts.iter().find(|old| old.id == verdict.id).map(|old| old.status);
        if before.is_some_and(|before| (before == Status::Pass) != (verdict.status == Status::Pass)) {
            work.turned.insert(verdict.id.clone(), TURNED);
        }
    }
    let taken = view.hints.iter().copied().find(|hint| !work.view.hints.contains(hint));
    let are_all_met = |view: &View| !view.verdicts.is_empty() && view.verdicts.iter().all(|v| v.status == Status::Pass);
    let is_won = are_all_met(&view) && !are_all_met(&work.view);
    work.clock = view.elapsed;
    work.view = view;
    if let Some(hint) = taken {
        work.tab = Tab::Hints;
        state.layers.push(Layer::Hint(hint));
    }
    if is_won {
        notice(state, msg!("ui-notice-all-met"));
        return vec![Effect::Bell];
    }
    Vec::new()
}

pub(super) fn shell_changed(state: &mut State, id: ShellId, owns_screen: bool) -> Vec<Effect> {
    if let Some(shell) = shell_of(state, id) {
        shell.owns_screen = owns_screen;
    }
    Vec::new()
}

/// What was looked for is there, or nowhere.
pub(super) fn searched(state: &mut State, is_there: bool) -> Vec<Effect> {
    if let Screen::Work(work) = &mut state.screen
        && let Some(search) = &mut work.search
    {
        search.is_absent = !is_there;
    }
    Vec::new()
}

/// A shell's program ended: its tab goes; the last one of all starts anew on the next key.
pub(super) fn shell_ended(state: &mut State, id: ShellId) -> Vec<Effect> {
    if let Some(shell) = shell_of(state, id) {
        shell.has_ended = true;
        shell.owns_screen = false;
    }
    Vec::new()
}

fn shell_of(state: &mut State, id: ShellId) -> Option<&mut Shell> {
    let Screen::Work(work) = &mut state.screen else { return None };
    work.shells.iter_mut().find(|shell| shell.id == id)
}

/// The machines are about to go away under the shells.
pub(super) fn stop_shells(state: &mut State) {
    if let Screen::Work(work) = &mut state.screen {
        work.shells.clear();
    }
}

/// What is typed into an answer or into the terminal; none if the key is for the app.
pub(super) fn typed(state: &mut State, key: KeyEvent) -> Option<Vec<Effect>> {
    if !state.layers.is_empty() {
        return None;
    }
    let Screen::Work(work) = &mut state.screen else { return None };
    let keys = &state.keys;
    let is_taken = |program_has_keys| keymap::is_taken_from_shell(keys, key, program_has_keys);
    if work.search.is_some() {
        return if is_taken(false) { None } else { search::typed(work, key) };
    }
    if work.writing.is_some() {
        // What was written so far is kept before the app's own key is followed.
        return if is_taken(false) { None } else { desk::typed(work, key) };
    }
    if work.side == Side::Left && work.editing.is_none() && begins_a_command(key) && work.current_shell().is_some() {
        work.side = Side::Shells;
    }
    if work.side == Side::Left {
        return if is_taken(false) { None } else { typed_answer(work, key) };
    }
    if is_taken(work.program_has_keys()) {
        return None;
    }
    Some(typed_in_shell(work, key))
}

/// A letter outside of an answer is meant for the shell, whose prompt is on the screen: nobody has to look up how to get
/// there before typing.
fn begins_a_command(key: KeyEvent) -> bool {
    matches!(key.code, KeyCode::Char(c) if c.is_alphabetic() || "./~".contains(c))
        && (key.modifiers - KeyModifiers::SHIFT).is_empty()
}

fn typed_in_shell(work: &mut Work, key: KeyEvent) -> Vec<Effect> {
    if let (KeyModifiers::ALT, KeyCode::Char(digit @ '1'..='9')) = (key.modifiers, key.code) {
        let position = digit as usize - '1' as usize;
        if position < work.shells.len() {
            work.shell = position;
        }
        return Vec::new();
    }
    let Some(shell) = work.shells.get_mut(work.shell) else { return Vec::new() };
    if shell.has_ended {
        return if key.code == KeyCode::Enter { reopen(work) } else { Vec::new() };
    }
    if key.modifiers == KeyModifiers::SHIFT && !shell.owns_screen {
        match key.code {
            KeyCode::PageUp => return vec![Effect::ShellScroll(shell.id, 10)],
            KeyCode::PageDown => return vec![Effect::ShellScroll(shell.id, -10)],
            _ => {}
        }
    }
    vec![Effect::ShellKey(shell.id, key)]
}

fn reopen(work: &mut Work) -> Vec<Effect> {
    let id = work.next_shell;
    work.next_shell += 1;
    let Some(shell) = work.shells.get_mut(work.shell) else { return Vec::new() };
    shell.id = id;
    shell.has_ended = false;
    vec![Effect::OpenShell(id, shell.machine.clone())]
}

fn typed_answer(work: &mut Work, key: KeyEvent) -> Option<Vec<Effect>> {
    let (position, input) = work.editing.as_mut()?;
    match key.code {
        KeyCode::Esc => work.editing = None,
        KeyCode::Enter => {
            let answer = input.value().trim().to_owned();
            let id = work.view.variant.manifest.questions.get(*position).map(|question| question.id.clone());
            work.editing = None;
            return Some(id.map_or_else(Vec::new, |id| vec![Effect::Session(Request::Answer(id, answer))]));
        }
        _ => {
            input.handle_event(&Event::Key(key));
        }
    }
    Some(Vec::new())
}

pub(super) fn paste(state: &mut State, text: String) -> Vec<Effect> {
    if !state.layers.is_empty() {
        return Vec::new();
    }
    let Screen::Work(work) = &mut state.screen else { return Vec::new() };
    if let Some(writing) = &mut work.writing {
        desk::paste(writing, &text);
        return Vec::new();
    }
    if let Some(id) = work.current_shell().map(|shell| shell.id)
        && let Some(search) = &mut work.search
    {
        return search::paste(search, id, &text);
    }
    if let (Side::Left, Some((_, input))) = (work.side, work.editing.as_mut()) {
        let line: String = text.chars().filter(|c| !c.is_control()).collect();
        *input = Input::new(format!("{}{line}", input.value()));
        return Vec::new();
    }
    match work.current_shell() {
        Some(shell) if work.side == Side::Shells && !shell.has_ended => vec![Effect::ShellPaste(shell.id, text)],
        _ => Vec::new(),
    }
}

pub(super) fn on_command(state: &mut State, command: Command) -> Vec<Effect> {
    let bounds = state.bounds;
    let Screen::Work(work) = &mut state.screen else { return Vec::new() };
    if let Some(effects) = search::on_command(work, command) {
        return effects;
    }
    let is_of_looks = matches!(command, Command::Narrow | Command::Widen | Command::Split(_));
    let mut kept = if is_of_looks { Vec::new() } else { desk::keep(work) };
    if !is_of_looks && work.search.take().is_some() {
        kept.extend(work.current_shell().map(|shell| Effect::ShellPresent(shell.id)));
    }
    kept.extend(carry_out(state, command, bounds));
    kept
}

fn carry_out(state: &mut State, command: Command, bounds: Bounds) -> Vec<Effect> {
    let Screen::Work(work) = &mut state.screen else { return Vec::new() };
    match command {
        Command::Check => {
            work.tab = if work.has_tab(Tab::Criteria) { Tab::Criteria } else { Tab::Questions };
            return vec![check(work, Depth::Now)];
        }
        Command::Hint => ask_hint(state),
        Command::Reset => {
            let machine = work.current_shell().and_then(|shell| shell.machine.clone());
            if !work.view.variant.manifest.stand.machines.is_empty() {
                state.layers.push(Layer::Confirm(Question::Reset(machine)));
            }
        }
        Command::Finish => state.layers.push(Layer::Confirm(Question::Finish)),
        Command::GiveUp => state.layers.push(Layer::Confirm(Question::GiveUp)),
        Command::Back | Command::Quit => state.layers.push(Layer::Confirm(Question::Leave)),
        Command::Zoom => zoom(work),
        Command::Search => search::begin(work),
        Command::Narrow => split(work, |now| now.saturating_sub(STEP)),
        Command::Widen => split(work, |now| now + STEP),
        Command::Split(hundredths) => split(work, |_| hundredths),
        Command::Switch => switch(work),
        Command::NewShell => return new_shell(work),
        Command::NextShell => show_shell(work, (work.shell + 1) % work.shells.len().max(1)),
        Command::Shell(position) => show_shell(work, position),
        Command::Tab(tab) if work.has_tab(tab) => show_tab(work, tab),
        Command::Left => show_tab(work, beside(work, Tab::ALL.len() - 1)),
        Command::Next | Command::Right => show_tab(work, beside(work, 1)),
        Command::Row(row) => return choose_row(work, row),
        Command::Accept => return accept(state),
        _ => move_in_tab(work, command, bounds.page, bounds.scroll),
    }
    Vec::new()
}

/// The instructions' share of the width, kept where both halves can still be used.
fn split(work: &mut Work, how: impl Fn(u16) -> u16) {
    work.split = Some(how(work.split.unwrap_or(Work::SPLIT)).clamp(20, 70));
}

fn zoom(work: &mut Work) {
    work.is_zoomed = !work.is_zoomed;
    if work.is_zoomed {
        work.side = Side::Shells;
    }
}

fn switch(work: &mut Work) {
    work.is_zoomed = false;
    work.editing = None;
    work.side = match work.side {
        Side::Left => Side::Shells,
        Side::Shells => Side::Left,
    };
}

fn show_shell(work: &mut Work, position: usize) {
    if position < work.shells.len() {
        work.shell = position;
        work.side = Side::Shells;
        work.editing = None;
    }
}

fn show_tab(work: &mut Work, tab: Tab) {
    work.tab = tab;
    work.side = Side::Left;
    work.is_zoomed = false;
    work.editing = None;
}

/// The next tab with something in it, by steps of `step`.
fn beside(work: &Work, step: usize) -> Tab {
    let here = Tab::ALL.iter().position(|&other| other == work.tab).unwrap_or(0);
    let others = (1..Tab::ALL.len()).map(|times| Tab::ALL[(here + step * times) % Tab::ALL.len()]);
    others.into_iter().find(|&tab| work.has_tab(tab)).unwrap_or(work.tab)
}

fn new_shell(work: &mut Work) -> Vec<Effect> {
    if work.shells.len() >= MOST_SHELLS {
        return Vec::new();
    }
    let machine = work.current_shell().and_then(|shell| shell.machine.clone());
    work.side = Side::Shells;
    vec![add_shell(work, machine)]
}

/// How many rows can be chosen in the tab shown; none where it scrolls.
fn rows(work: &Work) -> Option<usize> {
    let manifest = &work.view.variant.manifest;
    match work.tab {
        Tab::Criteria => Some(manifest.criteria.len()),
        Tab::Questions => Some(manifest.questions.len()),
        Tab::Desk => Some(crate::app::desk::rows(manifest).count()),
        Tab::Brief | Tab::Hints | Tab::Ticket => None,
    }
}

fn move_in_tab(work: &mut Work, command: Command, page: u16, last: u16) {
    match rows(work) {
        Some(count) => {
            let end = u16::try_from(count.saturating_sub(1)).unwrap_or(u16::MAX);
            let row = u16::try_from(work.row()).unwrap_or(u16::MAX);
            work.rows.insert(work.tab, usize::from(scrolled(row, command, 5, end)));
        }
        None => {
            work.scrolls.insert(work.tab, scrolled(work.scroll(), command, page, last));
        }
    }
}

/// A click chooses a row; on the chosen question it starts typing, on the desk's form it takes the next value.
fn choose_row(work: &mut Work, row: usize) -> Vec<Effect> {
    work.side = Side::Left;
    let was = work.row();
    work.rows.insert(work.tab, row);
    match work.tab {
        Tab::Questions if was == row => edit(work),
        Tab::Desk => return desk::accept(work),
        _ => {}
    }
    Vec::new()
}

fn accept(state: &mut State) -> Vec<Effect> {
    let Screen::Work(work) = &mut state.screen else { return Vec::new() };
    match work.tab {
        Tab::Questions => edit(work),
        Tab::Desk => return desk::accept(work),
        Tab::Hints => ask_hint(state),
        Tab::Criteria => return vec![check(work, Depth::Now)],
        Tab::Brief | Tab::Ticket => {}
    }
    Vec::new()
}

fn edit(work: &mut Work) {
    let position = work.row();
    let Some(question) = work.view.variant.manifest.questions.get(position) else { return };
    let given = work.view.answers.get(&question.id).cloned().unwrap_or_default();
    work.editing = Some((position, Input::new(given)));
}

fn ask_hint(state: &mut State) {
    let Screen::Work(work) = &state.screen else { return };
    match work.view.next_hint {
        Some(hint) => state.layers.push(Layer::Confirm(Question::Hint(hint))),
        None => notice(state, msg!("ui-notice-no-hint")),
    }
}
