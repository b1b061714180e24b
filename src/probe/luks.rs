//! The header of an encrypted volume: LUKS 1 (On-Disk Format Specification 1.2.3) and LUKS 2 (On-Disk Format
//! Specification 1.1), read from the device. No key is needed and none is touched.

use std::io;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest, Sha256, Sha512};

use super::storage::bytes::{Bytes, Device, be16, be32, be64, text};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, Watch, reason};
use crate::msg;

/// What a lab writes: `luks = { device = "/dev/sdb1" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Absolute path of a block device or of an image file.
    pub device: String,
}

pub(super) const ABOUT: About = About::new(Cost::Local, FIELDS)
    .paths(&["device"])
    .needs(&[Need::Root("for the device")])
    .watches(&[Watch::Disks, Watch::Argument("device")]);

const FIELDS: &[Field] = &[
    Field { name: "present", kind: Kind::Bool, doc: "whether there is a header" },
    Field { name: "intact", kind: Kind::Bool, doc: "LUKS 2: whether its sum is right; LUKS 1 has none" },
    Field { name: "version", kind: Kind::Int, doc: "1 or 2" },
    Field { name: "uuid", kind: Kind::Word, doc: "its UUID, as crypttab(5) names it" },
    Field { name: "label", kind: Kind::Text, doc: "LUKS 2: its label" },
    Field { name: "cipher", kind: Kind::Word, doc: "cipher and mode of the data: aes-xts-plain64" },
    Field { name: "key-bits", kind: Kind::Int, doc: "bits of the volume's key: 512 for AES-256 in XTS mode" },
    Field { name: "keyslots", kind: Kind::Int, doc: "keys (passphrases, key files) that open it" },
    Field {
        name: "derivation",
        kind: Kind::List(&Kind::Word),
        doc: "how keys are made of passphrases, each once: pbkdf2, argon2i, argon2id",
    },
    Field {
        name: "tokens", kind: Kind::List(&Kind::Word), doc: "LUKS 2: kinds of its tokens: systemd-tpm2, clevis…"
    },
    Field { name: "sector", kind: Kind::Size, doc: "size of an encrypted sector" },
];

/// No header is larger (`cryptsetup --luks2-metadata-size`).
const LARGEST: u64 = 4 * 1024 * 1024;

/// What a header says.
#[derive(Debug, Default, PartialEq)]
struct Header {
    intact: Option<bool>,
    version: i64,
    uuid: Option<String>,
    label: Option<String>,
    cipher: Option<String>,
    key_bits: Option<i64>,
    keyslots: usize,
    derivation: Vec<String>,
    tokens: Vec<String>,
    sector: Option<u64>,
}

pub(super) fn observe(args: &Args, _machine: &Machine) -> Observation {
    let source = msg!("probe-source-luks", device = &args.device);
    match Device::open(&args.device).and_then(|device| read(&device)) {
        Ok(Some(header)) => Observation::seen(fact(header), source),
        Ok(None) => Observation::seen(Fact::record([("present", false.into())]), source),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Observation::seen(Fact::record([("present", false.into())]), source)
        }
        Err(error) => Observation::unknown(reason(&error, &args.device), source),
    }
}

fn fact(header: Header) -> Fact {
    Fact::record([
        ("present", true.into()),
        ("intact", header.intact.into()),
        ("version", header.version.into()),
        ("uuid", header.uuid.into()),
        ("label", header.label.into()),
        ("cipher", header.cipher.into()),
        ("key-bits", header.key_bits.into()),
        ("keyslots", Fact::whole(header.keyslots)),
        ("derivation", Fact::texts(header.derivation)),
        ("tokens", Fact::texts(header.tokens)),
        ("sector", header.sector.map_or(Fact::None, Fact::Size)),
    ])
}

fn read(volume: &(impl Bytes + ?Sized)) -> io::Result<Option<Header>> {
    let head = volume.at(0, 4096)?;
    if head.get(..6) != Some(b"LUKS\xba\xbe") {
        return Ok(None);
    }
    match be16(&head, 6) {
        Some(1) => Ok(Some(first(&head))),
        Some(2) => {
            let length = be64(&head, 8).unwrap_or(0).clamp(4096, LARGEST);
            let whole = volume.at(0, usize::try_from(length).unwrap_or(4096))?;
            Ok(Some(second(&whole)))
        }
        _ => Ok(None),
    }
}

/// LUKS 1: eight slots of 48 bytes from byte 208, those at work marked `0x00AC71F3`.
fn first(head: &[u8]) -> Header {
    const ACTIVE: u32 = 0x00AC_71F3;
    let cipher = text(head, 8, 32).zip(text(head, 40, 32)).map(|(name, mode)| format!("{name}-{mode}"));
    Header {
        version: 1,
        uuid: text(head, 168, 40),
        cipher,
        key_bits: be32(head, 108).map(|bytes| i64::from(bytes) * 8),
        keyslots: (0..8).filter(|slot| be32(head, 208 + slot * 48) == Some(ACTIVE)).count(),
        derivation: vec!["pbkdf2".to_owned()],
        sector: Some(512),
        ..Header::default()
    }
}

