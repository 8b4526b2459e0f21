//! What a stretch of a question means, before it is known what the question asks.

use serde::{Deserialize, Serialize};

use super::Shape;
use crate::ask::time::When;
use crate::ask::words::Number;
use crate::plan::{Field, Grain, TimePart};

/// A thing of the model that words can name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Target {
    /// A metric.
    Metric(String),
    /// A number of a row.
    Fact(Field),
    /// What rows are grouped by.
    Dimension(Field),
    /// A time dimension.
    Time(Field),
    /// A thing that is counted.
    Entity(String),
    /// The rows of a table.
    Rows(String),
    /// A named filter, or its opposite.
    Named { table: String, name: String, negated: bool },
    /// Values of a field.
    Values { field: Field, values: Vec<String> },
    /// What an entity does.
    Verb(String),
    /// Something that the data does not have.
    NotCovered,
}

/// What kind of thing an item is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// A word of the grammar.
    Shape(Shape),
    /// Things of the model, one of which is meant.
    Link(Vec<Target>),
    /// An expression of time.
    Time(When),
    /// A step of the calendar: "month", "monthly".
    Grain(Grain),
    /// A part of the calendar that comes again: "day of the week".
    TimePart(TimePart),
    /// A number.
    Number(Number),
    /// Text in quotation marks that is no known value.
    Quoted(String),
    /// A word that nothing is known about.
    Unknown,
}

/// A stretch of a question with its meaning.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    /// The first token.
    pub(crate) at: usize,
    /// How many tokens.
    pub(crate) len: usize,
    /// The words, folded.
    pub(crate) text: String,
    /// What they mean.
    pub(crate) kind: Kind,
    /// How sure the link is: lower is better (0 exact, 1 by stem, 2 part of a value, 3 typing error).
    pub(crate) distance: u8,
}

impl Item {
    /// Its grammar word.
    pub(crate) fn shape(&self) -> Option<Shape> {
        match self.kind {
            Kind::Shape(shape) => Some(shape),
            _ => None,
        }
    }

    /// The things of the model it may name.
    pub(crate) fn targets(&self) -> &[Target] {
        match &self.kind {
            Kind::Link(targets) => targets,
            _ => &[],
        }
    }

    /// The number it says.
    pub(crate) fn number(&self) -> Option<Number> {
        match self.kind {
            Kind::Number(number) => Some(number),
            _ => None,
        }
    }
}
