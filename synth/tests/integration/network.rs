//! A known Bayesian network, recovered from its sample: chances under conditions within a stated tolerance.

use polars::prelude::*;
use synthbook_synth::{BayesianNetwork, Metadata, Progress, Seed, Synthesizer, find};

use crate::data::{fitted, sampled};

const ROWS: usize = 20_000;

/// Rain depends on nothing; the sprinkler on rain; the grass on both (Pearl 1988); the reading of a gauge on the grass,
/// with a value missing more often when it is dry.
fn garden() -> DataFrame {
    let mut draws = Seed::new(11).draws();
    let (mut rain, mut sprinkler, mut wet, mut gauge) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROWS {
        let raining = draws.uniform() < 0.2;
        let watered = draws.uniform() < if raining { 0.01 } else { 0.4 };
        let is_wet = draws.uniform()
            < match (watered, raining) {
                (true, true) => 0.99,
                (true, false) => 0.9,
                (false, true) => 0.8,
                (false, false) => 0.05,
            };
        let reading = if is_wet { 30.0 + 4.0 * draws.normal() } else { 10.0 + 2.0 * draws.normal() };
        let lost = draws.uniform() < if is_wet { 0.1 } else { 0.5 };
        rain.push(if raining { "rain" } else { "dry" });
        sprinkler.push(watered);
        wet.push(is_wet);
        gauge.push((!lost).then_some(reading));
    }
    df!("rain" => rain, "sprinkler" => sprinkler, "wet" => wet, "gauge" => gauge).unwrap()
}

/// The share of rows with `event` among those with `condition`.
fn chance(table: &DataFrame, event: Expr, condition: Expr) -> f64 {
    let among = table.clone().lazy().filter(condition).collect().unwrap();
    let hits = among.clone().lazy().filter(event).collect().unwrap();
    hits.height() as f64 / among.height() as f64
}

#[test]
fn the_chances_of_a_known_network_are_recovered() {
    let real = garden();
    let made = sampled(fitted(&BayesianNetwork::default(), &real).unwrap().as_ref(), 60_000).unwrap();
    let (rain, dry) = (col("rain").eq(lit("rain")), col("rain").eq(lit("dry")));
    let (on, off) = (col("sprinkler"), col("sprinkler").not());
    let known = [
        (rain.clone(), lit(true), 0.2),
        (on.clone(), rain.clone(), 0.01),
        (on.clone(), dry.clone(), 0.4),
        (col("wet"), on.clone().and(dry.clone()), 0.9),
        (col("wet"), off.clone().and(rain), 0.8),
        (col("wet"), off.and(dry), 0.05),
        (col("gauge").is_null(), col("wet"), 0.1),
        (col("gauge").is_null(), col("wet").not(), 0.5),
        (col("gauge").gt(lit(30.0)), col("wet").and(col("gauge").is_not_null()), 0.5),
        (col("gauge").gt(lit(12.0)), col("wet").not().and(col("gauge").is_not_null()), 0.1587),
    ];
    for (event, condition, wanted) in known {
        let found = chance(&made, event.clone(), condition.clone());
        assert!((found - wanted).abs() < 0.025, "{event} given {condition}: {found}, not {wanted}");
    }
    // The gauge tells of the rain only through the grass: a column that is not a parent says no more.
    let wet_and = |rain: &str| col("wet").and(col("rain").eq(lit(rain))).and(col("gauge").is_not_null());
    let gap = chance(&made, col("gauge").gt(lit(30.0)), wet_and("rain"))
        - chance(&made, col("gauge").gt(lit(30.0)), wet_and("dry"));
    assert!(gap.abs() < 0.03, "{gap}");
}

