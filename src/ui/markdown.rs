//! The work order: Markdown into lines.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::text::{Flow, fitted};
use super::theme::Theme;

/// Draws Markdown into the flow: headings, paragraphs, lists, code, quotes, tables.
pub(super) fn render(flow: &mut Flow, source: &str, theme: Theme) {
    let mut writer = Writer::new(flow, theme);
    for event in Parser::new_ext(source, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        writer.event(event);
    }
    writer.end_block();
}

struct Writer<'a> {
    flow: &'a mut Flow,
    theme: Theme,
    /// The paragraph being gathered.
    pieces: Vec<(String, Style)>,
    style: Vec<Style>,
    /// The open lists: the next number, if they count.
    lists: Vec<Option<u64>>,
    /// The mark the next paragraph starts with.
    item: Option<String>,
    is_code: bool,
    is_quote: bool,
    /// The table being gathered, row by row.
    table: Option<Vec<Vec<String>>>,
}

impl<'a> Writer<'a> {
    fn new(flow: &'a mut Flow, theme: Theme) -> Self {
        Self {
            flow,
            theme,
            pieces: Vec::new(),
            style: vec![theme.text()],
            lists: Vec::new(),
            item: None,
            is_code: false,
            is_quote: false,
            table: None,
        }
    }

    fn event(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.is_code => self.code_block(&text),
            Event::Text(text) => self.push(&text, self.current()),
            Event::Code(text) => self.push(&text, self.theme.accent()),
            Event::SoftBreak => self.push(" ", self.current()),
            Event::HardBreak => self.push("\n", self.current()),
            Event::Rule => {
                self.end_block();
                self.flow.gap();
                self.flow.line(Span::styled("─".repeat(self.flow.width()), self.theme.quiet()));
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag) {
        match tag {
            Tag::Heading { level, .. } => {
                self.block();
                let style = if *level == HeadingLevel::H1 { self.theme.accent() } else { self.theme.text() };
                self.style.push(style.add_modifier(Modifier::BOLD));
            }
            Tag::Paragraph if self.item.is_none() => self.block(),
            Tag::List(number) => {
                if self.lists.is_empty() {
                    self.block();
                } else {
                    self.end_block();
                }
                self.lists.push(*number);
            }
            Tag::Item => self.start_item(),
            Tag::Emphasis | Tag::Link { .. } => self.modify(Modifier::ITALIC),
            Tag::Strong => self.modify(Modifier::BOLD),
            Tag::Strikethrough => self.modify(Modifier::CROSSED_OUT),
            Tag::CodeBlock(_) => {
                self.block();
                self.is_code = true;
            }
            Tag::BlockQuote(_) => {
                self.block();
                self.is_quote = true;
            }
            Tag::Table(_) => {
                self.block();
                self.table = Some(Vec::new());
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(rows) = &mut self.table {
                    rows.push(Vec::new());
                }
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => {
                self.end_block();
                self.style.pop();
            }
            TagEnd::Paragraph | TagEnd::Item => self.end_block(),
            TagEnd::List(_) => {
                self.end_block();
                self.lists.pop();
            }
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link => {
                self.style.pop();
            }
            TagEnd::CodeBlock => self.is_code = false,
            TagEnd::BlockQuote(_) => {
                self.end_block();
                self.is_quote = false;
            }
            TagEnd::TableCell => {
                let cell = self.pieces.drain(..).map(|(text, _)| text).collect();
                if let Some(row) = self.table.as_mut().and_then(|rows| rows.last_mut()) {
                    row.push(cell);
                }
            }
            TagEnd::Table => self.end_table(),
            _ => {}
        }
    }

    fn current(&self) -> Style {
        self.style.last().copied().unwrap_or_default()
    }

    fn modify(&mut self, modifier: Modifier) {
        self.style.push(self.current().add_modifier(modifier));
    }

    fn push(&mut self, text: &str, style: Style) {
        self.pieces.push((text.to_owned(), style));
    }

    /// A new block begins after an empty line.
    fn block(&mut self) {
        self.end_block();
        self.flow.gap();
    }

    fn start_item(&mut self) {
        self.end_block();
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}. ");
                *number += 1;
                mark
            }
            _ => "• ".to_owned(),
        };
        self.item = Some(mark);
    }

    fn end_block(&mut self) {
        if self.pieces.is_empty() {
            return;
        }
        let pieces = std::mem::take(&mut self.pieces);
        if self.is_quote {
            let bar = Span::styled("│ ", self.theme.quiet());
            return self.flow.styled(vec![bar], "│ ", pieces);
        }
        let indent = "  ".repeat(self.lists.len().saturating_sub(1));
        let mark = self.item.take().unwrap_or_default();
        let hang = if self.lists.is_empty() { String::new() } else { " ".repeat(mark.width().max(2)) };
        let first = vec![Span::raw(indent.clone()), Span::styled(mark, self.theme.accent())];
        self.flow.styled(first, &format!("{indent}{hang}"), pieces);
    }

    fn code_block(&mut self, text: &str) {
        for line in text.lines() {
            self.flow.line(Line::from(Span::styled(format!("  {line}"), self.theme.accent())));
        }
    }

    fn end_table(&mut self) {
        let rows = self.table.take().unwrap_or_default();
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths = widths(&rows, columns, self.flow.width());
        if columns > 2 && breaks_words(&rows, &widths) {
            return self.stacked(&rows);
        }
        for (number, row) in rows.iter().enumerate() {
            let is_head = number == 0;
            if is_head && row.iter().all(String::is_empty) {
                continue;
            }
            self.table_row(row, &widths, if is_head { self.theme.strong() } else { self.theme.text() });
            if is_head {
                let rule: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
                self.flow.line(Span::styled(rule.join("  "), self.theme.quiet()));
            }
        }
    }

    /// A table too wide for the room: a block for each row, its first cell as the heading, the others named.
    fn stacked(&mut self, rows: &[Vec<String>]) {
        let Some((head, rows)) = rows.split_first() else { return };
        for row in rows {
            let Some((first, others)) = row.split_first() else { continue };
            self.flow.styled(Vec::new(), "", vec![(first.clone(), self.theme.strong())]);
            for (name, cell) in head.iter().skip(1).zip(others).filter(|(_, cell)| !cell.is_empty()) {
                let name = Span::styled(format!("  {name}  "), self.theme.quiet());
                let hang = " ".repeat(name.width());
                self.flow.styled(vec![name], &hang, vec![(cell.clone(), self.theme.text())]);
            }
        }
    }

    /// A row, as many lines high as its highest cell: nothing is cut off.
    fn table_row(&mut self, row: &[String], widths: &[usize], style: Style) {
        let cells: Vec<Vec<Line>> = widths
            .iter()
            .enumerate()
            .map(|(column, width)| {
                let mut cell = Flow::new(u16::try_from(*width).unwrap_or(u16::MAX));
                cell.text(row.get(column).map_or("", String::as_str), style);
                cell.lines
            })
            .collect();
        for line in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
            let texts = cells
                .iter()
                .zip(widths)
                .map(|(cell, width)| fitted(&cell.get(line).map_or_else(String::new, ToString::to_string), *width));
            self.flow.line(Span::styled(texts.collect::<Vec<_>>().join("  "), style));
        }
    }
}

