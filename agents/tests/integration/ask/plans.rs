//! Plans of all kinds: what can be written down as a plan becomes SQL that both dialects parse and DuckDB binds, or is
//! refused with a code; and it is as its JSON Schema says.

use std::io::Write;
use std::process::Stdio;

use miette::Diagnostic;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::json;
use sqlparser::dialect::{DuckDbDialect, SnowflakeDialect};
use sqlparser::parser::Parser;
use synthbook_agents::AgentsError;
use synthbook_agents::ask::{EngineOptions, Outcome};
use synthbook_agents::compile::compile;
use synthbook_agents::plan::{
    Aggregate, Basis, Bucket, Compare, Comparison, Dimension, Field, Filter, Grain, GroupFunction, Grouping, Having,
    Literal, Measure, Member, Operator, Order, OrderKey, Period, Plan, Quantity, Side, TextMatch, TimePart, Top, Unit,
    Value,
};
use synthbook_agents::semantic::SemanticModel;
use synthbook_agents::warehouse::{Dialect, DuckDb, Guard, Request, Sql, Warehouse, check};

use super::questions::{asked, groups, warehouse};
use super::retail;
use crate::snowflake::python;

pub(super) const DIALECTS: [Dialect; 2] = [Dialect::DuckDb, Dialect::Snowflake];

/// The SQL of a plan, which parses; none when it is refused with a code and a help line.
pub(super) fn compiles(plan: &Plan, model: &SemanticModel, dialect: Dialect) -> Result<Option<String>, String> {
    let compiled = match compile(plan, model, dialect) {
        Ok(compiled) => compiled,
        Err(error) if error.code().is_none() => return Err(format!("no code: {error:?}")),
        Err(_) => return Ok(None),
    };
    let parsed = match dialect {
        Dialect::Snowflake => Parser::parse_sql(&SnowflakeDialect {}, &compiled.sql),
        _ => Parser::parse_sql(&DuckDbDialect {}, &compiled.sql),
    };
    match parsed {
        Ok(statements) if statements.len() == 1 => Ok(Some(compiled.sql)),
        Ok(statements) => Err(format!("{} statements: {}", statements.len(), compiled.sql)),
        Err(error) => Err(format!("{error}: {}", compiled.sql)),
    }
}

fn field() -> impl Strategy<Value = Field> {
    let unknown = Just(("store", "nowhere"));
    let known = prop::sample::select(vec![
        ("product", "category"),
        ("product", "subcategory"),
        ("product", "brand"),
        ("product", "manufacturer_id"),
        ("store", "state"),
        ("store", "region"),
        ("store", "store_format"),
        ("customer", "age_band"),
        ("customer", "kids_count"),
        ("channel", "channel"),
        ("date", "holiday"),
        ("sales", "basket_id"),
    ]);
    prop_oneof![60 => known, 1 => unknown].prop_map(|(table, name)| Field::new(table, name))
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        10 => Just(("sales", "sales_amount")),
        10 => Just(("sales", "sales_quantity")),
        4 => Just(("product", "list_price")),
        1 => Just(("targets", "target_quantity")),
    ]
    .prop_map(|(table, name)| Value::field(table, name))
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec!["Texas", "GROCERY", "O'Brien", "100%", "a_b", "\\", "", "; --", "\"x\"", "é\n😀"])
            .prop_map(str::to_owned),
        "[ -~]{0,12}",
    ]
}

fn day() -> impl Strategy<Value = jiff::civil::Date> {
    (2016_i16..2019, 1_i8..13, 1_i8..29).prop_map(|(year, month, day)| jiff::civil::date(year, month, day))
}

fn period() -> impl Strategy<Value = Period> {
    (prop::option::of(day()), prop::option::of(day()), prop::bool::weighted(0.05)).prop_map(|(from, until, other)| {
        Period { time: other.then(|| Field::new("store", "opened_date")), from, until, label: None }
    })
}

fn comparison() -> impl Strategy<Value = Comparison> {
    use Comparison::{AtLeast, AtMost, Equal, Greater, Less, NotEqual};
    prop::sample::select(vec![Equal, NotEqual, Less, AtMost, Greater, AtLeast])
}

fn aggregate() -> impl Strategy<Value = Aggregate> {
    use Aggregate::{Average, Count, CountDistinct, Deviation, Max, Median, Min, Percentile, Sum};
    prop::sample::select(vec![Sum, Average, Min, Max, Median, Percentile(0.9), Deviation, Count, CountDistinct])
}

fn grain() -> impl Strategy<Value = Grain> {
    use Grain::{Day, FiscalMonth, FiscalQuarter, FiscalYear, Hour, Month, Quarter, Week, Year};
    prop_oneof![40 => prop::sample::select(vec![Day, Week, Month, Quarter, Year, FiscalMonth, FiscalQuarter, FiscalYear]), 1 => Just(Hour)]
}

