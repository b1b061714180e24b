//! The full-screen application.

use std::io::IsTerminal as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::spawn_blocking;

use super::{Context, Outcome, complain};
use crate::app::executor::Executor;
use crate::app::{Action, App, Crash, Effect, Inbound, RealScreen, State};
use crate::msg;
use crate::settings::Settings;
use crate::ui::theme::Theme;

pub(super) fn run(context: &Context) -> Outcome {
    start(context, None)
}

/// Opens on one lab (going on with an attempt under way).
pub(super) fn open(context: &Context, lab: &str, seed: Option<u64>) -> Outcome {
    start(context, Some((lab, seed)))
}

fn start(context: &Context, lab: Option<(&str, Option<u64>)>) -> Outcome {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        complain(&context.lang.tr("ui-no-terminal"));
        return Outcome::CouldNotRun;
    }
    let Some(settings) = super::settings::get(context) else { return Outcome::CouldNotRun };
    let runtime = match runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(context, &error),
    };
    let (inbox, received) = unbounded_channel();
    let crash = Crash::watch(inbox.clone());
    let ended = catch_unwind(AssertUnwindSafe(|| runtime.block_on(show(context, settings, lab, inbox, received))));
    // The thread that waits for a key can't be waited for.
    runtime.shutdown_timeout(Duration::ZERO);
    if let Some(said) = crash.said() {
        complain(&context.lang.say(&msg!("ui-crash", what = said)));
        return Outcome::CouldNotRun;
    }
    match ended {
        Ok(Ok(())) => Outcome::Met,
        Ok(Err(error)) => failed(context, &error),
        Err(_) => Outcome::CouldNotRun,
    }
}

fn failed(context: &Context, error: &std::io::Error) -> Outcome {
    complain(&context.lang.say(&msg!("ui-terminal-failed", error = error.to_string())));
    Outcome::CouldNotRun
}

async fn show(
    context: &Context,
    settings: &Settings,
    lab: Option<(&str, Option<u64>)>,
    inbox: UnboundedSender<Inbound>,
    mut received: tokio::sync::mpsc::UnboundedReceiver<Inbound>,
) -> std::io::Result<()> {
    let mut executor = Executor::new(inbox.clone(), context.lab_folders(), lab.and_then(|(_, seed)| seed));
    if let Some((lab, _)) = lab {
        executor.carry_out(Effect::Open(lab.to_owned()));
    }
    listen(inbox)?;
    let state = State { keys: settings.keys.clone(), look: settings.look, ..State::new(context.lang) };
    let mut app = App::new(state, Theme::from_env(), executor);
    let mut screen = RealScreen::take()?;
    let ended = app.run(&mut screen.terminal, &mut received).await;
    drop(screen);
    app.close().await;
    ended
}

/// The terminal's events, the system's signals and the seconds, into the channel.
fn listen(inbox: UnboundedSender<Inbound>) -> std::io::Result<()> {
    let events = inbox.clone();
    spawn_blocking(move || {
        while let Ok(event) = crossterm::event::read() {
            if events.send(Inbound::Terminal(event)).is_err() {
                return;
            }
        }
        let _ = events.send(Inbound::Action(Action::Stop));
    });
    let (mut terminate, mut hang_up) = (signal(SignalKind::terminate())?, signal(SignalKind::hangup())?);
    tokio::spawn(async move {
        let mut seconds = tokio::time::interval(Duration::from_secs(1));
        loop {
            let action = tokio::select! {
                _ = seconds.tick() => Action::Tick,
                _ = terminate.recv() => Action::Stop,
                _ = hang_up.recv() => Action::Stop,
            };
            if inbox.send(Inbound::Action(action)).is_err() {
                return;
            }
        }
    });
    Ok(())
}
