//! What a person may type in the linear mode, in either language. Pure.

use crate::i18n::{Lang, Message};
use crate::msg;

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    /// Look and say.
    Check,
    /// The next hint.
    Hint,
    /// Ticket and work order again.
    Brief,
    /// Answer a question.
    Answer { question: String, text: String },
    /// A shell, right here.
    Terminal(Option<String>),
    /// Put a machine, or all, back to the start.
    Reset(Option<String>),
    /// Qualify the ticket, show its form: field and value.
    Qualify(Option<(String, String)>),
    /// Write a part of the report, show it: part and text.
    Report(Option<(String, String)>),
    /// Note something in the work log.
    Log(String),
    /// Submit.
    Finish,
    /// Give up for the reference way.
    GiveUp,
    /// Leave; the attempt goes on next time.
    Quit,
    /// What can be typed.
    Help,
}

/// The words, without accents: French, English.
const WORDS: [(&str, &str); 13] = [
    ("verifier", "check"),
    ("indice", "hint"),
    ("consigne", "brief"),
    ("repondre", "answer"),
    ("terminal", "terminal"),
    ("remettre", "reset"),
    ("qualifier", "qualify"),
    ("rapport", "report"),
    ("journal", "log"),
    ("terminer", "finish"),
    ("abandonner", "give-up"),
    ("quitter", "quit"),
    ("aide", "help"),
];

impl Command {
    /// Reads a line; none for an empty one.
    pub(super) fn parse(line: &str, lang: Lang) -> Result<Option<Self>, Message> {
        let (word, rest) = split(line);
        if word.is_empty() {
            return Ok(None);
        }
        let typed = plain(word);
        let known = WORDS.iter().find(|(french, english)| typed == *french || typed == *english);
        let Some((french, _)) = known else { return Err(unknown(word, &typed, lang)) };
        let machine = || Some(rest.to_owned()).filter(|rest| !rest.is_empty());
        Ok(Some(match *french {
            "verifier" => Self::Check,
            "indice" => Self::Hint,
            "consigne" => Self::Brief,
            "repondre" => answer(rest)?,
            "terminal" => Self::Terminal(machine()),
            "remettre" => Self::Reset(machine()),
            "qualifier" => Self::Qualify(pair(rest)),
            "rapport" => Self::Report(pair(rest)),
            "journal" if rest.is_empty() => return Err(msg!("plain-log-how")),
            "journal" => Self::Log(rest.to_owned()),
            "terminer" => Self::Finish,
            "abandonner" => Self::GiveUp,
            "quitter" => Self::Quit,
            _ => Self::Help,
        }))
    }
}

fn pair(rest: &str) -> Option<(String, String)> {
    let (name, value) = split(rest);
    (!value.is_empty()).then(|| (plain(name), value.to_owned()))
}

fn answer(rest: &str) -> Result<Command, Message> {
    let (question, text) = split(rest);
    if text.is_empty() {
        return Err(msg!("plain-answer-how"));
    }
    Ok(Command::Answer { question: question.to_owned(), text: text.to_owned() })
}

fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()))
}

/// Lower case, without the accents that the words may have.
pub(super) fn plain(word: &str) -> String {
    let plain = |letter| match letter {
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'à' | 'â' => 'a',
        'î' | 'ï' => 'i',
        'ô' => 'o',
        'ù' | 'û' => 'u',
        'ç' => 'c',
        other => other,
    };
    word.to_lowercase().chars().map(plain).collect()
}

fn unknown(word: &str, typed: &str, lang: Lang) -> Message {
    let words = WORDS.iter().map(|(french, english)| if lang == Lang::Fr { *french } else { *english });
    let nearest = words
        .map(|known| (strsim::jaro_winkler(typed, known), known))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((_, known)) => msg!("plain-unknown-near", word = word, near = known),
        None => msg!("plain-unknown", word = word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Option<Command> {
        Command::parse(line, Lang::Fr).unwrap()
    }

    #[test]
    fn both_languages_with_or_without_accents_and_case() {
        for line in ["vérifier", "verifier", " VÉRIFIER ", "check"] {
            assert_eq!(parsed(line), Some(Command::Check), "{line}");
        }
        assert_eq!(parsed("quit"), Some(Command::Quit));
    }

    #[test]
    fn an_answer_is_all_that_follows_its_question() {
        let wanted = Command::Answer { question: "mac".to_owned(), text: "52:54:00 or so".to_owned() };
        assert_eq!(parsed("répondre mac  52:54:00 or so "), Some(wanted));
        assert!(Command::parse("répondre mac", Lang::Fr).is_err());
    }

    #[test]
    fn a_machine_may_be_named() {
        assert_eq!(parsed("terminal"), Some(Command::Terminal(None)));
        assert_eq!(parsed("terminal srv"), Some(Command::Terminal(Some("srv".to_owned()))));
        assert_eq!(parsed("remettre srv"), Some(Command::Reset(Some("srv".to_owned()))));
    }

    #[test]
    fn nothing_is_nothing() {
        assert_eq!(parsed("   "), None);
    }

    #[test]
    fn a_slip_gets_the_nearest_word() {
        let said = |line| Lang::Fr.say(&Command::parse(line, Lang::Fr).unwrap_err());
        assert!(said("verifer").contains("verifier"));
        assert_eq!(Command::parse("xyz", Lang::Fr).unwrap_err().key, "plain-unknown");
    }

    proptest::proptest! {
        #[test]
        fn no_line_panics(line in ".*") {
            let _ = Command::parse(&line, Lang::En);
        }
    }
}
