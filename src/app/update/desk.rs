//! The desk's tab: choosing values, writing the report and the log.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::style::Style;
use ratatui_textarea::{CursorMove, TextArea, WrapMode};

use super::Effect;
use crate::app::action::Request;
use crate::app::desk::{Row, rows, written};
use crate::app::state::{Work, Writing};

/// Enter on a row: the next value, or the text.
pub(super) fn accept(work: &mut Work) -> Vec<Effect> {
    let Some(row) = rows(&work.view.variant.manifest).nth(work.row()) else { return Vec::new() };
    if let Row::Field(field) = row {
        return vec![Effect::Session(Request::Qualify(work.view.desk.qualification.next(field)))];
    }
    let mut text = TextArea::from(written(&work.view, row).lines());
    text.set_wrap_mode(WrapMode::WordOrGlyph);
    text.set_cursor_line_style(Style::new());
    text.move_cursor(CursorMove::Bottom);
    text.move_cursor(CursorMove::End);
    work.writing = Some(Writing { row, text });
    Vec::new()
}

/// A key while a text is being written; none where none is. Escape keeps the text: nothing typed is ever lost.
pub(super) fn typed(work: &mut Work, key: KeyEvent) -> Option<Vec<Effect>> {
    let writing = work.writing.as_mut()?;
    let is_save = key.code == KeyCode::Char('s') && key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Esc => return Some(keep(work)),
        _ if is_save => return Some(keep(work)),
        KeyCode::Enter if writing.row == Row::Log => return Some(keep(work)),
        _ => {
            writing.text.input(key);
        }
    }
    Some(Vec::new())
}

pub(super) fn paste(writing: &mut Writing, text: &str) {
    writing.text.insert_str(text.replace('\r', "\n"));
}

/// Ends the writing and hands the text over.
pub(super) fn keep(work: &mut Work) -> Vec<Effect> {
    let Some(writing) = work.writing.take() else { return Vec::new() };
    let text = writing.text.lines().join("\n");
    match writing.row {
        Row::Part(part) if text != written(&work.view, writing.row) => {
            vec![Effect::Session(Request::Write(part, text))]
        }
        Row::Log if !text.trim().is_empty() => vec![Effect::Session(Request::Log(text))],
        Row::Part(_) | Row::Log | Row::Field(_) => Vec::new(),
    }
}
