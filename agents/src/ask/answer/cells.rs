//! The values of a result: read once, for the sentence, the chart and JSON.

use std::io::Cursor;

use arrow_array::cast::AsArray;
use arrow_array::types::Float64Type;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_ipc::writer::FileWriter;
use arrow_schema::{ArrowError, DataType};
use jiff::civil::{Date, date};
use polars::prelude::{DataFrame, IpcReader, SerReader};
use serde_json::{Number, Value};

use crate::AgentsError;

/// How long a text may be in a sentence.
const TEXT: usize = 60;

/// A value of a result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// Nothing.
    Null,
    /// True or false.
    Flag(bool),
    /// A number, and its digits where they are exact.
    Number(f64, Option<String>),
    /// A day.
    Day(Date),
    /// Anything else as text; moments in ISO 8601.
    Text(String),
}

impl Cell {
    /// Its number.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number, _) if number.is_finite() => Some(*number),
            _ => None,
        }
    }

    /// As JSON: numbers as numbers, days and moments as texts.
    fn json(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Flag(flag) => Value::Bool(*flag),
            Self::Number(number, exact) => {
                let whole = exact.as_ref().and_then(|digits| digits.parse::<i64>().ok());
                whole.map(Value::from).or_else(|| Number::from_f64(*number).map(Value::Number)).unwrap_or(Value::Null)
            }
            Self::Day(day) => Value::String(day.to_string()),
            Self::Text(text) => Value::String(text.clone()),
        }
    }

    /// As it stands in a sentence where no format is known: on one line and short.
    pub(crate) fn plain(&self) -> String {
        match self {
            Self::Null => "nothing".to_owned(),
            Self::Flag(flag) => (if *flag { "yes" } else { "no" }).to_owned(),
            Self::Number(number, exact) => exact.clone().unwrap_or_else(|| number.to_string()),
            Self::Day(day) => day.to_string(),
            Self::Text(text) => {
                let visible = |letter: &char| !letter.is_control();
                let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
                let line: String = line.chars().filter(visible).collect();
                if line.is_empty() {
                    "(empty)".to_owned()
                } else if line.chars().count() > TEXT {
                    line.chars().take(TEXT - 1).chain("…".chars()).collect()
                } else {
                    line
                }
            }
        }
    }
}

/// The values of a result, by column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    /// The values of each column.
    pub(crate) columns: Vec<Vec<Cell>>,
    /// How many rows.
    pub(crate) len: usize,
}

impl Rows {
    /// Reads a result.
    pub(crate) fn read(batch: &RecordBatch) -> Result<Self, AgentsError> {
        let columns = batch.columns().iter().map(read).collect::<Result<_, _>>();
        Ok(Self { columns: columns.map_err(|error| unreadable(&error))?, len: batch.num_rows() })
    }

    /// A value.
    pub(crate) fn cell(&self, row: usize, column: usize) -> &Cell {
        self.columns.get(column).and_then(|column| column.get(row)).unwrap_or(&Cell::Null)
    }
}

/// The names of the columns, and the rows as JSON: numbers as numbers, days and moments as texts, lists as texts.
///
/// # Errors
/// [`AgentsError::ResultType`] for a type that has no text.
pub fn rows_as_json(batch: &RecordBatch) -> Result<(Vec<String>, Vec<Vec<Value>>), AgentsError> {
    let names = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
    let rows = Rows::read(batch)?;
    let row = |row: usize| rows.columns.iter().map(|column| column[row].json()).collect();
    Ok((names, (0..rows.len).map(row).collect()))
}

/// A result as a frame.
///
/// # Errors
/// [`AgentsError::ResultType`] for a type that frames don't have.
pub fn to_frame(batch: &RecordBatch) -> Result<DataFrame, AgentsError> {
    let mut bytes = Vec::new();
    let written = FileWriter::try_new(&mut bytes, &batch.schema()).and_then(|mut writer| {
        writer.write(batch)?;
        writer.finish()
    });
    written.map_err(|error| unreadable(&error))?;
    let frame = IpcReader::new(Cursor::new(bytes)).finish();
    frame.map_err(|error| AgentsError::ResultType { message: error.to_string() })
}

fn read(array: &ArrayRef) -> Result<Vec<Cell>, ArrowError> {
    match array.data_type() {
        DataType::Null => Ok(vec![Cell::Null; array.len()]),
        DataType::Boolean => {
            let flags = array.as_boolean();
            Ok(flags.iter().map(|flag| flag.map_or(Cell::Null, Cell::Flag)).collect())
        }
        DataType::Date32 | DataType::Date64 => {
            let days = cast(array, &DataType::Date32)?;
            let days = days.as_primitive::<arrow_array::types::Date32Type>();
            Ok(days.iter().map(|day| day.map_or(Cell::Null, day_cell)).collect())
        }
        kind if kind.is_integer() || matches!(kind, DataType::Decimal128(..) | DataType::Decimal256(..)) => {
            numbers(array, true)
        }
        kind if kind.is_floating() => numbers(array, false),
        _ => texts(array, |text| Cell::Text(text.to_owned())),
    }
}

fn numbers(array: &ArrayRef, exact: bool) -> Result<Vec<Cell>, ArrowError> {
    if exact {
        return texts(array, |text| Cell::Number(text.parse().unwrap_or(f64::NAN), Some(text.to_owned())));
    }
    let floats = cast(array, &DataType::Float64)?;
    let floats = floats.as_primitive::<Float64Type>();
    Ok(floats.iter().map(|number| number.map_or(Cell::Null, |number| Cell::Number(number, None))).collect())
}

fn texts(array: &ArrayRef, cell: impl Fn(&str) -> Cell) -> Result<Vec<Cell>, ArrowError> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(array, &options)?;
    let value = |row: usize| {
        if array.is_null(row) {
            return Ok(Cell::Null);
        }
        Ok(cell(&formatter.value(row).try_to_string()?))
    };
    (0..array.len()).map(value).collect()
}

fn day_cell(days: i32) -> Cell {
    use jiff::ToSpan;
    let day = date(1970, 1, 1).checked_add(i64::from(days).days());
    day.map_or_else(|_| Cell::Text(format!("day {days}")), Cell::Day)
}

fn unreadable(error: &ArrowError) -> AgentsError {
    AgentsError::ResultType { message: error.to_string() }
}
