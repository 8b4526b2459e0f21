//! An Arrow IPC file over a mapping: schema at once, columns when they are asked for.
//!
//! Format: <https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format>.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_buffer::Buffer;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::{Block, Endianness, MessageHeader, MetadataVersion, convert, root_as_footer, root_as_message};
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use crate::check::{Fault, check_batch, check_type};
use crate::{MapError, MappedFile};

const MAGIC: &[u8; 6] = b"ARROW1";
/// Footer length (4 bytes) and magic.
const TRAILER: usize = 10;

/// A whole frame: its schema and its record batches, which borrow the mapped file.
#[derive(Debug, Clone)]
pub struct IpcFrame {
    /// Names and types of the columns, with polars' metadata.
    pub schema: SchemaRef,
    /// The rows, in order; buffers point into the mapping.
    pub batches: Vec<RecordBatch>,
    /// How many rows all batches have.
    pub rows: usize,
}

/// Maps an uncompressed Arrow IPC file and decodes all of it without copying.
///
/// Values are validated (offsets, UTF-8, dictionary keys). A buffer that is not aligned is copied; polars and
/// arrow-rs write aligned ones.
///
/// # Errors
/// As [`IpcFile::open`] and [`IpcFile::column`].
pub fn read_ipc_file(path: impl AsRef<Path>) -> Result<IpcFrame, MapError> {
    let file = IpcFile::open(path)?;
    let batches = file.batches()?;
    Ok(IpcFrame { schema: file.schema(), batches, rows: file.rows() })
}

/// A mapped Arrow IPC file whose columns are decoded, validated and kept when first asked for.
///
/// Opening reads only the footer and the batches' descriptions: the cost does not grow with the rows.
#[derive(Debug)]
pub struct IpcFile {
    path: PathBuf,
    map: Buffer,
    schema: SchemaRef,
    version: MetadataVersion,
    dictionaries: Vec<(i64, Block)>,
    batches: Vec<(usize, Block)>,
    rows: usize,
    columns: Vec<OnceLock<Arc<[ArrayRef]>>>,
    /// Held while a column is decoded, so that two threads don't both do the work.
    decoding: Mutex<()>,
}

