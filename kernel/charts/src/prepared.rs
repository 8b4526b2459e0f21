//! A chart that is ready to draw: axes, marks and the words around them, with nothing left to compute.

use serde::{Deserialize, Serialize};

use crate::format::NumberFormat;
use crate::ticks::NiceRange;

/// A chart with its data aggregated: at most a few thousand marks. Every text in it is safe to show on one line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreparedChart {
    /// The chart kind's name.
    pub kind: String,
    /// The title.
    pub title: String,
    /// What a reader must know: rows left out, samples taken, groups joined.
    pub notes: Vec<String>,
    /// The width of the plot, without axes and legend, in pixels.
    pub width: u32,
    /// The height of the plot, without axes and title, in pixels.
    pub height: u32,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// What the colours mean, when they mean something.
    pub color: Option<ColorScale>,
    /// The marks.
    pub marks: Marks,
}

/// An axis: its title and what lies along it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Axis {
    /// The title, with its unit.
    pub title: String,
    /// What lies along the axis.
    pub scale: Scale,
}

impl Axis {
    /// An axis of numbers whose ends are rounded outwards; with `zero` it starts or ends there at the least.
    #[must_use]
    pub fn numbers(title: &str, min: f64, max: f64, zero: bool) -> Self {
        let (min, max) = if zero { (min.min(0.0), max.max(0.0)) } else { (min, max) };
        let range = NiceRange::around(min, max, 10);
        // A mean of 0 has an axis too, and bars of counts do not go below it.
        let range = if zero && min >= 0.0 { NiceRange { min: 0.0, ..range } } else { range };
        Self::exact(title, range.min, range.max)
    }

    /// An axis of numbers with exactly those ends.
    #[must_use]
    pub fn exact(title: &str, min: f64, max: f64) -> Self {
        let step = NiceRange::around(min, max, 6).step;
        let format = NumberFormat::suited(min, max, step, title);
        Self { title: title.to_owned(), scale: Scale::Number { min, max, whole: false, format } }
    }

    /// The same axis; with `whole` its ticks are whole numbers.
    #[must_use]
    pub fn with_whole_ticks(mut self, only_whole: bool) -> Self {
        if let Scale::Number { whole, .. } = &mut self.scale {
            *whole = only_whole;
        }
        self
    }

    /// An axis of moments, in milliseconds since 1970.
    #[must_use]
    pub fn times(title: &str, min: f64, max: f64) -> Self {
        let (min, max) = if max > min { (min, max) } else { (min - 43_200_000.0, max + 43_200_000.0) };
        Self { title: title.to_owned(), scale: Scale::Time { min, max } }
    }

    /// An axis of named bands, in the order of the labels.
    #[must_use]
    pub fn bands(title: &str, labels: Vec<String>) -> Self {
        Self { title: title.to_owned(), scale: Scale::Band { labels } }
    }
}

/// What lies along an axis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Scale {
    /// Numbers from `min` to `max`.
    Number {
        /// The lower end.
        min: f64,
        /// The upper end.
        max: f64,
        /// Whether there is nothing between whole numbers to mark.
        whole: bool,
        /// How the numbers are written.
        format: NumberFormat,
    },
    /// Moments, in milliseconds since 1970, shown without a time zone.
    Time {
        /// The earliest.
        min: f64,
        /// The latest.
        max: f64,
    },
    /// Named bands; no two labels are equal.
    Band {
        /// The names, in order.
        labels: Vec<String>,
    },
}

/// What the colours mean.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ColorScale {
    /// A colour a group, in the order of the labels; no two labels are equal.
    Groups {
        /// The legend's title.
        title: String,
        /// The groups' names.
        labels: Vec<String>,
    },
    /// A range of numbers from dark to light.
    Numbers {
        /// The legend's title.
        title: String,
        /// The darkest.
        min: f64,
        /// The lightest.
        max: f64,
    },
}

/// The marks of a chart; `group` is an index into the labels of [`ColorScale::Groups`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Marks {
    /// Bars over intervals of the horizontal axis.
    Intervals(Vec<Interval>),
    /// Bars in the bands of one axis.
    Bands {
        /// The bands lie along the vertical axis and the bars run to the right.
        horizontal: bool,
        /// The groups of a band stand beside each other instead of on each other.
        beside: bool,
        /// The bars.
        bars: Vec<Band>,
    },
    /// Lines, one a group.
    Lines(Vec<LineSeries>),
    /// Points.
    Points(Vec<Point>),
}

impl Marks {
    /// The number of bars, line points or points.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Intervals(bars) => bars.len(),
            Self::Bands { bars, .. } => bars.len(),
            Self::Lines(lines) => lines.iter().map(|line| line.points.len()).sum(),
            Self::Points(points) => points.len(),
        }
    }

    /// Whether there is nothing to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A bar from `start` to `end` along x and from `low` to `high` along y.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Where the interval begins; inside it.
    pub start: f64,
    /// Where the interval ends; inside it only in the last one.
    pub end: f64,
    /// The bar's foot: above 0 when it stands on another group's bar.
    pub low: f64,
    /// The bar's head.
    pub high: f64,
    /// The group.
    pub group: Option<usize>,
}

/// A bar in a band.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// The index of the band's label.
    pub band: usize,
    /// The bar's foot: not 0 when it stands on another group's bar.
    pub low: f64,
    /// The bar's head; below the foot when the value is negative.
    pub high: f64,
    /// The rows behind the bar.
    pub rows: usize,
    /// The group.
    pub group: Option<usize>,
}

/// A line with its points in the order of x.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineSeries {
    /// The group.
    pub group: Option<usize>,
    /// The points.
    pub points: Vec<LinePoint>,
}

/// A point of a line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LinePoint {
    /// A number or moment along x.
    pub x: f64,
    /// The number along y.
    pub y: f64,
}

/// A point of a scatter chart.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// A number or moment along x.
    pub x: f64,
    /// A number or moment along y.
    pub y: f64,
    /// The group.
    pub group: Option<usize>,
    /// The number behind the colour; `None` where it is missing or the colours are groups.
    pub value: Option<f64>,
}
