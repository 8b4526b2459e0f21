//! Categories, of any type: every value is a piece of its own.

use polars::prelude::Series;

use super::{Encoded, FittedTransform, Origin, Rows, Transform, encode, open};
use crate::types::Domain;
use crate::values::{Values, extract, restore};
use crate::{ColumnKind, ColumnMetadata, Section, SynthError};

/// Takes categories and booleans apart.
pub(super) struct CategoryTransform;

#[derive(Debug)]
struct Fitted {
    origin: Origin,
    levels: Values,
    masses: Vec<f64>,
}

impl Transform for CategoryTransform {
    fn name(&self) -> &'static str {
        "category"
    }

    fn about(&self) -> &'static str {
        "each value is a piece whose mass is its share of the rows"
    }

    fn kinds(&self) -> &'static [ColumnKind] {
        &[ColumnKind::Categorical, ColumnKind::Boolean]
    }

    fn fit(
        &self,
        column: &Series,
        _about: &ColumnMetadata,
        _pieces: usize,
    ) -> Result<Box<dyn FittedTransform>, SynthError> {
        let (origin, values, _) = open(column)?;
        let (levels, places) = values.distinct();
        let mut masses = vec![0.0; levels.len()];
        for &place in &places {
            masses[place as usize] += 1.0;
        }
        for mass in &mut masses {
            *mass /= places.len() as f64;
        }
        Ok(Box::new(Fitted { origin, levels, masses }))
    }

    fn load(&self, part: &Section<'_>) -> Option<Box<dyn FittedTransform>> {
        let origin: Origin = part.get("origin")?;
        let levels = match origin.dtype.domain() {
            Domain::Float => Values::Float(part.floats("levels")?),
            Domain::Whole => Values::Whole(part.wholes("levels")?),
            Domain::Text => Values::Text(part.get("levels")?),
        };
        let masses = part.floats("masses")?;
        (masses.len() == levels.len()).then(|| Box::new(Fitted { origin, levels, masses }) as Box<dyn FittedTransform>)
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
        false
    }

    fn missing_rate(&self) -> f64 {
        self.origin.missing_rate()
    }

    fn forward(&self, column: &Series) -> Result<Encoded, SynthError> {
        self.origin.check(column)?;
        let parts = extract(column, &self.origin.dtype)?;
        let places: Option<Vec<u32>> = self.levels.places(&parts.values).into_iter().collect();
        let places = places.ok_or_else(|| SynthError::UnseenCategory { column: self.origin.column.clone() })?;
        Ok(encode(&parts.missing, places.into_iter().map(|place| (place, 0.5))))
    }

    fn inverse(&self, encoded: &Encoded, _rows: Rows) -> Result<Series, SynthError> {
        let missing = self.origin.present(encoded, self.levels.len())?;
        let values = self.levels.gather(encoded.pieces.iter().copied().filter(|&piece| piece != Encoded::MISSING));
        restore(&self.origin.column, &self.origin.dtype, values, &missing, self.origin.missing_is_nan)
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        part.put("origin", &self.origin)?;
        part.put_floats("masses", &self.masses);
        match &self.levels {
            Values::Float(levels) => part.put_floats("levels", levels),
            Values::Whole(levels) => part.put_wholes("levels", levels),
            Values::Text(levels) => part.put("levels", levels)?,
        }
        Ok(())
    }
}
