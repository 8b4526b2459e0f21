//! The whole evaluation: agreement with the peers' stored values, laws that every metric keeps, hostile tables.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use polars::prelude::*;
use serde_json::Value;
use synthbook_synth::{ColumnKind, Evaluation, Family, Metadata, Progress, Report, Seed, evaluate, metrics};

use crate::data::every_type;

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn table(name: &str) -> DataFrame {
    ParquetReader::new(File::open(file(name)).unwrap()).finish().unwrap()
}

/// The tables that `tests/peer/make_values.py` made, and what it found.
fn fixture() -> (DataFrame, DataFrame, Metadata, Value) {
    let (real, twin) = (table("evaluation_real.parquet"), table("evaluation_twin.parquet"));
    let mut metadata = Metadata::detect(&real).unwrap();
    metadata.set_primary_key("key").unwrap();
    for name in ["age", "education_num", "capital_gain", "hours_per_week"] {
        metadata.set_kind(name, ColumnKind::Integer).unwrap();
    }
    let values = serde_json::from_str(&fs::read_to_string(file("evaluation_values.json")).unwrap()).unwrap();
    (real, twin, metadata, values)
}

fn of<'a>(report: &'a Report, metric: &str, columns: &[&str]) -> &'a synthbook_synth::Score {
    let metric = report.metrics.iter().find(|one| one.spec.name == metric).unwrap();
    metric.scores.iter().find(|score| score.columns == columns).unwrap()
}

#[test]
fn scores_agree_with_the_peers_stored_values() {
    let (real, twin, metadata, values) = fixture();
    let report = evaluate(&real, &twin, &metadata).unwrap();
    let near = |what: &str, found: Option<f64>, expected: &Value, tolerance: f64| {
        let (found, expected) = (found.unwrap(), expected.as_f64().unwrap());
        assert!((found - expected).abs() < tolerance, "{what}: {found}, the peer has {expected}");
    };
    let columns = values["column_scores"].as_array().unwrap();
    for one in columns {
        let (metric, column) = (one[0].as_str().unwrap(), one[1].as_str().unwrap());
        near(&format!("{metric} of {column}"), of(&report, metric, &[column]).score, &one[2], 1e-6);
    }
    let counted = values["pair_scores"].as_array().unwrap();
    let of_pairs = ["CorrelationSimilarity", "ContingencySimilarity"];
    let found = report.metrics.iter().filter(|one| of_pairs.contains(&one.spec.name)).flat_map(|one| &one.scores);
    assert_eq!(found.count(), counted.len());
    for one in counted {
        let [a, b, metric] = [0, 1, 2].map(|at| one[at].as_str().unwrap());
        near(&format!("{metric} of {a}, {b}"), of(&report, metric, &[a, b]).score, &one[3], 1e-6);
    }
    for one in values["pair_scores_all"].as_array().unwrap() {
        let [a, b] = [0, 1].map(|at| one[at].as_str().unwrap());
        near(&format!("{a}, {b}"), of(&report, "AllPairTrends", &[a, b]).score, &one[3], 1e-6);
    }
    let quality = &report.quality;
    near("quality", quality.score.score, &values["quality"], 1e-6);
    near("shapes", quality.shapes.score, &values["shapes"], 1e-6);
    near("pairs", quality.pairs.score, &values["pairs"], 1e-6);
    near("all pairs", quality.all_pairs.score, &values["pairs_all"], 1e-6);
    near("structure", of(&report, "TableStructure", &[]).score, &values["structure"], 1e-6);
    for (metric, expected) in values["table_scores"].as_object().unwrap() {
        near(metric, of(&report, metric, &[]).score, expected, 1e-6);
    }
}

#[test]
fn a_copy_is_perfect_but_for_privacy_and_a_holdout_is_a_baseline() {
    let (real, twin, metadata, _) = fixture();
    let report = evaluate(&real, &real, &metadata).unwrap();
    for metric in &report.metrics {
        let ideal = if metric.spec.goal == synthbook_synth::Goal::Minimize { 0.0 } else { 1.0 };
        let exempt = ["Density", "UnivariateAccuracy", "BetaRecall", "Coverage", "Precision", "Recall"];
        if !exempt.contains(&metric.spec.name) {
            assert!((metric.mean.unwrap_or(ideal) - ideal).abs() < 1e-9, "{} {:?}", metric.spec.name, metric.mean);
        }
    }
    let report = Evaluation::new(&real, &real, &metadata)
        .holdout(&twin)
        .families(&[Family::Validity, Family::Fidelity])
        .run(&Progress::silent())
        .unwrap();
    let plain = evaluate(&real, &twin, &metadata).unwrap();
    assert_eq!(report.quality.score.ceiling, plain.quality.score.score);
    assert_eq!(report.quality.pairs.floor, plain.quality.pairs.floor);
    assert!(plain.quality.pairs.floor.unwrap() < plain.quality.pairs.score.unwrap());
}

