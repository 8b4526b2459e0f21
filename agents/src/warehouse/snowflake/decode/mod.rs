//! Results as they come, in the types that every warehouse of this project gives.

mod arrow;
mod column;
mod json;
mod nested;

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_schema_from_ipc_buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use serde_json::Value;

use super::SnowflakeError;
use super::transport::{Part, RowType};
use crate::AgentsError;
use crate::warehouse::names::unique;
use column::Column;

/// How many rows of a JSON result make a batch, and how many rows of an Arrow batch go on at once.
const ROWS: usize = 65_536;

/// The columns of a result: what they are in Snowflake and what they become.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    columns: Vec<Column>,
    schema: SchemaRef,
}

impl Columns {
    /// The columns that an answer announces, seen against the first part of its rows, which may be the `whole`.
    pub(super) fn of(rowtype: &[RowType], first: Option<&Part>, whole: bool) -> Result<Self, AgentsError> {
        let physical = match first {
            Some(Part::Arrow(bytes)) => batches(bytes)?.0,
            _ => None,
        };
        let announced: Vec<RowType> = match &physical {
            // An answer that announces nothing still has its rows' own schema.
            Some(schema) if rowtype.is_empty() => {
                schema.fields().iter().map(|field| column::announced(field)).collect()
            }
            _ => rowtype.to_vec(),
        };
        if let Some(schema) = &physical
            && schema.fields().len() != announced.len()
        {
            let what = format!("{} columns were announced, {} came", announced.len(), schema.fields().len());
            return Err(SnowflakeError::Reply { what }.into());
        }
        let columns: Vec<Column> = announced
            .iter()
            .enumerate()
            .map(|(index, row)| Column::of(row, physical.as_ref().map(|schema| schema.field(index).data_type()), whole))
            .collect();
        let names = unique(announced.iter().map(|row| row.name.as_str()), false);
        let fields: Vec<Field> = names
            .into_iter()
            .zip(&columns)
            .map(|(name, column)| Field::new(name, column.target.clone(), true))
            .collect();
        Ok(Self { columns, schema: Arc::new(Schema::new(fields)) })
    }

    pub(super) fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }

    /// Positions of the whole numbers that may be larger than 64 bits.
    pub(super) fn wide(&self) -> Vec<usize> {
        (0..self.columns.len()).filter(|index| self.columns[*index].is_wide()).collect()
    }

    /// What the reader should know of the columns.
    pub(super) fn notes(&self) -> Vec<String> {
        let named = |test: fn(&Column) -> bool| -> Vec<&str> {
            let fields = self.schema.fields().iter().zip(&self.columns);
            fields.filter(|(_, column)| test(column)).map(|(field, _)| field.name().as_str()).collect()
        };
        let zoned = named(Column::loses_offset);
        if zoned.is_empty() {
            return Vec::new();
        }
        vec![format!("Moments with a zone of their own are given in UTC: {}", zoned.join(", "))]
    }

    /// The rows of a part as batches, which have this schema.
    pub(super) fn read(&self, part: Part) -> Result<Vec<RecordBatch>, AgentsError> {
        match part {
            Part::Arrow(bytes) => {
                let (_, batches) = batches(&bytes)?;
                let mut read = Vec::with_capacity(batches.len());
                for batch in batches {
                    let batch = self.converted(&batch)?;
                    for start in (0..batch.num_rows()).step_by(ROWS) {
                        read.push(batch.slice(start, ROWS.min(batch.num_rows() - start)));
                    }
                }
                Ok(read)
            }
            Part::Json(rows) => rows.chunks(ROWS).map(|rows| self.parsed(rows)).collect(),
        }
    }

    fn converted(&self, batch: &RecordBatch) -> Result<RecordBatch, AgentsError> {
        if batch.num_columns() != self.columns.len() {
            let what = format!("a part has {} columns in place of {}", batch.num_columns(), self.columns.len());
            return Err(SnowflakeError::Reply { what }.into());
        }
        let schema = batch.schema();
        let arrays = self.columns.iter().enumerate().map(|(index, column)| {
            arrow::converted(batch.column(index), schema.field(index), column)
                .map_err(|reason| self.unreadable(index, &reason))
        });
        self.batch(arrays.collect::<Result<_, _>>()?, batch.num_rows())
    }

    fn parsed(&self, rows: &[Vec<Value>]) -> Result<RecordBatch, AgentsError> {
        if rows.iter().any(|row| row.len() != self.columns.len()) {
            let what = format!("a row has not {} values", self.columns.len());
            return Err(SnowflakeError::Reply { what }.into());
        }
        let arrays =
            self.columns.iter().enumerate().map(|(index, column)| {
                json::column(rows, index, column).map_err(|reason| self.unreadable(index, &reason))
            });
        self.batch(arrays.collect::<Result<_, _>>()?, rows.len())
    }

    fn batch(&self, arrays: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch, AgentsError> {
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(self.schema(), arrays, &options)
            .map_err(|error| AgentsError::Internal { what: format!("a batch does not fit its schema: {error}") })
    }

    fn unreadable(&self, index: usize, reason: &str) -> AgentsError {
        AgentsError::ResultType { message: format!("{reason}, column {}", self.schema.field(index).name()) }
    }
}

