//! What every augmenter in the registry keeps to, whatever the table.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use polars::prelude::*;
use synthbook_synth::{
    Augmenter, ColumnKind, Metadata, Progress, Seed, SettingKind, SynthError, augmenters, find_augmenter,
};

use crate::data::{adult, code, every_type};

fn each(check: impl Fn(&dyn Augmenter)) {
    let all = augmenters();
    assert_eq!(all.len(), 9);
    for augmenter in all {
        check(augmenter.as_ref());
    }
}

fn augmented(augmenter: &dyn Augmenter, table: &DataFrame, target: Option<&str>) -> Result<DataFrame, SynthError> {
    augmenter.augment(table, &Metadata::detect(table)?, target, Seed::new(4), &Progress::silent())
}

fn with(name: &str, settings: &[(&str, &str)]) -> Box<dyn Augmenter> {
    let mut augmenter = find_augmenter(name).unwrap();
    for (name, value) in settings {
        augmenter.set(name, value).unwrap();
    }
    augmenter
}

/// Checks what came out, or that an error has a code and a help line.
fn works_or_says_why(augmenter: &dyn Augmenter, table: &DataFrame, target: Option<&str>) -> Option<DataFrame> {
    match augmented(augmenter, table, target) {
        Ok(made) => {
            assert_eq!(made.schema(), table.schema(), "{}", augmenter.name());
            if augmenter.name() == "random_under" {
                assert!(made.height() <= table.height());
            } else {
                assert!(made.head(Some(table.height())).equals_missing(table), "{}", augmenter.name());
            }
            Some(made)
        }
        Err(error) => {
            assert!(code(&error).starts_with("synth::"), "{error:?}");
            assert!(miette::Diagnostic::help(&error).is_some(), "{error:?}");
            None
        }
    }
}

fn classes(table: &DataFrame, target: &str) -> BTreeMap<String, usize> {
    let text = table.column(target).unwrap().cast(&DataType::String).unwrap();
    let mut counts = BTreeMap::new();
    for label in text.str().unwrap().iter() {
        *counts.entry(label.unwrap_or("none").to_owned()).or_insert(0) += 1;
    }
    counts
}

/// Every type, with classes of unlike sizes, two of them without a label.
fn labelled(rows: i64) -> DataFrame {
    let label = |at: i64| match at {
        5 | 6 => None,
        at if at % 4 == 0 => Some("rare, or = so"),
        at if at % 9 == 1 => Some("rarer"),
        _ => Some("common"),
    };
    let mut table = every_type(rows);
    table.with_column(Column::new("label".into(), (0..rows).map(label).collect::<Vec<_>>())).unwrap();
    table
}

#[test]
fn names_are_found_and_settings_read() {
    each(|augmenter| {
        assert_eq!(find_augmenter(augmenter.name()).unwrap().name(), augmenter.name());
        assert!(!augmenter.about().is_empty());
        assert!(!augmenter.settings().is_empty());
        for setting in augmenter.settings() {
            let mut other = find_augmenter(augmenter.name()).unwrap();
            other.set(setting.name, setting.default).unwrap();
            assert_eq!(format!("{other:?}"), format!("{augmenter:?}"), "the default of {}", setting.name);
            assert_eq!(code(&other.set(setting.name, "").unwrap_err()), "synth::invalid_setting");
            match setting.kind {
                SettingKind::Whole { least, most } => {
                    other.set(setting.name, &least.to_string()).unwrap();
                    assert!(other.set(setting.name, &(most + 1).to_string()).is_err());
                }
                SettingKind::Number { least, most } => {
                    other.set(setting.name, &least.to_string()).unwrap();
                    for wrong in [(most * 2.0).to_string(), "-1".to_owned(), "NaN".to_owned()] {
                        assert!(other.set(setting.name, &wrong).is_err(), "{wrong}");
                    }
                }
                _ => {}
            }
        }
        let error = find_augmenter(augmenter.name()).unwrap().set("no such setting", "1").unwrap_err();
        assert_eq!(code(&error), "synth::unknown_setting");
    });
    assert_eq!(code(&find_augmenter("nothing").unwrap_err()), "synth::unknown_augmenter");
    assert_eq!(code(&find_augmenter("boost").unwrap().set("method", "x").unwrap_err()), "synth::invalid_setting");
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let table = adult().head(Some(700));
    each(|augmenter| {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| augmented(augmenter, &table, Some("income")).unwrap())
        };
        let one = on(1);
        assert_eq!(one, on(3), "{}", augmenter.name());
        let other = augmenter.augment(
            &table,
            &Metadata::detect(&table).unwrap(),
            Some("income"),
            Seed::new(5),
            &Progress::silent(),
        );
        assert_ne!(one, other.unwrap(), "{}", augmenter.name());
    });
}

