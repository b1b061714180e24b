//! A calendar as a calendar program sees it (CalDAV, RFC 4791): logged in for real, its events, what the user may do.

mod ical;

use std::time::{Duration, Instant, SystemTime};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::wire::http::{Answer, Outcome, Request, Url, basic};
use super::wire::secret::Secret;
use super::wire::trust::{self, Judged, Store};
use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, content};
use crate::i18n::Message;
use crate::msg;

/// What a lab writes: `calendar = { url = "https://srv/anne/", user = "anne", password = "…", calendar = "Équipe" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// Where a user's calendars are, or one calendar.
    pub url: String,
    /// Who looks (Basic authentication); nobody unless said.
    pub user: Option<String>,
    /// The user's password.
    #[serde(default)]
    pub password: Secret,
    /// The calendar to look into, by its name or the last part of its address; the first unless said.
    pub calendar: Option<String>,
    /// A file of the machine with the authorities to trust, instead of those it trusts.
    pub ca: Option<String>,
    /// Go on where the certificate is not valid.
    #[serde(default)]
    pub insecure: bool,
    /// Leave the calendar as it is: nothing is written, `write` is not told.
    #[serde(default)]
    pub read_only: bool,
}

pub(super) const ABOUT: About = About::new(Cost::Active, FIELDS).needs(&[Need::Tool("getent")]).secrets(&["password"]);

const EVENT: &[Field] = &[
    Field { name: "summary", kind: Kind::Text, doc: "its title" },
    Field { name: "start", kind: Kind::Time, doc: "when it begins, whatever the zone it is written in" },
    Field { name: "end", kind: Kind::Time, doc: "when it ends" },
    Field {
        name: "zone",
        kind: Kind::Text,
        doc: "the zone its start is written in (`Europe/Paris`, `UTC`); none: that of whoever reads it",
    },
    Field { name: "all-day", kind: Kind::Bool, doc: "whether it lasts whole days" },
    Field { name: "location", kind: Kind::Text, doc: "where" },
    Field { name: "repeats", kind: Kind::Text, doc: "how it repeats (`FREQ=WEEKLY`, RFC 5545 §3.3.10)" },
    Field { name: "attendees", kind: Kind::List(&Kind::Word), doc: "the addresses of who is asked" },
];

const FIELDS: &[Field] = &[
    Field { name: "state", kind: Kind::Word, doc: "answered; untrusted, broken…: as of the probe `http`" },
    Field { name: "certificate-valid", kind: Kind::Bool, doc: "whether the certificate is accepted; none: no TLS" },
    Field { name: "login", kind: Kind::Bool, doc: "whether the server lets this user look there" },
    Field { name: "calendars", kind: Kind::List(&Kind::Text), doc: "the names of the calendars there" },
    Field { name: "exists", kind: Kind::Bool, doc: "whether there is such a calendar" },
    Field { name: "events", kind: Kind::List(&Kind::Record(EVENT)), doc: "its events" },
    Field { name: "read", kind: Kind::Bool, doc: "whether its events can be read" },
    Field { name: "write", kind: Kind::Bool, doc: "whether an event can be added; it is removed again" },
    Field { name: "reason", kind: Kind::Text, doc: "what went wrong" },
];

const LIMIT: Duration = Duration::from_secs(8);
const LIST: &str = r#"<?xml version="1.0"?><d:propfind xmlns:d="DAV:"><d:prop><d:displayname/><d:resourcetype/></d:prop></d:propfind>"#;
const QUERY: &str = r#"<?xml version="1.0"?><c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"/></c:comp-filter></c:filter></c:calendar-query>"#;

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = msg!("probe-source-calendar", url = &args.url);
    let end = Instant::now() + machine.timeout().min(LIMIT);
    let store = trust::store(machine, args.ca.as_deref());
    let fact = store.and_then(|store| look(args, &store, end)).unwrap_or_else(Fact::Unknown);
    Observation { fact, source }
}

struct Server<'a> {
    args: &'a Args,
    store: &'a Store,
    end: Instant,
}

/// An answer and the certificate's verdict, or the fact that says why there is none.
type Asked = Result<(Answer, Option<bool>), Fact>;

