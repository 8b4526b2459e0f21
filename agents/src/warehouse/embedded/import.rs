//! Frames' columns as DuckDB takes them: types it lacks are converted, a chunk at a time.

use std::error::Error;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{DurationMicrosecondType, IntervalMonthDayNano, IntervalMonthDayNanoType};
use arrow_array::{
    Array, ArrayRef, FixedSizeListArray, GenericListArray, OffsetSizeTrait, PrimitiveArray, StringArray, StructArray,
    new_null_array,
};
use arrow_buffer::{BooleanBuffer, OffsetBuffer};
use arrow_cast::cast;
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, IntervalUnit, Schema, TimeUnit};
use arrow_select::nullif::nullif;
use arrow_select::take::take;
use duckdb::core::LogicalTypeHandle;
use duckdb::vtab::to_duckdb_logical_type;

use crate::warehouse::names::unique;

const DAY: i64 = 86_400_000_000;

/// How a column of a frame becomes one of DuckDB's.
#[derive(Debug)]
pub(super) struct Import {
    /// Its name in SQL, unique in any case.
    pub(super) name: String,
    plain: DataType,
    as_is: bool,
}

/// The columns of a frame as DuckDB takes them.
///
/// # Errors
/// Says which column can't be taken.
pub(super) fn imports(schema: &Schema) -> Result<Vec<Import>, String> {
    if schema.fields().is_empty() {
        return Err("it has no columns".to_owned());
    }
    let names = unique(schema.fields().iter().map(|field| field.name().as_str()), true);
    let columns = schema.fields().iter().zip(names).map(|(field, name)| {
        let plain = plain(field.data_type(), true)
            .ok_or_else(|| format!("the column {name} is of type {}", field.data_type()))?;
        Ok(Import { name, as_is: is_simple(field.data_type()), plain })
    });
    columns.collect()
}

impl Import {
    pub(super) fn logical_type(&self) -> Result<LogicalTypeHandle, Box<dyn Error>> {
        to_duckdb_logical_type(&self.plain)
    }

    /// Converts the rows of one chunk.
    ///
    /// # Errors
    /// Says what could not be converted, without its value.
    pub(super) fn convert(&self, array: &ArrayRef) -> Result<ArrayRef, String> {
        if self.as_is {
            return Ok(Arc::clone(array));
        }
        convert(array, &self.plain).map_err(|_| format!("a value of the column {} is out of DuckDB's range", self.name))
    }
}

impl Import {
    /// The type that DuckDB takes.
    pub(super) fn plain(&self) -> &DataType {
        &self.plain
    }

    /// Converts rows that are to be stored. An interval goes as text, which DuckDB reads again: the writer of chunks
    /// forgets which intervals are null.
    ///
    /// # Errors
    /// Says what could not be converted, without its value.
    pub(super) fn loadable(&self, array: &ArrayRef) -> Result<ArrayRef, String> {
        let converted = self.convert(array)?;
        let DataType::Interval(_) = self.plain else { return Ok(converted) };
        let Some(intervals) = converted.as_primitive_opt::<IntervalMonthDayNanoType>() else { return Ok(converted) };
        let text = |interval: IntervalMonthDayNano| {
            format!("{} months {} days {} microseconds", interval.months, interval.days, interval.nanoseconds / 1000)
        };
        let texts: StringArray = intervals.iter().map(|interval| interval.map(text)).collect();
        Ok(Arc::new(texts))
    }
}

/// Whether the writer of chunks takes the type without a conversion.
fn is_simple(data_type: &DataType) -> bool {
    (data_type.is_numeric() && !matches!(data_type, DataType::Float16))
        || matches!(
            data_type,
            DataType::Boolean
                | DataType::Utf8
                | DataType::LargeUtf8
                | DataType::Utf8View
                | DataType::Binary
                | DataType::LargeBinary
                | DataType::BinaryView
                | DataType::FixedSizeBinary(_)
                | DataType::Date32
                | DataType::Timestamp(_, _)
                | DataType::Time64(TimeUnit::Microsecond)
        )
}

