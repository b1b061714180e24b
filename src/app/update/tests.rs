//! What each key and each answer does, without a terminal or a machine.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyModifiers};

use super::*;
use crate::app::action::Tab;
use crate::app::fixture::{after, at_work, debrief, on_map, on_page, page, view};
use crate::app::state::{Side, Work};
use crate::i18n::Lang;
use crate::session::{Depth, View};
use crate::settings::Look;
use crate::verdict::Status;

fn press(state: &mut State, code: KeyCode) -> Vec<Effect> {
    update(state, Action::Key(code.into()))
}

fn work(state: &State) -> &Work {
    let Screen::Work(work) = &state.screen else { panic!("not at work: {:?}", state.screen) };
    work
}

fn tick(state: &mut State, seconds: u32) -> Vec<Effect> {
    (0..seconds).flat_map(|_| update(state, Action::Tick)).collect()
}

#[test]
fn the_map_opens_on_the_suggested_lab_and_enter_opens_it() {
    let mut state = on_map();
    assert_eq!((state.map.competence, state.map.lab, state.map.in_labs), (6, 1, true));
    assert_eq!(press(&mut state, KeyCode::Enter), [Effect::Open("partage".to_owned())]);
}

#[test]
fn arrows_reach_every_competence_and_its_labs() {
    let mut state = on_map();
    press(&mut state, KeyCode::Esc);
    press(&mut state, KeyCode::Left);
    press(&mut state, KeyCode::Left);
    press(&mut state, KeyCode::Left);
    assert_eq!(state.map.competence, 0);
    press(&mut state, KeyCode::Down);
    press(&mut state, KeyCode::Down);
    assert_eq!((state.map.competence, state.map.in_labs), (2, false));
    press(&mut state, KeyCode::Down);
    assert!(state.map.in_labs);
    press(&mut state, KeyCode::Up);
    assert!(!state.map.in_labs);
}

#[test]
fn a_competence_without_labs_is_not_entered() {
    let mut state = on_map();
    press(&mut state, KeyCode::Char('1'));
    assert_eq!((state.map.competence, state.map.in_labs), (0, false));
    assert_eq!(press(&mut state, KeyCode::Enter), []);
    assert!(!state.map.in_labs);
}

#[test]
fn f2_switches_the_language_on_every_screen_and_under_every_layer() {
    for mut state in [on_map(), on_page(), at_work()] {
        press(&mut state, KeyCode::F(1));
        press(&mut state, KeyCode::F(2));
        assert_eq!(state.lang, Lang::En);
        assert_eq!(state.layers, [Layer::Help(0)], "help stays");
        press(&mut state, KeyCode::Esc);
        assert!(state.layers.is_empty());
    }
}

#[test]
fn enter_starts_the_variant_that_was_shown() {
    let mut state = on_page();
    let start = Request::Start { lab: "partage".to_owned(), seed: 7 };
    assert_eq!(press(&mut state, KeyCode::Enter), [Effect::Session(start)]);
    assert!(matches!(state.screen, Screen::Progress(_)));
}

#[test]
fn enter_resumes_an_attempt_under_way() {
    let mut under_way = page();
    under_way.standing.under_way = Some((4, std::time::Duration::ZERO));
    let mut state = after([Action::Page(Box::new(under_way))]);
    assert_eq!(press(&mut state, KeyCode::Enter), [Effect::Session(Request::Resume(4))]);
}

#[test]
fn what_is_missing_is_said_instead_of_starting() {
    let mut without_base = page();
    without_base.missing = vec![both(|lang| lang.tr("ui-missing-root"))];
    let mut state = after([Action::Page(Box::new(without_base))]);
    assert_eq!(press(&mut state, KeyCode::Enter), []);
    assert!(matches!(state.layers[..], [Layer::Error(_)]));
}

#[test]
fn steps_are_told_while_machines_come_up() {
    let mut state = on_page();
    press(&mut state, KeyCode::Enter);
    update(&mut state, Action::Step(msg!("ui-progress-start")));
    let Screen::Progress(progress) = &state.screen else { panic!("no progress") };
    assert_eq!(progress.steps.len(), 1);
}

