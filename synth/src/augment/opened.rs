//! A table taken apart for making rows between its rows, and the new rows put together and appended.

use std::collections::BTreeSet;

use polars::prelude::{Column, DataFrame, IdxCa, Series};
use rayon::prelude::*;

use crate::metadata::round_to;
use crate::rules::Rules;
use crate::types::{ColumnType, Domain};
use crate::values::{Values, extract, restore};
use crate::{
    ColumnKind, ColumnMetadata, Draws, Encoded, FittedTransform, Metadata, Progress, Rows, Seed, SynthError,
    transform_for,
};

/// Pieces of a numerical column's distribution.
const PIECES: usize = 1000;

/// A table, its rules, and its columns apart from those that the rules give back.
#[derive(Debug)]
pub(super) struct Opened<'a> {
    whole: &'a DataFrame,
    rules: Rules,
    table: DataFrame,
    parts: Vec<Part>,
    target: Option<usize>,
}

/// A column that new rows are made of.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) transform: Box<dyn FittedTransform>,
    pub(super) role: Role,
}

/// What is done with a column.
#[derive(Debug)]
pub(super) enum Role {
    /// Numbers, moments, lengths of time: values between those of two rows.
    Number(Numbers),
    /// One of the categories; a missing one is the last. For each a row that holds it.
    Category { codes: Vec<u32>, examples: Vec<u32> },
    /// Words: those of a row.
    Words,
    /// Keys, made anew, all different.
    Keys,
    /// Names, numbers of cards and the like, made anew.
    Anew,
}

/// The numbers of a column and the grid they keep to.
#[derive(Debug)]
pub(super) enum Numbers {
    /// NaN where there is none.
    Float { values: Vec<f64>, decimals: Option<u8>, missing_is_nan: bool },
    /// `unit`: how many of them make one, as a decimal of scale 2 has hundredths.
    Whole { values: Vec<Option<i128>>, step: u128, unit: f64 },
}

/// A row to be made: of two rows, the second with the weight `share` from 0 to 1. Its label is that of the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Blend {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) share: f64,
}

impl Blend {
    /// The row itself.
    pub(super) fn copy(row: u32) -> Self {
        Self { from: row, to: row, share: 0.0 }
    }

    fn heavier(&self) -> u32 {
        if self.share <= 0.5 { self.from } else { self.to }
    }
}

