//! The way into a server that speaks in lines (SMTP, IMAP, `ManageSieve`): the connection, TLS, the certificate.

use std::io;
use std::time::Instant;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::conn::Conn;
use super::reach::{Closed, Reach, reach};
use super::trust::{self, Judged, Store};
use crate::i18n::Message;
use crate::probe::Fact;

/// How TLS starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// On demand, before anything else is said.
    Starttls,
    /// At once (RFC 8314).
    Implicit,
    /// Not at all: everything is said in clear.
    None,
}

/// Where to, and how careful.
pub(in crate::probe) struct Door<'a> {
    pub(in crate::probe) host: &'a str,
    pub(in crate::probe) port: u16,
    pub(in crate::probe) tls: Tls,
    pub(in crate::probe) store: &'a Store,
    /// Whether to go on where the certificate is not valid.
    pub(in crate::probe) insecure: bool,
    /// Says what the protocol says to start TLS.
    pub(in crate::probe) start_tls: fn(&mut Conn) -> io::Result<()>,
}

/// What came of it.
pub(in crate::probe) enum Entered {
    /// A conversation; the certificate under TLS.
    In(Box<Conn>, Option<Judged>),
    /// Not in: the state's word, the certificate's verdict, why.
    Out { state: &'static str, valid: Option<bool>, why: Option<String> },
}

impl Entered {
    fn closed(closed: Closed) -> Self {
        Self::Out { state: closed.word(), valid: None, why: None }
    }
}

impl Door<'_> {
    /// Enters; the error says why nothing can be told.
    pub(in crate::probe) fn enter(&self, end: Instant) -> Result<Entered, Message> {
        let stream = match reach(self.host, self.port, end)? {
            Reach::Closed(closed) => return Ok(Entered::closed(closed)),
            Reach::Open(stream, _) => stream,
        };
        let mut conn = Conn::plain(stream, end);
        if self.tls == Tls::None {
            return Ok(Entered::In(Box::new(conn), None));
        }
        let asked = if self.tls == Tls::Starttls { (self.start_tls)(&mut conn) } else { Ok(()) };
        let conn = match asked.and_then(|()| conn.secured(self.host)) {
            Ok(conn) => conn,
            Err(error) => return Ok(Entered::Out { state: "no-tls", valid: None, why: Some(error.to_string()) }),
        };
        let judged = trust::judge(&conn.chain, self.store, self.host, trust::now());
        Ok(match judged {
            Some(judged) if judged.is_valid() || self.insecure => Entered::In(Box::new(conn), Some(judged)),
            Some(judged) => Entered::Out { state: "untrusted", valid: Some(false), why: judged.problem() },
            None => Entered::Out { state: "untrusted", valid: Some(false), why: None },
        })
    }
}

/// The fields every such family begins with, for who is not in.
pub(in crate::probe) fn outside(state: &str, valid: Option<bool>, why: Option<String>) -> Fact {
    Fact::record([("state", state.into()), ("certificate-valid", valid.into()), ("reason", why.into())])
}
