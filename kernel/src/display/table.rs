//! A table as HTML and text: shape, names, types under the names, the first and last rows, nulls in sight.

use std::fmt::Write as _;

use polars::prelude::{Column, DataFrame};

use super::Bundle;
use super::text_table::text_table;
use super::value::{cut, escape_html, group_digits, is_number, written};

/// Marks the scope of the style rules; the variables are JupyterLab's own, with a colour for pages without them.
const STYLE: &str = "<style>\
.sb-table table{border-collapse:collapse;border:none;font-size:var(--jp-code-font-size,13px)}\
.sb-table.sb-table th,.sb-table.sb-table td{padding:2px 8px;text-align:left;white-space:pre;border:none;max-width:40em;overflow:hidden;text-overflow:ellipsis}\
.sb-table.sb-table th.n,.sb-table.sb-table td.n{text-align:right;font-variant-numeric:tabular-nums}\
.sb-table thead tr.t th{font-weight:normal;color:var(--jp-ui-font-color2,#666);border-bottom:1px solid var(--jp-border-color1,#bbb)}\
.sb-table tbody tr:nth-child(odd){background:var(--jp-rendermime-table-row-background,#f5f5f5)}\
.sb-table .null{color:var(--jp-ui-font-color3,#999);font-style:italic}\
.sb-table small{color:var(--jp-ui-font-color2,#666)}\
</style>";

/// How much of a table is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableOptions {
    /// Rows, half of them from the end.
    pub rows: usize,
    /// Columns, half of them from the end.
    pub columns: usize,
    /// Characters of one value.
    pub text: usize,
    /// Puts texts in quotes, which tells them from numbers and from a missing value.
    pub quotes: bool,
    /// How many rows there are when the table itself holds only the first of them.
    pub total: Total,
}

/// How many rows there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Total {
    /// The table is whole.
    Table,
    /// The table holds the first of this many rows.
    Known(usize),
    /// The table holds the first rows; there are more.
    More,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self { rows: 10, columns: 75, text: 60, quotes: true, total: Total::Table }
    }
}

/// Shows a table as HTML and text.
#[must_use]
pub fn table_bundle(frame: &DataFrame, options: &TableOptions) -> Bundle {
    let excerpt = Excerpt::of(frame, options);
    Bundle::html(html(&excerpt, options), text_table(&excerpt, options))
}

/// Shows a table as text only.
#[must_use]
pub fn table_text(frame: &DataFrame, options: &TableOptions) -> String {
    text_table(&Excerpt::of(frame, options), options)
}

/// The part of a table that is shown.
pub(super) struct Excerpt<'a> {
    frame: &'a DataFrame,
    /// Indices of the shown columns; `None` stands for those left out.
    pub(super) columns: Vec<Option<usize>>,
    /// Indices of the shown rows; `None` stands for those left out.
    pub(super) rows: Vec<Option<usize>>,
    total: Total,
    quotes: bool,
}

impl<'a> Excerpt<'a> {
    fn of(frame: &'a DataFrame, options: &TableOptions) -> Self {
        let rows = match options.total {
            Total::Table => ends(frame.height(), options.rows),
            Total::Known(total) if total <= frame.height() => ends(frame.height(), options.rows),
            _ => (0..frame.height().min(options.rows)).map(Some).chain([None]).collect(),
        };
        Self {
            frame,
            columns: ends(frame.width(), options.columns),
            rows,
            total: options.total,
            quotes: options.quotes,
        }
    }

    /// `shape: (32,561, 15)`, in words.
    pub(super) fn shape(&self) -> String {
        let rows = match self.total {
            Total::Table => group_digits(self.frame.height()),
            Total::Known(total) => group_digits(total),
            Total::More => format!("more than {}", group_digits(self.frame.height())),
        };
        let plural = |count: usize, word: &str| if count == 1 { word.to_owned() } else { format!("{word}s") };
        let one = rows == "1";
        let width = self.frame.width();
        format!("{rows} {} × {width} {}", if one { "row" } else { "rows" }, plural(width, "column"))
    }

    pub(super) fn column(&self, at: usize) -> &'a Column {
        &self.frame.columns()[at]
    }

    /// A cell's text; `None` for a missing value.
    pub(super) fn cell(&self, column: usize, row: usize, limit: usize) -> Option<String> {
        self.column(column).get(row).ok().and_then(|value| written(&value, limit, self.quotes))
    }

    /// The whole text of a cell whose shown text was cut.
    fn whole(&self, column: usize, row: usize) -> Option<String> {
        let value = self.column(column).get(row).ok()?;
        value.get_str().map(|text| cut(text, 1000))
    }
}

fn html(excerpt: &Excerpt<'_>, options: &TableOptions) -> String {
    let mut text = format!("<div class=\"sb-table\">{STYLE}<small>{}</small>", excerpt.shape());
    if excerpt.columns.is_empty() {
        return text + "</div>";
    }
    text.push_str("<table><thead><tr>");
    head(&mut text, excerpt, |column| {
        let name = column.name().as_str();
        let title = if name.chars().count() > options.text {
            format!(" title=\"{}\"", escape_html(name))
        } else {
            String::new()
        };
        (title, cut(name, options.text))
    });
    text.push_str("</tr><tr class=\"t\">");
    head(&mut text, excerpt, |column| (String::new(), cut(&column.dtype().to_string(), options.text)));
    text.push_str("</tr></thead><tbody>");
    for row in &excerpt.rows {
        text.push_str("<tr>");
        for column in &excerpt.columns {
            cell(&mut text, excerpt, *column, *row, options.text);
        }
        text.push_str("</tr>");
    }
    text.push_str("</tbody></table></div>");
    text
}

