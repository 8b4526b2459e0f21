//! What was asked, what it meant, and which answer was accepted or corrected: one file for a user and a database.
//!
//! The file is JSON lines, each a [`Record`], appended under a lock, so that several kernels and terminals can share
//! it. Answers are not kept: a question, its plan and its SQL are. What is forgotten is erased from the file.
//!
//! A question is found again when it says the same as one before: the same words in the same order, apart from
//! capitals, punctuation, plurals and words of politeness. Numbers, names and dates must be the same, so nothing is
//! guessed.

mod error;
mod file;
mod meaning;
mod record;
mod store;
mod verified;

pub use error::MemoryError;
pub use meaning::meaning;
pub use record::{Record, Verdict};
pub use store::{Asked, Learned, Memory};
pub use verified::VerifiedQuery;

#[cfg(test)]
mod tests;
