//! Network adapters that are things (`/sys/class/net`, kernel, ABI/testing/sysfs-class-net).

use super::sys::Sys;
use super::{Fact, Field, Kind, shown};
use crate::msg;

pub(super) const FIELDS: &[Field] = &[
    Field { name: "name", kind: Kind::Word, doc: "the interface's name" },
    Field { name: "mac", kind: Kind::Mac, doc: "its Ethernet address" },
    Field { name: "driver", kind: Kind::Word, doc: "the kernel driver that holds it" },
    Field { name: "wireless", kind: Kind::Bool, doc: "whether it is a Wi-Fi adapter" },
    Field { name: "speed", kind: Kind::Int, doc: "Mbit/s of the link as it is now" },
];

/// An adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Adapter {
    name: String,
    mac: Option<[u8; 6]>,
    driver: Option<String>,
    wireless: bool,
    speed: Option<i64>,
}

/// Every adapter with a device behind it: bridges, tunnels and the like have none.
pub(super) fn all(sys: &Sys) -> Vec<Adapter> {
    let names = sys.list("sys/class/net");
    names
        .into_iter()
        .filter(|name| sys.exists(&format!("sys/class/net/{name}/device")))
        .map(|name| adapter(sys, name))
        .collect()
}

fn adapter(sys: &Sys, name: String) -> Adapter {
    let folder = format!("sys/class/net/{name}");
    Adapter {
        mac: sys.text(&format!("{folder}/address")).and_then(|text| mac(&text)),
        driver: sys.link_name(&format!("{folder}/device/driver")),
        wireless: ["wireless", "phy80211"].iter().any(|sign| sys.exists(&format!("{folder}/{sign}"))),
        speed: sys.text(&format!("{folder}/speed")).and_then(|text| text.parse().ok()).filter(|speed| *speed > 0),
        name,
    }
}

fn mac(text: &str) -> Option<[u8; 6]> {
    let bytes: Option<Vec<u8>> = text.split(':').map(|byte| u8::from_str_radix(byte, 16).ok()).collect();
    bytes?.try_into().ok()
}

pub(super) fn fact(adapter: &Adapter) -> Fact {
    Fact::record([
        ("name", adapter.name.as_str().into()),
        ("mac", shown(adapter.mac.map(Fact::Mac), || msg!("probe-hardware-not-shown"))),
        ("driver", shown(adapter.driver.clone(), || msg!("probe-hardware-no-driver"))),
        ("wireless", adapter.wireless.into()),
        ("speed", shown(adapter.speed, || msg!("probe-hardware-no-link"))),
    ])
}

/// The adapter of the default route, where there is no route the only one; every field unknown where there is neither, or
/// where the route leaves by something else (a bridge, a tunnel): which of them is meant is then not for a probe to say.
pub(super) fn main(sys: &Sys, adapters: &[Adapter]) -> Fact {
    let routes = sys.text("proc/net/route").unwrap_or_default();
    let main = match default_route(&routes) {
        Some(name) => adapters.iter().find(|adapter| adapter.name == name),
        None => adapters.first().filter(|_| adapters.len() == 1),
    };
    main.map_or_else(
        || {
            let none = Fact::Unknown(msg!("probe-hardware-no-main-adapter"));
            Fact::Record(FIELDS.iter().map(|field| (field.name.to_owned(), none.clone())).collect())
        },
        fact,
    )
}

/// The interface of the default route with the lowest metric (`/proc/net/route`: name, destination… mask).
fn default_route(routes: &str) -> Option<&str> {
    routes
        .lines()
        .skip(1)
        .filter_map(|line| {
            let fields: Vec<&str> = line.split_ascii_whitespace().collect();
            let whole = fields.get(1) == Some(&"00000000") && fields.get(7) == Some(&"00000000");
            whole.then_some(())?;
            Some((fields.get(6)?.parse::<u32>().ok()?, *fields.first()?))
        })
        .min_by_key(|(metric, _)| *metric)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUTES: &str = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n\
        wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n\
        eth1\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n\
        eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n";

    #[test]
    fn the_default_route_with_the_lowest_metric_decides() {
        assert_eq!(default_route(ROUTES), Some("eth1"));
        assert_eq!(default_route(""), None);
    }

    #[test]
    fn only_things_are_adapters_and_the_main_one_is_the_routes() {
        let folder = tempfile::tempdir().unwrap();
        let sys = Sys::new(folder.path());
        sys.write("sys/class/net/br0/address", b"02:00:00:00:00:01\n");
        for name in ["eth0", "eth1"] {
            sys.write(&format!("sys/class/net/{name}/address"), b"00:1c:42:ab:cd:ef\n");
            sys.link(&format!("sys/class/net/{name}/device/driver"), "sys/bus/pci/drivers/e1000e");
        }
        sys.write("sys/class/net/eth1/speed", b"-1\n");
        sys.write("proc/net/route", ROUTES.as_bytes());
        let adapters = all(&sys);
        assert_eq!(adapters.len(), 2);
        let Fact::Record(fields) = main(&sys, &adapters) else { panic!() };
        assert_eq!((&fields["name"], &fields["driver"]), (&Fact::text("eth1"), &Fact::text("e1000e")));
        assert_eq!(fields["mac"], Fact::Mac([0x00, 0x1c, 0x42, 0xab, 0xcd, 0xef]));
        assert!(matches!(fields["speed"], Fact::Unknown(_)));
    }

    #[test]
    fn a_route_by_a_bridge_leaves_it_open_and_no_route_leaves_the_only_one() {
        let folder = tempfile::tempdir().unwrap();
        let sys = Sys::new(folder.path());
        sys.write("sys/class/net/br0/address", b"02:00:00:00:00:01\n");
        sys.write("sys/class/net/eth0/address", b"00:1c:42:ab:cd:ef\n");
        sys.link("sys/class/net/eth0/device/driver", "sys/bus/pci/drivers/e1000e");
        let name = |sys: &Sys| match main(sys, &all(sys)) {
            Fact::Record(fields) => fields["name"].clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(name(&sys), Fact::text("eth0"));
        sys.write("proc/net/route", ROUTES.replace("eth1", "br0").as_bytes());
        assert!(matches!(name(&sys), Fact::Unknown(_)), "the route's interface is no adapter");
    }
}
