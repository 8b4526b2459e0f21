//! Columns as they come: dates and numbers in words, personal data, scales, odd words and huge numbers.

use std::collections::BTreeSet;

use polars::prelude::*;
use synthbook_synth::{ColumnKind, Metadata, find, load};

use crate::data::{adult, fitted, sampled};

fn words(name: &str, word: impl Fn(usize) -> String) -> Column {
    Column::new(name.into(), (0..300).map(word).collect::<Vec<_>>())
}

fn table(columns: Vec<Column>) -> DataFrame {
    DataFrame::new(columns[0].len(), columns).unwrap()
}

fn kind(table: &DataFrame, name: &str) -> ColumnKind {
    Metadata::detect(table).unwrap().column(name).unwrap().kind
}

fn made(table: &DataFrame) -> DataFrame {
    let made = sampled(fitted(find("gaussian_copula").unwrap().as_ref(), table).unwrap().as_ref(), 400).unwrap();
    assert_eq!(made.schema(), table.schema());
    made
}

fn strings(table: &DataFrame, name: &str) -> Vec<String> {
    table.column(name).unwrap().str().unwrap().iter().flatten().map(str::to_owned).collect()
}

#[test]
fn dates_and_numbers_in_words_keep_their_form() {
    let real = table(vec![
        words("day", |at| format!("{:02}/{:02}/2021", at % 28 + 1, at % 12 + 1)),
        words("moment", |at| format!("2021-03-{:02} {:02}:15", at % 28 + 1, at % 24)),
        words("price", |at| format!("${},{:03}.{:02}", at % 9 + 1, at * 7 % 1000, at * 13 % 100)),
        words("share", |at| format!("{} %", at * 37 % 101)),
    ]);
    let expected = [ColumnKind::Date, ColumnKind::Datetime, ColumnKind::Numerical, ColumnKind::Numerical];
    for (column, expected) in real.columns().iter().zip(expected) {
        assert_eq!(kind(&real, column.name()), expected, "{}", column.name());
    }
    let made = made(&real);
    let again = Metadata::detect(&made).unwrap();
    for (name, about) in Metadata::detect(&real).unwrap().columns() {
        assert_eq!(again.column(name).unwrap().format, about.format, "{name}");
    }
    assert_eq!(Metadata::from_json(&again.to_json()).unwrap(), again);
}

#[test]
fn people_are_new_and_keep_to_their_row() {
    let first = ["Aaron", "Anna", "Zoe", "Oliver", "Emma"];
    let last = ["Abbott", "Miller", "Smith", "Turner"];
    let name = |at: usize| format!("{} {}", first[at % 5], last[at / 5 % 4]);
    let real = table(vec![
        words("customer_name", |at| format!("{}{}", name(at), "x".repeat(at / 20))),
        words("email", |at| format!("{}{at}@mail.org", name(at).to_lowercase().replace(' ', "."))),
        words("phone", |at| format!("+1 212 {:03} {:04}", at * 7 % 1000, at * 31)),
        words("address", |at| format!("{} Main Street", at + 10)),
        words("size", |at| ["small", "medium", "large"][at % 3].to_owned()),
        Column::new("latitude".into(), (0..300).map(|at| 40.0 + f64::from(at) / 97.0).collect::<Vec<_>>()),
    ]);
    let metadata = Metadata::detect(&real).unwrap();
    let kinds: Vec<ColumnKind> = metadata.columns().map(|(_, about)| about.kind).collect();
    let personal = [ColumnKind::Name, ColumnKind::Email, ColumnKind::PhoneNumber, ColumnKind::Address];
    assert_eq!(kinds[..4], personal);
    assert_eq!(kinds[4..], [ColumnKind::Ordinal, ColumnKind::Latitude]);
    assert_eq!(metadata.column("size").unwrap().order, ["small", "medium", "large"]);
    assert_eq!(Metadata::from_json(&metadata.to_json()).unwrap(), metadata);
    let folder = tempfile::tempdir().unwrap();
    let model = fitted(find("gaussian_copula").unwrap().as_ref(), &real).unwrap();
    model.save(&folder.path().join("model")).unwrap();
    let made = sampled(load(&folder.path().join("model")).unwrap().as_ref(), 400).unwrap();
    assert_eq!(made, sampled(model.as_ref(), 400).unwrap());
    for name in ["customer_name", "email", "phone", "address"] {
        let (real, made) = (strings(&real, name), strings(&made, name));
        let real: BTreeSet<String> = real.into_iter().collect();
        let distinct: BTreeSet<&String> = made.iter().collect();
        assert_eq!(distinct.len(), 400, "{name}");
        let copied = made.iter().filter(|value| real.contains(*value)).count();
        assert!(copied <= if name == "phone" { 2 } else { 0 }, "{name}: {copied}");
    }
    for (name, mail) in strings(&made, "customer_name").iter().zip(strings(&made, "email")) {
        let family = name.to_lowercase().replace('\'', "");
        let family = family.split(' ').next_back().unwrap();
        assert!(mail.contains(family), "{name} and {mail}");
    }
}

#[test]
fn known_tables_hold_no_personal_data() {
    let metadata = Metadata::detect(&adult()).unwrap();
    assert!(metadata.columns().all(|(_, about)| about.kind.is_modelled()));
}

#[test]
fn odd_words_and_numbers_work() {
    made(&table(vec![
        words("empty", |_| String::new()),
        words("some empty", |at| if at % 3 == 0 { String::new() } else { format!("v{}", at % 50) }),
        words("odd", |at| format!("{}\u{301}🙂\u{0}\n{}", ["é", "ß", "日本", "\u{202e}ab"][at % 4], at % 40)),
        words("mixed", |at| if at % 2 == 0 { format!("2021-03-{:02}", at % 28 + 1) } else { format!("{at}/03/21") }),
        words("half", |at| if at % 2 == 0 { format!("${at}.50") } else { "unknown".to_owned() }),
        words("codes", |at| format!("{}-{at}", ["A", "BC"][at % 2])),
        words("long", |at| "x".repeat(at * 10)),
        Column::new("u64".into(), (0..300_u64).map(|at| u64::MAX - at * at).collect::<Vec<_>>()),
        Column::new(
            "i64".into(),
            (0..300_i64).map(|at| if at % 2 == 0 { i64::MIN + at } else { i64::MAX - at }).collect::<Vec<_>>(),
        ),
        Column::new("inf".into(), (0..300).map(|at| [f64::NAN, f64::INFINITY, 0.5, 1e300][at % 4]).collect::<Vec<_>>()),
        Column::new("none".into(), vec![Option::<&str>::None; 300]),
    ]));
    let huge =
        Series::new("huge".into(), (0..300).map(|at| Some(10_i128.pow(36) * (at % 90) + at)).collect::<Vec<_>>());
    let huge = huge.cast(&DataType::Decimal(38, 2));
    if let Ok(huge) = huge {
        made(&table(vec![huge.into()]));
    }
    let many = (0..20_000).map(|at| format!("k{}", at * 7919 % 10_000)).collect::<Vec<_>>();
    made(&table(vec![Column::new("many".into(), many), Column::new("x".into(), (0..20_000).collect::<Vec<i32>>())]));
}
