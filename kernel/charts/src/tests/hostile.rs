//! Frames that nobody wants to get: each is drawn or refused with a code.

use polars::prelude::*;

use super::{chart, code, drawn};
use crate::{Marks, Scale, kinds, prepare, spec::ChartSpec};

/// Draws a frame as every kind with chosen columns; an error must have a code.
fn every_way(frame: &DataFrame) -> usize {
    use miette::Diagnostic as _;
    let names = kinds().iter().map(|kind| Some(kind.name().to_owned())).chain([None]);
    let mut count = 0;
    for kind in names {
        match prepare(frame, &ChartSpec { kind, ..ChartSpec::default() }) {
            Ok(chart) => {
                drawn(&chart);
                count += 1;
            }
            Err(error) => assert!(error.code().is_some_and(|code| code.to_string().starts_with("charts::")), "{error}"),
        }
    }
    count
}

#[test]
fn a_frame_without_rows_or_values() {
    let empty = df!("a" => Vec::<f64>::new(), "b" => Vec::<String>::new()).unwrap();
    assert_eq!(code(&empty, ""), "charts::empty_frame");
    assert_eq!(code(&empty, "histogram x=a"), "charts::empty_frame");
    assert_eq!(code(&DataFrame::default(), ""), "charts::empty_frame");
    let missing = df!("a" => [None::<f64>, None], "b" => [None::<&str>, None]).unwrap();
    assert_eq!(code(&missing, "histogram x=a"), "charts::all_missing");
    assert_eq!(code(&missing, "bar x=b"), "charts::all_missing");
    assert_eq!(code(&missing, "line x=a y=a"), "charts::all_missing");
    assert_eq!(every_way(&missing), 0);
    let nan = df!("a" => [f64::NAN, f64::INFINITY, f64::NEG_INFINITY]).unwrap();
    assert_eq!(code(&nan, "histogram x=a"), "charts::all_missing");
    let nulls = DataFrame::new(3, vec![Series::new_null("n".into(), 3).into()]).unwrap();
    assert_eq!(code(&nulls, ""), "charts::nothing_to_draw");
    assert_eq!(code(&nulls, "histogram x=n"), "charts::wrong_type");
}

#[test]
fn a_single_row_and_a_constant() {
    let mut one = df!("a" => [5.0], "b" => ["x"], "c" => [1]).unwrap();
    one.with_column(Series::new("d".into(), [19_000]).cast(&DataType::Date).unwrap().into()).unwrap();
    assert_eq!(every_way(&one), 5);
    let constant = df!("a" => [7.25; 40], "b" => ["same"; 40], "z" => [0; 40]).unwrap();
    assert!(every_way(&constant) >= 4);
    let histogram = chart(&constant, "histogram x=a");
    assert_eq!(histogram.marks.len(), 1);
}

#[test]
fn huge_and_tiny_numbers() {
    let frame = df!("big" => [1e299, -1e299, 3e298, 1.0], "huge" => [1e308, 1.0, 2.0, -1e308], "tiny" => [1e-300, 2e-300, 0.0, -1e-300], "max" => [u64::MAX, 0, 1, 2]).unwrap();
    for words in [
        "histogram x=big",
        "histogram x=huge",
        "histogram x=tiny",
        "histogram x=max",
        "scatter x=big y=tiny",
        "line x=max y=big",
        "bar x=big y=huge",
        "bar x=tiny y=big agg=sum",
    ] {
        drawn(&chart(&frame, words));
    }
    assert_eq!(chart(&frame, "scatter x=huge y=big").notes.len(), 1);
    let close = df!("v" => [1e15, 1e15 + 1.0, 1e15 + 2.0]).unwrap();
    drawn(&chart(&close, "histogram x=v"));
    let overflow = df!("k" => ["a", "a"], "v" => [1e300, 1e300]).unwrap();
    drawn(&chart(&overflow, "bar x=k y=v agg=sum"));
}

#[test]
fn ten_thousand_categories() {
    let names: Vec<String> = (0..20_000).map(|row| format!("category {}", row % 10_000 * (row % 7) % 10_000)).collect();
    let values: Vec<f64> = (0..20_000).map(f64::from).collect();
    let frame = df!("k" => names, "v" => values).unwrap();
    let bars = chart(&frame, "bar x=k");
    let Scale::Band { labels } = &bars.y.scale else { panic!("categories run downwards") };
    assert_eq!(labels.len(), 31);
    assert!(labels[30].starts_with("other ("), "{}", labels[30]);
    let Marks::Bands { bars: marks, .. } = &bars.marks else { panic!("no bars") };
    assert_eq!(marks.iter().map(|bar| bar.rows).sum::<usize>(), 20_000);
    assert!(bars.notes[0].starts_with("the 30 largest of "));
    let (vega, ..) = drawn(&chart(&frame, "line x=v y=v color=k"));
    assert_eq!(vega["encoding"]["color"]["scale"]["domain"].as_array().unwrap().len(), 8);
    drawn(&chart(&frame, "scatter x=v y=v color=k"));
    drawn(&chart(&frame, "bar x=k y=v agg=mean color=k"));
}