#[test]
fn work_begins_with_a_shell_for_each_machine_and_a_check() {
    let mut state = on_page();
    let effects = update(&mut state, Action::Working(Arc::new(view())));
    assert_eq!(
        effects,
        [
            Effect::OpenShell(0, Some("srv".to_owned())),
            Effect::OpenShell(1, Some("poste".to_owned())),
            Effect::Session(Request::Check(Depth::Now)),
        ]
    );
    assert_eq!(work(&state).shell, 0);
}

#[test]
fn checks_come_by_themselves_and_never_overlap() {
    let mut state = at_work();
    assert_eq!(tick(&mut state, 40), [], "the first one has not answered");
    update(&mut state, Action::Checked(Depth::Now, Arc::new(view())));
    assert_eq!(tick(&mut state, 1), [Effect::Session(Request::Check(Depth::Now))], "a whole one was due");
    update(&mut state, Action::Checked(Depth::Now, Arc::new(view())));
    assert_eq!(tick(&mut state, 2), [Effect::Session(Request::Check(Depth::Live))]);
}

#[test]
fn a_late_answer_of_a_live_check_does_not_end_a_whole_one() {
    let mut state = at_work();
    update(&mut state, Action::Checked(Depth::Live, Arc::new(view())));
    assert_eq!(work(&state).checking, Some(Depth::Now));
}

#[test]
fn f5_checks_from_the_shell_too() {
    let mut state = at_work();
    press(&mut state, KeyCode::F(6));
    assert_eq!(work(&state).side, Side::Shells);
    assert_eq!(press(&mut state, KeyCode::F(5)), [Effect::Session(Request::Check(Depth::Now))]);
}

#[test]
fn keys_go_to_the_shell_and_function_keys_to_the_app() {
    let mut state = at_work();
    press(&mut state, KeyCode::F(6));
    let q = KeyCode::Char('q').into();
    assert_eq!(update(&mut state, Action::Key(q)), [Effect::ShellKey(0, q)]);
    let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
    assert_eq!(update(&mut state, Action::Key(interrupt)), [Effect::ShellKey(0, interrupt)]);
    press(&mut state, KeyCode::F(6));
    assert_eq!(work(&state).side, Side::Left);
}

#[test]
fn typing_a_command_goes_to_the_shell_from_the_instructions_too() {
    let mut state = at_work();
    let key = KeyCode::Char('q').into();
    assert_eq!(update(&mut state, Action::Key(key)), [Effect::ShellKey(0, key)]);
    assert_eq!(work(&state).side, Side::Shells);
    press(&mut state, KeyCode::F(6));
    press(&mut state, KeyCode::Char('2'));
    assert_eq!((work(&state).side, work(&state).tab), (Side::Left, Tab::Criteria));
}

#[test]
fn a_full_screen_program_gets_every_key_but_f12() {
    let mut state = at_work();
    press(&mut state, KeyCode::F(6));
    update(&mut state, Action::Shell { id: 0, owns_screen: true });
    for number in 1..=11 {
        let key = KeyCode::F(number).into();
        assert_eq!(update(&mut state, Action::Key(key)), [Effect::ShellKey(0, key)]);
    }
    press(&mut state, KeyCode::F(12));
    assert_eq!(work(&state).side, Side::Left);
}

#[test]
fn shells_are_switched_added_and_opened_anew() {
    let mut state = at_work();
    press(&mut state, KeyCode::F(7));
    assert_eq!((work(&state).shell, work(&state).side), (1, Side::Shells));
    assert_eq!(press(&mut state, KeyCode::F(8)), [Effect::OpenShell(2, Some("poste".to_owned()))]);
    assert_eq!(work(&state).shell, 2);
    update(&mut state, Action::Key(KeyEvent::new(KeyCode::Char('1'), KeyModifiers::ALT)));
    assert_eq!(work(&state).shell, 0);
    update(&mut state, Action::ShellEnded(0));
    assert_eq!(press(&mut state, KeyCode::Char('x')), []);
    assert_eq!(press(&mut state, KeyCode::Enter), [Effect::OpenShell(3, Some("srv".to_owned()))]);
}

#[test]
fn pasted_text_goes_where_one_types() {
    let mut state = at_work();
    assert_eq!(update(&mut state, Action::Paste("a".to_owned())), []);
    press(&mut state, KeyCode::F(6));
    assert_eq!(update(&mut state, Action::Paste("a\nb".to_owned())), [Effect::ShellPaste(0, "a\nb".to_owned())]);
}

