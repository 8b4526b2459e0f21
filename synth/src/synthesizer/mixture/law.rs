//! The fitted mixture: a component is drawn, then each column by itself. A condition changes the components' weights to
//! those they have among the rows that satisfy it, and bounds the columns within each: no row is drawn in vain.

use super::cells::Cells;
use super::em::joint;
use super::learn::Learned;
use crate::synthesizer::table::{BLOCK, Given, Law, pick};
use crate::{Draws, Encoded, FittedTransform, Section, Seed, SynthError};

/// A fitted mixture.
#[derive(Debug)]
pub(super) struct MixtureLaw {
    columns: Vec<Column>,
    weights: Vec<f64>,
    /// The shares of the cells, cell after cell; one entry per component.
    shares: Vec<f32>,
    /// For each component the sums of its shares from the first cell of each column on: component after component.
    sums: Vec<f32>,
    /// The sums of the weights.
    weight_sums: Vec<f64>,
    logs: Vec<f32>,
    log_weights: Vec<f32>,
}

#[derive(Debug)]
struct Column {
    cells: Cells,
    /// Where its cells begin among those of the columns that have more than one; none for a column that has not.
    begins: Option<usize>,
}

/// The law under a condition.
struct Bound<'a> {
    /// For each column which outcomes are allowed, and the share of each cell that is.
    columns: Vec<Option<(&'a [bool], Vec<f64>)>>,
    weights: Vec<f64>,
}

impl MixtureLaw {
    /// The law of columns in these cells, or none when the parts don't fit together.
    pub(super) fn new(cells: Vec<Cells>, learned: Learned) -> Option<Self> {
        let components = learned.weights.len();
        let mut begins = 0;
        let mut columns = Vec::with_capacity(cells.len());
        for cells in cells {
            let many = cells.len();
            columns.push(Column { cells, begins: (many > 1).then_some(begins) });
            begins += if many > 1 { many } else { 0 };
        }
        let sound = |value: f64| value.is_finite() && value >= 0.0;
        let whole = components > 0
            && learned.shares.len() == begins * components
            && learned.weights.iter().all(|&weight| sound(weight))
            && learned.weights.iter().sum::<f64>() > 0.0
            && learned.shares.iter().all(|&share| sound(share.into()));
        if !whole {
            return None;
        }
        let mut sums = vec![0.0; begins * components];
        for column in &columns {
            let Some(first) = column.begins else { continue };
            for component in 0..components {
                let mut sum = 0.0;
                for cell in first..first + column.cells.len() {
                    sum += learned.shares[cell * components + component];
                    sums[component * begins + cell] = sum;
                }
            }
        }
        let mut below = 0.0;
        let weight_sums = learned
            .weights
            .iter()
            .map(|weight| {
                below += weight;
                below
            })
            .collect();
        let logs = learned.shares.iter().map(|share| share.max(1e-30).ln()).collect();
        let log_weights = learned.weights.iter().map(|weight| weight.max(1e-30).ln() as f32).collect();
        let Learned { weights, shares } = learned;
        Some(Self { columns, weights, shares, sums, weight_sums, logs, log_weights })
    }

    /// The law in a section, or none when its parts don't fit together.
    pub(super) fn load(part: &mut Section<'_>, transforms: &[Box<dyn FittedTransform>]) -> Option<Box<dyn Law>> {
        let cells = transforms.iter().enumerate().map(|(at, transform)| {
            let of_piece: Vec<u32> = part
                .wholes(&format!("cells.{at}"))?
                .into_iter()
                .map(|cell| u32::try_from(cell).ok())
                .collect::<Option<_>>()?;
            Cells::new(transform.as_ref(), of_piece)
        });
        let cells = cells.collect::<Option<Vec<_>>>()?;
        let shares = part.floats("shares")?.into_iter().map(|share| share as f32).collect();
        Some(Box::new(Self::new(cells, Learned { weights: part.floats("weights")?, shares })?))
    }

    fn components(&self) -> usize {
        self.weights.len()
    }

    /// How many cells the columns with more than one have.
    fn all_cells(&self) -> usize {
        self.shares.len() / self.components()
    }

    fn share(&self, cell: usize, component: usize) -> f64 {
        self.shares[cell * self.components() + component].into()
    }

    /// The sums of a component's shares of a column.
    fn sums(&self, component: usize, first: usize, cells: usize) -> &[f32] {
        let begin = component * self.all_cells() + first;
        &self.sums[begin..begin + cells]
    }

    fn draw_freely(&self, draws: &mut Draws) -> Vec<Encoded> {
        let last = self.weight_sums.last().copied().unwrap_or(1.0);
        let components: Vec<usize> = (0..BLOCK)
            .map(|_| {
                let chance = draws.uniform() * last;
                self.weight_sums.partition_point(|&sum| sum <= chance).min(self.components() - 1)
            })
            .collect();
        let column = |column: &Column| {
            let many = column.cells.len();
            let rows = components.iter().map(|&component| {
                let cell = column.begins.map_or(0, |first| {
                    let sums = self.sums(component, first, many);
                    let chance = draws.uniform() as f32 * sums[many - 1];
                    sums.partition_point(|&sum| sum <= chance).min(many - 1)
                });
                column.cells.draw(cell, draws)
            });
            let (pieces, positions) = rows.unzip();
            Encoded { pieces, positions }
        };
        self.columns.iter().map(column).collect()
    }

