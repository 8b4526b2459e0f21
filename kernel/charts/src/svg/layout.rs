//! Where everything stands: the plot, and around it title, notes, axes and legend, sized by what they hold.

use crate::format::{fit_bands, shorten, text_width};
use crate::prepared::{Axis, ColorScale, PreparedChart, Scale};
use crate::svg::canvas::Place;
use crate::ticks::{NiceRange, TimeTicks, room};

/// The most characters of a band's or group's name.
const NAME: usize = 28;

/// A rectangle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

/// A tick: how far along its axis (0 to 1) and its label.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) share: f64,
    pub(super) label: String,
}

/// The layout of a chart.
pub(super) struct Layout {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) plot: Rect,
    pub(super) x_ticks: Vec<Tick>,
    pub(super) y_ticks: Vec<Tick>,
    /// The labels under the horizontal axis stand upright.
    pub(super) upright: bool,
    pub(super) title: Vec<String>,
    pub(super) notes: Vec<String>,
    x: Span,
    y: Span,
}

impl Layout {
    pub(super) fn of(chart: &PreparedChart) -> Self {
        let (width, height) = (f64::from(chart.width), f64::from(chart.height));
        let upright = matches!(&chart.x.scale, Scale::Band { labels } if !fit_bands(labels, chart.width));
        let x_ticks = ticks(&chart.x, room(chart.width, 80.0));
        let mut y_ticks = ticks(&chart.y, room(chart.height, 45.0));
        for tick in &mut y_ticks {
            tick.share = 1.0 - tick.share;
        }
        let widest = |ticks: &[Tick]| ticks.iter().map(|tick| text_width(&tick.label, 11.0)).fold(0.0, f64::max);
        let legend = legend_width(chart);
        let left = (widest(&y_ticks) + 36.0).ceil();
        let below = if upright { widest(&x_ticks) + 34.0 } else { 48.0 };
        // The last label is centred on the plot's edge and must not be cut.
        let overhang = x_ticks.last().map_or(0.0, |tick| text_width(&tick.label, 11.0) / 2.0 + 4.0);
        let right = (legend + 24.0).max(overhang).ceil();
        let across = left + width + right - 16.0;
        let title = wrap(&chart.title, 15.0, across);
        let notes: Vec<String> = chart.notes.iter().flat_map(|note| wrap(note, 11.0, across)).collect();
        let top = 16.0 + 20.0 * lines(&title) + 15.0 * lines(&notes);
        let plot = Rect { left, top, right: left + width, bottom: top + height };
        Self {
            width: whole(plot.right + right),
            height: whole((plot.bottom + below).max(top + legend_height(chart))),
            plot,
            x_ticks,
            y_ticks,
            upright,
            title,
            notes,
            x: Span::of(&chart.x),
            y: Span::of(&chart.y),
        }
    }

    /// Where a number or moment along x stands.
    pub(super) fn x(&self, value: f64) -> f64 {
        self.plot.left + self.x.share(value) * (self.plot.right - self.plot.left)
    }

    /// Where a number or moment along y stands.
    pub(super) fn y(&self, value: f64) -> f64 {
        self.plot.bottom - self.y.share(value) * (self.plot.bottom - self.plot.top)
    }

    pub(super) fn place(&self, x: f64, y: f64) -> Place {
        Place { x: self.x(x), y: self.y(y) }
    }
}

/// The ends of an axis of numbers or moments.
#[derive(Clone, Copy)]
struct Span {
    min: f64,
    max: f64,
}

impl Span {
    fn of(axis: &Axis) -> Self {
        match &axis.scale {
            Scale::Number { min, max, .. } | Scale::Time { min, max } => Self { min: *min, max: *max },
            Scale::Band { .. } => Self { min: 0.0, max: 1.0 },
        }
    }

    fn share(self, value: f64) -> f64 {
        ((value - self.min) / (self.max - self.min)).clamp(0.0, 1.0)
    }
}

/// The label of a band or group, cut to what an axis has room for.
pub(super) fn short(name: &str) -> String {
    shorten(name, NAME)
}

fn ticks(axis: &Axis, count: usize) -> Vec<Tick> {
    let span = Span::of(axis);
    let tick = |value: f64, label: String| Tick { share: span.share(value), label };
    match &axis.scale {
        Scale::Number { min, max, whole, format } => {
            let range = NiceRange::around(*min, *max, count);
            let range = if *whole && range.step < 1.0 { range.with_whole_steps() } else { range };
            let slack = (max - min) * 1e-9;
            let inside = range.ticks().into_iter().filter(|value| (min - slack..=max + slack).contains(value));
            inside.map(|value| tick(value, format.tick(value, range.step))).collect()
        }
        Scale::Time { min, max } => {
            let ticks = TimeTicks::within(*min, *max, count);
            ticks.at.iter().map(|moment| tick(*moment, ticks.label(*moment))).collect()
        }
        Scale::Band { labels } => {
            let bands = crate::number::float(labels.len());
            let middle = |band: usize| (crate::number::float(band) + 0.5) / bands;
            // Bands run downwards on a vertical axis, which turns shares over.
            labels.iter().enumerate().map(|(band, name)| Tick { share: middle(band), label: short(name) }).collect()
        }
    }
}

fn legend_width(chart: &PreparedChart) -> f64 {
    match &chart.color {
        None => 0.0,
        Some(ColorScale::Groups { title, labels }) => {
            let widest = labels.iter().map(|label| text_width(&short(label), 11.0)).fold(0.0, f64::max);
            (widest + 18.0).max(text_width(&short(title), 11.0) * 1.1) + 16.0
        }
        Some(ColorScale::Numbers { title, .. }) => (text_width(&short(title), 11.0) * 1.1).max(80.0) + 16.0,
    }
}

fn legend_height(chart: &PreparedChart) -> f64 {
    match &chart.color {
        None => 0.0,
        Some(ColorScale::Groups { labels, .. }) => 40.0 + 18.0 * crate::number::float(labels.len()),
        Some(ColorScale::Numbers { .. }) => 180.0,
    }
}

fn lines(texts: &[String]) -> f64 {
    crate::number::float(texts.len())
}

fn whole(value: f64) -> u32 {
    u32::try_from(crate::number::whole(value.ceil())).unwrap_or(0)
}

/// Breaks a text at spaces into lines that fit, three at most.
fn wrap(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if text_width(line, size) + text_width(word, size) + size / 3.0 <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let most = crate::number::index(room / (size * 0.6), 1000);
    let cut = lines.len() > 3;
    lines.truncate(3);
    if let (true, Some(last)) = (cut, lines.last_mut()) {
        last.push('…');
    }
    lines.into_iter().map(|line| shorten(&line, most.max(10))).collect()
}
