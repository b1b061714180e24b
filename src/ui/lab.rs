//! The page of a lab: the ticket, the network drawn, the work order, and what starting will do.

use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::canvas::{Canvas, Key};
use super::text::{Flow, clock};
use super::{drawing, foot, header, markdown};
use crate::app::action::Command;
use crate::app::model::LabPage;
use crate::i18n::{Lang, Message};
use crate::lab::Variant;
use crate::lab::manifest::{Channel, Driver, Isolation, Manifest, Sla};
use crate::msg;
use crate::units;

/// From here on the page has two columns.
const TWO_COLUMNS: u16 = 96;

/// The columns of a header that are not its title's: margins, language, help.
const HEADER_TOOLS: usize = 14;

pub(super) fn draw(canvas: &mut Canvas, area: Rect, page: &LabPage, scroll: u16) {
    let manifest = &page.variant.manifest;
    let level = canvas.say(&msg!("ui-level", level = manifest.level));
    let mut title = Line::styled(manifest.title.get(canvas.lang).to_owned(), canvas.theme.strong());
    // Whole pieces only: what does not fit is left out.
    for piece in [manifest.competence.clone(), level, words(canvas.lang, &manifest.duration)] {
        let piece = Span::styled(format!("   {piece}"), canvas.theme.quiet());
        if title.width() + piece.width() + HEADER_TOOLS <= usize::from(area.width) {
            title.push_span(piece);
        }
    }
    let body = header(canvas, area, &title);
    canvas.keys(foot(area), 0, &keys(page));
    let inside = Rect { x: body.x + 2, width: body.width - 4, ..body };
    if area.width >= TWO_COLUMNS {
        let left = Rect { width: inside.width * 11 / 20, ..inside };
        let right = Rect { x: left.right() + 3, width: inside.width - left.width - 3, ..inside };
        let mut aside = Flow::new(right.width);
        machines(canvas, &mut aside, manifest);
        start(canvas, &mut aside, page);
        canvas.scrolled(right, &aside, 0);
        let mut flow = Flow::new(left.width);
        request(canvas, &mut flow, &page.variant);
        order(canvas, &mut flow, page);
        canvas.scrolled(left, &flow, scroll);
    } else {
        let mut flow = Flow::new(inside.width);
        request(canvas, &mut flow, &page.variant);
        start(canvas, &mut flow, page);
        order(canvas, &mut flow, page);
        machines(canvas, &mut flow, manifest);
        canvas.scrolled(inside, &flow, scroll);
    }
}

fn keys(page: &LabPage) -> Vec<Key> {
    let mut keys = match page.standing.under_way {
        Some(_) => vec![
            Key::new("ui-key-enter", "ui-key-resume", Command::Start),
            Key::new("a", "ui-key-abandon", Command::Abandon),
        ],
        None => vec![Key::new("ui-key-enter", "ui-key-start", Command::Start)],
    };
    keys.extend([
        Key::new("↑↓", "ui-key-scroll", Command::PageDown),
        Key::new("ui-key-esc", "ui-key-back", Command::Back),
        Key::new("F1", "ui-key-help", Command::Help),
        Key::new("F2", "ui-key-language", Command::Language),
    ]);
    keys
}

/// A duration as its author wrote it, in words.
pub(super) fn words(lang: Lang, written: &str) -> String {
    units::parse_duration(written)
        .map_or_else(|_| written.to_owned(), |seconds| lang.say(&units::duration_words(seconds)))
}

fn heading(canvas: &Canvas, flow: &mut Flow, key: &str) {
    flow.gap();
    flow.line(Line::styled(canvas.tr(key), canvas.theme.accent()));
}

/// The ticket: who asks, how, what for, how fast.
pub(super) fn request(canvas: &Canvas, flow: &mut Flow, variant: &Variant) {
    let (lang, theme) = (canvas.lang, canvas.theme);
    let ticket = &variant.manifest.ticket;
    let mut inner = Flow::new(u16::try_from(flow.width().saturating_sub(4)).unwrap_or(0));
    inner.paragraph(
        "",
        "",
        vec![(ticket.from.name.clone(), theme.strong()), (format!(", {}", ticket.from.role.get(lang)), theme.quiet())],
    );
    inner.gap();
    inner.text(&quoted(lang, ticket.text.get(lang).trim()), theme.text());
    if let Some(sla) = &ticket.sla {
        inner.gap();
        inner.text(&canvas.say(&promise(lang, sla)), theme.quiet());
    }
    let title =
        canvas.say(&msg!("ui-ticket", number = number(variant), channel = Message::new(channel(ticket.channel))));
    boxed(flow, &title, inner, theme.quiet());
}

