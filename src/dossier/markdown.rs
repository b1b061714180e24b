//! Text of people's own into [CommonMark](https://spec.commonmark.org/0.31.2/) that shows it letter by letter.

/// One line of text, shown as it is: spaces that Markdown would drop become one.
#[must_use]
pub(super) fn plain(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut written = String::with_capacity(line.len());
    let is_number = |end: usize| end > 0 && line[..end].bytes().all(|byte| byte.is_ascii_digit());
    for (at, letter) in line.char_indices() {
        let is_mark = match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '&' | '~' | '!' => true,
            // Only at the start of a line: lists and rules.
            '-' | '+' | '=' => at == 0,
            '.' | ')' => is_number(at),
            _ => false,
        };
        if is_mark {
            written.push('\\');
        }
        written.push(letter);
    }
    written
}

/// Several lines as a quotation, their ends kept.
#[must_use]
pub(super) fn quote(text: &str) -> String {
    let lines: Vec<String> = text.trim().lines().map(plain).collect();
    let one = |(place, line): (usize, &String)| {
        let goes_on = lines.get(place + 1).is_some_and(|next| !next.is_empty());
        match (line.is_empty(), goes_on) {
            (true, _) => ">\n".to_owned(),
            (false, true) => format!("> {line}\\\n"),
            (false, false) => format!("> {line}\n"),
        }
    };
    lines.iter().enumerate().map(one).collect()
}

/// A row of a table ([GFM](https://github.github.com/gfm/#tables-extension-)).
#[must_use]
pub(super) fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(plain).collect();
    format!("| {} |\n", cells.join(" | "))
}

/// The line between a table's head and its rows.
#[must_use]
pub(super) fn rule(columns: usize) -> String {
    format!("|{}\n", " --- |".repeat(columns))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Parser, Tag};

    use super::*;
    use crate::dossier::html::options;

    /// What a reader sees of it, and whether anything but text is in it.
    fn shown(markdown: &str) -> (String, bool) {
        let (mut text, mut is_plain) = (String::new(), true);
        for event in Parser::new_ext(markdown, options()) {
            match event {
                Event::Text(piece) => text += &piece,
                Event::Start(Tag::Paragraph) | Event::End(_) => {}
                _ => is_plain = false,
            }
        }
        (text, is_plain)
    }

    #[test]
    fn what_markdown_would_read_is_shown() {
        for text in
            ["# pas un titre", "- tiret", "1. un", "10) dix", "a*b*c", "<b>", "&amp;", "| a |", "`x`", "a_b_c", "=="]
        {
            assert_eq!(shown(&plain(text)), (text.to_owned(), true), "{}", plain(text));
        }
    }

    #[test]
    fn lines_and_paragraphs_of_a_quotation_stay() {
        assert_eq!(quote("a\nb\n\nc"), "> a\\\n> b\n>\n> c\n");
    }

    proptest! {
        #[test]
        fn any_line_is_shown_letter_by_letter(text in r"[ -~éàç«»€]{0,40}") {
            let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
            prop_assert_eq!(shown(&plain(&text)), (line, true));
        }

        #[test]
        fn any_cell_stays_in_its_table(a in r"[ -~éà]{1,20}", b in r"[ -~éà]{1,20}") {
            let table = format!("{}{}{}", row(["x", "y"]), rule(2), row([a.as_str(), b.as_str()]));
            let cells = Parser::new_ext(&table, options()).filter(|event| matches!(event, Event::Start(Tag::TableCell)));
            prop_assert_eq!(cells.count(), 4);
        }
    }
}