/// The rows whose categories decide those of the blend of this number.
pub(super) type Voters<'a> = &'a (dyn Fn(usize) -> &'a [u32] + Sync);

impl<'a> Opened<'a> {
    /// Takes a table apart, without the columns that its rules give back when they are to be kept.
    pub(super) fn new(
        table: &'a DataFrame,
        metadata: &Metadata,
        target: Option<&str>,
        keep_rules: bool,
        progress: &Progress,
    ) -> Result<Self, SynthError> {
        check(table, metadata, target)?;
        progress.check()?;
        progress.report(Some(0.0), "Reading the columns");
        let same = |reduced: &DataFrame| {
            target.is_none_or(|name| {
                reduced.column(name).is_ok_and(|one| table.column(name).is_ok_and(|other| one.equals_missing(other)))
            })
        };
        if keep_rules {
            let rules = Rules::find(table, metadata, progress)?;
            let reduced = rules.reduce(table, metadata)?;
            if same(&reduced.table) {
                return Self::apart(table, rules, reduced.table, &reduced.metadata, target);
            }
        }
        Self::apart(table, Rules::default(), table.clone(), metadata, target)
    }

    fn apart(
        whole: &'a DataFrame,
        rules: Rules,
        table: DataFrame,
        metadata: &Metadata,
        target: Option<&str>,
    ) -> Result<Self, SynthError> {
        let settled = metadata.settle(&table)?;
        let part = |(column, about): (&Column, ColumnMetadata)| Part::new(column.as_materialized_series(), &about);
        let parts = table.columns().par_iter().zip(settled).map(part).collect::<Result<Vec<_>, SynthError>>()?;
        let target = target.and_then(|name| table.columns().iter().position(|column| column.name() == name));
        Ok(Self { whole, rules, table, parts, target })
    }

    /// The columns of numbers but the target, with NaN where there is no finite one.
    pub(super) fn numbers(&self) -> Vec<Vec<f64>> {
        let number = |(_, part): (usize, &Part)| match &part.role {
            Role::Number(numbers) => Some(numbers.plain()),
            _ => None,
        };
        self.features().filter_map(number).collect()
    }

    /// The columns of categories but the target.
    pub(super) fn categories(&self) -> Vec<Vec<u32>> {
        let category = |(_, part): (usize, &Part)| match &part.role {
            Role::Category { codes, .. } => Some(codes.clone()),
            _ => None,
        };
        self.features().filter_map(category).collect()
    }

    /// The columns, each with whether it is the target.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&Series, &Part, bool)> {
        let is_target = |at| self.target == Some(at);
        self.table
            .columns()
            .iter()
            .zip(&self.parts)
            .enumerate()
            .map(move |(at, (column, part))| (column.as_materialized_series(), part, is_target(at)))
    }

    fn features(&self) -> impl Iterator<Item = (usize, &Part)> {
        self.parts.iter().enumerate().filter(|(at, _)| self.target != Some(*at))
    }

    /// The rows that blends stand for. With `voters`, a row's categories are the most frequent among the rows that vote
    /// for it; else those of either of its two rows, by their weights. `measured`: whether the target is a number like
    /// others, not a label.
    pub(super) fn rows(
        &self,
        blends: &[Blend],
        voters: Option<Voters<'_>>,
        measured: bool,
        seed: Seed,
    ) -> Result<DataFrame, SynthError> {
        let columns = self
            .table
            .columns()
            .par_iter()
            .zip(&self.parts)
            .enumerate()
            .map(|(at, (column, part))| {
                let column = column.as_materialized_series();
                let mut draws = seed.named("column").numbered(at as u64).draws();
                if self.target == Some(at) && !measured {
                    return taken(column, blends.iter().map(|blend| blend.from));
                }
                match &part.role {
                    Role::Number(numbers) => numbers.between(column, blends, &mut draws),
                    Role::Category { codes, examples } => {
                        let rows = blends.iter().enumerate().map(|(row, blend)| match voters {
                            Some(voters) => examples[elected(voters(row), codes, &mut draws) as usize],
                            None => either(blend, &mut draws),
                        });
                        taken(column, rows)
                    }
                    Role::Words | Role::Keys | Role::Anew => taken(column, blends.iter().map(Blend::heavier)),
                }
            })
            .map(|column| column.map(Column::from))
            .collect::<Result<Vec<_>, SynthError>>()?;
        self.restored(DataFrame::new(blends.len(), columns)?)
    }

    /// The whole rows that rows of the columns apart stand for.
    pub(super) fn restored(&self, rows: DataFrame) -> Result<DataFrame, SynthError> {
        self.rules.restore(rows)
    }

    /// The table with new rows behind it, whose keys are made anew.
    pub(super) fn extended(&self, mut new: DataFrame, seed: Seed) -> Result<DataFrame, SynthError> {
        for (at, (column, part, _)) in self.parts().enumerate() {
            let seed = seed.named("key").numbered(at as u64);
            let Ok(place) = new.try_get_column_index(column.name()) else { continue };
            let own = new.columns()[place].as_materialized_series().is_null();
            let missing: Vec<bool> = own.iter().map(|gap| gap.unwrap_or(true)).collect();
            let made = match part.role {
                Role::Keys => part.new_keys(column, &missing, seed)?,
                Role::Anew => part.transform.inverse(&presence(&missing), Rows { first: 0, seed })?,
                _ => continue,
            };
            new.replace_column(place, Column::from(made))?;
        }
        let mut whole = self.whole.clone();
        whole.vstack_mut_owned(new)?;
        Ok(whole)
    }
}

impl Part {
    fn new(column: &Series, about: &ColumnMetadata) -> Result<Self, SynthError> {
        let transform = transform_for(about.kind).fit(column, about, PIECES)?;
        let dtype = ColumnType::of(column.name(), column.dtype())?;
        let role = match (transform.masses().is_empty(), about.kind) {
            (_, ColumnKind::Text) => Role::Words,
            (_, ColumnKind::Identifier) => Role::Keys,
            (true, _) => Role::Anew,
            _ if transform.ordered() && dtype.domain() != Domain::Text => {
                Role::Number(Numbers::read(column, &dtype, about)?)
            }
            _ => categories(column, &dtype)?,
        };
        Ok(Self { transform, role })
    }

