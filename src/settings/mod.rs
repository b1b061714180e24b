//! What a person set: language, looks, keys. One TOML file, read at the start, changed by hand or from the app.

mod chord;
mod keys;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use chord::Chord;
pub use keys::{Clash, Function, Keys};

use crate::i18n::Lang;
use crate::lab::{Problem, Written};
use crate::{msg, paths};

/// All that can be set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// The language to start in; the environment's unless set.
    pub language: Option<Lang>,
    /// The colours.
    pub look: Look,
    /// The keys.
    pub keys: Keys,
}

/// A set of colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Look {
    /// The terminal's own sixteen, on its own background.
    #[default]
    Terminal,
    /// Soft on dark.
    Dark,
    /// Dark on light.
    Light,
    /// White and bright on black.
    Contrast,
}

impl Look {
    /// All, in the order people are shown.
    pub const ALL: [Self; 4] = [Self::Terminal, Self::Dark, Self::Light, Self::Contrast];

    /// Its name in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Contrast => "contrast",
        }
    }
}

/// The file as it is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct File {
    /// fr or en.
    language: Option<Lang>,
    /// terminal, dark, light or contrast.
    #[serde(default)]
    theme: Look,
    /// A function and its key.
    #[serde(default)]
    keys: FileKeys,
}

/// `[keys]`, a key for each function: named one by one, so that an unknown one is told.
macro_rules! file_keys {
    ($($field:ident => $function:ident),* $(,)?) => {
        #[derive(Debug, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, rename_all = "kebab-case")]
        #[schemars(inline)]
        struct FileKeys { $($field: Option<String>),* }

        impl FileKeys {
            fn set(self) -> impl Iterator<Item = (Function, String)> {
                [$((Function::$function, self.$field)),*].into_iter().filter_map(|(function, text)| Some((function, text?)))
            }
        }
    };
}
file_keys! {
    help => Help, language => Language, hint => Hint, desk => Desk, check => Check, switch => Switch, leave => Leave,
    next_shell => NextShell, new_shell => NewShell, reset => Reset, finish => Finish, zoom => Zoom, palette => Palette,
    search => Search, narrow => Narrow, widen => Widen,
}

/// The person's file.
#[must_use]
pub fn file() -> PathBuf {
    paths::config().join("settings.toml")
}

impl Settings {
    /// What the person's file says; where there is none, what is usual.
    pub fn load() -> Result<Self, Vec<Problem>> {
        let path = file();
        let name = path.display().to_string();
        match fs::read_to_string(&path) {
            Ok(text) => Self::read(&name, &text),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(vec![Problem::new(msg!("settings-unreadable", file = name, error = error.to_string()))]),
        }
    }

