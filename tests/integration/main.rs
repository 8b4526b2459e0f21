//! What holds for the project as a whole: its architecture, its licences, its tidiness and its documents.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that meets a surprise should stop at once, and it may start cargo, git and the binary"
)]

mod architecture;
mod documents;
mod licences;
mod module_tree;
mod tidiness;
mod workspace;
