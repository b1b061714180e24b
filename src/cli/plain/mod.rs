//! `paillasse run --plain`: an attempt as linear text, for screen readers and scripts.

mod command;
mod desk;
mod words;

use std::io::{BufRead as _, IsTerminal as _, Write as _};

use self::command::Command;
use super::{Context, Outcome, complain, print};
use crate::i18n::{Lang, Message};
use crate::lab::{Catalogue, Variant};
use crate::msg;
use crate::record::Store;
use crate::session::{Debrief, Depth, Doors, Phase, Session, SessionError, View, history};
use crate::stand::OnStep;
use crate::verdict::Status;

pub(super) fn run(context: &Context, lab: &str, seed: Option<u64>) -> Outcome {
    let catalogue = Catalogue::load(&context.lab_folders());
    let lab = match catalogue.find(lab) {
        Ok(lab) => lab,
        Err(problem) => {
            complain(&format!("{:?}", problem.report(context.lang)));
            return Outcome::CouldNotRun;
        }
    };
    let ended = open(context.lang, &lab.manifest.id, seed, || {
        lab.variant(seed.unwrap_or_else(draw)).map_err(|problem| SessionError::Lab(problem.message))
    })
    .and_then(|session| session.map_or(Ok(Outcome::NotMet), |session| Plain { lang: context.lang, session }.run()));
    ended.unwrap_or_else(|error| {
        complain(&error.words(context.lang));
        Outcome::CouldNotRun
    })
}

/// A seed nobody chose.
fn draw() -> u64 {
    u64::from(jiff::Timestamp::now().subsec_nanosecond().unsigned_abs()) + 1
}

/// Goes on with an attempt of this lab (and seed) under way, or begins one; none where a fresh stand was declined.
fn open(
    lang: Lang,
    lab: &str,
    seed: Option<u64>,
    variant: impl FnOnce() -> Result<Variant, SessionError>,
) -> Result<Option<Session>, SessionError> {
    let on_step = &mut |step: Message| print(&lang.say(&step));
    let store = open_store(lang)?;
    let is_it = |past: &crate::session::Past| {
        past.phase == Phase::Working && past.lab == lab && seed.is_none_or(|seed| seed == past.seed)
    };
    let Some(past) = history(&store)?.into_iter().find(is_it) else {
        return Session::begin(store, &variant()?, on_step).map(Some);
    };
    print(&lang.say(&msg!("plain-resumed", attempt = past.attempt)));
    match Session::resume(store, past.attempt, on_step) {
        Err(error @ SessionError::StandGone(attempt)) => {
            print(&error.words(lang));
            print(&lang.tr("plain-fresh"));
            let yes = read_line().is_some_and(|line| matches!(line.trim(), "oui" | "o" | "yes" | "y"));
            if yes { Session::renew(open_store(lang)?, attempt, on_step).map(Some) } else { Ok(None) }
        }
        resumed => resumed.map(Some),
    }
}

/// The person's record; that a broken one was kept aside is said first.
pub(super) fn open_store(lang: Lang) -> Result<Store, SessionError> {
    let (store, told) = Store::open_own()?;
    if let Some(told) = told {
        complain(&lang.say(&told));
    }
    Ok(store)
}

fn read_line() -> Option<String> {
    if std::io::stdin().is_terminal() {
        let _ = write!(std::io::stdout(), "> ").and_then(|()| std::io::stdout().flush());
    }
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line).unwrap_or(0);
    (read > 0).then_some(line)
}

struct Plain {
    lang: Lang,
    session: Session,
}

impl Plain {
    fn run(mut self) -> Result<Outcome, SessionError> {
        print(&words::brief(&self.session.view().variant, self.lang));
        let view = self.session.check(Depth::Now)?;
        self.show(&view);
        print(&self.lang.tr("plain-help-short"));
        while let Some(line) = read_line() {
            match Command::parse(&line, self.lang) {
                Ok(None) => {}
                Ok(Some(Command::Quit)) => break,
                Ok(Some(Command::Finish)) => return self.end(Session::finish),
                Ok(Some(Command::GiveUp)) => return self.end(Session::give_up),
                // What hinders one command doesn't end the work.
                Ok(Some(command)) => {
                    if let Err(error) = self.carry_out(command) {
                        print(&error.words(self.lang));
                    }
                }
                Err(told) => self.say(&told),
            }
        }
        let view = self.session.view();
        self.say(&msg!("plain-left", attempt = view.attempt));
        self.session.put_aside();
        Ok(outcome(&view))
    }

