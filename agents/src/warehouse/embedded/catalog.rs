//! What a query may name: tables, views, frames and their columns.

use duckdb::Connection;

use super::{Shared, fault, lock, views};
use crate::AgentsError;
use crate::warehouse::names::typed;
use crate::warehouse::{Column, Table, TableKind};

const TABLES: &str = "
    SELECT database_name, schema_name, table_name, 'table', estimated_size, in_search_path(database_name, schema_name)
    FROM duckdb_tables() WHERE NOT internal
    UNION ALL
    SELECT database_name, schema_name, view_name, 'view', NULL, in_search_path(database_name, schema_name)
    FROM duckdb_views() WHERE NOT internal
    ORDER BY ALL";

const COLUMNS: &str = "
    SELECT column_name, data_type FROM duckdb_columns()
    WHERE lower(table_name) = lower(?1) AND (database_name, schema_name, table_oid) = (
        SELECT (database_name, schema_name, table_oid) FROM duckdb_columns()
        WHERE lower(table_name) = lower(?1)
        ORDER BY database_name = ?2, NOT in_search_path(database_name, schema_name), database_name LIMIT 1)
    ORDER BY column_index";

/// Every table, view and frame.
pub(super) fn tables(shared: &Shared) -> Result<Vec<Table>, AgentsError> {
    views::refresh(shared)?;
    let catalog = lock(&shared.views).catalog().to_owned();
    let found = read(shared, |connection| {
        let mut statement = connection.prepare(TABLES)?;
        let rows = statement.query_map([], |row| {
            let (database, schema, name): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let (kind, rows, reached): (String, Option<i64>, bool) = (row.get(3)?, row.get(4)?, row.get(5)?);
            let kind = match kind.as_str() {
                _ if database == catalog => TableKind::Frame,
                "view" => TableKind::View,
                _ => TableKind::Table,
            };
            let sql = if reached {
                typed(&name)
            } else {
                format!("{}.{}.{}", typed(&database), typed(&schema), typed(&name))
            };
            Ok(Table { name, sql, kind, rows: rows.and_then(|rows| u64::try_from(rows).ok()) })
        })?;
        rows.collect::<Result<Vec<Table>, _>>()
    })?;
    let own: Vec<String> =
        found.iter().filter(|table| table.kind != TableKind::Frame).map(|table| table.name.to_lowercase()).collect();
    let complete = |mut table: Table| {
        if table.kind == TableKind::Frame {
            table.rows = shared.frames.open(&table.name).ok().map(|file| file.rows() as u64);
            if own.contains(&table.name.to_lowercase()) {
                table.sql = format!("{catalog}.{}", typed(&table.name));
            }
        }
        table
    };
    Ok(found.into_iter().map(complete).collect())
}

/// The columns of a table, view or frame.
pub(super) fn columns(shared: &Shared, table: &str) -> Result<Vec<Column>, AgentsError> {
    views::refresh(shared)?;
    let catalog = lock(&shared.views).catalog().to_owned();
    read(shared, |connection| {
        let mut statement = connection.prepare(COLUMNS)?;
        let rows = statement.query_map([table, &catalog], |row| {
            let (name, data_type): (String, String) = (row.get(0)?, row.get(1)?);
            Ok(Column { sql: typed(&name), name, data_type })
        })?;
        rows.collect()
    })
}

/// Reads on the session's connection, which sees temporary tables, or on the spare one while that is busy.
fn read<T>(shared: &Shared, read: impl Fn(&Connection) -> Result<T, duckdb::Error>) -> Result<T, AgentsError> {
    if let Ok(connection) = shared.main.try_lock()
        && let Ok(result) = read(&connection)
    {
        return Ok(result);
    }
    read(&lock(&shared.spare)).map_err(|error| fault::explain(&fault::text(&error), None))
}
