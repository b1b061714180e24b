//! A small HTTP/1.1 client (RFC 9110, RFC 9112): one request a connection.

use std::fmt::Write as _;
use std::io;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::conn::Conn;
pub(in crate::probe) use super::http_read::Answer;
use super::http_read::answer;
use super::reach::{Closed, Reach, reach};
use super::trust::{self, Judged, Store};
use crate::i18n::Message;

/// The parts of an address that a request needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::probe) struct Url {
    pub(in crate::probe) secure: bool,
    pub(in crate::probe) host: String,
    pub(in crate::probe) port: u16,
    /// From the first slash on, query included.
    pub(in crate::probe) path: String,
}

impl Url {
    /// `http://host:port/path`, `https://[::1]/`; `ipp://` is HTTP on port 631 (RFC 3510). None: no such address.
    pub(in crate::probe) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim().split_once("://")?;
        let (secure, default) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (false, 80),
            "https" => (true, 443),
            "ipp" => (false, 631),
            "ipps" => (true, 631),
            _ => return None,
        };
        let rest = rest.split('#').next()?;
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(at);
        let authority = authority.rsplit('@').next()?;
        let (host, port) = match authority.strip_prefix('[') {
            Some(v6) => {
                let (host, after) = v6.split_once(']')?;
                (host, after.strip_prefix(':'))
            }
            None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
        };
        let port = port.filter(|port| !port.is_empty()).map_or(Some(default), |port| port.parse().ok())?;
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
        let clean = |text: &str| !text.chars().any(|c| c.is_control() || c == ' ');
        (!host.is_empty() && clean(host) && clean(&path)).then(|| Self { secure, host: host.to_owned(), port, path })
    }

    /// Where this one points to, as a browser would follow it (RFC 3986 §5; dots are left to the server).
    pub(in crate::probe) fn join(&self, location: &str) -> Option<Self> {
        let location = location.trim();
        if location.contains("://") {
            return Self::parse(location);
        }
        if let Some(rest) = location.strip_prefix("//") {
            return Self::parse(&format!("{}://{rest}", if self.secure { "https" } else { "http" }));
        }
        let path = if location.starts_with('/') {
            location.to_owned()
        } else {
            let folder = self.path.split('?').next()?.rsplit_once('/').map_or("", |(folder, _)| folder);
            format!("{folder}/{location}")
        };
        (!path.chars().any(|c| c.is_control() || c == ' ')).then(|| Self { path, ..self.clone() })
    }

    /// Host and port as a header names them: the port only where it is not the usual one.
    fn authority(&self) -> String {
        let host = self.bracketed();
        let usual = if self.secure { 443 } else { 80 };
        if self.port == usual { host } else { format!("{host}:{}", self.port) }
    }

    fn bracketed(&self) -> String {
        if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() }
    }
}

impl std::fmt::Display for Url {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}://{}{}", if self.secure { "https" } else { "http" }, self.authority(), self.path)
    }
}

/// A request.
pub(in crate::probe) struct Request<'a> {
    pub(in crate::probe) method: &'a str,
    pub(in crate::probe) headers: Vec<(String, String)>,
    pub(in crate::probe) body: &'a [u8],
    /// Through this proxy (`http://proxy:3128`).
    pub(in crate::probe) proxy: Option<&'a Url>,
    /// Who is trusted to vouch for a server, and whether nothing is said to one whose certificate is not valid.
    pub(in crate::probe) store: &'a Store,
    pub(in crate::probe) strict: bool,
}

/// What came of a request.
#[derive(Debug)]
pub(in crate::probe) enum Outcome {
    /// No connection.
    Closed(Closed),
    /// The proxy did not connect: what it answered.
    Proxy(Answer),
    /// The server's certificate was not accepted, so that nothing was said.
    Untrusted(Box<Judged>),
    /// It spoke, but not as it should, or it stopped in the middle.
    Broken(String),
    /// Its answer, and its certificate under TLS.
    Answered(Answer, Option<Box<Judged>>),
}

