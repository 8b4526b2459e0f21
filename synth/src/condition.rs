//! A condition on rows as it is typed in `--where`: `age > 60 and state = 'Texas'`.

use std::fmt;

use polars::prelude::{DataFrame, Series};

use crate::SynthError;

/// A condition on rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    text: String,
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// [`SynthError::InvalidCondition`].
    pub fn parse(text: &str) -> Result<Self, SynthError> {
        Err(SynthError::InvalidCondition { condition: text.to_owned(), reason: "it can't be read".to_owned() })
    }

    /// Checks that every column is there and of a fitting type.
    pub(crate) fn check(&self, _table: &DataFrame) -> Result<(), SynthError> {
        Ok(())
    }

    /// The columns that it names.
    pub(crate) fn columns(&self) -> &[String] {
        &[]
    }

    /// What must all hold: the parts that `and` joins.
    pub(crate) fn parts(&self) -> &[Self] {
        &[]
    }

    /// For each row whether it holds; a comparison with a missing value does not.
    pub(crate) fn holds(&self, table: &DataFrame) -> Result<Vec<bool>, SynthError> {
        Ok(vec![true; table.height()])
    }

    /// The constants that the column is compared with, as columns of one row with its name and type.
    pub(crate) fn literals(&self, _column: &Series) -> Result<Vec<Series>, SynthError> {
        Ok(Vec::new())
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}
