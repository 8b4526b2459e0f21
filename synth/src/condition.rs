//! A condition on rows as it is typed in `--where`: `age > 60 and state = 'Texas'`.

use std::fmt;

use polars::prelude::{DataFrame, Series};

use crate::SynthError;
use crate::expression::{Expression, Kind};

/// A condition on rows: an [`Expression`] that is true or false. A comparison with a missing value does not hold.
///
/// ```
/// use synthbook_synth::Condition;
///
/// let condition = Condition::parse("age > 60 and state in ('Texas', 'Ohio')")?;
/// assert_eq!(condition.to_string(), "age > 60 and state in ('Texas', 'Ohio')");
/// assert!(Condition::parse("age > ").is_err());
/// # Ok::<(), synthbook_synth::SynthError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    expression: Expression,
    /// The conditions that `and` joins, or none when there is nothing to part.
    parts: Vec<Self>,
}

impl Condition {
    /// Reads a condition.
    ///
    /// # Errors
    /// [`SynthError::InvalidCondition`].
    pub fn parse(text: &str) -> Result<Self, SynthError> {
        let expression = Expression::parse(text).map_err(of_condition)?;
        let conjuncts = expression.conjuncts();
        let part = |expression| Self { expression, parts: Vec::new() };
        let parts = if conjuncts.len() > 1 { conjuncts.into_iter().map(part).collect() } else { Vec::new() };
        Ok(Self { expression, parts })
    }

    /// Checks that every column is there and of a fitting type.
    pub(crate) fn check(&self, table: &DataFrame) -> Result<(), SynthError> {
        match self.expression.kind(table).map_err(of_condition)? {
            Kind::Boolean | Kind::Null => Ok(()),
            other => Err(self.refused(&format!("it is {}, neither true nor false", other.words()))),
        }
    }

    /// That it can't be used, and why.
    pub(crate) fn refused(&self, reason: &str) -> SynthError {
        SynthError::InvalidCondition { condition: self.to_string(), reason: reason.to_owned() }
    }

    /// The columns that it names.
    pub(crate) fn columns(&self) -> &[String] {
        self.expression.columns()
    }

    /// The columns whose values it looks at, not only whether they are there.
    pub(crate) fn valued_columns(&self) -> Vec<String> {
        self.expression.valued_columns()
    }

    /// What must all hold: the parts that `and` joins.
    pub(crate) fn parts(&self) -> &[Self] {
        if self.parts.is_empty() { std::slice::from_ref(self) } else { &self.parts }
    }

    /// Whether its only column stands nowhere but beside a constant: its truth changes at [`Condition::literals`] alone.
    pub(crate) fn is_piecewise(&self) -> bool {
        self.expression.is_piecewise()
    }

    /// For each row whether it holds; a comparison with a missing value does not.
    pub(crate) fn holds(&self, table: &DataFrame) -> Result<Vec<bool>, SynthError> {
        let truth = self.expression.evaluate(table).map_err(of_condition)?;
        let truth = truth.cast(&polars::prelude::DataType::Boolean)?;
        Ok(truth.bool()?.iter().map(|held| held == Some(true)).collect())
    }

    /// The constants that the column is compared with, as columns of one row with its name and type.
    pub(crate) fn literals(&self, column: &Series) -> Result<Vec<Series>, SynthError> {
        self.expression.constants(column)
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expression.fmt(out)
    }
}

fn of_condition(error: SynthError) -> SynthError {
    match error {
        SynthError::InvalidExpression { expression, reason } => {
            SynthError::InvalidCondition { condition: expression, reason }
        }
        other => other,
    }
}
