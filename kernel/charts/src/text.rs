//! A prepared chart as a few lines of text, for terminals and for readers of `text/plain`.

use crate::categories::shown;
use crate::column::ColumnKind;
use crate::format::{count, shorten, value};
use crate::number::{float, index};
use crate::prepared::{Axis, ColorScale, Interval, LineSeries, Marks, Point, PreparedChart, Scale};

const ROWS: usize = 20;
const BAR: f64 = 40.0;

/// The chart as text: its title, what a reader must know, and a sketch of its marks.
#[must_use]
pub fn text(chart: &PreparedChart) -> String {
    let notes = chart.notes.iter().map(|note| format!("({note})"));
    let sketch = match &chart.marks {
        Marks::Intervals(bars) => intervals(chart, bars),
        Marks::Bands { horizontal, bars, .. } => {
            let axis = if *horizontal { &chart.y } else { &chart.x };
            let Scale::Band { labels } = &axis.scale else {
                return chart.title.clone();
            };
            let bars: Vec<Bar> = bars
                .iter()
                .map(|bar| Bar { label: named(chart, &labels[bar.band], bar.group), value: bar.high - bar.low })
                .collect();
            sketch(&bars)
        }
        Marks::Lines(lines) => lines.iter().map(|line| spark(chart, line)).collect(),
        Marks::Points(points) => vec![describe(chart, points)],
    };
    std::iter::once(chart.title.clone()).chain(notes).chain(sketch).collect::<Vec<_>>().join("\n")
}

struct Bar {
    label: String,
    value: f64,
}

fn sketch(bars: &[Bar]) -> Vec<String> {
    let shown = &bars[..bars.len().min(ROWS)];
    let label = |bar: &Bar| shorten(&bar.label, 32);
    let width = shown.iter().map(|bar| label(bar).chars().count()).max().unwrap_or(0);
    let largest = shown.iter().map(|bar| bar.value.abs()).fold(0.0, f64::max);
    let line = |bar: &Bar| {
        let name = label(bar);
        let pad = " ".repeat(width - name.chars().count());
        format!("{name}{pad} {} {}", block(bar.value, largest), value(bar.value))
    };
    let more = (bars.len() > ROWS).then(|| format!("… and {} more", count(bars.len() - ROWS)));
    shown.iter().map(line).chain(more).collect()
}

/// A bar of eighths of a character; a negative one begins with a minus.
fn block(value: f64, largest: f64) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = if largest > 0.0 { index((value.abs() / largest * BAR * 8.0).round(), 1000) } else { 0 };
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}{}", "█".repeat(eighths / 8), PARTS[eighths % 8])
}

/// Intervals with the groups of a bar added up, neighbours joined until they fit.
fn intervals(chart: &PreparedChart, bars: &[Interval]) -> Vec<String> {
    let mut joined: Vec<Interval> = Vec::new();
    for bar in bars {
        match joined.last_mut().filter(|last| last.start.total_cmp(&bar.start).is_eq()) {
            Some(last) => last.high += bar.high - bar.low,
            None => joined.push(Interval { low: 0.0, high: bar.high - bar.low, ..*bar }),
        }
    }
    let per = joined.len().div_ceil(ROWS).max(1);
    let shown = |value| shown_on(&chart.x, value);
    let bars: Vec<Bar> = joined
        .chunks(per)
        .map(|part| Bar {
            label: format!("{} – {}", shown(part[0].start), shown(part[part.len() - 1].end)),
            value: part.iter().map(|bar| bar.high).sum(),
        })
        .collect();
    sketch(&bars)
}

/// A line as sixty heights, with its ends and its range.
fn spark(chart: &PreparedChart, line: &LineSeries) -> String {
    const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    const COLUMNS: usize = 60;
    let ys = line.points.iter().map(|point| point.y);
    let (low, high) = (ys.clone().fold(f64::INFINITY, f64::min), ys.fold(f64::NEG_INFINITY, f64::max));
    let columns = line.points.len().min(COLUMNS);
    let mean = |column: usize| {
        let part = &line.points[column * line.points.len() / columns..(column + 1) * line.points.len() / columns];
        part.iter().map(|point| point.y / float(part.len())).sum::<f64>()
    };
    let height = |y: f64| {
        if high > low { HEIGHTS[index((y / 8.0 - low / 8.0) / (high / 8.0 - low / 8.0) * 8.0, 8)] } else { '▄' }
    };
    let heights: String = (0..columns).map(|column| height(mean(column))).collect();
    let shown = |value| shown_on(&chart.x, value);
    let first = line.points.first().map(|point| shown(point.x)).unwrap_or_default();
    let last = line.points.last().map(|point| shown(point.x)).unwrap_or_default();
    let name = named(chart, "", line.group);
    let name = if name.is_empty() { name } else { format!("{name}: ") };
    format!("{name}{heights}  {first} to {last}, from {} to {}", value(low), value(high))
}

fn describe(chart: &PreparedChart, points: &[Point]) -> String {
    let range = |axis: &Axis, of: fn(&Point) -> f64| {
        let low = points.iter().map(of).fold(f64::INFINITY, f64::min);
        let high = points.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
        let shown = |value| shown_on(axis, value);
        format!("{} from {} to {}", axis.title, shown(low), shown(high))
    };
    let plural = if points.len() == 1 { "" } else { "s" };
    let (x, y) = (range(&chart.x, |point| point.x), range(&chart.y, |point| point.y));
    format!("{} point{plural}; {x}; {y}", count(points.len()))
}

fn named(chart: &PreparedChart, label: &str, group: Option<usize>) -> String {
    let group = match (&chart.color, group) {
        (Some(ColorScale::Groups { labels, .. }), Some(group)) => labels.get(group),
        _ => None,
    };
    match group {
        Some(group) if label.is_empty() => group.clone(),
        Some(group) => format!("{label}, {group}"),
        None => label.to_owned(),
    }
}

/// A place along an axis as its labels are written.
fn shown_on(axis: &Axis, value: f64) -> String {
    let kind = if matches!(axis.scale, Scale::Time { .. }) { ColumnKind::Time } else { ColumnKind::Number };
    shown(kind, &axis.title, value)
}
