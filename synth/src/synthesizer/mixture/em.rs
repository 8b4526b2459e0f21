//! The incremental expectation-maximisation algorithm for a mixture of components in which the columns are independent.
//!
//! p(x) = `Σ_k w_k Π_j θ_kj(x_j)`. The expectation of a row is its responsibilities `r_k ∝ w_k Π_j θ_kj(x_j)`; the
//! maximisation takes weights and tables from the counts they add up to. A batch of rows takes back what it counted before
//! and counts anew (Neal and Hinton, "A view of the EM algorithm that justifies incremental, sparse, and other variants",
//! 1998), so that a pass over the rows updates the components several times. Small responsibilities are left out. A component
//! holds few rows, so its tables are drawn towards those of a group of components that are alike.

use rayon::prelude::*;

use super::leaf::{Leaf, Prior};
use crate::{Progress, SynthError};

/// Batches in a pass, and the fewest rows in one.
const BATCHES: usize = 12;
const FEWEST: usize = 128;
/// Rows whose responsibilities are computed by one thread at a time.
const STRIP: usize = 32;
/// Log-ratios to the greatest responsibility below which one is left out of the counts, or of the likelihood.
const SPARSE: f32 = -7.0;
const NEGLIGIBLE: f32 = -16.0;

/// The rows in cells, of the columns in which they differ.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) leaves: Vec<Leaf>,
    /// Where the cells of each column begin among those of all columns, and how many there are.
    pub(super) offsets: Vec<usize>,
    /// The cells of each row, numbered over all columns.
    pub(super) cells: Vec<u32>,
}

impl Rows {
    pub(super) fn width(&self) -> usize {
        self.leaves.len()
    }

    pub(super) fn row(&self, row: u32) -> &[u32] {
        let width = self.width();
        &self.cells[row as usize * width..(row as usize + 1) * width]
    }

    /// How many cells all columns have.
    pub(super) fn all_cells(&self) -> usize {
        self.offsets.last().copied().unwrap_or(0)
    }
}

/// Which components are alike: each is drawn towards its group, and each group towards the whole table.
#[derive(Debug, Clone)]
pub(super) struct Groups {
    pub(super) of: Vec<u32>,
    pub(super) count: usize,
    /// Rows of its group that are added to each component, and rows of the whole table that are added to each group.
    pub(super) inner: f32,
    pub(super) outer: f32,
}

/// A mixture as it is being fitted.
#[derive(Debug)]
pub(super) struct Em<'a> {
    rows: &'a Rows,
    components: usize,
    groups: Groups,
    /// For each cell, how many rows each component counts in it.
    counts: Vec<f32>,
    sizes: Vec<f64>,
    closed: Vec<bool>,
    /// ln θ, laid out as the counts are, and ln w.
    logs: Vec<f32>,
    log_weights: Vec<f32>,
    /// What each row counts for: components and responsibilities.
    members: Vec<Vec<(u32, f32)>>,
}

impl<'a> Em<'a> {
    /// Begins with a component around each of these rows.
    pub(super) fn new(rows: &'a Rows, chosen: &[u32], groups: Groups) -> Self {
        let components = chosen.len();
        let size = rows.all_cells() * components;
        let mut em = Self {
            rows,
            components,
            groups,
            counts: vec![0.0; size],
            sizes: vec![0.0; components],
            closed: vec![false; components],
            logs: vec![0.0; size],
            log_weights: vec![0.0; components],
            members: vec![Vec::new(); rows.cells.len() / rows.width().max(1)],
        };
        let own = (0..components).map(|component| vec![(component as u32, 1.0)]).collect();
        em.recount(chosen, own);
        em.maximise();
        em
    }

    /// How many components there are.
    pub(super) fn components(&self) -> usize {
        self.closed.iter().filter(|closed| !**closed).count()
    }

