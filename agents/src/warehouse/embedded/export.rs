//! DuckDB's result columns as frames hold them: types that polars does not read are converted, batch by batch.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, DurationMicrosecondType, IntervalMonthDayNanoType};
use arrow_array::{
    Array, ArrayRef, FixedSizeListArray, GenericListArray, LargeListArray, OffsetSizeTrait, PrimitiveArray,
    RecordBatch, RecordBatchOptions, StringViewArray, StructArray,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_cast::cast;
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, IntervalUnit, Schema, SchemaRef, TimeUnit};
use duckdb::core::LogicalTypeId;

use crate::AgentsError;
use crate::warehouse::names::unique;

const DAY: i64 = 86_400_000_000;

/// How a result becomes batches of a frame.
pub(super) struct Export {
    pub(super) schema: SchemaRef,
    pub(super) hugeints: Vec<usize>,
    pub(super) notes: Vec<String>,
    types: Vec<LogicalTypeId>,
    /// The categories of each dictionary column, the same in all batches.
    categories: Vec<Option<ArrayRef>>,
}

impl Export {
    /// Plans the conversion of columns that DuckDB describes as `arrow` and calls `types`.
    pub(super) fn new(arrow: &Schema, types: &[LogicalTypeId]) -> Self {
        let names = unique(arrow.fields().iter().map(|field| field.name().as_str()), false);
        let mut notes = Vec::new();
        let fields: Vec<Field> = arrow
            .fields()
            .iter()
            .zip(names)
            .map(|(field, name)| {
                if &name != field.name() {
                    notes.push(format!("A second column named {} is called {name}", field.name()));
                }
                (name, target(field.data_type(), true))
            })
            .zip(types)
            .map(|((name, target), kind)| {
                let text = matches!(kind, LogicalTypeId::Bit | LogicalTypeId::Bignum);
                Field::new(name, if text { DataType::Utf8View } else { target }, true)
            })
            .collect();
        if types.contains(&LogicalTypeId::Interval) {
            notes.push("INTERVAL becomes a duration; a month counts as 30 days".to_owned());
        }
        let huge = |kind: &LogicalTypeId| matches!(kind, LogicalTypeId::Hugeint | LogicalTypeId::UHugeint);
        let hugeints = types.iter().enumerate().filter(|(_, kind)| huge(kind)).map(|(index, _)| index).collect();
        let categories = vec![None; fields.len()];
        Self { schema: Arc::new(Schema::new(fields)), hugeints, notes, types: types.to_vec(), categories }
    }

    /// Converts a chunk of the result.
    pub(super) fn batch(&mut self, chunk: &StructArray) -> Result<RecordBatch, AgentsError> {
        let columns = chunk.columns().iter().zip(self.schema.fields()).zip(&self.types);
        let columns = columns.map(|((array, field), kind)| {
            let converted = match kind {
                LogicalTypeId::Bit => strings(array, bits),
                LogicalTypeId::Bignum => strings(array, bignum),
                LogicalTypeId::UHugeint => unsigned(array),
                _ => convert(array, field.data_type()),
            };
            converted.map_err(|_| AgentsError::ResultType {
                message: format!("the column {} has a value that {} can't hold", field.name(), field.data_type()),
            })
        });
        let mut columns = columns.collect::<Result<Vec<_>, _>>()?;
        for (column, shared) in columns.iter_mut().zip(&mut self.categories) {
            if let Some(dictionary) = column.as_any_dictionary_opt() {
                let values = shared.get_or_insert_with(|| Arc::clone(dictionary.values()));
                // DuckDB sends an enum's values with every chunk; a file holds them once.
                if values.as_ref() == dictionary.values().as_ref() {
                    *column = dictionary.with_values(Arc::clone(values));
                }
            }
        }
        let options = RecordBatchOptions::new().with_row_count(Some(chunk.len()));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)
            .map_err(|error| AgentsError::Internal { what: error.to_string() })
    }
}

