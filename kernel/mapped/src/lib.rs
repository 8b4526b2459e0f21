//! Memory-mapped files, and Arrow IPC files read from them without copying.
//!
//! A frame of a session is an uncompressed Arrow IPC file that is written once, renamed into place and never
//! changed. Several processes map it at once: the kernel, the DuckDB engine, the user's Rust cells. This crate is
//! the one place that maps, and the only one beside the cells' child process in which `unsafe` is allowed.
//!
//! **Invariant:** no file, however damaged, makes a function of this crate panic or touch memory outside the file.
//! A file that is *shortened* while it is mapped is beyond that promise: the system raises SIGBUS. Frames are
//! replaced by renaming, so it does not happen to them.
//!
//! ```
//! use std::fs::File;
//! use std::sync::Arc;
//! use arrow_array::{Int64Array, RecordBatch};
//! use arrow_ipc::writer::FileWriter;
//!
//! let path = std::env::temp_dir().join(format!("synthbook-mapped-doc-{}.arrow", std::process::id()));
//! let batch = RecordBatch::try_from_iter([("n", Arc::new(Int64Array::from(vec![1, 2, 3])) as _)])?;
//! let mut writer = FileWriter::try_new(File::create(&path)?, &batch.schema())?;
//! writer.write(&batch)?;
//! writer.finish()?;
//!
//! let frame = synthbook_mapped::read_ipc_file(&path)?;
//! assert_eq!(frame.rows, 3);
//! assert_eq!(frame.batches, [batch]);
//! # std::fs::remove_file(&path)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
mod error;
mod ipc;
mod map;

pub use error::MapError;
pub use ipc::{IpcFile, IpcFrame, read_ipc_file};
pub use map::MappedFile;
