//! The tables that metrics compare: brought to the same columns and types once, with each column coded once for all.

use std::sync::OnceLock;

use polars::prelude::{Column, DataFrame, DataType, Series};
use rayon::prelude::*;

use super::manifold::Manifolds;
use super::trends::Trends;
use crate::types::ColumnType;
use crate::values::{Extracted, Values, extract};
use crate::{ColumnKind, ColumnMetadata, Metadata, Progress, Seed, SynthError};

/// The tables that a metric compares: same columns in the same order, same types.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Tables<'a> {
    /// The table that the synthetic one stands for; where there is a hold-out, the rows that a model was fitted on.
    pub real: &'a DataFrame,
    /// The synthetic table.
    pub synthetic: &'a DataFrame,
    /// Real rows that no model has seen.
    pub holdout: Option<&'a DataFrame>,
    /// The column that a model trained on the table is to predict.
    pub target: Option<&'a str>,
    /// What the columns mean.
    pub metadata: &'a Metadata,
    /// What decides every draw of a metric.
    pub seed: Seed,
    /// Where work tells how far it has come, and hears that it should stop.
    pub progress: &'a Progress,
    /// The columns, coded.
    pub(crate) columns: &'a [Compared],
    /// How the synthetic table's form differed before it was brought into line.
    pub(crate) form: &'a Form,
    /// What several metrics need, worked out once.
    pub(crate) shared: &'a Shared,
}

impl Tables<'_> {
    /// The rows of one of the tables.
    pub(crate) fn height(&self, side: Side) -> usize {
        match side {
            Side::Real => self.real.height(),
            Side::Synthetic => self.synthetic.height(),
            Side::Holdout => self.holdout.map_or(0, DataFrame::height),
        }
    }
}

/// One of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Real,
    Synthetic,
    Holdout,
}

/// What can be done with a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Numbers: differences have a meaning.
    Number,
    /// Days, moments, times of day and lengths of time, which count as numbers.
    Moment,
    /// Categories and booleans.
    Category,
    /// Keys and words, which are not compared value by value.
    Other,
}

/// One column of all tables, as places in the sorted list of all its values.
#[derive(Debug)]
pub(crate) struct Compared {
    pub(crate) name: String,
    pub(crate) about: ColumnMetadata,
    pub(crate) dtype: ColumnType,
    /// The distinct values of all tables, ascending.
    pub(crate) levels: Values,
    codes: [Vec<u32>; 3],
    numbers: OnceLock<[Vec<f64>; 3]>,
}

/// How the form of the synthetic table differs from the real one's.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Form {
    /// Columns of the synthetic table that the real one does not have.
    pub(crate) extra: Vec<String>,
    /// Columns that had another type, with the real and the found type.
    pub(crate) retyped: Vec<(String, String, String)>,
}

/// Tables in line with each other, and their coded columns.
pub(crate) struct Aligned {
    pub(crate) real: DataFrame,
    pub(crate) synthetic: DataFrame,
    pub(crate) holdout: Option<DataFrame>,
    pub(crate) columns: Vec<Compared>,
    pub(crate) form: Form,
    pub(crate) shared: Shared,
}

/// What several metrics need.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    trends: OnceLock<Trends>,
    manifold: OnceLock<Manifolds>,
}

impl Tables<'_> {
    /// How the pairs of columns go together.
    pub(crate) fn trends(&self) -> Result<&Trends, SynthError> {
        if let Some(known) = self.shared.trends.get() {
            return Ok(known);
        }
        let found = Trends::of(self)?;
        Ok(self.shared.trends.get_or_init(|| found))
    }

    /// Where the rows lie among each other.
    pub(crate) fn manifolds(&self) -> Result<&Manifolds, SynthError> {
        if let Some(known) = self.shared.manifold.get() {
            return Ok(known);
        }
        let found = Manifolds::of(self)?;
        Ok(self.shared.manifold.get_or_init(|| found))
    }
}