fn part() -> impl Strategy<Value = TimePart> {
    use TimePart::{
        DayOfMonth, DayOfYear, FiscalQuarter, FiscalWeek, Hour, Month, Quarter, Week, Weekday, Weekend, Year,
    };
    let known = vec![Year, Quarter, Month, Week, DayOfMonth, DayOfYear, Weekday, Weekend, FiscalQuarter, FiscalWeek];
    prop_oneof![40 => prop::sample::select(known), 1 => Just(Hour)]
}

fn entity() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec!["customer", "product", "store", "basket", "channel", "day", "manufacturer"]);
    prop_oneof![40 => known, 1 => Just("unicorn")].prop_map(str::to_owned)
}

fn within() -> impl Strategy<Value = String> {
    prop_oneof![40 => Just("sales"), 1 => Just("targets"), 1 => Just("store")].prop_map(str::to_owned)
}

fn filter() -> impl Strategy<Value = Filter> {
    let leaf = prop_oneof![
        (field(), comparison(), text()).prop_map(|(field, is, text)| Filter::Compare {
            left: Value::Field { field },
            is,
            right: Value::literal(text),
        }),
        (number(), comparison(), any::<f32>()).prop_map(|(left, is, number)| Filter::Compare {
            left,
            is,
            right: Value::literal(f64::from(number)),
        }),
        (field(), prop::collection::vec(text(), 0..3), any::<bool>()).prop_map(|(field, texts, negated)| {
            Filter::OneOf {
                value: Value::Field { field },
                values: texts.into_iter().map(Literal::Text).collect(),
                negated,
            }
        }),
        (number(), -10.0..10.0, -10.0..10.0, any::<bool>()).prop_map(|(value, from, to, negated)| {
            Filter::Between { value, from: Literal::Number(from), to: Literal::Number(to), negated }
        }),
        (field(), any::<bool>()).prop_map(|(field, negated)| Filter::Null { value: Value::Field { field }, negated }),
        (field(), text(), any::<bool>()).prop_map(|(field, text, negated)| Filter::Text {
            value: Value::Field { field },
            matches: TextMatch::Contains,
            text,
            negated,
        }),
        (period(), any::<bool>()).prop_map(|(period, negated)| Filter::During { period, negated }),
        (part(), prop::collection::vec(-1_i64..13, 0..3), any::<bool>())
            .prop_map(|(part, values, negated)| Filter::Part { time: None, part, values, negated }),
        any::<bool>().prop_map(|negated| Filter::Named {
            table: "date".to_owned(),
            name: "weekend".to_owned(),
            negated
        }),
        any::<bool>().prop_map(|negated| Filter::Flag { field: Field::new("date", "is_weekend"), negated }),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        let some = || prop::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            some().prop_map(|of| Filter::All { of }),
            some().prop_map(|of| Filter::Any { of }),
            inner.clone().prop_map(|filter| Filter::Not { filter: Box::new(filter) }),
            (entity(), within(), some(), prop::option::of(period()), any::<bool>()).prop_map(
                |(entity, within, filters, first, negated)| Filter::Member {
                    member: Box::new(Member { entity, within, filters, first, negated, ..Member::default() }),
                }
            ),
        ]
    })
}

fn metric() -> impl Strategy<Value = Measure> {
    let known = vec![
        "revenue",
        "units",
        "basket_count",
        "discount_rate",
        "basket_value",
        "active_customers",
        "daily_revenue",
        "average_list_price",
    ];
    let of_others = vec!["unit_target", "target_attainment", "product_count", "store_count", "profit"];
    prop_oneof![12 => prop::sample::select(known), 1 => prop::sample::select(of_others)].prop_map(Measure::metric)
}