fn promise(lang: Lang, sla: &Sla) -> Message {
    msg!("ui-sla", respond = words(lang, &sla.respond), resolve = words(lang, &sla.resolve))
}

fn quoted(lang: Lang, text: &str) -> String {
    match lang {
        Lang::Fr => format!("«\u{a0}{text}\u{a0}»"),
        Lang::En => format!("“{text}”"),
    }
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Phone => "ui-channel-phone",
        Channel::Mail => "ui-channel-mail",
        Channel::Portal => "ui-channel-portal",
        Channel::Visit => "ui-channel-visit",
        Channel::Alert => "ui-channel-alert",
    }
}

/// A ticket number that stays the same for a variant: a service desk's tickets have one.
fn number(variant: &Variant) -> u64 {
    let of_lab = variant.manifest.id.bytes().fold(7, |sum: u64, byte| (sum * 31 + u64::from(byte)) % 9000);
    (of_lab + variant.seed * 17) % 9000 + 1000
}

/// Lines in a frame, as part of a flow.
fn boxed(flow: &mut Flow, title: &str, inner: Flow, style: Style) {
    let width = flow.width();
    let title = super::text::clipped(title, width.saturating_sub(6));
    let dashes = width.saturating_sub(5 + Line::from(title.as_str()).width());
    flow.line(Line::styled(format!("╭─ {title} {}╮", "─".repeat(dashes)), style));
    for line in inner.lines {
        let fill = width.saturating_sub(4 + line.width());
        let mut spans = vec![Span::styled("│ ", style)];
        spans.extend(line.spans);
        spans.push(Span::styled(format!("{} │", " ".repeat(fill)), style));
        flow.line(Line::from(spans));
    }
    flow.line(Line::styled(format!("╰{}╯", "─".repeat(width.saturating_sub(2))), style));
}

fn order(canvas: &Canvas, flow: &mut Flow, page: &LabPage) {
    heading(canvas, flow, "ui-order");
    markdown::render(flow, page.variant.brief.get(canvas.lang), canvas.theme);
}

/// The machines, their networks and their disks.
pub(super) fn machines(canvas: &Canvas, flow: &mut Flow, manifest: &Manifest) {
    heading(canvas, flow, "ui-machines");
    drawing::draw(flow, &manifest.stand, canvas.lang, canvas.theme);
}

/// What starting will do on this PC, what it lacks, what was done before.
fn start(canvas: &Canvas, flow: &mut Flow, page: &LabPage) {
    let theme = canvas.theme;
    heading(canvas, flow, "ui-start");
    flow.text(&canvas.say(&promise_of_stand(page)), theme.text());
    if page.variant.manifest.stand.isolation == Isolation::Privileged {
        let mark = vec![Span::styled("▲ ", theme.warning())];
        flow.styled(mark, "  ", vec![(canvas.tr("ui-start-privileged"), theme.warning())]);
    }
    if let Some((_, elapsed)) = page.standing.under_way {
        flow.gap();
        flow.text(&canvas.say(&msg!("ui-start-under-way", clock = clock(elapsed))), theme.accent());
    }
    if let Some((earned, total)) = page.standing.best {
        flow.text(&canvas.say(&msg!("ui-start-best", earned = earned, total = total)), theme.good());
    }
    flow.gap();
    if page.missing.is_empty() {
        flow.text(&canvas.tr("ui-start-ready"), theme.good());
    }
    for missing in &page.missing {
        let mark = vec![Span::styled("▲ ", theme.warning())];
        flow.styled(mark, "  ", vec![(missing.get(canvas.lang).to_owned(), theme.warning())]);
    }
}

/// How the lab touches this PC.
fn promise_of_stand(page: &LabPage) -> Message {
    let stand = &page.variant.manifest.stand;
    let machines = || msg!("ui-count-machines", n = stand.machines.len());
    match stand.driver {
        Driver::Here => return msg!("ui-start-here"),
        Driver::Ssh => return msg!("ui-start-ssh", machines = machines()),
        Driver::Container => {}
    }
    msg!(
        "ui-start-stand",
        machines = machines(),
        networks = msg!("ui-count-networks", n = stand.networks.len()),
        disks = msg!("ui-count-disks", n = stand.disks.len()),
    )
}
