//! Making a table from values.

use std::sync::Arc;

use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{ArrayRef, BooleanArray, PrimitiveArray, RecordBatch, StringViewArray, types};
use arrow_schema::{Field, Schema};

use super::Table;
use crate::error::{CellError, Result, fail};

/// Collects columns into a [`Table`].
///
/// ```
/// use synthbook::prelude::*;
///
/// let table = TableBuilder::new()
///     .column("id", vec![1_i64, 2, 3])
///     .column("name", ["ada", "max", "eve"])
///     .column("score", vec![Some(1.5), None, Some(2.5)])
///     .build();
/// assert_eq!((table.rows(), table.columns()), (3, vec!["id", "name", "score"]));
/// ```
#[derive(Debug, Clone, Default)]
pub struct TableBuilder {
    columns: Vec<(String, ArrayRef)>,
}

impl TableBuilder {
    /// A table without columns.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a column.
    #[must_use]
    pub fn column(mut self, name: impl Into<String>, values: impl IntoArray) -> Self {
        self.columns.push((name.into(), values.into_array()));
        self
    }

    /// The table.
    ///
    /// # Panics
    /// When the columns have different lengths or one name stands twice.
    #[must_use]
    #[track_caller]
    pub fn build(self) -> Table {
        match self.try_build() {
            Ok(table) => table,
            Err(error) => fail(&error),
        }
    }

    /// The table.
    ///
    /// # Errors
    /// The columns have different lengths or one name stands twice.
    pub fn try_build(self) -> Result<Table> {
        let expected = self.columns.first().map_or(0, |(_, array)| array.len());
        for (at, (name, array)) in self.columns.iter().enumerate() {
            if array.len() != expected {
                return Err(CellError::ColumnLength { name: name.clone(), expected, found: array.len() });
            }
            if self.columns[..at].iter().any(|(earlier, _)| earlier == name) {
                return Err(CellError::DuplicateColumn { name: name.clone() });
            }
        }
        let field = |(name, array): &(String, ArrayRef)| Field::new(name, array.data_type().clone(), true);
        let schema = Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()));
        let arrays: Vec<ArrayRef> = self.columns.into_iter().map(|(_, array)| array).collect();
        if arrays.is_empty() {
            return Table::from_batches(schema, Vec::new());
        }
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)
            .map_err(|source| CellError::Unwritable { name: "table".to_owned(), source: Box::new(source) })?;
        Table::from_batches(schema, vec![batch])
    }
}

/// What a column can be made of: vectors, arrays and slices of numbers, booleans and text, also with `None` for missing
/// values, and Arrow arrays.
#[diagnostic::on_unimplemented(
    message = "a column can't be made of `{Self}`",
    note = "give a Vec, array or slice of numbers, bool, &str or String, or of Option of these"
)]
pub trait IntoArray {
    /// The values as an Arrow array.
    fn into_array(self) -> ArrayRef;
}

impl IntoArray for ArrayRef {
    fn into_array(self) -> ArrayRef {
        self
    }
}

impl<T: Cell> IntoArray for Vec<T> {
    fn into_array(self) -> ArrayRef {
        T::array(self)
    }
}

impl<T: Cell, const N: usize> IntoArray for [T; N] {
    fn into_array(self) -> ArrayRef {
        T::array(self.into())
    }
}

impl<T: Cell + Clone> IntoArray for &[T] {
    fn into_array(self) -> ArrayRef {
        T::array(self.to_vec())
    }
}

impl<T: Cell + Clone> IntoArray for &Vec<T> {
    fn into_array(self) -> ArrayRef {
        T::array(self.clone())
    }
}

/// A value that columns are made of.
pub trait Cell: Sized {
    /// Values as an Arrow array.
    fn array(values: Vec<Self>) -> ArrayRef;
}

macro_rules! cell {
    ($($type:ident => $arrow:ident;)*) => { $(
        impl Cell for $type {
            fn array(values: Vec<Self>) -> ArrayRef {
                primitive::<types::$arrow>(values.into_iter().map(Some))
            }
        }

        impl Cell for Option<$type> {
            fn array(values: Vec<Self>) -> ArrayRef {
                primitive::<types::$arrow>(values.into_iter())
            }
        }
    )* };
}

fn primitive<T: ArrowPrimitiveType>(values: impl Iterator<Item = Option<T::Native>>) -> ArrayRef {
    Arc::new(values.collect::<PrimitiveArray<T>>())
}

cell! {
    i8 => Int8Type;
    i16 => Int16Type;
    i32 => Int32Type;
    i64 => Int64Type;
    u8 => UInt8Type;
    u16 => UInt16Type;
    u32 => UInt32Type;
    u64 => UInt64Type;
    f32 => Float32Type;
    f64 => Float64Type;
}

macro_rules! text_cell {
    ($($type:ty),*) => { $(
        impl Cell for $type {
            fn array(values: Vec<Self>) -> ArrayRef {
                Arc::new(values.into_iter().map(Some).collect::<StringViewArray>())
            }
        }

        impl Cell for Option<$type> {
            fn array(values: Vec<Self>) -> ArrayRef {
                Arc::new(values.into_iter().collect::<StringViewArray>())
            }
        }
    )* };
}

text_cell!(&str, String);

impl Cell for bool {
    fn array(values: Vec<Self>) -> ArrayRef {
        Arc::new(BooleanArray::from(values))
    }
}

impl Cell for Option<bool> {
    fn array(values: Vec<Self>) -> ArrayRef {
        Arc::new(BooleanArray::from(values))
    }
}

impl Cell for usize {
    fn array(values: Vec<Self>) -> ArrayRef {
        u64::array(values.into_iter().map(|value| value as u64).collect())
    }
}