fn measure() -> impl Strategy<Value = Measure> {
    let leaf = prop_oneof![
        4 => metric(),
        1 => (aggregate(), number()).prop_map(|(function, value)| Measure::new(Quantity::Aggregate { function, value, within: None })),
        1 => within().prop_map(|table| Measure::new(Quantity::Rows { table })),
        1 => (entity(), prop::option::of(within())).prop_map(|(entity, within)| Measure::new(Quantity::Entities { entity, within })),
        1 => (entity(), within(), prop::option::of(0..3_u64)).prop_map(|(entity, within, nth)| Measure::new(Quantity::Gaps {
            entity, within, time: None, function: Aggregate::Average, nth,
        })),
        1 => (-9.0_f64..9.0).prop_map(|number| Measure::new(Quantity::Number { number })),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        let boxed = inner.clone().prop_map(Box::new);
        prop_oneof![
            (inner.clone(), filter()).prop_map(|(measure, filter)| measure.filtered(filter)),
            (inner.clone(), period()).prop_map(|(measure, period)| measure.during(period)),
            (boxed.clone(), boxed.clone(), any::<bool>()).prop_map(|(left, right, percent)| Measure::new(
                Quantity::Arithmetic { operator: Operator::Divide, left, right, percent }
            )),
            (dimension(), boxed.clone(), comparison(), aggregate()).prop_map(|(per, of, is, function)| {
                let right = Measure::new(Quantity::Number { number: 2.0 });
                let having = vec![Having { left: of.as_ref().clone(), is, right }];
                Measure::new(Quantity::Groups {
                    per: vec![per],
                    of: Some(of),
                    having,
                    function: GroupFunction::Of(function),
                })
            }),
            (entity(), boxed.clone()).prop_map(|(entity, of)| Measure::new(Quantity::Groups {
                per: vec![Dimension::entity(entity)],
                of: Some(of),
                having: Vec::new(),
                function: GroupFunction::Reach(0.5),
            })),
            (boxed.clone(), prop::collection::vec(0_usize..2, 0..2))
                .prop_map(|(of, within)| Measure::new(Quantity::Share { of, within })),
            (boxed.clone(), any::<bool>(), 0_u32..3).prop_map(|(of, percent, steps)| Measure::new(Quantity::Change {
                of,
                basis: Basis::Previous,
                steps,
                percent,
            })),
            boxed.clone().prop_map(|of| Measure::new(Quantity::Before { of, basis: Basis::YearBefore, steps: 1 })),
            boxed.clone().prop_map(|of| Measure::new(Quantity::Running { of })),
            (boxed.clone(), 0_u32..9).prop_map(|(of, rows)| Measure::new(Quantity::Moving { of, rows })),
            (boxed.clone(), any::<bool>()).prop_map(|(of, ascending)| Measure::new(Quantity::Rank {
                of,
                ascending,
                within: Vec::new()
            })),
            boxed.clone().prop_map(|of| Measure::new(Quantity::CumulativeShare { of })),
            (boxed, aggregate()).prop_map(|(of, function)| Measure::new(Quantity::Overall {
                function,
                of,
                within: Vec::new()
            })),
        ]
    })
}

fn dimension() -> impl Strategy<Value = Dimension> {
    let by = prop_oneof![
        4 => field().prop_map(|field| Grouping::Column { field }),
        2 => entity().prop_map(|entity| Grouping::Entity { entity, show: None, via: Vec::new() }),
        3 => grain().prop_map(|grain| Grouping::Time { time: None, grain }),
        2 => part().prop_map(|part| Grouping::Part { time: None, part }),
        1 => (number(), -1.0..10.0).prop_map(|(value, width)| Grouping::Steps { value, width }),
        1 => (filter(), text()).prop_map(|(filter, label)| Grouping::Buckets {
            buckets: vec![Bucket { label, filters: vec![filter] }], otherwise: Some("other".to_owned()),
        }),
        1 => entity().prop_map(|entity| Grouping::Attained {
            entity,
            of: Box::new(Measure::new(Quantity::Aggregate {
                function: Aggregate::Min, value: Value::field("date", "date"), within: Some("sales".to_owned()),
            })),
            grain: Some(Grain::Month),
            width: None,
        }),
        1 => Just(Grouping::Value {
            value: Value::Elapsed { unit: Unit::Year, from: Box::new(Value::field("store", "opened_date")), to: Box::new(Value::Today) },
        }),
    ];
    by.prop_map(Dimension::new)
}

fn plan() -> impl Strategy<Value = Plan> {
    let many = (
        prop::collection::vec(measure(), 0..3),
        prop::collection::vec(dimension(), 0..3),
        prop::collection::vec(filter(), 0..2),
    );
    let more = (
        prop::option::of(period()),
        prop::option::weighted(0.15, (filter(), filter())),
        prop::option::weighted(0.2, (metric(), comparison())),
    );
    let top = prop::option::weighted(
        0.3,
        (1_u64..5, any::<bool>(), 0_usize..2, any::<bool>(), prop::collection::vec(0_usize..2, 0..2)),
    );
    let order = prop::option::weighted(0.3, (0_usize..2, any::<bool>(), any::<bool>()));
    (many, more, top, order).prop_map(|((measures, dimensions, filters), (period, sides, having), top, order)| Plan {
        measures,
        dimensions,
        filters,
        period,
        compare: sides.map(|(one, other)| Compare {
            base: Side { label: "one".to_owned(), filters: vec![one], ..Side::default() },
            other: Side { label: "other".to_owned(), filters: vec![other], ..Side::default() },
            show: Vec::new(),
        }),
        having: having
            .map(|(left, is)| Having { left, is, right: Measure::new(Quantity::Number { number: 10.0 }) })
            .into_iter()
            .collect(),
        top: top.map(|(n, exactly, by, ascending, within)| Top { n, exactly, by, ascending, within }),
        order: order
            .map(|(place, measure, descending)| Order {
                by: if measure { OrderKey::Measure(place) } else { OrderKey::Dimension(place) },
                descending,
            })
            .into_iter()
            .collect(),
        ..Plan::default()
    })
}

