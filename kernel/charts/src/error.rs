//! What can go wrong between a `%chart` line and a drawn chart.

use polars::prelude::PolarsError;

/// The result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, ChartError>;

/// Why a chart could not be drawn.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum ChartError {
    /// The frame has no column of that name.
    #[error("The frame has no column {column}")]
    #[diagnostic(code(charts::unknown_column), help("{help}"))]
    UnknownColumn {
        /// The name that was asked for.
        column: String,
        /// The nearest names, or all of them.
        help: String,
    },
    /// No chart kind has that name.
    #[error("There is no chart kind {kind}")]
    #[diagnostic(code(charts::unknown_kind), help("{help}"))]
    UnknownKind {
        /// The name that was asked for.
        kind: String,
        /// The nearest names, or all of them.
        help: String,
    },
    /// The chart kind has no option of that name.
    #[error("A {kind} chart has no option {option}")]
    #[diagnostic(code(charts::unknown_option), help("{help}"))]
    UnknownOption {
        /// The chart kind.
        kind: &'static str,
        /// The option as it was written.
        option: String,
        /// The nearest names, or all of them.
        help: String,
    },
    /// An option's value is not one that it takes.
    #[error("The option {option} can't be {value}")]
    #[diagnostic(code(charts::invalid_option), help("{help}"))]
    InvalidOption {
        /// The option.
        option: String,
        /// The value as it was written.
        value: String,
        /// What the option takes.
        help: String,
    },
    /// A word of the chart line is neither a kind nor `key=value`.
    #[error("This word of the chart has no meaning here: {word}")]
    #[diagnostic(
        code(charts::unexpected_word),
        help("write at most one chart kind, then key=value words such as x=age")
    )]
    UnexpectedWord {
        /// The word.
        word: String,
    },
    /// A key was given twice.
    #[error("This is given twice: {key}")]
    #[diagnostic(code(charts::given_twice), help("keep one of them"))]
    GivenTwice {
        /// The key.
        key: String,
    },
    /// A channel that the chart kind needs was not given and no column fits it.
    #[error("A {kind} chart needs a column for {channel}")]
    #[diagnostic(code(charts::missing_channel), help("{help}"))]
    MissingChannel {
        /// The chart kind.
        kind: &'static str,
        /// The channel: x, y or color.
        channel: &'static str,
        /// What to write.
        help: String,
    },
    /// The chart kind does not draw that channel.
    #[error("A {kind} chart does not take {channel}")]
    #[diagnostic(code(charts::unused_channel), help("{help}"))]
    UnusedChannel {
        /// The chart kind.
        kind: &'static str,
        /// The channel: x, y or color.
        channel: &'static str,
        /// What to write instead.
        help: String,
    },
    /// The column's type does not fit the channel.
    #[error("A {kind} chart can't draw {found} as {channel}: {column}")]
    #[diagnostic(code(charts::wrong_type), help("{help}"))]
    WrongType {
        /// The chart kind.
        kind: &'static str,
        /// The channel: x, y or color.
        channel: &'static str,
        /// What the column holds, with its article or in the plural.
        found: String,
        /// The column.
        column: String,
        /// What the channel takes.
        help: String,
    },
    /// The frame has no rows.
    #[error("The frame has no rows to draw")]
    #[diagnostic(code(charts::empty_frame), help("check the query or the file that the frame came from"))]
    EmptyFrame,
    /// No row has a value in all of the chart's columns.
    #[error("No row has a value to draw in {columns}")]
    #[diagnostic(
        code(charts::all_missing),
        help("every row is missing, not finite or out of range in one of these columns")
    )]
    AllMissing {
        /// The columns, joined by commas.
        columns: String,
    },
    /// No column of the frame can be drawn.
    #[error("The frame has no column that a chart can draw")]
    #[diagnostic(
        code(charts::nothing_to_draw),
        help("charts draw numbers, text, booleans, dates and times; unnest or cast other columns first")
    )]
    NothingToDraw,
    /// The table engine failed.
    #[error("The chart's data could not be computed")]
    #[diagnostic(code(charts::engine))]
    Engine {
        /// The engine's error.
        #[from]
        source: PolarsError,
    },
}

impl ChartError {
    /// The word of the chart line that is wrong, so that an error can point at it.
    #[must_use]
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::UnknownColumn { column, .. } | Self::WrongType { column, .. } => Some(column),
            Self::UnknownKind { kind, .. } => Some(kind),
            Self::UnknownOption { option, .. } => Some(option),
            Self::InvalidOption { value, .. } => Some(value),
            Self::UnexpectedWord { word } => Some(word),
            Self::GivenTwice { key } => Some(key),
            Self::UnusedChannel { channel, .. } => Some(channel),
            _ => None,
        }
    }
}

/// A help line for a name that is not among `known`: the nearest one, else the first few.
pub(crate) fn did_you_mean<'a>(what: &str, wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 12;
    let known: Vec<&str> = known.into_iter().collect();
    let folded = wrong.to_lowercase();
    let nearest = known
        .iter()
        .filter_map(|name| {
            let name_folded = name.to_lowercase();
            let spelled = strsim::jaro_winkler(&folded, &name_folded);
            let edited = strsim::normalized_damerau_levenshtein(&folded, &name_folded);
            (spelled >= 0.85 || edited >= 0.6).then_some((spelled + edited, *name))
        })
        .max_by(|left, right| left.0.total_cmp(&right.0));
    if let Some((_, name)) = nearest {
        return format!("did you mean {name}?");
    }
    if known.is_empty() {
        return format!("there is no {what} to choose from");
    }
    let more = known.len().saturating_sub(SHOWN);
    let list = known.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    if more > 0 { format!("{what}: {list} and {more} more") } else { format!("{what}: {list}") }
}
