//! Declared columns: each law drawn as it was declared, and what is said about specifications that can't be.

use polars::prelude::*;

use super::*;
use crate::{Condition, SampleRequest, load};

const SHOP: &str = r#"{"columns": [
    {"name": "id", "law": "identifier", "pattern": "O-#####"},
    {"name": "number", "law": "sequence", "start": 10, "step": 5},
    {"name": "label", "law": "expression", "expression": "id || '/' || country"},
    {"name": "country", "law": "categorical", "values": ["CH", "DE"], "weights": [1, 3]},
    {"name": "city", "law": "conditional", "on": "country",
     "given": {"CH": {"values": ["Bern", "Basel"]}, "DE": {"values": ["Bonn"]}}},
    {"name": "age", "law": "normal", "mean": 40, "sd": 12, "minimum": 18, "maximum": 90, "decimals": 0, "missing": 0.1},
    {"name": "adult", "law": "expression", "expression": "age >= 21"},
    {"name": "day", "law": "date", "first": "2024-01-01", "last": "2024-12-31"},
    {"name": "wait", "law": "exponential", "rate": 0.5},
    {"name": "calls", "law": "poisson", "mean": 3},
    {"name": "wins", "law": "binomial", "trials": 10, "chance": 0.3},
    {"name": "member", "law": "bernoulli", "chance": 0.25},
    {"name": "unit", "law": "constant", "value": "CHF"}
]}"#;

fn sampled(rows: usize, condition: Option<&str>) -> Result<DataFrame, SynthError> {
    let model = Declared::from_spec(SHOP)?.model()?;
    let request = SampleRequest::rows(rows);
    let request = match condition {
        Some(condition) => request.given(Condition::parse(condition)?),
        None => request,
    };
    model.sample(&request, Seed::new(4), &Progress::silent())
}

fn mean(table: &DataFrame, expression: &str) -> f64 {
    let made = crate::Expression::parse(expression).unwrap().evaluate(table).unwrap();
    made.cast(&DataType::Float64).unwrap().mean().unwrap()
}

#[test]
fn declared_laws_are_kept() {
    let made = sampled(20_000, None).unwrap();
    let near = |expression: &str, wanted: f64, tolerance: f64| {
        let found = mean(&made, expression);
        assert!((found - wanted).abs() < tolerance, "{expression}: {found}, not {wanted}");
    };
    near("country = 'DE'", 0.75, 0.015);
    near("city = 'Bonn' or country = 'CH'", 1.0, 1e-12);
    near("case when country = 'CH' then city = 'Bern' end", 0.5, 0.03);
    near("age is null", 0.1, 0.01);
    near("age between 18 and 90", 1.0, 1e-12);
    near("coalesce(adult, true) = (coalesce(age, 30) >= 21)", 1.0, 1e-12);
    near("day - '2024-01-01'", 182.5, 3.0);
    near("wait", 2.0, 0.06);
    near("calls", 3.0, 0.06);
    near("wins", 3.0, 0.06);
    near("member", 0.25, 0.015);
    near("number - 10", 5.0 * 19_999.0 / 2.0, 1e-6);
    assert_eq!(made.column("id").unwrap().n_unique().unwrap(), 20_000);
    assert_eq!(made.column("label").unwrap().str().unwrap().get(7).unwrap().split('/').next(), Some("O-00007"));
    assert_eq!(made.get_column_names()[..3], ["id", "number", "label"]);
}

#[test]
fn conditions_shards_and_files_work_as_for_any_model() {
    let made = sampled(5000, Some("age > 60 and country = 'CH'")).unwrap();
    assert_eq!(mean(&made, "age > 60 and country = 'CH'"), 1.0);
    assert_eq!(made.column("id").unwrap().n_unique().unwrap(), 5000);
    assert!(sampled(300, Some("age > 60 and country = 'CH'")).unwrap().equals_missing(&made.head(Some(300))));
    assert!(matches!(sampled(5, Some("age > 95")), Err(SynthError::TooRare { found: 0, .. })));
    assert!(matches!(sampled(5, Some("label like 'O%'")), Err(SynthError::InvalidCondition { .. })));
    assert!(matches!(sampled(100_001, None), Err(SynthError::IdentifiersExhausted { .. })));

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shop");
    let model = Declared::from_spec(SHOP).unwrap().model().unwrap();
    model.save(&path).unwrap();
    let again = load(&path).unwrap();
    let request = SampleRequest::rows(5000);
    let whole = again.sample(&request, Seed::new(4), &Progress::silent()).unwrap();
    assert!(whole.equals_missing(&sampled(5000, None).unwrap()));
    let part =
        |shard| model.sample(&request.clone().shard(shard, 2).unwrap(), Seed::new(4), &Progress::silent()).unwrap();
    assert!(part(1).vstack(&part(2)).unwrap().equals_missing(&whole));

    let filled = model.impute(&whole, Seed::new(5), &Progress::silent()).unwrap();
    assert_eq!(filled.column("age").unwrap().null_count() + filled.column("adult").unwrap().null_count(), 0);
    assert_eq!(mean(&filled, "adult = (age >= 21)"), 1.0);
}

#[test]
fn what_is_wrong_with_a_specification_is_said() {
    let column = |body: &str| format!(r#"{{"columns": [{{"name": "x", {body}}}]}}"#);
    let pair = r#"{"columns": [{"name": "a", "law": "expression", "expression": "b + 1"},
                               {"name": "b", "law": "expression", "expression": "a - 1"}]}"#;
    for (text, expected) in [
        ("[", "it is no JSON"),
        ("{}", "no list \"columns\""),
        (pair, "in a circle: a, b"),
        (&column(r#""law": "unifrom", "low": 0, "high": 1"#), "did you mean 'uniform'?"),
        (&column(r#""law": "uniform", "low": 0, "hihg": 1"#), "did you mean 'high'?"),
        (&column(r#""law": "uniform", "low": 0"#), "missing field"),
        (&column(r#""law": "uniform", "low": 2, "high": 1"#), "don't fit together"),
        (&column(r#""law": "date", "first": "2024-02-30", "last": "2024-03-01""#), "don't fit together"),
        (&column(r#""law": "categorical", "values": []"#), "don't fit together"),
        (&column(r#""law": "poisson", "mean": 2, "missing": 3"#), "missing is a share"),
        (&column(r#""law": "expression", "expression": "y * 2""#), "which there is not"),
    ] {
        let error = Declared::from_spec(text).unwrap_err();
        let SynthError::InvalidSpecification { reason } = &error else { panic!("{text}: {error}") };
        assert!(reason.contains(expected), "{text}: {reason}");
    }
    let error = Declared::from_spec(&column(r#""law": "expression", "expression": "1 + 'a'""#)).unwrap_err();
    assert!(matches!(error, SynthError::InvalidExpression { .. }));
    assert!(matches!(Declared::from_spec(r#"{"columns": []}"#), Err(SynthError::NoColumns)));
}
