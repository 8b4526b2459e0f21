//! The Synthbook kernel: a Jupyter kernel whose cells are Rust and magics over frames that both share.

pub mod display;
pub mod engine;
pub mod error;
pub mod evaluator;
pub mod magic;
pub mod output;
pub mod session;

pub use engine::{CellEngine, CellError, CellRequest};
pub use evaluator::{Evaluator, Snippet};
pub use output::{Output, OutputEvent, OutputSink, StreamName};
