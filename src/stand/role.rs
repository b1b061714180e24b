//! What a machine is in the networks (a router, the internet), as files and units a candidate would find on any Debian.

use std::fmt::Write as _;
use std::net::IpAddr;

use super::plan::Machine;

/// The unit of the announcements: dnsmasq again, beside one that a candidate may set up.
const ANNOUNCER: &str = "router-advertisements.service";

/// The files of a machine's roles: path in its root → text.
pub(super) fn files(machine: &Machine) -> Vec<(&'static str, String)> {
    let mut files = Vec::new();
    if machine.router {
        // sysctl.d(5), ip-sysctl.rst.
        files.push((
            "etc/sysctl.d/30-router.conf",
            "net.ipv4.ip_forward = 1\nnet.ipv6.conf.all.forwarding = 1\n".to_owned(),
        ));
    }
    if !machine.advertises.is_empty() {
        files.push(("etc/router-advertisements.conf", announcements(machine)));
        files.push(("etc/systemd/system/router-advertisements.service", announcer()));
    }
    if let Some(names) = &machine.internet {
        files.push(("etc/dnsmasq.d/internet.conf", names_of(machine, names)));
        files.push(("etc/nginx/sites-available/default", SITE.to_owned()));
    }
    files
}

/// The unit of a machine's role, beside those the lab turns on.
pub(super) fn units(machine: &Machine) -> Option<&'static str> {
    (!machine.advertises.is_empty()).then_some(ANNOUNCER)
}

/// dnsmasq(8), `--enable-ra`: announcements only, neither DNS nor addresses handed out.
fn announcements(machine: &Machine) -> String {
    let mut text = "port=0\nno-resolv\nenable-ra\n".to_owned();
    for number in &machine.advertises {
        let _ = writeln!(text, "interface=eth{number}\ndhcp-range=::,constructor:eth{number},ra-only");
    }
    text
}

fn announcer() -> String {
    "[Unit]\nDescription=IPv6 router advertisements\nDocumentation=man:dnsmasq(8)\nAfter=networking.service\n\n\
     [Service]\nExecStart=/usr/sbin/dnsmasq --keep-in-foreground --pid-file --conf-file=/etc/router-advertisements.conf\n\
     Restart=on-failure\n\n[Install]\nWantedBy=multi-user.target\n"
        .to_owned()
}

/// For whoever asks, near or far (an interface named is what turns Debian's `--local-service` off). These names and no other: anything else does not exist, and nobody else is asked.
fn names_of(machine: &Machine, names: &[String]) -> String {
    let own: Vec<IpAddr> = machine.links.iter().flat_map(|link| &link.addresses).map(|(address, _)| *address).collect();
    let first =
        |is_v4: bool| own.iter().find(|address| address.is_ipv4() == is_v4).map(|address| format!(",{address}"));
    let addresses: String = [first(true), first(false)].into_iter().flatten().collect();
    let mut text = "interface=lo\ninterface=eth0\nno-resolv\nno-hosts\nno-poll\nlocal-ttl=60\nlocal=/#/\n".to_owned();
    for name in names {
        let _ = writeln!(text, "host-record={name}{addresses}");
    }
    text
}

/// A page that says which name was asked for.
const SITE: &str = "server {\n    listen 80 default_server;\n    listen [::]:80 default_server;\n    location / {\n        \
     default_type text/html;\n        return 200 \"<!DOCTYPE html>\\n<title>$host</title>\\n<h1>$host</h1>\\n\";\n    }\n}\n";

#[cfg(test)]
mod tests {
    use super::super::plan::Link;
    use super::*;

    #[test]
    fn a_plain_machine_has_no_role() {
        assert!(files(&Machine::default()).is_empty() && units(&Machine::default()).is_none());
    }

    #[test]
    fn the_internet_answers_for_its_names_with_an_address_of_each_family() {
        let addresses = vec![("203.0.113.1".parse().unwrap(), 24), ("2001:db8::1".parse().unwrap(), 64)];
        let links = vec![Link { addresses, ..Link::default() }];
        let text = names_of(&Machine { links, ..Machine::default() }, &["www.example.org".to_owned()]);
        assert!(text.contains("host-record=www.example.org,203.0.113.1,2001:db8::1\n"), "{text}");
        assert!(text.contains("local=/#/\n") && text.contains("no-resolv\n"), "{text}");
    }

    #[test]
    fn a_router_announces_itself_where_it_was_asked_to() {
        let machine = Machine { router: true, advertises: vec![1], ..Machine::default() };
        let all = files(&machine);
        assert!(all.iter().any(|(path, text)| path.contains("sysctl.d") && text.contains("forwarding = 1")));
        assert!(all.iter().any(|(_, text)| text.contains("interface=eth1\ndhcp-range=::,constructor:eth1,ra-only")));
    }
}
