//! What one device or image file holds, told by its superblock. Nothing is mounted.

use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::storage::bytes::Device;
use super::storage::{filesystem, superblock};
use super::{About, Cost, Fact, Field, Machine, Need, Observation, Watch, reason};
use crate::msg;

/// What a lab writes: `filesystem = { device = "/dev/sdb1" }`. Where the order of creation is free, prefer `partition`
/// and its nested `filesystem`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Absolute path of a block device or of an image file.
    pub device: String,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS)
    .paths(&["device"])
    .needs(&[Need::Root("to read disks")])
    .watches(&[Watch::Disks, Watch::Argument("device")]);

/// The fields of every filesystem, wherever it is met.
const FIELDS: &[Field] = super::storage::FILESYSTEM;

pub(super) fn observe(args: &Args, _machine: &Machine) -> Observation {
    let source = msg!("probe-source-filesystem", device = &args.device);
    match Device::open(&args.device).and_then(|device| superblock::read(&device)) {
        Ok(found) => Observation::seen(filesystem(&found), source),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Observation::seen(Fact::record([("kind", "none".into())]), source)
        }
        Err(error) => Observation::unknown(reason(&error, &args.device), source),
    }
}
