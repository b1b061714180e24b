//! A mailbox as a mail program sees it (IMAP, RFC 9051): login, folders, messages, rights.

mod line;
pub(super) mod talk;

use std::io;
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wire::door::{Door, Entered, Tls, outside};
use super::wire::secret::Secret;
use super::wire::trust::{self, Judged, Store};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation};
use crate::i18n::Message;
use crate::msg;
use talk::Talk;

/// What a lab writes: `imap = { host = "mail", user = "anne", password = "…", folder = "Public" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// The server: a name, as the machine knows it, or an address.
    pub host: String,
    /// Its port; 143 unless said.
    pub port: Option<u16>,
    /// How TLS starts; on demand unless said, at once on port 993.
    pub tls: Option<Tls>,
    /// A file of the machine with the authorities to trust, instead of those it trusts.
    pub ca: Option<String>,
    /// Go on where the certificate is not valid.
    #[serde(default)]
    pub insecure: bool,
    /// Who logs in; nobody unless said.
    pub user: Option<String>,
    /// The user's password.
    #[serde(default)]
    pub password: Secret,
    /// The folder to look into; INBOX unless said.
    pub folder: Option<String>,
}

const ENTRY: &[Field] = &[
    Field { name: "who", kind: Kind::Text, doc: "a user, or `anyone`" },
    Field {
        name: "rights",
        kind: Kind::Text,
        doc: "letters: l see, r read, s seen, w flags, i insert, p post, k make, x delete, t delete messages, e expunge, a administer",
    },
];

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS).needs(&[Need::Tool("getent")]).secrets(&["password"]);

const FIELDS: &[Field] = &[
    Field {
        name: "state",
        kind: Kind::Word,
        doc: "answered; no-tls: TLS was refused or broke; untrusted: the certificate is not accepted; broken: it stopped; \
              else as of the probe `tcp`: why there is no connection",
    },
    Field { name: "certificate-valid", kind: Kind::Bool, doc: "whether the certificate is accepted; none: no TLS" },
    Field {
        name: "capabilities",
        kind: Kind::List(&Kind::Word),
        doc: "what the server can do (CAPABILITY), before the login",
    },
    Field { name: "login", kind: Kind::Bool, doc: "whether the password is accepted; none: nobody logged in" },
    Field { name: "folders", kind: Kind::List(&Kind::Text), doc: "the user's folders (LIST), those shared included" },
    Field { name: "folder-opens", kind: Kind::Bool, doc: "whether the folder can be looked into" },
    Field { name: "messages", kind: Kind::Int, doc: "how many messages are in the folder" },
    Field {
        name: "subjects",
        kind: Kind::List(&Kind::Text),
        doc: "the subjects of its last 20 messages, as sent (RFC 2047 is not decoded)",
    },
    Field {
        name: "rights",
        kind: Kind::Text,
        doc: "what the user may do there, letters of RFC 4314; none: the server knows no rights",
    },
    Field {
        name: "acl",
        kind: Kind::List(&Kind::Record(ENTRY)),
        doc: "who may do what there (RFC 4314), for who may know",
    },
    Field { name: "reason", kind: Kind::Text, doc: "what went wrong" },
];

const LIMIT: Duration = Duration::from_secs(8);

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-imap", host = &args.host);
    let end = Instant::now() + machine.timeout().min(LIMIT);
    let store = trust::store(machine, args.ca.as_deref());
    let fact = store.and_then(|store| look(args, &store, end)).unwrap_or_else(Fact::Unknown);
    Observation { fact, source }
}

/// Enters: a conversation and the certificate's verdict, or the fact that says why not.
pub(super) fn enter(args: &Args, store: &Store, end: Instant) -> Result<Result<(Talk, Option<bool>), Fact>, Message> {
    let port = args.port.unwrap_or(143);
    let tls = args.tls.unwrap_or(if port == 993 { Tls::Implicit } else { Tls::Starttls });
    let door = Door { host: &args.host, port, tls, store, insecure: args.insecure, start_tls: talk::start_tls };
    Ok(match door.enter(end)? {
        Entered::Out { state, valid, why } => Err(outside(state, valid, why)),
        Entered::In(conn, judged) => {
            let valid = judged.as_ref().map(Judged::is_valid);
            match Talk::new(*conn, tls == Tls::Starttls) {
                Ok(talk) => Ok((talk, valid)),
                Err(error) => Err(outside("broken", valid, Some(error.to_string()))),
            }
        }
    })
}

