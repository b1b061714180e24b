//! The work screen: instructions and criteria at the left, the machines' shells at the right.

mod answers;
mod criteria;
mod desk;

use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget as _};
use unicode_width::UnicodeWidthStr as _;

pub(super) use criteria::{explain, heading, labelled};

use super::canvas::{Canvas, Key};
use super::text::{Flow, clipped, clock};
use super::{Shells, foot, lab, markdown};
use crate::app::action::{Command, Tab};
use crate::app::state::{Search, Side, Work};
use crate::msg;
use crate::session::View;
use crate::units;
use crate::verdict::Status;

/// From here on both halves fit side by side.
const SIDE_BY_SIDE: u16 = 100;

/// The last five minutes are told by colour.
const SOON: u64 = 300;

const KEYS: [Key; 9] = [
    Key::new("F1", "ui-key-help", Command::Help),
    Key::new("F3", "ui-key-hint", Command::Hint),
    Key::new("F5", "ui-key-check", Command::Check),
    Key::new("F6", "ui-key-switch", Command::Switch),
    Key::new("F10", "ui-key-finish", Command::Finish),
    Key::new("F4", "ui-key-desk", Command::Tab(Tab::Desk)),
    Key::new("F9", "ui-key-reset", Command::Reset),
    Key::new("F11", "ui-key-zoom", Command::Zoom),
    Key::new("F8", "ui-key-shell", Command::NewShell),
];
const SEARCH_KEYS: [Key; 3] = [
    Key::new("↑", "ui-key-older", Command::Up),
    Key::new("↓", "ui-key-newer", Command::Down),
    Key::new("ui-key-esc", "ui-key-close", Command::Search),
];
const KEYS_IN_PROGRAM: [Key; 1] = [Key::new("F12", "ui-key-leave-program", Command::Switch)];

pub(super) fn draw(canvas: &mut Canvas, area: Rect, work: &Work, shells: &dyn Shells) {
    status_line(canvas, area, work);
    let body = Rect { y: area.y + 1, height: area.height - 2, ..area };
    if work.program_has_keys() {
        canvas.keys(foot(area), 0, &KEYS_IN_PROGRAM);
    } else {
        canvas.keys(foot(area), 0, &KEYS);
    }
    if work.is_zoomed {
        right_half(canvas, body, work, shells);
    } else if area.width >= SIDE_BY_SIDE {
        let left = Rect { width: left_width(canvas, area.width, work), ..body };
        canvas.drawn.edge = Some(left.right());
        left_half(canvas, left, work);
        right_half(canvas, Rect { x: left.right(), width: area.width - left.width, ..body }, work, shells);
    } else if work.side == Side::Left {
        left_half(canvas, body, work);
    } else {
        right_half(canvas, body, work, shells);
    }
}

/// Columns of the instructions: what suits the width, or what the person chose, as far as the tabs fit.
fn left_width(canvas: &Canvas, width: u16, work: &Work) -> u16 {
    let share = |hundredths: u16| u16::try_from(u32::from(width) * u32::from(hundredths) / 100).unwrap_or(width);
    let wanted = work.split.map_or_else(|| share(Work::SPLIT).min(64), share);
    wanted.max(room_for_tabs(canvas, work))
}

/// Title, competence, what is met, points, clock.
fn status_line(canvas: &mut Canvas, area: Rect, work: &Work) {
    let theme = canvas.theme;
    let view = &work.view;
    let manifest = &view.variant.manifest;
    let inside = Rect { x: area.x + 1, width: area.width - 2, ..area };
    let (met, all) = met(view);
    let mut tail = Vec::new();
    if work.checking.is_some_and(|depth| depth > crate::session::Depth::Live) {
        tail.push(Span::styled(canvas.tr("ui-work-checking") + "   ", theme.accent()));
    }
    let met_style = if met == all && all > 0 { theme.good() } else { theme.text() };
    tail.push(Span::styled(canvas.say(&msg!("ui-work-met", met = met, all = all)), met_style));
    tail.push(Span::raw(format!("   {}/{} {}   ", view.earned, view.total, canvas.tr("ui-work-points"))));
    tail.push(time_left(canvas, work));
    let place = canvas.right(inside, 0, &Line::from(tail));
    let room = usize::from(inside.width.saturating_sub(place.width + 2));
    let title = clipped(manifest.title.get(canvas.lang), room);
    let mut spans = vec![Span::styled(title.clone(), theme.strong())];
    if title.width() + 10 < room {
        spans.push(Span::styled(format!("   {}", manifest.competence), theme.quiet()));
    }
    canvas.line(Rect { width: inside.width.saturating_sub(place.width + 1), ..inside }, 0, &Line::from(spans));
}

