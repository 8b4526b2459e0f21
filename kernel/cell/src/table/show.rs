//! Tables on the screen.

use std::fmt;

use arrow_array::ArrayRef;

use super::{Table, format};
use crate::bundle::Bundle;
use crate::error::Result;
use crate::grid::{Grid, GridCell, GridColumn, Window};
use crate::rich::Rich;

impl Table {
    /// What of the table a window shows.
    ///
    /// # Errors
    /// The file is damaged.
    pub fn grid(&self, window: Window) -> Result<Grid> {
        let fields = self.schema.fields();
        let shown_rows = window.rows(self.rows);
        let mut columns = Vec::new();
        let mut cells = vec![Vec::new(); shown_rows.len()];
        for at in window.columns(fields.len()) {
            let data_type = fields[at].data_type();
            let arrays = self.arrays(at)?;
            let quoted = format::is_text(data_type);
            for (row, cell) in shown_rows.iter().zip(&mut cells) {
                cell.push(match value_at(&arrays, *row) {
                    Some(text) if quoted => GridCell::Text(text),
                    Some(text) => GridCell::Value(text),
                    None => GridCell::Null,
                });
            }
            columns.push(GridColumn {
                name: fields[at].name().clone(),
                dtype: format::type_name(data_type),
                number: format::is_number(data_type),
            });
        }
        Ok(Grid { columns, cells, rows: self.rows, width: fields.len(), window })
    }
}

/// The text of the value in a row of a column, `None` where it is missing.
fn value_at(arrays: &[ArrayRef], row: usize) -> Option<String> {
    let mut rest = row;
    for array in arrays {
        if rest < array.len() {
            return format::value_text(array, rest);
        }
        rest -= array.len();
    }
    None
}

impl Rich for Table {
    fn bundle(&self) -> Bundle {
        let text = Bundle::text(self.to_string());
        match self.grid(Window::html()) {
            Ok(grid) => text.with("text/html", grid.to_html()),
            Err(_) => text,
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.grid(Window::text()) {
            Ok(grid) => formatter.write_str(&grid.to_text()),
            Err(error) => write!(formatter, "{error}"),
        }
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
