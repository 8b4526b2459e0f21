//! What sequential trees learn of known laws.

use polars::prelude::*;
use synthbook_synth::{Metadata, Progress, SampleRequest, Seed, Synthesizer, Trees, TreesConfig};

/// Three colours; the weight's mean and the lid depend on the colour, and the price follows the weight.
fn boxes(rows: usize) -> DataFrame {
    let mut draws = Seed::new(11).draws();
    let mut columns = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rows {
        let colour = (draws.uniform() * 3.0) as usize;
        let weight = 10.0 * colour as f64 + 2.0 * draws.normal();
        columns.0.push(["red", "green", "blue"][colour]);
        columns.1.push(weight);
        columns.2.push((draws.uniform() < [0.9, 0.5, 0.1][colour]).then_some(true));
        columns.3.push(3.0 * weight + draws.normal());
    }
    df!("colour" => columns.0, "weight" => columns.1, "lid" => columns.2, "price" => columns.3).unwrap()
}

fn model(table: &DataFrame, config: TreesConfig) -> Box<dyn synthbook_synth::Model> {
    let metadata = Metadata::detect(table).unwrap();
    Trees::new(config).fit(table, &metadata, Seed::new(3), &Progress::silent()).unwrap()
}

fn figure(table: &DataFrame, of: Expr) -> f64 {
    table.clone().lazy().select([of.cast(DataType::Float64)]).collect().unwrap().columns()[0]
        .f64()
        .unwrap()
        .get(0)
        .unwrap()
}

#[test]
fn conditional_laws_are_recovered() {
    let model = model(&boxes(6000), TreesConfig::default());
    let sample = model.sample(&SampleRequest::rows(20_000), Seed::new(4), &Progress::silent()).unwrap();
    for (colour, lid, weight) in [("red", 0.9, 0.0), ("green", 0.5, 10.0), ("blue", 0.1, 20.0)] {
        let those = sample.clone().lazy().filter(col("colour").eq(lit(colour))).collect().unwrap();
        assert!((those.height() as f64 / 20_000.0 - 1.0 / 3.0).abs() < 0.03, "{colour}: {}", those.height());
        let there = figure(&those, col("lid").is_not_null().mean());
        assert!((there - lid).abs() < 0.04, "{colour}: {there}");
        let mean = figure(&those, col("weight").mean());
        assert!((mean - weight).abs() < 0.5, "{colour}: {mean}");
    }
    let correlation = figure(&sample, pearson_corr(col("weight"), col("price")));
    assert!(correlation > 0.98, "{correlation}");
}

#[test]
fn gaps_are_filled_by_what_the_row_says() {
    let table = boxes(6000);
    let model = model(&table, TreesConfig::default());
    let asked = df!(
        "colour" => [None::<&str>, Some("blue"), None],
        "weight" => [Some(20.5), None, Some(0.3)],
        "lid" => [Some(true), None, Some(true)],
        "price" => [Some(61.0), None, None]
    )
    .unwrap();
    let rows: IdxCa = (0..600).map(|row| Some(row / 200)).collect();
    let asked = asked.take(&rows).unwrap();
    let filled = model.impute(&asked, Seed::new(5), &Progress::silent()).unwrap();
    let part = |first: i64| filled.slice(first, 200);
    let blue = figure(&part(0), col("colour").eq(lit("blue")).mean());
    assert!(blue > 0.9, "{blue}");
    let weight = figure(&part(200), col("weight").mean());
    assert!((weight - 20.0).abs() < 1.5, "{weight}");
    let red = figure(&part(400), col("colour").eq(lit("red")).mean());
    assert!(red > 0.9, "{red}");
    let price = figure(&part(400), col("price").mean());
    assert!((price - 0.9).abs() < 2.0, "{price}");
    assert!(filled.columns().iter().all(|column| column.null_count() == 0));
}

#[test]
fn shrinkage_chosen_by_unseen_rows_keeps_noise_apart() {
    let mut draws = Seed::new(2).draws();
    let mut noise = || (0..400).map(|_| draws.normal()).collect::<Vec<f64>>();
    let table = df!("a" => noise(), "b" => noise(), "c" => noise()).unwrap();
    let model = model(&table, TreesConfig { shrinkage: None, ..Default::default() });
    let sample = model.sample(&SampleRequest::rows(20_000), Seed::new(4), &Progress::silent()).unwrap();
    let (real, made) =
        (figure(&table, pearson_corr(col("b"), col("c"))), figure(&sample, pearson_corr(col("b"), col("c"))));
    assert!((real - made).abs() < 0.12 && made.abs() < 0.12, "{real} {made}");
}
