//! From a plan to SQL: the only place that writes SQL for a question.
//!
//! **Invariant:** each measure is aggregated at its own grain before anything is joined to it. A join that would repeat
//! its rows makes them distinct by their primary key first, and one over a table that both sides only share is refused.
//!
//! Layers of a query: *sources* (one SELECT for each table that is measured, over the same dimensions), *cells* (the
//! sources put together on the dimensions), *steps* (windows over the cells, one on top of the other), the answer
//! (conditions on rows, the first rows, order, limit). Where one source is enough, it is one plain SELECT.
//!
//! A member of an entity that stands for the unknown is left out where the entity's own table is counted, not where facts
//! are: those rows are real.

mod answer;
mod cells;
mod compare;
mod dims;
mod error;
mod expr;
mod filter;
mod measure;
mod path;
mod rows;
mod scope;
mod source;
mod sql;
mod time;
mod value;

#[cfg(test)]
mod tests;

pub use answer::{Compiled, OutputColumn, Role, compile};
pub(crate) use compare::compared_columns;
pub use error::CompileError;
pub(crate) use expr::{aggregates, names, parse};
pub(crate) use path::in_role;
