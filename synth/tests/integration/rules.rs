//! Rules planted in tables are found, and samples keep them; where there are none, none are found.

use polars::prelude::*;
use synthbook_synth::{
    DeclaredRule, Draws, GaussianCopula, Metadata, Progress, RuleReport, Seed, Synthesizer, find_rules, load,
};

use crate::data::{adult, code as code_of, fitted, sampled};

/// Columns of a table, drawn row by row.
struct Planter {
    draws: Draws,
    rows: usize,
}

impl Planter {
    fn new(seed: u64, rows: usize) -> Self {
        Self { draws: Seed::new(seed).draws(), rows }
    }

    fn below(&mut self, limit: i64) -> i64 {
        (self.draws.uniform() * limit as f64) as i64
    }

    fn wholes(&mut self, limit: i64) -> Vec<i64> {
        (0..self.rows).map(|_| self.below(limit)).collect()
    }

    fn normals(&mut self) -> Vec<f64> {
        (0..self.rows).map(|_| self.draws.normal()).collect()
    }
}

fn rules_of(table: &DataFrame) -> Vec<String> {
    report(table, table).rules.into_iter().map(|rule| rule.sentence).collect()
}

fn report(table: &DataFrame, checked: &DataFrame) -> RuleReport {
    find_rules(table, checked, &Metadata::detect(table).unwrap(), &Progress::silent()).unwrap()
}

