//! The ticket's qualification, the report and the log, typed in lines. Pure.

use std::fmt::Write as _;

use super::command::plain;
use super::words::clock;
use crate::i18n::{Lang, Message};
use crate::lab::manifest::Part;
use crate::msg;
use crate::session::View;
use crate::session::desk::{Field, Qualification};

/// The values a field goes round through, none twice.
const MOST_VALUES: usize = 16;

/// Everything entered so far.
pub(super) fn form(view: &View, lang: Lang) -> String {
    let manifest = &view.variant.manifest;
    let mut text = String::new();
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "{}", lang.say(&msg!("plain-desk-line", label = lang.tr(label), value = value)));
    };
    let blank = lang.tr("desk-nothing");
    if manifest.qualify.is_some() {
        for field in Field::ALL {
            let value = view.desk.qualification.words(field).map_or_else(|| blank.clone(), |words| lang.say(&words));
            line(field.label(), &value);
        }
        if let Some(n) = view.desk.qualification.priority() {
            line("desk-priority", &lang.say(&msg!("desk-priority-value", n = n)));
        }
    }
    for part in manifest.report.iter().flat_map(|report| &report.require) {
        line(part.label(), view.desk.report.get(part).map_or(blank.as_str(), String::as_str));
    }
    for (at, noted) in &view.desk.log {
        line("desk-log", &format!("{} {noted}", clock(*at)));
    }
    text
}

/// The qualification with a field set to a value, both in words of this language.
pub(super) fn qualified(now: Qualification, field: &str, value: &str, lang: Lang) -> Result<Qualification, Message> {
    let named = |candidate: &Field| plain(&lang.tr(candidate.label())).starts_with(field);
    let Some(field) = Field::ALL.into_iter().find(named) else {
        let names = Field::ALL.map(|field| lang.tr(field.label())).join(", ");
        return Err(msg!("plain-desk-field", field = field, names = names));
    };
    let mut values = Vec::new();
    let mut candidate = now;
    for _ in 0..MOST_VALUES {
        candidate = candidate.next(field);
        let words = candidate.words(field).map(|words| lang.say(&words)).unwrap_or_default();
        if plain(&words).starts_with(&plain(value)) {
            return Ok(candidate);
        }
        if !values.contains(&words) {
            values.push(words);
        }
    }
    Err(msg!("plain-desk-value", value = value, names = values.join(", ")))
}

/// A part of the report by its name in this language, or a start of it.
pub(super) fn part(name: &str, lang: Lang) -> Result<Part, Message> {
    let found = Part::ALL.into_iter().find(|part| plain(&lang.tr(part.label())).starts_with(name));
    found.ok_or_else(|| {
        let names = Part::ALL.map(|part| lang.tr(part.label())).join(", ");
        msg!("plain-desk-field", field = name, names = names)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::manifest::{Degree, Domain};

    #[test]
    fn fields_and_values_are_found_by_their_start_without_accents() {
        let now = Qualification::default();
        let set = |field, value| qualified(now, field, value, Lang::Fr).unwrap();
        assert_eq!(set("impact", "fort").impact, Some(Degree::High));
        assert_eq!(set("dom", "reseau").domain, Some(Domain::Network));
        assert_eq!(set("a", "oui").escalate, Some(true));
        let english = qualified(now, "urgency", "low", Lang::En).unwrap();
        assert_eq!(english.urgency, Some(Degree::Low));
    }

    #[test]
    fn an_unknown_word_gets_the_words_there_are() {
        let told = |result: Result<Qualification, Message>| Lang::Fr.say(&result.unwrap_err());
        assert!(told(qualified(Qualification::default(), "couleur", "bleu", Lang::Fr)).contains("urgence"));
        assert!(told(qualified(Qualification::default(), "impact", "bleu", Lang::Fr)).contains("moyen"));
        assert!(part("couleur", Lang::En).is_err());
        assert_eq!(part("verif", Lang::Fr), Ok(Part::Tests));
    }
}
