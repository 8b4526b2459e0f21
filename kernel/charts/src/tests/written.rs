//! What a person sees: the specifications, the sketches and the errors, word for word.

use insta::{assert_json_snapshot, assert_snapshot};
use miette::Diagnostic;
use polars::prelude::*;

use super::{chart, drawn, people, spec};
use crate::{ChartSpec, Marks, prepare, text, vega_lite};

/// A frame small enough to read in a snapshot.
fn small() -> DataFrame {
    let mut frame = df!(
        "age" => [20, 25, 25, 31, 47, 64],
        "pay" => [Some(1200.5), Some(1800.0), None, Some(2500.0), Some(f64::NAN), Some(900.25)],
        "team" => ["red", "blue", "red", "red", "blue", "red"],
    )
    .unwrap();
    let days = Series::new("day".into(), [19_000, 19_000, 19_031, 19_060, 19_061, 19_090]);
    frame.with_column(days.cast(&DataType::Date).unwrap().into()).unwrap();
    frame
}

#[test]
fn vega_lite_of_each_kind() {
    let frame = small();
    assert_json_snapshot!("histogram", vega_lite(&chart(&frame, "histogram x=age color=team bins=5")));
    assert_json_snapshot!("bar_of_counts", vega_lite(&chart(&frame, "bar x=team")));
    assert_json_snapshot!("bar_of_means", vega_lite(&chart(&frame, "bar x=team y=pay")));
    assert_json_snapshot!("line", vega_lite(&chart(&frame, "line x=day y=age color=team")));
    assert_json_snapshot!("scatter", vega_lite(&chart(&frame, "scatter x=age y=pay color=team")));
}

#[test]
fn sketches_of_each_kind() {
    let frame = people();
    let lines = [
        "histogram x=hours",
        "bar x=education y=hours color=sex",
        "line x=joined y=age color=sex",
        "scatter x=age y=hours",
    ];
    let sketches: Vec<String> =
        lines.iter().map(|words| format!("%chart people {words}\n{}", text(&chart(&frame, words)))).collect();
    assert_snapshot!(sketches.join("\n\n"));
}

#[test]
fn errors_say_what_is_wrong_and_what_helps() {
    let frame = people();
    let words = [
        "histogramm x=age",
        "x=aeg",
        "x=zzz",
        "histogram x=sex",
        "histogram x=age y=hours",
        "histogram x=age bns=5",
        "histogram x=age bins=0",
        "line x=sex",
        "bar x=sex agg=mean",
        "bar x=sex y=education color=member",
    ];
    let rendered = words.map(|words| {
        let error = prepare(&frame, &spec(words)).unwrap_err();
        let help = error.help().map(|help| help.to_string()).unwrap_or_default();
        let code = error.code().map(|code| code.to_string()).unwrap_or_default();
        format!("{words}\n  {error}\n  help: {help}\n  [{code}, at {}]", error.word().unwrap_or("-"))
    });
    assert_snapshot!(rendered.join("\n"));
}

#[test]
fn words_become_a_spec_and_back() {
    let spec = ChartSpec::from_words(&["bar", "x=a=b c", "colour=d", "title=", "agg=sum"]).unwrap();
    assert_eq!((spec.x.as_deref(), spec.color.as_deref(), spec.title.as_deref()), (Some("a=b c"), Some("d"), Some("")));
    let json = serde_json::to_string(&spec).unwrap();
    assert_eq!(serde_json::from_str::<ChartSpec>(&json).unwrap(), spec);
    assert!(ChartSpec::from_words(&["bar", "line"]).is_err());
    assert!(ChartSpec::from_words(&["x=a", "x=b"]).is_err());
    assert!(ChartSpec::from_words(&["bins=3", "bins=4"]).is_err());
    assert!(ChartSpec::from_words(&["bar", "a b=c"]).is_err());
    assert!(ChartSpec::from_words(&[""]).is_err());
    assert_eq!(ChartSpec::from_words::<&str>(&[]).unwrap(), ChartSpec::default());
}

