//! The crate from outside: the contract that every synthesizer keeps, laws recovered, round trips, files, peers' scores.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test that can't go on ends the test"
)]
#![allow(clippy::float_cmp, reason = "the same bits are what is tested")]

mod augment;
mod conditions;
mod contract;
mod data;
mod evaluation;
mod files;
mod kinds;
mod metadata;
mod network;
mod peer;
mod recovery;
mod rules;
mod transforms;
mod trees;
