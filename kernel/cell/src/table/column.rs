//! Typed views of a column: slices where the type allows, iterators everywhere, nulls visible.

use std::borrow::Cow;
use std::fmt;

use arrow_array::cast::AsArray as _;
use arrow_array::{Array, ArrayRef, LargeStringArray, StringArray, StringViewArray};
use arrow_buffer::{ArrowNativeType, BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow_schema::DataType;

use super::format::type_name;
use crate::error::{CellError, Result};

/// A column of a table, read in place. It keeps the data alive by itself, so it can be kept longer than its table.
///
/// A frame has one or more chunks (its batches); [`ColumnView::chunks`] gives them as slices, and the other methods
/// hide them.
pub struct ColumnView<T: Element> {
    name: String,
    chunks: Vec<Chunk<T>>,
    len: usize,
}

struct Chunk<T: Element> {
    data: T::Chunk,
    nulls: Option<NullBuffer>,
    len: usize,
}

/// A type that columns can be read as.
pub trait Element: sealed::Sealed + Sized + 'static {
    /// The data of one chunk.
    #[doc(hidden)]
    type Chunk: Send + Sync;

    /// What one value is given as: the value itself, or `&str` for text.
    type Item<'a>: fmt::Debug;

    /// The type's name in error messages.
    #[doc(hidden)]
    const NAME: &'static str;

    /// True when columns of an Arrow type hold this type.
    #[doc(hidden)]
    fn fits(found: &DataType) -> bool;

    /// The data of an array of a type that fits.
    #[doc(hidden)]
    fn chunk(array: &ArrayRef) -> Self::Chunk;

    /// The value at a place within a chunk.
    #[doc(hidden)]
    fn item(chunk: &Self::Chunk, at: usize) -> Self::Item<'_>;
}

mod sealed {
    /// Keeps the set of element types closed.
    pub trait Sealed {}
}

impl<T: Element> ColumnView<T> {
    pub(super) fn new(name: &str, found: &DataType, arrays: &[ArrayRef]) -> Result<Self> {
        if !T::fits(found) {
            return Err(CellError::ColumnType { name: name.to_owned(), asked: T::NAME, found: type_name(found) });
        }
        let chunks: Vec<Chunk<T>> = arrays
            .iter()
            .map(|array| Chunk { data: T::chunk(array), nulls: array.logical_nulls(), len: array.len() })
            .collect();
        let len = chunks.iter().map(|chunk| chunk.len).sum();
        Ok(Self { name: name.to_owned(), chunks, len })
    }

    /// The column's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// True when there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of missing values.
    #[must_use]
    pub fn null_count(&self) -> usize {
        self.chunks.iter().filter_map(|chunk| chunk.nulls.as_ref()).map(NullBuffer::null_count).sum()
    }

    /// True when the value of a row is missing. A row beyond the end has no value either.
    #[must_use]
    pub fn is_null(&self, row: usize) -> bool {
        self.get(row).is_none()
    }

    /// The value of a row, or `None` where it is missing or there is no such row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<T::Item<'_>> {
        let mut rest = row;
        for chunk in &self.chunks {
            if rest < chunk.len {
                return chunk.get(rest);
            }
            rest -= chunk.len;
        }
        None
    }

    /// All rows in order, `None` where the value is missing.
    pub fn iter(&self) -> impl Iterator<Item = Option<T::Item<'_>>> {
        self.chunks.iter().flat_map(|chunk| (0..chunk.len).map(|at| chunk.get(at)))
    }

    /// The values that are not missing, in order.
    pub fn values(&self) -> impl Iterator<Item = T::Item<'_>> {
        self.iter().flatten()
    }
}

impl<T: Element<Chunk = ScalarBuffer<T>> + ArrowNativeType> ColumnView<T> {
    /// The column's chunks as slices of the mapped memory. Where a value is missing, the slice holds any value.
    pub fn chunks(&self) -> impl Iterator<Item = &[T]> {
        self.chunks.iter().map(|chunk| &chunk.data[..])
    }

    /// The column as one slice of the mapped memory, if it is one chunk. Where a value is missing, any value stands.
    #[must_use]
    pub fn as_slice(&self) -> Option<&[T]> {
        match self.chunks.as_slice() {
            [] => Some(&[]),
            [only] => Some(&only.data),
            _ => None,
        }
    }

    /// The column as one slice, copied if it is more than one chunk. Where a value is missing, any value stands.
    #[must_use]
    pub fn contiguous(&self) -> Cow<'_, [T]> {
        self.as_slice().map_or_else(|| self.chunks().flatten().copied().collect(), Cow::Borrowed)
    }
}

