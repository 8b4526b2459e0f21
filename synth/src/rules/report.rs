//! The rules of a table, for reports and for people.

use polars::prelude::DataFrame;
use serde::Serialize;

use super::Rules;
use crate::{Metadata, Progress, SynthError};

/// What holds between the columns of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleReport {
    /// Its rules.
    pub rules: Vec<FoundRule>,
}

/// One rule of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FoundRule {
    /// What it says: `education_num follows from education`.
    pub sentence: String,
    /// How many rows of the table that was checked break it.
    pub violations: usize,
}

/// The rules that every row of a table keeps to, and how many rows of another break each.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{Metadata, Progress, find_rules};
///
/// let net: Vec<i64> = (0..200).map(|row| row * row % 83).collect();
/// let tax: Vec<i64> = (0..200).map(|row| row * 7 % 19).collect();
/// let gross: Vec<i64> = net.iter().zip(&tax).map(|(net, tax)| net + tax).collect();
/// let table = df!("net" => net, "tax" => tax, "gross" => gross)?;
/// let report = find_rules(&table, &table, &Metadata::detect(&table)?, &Progress::silent())?;
/// assert_eq!(report.rules[0].sentence, "gross = net + tax");
/// assert_eq!(report.rules[0].violations, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SynthError::MissingColumn`], [`SynthError::UnsupportedType`], [`SynthError::KindMismatch`] and
/// [`SynthError::Cancelled`].
pub fn find_rules(
    table: &DataFrame,
    checked: &DataFrame,
    metadata: &Metadata,
    progress: &Progress,
) -> Result<RuleReport, SynthError> {
    let rules = Rules::find(table, metadata, progress)?;
    let found = rules.violations(checked)?;
    Ok(RuleReport {
        rules: found.into_iter().map(|(sentence, violations)| FoundRule { sentence, violations }).collect(),
    })
}
