//! A printer or a queue, asked by IPP (RFC 8011), as CUPS and network printers answer it; a test page if wanted.

mod ipp;

use std::thread;
use std::time::{Duration, Instant};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::wire::http::{Outcome, Request, Url};
use super::wire::trust::{self, Store};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation};
use crate::i18n::Message;
use crate::msg;
use ipp::{Answer, Group, INTEGER, KEYWORD, MIME, NAME, URI, Value};

/// What a lab writes: `printer = { name = "Compta" }`, `printer = { uri = "ipp://imprimante/ipp/print" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// A queue of the print server; the default one unless said.
    pub name: Option<String>,
    /// The print server; this machine unless said.
    pub host: Option<String>,
    /// The printer's own address instead.
    pub uri: Option<String>,
    /// Whether a test page is printed: see `printed`.
    #[serde(default)]
    pub test: bool,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS).needs(&[Need::Tool("getent")]);

const JOB: &[Field] = &[
    Field { name: "id", kind: Kind::Int, doc: "its number" },
    Field { name: "name", kind: Kind::Text, doc: "its title" },
    Field { name: "user", kind: Kind::Text, doc: "whose it is" },
    Field { name: "state", kind: Kind::Word, doc: "pending, held, processing, stopped, canceled, aborted, completed" },
];

const FIELDS: &[Field] = &[
    Field { name: "reachable", kind: Kind::Bool, doc: "whether a print server answers" },
    Field { name: "exists", kind: Kind::Bool, doc: "whether it has such a queue" },
    Field { name: "state", kind: Kind::Word, doc: "idle, processing, stopped (RFC 8011 §5.4.11)" },
    Field {
        name: "reasons",
        kind: Kind::List(&Kind::Word),
        doc: "why, as it says (paused, media-empty, connecting-to-device…); `none` left out",
    },
    Field { name: "accepting", kind: Kind::Bool, doc: "whether it takes jobs" },
    Field { name: "default", kind: Kind::Bool, doc: "whether it is the server's default" },
    Field {
        name: "device",
        kind: Kind::Text,
        doc: "where the server sends the pages (`ipp://…`, `socket://…`), if it says",
    },
    Field { name: "model", kind: Kind::Text, doc: "make and model, as it says" },
    Field { name: "location", kind: Kind::Text, doc: "where it stands, as it says" },
    Field { name: "description", kind: Kind::Text, doc: "its description (printer-info)" },
    Field { name: "shared", kind: Kind::Bool, doc: "whether others may use it over the network" },
    Field { name: "jobs", kind: Kind::List(&Kind::Record(JOB)), doc: "what waits or is being printed" },
    Field {
        name: "printed",
        kind: Kind::Bool,
        doc: "whether the test page was handed over to the device whole; taken back where it was not; none: not asked",
    },
    Field { name: "reason", kind: Kind::Text, doc: "what went wrong" },
];

const LIMIT: Duration = Duration::from_secs(12);
/// What the test page takes at most; then it is taken back.
const PAGE: Duration = Duration::from_secs(8);
const PAUSE: Duration = Duration::from_millis(150);
const PORT: u16 = 631;

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let name = args.uri.as_deref().or(args.name.as_deref()).unwrap_or("-");
    let source = msg!("probe-source-printer", name = name);
    let end = Instant::now() + machine.timeout().min(LIMIT);
    let fact = trust::store(machine, None).and_then(|store| look(args, &store, end)).unwrap_or_else(Fact::Unknown);
    Observation { fact, source }
}

/// A print server, or a printer.
struct Server<'a> {
    store: &'a Store,
    url: Url,
    uri: String,
    end: Instant,
}

/// Nobody there, or nobody that speaks IPP: why.
struct Silence(String);

impl Server<'_> {
    fn ask(
        &self,
        operation: u16,
        attributes: &[(u8, &str, &[u8])],
        data: &[u8],
    ) -> Result<Result<Answer, Silence>, Message> {
        let body = [&ipp::request(operation, attributes)[..], data].concat();
        let headers = vec![("Content-Type".to_owned(), "application/ipp".to_owned())];
        let request = Request { method: "POST", headers, body: &body, proxy: None, store: self.store, strict: false };
        Ok(match request.send(&self.url, self.end)? {
            Outcome::Answered(answer, _) if answer.status == 200 => {
                ipp::answer(&answer.body).ok_or_else(|| Silence("no IPP".to_owned()))
            }
            Outcome::Answered(answer, _) | Outcome::Proxy(answer) => Err(Silence(format!("HTTP {}", answer.status))),
            Outcome::Closed(closed) => Err(Silence(closed.word().to_owned())),
            Outcome::Broken(why) => Err(Silence(why)),
            Outcome::Untrusted(_) => Err(Silence("certificate".to_owned())),
        })
    }

    /// About the printer itself.
    fn about(
        &self,
        operation: u16,
        more: &[(u8, &str, &[u8])],
        data: &[u8],
    ) -> Result<Result<Answer, Silence>, Message> {
        let mut attributes: Vec<(u8, &str, &[u8])> = vec![(URI, "printer-uri", self.uri.as_bytes())];
        attributes.extend(more);
        self.ask(operation, &attributes, data)
    }
}

