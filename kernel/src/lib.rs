//! The Synthbook kernel: a Jupyter kernel whose cells are Rust and magics over frames that both share.

mod asking;
pub mod catalogue;
pub mod cli;
pub mod config;
pub mod data;
pub mod display;
pub mod echo;
pub mod engine;
pub mod error;
pub mod evaluator;
pub mod frames;
pub mod history;
mod indexes;
pub mod jupyter;
pub mod magic;
pub mod output;
mod report;
pub mod rust;
pub mod session;
mod start;
pub mod testing;
mod warehouses;
mod watch;

pub use engine::{CellEngine, CellError, CellRequest};
pub use evaluator::{Evaluator, Snippet};
pub use output::{Output, OutputEvent, OutputSink, StreamName};
pub use start::{early_hooks, run_kernel, warm};