#[test]
fn hostile_tables_are_scored_or_refused_with_a_code() {
    let one = |real: &DataFrame, synthetic: &DataFrame| {
        let metadata = Metadata::detect(real).unwrap();
        let found = Evaluation::new(real, synthetic, &metadata)
            .families(&[Family::Validity, Family::Fidelity])
            .holdout(real)
            .seed(Seed::new(3))
            .run(&Progress::silent());
        if let Ok(report) = found {
            for score in report.metrics.iter().flat_map(|metric| &metric.scores) {
                assert!(
                    [score.score, score.baseline, score.floor].into_iter().flatten().all(f64::is_finite),
                    "{score:?}"
                );
            }
            report.to_frame().unwrap();
            assert!(report.to_json().is_object());
        }
    };
    for rows in [0, 1, 2, 40] {
        one(&every_type(rows), &every_type(rows));
        one(&every_type(40), &every_type(rows));
        one(&every_type(rows), &every_type(40));
    }
    let odd = df!(
        "inf" => [f64::INFINITY, 1.0, f64::NAN, f64::NEG_INFINITY],
        "huge" => [i64::MAX, i64::MIN, i64::MAX - 1, 0],
        "wide" => [1e308, -1e308, 1e-308, 0.0],
        "" => ["", " ", "a", "b"],
        "none" => [Option::<f64>::None, None, None, None],
    )
    .unwrap();
    one(&odd, &odd.reverse());
    one(&odd, &odd.head(Some(1)));
    let many: Vec<Column> =
        (0..1000).map(|at| Column::new(format!("c{at}").into(), [at % 3, at % 5, at % 7, at % 2])).collect();
    let many = DataFrame::new(4, many).unwrap();
    one(&many, &many.reverse());
}

#[test]
fn a_report_is_a_page_that_needs_nothing_else_and_a_verdict_that_names_what_is_weak() {
    let (mut real, mut twin, _, _) = fixture();
    for table in [&mut real, &mut twin] {
        table.rename("sex", "<b>sex & \"more\"".into()).unwrap();
    }
    let metadata = Metadata::detect(&real).unwrap();
    let report = evaluate(&real, &twin, &metadata).unwrap();
    let page = report.to_html();
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"));
    for foreign in ["http", "<script", "<link", "@import", "url(", "<b>sex"] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(page.contains("&lt;b&gt;sex &amp; &quot;more&quot;"));
    for (column, _) in metadata.columns().filter(|(name, _)| *name != "key" && !name.contains("sex")) {
        assert!(
            page.contains(&format!("<title>Distribution of {column}</title>"))
                || page.contains(&format!("<title>Shares of {column}</title>")),
            "{column}"
        );
    }
    for overlay in &report.columns {
        let (real, synthetic) =
            overlay.bars.iter().fold((0.0, 0.0), |sums, bar| (sums.0 + bar.real, sums.1 + bar.synthetic));
        assert!((real - 1.0_f64).abs() < 1e-9 && (synthetic - 1.0_f64).abs() < 1e-9, "{}", overlay.column);
    }
    let verdict = report.verdict().to_string();
    assert!(verdict.contains("education and education_num"), "{verdict}");
    assert!(verdict.contains("age (0.9933)") && verdict.contains("workclass (0.9967)"), "{verdict}");
    assert!(verdict.contains("Not measured: privacy"), "{verdict}");
    assert_eq!(report.to_json()["verdict"]["headline"], report.verdict().headline);
}

#[test]
fn every_family_takes_tables_of_any_size() {
    let run = |real: &DataFrame, synthetic: &DataFrame, unseen: &DataFrame, target: &str| {
        let metadata = Metadata::detect(real).unwrap();
        let evaluation = Evaluation::new(real, synthetic, &metadata).holdout(unseen).target(target);
        let report = evaluation.run(&Progress::silent()).unwrap();
        assert!(!report.verdict().findings.is_empty() && report.to_html().ends_with("</html>\n"));
        for score in report.metrics.iter().flat_map(|metric| &metric.scores) {
            assert!([score.score, score.baseline, score.floor].into_iter().flatten().all(f64::is_finite), "{score:?}");
        }
        report
    };
    let real = df!("age" => [23, 45, 31, 62], "member" => [true, false, true, true]).unwrap();
    let synthetic = df!("age" => [24, 44, 33, 60], "member" => [true, true, true, false]).unwrap();
    let unseen = df!("age" => [29, 51, 38, 40], "member" => [false, true, true, true]).unwrap();
    assert!(run(&real, &synthetic, &unseen, "member").overall.is_some());
    for rows in [0, 1, 2, 60] {
        for target in ["boolean", "f64", "text", "null"] {
            run(&every_type(60), &every_type(rows), &every_type(rows), target);
            run(&every_type(rows), &every_type(60), &every_type(1), target);
        }
    }
}

#[test]
fn every_metric_says_what_it_is() {
    let mut names: Vec<&str> = metrics().iter().map(|metric| metric.spec().name).collect();
    for metric in metrics() {
        let spec = metric.spec();
        assert!(!spec.about.is_empty() && !spec.source.is_empty(), "{}", spec.name);
        assert!(spec.range.0 < spec.range.1, "{}", spec.name);
    }
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
}
