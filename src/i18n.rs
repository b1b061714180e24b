//! Every text a person reads, in French and in English.
//!
//! Messages live in `assets/locales/<lang>/*.ftl` ([Project Fluent](https://projectfluent.org)),
//! one file an area. Code below the screen never formats a sentence: it returns a [`Message`],
//! which travels (through the agent's wire, through the record) and is only turned into words
//! where somebody reads it, in the language that person chose.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use include_dir::{Dir, include_dir};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

static LOCALES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets/locales");

/// A language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Lang {
    /// French, the title's own language.
    Fr,
    /// English.
    En,
}

impl Lang {
    /// Both languages, French first.
    pub const ALL: [Self; 2] = [Self::Fr, Self::En];

    /// The language the environment asks for (`LC_ALL`, `LC_MESSAGES`, `LANG`; POSIX.1-2017 §8.2):
    /// English where that says English, French otherwise.
    #[must_use]
    pub fn from_env() -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|value| !value.is_empty())
            .map_or(Self::Fr, |value| if value.starts_with("en") { Self::En } else { Self::Fr })
    }

    /// The two-letter code (ISO 639-1).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The other language.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Fr => Self::En,
            Self::En => Self::Fr,
        }
    }

    /// The text of a message without arguments.
    #[must_use]
    pub fn tr(self, key: &str) -> String {
        self.say(&Message::new(key))
    }

    /// A message in words. A key that no locale file defines is shown as it is: a test makes sure there is none.
    #[must_use]
    pub fn say(self, message: &Message) -> String {
        let bundle = match self {
            Self::Fr => &*FRENCH,
            Self::En => &*ENGLISH,
        };
        let Some(pattern) = bundle.get_message(&message.key).and_then(|found| found.value()) else {
            return match message.args.get(OR) {
                Some(Arg::Message(other)) => self.say(other),
                _ => message.key.to_string(),
            };
        };
        let mut args = FluentArgs::new();
        for (name, value) in &message.args {
            args.set(name.as_ref(), value.to_fluent(self));
        }
        bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }
}

/// The argument that holds what is said where the key is not defined.
const OR: &str = "or";

/// A sentence not yet in words: a key of the locale files and its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Key in `assets/locales/*/*.ftl`.
    pub key: Cow<'static, str>,
    /// Named arguments.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<Cow<'static, str>, Arg>,
}

/// An argument of a [`Message`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Arg {
    /// A number: plural forms follow it.
    Number(i64),
    /// Text shown as it is.
    Text(String),
    /// A sentence inside the sentence.
    Message(Box<Message>),
}

impl Arg {
    fn to_fluent(&self, lang: Lang) -> FluentValue<'static> {
        match self {
            Self::Number(number) => FluentValue::from(*number),
            Self::Text(text) => FluentValue::from(text.clone()),
            Self::Message(message) => FluentValue::from(lang.say(message)),
        }
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&String> for Arg {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
impl From<Message> for Arg {
    fn from(message: Message) -> Self {
        Self::Message(Box::new(message))
    }
}
macro_rules! arg_from_int {
    ($($int:ty),*) => {$(
        impl From<$int> for Arg {
            fn from(number: $int) -> Self {
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
    )*};
}
arg_from_int!(i32, i64, u8, u16, u32, u64, usize);

impl Message {
    /// A message without arguments, whose key is in the program.
    #[must_use]
    pub fn literal(key: &'static str) -> Self {
        Self { key: Cow::Borrowed(key), args: BTreeMap::new() }
    }

    /// A message without arguments.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self { key: Cow::Owned(key.to_owned()), args: BTreeMap::new() }
    }

    /// The same, or this one where no locale file defines the key.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.with(OR, other)
    }

    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.insert(Cow::Borrowed(name), value.into());
        self
    }
}

/// `msg!("key", name = value, …)`: a [`Message`].
#[macro_export]
macro_rules! msg {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::i18n::Message::literal($key)$(.with(stringify!($name), $value))*
    };
}

type Bundle = FluentBundle<FluentResource>;
static FRENCH: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::Fr));
static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Lang::En));

fn bundle(lang: Lang) -> Bundle {
    let mut bundle = Bundle::new_concurrent(vec![lang.code().parse().unwrap_or_default()]);
    // Terminals show the isolation marks (U+2068, U+2069) as garbage.
    bundle.set_use_isolating(false);
    for source in sources(lang) {
        // A broken entry is dropped here and reported by the test below.
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

fn sources(lang: Lang) -> impl Iterator<Item = &'static str> {
    LOCALES
        .get_dir(lang.code())
        .into_iter()
        .flat_map(Dir::files)
        .filter(|file| file.path().extension().is_some_and(|ext| ext == "ftl"))
        .filter_map(include_dir::File::contents_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn entries(lang: Lang) -> BTreeMap<String, BTreeSet<String>> {
        let mut all = BTreeMap::new();
        for source in sources(lang) {
            assert!(FluentResource::try_new(source.to_owned()).is_ok(), "a locale file of {lang:?} does not parse");
            let mut key = String::new();
            for line in source.lines() {
                if let Some((name, _)) = line.split_once(" =").filter(|(name, _)| {
                    !name.is_empty() && !name.contains(char::is_whitespace) && name.starts_with(char::is_alphabetic)
                }) {
                    key = name.to_owned();
                    assert!(all.insert(key.clone(), BTreeSet::new()).is_none(), "{lang:?} defines {key} twice");
                }
                for part in line.split("{ $").skip(1).chain(line.split("{$").skip(1)) {
                    let name: String =
                        part.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
                    all.get_mut(&key).expect("an argument inside an entry").insert(name);
                }
            }
        }
        all
    }

    #[test]
    fn both_languages_say_the_same_things_with_the_same_arguments() {
        assert_eq!(entries(Lang::Fr), entries(Lang::En));
    }

    #[test]
    fn every_key_the_code_names_is_defined() {
        let defined = entries(Lang::Fr);
        let mut missing = BTreeSet::new();
        let mut stack = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
        while let Some(path) = stack.pop() {
            if path.is_dir() {
                stack.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            if path.ends_with("i18n.rs") {
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for opening in ["msg!(", ".tr(", "Message::new(", "failed("] {
                for part in source.split(opening).skip(1) {
                    if let Some(key) = part.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next())
                        && !defined.contains_key(key)
                    {
                        missing.insert(key.to_owned());
                    }
                }
            }
        }
        assert!(missing.is_empty(), "not in assets/locales: {missing:?}");
    }

    #[test]
    fn arguments_reach_the_words() {
        let message = Message::new("status-points").with("points", 2);
        assert!(Lang::Fr.say(&message).contains('2'));
    }

    #[test]
    fn where_a_key_is_not_defined_the_other_message_is_said() {
        let other = Message::new("status-points").with("points", 2);
        assert_eq!(Lang::Fr.say(&Message::new("no-such-key").or(other.clone())), Lang::Fr.say(&other));
        assert_eq!(Lang::Fr.say(&Message::new("verdict-yes").or(other)), "oui");
    }

    #[test]
    fn a_message_survives_the_wire() {
        let message = Message::new("a").with("n", 3).with("why", Message::new("b").with("t", "x"));
        let json = serde_json::to_string(&message).unwrap();
        assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message);
    }
}
