//! What is found on a table against what imbalanced-learn finds: `tests/peer/make_augment_values.py` wrote the values.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use polars::prelude::*;
use serde::Deserialize;

use super::borderline_smote::in_danger;
use super::classes::Classes;
use super::common::Nearby;
use super::neighbours::{Scale, Space};
use super::opened::Opened;
use super::{adasyn, find_augmenter};
use crate::{ColumnKind, Metadata, Progress, Seed};

type Counts = BTreeMap<String, BTreeMap<String, BTreeMap<String, usize>>>;

#[derive(Deserialize)]
struct Document {
    adult: Values,
    credit: Values,
}

#[derive(Deserialize)]
struct Values {
    minority: String,
    numbers: Vec<String>,
    categories: Vec<String>,
    rows: usize,
    raw: Scaled,
    standard: Scaled,
    #[serde(default)]
    table: BTreeMap<String, Vec<serde_json::Value>>,
    #[serde(default)]
    gap_neighbours: Vec<Option<Vec<u32>>>,
}

#[derive(Deserialize)]
struct Scaled {
    counts: Counts,
    neighbours: Vec<Option<Vec<u32>>>,
    danger: Vec<u32>,
    allocation: Vec<usize>,
    penalty: f64,
    mixed_neighbours: Vec<Option<Vec<u32>>>,
}

struct Case {
    name: &'static str,
    table: DataFrame,
    target: &'static str,
    values: Values,
}

fn document() -> Document {
    serde_json::from_str(include_str!("../../tests/peer/augment.json")).unwrap()
}

fn adult(values: &Values) -> DataFrame {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/adult.parquet");
    let table = ParquetReader::new(File::open(path).unwrap()).finish().unwrap().head(Some(values.rows));
    let names = values.numbers.iter().chain(&values.categories).map(String::as_str).chain(["income"]);
    table.select(names).unwrap()
}

fn credit(values: &Values) -> DataFrame {
    let column = |name: &String| {
        let cells = &values.table[name];
        if values.numbers.contains(name) {
            let numbers: Vec<Option<f64>> = cells.iter().map(serde_json::Value::as_f64).collect();
            Column::new(name.as_str().into(), numbers)
        } else {
            let words: Vec<Option<&str>> = cells.iter().map(serde_json::Value::as_str).collect();
            Column::new(name.as_str().into(), words)
        }
    };
    let columns: Vec<Column> = values.table.keys().map(column).collect();
    DataFrame::new(values.table["Status"].len(), columns).unwrap()
}

fn cases() -> [Case; 2] {
    let Document { adult: adults, credit: credits } = document();
    let whole = credit(&credits).drop_nulls::<String>(None).unwrap();
    [
        Case { name: "adult", table: adult(&adults), target: "income", values: adults },
        Case { name: "credit", table: whole, target: "Status", values: credits },
    ]
}

impl Case {
    fn metadata(&self) -> Metadata {
        let mut metadata = Metadata::detect(&self.table).unwrap();
        for name in &self.values.numbers {
            metadata.set_kind(name, ColumnKind::Numerical).unwrap();
        }
        metadata
    }

    fn scaled(&self) -> [(Scale, &Scaled); 2] {
        [(Scale::Raw, &self.values.raw), (Scale::Standard, &self.values.standard)]
    }