#[test]
fn a_question_is_answered_by_typing() {
    let mut state = at_work();
    press(&mut state, KeyCode::Char('5'));
    assert_eq!(work(&state).tab, Tab::Questions);
    press(&mut state, KeyCode::Enter);
    for c in "q5 é".chars() {
        press(&mut state, KeyCode::Char(c));
    }
    update(&mut state, Action::Paste(" b\n".to_owned()));
    let answer = Request::Answer("mac".to_owned(), "q5 é b".to_owned());
    assert_eq!(press(&mut state, KeyCode::Enter), [Effect::Session(answer)]);
    assert!(work(&state).editing.is_none());
}

#[test]
fn a_hint_says_its_price_first_and_is_shown_once_taken() {
    let mut state = at_work();
    assert_eq!(press(&mut state, KeyCode::F(3)), []);
    assert_eq!(state.layers, [Layer::Confirm(Question::Hint(0))]);
    assert_eq!(press(&mut state, KeyCode::Enter), [Effect::Session(Request::Hint)]);
    let taken = View { hints: vec![0], next_hint: None, ..view() };
    update(&mut state, Action::Changed(Arc::new(taken)));
    assert_eq!(state.layers, [Layer::Hint(0)]);
    press(&mut state, KeyCode::Esc);
    press(&mut state, KeyCode::F(3));
    assert!(state.layers.is_empty() && state.notice.is_some(), "there is none left");
}

#[test]
fn what_cannot_be_taken_back_asks_once_and_no_means_no() {
    for code in [KeyCode::F(9), KeyCode::F(10), KeyCode::Esc] {
        let mut state = at_work();
        assert_eq!(press(&mut state, code), []);
        assert!(matches!(state.layers[..], [Layer::Confirm(_)]));
        assert_eq!(press(&mut state, KeyCode::Esc), []);
        assert!(state.layers.is_empty() && matches!(state.screen, Screen::Work(_)));
        press(&mut state, code);
        assert_ne!(press(&mut state, KeyCode::Enter), []);
        assert!(!matches!(state.screen, Screen::Work(_)));
    }
}

#[test]
fn every_machine_can_be_put_back_at_once() {
    let mut state = at_work();
    press(&mut state, KeyCode::F(9));
    assert!(matches!(state.layers[..], [Layer::Confirm(Question::Reset(Some(_)))]));
    assert_eq!(press(&mut state, KeyCode::Char('t')), []);
    assert_eq!(press(&mut state, KeyCode::Enter), [Effect::CloseShells, Effect::Session(Request::Reset(None))]);
}

#[test]
fn a_tab_without_anything_in_it_is_not_shown() {
    let mut bare = view();
    Arc::make_mut(&mut bare.variant).manifest.criteria.clear();
    let mut state = at_work();
    update(&mut state, Action::Changed(Arc::new(bare)));
    let tab = |state: &State| if let Screen::Work(work) = &state.screen { Some(work.tab) } else { None };
    press(&mut state, KeyCode::Char('2'));
    assert_eq!(tab(&state), Some(Tab::Brief));
    press(&mut state, KeyCode::Right);
    assert_eq!(tab(&state), Some(Tab::Hints));
    press(&mut state, KeyCode::Left);
    assert_eq!(tab(&state), Some(Tab::Brief));
}

#[test]
fn leaving_puts_the_attempt_aside() {
    let mut state = at_work();
    press(&mut state, KeyCode::Esc);
    let effects = press(&mut state, KeyCode::Enter);
    assert_eq!(effects, [Effect::CloseShells, Effect::Session(Request::Pause), Effect::Load]);
    assert!(matches!(state.screen, Screen::Map));
}

#[test]
fn a_criterion_that_turns_is_marked_for_a_while() {
    let mut state = at_work();
    let mut better = view();
    better.verdicts[1].status = Status::Pass;
    update(&mut state, Action::Checked(Depth::Now, Arc::new(better)));
    assert!(work(&state).turned.contains_key("offer"));
    tick(&mut state, 10);
    assert!(work(&state).turned.is_empty());
}