#[test]
fn names_that_mean_something_elsewhere() {
    let name = "a.b[0] \"q\" 'r' <script>alert(1)</script> &amp; ^x.*$ 🦀\n\u{0}";
    let values = ["</svg><b>", "{{x}}", "", " ", "\u{202e}rtl", "NaN\u{1}", "(missing)"];
    let numbers: Vec<i32> = (0..7).collect();
    let frame = df!(name => values, "*" => numbers).unwrap();
    for spec in [
        ChartSpec { x: Some(name.into()), ..ChartSpec::default() },
        ChartSpec { x: Some(name.into()), y: Some("*".into()), color: Some(name.into()), ..ChartSpec::default() },
        ChartSpec {
            kind: Some("scatter".into()),
            x: Some("*".into()),
            y: Some("*".into()),
            color: Some(name.into()),
            ..ChartSpec::default()
        },
        ChartSpec {
            kind: Some("line".into()),
            x: Some("*".into()),
            y: Some("*".into()),
            title: Some("<i>\u{7}".into()),
            ..ChartSpec::default()
        },
    ] {
        let chart = prepare(&frame, &spec).unwrap();
        let (_, picture, sketch) = drawn_loosely(&chart);
        assert!(!picture.contains("<b>") && !picture.contains("<i>") && !picture.contains("<script"));
        assert!(!picture.contains('\u{0}') && !sketch.contains('\u{0}'));
    }
}

/// [`drawn`] without the search for `NaN`, which is one of the names here.
fn drawn_loosely(chart: &crate::PreparedChart) -> (serde_json::Value, String, String) {
    (crate::vega_lite(chart), crate::svg(chart), crate::text(chart))
}

#[test]
fn a_million_rows() {
    let n = 1_000_000_i64;
    let along: Vec<i64> = (0..n).map(|row| 1_500_000_000_000 + row * 60_000).collect();
    let wave: Vec<f64> =
        (0..n).map(|row| (row as f64 / 50_000.0).sin() * 100.0 + (row * 7919 % 97) as f64 / 10.0).collect();
    let team: Vec<&str> = (0..n).map(|row| if row % 3 == 0 { "red" } else { "blue" }).collect();
    let mut frame = df!("wave" => wave, "team" => team).unwrap();
    frame
        .with_column(
            Series::new("at".into(), along).cast(&DataType::Datetime(TimeUnit::Milliseconds, None)).unwrap().into(),
        )
        .unwrap();
    for words in [
        "histogram x=wave color=team",
        "histogram x=at",
        "bar x=team y=wave",
        "bar x=at y=wave",
        "line x=at y=wave color=team",
        "scatter x=at y=wave",
    ] {
        let chart = chart(&frame, words);
        let (vega, picture, _) = drawn(&chart);
        assert!(picture.len() < 1_000_000, "{words}: {} bytes", picture.len());
        assert!(vega.to_string().len() < 1_000_000, "{words}");
    }
    assert_eq!(chart(&frame, "scatter x=at y=wave").notes, ["5,000 of 1,000,000 rows, evenly spaced"]);
}

#[test]
fn types_off_the_beaten_track() {
    let lists = DataFrame::new(1, vec![Series::new("l".into(), [Series::new("".into(), [1, 2])]).into()]).unwrap();
    assert_eq!(code(&lists, ""), "charts::nothing_to_draw");
    assert_eq!(code(&lists, "bar x=l"), "charts::wrong_type");
    let ticks = Series::new("t".into(), [0_i64, 5_000_000_000, 3_600_000_000_000]);
    let span = ticks.cast(&DataType::Duration(TimeUnit::Nanoseconds)).unwrap().with_name("span".into());
    let clock = ticks.cast(&DataType::Time).unwrap().with_name("clock".into());
    let price = Series::new("price".into(), [1.25, 2.5, 3.75]).cast(&DataType::Decimal(10, 2)).unwrap();
    let old = Series::new("old".into(), [-800_000, 0, 2_900_000]).cast(&DataType::Date).unwrap();
    let far = Series::new("far".into(), [i32::MIN, 0, i32::MAX]).cast(&DataType::Date).unwrap();
    let frame = DataFrame::new(3, [span, clock, price, old, far].map(Column::from).to_vec()).unwrap();
    assert_eq!(chart(&frame, "histogram x=span").x.title, "span (minutes)");
    assert_eq!(chart(&frame, "histogram x=clock").x.title, "clock (hours)");
    for words in [
        "histogram x=price",
        "histogram x=old",
        "line x=old y=price",
        "bar x=old",
        "scatter x=clock y=span color=price",
        "histogram x=far",
    ] {
        drawn(&chart(&frame, words));
    }
}