    /// Keys of the form of the old ones, none of which is one of them.
    fn new_keys(&self, column: &Series, missing: &[bool], seed: Seed) -> Result<Series, SynthError> {
        let dtype = ColumnType::of(column.name(), column.dtype())?;
        let old = extract(column, &dtype)?.values;
        let taken: BTreeSet<i128> =
            if let Values::Whole(values) = &old { values.iter().copied().collect() } else { BTreeSet::new() };
        let (spelled, _) = old.distinct();
        let needed = missing.iter().filter(|gap| !**gap).count();
        let mut first = 0;
        let (mut numbers, mut words) = (Vec::new(), Vec::new());
        while numbers.len() + words.len() < needed {
            let more = needed - numbers.len() - words.len();
            let made = self.transform.inverse(&presence(&vec![false; more]), Rows { first, seed })?;
            first += more as u64;
            match extract(&made, &dtype)?.values {
                Values::Whole(values) => numbers.extend(values.into_iter().filter(|value| !taken.contains(value))),
                values @ Values::Text(_) => {
                    let known = spelled.places(&values);
                    let Values::Text(values) = values else { continue };
                    words.extend(values.into_iter().zip(known).filter(|(_, known)| known.is_none()).map(|one| one.0));
                }
                Values::Float(_) => break,
            }
        }
        let values = if words.is_empty() && dtype.domain() == Domain::Whole {
            Values::Whole(numbers)
        } else {
            Values::Text(words)
        };
        restore(column.name(), &dtype, values, missing, false)
    }
}

impl Numbers {
    fn read(column: &Series, dtype: &ColumnType, about: &ColumnMetadata) -> Result<Self, SynthError> {
        let parts = extract(column, dtype)?;
        let missing_is_nan = parts.missing_is_nan;
        Ok(match parts.values {
            Values::Whole(values) => {
                let step = values.windows(2).fold(0, |step, pair| gcd(step, pair[1].abs_diff(pair[0])));
                let unit = if let ColumnType::Decimal { scale, .. } = dtype { 10_f64.powi(*scale as i32) } else { 1.0 };
                Self::Whole { values: spread(&values, &parts.missing, None, Some), step: step.max(1), unit }
            }
            Values::Float(values) => Self::Float {
                values: spread(&values, &parts.missing, f64::NAN, |value| value),
                decimals: about.decimals,
                missing_is_nan,
            },
            Values::Text(_) => {
                return Err(SynthError::KindMismatch {
                    column: column.name().to_string(),
                    dtype: column.dtype().to_string(),
                    kind: about.kind.to_string(),
                });
            }
        })
    }

    fn plain(&self) -> Vec<f64> {
        match self {
            Self::Float { values, .. } => {
                values.iter().map(|value| if value.is_finite() { *value } else { f64::NAN }).collect()
            }
            Self::Whole { values, unit, .. } => {
                values.iter().map(|value| value.map_or(f64::NAN, |value| value as f64 / unit)).collect()
            }
        }
    }

    fn between(&self, column: &Series, blends: &[Blend], draws: &mut Draws) -> Result<Series, SynthError> {
        let dtype = ColumnType::of(column.name(), column.dtype())?;
        let mut missing = Vec::with_capacity(blends.len());
        let (values, missing_is_nan) = match self {
            Self::Float { values, decimals, missing_is_nan } => {
                let mut made = Vec::with_capacity(blends.len());
                for blend in blends {
                    let picked = values[either(blend, draws) as usize];
                    let (a, b) = (values[blend.from as usize], values[blend.to as usize]);
                    let both = a.is_finite() && b.is_finite();
                    let value = if both { between(a, b, blend.share, *decimals) } else { picked };
                    missing.push(value.is_nan());
                    made.extend(Some(value).filter(|value| !value.is_nan()));
                }
                (Values::Float(made), *missing_is_nan)
            }
            Self::Whole { values, step, .. } => {
                let mut made = Vec::with_capacity(blends.len());
                for blend in blends {
                    let picked = values[either(blend, draws) as usize];
                    let pair = values[blend.from as usize].zip(values[blend.to as usize]);
                    let value = pair.map(|(a, b)| on_lattice(a, b, blend.share, *step)).or(picked);
                    missing.push(value.is_none());
                    made.extend(value);
                }
                (Values::Whole(made), false)
            }
        };
        restore(column.name(), &dtype, values, &missing, missing_is_nan)
    }
}

/// `a + share·(b - a)`, rounded to the decimals, never outside the two.
fn between(a: f64, b: f64, share: f64, decimals: Option<u8>) -> f64 {
    let value = if a.to_bits() == b.to_bits() { a } else { a * (1.0 - share) + b * share };
    decimals.map_or(value, |digits| round_to(value, digits)).clamp(a.min(b), a.max(b))
}

/// `a + share·(b - a)`, rounded to the next multiple of the step away from `a`.
fn on_lattice(a: i128, b: i128, share: f64, step: u128) -> i128 {
    let steps = (a.abs_diff(b) / step) as f64;
    let way = (steps * share).round().clamp(0.0, steps) as i128 * step as i128;
    if a < b { a + way.min(b - a) } else { a - way.min(a - b) }
}

