//! The parts of an HTTP/1.1 message (RFC 9112), read from a server that may send anything.

use std::io::{self, ErrorKind};

use super::conn::Conn;

/// More lines are an error.
const HEADERS: usize = 200;
/// Of a body, more is not read.
pub(in crate::probe) const BODY: usize = 1024 * 1024;

/// An answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::probe) struct Answer {
    pub(in crate::probe) status: u16,
    /// In their order, names as sent.
    pub(in crate::probe) headers: Vec<(String, String)>,
    pub(in crate::probe) body: Vec<u8>,
}

impl Answer {
    /// The first header of that name, whatever its case.
    pub(in crate::probe) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// Reads one answer; `bodiless`: to a HEAD or CONNECT.
pub(super) fn answer(conn: &mut Conn, bodiless: bool) -> io::Result<Answer> {
    loop {
        let status = status(&conn.line()?).ok_or(ErrorKind::InvalidData)?;
        let headers = headers(conn)?;
        if (100..200).contains(&status) {
            continue;
        }
        let mut answer = Answer { status, headers, body: Vec::new() };
        if !bodiless && ![204, 304].contains(&status) {
            answer.body = body(conn, &answer)?;
        }
        return Ok(answer);
    }
}

/// `HTTP/1.1 200 OK`
fn status(line: &str) -> Option<u16> {
    let mut words = line.split_whitespace();
    words.next()?.strip_prefix("HTTP/")?;
    words.next()?.parse().ok().filter(|code| (100..1000).contains(code))
}

fn headers(conn: &mut Conn) -> io::Result<Vec<(String, String)>> {
    let mut all = Vec::new();
    loop {
        let line = conn.line()?;
        if line.is_empty() {
            return Ok(all);
        }
        if all.len() == HEADERS {
            return Err(ErrorKind::InvalidData.into());
        }
        if let Some((name, value)) = line.split_once(':') {
            all.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }
}

fn body(conn: &mut Conn, answer: &Answer) -> io::Result<Vec<u8>> {
    if answer.header("transfer-encoding").is_some_and(|how| how.to_ascii_lowercase().contains("chunked")) {
        return chunks(conn);
    }
    match answer.header("content-length").and_then(|length| length.parse::<usize>().ok()) {
        Some(length) => conn.exactly(length.min(BODY), BODY),
        None => conn.rest(BODY),
    }
}

/// RFC 9112 §7.1; trailers are not read: the connection is not used again.
fn chunks(conn: &mut Conn) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = conn.line()?;
        let digits = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(digits, 16).map_err(|_| ErrorKind::InvalidData)?;
        if size == 0 || body.len() >= BODY {
            body.truncate(BODY);
            return Ok(body);
        }
        body.extend(conn.exactly(size, BODY)?);
        conn.line()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::wire::conn::tests::told;
    use proptest::prelude::*;

    fn read(said: &str) -> io::Result<Answer> {
        answer(&mut told(said.as_bytes()), false)
    }

    #[test]
    fn bodies_by_length_by_chunks_and_by_end_are_the_same() {
        for said in [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            "HTTP/1.0 200 OK\nServer: busybox\n\nhello",
        ] {
            let answer = read(said).unwrap();
            assert_eq!((answer.status, answer.body.as_slice()), (200, b"hello".as_slice()), "{said}");
        }
    }

    #[test]
    fn headers_are_found_whatever_their_case() {
        let answer = read("HTTP/1.1 302 Found\r\nlocation: /a b\r\nnonsense\r\nContent-Length: 0\r\n\r\n").unwrap();
        assert_eq!(answer.header("Location"), Some("/a b"));
        assert_eq!(answer.header("Server"), None);
    }

    #[test]
    fn what_is_cut_off_or_no_http_is_an_error() {
        for said in [
            "",
            "SSH-2.0-x\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
            "HTTP/1.1 20000 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
        ] {
            assert!(read(said).is_err(), "{said}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn garbage_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), chunks: bool) {
            let head = if chunks { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" } else { "HTTP/1.1 200 OK\r\n" };
            let _ = answer(&mut told(&[head.as_bytes(), &bytes].concat()), false);
            let _ = answer(&mut told(&bytes), false);
        }
    }
}
