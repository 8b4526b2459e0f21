//! Rust cells: evcxr compiles them, a process of their own runs them, rustc and rust-analyzer explain them.
//!
//! ```text
//! evaluator ──requests──► running host (evcxr) ──► supervisor ──► worker (the cells' code)
//!     │                                                              │
//!     └── link ◄────────── stdout, stderr, events, control ──────────┘
//! analysis ──requests──► analysis host (rust-analyzer)
//! ```

mod analysis;
mod bars;
mod cell_api;
mod desk;
mod diagnostics;
mod evaluator;
mod host;
mod link;
mod markers;
mod memory;
mod places;
mod process;
mod run;
mod source;
mod toolchain;
mod wire;

pub use desk::{FrameDesk, FrameFile, Refusal};
pub use evaluator::RustEvaluator;
pub use toolchain::ToolchainError;

pub(crate) use host::{is_host, run_if_host};
pub(crate) use toolchain::Toolchain;
