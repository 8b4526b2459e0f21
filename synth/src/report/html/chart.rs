//! The page's drawings: paired bars of a column's shares, and heat maps of how columns go together.

use std::fmt::Write;

use super::text::{escape, percent, shorten};
use crate::report::{Bar, Overlay};

/// Units of a drawing's width; a drawing is scaled to its place.
const WIDTH: f64 = 340.0;
/// Height of the bars of a histogram.
const HEIGHT: f64 = 120.0;
/// Height of the two bars of a category, with the gap below them.
const ROW: f64 = 17.0;
/// Width that a category's label takes.
const LABEL: f64 = 112.0;
/// Side of a heat map's cell.
const CELL: f64 = 14.0;

/// A column's overlay: categories as rows, numbers and dates as a histogram.
pub(super) fn overlay(overlay: &Overlay) -> String {
    let most = overlay.bars.iter().fold(0.0_f64, |most, bar| most.max(bar.real).max(bar.synthetic)).max(1e-12);
    if matches!(overlay.kind, "categorical" | "boolean" | "ordinal") {
        rows(overlay, most)
    } else {
        histogram(overlay, most)
    }
}

fn rows(overlay: &Overlay, most: f64) -> String {
    let mut svg = open(WIDTH, overlay.bars.len() as f64 * ROW, &format!("Shares of {}", overlay.column));
    let scale = (WIDTH - LABEL - 38.0) / most;
    for (at, bar) in overlay.bars.iter().enumerate() {
        let top = at as f64 * ROW;
        let _ = write!(
            svg,
            r#"<g>{}<text x="{}" y="{:.1}" text-anchor="end">{}</text><rect class="r" x="{LABEL}" y="{top:.1}" width="{:.1}" height="7"/><rect class="s" x="{LABEL}" y="{:.1}" width="{:.1}" height="7"/><text x="{:.1}" y="{:.1}">{}</text></g>"#,
            title(bar),
            LABEL - 6.0,
            top + 10.5,
            escape(&shorten(&bar.label, 18)),
            bar.real * scale,
            top + 7.0,
            bar.synthetic * scale,
            LABEL + 5.0 + bar.real.max(bar.synthetic) * scale,
            top + 10.5,
            percent(bar.real),
        );
    }
    svg + "</svg>"
}

fn histogram(overlay: &Overlay, most: f64) -> String {
    let mut svg = open(WIDTH, HEIGHT + 18.0, &format!("Distribution of {}", overlay.column));
    let step = WIDTH / overlay.bars.len().max(1) as f64;
    let half = (step * 0.44).min(18.0);
    for (at, bar) in overlay.bars.iter().enumerate() {
        let middle = (at as f64 + 0.5) * step;
        let (real, made) = (bar.real / most * (HEIGHT - 12.0), bar.synthetic / most * (HEIGHT - 12.0));
        let _ = write!(
            svg,
            r#"<g>{}<rect class="r" x="{:.1}" y="{:.1}" width="{half:.1}" height="{real:.1}"/><rect class="s" x="{middle:.1}" y="{:.1}" width="{half:.1}" height="{made:.1}"/></g>"#,
            title(bar),
            middle - half,
            HEIGHT - real,
            HEIGHT - made,
        );
    }
    let _ = write!(svg, r#"<line class="axis" x1="0" x2="{WIDTH}" y1="{HEIGHT}" y2="{HEIGHT}"/>"#);
    let _ = write!(svg, r#"<text x="0" y="9">{}</text>"#, percent(most));
    let known = overlay.bars.iter().filter(|bar| bar.label != "missing").count();
    for (at, anchor) in [(0, "start"), (known / 2, "middle"), (known.saturating_sub(1), "end")] {
        let Some(bar) = overlay.bars.get(at).filter(|_| at == 0 || known > 2 || anchor == "end" && known > 1) else {
            continue;
        };
        let place = match anchor {
            "start" => 0.0,
            "middle" => (at as f64 + 0.5) * step,
            _ => (at as f64 + 1.0) * step,
        };
        let label = escape(&shorten(&bar.label, 24));
        let _ = write!(svg, r#"<text x="{place:.1}" y="{}" text-anchor="{anchor}">{label}</text>"#, HEIGHT + 13.0);
    }
    svg + "</svg>"
}

/// A heat map of strengths from -1 to 1, which `full` is drawn as at full strength.
pub(super) fn heat_map(what: &str, names: &[String], cells: &[Vec<Option<f64>>], full: f64) -> String {
    let side = names.len() as f64 * CELL;
    let mut svg = open(LABEL + side, LABEL + side, what);
    for (row, (name, values)) in names.iter().zip(cells).enumerate() {
        let place = LABEL + row as f64 * CELL;
        let label = escape(&shorten(name, 18));
        let _ = write!(
            svg,
            r#"<text x="{}" y="{:.1}" text-anchor="end">{label}</text><text transform="translate({:.1} {}) rotate(-90)">{label}</text>"#,
            LABEL - 5.0,
            place + 10.5,
            place + 10.5,
            LABEL - 5.0,
        );
        for (column, value) in values.iter().enumerate() {
            let left = LABEL + column as f64 * CELL;
            let (class, strength) = match value {
                Some(value) => (if *value < 0.0 { "s" } else { "r" }, (value.abs() / full).min(1.0)),
                None => ("none", 0.4),
            };
            let figure = value.map_or_else(|| "no figure".to_owned(), |value| format!("{value:.2}"));
            let _ = write!(
                svg,
                r#"<rect class="{class}" fill-opacity="{strength:.2}" x="{left:.1}" y="{place:.1}" width="13" height="13"><title>{}, {}: {figure}</title></rect>"#,
                escape(name),
                escape(&names[column]),
            );
        }
    }
    svg + "</svg>"
}

fn open(width: f64, height: f64, what: &str) -> String {
    format!(r#"<svg viewBox="0 0 {width:.0} {height:.0}" role="img"><title>{}</title>"#, escape(what))
}

fn title(bar: &Bar) -> String {
    format!("<title>{}: real {}, synthetic {}</title>", escape(&bar.label), percent(bar.real), percent(bar.synthetic))
}