    fn each(&self, check: impl Fn(&Opened<'_>, &Classes, usize, Scale, &Scaled)) {
        let metadata = self.metadata();
        let opened = Opened::new(&self.table, &metadata, Some(self.target), false, &Progress::silent()).unwrap();
        let classes = Classes::of_target(&self.table, &metadata, self.target).unwrap();
        let class = classes.named(&self.values.minority).unwrap();
        assert_eq!(self.table.height(), self.values.rows);
        for (scale, expected) in self.scaled() {
            check(&opened, &classes, class, scale, expected);
        }
    }
}

fn sorted(mut rows: Vec<u32>) -> Vec<u32> {
    rows.sort_unstable();
    rows
}

/// Where the peer decides which rows are nearest they are the same rows.
fn same(found: Vec<Vec<u32>>, expected: &[Option<Vec<u32>>]) {
    assert_eq!(found.len(), expected.len());
    let decided = expected.iter().flatten().count();
    assert!(decided * 100 >= expected.len() * 99, "{decided}");
    for (row, (found, expected)) in found.into_iter().zip(expected).enumerate() {
        if let Some(expected) = expected {
            assert_eq!(&sorted(found), expected, "row {row}");
        }
    }
}

#[test]
fn neighbours_are_those_of_the_peer() {
    for case in cases() {
        case.each(|opened, classes, class, scale, expected| {
            let space = Space::new(opened, &classes.used(), scale, false);
            let nearby = Nearby { scale, ..Nearby::default() };
            let starts = nearby.within(&space, classes, class, 0.0, &Progress::silent()).unwrap();
            assert_eq!(starts.rows, classes.rows[class]);
            same(starts.neighbours, &expected.neighbours);
        });
    }
}

#[test]
fn neighbours_with_gaps_are_those_of_the_peer() {
    let values = document().credit;
    let table = credit(&values);
    let metadata = Metadata::detect(&table).unwrap();
    let opened = Opened::new(&table, &metadata, Some("Status"), false, &Progress::silent()).unwrap();
    let all: Vec<u32> = (0..table.height() as u32).collect();
    let space = Space::new(&opened, &all, Scale::Standard, false);
    same(space.nearest(&all, &all, 5, 0.0, &Progress::silent()).unwrap(), &values.gap_neighbours);
}

#[test]
fn penalties_and_mixed_neighbours_are_those_of_the_peer() {
    for case in cases() {
        case.each(|opened, classes, class, scale, expected| {
            let space = Space::new(opened, &classes.used(), scale, true);
            let penalty = space.median_deviation(&classes.rows[class]);
            assert!((penalty / expected.penalty - 1.0).abs() < 1e-9, "{} {penalty}", case.name);
            let nearby = Nearby { scale, ..Nearby::default() };
            let starts = nearby.within(&space, classes, class, penalty, &Progress::silent()).unwrap();
            same(starts.neighbours, &expected.mixed_neighbours);
        });
    }
}

#[test]
fn the_rows_in_danger_and_the_allocation_are_those_of_the_peer() {
    for case in cases() {
        case.each(|opened, classes, class, scale, expected| {
            let space = Space::new(opened, &classes.used(), scale, false);
            let (rows, all) = (&classes.rows[class], classes.used());
            let danger = in_danger(&space, classes, rows, &all, 10, &Progress::silent()).unwrap();
            assert_eq!(danger, expected.danger, "{}", case.name);
            let near = space.nearest(rows, &all, 5, 0.0, &Progress::silent()).unwrap();
            let more = classes.counts().iter().max().unwrap() - rows.len();
            let allocation = adasyn::allocate(&adasyn::shares(classes, rows, &near), more).unwrap();
            assert_eq!(allocation, expected.allocation, "{}", case.name);
        });
    }
}

#[test]
fn classes_end_with_the_rows_that_the_peer_gives_them() {
    for case in cases() {
        let metadata = case.metadata();
        for (scale, expected) in case.scaled() {
            for (name, by_sampling) in &expected.counts {
                for (sampling, counts) in by_sampling {
                    let mut augmenter = find_augmenter(name).unwrap();
                    augmenter.set("sampling", sampling).unwrap();
                    if augmenter.settings().iter().any(|setting| setting.name == "scale") {
                        augmenter.set("scale", if scale == Scale::Raw { "raw" } else { "standard" }).unwrap();
                        augmenter.set("rules", "ignored").unwrap();
                    }
                    let made =
                        augmenter.augment(&case.table, &metadata, Some(case.target), Seed::new(1), &Progress::silent());
                    let classes = Classes::of(&made.unwrap(), &[case.target]).unwrap();
                    let found: BTreeMap<String, usize> = classes.labels.iter().cloned().zip(classes.counts()).collect();
                    assert_eq!(&found, counts, "{} {name} {sampling}", case.name);
                }
            }
        }
    }
}

#[test]
fn new_rows_lie_between_rows_that_the_peer_has_for_neighbours() {
    for case in cases() {
        let metadata = case.metadata();
        let matrix = |table: &DataFrame| -> Vec<Vec<f64>> {
            let column = |name: &String| table.column(name).unwrap().cast(&DataType::Float64).unwrap();
            let columns: Vec<Column> = case.values.numbers.iter().map(column).collect();
            let row = |at: usize| columns.iter().map(|column| column.f64().unwrap().get(at).unwrap()).collect();
            (0..table.height()).map(row).collect()
        };
        let old = matrix(&case.table);
        for (scale, expected) in case.scaled() {
            let mut smote = find_augmenter("smote").unwrap();
            smote.set("scale", if scale == Scale::Raw { "raw" } else { "standard" }).unwrap();
            smote.set("rules", "ignored").unwrap();
            let made = smote.augment(&case.table, &metadata, Some(case.target), Seed::new(2), &Progress::silent());
            let made = matrix(&made.unwrap());
            let classes = Classes::of_target(&case.table, &metadata, case.target).unwrap();
            let rows = &classes.rows[classes.named(&case.values.minority).unwrap()];
            let segments: Vec<(u32, u32)> = rows
                .iter()
                .zip(&expected.neighbours)
                .flat_map(|(&row, near)| near.iter().flatten().map(move |&other| (row, other)))
                .collect();
            let undecided = expected.neighbours.iter().any(Option::is_none);
            let on_one =
                |point: &Vec<f64>| segments.iter().any(|&(a, b)| between(point, &old[a as usize], &old[b as usize]));
            let off = made[old.len()..].iter().filter(|point| !on_one(point)).count();
            assert!(off == 0 || undecided && off * 100 < made.len() - old.len(), "{} {off}", case.name);
        }
    }
}

/// Whether a point is `a + t·(b - a)` for one t from 0 to 1, each coordinate rounded to a whole number.
fn between(point: &[f64], a: &[f64], b: &[f64]) -> bool {
    let (mut least, mut most) = (0.0_f64, 1.0_f64);
    for ((x, a), b) in point.iter().zip(a).zip(b) {
        let ends = [(x - 0.5 - 1e-9 - a) / (b - a), (x + 0.5 + 1e-9 - a) / (b - a)];
        if (b - a).abs() > 1e-12 {
            least = least.max(ends[0].min(ends[1]));
            most = most.min(ends[0].max(ends[1]));
        } else if (x - a).abs() > 0.5 {
            return false;
        }
    }
    least <= most
}
