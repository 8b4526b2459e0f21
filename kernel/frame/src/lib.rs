//! A frame's file as a polars data frame over the mapped memory: what the kernel and the prelude of Rust cells share.
//!
//! ```
//! use polars::prelude::*;
//!
//! let path = std::env::temp_dir().join("synthbook_frame_example.arrow");
//! let mut people = df!("age" => [17_i64, 31], "name" => ["Ada", "Grace"]).unwrap();
//! IpcWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut people).unwrap();
//! assert!(synthbook_frame::read_frame(&path).unwrap().equals(&people));
//! ```
//!
//! **Invariant**: nothing here trusts the file; damage is a coded error.

mod arrays;
mod read;
mod write;

pub use read::{FrameError, read_frame, read_mapped};
pub use write::ipc_writer;
