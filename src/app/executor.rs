//! Carries effects out, away from the loop; what comes of them arrives in the channel.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, mpsc};
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::{JoinHandle, spawn_blocking};

use super::action::{Action, Effect, Failure, Request, both};
use super::attempt;
use super::model::{Card, Competence, LabPage, Shelf, Standing};
use super::run::Inbound;
use crate::dossier::{self, Form};
use crate::i18n::Lang;
use crate::lab::manifest::{Driver, StandSpec};
use crate::lab::{Catalogue, Lab, Text};
use crate::pane::clipboard_sequence;
use crate::record::Store;
use crate::session::review::{self, review};
use crate::session::{Past, Phase, history};
use crate::stand::base;
use crate::stand::remote::Remote;
use crate::{doctor, msg, paths, referential, settings};

/// How long leaving waits for the attempt to be written down.
const PATIENCE: Duration = Duration::from_secs(5);

/// Seeds stay short: people tell them to each other.
const SEEDS: u64 = 1_000_000;

/// Carries effects out.
#[derive(Debug)]
pub struct Executor {
    inbox: UnboundedSender<Inbound>,
    labs: Labs,
    seed: Option<u64>,
    requests: mpsc::Sender<Request>,
    actor: JoinHandle<()>,
}

/// The labs, read once.
#[derive(Debug, Clone)]
pub(super) struct Labs {
    folders: Arc<Vec<PathBuf>>,
    read: Arc<OnceLock<Catalogue>>,
}

impl Labs {
    fn new(folders: Vec<PathBuf>) -> Self {
        Self { folders: Arc::new(folders), read: Arc::default() }
    }

    fn all(&self) -> &Catalogue {
        self.read.get_or_init(|| Catalogue::load(&self.folders))
    }

    pub(super) fn get(&self, id: &str) -> Result<&Arc<Lab>, Failure> {
        self.all().labs.get(id).ok_or_else(|| {
            let what = msg!("ui-no-such-lab", lab = id);
            Failure::mild(|lang| lang.say(&what))
        })
    }
}

impl Executor {
    /// Needs a tokio runtime. `folders` hold labs beside the embedded ones; `seed`, if given, is the variant every lab
    /// is opened with.
    #[must_use]
    pub fn new(inbox: UnboundedSender<Inbound>, folders: Vec<PathBuf>, seed: Option<u64>) -> Self {
        let labs = Labs::new(folders);
        let (requests, received) = mpsc::channel();
        let (answers, of_actor) = (inbox.clone(), labs.clone());
        let actor = spawn_blocking(move || attempt::serve(&received, &of_actor, &answers));
        Self { inbox, labs, seed, requests, actor }
    }

    pub(super) fn inbox(&self) -> UnboundedSender<Inbound> {
        self.inbox.clone()
    }

    /// Does one thing, away from the caller.
    pub fn carry_out(&mut self, effect: Effect) {
        let (inbox, labs, seed) = (self.inbox.clone(), self.labs.clone(), self.seed);
        match effect {
            Effect::Load => drop(spawn_blocking(move || {
                let _ = inbox.send(Inbound::Action(load(&labs)));
            })),
            Effect::Open(id) => drop(spawn_blocking(move || {
                let action = page(&labs, &id, seed).map_or_else(Action::Failed, |page| Action::Page(Box::new(page)));
                let _ = inbox.send(Inbound::Action(action));
            })),
            Effect::Session(request) => {
                // The actor is only gone after a panic, which ends the app.
                let _ = self.requests.send(request);
            }
            Effect::KeepLook(look) => drop(spawn_blocking(move || {
                if let Err(error) = settings::keep_look(look) {
                    let file = settings::file().display().to_string();
                    let what = msg!("settings-not-kept", file = file, error = error.to_string());
                    let failure = Failure::mild(|lang| lang.say(&what));
                    let _ = inbox.send(Inbound::Action(Action::Failed(failure)));
                }
            })),
            Effect::Export(attempt, lang) => drop(spawn_blocking(move || {
                let action = export(attempt, lang).unwrap_or_else(Action::Failed);
                let _ = inbox.send(Inbound::Action(action));
            })),
            Effect::Bell => tell_terminal("\x07"),
            Effect::Copy(text) => tell_terminal(&clipboard_sequence(&text)),
            _ => {}
        }
    }

    /// Lets the attempt be written down, for a while.
    pub(super) async fn close(self) {
        drop(self.requests);
        let _ = tokio::time::timeout(PATIENCE, self.actor).await;
    }
}

/// Something for the person's own terminal, between two frames.
fn tell_terminal(sequence: &str) {
    let mut out = std::io::stdout();
    let _ = out.write_all(sequence.as_bytes()).and_then(|()| out.flush());
}