/// Samples 20,000 rows of a table and counts the rows that break what is expected of it.
fn keeps(table: &DataFrame, expected: &[&str]) -> DataFrame {
    let found = rules_of(table);
    for rule in expected {
        assert!(found.iter().any(|one| one == rule), "{rule} is not among {found:?}");
    }
    let model = fitted(&GaussianCopula::default(), table).unwrap();
    let made = sampled(model.as_ref(), 20_000).unwrap();
    assert_eq!(made.schema(), table.schema());
    for rule in report(table, &made).rules {
        assert_eq!(rule.violations, 0, "{}", rule.sentence);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    model.save(&path).unwrap();
    assert!(sampled(load(&path).unwrap().as_ref(), 20_000).unwrap().equals_missing(&made));
    made
}

fn floats(table: &DataFrame, name: &str) -> Vec<f64> {
    let column = table.column(name).unwrap().cast(&DataType::Float64).unwrap();
    column.f64().unwrap().iter().map(|value| value.unwrap_or(f64::NAN)).collect()
}

#[test]
fn dependencies_are_kept_through_chains_and_in_both_directions() {
    let mut plant = Planter::new(1, 3000);
    let city = plant.wholes(40);
    let state: Vec<i64> = city.iter().map(|city| city * 7 % 12).collect();
    let country: Vec<i64> = state.iter().map(|state| state * state % 5).collect();
    let words = |prefix: &str, numbers: &[i64]| numbers.iter().map(|at| format!("{prefix}{at}")).collect::<Vec<_>>();
    let code: Vec<Option<i64>> = city.iter().map(|&city| (city != 3).then_some(1000 + city * 31 % 101)).collect();
    let table = df!(
        "x" => plant.normals(), "city" => words("c", &city), "state" => words("s", &state), "code" => code,
        "country" => words("l", &country), "y" => plant.wholes(9),
    )
    .unwrap();
    let made = keeps(&table, &["city follows from code", "state follows from code", "country follows from state"]);
    let missing = made.column("code").unwrap().null_count();
    assert!((300..800).contains(&missing), "{missing}");
}

#[test]
fn a_column_that_two_others_determine_is_one_both_agree_on() {
    let mut plant = Planter::new(2, 4000);
    let region = plant.wholes(6);
    let city: Vec<i64> = region.iter().map(|region| region * 5 + plant.below(5)).collect();
    let prefix: Vec<i64> = region.iter().map(|region| 600 + region * 3 + plant.below(3)).collect();
    let table = df!("city" => city, "region" => region, "prefix" => prefix, "x" => plant.normals()).unwrap();
    keeps(&table, &["region follows from each of city, prefix"]);
}

#[test]
fn bands_of_a_measure_follow_it() {
    let mut plant = Planter::new(3, 2500);
    let income: Vec<f64> = plant.normals().iter().map(|x| (x.exp() * 3e4).round()).collect();
    let class: Vec<&str> = income
        .iter()
        .map(|&income| match income {
            ..2e4 => "low",
            ..6e4 => "middle",
            _ => "high",
        })
        .collect();
    let table = df!("income" => income, "class" => class, "x" => plant.normals()).unwrap();
    keeps(&table, &["class is a band of income"]);
}

#[test]
fn totals_and_multiples_are_computed() {
    let mut plant = Planter::new(4, 1500);
    let cents = |x: &f64| (x.exp() * 1e4).round() / 100.0;
    let (net, tax): (Vec<f64>, Vec<f64>) =
        (plant.normals().iter().map(cents).collect(), plant.normals().iter().map(cents).collect());
    let fee = plant.wholes(50);
    let gross: Vec<f64> =
        (0..1500).map(|row| ((net[row] + tax[row] + fee[row] as f64) * 100.0).round() / 100.0).collect();
    let celsius: Vec<f64> = plant.normals().iter().map(|x| (x * 100.0).round() / 10.0).collect();
    let fahrenheit: Vec<f64> = celsius.iter().map(|c| ((c * 1.8 + 32.0) * 100.0).round() / 100.0).collect();
    let table = df!(
        "net" => net, "tax" => tax, "gross" => gross, "fee" => fee, "celsius" => celsius, "fahrenheit" => fahrenheit,
    )
    .unwrap();
    let made = keeps(&table, &["gross = net + tax + fee", "fahrenheit = 1.8 × celsius + 32"]);
    let (net, tax, fee, gross) =
        (floats(&made, "net"), floats(&made, "tax"), floats(&made, "fee"), floats(&made, "gross"));
    assert!((0..20_000).all(|row| (net[row] + tax[row] + fee[row] - gross[row]).abs() < 1e-6));
}

#[test]
fn inequalities_are_kept_with_the_columns_as_they_were() {
    let mut plant = Planter::new(5, 3000);
    let low: Vec<f64> = plant.normals().iter().map(|x| (x * 1000.0).round() / 100.0).collect();
    let mean: Vec<f64> = low.iter().map(|low| ((low + plant.draws.uniform() * 30.0) * 100.0).round() / 100.0).collect();
    let high: Vec<f64> =
        mean.iter().map(|mean| ((mean + plant.draws.uniform() * 30.0) * 100.0).round() / 100.0).collect();
    let start: Vec<i32> = plant.wholes(1000).iter().map(|&day| 15_000 + day as i32).collect();
    let end: Vec<Option<i32>> =
        start.iter().map(|start| (plant.below(10) > 0).then(|| start + 1 + plant.below(14) as i32)).collect();
    let mut table = df!("high" => high, "low" => low, "mean" => mean, "start" => start, "end" => end).unwrap();
    for name in ["start", "end"] {
        let days = table.column(name).unwrap().cast(&DataType::Date).unwrap();
        table.with_column(days).unwrap();
    }
    let made = keeps(&table, &["low ≤ mean", "mean ≤ high", "low ≤ high", "start < end"]);
    let (start, end) = (floats(&made, "start"), floats(&made, "end"));
    assert!(start.iter().zip(&end).all(|(start, end)| end.is_nan() || (1.0..=14.0).contains(&(end - start))));
    let missing = end.iter().filter(|end| end.is_nan()).count();
    assert!((1500..2500).contains(&missing), "{missing}");
    let (real, made) = (floats(&table, "high"), floats(&made, "high"));
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    assert!((mean(&real) - mean(&made)).abs() < 2.0, "{} {}", mean(&real), mean(&made));
}

#[test]
fn no_rule_is_invented_in_tables_of_independent_columns() {
    for (seed, rows) in (10..).zip([50, 100, 300, 2000]) {
        let mut plant = Planter::new(seed, rows);
        let mut columns: Vec<Column> = Vec::new();
        for limit in [2, 2, 3, 3, 5, 7, 10, 10, 30, 30, 100] {
            columns.push(Column::new(format!("whole {}", columns.len()).into(), plant.wholes(limit)));
            let rare: Vec<bool> = plant.wholes(40 * limit).iter().map(|&x| x == 0).collect();
            columns.push(Column::new(format!("flag {}", columns.len()).into(), rare));
            columns.push(Column::new(format!("real {}", columns.len()).into(), plant.normals()));
            let words: Vec<String> = plant.wholes(limit * 3).iter().map(|x| format!("w{x}")).collect();
            columns.push(Column::new(format!("word {}", columns.len()).into(), words));
        }
        assert_eq!(rules_of(&DataFrame::new(rows, columns).unwrap()), Vec::<String>::new(), "{rows} rows");
    }
}

#[test]
fn the_census_knows_education_in_two_writings() {
    let table = adult();
    assert_eq!(rules_of(&table), ["education follows from education_num"]);
    let made = sampled(fitted(&GaussianCopula::default(), &table).unwrap().as_ref(), 20_000).unwrap();
    assert!(report(&table, &made).rules.iter().all(|rule| rule.violations == 0));
}

#[test]
fn products_and_ratios_are_computed_to_within_rounding() {
    let mut plant = Planter::new(6, 1200);
    let price: Vec<f64> = plant.normals().iter().map(|x| (x.exp() * 1e3).round() / 100.0).collect();
    let quantity: Vec<i64> = plant.wholes(9).iter().map(|x| x + 1).collect();
    let total: Vec<f64> = price.iter().zip(&quantity).map(|(p, &q)| (p * q as f64 * 100.0).round() / 100.0).collect();
    let people: Vec<i64> = plant.wholes(40).iter().map(|x| x + 3).collect();
    let area: Vec<f64> = plant.normals().iter().map(|x| (x.exp() * 800.0).round() / 10.0).collect();
    let density: Vec<f64> = people.iter().zip(&area).map(|(&p, a)| (p as f64 / a * 1000.0).round() / 1000.0).collect();
    let table = df!(
        "price" => price, "quantity" => quantity, "total" => total, "people" => people, "area" => area,
        "density" => density,
    )
    .unwrap();
    keeps(&table, &["total = price × quantity", "density = people / area"]);
}

#[test]
fn parts_of_dates_follow_them() {
    let mut plant = Planter::new(7, 1500);
    let days: Vec<Option<i32>> =
        plant.wholes(3000).iter().map(|&day| (day % 13 > 0).then_some(15_000 + day as i32)).collect();
    let weekday =
        |day: &Option<i32>| day.map(|day| ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][day as usize % 7]);
    let mut table = df!("day" => &days, "weekday" => days.iter().map(weekday).collect::<Vec<_>>()).unwrap();
    let date = table.column("day").unwrap().cast(&DataType::Date).unwrap();
    let year = |days: i32| 1970 + (f64::from(days) / 365.2425) as i32;
    let rough: Vec<Option<i32>> = days.iter().map(|day| day.map(year)).collect();
    table.with_column(date).unwrap();
    table.with_column(Column::new("roughly".into(), rough)).unwrap();
    table.with_column(Column::new("x".into(), plant.normals())).unwrap();
    let made = keeps(&table, &["weekday is the weekday of day"]);
    let missing = made.column("weekday").unwrap().null_count();
    assert!((1200..2000).contains(&missing), "{missing}");
}