#[test]
fn the_bell_rings_when_everything_is_met_and_not_again() {
    let mut state = at_work();
    let mut won = view();
    won.verdicts.iter_mut().for_each(|verdict| verdict.status = Status::Pass);
    let won = Arc::new(won);
    assert_eq!(update(&mut state, Action::Checked(Depth::Now, Arc::clone(&won))), [Effect::Bell]);
    assert_eq!(update(&mut state, Action::Checked(Depth::Now, won)), []);
}

#[test]
fn a_mild_failure_keeps_the_work_and_a_grave_one_goes_back_to_the_map() {
    let mut state = at_work();
    update(&mut state, Action::Failed(Failure::mild(|_| "a".to_owned())));
    assert!(matches!(state.screen, Screen::Work(_)));
    assert_eq!(work(&state).checking, None, "checks go on");
    update(&mut state, Action::Failed(Failure::grave(|_| "b".to_owned())));
    assert!(matches!(state.screen, Screen::Map));
    assert_eq!(state.layers.len(), 2);
}

#[test]
fn gone_machines_are_replaced_after_asking() {
    let mut state = on_page();
    update(&mut state, Action::StandGone(4));
    assert_eq!(press(&mut state, KeyCode::Enter), [Effect::Session(Request::Renew(4))]);
}

#[test]
fn the_debrief_scrolls_and_goes_back_to_the_map() {
    let mut state = at_work();
    let effects = update(&mut state, Action::Finished(Box::new(debrief())));
    assert_eq!(effects, [Effect::CloseShells, Effect::Load]);
    state.bounds = crate::app::state::Bounds { scroll: 3, page: 10 };
    press(&mut state, KeyCode::End);
    press(&mut state, KeyCode::Down);
    let Screen::Debrief(view) = &state.screen else { panic!("no debrief") };
    assert_eq!(view.scroll, 3);
    press(&mut state, KeyCode::Esc);
    assert!(matches!(state.screen, Screen::Map));
}

#[test]
fn a_signal_stops_the_clock_before_leaving() {
    let mut state = at_work();
    let effects = update(&mut state, Action::Stop);
    assert_eq!(effects, [Effect::CloseShells, Effect::Session(Request::Pause), Effect::Quit]);
}

#[test]
fn ctrl_c_leaves_the_map_and_asks_at_work() {
    let interrupt = || Action::Key(KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL));
    assert_eq!(update(&mut on_map(), interrupt()), [Effect::Quit]);
    let mut state = at_work();
    assert_eq!(update(&mut state, interrupt()), []);
    assert_eq!(state.layers, [Layer::Confirm(Question::Leave)]);
}

#[test]
fn no_key_breaks_any_screen() {
    let codes = (1..=12).map(KeyCode::F).chain((' '..='~').map(KeyCode::Char)).chain([
        KeyCode::Enter,
        KeyCode::Esc,
        KeyCode::Tab,
        KeyCode::Up,
        KeyCode::Down,
        KeyCode::Left,
        KeyCode::Right,
        KeyCode::Home,
        KeyCode::End,
        KeyCode::PageUp,
        KeyCode::PageDown,
        KeyCode::Backspace,
        KeyCode::Delete,
    ]);
    for code in codes {
        for mut state in [State::new(Lang::Fr), on_map(), on_page(), at_work()] {
            for _ in 0..3 {
                press(&mut state, code);
            }
        }
    }
}

fn find(state: &mut State, typed: &str) {
    let ctrl_p = KeyEvent::new(KeyCode::Char('p'), KeyModifiers::CONTROL);
    update(state, Action::Key(ctrl_p));
    for letter in typed.chars() {
        press(state, KeyCode::Char(letter));
    }
}

#[test]
fn the_palette_opens_what_it_finds() {
    let mut state = on_map();
    find(&mut state, "disqpl");
    assert_eq!(press(&mut state, KeyCode::Enter), [Effect::Open("disque-plein".to_owned())]);
    assert!(state.palette.is_none());
    find(&mut state, "numero 3");
    press(&mut state, KeyCode::Enter);
    assert_eq!((state.map.competence, state.map.in_labs), (2, true));
}

#[test]
fn the_palette_does_what_a_key_of_the_screen_does() {
    let mut state = at_work();
    find(&mut state, "terminer");
    press(&mut state, KeyCode::Enter);
    assert_eq!(state.layers, [Layer::Confirm(Question::Finish)]);
}

#[test]
fn in_a_shell_the_palettes_key_is_the_shells() {
    let mut state = at_work();
    press(&mut state, KeyCode::F(6));
    find(&mut state, "");
    assert!(state.palette.is_none());
}