fn met(view: &View) -> (usize, usize) {
    (view.verdicts.iter().filter(|v| v.status == Status::Pass).count(), count(view))
}

/// Criteria and questions that count on this PC.
fn count(view: &View) -> usize {
    let manifest = &view.variant.manifest;
    (manifest.criteria.len() + manifest.questions.len()).saturating_sub(view.left_out.len())
}

/// The time there is left of what the lab usually takes; past it, the time over.
fn time_left(canvas: &Canvas, work: &Work) -> Span<'static> {
    let planned = units::parse_duration(&work.view.variant.manifest.duration).unwrap_or(0);
    let spent = work.clock.as_secs();
    let seconds = |n| clock(std::time::Duration::from_secs(n));
    if spent > planned {
        let text = canvas.say(&msg!("ui-work-over", clock = seconds(spent - planned)));
        return Span::styled(text, canvas.theme.warning());
    }
    let style = if planned - spent <= SOON { canvas.theme.warning() } else { canvas.theme.text() };
    Span::styled(canvas.say(&msg!("ui-work-left", clock = seconds(planned - spent))), style)
}

fn left_half(canvas: &mut Canvas, area: Rect, work: &Work) {
    let has_focus = work.side == Side::Left;
    let inside = canvas.framed(area, Line::default(), has_focus);
    tabs(canvas, area, work, has_focus);
    let inside = Rect { y: inside.y + 1, height: inside.height.saturating_sub(1), ..inside };
    match work.tab {
        Tab::Criteria => criteria::draw(canvas, inside, work),
        Tab::Questions => answers::draw(canvas, inside, work),
        Tab::Desk => desk::draw(canvas, inside, work),
        Tab::Brief | Tab::Hints | Tab::Ticket => {
            let mut flow = Flow::new(inside.width);
            match work.tab {
                Tab::Hints => hints(canvas, &mut flow, work),
                Tab::Ticket => {
                    lab::request(canvas, &mut flow, &work.view.variant);
                    lab::machines(canvas, &mut flow, &work.view.variant.manifest);
                }
                _ => markdown::render(&mut flow, work.view.variant.brief.get(canvas.lang), canvas.theme),
            }
            canvas.scrolled(inside, &flow, work.scroll());
        }
    }
}

/// The tabs with something in them, and the one shown.
fn shown_tabs(work: &Work) -> impl Iterator<Item = Tab> {
    Tab::ALL.into_iter().filter(|&tab| tab == work.tab || work.has_tab(tab))
}

/// The columns that the tabs' names take with their frame.
fn room_for_tabs(canvas: &Canvas, work: &Work) -> u16 {
    let names = shown_tabs(work).map(|tab| canvas.tr(tab_key(tab)).width() + 2).sum::<usize>();
    u16::try_from(names + 4).unwrap_or(u16::MAX)
}

/// The tabs' names on the frame.
fn tabs(canvas: &mut Canvas, area: Rect, work: &Work, has_focus: bool) {
    let mut x = area.x + 2;
    let room = area.right().saturating_sub(2);
    for tab in shown_tabs(work) {
        x = tab_name(canvas, area, x, room, &canvas.tr(tab_key(tab)), Command::Tab(tab), (tab == work.tab, has_focus));
    }
}

/// A tab's name on a frame's top; returns where the next one goes.
fn tab_name(
    canvas: &mut Canvas,
    area: Rect,
    x: u16,
    end: u16,
    name: &str,
    command: Command,
    (is_chosen, has_focus): (bool, bool),
) -> u16 {
    let width = u16::try_from(name.width() + 2).unwrap_or(u16::MAX);
    if x.saturating_add(width) > end {
        return x;
    }
    let style = tab_style(canvas, is_chosen, has_focus);
    let place = Rect { x, y: area.y, width, height: 1 };
    canvas.line(place, 0, &Line::styled(format!(" {name} "), style));
    canvas.hit(place, command);
    x + width
}

fn tab_style(canvas: &Canvas, is_chosen: bool, has_focus: bool) -> Style {
    match (is_chosen, has_focus) {
        (true, true) => canvas.theme.chosen(),
        (true, false) => canvas.theme.strong(),
        (false, _) => canvas.theme.quiet(),
    }
}

