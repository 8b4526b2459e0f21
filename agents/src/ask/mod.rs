//! Questions in words, and their answers.

pub mod memory;
mod refusal;

pub use refusal::Refusal;
