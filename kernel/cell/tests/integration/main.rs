//! Cells against a fake kernel: each test runs a cell in a process of its own and reads what it sends.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests fail the test, read its environment and start its processes"
)]

mod cells;
mod events;
mod frames;
mod kernel;
mod panics;
