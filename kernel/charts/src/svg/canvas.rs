//! The few shapes that charts are made of, on any plotters backend.

use plotters::prelude::{Color, DrawingBackend, IntoFont, RGBColor, TextStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontStyle, FontTransform};

use crate::number::pixel;
use crate::svg::layout::{Layout, Rect};

/// The ink of texts.
pub(super) const INK: RGBColor = RGBColor(0x33, 0x33, 0x33);
/// The ink of notes.
pub(super) const FAINT: RGBColor = RGBColor(0x66, 0x66, 0x66);

/// A place in pixels from the upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub(super) x: f64,
    pub(super) y: f64,
}

/// How a text is written.
#[derive(Clone, Copy)]
pub(super) struct Ink {
    pub(super) size: f64,
    pub(super) color: RGBColor,
    pub(super) bold: bool,
    pub(super) across: HPos,
    pub(super) upright: bool,
}

impl Ink {
    pub(super) const fn label(across: HPos) -> Self {
        Self { size: 11.0, color: INK, bold: false, across, upright: false }
    }

    pub(super) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }
}

/// A backend whose failures are left aside: the only backend in use writes to a `String`, which can't fail.
pub(super) struct Canvas<B: DrawingBackend> {
    backend: B,
}

impl<B: DrawingBackend> Canvas<B> {
    pub(super) const fn new(backend: B) -> Self {
        Self { backend }
    }

    pub(super) fn background(&mut self, layout: &Layout) {
        let (right, bottom) = (f64::from(layout.width), f64::from(layout.height));
        self.rect(Rect { left: 0.0, top: 0.0, right, bottom }, RGBColor(0xFF, 0xFF, 0xFF), 1.0);
    }

    pub(super) fn rect(&mut self, rect: Rect, color: RGBColor, opacity: f64) {
        let (from, to) = ((pixel(rect.left), pixel(rect.top)), (pixel(rect.right), pixel(rect.bottom)));
        self.backend.draw_rect(from, to, &color.mix(opacity), true).ok();
    }

    pub(super) fn line(&mut self, from: Place, to: Place, color: RGBColor) {
        self.backend.draw_line(at(from), at(to), &color).ok();
    }

    pub(super) fn path(&mut self, places: impl Iterator<Item = Place>, color: RGBColor) {
        let mut path: Vec<(i32, i32)> = places.map(at).collect();
        path.dedup();
        self.backend.draw_path(path, &color.stroke_width(2)).ok();
    }

    pub(super) fn dot(&mut self, place: (i32, i32), radius: u32, color: RGBColor, opacity: f64) {
        self.backend.draw_circle(place, radius, &color.mix(opacity), true).ok();
    }

    /// Writes a text with its middle line at `place.y`.
    pub(super) fn text(&mut self, text: &str, place: Place, ink: Ink) {
        // Plotters counts sizes by the line, 1.24 times the size of the letters.
        let font = ("sans-serif", ink.size * 1.24).into_font();
        let font = if ink.bold { font.style(FontStyle::Bold) } else { font };
        let turn = if ink.upright { FontTransform::Rotate270 } else { FontTransform::None };
        let style: TextStyle<'_> = font.transform(turn).color(&ink.color).pos(Pos::new(ink.across, VPos::Top));
        // The backend puts the letters' top at the place; their middle is a third of an em below the baseline's top.
        let up = ink.size * 0.41;
        let (x, y) = if ink.upright { (place.x - up, place.y) } else { (place.x, place.y - up) };
        self.backend.draw_text(text, &style, (pixel(x), pixel(y))).ok();
    }

    pub(super) fn finish(mut self) {
        self.backend.present().ok();
    }
}

/// A place as the backend counts.
pub(super) fn at(place: Place) -> (i32, i32) {
    (pixel(place.x), pixel(place.y))
}
