//! The embedded DuckDB as the kernel uses it, with polars on the other side.

mod frames;
mod hostile;
mod results;
mod session;
mod support;
