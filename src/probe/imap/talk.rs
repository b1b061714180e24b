//! A conversation with an IMAP server (RFC 9051): commands and their answers.

use std::io::{self, ErrorKind};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::line::{Part, folder_code, folder_name, literal, parts, quote};
use crate::probe::wire::conn::Conn;
use crate::probe::wire::secret::Secret;

/// Of one command's answers, more is an error.
const LINES: usize = 5000;
const BYTES: usize = 1024 * 1024;

/// Who may do what.
pub(super) type Entries = Vec<(String, String)>;

/// A conversation.
pub(in crate::probe) struct Talk {
    conn: Conn,
    number: u32,
}

/// What a command brought: the lines before its end, and whether it ended well.
pub(super) struct Done {
    pub(super) lines: Vec<Vec<Part>>,
    pub(super) good: bool,
    pub(super) words: String,
}

/// Greets and starts TLS.
pub(in crate::probe) fn start_tls(conn: &mut Conn) -> io::Result<()> {
    conn.line()?;
    conn.send(b"a0 STARTTLS\r\n")?;
    for _ in 0..LINES {
        let line = conn.line()?;
        if let Some(end) = line.strip_prefix("a0 ") {
            return if end.to_ascii_uppercase().starts_with("OK") {
                Ok(())
            } else {
                Err(io::Error::other(end.to_owned()))
            };
        }
    }
    Err(ErrorKind::InvalidData.into())
}

impl Talk {
    /// `greeted`: the server's greeting was read already.
    pub(in crate::probe) fn new(mut conn: Conn, greeted: bool) -> io::Result<Self> {
        if !greeted {
            conn.line()?;
        }
        Ok(Self { conn, number: 0 })
    }

    pub(super) fn ask(&mut self, command: &str) -> io::Result<Done> {
        self.number += 1;
        let tag = format!("p{}", self.number);
        self.conn.send(format!("{tag} {command}\r\n").as_bytes())?;
        self.end(&tag)
    }

    /// Reads until the end of the command of that tag.
    fn end(&mut self, tag: &str) -> io::Result<Done> {
        let (mut lines, mut size) = (Vec::new(), 0);
        loop {
            let line = self.whole_line()?;
            size += line.len();
            if lines.len() > LINES || size > BYTES {
                return Err(ErrorKind::InvalidData.into());
            }
            if let Some(words) = line.strip_prefix(tag).and_then(|rest| rest.strip_prefix(' ')) {
                return Ok(Done { lines, good: words.to_ascii_uppercase().starts_with("OK"), words: words.to_owned() });
            }
            if line.starts_with('+') {
                // A continuation that was not asked for: an empty line ends it.
                self.conn.send(b"\r\n")?;
            }
            // A line that makes no sense is nobody's answer.
            lines.extend(parts(&line));
        }
    }

    /// A line with its literals put into quotes.
    fn whole_line(&mut self) -> io::Result<String> {
        let mut whole = String::new();
        loop {
            let line = self.conn.line()?;
            let Some(length) = literal(&line) else { return Ok(whole + &line) };
            if whole.len() > BYTES {
                return Err(ErrorKind::InvalidData.into());
            }
            whole.push_str(line.rsplit_once('{').map_or("", |(before, _)| before));
            let bytes = self.conn.exactly(length, BYTES)?;
            whole.push_str(&quote(&String::from_utf8_lossy(&bytes)));
        }
    }

    pub(super) fn capabilities(&mut self) -> io::Result<Vec<String>> {
        let done = self.ask("CAPABILITY")?;
        let line = done.lines.iter().find(|line| is(line, 1, "CAPABILITY"));
        Ok(line.map(|line| line.iter().skip(2).filter_map(Part::text).map(str::to_owned).collect()).unwrap_or_default())
    }

    /// Logs in (RFC 4616); what the server said.
    pub(in crate::probe) fn login(&mut self, user: &str, password: &Secret) -> io::Result<Result<(), String>> {
        self.number += 1;
        let tag = format!("p{}", self.number);
        self.conn.send(format!("{tag} AUTHENTICATE PLAIN\r\n").as_bytes())?;
        let line = loop {
            let line = self.whole_line()?;
            if line.starts_with('+') || line.starts_with(&tag) {
                break line;
            }
        };
        if let Some(words) = line.strip_prefix(&tag) {
            return Ok(Err(words.trim().to_owned()));
        }
        let secret = STANDARD.encode(format!("\0{user}\0{}", password.reveal()));
        self.conn.send(format!("{secret}\r\n").as_bytes())?;
        let done = self.end(&tag)?;
        Ok(if done.good { Ok(()) } else { Err(password.hide_in(&done.words)) })
    }

    pub(in crate::probe) fn folders(&mut self) -> io::Result<Vec<String>> {
        let done = self.ask("LIST \"\" \"*\"")?;
        let names = done.lines.iter().filter(|line| is(line, 1, "LIST")).filter_map(|line| line.get(4)?.text());
        Ok(names.map(folder_name).collect())
    }

    /// Opens a folder to look; how many messages it holds, or what the server says.
    pub(super) fn examine(&mut self, folder: &str) -> io::Result<Result<i64, String>> {
        self.open("EXAMINE", folder)
    }

    /// Opens a folder to change it.
    pub(in crate::probe) fn select(&mut self, folder: &str) -> io::Result<bool> {
        Ok(self.open("SELECT", folder)?.is_ok())
    }

