//! The page of a lab.

use super::{Effect, Screen, State, progress, scrolled};
use crate::app::action::{Command, Request};
use crate::app::state::{Layer, Question};
use crate::msg;

pub(super) fn on_command(state: &mut State, command: Command) -> Vec<Effect> {
    let bounds = state.bounds;
    let Screen::Lab(lab) = &mut state.screen else { return Vec::new() };
    match command {
        Command::Back => state.screen = Screen::Map,
        Command::Quit => return vec![Effect::Quit],
        Command::Accept | Command::Start => return start(state),
        Command::Abandon => {
            if let Some((attempt, _)) = lab.page.standing.under_way {
                state.layers.push(Layer::Confirm(Question::Abandon(attempt)));
            }
        }
        _ => lab.scroll = scrolled(lab.scroll, command, bounds.page, bounds.scroll),
    }
    Vec::new()
}

fn start(state: &mut State) -> Vec<Effect> {
    let Screen::Lab(lab) = &state.screen else { return Vec::new() };
    if let Some(missing) = lab.page.missing.first() {
        let missing = missing.clone();
        state.layers.push(Layer::Error(missing));
        return Vec::new();
    }
    let variant = &lab.page.variant;
    let (title, request) = match lab.page.standing.under_way {
        Some((attempt, _)) => (msg!("ui-progress-resume"), Request::Resume(attempt)),
        None => (msg!("ui-progress-start"), Request::Start { lab: variant.manifest.id.clone(), seed: variant.seed }),
    };
    progress(state, title);
    vec![Effect::Session(request)]
}