#[test]
fn escape_closes_the_palette_only() {
    let mut state = at_work();
    find(&mut state, "q");
    press(&mut state, KeyCode::Esc);
    assert!(state.palette.is_none() && state.layers.is_empty());
    find(&mut state, "zzzzz");
    assert_eq!(press(&mut state, KeyCode::Enter), []);
}

#[test]
fn the_solution_is_asked_for_twice_and_shown_with_its_commands() {
    let mut state = at_work();
    press(&mut state, KeyCode::F(10));
    assert_eq!(press(&mut state, KeyCode::Char('s')), []);
    assert_eq!(state.layers, [Layer::Confirm(Question::GiveUp)]);
    assert_eq!(press(&mut state, KeyCode::Enter), [Effect::Session(Request::GiveUp)]);
    let mut end = debrief();
    end.view.phase = Phase::GivenUp;
    update(&mut state, Action::Finished(Box::new(end)));
    let Screen::Debrief(shown) = &state.screen else { panic!("{:?}", state.screen) };
    assert!(shown.has_details);
    assert_eq!(press(&mut state, KeyCode::Char('a')), [Effect::Open("partage".to_owned())]);
}

#[test]
fn the_ticket_is_qualified_by_going_round_and_the_report_is_kept_by_escape() {
    let mut state = at_work();
    press(&mut state, KeyCode::F(4));
    let first = crate::session::desk::Qualification::default().next(crate::session::desk::Field::Kind);
    assert_eq!(press(&mut state, KeyCode::Enter), [Effect::Session(Request::Qualify(first))]);
    for _ in 0..5 {
        press(&mut state, KeyCode::Down);
    }
    press(&mut state, KeyCode::Enter);
    for letter in "chmod".chars() {
        press(&mut state, KeyCode::Char(letter));
    }
    press(&mut state, KeyCode::Enter);
    update(&mut state, Action::Paste("chgrp\r\nfin".to_owned()));
    let kept = press(&mut state, KeyCode::Esc);
    let [Effect::Session(Request::Write(crate::lab::manifest::Part::Actions, text))] = kept.as_slice() else {
        panic!("{kept:?}")
    };
    assert!(text.starts_with("chmod\nchgrp") && text.ends_with("fin"), "{text:?}");
}

#[test]
fn another_key_of_the_app_keeps_what_is_being_written() {
    let mut state = at_work();
    press(&mut state, KeyCode::F(4));
    press(&mut state, KeyCode::End);
    press(&mut state, KeyCode::Enter);
    press(&mut state, KeyCode::Char('x'));
    let effects = press(&mut state, KeyCode::F(5));
    assert_eq!(effects[0], Effect::Session(Request::Log("x".to_owned())));
    assert!(work(&state).writing.is_none());
}

#[test]
fn a_stop_from_outside_keeps_what_is_being_written() {
    let mut state = at_work();
    press(&mut state, KeyCode::F(4));
    press(&mut state, KeyCode::End);
    press(&mut state, KeyCode::Enter);
    press(&mut state, KeyCode::Char('x'));
    let effects = update(&mut state, Action::Stop);
    let kept = effects.iter().position(|effect| *effect == Effect::Session(Request::Log("x".to_owned())));
    let paused = effects.iter().position(|effect| *effect == Effect::Session(Request::Pause));
    assert!(kept.is_some() && kept < paused, "{effects:?}");
}

#[test]
fn keys_of_ones_own_hold_in_the_shell_and_the_usual_ones_go_to_it() {
    let mut state = at_work();
    let text = "[keys]\ncheck = \"Alt-v\"\nleave = \"Ctrl-g\"\n";
    state.keys = crate::settings::Settings::read("s", text).unwrap().keys;
    press(&mut state, KeyCode::F(6));
    let alt_v = KeyEvent::new(KeyCode::Char('v'), KeyModifiers::ALT);
    let ctrl_g = KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL);
    assert!(matches!(&update(&mut state, Action::Key(KeyCode::F(5).into()))[..], [Effect::ShellKey(0, _)]));
    assert!(matches!(&update(&mut state, Action::Key(alt_v))[..], [Effect::Session(Request::Check(_))]));
    update(&mut state, Action::Shell { id: 0, owns_screen: true });
    assert!(matches!(&update(&mut state, Action::Key(alt_v))[..], [Effect::ShellKey(0, _)]));
    assert!(update(&mut state, Action::Key(ctrl_g)).is_empty());
    assert_eq!(work(&state).side, Side::Left);
}

