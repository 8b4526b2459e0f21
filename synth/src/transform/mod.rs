//! Reversible transforms: a column becomes pieces of its distribution and positions within them, and back.
//!
//! Every kind of column meets a synthesizer in the same form. Its distribution is cut into *pieces*, each with a mass: a
//! single value (a category, a spike) or an interval (a stretch of a continuous law). A row is the number of its piece
//! and a position from 0 to 1 within it, or [`Encoded::MISSING`].

mod category;
mod identifier;
mod numbering;
mod personal;
mod quantile;
mod shape;
mod text;

use std::fmt;

use polars::prelude::Series;

use crate::types::ColumnType;
use crate::{ColumnKind, ColumnMetadata, Section, Seed, SynthError};

pub use registry::{transform_for, transforms};

/// A column's values in the form that synthesizers work on: one entry per row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Encoded {
    /// The piece of each row, or [`Encoded::MISSING`].
    pub pieces: Vec<u32>,
    /// Where in its piece each row lies, from 0 to 1; of no meaning for a missing row or a single value.
    pub positions: Vec<f64>,
}

impl Encoded {
    /// The piece of a row that has no value.
    pub const MISSING: u32 = u32::MAX;
}

/// Which rows of a sample are being made: what has to differ in every row, such as a key, depends on it.
#[derive(Debug, Clone, Copy)]
pub struct Rows {
    /// The number of the first row in the whole sample.
    pub first: u64,
    /// The stream of chance of this column.
    pub seed: Seed,
}

/// A way to take columns of some kinds apart.
///
/// ```
/// use polars::prelude::*;
/// use synthbook_synth::{ColumnKind, ColumnMetadata, Rows, Seed, transform_for};
///
/// let column = Series::new("sex".into(), ["f", "m", "f", "f"]);
/// let about = ColumnMetadata::new(ColumnKind::Categorical);
/// let fitted = transform_for(about.kind).fit(&column, &about, 1000)?;
/// assert_eq!(fitted.masses(), [0.75, 0.25]);
/// let encoded = fitted.forward(&column)?;
/// assert_eq!(encoded.pieces, [0, 1, 0, 0]);
/// assert_eq!(fitted.inverse(&encoded, Rows { first: 0, seed: Seed::new(0) })?, column);
/// # Ok::<(), synthbook_synth::SynthError>(())
/// ```
pub trait Transform: Send + Sync {
    /// Its name in saved models.
    fn name(&self) -> &'static str;

    /// What it does, in a sentence.
    fn about(&self) -> &'static str;

    /// The kinds of column it takes apart.
    fn kinds(&self) -> &'static [ColumnKind];

    /// Learns a column's distribution in about as many `pieces`; `about` says what the column means.
    ///
    /// # Errors
    /// [`SynthError::UnsupportedType`] or [`SynthError::KindMismatch`] for a column it can't take apart.
    fn fit(
        &self,
        column: &Series,
        about: &ColumnMetadata,
        pieces: usize,
    ) -> Result<Box<dyn FittedTransform>, SynthError>;

    /// The fitted transform that [`FittedTransform::save`] wrote, or none when the section does not hold one.
    fn load(&self, part: &Section<'_>) -> Option<Box<dyn FittedTransform>>;
}

/// A transform that knows one column.
pub trait FittedTransform: fmt::Debug + Send + Sync {
    /// The name of the transform.
    fn name(&self) -> &'static str;

    /// The share of each piece among the rows that have a value: they add up to 1. Empty when no value was there, or
    /// when the values say nothing about other columns (keys, words).
    fn masses(&self) -> &[f64];

    /// Whether the pieces are in the order of their values.
    fn ordered(&self) -> bool;

    /// Whether the values differ in a way that other columns may tell something about: not so for a constant, and not
    /// where there are no masses.
    fn varies(&self) -> bool {
        self.masses().len() > 1
    }

    /// Whether all columns of this transform draw from one stream of chance, so that a row says the same in all of them.
    fn shares_chance(&self) -> bool {
        false
    }

    /// The share of rows without a value.
    fn missing_rate(&self) -> f64;

    /// A column of the same name and type in pieces and positions. A number outside the fitted range counts as the
    /// nearest one inside.
    ///
    /// # Errors
    /// [`SynthError::TypeMismatch`] for another type, [`SynthError::UnseenCategory`] for a new category.
    fn forward(&self, column: &Series) -> Result<Encoded, SynthError>;

