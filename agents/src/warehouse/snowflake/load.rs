//! Loads rows: as literals into a temporary table, then at once into the one they are for.
//!
//! A file would be faster, but would have to be put into a stage. The last statement is the only one that touches the
//! table, so either all rows are in it or none; a temporary table ends with its session.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};

use super::transport::{Asked, Transport, Watch};
use super::{Shared, catalog, literals, lock, names};
use crate::AgentsError;
use crate::warehouse::{Cancel, Load, Request};

/// The most rows of one statement; Snowflake takes 16 384.
const ROWS: usize = 4096;
/// The length of a statement's rows at which it is sent; Snowflake takes 1 MB.
const BYTES: usize = 512 << 10;

/// Loads `rows` into `table`, and says how many there were.
pub(super) fn load(
    shared: &Shared,
    table: &str,
    rows: &mut dyn Iterator<Item = Result<RecordBatch, AgentsError>>,
    mode: Load,
    own: &Cancel,
) -> Result<u64, AgentsError> {
    let Some(first) = rows.next().transpose()? else {
        return Err(wrong(
            table,
            "there is no batch to tell the columns from",
            "Give at least one batch, which may be empty.",
        ));
    };
    let schema = first.schema();
    let columns = columns(table, &schema)?;
    let target = target(shared, table)?;
    // In the schema of the target; a temporary table is its session's alone.
    let staging = names::quoted(&format!("SYNTHBOOK_LOAD_{}", uuid::Uuid::new_v4().simple()).to_uppercase());
    let known = if mode == Load::Append { Some(names_in(shared, table, &columns)?) } else { None };
    let session = Session {
        shared,
        table,
        // The user's transaction and settings are none of ours.
        transport: Arc::new(shared.transport.another()),
        watch: Watch::start(own, &Request::default()),
    };
    let begun = session.run(&format!("USE SCHEMA {}", written(&target[..target.len() - 1])));
    let target = written(&target);
    let filled = begun.and_then(|()| session.fill(&staging, &columns, &schema, std::iter::once(Ok(first)).chain(rows)));
    let outcome = filled.and_then(|count| {
        let all: Vec<String> = columns.iter().map(|column| names::quoted(&column.name)).collect();
        let select = format!("SELECT {} FROM {staging}", all.join(", "));
        let last = session.run(&match (mode, known) {
            (Load::Append, known) => {
                let named: Vec<String> = known.unwrap_or_default().iter().map(|name| names::quoted(name)).collect();
                format!("INSERT INTO {target} ({}) {select}", named.join(", "))
            }
            (Load::Create, _) => format!("CREATE TABLE {target} AS {select}"),
            (Load::Replace, _) => format!("CREATE OR REPLACE TABLE {target} AS {select}"),
        });
        match last {
            Err(AgentsError::QueryFailed { message, .. } | AgentsError::UnknownName { message, .. })
                if mode == Load::Create && message.contains("already exists") =>
            {
                Err(wrong(
                    table,
                    "it is there already",
                    "To add to it, append; to put the rows in its place, replace it.",
                ))
            }
            last => last.map(|()| count),
        }
    });
    session.end(&staging);
    outcome
}

/// A column as it is made and filled.
struct Column {
    /// Its name as Snowflake keeps it.
    name: String,
    /// Its type there.
    kind: String,
    /// How a text becomes a value of it, `$` standing for the text.
    cast: String,
}

/// The columns that rows of a schema need.
fn columns(table: &str, schema: &SchemaRef) -> Result<Vec<Column>, AgentsError> {
    if schema.fields().is_empty() {
        return Err(wrong(table, "they have no columns", "Give at least one column."));
    }
    schema
        .fields()
        .iter()
        .map(|field| {
            let name = names::folded(field.name());
            let kind = kind_of(field.data_type()).ok_or_else(|| {
                wrong(
                    table,
                    &format!("the column {} is of the type {}", field.name(), field.data_type()),
                    "Turn it into text first.",
                )
            })?;
            let cast = match kind.as_str() {
                "BINARY" => "TO_BINARY($, 'HEX')".to_owned(),
                kind => format!("CAST($ AS {kind})"),
            };
            Ok(Column { name, kind, cast })
        })
        .collect()
}

fn kind_of(data_type: &DataType) -> Option<String> {
    Some(match data_type {
        DataType::Null => "VARCHAR".to_owned(),
        DataType::Boolean => "BOOLEAN".to_owned(),
        kind if kind.is_integer() => "NUMBER(38,0)".to_owned(),
        kind if kind.is_floating() => "FLOAT".to_owned(),
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
            if *scale >= 0 =>
        {
            format!("NUMBER({precision},{scale})")
        }
        kind if kind.is_string() => "VARCHAR".to_owned(),
        kind if kind.is_binary() => "BINARY".to_owned(),
        DataType::Date32 | DataType::Date64 => "DATE".to_owned(),
        DataType::Time32(_) | DataType::Time64(_) => "TIME".to_owned(),
        DataType::Timestamp(_, None) => "TIMESTAMP_NTZ".to_owned(),
        // A moment: Snowflake shows it in each session's zone.
        DataType::Timestamp(_, Some(_)) => "TIMESTAMP_TZ".to_owned(),
        DataType::Dictionary(_, values) => return kind_of(values),
        _ => return None,
    })
}

