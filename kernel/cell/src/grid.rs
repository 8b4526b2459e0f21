//! A table as it is drawn: HTML and text from the cells that a window shows.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

/// Characters of a cut value that its title shows.
const LONGEST_TITLE: usize = 2000;

/// How much of a table is shown. Of longer tables the first and the last rows stand, of wider ones the first and the
/// last columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Rows at most.
    pub rows: usize,
    /// Columns at most.
    pub columns: usize,
    /// Characters of a value at most.
    pub text: usize,
}

impl Window {
    /// What HTML shows.
    #[must_use]
    pub const fn html() -> Self {
        Self { rows: 10, columns: 75, text: 60 }
    }

    /// What text shows.
    #[must_use]
    pub const fn text() -> Self {
        Self { rows: 10, columns: 8, text: 30 }
    }

    /// The rows that are shown of so many.
    #[must_use]
    pub fn rows(&self, count: usize) -> Vec<usize> {
        ends(count, self.rows)
    }

    /// The columns that are shown of so many.
    #[must_use]
    pub fn columns(&self, count: usize) -> Vec<usize> {
        ends(count, self.columns)
    }
}

fn ends(count: usize, most: usize) -> Vec<usize> {
    if count <= most {
        return (0..count).collect();
    }
    let head = most.div_ceil(2);
    (0..head).chain(count - (most - head)..count).collect()
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridColumn {
    /// The column's name.
    pub name: String,
    /// The column's type.
    pub dtype: String,
    /// True when values are set flush right.
    pub number: bool,
}

/// A value in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GridCell {
    /// A missing value.
    Null,
    /// Text, which HTML shows in quotation marks so that empty text and text like `null` can be told.
    Text(String),
    /// Any other value.
    Value(String),
}

/// The part of a table that is drawn. Everything in it is data: the drawing escapes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The heads of the shown columns.
    pub columns: Vec<GridColumn>,
    /// The shown rows, a cell for each shown column.
    pub cells: Vec<Vec<GridCell>>,
    /// Rows of the whole table.
    pub rows: usize,
    /// Columns of the whole table.
    pub width: usize,
    /// The window that chose rows and columns.
    pub window: Window,
}

impl Grid {
    /// The table in HTML: types under the names, missing values and the shape visible, long text cut with the whole in
    /// its title. No script and no colours of its own, so that it follows the notebook's theme.
    #[must_use]
    pub fn to_html(&self) -> String {
        let mut html = format!(
            "<div class=\"synthbook-table tex2jax_ignore\"><small>{}</small>\n<table><thead>\n<tr>",
            escape(&shape(self.rows, self.width))
        );
        let gap = self.column_gap();
        Self::html_row(&mut html, "th", gap, self.columns.iter().map(|column| (column.number, escape(&column.name))));
        html.push_str("</tr>\n<tr>");
        let types =
            self.columns.iter().map(|column| (column.number, format!("<small>{}</small>", escape(&column.dtype))));
        Self::html_row(&mut html, "td", gap, types);
        html.push_str("</tr>\n</thead><tbody>\n");
        for (at, row) in self.cells.iter().enumerate() {
            if self.row_gap() == Some(at) {
                html.push_str("<tr>");
                Self::html_row(&mut html, "td", gap, self.columns.iter().map(|column| (column.number, "…".to_owned())));
                html.push_str("</tr>\n");
            }
            html.push_str("<tr>");
            let cells = row.iter().zip(&self.columns).map(|(cell, column)| (column.number, self.html_cell(cell)));
            Self::html_row(&mut html, "td", gap, cells);
            html.push_str("</tr>\n");
        }
        html.push_str("</tbody></table></div>");
        html
    }

    fn html_row(html: &mut String, tag: &str, gap: Option<usize>, cells: impl Iterator<Item = (bool, String)>) {
        for (at, (number, cell)) in cells.enumerate() {
            if gap == Some(at) {
                let _ = write!(html, "<{tag}>…</{tag}>");
            }
            let align = if number { "right" } else { "left" };
            let _ = write!(html, "<{tag} style=\"text-align: {align}\">{cell}</{tag}>");
        }
    }

