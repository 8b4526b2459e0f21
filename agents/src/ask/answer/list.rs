//! Rows without numbers in words.

use super::cells::Cell;
use super::sentence::{Told, capital, joined};

/// How many values of a list are named.
const NAMED: usize = 8;

/// Tells which rows there are.
pub(super) fn tell(told: &Told<'_>) -> String {
    let (count, bands) = (told.rows.len, &told.naming.bands);
    let name = |row: usize| match bands.split_first() {
        Some((first, others)) if !others.is_empty() => {
            let others = others.iter().map(|band| {
                let value = told.naming.band(told.rows, row, band);
                // What is missing says itself of what.
                let missing = band.columns.iter().all(|column| *told.rows.cell(row, *column) == Cell::Null);
                if missing {
                    value
                } else {
                    format!("{} {}", band.label, value.trim_start_matches(&format!("{} ", band.label)))
                }
            });
            format!("{} ({})", told.naming.band(told.rows, row, first), others.collect::<Vec<_>>().join(", "))
        }
        _ => told.name(row),
    };
    let Some(first) = bands.first() else { return format!("{count} rows.") };
    let shown = |most: usize| -> Vec<String> { (0..count.min(most)).map(name).collect() };
    match (count, bands.len()) {
        (1, _) => format!("{}: {}.", told.headline(&first.label), shown(1).concat()),
        (_, 1) if count <= NAMED => {
            format!("{}: {}.", told.headline(&format!("{count} {}", first.plural)), joined(&shown(NAMED)))
        }
        (_, 1) => format!("{}, among them {}.", told.headline(&format!("{count} {}", first.plural)), joined(&shown(3))),
        (2 | 3, _) => format!("{}.", capital(&joined(&shown(3)))),
        _ => format!("{}, the first: {}.", told.headline(&format!("{count} rows")), name(0)),
    }
}