/// The table's database, schema and name.
fn target(shared: &Shared, table: &str) -> Result<Vec<String>, AgentsError> {
    let parts = names::parts(table)
        .ok_or_else(|| wrong(table, "this is no table's name", "Quote what is no plain word: \"my table\"."))?;
    let mut full = parts;
    if full.len() < 3 {
        full.insert(0, catalog::database(shared)?);
    }
    if full.len() < 3 {
        let schema = lock(&shared.place).schema.clone().unwrap_or_else(|| "PUBLIC".to_owned());
        full.insert(1, schema);
    }
    Ok(full)
}

/// A name of several parts.
fn written(parts: &[String]) -> String {
    parts.iter().map(|part| names::quoted(part)).collect::<Vec<_>>().join(".")
}

/// The names that columns have in the table they are added to.
fn names_in(shared: &Shared, table: &str, columns: &[Column]) -> Result<Vec<String>, AgentsError> {
    let parts = names::parts(table).unwrap_or_default();
    let (Some(name), database) = (parts.last(), parts.len().checked_sub(3).map(|at| parts[at].clone())) else {
        return Err(wrong(table, "this is no table's name", "Name a table."));
    };
    let database = database.map_or_else(|| catalog::database(shared), Ok)?;
    let current = lock(&shared.place).schema.clone();
    let schema = parts.len().checked_sub(2).map(|at| parts[at].clone()).or(current);
    let found = catalog::columns_of(shared, &database, Some(name))?;
    let known =
        found.iter().find(|((own, known), _)| known == name && schema.as_ref().is_none_or(|schema| schema == own));
    let Some((_, known)) = known else {
        return Err(wrong(table, "there is no such table", "To make it, load without appending."));
    };
    columns
        .iter()
        .map(|column| {
            let exact = known.iter().find(|known| known.name == column.name);
            let any = || known.iter().find(|known| known.name.eq_ignore_ascii_case(&column.name));
            exact.or_else(any).map(|known| known.name.clone()).ok_or_else(|| {
                let names: Vec<&str> = known.iter().map(|known| known.name.as_str()).collect();
                wrong(table, &format!("it has no column {}", column.name), &format!("It has: {}", names.join(", ")))
            })
        })
        .collect()
}

fn wrong(table: &str, what: &str, help: &str) -> AgentsError {
    AgentsError::Load { table: table.to_owned(), what: what.to_owned(), help: Some(help.to_owned()) }
}

/// A session of a load's own.
struct Session<'a> {
    shared: &'a Shared,
    table: &'a str,
    transport: Arc<Transport>,
    watch: Watch,
}

impl Session<'_> {
    fn run(&self, sql: &str) -> Result<(), AgentsError> {
        // What was loaded so far ends with the session it was loaded in.
        let asked = Asked { sql, before: 0, tag: Some("synthbook load"), bound: true };
        self.shared.block(async { self.transport.run(&asked, &self.watch).await.map(drop) })
    }

    /// Makes the temporary table and fills it; says how many rows it has.
    fn fill(
        &self,
        staging: &str,
        columns: &[Column],
        schema: &SchemaRef,
        rows: impl Iterator<Item = Result<RecordBatch, AgentsError>>,
    ) -> Result<u64, AgentsError> {
        let made: Vec<String> =
            columns.iter().map(|column| format!("{} {}", names::quoted(&column.name), column.kind)).collect();
        self.run(&format!("CREATE TEMPORARY TABLE {staging} ({})", made.join(", ")))?;
        let casts: Vec<String> = columns
            .iter()
            .enumerate()
            .map(|(index, column)| column.cast.replace('$', &format!("column{}", index + 1)))
            .collect();
        let insert = format!("INSERT INTO {staging} SELECT {} FROM VALUES ", casts.join(", "));
        let (mut count, mut pending, mut text) = (0_u64, 0, insert.clone());
        for batch in rows {
            let batch = batch?;
            let kinds = |schema: &SchemaRef| -> Vec<(String, DataType)> {
                schema.fields().iter().map(|field| (field.name().clone(), field.data_type().clone())).collect()
            };
            if kinds(&batch.schema()) != kinds(schema) {
                return Err(wrong(
                    self.table,
                    "the batches have different columns",
                    "Give all batches the first one's columns.",
                ));
            }
            for start in (0..batch.num_rows()).step_by(ROWS) {
                let part = batch.slice(start, ROWS.min(batch.num_rows() - start));
                let unwritable = |what: String| wrong(self.table, &what, "Turn the column into text first.");
                for row in literals::rows(&part).map_err(unwritable)? {
                    if pending > 0 {
                        text.push(',');
                    }
                    text.push_str(&row);
                    pending += 1;
                    count += 1;
                    if pending == ROWS || text.len() >= BYTES {
                        self.run(&text)?;
                        text.clone_from(&insert);
                        pending = 0;
                    }
                }
            }
        }
        if pending > 0 {
            self.run(&text)?;
        }
        Ok(count)
    }

    /// Drops the temporary table and ends the session; both would happen without us, only later.
    fn end(&self, staging: &str) {
        let _ = self.run(&format!("DROP TABLE IF EXISTS {staging}"));
        let _ = self.shared.block(async {
            self.transport.close().await;
            Ok(())
        });
    }
}
