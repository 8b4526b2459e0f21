//! A report on synthetic data as a table of one line a metric.

use polars::prelude::{DataFrame, df};
use synthbook_synth::Report;

use crate::error::KernelError;

/// The metrics of a report: family, score, what real rows score in the same place, and how good it is. The scores behind
/// a line, column by column, are in the report's JSON and page.
///
/// # Errors
/// `data::compute` when the table can't be made.
pub fn report_table(report: &Report) -> Result<DataFrame, KernelError> {
    let metrics = &report.metrics;
    let families: Vec<&str> = metrics.iter().map(|one| one.spec.family.name()).collect();
    let names: Vec<&str> = metrics.iter().map(|one| one.spec.name).collect();
    let scores: Vec<Option<f64>> = metrics.iter().map(|one| one.mean.map(rounded)).collect();
    let real: Vec<Option<f64>> = metrics.iter().map(|one| one.baseline.map(rounded)).collect();
    let grades: Vec<Option<&str>> = metrics.iter().map(|one| one.grade.map(synthbook_synth::Grade::name)).collect();
    let about: Vec<&str> = metrics.iter().map(|one| one.spec.about).collect();
    Ok(df!(
        "family" => families,
        "metric" => names,
        "score" => scores,
        "real rows" => real,
        "grade" => grades,
        "what it says" => about,
    )?)
}

/// Four digits after the point: more would be noise.
fn rounded(score: f64) -> f64 {
    (score * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use polars::prelude::df;
    use synthbook_synth::{Metadata, evaluate};

    use super::*;

    #[test]
    fn a_line_for_each_metric() {
        let real = df!("n" => [1, 2, 3, 4, 5, 6], "c" => ["a", "a", "b", "b", "b", "b"]).unwrap();
        let report = evaluate(&real, &real, &Metadata::detect(&real).unwrap()).unwrap();
        let table = report_table(&report).unwrap();
        assert_eq!(table.height(), report.metrics.len());
        let row = report.metrics.iter().position(|metric| metric.spec.name == "KSComplement").unwrap();
        assert_eq!(table.column("score").unwrap().f64().unwrap().get(row), Some(1.0));
    }
}