#[test]
fn an_svg_holds_its_marks_labels_and_legend() {
    let frame = people();
    let histogram = chart(&frame, "histogram x=age bins=6 color=sex");
    let Marks::Intervals(bars) = &histogram.marks else { panic!("no intervals") };
    let rows: f64 = bars.iter().map(|bar| bar.high - bar.low).sum();
    assert_eq!(rows, 200.0);
    let (_, picture, _) = drawn(&histogram);
    // The background and a swatch for each of m, f and missing.
    assert_eq!(picture.matches("<rect").count(), bars.len() + 1 + 3);
    for words in ["Distribution of age by sex", "rows", "(missing)", "#0072B2"] {
        assert!(picture.contains(words), "{words}");
    }
    let (_, bars, _) = drawn(&chart(&frame, "bar x=education title=Hello"));
    assert!(bars.contains("Hello") && bars.contains("doctorate"));
    let (_, shades, _) = drawn(&chart(&frame, "scatter x=age y=hours color=seen"));
    assert!(shades.contains("seen"));
    let (vega, ..) = drawn(&chart(&frame, "scatter x=age y=hours color=age width=700 height=200"));
    assert_eq!(vega["encoding"]["color"]["type"], "quantitative");
    assert_eq!((vega["width"].as_u64(), vega["height"].as_u64()), (Some(700), Some(200)));
}

#[test]
fn what_is_left_out_is_said() {
    let chart = chart(&small(), "scatter x=age y=pay");
    assert_eq!(
        chart.notes,
        ["1 row left out: a value is missing", "1 row left out: a value is not finite or out of range"]
    );
    assert_eq!(chart.marks.len(), 4);
    assert_eq!(vega_lite(&chart)["title"]["subtitle"][0], "1 row left out: a value is missing");
}

#[test]
fn bars_are_the_numbers_they_claim() {
    let frame = df!("k" => ["a", "b", "a", "b", "b"], "v" => [1.0, -2.0, 4.0, 3.0, 5.0]).unwrap();
    let value = |words: &str| match chart(&frame, words).marks {
        Marks::Bands { bars, .. } => bars.iter().map(|bar| bar.high - bar.low).collect::<Vec<_>>(),
        _ => Vec::new(),
    };
    assert_eq!(value("bar x=k"), [3.0, 2.0]);
    assert_eq!(value("bar x=k y=v"), [2.5, 2.0]);
    assert_eq!(value("bar x=k y=v agg=sum"), [6.0, 5.0]);
    assert_eq!(value("bar x=k y=v agg=median"), [3.0, 2.5]);
    assert_eq!(value("bar x=k y=v agg=min"), [1.0, -2.0]);
    assert_eq!(value("bar x=k y=v agg=max"), [5.0, 4.0]);
    assert_eq!(chart(&frame, "bar x=k y=v agg=sum").y.title, "sum of v");
}

#[test]
fn lines_are_sorted_and_averaged() {
    let frame = df!("t" => [3, 1, 1, 2], "v" => [9.0, 1.0, 3.0, 5.0]).unwrap();
    let chart = chart(&frame, "line x=t y=v");
    let Marks::Lines(lines) = &chart.marks else { panic!("no lines") };
    let points: Vec<_> = lines[0].points.iter().map(|point| (point.x, point.y)).collect();
    assert_eq!(points, [(1.0, 2.0), (2.0, 5.0), (3.0, 9.0)]);
    assert_eq!(chart.y.title, "mean of v");
}

#[test]
fn years_have_no_commas() {
    let frame = df!("year" => [1990, 1991, 2020], "v" => [1.0, 2.0, 3.0]).unwrap();
    for words in ["bar x=year", "line x=year y=v", "bar x=v y=v color=year", "histogram x=year", "scatter x=year y=v"] {
        let (_, picture, sketch) = drawn(&chart(&frame, words));
        assert!(!picture.contains("1,99") && !sketch.contains("1,99"), "{words}");
    }
}

#[test]
fn bars_coloured_by_their_own_categories_fill_their_bands() {
    let frame = df!("k" => ["a", "b"], "v" => [1.0, 2.0]).unwrap();
    let beside = |words: &str| matches!(chart(&frame, words).marks, Marks::Bands { beside: true, .. });
    assert!(!beside("bar x=k y=v color=k"));
    assert!(!beside("bar x=v y=k color=k"));
    assert!(beside("bar x=k y=v color=v"));
}
