//! The classes of a table: the rows that hold the same values in the columns to be balanced.

use polars::prelude::{DataFrame, DataType};

use crate::types::ColumnType;
use crate::values::extract;
use crate::{ColumnKind, Metadata, SynthError};

/// A column with no more different values than this has classes, whatever its kind.
const FEW: usize = 20;

/// The rows of a table by class. Rows without a label are in none.
#[derive(Debug, Clone)]
pub(super) struct Classes {
    /// The columns, joined by a slash.
    pub(super) column: String,
    /// What is typed to name each class: the values, joined by a slash; in the order of the values.
    pub(super) labels: Vec<String>,
    /// The rows of each class, ascending.
    pub(super) rows: Vec<Vec<u32>>,
    /// The class of each row.
    pub(super) of: Vec<Option<u32>>,
}

impl Classes {
    /// The classes of one column, or the groups that several form.
    pub(super) fn of(table: &DataFrame, columns: &[&str]) -> Result<Self, SynthError> {
        let mut of: Vec<Option<u32>> = vec![Some(0); table.height()];
        for &name in columns {
            let column = table
                .column(name)
                .map_err(|_| SynthError::MissingColumn { place: "table", column: name.to_owned() })?;
            let column = column.as_materialized_series();
            let parts = extract(column, &ColumnType::of(name, column.dtype())?)?;
            let (_, places) = parts.values.distinct();
            let mut places = places.into_iter();
            let own: Vec<Option<u32>> =
                parts.missing.iter().map(|&gap| if gap { None } else { places.next() }).collect();
            of = joined(&of, &own);
        }
        let many = of.iter().flatten().max().map_or(0, |last| *last as usize + 1);
        let mut rows = vec![Vec::new(); many];
        for (row, class) in of.iter().enumerate() {
            if let Some(class) = class {
                rows[*class as usize].push(row as u32);
            }
        }
        Ok(Self { column: columns.join("/"), labels: labels(table, columns, &rows)?, rows, of })
    }

    /// The classes of a column that a learner is to tell apart.
    ///
    /// # Errors
    /// [`SynthError::NotClasses`] for a measured column, or one in which few rows share a value.
    pub(super) fn of_target(table: &DataFrame, metadata: &Metadata, target: &str) -> Result<Self, SynthError> {
        let classes = Self::of(table, &[target])?;
        if classes.are_few(metadata, target) {
            return Ok(classes);
        }
        let (found, rows) = (classes.labels.len(), classes.used().len());
        Err(SynthError::NotClasses { column: target.to_owned(), found, rows })
    }

    /// Whether the values are labels: no more than twenty of them, or, in a column that is not measured, several rows
    /// to each.
    pub(super) fn are_few(&self, metadata: &Metadata, target: &str) -> bool {
        use ColumnKind::{Boolean, Categorical, Integer};
        let kind = metadata.column(target).map(|about| about.kind);
        let counted = matches!(kind, Some(Categorical | Boolean | Integer));
        let many = self.labels.len();
        many <= FEW || counted && many * 10 <= self.used().len()
    }

    /// The rows that have a class, ascending.
    pub(super) fn used(&self) -> Vec<u32> {
        (0..self.of.len() as u32).filter(|&row| self.of[row as usize].is_some()).collect()
    }

    /// How many rows each class has.
    pub(super) fn counts(&self) -> Vec<usize> {
        self.rows.iter().map(Vec::len).collect()
    }

    /// The class that a typed label names: the same text, or the same number.
    pub(super) fn named(&self, label: &str) -> Option<usize> {
        let number = |text: &str| text.parse::<f64>().ok();
        let same = |known: &String| number(known).zip(number(label)).is_some_and(|(a, b)| a.total_cmp(&b).is_eq());
        self.labels.iter().position(|known| known.trim() == label).or_else(|| self.labels.iter().position(same))
    }

    /// That a class has too few rows.
    pub(super) fn too_small(&self, needed: usize, found: usize) -> SynthError {
        SynthError::ClassTooSmall { column: self.column.clone(), needed, found }
    }
}

/// The groups that two columns form, numbered in the order of the pairs.
fn joined(before: &[Option<u32>], own: &[Option<u32>]) -> Vec<Option<u32>> {
    let pairs: Vec<Option<(u32, u32)>> = before.iter().zip(own).map(|(a, b)| a.zip(*b)).collect();
    let mut distinct: Vec<(u32, u32)> = pairs.iter().flatten().copied().collect();
    distinct.sort_unstable();
    distinct.dedup();
    pairs.iter().map(|pair| pair.and_then(|pair| distinct.binary_search(&pair).ok()).map(|at| at as u32)).collect()
}

fn labels(table: &DataFrame, columns: &[&str], rows: &[Vec<u32>]) -> Result<Vec<String>, SynthError> {
    let mut labels = vec![String::new(); rows.len()];
    for (at, name) in columns.iter().enumerate() {
        let text = table.column(name)?.cast(&DataType::String)?;
        let text = text.str()?;
        for (label, rows) in labels.iter_mut().zip(rows) {
            if at > 0 {
                label.push('/');
            }
            label.push_str(rows.first().and_then(|&row| text.get(row as usize)).unwrap_or_default());
        }
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;

    #[test]
    fn classes_are_numbered_in_the_order_of_their_values() {
        let table = df!("a" => [Some("y"), None, Some("x"), Some("y")], "b" => [1, 1, 2, 2]).unwrap();
        let classes = Classes::of(&table, &["a"]).unwrap();
        assert_eq!((classes.labels.as_slice(), classes.counts()), (&["x".to_owned(), "y".to_owned()][..], vec![1, 2]));
        assert_eq!(classes.used(), [0, 2, 3]);
        let groups = Classes::of(&table, &["a", "b"]).unwrap();
        assert_eq!(groups.labels, ["x/2", "y/1", "y/2"]);
        assert_eq!(groups.rows, [[2], [0], [3]]);
        assert_eq!(Classes::of(&table, &["b"]).unwrap().named("2.0"), Some(1));
        assert!(Classes::of(&table, &["c"]).is_err());
    }
}