impl Server<'_> {
    fn ask(&self, method: &str, url: &Url, more: &[(&str, &str)], body: &str) -> Result<Asked, Message> {
        let mut headers: Vec<(String, String)> =
            more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        if let Some(user) = &self.args.user {
            headers.push(basic(user, self.args.password.reveal()));
        }
        let request = Request {
            method,
            headers,
            body: body.as_bytes(),
            proxy: None,
            store: self.store,
            strict: !self.args.insecure,
        };
        let outside = |state: &str, valid: Option<bool>, why: Option<String>| {
            Fact::record([("state", state.into()), ("certificate-valid", valid.into()), ("reason", why.into())])
        };
        Ok(match request.send(url, self.end)? {
            Outcome::Answered(answer, judged) => Ok((answer, judged.as_deref().map(Judged::is_valid))),
            Outcome::Closed(closed) => Err(outside(closed.word(), None, None)),
            Outcome::Untrusted(judged) => Err(outside("untrusted", Some(false), judged.problem())),
            Outcome::Proxy(_) => Err(outside("proxy", None, None)),
            Outcome::Broken(why) => Err(outside("broken", None, Some(why))),
        })
    }
}

/// A collection on the server.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    path: String,
    name: String,
}

fn look(args: &Args, store: &Store, end: Instant) -> Result<Fact, Message> {
    let url = Url::parse(&args.url).ok_or_else(|| msg!("probe-no-url", text = &args.url))?;
    let server = Server { args, store, end };
    let xml = ("Content-Type", "application/xml; charset=utf-8");
    let (answer, valid) = match server.ask("PROPFIND", &url, &[("Depth", "1"), xml], LIST)? {
        Ok(answered) => answered,
        Err(fact) => return Ok(fact),
    };
    let calendars = if answer.status == 207 { calendars(&answer.body) } else { Vec::new() };
    let mut seen = Seen { valid, login: ![401, 403].contains(&answer.status), calendars, ..Seen::default() };
    if answer.status != 207 {
        seen.why = Some(format!("HTTP {}", answer.status));
        return Ok(seen.fact());
    }
    let Some(calendar) = chosen(&seen.calendars, args.calendar.as_deref()) else { return Ok(seen.fact()) };
    seen.exists = true;
    let Some(place) = url.join(&calendar.path) else { return Ok(seen.fact()) };
    if let Ok((answer, _)) = server.ask("REPORT", &place, &[("Depth", "1"), xml], QUERY)? {
        seen.read = Some(answer.status == 207);
        seen.events = if answer.status == 207 { events(&answer.body) } else { Vec::new() };
    }
    if !args.read_only {
        seen.write = Some(server.writes(&place)?);
    }
    Ok(seen.fact())
}

impl Server<'_> {
    /// Adds an event of long ago and removes it.
    fn writes(&self, calendar: &Url) -> Result<bool, Message> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos();
        let id = format!("paillasse-{now}");
        let event = format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Paillasse//FR\r\nBEGIN:VEVENT\r\nUID:{id}\r\nDTSTAMP:20000101T000000Z\r\n\
             DTSTART:20000101T000000Z\r\nDTEND:20000101T000100Z\r\nSUMMARY:Paillasse\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let mut place = calendar.clone();
        place.path = format!("{}/{id}.ics", place.path.trim_end_matches('/'));
        let kind = ("Content-Type", "text/calendar; charset=utf-8");
        let Ok((answer, _)) = self.ask("PUT", &place, &[kind, ("If-None-Match", "*")], &event)? else {
            return Ok(false);
        };
        let written = (200..300).contains(&answer.status);
        if written {
            // Beside the limit: what was made is always removed.
            let again = Self { end: Instant::now() + Duration::from_secs(2), ..*self };
            let _ = again.ask("DELETE", &place, &[], "")?;
        }
        Ok(written)
    }
}

/// The elements of a name, one or several.
fn several<'a>(json: &'a Json, name: &str) -> Vec<&'a Json> {
    match json.get(name) {
        None => Vec::new(),
        Some(Json::Array(all)) => all.iter().collect(),
        Some(one) => vec![one],
    }
}

/// The properties that each resource of an answer (RFC 4918 §13) has.
fn resources(body: &[u8]) -> Vec<(String, Json)> {
    let Ok(tree) = content::xml(&String::from_utf8_lossy(body)) else { return Vec::new() };
    let root = tree.get("multistatus").cloned().unwrap_or(tree);
    let mut all = Vec::new();
    for response in several(&root, "response") {
        let href = response.get("href").and_then(Json::as_str).unwrap_or_default();
        for found in several(response, "propstat") {
            let status = found.get("status").and_then(Json::as_str).unwrap_or("200");
            if let Some(properties) = found.get("prop").filter(|_| status.contains("200")) {
                all.push((href.to_owned(), properties.clone()));
            }
        }
    }
    all
}