#[test]
fn every_type_stays_itself_and_keys_differ() {
    let table = labelled(240);
    each(|augmenter| {
        let made = works_or_says_why(augmenter, &table, Some("label")).unwrap();
        for key in ["key", "code_id"] {
            assert_eq!(made.column(key).unwrap().n_unique().unwrap(), made.height(), "{} {key}", augmenter.name());
        }
        assert_eq!(classes(&made, "label")["none"], 2, "{}", augmenter.name());
        for (old, new) in table.columns().iter().zip(made.columns()) {
            assert_eq!(old.has_nulls(), new.has_nulls(), "{} {}", augmenter.name(), old.name());
        }
    });
}

#[test]
fn balancing_evens_the_classes_and_leaves_rows_without_a_label() {
    let table = labelled(300);
    let before = classes(&table, "label");
    for name in ["random_over", "smote", "smote_nc", "borderline_smote"] {
        let after =
            classes(&augmented(find_augmenter(name).unwrap().as_ref(), &table, Some("label")).unwrap(), "label");
        assert_eq!(after["none"], 2);
        assert!(after.iter().all(|(label, &rows)| label == "none" || rows == before["common"]), "{name} {after:?}");
        let set = with(name, &[("sampling", "rare, or = so=150")]);
        let after = classes(&augmented(set.as_ref(), &table, Some("label")).unwrap(), "label");
        assert_eq!((after["rare, or = so"], after["rarer"]), (150, before["rarer"]));
        let less = with(name, &[("sampling", "common=1")]);
        assert_eq!(code(&augmented(less.as_ref(), &table, Some("label")).unwrap_err()), "synth::invalid_setting");
        let unknown = with(name, &[("sampling", "nobody=100")]);
        assert_eq!(code(&augmented(unknown.as_ref(), &table, Some("label")).unwrap_err()), "synth::invalid_setting");
    }
    let made = augmented(find_augmenter("random_under").unwrap().as_ref(), &table, Some("label")).unwrap();
    let after = classes(&made, "label");
    assert!(after.iter().all(|(label, &rows)| if label == "none" { rows == 2 } else { rows == before["rarer"] }));
    let keys: Vec<i64> = made.column("key").unwrap().i64().unwrap().iter().flatten().collect();
    assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "the kept rows stay in order");
}

#[test]
fn numbers_keep_their_lattice_and_decimals_and_categories_are_known() {
    let table = adult().head(Some(600));
    let cents: Vec<f64> = (0..600).map(|at| f64::from(at * 37 % 997) / 100.0).collect();
    let hundreds: Vec<i64> = (0..600).map(|at| i64::from(at * 53 % 89) * 100 + 7).collect();
    let mut table = table;
    table.with_column(Column::new("cents".into(), cents)).unwrap();
    table.with_column(Column::new("hundreds".into(), hundreds)).unwrap();
    each(|augmenter| {
        let made = augmented(augmenter, &table, Some("income")).unwrap();
        for value in made.column("cents").unwrap().f64().unwrap().iter().flatten() {
            assert_eq!((value * 100.0).round() / 100.0, value, "{}", augmenter.name());
            assert!((0.0..=9.96).contains(&value));
        }
        let hundreds = made.column("hundreds").unwrap().i64().unwrap();
        assert!(hundreds.iter().flatten().all(|value| value % 100 == 7), "{}", augmenter.name());
        for name in ["workclass", "occupation", "native_country"] {
            let known = |table: &DataFrame| -> BTreeSet<Option<String>> {
                let column = table.column(name).unwrap().str().unwrap().clone();
                column.iter().map(|value| value.map(str::to_owned)).collect()
            };
            assert!(known(&made).is_subset(&known(&table)), "{} {name}", augmenter.name());
        }
    });
}

