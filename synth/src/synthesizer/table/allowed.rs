//! Which pieces of a column can satisfy a condition.

use super::{Given, TableModel};
use crate::condition::Condition;
use crate::{Encoded, FittedTransform, Rows, Seed, SynthError};

/// Positions that are tried in a piece.
const TRIES: usize = 33;

impl TableModel {
    /// What a condition says about each column for itself. It never excludes a row that satisfies the condition, as long
    /// as its value is one that is tried or named.
    pub(super) fn given(&self, condition: &Condition) -> Result<Given, SynthError> {
        let mut given = Given { allowed: vec![None; self.transforms.len()] };
        for part in condition.parts() {
            let [name] = part.columns() else { continue };
            let empty = self.decode_names();
            let Some(at) = empty.iter().position(|column| column == name) else { continue };
            let transform = &self.transforms[at];
            if transform.masses().is_empty() {
                continue;
            }
            let allowed = outcomes(transform.as_ref(), part)?;
            given.allowed[at] = Some(match given.allowed[at].take() {
                Some(before) => before.iter().zip(&allowed).map(|(a, b)| *a && *b).collect(),
                None => allowed,
            });
        }
        Ok(given)
    }

    /// The names of the columns that have transforms.
    fn decode_names(&self) -> Vec<String> {
        let rows = Rows { first: 0, seed: Seed::default() };
        let columns = self.transforms.iter().map(|transform| transform.inverse(&Encoded::default(), rows));
        columns.map(|column| column.map(|column| column.name().to_string()).unwrap_or_default()).collect()
    }
}

/// For each piece whether a value in it satisfies the condition, and last whether a missing value does.
fn outcomes(transform: &dyn FittedTransform, part: &Condition) -> Result<Vec<bool>, SynthError> {
    let pieces = transform.masses().len();
    let mut tried = Encoded::default();
    for piece in 0..pieces as u32 {
        for at in 0..TRIES {
            tried.pieces.push(piece);
            tried.positions.push(at as f64 / (TRIES - 1) as f64);
        }
    }
    tried.pieces.push(Encoded::MISSING);
    tried.positions.push(0.5);
    let column = transform.inverse(&tried, Rows { first: 0, seed: Seed::default() })?;
    let holds = part.holds(&column.clone().into_frame())?;
    let mut allowed: Vec<bool> = holds[..pieces * TRIES].chunks(TRIES).map(|tries| tries.contains(&true)).collect();
    allowed.push(holds[pieces * TRIES]);
    for named in part.literals(&column)? {
        if let Ok(encoded) = transform.forward(&named) {
            for &piece in encoded.pieces.iter().filter(|piece| **piece != Encoded::MISSING) {
                allowed[piece as usize] = true;
            }
        }
    }
    Ok(allowed)
}
