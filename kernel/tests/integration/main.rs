//! The kernel's integration tests: one binary, a module for each part.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that can't go on must fail")]

mod jupyter_client;
mod jupyter_comm;
mod jupyter_execute;
mod jupyter_input;
mod jupyter_shell;
mod jupyter_wire;