impl Aligned {
    /// Brings a synthetic table and a hold-out to the columns and types of the real table. A column of whole numbers
    /// that has become one of fractions is compared as fractions.
    pub(crate) fn new(
        real: &DataFrame,
        synthetic: &DataFrame,
        holdout: Option<&DataFrame>,
        metadata: &Metadata,
    ) -> Result<Self, SynthError> {
        let mut form = Form::default();
        let known = real.get_column_names();
        form.extra.extend(
            synthetic.get_column_names().into_iter().filter(|name| !known.contains(name)).map(ToString::to_string),
        );
        let mut sides: [Vec<Column>; 3] = [Vec::new(), Vec::new(), Vec::new()];
        for column in real.columns() {
            let twin = twin(synthetic, "synthetic table", column)?;
            let other = holdout.map(|table| self::twin(table, "hold-out table", column)).transpose()?;
            if twin.dtype() != column.dtype() {
                let (expected, found) = (column.dtype().to_string(), twin.dtype().to_string());
                form.retyped.push((column.name().to_string(), expected, found));
            }
            let common = if broken(column, &twin)? { &DataType::Float64 } else { column.dtype() };
            sides[0].push(cast(column, common, column.dtype())?);
            sides[1].push(cast(&twin, common, column.dtype())?);
            if let Some(other) = other {
                sides[2].push(cast(&other, common, column.dtype())?);
            }
        }
        let [first, second, third] = sides;
        let real = DataFrame::new(real.height(), first)?;
        let synthetic = DataFrame::new(synthetic.height(), second)?;
        let holdout = holdout.map(|table| DataFrame::new(table.height(), third)).transpose()?;
        let settled = metadata.settle(&real)?;
        let columns = settled
            .into_par_iter()
            .enumerate()
            .map(|(at, about)| {
                let side = |table: &DataFrame| table.columns()[at].as_materialized_series().clone();
                Compared::new(about, &side(&real), &side(&synthetic), holdout.as_ref().map(side).as_ref())
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { real, synthetic, holdout, columns, form, shared: Shared::default() })
    }
}

impl Compared {
    fn new(
        about: ColumnMetadata,
        real: &Series,
        synthetic: &Series,
        holdout: Option<&Series>,
    ) -> Result<Self, SynthError> {
        let kind = ColumnType::of(real.name(), real.dtype())?;
        let mut sides = vec![extract(real, &kind)?, extract(synthetic, &kind)?];
        if let Some(holdout) = holdout {
            sides.push(extract(holdout, &kind)?);
        }
        let ranked: Vec<(Values, Vec<u32>)> = sides.iter().map(|side| side.values.distinct()).collect();
        let levels = ranked.iter().fold(Values::Text(Vec::new()), |all, (levels, _)| union(all, levels));
        let mut codes: [Vec<u32>; 3] = Default::default();
        for ((side, (own, places)), codes) in sides.iter().zip(&ranked).zip(&mut codes) {
            let moved = levels.places(own);
            *codes = spread(side, places, &moved);
        }
        Ok(Self { name: real.name().to_string(), about, dtype: kind, levels, codes, numbers: OnceLock::new() })
    }

    /// What can be done with the values.
    pub(crate) fn role(&self) -> Role {
        use ColumnKind as Kind;
        let words = matches!(self.levels, Values::Text(_));
        match self.about.kind {
            // Numbers and moments that are held as words can't be measured.
            Kind::Numerical | Kind::Integer | Kind::Date | Kind::Datetime | Kind::Time if words => Role::Other,
            Kind::Numerical | Kind::Integer | Kind::Latitude | Kind::Longitude => Role::Number,
            Kind::Date | Kind::Datetime | Kind::Time | Kind::Duration => Role::Moment,
            Kind::Categorical | Kind::Ordinal | Kind::Boolean => Role::Category,
            _ => Role::Other,
        }
    }

