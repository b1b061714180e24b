//! Every screen at the sizes people have, in both languages. Colours, which text snapshots don't show, apart.

use std::sync::Arc;

use crossterm::event::KeyCode;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::{Color, Modifier};

use super::*;
use crate::app::action::Action;
use crate::app::fixture::{after, at_work, debrief, on_map, on_page, view};
use crate::app::update;
use crate::settings::Look;

const COLOURS: Theme = Theme { has_colour: true, has_unicode: true, look: Look::Terminal };

struct NoShells;

impl Shells for NoShells {
    fn draw(&self, _: ShellId, area: Rect, buffer: &mut Buffer) -> Option<Position> {
        buffer.set_string(area.x, area.y, "root@srv:~# _", ratatui::style::Style::new());
        None
    }
}

fn drawn(state: &State, (width, height): (u16, u16), theme: Theme) -> (Terminal<TestBackend>, Drawn) {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let mut drawn = Drawn::default();
    terminal.draw(|frame| drawn = draw(frame, state, &NoShells, theme)).unwrap();
    (terminal, drawn)
}

fn shot(name: &str, state: &State) {
    for size in [(120, 40), (80, 24), (40, 15)] {
        let (terminal, _) = drawn(state, size, COLOURS);
        insta::assert_snapshot!(format!("{name}-{}x{}", size.0, size.1), terminal.backend());
    }
}

fn press(state: &mut State, code: KeyCode) {
    update(state, Action::Key(code.into()));
}

fn at_work_on(tab: char) -> State {
    let mut state = at_work();
    update(&mut state, Action::Checked(crate::session::Depth::Now, Arc::new(view())));
    press(&mut state, KeyCode::Char(tab));
    state
}

fn in_english(mut state: State) -> State {
    press(&mut state, KeyCode::F(2));
    state
}

#[test]
fn map() {
    shot("map", &on_map());
    shot("map-en", &in_english(on_map()));
    shot("map-reading", &State::new(crate::i18n::Lang::Fr));
}

#[test]
fn lab_page() {
    shot("lab", &on_page());
    shot("lab-en", &in_english(on_page()));
}

#[test]
fn palette() {
    let mut state = on_map();
    update(&mut state, Action::Do(crate::app::Command::Palette));
    shot("palette", &state);
    for letter in "parta".chars() {
        press(&mut state, KeyCode::Char(letter));
    }
    shot("palette-found", &in_english(state));
}

#[test]
fn given_up() {
    let mut end = debrief();
    end.view.phase = crate::session::Phase::GivenUp;
    shot("given-up", &after([Action::Finished(Box::new(end))]));
}

#[test]
fn progress() {
    let mut state = on_page();
    press(&mut state, KeyCode::Enter);
    update(&mut state, Action::Step(msg!("ui-progress-start")));
    update(&mut state, Action::Step(msg!("ui-progress-resume")));
    shot("progress", &state);
}

#[test]
fn work_tabs() {
    shot("work-brief", &at_work_on('1'));
    shot("work-desk", &at_work_on('6'));
    shot("work-hints", &at_work_on('3'));
    shot("work-ticket", &at_work_on('4'));
    shot("work-questions", &at_work_on('5'));
}

#[test]
fn work_criteria() {
    let mut state = at_work_on('2');
    press(&mut state, KeyCode::Down);
    shot("work-criteria", &state);
    shot("work-criteria-en", &in_english(state));
}

#[test]
fn work_shell() {
    let mut state = at_work_on('2');
    press(&mut state, KeyCode::F(6));
    shot("work-shell", &state);
    press(&mut state, KeyCode::F(11));
    shot("work-zoom", &state);
}

#[test]
fn work_search_and_split() {
    let mut state = at_work_on('2');
    update(&mut state, Action::Do(Command::Search));
    press(&mut state, KeyCode::Char('q'));
    update(&mut state, Action::Searched(false));
    update(&mut state, Action::Do(Command::Split(60)));
    shot("work-search", &state);
    let (_, drawn) = drawn(&state, (120, 40), COLOURS);
    assert_eq!(drawn.edge, Some(72));
}

#[test]
fn debriefed() {
    shot("debrief", &after([Action::Finished(Box::new(debrief()))]));
}

#[test]
fn layers() {
    let mut state = at_work_on('2');
    press(&mut state, KeyCode::F(10));
    shot("ask-finish", &state);
    let mut state = at_work_on('2');
    press(&mut state, KeyCode::F(1));
    shot("help-work", &state);
}

#[test]
fn ascii_and_no_colour() {
    let plain = Theme { has_colour: false, has_unicode: false, look: Look::Terminal };
    let (terminal, _) = drawn(&at_work_on('2'), (100, 30), plain);
    let buffer = terminal.backend().buffer();
    assert!(buffer.content.iter().all(|cell| cell.symbol().is_ascii()));
    assert!(buffer.content.iter().all(|cell| cell.fg == Color::Reset && cell.bg == Color::Reset));
    insta::assert_snapshot!("work-criteria-ascii", terminal.backend());
}

