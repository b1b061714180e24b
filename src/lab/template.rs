//! Templates of one variant: `MiniJinja`, in which an undefined variable is an error and nothing is escaped.

use std::collections::BTreeMap;
use std::ops::Range;

use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior};

use super::suggest::nearest;
use crate::i18n::Message;
use crate::msg;

/// Renders texts with the variables of one variant.
#[derive(Debug)]
pub(super) struct Templates {
    environment: Environment<'static>,
    variables: BTreeMap<String, Value>,
}

/// What is wrong in a template, and where in it.
#[derive(Debug)]
pub(super) struct Mistake {
    pub(super) message: Message,
    pub(super) help: Option<Message>,
    pub(super) range: Range<usize>,
}

impl Templates {
    /// With these variables.
    pub(super) fn new(variables: BTreeMap<String, Value>) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.set_keep_trailing_newline(true);
        environment.set_debug(true);
        Self { environment, variables }
    }

    /// The text with its tags filled in.
    pub(super) fn render(&self, source: &str) -> Result<String, Mistake> {
        if !["{{", "{%", "{#"].iter().any(|tag| source.contains(tag)) {
            return Ok(source.to_owned());
        }
        self.environment.render_str(source, &self.variables).map_err(|error| self.mistake(source, &error))
    }

    /// A variable that a branch not taken by this variant names and that doesn't exist.
    pub(super) fn undefined(&self, source: &str) -> Option<Mistake> {
        let template = self.environment.template_from_str(source).ok()?;
        let mut names: Vec<_> = template.undeclared_variables(false).into_iter().collect();
        names.sort();
        let known = |name: &str| {
            self.variables.contains_key(name) || self.environment.globals().any(|(global, _)| global == name)
        };
        let name = names.into_iter().find(|name| !known(name))?;
        let start = source.find(&name).unwrap_or(0);
        Some(self.unknown_variable(&name, start..start + name.len()))
    }

    fn mistake(&self, source: &str, error: &Error) -> Mistake {
        // Whatever came of it, a variable that doesn't exist is the cause.
        if let Some(mistake) = self.undefined(source) {
            return mistake;
        }
        let range = error.range().unwrap_or_else(|| line_range(source, error.line().unwrap_or(1)));
        let named = source.get(range.clone()).unwrap_or_default();
        let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        match error.kind() {
            ErrorKind::UndefinedError => {
                Mistake { message: msg!("lab-template-no-attribute", name = named), help: None, range }
            }
            ErrorKind::SyntaxError => {
                // A comment that doesn't end is only seen at the end of the file.
                let opened = source.find("{#").filter(|_| detail.contains("comment"));
                let range = opened.map_or(range, |start| start..start + 2);
                let help = Some(msg!("lab-template-raw"));
                Mistake { message: msg!("lab-template-error", error = detail), help, range }
            }
            _ => Mistake { message: msg!("lab-template-error", error = detail), help: None, range },
        }
    }

    fn unknown_variable(&self, name: &str, range: Range<usize>) -> Mistake {
        let help = nearest(name, self.variables.keys().map(String::as_str));
        Mistake { message: msg!("lab-template-undefined", name = name), help, range }
    }
}

/// A whole line, from 1.
fn line_range(source: &str, line: usize) -> Range<usize> {
    let start: usize = source.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let length = source.get(start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
    start..start + length
}
