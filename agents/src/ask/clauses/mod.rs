//! Questions read clause by clause, against a model that was made from a catalogue.
//!
//! Such a model has no metrics or synonyms that somebody wrote; it has tables, keys, columns and values. So a question is
//! read by its syntax: noun phrases name tables and columns, relative clauses and prepositions relate them along the
//! keys, and what is asked for stands in lists. Each word has to be read; the first that can't be ends the reading.

mod aside;
mod busiest;
mod chosen;
mod clause;
mod comments;
mod compare;
mod count;
mod cursor;
mod denied;
mod draft;
mod elapsed;
mod events;
mod extreme;
mod filter;
mod firsts;
mod further;
mod heeded;
mod lag;
mod modifier;
mod names;
mod object;
mod order;
mod owner;
mod phrase;
mod read;
mod repeated;
mod request;
mod roles;
mod schema;
mod service;
mod settle;
#[cfg(test)]
mod tests;
mod told;
mod top;
mod verdict;
mod vocabulary;

pub(crate) use read::read;