#[test]
fn a_shell_keeps_its_own_control_letters() {
    let mut state = at_work();
    press(&mut state, KeyCode::F(6));
    let ctrl_p = KeyEvent::new(KeyCode::Char('p'), KeyModifiers::CONTROL);
    assert!(matches!(&update(&mut state, Action::Key(ctrl_p))[..], [Effect::ShellKey(0, _)]));
    press(&mut state, KeyCode::F(6));
    assert!(update(&mut state, Action::Key(ctrl_p)).is_empty() && state.palette.is_some());
}

#[test]
fn a_look_is_taken_at_once_and_kept() {
    let mut state = on_map();
    let effects = update(&mut state, Action::Do(Command::Look(Look::Light)));
    assert_eq!((state.look, effects), (Look::Light, vec![Effect::KeepLook(Look::Light)]));
}

#[test]
fn the_dossier_is_written_in_the_language_of_the_screen_and_its_place_is_told() {
    let mut state = after([Action::Finished(Box::new(debrief()))]);
    press(&mut state, KeyCode::F(2));
    assert_eq!(press(&mut state, KeyCode::Char('e')), [Effect::Export(4, Lang::En)]);
    update(&mut state, Action::Told(msg!("dossier-written", file = "/a/b.html")));
    assert!(matches!(state.layers[..], [Layer::Told(_)]));
    press(&mut state, KeyCode::Enter);
    assert!(state.layers.is_empty());
}

#[test]
fn a_text_is_looked_for_in_the_shell_as_it_is_typed() {
    use crate::pane::Towards::{Past, Present};
    let alt = |sign| Action::Key(KeyEvent::new(KeyCode::Char(sign), KeyModifiers::ALT));
    let search = |text: &str, towards| Effect::ShellSearch(0, text.to_owned(), towards);
    let mut state = at_work();
    press(&mut state, KeyCode::F(6));
    update(&mut state, alt('/'));
    assert_eq!(press(&mut state, KeyCode::Char('i')), [Effect::ShellPresent(0), search("i", Past)]);
    assert_eq!(press(&mut state, KeyCode::Char('p')), [Effect::ShellPresent(0), search("ip", Past)]);
    assert_eq!(press(&mut state, KeyCode::Enter), [search("ip", Past)]);
    assert_eq!(press(&mut state, KeyCode::Down), [search("ip", Present)]);
    update(&mut state, Action::Searched(false));
    assert!(work(&state).search.as_ref().is_some_and(|search| search.is_absent));
    update(&mut state, alt('+'));
    assert!(work(&state).search.is_some(), "the looks may change meanwhile");
    assert_eq!(press(&mut state, KeyCode::Esc), [Effect::ShellPresent(0)]);
    assert!(work(&state).search.is_none());
    assert!(matches!(&press(&mut state, KeyCode::Char('i'))[..], [Effect::ShellKey(0, _)]));
}

#[test]
fn another_command_ends_the_search() {
    let mut state = at_work();
    update(&mut state, Action::Do(Command::Search));
    let effects = press(&mut state, KeyCode::F(7));
    assert!(work(&state).search.is_none() && effects.contains(&Effect::ShellPresent(0)));
}

#[test]
fn the_halves_can_be_widened_within_bounds() {
    let mut state = at_work();
    for _ in 0..30 {
        update(&mut state, Action::Do(Command::Widen));
    }
    assert_eq!(work(&state).split, Some(70));
    update(&mut state, Action::Do(Command::Split(3)));
    assert_eq!(work(&state).split, Some(20));
}

#[test]
fn a_long_help_scrolls_and_any_closing_key_closes_it() {
    let mut state = at_work();
    press(&mut state, KeyCode::F(1));
    state.bounds = super::Bounds { scroll: 5, page: 10 };
    press(&mut state, KeyCode::PageDown);
    press(&mut state, KeyCode::Up);
    assert_eq!(state.layers, [Layer::Help(4)]);
    press(&mut state, KeyCode::F(1));
    assert!(state.layers.is_empty());
}
