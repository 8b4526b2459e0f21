//! What an analysis says.

use std::fmt::Write;

use serde::Serialize;

use crate::AgentsError;
use crate::warehouse::CatalogTable;

/// What was found in the tables of a database.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Analysis {
    /// The tables, in the catalogue's order.
    pub tables: Vec<TableAnalysis>,
    /// Relations, the surest first.
    pub relations: Vec<Relation>,
    /// What was left out.
    pub notes: Vec<String>,
}

/// What was found in a table.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TableAnalysis {
    /// Its name as it is spelt.
    pub name: String,
    /// What to type in SQL.
    pub sql: String,
    /// How many rows it has.
    pub rows: u64,
    /// Its columns in their order.
    pub columns: Vec<ColumnAnalysis>,
    /// Sets of columns that tell its rows apart, the likeliest first.
    pub keys: Vec<Vec<String>>,
    /// Its main column of time.
    pub time: Option<TimeAnalysis>,
    /// Why it could not be read.
    pub problem: Option<String>,
}

/// What was found in a column.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ColumnAnalysis {
    /// Its name as it is spelt.
    pub name: String,
    /// What to type in SQL.
    pub sql: String,
    /// Its type in the warehouse's dialect.
    pub data_type: String,
    /// The narrower type that all of a text column's first values have.
    pub used_as: Option<String>,
    /// How many rows have no value.
    pub nulls: u64,
    /// How many different values there are.
    pub distinct: u64,
    /// Whether that is an estimate.
    pub approximate: bool,
    /// The least value, as text.
    pub min: Option<String>,
    /// The greatest value, as text.
    pub max: Option<String>,
    /// Whether it alone is a key.
    pub is_key: bool,
    /// Whether all rows have the same value, or none has any.
    pub constant: bool,
    /// What it is for.
    pub role: Role,
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// It tells rows apart.
    Key,
    /// It points to rows of another table.
    ForeignKey,
    /// A number to calculate with.
    Measure,
    /// One of a set of values.
    Category,
    /// A day or a moment.
    Time,
    /// Words.
    #[default]
    Text,
    /// Yes or no.
    Flag,
}

/// When a table's rows are from.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TimeAnalysis {
    /// The column.
    pub column: String,
    /// The first day, as yyyy-mm-dd.
    pub first: String,
    /// The last day.
    pub last: String,
    /// How far apart rows lie.
    pub grain: Grain,
    /// Periods without rows, the first 50.
    pub gaps: Vec<Gap>,
    /// How many periods without rows there are.
    pub missing: u64,
}

/// How far apart the rows of a series lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Grain {
    /// Several times a day.
    Moment,
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Quarters.
    Quarter,
    /// Years.
    Year,
    /// No period of its own.
    Irregular,
}

/// Periods without rows that follow each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Gap {
    /// The last day with rows before it.
    pub after: String,
    /// The first day with rows after it.
    pub before: String,
    /// How many periods of the grain are missing.
    pub periods: u64,
}

/// One side of a relation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct End {
    /// The table's name.
    pub table: String,
    /// Its columns.
    pub columns: Vec<String>,
}

/// Columns of one table whose values are those of another's.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Relation {
    /// The side that points.
    pub from: End,
    /// The side that is pointed to.
    pub to: End,
    /// Whether each row points to one row at most: the other side is a key.
    pub many_to_one: bool,
    /// Whether the database declares it.
    pub declared: bool,
    /// The share of different values that the other side has, from 0 to 1.
    pub inclusion: f64,
    /// How sure it is, from 0 to 1.
    pub confidence: f64,
    /// What speaks for it.
    pub evidence: Vec<String>,
}

impl Analysis {
    /// The table of a name, any case.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&TableAnalysis> {
        self.tables.iter().find(|table| table.name.eq_ignore_ascii_case(name))
    }

    /// The findings as text for a person: tables, columns and relations.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for table in &self.tables {
            // Writing to a String can't fail.
            let _ = writeln!(text, "{} · {} rows · {} columns", table.name, table.rows, table.columns.len());
            if let Some(problem) = &table.problem {
                let _ = writeln!(text, "  can't be read: {problem}");
            }
            if !table.keys.is_empty() {
                let keys: Vec<String> = table.keys.iter().map(|key| key.join(" + ")).collect();
                let _ = writeln!(text, "  keys: {}", keys.join("; "));
            }
            if let Some(time) = &table.time {
                let _ = writeln!(
                    text,
                    "  {}: {} to {}, {} periods missing",
                    time.column, time.first, time.last, time.missing
                );
            }
        }
        for relation in &self.relations {
            let end = |end: &End| format!("{}.{}", end.table, end.columns.join(" + "));
            let _ = writeln!(
                text,
                "{} -> {} · {:.0} % of values found · confidence {:.2}",
                end(&relation.from),
                end(&relation.to),
                relation.inclusion * 100.0,
                relation.confidence
            );
        }
        text
    }
}

impl TableAnalysis {
    /// The column of a name, any case.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&ColumnAnalysis> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    pub(super) fn broken(table: &CatalogTable, error: &AgentsError) -> Self {
        Self { name: table.name.clone(), sql: table.sql.clone(), problem: Some(error.to_string()), ..Self::default() }
    }
}