    fn open(&mut self, how: &str, folder: &str) -> io::Result<Result<i64, String>> {
        let done = self.ask(&format!("{how} {}", quote(&folder_code(folder))))?;
        let count =
            done.lines.iter().find(|line| is(line, 2, "EXISTS")).and_then(|line| line.get(1)?.text()?.parse().ok());
        Ok(if done.good { Ok(count.unwrap_or(0)) } else { Err(done.words) })
    }

    /// The subjects of the last messages of the open folder.
    pub(super) fn subjects(&mut self, count: i64) -> io::Result<Vec<String>> {
        if count <= 0 {
            return Ok(Vec::new());
        }
        let first = (count - 19).max(1);
        let done = self.ask(&format!("FETCH {first}:{count} (ENVELOPE)"))?;
        let envelope = |line: &Vec<Part>| Some(line.get(3)?.list().get(1)?.list().get(1)?.text()?.to_owned());
        Ok(done.lines.iter().filter(|line| is(line, 2, "FETCH")).filter_map(envelope).collect())
    }

    /// What a user may do with a folder (RFC 4314), its own rights first; none: the server knows no such rights.
    pub(super) fn rights(&mut self, folder: &str) -> io::Result<(Option<String>, Entries)> {
        let folder = quote(&folder_code(folder));
        let text = |line: &[Part], at: usize| line.get(at).and_then(Part::text).map(str::to_owned);
        let own = self.ask(&format!("MYRIGHTS {folder}"))?;
        let own = own.lines.iter().find(|line| is(line, 1, "MYRIGHTS")).and_then(|line| text(line, 3));
        let all = self.ask(&format!("GETACL {folder}"))?;
        let list = all.lines.iter().find(|line| is(line, 1, "ACL")).map(|line| {
            line.get(3..)
                .unwrap_or_default()
                .chunks(2)
                .filter_map(|pair| Some((text(pair, 0)?, text(pair, 1)?)))
                .collect()
        });
        Ok((own, list.unwrap_or_default()))
    }

    /// The numbers of the messages with this `Message-ID` in the open folder.
    pub(in crate::probe) fn search(&mut self, id: &str) -> io::Result<Vec<String>> {
        let done = self.ask(&format!("UID SEARCH HEADER Message-ID {}", quote(id)))?;
        let line = done.lines.iter().find(|line| is(line, 1, "SEARCH"));
        Ok(line.map(|line| line.iter().skip(2).filter_map(Part::text).map(str::to_owned).collect()).unwrap_or_default())
    }

    /// Removes messages from the open folder.
    pub(in crate::probe) fn remove(&mut self, uids: &[String]) -> io::Result<()> {
        for uid in uids.iter().filter(|uid| uid.bytes().all(|byte| byte.is_ascii_digit())) {
            self.ask(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)"))?;
            // Only this one (RFC 4315); a server without it only knows how to remove all that are so marked.
            self.ask(&format!("UID EXPUNGE {uid}"))?;
        }
        Ok(())
    }

    pub(in crate::probe) fn logout(mut self) {
        let _ = self.ask("LOGOUT");
    }
}

fn is(line: &[Part], at: usize, word: &str) -> bool {
    line.get(at).and_then(Part::text).is_some_and(|text| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::wire::conn::tests::told;
    use proptest::prelude::*;

    fn talk(said: &str) -> Talk {
        Talk::new(told(said.as_bytes()), true).unwrap()
    }

    #[test]
    fn folders_and_subjects_are_told() {
        let said = "* LIST (\\Noselect) \"/\" Public\r\n* LIST () \"/\" {3}\r\nA&B\r\n* LIST () \"/\" \"&AMk-t&AOk-\"\r\np1 OK\r\n";
        assert_eq!(talk(said).folders().unwrap(), ["Public", "A&B", "Été"]);
        let said = "* 1 FETCH (ENVELOPE (\"date\" {5}\r\nObjet NIL))\r\n* 2 FETCH (FLAGS ())\r\np1 OK done\r\n";
        assert_eq!(talk(said).subjects(2).unwrap(), ["Objet"]);
    }

    #[test]
    fn rights_are_told() {
        let said = "* MYRIGHTS INBOX lr\r\np1 OK\r\n* ACL INBOX anne lrswipkxtea luc lr\r\np2 OK\r\n";
        let (own, all) = talk(said).rights("INBOX").unwrap();
        assert_eq!((own.as_deref(), all.len(), all[1].1.as_str()), (Some("lr"), 2, "lr"));
        let (own, all) = talk("p1 BAD unknown\r\np2 BAD unknown\r\n").rights("INBOX").unwrap();
        assert_eq!((own, all.len()), (None, 0));
    }

    #[test]
    fn a_refused_login_is_no_error() {
        let said = "+\r\np1 NO [AUTHENTICATIONFAILED] hush\r\n";
        assert_eq!(talk(said).login("anne", &Secret::from("hush")).unwrap(), Err("NO [AUTHENTICATIONFAILED] …".into()));
        assert!(talk("p1 NO disabled\r\n").login("anne", &Secret::default()).unwrap().is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn garbage_never_panics(text in "([*p1-9 ]{0,4}(LIST|ACL|FETCH|SEARCH)?.{0,30}(\\{[0-9]{1,9}\\})?\r\n){0,6}") {
            let _ = talk(&text).folders();
            let _ = talk(&text).rights("INBOX");
            let _ = talk(&text).subjects(1);
        }
    }
}
