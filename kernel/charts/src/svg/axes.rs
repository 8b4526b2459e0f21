//! Title, notes, grid, ticks and the axes' titles.

use plotters::prelude::{DrawingBackend, RGBColor};
use plotters::style::text_anchor::HPos;

use crate::format::shorten;
use crate::prepared::{PreparedChart, Scale};
use crate::svg::canvas::{Canvas, FAINT, Ink, Place};
use crate::svg::layout::Layout;

const GRID: RGBColor = RGBColor(0xE6, 0xE6, 0xE6);
const LINE: RGBColor = RGBColor(0x88, 0x88, 0x88);

/// Draws what lies behind and around the marks.
pub(super) fn draw<B: DrawingBackend>(canvas: &mut Canvas<B>, chart: &PreparedChart, layout: &Layout) {
    heading(canvas, layout);
    horizontal(canvas, chart, layout);
    vertical(canvas, chart, layout);
}

/// Draws the axes' own lines, above the marks' feet.
pub(super) fn draw_lines<B: DrawingBackend>(canvas: &mut Canvas<B>, layout: &Layout) {
    let plot = layout.plot;
    let corner = Place { x: plot.left, y: plot.bottom };
    canvas.line(corner, Place { x: plot.right, ..corner }, LINE);
    canvas.line(corner, Place { y: plot.top, ..corner }, LINE);
}

fn heading<B: DrawingBackend>(canvas: &mut Canvas<B>, layout: &Layout) {
    let mut place = Place { x: 8.0, y: 17.0 };
    let ink = Ink { size: 14.0, ..Ink::label(HPos::Left) };
    for line in &layout.title {
        canvas.text(line, place, ink.bold());
        place.y += 20.0;
    }
    place.y -= 2.0;
    for line in &layout.notes {
        canvas.text(line, place, Ink { color: FAINT, ..Ink::label(HPos::Left) });
        place.y += 15.0;
    }
}

fn horizontal<B: DrawingBackend>(canvas: &mut Canvas<B>, chart: &PreparedChart, layout: &Layout) {
    let plot = layout.plot;
    let grid = !matches!(chart.x.scale, Scale::Band { .. });
    for tick in &layout.x_ticks {
        let x = plot.left + tick.share * (plot.right - plot.left);
        let foot = Place { x, y: plot.bottom };
        if grid {
            canvas.line(Place { y: plot.top, ..foot }, foot, GRID);
        }
        canvas.line(foot, Place { y: plot.bottom + 5.0, ..foot }, LINE);
        let across = if layout.upright { HPos::Right } else { HPos::Center };
        let below = if layout.upright { 8.0 } else { 14.0 };
        let ink = Ink { upright: layout.upright, ..Ink::label(across) };
        canvas.text(&tick.label, Place { y: plot.bottom + below, ..foot }, ink);
    }
    let middle = f64::midpoint(plot.left, plot.right);
    let deepest = layout.x_ticks.iter().map(|tick| crate::format::text_width(&tick.label, 11.0)).fold(0.0, f64::max);
    let below = if layout.upright { deepest + 22.0 } else { 34.0 };
    canvas.text(
        &shorten(&chart.x.title, 70),
        Place { x: middle, y: plot.bottom + below },
        Ink::label(HPos::Center).bold(),
    );
}

fn vertical<B: DrawingBackend>(canvas: &mut Canvas<B>, chart: &PreparedChart, layout: &Layout) {
    let plot = layout.plot;
    let bands = matches!(chart.y.scale, Scale::Band { .. });
    for tick in &layout.y_ticks {
        // The layout turns shares over for numbers that grow upwards; bands run downwards.
        let share = if bands { 1.0 - tick.share } else { tick.share };
        let y = plot.top + share * (plot.bottom - plot.top);
        let foot = Place { x: plot.left, y };
        if !bands {
            canvas.line(foot, Place { x: plot.right, ..foot }, GRID);
        }
        canvas.line(Place { x: plot.left - 5.0, ..foot }, foot, LINE);
        canvas.text(&tick.label, Place { x: plot.left - 8.0, ..foot }, Ink::label(HPos::Right));
    }
    let middle = f64::midpoint(plot.top, plot.bottom);
    let title = shorten(&chart.y.title, crate::number::index((plot.bottom - plot.top) / 6.5, 70).max(6));
    let ink = Ink { upright: true, ..Ink::label(HPos::Center).bold() };
    canvas.text(&title, Place { x: 12.0, y: middle }, ink);
}
