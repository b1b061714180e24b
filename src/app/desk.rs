//! The rows of the desk's tab: the ticket's qualification, the report's parts, the work log.

use crate::lab::Manifest;
use crate::lab::manifest::Part;
use crate::session::View;
use crate::session::desk::Field;

/// A row that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// A field of the qualification: Enter takes the next value.
    Field(Field),
    /// A part of the report: Enter writes.
    Part(Part),
    /// The work log: Enter writes a line.
    Log,
}

/// The rows a lab has, in order.
pub fn rows(manifest: &Manifest) -> impl Iterator<Item = Row> {
    let fields = manifest.qualify.iter().flat_map(|_| Field::ALL.map(Row::Field));
    let parts = manifest.report.iter().flat_map(|report| {
        let parts = Part::ALL.into_iter().filter(|part| report.require.contains(part));
        parts.map(Row::Part).chain([Row::Log])
    });
    fields.chain(parts)
}

/// What is written in a row so far; nothing in one that is not written.
#[must_use]
pub fn written(view: &View, row: Row) -> &str {
    match row {
        Row::Part(part) => view.desk.report.get(&part).map_or("", String::as_str),
        Row::Field(_) | Row::Log => "",
    }
}