    /// The likeliest component of each of these rows.
    pub(super) fn likeliest(&self, among: &[u32]) -> Vec<u32> {
        let mut scores = vec![0.0; self.components];
        let likeliest = |&row: &u32| {
            let most = self.joint(row, &mut scores);
            scores.iter().position(|&score| score >= most).unwrap_or(0) as u32
        };
        among.iter().map(likeliest).collect()
    }

    /// Passes over the rows once.
    pub(super) fn pass(&mut self, among: &[u32], progress: &Progress) -> Result<(), SynthError> {
        for batch in among.chunks(among.len().div_ceil(BATCHES).max(FEWEST)) {
            progress.check()?;
            let fresh: Vec<Vec<(u32, f32)>> = batch
                .par_chunks(STRIP)
                .flat_map_iter(|strip| {
                    let mut scores = vec![0.0; self.components];
                    strip.iter().map(|&row| self.responsibilities(row, &mut scores)).collect::<Vec<_>>()
                })
                .collect();
            self.recount(batch, fresh);
            self.maximise();
        }
        Ok(())
    }

    /// The mean log-likelihood of rows.
    pub(super) fn score(&self, among: &[u32]) -> f64 {
        let each: Vec<f64> = among
            .par_chunks(STRIP)
            .flat_map_iter(|strip| {
                let mut scores = vec![0.0; self.components];
                let likelihood = |&row: &u32| {
                    let most = self.joint(row, &mut scores);
                    let near = scores.iter().filter(|score| **score - most > NEGLIGIBLE);
                    f64::from(most) + near.map(|score| f64::from((score - most).exp())).sum::<f64>().ln()
                };
                strip.iter().map(likelihood).collect::<Vec<_>>()
            })
            .collect();
        each.iter().sum::<f64>() / each.len().max(1) as f64
    }

    /// Closes the components that count fewer rows than this; their rows go elsewhere in the next pass.
    pub(super) fn close_below(&mut self, least: f64) {
        let largest = self.sizes.iter().copied().fold(0.0, f64::max);
        for (closed, &size) in self.closed.iter_mut().zip(&self.sizes) {
            *closed |= size < least.min(largest);
        }
        self.maximise();
    }

    /// Weights and tables of the components that are left: cell after cell, one entry per component.
    pub(super) fn finish(self) -> (Vec<f64>, Vec<f32>) {
        let open: Vec<usize> = (0..self.components).filter(|&component| !self.closed[component]).collect();
        let whole: f64 = open.iter().map(|&component| self.sizes[component].max(0.0)).sum();
        let weights = open.iter().map(|&component| self.sizes[component].max(0.0) / whole).collect();
        let shares = self
            .logs
            .par_chunks_exact(self.components)
            .flat_map_iter(|cell| open.iter().map(|&component| cell[component].exp()).collect::<Vec<_>>())
            .collect();
        (weights, shares)
    }

    /// ln w + Σ ln θ of a row, by component; gives back the greatest.
    fn joint(&self, row: u32, scores: &mut [f32]) -> f32 {
        joint(self.rows.row(row), &self.logs, &self.log_weights, scores)
    }

    fn responsibilities(&self, row: u32, scores: &mut [f32]) -> Vec<(u32, f32)> {
        let most = self.joint(row, scores);
        let mut near: Vec<(u32, f32)> = Vec::new();
        for (component, score) in scores.iter().enumerate() {
            if score - most > SPARSE {
                near.push((component as u32, (score - most).exp()));
            }
        }
        let whole: f32 = near.iter().map(|(_, share)| share).sum();
        for (_, share) in &mut near {
            *share /= whole;
        }
        near
    }

