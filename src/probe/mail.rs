//! A message that is really sent and really fetched: by SMTP, then from the recipient's mailbox by IMAP.
//!
//! It is looked for in every folder (a filter may put it anywhere) and removed from there.

use std::io;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wire::trust::{self, Store};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, imap, smtp};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `mail = { smtp = { host = "mail", from = "…", to = "…" }, imap = { host = "mail", user = "…" } }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// How it is sent: as of the probe `smtp`.
    pub smtp: smtp::Args,
    /// Where it is looked for: as of the probe `imap`.
    pub imap: imap::Args,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS).needs(&[Need::Tool("getent")]);

const FIELDS: &[Field] = &[
    Field { name: "sent", kind: Kind::Bool, doc: "whether the sending server took it" },
    Field { name: "reply", kind: Kind::Text, doc: "the sending server's last answer" },
    Field { name: "login", kind: Kind::Bool, doc: "whether the mailbox opened; none: not asked, as nothing was sent" },
    Field { name: "delivered", kind: Kind::Bool, doc: "whether it came into the mailbox" },
    Field { name: "folder", kind: Kind::Text, doc: "the folder it came into; none: into none" },
    Field { name: "copies", kind: Kind::Int, doc: "how often it came" },
    Field { name: "reason", kind: Kind::Text, doc: "what went wrong" },
];

const LIMIT: Duration = Duration::from_secs(12);
const PAUSE: Duration = Duration::from_millis(250);

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-mail", host = &args.smtp.host);
    let end = Instant::now() + machine.timeout().min(LIMIT);
    let stores = trust::store(machine, args.smtp.ca.as_deref())
        .and_then(|smtp| Ok((smtp, trust::store(machine, args.imap.ca.as_deref())?)));
    let fact = stores.and_then(|(smtp, imap)| look(args, (&smtp, &imap), end)).unwrap_or_else(Fact::Unknown);
    Observation { fact, source }
}

fn look(args: &Args, stores: (&Store, &Store), end: Instant) -> Result<Fact, Message> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let id = format!("<probe-{}@paillasse>", now.as_nanos());
    let sending = smtp::Args { send: true, ..args.smtp.clone() };
    let sent = smtp::look(&sending, stores.0, &id, end)?;
    let field = |name: &str| match &sent {
        Fact::Record(fields) => fields.get(name).cloned().unwrap_or(Fact::None),
        _ => Fact::None,
    };
    if field("sent") != Fact::Bool(true) {
        let why = [field("reason"), field("reply"), field("state")].into_iter().find(|fact| *fact != Fact::None);
        return Ok(Fact::record([
            ("sent", false.into()),
            ("reply", field("reply")),
            ("delivered", false.into()),
            ("reason", why.unwrap_or(Fact::None)),
        ]));
    }
    let found = fetch(&args.imap, stores.1, &id, end)?;
    let delivered = found.folder.is_some();
    Ok(Fact::record([
        ("sent", true.into()),
        ("reply", field("reply")),
        ("login", found.login.into()),
        ("delivered", if found.login { delivered.into() } else { Fact::None }),
        ("folder", found.folder.into()),
        ("copies", found.copies.into()),
        ("reason", found.why.into()),
    ]))
}

#[derive(Debug, Default)]
struct Found {
    login: bool,
    folder: Option<String>,
    copies: i64,
    why: Option<String>,
}

fn fetch(args: &imap::Args, store: &Store, id: &str, end: Instant) -> Result<Found, Message> {
    let mut found = Found::default();
    let (mut talk, _) = match imap::enter(args, store, end)? {
        Ok(entered) => entered,
        Err(fact) => {
            let Fact::Record(mut fields) = fact else { return Ok(found) };
            let word = |fact: Option<Fact>| if let Some(Fact::Text(text)) = fact { Some(text) } else { None };
            found.why = word(fields.remove("reason")).or_else(|| word(fields.remove("state")));
            return Ok(found);
        }
    };
    let mut look = || -> io::Result<()> {
        if let Err(why) = talk.login(args.user.as_deref().unwrap_or_default(), &args.password)? {
            found.why = Some(why);
            return Ok(());
        }
        found.login = true;
        while found.folder.is_none() && Instant::now() + PAUSE < end {
            for folder in talk.folders()? {
                if !talk.select(&folder)? {
                    continue;
                }
                let copies = talk.search(id)?;
                if !copies.is_empty() {
                    talk.remove(&copies)?;
                    found.copies += i64::try_from(copies.len()).unwrap_or(i64::MAX);
                    found.folder.get_or_insert(folder);
                }
            }
            if found.folder.is_none() {
                thread::sleep(PAUSE);
            }
        }
        Ok(())
    };
    if let Err(error) = look() {
        found.why = Some(error.to_string());
    }
    talk.logout();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_sent_was_not_delivered() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = serde_json::json!({ "host": "127.0.0.1", "port": port });
        let args: Args = serde_json::from_value(serde_json::json!({ "smtp": server, "imap": server })).unwrap();
        let Fact::Record(fields) = observe(&args, &Machine::default()).fact else { panic!("a record") };
        assert_eq!((&fields["sent"], &fields["delivered"]), (&Fact::Bool(false), &Fact::Bool(false)));
        assert_eq!(fields["reason"], Fact::text("refused"));
    }
}