#[test]
fn one_hot_groups_are_one_column() {
    let mut plant = Planter::new(8, 1000);
    let colour = plant.wholes(4);
    let size = plant.wholes(5);
    let is = |values: &[i64], which: i64| values.iter().map(|&value| i64::from(value == which)).collect::<Vec<_>>();
    let flag = |values: &[i64], which: i64| values.iter().map(|&value| value == which).collect::<Vec<_>>();
    let table = df!(
        "colour_red" => is(&colour, 0), "size_s" => flag(&size, 0), "colour_blue" => is(&colour, 1),
        "colour_green" => is(&colour, 2), "size_m" => flag(&size, 1), "size_l" => flag(&size, 2),
        "colour_none" => is(&colour, 3), "x" => plant.normals(),
    )
    .unwrap();
    let made = keeps(
        &table,
        &[
            "exactly one of colour_red, colour_blue, colour_green, colour_none is set",
            "at most one of size_s, size_m, size_l is set",
        ],
    );
    let share = made.column("size_s").unwrap().bool().unwrap().sum().unwrap();
    assert!((3500..4500).contains(&share), "{share}");
}

#[test]
fn few_combinations_of_many_are_the_only_ones() {
    let mut plant = Planter::new(9, 4000);
    let pairs: Vec<(i64, i64)> = (0..30).map(|at| (at % 10, at * at % 13)).collect();
    let chosen: Vec<(i64, i64)> = plant.wholes(30).iter().map(|&at| pairs[at as usize]).collect();
    let words = |prefix: &str, part: fn(&(i64, i64)) -> i64| {
        chosen.iter().map(|pair| format!("{prefix}{}", part(pair))).collect::<Vec<_>>()
    };
    let table =
        df!("maker" => words("m", |pair| pair.0), "part" => words("p", |pair| pair.1), "x" => plant.normals()).unwrap();
    let found = rules_of(&table);
    assert!(found.len() == 1 && found[0].starts_with("maker and part occur in"), "{found:?}");
    keeps(&table, &[&found[0]]);
}

