//! A lab's machines drawn: each network as a cable with its machines hanging from it, then their disks.

use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr as _;

use super::text::{Flow, fitted};
use super::theme::Theme;
use crate::i18n::Lang;
use crate::lab::cabling::{self, INTERNET, Vlans};
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
/// ══ lan  10.84.12.0/24  MTU 1400 ═
///  ├─ srv    10.84.12.1/24  serveur
///  │         disque sdb · 8 Gio
///  ╰─ poste  à configurer   accueil
/// ```
fn cable(flow: &mut Flow, stand: &StandSpec, network: &NetworkSpec, lang: Lang, theme: Theme) {
    flow.gap();
    heading(flow, stand, network, lang, theme);
    let on_it = plugged_in(stand, network);
    let name_width = on_it.iter().map(|one| one.name.width()).max().unwrap_or(0);
    for (place, one) in on_it.iter().enumerate() {
        let is_last = place + 1 == on_it.len();
        let knot = Span::styled(if is_last { " ╰─ " } else { " ├─ " }, theme.quiet());
        let edge = format!("{}{}", if is_last { "    " } else { " │  " }, " ".repeat(name_width + 2));
        let first = vec![knot, Span::styled(fitted(one.name, name_width + 2), theme.strong())];
        let address = (address(stand, network, one.name, lang), theme.accent());
        let port = (port(network, one.name, lang), theme.text());
        flow.styled(first, &edge, vec![address, port, (one.what(stand, lang), theme.quiet())]);
        if let Some(machine) = one.machine.filter(|machine| is_first_network(stand, network, machine)) {
            disks(flow, stand, machine, &edge, lang, theme);
        }
    }
}

/// The cable itself, with what is said of all of it.
fn heading(flow: &mut Flow, stand: &StandSpec, network: &NetworkSpec, lang: Lang, theme: Theme) {
    let ranges = subnets(stand, network);
    let mtu = network.mtu.map(|mtu| lang.say(&msg!("ui-mtu", mtu = mtu)));
    let announced = network.advertise.then(|| lang.tr("ui-advertised"));
    let qualities = [network.rate.clone(), network.delay.clone(), network.loss.clone(), mtu, announced];
    let mut spans =
        vec![Span::styled("══ ", theme.quiet()), Span::styled(format!("{} ", network.name), theme.strong())];
    let mut width = 4 + network.name.width();
    for word in ranges.into_iter().chain(qualities.into_iter().flatten()) {
        // Whole words only: what does not fit is left out.
        if width + word.width() + 2 <= flow.width() {
            width += word.width() + 2;
            spans.push(Span::styled(format!(" {word} "), theme.strong()));
        }
    }
    spans.push(Span::styled("═".repeat(flow.width().saturating_sub(width)), theme.quiet()));
    flow.line(Line::from(spans));
}

/// A machine on a network, or the internet.
struct Plugged<'a> {
    name: &'a str,
    machine: Option<&'a MachineSpec>,
}

impl Plugged<'_> {
    /// What it is, for people.
    fn what(&self, stand: &StandSpec, lang: Lang) -> String {
        let Some(machine) = self.machine else {
            let names = stand.internet.as_ref().map_or_else(String::new, |internet| internet.names.join(", "));
            let answers = lang.say(&msg!("ui-internet-names", names = names));
            return format!(" · {} · {answers}", lang.tr("ui-internet"));
        };
        let routes = if machine.router { format!(" · {}", lang.tr("ui-router")) } else { String::new() };
        format!("{routes}{}", role(machine, lang))
    }
}

fn plugged_in<'a>(stand: &'a StandSpec, network: &'a NetworkSpec) -> Vec<Plugged<'a>> {
    let machines = stand.machines.iter().filter(|machine| network.attach.contains_key(&machine.name));
    let machines = machines.map(|machine| Plugged { name: &machine.name, machine: Some(machine) });
    let internet = stand.internet.as_ref().filter(|internet| internet.network == network.name);
    machines.chain(internet.map(|_| Plugged { name: INTERNET, machine: None })).collect()
}

