//! Layers between the base and what a machine writes, made once, kept for the next stands: the packages that a lab needs
//! beyond the base, and what a machine's `prepare` script made (a domain controller's provisioning takes ten seconds; its
//! layer serves in two).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::mount::UnmountFlags;

use super::super::error::{StandError, failed};
use super::super::folder::MachineFolder;
use super::super::plan::{Machine, Script};
use super::super::{identity, ids, lower, root, shared};
use super::{Keeper, Say, packages};
use crate::msg;

/// A layer, there or to be made.
#[derive(Debug)]
struct Layer {
    path: PathBuf,
    /// Packages fetched before the script is run.
    packages: Vec<String>,
    /// What makes it, in a fresh machine over the layers below.
    script: Script,
}

impl Keeper {
    /// What a machine's root lies on, the highest first. A layer without the one below it is of no use.
    pub(super) fn layers(&self, index: usize) -> Vec<PathBuf> {
        let ready = self.wanted(index).into_iter().map(|layer| layer.path).take_while(|path| path.exists());
        let mut all: Vec<PathBuf> = std::iter::once(self.folder.base()).chain(ready).collect();
        all.reverse();
        all
    }

    /// The layers a machine asks for over this very base, the lowest first.
    fn wanted(&self, index: usize) -> Vec<Layer> {
        self.plan.machines.get(index).map_or_else(Vec::new, |spec| wanted(spec, &self.base_hash))
    }

    /// Makes a machine's layers unless they are there.
    pub(super) fn prepare(&mut self, index: usize, say: Say<'_>) -> Result<(), StandError> {
        let Some(spec) = self.plan.machines.get(index).cloned() else { return Ok(()) };
        for layer in self.wanted(index) {
            if !layer.path.exists() {
                say(if layer.packages.is_empty() {
                    msg!("stand-step-prepare", machine = &spec.name, script = &layer.script.name)
                } else {
                    msg!("stand-step-packages", names = layer.packages.join(", "))
                });
            }
            // Another stand may be making the same one, or `clean` removing it: then this waits.
            let turn = shared::take_turn(&layer.path, &self.base_hash);
            let _turn = turn.map_err(failed(msg!("stand-do-layer", machine = &spec.name)))?;
            if !layer.path.exists() {
                self.make_layer(index, &spec, &layer)?;
            }
        }
        Ok(())
    }

    fn make_layer(&mut self, index: usize, spec: &Machine, layer: &Layer) -> Result<(), StandError> {
        let problem = || failed(msg!("stand-do-layer", machine = &spec.name));
        let place = self.folder.machine(&spec.name);
        if !layer.packages.is_empty() {
            self.fetch(&place, &layer.packages)?;
        }
        self.mount_root(index)?;
        if !layer.packages.is_empty() {
            packages::show_fetched(&place).map_err(problem())?;
        }
        identity::write(&place.merged(), &self.plan, &bare(spec))?;
        self.give(&place)?;
        place.save_disks(&[]).map_err(problem())?;
        self.start(&[index], &mut |_| ())?;
        self.run_script(&layer.script)?;
        self.stop(index, Some(Duration::from_secs(30)))?;
        packages::drop_fetched(&place)
            .and_then(|()| root::unmount(&place))
            .and_then(|()| self.keep_layer(&place, &layer.path))
            .map_err(problem())
    }

    /// Gives what the machine wrote its place as a layer, with the PC's numbers.
    fn keep_layer(&self, place: &MachineFolder, layer: &Path) -> io::Result<()> {
        let Some(ids) = self.ids else { return keep(&place.upper(), layer) };
        // Through the way back of the map: owners, access lists and capabilities of files alike.
        let seen = place.root.join("numbers");
        fs::create_dir_all(&seen)?;
        lower::mount_mapped(&place.upper(), &seen, &ids::namespace(&ids.map_back())?)?;
        let copy = layer.with_extension("copy");
        let copied = root::remove_tree(&copy).and_then(|()| root::copy_tree(&seen, &copy));
        rustix::mount::unmount(&seen, UnmountFlags::DETACH)?;
        copied?;
        root::remove_tree(&place.upper())?;
        keep(&copy, layer)
    }
}

/// The layers a machine asks for over the base with this hash, the lowest first.
fn wanted(spec: &Machine, base: &str) -> Vec<Layer> {
    let mut below = base.to_owned();
    let packages = (!spec.packages.is_empty()).then(|| (spec.packages.clone(), packages::install(&spec.name)));
    let prepared = spec.prepare.clone().map(|script| (Vec::new(), script));
    let all = packages.into_iter().chain(prepared).map(|(packages, script)| {
        below = layer_name(&below, &packages, &script.body);
        Layer { path: shared::layers().join(&below), packages, script }
    });
    all.collect()
}

/// The names of the layers a machine asks for over the base with this hash.
pub(in super::super) fn layer_names(spec: &Machine, base: &str) -> Vec<String> {
    let name = |layer: Layer| layer.path.file_name().map(|name| name.to_string_lossy().into_owned());
    wanted(spec, base).into_iter().filter_map(name).collect()
}

/// The same machine before anything of the lab's variant: no address, nothing turned on.
fn bare(spec: &Machine) -> Machine {
    let mut bare = spec.clone();
    bare.enable.clear();
    bare.gateways.clear();
    bare.routes.clear();
    bare.router = false;
    bare.advertises.clear();
    for link in &mut bare.links {
        link.addresses.clear();
        link.tagged.clear();
    }
    bare
}

/// Of what is below (the base's hash or a layer's name), the packages and the script.
fn layer_name(below: &str, packages: &[String], script: &str) -> String {
    let name = blake3::hash(format!("{below}\n{}\n{script}", packages.join(" ")).as_bytes());
    name.to_hex()[..32].to_owned()
}

/// Gives a tree its place as a layer, without what was the machine's own: whole or not at all.
fn keep(written: &Path, layer: &Path) -> io::Result<()> {
    let part = layer.with_extension("part");
    root::remove_tree(&part)?;
    fs::rename(written, &part)?;
    for own in identity::OWN {
        let path = part.join(own);
        match fs::symlink_metadata(&path) {
            Ok(about) if about.is_dir() => fs::remove_dir_all(path)?,
            Ok(_) => fs::remove_file(path)?,
            Err(_) => {}
        }
    }
    fs::rename(part, layer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_base_other_packages_or_another_script_is_another_layer() {
        let name = layer_name("base", &[], "script");
        assert_eq!(name, layer_name("base", &[], "script"));
        assert_ne!(name, layer_name("base", &[], "script2"));
        assert_ne!(name, layer_name("base2", &[], "script"));
        assert_ne!(name, layer_name("base", &["stress".to_owned()], "script"));
    }

    #[test]
    fn a_layer_carries_no_identity() {
        let folder = tempfile::tempdir().unwrap();
        let place = MachineFolder { root: folder.path().join("m") };
        for path in ["etc/hostname", "etc/samba/smb.conf", "var/log/samba/log", "etc/network/interfaces"] {
            let path = place.upper().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        let layer = folder.path().join("layer");
        keep(&place.upper(), &layer).unwrap();
        assert!(layer.join("etc/samba/smb.conf").exists());
        for own in ["etc/hostname", "var/log", "etc/network"] {
            assert!(!layer.join(own).exists(), "{own}");
        }
    }
}