fn look(args: &Args, store: &Store, end: Instant) -> Result<Fact, Message> {
    let host = args.host.as_deref().unwrap_or("localhost");
    let address = args.uri.clone().unwrap_or_else(|| format!("ipp://{host}:{PORT}/"));
    let url = Url::parse(&address).ok_or_else(|| msg!("probe-no-url", text = &address))?;
    let mut server = Server { store, url, uri: address, end };
    let mut default = None;
    if args.uri.is_none() {
        match server.ask(ipp::GET_DEFAULT, &[], &[])? {
            Err(Silence(why)) => return Ok(Fact::record([("reachable", false.into()), ("reason", why.into())])),
            Ok(answer) => default = answer.groups.first().and_then(|group| text(group, "printer-name")),
        }
        let Some(name) = args.name.clone().or_else(|| default.clone()) else {
            return Ok(Fact::record([("reachable", true.into()), ("exists", false.into())]));
        };
        let name: String = name.chars().filter(|c| !c.is_control() && !" /?#".contains(*c)).collect();
        server.url.path = format!("/printers/{name}");
        server.uri = format!("ipp://{host}/printers/{name}");
    }
    match server.about(ipp::GET_PRINTER, &[], &[])? {
        Err(Silence(why)) => Ok(Fact::record([("reachable", false.into()), ("reason", why.into())])),
        Ok(answer) if !answer.is_done() => {
            Ok(Fact::record([("reachable", true.into()), ("exists", false.into()), ("reason", answer.message.into())]))
        }
        Ok(answer) => {
            let jobs = server.about(ipp::GET_JOBS, &[(KEYWORD, "requested-attributes", b"all")], &[])?;
            let jobs = jobs.map(|answer| answer.groups).unwrap_or_default();
            let printed = if args.test { Some(test(&server)?) } else { None };
            let group = answer.groups.into_iter().next().unwrap_or_default();
            Ok(fact(&group, &jobs, default.as_deref(), printed))
        }
    }
}

/// Prints a page and waits for it; taken back where it does not come. The error says why it did not.
fn test(server: &Server<'_>) -> Result<Result<(), String>, Message> {
    const PAGE_TEXT: &[u8] = b"Paillasse\n\n\x0c";
    let job: &[(u8, &str, &[u8])] = &[
        (NAME, "requesting-user-name", b"root"),
        (NAME, "job-name", b"Paillasse"),
        (MIME, "document-format", b"text/plain"),
    ];
    let answer = match server.about(ipp::PRINT_JOB, job, PAGE_TEXT)? {
        Err(Silence(why)) => return Ok(Err(why)),
        Ok(answer) if !answer.is_done() => {
            return Ok(Err(answer.message.unwrap_or_else(|| format!("{:#06x}", answer.status))));
        }
        Ok(answer) => answer,
    };
    let Some(id) = answer.groups.first().and_then(|group| int(group, "job-id")) else {
        return Ok(Err("no job".to_owned()));
    };
    let number = id.to_be_bytes();
    let about: &[(u8, &str, &[u8])] = &[(INTEGER, "job-id", &number), (NAME, "requesting-user-name", b"root")];
    let until = server.end.min(Instant::now() + PAGE);
    let mut state = "pending".to_owned();
    while Instant::now() + PAUSE < until {
        if let Ok(answer) = server.about(ipp::GET_JOB, about, &[])?
            && let Some(now) = answer.groups.first().and_then(|group| int(group, "job-state"))
        {
            job_state(now).clone_into(&mut state);
            match now {
                9 => return Ok(Ok(())),
                7 | 8 => return Ok(Err(state)),
                _ => {}
            }
        }
        thread::sleep(PAUSE);
    }
    // Beside the limit: what was begun is always taken back.
    let own = Server {
        end: Instant::now() + Duration::from_secs(2),
        url: server.url.clone(),
        uri: server.uri.clone(),
        ..*server
    };
    let _ = own.about(ipp::CANCEL_JOB, about, &[])?;
    Ok(Err(state))
}

