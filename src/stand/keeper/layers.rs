//! Prepared layers: what a machine's `prepare` script made, once, kept for the next stands as a read-only layer over the base
//! (a domain controller's provisioning takes ten seconds; its layer serves in two).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::error::{StandError, failed};
use super::super::folder::{MachineFolder, make_private};
use super::super::plan::{Machine, Script};
use super::super::{identity, root};
use super::{Keeper, Say};
use crate::{msg, paths};

impl Keeper {
    /// What a machine's root lies on, the highest first.
    pub(super) fn layers(&self, index: usize) -> Vec<PathBuf> {
        let prepared = self.prepared(index).filter(|layer| layer.exists());
        prepared.into_iter().chain([self.folder.base()]).collect()
    }

    /// The layer of a machine's script over this very base.
    fn prepared(&self, index: usize) -> Option<PathBuf> {
        let script = self.plan.machines.get(index)?.prepare.as_ref()?;
        Some(paths::state().join("layers").join(layer_name(&self.base_hash, &script.body)))
    }

    /// Makes a machine's layer unless it is there.
    pub(super) fn prepare(&mut self, index: usize, say: Say<'_>) -> Result<(), StandError> {
        let (Some(layer), Some(spec)) = (self.prepared(index), self.plan.machines.get(index)) else { return Ok(()) };
        let spec = spec.clone();
        let Some(script) = spec.prepare.clone().filter(|_| !layer.exists()) else { return Ok(()) };
        say(msg!("stand-step-prepare", machine = &spec.name, script = &script.name));
        // Another stand may be making the same one: then this waits for it.
        let _turn = take_turn(&layer).map_err(failed(msg!("stand-do-layer", machine = &spec.name)))?;
        if layer.exists() { Ok(()) } else { self.make_layer(index, &spec, &script, &layer) }
    }

    fn make_layer(&mut self, index: usize, spec: &Machine, script: &Script, layer: &Path) -> Result<(), StandError> {
        let problem = || failed(msg!("stand-do-layer", machine = &spec.name));
        let place = self.folder.machine(&spec.name);
        self.mount_root(index)?;
        identity::write(&place.merged(), &self.plan, &bare(spec))?;
        place.save_disks(&[]).map_err(problem())?;
        self.start(&[index], &mut |_| ())?;
        self.run_script(script)?;
        self.stop(index, Some(Duration::from_secs(30)))?;
        root::unmount(&place).and_then(|()| keep(&place, layer)).map_err(problem())
    }
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

fn layer_name(base: &str, script: &str) -> String {
    let name = blake3::hash(format!("{base}\n{script}").as_bytes());
    name.to_hex()[..32].to_owned()
}

fn take_turn(layer: &Path) -> io::Result<fs::File> {
    make_private(layer.parent().unwrap_or(layer))?;
    let lock = fs::File::create(layer.with_extension("lock"))?;
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive)?;
    Ok(lock)
}

/// Gives what the machine wrote its place as a layer, without what was the machine's own: whole or not at all.
fn keep(place: &MachineFolder, layer: &Path) -> io::Result<()> {
    let part = layer.with_extension("part");
    root::remove_tree(&part)?;
    fs::rename(place.upper(), &part)?;
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
    fn another_base_or_another_script_is_another_layer() {
        let name = layer_name("base", "script");
        assert_eq!(name, layer_name("base", "script"));
        assert_ne!(name, layer_name("base", "script2"));
        assert_ne!(name, layer_name("base2", "script"));
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
        keep(&place, &layer).unwrap();
        assert!(layer.join("etc/samba/smb.conf").exists());
        for own in ["etc/hostname", "var/log", "etc/network"] {
            assert!(!layer.join(own).exists(), "{own}");
        }
    }
}
