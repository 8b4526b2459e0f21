//! Charts in Rust cells.

use polars::prelude::DataFrame;
use synthbook::{Bundle, Show};
use synthbook_charts::{ChartSpec, PreparedChart, VEGA_LITE_MIME, prepare, svg, text, vega_lite};

use crate::error::{PreludeError, Result};

/// Draws a data frame, described in the words of `%chart`.
///
/// ```
/// use synthbook_prelude::polars::prelude::*;
/// use synthbook_prelude::{chart, polars};
///
/// let people = df!("age" => [17, 31, 31, 58, 64], "sex" => ["f", "m", "f", "f", "m"]).unwrap();
/// synthbook::display(chart(&people, "histogram x=age title='How old?'"));
/// ```
///
/// # Panics
/// When a word is unknown, or a column is missing or can't be drawn so.
#[must_use]
#[track_caller]
pub fn chart(frame: &DataFrame, words: &str) -> PreparedChart {
    match try_chart(frame, words) {
        Ok(chart) => chart,
        Err(error) => synthbook::fail(&error),
    }
}

/// Draws a data frame, described in the words of `%chart`.
///
/// # Errors
/// A word is unknown, or a column is missing or can't be drawn so.
pub fn try_chart(frame: &DataFrame, words: &str) -> Result<PreparedChart> {
    let split = shlex::split(words).ok_or_else(|| PreludeError::Words { words: words.to_owned() })?;
    let split: Vec<&str> = split.iter().map(String::as_str).collect();
    Ok(prepare(frame, &ChartSpec::from_words(&split)?)?)
}

/// Tells that a value is shown as a chart.
#[derive(Debug)]
pub enum AsChart {}

impl Show<AsChart> for PreparedChart {
    fn to_bundle(&self) -> Bundle {
        bundle(self)
    }
}

/// A chart in Vega-Lite, in SVG for front ends without it, and in text.
pub(crate) fn bundle(chart: &PreparedChart) -> Bundle {
    Bundle::text(text(chart)).with("image/svg+xml", svg(chart)).with(VEGA_LITE_MIME, vega_lite(chart))
}