fn look(args: &Args, store: &Store, end: Instant) -> Result<Fact, Message> {
    let (mut talk, valid) = match enter(args, store, end)? {
        Ok(entered) => entered,
        Err(fact) => return Ok(fact),
    };
    let mut seen = Seen::default();
    let done = seen.go(&mut talk, args);
    talk.logout();
    if let Err(error) = done {
        return Ok(outside("broken", valid, Some(error.to_string())));
    }
    Ok(seen.fact(valid))
}

#[derive(Debug, Default)]
struct Seen {
    capabilities: Vec<String>,
    login: Option<bool>,
    folders: Option<Vec<String>>,
    messages: Option<i64>,
    subjects: Option<Vec<String>>,
    rights: Option<String>,
    acl: Vec<(String, String)>,
    why: Option<String>,
}

impl Seen {
    fn go(&mut self, talk: &mut Talk, args: &Args) -> io::Result<()> {
        self.capabilities = talk.capabilities()?;
        let Some(user) = &args.user else { return Ok(()) };
        let login = talk.login(user, &args.password)?;
        self.login = Some(login.is_ok());
        if let Err(why) = login {
            self.why = Some(why);
            return Ok(());
        }
        self.folders = Some(talk.folders()?);
        let folder = args.folder.as_deref().unwrap_or("INBOX");
        match talk.examine(folder)? {
            Ok(count) => {
                self.messages = Some(count);
                self.subjects = Some(talk.subjects(count)?);
                (self.rights, self.acl) = talk.rights(folder)?;
            }
            Err(why) => self.why = Some(why),
        }
        Ok(())
    }

    fn fact(self, valid: Option<bool>) -> Fact {
        let entry = |(who, rights): (String, String)| Fact::record([("who", who.into()), ("rights", rights.into())]);
        Fact::record([
            ("state", "answered".into()),
            ("certificate-valid", valid.into()),
            ("capabilities", Fact::texts(self.capabilities)),
            ("login", self.login.into()),
            ("folder-opens", self.folders.is_some().then_some(self.messages.is_some()).into()),
            ("folders", self.folders.map_or(Fact::None, Fact::texts)),
            ("messages", self.messages.into()),
            ("subjects", self.subjects.map_or(Fact::None, Fact::texts)),
            ("rights", self.rights.into()),
            ("acl", Fact::List(self.acl.into_iter().map(entry).collect())),
            ("reason", self.why.into()),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probe::wire::conn::tests::told;

    fn see(said: &str, args: serde_json::Value) -> Fact {
        let args: Args = serde_json::from_value(args).unwrap();
        let mut talk = Talk::new(told(said.as_bytes()), true).unwrap();
        let mut seen = Seen::default();
        seen.go(&mut talk, &args).unwrap();
        seen.fact(None)
    }

    #[test]
    fn a_mailbox_is_told_whole() {
        let said = "* CAPABILITY IMAP4rev1 LOGINDISABLED\r\np1 OK\r\n+\r\np2 OK in\r\n* LIST () \"/\" INBOX\r\np3 OK\r\n\
                    * 0 EXISTS\r\np4 OK\r\n* MYRIGHTS INBOX lr\r\np5 OK\r\n* ACL INBOX anne lr\r\np6 OK\r\n";
        let Fact::Record(fields) = see(said, serde_json::json!({ "host": "m", "user": "anne" })) else {
            panic!("a record")
        };
        assert_eq!((&fields["login"], &fields["messages"]), (&Fact::Bool(true), &Fact::Int(0)));
        assert_eq!(fields["folders"], Fact::texts(["INBOX"]));
        assert!(FIELDS.iter().all(|field| fields.contains_key(field.name)));
    }

    #[test]
    fn a_refused_login_shows_no_folders() {
        let said = "* CAPABILITY IMAP4rev1\r\np1 OK\r\n+\r\np2 NO no\r\n";
        let Fact::Record(fields) = see(said, serde_json::json!({ "host": "m", "user": "anne" })) else {
            panic!("a record")
        };
        assert_eq!((&fields["login"], &fields["folders"]), (&Fact::Bool(false), &Fact::None));
    }
}