    /// Lets rows count for these components instead of those they counted for.
    fn recount(&mut self, batch: &[u32], fresh: Vec<Vec<(u32, f32)>>) {
        let (rows, components, members) = (self.rows, self.components, &self.members);
        let mut columns: Vec<&mut [f32]> = Vec::with_capacity(rows.width());
        let mut left = self.counts.as_mut_slice();
        for pair in rows.offsets.windows(2) {
            let (column, rest) = left.split_at_mut((pair[1] - pair[0]) * components);
            columns.push(column);
            left = rest;
        }
        columns.into_par_iter().enumerate().for_each(|(at, counts)| {
            for (&row, fresh) in batch.iter().zip(&fresh) {
                let cell = rows.row(row)[at] as usize - rows.offsets[at];
                let counts = &mut counts[cell * components..(cell + 1) * components];
                for &(component, share) in &members[row as usize] {
                    counts[component as usize] -= share;
                }
                for &(component, share) in fresh {
                    counts[component as usize] += share;
                }
            }
        });
        for (&row, fresh) in batch.iter().zip(fresh) {
            for &(component, share) in &self.members[row as usize] {
                self.sizes[component as usize] -= f64::from(share);
            }
            for &(component, share) in &fresh {
                self.sizes[component as usize] += f64::from(share);
            }
            self.members[row as usize] = fresh;
        }
    }

    fn maximise(&mut self) {
        let (rows, components, groups) = (self.rows, self.components, &self.groups);
        let mut columns = Vec::with_capacity(rows.width());
        let (mut logs, mut counts) = (self.logs.as_mut_slice(), self.counts.as_slice());
        for (leaf, pair) in rows.leaves.iter().zip(rows.offsets.windows(2)) {
            let size = (pair[1] - pair[0]) * components;
            let (log, rest) = logs.split_at_mut(size);
            columns.push((leaf, &counts[..size], log));
            (logs, counts) = (rest, &counts[size..]);
        }
        columns.into_par_iter().for_each(|(leaf, counts, logs)| {
            groups.estimate(leaf, counts, logs);
            for share in logs {
                *share = share.max(1e-30).ln();
            }
        });
        let whole: f64 = self.sizes.iter().map(|size| size.max(0.0) + 0.1).sum();
        for ((log, size), closed) in self.log_weights.iter_mut().zip(&self.sizes).zip(&self.closed) {
            *log = if *closed { f32::NEG_INFINITY } else { ((size.max(0.0) + 0.1) / whole).ln() as f32 };
        }
    }
}

impl Groups {
    /// No groups: each of so many components is drawn towards the whole table.
    pub(super) fn none(components: usize, smoothing: f64) -> Self {
        Self { of: vec![0; components], count: 1, inner: smoothing as f32, outer: 0.0 }
    }

    fn estimate(&self, leaf: &Leaf, counts: &[f32], shares: &mut [f32]) {
        let mut prior = leaf.own();
        if self.count > 1 {
            let mut pooled = vec![0.0; leaf.cells() * self.count];
            for (pooled, counts) in pooled.chunks_exact_mut(self.count).zip(counts.chunks_exact(self.of.len())) {
                for (&group, count) in self.of.iter().zip(counts) {
                    pooled[group as usize] += count.max(0.0);
                }
            }
            let mut shares = vec![0.0; pooled.len()];
            let laws = leaf.estimate(&pooled, &vec![0; self.count], &prior, self.outer, &mut shares);
            prior = Prior { shares, laws };
        }
        leaf.estimate(counts, &self.of, &prior, self.inner, shares);
    }
}

/// Adds to the logarithms of the weights those of the cells' shares, for each component; gives back the greatest sum.
pub(super) fn joint(cells: &[u32], logs: &[f32], log_weights: &[f32], scores: &mut [f32]) -> f32 {
    let components = log_weights.len();
    scores.copy_from_slice(log_weights);
    let of = |cell: u32| &logs[cell as usize * components..(cell as usize + 1) * components];
    let mut fours = cells.chunks_exact(4);
    for four in &mut fours {
        let (a, b, c, d) = (of(four[0]), of(four[1]), of(four[2]), of(four[3]));
        for ((((score, a), b), c), d) in scores.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *score += (a + b) + (c + d);
        }
    }
    for &cell in fours.remainder() {
        scores.iter_mut().zip(of(cell)).for_each(|(score, log)| *score += log);
    }
    scores.iter().copied().fold(f32::NEG_INFINITY, f32::max)
}
