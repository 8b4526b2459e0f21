//! Transforms there and back, on columns of chance.

use polars::prelude::*;
use proptest::prelude::*;
use synthbook_synth::{ColumnKind, ColumnMetadata, Encoded, Metadata, Rows, Seed, transform_for, transforms};

use crate::data::{code, every_type};

const ROWS: fn() -> Rows = || Rows { first: 0, seed: Seed::new(9) };

fn there_and_back(column: &Series, about: &ColumnMetadata, pieces: usize) -> Series {
    let fitted = transform_for(about.kind).fit(column, about, pieces).unwrap();
    let encoded = fitted.forward(column).unwrap();
    assert_eq!(encoded.pieces.len(), column.len());
    let masses = fitted.masses();
    assert!(masses.is_empty() || (masses.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    fitted.inverse(&encoded, ROWS()).unwrap()
}

#[test]
fn every_kind_has_one_transform() {
    for kind in ColumnKind::ALL {
        let able = transforms().iter().filter(|transform| transform.kinds().contains(&kind)).count();
        assert_eq!(able, 1, "{kind}");
    }
    assert!(transforms().is_sorted_by_key(|transform| transform.name()));
}

#[test]
fn every_type_is_reversed_exactly() {
    let table = every_type(400);
    let metadata = Metadata::detect(&table).unwrap();
    for (name, about) in metadata.columns() {
        if matches!(about.kind, ColumnKind::Identifier | ColumnKind::Text) {
            continue;
        }
        let column = table.column(name).unwrap().as_materialized_series();
        for pieces in [3, 1000] {
            assert!(there_and_back(column, about, pieces).equals_missing(column), "{name} {pieces}");
        }
    }
}

#[test]
fn what_does_not_belong_is_refused() {
    let column = Series::new("sex".into(), ["f", "m"]);
    let about = ColumnMetadata::new(ColumnKind::Categorical);
    let fitted = transform_for(about.kind).fit(&column, &about, 10).unwrap();
    let refused = fitted.forward(&Series::new("sex".into(), ["unheard"])).unwrap_err();
    assert_eq!(code(&refused), "synth::unseen_category");
    assert!(!refused.to_string().contains("unheard"), "the value stays out of the message: {refused}");
    assert_eq!(code(&fitted.forward(&Series::new("sex".into(), [1])).unwrap_err()), "synth::type_mismatch");
    let odd = Encoded { pieces: vec![7], positions: vec![0.5] };
    assert_eq!(code(&fitted.inverse(&odd, ROWS()).unwrap_err()), "synth::foreign_encoding");
    for kind in [ColumnKind::Numerical, ColumnKind::Date] {
        let about = ColumnMetadata::new(kind);
        assert_eq!(code(&transform_for(kind).fit(&column, &about, 10).unwrap_err()), "synth::kind_mismatch");
    }
}

#[test]
fn limits_of_the_metadata_hold() {
    let column = Series::new("age".into(), (0..1000).map(|at| f64::from(at) / 10.0).collect::<Vec<_>>());
    let about = ColumnMetadata {
        decimals: Some(0),
        minimum: Some(18.0),
        maximum: Some(65.0),
        ..ColumnMetadata::new(ColumnKind::Numerical)
    };
    let made = there_and_back(&column, &about, 20);
    assert_eq!((made.min::<f64>().unwrap(), made.max::<f64>().unwrap()), (Some(18.0), Some(65.0)));
    assert!(made.f64().unwrap().iter().flatten().all(|age| age.fract() == 0.0));
    let whole = column.cast(&DataType::Int64).unwrap();
    let made = there_and_back(&whole, &ColumnMetadata { kind: ColumnKind::Integer, ..about }, 20);
    assert_eq!((made.min::<i64>().unwrap(), made.max::<i64>().unwrap()), (Some(18), Some(65)));
}

proptest! {
    #[test]
    fn whole_numbers_come_back(
        values in prop::collection::vec(prop::option::weighted(0.9, -1_000_000_000_000_i64..1_000_000_000_000), 0..300),
        pieces in 2_usize..400,
    ) {
        let column = Series::new("x".into(), values);
        let back = there_and_back(&column, &ColumnMetadata::new(ColumnKind::Integer), pieces);
        prop_assert!(back.equals_missing(&column));
    }

    #[test]
    fn any_whole_number_comes_back_in_range(values in prop::collection::vec(any::<i64>(), 1..100)) {
        let column = Series::new("x".into(), &values);
        let back = there_and_back(&column, &ColumnMetadata::new(ColumnKind::Integer), 10);
        for (value, back) in values.iter().zip(back.i64().unwrap().iter()) {
            let back = back.unwrap();
            prop_assert!(values.iter().min() <= Some(&back) && Some(&back) <= values.iter().max());
            prop_assert!((*value as f64 - back as f64).abs() <= 1e4);
        }
    }

    #[test]
    fn decimals_come_back(values in prop::collection::vec(-10_000_000_i32..10_000_000, 1..300), pieces in 2_usize..400) {
        let values: Vec<f64> = values.into_iter().map(|value| f64::from(value) / 100.0).collect();
        let column = Series::new("x".into(), values);
        let metadata = Metadata::detect(&column.clone().into_frame()).unwrap();
        let back = there_and_back(&column, metadata.column("x").unwrap(), pieces);
        prop_assert_eq!(back, column);
    }

    #[test]
    fn any_number_comes_back_in_range(values in prop::collection::vec(any::<f64>(), 1..200), pieces in 2_usize..50) {
        let column = Series::new("x".into(), &values);
        let back = there_and_back(&column, &ColumnMetadata::new(ColumnKind::Numerical), pieces);
        let numbers: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        let (low, high) = numbers.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
        for (value, back) in values.iter().zip(back.f64().unwrap().iter()) {
            let back = back.unwrap();
            prop_assert_eq!(value.is_nan(), back.is_nan());
            prop_assert!(back.is_nan() || (low..=high).contains(&back));
            prop_assert!(value.is_finite() || value.is_nan() || *value == back);
        }
    }

    #[test]
    fn words_come_back_as_categories(values in prop::collection::vec(prop::option::of(".{0,6}"), 0..80)) {
        let column = Series::new("x".into(), values);
        let back = there_and_back(&column, &ColumnMetadata::new(ColumnKind::Categorical), 10);
        prop_assert!(back.equals_missing(&column));
    }

    #[test]
    fn numbers_come_back_as_categories(values in prop::collection::vec(prop::num::f64::NORMAL, 0..80)) {
        let column = Series::new("x".into(), values);
        let back = there_and_back(&column, &ColumnMetadata::new(ColumnKind::Categorical), 10);
        prop_assert!(back.equals_missing(&column));
    }

    #[test]
    fn keys_are_never_twice(
        keys in prop::collection::btree_set("[A-Z]{1,3}-?[0-9a-f]{3,6}", 1..60),
        first in 0_u64..1000,
    ) {
        let column = Series::new("id".into(), keys.into_iter().collect::<Vec<_>>());
        let about = ColumnMetadata::new(ColumnKind::Identifier);
        let fitted = transform_for(about.kind).fit(&column, &about, 10).unwrap();
        let rows = Rows { first, seed: Seed::new(1) };
        let encoded = Encoded { pieces: vec![0; 500], positions: vec![0.5; 500] };
        match fitted.inverse(&encoded, rows) {
            Ok(made) => prop_assert_eq!(made.n_unique().unwrap(), 500),
            Err(error) => prop_assert_eq!(code(&error), "synth::identifiers_exhausted"),
        }
    }
}