    fn carry_out(&mut self, command: Command) -> Result<(), SessionError> {
        match command {
            Command::Check => {
                let view = self.session.check(Depth::Now)?;
                self.show(&view);
            }
            Command::Hint => self.hint()?,
            Command::Brief => print(&words::brief(&self.session.view().variant, self.lang)),
            Command::Answer { question, text } => {
                let view = self.session.answer(&question, &text)?;
                self.show(&view);
            }
            Command::Qualify(given) => self.qualify(given)?,
            Command::Report(given) => self.report(given)?,
            Command::Log(text) => {
                let view = self.session.log(&text)?;
                print(&desk::form(&view, self.lang));
            }
            Command::Terminal(machine) => self.terminal(machine),
            Command::Reset(machine) => {
                let lang = self.lang;
                self.session.reset(machine.as_deref(), &mut |step| print(&lang.say(&step)))?;
            }
            Command::Help | Command::Quit | Command::Finish | Command::GiveUp => print(&self.lang.tr("plain-help")),
        }
        Ok(())
    }

    fn end(
        mut self,
        how: impl FnOnce(&mut Session, OnStep<'_>) -> Result<Debrief, SessionError>,
    ) -> Result<Outcome, SessionError> {
        let lang = self.lang;
        let end = how(&mut self.session, &mut |step| print(&lang.say(&step)))?;
        print(&words::debrief(&end, lang));
        if let Some(error) = &end.left_behind {
            complain(&error.words(lang));
        }
        Ok(outcome(&end.view))
    }

    fn qualify(&mut self, given: Option<(String, String)>) -> Result<(), SessionError> {
        let mut view = self.session.view();
        if let Some((field, value)) = given {
            match desk::qualified(view.desk.qualification, &field, &value, self.lang) {
                Ok(qualification) => view = self.session.qualify(qualification)?,
                Err(told) => {
                    self.say(&told);
                    return Ok(());
                }
            }
        }
        print(&desk::form(&view, self.lang));
        Ok(())
    }

    fn report(&mut self, given: Option<(String, String)>) -> Result<(), SessionError> {
        let mut view = self.session.view();
        if let Some((part, text)) = given {
            match desk::part(&part, self.lang) {
                Ok(part) => view = self.session.write(part, &text)?,
                Err(told) => {
                    self.say(&told);
                    return Ok(());
                }
            }
        }
        print(&desk::form(&view, self.lang));
        Ok(())
    }

    fn hint(&mut self) -> Result<(), SessionError> {
        let told = match self.session.take_hint()? {
            None => msg!("plain-no-hint"),
            Some(index) => {
                let view = self.session.view();
                let hint = view.variant.manifest.hints.get(index);
                let text = hint.map_or("", |hint| hint.text.get(self.lang));
                msg!("plain-hint", number = index + 1, cost = hint.map_or(0, |hint| hint.cost), text = text)
            }
        };
        self.say(&told);
        Ok(())
    }

    /// The shell takes the terminal over until it ends.
    fn terminal(&self, machine: Option<String>) {
        let view = self.session.view();
        let shells = view.variant.manifest.stand.machines.iter().filter(|machine| machine.shell);
        let names: Vec<&str> = shells.map(|machine| machine.name.as_str()).collect();
        let machine = machine.or_else(|| names.first().map(|name| (*name).to_owned())).unwrap_or_default();
        let told = match self.session.doors() {
            Doors::Here => msg!("plain-no-machine"),
            _ if !names.contains(&machine.as_str()) => {
                msg!("plain-which-machine", machine = machine, names = names.join(", "))
            }
            _ if !std::io::stdin().is_terminal() => msg!("plain-no-terminal"),
            doors => match doors.shell(&machine).map(|door| door.map(|(mut command, _)| command.status())) {
                Ok(None) => msg!("plain-no-machine"),
                Ok(Some(Ok(_))) => msg!("plain-back"),
                Ok(Some(Err(error))) => msg!("plain-no-shell", machine = machine, error = error.to_string()),
                Err(error) => error.message(),
            },
        };
        self.say(&told);
    }

    fn show(&self, view: &View) {
        print(&words::verdicts(view, self.lang));
    }

    fn say(&self, message: &Message) {
        print(&self.lang.say(message));
    }
}

/// Met when everything is.
fn outcome(view: &View) -> Outcome {
    let met = !view.verdicts.is_empty() && view.verdicts.iter().all(|verdict| verdict.status == Status::Pass);
    if met { Outcome::Met } else { Outcome::NotMet }
}