#[test]
fn declared_rules_are_kept_or_refused() {
    let mut plant = Planter::new(10, 60);
    let low = plant.wholes(50);
    let high: Vec<i64> = low.iter().map(|low| low + 1 + plant.below(50)).collect();
    let code: Vec<String> = (0..60).map(|row| format!("K{:03}", row / 2)).collect();
    let label: Vec<String> = (0..60).map(|row| format!("the {}th of them", row / 4)).collect();
    let table = df!("low" => &low, "high" => &high, "code" => code, "label" => label).unwrap();
    let mut metadata = Metadata::detect(&table).unwrap();
    metadata.set_discover_rules(false);
    metadata.declare(DeclaredRule::Inequality {
        low_column_name: "low".into(),
        high_column_name: "high".into(),
        strict_boundaries: true,
    });
    metadata.declare(DeclaredRule::FunctionalDependency {
        determinant_column_name: "code".into(),
        column_name: "label".into(),
    });
    metadata.declare(DeclaredRule::ScalarRange { column_name: "low".into(), low_value: Some(0.0), high_value: None });
    let metadata = Metadata::from_json(&metadata.to_json()).unwrap();
    let model = GaussianCopula::default().fit(&table, &metadata, Seed::new(1), &Progress::silent()).unwrap();
    let made = sampled(model.as_ref(), 20_000).unwrap();
    let report = find_rules(&table, &made, &metadata, &Progress::silent()).unwrap();
    let said: Vec<&str> = report.rules.iter().map(|rule| rule.sentence.as_str()).collect();
    assert_eq!(said.len(), 3, "{said:?}");
    assert!(["low < high", "label follows from code", "0 ≤ low"].iter().all(|rule| said.contains(rule)), "{said:?}");
    assert!(report.rules.iter().all(|rule| rule.violations == 0), "{report:?}");

    let refused = |rule: DeclaredRule| {
        let mut metadata = Metadata::detect(&table).unwrap();
        metadata.declare(rule);
        let error = find_rules(&table, &table, &metadata, &Progress::silent()).unwrap_err();
        (code_of(&error), error.to_string())
    };
    let inequality = |low: &str, high: &str| DeclaredRule::Inequality {
        low_column_name: low.into(),
        high_column_name: high.into(),
        strict_boundaries: false,
    };
    let (code, message) = refused(inequality("high", "low"));
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("synth::broken_rule", "A declared rule is broken in 60 row(s): high ≤ low")
    );
    assert_eq!(refused(inequality("low", "code")).0, "synth::unfit_rule");
    assert_eq!(refused(inequality("low", "nothing")).0, "synth::missing_column");
    let sum = DeclaredRule::Sum { column_name: "high".into(), column_names: vec!["low".into(), "low".into()] };
    assert_eq!(refused(sum).0, "synth::broken_rule");
    assert_eq!(refused(DeclaredRule::OneHotEncoding { column_names: vec!["code".into()] }).0, "synth::broken_rule");
}

#[test]
fn grades_in_words_follow_what_decides_them() {
    let mut plant = Planter::new(11, 2000);
    let branch = plant.wholes(25);
    let grade: Vec<&str> = branch.iter().map(|&branch| ["low", "medium", "high"][branch as usize * 7 % 3]).collect();
    let branch: Vec<String> = branch.iter().map(|branch| format!("b{branch}")).collect();
    let table = df!("branch" => branch, "grade" => grade, "x" => plant.normals()).unwrap();
    keeps(&table, &["grade follows from branch"]);
}
