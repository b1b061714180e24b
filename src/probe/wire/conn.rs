//! A conversation with a server: lines and counted bytes, in clear or under TLS, until a given moment.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use rustls::{ClientConnection, StreamOwned};

use super::left;
use super::tls::{Chain, Witness};

/// A longer line is an error: no server's answer has one.
const LINE: usize = 64 * 1024;

/// A TCP stream whose every read and write ends by a given moment.
struct Timed {
    stream: TcpStream,
    end: Instant,
}

impl Timed {
    fn in_time<T>(&self, done: io::Result<T>) -> io::Result<T> {
        match done {
            Err(error) if error.kind() == ErrorKind::WouldBlock => Err(ErrorKind::TimedOut.into()),
            _ if Instant::now() >= self.end => Err(ErrorKind::TimedOut.into()),
            other => other,
        }
    }
}

impl Read for Timed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(left(self.end)))?;
        let done = self.stream.read(buffer);
        self.in_time(done)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.end)))?;
        let done = self.stream.write(bytes);
        self.in_time(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

enum Pipe {
    Plain(Timed),
    Tls(Box<StreamOwned<ClientConnection, Timed>>),
}

/// A conversation.
pub(in crate::probe) struct Conn {
    pipe: Pipe,
    /// What was read and not yet asked for.
    ahead: Vec<u8>,
    /// The server's certificates, once TLS has started.
    pub(in crate::probe) chain: Chain,
    /// `TLS 1.2`, `TLS 1.3`.
    pub(in crate::probe) protocol: Option<&'static str>,
}

impl Conn {
    /// In clear.
    pub(in crate::probe) fn plain(stream: TcpStream, end: Instant) -> Self {
        Self { pipe: Pipe::Plain(Timed { stream, end }), ahead: Vec::new(), chain: Vec::new(), protocol: None }
    }

    /// From now on under TLS, with a server of that name. What it said in clear beyond its answer is forgotten: somebody
    /// in between could have added it (RFC 3207 §4.2).
    pub(in crate::probe) fn secured(self, name: &str) -> io::Result<Self> {
        let Pipe::Plain(mut timed) = self.pipe else { return Err(ErrorKind::InvalidInput.into()) };
        let (mut client, witness) = Witness::client(name).map_err(io::Error::other)?;
        while client.is_handshaking() {
            client.complete_io(&mut timed)?;
        }
        let protocol = match client.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
            _ => "TLS 1.2",
        };
        let pipe = Pipe::Tls(Box::new(StreamOwned::new(client, timed)));
        Ok(Self { pipe, ahead: Vec::new(), chain: witness.chain(), protocol: Some(protocol) })
    }

    pub(in crate::probe) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.pipe {
            Pipe::Plain(timed) => timed.write_all(bytes).and_then(|()| timed.flush()),
            Pipe::Tls(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        }
    }

    /// Reads more; whether there was more.
    pub(in crate::probe) fn more(&mut self) -> io::Result<bool> {
        let mut buffer = [0; 16 * 1024];
        let read = match &mut self.pipe {
            Pipe::Plain(timed) => timed.read(&mut buffer),
            Pipe::Tls(stream) => stream.read(&mut buffer),
        };
        let count = match read {
            Ok(count) => count,
            // Many servers close without TLS's own farewell.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => 0,
            Err(error) => return Err(error),
        };
        self.ahead.extend_from_slice(&buffer[..count]);
        Ok(count > 0)
    }

    /// The next line, without its end; bytes that are no UTF-8 are replaced.
    pub(in crate::probe) fn line(&mut self) -> io::Result<String> {
        let mut searched = 0;
        loop {
            if let Some(at) = self.ahead[searched..].iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.ahead.drain(..=searched + at).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned());
            }
            searched = self.ahead.len();
            if searched > LINE {
                return Err(ErrorKind::InvalidData.into());
            }
            if !self.more()? {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// So many bytes, `limit` at most.
    pub(in crate::probe) fn exactly(&mut self, count: usize, limit: usize) -> io::Result<Vec<u8>> {
        if count > limit {
            return Err(ErrorKind::InvalidData.into());
        }
        while self.ahead.len() < count {
            if !self.more()? {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.ahead.drain(..count).collect())
    }

    /// All until the server closes, `limit` bytes at most.
    pub(in crate::probe) fn rest(&mut self, limit: usize) -> io::Result<Vec<u8>> {
        while self.ahead.len() < limit && self.more()? {}
        self.ahead.truncate(limit);
        Ok(std::mem::take(&mut self.ahead))
    }
}

#[cfg(test)]
pub(in crate::probe) mod tests {
    use super::*;
    use std::net::TcpListener;
    use std::time::Duration;

    /// A conversation with a server that says this and closes.
    pub(in crate::probe) fn told(said: &[u8]) -> Conn {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(server.local_addr().unwrap()).unwrap();
        let said = said.to_vec();
        let (mut other, _) = server.accept().unwrap();
        std::thread::spawn(move || {
            let _ = other.write_all(&said);
            let _ = other.shutdown(std::net::Shutdown::Write);
            let _ = other.read_to_end(&mut Vec::new());
        });
        Conn::plain(stream, Instant::now() + Duration::from_secs(20))
    }

    #[test]
    fn lines_and_counted_bytes_come_apart() {
        let mut conn = told(b"one\r\ntwo\nabcdefcaf\xe9");
        assert_eq!((conn.line().unwrap(), conn.line().unwrap()), ("one".to_owned(), "two".to_owned()));
        assert_eq!(conn.exactly(3, 10).unwrap(), b"abc");
        assert!(conn.exactly(11, 10).is_err(), "too much");
        assert_eq!(conn.rest(100).unwrap(), b"defcaf\xe9");
        assert!(conn.line().is_err());
    }

    #[test]
    fn an_endless_line_is_an_error() {
        assert_eq!(told(&vec![b'x'; 3 * LINE]).line().unwrap_err().kind(), ErrorKind::InvalidData);
    }

    #[test]
    fn a_silent_server_is_not_waited_for() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = TcpStream::connect(server.local_addr().unwrap()).unwrap();
        let mut conn = Conn::plain(stream, Instant::now() + Duration::from_millis(50));
        assert_eq!(conn.line().unwrap_err().kind(), ErrorKind::TimedOut);
    }

    #[test]
    fn a_server_that_speaks_no_tls_is_an_error() {
        assert!(told(b"220 hello\r\n").secured("localhost").is_err());
    }
}