    fn html_cell(&self, cell: &GridCell) -> String {
        let (text, quoted) = match cell {
            GridCell::Null => return "<i style=\"opacity: 0.6\">null</i>".to_owned(),
            GridCell::Text(text) => (text, true),
            GridCell::Value(text) => (text, false),
        };
        let short = limit_text(text, self.window.text);
        let shown = if quoted { format!("\"{short}\"") } else { short.clone() };
        if short.len() == text.len() {
            return escape(&shown);
        }
        format!("<span title=\"{}\">{}</span>", escape(&limit_text(text, LONGEST_TITLE)), escape(&shown))
    }

    /// The table in characters, in the manner of polars.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut lines: Vec<Vec<(bool, String)>> = vec![
            self.columns.iter().map(|column| (false, self.one_line(&column.name))).collect(),
            self.columns.iter().map(|_| (false, "---".to_owned())).collect(),
            self.columns.iter().map(|column| (false, column.dtype.clone())).collect(),
        ];
        for (at, row) in self.cells.iter().enumerate() {
            if self.row_gap() == Some(at) {
                lines.push(self.columns.iter().map(|column| (column.number, "…".to_owned())).collect());
            }
            lines.push(
                row.iter().zip(&self.columns).map(|(cell, column)| (column.number, self.text_cell(cell))).collect(),
            );
        }
        if let Some(gap) = self.column_gap() {
            for line in &mut lines {
                line.insert(gap, (false, "…".to_owned()));
            }
        }
        boxed(&shape(self.rows, self.width), &lines)
    }

    fn text_cell(&self, cell: &GridCell) -> String {
        match cell {
            GridCell::Null => "null".to_owned(),
            GridCell::Text(text) | GridCell::Value(text) => self.one_line(text),
        }
    }

    /// Text that can't break the box: line breaks and other control characters are written as escapes.
    fn one_line(&self, text: &str) -> String {
        let mut line = String::new();
        for character in limit_text(text, self.window.text).chars() {
            if character.is_control() {
                line.extend(character.escape_default());
            } else {
                line.push(character);
            }
        }
        line
    }

    fn row_gap(&self) -> Option<usize> {
        (self.rows > self.cells.len()).then(|| self.cells.len().div_ceil(2))
    }

    fn column_gap(&self) -> Option<usize> {
        (self.width > self.columns.len()).then(|| self.columns.len().div_ceil(2))
    }
}

/// Text of at most so many characters; what is cut off is marked by an ellipsis.
#[must_use]
pub fn limit_text(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// "3 rows × 2 columns".
fn shape(rows: usize, columns: usize) -> String {
    let many = |count: usize| if count == 1 { "" } else { "s" };
    format!("{} row{} × {} column{}", grouped(rows), many(rows), grouped(columns), many(columns))
}

/// 32561 as 32,561.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Draws lines of cells into a box; the first three lines are the head.
fn boxed(shape: &str, lines: &[Vec<(bool, String)>]) -> String {
    const HEAD: usize = 3;
    let columns = lines.first().map_or(0, Vec::len);
    let width = |at: usize| lines.iter().map(|line| line[at].1.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let rule = |left: &str, line: &str, middle: &str, right: &str| {
        let parts: Vec<String> = widths.iter().map(|width| line.repeat(width + 2)).collect();
        format!("\n{left}{}{right}", parts.join(middle))
    };
    let mut text = shape.to_owned();
    if columns == 0 {
        return text;
    }
    text.push_str(&rule("┌", "─", "┬", "┐"));
    for (at, line) in lines.iter().enumerate() {
        text.push('\n');
        for (column, ((number, cell), width)) in line.iter().zip(&widths).enumerate() {
            let space = " ".repeat(width - cell.width());
            let _ = match number {
                true => write!(text, "{} {space}{cell} ", if column == 0 { "│" } else { "┆" }),
                false => write!(text, "{} {cell}{space} ", if column == 0 { "│" } else { "┆" }),
            };
        }
        text.push('│');
        if at + 1 == HEAD {
            text.push_str(&rule("╞", "═", "╪", "╡"));
        }
    }
    text.push_str(&rule("└", "─", "┴", "┘"));
    text
}

/// Text that HTML shows as it is, also inside of an attribute.
fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '\0' => html.push('\u{fffd}'),
            other => html.push(other),
        }
    }
    html
}

#[cfg(test)]
mod tests;
