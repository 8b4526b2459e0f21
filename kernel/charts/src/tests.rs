//! The whole way from words to Vega-Lite, SVG and text: every example, every hostile frame.

mod examples;
mod hostile;
mod recommended;
mod written;

use polars::prelude::*;
use serde_json::Value;

use crate::{ChartSpec, PreparedChart, prepare, svg, text, vega_lite};

/// Two hundred people with every type that charts draw, made by plain arithmetic.
fn people() -> DataFrame {
    let rows = 0..200_i32;
    let schools = ["college", "school", "doctorate", "none", "a long name of an education, with a comma"];
    let age: Vec<i32> = rows.clone().map(|row| 17 + (row * 37) % 61).collect();
    let hours: Vec<Option<f64>> = rows
        .clone()
        .map(|row| (row % 17 != 3).then(|| 20.0 + f64::from((row * 13) % 45) + f64::from(row % 3) / 4.0))
        .collect();
    let sex: Vec<Option<&str>> =
        rows.clone().map(|row| (row % 50 != 7).then_some(if row % 3 == 0 { "f" } else { "m" })).collect();
    let education: Vec<&str> = rows.clone().map(|row| schools[usize::try_from(row * row % 13 % 5).unwrap()]).collect();
    let joined = Series::new("joined".into(), rows.clone().map(|row| 18_262 + (row * 7) % 600).collect::<Vec<i32>>());
    let seen = Series::new(
        "seen".into(),
        rows.clone().map(|row| 1_600_000_000_000 + i64::from(row) * 3_600_000).collect::<Vec<i64>>(),
    );
    let member: Vec<bool> = rows.map(|row| row % 4 == 0).collect();
    let mut frame =
        df!("age" => age, "hours" => hours, "sex" => sex, "education" => education, "member" => member).unwrap();
    frame.with_column(joined.cast(&DataType::Date).unwrap().into()).unwrap();
    frame.with_column(seen.cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap().into()).unwrap();
    frame
}

fn spec(words: &str) -> ChartSpec {
    ChartSpec::from_words(&words.split_whitespace().collect::<Vec<_>>()).unwrap()
}

fn chart(frame: &DataFrame, words: &str) -> PreparedChart {
    prepare(frame, &spec(words)).unwrap()
}

fn code(frame: &DataFrame, words: &str) -> String {
    use miette::Diagnostic as _;
    let error = prepare(frame, &spec(words)).unwrap_err();
    error.code().map(|code| code.to_string()).unwrap_or_default()
}

/// Draws a chart every way and checks what any chart must be.
fn drawn(chart: &PreparedChart) -> (Value, String, String) {
    let (vega, picture, sketch) = (vega_lite(chart), svg(chart), text(chart));
    assert_eq!(vega["$schema"], "https://vega.github.io/schema/vega-lite/v5.json");
    let rows = vega["data"]["values"].as_array().unwrap();
    assert!(!rows.is_empty() && rows.len() <= 5100, "{} rows", rows.len());
    for row in rows {
        for (name, value) in row.as_object().unwrap() {
            assert!(!value.is_null(), "{name} is null in {row}");
        }
    }
    assert!(picture.starts_with("<svg") && picture.trim_end().ends_with("</svg>"));
    assert!(!picture.contains("NaN") && !picture.contains("inf"), "a coordinate is not finite");
    assert_eq!(picture.matches("<text").count(), picture.matches("</text>").count());
    assert!(!picture.contains("<script"));
    assert!(sketch.starts_with(&chart.title) && sketch.lines().count() <= 45);
    let again: PreparedChart = serde_json::from_str(&serde_json::to_string(chart).unwrap()).unwrap();
    assert_eq!(again.marks.len(), chart.marks.len());
    (vega, picture, sketch)
}