impl<T: Element> Chunk<T> {
    fn get(&self, at: usize) -> Option<T::Item<'_>> {
        let null = self.nulls.as_ref().is_some_and(|nulls| nulls.is_null(at));
        (!null).then(|| T::item(&self.data, at))
    }
}

impl<T: Element> fmt::Debug for ColumnView<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        write!(formatter, "{}: {} × {} [", self.name, self.len, T::NAME)?;
        for (at, value) in self.iter().take(SHOWN).enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            match value {
                Some(value) => write!(formatter, "{comma}{value:?}")?,
                None => write!(formatter, "{comma}null")?,
            }
        }
        formatter.write_str(if self.len > SHOWN { ", …]" } else { "]" })
    }
}

macro_rules! native {
    ($($type:ident => $fitting:pat,)*) => { $(
        impl sealed::Sealed for $type {}

        impl Element for $type {
            type Chunk = ScalarBuffer<$type>;
            type Item<'a> = $type;
            const NAME: &'static str = stringify!($type);

            fn fits(found: &DataType) -> bool {
                matches!(found, $fitting)
            }

            fn chunk(array: &ArrayRef) -> ScalarBuffer<$type> {
                let data = array.to_data();
                ScalarBuffer::new(data.buffers()[0].clone(), data.offset(), data.len())
            }

            fn item(chunk: &ScalarBuffer<$type>, at: usize) -> $type {
                chunk[at]
            }
        }
    )* };
}

native! {
    i8 => DataType::Int8,
    i16 => DataType::Int16,
    i32 => DataType::Int32 | DataType::Date32 | DataType::Time32(_),
    i64 => DataType::Int64 | DataType::Date64 | DataType::Time64(_) | DataType::Timestamp(..) | DataType::Duration(_),
    i128 => DataType::Decimal128(..),
    u8 => DataType::UInt8,
    u16 => DataType::UInt16,
    u32 => DataType::UInt32,
    u64 => DataType::UInt64,
    f32 => DataType::Float32,
    f64 => DataType::Float64,
}

impl sealed::Sealed for bool {}

impl Element for bool {
    type Chunk = BooleanBuffer;
    type Item<'a> = bool;
    const NAME: &'static str = "bool";

    fn fits(found: &DataType) -> bool {
        *found == DataType::Boolean
    }

    fn chunk(array: &ArrayRef) -> BooleanBuffer {
        array.as_boolean().values().clone()
    }

    fn item(chunk: &BooleanBuffer, at: usize) -> bool {
        chunk.value(at)
    }
}

/// Text in any of Arrow's layouts.
#[derive(Debug)]
pub enum TextChunk {
    /// 32-bit offsets.
    Short(StringArray),
    /// 64-bit offsets.
    Long(LargeStringArray),
    /// Views, which polars writes.
    View(StringViewArray),
    /// Categories: the place of each row's text.
    Categories(Vec<usize>, Box<TextChunk>),
}

impl TextChunk {
    fn new(array: &ArrayRef) -> Self {
        match array.data_type() {
            DataType::Utf8 => Self::Short(array.as_string().clone()),
            DataType::LargeUtf8 => Self::Long(array.as_string().clone()),
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                // An empty dictionary has no key to normalise; all its rows are missing.
                let keys = if dictionary.values().is_empty() { Vec::new() } else { dictionary.normalized_keys() };
                Self::Categories(keys, Box::new(Self::new(dictionary.values())))
            }
            _ => Self::View(array.as_string_view().clone()),
        }
    }

    fn value(&self, at: usize) -> &str {
        match self {
            Self::Short(array) => array.value(at),
            Self::Long(array) => array.value(at),
            Self::View(array) => array.value(at),
            Self::Categories(keys, values) => values.value(keys[at]),
        }
    }
}

fn is_text(found: &DataType) -> bool {
    match found {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

macro_rules! text {
    ($($type:ty),*) => { $(
        impl sealed::Sealed for $type {}

        impl Element for $type {
            type Chunk = TextChunk;
            type Item<'a> = &'a str;
            const NAME: &'static str = "str";

            fn fits(found: &DataType) -> bool {
                is_text(found)
            }

            fn chunk(array: &ArrayRef) -> TextChunk {
                TextChunk::new(array)
            }

            fn item(chunk: &TextChunk, at: usize) -> &str {
                chunk.value(at)
            }
        }
    )* };
}

text!(String, &'static str);
