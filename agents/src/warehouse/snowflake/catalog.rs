//! The tables of a database from its information schema, and their keys.

use std::collections::BTreeMap;

use arrow_cast::display::{ArrayFormatter, FormatOptions};

use super::{Shared, bind, lock, names};
use crate::AgentsError;
use crate::warehouse::{Catalog, CatalogColumn, CatalogTable, ForeignKey, TableKind};

/// A row as texts, by the column's name in lower case; a null is missing.
type Row = BTreeMap<String, String>;

/// A table's schema and name.
type Key = (String, String);

/// Every table of the session's database.
pub(super) fn catalog(shared: &Shared) -> Result<Catalog, AgentsError> {
    let database = database(shared)?;
    let current = lock(&shared.place).schema.clone().unwrap_or_default();
    let mut columns = columns_of(shared, &database, None)?;
    let keys = primary_keys(shared, &database);
    let mut foreign = foreign_keys(shared, &database);
    let sql = format!(
        "SELECT table_schema, table_name, table_type, row_count, comment FROM {}.information_schema.tables WHERE \
         table_schema <> 'INFORMATION_SCHEMA' ORDER BY table_schema, table_name",
        names::quoted(&database)
    );
    let mut described: BTreeMap<Key, Row> = BTreeMap::new();
    for mut row in rows(shared, &sql)? {
        if let (Some(schema), Some(name)) = (row.remove("table_schema"), row.remove("table_name")) {
            described.insert((schema, name), row);
        }
    }
    // A stand-in may list views only by their columns.
    for key in columns.keys() {
        described.entry(key.clone()).or_insert_with(|| Row::from([("table_type".to_owned(), "VIEW".to_owned())]));
    }
    let mut tables = Vec::new();
    for (key, mut row) in described {
        let sql = if key.0 == current {
            names::typed(&key.1)
        } else {
            format!("{}.{}", names::typed(&key.0), names::typed(&key.1))
        };
        let view = row.get("table_type").is_some_and(|kind| kind.contains("VIEW"));
        tables.push(CatalogTable {
            database: database.clone(),
            sql,
            kind: if view { TableKind::View } else { TableKind::Table },
            rows: row.get("row_count").and_then(|rows| rows.parse().ok()),
            comment: row.remove("comment").filter(|comment| !comment.is_empty()),
            columns: columns.remove(&key).unwrap_or_default(),
            primary_key: keys.get(&key).cloned().unwrap_or_default(),
            foreign_keys: foreign.remove(&key).unwrap_or_default(),
            schema: key.0,
            name: key.1,
        });
    }
    Ok(Catalog { tables })
}

/// The columns of the tables of a database, or of those with one name (any case).
pub(super) fn columns_of(
    shared: &Shared,
    database: &str,
    table: Option<&str>,
) -> Result<BTreeMap<Key, Vec<CatalogColumn>>, AgentsError> {
    let only = table
        .map_or_else(String::new, |table| format!(" AND UPPER(table_name) = {}", bind::quoted(&table.to_uppercase())));
    let sql = format!(
        "SELECT table_schema, table_name, column_name, data_type, numeric_precision, numeric_scale, is_nullable, \
         comment FROM {}.information_schema.columns WHERE table_schema <> 'INFORMATION_SCHEMA'{only} ORDER BY \
         table_schema, table_name, ordinal_position",
        names::quoted(database)
    );
    let mut result: BTreeMap<Key, Vec<CatalogColumn>> = BTreeMap::new();
    for mut row in rows(shared, &sql)? {
        let (Some(schema), Some(table), Some(name)) =
            (row.remove("table_schema"), row.remove("table_name"), row.remove("column_name"))
        else {
            continue;
        };
        let kind = row.remove("data_type").unwrap_or_default();
        let data_type = match (kind.as_str(), row.get("numeric_precision"), row.get("numeric_scale")) {
            ("NUMBER", Some(precision), Some(scale)) => format!("NUMBER({precision},{scale})"),
            _ => kind,
        };
        result.entry((schema, table)).or_default().push(CatalogColumn {
            sql: names::typed(&name),
            name,
            data_type,
            nullable: row.get("is_nullable").is_none_or(|nullable| nullable != "NO"),
            comment: row.remove("comment").filter(|comment| !comment.is_empty()),
        });
    }
    Ok(result)
}

