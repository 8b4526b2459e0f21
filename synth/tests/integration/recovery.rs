//! Laws that are known, recovered from their samples within stated tolerances.

use polars::prelude::*;
use rand_distr::{Distribution, Gamma, StandardNormal};
use synthbook_synth::{
    Draws, GaussianCopula, GaussianCopulaConfig, Metadata, Progress, SampleRequest, Seed, Synthesizer, evaluate,
};

use crate::data::{adult, fitted, sampled};

/// Lets the laws of another crate draw from a seed.
struct Stream(Draws);

impl rand_core::TryRng for Stream {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        Ok((self.0.bits() >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        Ok(self.0.bits())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.0.bits().to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

fn stream(number: u64) -> Stream {
    Stream(Seed::new(number).draws())
}

/// `rows` pairs of standard normal numbers with this correlation.
fn pairs(rho: f64, rows: usize, seed: u64) -> Vec<(f64, f64)> {
    let mut stream = stream(seed);
    (0..rows)
        .map(|_| {
            let (x, e): (f64, f64) = (StandardNormal.sample(&mut stream), StandardNormal.sample(&mut stream));
            (x, rho * x + (1.0 - rho * rho).sqrt() * e)
        })
        .collect()
}

fn correlation(table: &DataFrame, a: &str, b: &str) -> f64 {
    let column = |name: &str| -> Vec<f64> {
        let column = table.column(name).unwrap().cast(&DataType::Float64).unwrap();
        column.f64().unwrap().iter().map(|value| value.unwrap_or(f64::NAN)).collect()
    };
    let both: Vec<(f64, f64)> =
        column(a).into_iter().zip(column(b)).filter(|(a, b)| !a.is_nan() && !b.is_nan()).collect();
    let rows = both.len() as f64;
    let mean_a = both.iter().map(|pair| pair.0).sum::<f64>() / rows;
    let mean_b = both.iter().map(|pair| pair.1).sum::<f64>() / rows;
    let sum = |term: fn(f64, f64) -> f64| both.iter().map(|(a, b)| term(a - mean_a, b - mean_b)).sum::<f64>();
    sum(|a, b| a * b) / (sum(|a, _| a * a) * sum(|_, b| b * b)).sqrt()
}

/// The correlation of the ranks; equal values share their mean rank.
fn rank_correlation(table: &DataFrame, a: &str, b: &str) -> f64 {
    let options = RankOptions { method: RankMethod::Average, descending: false };
    let ranked = [a, b].map(|name| table.column(name).unwrap().as_materialized_series().rank(options, None).into());
    correlation(&DataFrame::new(table.height(), ranked.to_vec()).unwrap(), a, b)
}

fn resampled(table: &DataFrame, rows: usize) -> DataFrame {
    sampled(fitted(&GaussianCopula::default(), table).unwrap().as_ref(), rows).unwrap()
}

#[test]
fn correlation_of_normal_numbers_is_recovered() {
    for rho in [-0.8, 0.0, 0.5, 0.95] {
        let (x, y): (Vec<f64>, Vec<f64>) = pairs(rho, 20_000, 1).into_iter().unzip();
        let table = df!("x" => x, "y" => y).unwrap();
        let made = correlation(&resampled(&table, 40_000), "x", "y");
        assert!((made - rho).abs() < 0.02, "{rho} {made}");
    }
}

#[test]
fn correlation_survives_coarse_columns() {
    let rows = pairs(0.7, 40_000, 2);
    let grade = |x: f64| {
        if x < -1.0 {
            1
        } else if x < 0.2 {
            2
        } else {
            3
        }
    };
    let table = df!(
        "grade" => rows.iter().map(|(x, _)| grade(*x)).collect::<Vec<_>>(),
        "passed" => rows.iter().map(|(_, y)| *y > 0.6).collect::<Vec<_>>(),
        "letter" => rows.iter().map(|(x, _)| ["c", "b", "a"][grade(*x) as usize - 1]).collect::<Vec<_>>(),
        "points" => rows.iter().map(|(_, y)| *y).collect::<Vec<_>>(),
    )
    .unwrap();
    let made = resampled(&table, 80_000);
    for (a, b) in [("grade", "passed"), ("grade", "points"), ("passed", "points")] {
        let (real, made) = (correlation(&table, a, b), correlation(&made, a, b));
        assert!((real - made).abs() < 0.02, "{a} {b} {real} {made}");
    }
    let letter_is_grade = |table: &DataFrame| {
        let letters = table.column("letter").unwrap().str().unwrap().clone();
        let grades = table.column("grade").unwrap().i32().unwrap().clone();
        let same = letters
            .iter()
            .zip(grades.iter())
            .filter(|(letter, grade)| letter.unwrap() == ["c", "b", "a"][grade.unwrap() as usize - 1]);
        same.count() as f64 / table.height() as f64
    };
    assert!(letter_is_grade(&made) > 0.97, "{}", letter_is_grade(&made));
}

#[test]
fn skewed_and_zero_inflated_marginals_are_kept() {
    let gamma: Gamma<f64> = Gamma::new(0.7, 900.0).unwrap();
    let mut chance = stream(3);
    let spend: Vec<f64> = pairs(0.6, 20_000, 4)
        .iter()
        .map(|(x, _)| if *x < -0.3 { 0.0 } else { (gamma.sample(&mut chance) * 100.0).round() / 100.0 })
        .collect();
    let zeros = spend.iter().filter(|x| **x == 0.0).count() as f64 / 20_000.0;
    let (low, high) = (spend.iter().copied().fold(f64::MAX, f64::min), spend.iter().copied().fold(f64::MIN, f64::max));
    let table = df!("spend" => spend).unwrap();
    let made = resampled(&table, 50_000);
    let report = evaluate(&table, &made, &Metadata::detect(&table).unwrap()).unwrap();
    assert!(report.quality.shapes.score.unwrap() > 0.985, "{report:?}");
    let made: Vec<f64> = made.column("spend").unwrap().f64().unwrap().iter().flatten().collect();
    let made_zeros = made.iter().filter(|x| **x == 0.0).count() as f64 / 50_000.0;
    assert!((zeros - made_zeros).abs() < 0.01, "{zeros} {made_zeros}");
    assert!(made.iter().all(|x| (low..=high).contains(x) && (x * 100.0).round() / 100.0 == *x));
}

#[test]
fn missing_values_depend_on_other_columns_as_they_did() {
    let rows = pairs(0.5, 30_000, 5);
    let hidden = |(x, y): &(f64, f64)| (*x < 0.8).then_some(*y);
    let table = df!(
        "x" => rows.iter().map(|(x, _)| *x).collect::<Vec<_>>(),
        "y" => rows.iter().map(hidden).collect::<Vec<_>>(),
    )
    .unwrap();
    let made = resampled(&table, 60_000);
    let rate = |table: &DataFrame| table.column("y").unwrap().null_count() as f64 / table.height() as f64;
    assert!((rate(&table) - rate(&made)).abs() < 0.01);
    let mean_where_missing = |table: &DataFrame| {
        let gone = table.clone().lazy().filter(col("y").is_null()).collect().unwrap();
        gone.column("x").unwrap().as_materialized_series().mean().unwrap()
    };
    let (real, made) = (mean_where_missing(&table), mean_where_missing(&made));
    assert!(real > 1.3 && (real - made).abs() < 0.1, "{real} {made}");
}

#[test]
fn dates_and_lattices_are_kept() {
    let days: Vec<i32> = pairs(0.0, 5000, 6).iter().map(|(x, _)| 19_000 + (x * 300.0) as i32).collect();
    let table = df!("day" => &days, "price" => days.iter().map(|day| i64::from(*day) * 250).collect::<Vec<_>>())
        .unwrap()
        .lazy()
        .with_column(col("day").cast(DataType::Date))
        .with_column(col("day").cast(DataType::Datetime(TimeUnit::Microseconds, None)).alias("moment"))
        .collect()
        .unwrap();
    let made = resampled(&table, 10_000);
    let physical = |table: &DataFrame, name: &str| -> Vec<i64> {
        let column = table.column(name).unwrap().as_materialized_series().to_physical_repr().cast(&DataType::Int64);
        column.unwrap().i64().unwrap().iter().flatten().collect()
    };
    assert!(physical(&made, "price").iter().all(|price| price % 250 == 0));
    assert!(physical(&made, "moment").iter().all(|moment| moment % 86_400_000_000 == 0));
    for name in ["day", "price", "moment"] {
        let (real, made) = (physical(&table, name), physical(&made, name));
        assert!(made.iter().min() >= real.iter().min() && made.iter().max() <= real.iter().max());
    }
}

#[test]
fn adult_keeps_its_shapes_and_its_pairs() {
    let real = adult();
    let metadata = Metadata::detect(&real).unwrap();
    let copula = GaussianCopula::new(GaussianCopulaConfig::default());
    let model = copula.fit(&real, &metadata, Seed::new(1), &Progress::silent()).unwrap();
    let made = model.sample(&SampleRequest::rows(real.height()), Seed::new(2), &Progress::silent()).unwrap();
    let report = evaluate(&real, &made, &metadata).unwrap();
    assert!(report.quality.shapes.score.unwrap() > 0.99, "{:?}", report.quality.shapes);
    let pairs = [("age", "hours_per_week"), ("education_num", "capital_gain"), ("age", "capital_loss")];
    for (a, b) in pairs {
        let (real, made) = (rank_correlation(&real, a, b), rank_correlation(&made, a, b));
        assert!((real - made).abs() < 0.03, "{a} {b} {real} {made}");
    }
}

#[test]
fn small_tables_are_spread_out_not_copied() {
    let (x, y): (Vec<f64>, Vec<f64>) = pairs(0.9, 40, 7).into_iter().unzip();
    let table = df!("x" => &x, "y" => y).unwrap();
    let made = resampled(&table, 4000);
    assert!(correlation(&made, "x", "y") > 0.7);
    let made: Vec<f64> = made.column("x").unwrap().f64().unwrap().iter().flatten().collect();
    assert!(made.iter().filter(|made| x.contains(made)).count() < 40);
    let report = evaluate(&table, &resampled(&table, 4000), &Metadata::detect(&table).unwrap()).unwrap();
    assert!(report.quality.shapes.score.unwrap() > 0.9, "{report:?}");
}
