//! The events of an iCalendar text (RFC 5545). Pure, but for the zone rules of the machine.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// More events are not kept.
const EVENTS: usize = 2000;

/// An event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) summary: String,
    pub(super) location: Option<String>,
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
    /// The zone its start is written in: `Europe/Paris`, `UTC`; none: that of whoever reads it.
    pub(super) zone: Option<String>,
    /// Whether it lasts whole days.
    pub(super) all_day: bool,
    /// How it repeats (`FREQ=WEEKLY`).
    pub(super) repeats: Option<String>,
    /// Addresses of who is asked.
    pub(super) attendees: Vec<String>,
}

/// A line: `NAME;PARAM=x:value`.
struct Line<'a> {
    name: String,
    parameters: &'a str,
    value: &'a str,
}

impl Line<'_> {
    fn read(line: &str) -> Option<Line<'_>> {
        // A colon in quotes is part of a parameter.
        let mut quoted = false;
        let colon = line.char_indices().find(|(_, c)| {
            quoted ^= *c == '"';
            *c == ':' && !quoted
        })?;
        let (head, value) = (&line[..colon.0], &line[colon.0 + 1..]);
        let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
        Some(Line { name: name.to_ascii_uppercase(), parameters, value })
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        let all = self.parameters.split(';').filter_map(|one| one.split_once('='));
        all.filter(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_matches('"')).next()
    }
}

/// Every event.
pub(super) fn events(text: &str) -> Vec<Event> {
    let unfolded = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    let mut all = Vec::new();
    let mut open: Option<Event> = None;
    // What is inside an event (an alarm) has properties of the same names.
    let mut inside = 0_usize;
    for line in unfolded.lines().filter_map(Line::read) {
        match (line.name.as_str(), line.value.to_ascii_uppercase().as_str()) {
            ("BEGIN", "VEVENT") => open = Some(Event::default()),
            ("END", "VEVENT") if all.len() < EVENTS => all.extend(open.take()),
            ("BEGIN", _) if open.is_some() => inside += 1,
            ("END", _) => inside = inside.saturating_sub(1),
            _ if inside == 0 => {
                if let Some(event) = &mut open {
                    event.take(&line);
                }
            }
            _ => {}
        }
    }
    all
}

impl Event {
    fn take(&mut self, line: &Line<'_>) {
        match line.name.as_str() {
            "SUMMARY" => self.summary = text(line.value),
            "LOCATION" => self.location = Some(text(line.value)),
            "RRULE" => self.repeats = Some(line.value.to_owned()),
            "ATTENDEE" => self.attendees.push(line.value.trim_start_matches("mailto:").to_owned()),
            "DTSTART" => {
                self.start = moment(line);
                self.all_day = is_day(line);
                self.zone = if line.value.ends_with('Z') {
                    Some("UTC".to_owned())
                } else {
                    line.parameter("TZID").map(str::to_owned)
                };
            }
            "DTEND" => self.end = moment(line),
            _ => {}
        }
    }
}

fn is_day(line: &Line<'_>) -> bool {
    line.parameter("VALUE").is_some_and(|kind| kind.eq_ignore_ascii_case("DATE"))
}

/// A date or a moment, in seconds since 1970.
fn moment(line: &Line<'_>) -> Option<i64> {
    let (value, utc) = match line.value.strip_suffix('Z') {
        Some(value) => (value, true),
        None => (line.value, false),
    };
    let civil: DateTime = if value.len() == 8 { format!("{value}T000000") } else { value.to_owned() }.parse().ok()?;
    let zone = match line.parameter("TZID") {
        _ if utc => TimeZone::UTC,
        Some(name) => TimeZone::get(name).ok()?,
        None => TimeZone::system(),
    };
    Some(civil.to_zoned(zone).ok()?.timestamp().as_second())
}

/// RFC 5545 §3.3.11.
fn text(value: &str) -> String {
    value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nDTSTART:19700101T000000\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\n\
        SUMMARY:Réunion\\, salle\r\n  B\r\nDTSTART;TZID=Europe/Paris:20261201T090000\r\nDTEND:20261201T090000Z\r\n\
        BEGIN:VALARM\r\nSUMMARY:rappel\r\nEND:VALARM\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nSUMMARY:Congé\r\nDTSTART;VALUE=DATE:20261224\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn events_have_moments_whatever_their_zone() {
        let all = events(TEXT);
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].summary.as_str(), all[0].zone.as_deref()), ("Réunion, salle B", Some("Europe/Paris")));
        // 9 in Paris is 8 in UTC in winter.
        assert_eq!((all[0].start, all[0].end), (Some(1_796_112_000), Some(1_796_115_600)));
        assert_eq!(all[0].repeats.as_deref(), Some("FREQ=WEEKLY"));
        assert!(all[1].all_day && !all[0].all_day);
    }

    proptest! {
        #[test]
        fn garbage_never_panics(text in "((BEGIN:VEVENT|DTSTART;TZID=é|END:VEVENT|SUMMARY)?.{0,30}\n){0,8}") {
            let _ = events(&text);
        }
    }
}
