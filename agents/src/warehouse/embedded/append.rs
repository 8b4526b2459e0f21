//! Loads rows: in one transaction, so that all of them are in the table afterwards, or none.

use arrow_array::RecordBatch;
use arrow_schema::{DataType, IntervalUnit, Schema, SchemaRef, TimeUnit};
use duckdb::{Appender, Connection};

use super::import::{Import, imports};
use super::{Shared, fault};
use crate::AgentsError;
use crate::warehouse::names::{parts, quoted};
use crate::warehouse::{Cancel, Load};

/// The rows to come.
type Rows<'a> = dyn Iterator<Item = Result<RecordBatch, AgentsError>> + 'a;

/// Loads `rows` into `table`; how many there were.
pub(super) fn load(
    shared: &Shared,
    table: &str,
    rows: &mut Rows<'_>,
    mode: Load,
    cancel: &Cancel,
) -> Result<u64, AgentsError> {
    let plain = |error: duckdb::Error| fault::explain(&fault::text(&error), None);
    let connection = shared.connection().map_err(plain)?;
    let target = Target::of(table, &connection)?;
    connection.execute_batch("BEGIN TRANSACTION").map_err(plain)?;
    let outcome = target.fill(&connection, rows, mode, cancel).and_then(|count| {
        connection.execute_batch("COMMIT").map_err(|error| target.explain(&error))?;
        Ok(count)
    });
    if outcome.is_err() {
        // A commit that failed has ended the transaction already.
        let _ = connection.execute_batch("ROLLBACK");
    }
    outcome
}

/// A table by its whole name.
struct Target {
    typed: String,
    database: String,
    schema: String,
    name: String,
}

