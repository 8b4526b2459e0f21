//! The meaning of a column, read off its type, its values and its name.

mod personal;
mod scale;

use polars::prelude::Series;

#[cfg(test)]
pub(crate) use self::personal::is_iban;
pub(crate) use self::personal::{iban_rest, luhn};
use super::{ColumnKind, ColumnMetadata, format};
use crate::SynthError;
use crate::types::ColumnType;
use crate::values::{Values, extract};

/// A text column with no more different values than this is categorical, however few rows there are.
const FEW_CATEGORIES: usize = 20;
/// Numbers with no more than this many digits after the point are rounded to them.
const MOST_DECIMALS: u8 = 9;

pub(super) fn column(column: &Series) -> Result<ColumnMetadata, SynthError> {
    let kind = ColumnType::of(column.name(), column.dtype())?;
    let plain = |kind| Ok(ColumnMetadata::new(kind));
    match &kind {
        ColumnType::Null | ColumnType::Categorical { .. } | ColumnType::Enum { .. } => plain(ColumnKind::Categorical),
        ColumnType::Boolean => plain(ColumnKind::Boolean),
        ColumnType::Date => {
            Ok(ColumnMetadata { format: Some("%Y-%m-%d".to_owned()), ..ColumnMetadata::new(ColumnKind::Date) })
        }
        ColumnType::Datetime { .. } => plain(ColumnKind::Datetime),
        ColumnType::Time => plain(ColumnKind::Time),
        ColumnType::Duration { .. } => plain(ColumnKind::Duration),
        ColumnType::Decimal { scale, .. } => {
            Ok(ColumnMetadata { decimals: u8::try_from(*scale).ok(), ..ColumnMetadata::new(ColumnKind::Numerical) })
        }
        _ => {
            let parts = extract(column, &kind)?;
            let complete = !parts.missing.contains(&true);
            Ok(match parts.values {
                Values::Float(values) => {
                    let about = numerical(&values, kind == ColumnType::Float32);
                    let place = personal::coordinate(column.name(), about.minimum, about.maximum);
                    ColumnMetadata { kind: place.unwrap_or(about.kind), ..about }
                }
                Values::Whole(values) => whole(column.name(), &values, complete),
                Values::Text(values) => text(column.name(), &Values::Text(values)),
            })
        }
    }
}

fn numerical(values: &[f64], single: bool) -> ColumnMetadata {
    let finite = || values.iter().copied().filter(|value| value.is_finite());
    let decimals = (0..=MOST_DECIMALS).find(|&digits| finite().all(|value| has_decimals(value, digits, single)));
    ColumnMetadata {
        decimals: decimals.filter(|_| finite().next().is_some()),
        minimum: finite().reduce(f64::min),
        maximum: finite().reduce(f64::max),
        ..ColumnMetadata::new(ColumnKind::Numerical)
    }
}

fn has_decimals(value: f64, digits: u8, single: bool) -> bool {
    let rounded = round_to(value, digits);
    if single { (rounded as f32).to_bits() == (value as f32).to_bits() } else { rounded.to_bits() == value.to_bits() }
}

/// A number rounded to so many digits after the point; one too large to have any is kept.
pub(crate) fn round_to(value: f64, digits: u8) -> f64 {
    let scale = 10_f64.powi(i32::from(digits));
    let scaled = value * scale;
    if scaled.abs() < (1_u64 << 53) as f64 { scaled.round() / scale + 0.0 } else { value }
}

fn whole(name: &str, values: &[i128], complete: bool) -> ColumnMetadata {
    let (minimum, maximum) = (values.iter().min(), values.iter().max());
    let about = ColumnMetadata {
        minimum: minimum.map(|&value| value as f64),
        maximum: maximum.map(|&value| value as f64),
        ..ColumnMetadata::new(ColumnKind::Integer)
    };
    if let Some(kind) = personal::whole(name, values) {
        return ColumnMetadata::new(kind);
    }
    let counts_rows =
        values.len() >= 10 && matches!(minimum, Some(0 | 1)) && values.windows(2).all(|pair| pair[1] == pair[0] + 1);
    let unique = || Values::Whole(values.to_vec()).distinct().0.len() == values.len();
    if complete && values.len() >= 2 && (counts_rows || (is_key_name(name) && unique())) {
        ColumnMetadata::new(ColumnKind::Identifier)
    } else {
        about
    }
}

