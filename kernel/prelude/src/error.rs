//! What can go wrong between frames, data frames and charts.

use synthbook::CellError;
use synthbook_charts::ChartError;

/// The result of this crate's fallible functions.
pub type Result<T> = std::result::Result<T, PreludeError>;

/// An error of this crate.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum PreludeError {
    /// The kernel has no such frame, or can't be asked.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Cell(#[from] CellError),
    /// The chart can't be drawn.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Chart(#[from] ChartError),
    /// A frame's file can't be read.
    #[error("The frame can't be read as a data frame: {name}")]
    #[diagnostic(code(prelude::unreadable), help("{reason}"))]
    Unreadable {
        /// The frame.
        name: String,
        /// What the reader said.
        reason: String,
    },
    /// The words that describe a chart can't be told apart.
    #[error("A quotation mark is not closed: {words}")]
    #[diagnostic(
        code(prelude::words),
        help("write the chart's words as for %chart: bar x=region title=\"Sales by region\"")
    )]
    Words {
        /// The words.
        words: String,
    },
}
