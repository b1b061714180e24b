//! The palette: everything that can be reached from a screen, found by a few letters of its name.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use tui_input::Input;

use super::action::{Command, Tab};
use super::state::{Screen, State, Work};
use crate::i18n::{Lang, Message};
use crate::lab::Text;
use crate::msg;
use crate::settings::Look;

/// Rows kept of what matches.
const MOST: usize = 200;

const LOOKS: [(&str, Look); 4] = [
    ("ui-palette-look-terminal", Look::Terminal),
    ("ui-palette-look-dark", Look::Dark),
    ("ui-palette-look-light", Look::Light),
    ("ui-palette-look-contrast", Look::Contrast),
];

/// The palette, open.
#[derive(Debug)]
pub struct Palette {
    /// What is typed.
    pub input: Input,
    /// Everything there is here, in the order of an empty line.
    pub entries: Vec<Entry>,
    /// Positions of what matches, the best first.
    pub found: Vec<usize>,
    /// The row chosen among them.
    pub row: usize,
}

/// Something that can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name, in both languages: either finds it.
    pub name: Text,
    /// What sort of thing it is (a key of the locale files).
    pub sort: &'static str,
    /// Where it leads.
    pub target: Target,
}

/// Where an entry leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A command of this screen.
    Do(Command),
    /// The page of a lab, by its id.
    Lab(String),
    /// A competence on the map: its position.
    Competence(usize),
}

impl Palette {
    /// What can be reached from here.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let mut entries = Vec::new();
        match &state.screen {
            Screen::Work(work) => entries.extend(of_work(work)),
            Screen::Map | Screen::Lab(_) | Screen::Debrief(_) => entries.extend(of_shelf(state)),
            Screen::Progress(_) => {}
        }
        entries.extend([command("ui-palette-language", Command::Language), command("ui-palette-help", Command::Help)]);
        entries.extend(LOOKS.map(|(key, look)| command(key, Command::Look(look))));
        let found = (0..entries.len()).collect();
        Self { input: Input::default(), entries, found, row: 0 }
    }

    /// What matches what is typed now; the best is chosen.
    pub fn search(&mut self) {
        self.row = 0;
        let typed = self.input.value().trim();
        if typed.is_empty() {
            self.found = (0..self.entries.len()).collect();
            return;
        }
        let pattern = Pattern::parse(typed, CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut scored: Vec<(u32, usize)> = self
            .entries
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| Some((score(&pattern, &mut matcher, entry)?, index)))
            .collect();
        scored.sort_by_key(|(score, index)| (std::cmp::Reverse(*score), *index));
        self.found = scored.into_iter().take(MOST).map(|(_, index)| index).collect();
    }

    /// The entry chosen.
    #[must_use]
    pub fn chosen(&self) -> Option<&Entry> {
        self.entries.get(*self.found.get(self.row)?)
    }

    /// Moves by so many rows, and stays within.
    pub fn step(&mut self, rows: isize) {
        let last = self.found.len().saturating_sub(1);
        self.row = self.row.saturating_add_signed(rows).min(last);
    }
}

/// How well an entry matches in the language in which it does best; the id of a lab is a name too.
fn score(pattern: &Pattern, matcher: &mut Matcher, entry: &Entry) -> Option<u32> {
    let id = match &entry.target {
        Target::Lab(id) => id.as_str(),
        Target::Do(_) | Target::Competence(_) => "",
    };
    let mut letters = Vec::new();
    let names = [entry.name.fr.as_str(), entry.name.en.as_str(), id];
    names.into_iter().filter_map(|name| pattern.score(Utf32Str::new(name, &mut letters), matcher)).max()
}

fn of_shelf(state: &State) -> Vec<Entry> {
    let labs = state.shelf.labs.iter().map(|lab| Entry {
        name: lab.title.clone(),
        sort: "ui-palette-lab",
        target: Target::Lab(lab.id.clone()),
    });
    let competences = state.shelf.competences.iter().enumerate().map(|(position, competence)| {
        let name = format!("{} {}", competence.number, competence.title);
        Entry {
            name: Text { fr: name.clone(), en: name },
            sort: "ui-palette-competence",
            target: Target::Competence(position),
        }
    });
    let own = match &state.screen {
        Screen::Lab(_) => vec![command("ui-key-start", Command::Start), command("ui-key-back", Command::Back)],
        Screen::Map => {
            vec![command("ui-palette-suggested", Command::Suggested), command("ui-palette-quit", Command::Quit)]
        }
        _ => vec![command("ui-key-map", Command::Back)],
    };
    labs.chain(competences).chain(own).collect()
}