fn calendars(body: &[u8]) -> Vec<Found> {
    let is_calendar =
        |properties: &Json| properties.get("resourcetype").is_some_and(|kind| kind.get("calendar").is_some());
    let named = |(path, properties): (String, Json)| {
        let name = properties.get("displayname").and_then(Json::as_str).filter(|name| !name.is_empty());
        let name = name.map_or_else(|| last(&path).to_owned(), str::to_owned);
        Found { path, name }
    };
    resources(body).into_iter().filter(|(_, properties)| is_calendar(properties)).map(named).collect()
}

fn last(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

fn chosen(all: &[Found], wanted: Option<&str>) -> Option<Found> {
    let Some(wanted) = wanted else { return all.first().cloned() };
    all.iter().find(|found| found.name == wanted || last(&found.path) == wanted).cloned()
}

fn events(body: &[u8]) -> Vec<ical::Event> {
    let texts =
        resources(body).into_iter().filter_map(|(_, found)| found.get("calendar-data")?.as_str().map(str::to_owned));
    texts.flat_map(|text| ical::events(&text)).collect()
}

#[derive(Debug, Default)]
struct Seen {
    valid: Option<bool>,
    login: bool,
    calendars: Vec<Found>,
    exists: bool,
    events: Vec<ical::Event>,
    read: Option<bool>,
    write: Option<bool>,
    why: Option<String>,
}

impl Seen {
    fn fact(self) -> Fact {
        let names = self.calendars.into_iter().map(|found| found.name);
        Fact::record([
            ("state", "answered".into()),
            ("certificate-valid", self.valid.into()),
            ("login", self.login.into()),
            ("calendars", Fact::texts(names)),
            ("exists", self.exists.into()),
            ("events", Fact::List(self.events.into_iter().map(event).collect())),
            ("read", self.read.into()),
            ("write", self.write.into()),
            ("reason", self.why.into()),
        ])
    }
}

fn event(event: ical::Event) -> Fact {
    Fact::record([
        ("summary", event.summary.into()),
        ("start", event.start.map(Fact::Time).into()),
        ("end", event.end.map(Fact::Time).into()),
        ("zone", event.zone.into()),
        ("all-day", event.all_day.into()),
        ("location", event.location.into()),
        ("repeats", event.repeats.into()),
        ("attendees", Fact::texts(event.attendees)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LISTED: &str = r#"<?xml version="1.0"?><multistatus xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
        <response><href>/anne/</href><propstat><prop><resourcetype><collection/></resourcetype></prop><status>HTTP/1.1 200 OK</status></propstat></response>
        <response><href>/anne/c1/</href><propstat><prop><displayname>Équipe</displayname><resourcetype><collection/><C:calendar/></resourcetype></prop><status>HTTP/1.1 200 OK</status></propstat></response>
        </multistatus>"#;

    #[test]
    fn calendars_are_told_from_other_folders() {
        let all = calendars(LISTED.as_bytes());
        assert_eq!(all, [Found { path: "/anne/c1/".into(), name: "Équipe".into() }]);
        assert!(
            chosen(&all, Some("c1")).is_some() && chosen(&all, None).is_some() && chosen(&all, Some("x")).is_none()
        );
    }

    #[test]
    fn events_are_in_the_answer() {
        let body = r#"<d:multistatus xmlns:d="DAV:" xmlns:c="x"><d:response><d:href>/a.ics</d:href><d:propstat><d:prop>
            <c:calendar-data>BEGIN:VEVENT
SUMMARY:Fête &amp; gâteau
DTSTART:20261201T080000Z
END:VEVENT</c:calendar-data></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>"#;
        let all = events(body.as_bytes());
        assert_eq!((all[0].summary.as_str(), all[0].start), ("Fête & gâteau", Some(1_796_112_000)));
    }

    #[test]
    fn every_field_is_told() {
        let Fact::Record(fields) = Seen::default().fact() else { panic!("a record") };
        assert!(FIELDS.iter().all(|field| fields.contains_key(field.name)) && fields.len() == FIELDS.len());
        let Fact::Record(fields) = event(ical::Event::default()) else { panic!("a record") };
        assert!(EVENT.iter().all(|field| fields.contains_key(field.name)));
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in "(<(response|href|prop|propstat)>|</(response|href)>|.{0,10}){0,10}") {
            let _ = (calendars(text.as_bytes()), events(text.as_bytes()));
        }
    }
}