/// The style of the first cell of a text.
fn style_of(terminal: &Terminal<TestBackend>, text: &str) -> (Color, Modifier) {
    let buffer = terminal.backend().buffer();
    for row in 0..buffer.area.height {
        let line: Vec<&str> = (0..buffer.area.width).map(|column| buffer[(column, row)].symbol()).collect();
        for column in 0..line.len() {
            if line[column..].concat().starts_with(text) {
                let cell = &buffer[(u16::try_from(column).unwrap(), row)];
                return (cell.fg, cell.modifier);
            }
        }
    }
    panic!("{text:?} is not on the screen:\n{}", terminal.backend());
}

#[test]
fn each_status_has_its_colour_and_its_word() {
    let (terminal, _) = drawn(&at_work_on('2'), (120, 40), COLOURS);
    let styles = ["✔", "✘", "…", "▲", "?"].map(|glyph| style_of(&terminal, glyph));
    assert_eq!(styles[0].0, Color::Green);
    assert_eq!(styles[1].0, Color::Red);
    assert_eq!(styles[2].1, Modifier::DIM);
    assert_eq!(styles[3], (Color::Magenta, Modifier::BOLD));
    for (word, style) in [("acquis ·", styles[0]), ("à faire", styles[1]), ("perdu", styles[3])] {
        assert_eq!(style_of(&terminal, word), style);
    }
}

#[test]
fn each_look_has_its_own_colours_everywhere() {
    let grounds = [(Look::Dark, 234, 114, 210), (Look::Light, 231, 22, 124), (Look::Contrast, 16, 120, 217)];
    for (look, ground, met, not_met) in grounds {
        let theme = Theme { look, ..COLOURS };
        let (terminal, _) = drawn(&at_work_on('2'), (120, 40), theme);
        let buffer = terminal.backend().buffer();
        assert!(buffer.content.iter().all(|cell| cell.bg == Color::Indexed(ground) && cell.fg != Color::Reset));
        assert_eq!(style_of(&terminal, "✔").0, Color::Indexed(met));
        assert_eq!(style_of(&terminal, "✘").0, Color::Indexed(not_met));
    }
}

#[test]
fn a_key_of_ones_own_is_the_one_that_is_shown() {
    let mut state = at_work_on('2');
    state.keys = crate::settings::Settings::read("s", "[keys]\ncheck = \"Alt-v\"\n").unwrap().keys;
    let (terminal, drawn) = drawn(&state, (120, 40), COLOURS);
    assert!(drawn.hits.iter().any(|(_, command)| *command == Command::Check));
    style_of(&terminal, "Alt-v vérifier");
    press(&mut state, KeyCode::F(1));
    let (terminal, _) = self::drawn(&state, (120, 40), COLOURS);
    style_of(&terminal, "Alt-v    ");
}

#[test]
fn what_is_chosen_is_seen_without_colours() {
    let plain = Theme { has_colour: false, has_unicode: true, look: Look::Terminal };
    let (terminal, _) = drawn(&on_map(), (100, 30), plain);
    assert_eq!(style_of(&terminal, "Travail partage").1, Modifier::REVERSED);
}

#[test]
fn what_is_shown_can_be_clicked() {
    let (terminal, drawn) = drawn(&at_work_on('2'), (120, 40), COLOURS);
    let place = |text: &str| {
        let buffer = terminal.backend().buffer();
        buffer
            .area
            .positions()
            .find(|at| {
                let rest: String = (at.x..buffer.area.width).map(|x| buffer[(x, at.y)].symbol()).collect();
                rest.starts_with(text)
            })
            .unwrap()
    };
    assert_eq!(drawn.hit(place("F5")), Some(Command::Check));
    assert_eq!(drawn.hit(place("Ticket")), Some(Command::Tab(crate::app::action::Tab::Ticket)));
    assert_eq!(drawn.hit(place("poste")), Some(Command::Shell(1)));
    assert_eq!(drawn.hit(place("✘")), Some(Command::Row(1)));
    assert!(drawn.shell.is_some_and(|area| area.contains(place("root@"))));
}

#[test]
fn under_a_layer_nothing_else_can_be_clicked() {
    let mut state = at_work_on('2');
    press(&mut state, KeyCode::F(10));
    let (_, drawn) = drawn(&state, (120, 40), COLOURS);
    let of_layer = |command| matches!(command, Command::Accept | Command::Back | Command::GiveUp);
    assert!(drawn.hits.iter().all(|(_, command)| of_layer(*command)));
}

#[test]
fn no_size_breaks_any_screen() {
    let states =
        [on_map(), on_page(), at_work_on('2'), at_work_on('5'), after([Action::Finished(Box::new(debrief()))])];
    for mut state in states {
        for layer in [false, true] {
            if layer {
                press(&mut state, KeyCode::F(1));
            }
            for size in [(1, 1), (20, 5), (59, 20), (60, 20), (77, 21), (80, 24), (95, 20), (100, 20), (300, 100)] {
                drawn(&state, size, COLOURS);
            }
        }
    }
}
