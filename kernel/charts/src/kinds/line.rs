//! Lines: a number along dates or another number.

use polars::prelude::{Column, DataFrame, DataType, Series};

use crate::aggregate::{self, Aggregate};
use crate::categories::Groups;
use crate::column::{ColumnKind, Data, Rows};
use crate::error::{ChartError, Result};
use crate::format::{count, sentence};
use crate::kind::{Channel, ChannelInfo, ChartKind, Example, OptionInfo};
use crate::kinds::{COLORS, HEIGHT, WIDTH, axis_of, legend};
use crate::prepared::{Axis, LinePoint, LineSeries, Marks, PreparedChart};
use crate::recommend;
use crate::reduce::{POINTS, largest_triangles};
use crate::spec::ChartSpec;
use crate::ticks::apart;

/// The line chart.
pub(crate) struct Line;

impl ChartKind for Line {
    fn name(&self) -> &'static str {
        "line"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["lines", "timeseries"]
    }

    fn summary(&self) -> &'static str {
        "Follows a number along dates or another number, a line for each group."
    }

    fn channels(&self) -> &'static [ChannelInfo] {
        &[
            ChannelInfo {
                channel: Channel::X,
                required: true,
                accepts: &[ColumnKind::Time, ColumnKind::Number],
                summary: "The dates or numbers to follow, in their order.",
            },
            ChannelInfo {
                channel: Channel::Y,
                required: false,
                accepts: &[ColumnKind::Number],
                summary: "The number; the mean where rows share an x.",
            },
            ChannelInfo { channel: Channel::Color, required: false, accepts: COLORS, summary: "Draws a line a group." },
        ]
    }

    fn options(&self) -> &'static [OptionInfo] {
        &[aggregate::OPTION]
    }

    fn examples(&self) -> &'static [Example] {
        &[
            Example { words: &["line", "x=joined", "y=hours"], says: "Mean hours along the dates." },
            Example {
                words: &["line", "x=age", "y=hours", "color=sex", "agg=median"],
                says: "Median hours by age, a line for each sex.",
            },
            Example { words: &["line", "x=joined", "agg=count"], says: "How many rows there are for each date." },
        ]
    }

    fn choose(&self, frame: &DataFrame, spec: &mut ChartSpec) {
        if spec.x.is_none() {
            let time = recommend::first(frame, &[ColumnKind::Time], &[&spec.y]);
            spec.x = time.or_else(|| recommend::first(frame, &[ColumnKind::Number], &[&spec.y]));
        }
        let counts = spec.options.get(aggregate::OPTION.name).is_some_and(|word| word == "count");
        if spec.y.is_none() && !counts {
            spec.y = recommend::first(frame, &[ColumnKind::Number], &[&spec.x, &spec.color]);
        }
    }

    fn prepare(&self, frame: &DataFrame, spec: &ChartSpec) -> Result<PreparedChart> {
        let rows = Rows::read(frame, spec)?;
        let Some(x) = &rows.x else {
            return Err(ChartError::NothingToDraw);
        };
        let aggregate = Aggregate::read(spec, rows.y.is_some())?;
        let groups = Groups::read(rows.color.as_ref(), rows.len)?;
        let totals = totals(&rows, x, &groups, aggregate)?;
        let plain = aggregate != Aggregate::Count && totals.height() == rows.len;
        let y_title = match &rows.y {
            Some(y) if plain => y.title.clone(),
            y => aggregate.axis_title(y.as_ref().map(|y| y.title.as_str())),
        };
        let mut lines = split(&totals, rows.color.is_some())?;
        let mut notes = rows.notes.clone();
        notes.extend(reduce(&mut lines));
        let points = || lines.iter().flat_map(|line| &line.points);
        if points().next().is_none() {
            return Err(ChartError::AllMissing { columns: y_title });
        }
        let (left, right) = extent(points().map(|point| point.x));
        let (low, high) = extent(points().map(|point| point.y));
        let zero = aggregate == Aggregate::Count;
        let and = rows.color.as_ref().map(|color| format!(" and {}", color.title)).unwrap_or_default();
        let headline = if plain { y_title.clone() } else { sentence(&y_title) };
        Ok(PreparedChart {
            kind: self.name().to_owned(),
            title: format!("{headline} by {}{and}", x.title),
            notes,
            width: WIDTH,
            height: HEIGHT,
            x: along(x, left, right),
            y: Axis::numbers(&y_title, low, high, zero).with_whole_ticks(zero),
            color: legend(&groups, rows.color.as_ref()),
            marks: Marks::Lines(lines),
        })
    }
}

/// One value for each group and x, sorted by both.
fn totals(rows: &Rows, x: &Data, groups: &Groups, aggregate: Aggregate) -> Result<DataFrame> {
    let value: Series = match &rows.y {
        Some(y) => y.floats()?.clone().into(),
        None => Series::new_null("value".into(), rows.len).cast(&DataType::Float64)?,
    };
    let along: Series = x.floats()?.clone().into();
    let columns = vec![
        Column::from(along.with_name("x".into())),
        Column::from(value.with_name("value".into())),
        Column::new("group".into(), &groups.of_row),
    ];
    aggregate.over(DataFrame::new(rows.len, columns)?, &["group", "x"])
}

fn split(totals: &DataFrame, grouped: bool) -> Result<Vec<LineSeries>> {
    let groups = totals.column("group")?.u32()?;
    let (along, values) = (totals.column("x")?.f64()?, totals.column("value")?.f64()?);
    let mut lines: Vec<LineSeries> = Vec::new();
    for (group, (x, y)) in groups.iter().zip(along.iter().zip(values.iter())) {
        let (Some(group), Some(x), Some(y)) = (group, x, y.filter(|y| y.is_finite())) else {
            continue;
        };
        let group = grouped.then_some(group as usize);
        if lines.last().is_none_or(|line| line.group != group) {
            lines.push(LineSeries { group, points: Vec::new() });
        }
        if let Some(line) = lines.last_mut() {
            line.points.push(LinePoint { x, y });
        }
    }
    Ok(lines)
}

/// The axis along the lines, which run from its one end to the other.
fn along(x: &Data, left: f64, right: f64) -> Axis {
    match x.kind {
        ColumnKind::Number => {
            let (left, right) = apart(left, right);
            Axis::exact(&x.title, left, right).with_whole_ticks(x.integral)
        }
        _ => axis_of(x, left, right),
    }
}

/// Thins lines that have too many points in all; says so.
fn reduce(lines: &mut [LineSeries]) -> Option<String> {
    let all: usize = lines.iter().map(|line| line.points.len()).sum();
    if all <= POINTS {
        return None;
    }
    for line in lines.iter_mut() {
        let share = (line.points.len() * POINTS / all).max(3);
        line.points = largest_triangles(std::mem::take(&mut line.points), share);
    }
    let kept = lines.iter().map(|line| line.points.len()).sum();
    Some(format!("{} of {} points, chosen to keep the shape", count(kept), count(all)))
}

fn extent(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}