    /// Whether the values count as numbers.
    pub(crate) fn is_measured(&self) -> bool {
        matches!(self.role(), Role::Number | Role::Moment)
    }

    /// One per row: the place of its value among the levels, or [`Compared::MISSING`].
    pub(crate) fn codes(&self, side: Side) -> &[u32] {
        &self.codes[side as usize]
    }

    /// The code of a row that has no value.
    pub(crate) const MISSING: u32 = u32::MAX;

    /// One per row: its value as a number (a moment in its own unit), or NaN where it has none; words are all NaN.
    pub(crate) fn numbers(&self, side: Side) -> &[f64] {
        let all = self.numbers.get_or_init(|| {
            let levels = self.level_numbers();
            [0, 1, 2].map(|side: usize| {
                self.codes[side].iter().map(|&code| levels.get(code as usize).copied().unwrap_or(f64::NAN)).collect()
            })
        });
        &all[side as usize]
    }

    /// The levels as numbers; none for words.
    pub(crate) fn level_numbers(&self) -> Vec<f64> {
        match &self.levels {
            Values::Float(levels) => levels.clone(),
            Values::Whole(levels) => levels.iter().map(|&level| level as f64).collect(),
            Values::Text(_) => Vec::new(),
        }
    }

    /// How many rows hold each level.
    pub(crate) fn counts(&self, side: Side) -> Vec<usize> {
        let mut counts = vec![0; self.levels.len()];
        for &code in self.codes(side) {
            if let Some(count) = counts.get_mut(code as usize) {
                *count += 1;
            }
        }
        counts
    }

    /// How many rows have no value.
    pub(crate) fn missing(&self, side: Side) -> usize {
        self.codes(side).iter().filter(|&&code| code == Self::MISSING).count()
    }
}

fn twin(table: &DataFrame, place: &'static str, column: &Column) -> Result<Column, SynthError> {
    let name = column.name();
    table.column(name).cloned().map_err(|_| SynthError::MissingColumn { place, column: name.to_string() })
}

/// Whether a column of whole numbers has a twin with fractions.
fn broken(column: &Column, twin: &Column) -> Result<bool, SynthError> {
    if !column.dtype().is_integer() || !twin.dtype().is_float() {
        return Ok(false);
    }
    let wide = twin.cast(&DataType::Float64)?;
    Ok(wide.f64()?.iter().flatten().any(|value| value.is_finite() && value.fract() != 0.0))
}

fn cast(column: &Column, dtype: &DataType, real: &DataType) -> Result<Column, SynthError> {
    if column.dtype() == dtype {
        return Ok(column.clone());
    }
    column.strict_cast(dtype).map_err(|_| SynthError::TypeMismatch {
        column: column.name().to_string(),
        expected: real.to_string(),
        found: column.dtype().to_string(),
    })
}

/// The distinct values of both, ascending; of the second one's domain when the first is empty.
fn union(all: Values, more: &Values) -> Values {
    match (all, more) {
        (all, more) if all.len() == 0 => more.clone(),
        (all, more) if more.len() == 0 => all,
        (Values::Float(mut all), Values::Float(more)) => {
            all.extend(more);
            Values::Float(all).distinct().0
        }
        (Values::Whole(mut all), Values::Whole(more)) => {
            all.extend(more);
            Values::Whole(all).distinct().0
        }
        (Values::Text(mut all), Values::Text(more)) => {
            all.extend(more.iter().cloned());
            Values::Text(all).distinct().0
        }
        (all, _) => all,
    }
}

fn spread(side: &Extracted, places: &[u32], moved: &[Option<u32>]) -> Vec<u32> {
    let mut places = places.iter();
    let code = |gap: &bool| match gap {
        true => None,
        false => places.next().and_then(|&place| moved[place as usize]),
    };
    side.missing.iter().map(code).map(|code| code.unwrap_or(Compared::MISSING)).collect()
}
