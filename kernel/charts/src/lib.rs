//! Charts as data: from a table and a few words to Vega-Lite 5, SVG and text.
//!
//! A chart goes through three stages. A [`ChartSpec`] says what was asked for (`bar x=education color=sex`).
//! [`prepare`] fills in what was not said, checks columns and types, and lets the [`ChartKind`] aggregate the
//! table into a [`PreparedChart`]: a few thousand marks at most, whatever the table's size. The three writers
//! [`vega_lite`], [`svg`] and [`text`] draw that same prepared chart, so they cannot disagree.
//!
//! ```
//! use polars::prelude::*;
//! use synthbook_charts::{ChartSpec, prepare, svg, vega_lite};
//!
//! let people = df!("age" => [17, 31, 31, 58, 64], "sex" => ["f", "m", "f", "f", "m"]).unwrap();
//! let spec = ChartSpec::from_words(&["histogram", "x=age"]).unwrap();
//! let chart = prepare(&people, &spec).unwrap();
//! assert_eq!(vega_lite(&chart)["mark"]["type"], "bar");
//! assert!(svg(&chart).starts_with("<svg"));
//! ```

#![cfg_attr(test, allow(clippy::float_cmp, reason = "tests compare results that are exact"))]

mod aggregate;
mod bins;
mod categories;
mod column;
mod error;
mod format;
mod kind;
mod kinds;
mod number;
mod palette;
mod prepare;
mod prepared;
mod recommend;
mod reduce;
mod registry;
mod spec;
mod svg;
mod text;
mod ticks;
mod vega;

pub use column::ColumnKind;
pub use error::{ChartError, Result};
pub use format::NumberFormat;
pub use kind::{Channel, ChannelInfo, ChartKind, Example, OptionInfo};
pub use prepare::prepare;
pub use prepared::{Axis, Band, ColorScale, Interval, LinePoint, LineSeries, Marks, Point, PreparedChart, Scale};
pub use recommend::complete;
pub use registry::{common_options, find, kinds};
pub use spec::ChartSpec;
pub use svg::svg;
pub use text::text;
pub use vega::{VEGA_LITE_MIME, vega_lite};

#[cfg(test)]
mod tests;
