//! A prepared chart as SVG, drawn with plotters' SVG backend; no fonts and no script are needed to show it.

mod axes;
mod canvas;
mod layout;
mod legend;
mod marks;

use plotters::prelude::SVGBackend;

use crate::prepared::PreparedChart;
use canvas::Canvas;
use layout::Layout;

/// The chart as an SVG document, on white so that it also reads on a dark page.
#[must_use]
pub fn svg(chart: &PreparedChart) -> String {
    let layout = Layout::of(chart);
    let mut document = String::new();
    {
        let backend = SVGBackend::with_string(&mut document, (layout.width, layout.height));
        let mut canvas = Canvas::new(backend);
        draw(&mut canvas, chart, &layout);
        canvas.finish();
    }
    document
}

fn draw<B: plotters::prelude::DrawingBackend>(canvas: &mut Canvas<B>, chart: &PreparedChart, layout: &Layout) {
    canvas.background(layout);
    axes::draw(canvas, chart, layout);
    marks::draw(canvas, chart, layout);
    axes::draw_lines(canvas, layout);
    legend::draw(canvas, chart, layout);
}
