//! Scatter: a point for each row.

use polars::prelude::DataFrame;

use crate::bins::ends;
use crate::categories::{Groups, few};
use crate::column::{ColumnKind, Data, Rows};
use crate::error::{ChartError, Result};
use crate::format::count;
use crate::kind::{Channel, ChannelInfo, ChartKind, Example};
use crate::kinds::{COLORS, HEIGHT, WIDTH, axis_of, legend};
use crate::prepared::{ColorScale, Marks, Point, PreparedChart};
use crate::recommend;
use crate::reduce::{POINTS, systematic};
use crate::spec::ChartSpec;

/// The scatter chart. Numbers on the colour channel are shades, few ones and categories are groups.
pub(crate) struct Scatter;

impl ChartKind for Scatter {
    fn name(&self) -> &'static str {
        "scatter"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["point", "points", "scatterplot"]
    }

    fn summary(&self) -> &'static str {
        "Draws a point for each row, at two of its numbers."
    }

    fn channels(&self) -> &'static [ChannelInfo] {
        const AXIS: &[ColumnKind] = &[ColumnKind::Number, ColumnKind::Time];
        &[
            ChannelInfo { channel: Channel::X, required: true, accepts: AXIS, summary: "The number or date along x." },
            ChannelInfo { channel: Channel::Y, required: true, accepts: AXIS, summary: "The number or date along y." },
            ChannelInfo {
                channel: Channel::Color,
                required: false,
                accepts: COLORS,
                summary: "Colours the points by category or from dark to light.",
            },
        ]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { words: &["scatter", "x=age", "y=hours"], says: "Hours against age." },
            Example {
                words: &["scatter", "x=age", "y=hours", "color=sex"],
                says: "The same with a colour for each sex.",
            },
        ]
    }

    fn choose(&self, frame: &DataFrame, spec: &mut ChartSpec) {
        if spec.x.is_none() {
            spec.x = recommend::first(frame, &[ColumnKind::Number], &[&spec.y, &spec.color])
                .or_else(|| recommend::first(frame, &[ColumnKind::Time], &[&spec.y, &spec.color]));
        }
        if spec.y.is_none() {
            spec.y = recommend::first(frame, &[ColumnKind::Number], &[&spec.x, &spec.color]);
        }
    }

    fn prepare(&self, frame: &DataFrame, spec: &ChartSpec) -> Result<PreparedChart> {
        let rows = Rows::read(frame, spec)?;
        let (Some(x), Some(y)) = (&rows.x, &rows.y) else {
            return Err(ChartError::NothingToDraw);
        };
        let color = Colors::read(rows.color.as_ref(), rows.len)?;
        let sample = systematic(rows.len, POINTS);
        let mut notes = rows.notes.clone();
        if sample.len() < rows.len {
            notes.push(format!("{} of {} rows, evenly spaced", count(sample.len()), count(rows.len)));
        }
        let (along, up) = (x.numbers(), y.numbers());
        let point = |row: usize| Point { x: along[row], y: up[row], group: color.group(row), value: color.value(row) };
        let points = sample.into_iter().map(point).collect();
        let ((left, right), (low, high)) = (ends(x.floats()?), ends(y.floats()?));
        let by = rows.color.as_ref().map(|color| format!(", coloured by {}", color.title)).unwrap_or_default();
        Ok(PreparedChart {
            kind: self.name().to_owned(),
            title: format!("{} against {}{by}", y.title, x.title),
            notes,
            width: WIDTH,
            height: HEIGHT,
            x: axis_of(x, left, right),
            y: axis_of(y, low, high),
            color: color.scale(rows.color.as_ref()),
            marks: Marks::Points(points),
        })
    }
}

/// What colours the points.
enum Colors {
    None,
    Groups(Groups),
    Shades { values: Vec<f64>, min: f64, max: f64 },
}

impl Colors {
    fn read(color: Option<&Data>, rows: usize) -> Result<Self> {
        let Some(data) = color else {
            return Ok(Self::None);
        };
        if data.kind == ColumnKind::Number && few(data.floats()?).is_none() {
            let (min, max) = ends(data.floats()?);
            return Ok(Self::Shades { values: data.numbers(), min, max });
        }
        Ok(Self::Groups(Groups::read(color, rows)?))
    }

    fn group(&self, row: usize) -> Option<usize> {
        match self {
            Self::Groups(groups) => Some(groups.of_row[row] as usize),
            _ => None,
        }
    }

    fn value(&self, row: usize) -> Option<f64> {
        match self {
            Self::Shades { values, .. } => Some(values[row]).filter(|value| value.is_finite()),
            _ => None,
        }
    }

    fn scale(&self, color: Option<&Data>) -> Option<ColorScale> {
        match self {
            Self::None => None,
            Self::Groups(groups) => legend(groups, color),
            Self::Shades { min, max, .. } => {
                color.map(|data| ColorScale::Numbers { title: data.title.clone(), min: *min, max: *max })
            }
        }
    }
}
