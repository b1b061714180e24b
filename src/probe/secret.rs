//! Secrets of a probe's arguments, taken out of everything it brings back: programs like to repeat what they were told.

use serde_json::Value as Json;

use super::{Fact, Observation};
use crate::i18n::{Arg, Message};

/// What is shown instead.
pub(super) const MASK: &str = "•••";

/// The values of these arguments: texts, and the texts of lists and tables.
pub(super) fn values(arguments: &Json, names: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for value in names.iter().filter_map(|name| arguments.get(name)) {
        collect(value, &mut found);
    }
    found
}

fn collect(value: &Json, found: &mut Vec<String>) {
    match value {
        Json::String(text) if !text.is_empty() => found.push(text.clone()),
        Json::Array(several) => several.iter().for_each(|value| collect(value, found)),
        Json::Object(fields) => fields.values().for_each(|value| collect(value, found)),
        _ => {}
    }
}

/// The observation without them.
pub(super) fn hide(seen: Observation, secrets: &[String]) -> Observation {
    Observation { fact: fact(seen.fact, secrets), source: message(seen.source, secrets) }
}

fn fact(fact_: Fact, secrets: &[String]) -> Fact {
    match fact_ {
        Fact::Text(said) => Fact::Text(text(said, secrets)),
        Fact::Unknown(reason) => Fact::Unknown(message(reason, secrets)),
        Fact::List(several) => Fact::List(several.into_iter().map(|one| fact(one, secrets)).collect()),
        Fact::Record(fields) => {
            Fact::Record(fields.into_iter().map(|(name, one)| (name, fact(one, secrets))).collect())
        }
        other => other,
    }
}

fn message(said: Message, secrets: &[String]) -> Message {
    let args = said.args.into_iter().map(|(name, arg)| {
        let arg = match arg {
            Arg::Text(said) => Arg::Text(text(said, secrets)),
            Arg::Message(inner) => Arg::Message(Box::new(message(*inner, secrets))),
            Arg::Number(number) => Arg::Number(number),
        };
        (name, arg)
    });
    Message { args: args.collect(), key: said.key }
}

fn text(said: String, secrets: &[String]) -> String {
    secrets.iter().fold(said, |said, secret| if said.contains(secret) { said.replace(secret, MASK) } else { said })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::msg;
    use crate::probe::{FAMILIES, Machine, Probe};

    #[test]
    fn a_secret_is_taken_out_wherever_it_turns_up() {
        let secrets = values(
            &serde_json::json!({ "password": "s3cret", "list": ["a1", ""], "user": "x" }),
            &["password", "list", "none"],
        );
        assert_eq!(secrets, ["s3cret", "a1"]);
        let inner = msg!("probe-io", subject = "s3cret", error = msg!("probe-no-right", subject = "u:s3cret"));
        let seen = Observation::seen(
            Fact::record([
                ("said", Fact::texts(["user s3cret a1"])),
                ("why", Fact::Unknown(inner.clone())),
                ("count", Fact::Int(1)),
            ]),
            inner,
        );
        let shown = format!("{:?}", hide(seen, &secrets));
        assert!(shown.contains(MASK) && !shown.contains("s3cret") && !shown.contains("a1"), "{shown}");
    }

    #[test]
    fn secrets_are_arguments_that_exist_and_are_not_shown_when_a_probe_is_printed() {
        for family in FAMILIES {
            let schema = (family.args)();
            for secret in family.about.secrets {
                assert!(schema.as_value()["properties"].get(secret).is_some(), "{}: {secret}", family.name);
            }
        }
        let probe = serde_json::json!({ "login": { "user": "nobody-here", "password": "s3cret-Word" } });
        let probe: Probe = serde_json::from_value(probe).unwrap();
        let shown = format!("{probe:?} {:?}", probe.observe(&Machine::default()));
        assert!(!shown.contains("s3cret-Word"), "{shown}");
    }

    #[test]
    fn what_sounds_like_a_secret_is_declared_as_one() {
        for family in FAMILIES {
            let schema = (family.args)();
            let names = schema.as_value()["properties"].as_object().into_iter().flatten().map(|(name, _)| name);
            for name in names.filter(|name| ["password", "secret", "passphrase", "token"].contains(&name.as_str())) {
                assert!(family.about.secrets.contains(&name.as_str()), "{}: {name}", family.name);
            }
        }
    }
}