fn head(text: &mut String, excerpt: &Excerpt<'_>, what: impl Fn(&Column) -> (String, String)) {
    for column in &excerpt.columns {
        let _ = match column {
            None => write!(text, "<th>…</th>"),
            Some(at) => {
                let column = excerpt.column(*at);
                let (title, shown) = what(column);
                write!(text, "<th{}{title}>{}</th>", class(column), escape_html(&shown))
            }
        };
    }
}

fn cell(text: &mut String, excerpt: &Excerpt<'_>, column: Option<usize>, row: Option<usize>, limit: usize) {
    let class = column.map_or("", |at| class(excerpt.column(at)));
    let (Some(at), Some(row)) = (column, row) else {
        let _ = write!(text, "<td{class}>…</td>");
        return;
    };
    let _ = match excerpt.cell(at, row, limit) {
        None => write!(text, "<td{class}><span class=\"null\">null</span></td>"),
        Some(shown) if shown.ends_with('…') => {
            let title =
                excerpt.whole(at, row).map_or_else(String::new, |whole| format!(" title=\"{}\"", escape_html(&whole)));
            write!(text, "<td{class}{title}>{}</td>", escape_html(&shown))
        }
        Some(shown) => write!(text, "<td{class}>{}</td>", escape_html(&shown)),
    };
}

fn class(column: &Column) -> &'static str {
    if is_number(column.dtype()) { " class=\"n\"" } else { "" }
}

/// Indices from both ends of `0..length`, at most `limit` of them, with `None` for the gap.
fn ends(length: usize, limit: usize) -> Vec<Option<usize>> {
    if length <= limit {
        return (0..length).map(Some).collect();
    }
    let head = limit.div_ceil(2);
    let tail = limit - head;
    (0..head).map(Some).chain([None]).chain((length - tail..length).map(Some)).collect()
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;

    fn sample() -> DataFrame {
        df!(
            "n" => [Some(1i64), None, Some(-30)],
            "price" => [1.5, f64::NAN, 2e20],
            "text" => [Some("<b>bold</b>"), None, Some("two\nlines")],
            "ok" => [true, false, true],
        )
        .unwrap()
    }

    #[test]
    fn text_and_html() {
        let bundle = table_bundle(&sample(), &TableOptions::default());
        insta::assert_snapshot!(bundle.get("text/plain").unwrap(), @r#"
        3 rows × 4 columns
        ┌──────┬───────┬───────────────┬───────┐
        │    n ┆ price ┆ text          ┆ ok    │
        │  i64 ┆   f64 ┆ str           ┆ bool  │
        ╞══════╪═══════╪═══════════════╪═══════╡
        │    1 ┆   1.5 ┆ "<b>bold</b>" ┆ true  │
        │ null ┆   NaN ┆ null          ┆ false │
        │  -30 ┆  2e20 ┆ "two\nlines"  ┆ true  │
        └──────┴───────┴───────────────┴───────┘
        "#);
        let html = bundle.get("text/html").unwrap();
        assert!(!html.contains("<b>") && html.contains("&lt;b&gt;bold&lt;/b&gt;"), "{html}");
        assert!(html.contains("<span class=\"null\">null</span>"));
        assert!(html.contains("3 rows × 4 columns"));
        assert!(!html.contains("<script"));
    }

    #[test]
    fn long_and_wide_tables_show_both_ends() {
        let columns: Vec<Column> = (0..200).map(|at| Column::new(format!("c{at}").into(), 0..100i32)).collect();
        let frame = DataFrame::new_infer_height(columns).unwrap();
        let bundle = table_bundle(&frame, &TableOptions::default());
        let html = bundle.get("text/html").unwrap();
        assert!(html.contains("100 rows × 200 columns"));
        assert!(html.contains(">c0<") && html.contains(">c199<") && !html.contains(">c100<"));
        assert_eq!(html.matches("<tr>").count(), 12);
        let text = bundle.get("text/plain").unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= 121), "{text}");
        assert!(text.contains("c199") && text.contains("99"));
    }

    #[test]
    fn odd_tables_are_shown_too() {
        let frame = DataFrame::empty();
        assert!(
            table_bundle(&frame, &TableOptions::default()).get("text/plain").unwrap().contains("0 rows × 0 columns")
        );
        let empty = sample().head(Some(0));
        assert!(table_text(&empty, &TableOptions::default()).contains("price"));
        let none = TableOptions { rows: 0, columns: 1, text: 1, quotes: false, ..TableOptions::default() };
        let _ = table_bundle(&sample(), &none);
        let hostile = df!("\"><script>alert(1)</script>" => ["x".repeat(10_000)]).unwrap();
        let html = table_bundle(&hostile, &TableOptions::default());
        assert!(!html.get("text/html").unwrap().contains("<script>"));
        assert!(html.get("text/html").unwrap().len() < 4_000);
    }

    #[test]
    fn a_preview_says_how_many_rows_there_are() {
        let known = TableOptions { total: Total::Known(1_000), ..TableOptions::default() };
        assert!(table_text(&sample(), &known).contains("1,000 rows"));
        let more = TableOptions { total: Total::More, ..TableOptions::default() };
        assert!(table_text(&sample(), &more).contains("more than 3 rows"));
    }

    #[test]
    fn nested_values_are_short() {
        let lists = Series::new("l".into(), [Series::new("".into(), 0..100i64)]);
        let frame = DataFrame::new_infer_height(vec![lists.into()]).unwrap();
        assert!(table_text(&frame, &TableOptions::default()).contains("[0, 1, 2, 3, … 96 more]"));
    }
}
