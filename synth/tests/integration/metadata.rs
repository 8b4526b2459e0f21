//! Metadata read off tables, kept in files, corrected by hand.

use polars::prelude::*;
use synthbook_synth::{ColumnKind, Metadata};

use crate::data::{adult, code, every_type};

#[test]
fn the_census_is_understood() {
    let metadata = Metadata::detect(&adult()).unwrap();
    let numbers = ["age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week"];
    for (name, about) in metadata.columns() {
        let expected = if numbers.contains(&name) { ColumnKind::Integer } else { ColumnKind::Categorical };
        assert_eq!(about.kind, expected, "{name}");
    }
    let age = metadata.column("age").unwrap();
    assert_eq!((age.minimum, age.maximum), (Some(17.0), Some(90.0)));
    assert_eq!(metadata.primary_key(), None);
}

#[test]
fn every_type_has_its_kind() {
    let metadata = Metadata::detect(&every_type(100)).unwrap();
    let kinds: Vec<(&str, ColumnKind)> = metadata.columns().map(|(name, about)| (name, about.kind)).collect();
    let of = |name: &str| kinds.iter().find(|(known, _)| *known == name).unwrap().1;
    assert_eq!(of("u64"), ColumnKind::Integer);
    assert_eq!(of("decimal"), ColumnKind::Numerical);
    assert_eq!(of("enum"), ColumnKind::Categorical);
    assert_eq!(of("null"), ColumnKind::Categorical);
    assert_eq!(of("boolean"), ColumnKind::Boolean);
    assert_eq!(of("date"), ColumnKind::Date);
    assert_eq!(of("ns utc"), ColumnKind::Datetime);
    assert_eq!(of("time"), ColumnKind::Time);
    assert_eq!(of("us long"), ColumnKind::Duration);
    assert_eq!(of("code_id"), ColumnKind::Identifier);
    assert_eq!(of("sentence"), ColumnKind::Text);
    assert_eq!(metadata.primary_key(), Some("key"));
    assert_eq!(metadata.column("f64").unwrap().decimals, Some(2));
    assert_eq!(metadata.column("decimal").unwrap().decimals, Some(3));
}

#[test]
fn a_file_keeps_what_was_corrected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("metadata.json");
    let mut metadata = Metadata::detect(&every_type(100)).unwrap();
    metadata.set_kind("i8", ColumnKind::Categorical).unwrap();
    metadata.set_primary_key("code_id").unwrap();
    metadata.write(&path).unwrap();
    assert_eq!(Metadata::read(&path).unwrap(), metadata);
    assert_eq!(code(&metadata.set_kind("nothing", ColumnKind::Text).unwrap_err()), "synth::missing_column");
    assert_eq!(code(&Metadata::read(&folder.path().join("none")).unwrap_err()), "synth::io");
    std::fs::write(&path, "{\"columns\": 3}").unwrap();
    assert_eq!(code(&Metadata::read(&path).unwrap_err()), "synth::invalid_metadata");
}

#[test]
fn few_rows_are_not_keys() {
    let table = df!("name" => ["ann", "bob"], "year" => [2020, 2021], "n" => [1, 2]).unwrap();
    let metadata = Metadata::detect(&table).unwrap();
    let kinds: Vec<ColumnKind> = metadata.columns().map(|(_, about)| about.kind).collect();
    assert_eq!(kinds, [ColumnKind::Categorical, ColumnKind::Integer, ColumnKind::Integer]);
}
