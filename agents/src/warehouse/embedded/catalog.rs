//! What a query may name: tables, views, frames, their columns and keys.

use std::collections::BTreeMap;

use duckdb::Connection;

use super::{Shared, fault, lock, views};
use crate::AgentsError;
use crate::warehouse::names::typed;
use crate::warehouse::{Catalog, CatalogColumn, CatalogTable, Column, ForeignKey, Table, TableKind};

/// Frames of other handles of the same database are theirs.
const TABLES: &str = "
    SELECT database_name, schema_name, table_name, 'table', estimated_size, in_search_path(database_name, schema_name), comment
    FROM duckdb_tables() WHERE NOT internal
    UNION ALL
    SELECT database_name, schema_name, view_name, 'view', NULL, in_search_path(database_name, schema_name), comment
    FROM duckdb_views() WHERE NOT internal AND (sql NOT LIKE '%synthbook_frame(%' OR database_name = ?1)
    ORDER BY ALL";

const ALL_COLUMNS: &str = "
    SELECT database_name, schema_name, table_name, column_name, data_type, is_nullable, comment
    FROM duckdb_columns() WHERE NOT internal ORDER BY database_name, schema_name, table_name, column_index";

const KEYS: &str = "
    SELECT database_name, schema_name, table_name, constraint_type, to_json(constraint_column_names)::VARCHAR,
           referenced_table, to_json(referenced_column_names)::VARCHAR
    FROM duckdb_constraints() WHERE constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')
    ORDER BY database_name, schema_name, table_name, constraint_index";

const COLUMNS: &str = "
    SELECT column_name, data_type FROM duckdb_columns()
    WHERE lower(table_name) = lower(?1) AND (database_name, schema_name, table_oid) = (
        SELECT (database_name, schema_name, table_oid) FROM duckdb_columns()
        WHERE lower(table_name) = lower(?1)
        ORDER BY database_name = ?2, NOT in_search_path(database_name, schema_name), database_name LIMIT 1)
    ORDER BY column_index";

/// A table's database, schema and name.
type Key = (String, String, String);

/// Every table, view and frame.
pub(super) fn tables(shared: &Shared) -> Result<Vec<Table>, AgentsError> {
    let whole = bare(shared)?;
    Ok(whole
        .into_iter()
        .map(|table| Table { name: table.name, sql: table.sql, kind: table.kind, rows: table.rows })
        .collect())
}

/// Every table, view and frame with columns and keys.
pub(super) fn catalog(shared: &Shared) -> Result<Catalog, AgentsError> {
    let mut tables = bare(shared)?;
    let (mut columns, mut keys) = read(shared, |connection| Ok((all_columns(connection)?, all_keys(connection)?)))?;
    for table in &mut tables {
        let key = (table.database.clone(), table.schema.clone(), table.name.clone());
        table.columns = columns.remove(&key).unwrap_or_default();
        for found in keys.remove(&key).unwrap_or_default() {
            match found.table {
                None => table.primary_key = found.columns,
                Some(other) => table.foreign_keys.push(ForeignKey {
                    columns: found.columns,
                    table: other,
                    referenced: found.referenced,
                }),
            }
        }
    }
    Ok(Catalog { tables })
}

/// The tables without columns and keys.
fn bare(shared: &Shared) -> Result<Vec<CatalogTable>, AgentsError> {
    views::refresh(shared)?;
    let catalog = lock(&shared.views).catalog().to_owned();
    let found = read(shared, |connection| {
        let mut statement = connection.prepare(TABLES)?;
        let rows = statement.query_map([&catalog], |row| {
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
            let (rows, comment) = (rows.and_then(|rows| u64::try_from(rows).ok()), row.get(6)?);
            let (columns, primary_key, foreign_keys) = (Vec::new(), Vec::new(), Vec::new());
            Ok(CatalogTable { database, schema, name, sql, kind, rows, comment, columns, primary_key, foreign_keys })
        })?;
        rows.collect::<Result<Vec<CatalogTable>, _>>()
    })?;
    let own: Vec<String> =
        found.iter().filter(|table| table.kind != TableKind::Frame).map(|table| table.name.to_lowercase()).collect();
    let complete = |mut table: CatalogTable| {
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

fn all_columns(connection: &Connection) -> Result<BTreeMap<Key, Vec<CatalogColumn>>, duckdb::Error> {
    let mut statement = connection.prepare(ALL_COLUMNS)?;
    let rows = statement.query_map([], |row| {
        let name: String = row.get(3)?;
        let column = CatalogColumn {
            sql: typed(&name),
            name,
            data_type: row.get(4)?,
            nullable: row.get(5)?,
            comment: row.get(6)?,
        };
        Ok(((row.get(0)?, row.get(1)?, row.get(2)?), column))
    })?;
    let mut result: BTreeMap<Key, Vec<CatalogColumn>> = BTreeMap::new();
    for row in rows {
        let (key, column) = row?;
        result.entry(key).or_default().push(column);
    }
    Ok(result)
}

/// A key of a table: its own, or that of another.
struct FoundKey {
    columns: Vec<String>,
    table: Option<String>,
    referenced: Vec<String>,
}

fn all_keys(connection: &Connection) -> Result<BTreeMap<Key, Vec<FoundKey>>, duckdb::Error> {
    let names = |json: Option<String>| -> Vec<String> {
        json.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
    };
    let mut statement = connection.prepare(KEYS)?;
    let rows = statement.query_map([], |row| {
        let (kind, other): (String, Option<String>) = (row.get(3)?, row.get(5)?);
        let table = if kind == "FOREIGN KEY" { other } else { None };
        let found = FoundKey { columns: names(row.get(4)?), table, referenced: names(row.get(6)?) };
        Ok(((row.get(0)?, row.get(1)?, row.get(2)?), found, kind))
    })?;
    let mut result: BTreeMap<Key, Vec<FoundKey>> = BTreeMap::new();
    for row in rows {
        let (key, found, kind) = row?;
        if kind == "PRIMARY KEY" || found.table.is_some() {
            result.entry(key).or_default().push(found);
        }
    }
    Ok(result)
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
