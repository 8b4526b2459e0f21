//! One colour-blind safe palette for every writer.
//!
//! Okabe and Ito, "Color Universal Design" (2008), without its black, ordered so that neighbours differ in
//! lightness; and nine anchors of viridis for numbers.

use plotters::style::RGBColor;

use crate::prepared::ColorScale;
use crate::prepared::PreparedChart;

/// Groups that get a colour of their own; the rest are one grey group.
pub(crate) const GROUPS: usize = 7;

const OKABE_ITO: [RGBColor; GROUPS] = [
    RGBColor(0x00, 0x72, 0xB2),
    RGBColor(0xE6, 0x9F, 0x00),
    RGBColor(0x00, 0x9E, 0x73),
    RGBColor(0xD5, 0x5E, 0x00),
    RGBColor(0xCC, 0x79, 0xA7),
    RGBColor(0x56, 0xB4, 0xE9),
    RGBColor(0xF0, 0xE4, 0x42),
];

const OTHER: RGBColor = RGBColor(0x99, 0x99, 0x99);

const VIRIDIS: [RGBColor; 9] = [
    RGBColor(0x44, 0x01, 0x54),
    RGBColor(0x47, 0x2D, 0x7B),
    RGBColor(0x3B, 0x52, 0x8B),
    RGBColor(0x2C, 0x72, 0x8E),
    RGBColor(0x21, 0x91, 0x8C),
    RGBColor(0x28, 0xAE, 0x80),
    RGBColor(0x5E, 0xC9, 0x62),
    RGBColor(0xAD, 0xDC, 0x30),
    RGBColor(0xFD, 0xE7, 0x25),
];

/// The colour of a group; the eighth and later are grey.
pub(crate) fn group(index: usize) -> RGBColor {
    OKABE_ITO.get(index).copied().unwrap_or(OTHER)
}

/// The colour of a mark: its group's, or the first one in a chart without groups.
pub(crate) fn mark(chart: &PreparedChart, index: Option<usize>) -> RGBColor {
    match chart.color {
        Some(ColorScale::Groups { .. }) => group(index.unwrap_or(0)),
        _ => group(0),
    }
}

/// The anchors of the colour scale for numbers, lowest first.
pub(crate) fn anchors() -> &'static [RGBColor] {
    &VIRIDIS
}

/// The colour at `share` (0 to 1) of the colour scale for numbers, mixed between its anchors.
pub(crate) fn shade(share: f64) -> RGBColor {
    let last = VIRIDIS.len() - 1;
    let place = share.clamp(0.0, 1.0) * crate::number::float(last);
    let low = crate::number::index(place, last);
    let part = place - crate::number::float(low);
    let (from, to) = (VIRIDIS[low], VIRIDIS[low + 1]);
    RGBColor(mix(from.0, to.0, part), mix(from.1, to.1, part), mix(from.2, to.2, part))
}

/// A colour as `#rrggbb`.
pub(crate) fn hex(color: RGBColor) -> String {
    format!("#{:02x}{:02x}{:02x}", color.0, color.1, color.2)
}

fn mix(from: u8, to: u8, part: f64) -> u8 {
    let value = f64::from(from) + (f64::from(to) - f64::from(from)) * part;
    u8::try_from(crate::number::whole(value)).unwrap_or(u8::MAX)
}
