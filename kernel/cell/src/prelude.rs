//! The names that every Rust cell has in scope: `use synthbook::prelude::*;`.

pub use crate::bundle::Bundle;
pub use crate::display::{DisplayHandle, clear_output, display, display_id};
pub use crate::input::{input, password};
pub use crate::interrupt::{interrupted, sleep};
pub use crate::progress::{Progress, progress};
pub use crate::publish::publish;
pub use crate::result::CellDisplay;
pub use crate::rich::{Audio, Html, Jpeg, Json, Latex, Markdown, Png, Svg, Text, Vega};
pub use crate::table::{Table, TableBuilder, frames, table, try_table};
pub use serde_json::json;