/// The type that a frame holds instead of `data_type`.
fn target(data_type: &DataType, top: bool) -> DataType {
    let item = |field: &FieldRef| Arc::new(Field::new("item", target(field.data_type(), false), true));
    match data_type {
        DataType::Null
        | DataType::Boolean
        | DataType::Int8
        | DataType::Int16
        | DataType::Int32
        | DataType::Int64
        | DataType::UInt8
        | DataType::UInt16
        | DataType::UInt32
        | DataType::UInt64
        | DataType::Float32
        | DataType::Float64
        | DataType::Date32
        | DataType::Timestamp(TimeUnit::Millisecond | TimeUnit::Microsecond | TimeUnit::Nanosecond, _)
        | DataType::Decimal128(..) => data_type.clone(),
        DataType::Float16 => DataType::Float32,
        DataType::Decimal32(precision, scale) | DataType::Decimal64(precision, scale) => {
            DataType::Decimal128(*precision, *scale)
        }
        DataType::Date64 => DataType::Timestamp(TimeUnit::Millisecond, None),
        DataType::Timestamp(TimeUnit::Second, zone) => DataType::Timestamp(TimeUnit::Millisecond, zone.clone()),
        DataType::Time32(_) | DataType::Time64(_) => DataType::Time64(TimeUnit::Nanosecond),
        DataType::Duration(_) | DataType::Interval(IntervalUnit::MonthDayNano) => {
            DataType::Duration(TimeUnit::Microsecond)
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            DataType::BinaryView
        }
        DataType::Dictionary(_, value) if top && value.is_string() => {
            DataType::Dictionary(Box::new(DataType::UInt32), Box::new(DataType::Utf8View))
        }
        DataType::List(field)
        | DataType::LargeList(field)
        | DataType::FixedSizeList(field, _)
        | DataType::Map(field, _) => DataType::LargeList(item(field)),
        DataType::Struct(fields) => {
            let names = unique(fields.iter().map(|field| field.name().as_str()), false);
            let inner = fields.iter().zip(names);
            DataType::Struct(
                inner.map(|(field, name)| Field::new(name, target(field.data_type(), false), true)).collect(),
            )
        }
        _ => DataType::Utf8View,
    }
}