/// The widths of a table's columns: what they hold, the widest ones giving way where the room lacks.
fn widths(rows: &[Vec<String>], columns: usize, room: usize) -> Vec<usize> {
    let mut widths: Vec<usize> = (0..columns)
        .map(|c| rows.iter().filter_map(|row| row.get(c)).map(|cell| cell.width()).max().unwrap_or(0))
        .collect();
    let gaps = columns.saturating_sub(1) * 2;
    while widths.iter().sum::<usize>() + gaps > room {
        match widths.iter_mut().max() {
            Some(widest) if *widest > 3 => *widest -= 1,
            _ => break,
        }
    }
    widths
}

/// Whether a cell would have to break inside a word.
fn breaks_words(rows: &[Vec<String>], widths: &[usize]) -> bool {
    let longest = |cell: &String| cell.split_whitespace().map(UnicodeWidthStr::width).max().unwrap_or(0);
    rows.iter().any(|row| row.iter().zip(widths).any(|(cell, width)| longest(cell) > *width))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str, width: u16) -> Vec<String> {
        let mut flow = Flow::new(width);
        render(&mut flow, source, Theme { has_colour: true, has_unicode: true, look: crate::settings::Look::Terminal });
        flow.lines.iter().map(|line| line.to_string().trim_end().to_owned()).collect()
    }

    #[test]
    fn headings_lists_code_and_tables_are_told_apart() {
        let source = "# Titre\n\nUn *mot*, `sdb`.\n\n- un\n- deux trois\n  - sous\n\n1. a\n2. b\n\n```\nls -l\n```\n\n\
                      | Poste | Adresse |\n|---|---|\n| srv | 10.0.0.1 |\n";
        assert_eq!(
            shown(source, 12),
            [
                "Titre",
                "",
                "Un mot, sdb.",
                "",
                "• un",
                "• deux trois",
                "  • sous",
                "",
                "1. a",
                "2. b",
                "",
                "  ls -l",
                "",
                "Poste  Adres",
                "       se",
                "─────  ─────",
                "srv    10.0.",
                "       0.1"
            ]
        );
    }

    #[test]
    fn a_table_that_would_break_words_is_stacked() {
        let source = "| rôle | type | taille |\n|---|---|---|\n| démarrage | système EFI | 512 Mio |\n";
        assert_eq!(shown(source, 40)[0], "rôle       type         taille");
        assert_eq!(shown(source, 20), ["démarrage", "  type  système EFI", "  taille  512 Mio"]);
    }

    #[test]
    fn code_is_in_the_accent() {
        let mut flow = Flow::new(20);
        let theme = Theme { has_colour: true, has_unicode: true, look: crate::settings::Look::Terminal };
        render(&mut flow, "`sdb`", theme);
        assert!(flow.lines[0].spans.iter().any(|span| span.content == "sdb" && span.style == theme.accent()));
    }
}