fn text(group: &Group, name: &str) -> Option<String> {
    group.get(name)?.first()?.text().map(str::to_owned)
}

fn int(group: &Group, name: &str) -> Option<i32> {
    if let Value::Int(number) = group.get(name)?.first()? { Some(*number) } else { None }
}

fn flag(group: &Group, name: &str) -> Option<bool> {
    if let Value::Bool(flag) = group.get(name)?.first()? { Some(*flag) } else { None }
}

/// RFC 8011 §5.4.11.
fn printer_state(number: i32) -> &'static str {
    match number {
        3 => "idle",
        4 => "processing",
        5 => "stopped",
        _ => "other",
    }
}

/// RFC 8011 §5.3.7.
fn job_state(number: i32) -> &'static str {
    match number {
        3 => "pending",
        4 => "held",
        5 => "processing",
        6 => "stopped",
        7 => "canceled",
        8 => "aborted",
        9 => "completed",
        _ => "other",
    }
}

fn fact(group: &Group, jobs: &[Group], default: Option<&str>, printed: Option<Result<(), String>>) -> Fact {
    let name = text(group, "printer-name");
    let reasons = group.get("printer-state-reasons").map(Vec::as_slice).unwrap_or_default();
    let reasons = reasons.iter().filter_map(Value::text).filter(|reason| *reason != "none");
    let jobs = jobs.iter().filter(|job| job.contains_key("job-id")).map(|job| {
        Fact::record([
            ("id", int(job, "job-id").map(i64::from).into()),
            ("name", text(job, "job-name").into()),
            ("user", text(job, "job-originating-user-name").into()),
            ("state", int(job, "job-state").map_or(Fact::None, |state| job_state(state).into())),
        ])
    });
    Fact::record([
        ("reachable", true.into()),
        ("exists", true.into()),
        ("state", int(group, "printer-state").map_or(Fact::None, |state| printer_state(state).into())),
        ("reasons", Fact::texts(reasons)),
        ("accepting", flag(group, "printer-is-accepting-jobs").into()),
        ("default", default.map(|default| name.as_deref() == Some(default)).into()),
        ("device", text(group, "device-uri").into()),
        ("model", text(group, "printer-make-and-model").into()),
        ("location", text(group, "printer-location").into()),
        ("description", text(group, "printer-info").into()),
        ("shared", flag(group, "printer-is-shared").into()),
        ("jobs", Fact::List(jobs.collect())),
        ("printed", printed.as_ref().map(Result::is_ok).into()),
        ("reason", printed.and_then(Result::err).into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_is_told_whole() {
        let printer = ipp::answer(&ipp::tests::made(
            0,
            &[
                (INTEGER, "printer-state", &[0, 0, 0, 5]),
                (KEYWORD, "printer-state-reasons", b"paused"),
                (NAME, "printer-name", b"Compta"),
                (0x22, "printer-is-accepting-jobs", &[1]),
            ],
        ));
        let job = ipp::answer(&ipp::tests::made(
            0,
            &[(INTEGER, "job-id", &[0, 0, 0, 7]), (INTEGER, "job-state", &[0, 0, 0, 4])],
        ));
        let seen = fact(&printer.unwrap().groups[0], &job.unwrap().groups, Some("Compta"), Some(Err("held".into())));
        let Fact::Record(fields) = seen else { panic!("a record") };
        assert_eq!((&fields["state"], &fields["default"]), (&Fact::text("stopped"), &Fact::Bool(true)));
        assert_eq!((&fields["reasons"], &fields["printed"]), (&Fact::texts(["paused"]), &Fact::Bool(false)));
        assert!(FIELDS.iter().all(|field| fields.contains_key(field.name)));
        let Fact::List(jobs) = &fields["jobs"] else { panic!("a list") };
        let Fact::Record(job) = &jobs[0] else { panic!("a record") };
        assert_eq!((&job["id"], &job["state"]), (&Fact::Int(7), &Fact::text("held")));
    }

    #[test]
    fn without_a_server_nothing_is_reachable() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let args = Args { name: None, host: None, uri: Some(format!("ipp://127.0.0.1:{port}/")), test: false };
        let Fact::Record(fields) = observe(&args, &Machine::default()).fact else { panic!("a record") };
        assert_eq!((&fields["reachable"], &fields["reason"]), (&Fact::Bool(false), &Fact::text("refused")));
    }
}
