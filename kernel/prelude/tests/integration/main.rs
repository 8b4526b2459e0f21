//! Cells compiled by a plain `rustc` against the dynamic libraries, and loaded into one process.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail the test, read its environment and start its processes"
)]

mod cells;
mod compiler;