#[test]
fn new_rows_keep_the_rules_of_the_table() {
    let table = adult().head(Some(800));
    let pairs = |table: &DataFrame| -> BTreeSet<(Option<String>, Option<i64>)> {
        let years = table.column("education_num").unwrap().cast(&DataType::Int64).unwrap();
        let names = table.column("education").unwrap().str().unwrap().clone();
        names.iter().map(|name| name.map(str::to_owned)).zip(years.i64().unwrap().iter()).collect()
    };
    each(|augmenter| {
        let made = augmented(augmenter, &table, Some("income")).unwrap();
        assert!(pairs(&made).is_subset(&pairs(&table)), "{}", augmenter.name());
    });
}

#[test]
fn what_can_not_be_balanced_is_refused() {
    let numbers = |rows: i64| (0..rows).map(|at| at * 7 % 31).collect::<Vec<i64>>();
    let measured =
        df!("x" => numbers(100), "y" => (0..100).map(|at| f64::from(at).sqrt()).collect::<Vec<_>>()).unwrap();
    let one_class = df!("x" => numbers(30), "y" => vec!["a"; 30]).unwrap();
    let unlabelled = df!("x" => numbers(3), "y" => [Option::<&str>::None; 3]).unwrap();
    let single = df!("x" => numbers(30), "y" => (0..30).map(|at| if at == 3 { "b" } else { "a" }).collect::<Vec<_>>());
    let single = single.unwrap();
    for name in ["smote", "smote_nc", "borderline_smote", "adasyn", "random_over", "random_under", "boost"] {
        let augmenter = find_augmenter(name).unwrap();
        let refused = |table: &DataFrame, target| code(&augmented(augmenter.as_ref(), table, target).unwrap_err());
        assert_eq!(refused(&one_class, None), "synth::no_target", "{name}");
        assert_eq!(refused(&one_class, Some("z")), "synth::missing_column");
        assert_eq!(refused(&one_class, Some("y")), "synth::one_class");
        assert_eq!(refused(&unlabelled, Some("y")), "synth::one_class");
        assert_eq!(refused(&measured, Some("y")), "synth::not_classes");
        assert_eq!(refused(&df!("y" => Vec::<i64>::new()).unwrap(), Some("y")), "synth::too_few_rows");
        assert_eq!(refused(&DataFrame::empty(), Some("y")), "synth::no_columns");
    }
    let refused = |name: &str, table: &DataFrame| {
        code(&augmented(find_augmenter(name).unwrap().as_ref(), table, Some("y")).unwrap_err())
    };
    for name in ["smote", "smote_nc", "adasyn", "boost"] {
        assert_eq!(refused(name, &single), "synth::class_too_small", "{name}");
    }
    assert_eq!(refused("borderline_smote", &single), "synth::no_border");
    let words = df!("x" => ["u", "v", "u", "w", "v"], "y" => ["a", "b", "a", "a", "b"]).unwrap();
    for name in ["smote", "borderline_smote", "adasyn"] {
        assert_eq!(refused(name, &words), "synth::no_numbers", "{name}");
    }
    let made = augmented(find_augmenter("smote_nc").unwrap().as_ref(), &words, Some("y")).unwrap();
    assert_eq!(classes(&made, "y")["b"], 3);
    let apart: Vec<i64> = (0..40).map(|at| if at < 10 { at } else { 10_000 + at }).collect();
    let apart =
        df!("x" => apart, "y" => (0..40).map(|at| if at < 10 { "b" } else { "a" }).collect::<Vec<_>>()).unwrap();
    assert_eq!(refused("adasyn", &apart), "synth::no_border");
    assert_eq!(refused("borderline_smote", &apart), "synth::no_border");
}