/// The schema and batches of an Arrow stream that must end where a message ends.
fn batches(bytes: &[u8]) -> Result<(Option<SchemaRef>, Vec<RecordBatch>), AgentsError> {
    let damaged = |error: arrow_schema::ArrowError| {
        // The reader's words name places in the stream, not values.
        AgentsError::from(SnowflakeError::Cut { what: format!("a part is no whole Arrow stream ({error})") })
    };
    let mut decoder = StreamDecoder::new();
    let mut batches = Vec::new();
    let skipped = match lenient(bytes) {
        Some((schema, length)) => {
            decoder.decode(&mut Buffer::from(schema)).map_err(damaged)?;
            length
        }
        None => 0,
    };
    let mut buffer = Buffer::from(&bytes[skipped..]);
    while !buffer.is_empty() {
        match decoder.decode(&mut buffer).map_err(damaged)? {
            Some(batch) => batches.push(batch),
            None => break,
        }
    }
    decoder.finish().map_err(damaged)?;
    Ok((decoder.schema(), batches))
}

/// A stream's first message with every field nullable, and how long the given one is: some announce that a part of a
/// moment is never null and leave it out where the moment is. None where the message is not whole, or is best left.
fn lenient(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    const HEAD: usize = 8;
    let length = u32::from_le_bytes(bytes.get(4..HEAD)?.try_into().ok()?) as usize;
    let end = HEAD.checked_add(length)?;
    if bytes.get(..4)? != [0xff; 4] || length == 0 || bytes.len() < end {
        return None;
    }
    let schema = try_schema_from_ipc_buffer(&bytes[..end]).ok()?;
    // Dictionaries are known by numbers that would be given anew.
    if schema.flattened_fields().iter().any(|field| matches!(field.data_type(), DataType::Dictionary(..))) {
        return None;
    }
    let fields: Vec<Field> = schema.fields().iter().map(|field| nullable(field)).collect();
    let schema = Schema::new_with_metadata(fields, schema.metadata);
    let mut message = StreamWriter::try_new(Vec::new(), &schema).ok()?.into_inner().ok()?;
    // Without the mark of the end, which it is not.
    message.truncate(message.len().checked_sub(HEAD)?);
    Some((message, end))
}

fn nullable(field: &Field) -> Field {
    let field = field.clone().with_nullable(true);
    match field.data_type() {
        DataType::Struct(parts) => {
            let parts = parts.iter().map(|part| nullable(part)).collect();
            field.with_data_type(DataType::Struct(parts))
        }
        _ => field,
    }
}

#[cfg(test)]
mod tests;