#[test]
fn gaps_are_filled_by_what_comes_before_and_after_them() {
    let real = garden();
    let model = fitted(&BayesianNetwork::default(), &real).unwrap();
    let hidden = real
        .clone()
        .lazy()
        .with_columns([lit(NULL).cast(DataType::Boolean).alias("wet"), lit(NULL).cast(DataType::String).alias("rain")]);
    let filled = model.impute(&hidden.collect().unwrap(), Seed::new(3), &Progress::silent()).unwrap();
    assert_eq!(filled.null_count(), real.head(Some(0)).null_count());
    let seen = real.column("gauge").unwrap().is_not_null();
    let agree = |column: &str| {
        let (real, filled) = (real.filter(&seen).unwrap(), filled.filter(&seen).unwrap());
        let same = real
            .column(column)
            .unwrap()
            .as_materialized_series()
            .equal_missing(filled.column(column).unwrap().as_materialized_series());
        f64::from(same.unwrap().sum().unwrap_or(0)) / real.height() as f64
    };
    assert!(agree("wet") > 0.99, "{}", agree("wet"));
    let rain = |wet: bool, sprinkler: bool| {
        let among = col("wet").eq(lit(wet)).and(col("sprinkler").eq(lit(sprinkler)));
        (chance(&real, col("rain").eq(lit("rain")), among.clone()), chance(&filled, col("rain").eq(lit("rain")), among))
    };
    for (wet, sprinkler) in [(true, false), (false, false), (true, true)] {
        let (real, filled) = rain(wet, sprinkler);
        assert!((real - filled).abs() < 0.04, "{wet} {sprinkler}: {real} {filled}");
    }
}

#[test]
fn a_close_numerical_dependence_is_finer_than_the_coarse_groups() {
    let mut draws = Seed::new(12).draws();
    let x: Vec<f64> = (0..ROWS).map(|_| draws.normal()).collect();
    let y: Vec<f64> = x.iter().map(|x| x * x + 0.05 * draws.normal()).collect();
    let table = df!("x" => x, "y" => y).unwrap();
    let made = sampled(fitted(&BayesianNetwork::default(), &table).unwrap().as_ref(), ROWS).unwrap();
    let error = |table: &DataFrame| {
        let residual = (col("y") - col("x") * col("x")).abs().median().alias("residual");
        let made = table.clone().lazy().filter(col("x").abs().lt(lit(2.0))).select([residual]).collect().unwrap();
        made.column("residual").unwrap().f64().unwrap().get(0).unwrap()
    };
    let (real, made) = (error(&table), error(&made));
    assert!(real < 0.04 && made < 2.0 * real, "{real} {made}");
}

#[test]
fn independent_columns_are_independent() {
    let real = garden();
    let model = fitted(find("marginals").unwrap().as_ref(), &real).unwrap();
    let made = sampled(model.as_ref(), 60_000).unwrap();
    for event in [col("wet"), col("gauge").is_null(), col("rain").eq(lit("rain"))] {
        let (wanted, found) = (chance(&real, event.clone(), lit(true)), chance(&made, event.clone(), lit(true)));
        assert!((wanted - found).abs() < 0.01, "{event}: {wanted} {found}");
        let apart = chance(&made, event.clone(), col("sprinkler")) - found;
        assert!(apart.abs() < 0.015, "{event}: {apart}");
    }
    let hidden = real.clone().lazy().with_column(lit(NULL).cast(DataType::Boolean).alias("wet")).collect().unwrap();
    let filled = model.impute(&hidden, Seed::new(3), &Progress::silent()).unwrap();
    let (wanted, found) = (chance(&real, col("wet"), lit(true)), chance(&filled, col("wet"), lit(true)));
    assert!((wanted - found).abs() < 0.02, "{wanted} {found}");
}

#[test]
fn wide_and_tiny_tables_have_networks() {
    for rows in [1, 2, 7, 40] {
        let table = garden().head(Some(rows));
        let model = fitted(&BayesianNetwork::default(), &table).unwrap();
        assert_eq!(sampled(model.as_ref(), 100).unwrap().height(), 100);
    }
    let none = garden().clear();
    let metadata = Metadata::detect(&none).unwrap();
    assert!(BayesianNetwork::default().fit(&none, &metadata, Seed::new(1), &Progress::silent()).is_err());
}