fn tab_key(tab: Tab) -> &'static str {
    match tab {
        Tab::Brief => "ui-tab-brief",
        Tab::Criteria => "ui-tab-criteria",
        Tab::Hints => "ui-tab-hints",
        Tab::Ticket => "ui-tab-ticket",
        Tab::Questions => "ui-tab-questions",
        Tab::Desk => "ui-tab-desk",
    }
}

fn hints(canvas: &Canvas, flow: &mut Flow, work: &Work) {
    let theme = canvas.theme;
    let manifest = &work.view.variant.manifest;
    for (place, &taken) in work.view.hints.iter().enumerate() {
        let Some(hint) = manifest.hints.get(taken) else { continue };
        flow.gap();
        flow.line(Line::styled(canvas.say(&msg!("ui-hint-taken", n = place + 1, cost = hint.cost)), theme.accent()));
        flow.text(hint.text.get(canvas.lang), theme.text());
    }
    flow.gap();
    match work.view.next_hint {
        Some(next) => {
            let cost = manifest.hints.get(next).map_or(0, |hint| hint.cost);
            flow.text(&canvas.say(&msg!("ui-hint-next", cost = cost)), theme.text());
        }
        None => flow.text(&canvas.tr("ui-hint-none"), theme.quiet()),
    }
}

fn right_half(canvas: &mut Canvas, area: Rect, work: &Work, shells: &dyn Shells) {
    let has_focus = work.side == Side::Shells;
    let is_framed = area.width >= SIDE_BY_SIDE || !work.is_zoomed && canvas.area().width >= SIDE_BY_SIDE;
    let inside = if is_framed {
        canvas.framed(area, Line::default(), has_focus);
        Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 }
    } else {
        canvas.rule(area, 0);
        Rect { y: area.y + 1, height: area.height - 1, ..area }
    };
    shell_tabs(canvas, area, work, has_focus);
    canvas.drawn.shell = Some(inside);
    let Some(shell) = work.current_shell() else { return };
    let buffer_area = inside;
    let cursor = shells.draw(shell.id, buffer_area, canvas.buffer());
    if let Some(search) = &work.search {
        return search_line(canvas, inside, search);
    }
    if shell.has_ended {
        let text = canvas.tr("ui-shell-ended");
        let line = Line::styled(format!(" {text} "), canvas.theme.chosen());
        canvas.line(inside, inside.height.saturating_sub(1), &line);
    } else if let Some(cursor) = cursor.filter(|_| has_focus) {
        canvas.cursor(cursor);
    }
}

/// What is looked for, over the terminal's last row.
fn search_line(canvas: &mut Canvas, inside: Rect, search: &Search) {
    let theme = canvas.theme;
    let row = inside.height.saturating_sub(1);
    let prompt = format!(" {} › ", canvas.tr("ui-search"));
    let typed = search.input.value();
    let tail = if search.is_absent { format!("   {}", canvas.tr("ui-search-absent")) } else { String::new() };
    let place = Rect { y: inside.y + row, height: 1, ..inside };
    Clear.render(place, canvas.buffer());
    let line = Line::from(vec![
        Span::styled(prompt.clone(), theme.accent()),
        Span::styled(typed.to_owned(), theme.strong()),
        Span::styled(tail, theme.warning()),
    ]);
    canvas.line(inside, row, &line);
    let keys_at = u16::try_from(line.width() + 3).unwrap_or(u16::MAX);
    if keys_at < inside.width {
        canvas.keys(Rect { x: inside.x + keys_at, width: inside.width - keys_at, ..inside }, row, &SEARCH_KEYS);
    }
    let column = u16::try_from(prompt.width() + search.input.visual_cursor()).unwrap_or(u16::MAX);
    canvas.cursor(Position { x: inside.x + column.min(inside.width.saturating_sub(1)), y: place.y });
}

fn shell_tabs(canvas: &mut Canvas, area: Rect, work: &Work, has_focus: bool) {
    let mut x = area.x + 2;
    let end = area.right().saturating_sub(2);
    for (place, shell) in work.shells.iter().enumerate() {
        let machine = shell.machine.clone().unwrap_or_else(|| canvas.tr("ui-shell-here"));
        let same = |other: &&crate::app::state::Shell| other.machine == shell.machine;
        let before = work.shells.iter().take(place).filter(same).count();
        let name = if before == 0 { machine } else { format!("{machine} {}", before + 1) };
        let looks = (place == work.shell, has_focus);
        x = tab_name(canvas, area, x, end, &name, Command::Shell(place), looks);
    }
    tab_name(canvas, area, x, end, "+", Command::NewShell, (false, false));
}
