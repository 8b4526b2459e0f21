//! Loading tables from files and saving them: for the magics and for the command line.

mod compression;
mod csv;
mod describe;
mod dialect;
mod format;
mod read;
mod source;
mod text;
mod types;
mod write;

pub use describe::describe;
pub use format::Format;
pub use read::{LoadOptions, Loaded, load};
pub use source::{Source, demo_names, find_source};
pub use types::parse_type;
pub use write::{Saved, save};
