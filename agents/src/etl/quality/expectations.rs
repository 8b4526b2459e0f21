//! What is expected of tables, as a file in TOML that a person can read and edit.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::etl::EtlError;

/// What is expected of the tables of a database.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Expectations {
    /// Each table's.
    #[serde(default, rename = "table")]
    pub tables: Vec<TableExpectation>,
}

/// What is expected of a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TableExpectation {
    /// The table as it is typed in SQL.
    pub name: String,
    /// How many rows it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<Volume>,
    /// Sets of columns that tell rows apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unique: Vec<Vec<String>>,
    /// How recent its rows are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freshness: Option<Freshness>,
    /// Columns whose values are those of another table's.
    #[serde(default, rename = "reference", skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// Its columns.
    #[serde(default, rename = "column", skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnExpectation>,
}

/// How many rows there are; a bound that is left away holds for any number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Volume {
    /// At least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u64>,
    /// At most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u64>,
}

/// How recent the latest row is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Freshness {
    /// The column that says when a row is from: a day, a moment, or a whole number yyyymmdd.
    pub column: String,
    /// The latest day must not lie before this one (yyyy-mm-dd).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    /// The latest day must not lie further back from today than so many days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_days: Option<u32>,
}

/// Columns whose values are those of another table's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Reference {
    /// The columns of this table.
    pub columns: Vec<String>,
    /// The other table as it is typed in SQL.
    pub table: String,
    /// The other table's columns, in the same order.
    pub referenced: Vec<String>,
}

/// What is expected of a column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ColumnExpectation {
    /// The column.
    pub name: String,
    /// The largest share of rows without a value, from 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nulls_at_most: Option<f64>,
    /// The least value: a number, or a day or moment as text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<toml::Value>,
    /// The greatest value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<toml::Value>,
    /// The only values there are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<String>,
}

impl ColumnExpectation {
    /// Whether anything is expected.
    pub(super) fn says_something(&self) -> bool {
        self.nulls_at_most.is_some() || self.min.is_some() || self.max.is_some() || !self.accepted.is_empty()
    }
}

impl Expectations {
    /// Reads a file.
    ///
    /// # Errors
    /// [`EtlError::Expectations`] says what is wrong and where.
    pub fn read(path: &Path) -> Result<Self, EtlError> {
        let wrong = |reason: String| EtlError::Expectations { path: path.to_owned(), reason };
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        let expected: Self = toml::from_str(&text).map_err(|error| {
            let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
            wrong(line.map_or_else(|| error.message().to_owned(), |line| format!("line {line}: {}", error.message())))
        })?;
        expected.check().map_err(wrong)?;
        Ok(expected)
    }

    /// Writes a file, at once or not at all.
    ///
    /// # Errors
    /// [`EtlError::Expectations`] when it can't be written.
    pub fn write(&self, path: &Path) -> Result<(), EtlError> {
        let wrong = |reason: String| EtlError::Expectations { path: path.to_owned(), reason };
        let body = toml::to_string(self).map_err(|error| wrong(error.to_string()))?;
        let text = format!(
            "# What is expected of the data, derived from them. Edit it; the next check holds the data to it.\n\n{body}"
        );
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
        std::fs::create_dir_all(folder).map_err(|error| wrong(error.to_string()))?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| wrong(error.to_string()))?;
        std::io::Write::write_all(&mut file, text.as_bytes()).map_err(|error| wrong(error.to_string()))?;
        file.persist(path).map_err(|error| wrong(error.to_string()))?;
        Ok(())
    }

    /// Finds what the types can't refuse.
    fn check(&self) -> Result<(), String> {
        for table in &self.tables {
            let name = &table.name;
            if table.unique.iter().any(Vec::is_empty) {
                return Err(format!("{name}: a set of unique columns is empty"));
            }
            for reference in &table.references {
                if reference.columns.is_empty() || reference.columns.len() != reference.referenced.len() {
                    return Err(format!(
                        "{name}: a reference to {} needs as many columns on both sides",
                        reference.table
                    ));
                }
            }
            for column in &table.columns {
                if column.nulls_at_most.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
                    return Err(format!("{name}.{}: nulls_at_most is a share from 0 to 1", column.name));
                }
                let bound = |value: &Option<toml::Value>| {
                    value.as_ref().is_none_or(|value| {
                        value.is_str() || value.is_integer() || value.is_float() || value.is_datetime()
                    })
                };
                if !bound(&column.min) || !bound(&column.max) {
                    return Err(format!("{name}.{}: min and max are numbers or texts", column.name));
                }
            }
            if let Some(day) = table.freshness.as_ref().and_then(|freshness| freshness.not_before.as_ref())
                && day.parse::<jiff::civil::Date>().is_err()
            {
                return Err(format!("{name}: not_before is a day such as 2024-01-31"));
            }
        }
        Ok(())
    }
}