fn runner(cases: u32) -> TestRunner {
    let config =
        ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// What DuckDB says of a query that it does not run.
fn binds(duck: &DuckDb, sql: &str) -> Result<(), String> {
    let explained =
        check(Sql::new(format!("EXPLAIN {sql}")), &Guard::write()).map_err(|error| format!("{error}: {sql}"))?;
    duck.query(&explained, &Request::default()).map(drop).map_err(|error| format!("{error}: {sql}"))
}

#[test]
fn any_plan_becomes_sql_of_both_dialects_or_is_refused_with_a_code() {
    let model = SemanticModel::retail().unwrap();
    let duck = retail::warehouse();
    let agent = Guard::agent(Dialect::DuckDb, &duck.catalog().unwrap());
    let (mut written, mut refused) = (0, 0);
    let cells = std::cell::RefCell::new((&mut written, &mut refused));
    let outcome = runner(400).run(&plan(), |plan| {
        let json = serde_json::to_string(&plan).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Plan>(&json).unwrap(), &plan);
        let [ours, theirs] = DIALECTS.map(|dialect| compiles(&plan, &model, dialect));
        let ours = ours.map_err(|error| TestCaseError::fail(format!("{error}\n{json}")))?;
        let theirs = theirs.map_err(|error| TestCaseError::fail(format!("{error}\n{json}")))?;
        prop_assert_eq!(ours.is_some(), theirs.is_some(), "one dialect only: {}", json);
        let mut counts = cells.borrow_mut();
        let Some(sql) = ours else {
            *counts.1 += 1;
            return Ok(());
        };
        match check(Sql::new(&sql), &agent) {
            Ok(_) => *counts.0 += 1,
            // Groups of groups of groups: the guard sets a limit, with a code.
            Err(AgentsError::GuardSize { .. }) => *counts.1 += 1,
            Err(error) => return Err(TestCaseError::fail(format!("{error}: {sql}"))),
        }
        binds(&duck, &sql).map_err(|error| TestCaseError::fail(format!("{error}\n{json}")))
    });
    outcome.unwrap();
    println!("{written} plans became SQL, {refused} were refused");
    assert!(written > 100, "only {written} of the plans mean something");
}

#[test]
fn every_plan_is_as_its_schema_says() {
    let folder = tempfile::tempdir().unwrap();
    let duck = warehouse(&folder.path().join("retail.duckdb"));
    let engine = synthbook_agents::ask::Engine::open(std::sync::Arc::new(duck), EngineOptions::default()).unwrap();
    let mut plans: Vec<serde_json::Value> = Vec::new();
    for group in groups() {
        for question in &group.questions {
            if let Outcome::Answer(answer) = asked(&engine, &group, question) {
                plans.push(serde_json::to_value(answer.plan).unwrap());
            }
        }
    }
    let questions = plans.len();
    let made = std::cell::RefCell::new(&mut plans);
    runner(100)
        .run(&plan(), |plan| {
            made.borrow_mut().push(serde_json::to_value(plan).unwrap());
            Ok(())
        })
        .unwrap();
    assert!(questions > 120 && plans.len() >= questions + 100);
    let wrong = [
        json!({"measures": [{"of": {"kind": "sql", "sql": "SELECT 1"}}]}),
        json!({"sql": "SELECT 1"}),
        json!({"measures": "revenue"}),
        json!({"limit": -1}),
    ];
    assert!(wrong.iter().all(|wrong| serde_json::from_value::<Plan>(wrong.clone()).is_err()));
    let script = "import json, sys
from jsonschema import Draft202012Validator
told = json.load(sys.stdin)
Draft202012Validator.check_schema(told['schema'])
validator = Draft202012Validator(told['schema'])
for plan in told['plans']:
    for error in validator.iter_errors(plan):
        sys.exit(f'{error.json_path}: {error.message} in {json.dumps(plan)}')
sys.exit(next((f'taken: {plan}' for plan in told['wrong'] if validator.is_valid(plan)), 0))";
    let mut child = python().args(["-c", script]).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let told = json!({"schema": Plan::json_schema(), "plans": plans, "wrong": wrong}).to_string();
    child.stdin.take().unwrap().write_all(told.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
