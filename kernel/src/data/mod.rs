//! Loading tables from files and saving them, whole or piece by piece: for the magics and for the command line.

mod compression;
mod csv;
mod describe;
mod dialect;
mod excerpt;
mod format;
mod gaps;
mod read;
mod source;
mod stream;
mod text;
mod types;
mod write;

pub use describe::describe;
pub(crate) use excerpt::left_out;
pub use excerpt::{Excerpt, load_at_most, spread};
pub use format::Format;
pub use gaps::gaps;
pub use read::{LoadOptions, Loaded, load};
pub use source::{Source, demo_names, find_source};
pub use stream::TableWriter;
pub use types::parse_type;
pub use write::{Saved, save, save_text};
pub(crate) use write::{begin, keep};
