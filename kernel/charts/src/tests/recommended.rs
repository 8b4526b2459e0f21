//! What is drawn when a person says little.

use polars::prelude::*;

use super::{chart, code, people, spec};
use crate::complete;

fn chosen(frame: &DataFrame, words: &str) -> String {
    let spec = complete(frame, &spec(words)).unwrap();
    let channels = [("x", &spec.x), ("y", &spec.y), ("color", &spec.color)];
    let said = channels.iter().filter_map(|(name, column)| Some(format!(" {name}={}", column.as_ref()?)));
    spec.kind.clone().unwrap_or_default() + &said.collect::<String>()
}

#[test]
fn types_choose_the_kind() {
    let frame = people();
    for (words, kind) in [
        ("x=age", "histogram x=age"),
        ("y=age", "line x=joined y=age"),
        ("x=sex", "bar x=sex"),
        ("x=member", "bar x=member"),
        ("x=joined y=hours", "line x=joined y=hours"),
        ("x=age y=hours", "scatter x=age y=hours"),
        ("x=education y=hours", "bar x=education y=hours"),
        ("x=hours y=education", "bar x=hours y=education"),
        ("x=education y=sex", "bar x=education color=sex"),
        ("y=education", "bar x=education"),
        ("x=joined", "bar x=joined"),
        ("hist", "histogram x=age"),
        ("scatter", "scatter x=age y=hours"),
        ("scatter x=hours", "scatter x=hours y=age"),
        ("line", "line x=joined y=age"),
        ("bar", "bar x=sex"),
    ] {
        assert_eq!(chosen(&frame, words), kind, "{words}");
    }
}

#[test]
fn a_result_is_drawn_as_it_stands() {
    let result = df!("region" => ["north", "south"], "sales" => [3.5, 2.0]).unwrap();
    assert_eq!(chosen(&result, ""), "bar x=region y=sales");
    assert_eq!(chosen(&result, "bar"), "bar x=region y=sales");
    assert_eq!(chart(&result, "").y.title, "sales");
    let numbers = df!("a" => [1.0, 2.0, 4.0], "b" => [0.5, 0.25, 0.125]).unwrap();
    assert_eq!(chosen(&numbers, ""), "scatter x=a y=b");
    assert_eq!(chosen(&numbers.select(["b"]).unwrap(), ""), "histogram x=b");
    assert_eq!(chosen(&result.select(["region"]).unwrap(), ""), "bar x=region");
    let months = people().select(["joined", "sex", "hours"]).unwrap();
    assert_eq!(chosen(&months, ""), "line x=joined y=hours color=sex");
}

#[test]
fn identifiers_are_not_worth_a_chart() {
    let rows: Vec<i64> = (0..50).collect();
    let price: Vec<f64> = rows.iter().map(|row| (*row as f64).sqrt()).collect();
    let one = vec![1_i32; 50];
    let frame = df!("customer_id" => rows.clone(), "n" => rows, "one" => one, "price" => price).unwrap();
    assert_eq!(chosen(&frame, ""), "histogram x=price");
    assert_eq!(chosen(&frame, "x=customer_id"), "histogram x=customer_id");
}

#[test]
fn wrong_words_are_told_apart() {
    let frame = people();
    for (words, expected) in [
        ("histogramm x=age", "charts::unknown_kind"),
        ("histogram x=aeg", "charts::unknown_column"),
        ("histogram x=sex", "charts::wrong_type"),
        ("histogram x=age y=hours", "charts::unused_channel"),
        ("histogram x=age bin=5", "charts::unknown_option"),
        ("histogram x=age bins=many", "charts::invalid_option"),
        ("histogram x=age bins=0", "charts::invalid_option"),
        ("scatter x=age y=sex", "charts::wrong_type"),
        ("line x=sex y=age", "charts::wrong_type"),
        ("bar x=sex agg=mean", "charts::invalid_option"),
        ("bar x=sex y=age agg=mode", "charts::invalid_option"),
        ("bar x=sex y=education color=member", "charts::wrong_type"),
        ("bar x=sex width=9", "charts::invalid_option"),
        ("color=nothing", "charts::unknown_column"),
    ] {
        assert_eq!(code(&frame, words), expected, "{words}");
    }
}
