//! The chart kinds there are: one line each.

use crate::error::{ChartError, Result, did_you_mean};
use crate::kind::{ChartKind, OptionInfo};
use crate::kinds::{bar::Bar, histogram::Histogram, line::Line, scatter::Scatter};

static KINDS: &[&dyn ChartKind] = &[&Bar, &Histogram, &Line, &Scatter];

static COMMON: &[OptionInfo] = &[
    OptionInfo { name: "width", values: &[], summary: "The width of the plot in pixels, 100 to 4000." },
    OptionInfo { name: "height", values: &[], summary: "The height of the plot in pixels, 100 to 4000." },
];

/// Every chart kind, by name.
#[must_use]
pub fn kinds() -> &'static [&'static dyn ChartKind] {
    KINDS
}

/// The options that every chart kind takes.
#[must_use]
pub fn common_options() -> &'static [OptionInfo] {
    COMMON
}

/// The chart kind of that name or alias; case does not matter.
///
/// # Errors
/// [`ChartError::UnknownKind`] with the nearest names.
pub fn find(name: &str) -> Result<&'static dyn ChartKind> {
    let wanted = name.to_lowercase();
    KINDS.iter().copied().find(|kind| kind.name() == wanted || kind.aliases().contains(&wanted.as_str())).ok_or_else(
        || ChartError::UnknownKind {
            kind: name.to_owned(),
            help: did_you_mean("chart kinds", name, KINDS.iter().map(|kind| kind.name())),
        },
    )
}
