//! Where the prepared machines are: `machines.toml`, written by the trainer.
//!
//! ```toml
//! [srv]                                  # the machine's name in the labs
//! host     = "192.168.7.10"
//! key      = "/etc/paillasse/id_ed25519" # without a passphrase, readable by its owner only
//! host-key = "ssh-ed25519 AAAAC3Nz…"     # the machine's /etc/ssh/ssh_host_ed25519_key.pub
//! reboot   = true                        # may it be restarted to see what survives?
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use serde::Deserialize;

use super::super::error::{StandError, failed};
use crate::{msg, paths};

/// One machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entry {
    /// Its name or address.
    pub host: String,
    /// Its port.
    #[serde(default = "ssh_port")]
    pub port: u16,
    /// Who to be there: root, or with [`Entry::sudo`] somebody who may become root without a password.
    #[serde(default = "root")]
    pub user: String,
    /// The private key's file on this PC.
    pub key: PathBuf,
    /// The machine's own public key, as in its `/etc/ssh/ssh_host_*_key.pub`.
    pub host_key: String,
    /// Whether to become root by sudo(8).
    #[serde(default)]
    pub sudo: bool,
    /// Whether a check may restart it.
    #[serde(default)]
    pub reboot: bool,
}

fn ssh_port() -> u16 {
    22
}

fn root() -> String {
    "root".to_owned()
}

/// The trainer's file.
#[must_use]
pub fn file() -> PathBuf {
    paths::data().join("machines.toml")
}

/// Every machine of the trainer's file.
pub fn load() -> Result<BTreeMap<String, Entry>, StandError> {
    let path = file();
    let shown = path.display().to_string();
    match fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text).map_err(|error: toml::de::Error| {
            let error = error.to_string();
            StandError::Refused(msg!("remote-bad-file", file = shown, error = error.trim_end()))
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(StandError::Refused(msg!("remote-no-file", file = shown)))
        }
        Err(error) => Err(failed(msg!("remote-do-read", file = shown))(error)),
    }
}

impl Entry {
    /// What would make the client say something less clear.
    pub(super) fn check(&self, name: &str) -> Result<(), StandError> {
        let wrong = |field: &str, value: String| {
            let file = file().display().to_string();
            Err(StandError::Refused(msg!(
                "remote-bad-entry",
                machine = name,
                field = field,
                value = value,
                file = file
            )))
        };
        if !is_host(&self.host) {
            return wrong("host", self.host.clone());
        }
        if !is_user(&self.user) {
            return wrong("user", self.user.clone());
        }
        if !is_public_key(&self.host_key) {
            return wrong("host-key", self.host_key.clone());
        }
        if !self.key.is_file() {
            return wrong("key", self.key.display().to_string());
        }
        Ok(())
    }
}

/// A name or an address, IPv6 with its zone too; never an option.
fn is_host(text: &str) -> bool {
    !text.starts_with('-') && !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || ".:-_%".contains(c))
}

fn is_user(text: &str) -> bool {
    !text.starts_with('-') && !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

/// `ssh-ed25519 AAAA…`, with or without a comment (sshd(8), "`AUTHORIZED_KEYS FILE FORMAT`"); on one line.
fn is_public_key(text: &str) -> bool {
    let is_word = |word: &str, more: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c));
    let mut words = text.split(' ');
    let kind = words.next().is_some_and(|kind| !kind.is_empty() && !kind.starts_with('#') && is_word(kind, "-.@"));
    let key = words.next().is_some_and(|key| key.starts_with("AAAA") && is_word(key, "+/="));
    kind && key && !text.contains(['\n', '\r', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "[srv]\nhost = \"192.0.2.7\"\nkey = \"/etc/hostname\"\nhost-key = \"ssh-ed25519 AAAAC3Nz\"\n";

    fn read(text: &str) -> Result<BTreeMap<String, Entry>, toml::de::Error> {
        toml::from_str(text)
    }

    #[test]
    fn an_entry_says_as_little_as_it_can() {
        let entry = &read(ONE).unwrap()["srv"];
        assert_eq!((entry.port, entry.user.as_str(), entry.reboot, entry.sudo), (22, "root", false, false));
        assert!(read(&format!("{ONE}hots = 1")).is_err());
        assert!(read("[srv]\nhost = \"x\"").is_err());
    }

    #[test]
    fn what_the_client_could_take_for_an_option_is_refused() {
        let entry = || read(ONE).unwrap().remove("srv").unwrap();
        assert!(entry().check("srv").is_ok());
        for wrong in [
            Entry { host: "-oProxyCommand=x".into(), ..entry() },
            Entry { host: "a b".into(), ..entry() },
            Entry { user: "-x".into(), ..entry() },
            Entry { host_key: "ssh-ed25519".into(), ..entry() },
            Entry { host_key: "ssh-ed25519 AAAA\n* ssh-rsa AAAA".into(), ..entry() },
            Entry { key: "/no/such/key".into(), ..entry() },
        ] {
            assert!(wrong.check("srv").is_err(), "{wrong:?}");
        }
    }
}
