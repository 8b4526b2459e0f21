//! Histogram: how often values fall into intervals.

use polars::prelude::DataFrame;

use crate::bins;
use crate::categories::Groups;
use crate::column::{ColumnKind, Rows};
use crate::error::{ChartError, Result};
use crate::kind::{Channel, ChannelInfo, ChartKind, Example, OptionInfo};
use crate::kinds::{COLORS, HEIGHT, WIDTH, legend};
use crate::number::float;
use crate::prepare::number_option;
use crate::prepared::{Axis, Interval, Marks, PreparedChart};
use crate::recommend;
use crate::spec::ChartSpec;

/// The histogram; its groups stand on each other.
pub(crate) struct Histogram;

impl ChartKind for Histogram {
    fn name(&self) -> &'static str {
        "histogram"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["hist", "distribution"]
    }

    fn summary(&self) -> &'static str {
        "Counts how often the values of a column fall into intervals."
    }

    fn channels(&self) -> &'static [ChannelInfo] {
        &[
            ChannelInfo {
                channel: Channel::X,
                required: true,
                accepts: &[ColumnKind::Number, ColumnKind::Time],
                summary: "The column whose values are counted.",
            },
            ChannelInfo { channel: Channel::Color, required: false, accepts: COLORS, summary: "Splits every bar." },
        ]
    }

    fn options(&self) -> &'static [OptionInfo] {
        &[OptionInfo {
            name: "bins",
            values: &[],
            summary: "About how many intervals, 1 to 500; by the Freedman-Diaconis rule unless said otherwise.",
        }]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { words: &["histogram", "x=age"], says: "How the ages are distributed." },
            Example {
                words: &["histogram", "x=age", "color=sex", "bins=10"],
                says: "The same in about ten bars, split by sex.",
            },
        ]
    }

    fn choose(&self, frame: &DataFrame, spec: &mut ChartSpec) {
        if spec.x.is_none() {
            let number = recommend::first(frame, &[ColumnKind::Number], &[]);
            spec.x = number.or_else(|| recommend::first(frame, &[ColumnKind::Time], &[]));
        }
    }

    fn prepare(&self, frame: &DataFrame, spec: &ChartSpec) -> Result<PreparedChart> {
        let wanted = number_option(spec, "bins", 1, 500)?.map(|bins| bins as usize);
        let rows = Rows::read(frame, spec)?;
        let Some(x) = &rows.x else {
            return Err(ChartError::NothingToDraw);
        };
        let groups = Groups::read(rows.color.as_ref(), rows.len)?;
        let edges = match x.kind {
            ColumnKind::Time => bins::time_edges(x.floats()?, wanted),
            _ => bins::number_edges(x.floats()?, x.integral, wanted)?,
        };
        let counts = count(&x.numbers(), &edges, &groups);
        let (first, last) = (edges[0], edges[edges.len() - 1]);
        let tallest = counts.iter().map(|bin| bin.iter().sum::<usize>()).max().unwrap_or(0);
        let x_axis = match x.kind {
            ColumnKind::Time => Axis::times(&x.title, first, last),
            _ => Axis::exact(&x.title, first, last).with_whole_ticks(x.integral),
        };
        let by = rows.color.as_ref().map(|color| format!(" by {}", color.title)).unwrap_or_default();
        Ok(PreparedChart {
            kind: self.name().to_owned(),
            title: format!("Distribution of {}{by}", x.title),
            notes: rows.notes.clone(),
            width: WIDTH,
            height: HEIGHT,
            x: x_axis,
            y: Axis::numbers("rows", 0.0, float(tallest), true).with_whole_ticks(true),
            color: legend(&groups, rows.color.as_ref()),
            marks: Marks::Intervals(stack(&edges, &counts, rows.color.is_some())),
        })
    }
}

/// The rows in each bin by group.
fn count(values: &[f64], edges: &[f64], groups: &Groups) -> Vec<Vec<usize>> {
    let mut counts = vec![vec![0; groups.labels.len().max(1)]; edges.len() - 1];
    for (value, group) in values.iter().zip(&groups.of_row) {
        counts[bins::bin(edges, *value)][*group as usize] += 1;
    }
    counts
}

fn stack(edges: &[f64], counts: &[Vec<usize>], grouped: bool) -> Vec<Interval> {
    let mut bars = Vec::new();
    for (ends, bin) in edges.windows(2).zip(counts) {
        // An empty bin keeps a bar without height, so that no writer takes its neighbours for adjacent.
        if bin.iter().all(|rows| *rows == 0) {
            let group = grouped.then_some(0);
            bars.push(Interval { start: ends[0], end: ends[1], low: 0.0, high: 0.0, group });
        }
        let mut low = 0;
        for (group, rows) in bin.iter().enumerate().filter(|(_, rows)| **rows > 0) {
            let high = low + rows;
            let group = grouped.then_some(group);
            bars.push(Interval { start: ends[0], end: ends[1], low: float(low), high: float(high), group });
            low = high;
        }
    }
    bars
}
