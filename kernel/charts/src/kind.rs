//! What every chart kind says about itself, and how it turns a table into marks.

use polars::prelude::DataFrame;

use crate::column::ColumnKind;
use crate::error::Result;
use crate::prepared::PreparedChart;
use crate::spec::ChartSpec;

/// A kind of chart: one file, one line in the registry.
///
/// ```
/// let histogram = synthbook_charts::find("histogram").unwrap();
/// assert_eq!(histogram.channels()[0].channel.name(), "x");
/// ```
pub trait ChartKind: Send + Sync {
    /// The name that a person types, in lower case.
    fn name(&self) -> &'static str;

    /// Other names that people type for it.
    fn aliases(&self) -> &'static [&'static str] {
        &[]
    }

    /// One sentence for help and completion.
    fn summary(&self) -> &'static str;

    /// The channels it draws, in the order of their importance.
    fn channels(&self) -> &'static [ChannelInfo];

    /// The options it takes besides [`crate::common_options`].
    fn options(&self) -> &'static [OptionInfo] {
        &[]
    }

    /// Lines that work; help shows them and the tests run them.
    fn examples(&self) -> &'static [Example];

    /// Fills in the channels that were not given and that it needs, from the columns of the frame.
    fn choose(&self, frame: &DataFrame, spec: &mut ChartSpec);

    /// Aggregates the frame into marks. [`crate::prepare`] has checked by then that the columns exist, that
    /// their types fit, that every option is known, and that the frame has rows.
    ///
    /// # Errors
    /// An option's value that makes no sense, or no row with a value in every column.
    fn prepare(&self, frame: &DataFrame, spec: &ChartSpec) -> Result<PreparedChart>;
}

/// A visual channel that a column can be put on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Channel {
    /// The horizontal axis.
    X,
    /// The vertical axis.
    Y,
    /// The colour of the marks.
    Color,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 3] = [Self::X, Self::Y, Self::Color];

    /// The key of the channel on a chart line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::X => "x",
            Self::Y => "y",
            Self::Color => "color",
        }
    }

    /// The column that a spec puts on the channel.
    #[must_use]
    pub fn of(self, spec: &ChartSpec) -> Option<&str> {
        match self {
            Self::X => spec.x.as_deref(),
            Self::Y => spec.y.as_deref(),
            Self::Color => spec.color.as_deref(),
        }
    }
}

/// How a chart kind uses a channel.
#[derive(Debug, Clone, Copy)]
pub struct ChannelInfo {
    /// The channel.
    pub channel: Channel,
    /// Whether there is no chart without it.
    pub required: bool,
    /// The column kinds that it takes.
    pub accepts: &'static [ColumnKind],
    /// What the channel means in this chart.
    pub summary: &'static str,
}

/// An option of a chart kind, `name=value`.
#[derive(Debug, Clone, Copy)]
pub struct OptionInfo {
    /// The name that a person types.
    pub name: &'static str,
    /// The values it takes when there are few of them, for completion.
    pub values: &'static [&'static str],
    /// One sentence for help.
    pub summary: &'static str,
}

/// A chart line that works on a frame with those columns.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// The words after the frame's name.
    pub words: &'static [&'static str],
    /// What it draws.
    pub says: &'static str,
}
