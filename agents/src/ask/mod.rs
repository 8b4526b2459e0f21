//! Ask: questions in words, understood as plans or refused by name.
//!
//! A question becomes tokens (`words`), tokens become items by the lexicon of the database and the words of the
//! grammar (`link`, `time`), and items become one [`crate::plan::Plan`] (`grammar`). Every word that matters must be
//! used on the way; what is left over is named in a [`Refusal`], never guessed at.

mod grammar;
mod interpret;
mod link;
pub mod memory;
mod refusal;
mod time;
mod understand;
mod words;

pub use interpret::interpret;
pub use link::Lexicon;
pub use refusal::Refusal;
pub use understand::{Settings, Understood, understand};
