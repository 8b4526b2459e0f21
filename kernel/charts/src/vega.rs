//! A prepared chart as Vega-Lite 5, the version that JupyterLab renders.
//!
//! Fields have fixed names and columns only appear in titles and values, so that a column called `a.b[0]`
//! means nothing special to Vega. Nothing is left for the browser to aggregate, bin or sort.

use serde_json::{Map, Value, json};

use crate::format::{civil, fit_bands, iso};
use crate::number::index;
use crate::palette;
use crate::prepared::{Axis, ColorScale, Marks, PreparedChart, Scale};
use crate::ticks::{TimeTicks, room};

/// The MIME type of [`vega_lite`]'s value in a Jupyter message.
pub const VEGA_LITE_MIME: &str = "application/vnd.vegalite.v5+json";

/// The chart as a Vega-Lite 5 specification with its data inside.
#[must_use]
pub fn vega_lite(chart: &PreparedChart) -> Value {
    let parts = match &chart.marks {
        Marks::Intervals(_) => intervals(chart),
        Marks::Bands { horizontal, beside, .. } => bands(chart, *horizontal, *beside),
        Marks::Lines(lines) => lines_of(chart, lines.len() == 1 && lines[0].points.len() == 1),
        Marks::Points(_) => points(chart),
    };
    let mut spec = json!({
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": title(chart),
        "width": chart.width,
        "height": chart.height,
        "background": "white",
        "data": { "values": rows(chart) },
        "mark": parts.mark,
        "encoding": parts.encoding,
        "config": {
            "view": { "stroke": null },
            "axis": { "gridColor": "#e6e6e6", "domainColor": "#888888", "tickColor": "#888888", "labelLimit": 200 },
            "axisX": { "titleLimit": chart.width },
            "axisY": { "titleLimit": chart.height.max(100) },
            "legend": { "labelLimit": 200, "symbolOpacity": 1, "gradientOpacity": 1 },
        },
    });
    if matches!(chart.color, Some(ColorScale::Groups { .. })) {
        // A click in the legend picks a group out; it says nothing more than the colours do.
        spec["params"] = json!([{
            "name": "picked",
            "select": { "type": "point", "fields": ["color"] },
            "bind": "legend",
        }]);
        let full = spec["encoding"]["opacity"]["value"].as_f64().unwrap_or(1.0);
        spec["encoding"]["opacity"] = json!({ "condition": { "param": "picked", "value": full }, "value": 0.1 });
    }
    spec
}

/// What differs between the kinds of marks.
struct Parts {
    mark: Value,
    encoding: Map<String, Value>,
}

fn title(chart: &PreparedChart) -> Value {
    let mut title = json!({ "text": chart.title, "anchor": "start" });
    if !chart.notes.is_empty() {
        title["subtitle"] = json!(chart.notes);
        title["subtitleColor"] = json!("#666666");
    }
    title
}

fn intervals(chart: &PreparedChart) -> Parts {
    let mut encoding = Map::new();
    encoding.insert("x".into(), position("start", &chart.x, room(chart.width, 80.0)));
    encoding.insert("x2".into(), json!({ "field": "end" }));
    encoding.insert("y".into(), position("low", &chart.y, room(chart.height, 45.0)));
    encoding.insert("y2".into(), json!({ "field": "high" }));
    let tooltips = vec![
        tooltip("start", &format!("{} from", chart.x.title), &chart.x),
        tooltip("end", "to", &chart.x),
        tooltip("value", &chart.y.title, &chart.y),
    ];
    finish(chart, json!({ "type": "bar", "stroke": "white", "strokeWidth": 0.5 }), encoding, tooltips)
}