fn of_work(work: &Work) -> Vec<Entry> {
    const COMMANDS: [(&str, Command); 12] = [
        ("ui-palette-check", Command::Check),
        ("ui-palette-hint", Command::Hint),
        ("ui-palette-finish", Command::Finish),
        ("ui-palette-give-up", Command::GiveUp),
        ("ui-palette-reset", Command::Reset),
        ("ui-palette-new-shell", Command::NewShell),
        ("ui-palette-zoom", Command::Zoom),
        ("ui-palette-switch", Command::Switch),
        ("ui-palette-search", Command::Search),
        ("ui-palette-narrow", Command::Narrow),
        ("ui-palette-widen", Command::Widen),
        ("ui-palette-aside", Command::Back),
    ];
    const TABS: [(&str, Tab); 6] = [
        ("ui-tab-brief", Tab::Brief),
        ("ui-tab-criteria", Tab::Criteria),
        ("ui-tab-hints", Tab::Hints),
        ("ui-tab-ticket", Tab::Ticket),
        ("ui-tab-questions", Tab::Questions),
        ("ui-tab-desk", Tab::Desk),
    ];
    let tabs = TABS.into_iter().filter(|(_, tab)| work.has_tab(*tab));
    let tabs = tabs.map(|(key, tab)| Entry { sort: "ui-palette-tab", ..command(key, Command::Tab(tab)) });
    let shells = work.shells.iter().enumerate().filter_map(|(position, shell)| {
        let name = shell.machine.clone()?;
        Some(Entry {
            name: Text { fr: name.clone(), en: name },
            sort: "ui-palette-machine",
            target: Target::Do(Command::Shell(position)),
        })
    });
    COMMANDS.into_iter().map(|(key, what)| command(key, what)).chain(tabs).chain(shells).collect()
}

fn command(key: &'static str, what: Command) -> Entry {
    let words = |lang: Lang| lang.say(&Message::new(key));
    Entry {
        name: Text { fr: words(Lang::Fr), en: words(Lang::En) },
        sort: "ui-palette-command",
        target: Target::Do(what),
    }
}

/// What is said where nothing matches.
#[must_use]
pub fn nothing(typed: &str) -> Message {
    msg!("ui-palette-nothing", typed = typed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture;
    use proptest::prelude::*;

    fn found(state: &State, typed: &str) -> Vec<Target> {
        let mut palette = Palette::of(state);
        palette.input = Input::new(typed.to_owned());
        palette.search();
        palette.found.iter().map(|index| palette.entries[*index].target.clone()).collect()
    }

    fn on_map() -> State {
        State { shelf: fixture::shelf(), ..State::new(Lang::Fr) }
    }

    #[test]
    fn a_few_letters_find_a_lab_in_either_language_and_by_its_id() {
        let lab = Target::Lab("disque-plein".into());
        for typed in ["disqpl", "disque-plein", "travail disque", "LAB DISQUE"] {
            assert_eq!(found(&on_map(), typed).first(), Some(&lab), "{typed}");
        }
        assert!(found(&on_map(), "zzzqqq").is_empty());
    }

    #[test]
    fn accents_need_not_be_typed() {
        let first = found(&on_map(), "numero 4");
        assert_eq!(first.first(), Some(&Target::Competence(3)));
    }

    #[test]
    fn an_empty_line_shows_everything_and_moving_stays_within() {
        let mut palette = Palette::of(&on_map());
        assert_eq!(palette.found.len(), palette.entries.len());
        palette.step(-3);
        assert_eq!(palette.row, 0);
        palette.step(isize::MAX);
        assert_eq!(palette.row, palette.entries.len() - 1);
        assert!(palette.chosen().is_some());
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_only_looked_for(typed in ".{0,40}") {
            let _ = found(&on_map(), &typed);
        }
    }
}
