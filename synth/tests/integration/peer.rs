//! Scores against those of SDMetrics 0.32.0 on the same tables.

use polars::prelude::*;
use synthbook_synth::{Metadata, evaluate};

use crate::data::{adult, code};

/// What `KSComplement.compute` and `TVComplement.compute` gave for the census against those who work more than 40 hours.
const SDMETRICS: [(&str, &str, f64); 18] = [
    ("age", "KSComplement", 0.889_495_816_065),
    ("workclass", "TVComplement", 0.914_918_952_838),
    ("fnlwgt", "KSComplement", 0.977_252_449_484),
    ("education", "TVComplement", 0.879_016_626_316),
    ("education_num", "KSComplement", 0.879_016_626_316),
    ("marital_status", "TVComplement", 0.855_949_433_969),
    ("occupation", "TVComplement", 0.814_412_570_472),
    ("relationship", "TVComplement", 0.833_955_745_232),
    ("race", "TVComplement", 0.939_810_721_064),
    ("sex", "TVComplement", 0.852_232_935_812),
    ("capital_gain", "KSComplement", 0.959_926_826_258),
    ("capital_loss", "KSComplement", 0.980_442_338_875),
    ("hours_per_week", "KSComplement", 0.295_020_922_108),
    ("native_country", "TVComplement", 0.973_171_915_697),
    ("income", "TVComplement", 0.835_324_763_178),
    ("ratio", "KSComplement", 0.775_382_343_937),
    ("day", "KSComplement", 0.977_290_838_673),
    ("married", "TVComplement", 0.860_597_068_540),
];
/// The mean of them, which its quality report calls Column Shapes.
const COLUMN_SHAPES: f64 = 0.860_734_383_046;

fn tables() -> (DataFrame, DataFrame) {
    let ratio = col("fnlwgt").cast(DataType::Float64) / col("hours_per_week").cast(DataType::Float64);
    let real = adult()
        .lazy()
        .with_columns([
            when(col("age").gt_eq(lit(20))).then(ratio).otherwise(lit(NULL)).alias("ratio"),
            (col("fnlwgt") / lit(100)).cast(DataType::Int32).cast(DataType::Date).alias("day"),
            col("marital_status").str().starts_with(lit("Married")).alias("married"),
        ])
        .collect()
        .unwrap();
    let synthetic = real.clone().lazy().filter(col("hours_per_week").gt(lit(40))).collect().unwrap();
    (real, synthetic)
}

#[test]
fn scores_are_those_of_the_peer() {
    let (real, synthetic) = tables();
    let report = evaluate(&real, &synthetic, &Metadata::detect(&real).unwrap()).unwrap();
    let shapes = report.quality.shapes.score.unwrap();
    assert!((shapes - COLUMN_SHAPES).abs() < 1e-6, "{shapes}");
    for (column, metric, expected) in SDMETRICS {
        let of = report.metrics.iter().find(|one| one.spec.name == metric).unwrap();
        let found = of.scores.iter().find(|one| one.columns == [column]).unwrap().score.unwrap();
        assert!((found - expected).abs() < 1e-6, "{column} {found} {expected}");
    }
}

#[test]
fn a_report_is_a_document_and_a_table() {
    let (real, synthetic) = tables();
    let report = evaluate(&real, &synthetic, &Metadata::detect(&real).unwrap()).unwrap();
    let document = report.to_json();
    let metric = |name: &str| {
        let all = document["metrics"].as_array().unwrap();
        all.iter().find(|metric| metric["name"] == name).unwrap()
    };
    assert_eq!(metric("KSComplement")["goal"], "maximize");
    assert_eq!(metric("Density")["goal"]["near"], 1.0);
    assert_eq!(metric("TVComplement")["scores"][0]["columns"][0], "workclass");
    assert_eq!(document["overall"], document["quality"]["score"]["score"]);
    let table = report.to_frame().unwrap();
    assert_eq!(table.get_column_names(), ["column", "metric", "score"]);
    assert_eq!(table.height(), report.metrics.iter().map(|one| one.scores.len()).sum::<usize>());
}

#[test]
fn tables_that_can_not_be_compared_are_refused() {
    let real = df!("a" => [1, 2], "b" => ["x", "y"]).unwrap();
    let metadata = Metadata::detect(&real).unwrap();
    let refuse = |synthetic: DataFrame| code(&evaluate(&real, &synthetic, &metadata).unwrap_err());
    assert_eq!(refuse(df!("a" => [1, 2]).unwrap()), "synth::missing_column");
    assert_eq!(refuse(df!("a" => ["u", "v"], "b" => ["x", "y"]).unwrap()), "synth::type_mismatch");
    let wider = df!("a" => [1_i64, 2], "b" => ["x", "y"], "more" => [0, 0]).unwrap();
    assert_eq!(evaluate(&real, &wider, &metadata).unwrap().overall, Some(1.0));
    let nothing = df!("a" => [Option::<i32>::None], "b" => [Option::<&str>::None]).unwrap();
    let report = evaluate(&real, &nothing, &metadata).unwrap();
    assert_eq!(report.quality.shapes.score, None);
    assert!(report.metrics.iter().flat_map(|one| &one.scores).filter_map(|one| one.score).all(f64::is_finite));
}
