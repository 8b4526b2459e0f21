//! The figures of detection, usefulness and privacy against those that peers gave for the same slices of the census, by
//! `tests/peer/make_privacy_values.py`: distances to 1e-6, learners within the noise of their folds.

use std::fs::File;
use std::path::Path;

use polars::prelude::*;

use super::classic::Linear;
use super::detection::{Learner, detect};
use super::exam::{Lesson, Pupil, Trees, hold};
use super::proximity::Samples;
use super::{Aligned, Metric, Side};
use crate::learn::Features;
use crate::nearest::Gower;
use crate::{Evaluation, Metadata, Progress, Seed, metrics};

fn adult(start: i64, rows: usize) -> DataFrame {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/adult.parquet");
    ParquetReader::new(File::open(path).unwrap()).finish().unwrap().slice(start, rows)
}

fn value(name: &str) -> f64 {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peer/privacy_values.json");
    let values: serde_json::Value = serde_json::from_reader(File::open(path).unwrap()).unwrap();
    values[name].as_f64().unwrap()
}

fn near(name: &str, found: f64, tolerance: f64) {
    let expected = value(name);
    assert!((found - expected).abs() <= tolerance, "{name}: {found}, the peer's is {expected}");
}

fn all(rows: usize) -> Vec<u32> {
    (0..rows as u32).collect()
}

#[test]
fn distances_to_records_are_the_peers() {
    let (train, holdout) = (adult(0, 1500), adult(1500, 1500));
    let synthetic = adult(3000, 1400).vstack(&adult(0, 100)).unwrap();
    let metadata = Metadata::detect(&train).unwrap();
    let aligned = Aligned::new(&train, &synthetic, Some(&holdout), &metadata).unwrap();
    let gower = Gower::of(&aligned.columns, Side::Real);
    let points = |side| gower.points(&Features::of(&aligned.columns, side, &all(1500)));
    let samples = Samples {
        train: points(Side::Real),
        holdout: points(Side::Holdout),
        synthetic: points(Side::Synthetic),
        more: points(Side::Synthetic),
    };
    let found = samples.closeness(&Progress::silent()).unwrap().unwrap();
    near("share", found.share, 1e-6);
    near("median_ratio", found.median_ratio.unwrap(), 1e-6);
    near("twentieth_ratio", found.twentieth_ratio.unwrap(), 1e-6);
    near("neighbour_ratio", found.neighbour_ratio, 1e-6);
    near("holdout_neighbour_ratio", found.holdout_neighbour_ratio, 1e-6);
    let found = samples.membership(&Progress::silent()).unwrap().unwrap();
    near("distance", found.distance, 1e-6);
    near("density", found.density, 1e-6);
    let evaluation = Evaluation::new(&train, &synthetic, &metadata).holdout(&holdout);
    let score = |name: &str| {
        let metric: &dyn Metric = *metrics().iter().find(|metric| metric.spec().name == name).unwrap();
        evaluation.score(metric, &Progress::silent()).unwrap().remove(0)
    };
    near("copy_rate", score("CopyRate").score.unwrap(), 1e-9);
    near("copy_rate_holdout", score("CopyRate").baseline.unwrap(), 1e-9);
    near("overfitting", score("DCROverfittingProtection").score.unwrap(), 1e-6);
    near("baseline", score("DCRBaselineProtection").score.unwrap(), 5.0 * value("baseline_noise"));
}

#[test]
fn learners_tell_tables_apart_as_well_as_the_peers() {
    let (one, other) = (adult(0, 4000), adult(4000, 4000));
    let hours = other.column("hours_per_week").unwrap().clone();
    let mut slipped = hours.slice(3999, 1);
    slipped.append(&hours.slice(0, 3999)).unwrap();
    let mut other = other;
    other.with_column(slipped).unwrap();
    let aligned = Aligned::new(&one, &other, None, &Metadata::detect(&one).unwrap()).unwrap();
    let features = |side| Features::of(&aligned.columns, side, &all(4000));
    let found = |learner| {
        let (one, other) = (features(Side::Real), features(Side::Synthetic));
        detect(learner, &one, &other, Seed::new(1), &Progress::silent()).unwrap().unwrap()
    };
    let boosted = found(Learner::Boosted);
    near("c2st_boosted", boosted.auc, 0.015);
    near("c2st_logistic", found(Learner::Logistic).auc, 0.015);
    assert_eq!(boosted, found(Learner::Boosted));
    let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(boosted, alone.install(|| found(Learner::Boosted)));
}

#[test]
fn learners_pass_exams_as_well_as_the_peers() {
    let (taught, asked) = (adult(0, 8000), adult(20000, 6049));
    let aligned = Aligned::new(&taught, &asked, None, &Metadata::detect(&taught).unwrap()).unwrap();
    let lessons = |target: &str| {
        let target = aligned.columns.iter().find(|column| column.name == target).unwrap();
        let lesson = |side, rows| Lesson::of(&aligned.columns, target, side, &all(rows));
        (lesson(Side::Real, 8000), lesson(Side::Synthetic, 6049))
    };
    let silent = Progress::silent();
    for (target, tolerance) in [("income", 0.005), ("hours_per_week", 0.015), ("relationship", 0.01)] {
        let (taught, asked) = lessons(target);
        let trees = Trees::new(&taught.features, &asked.features, 200, &silent);
        let score = hold(&trees, &taught.truth, &asked.truth, Seed::new(1)).unwrap().unwrap();
        near(&format!("efficacy_{target}"), score, tolerance);
        if target != "relationship" {
            let (taught, asked) = (taught.first(2000), asked.first(2000));
            let linear: Box<dyn Pupil> = Box::new(Linear::new(&taught.features, &asked.features, &silent));
            let weaker = hold(linear.as_ref(), &taught.truth, &asked.truth, Seed::new(1)).unwrap().unwrap();
            assert!(weaker > score - 0.12 && weaker < score + 0.01, "{target} {weaker} {score}");
        }
    }
}