/// Writes the dossier of an attempt, in the language of the screen.
fn export(attempt: i64, lang: Lang) -> Result<Action, Failure> {
    let (store, _) = Store::open_own().map_err(|error| Failure::mild(|lang| lang.say(&error.message())))?;
    let path = dossier::keep(&store, Some(attempt), Form::Html, lang)
        .map_err(|error| Failure::mild(|lang| error.words(lang)))?;
    Ok(Action::Told(msg!("dossier-written", file = path.display().to_string())))
}

/// The competences, the labs, and what the person did with them.
fn load(labs: &Labs) -> Action {
    let catalogue = labs.all();
    let past = match Store::open_own().map(|(store, _)| history(&store)) {
        Ok(Ok(past)) => past,
        Ok(Err(error)) => return Action::Failed(Failure::mild(|lang| error.words(lang))),
        Err(error) => return Action::Failed(Failure::mild(|lang| lang.say(&error.message()))),
    };
    let competences: Vec<Competence> = referential::get()
        .current()
        .map_or(&[][..], |edition| &edition.competences)
        .iter()
        .map(|found| Competence {
            id: found.id.clone(),
            number: found.number,
            activity: found.activity,
            title: found.title.clone(),
        })
        .collect();
    let mut cards: Vec<Card> = catalogue.labs.values().map(|lab| card(lab, &past)).collect();
    cards.sort_by(|a, b| (&a.competence, a.level, &a.id).cmp(&(&b.competence, b.level, &b.id)));
    let problems = catalogue.problems.len();
    Action::Shelf(Box::new(Shelf { is_ready: true, today: Zoned::now().date(), competences, labs: cards, problems }))
}

fn card(lab: &Lab, past: &[Past]) -> Card {
    let manifest = &lab.manifest;
    Card {
        id: manifest.id.clone(),
        title: manifest.title.clone(),
        competence: manifest.competence.clone(),
        level: manifest.level,
        duration: manifest.duration.clone(),
        standing: standing(&manifest.id, past),
    }
}

fn standing(lab: &str, past: &[Past]) -> Standing {
    let of_lab = || past.iter().filter(|attempt| attempt.lab == lab);
    Standing {
        under_way: of_lab().find(|a| a.phase == Phase::Working).map(|attempt| (attempt.attempt, attempt.worked)),
        best: of_lab()
            .filter_map(|attempt| attempt.score)
            .max_by_key(|(earned, total)| earned * 1000 / (*total).max(1)),
        review: review(past.iter().rev().filter(|attempt| attempt.lab == lab).filter_map(result)),
    }
}

/// A submitted attempt, on its day.
fn result(attempt: &Past) -> Option<review::Result> {
    let ended = Timestamp::from_millisecond(attempt.ended_ms?).ok()?;
    Some(review::Result { day: ended.to_zoned(TimeZone::system()).date(), score: attempt.score? })
}

/// A lab rendered for its page: with the seed of the attempt under way, else a new one.
fn page(labs: &Labs, id: &str, seed: Option<u64>) -> Result<LabPage, Failure> {
    let lab = labs.get(id)?;
    let past = Store::open_own().ok().and_then(|(store, _)| history(&store).ok()).unwrap_or_default();
    let standing = standing(id, &past);
    let running = standing.under_way.and_then(|(number, _)| past.iter().find(|attempt| attempt.attempt == number));
    let seed = running.map(|attempt| attempt.seed).or(seed).unwrap_or_else(any_seed);
    let variant = lab.variant(seed).map_err(|problem| Failure::mild(|_| problem.to_string()))?;
    let missing = missing(&variant.manifest.stand);
    Ok(LabPage { variant: Arc::new(variant), standing, missing })
}

fn any_seed() -> u64 {
    RandomState::new().build_hasher().finish() % SEEDS + 1
}

/// What this PC lacks to build a lab's machines, each with its mend.
fn missing(stand: &StandSpec) -> Vec<Text> {
    match stand.driver {
        Driver::Here => return Vec::new(),
        Driver::Ssh => {
            let remote = Remote::open(stand.machines.iter().map(|machine| machine.name.as_str()));
            return remote.err().map(|error| both(|lang| error.words(lang))).into_iter().collect();
        }
        Driver::Container => {}
    }
    if !paths::is_root() {
        return vec![both(|lang: Lang| lang.tr("ui-missing-root"))];
    }
    let base = base::current().err().map(|error| both(|lang| error.words(lang)));
    let kernel = doctor::lacks(stand.kernel_parts());
    base.into_iter().chain(kernel.iter().map(|lack| both(|lang| lang.say(lack)))).collect()
}