    /// The column that pieces and positions stand for, with the fitted column's name and type.
    ///
    /// # Errors
    /// [`SynthError::ForeignEncoding`] for a piece that is not there, [`SynthError::IdentifiersExhausted`] when there
    /// are not enough different keys.
    fn inverse(&self, encoded: &Encoded, rows: Rows) -> Result<Series, SynthError>;

    /// Writes what it knows.
    ///
    /// # Errors
    /// [`SynthError::UnsavableModel`] when the format can't hold it.
    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError>;
}

mod registry {
    use super::category::CategoryTransform;
    use super::identifier::IdentifierTransform;
    use super::personal::PersonalTransform;
    use super::quantile::QuantileTransform;
    use super::text::TextTransform;
    use super::{ColumnKind, Transform};

    static TRANSFORMS: [&dyn Transform; 5] =
        [&CategoryTransform, &IdentifierTransform, &PersonalTransform, &QuantileTransform, &TextTransform];

    /// Every transform, by name.
    #[must_use]
    pub fn transforms() -> &'static [&'static dyn Transform] {
        &TRANSFORMS
    }

    /// The transform for columns of a kind.
    #[must_use]
    pub fn transform_for(kind: ColumnKind) -> &'static dyn Transform {
        TRANSFORMS.into_iter().find(|transform| transform.kinds().contains(&kind)).unwrap_or(&CategoryTransform)
    }
}

/// What every fitted transform keeps of its column.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
struct Origin {
    column: String,
    dtype: ColumnType,
    /// Rows without a value, and rows.
    missing: (u64, u64),
    missing_is_nan: bool,
}

impl Origin {
    fn missing_rate(&self) -> f64 {
        let (missing, rows) = self.missing;
        if rows == 0 { 0.0 } else { missing as f64 / rows as f64 }
    }

    fn check(&self, column: &Series) -> Result<(), SynthError> {
        if ColumnType::of(column.name(), column.dtype())? == self.dtype {
            return Ok(());
        }
        Err(SynthError::TypeMismatch {
            column: self.column.clone(),
            expected: self.dtype.dtype()?.to_string(),
            found: column.dtype().to_string(),
        })
    }

    fn foreign(&self) -> SynthError {
        SynthError::ForeignEncoding { column: self.column.clone() }
    }

    /// The pieces of the rows that have a value, once all are known to be below `pieces`, and which rows have none.
    fn present(&self, encoded: &Encoded, pieces: usize) -> Result<Vec<bool>, SynthError> {
        let known = |&piece: &u32| piece == Encoded::MISSING || (piece as usize) < pieces;
        if encoded.positions.len() == encoded.pieces.len() && encoded.pieces.iter().all(known) {
            Ok(encoded.pieces.iter().map(|&piece| piece == Encoded::MISSING).collect())
        } else {
            Err(self.foreign())
        }
    }
}

/// The encoding of a column whose values are not modelled: piece 0 wherever there is one.
fn presence(missing: &[bool]) -> Encoded {
    Encoded {
        pieces: missing.iter().map(|&gap| if gap { Encoded::MISSING } else { 0 }).collect(),
        positions: vec![0.5; missing.len()],
    }
}

/// Takes a column apart and notes where it came from.
fn open(column: &Series) -> Result<(Origin, crate::values::Values, Vec<bool>), SynthError> {
    let dtype = ColumnType::of(column.name(), column.dtype())?;
    let parts = crate::values::extract(column, &dtype)?;
    let gaps = parts.missing.iter().filter(|&&gap| gap).count();
    let origin = Origin {
        column: column.name().to_string(),
        dtype,
        missing: (gaps as u64, parts.missing.len() as u64),
        missing_is_nan: parts.missing_is_nan,
    };
    Ok((origin, parts.values, parts.missing))
}

/// One entry per row from one per row that has a value.
fn encode(missing: &[bool], present: impl Iterator<Item = (u32, f64)>) -> Encoded {
    let mut present = present;
    let (pieces, positions) = missing
        .iter()
        .map(|&gap| if gap { (Encoded::MISSING, 0.5) } else { present.next().unwrap_or((Encoded::MISSING, 0.5)) })
        .unzip();
    Encoded { pieces, positions }
}
