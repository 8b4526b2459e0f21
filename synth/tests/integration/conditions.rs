//! Sampling under a condition: every row satisfies it, the law is the conditional one, and what is rare says so.

use polars::prelude::*;
use synthbook_synth::{Condition, Model, Progress, SampleRequest, Seed, SynthError, synthesizers};

use crate::data::{adult, code, fitted, sampled};

fn given(model: &dyn Model, rows: usize, condition: &str) -> Result<DataFrame, SynthError> {
    let request = SampleRequest::rows(rows).given(Condition::parse(condition)?);
    model.sample(&request, Seed::new(5), &Progress::silent())
}

/// Every synthesizer's model of some rows of Adult.
fn models(rows: usize) -> Vec<Box<dyn Model>> {
    let table = adult().head(Some(rows));
    synthesizers().iter().map(|synthesizer| fitted(synthesizer.as_ref(), &table).unwrap()).collect()
}

fn mean(table: &DataFrame, expression: Expr) -> f64 {
    let made = table.clone().lazy().select([expression.cast(DataType::Float64).mean()]).collect().unwrap();
    made.columns()[0].f64().unwrap().get(0).unwrap()
}

#[test]
fn every_row_satisfies_the_condition_and_has_the_law_under_it() {
    let conditions = [
        ("age > 60 and sex = 'Female'", col("age").gt(60).and(col("sex").eq(lit("Female")))),
        ("hours_per_week % 10 = 5 or age < 20", (col("hours_per_week") % lit(10)).eq(5).or(col("age").lt(20))),
    ];
    for model in models(4000) {
        let free = sampled(model.as_ref(), 300_000).unwrap();
        for (condition, filter) in &conditions {
            let made = given(model.as_ref(), 6000, condition).unwrap();
            assert_eq!((made.height(), made.schema()), (6000, free.schema()));
            assert_eq!(made.clone().lazy().filter(filter.clone()).collect().unwrap().height(), 6000, "{condition}");
            let kept = free.clone().lazy().filter(filter.clone()).collect().unwrap();
            let share = (kept.height() as f64).min(6000.0);
            for statistic in [
                col("age") / lit(100.0),
                col("hours_per_week") / lit(100.0),
                col("marital_status").eq(lit("Married-civ-spouse")),
                col("sex").eq(lit("Male")),
                col("workclass").eq(lit("Private")),
            ] {
                let (made, kept) = (mean(&made, statistic.clone()), mean(&kept, statistic.clone()));
                let tolerance = 4.0 * (0.5 / share.sqrt());
                let who = model.synthesizer();
                assert!((made - kept).abs() < tolerance, "{who}: {condition}: {statistic}: {made} {kept}");
            }
        }
    }
}

#[test]
fn shards_and_batches_of_a_conditional_sample_are_the_sample() {
    for model in models(1500) {
        let condition = Condition::parse("age between 30 and 50").unwrap();
        let request = SampleRequest::rows(6000).given(condition);
        let whole = model.sample(&request, Seed::new(5), &Progress::silent()).unwrap();
        let parts = (1..=3).map(|shard| {
            let request = request.clone().shard(shard, 3).unwrap();
            model.sample(&request, Seed::new(5), &Progress::silent()).unwrap()
        });
        let joined = parts.reduce(|one, other| one.vstack(&other).unwrap()).unwrap();
        assert!(joined.equals_missing(&whole));
        assert!(given(model.as_ref(), 700, "age between 30 and 50").unwrap().equals_missing(&whole.head(Some(700))));
    }
}

#[test]
fn what_no_row_satisfies_is_too_rare() {
    for model in models(1500) {
        for condition in ["age > 500", "sex = 'Robot'", "age > 60 and age < 40", "age is null"] {
            let error = given(model.as_ref(), 10, condition).unwrap_err();
            assert!(matches!(error, SynthError::TooRare { found: 0, .. }), "{condition}: {error}");
            assert_eq!(code(&error), "synth::too_rare");
        }
        let error = given(model.as_ref(), 10, "age + hours_per_week > 500").unwrap_err();
        let SynthError::TooRare { found: 0, drawn, .. } = error else { panic!("{error}") };
        assert!(drawn >= 1 << 16);
        let advice = miette::Diagnostic::help(&error).unwrap().to_string();
        assert!(advice.contains(&format!("1 row in {}", drawn / 3)), "{advice}");
    }
}

#[test]
fn conditions_that_cannot_be_used_are_refused() {
    let table = df!(
        "id" => (0..50).map(|at| format!("K-{at:03}")).collect::<Vec<_>>(),
        "note" => (0..50).map(|at| (at % 5 > 0).then(|| format!("it was {at} times"))).collect::<Vec<_>>(),
        "x" => (0..50).map(|at| f64::from(at * at % 17)).collect::<Vec<_>>(),
    )
    .unwrap();
    for synthesizer in synthesizers() {
        let model = fitted(synthesizer.as_ref(), &table).unwrap();
        for wrong in ["y > 1", "x = 'a'", "x", "id = 'K-001'", "note like '%3%'"] {
            assert_eq!(code(&given(model.as_ref(), 3, wrong).unwrap_err()), "synth::invalid_condition", "{wrong}");
        }
        let made = given(model.as_ref(), 300, "note is null and x between 3 and 12").unwrap();
        assert_eq!(made.column("note").unwrap().null_count(), 300);
    }
}

#[test]
fn narrow_ranges_and_single_values_are_met() {
    let table = df!(
        "x" => (0..3000).map(|at| f64::from(at * 7919 % 3000) / 300.0).collect::<Vec<_>>(),
        "day" => (0..3000).map(|at| at * 7919 % 900).collect::<Vec<_>>(),
    );
    let table = table.unwrap().lazy().with_column(col("day").cast(DataType::Date)).collect().unwrap();
    for synthesizer in synthesizers() {
        let model = fitted(synthesizer.as_ref(), &table).unwrap();
        let made = given(model.as_ref(), 50, "x > 5.001 and x < 5.021").unwrap();
        let x = made.column("x").unwrap().f64().unwrap().clone();
        assert!(x.iter().flatten().all(|x| 5.001 < x && x < 5.021));
        let made = given(model.as_ref(), 50, "day = '1970-07-04'").unwrap();
        assert_eq!(made.column("day").unwrap().n_unique().unwrap(), 1);
    }
}