impl Target {
    fn of(typed: &str, connection: &Connection) -> Result<Self, AgentsError> {
        let bad = |what: &str| AgentsError::Load {
            table: typed.to_owned(),
            what: what.to_owned(),
            help: Some("Name it as in SQL: table, schema.table or database.schema.table.".to_owned()),
        };
        let here = "SELECT current_database(), current_schema()";
        let (database, schema): (String, String) = connection
            .query_row(here, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .map_err(|error| fault::explain(&fault::text(&error), None))?;
        let (database, schema, name) = match parts(typed).ok_or_else(|| bad("that is no name"))?.as_slice() {
            [name] => (database, schema, name.clone()),
            [schema, name] => (database, schema.clone(), name.clone()),
            [database, schema, name] => (database.clone(), schema.clone(), name.clone()),
            _ => return Err(bad("the name has too many parts")),
        };
        Ok(Self { typed: typed.to_owned(), database, schema, name })
    }

    fn sql(&self) -> String {
        format!("{}.{}.{}", quoted(&self.database), quoted(&self.schema), quoted(&self.name))
    }

    fn fill(
        &self,
        connection: &Connection,
        rows: &mut Rows<'_>,
        mode: Load,
        cancel: &Cancel,
    ) -> Result<u64, AgentsError> {
        let Some(first) = rows.next() else {
            let help = "A table is made from a batch without rows too, as it has columns.";
            return match mode {
                Load::Append => Ok(0),
                Load::Create | Load::Replace => Err(self.failed("there is nothing to load", Some(help))),
            };
        };
        let first = first?;
        let schema = first.schema();
        let imports = imports(&schema).map_err(|what| self.failed(&what, Some("Drop or convert the column.")))?;
        if mode != Load::Append {
            self.create(connection, &imports, mode)?;
        }
        let columns = self.columns(connection, &imports)?;
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        let opened =
            connection.appender_with_columns_to_catalog_and_db(&self.name, &self.database, &self.schema, &names);
        let mut appender = opened.map_err(|error| self.explain(&error))?;
        let mut count = 0;
        for batch in std::iter::once(Ok(first)).chain(rows) {
            if cancel.is_cancelled() {
                return Err(AgentsError::Cancelled);
            }
            count += self.append(&mut appender, &batch?, &schema, &imports)?;
        }
        appender.flush().map_err(|error| self.explain(&error))?;
        Ok(count)
    }

    fn create(&self, connection: &Connection, imports: &[Import], mode: Load) -> Result<(), AgentsError> {
        let mut columns = Vec::with_capacity(imports.len());
        for import in imports {
            let Some(kind) = sql_type(import.plain()) else {
                let what = format!("the column {} is of type {}", import.name, import.plain());
                return Err(self.failed(&what, Some("Drop or convert the column.")));
            };
            columns.push(format!("{} {kind}", quoted(&import.name)));
        }
        let verb = if mode == Load::Replace { "CREATE OR REPLACE TABLE" } else { "CREATE TABLE" };
        let sql = format!("{verb} {} ({})", self.sql(), columns.join(", "));
        connection.execute_batch(&sql).map_err(|error| self.explain(&error))
    }

    /// The table's own spelling of the rows' columns.
    fn columns(&self, connection: &Connection, imports: &[Import]) -> Result<Vec<String>, AgentsError> {
        let read = "SELECT column_name FROM duckdb_columns() WHERE lower(database_name) = lower(?1)
                    AND lower(schema_name) = lower(?2) AND lower(table_name) = lower(?3)";
        let found = connection.prepare(read).and_then(|mut statement| {
            let rows =
                statement.query_map([&self.database, &self.schema, &self.name], |row| row.get::<_, String>(0))?;
            rows.collect::<Result<Vec<_>, _>>()
        });
        let own = found.map_err(|error| self.explain(&error))?;
        if own.is_empty() {
            let help = "Make it first, or load with the mode that creates it.";
            return Err(self.failed("there is no such table", Some(help)));
        }
        let find = |import: &Import| {
            own.iter().find(|name| name.eq_ignore_ascii_case(&import.name)).cloned().ok_or_else(|| {
                let help = format!("The table has: {}", own.join(", "));
                self.failed(&format!("the table has no column {}", import.name), Some(&help))
            })
        };
        imports.iter().map(find).collect()
    }

    fn append(
        &self,
        appender: &mut Appender<'_>,
        batch: &RecordBatch,
        schema: &SchemaRef,
        imports: &[Import],
    ) -> Result<u64, AgentsError> {
        if batch.schema().fields() != schema.fields() && !same_types(&batch.schema(), schema) {
            return Err(self.failed("a later batch has other columns than the first", None));
        }
        let loadable = imports
            .iter()
            .zip(batch.columns())
            .map(|(import, column)| import.loadable(column).map_err(|what| self.failed(&what, None)));
        let columns = loadable.collect::<Result<Vec<_>, _>>()?;
        let fields: Vec<arrow_schema::Field> = imports
            .iter()
            .zip(&columns)
            .map(|(import, column)| arrow_schema::Field::new(&import.name, column.data_type().clone(), true))
            .collect();
        let batch = RecordBatch::try_new(Schema::new(fields).into(), columns)
            .map_err(|error| AgentsError::Internal { what: error.to_string() })?;
        let count = batch.num_rows() as u64;
        appender.append_record_batch(batch).map_err(|error| self.explain(&error))?;
        Ok(count)
    }

    fn failed(&self, what: &str, help: Option<&str>) -> AgentsError {
        AgentsError::Load { table: self.typed.clone(), what: what.to_owned(), help: help.map(str::to_owned) }
    }

    fn explain(&self, error: &duckdb::Error) -> AgentsError {
        match fault::explain(&fault::text(error), None) {
            AgentsError::QueryFailed { message, help, .. } | AgentsError::UnknownName { message, help, .. } => {
                self.failed(&lower(&message), help.as_deref())
            }
            other => other,
        }
    }
}

fn lower(message: &str) -> String {
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn same_types(one: &Schema, other: &Schema) -> bool {
    let kinds = |schema: &Schema| {
        schema.fields().iter().map(|field| (field.name().clone(), field.data_type().clone())).collect::<Vec<_>>()
    };
    kinds(one) == kinds(other)
}

/// The DuckDB type of a column as [`imports`] plans it.
fn sql_type(data_type: &DataType) -> Option<String> {
    let plain = match data_type {
        DataType::Boolean => "BOOLEAN",
        DataType::Int8 => "TINYINT",
        DataType::Int16 => "SMALLINT",
        DataType::Int32 => "INTEGER",
        DataType::Int64 => "BIGINT",
        DataType::UInt8 => "UTINYINT",
        DataType::UInt16 => "USMALLINT",
        DataType::UInt32 => "UINTEGER",
        DataType::UInt64 => "UBIGINT",
        DataType::Float32 => "FLOAT",
        DataType::Float64 => "DOUBLE",
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => "VARCHAR",
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => "BLOB",
        DataType::Date32 => "DATE",
        DataType::Time64(_) => "TIME",
        DataType::Timestamp(_, Some(_)) => "TIMESTAMPTZ",
        DataType::Timestamp(TimeUnit::Second, None) => "TIMESTAMP_S",
        DataType::Timestamp(TimeUnit::Millisecond, None) => "TIMESTAMP_MS",
        DataType::Timestamp(TimeUnit::Microsecond, None) => "TIMESTAMP",
        DataType::Timestamp(TimeUnit::Nanosecond, None) => "TIMESTAMP_NS",
        DataType::Interval(IntervalUnit::MonthDayNano) => "INTERVAL",
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale) => {
            return (*scale >= 0).then(|| format!("DECIMAL({precision}, {scale})"));
        }
        DataType::List(field) | DataType::LargeList(field) => {
            return sql_type(field.data_type()).map(|inner| format!("{inner}[]"));
        }
        DataType::FixedSizeList(field, width) => {
            return sql_type(field.data_type()).map(|inner| format!("{inner}[{width}]"));
        }
        DataType::Struct(fields) => {
            let inner = fields
                .iter()
                .map(|field| sql_type(field.data_type()).map(|kind| format!("{} {kind}", quoted(field.name()))));
            return inner.collect::<Option<Vec<_>>>().map(|inner| format!("STRUCT({})", inner.join(", ")));
        }
        _ => return None,
    };
    Some(plain.to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_schema::Field;

    use super::*;

    #[test]
    fn types_are_spelt_out() {
        let list = DataType::List(Arc::new(Field::new("item", DataType::Decimal128(9, 2), true)));
        let whole = DataType::Struct(vec![Field::new("a \"b\"", list, true)].into());
        assert_eq!(sql_type(&whole).as_deref(), Some("STRUCT(\"a \"\"b\"\"\" DECIMAL(9, 2)[])"));
        assert_eq!(sql_type(&DataType::Decimal128(9, -2)), None);
    }
}