/// LUKS 2: a binary header of 4096 bytes, then JSON.
fn second(whole: &[u8]) -> Header {
    let json = whole.get(4096..).unwrap_or_default();
    let end = json.iter().position(|byte| *byte == 0).unwrap_or(json.len());
    let data: Json = serde_json::from_slice(&json[..end]).unwrap_or_default();
    let values = |key: &str| data[key].as_object().into_iter().flat_map(|table| table.values());
    let segment = values("segments").find(|segment| segment["type"] == "crypt").cloned().unwrap_or_default();
    let texts = |found: &mut dyn Iterator<Item = &Json>| {
        let all: std::collections::BTreeSet<String> = found.filter_map(Json::as_str).map(str::to_owned).collect();
        all.into_iter().collect()
    };
    Header {
        intact: Some(is_intact(whole)),
        version: 2,
        uuid: text(whole, 168, 40),
        label: text(whole, 24, 48),
        cipher: segment["encryption"].as_str().map(str::to_owned),
        key_bits: values("keyslots").find_map(|slot| slot["key_size"].as_i64()?.checked_mul(8)),
        keyslots: values("keyslots").filter(|slot| slot["type"] == "luks2").count(),
        derivation: texts(&mut values("keyslots").map(|slot| &slot["kdf"]["type"])),
        tokens: texts(&mut values("tokens").map(|token| &token["type"])),
        sector: segment["sector_size"].as_u64(),
    }
}

/// The sum covers the header with the sum's own 64 bytes (at 448) empty.
fn is_intact(whole: &[u8]) -> bool {
    let Some(sum) = whole.get(448..512) else { return false };
    let mut summed = whole.to_vec();
    summed[448..512].fill(0);
    match text(whole, 72, 32).as_deref() {
        Some("sha256") => Sha256::digest(&summed)[..] == sum[..32],
        Some("sha512") => Sha512::digest(&summed)[..] == sum[..],
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one() -> Vec<u8> {
        let mut head = vec![0; 4096];
        head[..8].copy_from_slice(b"LUKS\xba\xbe\x00\x01");
        head[8..11].copy_from_slice(b"aes");
        head[40..51].copy_from_slice(b"xts-plain64");
        head[108..112].copy_from_slice(&64_u32.to_be_bytes());
        head[208..212].copy_from_slice(&0x00AC_71F3_u32.to_be_bytes());
        head[256..260].copy_from_slice(&0x0000_DEAD_u32.to_be_bytes());
        head
    }

    fn two(json: &str) -> Vec<u8> {
        let mut whole = vec![0; 16384];
        whole[..8].copy_from_slice(b"LUKS\xba\xbe\x00\x02");
        whole[8..16].copy_from_slice(&16384_u64.to_be_bytes());
        whole[24..29].copy_from_slice(b"coffr");
        whole[72..78].copy_from_slice(b"sha256");
        whole[4096..4096 + json.len()].copy_from_slice(json.as_bytes());
        let sum = Sha256::digest(&whole);
        whole[448..480].copy_from_slice(&sum);
        whole
    }

    #[test]
    fn a_header_of_version_1() {
        let header = read(&one()[..]).unwrap().unwrap();
        assert_eq!(
            (header.cipher.as_deref(), header.key_bits, header.keyslots),
            (Some("aes-xts-plain64"), Some(512), 1)
        );
    }

    #[test]
    fn a_header_of_version_2() {
        let json = r#"{"keyslots":{"0":{"type":"luks2","key_size":64,"kdf":{"type":"argon2id"}},"1":{"type":"luks2","key_size":64,"kdf":{"type":"pbkdf2"}}},
            "segments":{"0":{"type":"crypt","encryption":"aes-xts-plain64","sector_size":512}},"tokens":{"0":{"type":"systemd-tpm2"}}}"#;
        let header = read(&two(json)[..]).unwrap().unwrap();
        assert_eq!((header.version, header.intact, header.keyslots), (2, Some(true), 2));
        assert_eq!(
            (header.derivation, header.tokens),
            (vec!["argon2id".into(), "pbkdf2".into()], vec!["systemd-tpm2".into()])
        );
        let mut damaged = two(json);
        damaged[5000] ^= 1;
        assert_eq!(read(&damaged[..]).unwrap().unwrap().intact, Some(false));
    }

    #[test]
    fn anything_else_is_none() {
        assert_eq!(read(&[0; 4096][..]).unwrap(), None);
        assert_eq!(read(&b"LUKS\xba\xbe\x00\x03"[..]).unwrap(), None);
    }

    proptest! {
        #[test]
        fn any_header_is_read(noise in proptest::collection::vec(any::<u8>(), 0..600), json in "[\\[\\]{}:,\"a-z0-9]{0,60}", version in 1_u8..3) {
            let mut head = if version == 1 { one() } else { two(&json) };
            for (slot, byte) in head[8..].iter_mut().zip(&noise) {
                *slot ^= byte;
            }
            let _ = read(&head[..]);
            let _ = read(&head[..noise.len()]);
        }
    }
}
