//! How many values a table lacks.

use polars::prelude::DataFrame;

/// Nulls and numbers that are none, in all columns.
///
/// ```
/// use polars::prelude::df;
/// let frame = df!("n" => [Some(1), None], "x" => [f64::NAN, 2.0]).unwrap();
/// assert_eq!(synthbook_kernel::data::gaps(&frame), 2);
/// ```
#[must_use]
pub fn gaps(frame: &DataFrame) -> usize {
    let lacking = |column: &polars::prelude::Column| {
        let unknown = column.is_nan().ok().and_then(|unknown| unknown.sum()).unwrap_or(0);
        column.null_count() + unknown as usize
    };
    frame.columns().iter().map(lacking).sum()
}
