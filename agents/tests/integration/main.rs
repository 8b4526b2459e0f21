//! The embedded DuckDB as the kernel uses it, with polars on the other side.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on must fail")]

mod access;
mod analyzer;
mod ask;
mod chat;
mod contract;
mod etl;
mod frames;
mod guard;
mod hostile;
mod results;
mod session;
mod snowflake;
mod support;
mod vectors;
