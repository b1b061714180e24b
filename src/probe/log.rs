//! What was logged: the journal of systemd (journalctl(1)), or a file.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::civil::DateTime;
use jiff::{Timestamp, ToSpan, Zoned};
use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{About, Cost, Fact, Field, Kind, Machine, Need, Observation, locale, reading};
use crate::i18n::Message;
use crate::{msg, units};

/// What a lab writes: `log = { unit = "nginx", matches = "bind\\(\\)", since = "10min" }`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Args {
    /// A file instead of the journal; its last 4 MiB are read.
    #[serde(default)]
    pub path: Option<String>,
    /// Of the journal, what a unit logged.
    #[serde(default)]
    pub unit: Option<String>,
    /// Only messages that this regular expression describes a part of.
    #[serde(default)]
    pub matches: Option<String>,
    /// Only messages since then: a duration before now (`10min`), a moment (RFC 3339), or `boot` (the journal only).
    #[serde(default)]
    pub since: Option<String>,
    /// Of the journal, only messages this grave or graver: emerg, alert, crit, err, warning, notice, info, debug.
    #[serde(default)]
    pub priority: Option<String>,
}

pub(super) const ABOUT: About =
    About::new(Cost::Active, FIELDS).paths(&["path"]).needs(&[Need::Root("for the journal and most logs")]);

const FIELDS: &[Field] = &[
    Field { name: "exists", kind: Kind::Bool, doc: "whether there is such a file; of the journal, whether it is kept" },
    Field { name: "count", kind: Kind::Int, doc: "how many messages fit, of the last 2,000 of the journal" },
    Field { name: "lines", kind: Kind::List(&Kind::Text), doc: "the last 50 that do" },
    Field { name: "last", kind: Kind::Time, doc: "when the last was logged, where it says so" },
];

/// Messages asked of the journal.
const MOST: &str = "2000";
/// Messages told.
const TOLD: usize = 50;
/// What is read of a file.
const TAIL: u64 = 4 * 1024 * 1024;

/// A message, and when it was logged.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    text: String,
    time: Option<i64>,
}

pub(super) fn observe(args: &Args, machine: &Machine) -> Observation {
    let source = match (&args.path, &args.unit) {
        (Some(path), _) => msg!("probe-source-file", path = path),
        (None, Some(unit)) => msg!("probe-source-journal-unit", unit = unit),
        (None, None) => msg!("probe-source-journal"),
    };
    match look(args, machine) {
        Ok(fact) => Observation::seen(fact, source),
        Err(reason) => Observation::unknown(reason, source),
    }
}

fn look(args: &Args, machine: &Machine) -> Result<Fact, Message> {
    let pattern = args.matches.as_deref().map(Regex::new).transpose();
    let pattern =
        pattern.map_err(|_| msg!("probe-content-path", path = args.matches.as_deref().unwrap_or_default()))?;
    let entries = match &args.path {
        None => journal(args, machine)?,
        Some(path) => match reading::tail(Path::new(path), TAIL)? {
            Some(text) => of_file(&text, args.since.as_deref(), path)?,
            None => return Ok(Fact::record([("exists", false.into()), ("count", Fact::Int(0))])),
        },
    };
    let fit: Vec<Entry> = entries
        .into_iter()
        .filter(|entry| pattern.as_ref().is_none_or(|pattern| pattern.is_match(&entry.text)))
        .collect();
    let told = fit.len().saturating_sub(TOLD);
    Ok(Fact::record([
        ("exists", true.into()),
        ("count", Fact::whole(fit.len())),
        ("last", fit.iter().rev().find_map(|entry| entry.time).map_or(Fact::None, Fact::Time)),
        ("lines", Fact::texts(fit.into_iter().skip(told).map(|entry| entry.text))),
    ]))
}

/// When `since` was, in seconds; none for the last start.
fn since(text: &str) -> Result<Option<i64>, Message> {
    if text == "boot" {
        return Ok(None);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(Some(time.as_second()));
    }
    let ago = units::parse_duration(text).map_err(|_| msg!("probe-log-since", since = text))?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    Ok(Some(i64::try_from(now.saturating_sub(ago)).unwrap_or(0)))
}

fn journal(args: &Args, machine: &Machine) -> Result<Vec<Entry>, Message> {
    let mut argv = vec![
        "journalctl",
        "--no-pager",
        "--quiet",
        "--reverse",
        "--output=json",
        "--output-fields=MESSAGE",
        "-n",
        MOST,
    ];
    if let Some(unit) = &args.unit {
        argv.extend(["-u", unit]);
    }
    if let Some(priority) = &args.priority {
        argv.extend(["-p", priority]);
    }
    let from = args.since.as_deref().map(since).transpose()?;
    let moment = from.flatten().map(|seconds| format!("@{seconds}"));
    match (&from, &moment) {
        (Some(None), _) => argv.push("--boot"),
        (_, Some(moment)) => argv.extend(["--since", moment]),
        _ => {}
    }
    let ran = machine.run(&argv)?;
    if ran.exit != 0 && ran.stdout.is_empty() && !ran.stderr.is_empty() {
        return Err(msg!("probe-io", subject = "journalctl", error = ran.complaint()));
    }
    // "No journal files were found" and "-- No entries --" are said on the error stream, with success.
    let complaint = String::from_utf8_lossy(&ran.stderr);
    if ran.stdout.is_empty()
        && (complaint.contains("No journal files") || complaint.contains("insufficient permissions"))
    {
        return Err(msg!("probe-no-journal"));
    }
    // The last first: what more than a program's output may hold would cut is old.
    let mut entries: Vec<Entry> = ran.text().lines().filter_map(of_journal).collect();
    entries.reverse();
    Ok(entries)
}

