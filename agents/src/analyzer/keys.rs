//! Keys of a table: those that are declared, and columns whose values tell its rows apart.

use super::analysis::{ColumnAnalysis, TableAnalysis};
use super::names::{affinity, common_prefix, identifies, subject};
use super::profile::Family;
use crate::AgentsError;
use crate::etl::rows::Desk;
use crate::warehouse::CatalogTable;

/// An estimate of different values that is at least this share of the rows may be all of them.
const NEARLY: f64 = 0.85;
/// The most columns of which an estimate is counted again, and the most of which pairs are tried.
const COUNTED: usize = 12;
const PAIRED: usize = 6;

/// Finds keys, and marks the columns that are one alone.
pub(super) fn find(
    desk: Desk<'_>,
    table: &CatalogTable,
    all: &[&CatalogTable],
    analysis: &mut TableAnalysis,
) -> Result<(), AgentsError> {
    count_again(desk, analysis)?;
    let declared = declared(table);
    let mut ranked: Vec<(f64, String)> = Vec::new();
    let prefix = common_prefix(all.iter().map(|table| table.name.as_str()));
    let about = subject(&table.name, &prefix);
    for (at, column) in analysis.columns.iter_mut().enumerate() {
        let alone = declared.as_deref() == Some(std::slice::from_ref(&column.name));
        if !alone && !is_unique(column, analysis.rows) {
            continue;
        }
        let sure = if alone { 2.0 } else { likely(column, at, &about, &prefix) };
        // In a handful of rows nearly every column tells rows apart.
        column.is_key = alone || sure >= 0.5 || (analysis.rows >= 50 && sure > 0.2);
        if column.is_key {
            ranked.push((sure, column.name.clone()));
        }
    }
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    analysis.keys = ranked.into_iter().map(|(_, name)| vec![name]).collect();
    if let Some(several) = declared.filter(|columns| columns.len() > 1) {
        analysis.keys.insert(0, several);
    } else if analysis.keys.is_empty() && analysis.rows > 1 {
        analysis.keys = pairs(desk, analysis)?;
    }
    Ok(())
}

fn declared(table: &CatalogTable) -> Option<Vec<String>> {
    (!table.primary_key.is_empty()).then(|| {
        let spelt = |name: &String| table.column(name).map_or_else(|| name.clone(), |column| column.name.clone());
        table.primary_key.iter().map(spelt).collect()
    })
}

fn is_unique(column: &ColumnAnalysis, rows: u64) -> bool {
    rows > 0 && column.nulls == 0 && !column.approximate && column.distinct == rows
}

/// How likely a column without repeats is meant as a key, by name, type and place.
fn likely(column: &ColumnAnalysis, at: usize, about: &[String], prefix: &[String]) -> f64 {
    let family = Family::of(&column.data_type);
    if !matches!(family, Family::Whole | Family::Text | Family::Time) {
        return 0.0;
    }
    let named = affinity(&column.name, about, prefix);
    let first = if at == 0 { 0.2 } else { 0.0 };
    let name = if named > 0.0 {
        named
    } else if identifies(&column.name) {
        0.4
    } else {
        0.0
    };
    let kind = if family == Family::Time { -0.1 } else { 0.1 };
    name + first + kind
}

/// Counts exactly where an estimate says that a column may have no repeats.
fn count_again(desk: Desk<'_>, analysis: &mut TableAnalysis) -> Result<(), AgentsError> {
    let rows = analysis.rows as f64;
    let may = |column: &ColumnAnalysis| {
        let family = Family::of(&column.data_type);
        column.approximate
            && column.nulls == 0
            && column.distinct as f64 >= rows * NEARLY
            && matches!(family, Family::Whole | Family::Text | Family::Time)
    };
    let columns: Vec<usize> =
        (0..analysis.columns.len()).filter(|at| may(&analysis.columns[*at])).take(COUNTED).collect();
    if columns.is_empty() {
        return Ok(());
    }
    let asked: Vec<String> =
        columns.iter().map(|at| format!("COUNT(DISTINCT {})", analysis.columns[*at].sql)).collect();
    let found = desk.run(&format!("SELECT {} FROM {}", asked.join(", "), analysis.sql))?;
    for (index, at) in columns.into_iter().enumerate() {
        analysis.columns[at].distinct = found.count(0, index);
        analysis.columns[at].approximate = false;
    }
    Ok(())
}

/// Pairs of columns that tell rows apart where no column does: identifiers first.
fn pairs(desk: Desk<'_>, analysis: &TableAnalysis) -> Result<Vec<Vec<String>>, AgentsError> {
    let fits = |column: &&ColumnAnalysis| {
        column.nulls == 0
            && column.distinct > 1
            && matches!(Family::of(&column.data_type), Family::Whole | Family::Text | Family::Time)
    };
    let mut columns: Vec<&ColumnAnalysis> = analysis.columns.iter().filter(fits).collect();
    columns.sort_by_key(|column| !(identifies(&column.name) || Family::of(&column.data_type) == Family::Time));
    columns.truncate(PAIRED);
    let mut tried: Vec<(&ColumnAnalysis, &ColumnAnalysis)> = Vec::new();
    for (at, one) in columns.iter().enumerate() {
        // Too few combinations can't be as many as there are rows.
        let enough = |other: &&&ColumnAnalysis| (one.distinct as f64) * (other.distinct as f64) >= analysis.rows as f64;
        tried.extend(columns[at + 1..].iter().filter(enough).map(|other| (*one, *other)));
    }
    for (one, other) in tried {
        let query =
            format!("SELECT COUNT(*) FROM (SELECT 1 AS N FROM {} GROUP BY {}, {}) T", analysis.sql, one.sql, other.sql);
        if desk.run(&query)?.count(0, 0) == analysis.rows {
            return Ok(vec![vec![one.name.clone(), other.name.clone()]]);
        }
    }
    Ok(Vec::new())
}