    /// Reads a file's text; `name` is what messages call it.
    pub fn read(name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        let mut read = Written::<File>::read(name, text)?;
        let content = std::mem::take(&mut read.content);
        let (mut changed, mut problems) = (BTreeMap::new(), Vec::new());
        for (function, text) in content.keys.set() {
            match text.parse::<Chord>() {
                Ok(chord) => drop(changed.insert(function, chord)),
                Err(_) => problems.push(
                    Problem::new(msg!("settings-not-a-key", text = text))
                        .help(msg!("settings-not-a-key-help"))
                        .at(read.place(&["keys", function.name()])),
                ),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let keys = Keys::with(&changed).map_err(|(function, clash)| {
            let problem = match clash {
                Clash::With(other) => {
                    Problem::new(msg!("settings-key-taken", function = function.name(), other = other.name()))
                        .help(msg!("settings-key-taken-help", other = other.name()))
                }
                Clash::Quit => Problem::new(msg!("settings-key-quits")).help(msg!("settings-not-a-key-help")),
            };
            vec![problem.at(read.place(&["keys", function.name()]))]
        })?;
        Ok(Self { language: content.language, look: content.theme, keys })
    }

    /// All of it as a file that says the same.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let head = lang.tr("settings-head").replace('\n', "\n# ");
        let unless_set = if self.language.is_some() { "" } else { "# " };
        let language = self.language.unwrap_or(lang).code();
        let look = self.look.name();
        let keys = self.keys.iter().map(|(function, chord)| {
            let name = function.name();
            format!("{name} = \"{chord}\"    # {}", lang.tr(&format!("settings-key-{name}")))
        });
        format!(
            "# {head}\n{unless_set}language = \"{language}\"    # fr, en\ntheme = \"{look}\"    # terminal, dark, light, contrast\n\n[keys]\n{}\n",
            keys.collect::<Vec<_>>().join("\n")
        )
    }
}

/// Writes the colours into the person's file; everything else in it, comments too, stays as it is.
pub fn keep_look(look: Look) -> io::Result<()> {
    let path = file();
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    replace(&path, &with_look(&text, look).map_err(io::Error::other)?)
}

fn with_look(text: &str, look: Look) -> Result<String, toml_edit::TomlError> {
    let mut document: toml_edit::DocumentMut = text.parse()?;
    match document.get_mut("theme").and_then(toml_edit::Item::as_value_mut) {
        Some(value) => {
            let decor = value.decor().clone();
            *value = look.name().into();
            *value.decor_mut() = decor;
        }
        None => drop(document.insert("theme", toml_edit::value(look.name()))),
    }
    Ok(document.to_string())
}

/// All of the new text or all of the old one, whatever happens meanwhile.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let beside = path.with_extension("toml.new");
    let mut file = fs::File::create(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> String {
        let problems = Settings::read("settings.toml", text).unwrap_err();
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn an_empty_file_changes_nothing() {
        assert_eq!(Settings::read("s", "").unwrap(), Settings::default());
    }

    #[test]
    fn what_is_set_is_read() {
        let text = "language = \"en\"\ntheme = \"light\"\n[keys]\ncheck = \"Alt-v\"\n";
        let read = Settings::read("s", text).unwrap();
        assert_eq!((read.language, read.look), (Some(Lang::En), Look::Light));
        assert_eq!(read.keys.chord(Function::Check).to_string(), "Alt-v");
    }

    #[test]
    fn mistakes_are_told_with_their_line_and_the_mend() {
        insta::assert_snapshot!(problem("theme = \"darc\"\n[keys]\nchek = \"F5\"\n"));
        insta::assert_snapshot!(problem("[keys]\ncheck = \"c\"\nzoom = \"F99\"\n"));
        insta::assert_snapshot!(problem("[keys]\ncheck = \"F6\"\n"));
        insta::assert_snapshot!(problem("language = 1\n[keys\n"));
    }

    #[test]
    fn what_is_printed_reads_back_the_same_in_both_languages() {
        let changed = "theme = \"dark\"\n[keys]\nleave = \"Ctrl-g\"\n";
        for lang in Lang::ALL {
            for settings in [Settings::default(), Settings::read("s", changed).unwrap()] {
                assert_eq!(Settings::read("s", &settings.text(lang)).unwrap(), settings);
            }
        }
    }

    #[test]
    fn keeping_the_colours_keeps_everything_else() {
        let text = "# mine\ntheme = \"dark\" # at night\n\n[keys]\ncheck = \"F6\"\nswitch = \"F5\" # swapped\n";
        assert_eq!(with_look(text, Look::Light).unwrap(), text.replace("dark", "light"));
        assert_eq!(with_look("", Look::Dark).unwrap(), "theme = \"dark\"\n");
        let into = with_look("[keys]\ncheck = \"Alt-v\"\n", Look::Dark).unwrap();
        assert_eq!(Settings::read("s", &into).unwrap().look, Look::Dark);
        assert!(with_look("a = [", Look::Dark).is_err());
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/settings.toml");
        replace(&path, "a = 1\n").unwrap();
        replace(&path, "b = 2\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "b = 2\n");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
