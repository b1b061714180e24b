//! What is wrong in a lab: a sentence, the mend, and the place in the author's file.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, NamedSource, Severity, SourceCode};

use crate::i18n::{Lang, Message};
use crate::msg;

/// Something an author has to mend (or, as advice, may want to).
///
/// In words by [`Problem::report`]; as an error it speaks English.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What is wrong.
    pub message: Message,
    /// The mend.
    pub help: Option<Message>,
    /// Where.
    pub place: Option<Box<Place>>,
    /// Advice doesn't keep a lab from running.
    pub is_advice: bool,
}

/// A piece of a text an author wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as shown to people: its path, or `labs/…` for an embedded one.
    pub file: Arc<str>,
    /// Its text.
    pub source: Arc<str>,
    /// The bytes meant.
    pub span: Range<usize>,
}

impl Problem {
    /// Something that must be mended.
    #[must_use]
    pub fn new(message: Message) -> Self {
        Self { message, help: None, place: None, is_advice: false }
    }

    /// Something the author may want to mend.
    #[must_use]
    pub fn advice(message: Message) -> Self {
        Self { is_advice: true, ..Self::new(message) }
    }

    /// With the mend.
    #[must_use]
    pub fn help(mut self, help: Message) -> Self {
        self.help = Some(help);
        self
    }

    /// With the mend, if one is known.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<Message>) -> Self {
        self.help = help;
        self
    }

    /// At this place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
        self
    }

    /// The line of its place, from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        let place = self.place.as_ref()?;
        let before = place.source.get(..place.span.start)?;
        Some(before.matches('\n').count() + 1)
    }

    /// In words, for a person: prints with the lines of the file around it.
    #[must_use]
    pub fn report(&self, lang: Lang) -> miette::Report {
        miette::Report::new(Spoken::new(self, lang))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(place), Some(line)) = (&self.place, self.line()) {
            write!(f, "{}:{line}: ", place.file)?;
        }
        f.write_str(&Lang::En.say(&self.message))?;
        match &self.help {
            Some(help) => write!(f, " ({})", Lang::En.say(help)),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Problem {}
impl Diagnostic for Problem {}

/// A problem in one language.
#[derive(Debug)]
struct Spoken {
    message: String,
    help: Option<String>,
    severity: Severity,
    source: Option<NamedSource<String>>,
    label: Option<LabeledSpan>,
}

impl Spoken {
    fn new(problem: &Problem, lang: Lang) -> Self {
        let place = problem.place.as_deref();
        let label = lang.say(&if problem.is_advice { msg!("lab-label-advice") } else { msg!("lab-label-error") });
        Self {
            message: lang.say(&problem.message),
            help: problem.help.as_ref().map(|help| lang.say(help)),
            severity: if problem.is_advice { Severity::Advice } else { Severity::Error },
            source: place.map(|place| NamedSource::new(&place.file, place.source.to_string())),
            label: place.map(|place| LabeledSpan::new_with_span(Some(label), place.span.clone())),
        }
    }
}

impl fmt::Display for Spoken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Spoken {}

impl Diagnostic for Spoken {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.label.clone().map(|label| Box::new(std::iter::once(label)) as Box<dyn Iterator<Item = _>>)
    }
}