fn text(name: &str, values: &Values) -> ColumnMetadata {
    let rows = values.len();
    let Values::Text(distinct) = values.distinct().0 else { return ColumnMetadata::new(ColumnKind::Categorical) };
    let Values::Text(values) = values else { return ColumnMetadata::new(ColumnKind::Categorical) };
    if rows >= 2 && distinct.len() == rows && is_key_name(name) {
        return ColumnMetadata::new(ColumnKind::Identifier);
    }
    if let Some((kind, format)) =
        format::detect(&distinct).filter(|(kind, _)| *kind != ColumnKind::Numerical || distinct.len() > FEW_CATEGORIES)
    {
        return ColumnMetadata { format: Some(format), ..ColumnMetadata::new(kind) };
    }
    if let Some(kind) = personal::text(name, &distinct, rows) {
        return ColumnMetadata::new(kind);
    }
    if let Some(order) = scale::order(&distinct) {
        return ColumnMetadata { order, ..ColumnMetadata::new(ColumnKind::Ordinal) };
    }
    let distinct = distinct.len();
    if distinct <= FEW_CATEGORIES || distinct * 2 <= rows {
        return ColumnMetadata::new(ColumnKind::Categorical);
    }
    let spaced = values.iter().filter(|value| value.trim().contains(char::is_whitespace)).count();
    ColumnMetadata::new(if spaced * 2 > rows {
        ColumnKind::Text
    } else if distinct == rows {
        ColumnKind::Identifier
    } else if distinct * 10 <= rows * 9 {
        ColumnKind::Categorical
    } else {
        ColumnKind::Text
    })
}

fn is_key_name(name: &str) -> bool {
    let lower = name.to_lowercase();
    let last = lower.rsplit(|letter: char| !letter.is_alphanumeric()).next().unwrap_or(&lower);
    matches!(last, "id" | "uuid" | "guid" | "key" | "identifier")
        || (name.ends_with("Id") || name.ends_with("ID"))
            && name.chars().rev().nth(2).is_none_or(|before| before.is_lowercase() || before.is_numeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_names_are_told_from_words() {
        for name in ["id", "customer_id", "ID", "orderId", "user-uuid", "primary key"] {
            assert!(is_key_name(name), "{name}");
        }
        for name in ["paid", "humid", "keyboard", "idle", "PAID", ""] {
            assert!(!is_key_name(name), "{name}");
        }
    }

    #[test]
    fn decimals_are_the_fewest_that_hold_every_value() {
        assert_eq!(numerical(&[1.5, 2.25, 3.0], false).decimals, Some(2));
        assert_eq!(numerical(&[1.0, 2.0, f64::INFINITY], false).decimals, Some(0));
        assert_eq!(numerical(&[std::f64::consts::PI], false).decimals, None);
        assert_eq!(numerical(&[f64::from(0.1_f32), f64::from(7.3_f32)], true).decimals, Some(1));
        assert_eq!(numerical(&[], false).decimals, None);
    }

    #[test]
    fn text_is_sorted_by_how_it_repeats() {
        let kind = |name: &str, values: Vec<String>| text(name, &Values::Text(values)).kind;
        let numbered = |form: fn(usize) -> String| (0..60).map(form).collect::<Vec<_>>();
        assert_eq!(kind("city", numbered(|i| format!("c{}", i % 25))), ColumnKind::Categorical);
        assert_eq!(kind("code", numbered(|i| format!("c{i}"))), ColumnKind::Identifier);
        assert_eq!(kind("comment", numbered(|i| format!("it was {i} times"))), ColumnKind::Text);
        assert_eq!(kind("name", vec!["a".into(), "b".into()]), ColumnKind::Categorical);
        assert_eq!(kind("id", vec!["a".into(), "b".into()]), ColumnKind::Identifier);
    }
}
