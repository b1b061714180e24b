//! Test Anything Protocol 14: what can't be told or waits is a TODO, which by the protocol is no failure.

use super::{Line, reasons, said};
use crate::i18n::Lang;
use crate::verdict::Status;

/// A whole TAP document.
#[must_use]
pub fn tap(lines: &[Line<'_>], lang: Lang) -> String {
    let points = lines.iter().enumerate().map(|(index, line)| point(index + 1, line, lang));
    let head = ["TAP version 14".to_owned(), format!("1..{}", lines.len())];
    head.into_iter().chain(points).collect::<Vec<_>>().join("\n")
}

fn point(number: usize, line: &Line<'_>, lang: Lang) -> String {
    let verdict = line.verdict;
    let description = escaped(&format!("{}: {}", verdict.id, line.title));
    let (ok, directive) = match verdict.status {
        Status::Pass => return format!("ok {number} - {description}"),
        Status::Fail => ("not ok", String::new()),
        Status::Unknown | Status::Waiting => ("not ok", format!(" # TODO {}", lang.say(&said(verdict.status)))),
    };
    // YAML reads JSON: quoting is right whatever the text.
    let why = serde_json::Value::from(reasons(verdict, lang));
    format!("{ok} {number} - {description}{directive}\n  ---\n  why: {why}\n  ...")
}

/// `#` and `\` mean something in a description, and a line end ends it.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('#', "\\#").replace(['\n', '\r'], " ")
}
