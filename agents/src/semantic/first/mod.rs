//! A first semantic model of any database, from its catalogue and what an analysis found in its data.

mod columns;
mod keys;
mod make;
mod names;
mod relations;
mod table;
#[cfg(test)]
mod tests;
mod told;
mod ways;

pub use make::from_catalog;
