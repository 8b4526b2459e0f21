//! What every Rust cell of a notebook has in scope: frames, displays, input, progress and interrupts.
//!
//! The kernel compiles each cell against this crate (a dynamic library, so that all cells and preludes of a session
//! share one copy of its state) and puts [`prelude`] in scope. The crate talks to the kernel over a Unix socket (see
//! [`events`]); without a kernel the same calls print text, so that code can be moved out of a notebook unchanged.
//!
//! ```
//! use synthbook::prelude::*;
//!
//! let scores = TableBuilder::new()
//!     .column("name", ["ada", "max"])
//!     .column("score", [Some(9.5), None])
//!     .build();
//! assert_eq!(scores.column::<f64>("score").values().sum::<f64>(), 9.5);
//! display(&scores);
//! ```
//!
//! **Invariant**: no thread is ever started here (the kernel freezes the process between cells by `fork`), and nothing
//! heavy is linked: no data frame library, no async runtime, no database.

mod attach;
mod bundle;
mod display;
mod error;
pub mod events;
mod grid;
mod input;
mod interrupt;
pub mod prelude;
mod progress;
mod publish;
mod result;
mod rich;
mod table;

pub use attach::attach;
pub use bundle::Bundle;
pub use display::{AsReference, AsRich, AsText, DisplayHandle, Show, clear_output, display, display_id};
pub use error::{CellError, Result, fail};
pub use events::flush;
pub use grid::{Grid, GridCell, GridColumn, Window, limit_text};
pub use input::{input, password, try_input};
pub use interrupt::{Interrupted, check, interrupted, sleep};
pub use progress::{Progress, ProgressIter, progress};
pub use publish::{AsTable, Publish, Published, publish, try_publish, write_batches};
pub use result::{CellDisplay, register_renderer, show_result};
pub use rich::{Audio, Html, Jpeg, Json, Latex, Markdown, Png, Rich, Svg, Text, Vega};
pub use serde_json;
pub use table::{ColumnView, Element, FrameInfo, IntoArray, Table, TableBuilder, frames, table, try_table};
