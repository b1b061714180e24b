//! The competence map.

use super::{Effect, State};
use crate::app::action::Command;

pub(super) fn on_command(state: &mut State, command: Command) -> Vec<Effect> {
    match command {
        Command::Quit => return vec![Effect::Quit],
        Command::Competence(position) => {
            choose(state, position);
            state.map.in_labs = count(state) > 0;
        }
        Command::Lab(row) => return click(state, row),
        Command::Suggested => return suggested(state),
        Command::Accept => return accept(state),
        Command::Next => state.map.in_labs = !state.map.in_labs && count(state) > 0,
        Command::Back => state.map.in_labs = false,
        Command::Up if state.map.in_labs => up_in_labs(state),
        Command::Down if state.map.in_labs => state.map.lab = (state.map.lab + 1).min(count(state).saturating_sub(1)),
        Command::Up | Command::Down | Command::Left | Command::Right => step(state, command),
        _ => {}
    }
    Vec::new()
}

/// How many labs the chosen competence has.
fn count(state: &State) -> usize {
    state.shelf.labs_of(state.map.competence).len()
}

fn choose(state: &mut State, position: usize) {
    if position < state.shelf.competences.len() {
        state.map.competence = position;
        state.map.lab = 0;
        state.map.in_labs = false;
    }
}

fn up_in_labs(state: &mut State) {
    if state.map.lab == 0 {
        state.map.in_labs = false;
    } else {
        state.map.lab -= 1;
    }
}

/// Moves on the grid: columns are the activities, rows their competences. Below the last row come the labs.
fn step(state: &mut State, command: Command) {
    let competences = &state.shelf.competences;
    let Some(here) = competences.get(state.map.competence) else { return };
    let column = |activity: u8| -> Vec<usize> {
        (0..competences.len()).filter(|&i| competences[i].activity == activity).collect()
    };
    let rows = column(here.activity);
    let row = rows.iter().position(|&i| i == state.map.competence).unwrap_or(0);
    let target = match command {
        Command::Up => row.checked_sub(1).map(|row| rows[row]),
        Command::Down if row + 1 == rows.len() => {
            state.map.in_labs = count(state) > 0;
            None
        }
        Command::Down => rows.get(row + 1).copied(),
        Command::Left => beside(&column(here.activity.saturating_sub(1)), row),
        _ => beside(&column(here.activity + 1), row),
    };
    if let Some(target) = target {
        choose(state, target);
    }
}

fn beside(column: &[usize], row: usize) -> Option<usize> {
    column.get(row).or_else(|| column.last()).copied()
}

fn accept(state: &mut State) -> Vec<Effect> {
    if !state.map.in_labs {
        state.map.in_labs = count(state) > 0;
        return Vec::new();
    }
    open(state)
}

/// A click chooses a lab; a click on the chosen one opens it.
fn click(state: &mut State, row: usize) -> Vec<Effect> {
    if state.map.in_labs && state.map.lab == row {
        return open(state);
    }
    state.map.in_labs = true;
    state.map.lab = row.min(count(state).saturating_sub(1));
    Vec::new()
}

fn suggested(state: &mut State) -> Vec<Effect> {
    let Some((competence, lab)) = state.shelf.advice().and_then(|advice| state.shelf.place(advice.lab)) else {
        return Vec::new();
    };
    state.map = crate::app::state::MapCursor { competence, lab, in_labs: true };
    open(state)
}

fn open(state: &State) -> Vec<Effect> {
    let labs = state.shelf.labs_of(state.map.competence);
    labs.get(state.map.lab).map_or_else(Vec::new, |&lab| vec![Effect::Open(state.shelf.labs[lab].id.clone())])
}
