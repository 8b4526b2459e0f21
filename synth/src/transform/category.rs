//! Categories, of any type: every value is a piece of its own. Those of an ordinal column are in its order, and where
//! the metadata gives none, in that of an enumeration's categories, of numbers, or of the alphabet.

use std::collections::BTreeMap;

use polars::prelude::{IdxCa, IdxSize, PlSmallStr, Series};

use super::{Encoded, FittedTransform, Origin, Rows, Transform, encode, open};
use crate::types::{ColumnType, Domain};
use crate::values::{Values, extract, restore};
use crate::{ColumnKind, ColumnMetadata, Section, SynthError};

/// Takes categories and booleans apart.
pub(super) struct CategoryTransform;

#[derive(Debug)]
struct Fitted {
    origin: Origin,
    /// Ascending.
    levels: Values,
    /// The piece of each level.
    pieces: Vec<u32>,
    masses: Vec<f64>,
    ordered: bool,
}

impl Transform for CategoryTransform {
    fn name(&self) -> &'static str {
        "category"
    }

    fn about(&self) -> &'static str {
        "each value is a piece whose mass is its share of the rows"
    }

    fn kinds(&self) -> &'static [ColumnKind] {
        &[ColumnKind::Categorical, ColumnKind::Ordinal, ColumnKind::Boolean]
    }

    fn fit(
        &self,
        column: &Series,
        about: &ColumnMetadata,
        _pieces: usize,
    ) -> Result<Box<dyn FittedTransform>, SynthError> {
        let (origin, values, _) = open(column)?;
        let (levels, places) = values.distinct();
        let ordered = about.kind == ColumnKind::Ordinal;
        let pieces = if ordered { ranks(&levels, &about.order, &origin) } else { (0..levels.len() as u32).collect() };
        let mut masses = vec![0.0; levels.len()];
        for &place in &places {
            masses[pieces[place as usize] as usize] += 1.0;
        }
        for mass in &mut masses {
            *mass /= places.len() as f64;
        }
        Ok(Box::new(Fitted { origin, levels, pieces, masses, ordered }))
    }

    fn load(&self, part: &Section<'_>) -> Option<Box<dyn FittedTransform>> {
        let origin: Origin = part.get("origin")?;
        let levels = match origin.dtype.domain() {
            Domain::Float => Values::Float(part.floats("levels")?),
            Domain::Whole => Values::Whole(part.wholes("levels")?),
            Domain::Text => Values::Text(part.get("levels")?),
        };
        let masses = part.floats("masses")?;
        let (pieces, ordered): (Vec<u32>, bool) = (part.get("pieces")?, part.get("ordered")?);
        let each_once = inverted(&pieces).is_some();
        (each_once && masses.len() == levels.len() && pieces.len() == levels.len())
            .then(|| Box::new(Fitted { origin, levels, pieces, masses, ordered }) as Box<dyn FittedTransform>)
    }
}

impl FittedTransform for Fitted {
    fn name(&self) -> &'static str {
        CategoryTransform.name()
    }

    fn masses(&self) -> &[f64] {
        &self.masses
    }

    fn ordered(&self) -> bool {
        self.ordered
    }

    fn missing_rate(&self) -> f64 {
        self.origin.missing_rate()
    }

    fn forward(&self, column: &Series) -> Result<Encoded, SynthError> {
        self.origin.check(column)?;
        let parts = extract(column, &self.origin.dtype)?;
        let places: Option<Vec<u32>> = self.levels.places(&parts.values).into_iter().collect();
        let places = places.ok_or_else(|| SynthError::UnseenCategory { column: self.origin.column.clone() })?;
        Ok(encode(&parts.missing, places.into_iter().map(|place| (self.pieces[place as usize], 0.5))))
    }

    fn inverse(&self, encoded: &Encoded, _rows: Rows) -> Result<Series, SynthError> {
        self.origin.present(encoded, self.levels.len())?;
        let levels = inverted(&self.pieces).ok_or_else(|| self.origin.foreign())?;
        // One row for each level and a last one for a missing value; the column's rows are taken from them.
        let mut missing = vec![false; levels.len()];
        missing.push(true);
        let values = self.levels.gather(levels.iter().copied());
        let each = restore(&self.origin.column, &self.origin.dtype, values, &missing, self.origin.missing_is_nan)?;
        let place = |&piece: &u32| if piece == Encoded::MISSING { levels.len() as IdxSize } else { piece as IdxSize };
        Ok(each.take(&IdxCa::from_vec(PlSmallStr::EMPTY, encoded.pieces.iter().map(place).collect()))?)
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("origin", &self.origin)?;
        part.put_floats("masses", &self.masses);
        part.put("pieces", &self.pieces)?;
        part.put("ordered", &self.ordered)?;
        match &self.levels {
            Values::Float(levels) => part.put_floats("levels", levels),
            Values::Whole(levels) => part.put_wholes("levels", levels),
            Values::Text(levels) => part.put("levels", levels)?,
        }
        Ok(())
    }
}

/// The place of each level in the column's order.
fn ranks(levels: &Values, order: &[String], origin: &Origin) -> Vec<u32> {
    let listed = match &origin.dtype {
        ColumnType::Enum { categories } if order.is_empty() => categories,
        _ => order,
    };
    let listed: BTreeMap<&str, usize> = listed.iter().enumerate().map(|(at, value)| (value.as_str(), at)).collect();
    let rank = |at: usize| {
        let known = match levels {
            Values::Text(levels) => listed.get(levels[at].as_str()),
            Values::Whole(levels) => listed.get(levels[at].to_string().as_str()),
            Values::Float(levels) => listed.get(levels[at].to_string().as_str()),
        };
        known.copied().unwrap_or(usize::MAX)
    };
    let mut sorted: Vec<usize> = (0..levels.len()).collect();
    sorted.sort_by_key(|&at| (rank(at), at));
    let mut pieces = vec![0; levels.len()];
    for (piece, at) in (0..).zip(sorted) {
        pieces[at] = piece;
    }
    pieces
}

/// The level of each piece, if each piece has one.
fn inverted(pieces: &[u32]) -> Option<Vec<u32>> {
    let mut levels = vec![u32::MAX; pieces.len()];
    for (level, &piece) in (0..).zip(pieces) {
        let slot = levels.get_mut(piece as usize).filter(|slot| **slot == u32::MAX)?;
        *slot = level;
    }
    Some(levels)
}
