//! Expressions over a table's columns as they are typed in SQL: `price * quantity`, `age > 60 and state = 'Texas'`.
//!
//! The text is parsed with `sqlparser` into a small tree ([`tree`]), bound to the types of a table's columns ([`bind`])
//! and evaluated by the table library. A missing value is SQL's NULL: what is computed from it is missing too, and a
//! comparison with it does not hold.

mod bind;
mod functions;
mod moment;
mod parse;
mod suggest;
mod tree;

use std::fmt;

use polars::prelude::{DataFrame, IntoLazy, Series};

use self::bind::{Bound, Names, bind};
use self::tree::Node;
use crate::SynthError;

pub(crate) use self::moment::date;
pub(crate) use self::suggest::nearest;
pub(crate) use self::tree::Kind;

/// An expression over the columns of a table.
///
/// Columns are named bare or in double quotes, with the case they have in the table. There are numbers, `'text'`, `TRUE`,
/// `FALSE`, `NULL`, `DATE '2024-01-31'`, `TIMESTAMP '2024-01-31 12:00'` and `INTERVAL '3 days'`; text is read as a date
/// where a date is compared with it. There are `+ - * / %` (a division is exact, by zero it gives nothing), comparisons,
/// `AND`, `OR`, `NOT`, `BETWEEN`, `IN`, `LIKE`, `ILIKE`, `IS NULL`, `CASE`, `CAST`, `||` and a few functions.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::Expression;
///
/// let table = df!("price" => [2.5, 4.0], "quantity" => [Some(4), None])?;
/// let total = Expression::parse("round(price * quantity * 1.08, 2)")?;
/// assert_eq!(total.columns(), ["price", "quantity"]);
/// let totals: Vec<_> = total.evaluate(&table)?.f64()?.iter().collect();
/// assert_eq!(totals, [Some(10.8), None]);
/// assert!(Expression::parse("price + quantty")?.evaluate(&table).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    text: String,
    tree: Node,
    columns: Vec<String>,
}

/// Why an expression can't be used, in words; the public methods put the expression beside it.
#[derive(Debug)]
pub(crate) struct Reason(pub(crate) String);

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// [`SynthError::InvalidExpression`] when it can't be read or uses what is not supported.
    pub fn parse(text: &str) -> Result<Self, SynthError> {
        let tree = parse::tree(text).map_err(|reason| invalid(text, reason))?;
        Ok(Self::of(text.to_owned(), tree))
    }

    /// The columns that it names, each once, in order of appearance.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Its value in each row of a table.
    ///
    /// # Errors
    /// [`SynthError::InvalidExpression`] when it does not fit the table's columns.
    pub fn evaluate(&self, table: &DataFrame) -> Result<Series, SynthError> {
        let names = Names::of(table);
        let bound = bind(&self.tree, &names).map_err(|reason| self.fault(reason))?;
        let used = names.columns(&self.columns, table)?;
        let made = value_of(used, bound)?;
        Ok(match made.len() {
            rows if rows == table.height() => made,
            1 => made.new_from_index(0, table.height()),
            _ => made.slice(0, table.height()),
        })
    }

    /// What kind of value it has over a table's columns.
    pub(crate) fn kind(&self, table: &DataFrame) -> Result<Kind, SynthError> {
        Ok(bind(&self.tree, &Names::of(table)).map_err(|reason| self.fault(reason))?.kind)
    }

    /// What must all hold, when it is a condition: the parts that `AND` joins, however deep.
    pub(crate) fn conjuncts(&self) -> Vec<Self> {
        let Node::All(parts) = &self.tree else { return vec![self.clone()] };
        parts.iter().map(|part| Self::of(self.text.clone(), part.clone())).collect()
    }

    /// The columns whose values it looks at, not only whether they are there.
    pub(crate) fn valued_columns(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.tree.valued_columns(&mut found);
        found
    }

    /// Whether its only column is nowhere but beside a constant: then its truth changes at these constants alone.
    pub(crate) fn is_piecewise(&self) -> bool {
        self.tree.is_piecewise()
    }

    /// The constants that a column is compared with, as columns of one row with its name and type.
    pub(crate) fn constants(&self, column: &Series) -> Result<Vec<Series>, SynthError> {
        let mut found = Vec::new();
        self.tree.constants(&mut found);
        let one_row = DataFrame::new(1, Vec::new())?;
        let names = Names::of(&one_row);
        let Some(kind) = Kind::of(column.dtype()) else { return Ok(Vec::new()) };
        let mut constants = Vec::new();
        for node in found {
            let bound = bind(node, &names).and_then(|bound| bind::read_as(node, bound, kind));
            let Ok(bound) = bound else { continue };
            let value = value_of(one_row.clone(), bound)?;
            if let Ok(value) = value.cast(column.dtype())
                && value.null_count() == 0
            {
                constants.push(value.with_name(column.name().clone()));
            }
        }
        Ok(constants)
    }

    fn of(text: String, tree: Node) -> Self {
        let mut columns = Vec::new();
        tree.columns(&mut columns);
        Self { text, tree, columns }
    }

    fn fault(&self, reason: Reason) -> SynthError {
        invalid(&self.text, reason)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

fn invalid(text: &str, Reason(reason): Reason) -> SynthError {
    SynthError::InvalidExpression { expression: text.to_owned(), reason }
}

/// Evaluates over columns that were made ready; a constant gives one row.
fn value_of(columns: DataFrame, bound: Bound) -> Result<Series, SynthError> {
    let made = columns.lazy().select([bound.expr.alias("value")]).collect()?;
    Ok(made.column("value")?.as_materialized_series().clone())
}

#[cfg(test)]
mod tests;
