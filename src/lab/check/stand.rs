//! The machines and disks: every name leads somewhere, every size reads.

use super::Checker;
use super::identity::is_plain;
use crate::lab::cabling::INTERNET;
use crate::lab::document::{Step, steps};
use crate::lab::manifest::{DiskSpec, Driver, Init, Isolation};
use crate::lab::scripts;
use crate::{msg, units};

/// A host name's label (RFC 1035 §2.3.1), and room for the interfaces' names the stand derives from it.
pub(super) const LONGEST_NAME: usize = 15;

impl Checker<'_> {
    pub(super) fn stand(&mut self) {
        let spec = &self.manifest.stand;
        match spec.driver {
            Driver::Here if !(spec.machines.is_empty() && spec.networks.is_empty() && spec.disks.is_empty()) => {
                self.wrong(&steps!["stand"], msg!("lab-here-makes-nothing"));
            }
            Driver::Container | Driver::Ssh if spec.machines.is_empty() => {
                self.wrong(&steps!["stand"], msg!("lab-no-machines"));
            }
            Driver::Ssh => self.prepared(),
            Driver::Here | Driver::Container => {}
        }
        self.isolation();
        self.machines();
        self.packages(&steps!["stand", "packages"], &spec.packages);
        self.networks();
        for (at, disk) in spec.disks.iter().enumerate() {
            self.disk(&steps!["stand", "disk", at], disk);
        }
        for (at, setup) in spec.setups.iter().enumerate() {
            self.machine(&steps!["stand", "setup", at, "machine"], &setup.machine);
        }
        self.script_files();
    }

    /// What is prepared beforehand is not built: its networks are only drawn.
    fn prepared(&mut self) {
        let spec = &self.manifest.stand;
        let machine = |at: usize, key: &str| steps!["stand", "machine", at, key].to_vec();
        let all = spec.machines.iter().enumerate().flat_map(|(at, one)| {
            [
                (!one.enable.is_empty()).then(|| machine(at, "enable")),
                one.prepare.is_some().then(|| machine(at, "prepare")),
                one.router.then(|| machine(at, "router")),
                (!one.routes.is_empty()).then(|| machine(at, "routes")),
                (one.init != Init::default()).then(|| machine(at, "init")),
            ]
        });
        let own = [
            (!spec.disks.is_empty()).then(|| steps!["stand", "disk", 0, "name"].to_vec()),
            (!spec.setups.is_empty()).then(|| steps!["stand", "setup", 0, "run"].to_vec()),
            spec.internet.is_some().then(|| steps!["stand", "internet"].to_vec()),
            (spec.isolation != Isolation::default()).then(|| steps!["stand", "isolation"].to_vec()),
        ];
        for path in all.chain(own).flatten().collect::<Vec<_>>() {
            self.wrong(&path, msg!("lab-ssh-prepared"));
        }
    }

    /// Root in a user namespace can neither reach a block device nor mount one (`user_namespaces(7)`).
    fn isolation(&mut self) {
        let spec = &self.manifest.stand;
        if spec.driver == Driver::Here && spec.isolation == Isolation::Privileged {
            self.wrong(&steps!["stand", "isolation"], msg!("lab-here-isolates-nothing"));
        }
        if spec.driver == Driver::Container && spec.isolation == Isolation::Default && !spec.disks.is_empty() {
            self.wrong(&steps!["stand", "disk", 0, "name"], msg!("lab-disk-needs-privileged"));
        }
    }

    /// A machine of the stand.
    pub(super) fn machine(&mut self, path: &[Step], name: &str) {
        let machines = &self.manifest.stand.machines;
        let internet = self.manifest.stand.internet.as_ref().map(|_| INTERNET);
        self.known(path, name, machines.iter().map(|machine| machine.name.as_str()).chain(internet), || {
            msg!("lab-no-machine", name = name)
        });
    }

    fn machines(&mut self) {
        let machines = &self.manifest.stand.machines;
        for (at, machine) in machines.iter().enumerate() {
            if !is_plain(&machine.name, "-") || machine.name.len() > LONGEST_NAME {
                let path = steps!["stand", "machine", at, "name"];
                self.wrong(&path, msg!("lab-wrong-name", name = &machine.name, most = LONGEST_NAME));
            }
            if machine.init == Init::None && !machine.enable.is_empty() {
                self.wrong(&steps!["stand", "machine", at, "enable"], msg!("lab-no-init", name = &machine.name));
            }
            self.packages(&steps!["stand", "machine", at, "packages"], &machine.packages);
        }
        let internet = self.manifest.stand.internet.as_ref().map(|_| (INTERNET, steps!["stand", "internet"].to_vec()));
        let names = machines.iter().enumerate();
        let names = names.map(|(at, machine)| (machine.name.as_str(), steps!["stand", "machine", at, "name"].to_vec()));
        self.unique(internet.into_iter().chain(names), |name| msg!("lab-twice", name = name));
        let networks = self.manifest.stand.networks.iter().enumerate();
        self.unique(
            networks.map(|(at, network)| (network.name.as_str(), steps!["stand", "network", at, "name"].to_vec())),
            |name| msg!("lab-twice", name = name),
        );
    }

    fn packages(&mut self, path: &[Step], names: &[String]) {
        for (at, name) in names.iter().enumerate().filter(|(_, name)| !is_package(name)) {
            self.wrong(&[path, &[at.into()]].concat(), msg!("lab-wrong-package", name = name));
        }
    }

    fn disk(&mut self, path: &[Step], disk: &DiskSpec) {
        let below = |key: &str| [path, &[key.into()]].concat();
        self.machine(&below("machine"), &disk.machine);
        self.reads(&below("size"), &disk.size, units::parse_size);
        let letters = disk.name.strip_prefix("sd").unwrap_or_default();
        if letters.is_empty() || !letters.chars().all(|c| c.is_ascii_lowercase()) {
            self.wrong(&below("name"), msg!("lab-wrong-disk", name = &disk.name));
        }
        let same = |other: &&DiskSpec| other.machine == disk.machine && other.name == disk.name;
        if let Some(first) = self.manifest.stand.disks.iter().find(same)
            && !std::ptr::eq(first, disk)
        {
            self.wrong(&below("name"), msg!("lab-twice", name = &disk.name));
        }
    }

    fn script_files(&mut self) {
        for script in scripts::all(self.manifest) {
            let files = self.lab.files.keys().map(String::as_str);
            self.known(&script.path, &script.name, files, || msg!("lab-no-script", name = &script.name));
        }
    }
}

/// A package's name (Debian Policy, 5.6.1): at least two lower-case letters, digits, `+`, `-`, `.`, the first no sign.
fn is_package(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    name.len() >= 2 && name.starts_with(plain) && name.chars().all(|c| plain(c) || "+-.".contains(c))
}
