//! For people: a line for each criterion, and under it why.

use super::{Line, reasons, said};
use crate::i18n::Lang;
use crate::msg;
use crate::verdict::{Score, Status};

/// The verdicts and the score, line by line; a mark in ASCII tells the status without colour.
#[must_use]
pub fn text(lines: &[Line<'_>], lang: Lang) -> String {
    let mut out = String::new();
    for Line { title, verdict } in lines {
        let mark = match verdict.status {
            Status::Pass => "[x]",
            Status::Fail => "[ ]",
            Status::Unknown => "[?]",
            Status::Waiting => "[~]",
        };
        let status = lang.say(&said(verdict.status));
        out.extend([mark, " ", title, " (", &verdict.id, ") \u{2014} ", &status, "\n"]);
        if verdict.status != Status::Pass {
            for reason in reasons(verdict, lang) {
                out.extend(["    ", &reason, "\n"]);
            }
        }
    }
    let score = Score::of(lines.iter().map(|line| line.verdict));
    out.push_str(&lang.say(&msg!("report-score", earned = score.earned, total = score.total)));
    if score.untold > 0 {
        out.push_str(&lang.say(&msg!("report-untold", points = score.untold)));
    }
    out
}