/// The database that the session is in.
pub(super) fn database(shared: &Shared) -> Result<String, AgentsError> {
    if let Some(database) = lock(&shared.place).database.clone() {
        return Ok(database);
    }
    let found = rows(shared, "SELECT CURRENT_DATABASE() AS database")?.pop().and_then(|mut row| row.remove("database"));
    found.ok_or_else(|| {
        super::error::statement("090105", "This session has no current database, so there is no catalogue", "", 0)
    })
}

/// Primary keys by table; none where the server does not know them or the role may not see them.
fn primary_keys(shared: &Shared, database: &str) -> BTreeMap<Key, Vec<String>> {
    let mut found: BTreeMap<Key, Vec<(u32, String)>> = BTreeMap::new();
    for mut row in keys(shared, database, "PRIMARY", "database_name") {
        let (Some(schema), Some(table), Some(column)) =
            (row.remove("schema_name"), row.remove("table_name"), row.remove("column_name"))
        else {
            continue;
        };
        found.entry((schema, table)).or_default().push((sequence(&row), column));
    }
    found.into_iter().map(|(key, columns)| (key, in_order(columns))).collect()
}

/// Foreign keys by table; none where the server does not know them or the role may not see them.
fn foreign_keys(shared: &Shared, database: &str) -> BTreeMap<Key, Vec<ForeignKey>> {
    struct Found {
        table: String,
        columns: Vec<(u32, String)>,
        referenced: Vec<(u32, String)>,
    }
    let mut found: BTreeMap<(Key, String), Found> = BTreeMap::new();
    for mut row in keys(shared, database, "IMPORTED", "fk_database_name") {
        let number = sequence(&row);
        let mut take = |name: &str| row.remove(name).unwrap_or_default();
        let key = (take("fk_schema_name"), take("fk_table_name"));
        let (column, table, referenced) = (take("fk_column_name"), take("pk_table_name"), take("pk_column_name"));
        if table.is_empty() {
            continue;
        }
        let name = format!("{} {table}", take("fk_name"));
        let entry =
            found.entry((key, name)).or_insert_with(|| Found { table, columns: Vec::new(), referenced: Vec::new() });
        entry.columns.push((number, column));
        entry.referenced.push((number, referenced));
    }
    let mut result: BTreeMap<Key, Vec<ForeignKey>> = BTreeMap::new();
    for ((key, _), found) in found {
        result.entry(key).or_default().push(ForeignKey {
            columns: in_order(found.columns),
            table: found.table,
            referenced: in_order(found.referenced),
        });
    }
    result
}

/// What the server says of the keys of a kind in a database; a stand-in may know them only without a place.
fn keys(shared: &Shared, database: &str, kind: &str, column: &str) -> Vec<Row> {
    let sql = format!("SHOW {kind} KEYS IN DATABASE {}", names::quoted(database));
    let found = rows(shared, &sql).or_else(|_| rows(shared, &format!("SHOW {kind} KEYS")));
    let mut found = found.unwrap_or_default();
    found.retain(|row| row.get(column).is_none_or(|own| own == database));
    found
}

fn sequence(row: &Row) -> u32 {
    row.get("key_sequence").and_then(|number| number.parse().ok()).unwrap_or_default()
}

fn in_order(mut columns: Vec<(u32, String)>) -> Vec<String> {
    columns.sort_by_key(|(number, _)| *number);
    columns.into_iter().map(|(_, column)| column).collect()
}

/// The rows of a query of our own.
fn rows(shared: &Shared, sql: &str) -> Result<Vec<Row>, AgentsError> {
    let mut result = Vec::new();
    for batch in shared.rows(sql)? {
        let options = FormatOptions::default();
        let schema = batch.schema();
        // Columns that can't be shown, such as moments with a zone, say nothing of tables.
        let shown: Vec<_> = schema
            .fields()
            .iter()
            .zip(batch.columns())
            .filter_map(|(field, array)| Some((field, array, ArrayFormatter::try_new(array.as_ref(), &options).ok()?)))
            .collect();
        for index in 0..batch.num_rows() {
            let values = shown.iter().filter(|(_, array, _)| !array.is_null(index));
            result.push(
                values
                    .map(|(field, _, formatter)| (field.name().to_lowercase(), formatter.value(index).to_string()))
                    .collect(),
            );
        }
    }
    Ok(result)
}
