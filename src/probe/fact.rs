//! What a probe saw: typed values, so that comparing is by meaning and never by spelling.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::i18n::Message;

/// One value found on a machine.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "t", content = "v")]
pub enum Fact {
    /// There is none (no such file, no offer, no label).
    None,
    /// Could not be looked at: a right or a tool is missing. Never a failure.
    Unknown(Message),
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// A number of bytes.
    Size(u64),
    /// A number of seconds.
    Duration(u64),
    /// An address.
    Ip(IpAddr),
    /// A network: address and prefix length. The address is kept as found (`10.0.0.5/24` for an interface).
    Net(IpAddr, u8),
    /// An Ethernet address.
    Mac([u8; 6]),
    /// Permission bits, 0 to 0o7777.
    Mode(u32),
    /// Seconds since 1970-01-01 UTC.
    Time(i64),
    /// Several values.
    List(Vec<Fact>),
    /// Named fields.
    Record(BTreeMap<String, Fact>),
}

/// The kind of value a field holds: how an expectation written in a TOML is read and compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Text, compared as it is.
    Text,
    /// Text, compared whatever its case (identifiers that systems treat so: labels of FAT and NTFS, GUIDs, domains).
    Word,
    /// A whole number.
    Int,
    /// Yes or no.
    Bool,
    /// Bytes; written with a unit (`512MiB`, `10GB`).
    Size,
    /// Seconds; written with a unit (`2h`, `1h30min`).
    Duration,
    /// An IPv4 or IPv6 address.
    Ip,
    /// An address with its prefix length or netmask.
    Net,
    /// An Ethernet address, any usual spelling.
    Mac,
    /// Permission bits; written in octal (`0644`).
    Mode,
    /// A moment; written as RFC 3339.
    Time,
    /// Several of one kind.
    List(&'static Kind),
    /// Named fields.
    Record(&'static [Field]),
}

/// One field of a probe family's observation: its documentation is the family's public reference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// Name in expectations.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What it means and where it is read (man page, kernel doc, RFC).
    pub doc: &'static str,
}

/// What one probe brought back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    /// The fields of the family (a [`Fact::Record`]), or [`Fact::Unknown`] for the whole.
    pub fact: Fact,
    /// Where it was seen, for people: "DHCP exchange on eth0", "/etc/fstab".
    pub source: Message,
}

impl Fact {
    /// A record from its fields.
    pub fn record<const N: usize>(fields: [(&str, Fact); N]) -> Self {
        Self::Record(fields.into_iter().map(|(name, fact)| (name.to_owned(), fact)).collect())
    }

    /// Several texts.
    pub fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::List(texts.into_iter().map(|text| Self::Text(text.into())).collect())
    }

    /// A whole number, of any type; one too large is the largest.
    pub fn whole(number: impl TryInto<i64>) -> Self {
        Self::Int(number.try_into().unwrap_or(i64::MAX))
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

impl FromIterator<Fact> for Fact {
    fn from_iter<T: IntoIterator<Item = Fact>>(facts: T) -> Self {
        Self::List(facts.into_iter().collect())
    }
}

impl<T: Into<Fact>> From<Option<T>> for Fact {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}
impl From<bool> for Fact {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
impl From<i64> for Fact {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}
impl From<String> for Fact {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}
impl From<&str> for Fact {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}
impl From<IpAddr> for Fact {
    fn from(value: IpAddr) -> Self {
        Self::Ip(value)
    }
}
