//! A table's columns as learners read them: numbers, dates and times as numbers with NaN for a gap; categories as codes,
//! the same in every table, with a code of their own for gaps; identifiers and free text not at all.

use crate::metric::{Compared, Role, Side};

/// The columns of a table as a learner reads them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Features {
    pub(crate) names: Vec<String>,
    pub(crate) columns: Vec<Feature>,
    pub(crate) rows: usize,
}

/// One column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Feature {
    /// NaN is a gap.
    Number(Vec<f64>),
    /// Codes below `levels`; the last code is the gap.
    Category { codes: Vec<u32>, levels: usize },
}

impl Features {
    /// These rows of a table.
    pub(crate) fn of(columns: &[Compared], side: Side, rows: &[u32]) -> Self {
        let mut features = Self { names: Vec::new(), columns: Vec::new(), rows: rows.len() };
        for column in columns {
            let feature = match column.role() {
                Role::Number | Role::Moment => {
                    let numbers = column.numbers(side);
                    Feature::Number(rows.iter().map(|&row| numbers[row as usize]).collect())
                }
                Role::Category => {
                    let (codes, gap) = (column.codes(side), column.levels.len() as u32);
                    let codes = rows.iter().map(|&row| codes[row as usize].min(gap)).collect();
                    Feature::Category { codes, levels: gap as usize + 1 }
                }
                Role::Other => continue,
            };
            features.names.push(column.name.clone());
            features.columns.push(feature);
        }
        features
    }

    /// Without the column of this name.
    pub(crate) fn without(&self, name: &str) -> Self {
        let kept = self.names.iter().zip(&self.columns).filter(|(known, _)| *known != name);
        let (names, columns) = kept.map(|(name, column)| (name.clone(), column.clone())).unzip();
        Self { names, columns, rows: self.rows }
    }

    /// These rows, then those; both were encoded alike.
    pub(crate) fn stack(parts: &[&Self]) -> Self {
        let mut whole = Self { names: Vec::new(), columns: Vec::new(), rows: 0 };
        for part in parts {
            if whole.columns.is_empty() && whole.rows == 0 {
                whole = (*part).clone();
                continue;
            }
            whole.rows += part.rows;
            for (column, more) in whole.columns.iter_mut().zip(&part.columns) {
                match (column, more) {
                    (Feature::Number(values), Feature::Number(more)) => values.extend(more),
                    (Feature::Category { codes, .. }, Feature::Category { codes: more, .. }) => codes.extend(more),
                    _ => {}
                }
            }
        }
        whole
    }

    /// The rows at these places.
    pub(crate) fn pick(&self, rows: &[u32]) -> Self {
        let columns = self.columns.iter().map(|column| match column {
            Feature::Number(values) => Feature::Number(rows.iter().map(|&row| values[row as usize]).collect()),
            Feature::Category { codes, levels } => {
                Feature::Category { codes: rows.iter().map(|&row| codes[row as usize]).collect(), levels: *levels }
            }
        });
        Self { names: self.names.clone(), columns: columns.collect(), rows: rows.len() }
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;

    use super::*;
    use crate::Metadata;
    use crate::metric::Aligned;

    #[test]
    fn tables_are_encoded_alike_with_a_code_for_gaps() {
        let real = df!("n" => [Some(1.5), None, Some(2.0)], "c" => ["b", "a", "b"]).unwrap();
        let synthetic = df!("c" => [Some("c"), None], "n" => [1.0, 7.0]).unwrap();
        let aligned = Aligned::new(&real, &synthetic, None, &Metadata::detect(&real).unwrap()).unwrap();
        let one = Features::of(&aligned.columns, Side::Real, &[2, 1]);
        let other = Features::of(&aligned.columns, Side::Synthetic, &[0, 1]);
        assert_eq!(one.columns[1], Feature::Category { codes: vec![1, 0], levels: 4 });
        assert_eq!(other.columns[1], Feature::Category { codes: vec![2, 3], levels: 4 });
        assert_eq!(other.columns[0], Feature::Number(vec![1.0, 7.0]));
        let whole = Features::stack(&[&one, &other]);
        assert_eq!((whole.rows, whole.pick(&[3]).columns[0].clone()), (4, Feature::Number(vec![7.0])));
        assert_eq!(one.without("n").names, ["c"]);
    }
}