fn bands(chart: &PreparedChart, horizontal: bool, beside: bool) -> Parts {
    let (names, values) = if horizontal { (&chart.y, &chart.x) } else { (&chart.x, &chart.y) };
    let (along, up) = if horizontal { ("y", "x") } else { ("x", "y") };
    let count = if horizontal { room(chart.width, 80.0) } else { room(chart.height, 45.0) };
    let mut encoding = Map::new();
    let mut band = position("band", names, count);
    if !horizontal && let Scale::Band { labels } = &names.scale {
        band["axis"] = json!({ "labelAngle": if fit_bands(labels, chart.width) { 0 } else { -90 } });
    }
    encoding.insert(along.into(), band);
    encoding.insert(up.into(), position("low", values, count));
    encoding.insert(format!("{up}2"), json!({ "field": "high" }));
    if let (true, Some(ColorScale::Groups { labels, .. })) = (beside, &chart.color) {
        let offset = json!({ "field": "color", "type": "nominal", "sort": null, "scale": { "domain": labels } });
        encoding.insert(format!("{along}Offset"), offset);
    }
    let tooltips = vec![tooltip("band", &names.title, names), tooltip("value", &values.title, values)];
    let mut parts = finish(chart, json!({ "type": "bar" }), encoding, tooltips);
    if values.title != "rows"
        && let Some(list) = parts.encoding.get_mut("tooltip").and_then(Value::as_array_mut)
    {
        list.push(json!({ "field": "rows", "type": "quantitative", "title": "rows" }));
    }
    parts
}

fn lines_of(chart: &PreparedChart, lonely: bool) -> Parts {
    // A line of one point would be invisible without a dot; on short lines dots show where the data is.
    let dots = lonely || chart.marks.len() <= 60;
    let mark = json!({ "type": "line", "point": dots, "strokeWidth": 1.5 });
    along_axes(chart, mark)
}

fn points(chart: &PreparedChart) -> Parts {
    let mut parts = along_axes(chart, json!({ "type": "circle", "size": 30 }));
    parts.encoding.insert("opacity".into(), json!({ "value": opacity(chart.marks.len()) }));
    parts
}

/// How see-through points are: the more, the fainter, so that crowds show.
pub(crate) fn opacity(points: usize) -> f64 {
    match points {
        0..=200 => 0.8,
        201..=1500 => 0.5,
        _ => 0.3,
    }
}

fn along_axes(chart: &PreparedChart, mark: Value) -> Parts {
    let mut encoding = Map::new();
    encoding.insert("x".into(), position("x", &chart.x, room(chart.width, 80.0)));
    encoding.insert("y".into(), position("y", &chart.y, room(chart.height, 45.0)));
    let tooltips = vec![tooltip("x", &chart.x.title, &chart.x), tooltip("y", &chart.y.title, &chart.y)];
    finish(chart, mark, encoding, tooltips)
}

fn finish(chart: &PreparedChart, mark: Value, mut encoding: Map<String, Value>, mut tooltips: Vec<Value>) -> Parts {
    match &chart.color {
        None => {
            encoding.insert("color".into(), json!({ "value": palette::hex(palette::group(0)) }));
        }
        Some(ColorScale::Groups { title, labels }) => {
            let colors: Vec<String> = (0..labels.len()).map(|at| palette::hex(palette::group(at))).collect();
            let color = json!({
                "field": "color", "type": "nominal", "title": title, "sort": null,
                "scale": { "domain": labels, "range": colors },
            });
            encoding.insert("color".into(), color);
            tooltips.push(json!({ "field": "color", "type": "nominal", "title": title }));
        }
        Some(ColorScale::Numbers { title, min, max }) => {
            let colors: Vec<String> = palette::anchors().iter().map(|color| palette::hex(*color)).collect();
            let color = json!({
                "field": "color", "type": "quantitative", "title": title,
                "scale": { "domain": [min, max], "range": colors },
            });
            encoding.insert("color".into(), color);
            tooltips.push(json!({ "field": "color", "type": "quantitative", "title": title }));
        }
    }
    encoding.insert("tooltip".into(), Value::Array(tooltips));
    Parts { mark, encoding }
}

/// A channel along an axis that has room for about `count` ticks.
fn position(field: &str, axis: &Axis, count: usize) -> Value {
    let mut channel = json!({ "field": field, "type": type_of(axis), "title": axis.title });
    match &axis.scale {
        Scale::Number { min, max, whole, format } => {
            channel["scale"] = json!({ "domain": [number(*min), number(*max)], "nice": false, "zero": false });
            // Vega-Lite drops a least step between ticks: fewer ticks keep them on whole numbers.
            let steps = if *whole { index(max - min, usize::MAX).max(1) } else { count };
            channel["axis"] = json!({ "tickCount": count.min(steps) });
            if let Some(format) = format.d3() {
                channel["axis"]["format"] = json!(format);
            }
        }
        Scale::Time { min, max } => {
            let ticks = TimeTicks::within(*min, *max, count);
            let at: Vec<Value> = ticks.at.iter().filter_map(|tick| date_time(*tick)).collect();
            channel["axis"] = json!({ "values": at, "format": ticks.d3(), "labelOverlap": true });
        }
        Scale::Band { labels } => {
            channel["sort"] = Value::Null;
            channel["scale"] = json!({ "domain": labels });
        }
    }
    channel
}