#[test]
fn odd_tables_work_or_say_why() {
    let labels = |rows: usize| (0..rows).map(|at| if at % 3 == 0 { "b" } else { "a" }).collect::<Vec<_>>();
    let mut tables = vec![
        df!("x" => [1], "y" => ["a"]).unwrap(),
        df!("x" => [3; 12], "y" => labels(12)).unwrap(),
        df!("x" => [Option::<f64>::None; 12], "y" => labels(12)).unwrap(),
        df!("x" => [f64::NAN; 12], "y" => labels(12)).unwrap(),
        df!("x" => [i64::MIN, 0, i64::MAX, 5, 6, 7], "z" => [u64::MAX, 0, 1, 2, 3, 4], "y" => labels(6)).unwrap(),
        df!("x" => [f64::MAX, f64::MIN, 0.0, 1.0, f64::MIN_POSITIVE, -0.0], "y" => labels(6)).unwrap(),
        df!("" => [1, 2, 3, 4, 5, 6], "a\"b\\\n" => [1, 2, 3, 1, 2, 3], "y" => labels(6)).unwrap(),
        df!("x" => [1.5, 2.5, 3.5, 9.0], "y" => [true, false, true, true]).unwrap(),
        df!("x" => [1.5, 2.5, 3.5, 9.0], "y" => [0, 1, 0, 0]).unwrap(),
        df!("y" => ["a", "b", "a"]).unwrap(),
    ];
    let infinite = |at: i32| match at % 5 {
        0 => f64::INFINITY,
        1 => f64::NEG_INFINITY,
        2 => f64::NAN,
        _ => f64::from(at),
    };
    tables.push(df!("x" => (0..90).map(infinite).collect::<Vec<_>>(), "y" => labels(90)).unwrap());
    let wide = (0..400)
        .map(|at| Column::new(format!("c{at}").into(), (0..30).map(|row| row * (at + 3) % 41).collect::<Vec<i32>>()))
        .chain([Column::new("y".into(), labels(30))]);
    tables.push(DataFrame::new(30, wide.collect()).unwrap());
    let list = Series::new("tags".into(), [Series::new("".into(), [1, 2]), Series::new("".into(), [3])]);
    tables.push(DataFrame::new(2, vec![Column::new("y".into(), ["a", "b"]), list.into()]).unwrap());
    for table in &tables {
        each(|augmenter| {
            works_or_says_why(augmenter, table, Some("y"));
            works_or_says_why(augmenter, table, None);
        });
    }
    for name in ["smote", "smote_nc", "random_over", "noise", "mixup"] {
        for at in [4, 7, 8, 10] {
            let augmenter = find_augmenter(name).unwrap();
            if let Err(error) = augmented(augmenter.as_ref(), &tables[at], Some("y")) {
                assert_eq!(code(&error), "synth::class_too_small", "{name} {at}");
            }
        }
    }
}

#[test]
fn noise_moves_values_as_far_as_its_strength() {
    let mut draws = Seed::new(8).draws();
    let normal: Vec<f64> = (0..4000).map(|_| draws.normal() * 3.0).collect();
    let colour: Vec<&str> = (0..4000).map(|at| if at % 4 == 0 { "red" } else { "blue" }).collect();
    let table = df!("x" => &normal, "colour" => colour, "y" => vec!["a"; 4000]).unwrap();
    let moved = |strength: &str| {
        let made = augmented(with("noise", &[("strength", strength)]).as_ref(), &table, Some("y")).unwrap();
        let (old, new) = (made.head(Some(4000)), made.tail(Some(4000)));
        let x = |table: &DataFrame| table.column("x").unwrap().f64().unwrap().into_no_null_iter().collect::<Vec<_>>();
        let jitter = x(&old).iter().zip(x(&new)).map(|(a, b)| (a - b).powi(2)).sum::<f64>() / 4000.0;
        let spread = x(&new).iter().map(|value| value * value).sum::<f64>() / 4000.0;
        let swapped = old.column("colour").unwrap().not_equal(new.column("colour").unwrap()).unwrap();
        (jitter.sqrt() / 3.0, spread.sqrt() / 3.0, f64::from(swapped.sum().unwrap()) / 4000.0)
    };
    assert_eq!((moved("0").0, moved("0").2), (0.0, 0.0));
    let (jitter, spread, swapped) = moved("0.3");
    assert!((jitter - 0.3).abs() < 0.03 && (spread - 1.0).abs() < 0.05, "{jitter} {spread}");
    assert!((swapped - 0.3 * 2.0 * 0.25 * 0.75).abs() < 0.02, "{swapped}");
    let half = augmented(with("noise", &[("times", "0.5")]).as_ref(), &table, None).unwrap();
    assert_eq!(half.height(), 6000);
}

