//! Expected values, typed: read from what an author wrote, compared with facts by meaning.

use std::cmp::Ordering;
use std::net::IpAddr;

use serde_json::Value as Json;

use crate::probe::{Fact, Kind};
use crate::{address, units};

/// One expected value. The variants mirror the scalar [`Kind`]s.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    /// Lower case.
    Word(String),
    Int(i64),
    Bool(bool),
    Size(u64),
    Duration(u64),
    Ip(IpAddr),
    Net(IpAddr, u8),
    Mac([u8; 6]),
    Mode(u32),
    Time(i64),
}

impl Value {
    /// Reads what an author wrote for a field of this kind. Numbers may come as text: templates make text.
    pub(super) fn read(kind: Kind, json: &Json) -> Option<Self> {
        match (kind, json) {
            (Kind::Int, Json::Number(number)) => number.as_i64().map(Self::Int),
            (Kind::Bool, Json::Bool(flag)) => Some(Self::Bool(*flag)),
            (_, Json::String(text)) => Self::read_text(kind, text),
            _ => None,
        }
    }

    fn read_text(kind: Kind, text: &str) -> Option<Self> {
        match kind {
            Kind::Text => Some(Self::Text(text.to_owned())),
            Kind::Word => Some(Self::Word(text.to_lowercase())),
            Kind::Int => text.trim().parse().ok().map(Self::Int),
            Kind::Bool => text.trim().parse().ok().map(Self::Bool),
            Kind::Size => units::parse_size(text).ok().map(Self::Size),
            Kind::Duration => units::parse_duration(text).ok().map(Self::Duration),
            Kind::Ip => address::ip(text).map(Self::Ip),
            Kind::Net => address::net(text).map(|(address, prefix)| Self::Net(address, prefix)),
            Kind::Mac => address::mac(text).map(Self::Mac),
            Kind::Mode => units::parse_mode(text).ok().map(Self::Mode),
            Kind::Time => text.trim().parse::<jiff::Timestamp>().ok().map(|time| Self::Time(time.as_second())),
            Kind::List(_) | Kind::Record(_) => None,
        }
    }

    /// Whether a fact is this value; none when the fact is of another kind (the probe's fault, not the candidate's).
    pub(super) fn equals(&self, fact: &Fact) -> Option<bool> {
        Some(match (self, fact) {
            (Self::Text(a), Fact::Text(b)) => a == b,
            (Self::Word(a), Fact::Text(b)) => *a == b.to_lowercase(),
            (Self::Int(a), Fact::Int(b)) | (Self::Time(a), Fact::Time(b)) => a == b,
            (Self::Bool(a), Fact::Bool(b)) => a == b,
            (Self::Size(a), Fact::Size(b)) | (Self::Duration(a), Fact::Duration(b)) => a == b,
            (Self::Ip(a), Fact::Ip(b)) => *a == b.to_canonical(),
            (Self::Net(a, m), Fact::Net(b, n)) => (a, m) == (b, n),
            (Self::Mac(a), Fact::Mac(b)) => a == b,
            (Self::Mode(a), Fact::Mode(b)) => a == b,
            _ => return None,
        })
    }

    /// How a fact stands to this value: `Less` when the fact is below. None when they have no order (an IPv4 and an IPv6
    /// address) or aren't of one kind.
    pub(super) fn order(&self, fact: &Fact) -> Option<Ordering> {
        match (self, fact) {
            (Self::Int(a), Fact::Int(b)) | (Self::Time(a), Fact::Time(b)) => Some(b.cmp(a)),
            (Self::Size(a), Fact::Size(b)) | (Self::Duration(a), Fact::Duration(b)) => Some(b.cmp(a)),
            (Self::Ip(a), Fact::Ip(b)) => {
                let b = b.to_canonical();
                (a.is_ipv4() == b.is_ipv4()).then(|| b.cmp(a))
            }
            _ => None,
        }
    }

    /// The value as a fact, to say it in the same words.
    pub(super) fn fact(&self) -> Fact {
        match self.clone() {
            Self::Text(text) | Self::Word(text) => Fact::Text(text),
            Self::Int(number) => Fact::Int(number),
            Self::Bool(flag) => Fact::Bool(flag),
            Self::Size(bytes) => Fact::Size(bytes),
            Self::Duration(seconds) => Fact::Duration(seconds),
            Self::Ip(address) => Fact::Ip(address),
            Self::Net(address, prefix) => Fact::Net(address, prefix),
            Self::Mac(mac) => Fact::Mac(mac),
            Self::Mode(mode) => Fact::Mode(mode),
            Self::Time(seconds) => Fact::Time(seconds),
        }
    }
}

/// Whether `at_least`, `at_most` and `between` mean something.
pub(super) fn is_ordered(kind: Kind) -> bool {
    matches!(kind, Kind::Int | Kind::Size | Kind::Duration | Kind::Ip | Kind::Time)
}
