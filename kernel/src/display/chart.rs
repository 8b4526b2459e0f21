//! A chart as one bundle: Vega-Lite for notebooks, SVG for every other page, text for terminals.

use synthbook_charts::{PreparedChart, VEGA_LITE_MIME, svg, text, vega_lite};

use super::Bundle;

/// Shows a chart.
#[must_use]
pub fn chart_bundle(chart: &PreparedChart) -> Bundle {
    Bundle::text(text(chart)).with("image/svg+xml", svg(chart)).with(VEGA_LITE_MIME, vega_lite(chart))
}