/// One line of the journal's JSON: a message that is no UTF-8 comes as a list of bytes (systemd, Journal JSON format).
fn of_journal(line: &str) -> Option<Entry> {
    let entry: Json = serde_json::from_str(line).ok()?;
    let text = match entry.get("MESSAGE")? {
        Json::String(text) => text.clone(),
        Json::Array(bytes) => {
            let bytes: Vec<u8> = bytes.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => return None,
    };
    let microseconds: Option<i64> = entry.get("__REALTIME_TIMESTAMP").and_then(|at| at.as_str()?.parse().ok());
    Some(Entry { text, time: microseconds.map(|at| at / 1_000_000) })
}

/// The lines of a file since a moment. A line that says no time belongs to the one before it.
fn of_file(text: &str, from: Option<&str>, path: &str) -> Result<Vec<Entry>, Message> {
    let from = from.map(since).transpose()?.flatten();
    let now = Zoned::now().with_time_zone(locale::zone());
    let mut latest = None;
    let mut entries = Vec::new();
    for line in text.lines() {
        let time = stamp(line, &now);
        latest = time.or(latest);
        entries.push(Entry { text: line.to_owned(), time: latest });
    }
    let Some(from) = from else { return Ok(entries) };
    if !entries.is_empty() && latest.is_none() {
        return Err(msg!("probe-log-no-time", path = path));
    }
    entries.retain(|entry| entry.time.is_some_and(|time| time >= from));
    Ok(entries)
}

/// The moment a line begins with: RFC 3339 (rsyslog's own, RFC 5424), `Jan  2 15:04:05` (RFC 3164: this year, or the last
/// one where that is still to come), `2026-01-02 15:04:05`, `2026/01/02 15:04:05` (nginx), `[02/Jan/2026:15:04:05` (Common
/// Log Format, wherever it stands). Without a zone it is the machine's own.
fn stamp(line: &str, now: &Zoned) -> Option<i64> {
    let local = |at: DateTime| at.to_zoned(now.time_zone().clone()).ok().map(|at| at.timestamp().as_second());
    let first = line.split_whitespace().next()?;
    if let Ok(at) = first.parse::<Timestamp>() {
        return Some(at.as_second());
    }
    let head = |length: usize| line.get(..length);
    for format in ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"] {
        if let Some(at) = head(19).and_then(|head| DateTime::strptime(format, head).ok()) {
            return local(at);
        }
    }
    if let Some(head) = head(15)
        && let Ok(at) = DateTime::strptime("%Y %b %e %H:%M:%S", format!("{} {head}", now.year()))
    {
        let ahead = at > now.datetime().checked_add(1.day()).ok()?;
        return local(if ahead { at.checked_sub(1.year()).ok()? } else { at });
    }
    let common = line.split_once('[')?.1.get(..26)?;
    Timestamp::strptime("%d/%b/%Y:%H:%M:%S %z", common).ok().map(Timestamp::as_second)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn utc(text: &str) -> Zoned {
        text.parse::<Timestamp>().unwrap().to_zoned(jiff::tz::TimeZone::UTC)
    }

    #[test]
    fn moments_as_logs_write_them() {
        let now = utc("2026-01-10T12:00:00Z");
        let at = |line: &str| stamp(line, &now).map(|at| Timestamp::from_second(at).unwrap().to_string());
        let expected = Some("2026-01-10T11:00:00Z".to_owned());
        for line in [
            "2026-01-10T12:00:00.123456+01:00 poste sshd: x",
            "2026-01-10T11:00:00Z x",
            "Jan 10 11:00:00 poste sshd[1]: x",
            "2026/01/10 11:00:00 [error] 1#1: x",
            "2026-01-10 11:00:00,123 INFO",
            "10.0.0.1 - - [10/Jan/2026:12:00:00 +0100] \"GET / HTTP/1.1\" 200",
        ] {
            assert_eq!(at(line), expected, "{line}");
        }
        assert_eq!(at("Dec 31 23:00:00 poste x").as_deref(), Some("2025-12-31T23:00:00Z"));
        assert_eq!(at("  at module.rs:12"), None);
    }

    #[test]
    fn what_follows_a_moment_belongs_to_it() {
        let text = "2000-01-01T00:00:00Z old\n  more of it\n2100-01-01T00:00:00Z new\n  more\n";
        let lines = |since| of_file(text, since, "x").unwrap().len();
        assert_eq!((lines(None), lines(Some("2050-01-01T00:00:00Z"))), (4, 2));
        assert_eq!(of_file("no time\n", Some("1h"), "x").unwrap_err().key, "probe-log-no-time");
        assert_eq!(of_file("", Some("1h"), "x"), Ok(vec![]));
        assert_eq!(of_file("", Some("soon"), "x").unwrap_err().key, "probe-log-since");
    }

    #[test]
    fn an_entry_of_the_journal() {
        let entry = of_journal(r#"{"MESSAGE":[104,233],"__REALTIME_TIMESTAMP":"1700000000123456"}"#).unwrap();
        assert_eq!(entry, Entry { text: "h\u{fffd}".into(), time: Some(1_700_000_000) });
        assert_eq!(of_journal("{}"), None);
    }

    proptest! {
        #[test]
        fn any_line_is_read(line in "\\PC{0,60}", dated in "[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} [0-9/\\[:+é]{0,40}") {
            let now = utc("2026-01-10T12:00:00Z");
            let _ = (stamp(&line, &now), stamp(&dated, &now), of_journal(&line));
        }
    }
}
