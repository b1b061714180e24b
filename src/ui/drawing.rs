//! A lab's machines drawn: each network as a cable with its machines hanging from it, then their disks.

use std::net::IpAddr;

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::text::{Flow, fitted};
use super::theme::Theme;
use crate::i18n::Lang;
use crate::lab::manifest::{MachineSpec, NetworkSpec, StandSpec};
use crate::{msg, units};

/// Draws the stand into the flow.
pub(super) fn draw(flow: &mut Flow, stand: &StandSpec, lang: Lang, theme: Theme) {
    if stand.machines.is_empty() {
        flow.text(&lang.tr("ui-machine-here"), theme.text());
    }
    for network in &stand.networks {
        cable(flow, stand, network, lang, theme);
    }
    for machine in stand.machines.iter().filter(|machine| !is_connected(stand, machine)) {
        let first = vec![Span::raw("▪ "), Span::styled(machine.name.clone(), theme.strong()), Span::raw(" ")];
        flow.styled(first, "  ", vec![(role(machine, lang), theme.quiet())]);
        disks(flow, stand, machine, "  ", lang, theme);
    }
}

fn is_connected(stand: &StandSpec, machine: &MachineSpec) -> bool {
    stand.networks.iter().any(|network| network.attach.contains_key(&machine.name))
}

/// ```text
/// ══ lan  10.84.12.0/24 ══════════
///  ├─ srv    10.84.12.1/24  serveur
///  │         disque sdb · 8 Gio
///  ╰─ poste  à configurer   accueil
/// ```
fn cable(flow: &mut Flow, stand: &StandSpec, network: &NetworkSpec, lang: Lang, theme: Theme) {
    let title = match subnet(network) {
        Some(subnet) => format!("{}  {subnet} ", network.name),
        None => format!("{} ", network.name),
    };
    let fill = flow.width().saturating_sub(title.width() + 3);
    flow.gap();
    flow.line(Line::from(vec![
        Span::styled("══ ", theme.quiet()),
        Span::styled(title, theme.strong()),
        Span::styled("═".repeat(fill), theme.quiet()),
    ]));
    let on_it: Vec<_> = stand.machines.iter().filter(|machine| network.attach.contains_key(&machine.name)).collect();
    let name_width = on_it.iter().map(|machine| machine.name.width()).max().unwrap_or(0);
    for (place, machine) in on_it.iter().enumerate() {
        let is_last = place + 1 == on_it.len();
        let knot = Span::styled(if is_last { " ╰─ " } else { " ├─ " }, theme.quiet());
        let edge = format!("{}{}", if is_last { "    " } else { " │  " }, " ".repeat(name_width + 2));
        let first = vec![knot, Span::styled(fitted(&machine.name, name_width + 2), theme.strong())];
        let address = (address(network, machine, lang), theme.accent());
        flow.styled(first, &edge, vec![address, (role(machine, lang), theme.quiet())]);
        if is_first_network(stand, network, machine) {
            disks(flow, stand, machine, &edge, lang, theme);
        }
    }
}

fn role(machine: &MachineSpec, lang: Lang) -> String {
    machine.role.as_ref().map_or_else(String::new, |role| format!(" · {}", role.get(lang)))
}

fn is_first_network(stand: &StandSpec, network: &NetworkSpec, machine: &MachineSpec) -> bool {
    stand.networks.iter().find(|n| n.attach.contains_key(&machine.name)).is_some_and(|n| n.name == network.name)
}

/// The machine's addresses on a network, or that it has none yet.
fn address(network: &NetworkSpec, machine: &MachineSpec, lang: Lang) -> String {
    let written = network.attach.get(&machine.name).map_or("", String::as_str);
    let gateway = if network.gateway.as_ref() == Some(&machine.name) { lang.tr("ui-gateway") } else { String::new() };
    match written {
        "" | "unconfigured" => lang.tr("ui-unconfigured"),
        addresses => format!("{addresses}{gateway}"),
    }
}

fn disks(flow: &mut Flow, stand: &StandSpec, machine: &MachineSpec, edge: &str, lang: Lang, theme: Theme) {
    for disk in stand.disks.iter().filter(|disk| disk.machine == machine.name) {
        let size =
            units::parse_size(&disk.size).map_or_else(|_| disk.size.clone(), |bytes| units::format_size(bytes, lang));
        let text = lang.say(&msg!("ui-disk", name = &disk.name, size = size));
        flow.line(Line::from(vec![Span::styled(edge.to_owned(), theme.quiet()), Span::styled(text, theme.text())]));
    }
}

/// The network's range, from the first address on it.
fn subnet(network: &NetworkSpec) -> Option<String> {
    let first = network.attach.values().flat_map(|addresses| addresses.split(' ')).find(|text| text.contains('/'))?;
    let (address, prefix) = first.split_once('/')?;
    let prefix: u32 = prefix.parse().ok()?;
    match address.parse().ok()? {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32_u32.checked_sub(prefix)?).unwrap_or(0);
            Some(format!("{}/{prefix}", std::net::Ipv4Addr::from(v4.to_bits() & mask)))
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128_u32.checked_sub(prefix)?).unwrap_or(0);
            Some(format!("{}/{prefix}", std::net::Ipv6Addr::from(v6.to_bits() & mask)))
        }
    }
}
