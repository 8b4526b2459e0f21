//! Expectations from the data as they are: bounds with room to grow, so that only what is unlike them stands out.

use synthbook_synth::Progress;
use toml::Value;

use super::expectations::{ColumnExpectation, Expectations, Freshness, Reference, TableExpectation, Volume};
use crate::AgentsError;
use crate::analyzer::{Analysis, ColumnAnalysis, Family, Options, Role, TableAnalysis, analyze};
use crate::etl::EtlError;
use crate::etl::rows::Desk;
use crate::warehouse::{Catalog, CatalogTable, TableKind, Warehouse};

/// A table may lose so much of its rows, and grow so much, before it stands out.
const LOSS: f64 = 0.9;
const GROWTH: f64 = 1.5;
/// Added to a table's greatest number of rows, so that a small one may grow at all.
const FEW: u64 = 10;
/// Added to a share of nulls that is not 0.
const NULLS: f64 = 0.02;
/// A positive greatest value may become so many times as large.
const HIGHER: f64 = 1.5;
/// The most values that are listed as accepted.
const ACCEPTED: usize = 40;
/// The least confidence of a relation that is expected to hold.
const SURE: f64 = 0.7;

/// Derives expectations of all tables, but those of the log.
///
/// # Errors
/// [`EtlError::NothingToCheck`], and what the warehouse says.
pub fn derive(warehouse: &dyn Warehouse, progress: &Progress) -> Result<Expectations, EtlError> {
    let desk = Desk::reading(warehouse, progress);
    let mut catalog = warehouse.catalog()?;
    catalog.tables.retain(|table| table.kind != TableKind::View && !table.schema.eq_ignore_ascii_case("etl"));
    if catalog.tables.is_empty() {
        return Err(EtlError::NothingToCheck);
    }
    let analysis = analyze(warehouse, &catalog, &Options::default().progress(progress.clone()))?;
    let mut tables = Vec::new();
    for table in analysis.tables.iter().filter(|table| table.problem.is_none()) {
        let Some(known) = catalog.tables.iter().find(|known| known.sql == table.sql) else { continue };
        tables.push(of_table(desk, table, known, &analysis, &catalog)?);
    }
    Ok(Expectations { tables })
}

fn of_table(
    desk: Desk<'_>,
    table: &TableAnalysis,
    known: &CatalogTable,
    analysis: &Analysis,
    catalog: &Catalog,
) -> Result<TableExpectation, AgentsError> {
    let rows = (table.rows > 0).then(|| Volume {
        at_least: Some(((table.rows as f64 * LOSS).floor() as u64).max(1)),
        at_most: Some((table.rows as f64 * GROWTH).ceil() as u64 + FEW),
    });
    let references = analysis.relations.iter().filter(|relation| {
        relation.from.table == table.name && relation.inclusion >= 1.0 && relation.confidence >= SURE
    });
    let references = references.filter_map(|relation| {
        let other = catalog.tables.iter().find(|other| other.name.eq_ignore_ascii_case(&relation.to.table))?;
        Some(Reference {
            columns: relation.from.columns.clone(),
            table: named(other, catalog),
            referenced: relation.to.columns.clone(),
        })
    });
    let freshness = table.time.as_ref().filter(|time| time.first != time.last).map(|time| Freshness {
        column: time.column.clone(),
        not_before: Some(time.last.clone()),
        within_days: None,
    });
    let mut columns = Vec::with_capacity(table.columns.len());
    for column in table.columns.iter().filter(|_| table.rows > 0) {
        let expected = of_column(desk, table, column, known)?;
        columns.extend(expected.says_something().then_some(expected));
    }
    Ok(TableExpectation {
        name: named(known, catalog),
        rows,
        unique: table.keys.clone(),
        freshness,
        references: references.collect(),
        columns,
    })
}

fn of_column(
    desk: Desk<'_>,
    table: &TableAnalysis,
    column: &ColumnAnalysis,
    known: &CatalogTable,
) -> Result<ColumnExpectation, AgentsError> {
    let mut expected = ColumnExpectation { name: column.name.clone(), ..ColumnExpectation::default() };
    if column.nulls < table.rows {
        let share = column.nulls as f64 / table.rows as f64;
        let most = if column.nulls == 0 { 0.0 } else { ((share + NULLS) * 1000.0).ceil() / 1000.0 };
        expected.nulls_at_most = Some(most.min(1.0));
    }
    match column.role {
        Role::Measure => {
            let number = |bound: &Option<String>| {
                bound.as_deref().and_then(|bound| bound.parse::<f64>().ok()).filter(|number| number.is_finite())
            };
            if let Some((low, high)) = number(&column.min).zip(number(&column.max)) {
                let (low, high) =
                    (if low >= 0.0 { 0.0 } else { low * HIGHER }, if high > 0.0 { high * HIGHER } else { 0.0 });
                let whole = Family::of(&column.data_type) == Family::Whole;
                let value = |bound: f64| {
                    if whole && bound.abs() < 1e15 { Value::Integer(bound.round() as i64) } else { Value::Float(bound) }
                };
                expected.min = Some(value(low));
                expected.max = Some(value(high));
            }
        }
        Role::Time
            if known.column(&column.name).is_some_and(|column| !column.data_type.eq_ignore_ascii_case("VARCHAR")) =>
        {
            expected.min = column.min.as_deref().and_then(|min| min.get(..10)).map(|day| Value::String(day.to_owned()));
        }
        Role::Category | Role::Flag if is_text(column) && column.distinct as usize <= ACCEPTED => {
            let query = format!(
                "SELECT DISTINCT {0} FROM {1} WHERE {0} IS NOT NULL ORDER BY {0} LIMIT {2}",
                column.sql,
                table.sql,
                ACCEPTED + 1
            );
            let values = desk.run(&query)?;
            if (1..=ACCEPTED).contains(&values.len()) {
                expected.accepted = (0..values.len()).filter_map(|row| values.text(row, 0)).collect();
            }
        }
        _ => {}
    }
    Ok(expected)
}

/// A table's name without quotes, where nothing else has it.
fn named(table: &CatalogTable, catalog: &Catalog) -> String {
    let alone = catalog.table(&table.name).is_some_and(|found| found.sql == table.sql);
    if alone { table.name.clone() } else { table.sql.clone() }
}

fn is_text(column: &ColumnAnalysis) -> bool {
    let kind = column.data_type.to_uppercase();
    ["VARCHAR", "TEXT", "STRING", "CHAR", "ENUM"].iter().any(|name| kind.starts_with(name))
}