#[test]
fn mixed_rows_lie_between_two_and_can_be_weighed() {
    let table = df!("x" => (0..500).map(f64::from).collect::<Vec<_>>(), "y" => (0..500).map(|at| if at < 250 { "a" } else { "b" }).collect::<Vec<_>>()).unwrap();
    let made = augmented(with("mixup", &[("weight", "yes"), ("alpha", "1")]).as_ref(), &table, Some("y")).unwrap();
    assert_eq!(made.get_column_names(), ["x", "y", "weight"]);
    let weights: Vec<f64> = made.column("weight").unwrap().f64().unwrap().into_no_null_iter().collect();
    assert!(weights[..500].iter().all(|weight| *weight == 1.0));
    assert!(weights[500..].iter().all(|weight| (0.5..1.0).contains(weight)));
    let mean = weights[500..].iter().sum::<f64>() / 500.0;
    assert!((mean - 0.75).abs() < 0.03, "{mean}");
    assert_eq!(
        code(&augmented(with("mixup", &[("weight", "yes")]).as_ref(), &made, None).unwrap_err()),
        "synth::invalid_setting"
    );
    let kin = augmented(with("mixup", &[("pairs", "same_class")]).as_ref(), &table, Some("y")).unwrap();
    let x = kin.column("x").unwrap().f64().unwrap();
    for (x, y) in x.iter().zip(kin.column("y").unwrap().str().unwrap().iter()) {
        assert_eq!(y, Some(if x.unwrap() < 249.5 { "a" } else { "b" }));
    }
    let measured = augmented(find_augmenter("mixup").unwrap().as_ref(), &table, Some("x")).unwrap();
    assert!(measured.column("x").unwrap().f64().unwrap().iter().flatten().all(|x| (0.0..=499.0).contains(&x)));
}

#[test]
fn small_groups_are_boosted_within_themselves() {
    let table = adult().head(Some(900)).select(["age", "hours_per_week", "occupation", "sex", "income"]).unwrap();
    let all_small = with("boost", &[("by", "sex"), ("small", "1000000"), ("sampling", "0.5")]);
    let made = augmented(all_small.as_ref(), &table, Some("income")).unwrap();
    let groups = |table: &DataFrame| {
        let (sex, income) = (table.column("sex").unwrap(), table.column("income").unwrap());
        let mut counts = BTreeMap::new();
        for pair in sex.str().unwrap().iter().zip(income.str().unwrap().iter()) {
            *counts.entry(format!("{pair:?}")).or_insert(0) += 1;
        }
        counts
    };
    let largest = groups(&table).values().copied().max().unwrap();
    assert!(groups(&made).values().all(|&rows| rows >= largest / 2), "{:?}", groups(&made));
    assert_eq!(groups(&made).values().copied().max(), Some(largest));
}

#[test]
fn work_stops_when_asked() {
    let table = adult().head(Some(300));
    each(|augmenter| {
        let progress = Progress::new(Arc::new(Quiet), Arc::new(AtomicBool::new(true)));
        let made =
            augmenter.augment(&table, &Metadata::detect(&table).unwrap(), Some("income"), Seed::new(1), &progress);
        assert!(matches!(made, Err(SynthError::Cancelled)), "{}", augmenter.name());
    });
}

struct Quiet;

impl synthbook_synth::ProgressSink for Quiet {
    fn update(&self, _fraction: Option<f64>, _message: &str) {}
}

#[test]
fn identifiers_that_run_out_are_an_error() {
    let ids: Vec<u8> = (1..=200).collect();
    let labels: Vec<&str> = (0..200).map(|at| if at % 5 == 0 { "b" } else { "a" }).collect();
    let table = df!("id" => ids, "x" => (0..200).map(|at| at * 7 % 31).collect::<Vec<i32>>(), "y" => labels).unwrap();
    let mut metadata = Metadata::detect(&table).unwrap();
    metadata.set_kind("id", ColumnKind::Identifier).unwrap();
    for name in ["smote", "random_over"] {
        let augmenter = find_augmenter(name).unwrap();
        let made = augmenter.augment(&table, &metadata, Some("y"), Seed::new(1), &Progress::silent());
        assert_eq!(code(&made.unwrap_err()), "synth::identifiers_exhausted", "{name}");
        let some = with(name, &[("sampling", "b=90")]);
        let made = some.augment(&table, &metadata, Some("y"), Seed::new(1), &Progress::silent()).unwrap();
        assert_eq!(made.column("id").unwrap().n_unique().unwrap(), 250);
    }
}
