//! Frames: the session's named tables, each an uncompressed Arrow IPC file that magics, SQL and Rust cells map.
//!
//! A frame's file is `NAME.GENERATION.arrow` in the session's directory, written under a temporary name and renamed:
//! it is never changed in place, so whoever has mapped an old generation keeps it. The directory is in memory
//! (`SYNTHBOOK_RUNTIME_DIR`); frames for which it has no room go to the data directory on disk. A session that ends
//! cleanly removes its files. One that is killed leaves them: the next kernel with the same connection file takes
//! them over, any other session can recover them, and what nobody wanted for seven days, or what exceeds two
//! gibibytes, is removed, oldest first.

mod info;
mod manifest;
mod name;
mod read;
mod recover;
mod space;
mod store;

pub use info::FrameInfo;
pub use name::check_name;
pub(crate) use name::name_from;
pub use read::read_frame;
pub use recover::EndedSession;
pub(crate) use space::human_bytes;
pub use store::{FrameStore, StoreConfig};
