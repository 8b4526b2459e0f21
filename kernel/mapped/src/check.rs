//! Checks that a record batch's description fits its schema and its body, before the decoder trusts it.
//!
//! `arrow-ipc` validates values (offsets, UTF-8, dictionary keys) but slices buffers and counts nodes with asserts;
//! what those would trip over is refused here with a reason.

use std::collections::VecDeque;

use arrow_ipc::{FieldNode, RecordBatch};
use arrow_schema::DataType;

/// What is wrong with a description.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It contradicts itself or the file.
    Damaged(&'static str),
    /// It is sound, but not something that frames use.
    Unsupported(String),
}

/// Checks `batch` against the types of its columns and the length of its body, in bytes.
pub(crate) fn check_batch(batch: &RecordBatch<'_>, types: &[&DataType], body: usize) -> Result<(), Fault> {
    if batch.compression().is_some() {
        return Err(Fault::Unsupported("compression".to_owned()));
    }
    if batch.length() < 0 {
        return Err(Fault::Damaged("negative row count"));
    }
    let mut buffers = VecDeque::new();
    for buffer in batch.buffers().ok_or(Fault::Damaged("no buffers"))? {
        let (offset, length) = (buffer.offset(), buffer.length());
        let end = offset.checked_add(length).ok_or(Fault::Damaged("buffer out of range"))?;
        if offset < 0 || length < 0 || end as usize > body {
            return Err(Fault::Damaged("buffer out of range"));
        }
        buffers.push_back(length as usize);
    }
    let mut walk = Walk {
        nodes: batch.nodes().ok_or(Fault::Damaged("no field nodes"))?.iter().copied().collect(),
        buffers,
        variadic: batch.variadicBufferCounts().into_iter().flatten().collect(),
    };
    for data_type in types {
        walk.field(data_type)?;
    }
    if walk.nodes.is_empty() && walk.buffers.is_empty() && walk.variadic.is_empty() {
        Ok(())
    } else {
        Err(Fault::Damaged("more buffers than the schema has"))
    }
}

/// Checks what a schema alone can have wrong.
pub(crate) fn check_type(data_type: &DataType) -> Result<(), Fault> {
    match data_type {
        DataType::FixedSizeBinary(width) if *width < 0 => Err(Fault::Damaged("negative width")),
        DataType::Decimal128(precision, scale) => decimal(*precision, *scale, 38),
        DataType::Decimal64(precision, scale) => decimal(*precision, *scale, 18),
        DataType::Decimal32(precision, scale) => decimal(*precision, *scale, 9),
        DataType::Decimal256(precision, scale) => decimal(*precision, *scale, 76),
        DataType::FixedSizeList(_, width) if *width < 0 => Err(Fault::Damaged("negative width")),
        DataType::List(child) | DataType::LargeList(child) | DataType::FixedSizeList(child, _) => {
            check_type(child.data_type())
        }
        DataType::Map(child, _) => match child.data_type() {
            DataType::Struct(fields) if fields.len() == 2 => check_type(child.data_type()),
            _ => Err(Fault::Damaged("a map without keys and values")),
        },
        DataType::Struct(fields) => fields.iter().try_for_each(|field| check_type(field.data_type())),
        DataType::Dictionary(key, value) if key.is_dictionary_key_type() => check_type(value),
        DataType::Dictionary(..) => Err(Fault::Damaged("a dictionary without integer keys")),
        DataType::Union(..) | DataType::RunEndEncoded(..) | DataType::ListView(_) | DataType::LargeListView(_) => {
            Err(Fault::Unsupported(format!("the type {}", kind(data_type))))
        }
        _ => Ok(()),
    }
}

fn decimal(precision: u8, scale: i8, most: u8) -> Result<(), Fault> {
    if precision == 0 || precision > most || i16::from(scale).abs() > i16::from(most) {
        return Err(Fault::Damaged("a decimal of impossible precision"));
    }
    Ok(())
}

fn kind(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Union(..) => "union",
        DataType::RunEndEncoded(..) => "run-end encoded",
        _ => "list view",
    }
}

/// The parts of a description that are not yet assigned to a column.
struct Walk {
    nodes: VecDeque<FieldNode>,
    buffers: VecDeque<usize>,
    variadic: VecDeque<i64>,
}

impl Walk {
    fn field(&mut self, data_type: &DataType) -> Result<(), Fault> {
        let node = self.nodes.pop_front().ok_or(Fault::Damaged("fewer nodes than the schema has"))?;
        let (length, nulls) = (node.length(), node.null_count());
        if length < 0 || nulls < 0 || nulls > length {
            return Err(Fault::Damaged("impossible length"));
        }
        match data_type {
            DataType::Null => return Ok(()),
            DataType::FixedSizeList(child, _) => {
                self.validity(length, nulls)?;
                return self.field(child.data_type());
            }
            DataType::Struct(fields) => {
                self.validity(length, nulls)?;
                return fields.iter().try_for_each(|field| self.field(field.data_type()));
            }
            _ => self.validity(length, nulls)?,
        }
        match data_type {
            DataType::List(child) | DataType::LargeList(child) | DataType::Map(child, _) => {
                self.buffer()?;
                self.field(child.data_type())
            }
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Binary | DataType::LargeBinary => {
                self.buffer()?;
                self.buffer().map(drop)
            }
            DataType::Utf8View | DataType::BinaryView => {
                self.buffer()?;
                let count = self.variadic.pop_front().ok_or(Fault::Damaged("no count of string buffers"))?;
                if count < 0 {
                    return Err(Fault::Damaged("negative count of string buffers"));
                }
                (0..count).try_for_each(|_| self.buffer().map(drop))
            }
            _ => self.buffer().map(drop),
        }
    }

    fn validity(&mut self, length: i64, nulls: i64) -> Result<(), Fault> {
        let bytes = self.buffer()?;
        if nulls > 0 && (bytes as u64) < (length as u64).div_ceil(8) {
            return Err(Fault::Damaged("validity shorter than the column"));
        }
        Ok(())
    }

    fn buffer(&mut self) -> Result<usize, Fault> {
        self.buffers.pop_front().ok_or(Fault::Damaged("fewer buffers than the schema has"))
    }
}
