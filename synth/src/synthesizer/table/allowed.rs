//! Which pieces of a column can satisfy a condition.

use polars::prelude::{Column, DataFrame, Series};
use rayon::prelude::*;

use super::{Given, TableModel};
use crate::condition::Condition;
use crate::{Encoded, FittedTransform, Rows, Seed, SynthError};

/// Positions that are tried in a piece, spread evenly.
const TRIES: usize = 33;
/// How far beside a constant its neighbours are tried.
const BESIDE: f64 = 1e-9;

impl TableModel {
    /// What a condition says about each column for itself. It never excludes a row that satisfies the condition.
    ///
    /// # Errors
    /// [`SynthError::InvalidCondition`] when it asks for a value that is made anew in every row, [`SynthError::TooRare`]
    /// when no outcome of a column can satisfy it.
    pub(super) fn given(&self, condition: &Condition) -> Result<Given, SynthError> {
        let names = self.decode_names();
        let mut given = Given { allowed: vec![None; self.transforms.len()] };
        for (name, transform) in names.iter().zip(&self.transforms) {
            if made_anew(transform.as_ref()) && condition.valued_columns().contains(name) {
                return Err(condition.refused(&format!("the values of column '{name}' are made anew in every row")));
            }
        }
        for part in condition.parts() {
            let [name] = part.columns() else { continue };
            let Some(at) = names.iter().position(|column| column == name) else { continue };
            let transform = &self.transforms[at];
            if transform.masses().is_empty() || self.rules.mends(name) {
                continue;
            }
            let allowed = outcomes(transform.as_ref(), part)?;
            let allowed: Vec<bool> = match given.allowed[at].take() {
                Some(before) => before.iter().zip(&allowed).map(|(a, b)| *a && *b).collect(),
                None => allowed,
            };
            if !allowed.contains(&true) {
                return Err(SynthError::TooRare { condition: condition.to_string(), found: 0, drawn: 0 });
            }
            given.allowed[at] = Some(allowed);
        }
        Ok(given)
    }

    /// The table by which a condition on candidates is judged: of values that are made anew in every row it only says
    /// whether they are there, so that no key is used up.
    pub(super) fn shown(&self, candidates: &[Encoded], seed: Seed) -> Result<DataFrame, SynthError> {
        let made_anew: Vec<bool> = self.transforms.iter().map(|transform| made_anew(transform.as_ref())).collect();
        if !made_anew.contains(&true) {
            return self.decode(candidates, 0, seed);
        }
        let rows = candidates.first().map_or(0, |column| column.pieces.len());
        let columns = self.transforms.par_iter().zip(candidates).zip(&made_anew).enumerate().map(|(at, part)| {
            let ((transform, column), hidden) = part;
            let known = Rows { first: 0, seed: seed.named("column").numbered(at as u64) };
            let column = if *hidden {
                let nothing = transform.inverse(&Encoded::default(), known)?;
                Series::full_null(nothing.name().clone(), rows, nothing.dtype())
            } else {
                transform.inverse(column, known)?
            };
            Ok(Column::from(column))
        });
        let columns = columns.collect::<Result<Vec<_>, SynthError>>()?;
        let mut table = self.rules.restore(DataFrame::new(rows, columns)?)?;
        let names = self.decode_names();
        for ((name, column), _) in names.iter().zip(candidates).zip(&made_anew).filter(|(_, hidden)| **hidden) {
            let there = column.pieces.iter().map(|piece| (*piece != Encoded::MISSING).then_some(true));
            table.with_column(Column::new(name.as_str().into(), there.collect::<Vec<_>>()))?;
        }
        Ok(table)
    }

    /// The names of the columns that have transforms.
    fn decode_names(&self) -> Vec<String> {
        let rows = Rows { first: 0, seed: Seed::default() };
        let columns = self.transforms.iter().map(|transform| transform.inverse(&Encoded::default(), rows));
        columns.map(|column| column.map(|column| column.name().to_string()).unwrap_or_default()).collect()
    }
}

/// Whether a column's values are made anew in every row: keys, words.
fn made_anew(transform: &dyn FittedTransform) -> bool {
    transform.masses().is_empty() && transform.missing_rate() < 1.0
}

/// For each piece whether a value in it satisfies the condition, and last whether a missing value does.
///
/// The truth of a piecewise condition changes at its constants alone, so these, what is beside them and a value between
/// each two of them tell all. Of any other condition only single values are excluded.
fn outcomes(transform: &dyn FittedTransform, part: &Condition) -> Result<Vec<bool>, SynthError> {
    let pieces = transform.masses().len();
    let even = (0..TRIES).map(|at| at as f64 / (TRIES - 1) as f64);
    let mut positions: Vec<Vec<f64>> = vec![even.collect(); pieces];
    let nothing = transform.inverse(&Encoded::default(), Rows { first: 0, seed: Seed::default() })?;
    let mut named: Vec<Vec<f64>> = vec![vec![0.0, 1.0]; pieces];
    for constant in part.literals(&nothing)? {
        let Ok(encoded) = transform.forward(&constant) else { continue };
        for (&piece, &position) in encoded.pieces.iter().zip(&encoded.positions) {
            if piece != Encoded::MISSING {
                named[piece as usize].push(position);
            }
        }
    }
    for (positions, named) in positions.iter_mut().zip(&mut named) {
        named.sort_by(f64::total_cmp);
        positions.extend(named.windows(2).map(|pair| f64::midpoint(pair[0], pair[1])));
        positions.extend(named.iter().flat_map(|at| [*at, (at - BESIDE).max(0.0), (at + BESIDE).min(1.0)]));
    }
    let mut tried = Encoded::default();
    for (piece, positions) in positions.iter().enumerate() {
        tried.pieces.extend(std::iter::repeat_n(piece as u32, positions.len()));
        tried.positions.extend(positions);
    }
    tried.pieces.push(Encoded::MISSING);
    tried.positions.push(0.5);
    let column = transform.inverse(&tried, Rows { first: 0, seed: Seed::default() })?;
    let holds = part.holds(&column.clone().into_frame())?;
    let mut allowed = Vec::with_capacity(pieces + 1);
    let mut first = 0;
    for positions in &positions {
        let end = first + positions.len();
        let single = || column.get(first).is_ok_and(|low| column.get(end - 1).is_ok_and(|high| low == high));
        allowed.push(holds[first..end].contains(&true) || !part.is_piecewise() && !single());
        first = end;
    }
    allowed.push(holds[first]);
    Ok(allowed)
}