fn convert(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, ArrowError> {
    match (array.data_type(), to) {
        (from, to) if from == to => Ok(Arc::clone(array)),
        (DataType::Interval(_), DataType::Duration(_)) => durations(array),
        (DataType::List(_), DataType::LargeList(field)) => list::<i32>(array.as_list(), field),
        (DataType::LargeList(_), DataType::LargeList(field)) => list::<i64>(array.as_list(), field),
        (DataType::FixedSizeList(_, width), DataType::LargeList(field)) => {
            fixed(array.as_fixed_size_list(), *width, field)
        }
        (DataType::Map(..), DataType::LargeList(field)) => {
            let map = array.as_map();
            let entries: ArrayRef = Arc::new(map.entries().clone());
            assemble(map.value_offsets(), &entries, map.nulls(), field)
        }
        (DataType::Struct(_), DataType::Struct(fields)) => structs(array.as_struct(), fields),
        (DataType::FixedSizeBinary(_), _) => cast(&cast(array, &DataType::Binary)?, to),
        (DataType::Dictionary(_, value), DataType::Utf8View) => cast(&cast(array, value)?, to),
        (from, DataType::Utf8View) if !from.is_string() => texts(array),
        _ => cast(array, to),
    }
}

fn list<O: OffsetSizeTrait>(list: &GenericListArray<O>, field: &FieldRef) -> Result<ArrayRef, ArrowError> {
    assemble(list.value_offsets(), list.values(), list.nulls(), field)
}

fn assemble<O: OffsetSizeTrait>(
    offsets: &[O],
    values: &ArrayRef,
    nulls: Option<&NullBuffer>,
    field: &FieldRef,
) -> Result<ArrayRef, ArrowError> {
    let (first, last) = (offsets[0].as_usize(), offsets[offsets.len() - 1].as_usize());
    let values = convert(&values.slice(first, last - first), field.data_type())?;
    let offsets = OffsetBuffer::new(offsets.iter().map(|offset| (offset.as_usize() - first) as i64).collect());
    Ok(Arc::new(LargeListArray::try_new(Arc::clone(field), offsets, values, nulls.cloned())?))
}

fn fixed(list: &FixedSizeListArray, width: i32, field: &FieldRef) -> Result<ArrayRef, ArrowError> {
    let offsets: Vec<i64> = (0..=list.len() as i64).map(|row| row * i64::from(width)).collect();
    assemble(&offsets, list.values(), list.nulls(), field)
}

fn structs(whole: &StructArray, fields: &Fields) -> Result<ArrayRef, ArrowError> {
    let columns = whole.columns().iter().zip(fields).map(|(column, field)| convert(column, field.data_type()));
    Ok(Arc::new(StructArray::try_new(fields.clone(), columns.collect::<Result<Vec<_>, _>>()?, whole.nulls().cloned())?))
}

fn durations(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let durations: PrimitiveArray<DurationMicrosecondType> =
        array.as_primitive::<IntervalMonthDayNanoType>().try_unary(|interval| {
            let days = i64::from(interval.months) * 30 + i64::from(interval.days);
            let micros = days.checked_mul(DAY).and_then(|micros| micros.checked_add(interval.nanoseconds / 1000));
            micros.ok_or_else(|| ArrowError::ComputeError("interval out of range".to_owned()))
        })?;
    Ok(Arc::new(durations))
}

/// 128-bit integers without sign, as long as they have no more than 127 bits: Arrow has no place for larger ones.
fn unsigned(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let values = array.as_primitive_opt::<Decimal128Type>();
    match values {
        Some(values) if values.iter().flatten().all(|value| value >= 0) => Ok(Arc::clone(array)),
        _ => Err(ArrowError::ComputeError("unsigned value out of range".to_owned())),
    }
}

/// Values that DuckDB hands out in its own encoding, as text.
fn strings(array: &ArrayRef, read: fn(&[u8]) -> String) -> Result<ArrayRef, ArrowError> {
    let raw = cast(array, &DataType::LargeBinary)?;
    let texts: StringViewArray = raw.as_binary::<i64>().iter().map(|value| value.map(read)).collect();
    Ok(Arc::new(texts))
}

/// A bit string: the first byte counts the bits that the second one is filled up with.
fn bits(raw: &[u8]) -> String {
    let Some((filling, bytes)) = raw.split_first() else { return String::new() };
    let all = bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| if byte >> bit & 1 == 1 { '1' } else { '0' }));
    all.skip(usize::from(*filling)).collect()
}

/// A whole number of any length: three bytes of header, whose first bit is set when it is not negative, then its bytes
/// from the highest on, all inverted when it is negative.
fn bignum(raw: &[u8]) -> String {
    let negative = raw.first().is_some_and(|byte| byte & 0x80 == 0);
    let mut digits: Vec<u8> = vec![0];
    for byte in raw.iter().skip(3) {
        let mut carry = u32::from(if negative { !byte } else { *byte });
        for digit in &mut digits {
            carry += u32::from(*digit) * 256;
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
    }
    let number = digits.iter().rev().map(|digit| char::from(b'0' + digit));
    if negative { std::iter::once('-').chain(number).collect() } else { number.collect() }
}

/// Values as text, for types that frames have no other place for.
fn texts(array: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    let formatter = ArrayFormatter::try_new(array.as_ref(), &FormatOptions::default())?;
    let nulls = array.logical_nulls();
    let texts: StringViewArray = (0..array.len())
        .map(|row| {
            let present = nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row));
            present.then(|| formatter.value(row).to_string())
        })
        .collect();
    Ok(Arc::new(texts))
}
