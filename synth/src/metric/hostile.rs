//! Detection, usefulness and privacy of tables that hold next to nothing: no figure that is not finite, and a reason for
//! every one that there is not.

use polars::prelude::*;

use crate::{Evaluation, Family, Metadata, Progress, metrics};

/// Scores a table against itself and a hold-out, with the first column as the target; returns how many scores there are.
fn scored(real: &DataFrame, synthetic: &DataFrame, holdout: &DataFrame) -> usize {
    let metadata = Metadata::detect(real).unwrap();
    let target = real.get_column_names()[0].to_string();
    let evaluation = Evaluation::new(real, synthetic, &metadata).holdout(holdout).target(&target);
    let families = [Family::Detection, Family::Usefulness, Family::Privacy];
    let mut count = 0;
    for metric in metrics().iter().filter(|metric| families.contains(&metric.spec().family)) {
        for score in evaluation.score(*metric, &Progress::silent()).unwrap() {
            let name = metric.spec().name;
            assert!(score.score.is_none_or(f64::is_finite), "{name} {score:?}");
            assert!(score.score.is_some() || score.detail.is_some_and(|why| !why.is_empty()), "{name}");
            count += 1;
        }
    }
    count
}

#[test]
fn next_to_nothing_is_borne() {
    let one = df!("a" => [1.5], "b" => ["x"]).unwrap();
    let none = one.head(Some(0));
    let constant = df!("a" => [7; 30], "b" => ["x"; 30]).unwrap();
    let gaps = df!("a" => [None::<f64>; 12], "b" => [None::<&str>; 12]).unwrap();
    let words = df!("a" => ["x", "y", "z"].repeat(10), "b" => ["u", "v"].repeat(15)).unwrap();
    let endless = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e308, -1e308, 0.0].repeat(5);
    let endless = df!("a" => endless.clone(), "b" => endless).unwrap();
    let huge = df!("a" => [i64::MAX, i64::MIN, 0].repeat(10), "b" => [u64::MAX, 0, 1].repeat(10)).unwrap();
    for table in [&one, &none, &constant, &gaps, &words, &endless, &huge] {
        assert!(scored(table, table, table) > 0);
        assert!(scored(table, &table.head(Some(0)), table) > 0);
        assert!(scored(table, table, &table.head(Some(1))) > 0);
    }
}

#[test]
fn a_thousand_columns_are_borne() {
    let columns = (0..1000_i64).map(|at| {
        let values: Vec<i64> = (0..40).map(|row| row * (at % 7 + 1) * 37 % (at % 90 + 2)).collect();
        Column::new(format!("c{at}").into(), values)
    });
    let wide = DataFrame::new(40, columns.collect()).unwrap();
    assert!(scored(&wide, &wide, &wide) > 40);
}
