//! Linking: from words to the things of the semantic model and the values in the data.

mod forms;
mod item;
mod lexicon;
mod near;
mod nouns;
mod places;
mod shape;
mod shapes;
mod short;
mod spans;
#[cfg(test)]
mod tests;
mod typo;
mod values;
mod vocabulary;

pub(crate) use item::{Item, Kind, Target};
pub use lexicon::Lexicon;
pub(crate) use shape::Shape;
pub(crate) use shapes::at as shapes_at;
pub(crate) use shapes::filler as is_filler;
pub(crate) use short::{apart, as_named, named_by_several};
pub(crate) use spans::{Linked, link};
pub(crate) use vocabulary::{ColumnKind, Named, Spoken, affirms, denies};
