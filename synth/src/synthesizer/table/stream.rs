//! A sample on its way: blocks of rows that each have their own stream of chance, made as they are needed.

use polars::prelude::DataFrame;
use rayon::prelude::*;

use super::{BLOCK, Given, TableModel};
use crate::condition::Condition;
use crate::synthesizer::SampleRequest;
use crate::{Encoded, Model, Progress, Seed, SynthError};

/// Blocks that are made between two looks at the progress.
const GROUP: usize = 32;
/// Draws for one block after which a condition counts as too rare.
const MOST_DRAWS: usize = 4_000_000;

/// The rows that are asked for, a batch at a time.
pub(super) struct Stream<'a> {
    model: &'a TableModel,
    condition: Option<Condition>,
    given: Result<Given, SynthError>,
    seed: Seed,
    progress: Progress,
    /// The rows of this shard in the whole sample, from the first to the one after the last.
    first: usize,
    end: usize,
    made: usize,
    given_out: usize,
    batch: usize,
    pending: Option<DataFrame>,
}

impl<'a> Stream<'a> {
    pub(super) fn new(
        model: &'a TableModel,
        request: &SampleRequest,
        seed: Seed,
        progress: Progress,
        batch_rows: usize,
    ) -> Self {
        let (first, end) = request.range(BLOCK);
        let condition = request.condition.clone();
        let given = match &condition {
            Some(condition) => model.empty().and_then(|empty| {
                condition.check(&empty)?;
                model.given(condition)
            }),
            None => Ok(Given::default()),
        };
        Self {
            model,
            condition,
            given,
            seed,
            progress,
            first,
            end,
            made: first,
            given_out: first,
            batch: batch_rows.max(1),
            pending: None,
        }
    }

    fn batch(&mut self) -> Result<DataFrame, SynthError> {
        let given = match &self.given {
            Ok(given) => given.clone(),
            Err(_) => {
                return Err(std::mem::replace(&mut self.given, Ok(Given::default()))
                    .err()
                    .unwrap_or(SynthError::Cancelled));
            }
        };
        let wanted = self.batch.min(self.end - self.given_out);
        let mut ready = self.pending.take();
        while ready.as_ref().is_none_or(|ready| ready.height() < wanted) {
            self.progress.check()?;
            let short = wanted - ready.as_ref().map_or(0, DataFrame::height);
            let rows = (short.div_ceil(BLOCK).min(GROUP) * BLOCK).min(self.end - self.made);
            let more = self.generate(&given, self.made, rows)?;
            self.made += rows;
            let share = (self.made - self.first) as f64 / (self.end - self.first) as f64;
            self.progress.report(Some(share), "Sampling");
            ready = Some(match ready {
                Some(ready) => ready.vstack(&more)?,
                None => more,
            });
        }
        let mut ready = match ready {
            Some(ready) => ready,
            None => self.model.empty()?,
        };
        if ready.height() > wanted {
            self.pending = Some(ready.slice(wanted as i64, usize::MAX));
            ready = ready.slice(0, wanted);
        }
        self.given_out += wanted;
        Ok(ready)
    }

    /// So many rows from the beginning of a block on.
    fn generate(&self, given: &Given, first: usize, rows: usize) -> Result<DataFrame, SynthError> {
        let draws = self.seed.named("rows");
        let block = first / BLOCK;
        let parts: Vec<Vec<Encoded>> = (0..rows.div_ceil(BLOCK))
            .into_par_iter()
            .map(|part| {
                let wanted = BLOCK.min(rows - part * BLOCK);
                let seed = draws.numbered((block + part) as u64);
                match &self.condition {
                    None => {
                        Ok(self.model.law.draw(given, seed).into_iter().map(|column| head(column, wanted)).collect())
                    }
                    Some(condition) => self.search(given, condition, wanted, seed),
                }
            })
            .collect::<Result<_, SynthError>>()?;
        let mut whole = vec![Encoded::default(); self.model.transforms.len()];
        for part in parts {
            for (whole, part) in whole.iter_mut().zip(part) {
                whole.pieces.extend(part.pieces);
                whole.positions.extend(part.positions);
            }
        }
        self.model.decode(&whole, first as u64, self.seed)
    }

    /// Draws until so many rows satisfy the condition.
    fn search(
        &self,
        given: &Given,
        condition: &Condition,
        wanted: usize,
        seed: Seed,
    ) -> Result<Vec<Encoded>, SynthError> {
        let mut found = vec![Encoded::default(); self.model.transforms.len()];
        let (mut drawn, mut fit) = (0, 0);
        while fit < wanted {
            self.progress.check()?;
            if drawn >= MOST_DRAWS {
                return Err(SynthError::TooRare { condition: condition.to_string(), found: fit, drawn });
            }
            let candidates = self.model.law.draw(given, seed.numbered((drawn / BLOCK) as u64));
            let rows = candidates.first().map_or(0, |column| column.pieces.len());
            drawn += BLOCK;
            if rows == 0 {
                continue;
            }
            let table = self.model.decode(&candidates, 0, self.seed)?;
            let holds = condition.holds(&table)?;
            let chosen: Vec<usize> = (0..rows).filter(|&row| holds[row]).take(wanted - fit).collect();
            for (found, candidate) in found.iter_mut().zip(&candidates) {
                found.pieces.extend(chosen.iter().map(|&row| candidate.pieces[row]));
                found.positions.extend(chosen.iter().map(|&row| candidate.positions[row]));
            }
            fit += chosen.len();
        }
        Ok(found)
    }
}

fn head(mut column: Encoded, rows: usize) -> Encoded {
    column.pieces.truncate(rows);
    column.positions.truncate(rows);
    column
}

impl Iterator for Stream<'_> {
    type Item = Result<DataFrame, SynthError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.given_out >= self.end {
            return None;
        }
        let batch = self.batch();
        if batch.is_err() {
            self.end = 0;
        }
        Some(batch)
    }
}