/// The VLANs of a machine's port. The rest of a port (a cable that is out, or carries less than it should) is a fault to be
/// found, not part of the plan.
fn port(network: &NetworkSpec, machine: &str, lang: Lang) -> String {
    let written = network.port.get(machine).and_then(|port| port.vlan.as_deref());
    let vlans = written.and_then(|text| cabling::vlans(text).ok());
    vlans.map_or_else(String::new, |vlans| format!(" · {}", vlan_words(&vlans, lang)))
}

fn vlan_words(vlans: &Vlans, lang: Lang) -> String {
    match vlans {
        Vlans::Access(vlan) => lang.say(&msg!("ui-vlan", vlans = vlan.to_string())),
        Vlans::Trunk { tagged, native } => {
            let list: Vec<String> = tagged.iter().map(u16::to_string).collect();
            let tagged = lang.say(&msg!("ui-vlan-trunk", vlans = list.join(", ")));
            native.map_or(tagged.clone(), |native| {
                format!("{tagged}, {}", lang.say(&msg!("ui-vlan", vlans = native.to_string())))
            })
        }
    }
}

fn role(machine: &MachineSpec, lang: Lang) -> String {
    machine.role.as_ref().map_or_else(String::new, |role| format!(" · {}", role.get(lang)))
}

fn is_first_network(stand: &StandSpec, network: &NetworkSpec, machine: &MachineSpec) -> bool {
    stand.networks.iter().find(|n| n.attach.contains_key(&machine.name)).is_some_and(|n| n.name == network.name)
}

/// A machine's addresses on a network, or that it has none yet.
fn address(stand: &StandSpec, network: &NetworkSpec, machine: &str, lang: Lang) -> String {
    let written = stand.attached(network, machine).unwrap_or_default();
    if network.port.get(machine).is_some_and(|port| port.duplicate) {
        // That it is another's is a fault to be found.
        return String::new();
    }
    let is_gateway = network.gateway.as_deref() == Some(machine);
    let gateway = if is_gateway { lang.tr("ui-gateway") } else { String::new() };
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

/// The network's ranges: of each family and each VLAN, from the addresses on it.
fn subnets(stand: &StandSpec, network: &NetworkSpec) -> Vec<String> {
    let written = plugged_in(stand, network).into_iter().filter_map(|one| stand.attached(network, one.name));
    let mut found: Vec<(bool, String)> = Vec::new();
    for one in written.filter_map(|text| cabling::addresses(text).ok()).flatten() {
        let range = (one.address.is_ipv6(), format!("{}/{}", cabling::masked(one.address, one.prefix), one.prefix));
        if !found.contains(&range) {
            found.push(range);
        }
    }
    // IPv4 first: where there is no room for all, it is what people name a network by.
    found.sort_by_key(|(is_v6, _)| *is_v6);
    found.into_iter().map(|(_, range)| range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fixture of several networks, on the page of a terminal of 80 columns and at the side of a wide one.
    fn drawn(lab: &str, width: u16, lang: Lang) -> String {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/networks");
        let catalogue = crate::lab::Catalogue::of_folders(&[folder]);
        let variant = catalogue.labs[lab].variant(1).unwrap();
        let mut flow = Flow::new(width);
        draw(
            &mut flow,
            &variant.manifest.stand,
            lang,
            Theme { has_colour: false, has_unicode: true, look: crate::settings::Look::Terminal },
        );
        let lines: Vec<String> = flow.lines.iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    #[test]
    fn several_networks_routers_vlans_and_the_internet_are_told_apart() {
        insta::assert_snapshot!("networks_fr", drawn("reseaux", 76, Lang::Fr));
        insta::assert_snapshot!("networks_narrow_en", drawn("reseaux", 52, Lang::En));
        insta::assert_snapshot!("trunk_fr", drawn("etiquettes", 76, Lang::Fr));
    }

    #[test]
    fn no_line_is_wider_than_its_place() {
        for lab in ["reseaux", "etiquettes", "satellite"] {
            for width in [30, 52, 76] {
                assert!(
                    drawn(lab, width, Lang::Fr).lines().all(|line| line.width() <= usize::from(width)),
                    "{lab} {width}"
                );
            }
        }
    }
}
