//! The different values of a column, in order, and how a column is read into their numbers and written from them.

use std::collections::HashMap;

use polars::prelude::{DataType, IdxCa, IdxSize, Series};

use crate::types::{ColumnType, Domain};
use crate::values::{Values, extract, restore};
use crate::{Section, SynthError};

/// The different values of one column, ascending. A row is the number of its value; the number past the last stands for
/// a missing value, and [`Levels::UNSEEN`] for one that is not among them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Levels {
    pub(super) dtype: ColumnType,
    pub(super) values: Values,
    pub(super) missing_is_nan: bool,
}

impl Levels {
    /// A value that is not there.
    pub(super) const UNSEEN: u32 = u32::MAX;

    /// The different values of a column, and each row's number.
    pub(super) fn of(column: &Series, dtype: &ColumnType) -> Result<(Self, Vec<u32>), SynthError> {
        if dtype.domain() == Domain::Text && *dtype != ColumnType::Null {
            return Self::of_text(column, dtype);
        }
        let parts = extract(column, dtype)?;
        let (values, places) = parts.values.distinct();
        let missing = values.len() as u32;
        let mut places = places.into_iter();
        let codes =
            parts.missing.iter().map(|&gap| if gap { missing } else { places.next().unwrap_or(missing) }).collect();
        Ok((Self { dtype: dtype.clone(), values, missing_is_nan: parts.missing_is_nan }, codes))
    }

    fn of_text(column: &Series, dtype: &ColumnType) -> Result<(Self, Vec<u32>), SynthError> {
        let text = column.cast(&DataType::String)?;
        let text = text.str()?;
        let mut numbers: HashMap<&str, u32> = HashMap::new();
        let mut met: Vec<&str> = Vec::new();
        let mut codes: Vec<u32> = Vec::with_capacity(text.len());
        for value in text.iter() {
            codes.push(value.map_or(Self::UNSEEN, |value| {
                *numbers.entry(value).or_insert_with(|| {
                    met.push(value);
                    (met.len() - 1) as u32
                })
            }));
        }
        let mut order: Vec<u32> = (0..met.len() as u32).collect();
        order.sort_unstable_by_key(|&at| met[at as usize]);
        let mut ranks = vec![0; met.len()];
        for (rank, &at) in order.iter().enumerate() {
            ranks[at as usize] = rank as u32;
        }
        for code in &mut codes {
            *code = ranks.get(*code as usize).copied().unwrap_or(met.len() as u32);
        }
        let values = Values::Text(order.iter().map(|&at| met[at as usize].to_owned()).collect());
        Ok((Self { dtype: dtype.clone(), values, missing_is_nan: false }, codes))
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// The number of each row's value.
    pub(super) fn codes(&self, column: &Series) -> Result<Vec<u32>, SynthError> {
        let missing = self.len() as u32;
        if let Values::Text(values) = &self.values {
            let text = column.cast(&DataType::String)?;
            let numbers: HashMap<&str, u32> =
                values.iter().enumerate().map(|(at, value)| (value.as_str(), at as u32)).collect();
            let code = |value: Option<&str>| {
                value.map_or(missing, |value| numbers.get(value).copied().unwrap_or(Self::UNSEEN))
            };
            return Ok(text.str()?.iter().map(code).collect());
        }
        let parts = extract(column, &ColumnType::of(column.name(), column.dtype())?)?;
        let mut places = self.values.places(&parts.values).into_iter();
        let code = |&gap: &bool| {
            if gap { missing } else { places.next().flatten().unwrap_or(Self::UNSEEN) }
        };
        Ok(parts.missing.iter().map(code).collect())
    }

    /// The number of each row's value, or of the nearest among numbers; of the first for words that are not there.
    pub(super) fn nearest(&self, column: &Series) -> Result<Vec<u32>, SynthError> {
        let mut codes = self.codes(column)?;
        if self.len() == 0 || !codes.contains(&Self::UNSEEN) {
            return Ok(codes);
        }
        let parts = extract(column, &ColumnType::of(column.name(), column.dtype())?)?;
        let mut at = 0;
        for (code, &gap) in codes.iter_mut().zip(&parts.missing) {
            if *code == Self::UNSEEN {
                *code = self.closest(&parts.values, at);
            }
            at += usize::from(!gap);
        }
        Ok(codes)
    }

    fn closest(&self, others: &Values, at: usize) -> u32 {
        match (&self.values, others) {
            (Values::Float(values), Values::Float(others)) => {
                let above = values.partition_point(|value| *value < others[at]).min(values.len() - 1);
                let below = above.saturating_sub(1);
                (if others[at] - values[below] <= values[above] - others[at] { below } else { above }) as u32
            }
            (Values::Whole(values), Values::Whole(others)) => {
                let above = values.partition_point(|value| *value < others[at]).min(values.len() - 1);
                let below = above.saturating_sub(1);
                let nearer_below = others[at].abs_diff(values[below]) <= others[at].abs_diff(values[above]);
                (if nearer_below { below } else { above }) as u32
            }
            _ => 0,
        }
    }

    /// A column of the values with these numbers; a number that there is not is a missing value.
    pub(super) fn column(&self, name: &str, codes: &[u32]) -> Result<Series, SynthError> {
        let mut missing = vec![false; self.len()];
        missing.push(true);
        let all = restore(name, &self.dtype, self.values.clone(), &missing, self.missing_is_nan)?;
        let last = self.len() as u32;
        let places: Vec<IdxSize> = codes.iter().map(|&code| code.min(last)).collect();
        Ok(all.take(&IdxCa::from_vec(name.into(), places))?)
    }

    /// Writes them.
    pub(super) fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("type", &self.dtype)?;
        part.put("missing_is_nan", &self.missing_is_nan)?;
        match &self.values {
            Values::Float(values) => part.put_floats("values", values),
            Values::Whole(values) => part.put_wholes("values", values),
            Values::Text(values) => part.put("values", values)?,
        }
        Ok(())
    }

    /// Reads what [`Levels::save`] wrote.
    pub(super) fn load(part: &Section<'_>) -> Option<Self> {
        let dtype: ColumnType = part.get("type")?;
        let values = match dtype.domain() {
            Domain::Float => Values::Float(part.floats("values")?),
            Domain::Whole => Values::Whole(part.wholes("values")?),
            Domain::Text => Values::Text(part.get("values")?),
        };
        Some(Self { dtype, values, missing_is_nan: part.get("missing_is_nan")? })
    }
}
