//! What a Rust cell may ask for with `%use polars`, `%use charts` and `%use synth`: linked once, as a dynamic library.
//!
//! `%use polars` puts `use synthbook_prelude::{frame, polars}; use synthbook_prelude::polars::prelude::*;` into scope,
//! `%use charts` adds `use synthbook_prelude::{chart, charts};` and `%use synth` adds `use synthbook_prelude::synth;`.
//! Publishing and displaying stay those of the cells' own library: [`AsPolars`] teaches them data frames.
//!
//! ```no_run
//! use synthbook::prelude::*;
//! use synthbook_prelude::polars::prelude::*;
//! use synthbook_prelude::{frame, polars};
//!
//! let adults = frame("people").lazy().filter(col("age").gt_eq(lit(18))).collect().unwrap();
//! publish("adults", &adults);
//! display(adults);
//! ```
//!
//! **Invariant**: no thread is started before a cell calls something that needs one; polars makes its pool at first use.

mod attach;
mod chart;
mod error;
mod frame;
pub mod polars;
mod show;

pub use attach::attach;
pub use chart::{AsChart, chart, try_chart};
pub use error::{PreludeError, Result};
pub use frame::{AsPolars, frame, read_frame, try_frame};
pub use show::LazyDisplay;
pub use synthbook_charts as charts;
pub use synthbook_synth as synth;