impl Request<'_> {
    /// Asks; the error says why nothing can be told.
    pub(in crate::probe) fn send(&self, url: &Url, end: Instant) -> Result<Outcome, Message> {
        let first = self.proxy.unwrap_or(url);
        match reach(&first.host, first.port, end)? {
            Reach::Closed(closed) => Ok(Outcome::Closed(closed)),
            Reach::Open(stream, _) => {
                let said = self.converse(Conn::plain(stream, end), url);
                Ok(said.unwrap_or_else(|error| Outcome::Broken(error.to_string())))
            }
        }
    }

    fn converse(&self, mut conn: Conn, url: &Url) -> io::Result<Outcome> {
        let mut judged = None;
        if url.secure {
            if self.proxy.is_some() {
                let target = format!("{}:{}", url.bracketed(), url.port);
                conn.send(format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n").as_bytes())?;
                let answer = answer(&mut conn, true)?;
                if answer.status != 200 {
                    return Ok(Outcome::Proxy(answer));
                }
            }
            conn = conn.secured(&url.host)?;
            let found = trust::judge(&conn.chain, self.store, &url.host, trust::now());
            let found = found.map(Box::new).ok_or(io::ErrorKind::InvalidData)?;
            if self.strict && !found.is_valid() {
                return Ok(Outcome::Untrusted(found));
            }
            judged = Some(found);
        }
        conn.send(&self.head(url))?;
        conn.send(self.body)?;
        Ok(Outcome::Answered(answer(&mut conn, self.method == "HEAD")?, judged))
    }

    fn head(&self, url: &Url) -> Vec<u8> {
        let target = if self.proxy.is_some() && !url.secure { url.to_string() } else { url.path.clone() };
        let mut head =
            format!("{} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.method, url.authority());
        for (name, value) in &self.headers {
            // A line end in a value would be a header of its own.
            let value: String = value.chars().filter(|c| !c.is_control()).collect();
            let _ = write!(head, "{name}: {value}\r\n");
        }
        if !self.body.is_empty() {
            let _ = write!(head, "Content-Length: {}\r\n", self.body.len());
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

/// `Authorization: Basic …` (RFC 7617).
pub(in crate::probe) fn basic(user: &str, password: &str) -> (String, String) {
    ("Authorization".to_owned(), format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn addresses_come_apart_and_together() {
        let parsed = url("https://web.test:8443/a?b=c#d");
        assert_eq!(
            (parsed.secure, parsed.host.as_str(), parsed.port, parsed.path.as_str()),
            (true, "web.test", 8443, "/a?b=c")
        );
        assert_eq!(url("http://[fd00::1]").to_string(), "http://[fd00::1]/");
        assert_eq!((url("ipp://prn/ipp/print").port, url("http://h?x").path.as_str()), (631, "/?x"));
        for wrong in
            ["", "web.test", "ftp://x/", "http://", "http://a:b/", "http://[::1/", "http://a b/", "http://a/\r\nX: y"]
        {
            assert_eq!(Url::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn redirections_are_followed_as_a_browser_would() {
        let from = url("https://web.test/a/b?q");
        assert_eq!(from.join("/c").unwrap().to_string(), "https://web.test/c");
        assert_eq!(from.join("c").unwrap().to_string(), "https://web.test/a/c");
        assert_eq!(from.join("//other.test/").unwrap().to_string(), "https://other.test/");
        assert_eq!(from.join("http://web.test").unwrap().port, 80);
        assert_eq!(from.join("javascript://x"), None);
    }

    #[test]
    fn a_header_cannot_smuggle_another() {
        let store = Store::of_pem(b"");
        let request = Request {
            method: "GET",
            headers: vec![("X".into(), "a\r\nEvil: b".into())],
            body: b"",
            proxy: None,
            store: &store,
            strict: true,
        };
        let head = String::from_utf8(request.head(&url("http://web.test:8080/"))).unwrap();
        assert_eq!(head, "GET / HTTP/1.1\r\nHost: web.test:8080\r\nConnection: close\r\nX: aEvil: b\r\n\r\n");
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in ".{0,80}", more in ".{0,40}") {
            if let Some(url) = Url::parse(&text) {
                let _ = url.join(&more);
                prop_assert_eq!(Url::parse(&url.to_string()).map(|again| again.host), Some(url.host));
            }
        }
    }
}