impl IpcFile {
    /// Maps a file and checks its footer, schema and the description of every batch.
    ///
    /// # Errors
    /// As [`MappedFile::open`]; [`MapError::Damaged`] for anything that is not a whole Arrow IPC file;
    /// [`MapError::Unsupported`] for compression and for types that polars does not write.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, MapError> {
        let mapped = MappedFile::open(path)?;
        guarded(mapped.path(), || Self::parse(&mapped))
    }

    /// Names and types of the columns.
    #[must_use]
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The length of each batch, in rows.
    #[must_use]
    pub fn batch_rows(&self) -> Vec<usize> {
        self.batches.iter().map(|(rows, _)| *rows).collect()
    }

    /// The file's name when it was opened.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// One column, one array a batch; decoded and validated the first time, then kept.
    ///
    /// # Errors
    /// [`MapError::Damaged`] when its values don't hold together; [`MapError::Column`] when there is none.
    pub fn column(&self, index: usize) -> Result<Arc<[ArrayRef]>, MapError> {
        let Some(slot) = self.columns.get(index) else {
            return Err(MapError::Column { index, columns: self.columns.len() });
        };
        if let Some(arrays) = slot.get() {
            return Ok(Arc::clone(arrays));
        }
        let _alone = self.decoding.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(arrays) = slot.get() {
            return Ok(Arc::clone(arrays));
        }
        let arrays = guarded(&self.path, || self.decode(index))?;
        Ok(Arc::clone(slot.get_or_init(|| arrays)))
    }

    /// All columns of all batches.
    ///
    /// # Errors
    /// As [`IpcFile::column`].
    pub fn batches(&self) -> Result<Vec<RecordBatch>, MapError> {
        let columns = (0..self.columns.len()).map(|index| self.column(index)).collect::<Result<Vec<_>, _>>()?;
        let assemble = |(position, (rows, _)): (usize, &(usize, Block))| {
            let arrays = columns.iter().map(|column| Arc::clone(&column[position])).collect();
            let options = RecordBatchOptions::new().with_row_count(Some(*rows));
            RecordBatch::try_new_with_options(self.schema(), arrays, &options).map_err(|error| self.damaged(&error))
        };
        self.batches.iter().enumerate().map(assemble).collect()
    }

    fn parse(mapped: &MappedFile) -> Result<Self, MapError> {
        let path = mapped.path();
        let damaged = |reason: &str| MapError::Damaged { path: path.to_owned(), reason: reason.to_owned() };
        let bytes = mapped.bytes();
        if bytes.is_empty() {
            return Err(damaged("the file is empty"));
        }
        let (true, Some(trailer)) = (bytes.starts_with(MAGIC), bytes.last_chunk::<TRAILER>()) else {
            return Err(damaged("no Arrow mark at its start"));
        };
        let length = read_footer_length(*trailer).map_err(|_| damaged("no Arrow mark at its end"))?;
        let end = bytes.len() - TRAILER;
        let start = end.checked_sub(length).ok_or_else(|| damaged("footer longer than the file"))?;
        let footer = root_as_footer(&bytes[start..end]).map_err(|_| damaged("unreadable footer"))?;
        let schema = footer.schema().ok_or_else(|| damaged("no schema"))?;
        if schema.endianness() != Endianness::Little {
            return Err(MapError::Unsupported { path: path.to_owned(), what: "big-endian numbers".to_owned() });
        }
        let version = footer.version();
        if version != MetadataVersion::V5 && version != MetadataVersion::V4 {
            return Err(MapError::Unsupported { path: path.to_owned(), what: "an old format version".to_owned() });
        }
        let schema: SchemaRef = Arc::new(convert::fb_to_schema(schema));
        let mut file = Self {
            path: path.to_owned(),
            map: mapped.arrow_buffer(),
            columns: schema.fields().iter().map(|_| OnceLock::new()).collect(),
            schema,
            version,
            dictionaries: Vec::new(),
            batches: Vec::new(),
            rows: 0,
            decoding: Mutex::new(()),
        };
        file.schema
            .fields()
            .iter()
            .try_for_each(|field| check_type(field.data_type()))
            .map_err(|fault| file.fault(fault))?;
        for block in footer.dictionaries().into_iter().flatten() {
            let id = file.check_dictionary(block)?;
            file.dictionaries.push((id, *block));
        }
        for block in footer.recordBatches().into_iter().flatten() {
            let rows = file.check_rows(block)?;
            file.rows = file.rows.checked_add(rows).ok_or_else(|| damaged("impossible row count"))?;
            file.batches.push((rows, *block));
        }
        Ok(file)
    }

    fn decode(&self, index: usize) -> Result<Arc<[ArrayRef]>, MapError> {
        let mut decoder = FileDecoder::new(self.schema(), self.version).with_projection(vec![index]);
        let mut wanted = Vec::new();
        dictionary_ids(self.schema.field(index), &mut wanted);
        for (_, block) in self.dictionaries.iter().filter(|(id, _)| wanted.contains(id)) {
            decoder.read_dictionary(block, &self.block(block)?).map_err(|error| self.damaged(&error))?;
        }
        let read = |(_, block): &(usize, Block)| {
            let batch = decoder.read_record_batch(block, &self.block(block)?).map_err(|error| self.damaged(&error))?;
            batch.map(|batch| Arc::clone(batch.column(0))).ok_or_else(|| self.broken("an empty block"))
        };
        self.batches.iter().map(read).collect()
    }

    fn check_rows(&self, block: &Block) -> Result<usize, MapError> {
        let data = self.block(block)?;
        let message = self.message(&data)?;
        let batch = message.header_as_record_batch().ok_or_else(|| self.broken("a block that is no record batch"))?;
        let types: Vec<&DataType> = self.schema.fields().iter().map(|field| field.data_type()).collect();
        check_batch(&batch, &types, block.bodyLength() as usize).map_err(|fault| self.fault(fault))?;
        Ok(batch.length() as usize)
    }

    fn check_dictionary(&self, block: &Block) -> Result<i64, MapError> {
        let data = self.block(block)?;
        let message = self.message(&data)?;
        if message.header_type() != MessageHeader::DictionaryBatch {
            return Err(self.broken("a block that is no dictionary"));
        }
        let dictionary = message.header_as_dictionary_batch().ok_or_else(|| self.broken("no dictionary"))?;
        let values = dictionary.data().ok_or_else(|| self.broken("a dictionary without values"))?;
        #[expect(deprecated, reason = "a file's dictionaries are found by their ids; arrow has no other way yet")]
        let field = self.schema.fields_with_dict_id(dictionary.id()).first().copied();
        match field.map(Field::data_type) {
            Some(DataType::Dictionary(_, value)) => {
                check_batch(&values, &[value.as_ref()], block.bodyLength() as usize)
                    .map_err(|fault| self.fault(fault))?;
                Ok(dictionary.id())
            }
            _ => Err(self.broken("a dictionary that no column uses")),
        }
    }

    /// The message and body of a block, shared with the mapping.
    fn block(&self, block: &Block) -> Result<Buffer, MapError> {
        let (offset, head, body) = (block.offset(), block.metaDataLength(), block.bodyLength());
        let range = || -> Option<(usize, usize, usize)> {
            let (offset, head, body) =
                (usize::try_from(offset).ok()?, usize::try_from(head).ok()?, usize::try_from(body).ok()?);
            let length = head.checked_add(body)?;
            (offset.checked_add(length)? <= self.map.len()).then_some((offset, head, length))
        };
        match range() {
            Some((offset, head, length)) if head >= 8 => Ok(self.map.slice_with_length(offset, length)),
            _ => Err(self.broken("a block out of range")),
        }
    }

    fn message<'a>(&self, data: &'a [u8]) -> Result<arrow_ipc::Message<'a>, MapError> {
        let start = if data.starts_with(&[0xff; 4]) { 8 } else { 4 };
        let message = root_as_message(&data[start..]).map_err(|_| self.broken("an unreadable message"))?;
        if message.version() != self.version {
            return Err(self.broken("mixed format versions"));
        }
        Ok(message)
    }

    fn broken(&self, reason: &str) -> MapError {
        MapError::Damaged { path: self.path.clone(), reason: reason.to_owned() }
    }

    /// The decoder's messages may quote values, so only their kind is kept.
    fn damaged(&self, error: &ArrowError) -> MapError {
        self.broken(match error {
            ArrowError::InvalidArgumentError(_) => "values that don't hold together",
            ArrowError::SchemaError(_) => "columns that don't fit the schema",
            _ => "an unreadable block",
        })
    }

    fn fault(&self, fault: Fault) -> MapError {
        match fault {
            Fault::Damaged(reason) => self.broken(reason),
            Fault::Unsupported(what) => MapError::Unsupported { path: self.path.clone(), what },
        }
    }
}

/// Runs a decoding step; a panic in the decoder is a damaged file, not the end of the session.
fn guarded<T>(path: &Path, step: impl FnOnce() -> Result<T, MapError>) -> Result<T, MapError> {
    catch_unwind(AssertUnwindSafe(step))
        .unwrap_or_else(|_| Err(MapError::Damaged { path: path.to_owned(), reason: "the decoder gave up".to_owned() }))
}

fn dictionary_ids(field: &Field, ids: &mut Vec<i64>) {
    #[expect(deprecated, reason = "a file's dictionaries are found by their ids; arrow has no other way yet")]
    if let Some(id) = field.dict_id() {
        ids.push(id);
    }
    match field.data_type() {
        DataType::List(child)
        | DataType::LargeList(child)
        | DataType::FixedSizeList(child, _)
        | DataType::Map(child, _) => dictionary_ids(child, ids),
        DataType::Struct(fields) => fields.iter().for_each(|child| dictionary_ids(child, ids)),
        _ => {}
    }
}

#[cfg(test)]
mod tests;