/// The nearest type that the writer of chunks takes; none where there is none.
fn plain(data_type: &DataType, top: bool) -> Option<DataType> {
    let child =
        |field: &FieldRef| plain(field.data_type(), false).map(|inner| Arc::new(Field::new(field.name(), inner, true)));
    Some(match data_type {
        DataType::Null => DataType::Int32,
        DataType::Float16 => DataType::Float32,
        DataType::Duration(_) if top => DataType::Interval(IntervalUnit::MonthDayNano),
        DataType::Duration(_) => DataType::Int64,
        DataType::Time32(_) | DataType::Time64(_) => DataType::Time64(TimeUnit::Microsecond),
        DataType::Date64 => DataType::Date32,
        DataType::Dictionary(_, value) => plain(value, top)?,
        DataType::List(field) => DataType::List(child(field)?),
        DataType::LargeList(field) => DataType::LargeList(child(field)?),
        DataType::FixedSizeList(field, width) if *width > 0 => DataType::FixedSizeList(child(field)?, *width),
        DataType::Struct(fields) if !fields.is_empty() => {
            let names = unique(fields.iter().map(|field| field.name().as_str()), true);
            let inner = fields
                .iter()
                .zip(names)
                .map(|(field, name)| plain(field.data_type(), false).map(|inner| Field::new(name, inner, true)));
            DataType::Struct(inner.collect::<Option<Fields>>()?)
        }
        DataType::Decimal256(..) | DataType::Interval(_) => return None,
        simple if is_simple(simple) => simple.clone(),
        _ => return None,
    })
}

fn convert(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, ArrowError> {
    match (array.data_type(), to) {
        (DataType::Null, _) => Ok(new_null_array(to, array.len())),
        (DataType::Dictionary(..), _) => {
            let dictionary = array.as_any_dictionary();
            convert(&take(dictionary.values().as_ref(), dictionary.keys(), None)?, to)
        }
        (DataType::Duration(_), DataType::Interval(_)) => intervals(array),
        (DataType::Duration(_), _) => cast(&cast(array, &DataType::Duration(TimeUnit::Microsecond))?, &DataType::Int64),
        (DataType::List(_), DataType::List(field)) => list::<i32>(array, field),
        (DataType::LargeList(_), DataType::LargeList(field)) => list::<i64>(array, field),
        (DataType::FixedSizeList(..), DataType::FixedSizeList(field, width)) => {
            let list = array.as_fixed_size_list();
            let values = convert(list.values(), field.data_type())?;
            Ok(Arc::new(FixedSizeListArray::try_new(Arc::clone(field), *width, values, list.nulls().cloned())?))
        }
        (DataType::Struct(_), DataType::Struct(fields)) => structs(array, fields),
        (from, to) if from == to => Ok(Arc::clone(array)),
        _ => cast(array, to),
    }
}

/// A list whose values are only those of its rows: the writer of chunks writes all of a list's values, so a slice of a
/// long column would cost as much as the column.
fn list<O: OffsetSizeTrait>(array: &ArrayRef, field: &FieldRef) -> Result<ArrayRef, ArrowError> {
    let list: &GenericListArray<O> = array.as_list();
    let offsets = list.value_offsets();
    let (first, end) = (offsets[0], offsets[offsets.len() - 1]);
    let values = list.values().slice(first.as_usize(), (end - first).as_usize());
    let values = convert(&values, field.data_type())?;
    let offsets = OffsetBuffer::new(offsets.iter().map(|offset| *offset - first).collect());
    Ok(Arc::new(GenericListArray::<O>::try_new(Arc::clone(field), offsets, values, list.nulls().cloned())?))
}

/// A struct whose fields are null where it is: DuckDB looks only at the field.
fn structs(array: &ArrayRef, fields: &Fields) -> Result<ArrayRef, ArrowError> {
    let whole = array.as_struct();
    let absent = whole.nulls().map(|nulls| {
        let missing: BooleanBuffer = nulls.iter().map(|valid| !valid).collect();
        arrow_array::BooleanArray::new(missing, None)
    });
    let columns = whole.columns().iter().zip(fields).map(|(column, field)| {
        let column = convert(column, field.data_type())?;
        match &absent {
            Some(absent) => nullif(&column, absent),
            None => Ok(column),
        }
    });
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    Ok(Arc::new(StructArray::try_new(fields.clone(), columns, whole.nulls().cloned())?))
}

/// Durations as days and the rest of a day, so that no number overflows.
fn intervals(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let micros = cast(array, &DataType::Duration(TimeUnit::Microsecond))?;
    if micros.null_count() > array.null_count() {
        return Err(ArrowError::ComputeError("duration out of range".to_owned()));
    }
    let intervals: PrimitiveArray<IntervalMonthDayNanoType> =
        micros.as_primitive::<DurationMicrosecondType>().unary(|micros| IntervalMonthDayNano {
            months: 0,
            days: (micros / DAY) as i32,
            nanoseconds: micros % DAY * 1000,
        });
    Ok(Arc::new(intervals))
}
