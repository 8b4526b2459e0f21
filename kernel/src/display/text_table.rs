//! A table in box-drawing characters, the same on every terminal.

use super::table::{Excerpt, TableOptions};
use super::value::{cut, is_number};

/// The widest table in characters; middle columns give way.
const WIDTH: usize = 120;
/// The most characters of one cell.
const CELL: usize = 32;

struct TextColumn {
    cells: Vec<String>,
    width: usize,
    right: bool,
}

/// Draws an excerpt of a table.
pub(super) fn text_table(excerpt: &Excerpt<'_>, options: &TableOptions) -> String {
    let mut lines = vec![excerpt.shape()];
    let columns = fitting(excerpt, options.text.min(CELL));
    if !columns.is_empty() {
        lines.push(rule(&columns, '┌', '┬', '┐', '─'));
        lines.push(line(&columns, 0));
        lines.push(line(&columns, 1));
        lines.push(rule(&columns, '╞', '╪', '╡', '═'));
        lines.extend((2..columns[0].cells.len()).map(|row| line(&columns, row)));
        lines.push(rule(&columns, '└', '┴', '┘', '─'));
    }
    lines.join("\n")
}

/// As many columns from both ends as fit, with `…` for the rest.
fn fitting(excerpt: &Excerpt<'_>, limit: usize) -> Vec<TextColumn> {
    let count = excerpt.columns.len();
    let mut head = Vec::new();
    let mut tail = Vec::new();
    let gap = gap_column(excerpt.rows.len());
    let mut used = 1 + gap.width + 3;
    for step in 0..count {
        let from_head = step % 2 == 0;
        let at = if from_head { step / 2 } else { count - 1 - step / 2 };
        let column = text_column(excerpt, excerpt.columns[at], limit);
        let needed = column.width + 3;
        if used + needed > WIDTH && !head.is_empty() {
            break;
        }
        used += needed;
        if from_head { head.push(column) } else { tail.push(column) }
    }
    if head.len() + tail.len() < count {
        head.push(gap);
    }
    tail.reverse();
    head.extend(tail);
    head
}

fn gap_column(rows: usize) -> TextColumn {
    TextColumn { cells: vec!["…".to_owned(); rows + 2], width: 1, right: false }
}

fn text_column(excerpt: &Excerpt<'_>, at: Option<usize>, limit: usize) -> TextColumn {
    let Some(at) = at else { return gap_column(excerpt.rows.len()) };
    let column = excerpt.column(at);
    let mut cells = vec![cut(&plain(column.name()), limit), cut(&column.dtype().to_string(), limit)];
    cells.extend(excerpt.rows.iter().map(|row| match row {
        None => "…".to_owned(),
        Some(row) => excerpt.cell(at, *row, limit).unwrap_or_else(|| "null".to_owned()),
    }));
    let width = cells.iter().map(|cell| cell.chars().count()).max().unwrap_or(0);
    TextColumn { cells, width, right: is_number(column.dtype()) }
}

/// A name on one line.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

fn line(columns: &[TextColumn], row: usize) -> String {
    let cells: Vec<String> = columns
        .iter()
        .map(|column| {
            let cell = &column.cells[row];
            let pad = " ".repeat(column.width - cell.chars().count());
            if column.right { format!("{pad}{cell}") } else { format!("{cell}{pad}") }
        })
        .collect();
    format!("│ {} │", cells.join(" ┆ "))
}

fn rule(columns: &[TextColumn], left: char, middle: char, right: char, fill: char) -> String {
    let pieces: Vec<String> = columns.iter().map(|column| fill.to_string().repeat(column.width + 2)).collect();
    format!("{left}{}{right}", pieces.join(&middle.to_string()))
}