/// Either row of a blend, by their weights.
fn either(blend: &Blend, draws: &mut Draws) -> u32 {
    if draws.uniform() < blend.share { blend.to } else { blend.from }
}

/// The code that most of the rows have; one of them by chance when several are as frequent.
fn elected(voters: &[u32], codes: &[u32], draws: &mut Draws) -> u32 {
    let mut cast: Vec<u32> = voters.iter().map(|&row| codes[row as usize]).collect();
    cast.sort_unstable();
    let runs: Vec<&[u32]> = cast.chunk_by(|a, b| a == b).collect();
    let longest = runs.iter().map(|run| run.len()).max().unwrap_or(0);
    let best: Vec<u32> = runs.iter().filter(|run| run.len() == longest).map(|run| run[0]).collect();
    best.get(below(draws, best.len())).copied().unwrap_or(0)
}

/// A number below `many`, each as likely.
pub(super) fn below(draws: &mut Draws, many: usize) -> usize {
    (draws.uniform() * many as f64) as usize
}

/// The values of a column in these rows.
pub(super) fn taken(column: &Series, rows: impl Iterator<Item = u32>) -> Result<Series, SynthError> {
    Ok(column.take(&IdxCa::from_vec("".into(), rows.collect()))?)
}

/// The rows of a table.
pub(super) fn rows_of(table: &DataFrame, rows: &[u32]) -> Result<DataFrame, SynthError> {
    Ok(table.take(&IdxCa::from_vec("".into(), rows.to_vec()))?)
}

/// Checks that a table can be augmented.
pub(super) fn check(table: &DataFrame, metadata: &Metadata, target: Option<&str>) -> Result<(), SynthError> {
    if table.width() == 0 {
        return Err(SynthError::NoColumns);
    }
    metadata.settle(table)?;
    if table.height() == 0 {
        return Err(SynthError::TooFewRows { needed: 1, found: 0 });
    }
    match target {
        Some(name) if table.column(name).is_err() => {
            Err(SynthError::MissingColumn { place: "table", column: name.to_owned() })
        }
        _ => Ok(()),
    }
}

fn categories(column: &Series, dtype: &ColumnType) -> Result<Role, SynthError> {
    let found = extract(column, dtype)?;
    let (levels, places) = found.values.distinct();
    let codes = spread(&places, &found.missing, levels.len() as u32, |place| place);
    let mut examples = vec![0; levels.len() + 1];
    for (row, &code) in codes.iter().enumerate() {
        examples[code as usize] = row as u32;
    }
    Ok(Role::Category { codes, examples })
}

fn presence(missing: &[bool]) -> Encoded {
    Encoded {
        pieces: missing.iter().map(|&gap| if gap { Encoded::MISSING } else { 0 }).collect(),
        positions: vec![0.5; missing.len()],
    }
}

/// One entry per row from one per row that has a value.
fn spread<T: Copy, U: Clone>(values: &[T], missing: &[bool], gap: U, wrap: impl Fn(T) -> U) -> Vec<U> {
    let mut values = values.iter();
    missing
        .iter()
        .map(
            |&absent| {
                if absent { gap.clone() } else { values.next().map_or_else(|| gap.clone(), |value| wrap(*value)) }
            },
        )
        .collect()
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_between_two_stay_between_them_and_on_the_lattice() {
        assert_eq!(on_lattice(100, 500, 0.49, 100), 300);
        assert_eq!(on_lattice(500, 100, 0.2, 100), 400);
        assert_eq!(on_lattice(7, 7, 0.9, 1), 7);
        assert_eq!(on_lattice(i128::from(i64::MIN), i128::from(i64::MAX), 1.0, 1), i128::from(i64::MAX));
        assert!((between(f64::MIN, f64::MAX, 0.5, None)).abs() < 1e-9);
        assert!((between(0.1, 0.4, 0.33, Some(1)) - 0.2).abs() < 1e-12);
        assert_eq!(between(0.3, 0.3, 0.77, None).to_bits(), 0.3_f64.to_bits());
    }

    #[test]
    fn the_most_frequent_category_is_elected() {
        let codes = [0, 1, 1, 2, 2];
        let mut draws = Seed::new(1).draws();
        assert_eq!(elected(&[0, 1, 2], &codes, &mut draws), 1);
        let ties: BTreeSet<u32> = (0..50).map(|_| elected(&[0, 1, 2, 3, 4], &codes, &mut draws)).collect();
        assert_eq!(ties.into_iter().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(elected(&[], &codes, &mut draws), 0);
    }
}
