//! Bars, lines and points.

use std::collections::BTreeMap;

use plotters::prelude::{DrawingBackend, RGBColor};

use crate::number::float;
use crate::palette;
use crate::prepared::{Band, ColorScale, Interval, LineSeries, Marks, Point, PreparedChart, Scale};
use crate::svg::canvas::{Canvas, at};
use crate::svg::layout::{Layout, Rect};
use crate::vega::opacity;

/// Points on a line up to which each is a dot.
const DOTS: usize = 60;

/// Draws the marks of a chart.
pub(super) fn draw<B: DrawingBackend>(canvas: &mut Canvas<B>, chart: &PreparedChart, layout: &Layout) {
    match &chart.marks {
        Marks::Intervals(bars) => intervals(canvas, chart, layout, bars),
        Marks::Bands { horizontal, beside, bars } => {
            for bar in bars {
                let across = across(chart, layout, bar, *horizontal, *beside);
                let rect = if *horizontal {
                    let (left, right) = ordered(layout.x(bar.low), layout.x(bar.high));
                    Rect { left, right, ..across }
                } else {
                    let (top, bottom) = ordered(layout.y(bar.low), layout.y(bar.high));
                    Rect { top, bottom, ..across }
                };
                canvas.rect(rect, palette::mark(chart, bar.group), 1.0);
            }
        }
        Marks::Lines(lines) => {
            for line in lines {
                draw_line(canvas, chart, layout, line);
            }
        }
        Marks::Points(points) => draw_points(canvas, chart, layout, points),
    }
}

fn intervals<B: DrawingBackend>(canvas: &mut Canvas<B>, chart: &PreparedChart, layout: &Layout, bars: &[Interval]) {
    for bar in bars {
        let (left, right) = (layout.x(bar.start), layout.x(bar.end));
        // A pixel between bars that have one to spare.
        let gap = if right - left >= 4.0 { 1.0 } else { 0.0 };
        let rect = Rect { left: left + gap, right, top: layout.y(bar.high), bottom: layout.y(bar.low) };
        canvas.rect(rect, palette::mark(chart, bar.group), 1.0);
    }
}

/// The extent of a bar across its band; the two sides along the values are left 0.
fn across(chart: &PreparedChart, layout: &Layout, bar: &Band, horizontal: bool, beside: bool) -> Rect {
    let axis = if horizontal { &chart.y } else { &chart.x };
    let bands = if let Scale::Band { labels } = &axis.scale { float(labels.len()) } else { 1.0 };
    let plot = layout.plot;
    let (start, end) = if horizontal { (plot.top, plot.bottom) } else { (plot.left, plot.right) };
    let band = (end - start) / bands;
    let from = start + band * (float(bar.band) + 0.1);
    let lanes = match (&chart.color, beside) {
        (Some(ColorScale::Groups { labels, .. }), true) => float(labels.len()),
        _ => 1.0,
    };
    let lane = band * 0.8 / lanes;
    let near = from + if beside { lane * float(bar.group.unwrap_or(0)) } else { 0.0 };
    let far = near + lane.max(1.0);
    if horizontal {
        Rect { left: 0.0, right: 0.0, top: near, bottom: far }
    } else {
        Rect { left: near, right: far, top: 0.0, bottom: 0.0 }
    }
}

fn draw_line<B: DrawingBackend>(canvas: &mut Canvas<B>, chart: &PreparedChart, layout: &Layout, line: &LineSeries) {
    let color = palette::mark(chart, line.group);
    let places = || line.points.iter().map(|point| layout.place(point.x, point.y));
    canvas.path(places(), color);
    if chart.marks.len() <= DOTS || line.points.len() == 1 {
        for place in places() {
            canvas.dot(at(place), 3, color, 1.0);
        }
    }
}

/// Points that fall on one pixel are one dot, as dark as they would be together.
fn draw_points<B: DrawingBackend>(canvas: &mut Canvas<B>, chart: &PreparedChart, layout: &Layout, points: &[Point]) {
    const MISSING: RGBColor = RGBColor(0x99, 0x99, 0x99);
    let color = |point: &Point| match &chart.color {
        Some(ColorScale::Numbers { min, max, .. }) => {
            point.value.map_or(MISSING, |value| palette::shade((value - min) / (max - min)))
        }
        _ => palette::mark(chart, point.group),
    };
    let mut dots: BTreeMap<(i32, i32, [u8; 3]), i32> = BTreeMap::new();
    for point in points {
        let (x, y) = at(layout.place(point.x, point.y));
        let RGBColor(red, green, blue) = color(point);
        *dots.entry((x, y, [red, green, blue])).or_default() += 1;
    }
    let clear = 1.0 - opacity(points.len());
    for ((x, y, [red, green, blue]), count) in dots {
        let dark = 1.0 - clear.powi(count);
        canvas.dot((x, y), 3, RGBColor(red, green, blue), (dark * 1000.0).round() / 1000.0);
    }
}

fn ordered(one: f64, other: f64) -> (f64, f64) {
    (one.min(other), one.max(other))
}
