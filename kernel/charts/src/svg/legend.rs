//! What the colours mean, to the right of the plot.

use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::HPos;

use crate::format::value;
use crate::number::float;
use crate::palette;
use crate::prepared::{ColorScale, PreparedChart};
use crate::svg::canvas::{Canvas, Ink, Place};
use crate::svg::layout::{Layout, Rect, short};

/// Draws the legend of a chart that has one.
pub(super) fn draw<B: DrawingBackend>(canvas: &mut Canvas<B>, chart: &PreparedChart, layout: &Layout) {
    let Some(color) = &chart.color else { return };
    let corner = Place { x: layout.plot.right + 16.0, y: layout.plot.top + 6.0 };
    match color {
        ColorScale::Groups { title, labels } => {
            canvas.text(&short(title), corner, Ink::label(HPos::Left).bold());
            for (group, label) in labels.iter().enumerate() {
                let y = corner.y + 20.0 + 18.0 * float(group);
                let swatch = Rect { left: corner.x, top: y - 5.0, right: corner.x + 11.0, bottom: y + 6.0 };
                canvas.rect(swatch, palette::group(group), 1.0);
                canvas.text(&short(label), Place { x: corner.x + 17.0, y }, Ink::label(HPos::Left));
            }
        }
        ColorScale::Numbers { title, min, max } => {
            canvas.text(&short(title), corner, Ink::label(HPos::Left).bold());
            ramp(canvas, Place { y: corner.y + 16.0, ..corner }, *min, *max);
        }
    }
}

/// A column of shades with the numbers at its ends and in its middle.
fn ramp<B: DrawingBackend>(canvas: &mut Canvas<B>, corner: Place, min: f64, max: f64) {
    const STEPS: usize = 40;
    const STEP: f64 = 3.0;
    for step in 0..STEPS {
        let top = corner.y + STEP * float(step);
        let shade = palette::shade(1.0 - float(step) / float(STEPS - 1));
        canvas.rect(Rect { left: corner.x, top, right: corner.x + 12.0, bottom: top + STEP }, shade, 1.0);
    }
    let height = STEP * float(STEPS);
    for (share, number) in [(0.0, max), (0.5, f64::midpoint(min, max)), (1.0, min)] {
        let place = Place { x: corner.x + 17.0, y: corner.y + share * height };
        canvas.text(&value(number), place, Ink::label(HPos::Left));
    }
}