/// A moment as Vega-Lite's own object, in local time as the data is.
fn date_time(milliseconds: f64) -> Option<Value> {
    let time = civil(milliseconds)?;
    Some(json!({
        "year": time.year(), "month": time.month(), "date": time.day(),
        "hours": time.hour(), "minutes": time.minute(), "seconds": time.second(), "milliseconds": time.millisecond(),
    }))
}

fn tooltip(field: &str, title: &str, axis: &Axis) -> Value {
    let mut channel = json!({ "field": field, "type": type_of(axis), "title": title });
    if let Scale::Time { min, max } = axis.scale {
        let days = [min, max].into_iter().all(|moment| moment.rem_euclid(86_400_000.0) == 0.0);
        channel["format"] = json!(if days { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M:%S" });
    }
    channel
}

fn type_of(axis: &Axis) -> &'static str {
    match axis.scale {
        Scale::Number { .. } => "quantitative",
        Scale::Time { .. } => "temporal",
        Scale::Band { .. } => "nominal",
    }
}

fn rows(chart: &PreparedChart) -> Vec<Value> {
    let group = |index: Option<usize>| match (&chart.color, index) {
        (Some(ColorScale::Groups { labels, .. }), Some(index)) => labels.get(index).map(|label| json!(label)),
        _ => None,
    };
    let row = |fields: Vec<(&str, Value)>, color: Option<Value>| {
        let color = color.map(|color| ("color", color));
        Value::Object(fields.into_iter().chain(color).map(|(name, value)| (name.to_owned(), value)).collect())
    };
    match &chart.marks {
        Marks::Intervals(bars) => bars
            .iter()
            .map(|bar| {
                let (start, end) = (along(&chart.x, bar.start), along(&chart.x, bar.end));
                let heights =
                    [("low", number(bar.low)), ("high", number(bar.high)), ("value", number(bar.high - bar.low))];
                row([("start", start), ("end", end)].into_iter().chain(heights).collect(), group(bar.group))
            })
            .collect(),
        Marks::Bands { horizontal, bars, .. } => {
            let names = if *horizontal { &chart.y } else { &chart.x };
            let label = |band: usize| match &names.scale {
                Scale::Band { labels } => labels.get(band).map_or(Value::Null, |label| json!(label)),
                _ => Value::Null,
            };
            let fields = |bar: &crate::prepared::Band| {
                let value = number(bar.high - bar.low);
                let ends = [("low", number(bar.low)), ("high", number(bar.high))];
                [("band", label(bar.band)), ("value", value), ("rows", json!(bar.rows))]
                    .into_iter()
                    .chain(ends)
                    .collect()
            };
            bars.iter().map(|bar| row(fields(bar), group(bar.group))).collect()
        }
        Marks::Lines(lines) => lines
            .iter()
            .flat_map(|line| line.points.iter().map(move |point| (line.group, point)))
            .map(|(index, point)| row(vec![("x", along(&chart.x, point.x)), ("y", number(point.y))], group(index)))
            .collect(),
        Marks::Points(points) => points
            .iter()
            .map(|point| {
                let color = group(point.group).or_else(|| point.value.map(number));
                row(vec![("x", along(&chart.x, point.x)), ("y", along(&chart.y, point.y))], color)
            })
            .collect(),
    }
}

/// A place along an axis: a moment as text that a browser reads as its own local time, so that the hours shown
/// are those of the table wherever the browser is.
fn along(axis: &Axis, value: f64) -> Value {
    match axis.scale {
        Scale::Time { .. } => json!(iso(value)),
        _ => number(value),
    }
}

/// A number as JSON; whole ones without a point.
fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9e15 { json!(crate::number::whole(value)) } else { json!(value) }
}
