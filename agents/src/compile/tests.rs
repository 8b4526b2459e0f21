//! Plans that can't be answered, and what is said of them.

use super::*;
use crate::plan::{Aggregate, Dimension, Grain, Having, Measure, Period, Plan, Quantity, Value};
use crate::semantic::SemanticModel;
use crate::warehouse::Dialect;

fn retail() -> SemanticModel {
    SemanticModel::retail().unwrap()
}

fn refused(plan: &Plan) -> CompileError {
    compile(plan, &retail(), Dialect::DuckDb).unwrap_err()
}

fn measured(of: Quantity) -> Plan {
    Plan { measures: vec![Measure::new(of)], ..Plan::default() }
}

#[test]
fn targets_are_not_multiplied_by_sales() {
    let plan = Plan {
        measures: vec![Measure::metric("unit_target")],
        dimensions: vec![Dimension::column("store", "state")],
        ..Plan::default()
    };
    assert!(matches!(refused(&plan), CompileError::Chasm { .. }));
}

#[test]
fn targets_have_no_months() {
    let day = |text: &str| text.parse().unwrap();
    let by_month = Plan {
        measures: vec![Measure::metric("unit_target")],
        dimensions: vec![Dimension::time(Grain::Month)],
        ..Plan::default()
    };
    assert!(matches!(refused(&by_month), CompileError::TooFine { .. }));
    let in_july =
        Plan { period: Some(Period::new(day("2017-07-01"), day("2017-08-01"))), dimensions: Vec::new(), ..by_month };
    assert!(matches!(refused(&in_july), CompileError::TooFine { .. }));
}

#[test]
fn prices_are_not_summed() {
    let plan = measured(Quantity::Aggregate {
        function: Aggregate::Sum,
        value: Value::field("product", "list_price"),
        within: None,
    });
    assert!(matches!(refused(&plan), CompileError::NotAdditive { .. }));
}

#[test]
fn unknown_names_come_with_what_is_near() {
    let plan = Plan { measures: vec![Measure::metric("revenues")], ..Plan::default() };
    let CompileError::UnknownName { help, .. } = refused(&plan) else { panic!("it was found") };
    assert_eq!(help.as_deref(), Some("Did you mean revenue?"));
    assert_eq!(refused(&Plan::default()), CompileError::Empty);
}

#[test]
fn conditions_may_not_lie_in_each_other_for_ever() {
    let mut quantity = Quantity::Metric { metric: "revenue".to_owned() };
    for _ in 0..40 {
        quantity = Quantity::Groups {
            per: vec![Dimension::entity("customer")],
            of: Some(Box::new(Measure::new(quantity))),
            having: Vec::<Having>::new(),
            function: crate::plan::GroupFunction::Of(Aggregate::Average),
        };
    }
    assert!(matches!(refused(&measured(quantity)), CompileError::Unsupported { .. }));
}
