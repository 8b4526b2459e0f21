//! Ask: questions in words, understood as plans or refused by name.
//!
//! A question becomes tokens (`words`), tokens become items by the lexicon of the database and the words of the
//! grammar (`link`, `time`), and items become one [`crate::plan::Plan`] (`grammar`). Every word that matters must be
//! used on the way; what is left over is named in a [`Refusal`], never guessed at. The [`Engine`] runs the plan and puts its
//! result into words ([`Answer`]); what was asked is kept in a [`memory::Memory`].

pub mod answer;
mod choice;
mod clauses;
mod engine;
mod error;
mod grammar;
mod instructions;
mod interpret;
mod link;
pub mod memory;
mod outcome;
mod phrase;
mod plain;
mod readings;
mod refusal;
mod time;
mod understand;
mod words;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod timed_tests;

pub use answer::{Answer, Source, Timings, rows_as_json, to_frame};
pub use choice::{Choice, picked};
pub use engine::{EmbedderSource, Engine, EngineOptions, Question};
pub use error::AskError;
pub use interpret::interpret;
pub use link::Lexicon;
pub use outcome::Outcome;
pub use refusal::Refusal;
pub use understand::{Settings, Understood, understand};