    /// What a condition makes of the law, or none when nothing satisfies it. The weight of a component among the rows that
    /// satisfy it is `w_k Π_j Σ_c θ_kj(c)·a_j(c)` with the allowed share a of each cell.
    fn bind<'a>(&self, given: &'a Given) -> Option<Bound<'a>> {
        let mut logs: Vec<f64> = self.weights.iter().map(|weight| weight.ln()).collect();
        let mut columns = Vec::with_capacity(self.columns.len());
        for (at, column) in self.columns.iter().enumerate() {
            let allowed = given.of(at);
            columns.push(allowed.map(|allowed| (allowed, column.cells.allowed_shares(allowed))));
            let Some(Some((_, shares))) = columns.last() else { continue };
            let Some(first) = column.begins else {
                if shares.iter().sum::<f64>() <= 0.0 {
                    return None;
                }
                continue;
            };
            for (component, log) in logs.iter_mut().enumerate() {
                let sum: f64 =
                    shares.iter().enumerate().map(|(cell, share)| share * self.share(first + cell, component)).sum();
                *log += sum.ln();
            }
        }
        let most = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        most.is_finite().then(|| Bound { columns, weights: logs.iter().map(|log| (log - most).exp()).collect() })
    }

    fn draw_bound(&self, bound: &Bound<'_>, draws: &mut Draws) -> Vec<Encoded> {
        let components: Vec<usize> = (0..BLOCK).map(|_| pick(&bound.weights, draws)).collect();
        let mut block = Vec::with_capacity(self.columns.len());
        for (column, bound) in self.columns.iter().zip(&bound.columns) {
            let mut encoded = Encoded::default();
            let mut weights = vec![0.0; column.cells.len()];
            for &component in &components {
                for (cell, weight) in weights.iter_mut().enumerate() {
                    let share = column.begins.map_or(1.0, |first| self.share(first + cell, component));
                    *weight = share * bound.as_ref().map_or(1.0, |(_, shares)| shares[cell]);
                }
                let cell = pick(&weights, draws);
                let (piece, position) = match bound {
                    Some((allowed, _)) => column.cells.draw_allowed(cell, allowed, draws),
                    None => column.cells.draw(cell, draws),
                };
                encoded.pieces.push(piece);
                encoded.positions.push(position);
            }
            block.push(encoded);
        }
        block
    }

    /// Fills the gaps of one row.
    fn complete_row(
        &self,
        rows: &mut [Encoded],
        gaps: &[Vec<bool>],
        row: usize,
        scores: &mut [f32],
        draws: &mut Draws,
    ) {
        let known: Vec<u32> = (0..rows.len())
            .filter(|&column| !gaps[column][row])
            .filter_map(|column| {
                let cell = self.columns[column].cells.of(rows[column].pieces[row])?;
                Some((self.columns[column].begins? + cell) as u32)
            })
            .collect();
        let most = joint(&known, &self.logs, &self.log_weights, scores);
        let mut weights: Vec<f64> = scores.iter().map(|score| f64::from(score - most).exp()).collect();
        for (column, gaps) in self.columns.iter().zip(gaps) {
            let (Some(first), Some(missing), true) = (column.begins, column.cells.missing(), gaps[row]) else {
                continue;
            };
            for (component, weight) in weights.iter_mut().enumerate() {
                *weight *= (1.0 - self.share(first + missing, component)).max(0.0);
            }
        }
        let component = pick(&weights, draws);
        for ((column, gaps), encoded) in self.columns.iter().zip(gaps).zip(rows) {
            let values = column.cells.values();
            if !gaps[row] || values == 0 {
                continue;
            }
            let cell = column.begins.map_or(0, |first| {
                let sums = self.sums(component, first, values);
                let chance = draws.uniform() as f32 * sums[values - 1];
                sums.partition_point(|&sum| sum <= chance).min(values - 1)
            });
            (encoded.pieces[row], encoded.positions[row]) = column.cells.draw(cell, draws);
        }
    }
}

impl Law for MixtureLaw {
    /// Exact: the rows have the mixture's law under the condition of the outcomes that are allowed. There are none when
    /// no outcome is.
    fn draw(&self, given: &Given, seed: Seed) -> Vec<Encoded> {
        let mut draws = seed.draws();
        if (0..self.columns.len()).all(|column| given.of(column).is_none()) {
            return self.draw_freely(&mut draws);
        }
        match self.bind(given) {
            Some(bound) => self.draw_bound(&bound, &mut draws),
            None => vec![Encoded::default(); self.columns.len()],
        }
    }

    /// Exact: a component is drawn with its probability under the condition of the cells that are known, and then each gap
    /// from that component.
    fn complete(&self, rows: &mut [Encoded], gaps: &[Vec<bool>], seed: Seed) {
        let mut draws = seed.draws();
        let mut scores = vec![0.0; self.components()];
        for row in 0..gaps.first().map_or(0, Vec::len) {
            if gaps.iter().any(|column| column[row]) {
                self.complete_row(rows, gaps, row, &mut scores, &mut draws);
            }
        }
    }

    fn save(&self, part: &mut Section<'_>) -> Result<(), SynthError> {
        for (at, column) in self.columns.iter().enumerate() {
            let cells: Vec<i128> = column.cells.of_piece().iter().map(|&cell| cell.into()).collect();
            part.put_wholes(&format!("cells.{at}"), &cells);
        }
        part.put_floats("weights", &self.weights);
        let shares: Vec<f64> = self.shares.iter().map(|&share| share.into()).collect();
        part.put_floats("shares", &shares);
        Ok(())
    }
}
