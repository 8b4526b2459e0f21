//! A sample on its way: blocks of rows that each have their own stream of chance, made as they are needed.

use polars::prelude::DataFrame;
use rayon::prelude::*;

use super::{BLOCK, Given, TableModel};
use crate::condition::Condition;
use crate::synthesizer::SampleRequest;
use crate::{Encoded, Model, Progress, Seed, SynthError};

/// Blocks that are made between two looks at the progress.
const GROUP: usize = 32;
/// Cells that are drawn, and the fewest and the most rows, to learn how rare a condition is.
const PILOT_CELLS: usize = 1 << 25;
const PILOT_ROWS: (usize, usize) = (1 << 16, 1 << 21);
/// Rows that satisfy a condition after which its rarity is known well enough.
const PILOT_FOUND: usize = 8;
/// Draws that a sample may cost however few rows it has, and for each of its rows.
const MOST_DRAWS: usize = 1 << 25;
const MOST_DRAWS_A_ROW: usize = 1000;
/// How many times the draws that a block is expected to take it may take.
const PATIENCE: usize = 30;

/// The rows that are asked for, a batch at a time.
pub(super) struct Stream<'a> {
    model: &'a TableModel,
    condition: Option<Condition>,
    given: Result<Given, SynthError>,
    /// Draws for one block after which a condition counts as too rare; none until its rarity is known.
    most_draws: Option<usize>,
    /// The rows of all shards together.
    rows: usize,
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
            most_draws: None,
            rows: request.rows,
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
        let most_draws = match (self.most_draws, &self.condition) {
            (None, Some(condition)) => self.pilot(&given, condition)?,
            (known, _) => known.unwrap_or(0),
        };
        self.most_draws = Some(most_draws);
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

    /// Learns how rare the condition is, from draws that are not given out: for how many draws a block may go on. Every
    /// shard learns the same.
    fn pilot(&self, given: &Given, condition: &Condition) -> Result<usize, SynthError> {
        let (fewest, most) = PILOT_ROWS;
        let enough = (PILOT_CELLS / self.model.transforms.len().max(1)).clamp(fewest, most) / BLOCK;
        let seed = self.seed.named("pilot");
        let (mut found, mut blocks) = (0, 0);
        while found < PILOT_FOUND && blocks < enough {
            self.progress.check()?;
            let round = blocks.clamp(1, GROUP).min(enough - blocks);
            let counts = (blocks..blocks + round).into_par_iter().map(|block| {
                self.progress.check()?;
                self.fitting(given, condition, seed.numbered(block as u64)).map(|rows| rows.first().map_or(0, length))
            });
            found += counts.collect::<Result<Vec<_>, SynthError>>()?.into_iter().sum::<usize>();
            blocks += round;
        }
        let drawn = blocks * BLOCK;
        let rare = || SynthError::TooRare { condition: condition.to_string(), found, drawn };
        let a_row = drawn.checked_div(found).ok_or_else(rare)?;
        if self.rows.saturating_mul(a_row) > MOST_DRAWS.max(self.rows.saturating_mul(MOST_DRAWS_A_ROW)) {
            return Err(rare());
        }
        Ok((BLOCK * PATIENCE).saturating_mul(a_row.max(1)))
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
        let mut drawn = 0;
        while found.first().is_some_and(|column| length(column) < wanted) {
            self.progress.check()?;
            if self.most_draws.is_some_and(|most| drawn >= most) {
                let found = found.first().map_or(0, length);
                return Err(SynthError::TooRare { condition: condition.to_string(), found, drawn });
            }
            let more = self.fitting(given, condition, seed.numbered((drawn / BLOCK) as u64))?;
            for (found, more) in found.iter_mut().zip(more) {
                found.pieces.extend(more.pieces);
                found.positions.extend(more.positions);
            }
            drawn += BLOCK;
        }
        Ok(found.into_iter().map(|column| head(column, wanted)).collect())
    }

    /// The rows of one draw that satisfy the condition; only those whose pieces may are decoded.
    fn fitting(&self, given: &Given, condition: &Condition, seed: Seed) -> Result<Vec<Encoded>, SynthError> {
        let candidates = self.model.law.draw(given, seed);
        let bound: Vec<(&Encoded, &[bool])> = candidates
            .iter()
            .enumerate()
            .filter_map(|(at, column)| given.of(at).map(|allowed| (column, allowed)))
            .collect();
        let may = |row: &usize| {
            bound.iter().all(|(column, allowed)| match column.pieces[*row] {
                Encoded::MISSING => allowed[allowed.len() - 1],
                piece => allowed[piece as usize],
            })
        };
        let rows: Vec<usize> = (0..candidates.first().map_or(0, length)).filter(may).collect();
        let candidates: Vec<Encoded> = candidates.iter().map(|column| taken(column, &rows)).collect();
        if rows.is_empty() {
            return Ok(candidates);
        }
        let holds = condition.holds(&self.model.shown(&candidates, self.seed)?)?;
        let chosen: Vec<usize> = (0..rows.len()).filter(|&row| holds[row]).collect();
        Ok(candidates.iter().map(|column| taken(column, &chosen)).collect())
    }
}

fn length(column: &Encoded) -> usize {
    column.pieces.len()
}

fn taken(column: &Encoded, rows: &[usize]) -> Encoded {
    Encoded {
        pieces: rows.iter().map(|&row| column.pieces[row]).collect(),
        positions: rows.iter().map(|&row| column.positions[row]).collect(),
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
