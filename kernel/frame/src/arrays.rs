//! From arrow-rs arrays over a mapped file to polars' arrays over the same memory.
//!
//! The buffers change hands, not the bytes: polars' buffer keeps the arrow-rs one alive. Only validity bits and
//! booleans are copied (a bit a row), and texts are checked once to be UTF-8.

use arrow_array::cast::AsArray as _;
use arrow_array::{Array as _, ArrayRef};
use arrow_buffer::{ArrowNativeType, Buffer as ArrowBuffer, NullBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, TimeUnit};
use polars::prelude::{PlSmallStr, PolarsError, PolarsResult};
use polars_arrow::array::{Array, BinaryViewArray, BooleanArray, PrimitiveArray, Utf8ViewArray, View};
use polars_arrow::bitmap::Bitmap;
use polars_arrow::datatypes::{ArrowDataType, TimeUnit as PolarsTimeUnit};
use polars_arrow::types::NativeType;
use polars_buffer::Buffer;

/// True for columns whose arrays [`convert`] takes: those without a meaning beyond their Arrow type.
pub(crate) fn is_mapped(field: &Field) -> bool {
    field.metadata().is_empty()
        && matches!(
            field.data_type(),
            DataType::Boolean
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
                | DataType::Time64(TimeUnit::Nanosecond)
                | DataType::Timestamp(TimeUnit::Millisecond | TimeUnit::Microsecond | TimeUnit::Nanosecond, _)
                | DataType::Duration(TimeUnit::Millisecond | TimeUnit::Microsecond | TimeUnit::Nanosecond)
                | DataType::Utf8View
                | DataType::BinaryView
        )
}

/// A polars array over the memory of an arrow-rs one.
///
/// # Errors
/// The array's type is not one of those that [`is_mapped`] names, or its parts do not fit together.
pub(crate) fn convert(array: &ArrayRef) -> PolarsResult<Box<dyn Array>> {
    match array.data_type() {
        DataType::Boolean => {
            let values = array.as_boolean().values();
            let bits: Bitmap = values.iter().collect();
            Ok(BooleanArray::try_new(ArrowDataType::Boolean, bits, validity(array))?.boxed())
        }
        DataType::Int8 => primitive::<i8>(array, ArrowDataType::Int8),
        DataType::Int16 => primitive::<i16>(array, ArrowDataType::Int16),
        DataType::Int32 => primitive::<i32>(array, ArrowDataType::Int32),
        DataType::Int64 => primitive::<i64>(array, ArrowDataType::Int64),
        DataType::UInt8 => primitive::<u8>(array, ArrowDataType::UInt8),
        DataType::UInt16 => primitive::<u16>(array, ArrowDataType::UInt16),
        DataType::UInt32 => primitive::<u32>(array, ArrowDataType::UInt32),
        DataType::UInt64 => primitive::<u64>(array, ArrowDataType::UInt64),
        DataType::Float32 => primitive::<f32>(array, ArrowDataType::Float32),
        DataType::Float64 => primitive::<f64>(array, ArrowDataType::Float64),
        DataType::Date32 => primitive::<i32>(array, ArrowDataType::Date32),
        DataType::Time64(unit) => primitive::<i64>(array, ArrowDataType::Time64(time_unit(*unit))),
        DataType::Duration(unit) => primitive::<i64>(array, ArrowDataType::Duration(time_unit(*unit))),
        DataType::Timestamp(unit, zone) => {
            let zone = zone.as_deref().map(PlSmallStr::from);
            primitive::<i64>(array, ArrowDataType::Timestamp(time_unit(*unit), zone))
        }
        DataType::Utf8View => {
            let text = array.as_string_view();
            let (views, data) = views(text.views(), text.data_buffers())?;
            Ok(Utf8ViewArray::try_new(ArrowDataType::Utf8View, views, data, validity(array))?.boxed())
        }
        DataType::BinaryView => {
            let bytes = array.as_binary_view();
            let (views, data) = views(bytes.views(), bytes.data_buffers())?;
            Ok(BinaryViewArray::try_new(ArrowDataType::BinaryView, views, data, validity(array))?.boxed())
        }
        other => Err(PolarsError::InvalidOperation(format!("an Arrow array that can't be mapped: {other}").into())),
    }
}

fn primitive<T: NativeType + ArrowNativeType>(array: &ArrayRef, dtype: ArrowDataType) -> PolarsResult<Box<dyn Array>> {
    let data = array.to_data();
    let values: ScalarBuffer<T> = ScalarBuffer::new(data.buffers()[0].clone(), data.offset(), data.len());
    Ok(PrimitiveArray::try_new(dtype, Buffer::from_owner(values), validity(array))?.boxed())
}

/// The views and the bytes they point into. A view has one layout in both libraries: Arrow's.
fn views(views: &ScalarBuffer<u128>, data: &[ArrowBuffer]) -> PolarsResult<(Buffer<View>, Buffer<Buffer<u8>>)> {
    let views = Buffer::from_owner(views.clone())
        .try_transmute::<View>()
        .map_err(|_| PolarsError::ComputeError("views of another layout".into()))?;
    Ok((views, data.iter().map(|bytes| Buffer::from_owner(Bytes(bytes.clone()))).collect()))
}

/// An arrow-rs buffer as bytes that it owns.
struct Bytes(ArrowBuffer);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self.0.as_slice()
    }
}

fn validity(array: &ArrayRef) -> Option<Bitmap> {
    let bits = |nulls: &NullBuffer| nulls.iter().collect::<Bitmap>();
    array.nulls().filter(|nulls| nulls.null_count() > 0).map(bits)
}

fn time_unit(unit: TimeUnit) -> PolarsTimeUnit {
    match unit {
        TimeUnit::Second => PolarsTimeUnit::Second,
        TimeUnit::Millisecond => PolarsTimeUnit::Millisecond,
        TimeUnit::Microsecond => PolarsTimeUnit::Microsecond,
        TimeUnit::Nanosecond => PolarsTimeUnit::Nanosecond,
    }
}
