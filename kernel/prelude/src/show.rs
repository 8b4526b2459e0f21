//! Data frames on the screen.

use polars::prelude::{AnyValue, Column, DataFrame, LazyFrame, Series};
use synthbook::{Bundle, Grid, GridCell, GridColumn, Show, Window};

use crate::frame::AsPolars;

impl Show<AsPolars> for DataFrame {
    fn to_bundle(&self) -> Bundle {
        data_frame(self)
    }
}

impl Show<AsPolars> for Series {
    fn to_bundle(&self) -> Bundle {
        series(self)
    }
}

impl Show<AsPolars> for &LazyFrame {
    fn to_bundle(&self) -> Bundle {
        lazy_frame(self)
    }
}

/// Shows a lazy frame as a cell's result; it has no `Debug`, so that `synthbook::CellDisplay` does not take it.
pub trait LazyDisplay {
    /// Shows the plan.
    fn evcxr_display(&self);
}

impl LazyDisplay for LazyFrame {
    fn evcxr_display(&self) {
        synthbook::show_result(&lazy_frame(self));
    }
}

impl Show<AsPolars> for LazyFrame {
    fn to_bundle(&self) -> Bundle {
        lazy_frame(self)
    }
}

/// A data frame as HTML and as polars' own text.
pub(crate) fn data_frame(frame: &DataFrame) -> Bundle {
    Bundle::text(frame.to_string()).with("text/html", grid(frame.columns(), frame.height()).to_html())
}

/// A series as a table of one column.
pub(crate) fn series(series: &Series) -> Bundle {
    let column = [Column::from(series.clone())];
    Bundle::text(series.to_string()).with("text/html", grid(&column, series.len()).to_html())
}

/// A lazy frame's plan; nothing is computed.
pub(crate) fn lazy_frame(frame: &LazyFrame) -> Bundle {
    let plan = frame.describe_plan().unwrap_or_else(|error| format!("a plan with an error: {error}"));
    Bundle::text(format!("LazyFrame, not computed yet (collect() computes it):\n{plan}"))
}

fn grid(columns: &[Column], rows: usize) -> Grid {
    let window = Window::html();
    let shown_rows = window.rows(rows);
    let mut heads = Vec::new();
    let mut cells = vec![Vec::new(); shown_rows.len()];
    for at in window.columns(columns.len()) {
        let column = &columns[at];
        for (row, line) in shown_rows.iter().zip(&mut cells) {
            line.push(column.get(*row).map_or(GridCell::Null, |value| cell(&value)));
        }
        let dtype = column.dtype();
        heads.push(GridColumn {
            name: column.name().to_string(),
            dtype: dtype.to_string(),
            number: dtype.is_numeric() || dtype.is_decimal(),
        });
    }
    Grid { columns: heads, cells, rows, width: columns.len(), window }
}

fn cell(value: &AnyValue<'_>) -> GridCell {
    match (value, value.get_str()) {
        (AnyValue::Null, _) => GridCell::Null,
        (_, Some(text)) => GridCell::Text(text.to_owned()),
        _ => GridCell::Value(value.to_string()),
    }
}
